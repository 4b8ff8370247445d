"""The sums of the soak: what was run of each part, with what, and what came out; kept beside the documents.

Laws:
1. A batch is added whole or not at all, also when two runs add to the same file.
2. A part counts as met only when all of it was run and every count that must be zero is zero.
3. Sums are never taken back; a part that is run anew from the beginning says so (`reset`).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent.parent / "docs"


@dataclass(frozen=True)
class Aim:
    """What a part is to reach: how many units of what, and which counts must stay zero or must not."""

    part: str
    what: str
    wanted: int
    zero: tuple[str, ...]
    some: tuple[str, ...] = ()


@dataclass
class Sums:
    """What was run of one part so far. `versions`: the states of the program it was run with."""

    done: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    seconds: int = 0

    def add(self, number: int, counts: Mapping[str, int], version: str, seconds: float) -> None:
        """Add one batch."""
        self.done += number
        self.seconds += round(seconds)
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        if version not in self.versions:
            self.versions.append(version)

    def broken(self, aim: Aim) -> list[str]:
        """The counts that had to be zero and are not, and those that had to be seen and were not."""
        wrong = [f"{name} is {self.counts[name]}, not 0" for name in aim.zero if self.counts.get(name)]
        return wrong + [f"{name} is 0" for name in aim.some if self.done and not self.counts.get(name)]

    def met(self, aim: Aim) -> bool:
        """Run whole, and nothing broken."""
        return self.done >= aim.wanted and not self.broken(aim)


class Ledger:
    """The sums of all parts, in one JSON file that several runs may add to."""

    def __init__(self, folder: Path = DOCS) -> None:
        self._path = folder / "soak.json"
        self._page = folder / "soak.md"

    def read(self) -> dict[str, Sums]:
        """All sums so far."""
        if not self._path.exists():
            return {}
        return {part: Sums(**sums) for part, sums in json.loads(self._path.read_text()).items()}

    def add(
        self, aim: Aim, number: int, counts: Mapping[str, int], version: str, seconds: float, aims: tuple[Aim, ...]
    ) -> Sums:
        """Add one batch to a part and write the page anew."""
        with self._alone():
            all_sums = self.read()
            sums = all_sums.setdefault(aim.part, Sums())
            sums.add(number, counts, version, seconds)
            self._write(all_sums, aims)
        return sums

    def reset(self, part: str, aims: tuple[Aim, ...]) -> None:
        """Forget the sums of a part, to run it anew."""
        with self._alone():
            all_sums = self.read()
            all_sums.pop(part, None)
            self._write(all_sums, aims)

    def _write(self, all_sums: dict[str, Sums], aims: tuple[Aim, ...]) -> None:
        plain: dict[str, Any] = {part: vars(sums) for part, sums in sorted(all_sums.items())}
        _replace(self._path, json.dumps(plain, indent=1, sort_keys=True) + "\n")
        _replace(self._page, page(all_sums, aims))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with Path(f"{self._path}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def page(all_sums: Mapping[str, Sums], aims: tuple[Aim, ...]) -> str:
    """The page that people read."""
    lines = [
        "# What the soak has shown so far",
        "",
        "The full counts of the fault tests. `make soak` runs them in parts, can be stopped at any time, and goes "
        "on where it stopped. It writes this page from [soak.json](soak.json). *Met*: all of it was run, and "
        "every count that must be zero is zero.",
        "",
        "| part | run | wanted | must be zero | met | what was counted | minutes |",
        "|---|---|---|---|---|---|---|",
    ]
    for aim in aims:
        sums = all_sums.get(aim.part, Sums())
        counts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in sums.counts.items())
        zero = ", ".join(f"{name.replace('_', ' ')}: {sums.counts.get(name, 0)}" for name in aim.zero)
        met = "**yes**" if sums.met(aim) else "; ".join(sums.broken(aim)) or "not yet"
        lines.append(
            f"| {aim.part}: {aim.what} | {sums.done:,} | {aim.wanted:,} | {zero} | {met} | {counts} "
            f"| {sums.seconds // 60} |"
        )
    versions = sorted({version for sums in all_sums.values() for version in sums.versions})
    lines += ["", f"States of the program that were run (tree of `bot/`): {', '.join(versions) or 'none'}.", ""]
    return "\n".join(lines)


def _replace(path: Path, text: str) -> None:
    aside = path.with_suffix(path.suffix + ".new")
    with aside.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
