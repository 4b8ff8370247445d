"""Shares, their intervals, their differences, and how a share stands to the census.

Every interval is a score interval: the simple one (Wald) claims certainty where everybody or nobody agrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.959963984540054
"""The normal quantile of 95 % intervals."""

UNDER_REPRESENTED = 0.8
"""A group is missing when even the upper limit of its ratio is under this (four-fifths rule, 29 CFR 1607.4)."""


@dataclass(frozen=True)
class Interval:
    """An estimate between its 95 % limits."""

    value: float
    low: float
    high: float


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % limits of a share between 0 and 1 seen in n people.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209; advised for small n by Brown, Cai, DasGupta 2001.
    """
    if n <= 0 or not 0 <= share <= 1:
        raise ValueError(f"no interval for a share of {share} in {n} people")
    scale = 1 + Z**2 / n
    centre = (share + Z**2 / (2 * n)) / scale
    half = Z / scale * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low = 0.0 if share == 0 else centre - half
    high = 1.0 if share == 1 else centre + half
    return max(0.0, low), min(1.0, high)


def newcombe(share1: float, n1: int, share2: float, n2: int) -> Interval:
    """The difference share1 - share2 of two separate groups with its 95 % limits.

    Source: Newcombe 1998, Statistics in Medicine 17:873, hybrid score method without continuity correction.
    """
    low1, high1 = wilson(share1, n1)
    low2, high2 = wilson(share2, n2)
    value = share1 - share2
    below = math.hypot(share1 - low1, high2 - share2)
    above = math.hypot(high1 - share1, share2 - low2)
    return Interval(value, value - below, value + above)


def representation(share: float, n: int, census: float) -> Interval:
    """How often a group answers for each time it stands in the census: 1 is its due, .5 half of it.

    `census` is its share of the same people (18 and over, unless minors took part). The limits are Wilson's
    divided by that share, as medicine does it for trials (participation-to-prevalence ratio).
    """
    low, high = wilson(share, n)
    return Interval(share / census, low / census, high / census)
