"""Every part of the soak: what it runs, how much of it is wanted, and which counts must be zero."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.security.forgery import forged_taps
from tests.security.hostile import hostile_texts
from tests.security.nonces import nonces
from tests.soak.ledger import Aim

Run = Callable[[int, int], Mapping[str, int]]
"""Runs so many units from this one on, and counts: (first, number) -> counts."""


@dataclass(frozen=True)
class Part:
    """One part, and how many units are run before its sums are kept."""

    aim: Aim
    batch: int
    run: Run


def in_a_folder(run: Callable[[Path, int, int], Mapping[str, int]]) -> Run:
    """A part that needs a folder of its own for each batch."""

    def within(first: int, number: int) -> Mapping[str, int]:
        with tempfile.TemporaryDirectory(prefix="aitbar-soak-") as folder:
            return run(Path(folder), number, first)

    return within


ALL = (
    Part(
        Aim("forged", "taps nobody was offered", 10_000, zero=("changed", "raised"), some=("forged_taps",)),
        1_000,
        forged_taps,
    ),
    Part(
        Aim(
            "texts",
            "surveys full of hostile texts, in three languages",
            10_000,
            zero=("refused", "changed", "undrawn"),
            some=("texts", "pictures"),
        ),
        250,
        hostile_texts,
    ),
    Part(
        Aim("nonces", "writes of a sealed place", 1_000_000, zero=("used_twice",), some=("writes",)),
        100_000,
        nonces,
    ),
)

PARTS: Mapping[str, Part] = {part.aim.part: part for part in ALL}


@cache
def version_of_the_program() -> str:
    """The state of `bot/` that is run: git's name of its tree, marked where files differ from it."""
    tree = _git("rev-parse", "--short=10", "HEAD:bot") or "unknown"
    return f"{tree}+" if _git("status", "--porcelain", "bot") else tree


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, cwd=Path(__file__).parent)
    return done.stdout.strip()
