"""People answer while the bot is killed, again and again: the harness of the kills, for any number of them.

`kills(folder, number, seed)` is one part of a long run; parts are summed with `+`.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from tests.faults.crowd import Alive, Respondent, marker
from tests.rig import TOKEN, Rig, installed, wait_for

AT_ONCE = 10
"""People who answer at any moment: enough that updates are always queued."""

LOAD_SECONDS = 30.0
"""How long to wait for such a moment: behind a loop that loses taps people are patient before they tap again."""

PATIENCE_AT_THE_END = 240.0

BEFORE_WORK = {"getme", "getwebhookinfo"}
"""Calls that do not yet say that the bot is at work: its introduction, and this harness's own question."""

PEACE = (0.05, 0.45)
"""Seconds from a start to the next kill, between which the moment is drawn."""


@dataclass(frozen=True)
class Counts:
    """What a part of a run found. Sums of parts are the figures of the whole.

    `confirmed`: answers of which somebody saw the next question, and sendings thanked for. `forgotten`: of
    those, asked again. `lost`: taps that Telegram was told were done and that had no effect. `missing`: people
    who were thanked and whose answers are not there. `doubled`: rows beyond one a person. `wrong`: rows that
    are nobody's. `unsound`: disks the program could not use any more.
    """

    faults: int = 0
    people: int = 0
    confirmed: int = 0
    forgotten: int = 0
    lost: int = 0
    missing: int = 0
    doubled: int = 0
    wrong: int = 0
    unsound: int = 0
    tapped_again: int = 0
    seconds: float = 0.0

    def __add__(self, other: Self) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def harm(self) -> int:
        """All that must be 0."""
        return self.forgotten + self.lost + self.missing + self.doubled + self.wrong + self.unsound


def kills(folder: Path, number: int, seed: int, **settings: str) -> Counts:
    """Kill the bot `number` times at random moments, with at least one update queued each time."""
    begun = time.monotonic()
    with quick(folder, **settings) as rig:
        crowd = asyncio.run(under_fire(rig, open_kill_wave(rig), number, seed))
        return counted(rig, crowd, number, time.monotonic() - begun)


@contextmanager
def quick(folder: Path, **settings: str) -> Iterator[Rig]:
    """A rig that logs little, with its emulator started and blocks of five; everything is ended afterwards."""
    quiet = {"AITBAR_MIN_BLOCK": "5", "AITBAR_LEAVE_BEHIND": "1", "AITBAR_LOG_LEVEL": "INFO"}
    with installed(folder, **quiet, **settings) as rig:
        yield rig


def open_kill_wave(rig: Rig) -> str:
    """Open a wave of six plain questions; returns its id."""
    survey = rig.folder / "kill.yaml"
    shutil.copy(Path(__file__).parent / "kill_survey.yaml", survey)
    return rig.open_wave(str(survey))


async def under_fire(
    rig: Rig, wave: str, number: int, seed: int, command: tuple[str, ...] = (), peace: tuple[float, float] = PEACE
) -> list[Respondent]:
    """People answer all the while; the bot is killed at random moments, always with an update queued."""
    chance = random.Random(seed)
    alive = Alive()

    await asyncio.to_thread(rig.start_bot, *command)
    async with people(rig, wave, alive) as crowd:
        for _ in range(number):
            alive.set()
            await asyncio.to_thread(wait_for, lambda: rig.called() - BEFORE_WORK)
            await asyncio.sleep(chance.uniform(*peace))
            await asyncio.to_thread(until_queued, rig)
            alive.clear()
            await asyncio.to_thread(rig.kill_bot)
            await asyncio.to_thread(rig.start_bot, *command)
        alive.set()
    return crowd


@asynccontextmanager
async def people(
    rig: Rig, wave: str, alive: Alive, at_once: int = AT_ONCE, most: int = sys.maxsize
) -> AsyncIterator[list[Respondent]]:
    """People who answer one after another, `at_once` at any moment and `most` in all.

    At the end nobody new begins, and all who began come to their end.
    """
    over = asyncio.Event()
    crowd: list[Respondent] = []

    async def one_after_another() -> None:
        while not over.is_set() and len(crowd) < most:
            crowd.append(Respondent(rig.url, wave, len(crowd), alive))
            await crowd[-1].answer()

    talking = [asyncio.create_task(one_after_another()) for _ in range(at_once)]
    try:
        yield crowd
        over.set()
        await asyncio.wait_for(asyncio.gather(*talking), PATIENCE_AT_THE_END)
    finally:
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    """Wait until `true()` is; the test's own patience ends it."""
    while not true():  # noqa: ASYNC110 - what is looked at rings no bell
        await asyncio.sleep(0.01)


def until_queued(rig: Rig) -> None:
    """Return at a moment at which Telegram holds at least one update that is not yet acknowledged."""

    def queued() -> bool:
        return bool(rig.sim(f"/bot{TOKEN}/getWebhookInfo")["result"]["pending_update_count"])

    until = time.monotonic() + LOAD_SECONDS
    while not queued():
        assert time.monotonic() < until, "no update was ever queued: the load is too light to prove anything"


def counted(rig: Rig, crowd: list[Respondent], faults: int, seconds: float = 0.0) -> Counts:
    """What became of the answers of a crowd that has come to its end: nothing of it was released yet."""
    kept = Counter(_answers(row["body"]) for row in rig.rows("pool"))
    given = {_answers(json.dumps({"answers": marker(one.number)})) for one in crowd}
    return Counts(
        faults=faults,
        people=len(crowd),
        confirmed=sum(one.confirmed for one in crowd),
        forgotten=sum(one.forgotten for one in crowd),
        lost=sum(one.lost for one in crowd),
        missing=len(given - set(kept)),
        doubled=sum(times - 1 for times in kept.values()),
        wrong=len(set(kept) - given),
        tapped_again=sum(one.tapped_again for one in crowd),
        seconds=seconds,
    )


def _answers(body: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(json.loads(body)["answers"].items()))
