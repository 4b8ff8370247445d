"""How far the items of an index hang together: alpha, omega, and what two items allow.

Laws:
1. All is worked out from the covariances of people who answered every item, with n - 1 below.
2. Where nothing varies there is no figure: None, never 0 and never a number that is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.core.quantiles import f_quantile

Matrix = Sequence[Sequence[float]]
"""A square: the covariance of item and item."""

NOTHING = 1e-12
"""A variance smaller than this part of what it is made of is rounding, and counts as none."""

ROUNDS = 10_000
SETTLED = 1e-12


def covariances(n: int, sums: Sequence[int], products: Sequence[Sequence[int]]) -> list[list[float]]:
    """The covariances of n people's items, from sums of items and of products of two; exact up to the division.

    Source: s_ij = (n sum x_i x_j - sum x_i sum x_j) / n (n - 1).
    """
    if n < 2:
        raise ValueError(f"{n} people do not vary")
    items = range(len(sums))
    return [[(n * products[i][j] - sums[i] * sums[j]) / (n * (n - 1)) for j in items] for i in items]


def correlations(matrix: Matrix) -> list[list[float]] | None:
    """The correlations; None where an item does not vary."""
    deviations = [math.sqrt(matrix[i][i]) for i in range(len(matrix))]
    if not all(deviations):
        return None
    return [
        [value / (one * other) for value, other in zip(row, deviations, strict=True)]
        for row, one in zip(matrix, deviations, strict=True)
    ]


def alpha(matrix: Matrix) -> float | None:
    """Cronbach's alpha of two items or more. Source: Cronbach 1951, Psychometrika 16:297."""
    items, varied, total = len(matrix), sum(matrix[i][i] for i in range(len(matrix))), sum(map(sum, matrix))
    if total <= NOTHING * varied:
        return None
    return items / (items - 1) * (1 - varied / total)


def feldt(value: float, n: int, items: int) -> tuple[float, float]:
    """The 95 % limits of an alpha of so many items seen in n people.

    Source: Feldt 1965, Psychometrika 30:357: (1 - alpha) / (1 - estimate) has the distribution F.
    """
    above, below = n - 1, (n - 1) * (items - 1)
    low, high = (1 - (1 - value) * f_quantile(share, above, below) for share in (0.975, 0.025))
    return low, high


def spearman_brown(matrix: Matrix) -> float | None:
    """The reliability of two items together.

    Source: Spearman 1910, Brown 1910, British Journal of Psychology 3:271 and 296; advised for two items by
    Eisinga, te Grotenhuis, Pelzer 2013, International Journal of Public Health 58:637.
    """
    found = correlations(matrix)
    if found is None or 1 + found[0][1] <= NOTHING:
        return None
    return 2 * found[0][1] / (1 + found[0][1])


def omega(matrix: Matrix) -> float | None:
    """McDonald's omega total of three items or more that share one factor.

    (sum of loadings) squared over itself and the sum of what each item has of its own. Source: McDonald 1999,
    Test Theory, chapter 6; loadings by `loadings`.
    """
    found = loadings(matrix)
    if found is None:
        return None
    common = sum(found) ** 2
    own = sum(matrix[i][i] - one**2 for i, one in enumerate(found))
    return common / (common + own) if common + own > 0 else None


def loadings(matrix: Matrix) -> list[float] | None:
    """How strongly each item hangs on the one factor, in units of the item; None where that cannot be told.

    The correlations between items are met as closely as least squares can, one loading after another until
    nothing moves; none takes more than its item's whole variance. Source: minres, Harman and Jones 1966,
    Psychometrika 31:351; the bound: Harman and Fukuda 1966, Psychometrika 31:563.
    """
    found = correlations(matrix)
    if found is None:
        return None
    items = range(len(found))
    rows = [sum(row) for row in found]
    if sum(rows) <= NOTHING:
        return None
    loading = [row / math.sqrt(sum(rows)) for row in rows]  # the centroid (Thurstone 1931): near to begin with
    for _ in range(ROUNDS):
        moved = 0.0
        for i in items:
            weight = sum(loading[j] ** 2 for j in items if j != i)
            if weight <= NOTHING:
                return None
            better = sum(found[i][j] * loading[j] for j in items if j != i) / weight
            better = max(-1.0, min(1.0, better))
            moved, loading[i] = max(moved, abs(better - loading[i])), better
        if moved < SETTLED:
            break
    return [one * math.sqrt(matrix[i][i]) for i, one in enumerate(loading)]


def without(matrix: Matrix, item: int) -> list[list[float]]:
    """The covariances of the other items: what alpha would be without this one."""
    return [[value for j, value in enumerate(row) if j != item] for i, row in enumerate(matrix) if i != item]


def item_rest(matrix: Matrix, item: int) -> float | None:
    """The correlation of an item with the sum of the others. Source: Nunnally 1978, Psychometric Theory."""
    together = sum(value for j, value in enumerate(matrix[item]) if j != item)
    rest = sum(map(sum, without(matrix, item)))
    if matrix[item][item] <= 0 or rest <= NOTHING:
        return None
    return together / math.sqrt(matrix[item][item] * rest)
