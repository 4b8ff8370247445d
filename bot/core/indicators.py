"""Shares, their intervals, their differences and what these prove, and how a share stands to the census.

Every interval is a score interval: the simple one (Wald) claims certainty where everybody or nobody agrees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
"""The normal quantile of 95 % intervals."""

LEVEL = 0.05
"""How often at most one of many figures that did not change may be called changed."""

_SUREST = 40.0
_HALVINGS = 60

UNDER_REPRESENTED = 0.8
"""A group is missing when even the upper limit of its ratio is under this (four-fifths rule, 29 CFR 1607.4)."""


@dataclass(frozen=True)
class Interval:
    """An estimate between its 95 % limits."""

    value: float
    low: float
    high: float


def wilson(share: float, n: float, z: float = Z) -> tuple[float, float]:
    """The limits of a share between 0 and 1 seen in n people: of 95 %, or by another normal quantile `z`.

    n may be the number of people that weighted answers are worth (`bot.core.weights`).

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209; advised for small n by Brown, Cai, DasGupta 2001.
    """
    if n <= 0 or not 0 <= share <= 1:
        raise ValueError(f"no interval for a share of {share} in {n} people")
    scale = 1 + z**2 / n
    centre = (share + z**2 / (2 * n)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = 0.0 if share == 0 else centre - half
    high = 1.0 if share == 1 else centre + half
    return max(0.0, low), min(1.0, high)


def newcombe(share1: float, n1: int, share2: float, n2: int, z: float = Z) -> Interval:
    """The difference share1 - share2 of two separate groups with its limits: of 95 %, or by another quantile.

    Source: Newcombe 1998, Statistics in Medicine 17:873, hybrid score method without continuity correction.
    """
    low1, high1 = wilson(share1, n1, z)
    low2, high2 = wilson(share2, n2, z)
    value = share1 - share2
    below = math.hypot(share1 - low1, high2 - share2)
    above = math.hypot(high1 - share1, share2 - low2)
    return Interval(value, value - below, value + above)


def change_p(share1: float, n1: int, share2: float, n2: int) -> float:
    """How surprising a difference is if there is none: the smallest alpha at which its interval excludes 0.

    Made from the interval that is shown (`newcombe`), so that words and interval never contradict each other.
    """
    if share1 == share2:
        return 1.0
    unsure, sure = _SUREST, 0.0
    for _ in range(_HALVINGS):
        z = (unsure + sure) / 2
        interval = newcombe(share1, n1, share2, n2, z)
        if interval.low > 0 or interval.high < 0:
            sure = z
        else:
            unsure = z
    return math.erfc(sure / math.sqrt(2))


def holm(ps: Sequence[float], level: float = LEVEL) -> tuple[bool, ...]:
    """Which of these are no chance, when all are looked at together: one p for each comparison made.

    Source: Holm 1979, Scandinavian Journal of Statistics 6:65, the step-down Bonferroni procedure.
    """
    clear = [False] * len(ps)
    for place, number in enumerate(sorted(range(len(ps)), key=lambda number: ps[number])):
        if ps[number] > level / (len(ps) - place):
            break
        clear[number] = True
    return tuple(clear)


def mcnemar(b: int, c: int) -> float:
    """How surprising it is that of people asked twice b went one way and c the other, if neither way is likelier.

    Exact and two-sided: the binomial distribution of b + c with a half; where b = c it is 1.
    Source: McNemar 1947, Psychometrika 12:153; exact as in Fagerland, Lydersen, Laake 2013, BMC 13:91.
    """
    if b < 0 or c < 0:
        raise ValueError(f"{b} and {c} are no numbers of people")
    n, fewer = b + c, min(b, c)
    tail = sum(math.comb(n, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << n))


def representation(share: float, n: int, census: float) -> Interval:
    """How often a group answers for each time it stands in the census: 1 is its due, .5 half of it.

    `census` is its share of the same people (18 and over, unless minors took part). The limits are Wilson's
    divided by that share, as medicine does it for trials (participation-to-prevalence ratio).
    """
    low, high = wilson(share, n)
    return Interval(share / census, low / census, high / census)
