"""What is true of how many, where each person's answer is hidden: lists of items, and answers left to a device.

Laws:
1. Only counts go in. An estimate is of all who answered, and never of one: nobody's answer is ever "corrected".
2. An estimate stays as it comes out, below 0 and above 1 too: to clip it would hide how little it says.
3. Under so many answers as a method needs there is none (`LEAST_LIST`, `LEAST_DEVICE`).
4. The device is the person's: a die, a banknote. Nothing here or elsewhere draws for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.core.indicators import Z

LEAST_LIST, LEAST_DEVICE = 400, 200
"""So many answers, over both halves of a list or by a device: with fewer, chance is wider than what is sought."""

CROWDED = 0.1
"""Where more of those without the item count none or all of a list, it hides too few of the others."""


@dataclass(frozen=True)
class Estimate:
    """A share with its standard error, and the ends of its 95 % interval by the normal distribution."""

    share: float
    error: float

    @property
    def low(self) -> float:
        """The lower end."""
        return self.share - Z * self.error

    @property
    def high(self) -> float:
        """The upper end."""
        return self.share + Z * self.error


@dataclass(frozen=True)
class Types:
    """Shares of people by how many of the other items are true of them, 0 first: `with_item` those of whom the
    sensitive one is true too, `without` the rest. Errors likewise."""

    with_item: tuple[Estimate, ...]
    without: tuple[Estimate, ...]


def item_count(control: Sequence[int], treatment: Sequence[int]) -> Estimate:
    """Of how many the sensitive item is true: the difference between the mean counts of two halves.

    `control[y]` people counted y items of a list, `treatment[y]` of the same list with one item more. Raises
    ValueError where the second has not just one place more, a half holds fewer than two people, or a count is
    negative.

    Source: Miller 1984, The Item-Count/Paired Lists Technique; the error after Neyman, as in Imai 2011, J. Am.
    Stat. Assoc. 106:407.
    """
    _halves(control, treatment)
    (mean0, spread0), (mean1, spread1) = _moments(control), _moments(treatment)
    return Estimate(mean1 - mean0, math.sqrt(spread1 / sum(treatment) + spread0 / sum(control)))


def types(control: Sequence[int], treatment: Sequence[int]) -> Types:
    """Who answered how: the shares of all kinds of people that a list can tell apart. Raises as `item_count`.

    Source: Blair and Imai 2012, Political Analysis 20:47, table 1.
    """
    _halves(control, treatment)
    n0, n1 = sum(control), sum(treatment)
    up0 = [*(total / n0 for total in accumulate(control)), 1.0]
    up1 = [total / n1 for total in accumulate(treatment)]
    below0 = [0.0, *up0]
    places = range(len(control))
    return Types(
        with_item=tuple(_between(up0[j], n0, up1[j], n1) for j in places),
        without=tuple(_between(up1[j], n1, below0[j], n0) for j in places),
    )


def list_flaw(control: Sequence[int], treatment: Sequence[int]) -> float:
    """How surprising the counts are if one item more changed nothing about the others. Raises as `item_count`.

    Shares of people cannot be negative; where an estimate of one clearly is, the longer list was answered in
    another way. Of each kind the most surprising negative one counts, as often as there are negative ones, and
    the smaller of both kinds twice: an approximation of Blair and Imai 2012 (their test with one constraint kept).
    """
    found = types(control, treatment)
    return min(1.0, 2 * min(_below_zero(found.with_item), _below_zero(found.without)))


def crowded(control: Sequence[int]) -> tuple[bool, bool]:
    """Whether too many counted none of a list, and whether too many all: neither answer is hidden any more."""
    n = sum(control)
    return control[0] > CROWDED * n, control[-1] > CROWDED * n


@dataclass(frozen=True)
class Device:
    """What a die or a banknote does to answers: of all, `told` answer the sensitive question, and `always` say yes
    whatever is true of them. A negative `told`: more are asked the opposite."""

    told: float
    always: float

    @classmethod
    def forced(cls, truth: float, yes: float) -> Device:
        """A share `truth` says what is true, a share `yes` says yes, the rest no. Source: Boruch 1971."""
        return cls(truth, yes)

    @classmethod
    def mirrored(cls, asked: float) -> Device:
        """A share `asked` is asked whether it is so, the rest whether it is not; the crosswise model is the same.

        Source: Warner 1965, J. Am. Stat. Assoc. 60:63; Yu, Tian, Tang 2008, Metrika 67:251.
        """
        return cls(2 * asked - 1, 1 - asked)

    @classmethod
    def unrelated(cls, asked: float, other: float) -> Device:
        """A share `asked` is asked the sensitive question, the rest one of which `other` say yes.

        Source: Greenberg and others 1969, J. Am. Stat. Assoc. 64:520.
        """
        return cls(asked, (1 - asked) * other)


def randomised(yes: int, n: int, device: Device) -> Estimate:
    """Of how many the sensitive question is true, where `yes` of n people said yes by the rule of a device.

    The error has n - 1, which makes its square unbiased. Raises ValueError where it cannot be told.
    """
    if not 0 <= yes <= n or n < 2:
        raise ValueError(f"{yes} of {n} people is no count to tell from")
    if not 0 < abs(device.told) <= 1 or not 0 <= device.always <= 1:
        raise ValueError("this device tells nothing, or too much: its shares lie between 0 and 1")
    share = yes / n
    return Estimate(
        (share - device.always) / device.told, math.sqrt(share * (1 - share) / (n - 1)) / abs(device.told)
    )


def _halves(control: Sequence[int], treatment: Sequence[int]) -> None:
    if len(treatment) != len(control) + 1 or len(control) < 2:
        raise ValueError("a list with one item more has one count more: 0 to all items of each")
    if min(*control, *treatment) < 0 or min(sum(control), sum(treatment)) < 2:
        raise ValueError("both halves need the counts of two people or more")


def _moments(counts: Sequence[int]) -> tuple[float, float]:
    """Mean, and variance with n - 1."""
    n = sum(counts)
    mean = sum(y * people for y, people in enumerate(counts)) / n
    return mean, sum(people * (y - mean) ** 2 for y, people in enumerate(counts)) / (n - 1)


def _between(upper: float, n: int, lower: float, m: int) -> Estimate:
    """The difference of two cumulative shares of separate halves."""
    return Estimate(upper - lower, math.sqrt(upper * (1 - upper) / n + lower * (1 - lower) / m))


def _below_zero(shares: Sequence[Estimate]) -> float:
    negative = [one.share / one.error for one in shares if one.share < 0 < one.error]
    if not negative:
        return 1.0
    return min(1.0, len(negative) * math.erfc(-min(negative) / math.sqrt(2)) / 2)
