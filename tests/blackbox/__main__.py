"""All invariants of anonymity in one command: what was looked at, the figure, the bar, met or not.

    python -m tests.blackbox            with the counts of `make test`
    python -m tests.blackbox --full     200 people, 40 seeds, 1,000 rounds
    python -m tests.blackbox --only I4 I11

Exit 1 when anything is not met.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.blackbox import figures
from tests.blackbox.figures import Counts, Row
from tests.blackbox.play import play

SEED = 7
OF_A_WAVE = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I12")


def main(words: list[str] | None = None) -> int:
    """Measure and print; 1 when something is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the full counts")
    parser.add_argument("--only", nargs="+", default=[], metavar="I1", help="these invariants only")
    given = parser.parse_args(words)
    begun = time.monotonic()
    rows = [
        row for row in _rows(figures.WHOLE if given.full else figures.USUAL, given.only) if _asked(row, given.only)
    ]
    print(figures.as_table(rows))
    broken = [row for row in rows if not row.met]
    for row in broken:
        print(f"\n{row.invariant}, {row.looked}:", *row.hits[:10], sep="\n  ")
    said = f"{len(broken)} not met" if broken else "all met"
    print(f"\n{len(rows)} figures, {said}, {time.monotonic() - begun:.0f} s")
    return 1 if broken or not rows else 0


def _rows(counts: Counts, only: list[str]) -> Iterator[Row]:
    def wanted(*names: str) -> bool:
        return not only or any(name in only for name in names)

    if wanted(*OF_A_WAVE):
        with tempfile.TemporaryDirectory(prefix="aitbar-blackbox-") as folder:
            yield from figures.of_a_wave(play(Path(folder), counts.people, counts.stopping, SEED))
    if wanted("I4"):
        yield from figures.of_arrivals(counts.seeds)
    if wanted("I11"):
        yield from figures.of_the_game(counts.rounds)
    if wanted("I12", "I13"):
        yield from figures.of_histories(counts.histories)
    if wanted("I13"):
        yield from figures.of_planted_leaks()


def _asked(row: Row, only: list[str]) -> bool:
    return not only or row.invariant.split()[0] in only


if __name__ == "__main__":
    sys.exit(main())
