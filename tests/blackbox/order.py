"""How much of the order of arrival can be read from an order in which things lie: 0.5 is none, 0 and 1 are all.

Works on any two orders: of rows, of bytes in a page, of pages in a log, of `ctid` or `xmin` in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Self, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Pairs:
    """Pairs of things that lie in the order in which they came, of all pairs. Sums add up."""

    same: float = 0.0
    all: int = 0
    variance: float = 0.0

    def __add__(self, other: Self) -> Pairs:
        return Pairs(self.same + other.same, self.all + other.all, self.variance + other.variance)

    @property
    def share(self) -> float:
        """The share that lies in order; 0.5 when there is nothing to compare."""
        return self.same / self.all if self.all else 0.5

    @property
    def deviation(self) -> float:
        """One standard deviation of the share, were the order pure chance."""
        return sqrt(self.variance) / self.all if self.all else 0.0

    def within(self, bar: float) -> bool:
        """True when the share is no further from one half than this."""
        return self.all > 0 and abs(self.share - 0.5) <= bar


def concordant(came: Sequence[Hashable], lies: Sequence[Hashable]) -> Pairs:
    """The pairs of `lies` that have the order of `came`. What is in one of them only is left out."""
    return concordant_by({one: place for place, one in enumerate(lies)}, came)


def concordant_by(place: Mapping[Key, float], came: Iterable[Key]) -> Pairs:
    """The pairs that lie in the order in which they came, by the place of each; equal places count half."""
    places = [place[one] for one in came if one in place]
    same = 0.0
    for later, here in enumerate(places):
        same += sum(1.0 if before < here else 0.5 if before == here else 0.0 for before in places[:later])
    n = len(places)
    # Kendall's tau of a random order has the variance 2(2n+5) / 9n(n-1); a share is (tau + 1) / 2.
    variance = 2 * (2 * n + 5) / (9 * n * (n - 1)) / 4 if n > 1 else 0.0
    pairs = n * (n - 1) // 2
    return Pairs(same, pairs, variance * pairs**2)


def first_seen(content: bytes, needles: Mapping[Key, bytes]) -> dict[Key, float]:
    """Where each needle stands for the first time in these bytes; those that do not are left out."""
    found = {name: content.find(needle) for name, needle in needles.items()}
    return {name: float(place) for name, place in found.items() if place >= 0}
