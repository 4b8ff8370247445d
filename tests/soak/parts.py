"""Every part of the soak: what it runs, how much of it is wanted, and which counts must be zero."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.announcement import counted as announcement
from tests.blackbox.arrivals import SEEDS_WHOLE
from tests.blackbox.arrivals import counted as arrivals
from tests.blackbox.game import ROUNDS_WHOLE
from tests.blackbox.game import counted as adversary
from tests.blackbox.planted import stopped
from tests.core.test_blocks import attacked
from tests.faults.cuts import power_cuts, real_power_cuts
from tests.faults.fire import Counts as Harm
from tests.faults.fire import kills
from tests.faults.races import races
from tests.files.mutants import Counts, mutations
from tests.files.xlsform import mutants as forms
from tests.postgres import binaries, server
from tests.security.forgery import forged_taps
from tests.security.hostile import hostile_texts
from tests.security.nonces import nonces
from tests.simulation import haste, periods, twins
from tests.simulation.run import BASES, Failed, run_seed
from tests.soak.ledger import Aim

Run = Callable[[int, int], Mapping[str, int]]
"""Runs so many units from this one on, and counts: (first, number) -> counts."""


@dataclass(frozen=True)
class Part:
    """One part, and how many units are run before its sums are kept."""

    aim: Aim
    batch: int
    run: Run


def in_a_folder(run: Callable[[Path, int, int], Harm]) -> Run:
    """A part of the real processes: each batch has a folder of its own, and its beginning is its seed."""

    def within(first: int, number: int) -> Mapping[str, int]:
        with tempfile.TemporaryDirectory(prefix="aitbar-soak-") as folder:
            counts = asdict(run(Path(folder), number, first))
        return {name: count for name, count in counts.items() if name != "seconds"}

    return within


def races_on_postgres(folder: Path, number: int, seed: int) -> Harm:
    """Races on a server of PostgreSQL that is started for them."""
    assert binaries() is not None, "not run: PostgreSQL's server is not installed"
    return races(folder, number, seed, url=server().url(folder))


def simulated(profile: str) -> Run:
    """Seeds of the simulation; a seed that fails is counted, and the command that replays it is printed."""

    def seeds(first: int, number: int) -> Mapping[str, int]:
        lanes = os.cpu_count() or 1
        sums: Counter[str] = Counter(failed=0)
        with ProcessPoolExecutor(lanes) as pool:
            shares = [range(first + lane, first + number, lanes) for lane in range(lanes)]
            for share in pool.map(_seeds, shares, [profile] * lanes):
                sums.update(share)
        return sums

    return seeds


def _seeds(seeds: Sequence[int], profile: str) -> Mapping[str, int]:
    sums: Counter[str] = Counter()
    for seed in seeds:
        try:
            sums.update(asdict(run_seed(seed, profile)))
        except Failed as failed:
            sums["failed"] += 1
            print(failed, file=sys.stderr, flush=True)
    return sums


def pairs_of_twins(first: int, number: int) -> Mapping[str, int]:
    """Pairs of worlds, one of them with everything 2 to 20 times; pairs that end differently are counted."""
    return asdict(twins.many(range(first, first + number)))


def taps_in_haste(first: int, number: int) -> Mapping[str, int]:
    """Simulated worlds where each button is tapped twice, twenty times in a second, or in a commit."""
    sums = haste.Counts()
    for seed in range(first, first + number):
        sums += haste.hasty(seed)
    return asdict(sums)


def crowds_beside_a_flood(first: int, number: int) -> Mapping[str, int]:
    """Simulated minutes of 1,000 people at once and one who sends 100 messages a second."""
    sums = haste.Counts()
    for seed in range(first, first + number):
        counts, waited = haste.flooded(seed)
        print(f"others waited {waited:.2f} s at most, 95 of 100 of them", flush=True)
        sums += counts
    return asdict(sums)


def ten_years_in_a_zone(first: int, number: int) -> Mapping[str, int]:
    """Ten simulated years of summaries in each of so many zones."""
    return asdict(periods.periods(first, number))


def damaged_files(first: int, number: int) -> Mapping[str, int]:
    """Damaged surveys and catalogues; a crash is counted, and its number printed."""
    return _crashes(mutations(number, seed=FILES_SEED, first=first))


def damaged_forms(first: int, number: int) -> Mapping[str, int]:
    """Damaged spreadsheets of Kobo and ODK; a crash is counted, and its number printed."""
    return _crashes(forms.mutations(number, seed=FILES_SEED, first=first))


def news_for_many(first: int, number: int) -> Mapping[str, int]:
    """So many people are told through the emulator with Telegram's limits, while two are in an interview."""
    with tempfile.TemporaryDirectory(prefix="aitbar-soak-") as folder:
        return announcement(Path(folder), number, first)


def _crashes(found: Counts) -> Mapping[str, int]:
    for crash in found.crashes:
        print(crash, file=sys.stderr, flush=True)
    return {"files": found.files, "taken": found.taken, "refused": found.refused, "crashes": len(found.crashes)}


FILES_SEED = 2026
DUPLICATE_SEEDS, RESTART_SEEDS = 200, 200
"""Enough for 10,000 duplicates and 1,000 restarts (some 70 and 8 a world)."""

TWINS = 40
"""Some 400 duplicates a pair: more than 10,000 in all."""

PERIODS = len(periods.ZONES) * len(periods.BEGINNINGS)

CRASH_SEEDS = DISK_SEEDS = 4 * BASES * 144
"""Each sort of statement and every call (144 at most) of each of the worlds, in four ways."""

