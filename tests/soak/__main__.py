"""`make soak`: the full counts of the fault tests, in parts, resumable.

python -m tests.soak                     what is left of everything, in order
python -m tests.soak kills mutations     only these parts
python -m tests.soak --minutes 30        stop after so long; what was run stays
python -m tests.soak --list              what has been shown so far
python -m tests.soak --reset kills       forget the sums of a part and run it anew
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.soak.ledger import Aim, Ledger, Sums
from tests.soak.parts import PARTS, Part, version_of_the_program


def main(words: Sequence[str] | None = None, ledger: Ledger | None = None) -> int:
    """Run what is left; 1 when something that must be zero is not."""
    asked = _asked(words)
    ledger = ledger or Ledger()
    parts = [PARTS[name] for name in asked.part] or list(PARTS.values())
    if asked.reset:
        for part in parts:
            ledger.reset(part.aim.part, _aims())
    if asked.list:
        for part in parts:
            print(_line(part, ledger.read().get(part.aim.part, Sums())))
        return 0
    until = time.monotonic() + asked.minutes * 60
    broken = [part.aim.part for part in parts if not _run(part, ledger, until)]
    for name in broken:
        print(f"{name}: BROKEN, see docs/soak.md")
    return 1 if broken else 0


def _run(part: Part, ledger: Ledger, until: float) -> bool:
    """Run batches until the part is whole or time is over; False once something is broken."""
    aim = part.aim
    sums = ledger.read().get(aim.part, Sums())
    while sums.done < aim.wanted and not sums.broken(aim) and time.monotonic() < until:
        number = min(part.batch, aim.wanted - sums.done)
        began = time.monotonic()
        counts = part.run(sums.done, number)
        sums = ledger.add(aim, number, counts, version_of_the_program(), time.monotonic() - began, _aims())
        print(_line(part, sums), flush=True)
    return not sums.broken(aim)


def _aims() -> tuple[Aim, ...]:
    return tuple(part.aim for part in PARTS.values())


def _line(part: Part, sums: Sums) -> str:
    counts = ", ".join(f"{name} {count:,}" for name, count in sums.counts.items())
    state = "met" if sums.met(part.aim) else "; ".join(sums.broken(part.aim)) or "going on"
    return f"{part.aim.part}: {sums.done:,} of {part.aim.wanted:,} ({state}) {counts}"


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"parts to run, all when left out: {', '.join(PARTS)}")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    parser.add_argument("--list", action="store_true", help="say what has been shown so far")
    parser.add_argument("--reset", action="store_true", help="forget the sums of these parts first")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
