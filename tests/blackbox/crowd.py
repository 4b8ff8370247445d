"""The people of the black-box tests: ids, names and answers that are theirs alone and stand nowhere by chance."""

from __future__ import annotations

import random

from tests.blackbox.truth import Soul

LETTERS = "bcdfghjklmnpqrstvwxz"
"""Words of these are in no language: found anywhere, they are what was planted."""


def souls(seed: int, number: int) -> list[Soul]:
    """So many people; the same seed gives the same ones."""
    chance = random.Random(f"souls {seed}")
    ids = chance.sample(range(2**32, 2**33), number)
    markers = chance.sample(range(100_000_000, 1_000_000_000), number)
    return [
        Soul(
            n,
            ids[n],
            f"Name{_letters(chance)}",
            f"user_{_letters(chance)}",
            markers[n],
            f"words {_letters(chance)}",
        )
        for n in range(number)
    ]


def _letters(chance: random.Random) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(10))
