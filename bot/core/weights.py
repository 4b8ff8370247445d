"""What a share would be if the people who answered were as old, and women as many, as in the census.

Laws:
1. Weights are made per group of gender and age; nobody has a weight of their own. Their mean is 1.
2. Where a group of the census has nobody, there are no weights: nobody speaks for it.
3. A weighted share stands beside the plain one, never in its place, and always with its price (`deff`).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.core.indicators import Interval, wilson

MOST_WEIGHT = 5.0
"""Weights are cut at so many times their mean: a few people must not speak for half a province."""

MOST_DEFF = 2.0
"""From this price on weighting costs more than half of the answers, and a weighted share is not shown."""

LEAST_PEOPLE = 100
"""With fewer answers than this nothing is weighted."""

_SETTLED = 1e-12
_ROUNDS = 1_000

Cell = TypeVar("Cell", bound=Hashable)

Margin = Mapping[str, float]
"""The share of each code of one dimension in the census; they add up to 1."""


class NoWeights(ValueError):
    """There are no weights: a group is empty, or rounds do not settle."""


@dataclass(frozen=True)
class Weighted:
    """A weighted share with its 95 % limits, the design effect, and how many plain answers it is worth."""

    share: Interval
    deff: float
    n_eff: float


def rake(sample: Mapping[tuple[str, ...], int], margins: Sequence[Margin]) -> dict[tuple[str, ...], float]:
    """The weight of each group, so that every margin is met; the mean over people is 1.

    `sample` is how many people are in each group (a code for each margin, in their order). Each margin is met in
    turn until no weight moves by more than 1e-12. Raises NoWeights where a code of a margin has nobody.
    Source: Deming and Stephan 1940, Annals of Mathematical Statistics 11:427 (iterative proportional fitting).
    """
    n = sum(sample.values())
    weights = {cell: 1.0 for cell, people in sample.items() if people}
    for _ in range(_ROUNDS):
        moved = 0.0
        for place, margin in enumerate(margins):
            for code, share in margin.items():
                inside = [cell for cell in weights if cell[place] == code]
                now = sum(weights[cell] * sample[cell] for cell in inside)
                if not now:
                    raise NoWeights(f"nobody of {code} answered")
                for cell in inside:
                    fitted = weights[cell] * share * n / now
                    moved, weights[cell] = max(moved, abs(fitted - weights[cell])), fitted
        if moved < _SETTLED:
            return weights
    raise NoWeights("the margins cannot be met together")


def poststratify(sample: Mapping[Cell, int], population: Mapping[Cell, float]) -> dict[Cell, float]:
    """The weight of each group where the census knows the share of every one of them; the mean is 1.

    Raises NoWeights where a group of the census has nobody.
    Source: Holt and Smith 1979, Journal of the Royal Statistical Society A 142:33.
    """
    n = sum(sample.values())
    for cell in population:
        if not sample.get(cell):
            raise NoWeights(f"nobody of {cell} answered")
    return {cell: share * n / sample[cell] for cell, share in population.items()}


def trim(weights: Mapping[Cell, float], sample: Mapping[Cell, int]) -> dict[Cell, float]:
    """The weights cut at five times their mean, and brought back to a mean of 1.

    Cut once: what is brought back may lie a little over it again, so that it stays one plain step.
    Source: Potter 1990, Proceedings of the Survey Research Methods Section, Am. Stat. Association, 225.
    """
    cut = {cell: min(weight, MOST_WEIGHT) for cell, weight in weights.items()}
    mean = sum(cut[cell] * sample[cell] for cell in cut) / sum(sample[cell] for cell in cut)
    return {cell: weight / mean for cell, weight in cut.items()}


def design_effect(weights: Mapping[Cell, float], sample: Mapping[Cell, int]) -> float:
    """How many times more people weighted answers need to tell as much: n sum w^2 / (sum w)^2.

    Source: Kish 1965, Survey Sampling; 1992, Journal of Official Statistics 8:183.
    """
    n = sum(sample[cell] for cell in weights)
    total = sum(weight * sample[cell] for cell, weight in weights.items())
    squares = sum(weight**2 * sample[cell] for cell, weight in weights.items())
    return n * squares / total**2


def weighted(weights: Mapping[Cell, float], sample: Mapping[Cell, int], said: Mapping[Cell, float]) -> Weighted:
    """The weighted share of those who said so, with Wilson's limits on the number of answers it is worth."""
    n = sum(sample[cell] for cell in weights)
    total = sum(weight * sample[cell] for cell, weight in weights.items())
    share = sum(weight * said.get(cell, 0) for cell, weight in weights.items()) / total
    deff = design_effect(weights, sample)
    low, high = wilson(min(1.0, max(0.0, share)), n / deff)
    return Weighted(Interval(share, low, high), deff, n / deff)


def linearised_error(
    weights: Mapping[Cell, float], sample: Mapping[Cell, int], said: Mapping[Cell, float]
) -> float:
    """The standard error of a weighted share, by linearisation: sqrt(n/(n-1) sum w^2 (y-p)^2) / sum w.

    Source: Woodruff 1971, Journal of the American Statistical Association 66:411.
    """
    n = sum(sample[cell] for cell in weights)
    total = sum(weight * sample[cell] for cell, weight in weights.items())
    share = weighted(weights, sample, said).share.value
    spread = sum(
        weight**2 * (said.get(cell, 0) * (1 - share) ** 2 + (sample[cell] - said.get(cell, 0)) * share**2)
        for cell, weight in weights.items()
    )
    return math.sqrt(n / (n - 1) * spread) / total


def inclusion(shares: Mapping[Cell, float], census: Mapping[Cell, float]) -> float:
    """How alike two mixes of groups are: 1 the same, 0 nothing in common. 1 - half the sum of the differences.

    Source: the index of dissimilarity, Duncan and Duncan 1955, American Sociological Review 20:210.
    """
    return 1 - sum(abs(shares.get(cell, 0.0) - census.get(cell, 0.0)) for cell in {*shares, *census}) / 2
