"""What changed between two sets of released figures: two waves, or the newest blocks and those before them.

Laws:
1. Every change is made of shown figures alone, so that it gives nothing finer than they do.
2. A change is called clear only if it would be among all figures compared (Holm), else it is none.
3. Nothing is sorted but clear changes, by how far they went.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.blocks import Figure, points
from bot.core.indicators import Interval, change_p, holm, newcombe


@dataclass(frozen=True)
class Change:
    """One figure then and now; `difference` is now less before, between 0 and 1, with its 95 % limits."""

    id: str
    before: Figure
    now: Figure
    difference: Interval
    clear: bool

    @property
    def rose(self) -> bool:
        """Whether it went up."""
        return self.difference.value > 0


def changes(before: Mapping[str, Figure], now: Mapping[str, Figure], ids: Iterable[str]) -> tuple[Change, ...]:
    """Every figure of `ids` that is shown on both sides, in their order."""
    both = [id for id in ids if id in before and id in now]
    sides = [_sides(now[id], before[id]) for id in both]
    clear = holm([change_p(*side) for side in sides])
    return tuple(
        Change(id, before[id], now[id], newcombe(*side), one)
        for id, side, one in zip(both, sides, clear, strict=True)
    )


def differ(one: Figure, other: Figure) -> bool:
    """Whether two groups clearly differ: the interval of the difference of what is shown of them excludes zero."""
    interval = newcombe(*_sides(one, other))
    return interval.low > 0 or interval.high < 0


def most(found: Iterable[Change], number: int) -> tuple[Change, ...]:
    """The clear changes that went furthest, so many at most; as far as each other, in their order."""
    clear = [change for change in found if change.clear]
    return tuple(sorted(clear, key=lambda change: -abs(change.difference.value))[:number])


def _sides(now: Figure, before: Figure) -> tuple[float, int, float, int]:
    """The shares as shown: a clipped one stands for its bound, so that a change is never made larger."""
    return points(now.share) / 100, now.n, points(before.share) / 100, before.n
