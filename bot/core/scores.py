"""What is shown of an index: the mean score of many people, and how far its items hang together.

Laws (R5 and R7 of `bot/core/blocks.py`):
1. A mean is told to 5 points and a spread to 5, at least 5; intervals are made of what is told, so that they give
   nothing finer. Of few people a mean near an end is told only to be near it.
2. Alpha, omega and the reliability of two items are told from 30 people on, to a twentieth, and no closer to
   either end than 0 and .95.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.indexes import FINEST, PEOPLE, SCORES, SQUARES, WHOLE, name, top
from bot.core.quantiles import t_quantile
from bot.core.reliability import alpha, covariances, feldt, omega, spearman_brown
from bot.core.survey import Index, Question

POINTS = 5
"""Means and spreads are shown in multiples of this."""

TWENTIETH = 20
MOST = 0.95
LEAST_PEOPLE = 30
"""Reliability is told from so many people on who answered every item."""

AT_MOST_10 = "<=10"
AT_LEAST_90 = ">=90"

Sum = Callable[[str], int]
"""The sum of this name over the blocks shown."""


@dataclass(frozen=True)
class Reliability:
    """How far the items hang together: `n` people with every item, alpha and omega, or what two items allow."""

    n: int
    alpha: float | None = None
    alpha_low: float | None = None
    alpha_high: float | None = None
    omega: float | None = None
    spearman_brown: float | None = None

    @property
    def value(self) -> float | None:
        """The figure that is put into words."""
        return self.spearman_brown if self.alpha is None else self.alpha


@dataclass(frozen=True)
class Score:
    """The mean score of n people fit to be seen, its spread, and the 95 % interval of exactly these three."""

    n: int
    mean: int | str
    sd: int
    low: float
    high: float
    reliability: Reliability | None

    def plain(self) -> dict[str, object]:
        """As it stands in the JSON of a digest."""
        hang = self.reliability or Reliability(0)
        return {
            "n": self.n,
            "mean": self.mean,
            "sd": self.sd,
            "low": self.low,
            "high": self.high,
            "alpha": hang.alpha,
            "alpha_low": hang.alpha_low,
            "alpha_high": hang.alpha_high,
            "omega": hang.omega,
            "spearman_brown": hang.spearman_brown,
            **({"n_whole": hang.n} if hang.n else {}),
        }


def mean_points(mean: int | str) -> int:
    """The points a shown mean stands for; a clipped one stands for its bound."""
    return {AT_MOST_10: 10, AT_LEAST_90: 90}[mean] if isinstance(mean, str) else mean


def shown_score(
    index: Index, items: Sequence[Question], total: Sum, *, least: int, few: int, down: Callable[[int], int]
) -> Score | None:
    """The score of an index; None where fewer than `least` people have one.

    `down` brings a number of people to what is shown; under `few` of them a mean near an end is clipped (R5).
    """
    people = total(name(index, PEOPLE))
    if people < least:
        return None
    n, scores, squares = down(people), total(name(index, SCORES)), total(name(index, SQUARES))
    mean = _mean(scores / people / FINEST, n < few)
    spread = math.sqrt((people * squares - scores**2) / (people * (people - 1))) / FINEST
    sd = max(POINTS, _nearest(spread))
    half = t_quantile(0.975, n - 1) * sd / math.sqrt(n)
    low, high = max(0.0, mean_points(mean) - half), min(100.0, mean_points(mean) + half)
    whole = total(name(index, WHOLE))
    reliability = _reliability(index, items, total, down(whole)) if whole >= max(LEAST_PEOPLE, least) else None
    return Score(n, mean, sd, round(low, 1), round(high, 1), reliability)


def _reliability(index: Index, items: Sequence[Question], total: Sum, n: int) -> Reliability:
    """How far the items hang together. `n` is the number of people with every item, as shown."""
    matrix = _matrix(index, items, total)
    if len(items) == 2:
        return Reliability(n, spearman_brown=_twentieth(spearman_brown(matrix)))
    told = _twentieth(alpha(matrix))
    if told is None:
        return Reliability(n)
    low, high = (round(max(0.0, end), 2) for end in feldt(told, n, len(items)))
    return Reliability(n, told, low, high, _twentieth(omega(matrix)))


def _matrix(index: Index, items: Sequence[Question], total: Sum) -> list[list[float]]:
    """The covariances of the items, each from 0 to 1, so that none weighs more for having more answers."""
    ids = [item.id for item in items]
    products = [[total(name(index, WHOLE, *sorted((one, other), key=ids.index))) for other in ids] for one in ids]
    found = covariances(total(name(index, WHOLE)), [total(name(index, WHOLE, id)) for id in ids], products)
    return [
        [value / (top(one) * top(other)) for value, other in zip(row, items, strict=True)]
        for row, one in zip(found, items, strict=True)
    ]


def _mean(value: float, few: bool) -> int | str:
    points = _nearest(value)
    if few and points <= 10:
        return AT_MOST_10
    if few and points >= 90:
        return AT_LEAST_90
    return points


def _nearest(value: float) -> int:
    """To 5 points, a half upward."""
    return POINTS * math.floor(value / POINTS + 0.5)


def _twentieth(value: float | None) -> float | None:
    return None if value is None else min(MOST, max(0.0, math.floor(value * TWENTIETH + 0.5) / TWENTIETH))
