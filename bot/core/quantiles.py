"""Quantiles of t and F, without a library: both are turns of the regularised incomplete beta function."""

from __future__ import annotations

import math

_TERMS = 100_000
_HALVINGS = 60
_SMALL = 1e-300
_CLOSE = 1e-15


def t_quantile(share: float, degrees: int) -> float:
    """The value under which this share (over .5) of Student's t with so many degrees of freedom lies.

    Source: the square of t has the distribution F with 1 and so many degrees (Fisher 1924).
    """
    if not 0.5 < share < 1:
        raise ValueError(f"{share} is no share between .5 and 1")
    return math.sqrt(f_quantile(2 * share - 1, 1, degrees))


def f_quantile(share: float, above: int, below: int) -> float:
    """The value under which this share of F with these degrees of freedom lies.

    Source: DLMF 8.17; x = above F / (above F + below) has the distribution beta(above / 2, below / 2).
    """
    if not 0 < share < 1 or above < 1 or below < 1:
        raise ValueError(f"no quantile {share} of F with {above} and {below} degrees of freedom")
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_share(middle, above / 2, below / 2) < share:
            low = middle
        else:
            high = middle
    return below * middle / (above * (1 - middle))


def beta_share(x: float, a: float, b: float) -> float:
    """The share of the distribution beta(a, b) under x, for x between 0 and 1.

    Source: continued fraction DLMF 8.17.22, worked out forwards (Lentz 1976; Thompson and Barnett 1986).
    """
    if x > (a + 1) / (a + b + 2):  # there the other side is quicker
        return 1 - beta_share(1 - x, b, a)
    if x <= 0:
        return 0.0
    beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - beta) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    value, over, under = 1.0, 1.0, 0.0
    for place in range(1, _TERMS):
        m, odd = divmod(place, 2)
        if odd:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        under = 1 / (1 + term * under or _SMALL)
        over = 1 + term / over or _SMALL
        value *= over * under
        if abs(over * under - 1) < _CLOSE:
            break
    return value
