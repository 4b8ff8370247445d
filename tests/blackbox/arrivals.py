"""Whether the order in which twenty people of one cell sent their answers can be read off the disk (I4).

`arrivals(first, number)` is one part of a long run: pairs in order, by each order that the files show.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from tests.blackbox.dumpscan import Finding, order
from tests.blackbox.order import Pairs
from tests.blackbox.planted import look_at
from tests.blackbox.worlds import Way, World, world

PEOPLE = 20
SEEDS, SEEDS_WHOLE = 10, 40
BAR_WHOLE = 0.04
"""How far from one half the share may be over 40 seeds: three standard deviations."""


def arrivals(first: int, number: int, way: Way | None = None) -> tuple[dict[str, Pairs], list[str]]:
    """The pairs of so many seeds, in the pool after the scrub and after a release; and what broke a law."""
    sums: dict[str, Pairs] = {}
    hits: list[str] = []
    for seed in range(first, first + number):
        for finding in _one(seed, way or Way()):
            hits += finding.hits
            for name, pairs in finding.pairs:
                sums[name] = sums.get(name, Pairs()) + pairs
    return sums, hits


def counted(first: int, number: int) -> Mapping[str, int]:
    """The same as counts that add up; `out_of_bar` counts the orders that are further off than the bar."""
    sums, hits = arrivals(first, number)
    return {
        "broken": len(hits),
        "out_of_bar": sum(not pairs.within(bar(number)) for pairs in sums.values()),
        **{f"{name.replace(', ', '_')}_in_order": round(pairs.same) for name, pairs in sums.items()},
        **{f"{name.replace(', ', '_')}_pairs": pairs.all for name, pairs in sums.items()},
    }


def bar(seeds: int) -> float:
    """Three standard deviations of so many seeds."""
    return BAR_WHOLE * sqrt(SEEDS_WHOLE / seeds)


def _one(seed: int, way: Way) -> tuple[Finding, Finding]:
    with world(seed, PEOPLE, way) as made:
        made.answer(made.truth.souls)
        pool = _seen(made, "pool")
        made.days(7)
        return pool, _seen(made, "released")


def _seen(made: World, name: str) -> Finding:
    """In the pool all twenty; after the release those who were released, and not the few who stay behind."""
    found = order(look_at(made, made.image(name)))
    kept = tuple((what, pairs) for what, pairs in found.pairs if name == "pool" or what.startswith("response"))
    return Finding(found.looked, found.hits, kept)