HARM = ("forgotten", "lost", "missing", "doubled", "wrong", "unsound")
WRONG = ("failed", "lost", "doubled", "digests_missing", "early_calls")


ALL = (
    Part(
        Aim("kills", "kill -9 of the real bot under load", 1_000, HARM, some=("confirmed",)),
        50,
        in_a_folder(kills),
    ),
    Part(
        Aim(
            "cuts",
            "power cuts in the log of an evening, unsynced writes dropped",
            1_000,
            HARM,
            some=("confirmed",),
        ),
        100,
        in_a_folder(power_cuts),
    ),
    Part(
        Aim("real cuts", "power cuts of the real bot under load", 100, HARM, some=("confirmed",)),
        10,
        in_a_folder(real_power_cuts),
    ),
    Part(
        Aim("races", "people submitted by two processes at once", 10_000, HARM, some=("people",)),
        1_000,
        in_a_folder(races),
    ),
    Part(
        Aim(
            "races on PostgreSQL",
            "people submitted by two processes at once, on a server",
            10_000,
            HARM,
            some=("people",),
        ),
        1_000,
        in_a_folder(races_on_postgres),
    ),
    Part(
        Aim(
            "seeds", "simulated worlds with a little of every fault", 10_000, WRONG, some=("kills", "digests_sent")
        ),
        200,
        simulated("mixed"),
    ),
    Part(
        Aim(
            "duplicates",
            "simulated worlds where everything comes twice",
            DUPLICATE_SEEDS,
            WRONG,
            some=("duplicates",),
        ),
        20,
        simulated("duplicates"),
    ),
    Part(
        Aim(
            "twins",
            "pairs of simulated worlds, in one of which everything comes 2 to 20 times: they end alike",
            TWINS,
            zero=("different",),
            some=("duplicates", "places", "withdrawn"),
        ),
        10,
        pairs_of_twins,
    ),
    Part(
        Aim(
            "haste",
            "simulated worlds where every button is tapped often, all answered within a second (p95)",
            40,
            zero=("unanswered", "extra_rows", "worlds_too_slow"),
            some=("taps", "in_commits", "told_too_fast"),
        ),
        10,
        taps_in_haste,
    ),
    Part(
        Aim(
            "floods",
            "simulated minutes of 1,000 people and one who floods, the others served within 2 s (p95)",
            3,
            zero=("unanswered", "worlds_too_slow", "over_bucket", "over_ceiling"),
            some=("waits", "flooded", "held_back"),
        ),
        1,
        crowds_beside_a_flood,
    ),
    Part(
        Aim(
            "periods",
            "ten simulated years of summaries in a zone, with stops and a clock that is set",
            PERIODS,
            zero=("missing", "double", "strange"),
            some=("sent", "folded", "restarts", "clock_changes"),
        ),
        1,
        ten_years_in_a_zone,
    ),
    Part(
        Aim(
            "restarts",
            "simulated worlds stopped whenever a summary is due",
            RESTART_SEEDS,
            WRONG,
            some=("restarts",),
        ),
        20,
        simulated("restarts"),
    ),
    Part(
        Aim("outages", "simulated days without Telegram", 200, WRONG, some=("messages_in_outages",)),
        20,
        simulated("outage"),
    ),
    Part(
        Aim("storms", "simulated storms of too many requests", 200, WRONG, some=("told_to_wait",)),
        20,
        simulated("storm"),
    ),
    Part(
        Aim(
            "crash points",
            f"every sort of statement and every call the last one, in {BASES} worlds",
            CRASH_SEEDS,
            WRONG,
            ("points_hit",),
        ),
        760,
        simulated("crash points"),
    ),
    Part(
        Aim("disk", f"every sort of statement fails, in {BASES} worlds", DISK_SEEDS, WRONG, ("points_hit",)),
        760,
        simulated("disk"),
    ),
    Part(
        Aim(
            "figures",
            "histories of a wave, everything ever shown attacked with exact algebra",
            2_000,
            ("isolated", "close_pairs"),
            some=("figures", "phones", "waits", "joined"),
        ),
        200,
        attacked,
    ),
    Part(
        Aim(
            "adversary",
            "rounds of the blind adversary's game, each strategy within three deviations of a coin",
            ROUNDS_WHOLE,
            ("out_of_bar",),
            ("rounds",),
        ),
        ROUNDS_WHOLE,
        adversary,
    ),
    Part(
        Aim(
            "arrivals",
            "waves of twenty people of one cell, their order looked for on the disk",
            SEEDS_WHOLE,
            ("broken", "out_of_bar"),
            some=("pool_SELECT_pairs", "response_bytes_pairs"),
        ),
        SEEDS_WHOLE,
        arrivals,
    ),
    Part(
        Aim("sealed", "people who stop in the middle, places attacked", 200, ("read_or_opened",), ("people",)),
        200,
        stopped,
    ),
    Part(
        Aim("files", "damaged surveys and catalogues", 10_000, zero=("crashes",), some=("taken", "refused")),
        500,
        damaged_files,
    ),
    Part(
        Aim("forms", "damaged XLSForms", 10_000, zero=("crashes",), some=("taken", "refused")),
        250,
        damaged_forms,
    ),
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
        Aim(
            "announcement",
            "people told of news at Telegram's pace, two others in an interview beside it",
            10_000,
            zero=("missing", "doubled", "refused", "crowded_seconds", "slow", "late_replies"),
            some=("people", "replies"),
        ),
        10_000,
        news_for_many,
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
