"""Two backups beside each other: what one more person, and what a release, changes in them (I6)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.blackbox.dump import Dump, Value, database_in, files

STILL = ("definition", "coordinator", "subscription")
"""Tables that a release does not touch."""


def differing(one: Path, other: Path) -> list[str]:
    """The files of two backups that are not the same bytes."""
    mine, theirs = (
        {path.relative_to(folder): path.read_bytes() for path in files([folder])} for folder in (one, other)
    )
    return [str(name) for name in sorted({*mine, *theirs}) if mine.get(name) != theirs.get(name)]


def not_whole(before: Path, after: Path, k: int) -> list[str]:
    """What a release added that is not a whole block of k or more, and what it changed besides."""
    old, new = Dump(database_in(before)), Dump(database_in(after))
    hits = [f"{name} changed" for name in STILL if old.rows(name) != new.rows(name)]
    known = {_key(row) for row in old.rows("response")}
    there = {_key(row) for row in new.rows("response")}
    hits += [f"{len(known - there)} released answers changed"] if known - there else []
    added = Counter((row["wave"], row["block"]) for row in new.rows("response") if _key(row) not in known)
    blocks = {(row["wave"], row["no"]): row["n"] for row in new.rows("block")}
    old_blocks = {(row["wave"], row["no"]) for row in old.rows("block")}
    for block, rows in added.items():
        if block in old_blocks or rows < k or rows != blocks.get(block):
            hits.append(f"{rows} answers came to block {block[1]!r} of {blocks.get(block)!r}")
    hits += [f"block {no!r} came without answers" for _wave, no in set(blocks) - old_blocks - set(added)]
    return hits


def added(before: Path, after: Path) -> list[int]:
    """How many answers each new block has."""
    known = {(row["wave"], row["no"]) for row in Dump(database_in(before)).rows("block")}
    blocks = Dump(database_in(after)).rows("block")
    return [int(str(row["n"])) for row in blocks if (row["wave"], row["no"]) not in known]


def _key(row: dict[str, Value]) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted(row.items()))
