"""The whole program under faults that a seed decides.

1. No answer that somebody saw confirmed is lost, none is counted twice, in 300 seeds of all profiles.
2. Each period's summary is one row, arrives, and says so where it may be the second; nobody removed gets one.
3. Nothing is sent before a moment that Telegram named, nor out of order.
4. With the faults gone everybody can finish and everything due is out within ten simulated minutes.
5. The same seed gives the same trace, in another process and under another hash seed too.
The full counts are those of `make soak`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.run import BASES, Counts, run_seed, trace_of

SEEDS = {
    "mixed": range(190),
    "duplicates": range(15),
    "storm": range(10),
    "outage": range(5),
    "restarts": range(5),
    # Every seventh place or so, in changing worlds: all of them are for the soak.
    "crash points": range(0, 4 * BASES * 400, 4 * BASES * 10 + 13),
    "disk": range(1, 4 * BASES * 400, 4 * BASES * 10 + 13),
}
"""300 seeds in all."""

TOGETHER = 20
PARTS = [
    (profile, seeds[start : start + TOGETHER])
    for profile, seeds in SEEDS.items()
    for start in range(0, len(seeds), TOGETHER)
]


def test_there_are_three_hundred_seeds() -> None:
    assert sum(len(seeds) for _, seeds in PARTS) >= 300


@pytest.mark.parametrize(("profile", "seeds"), PARTS, ids=lambda part: str(part).replace("range", ""))
def test_nothing_confirmed_is_lost_and_nothing_counted_twice(profile: str, seeds: range) -> None:
    sums = Counts()
    for seed in seeds:
        sums += run_seed(seed, profile)
    print(f"\n{profile}: {sums}")
    assert sums.seeds == len(seeds)
    assert (sums.lost, sums.doubled, sums.digests_missing, sums.early_calls) == (0, 0, 0, 0)
    assert sums.confirmed > 0 and sums.finished > 0


def test_the_profiles_meet_what_they_are_named_after() -> None:
    assert run_seed(0, "duplicates").duplicates > 0
    assert run_seed(0, "storm").told_to_wait > 0
    assert run_seed(0, "outage").lost_before > 50
    assert run_seed(0, "restarts").restarts > 5
    assert run_seed(0, "crash points").kills == 1
    assert run_seed(0, "disk").disk_errors == 1


def test_the_same_seed_gives_the_same_trace_and_another_seed_does_not() -> None:
    traces = [trace_of(11)[0] for _ in range(5)]
    assert len(set(traces)) == 1
    assert trace_of(12)[0] != traces[0]


def test_another_process_with_another_hash_seed_sees_the_same() -> None:
    here = trace_of(11)[0]
    command = [sys.executable, "-m", "tests.simulation", "--seed", "11"]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONHASHSEED": "4242"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"trace {here}" in done.stdout
