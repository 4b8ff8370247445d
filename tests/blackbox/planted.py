"""Leaks planted on purpose, and which check must see each (I13): a scanner that finds nothing may be blind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.blackbox.dumpscan import CHECKS, Finding, Look, sealed
from tests.blackbox.worlds import (
    CREATED_AT,
    JOB_STORE,
    NOT_SECURE,
    NOT_TRUNCATED,
    PERSISTENCE,
    ROW_NUMBERS,
    Way,
    World,
    world,
)

CAUGHT_BY: Mapping[str, tuple[str, ...]] = {
    ROW_NUMBERS: ("schema", "order"),
    CREATED_AT: ("schema", "times"),
    PERSISTENCE: ("ids",),
    JOB_STORE: ("ids", "schema", "times"),
    NOT_SECURE: ("residue",),
    NOT_TRUNCATED: ("residue", "order"),
}
"""The checks that must each find the leak by themselves."""

PEOPLE, STOPPED = 8, 1
SEED = 13
USED = tuple(sorted({check for checks in CAUGHT_BY.values() for check in checks}))


def way_of(leak: str) -> Way:
    """How a world with this leak is made. Without secure_delete bytes stay until VACUUM, so that is left out."""
    return Way(leaks=(leak,), vacuum=leak != NOT_SECURE)


def looked_at(way: Way) -> dict[str, Finding]:
    """What the checks find in a small world that is made this way."""
    with world(SEED, PEOPLE + STOPPED, way) as made:
        made.answer(made.truth.souls[:PEOPLE])
        made.begin(made.truth.souls[PEOPLE])
        made.scrub()
        made.withdraw(made.truth.souls[2])
        look = look_at(made, made.image())
        return {name: CHECKS[name](look) for name in USED}


def look_at(made: World, image: Path) -> Look:
    """An image of a world as a scanner takes it."""
    return Look(image / "data", image / "keys", image / "logs", made.truth)


def stopped(first: int, number: int) -> dict[str, int]:
    """So many people stop at the end of an interview: what of it can be read or opened (I3)."""
    with world(first, number) as made:
        for soul in made.truth.souls:
            made.begin(soul)
        made.scrub()
        found = sealed(look_at(made, made.image()))
    return {"people": number, "read_or_opened": len(found.hits)}


def missed(leak: str) -> list[str]:
    """The checks that should have seen this leak and did not, and those that see it where it is not planted."""
    way = way_of(leak)
    with_it, without = looked_at(way), looked_at(replace(way, leaks=()))
    blind = [f"{name} is blind to: {leak}" for name in CAUGHT_BY[leak] if not with_it[name].hits]
    hasty = [f"{name} sees {without[name].hits[0]} without it" for name in CAUGHT_BY[leak] if without[name].hits]
    return blind + hasty
