"""Run seeds by hand: `python -m tests.simulation --seed 7 --trace`, or `--seeds 0..300` for the sums."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.run import PROFILES, Counts, Failed, points, trace_of


def main() -> int:
    """0 when nothing was found; 1 after the first failure."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    asked.add_argument("--seed", type=int, help="one seed")
    asked.add_argument("--seeds", help="many: A..B, B not among them; 'all' for every point of a planned profile")
    asked.add_argument("--profile", default="mixed", choices=PROFILES)
    asked.add_argument("--trace", action="store_true", help="show all that happens")
    asked.add_argument("--go-on", action="store_true", help="count failures and go on")
    given = asked.parse_args()
    if given.seeds == "all":
        seeds = range(points(given.profile))
    elif given.seeds:
        first, last = given.seeds.split("..")
        seeds = range(int(first), int(last))
    else:
        seeds = range(given.seed or 0, (given.seed or 0) + 1)
    sums, failures, began = Counts(), 0, time.process_time()
    for seed in seeds:
        try:
            trace, counts = trace_of(seed, given.profile, print if given.trace else None)
        except Failed as failed:
            failures += 1
            print(failed, file=sys.stderr)
            if not given.go_on:
                return 1
            continue
        sums += counts
        if len(seeds) == 1:
            print(f"trace {trace}")
    print(f"{given.profile}: {sums}")
    print(f"{failures} failures; {(time.process_time() - began) / len(seeds):.2f} s of one core each")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
