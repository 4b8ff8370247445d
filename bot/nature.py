"""Time and chance, the two things no rule decides: the program asks for both here and nowhere else.

Laws:
1. No other file of the program reads a clock or draws chance, so whoever replaces these decides all of it.
2. Unless a simulation replaces them they are the machine's clocks and the system's chance, fit for keys.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import TypeVar

T = TypeVar("T")

CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not taken for each other when they are read from paper or said aloud."""


class Nature:
    """The machine's clocks and the system's chance."""

    chance: Random = secrets.SystemRandom()

    def wall(self) -> float:
        """Seconds since 1970; somebody may set this clock."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since some moment; nobody sets this clock."""
        return time.monotonic()


_nature = Nature()


@contextmanager
def replaced(nature: Nature) -> Iterator[None]:
    """Let `nature` decide time and chance: for simulations only."""
    global _nature
    before, _nature = _nature, nature
    try:
        yield
    finally:
        _nature = before


def now() -> datetime:
    """The moment, in UTC, as everything in this house keeps it."""
    return datetime.fromtimestamp(wall(), UTC)


def wall() -> float:
    """Seconds since 1970 by the wall clock; for durations use `monotonic`."""
    return _nature.wall()


def monotonic() -> float:
    """Seconds by a clock that never jumps; only differences mean something."""
    return _nature.monotonic()


def token(length: int) -> bytes:
    """So many random bytes, fit for keys, nonces and names that nobody can guess."""
    return _nature.chance.randbytes(length)


def word(letters: str, length: int) -> str:
    """A random word of these letters, fit for codes."""
    return "".join(_nature.chance.choice(letters) for _ in range(length))


def shuffle(items: MutableSequence[T]) -> None:
    """Put the items into a random order that nobody can guess, in place."""
    _nature.chance.shuffle(items)


def sample(items: Sequence[T], number: int) -> list[T]:
    """So many different items, each as likely as any other."""
    return _nature.chance.sample(items, number)


def repeatable(seed: int) -> Random:
    """Chance that draws the same for the same seed: for what is invented, never for a name, a code or a key."""
    return Random(seed)  # noqa: S311


def between(low: float, high: float) -> float:
    """A random number from `low` to `high`."""
    return _nature.chance.uniform(low, high)
