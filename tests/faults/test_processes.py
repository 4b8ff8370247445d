"""Signals, and several processes at one database, while people answer.

1. SIGTERM under load: exit code 0, Telegram knows what is done, nothing is lost and nothing handled twice.
2. A second `aitbar run` on the same database is refused with a sentence; every other command works beside it.
3. However many tick at once, each digest is claimed once and sent once.
4. Two processes that submit the same person's answers at the same moment submit them once.
5. Of two bots that fetch with one token from two disks, one ends with a sentence and the other goes on.
6. A tick that is killed at any change is finished by the next: nobody's answers are lost or released twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.cadence import Cadence
from bot.files.shelf import pinned
from bot.store import Store
from tests import nursery
from tests.faults.crowd import Alive
from tests.faults.fire import counted, open_kill_wave, people, quick, until_queued
from tests.faults.races import at_the_end, race, races
from tests.faults.shim import KILL, Shim, needs_a_compiler
from tests.nursery import Process
from tests.rig import Rig, id_of, wait_for

STOPS = 2
RACES = int(os.environ.get("RACES", "100"))
TICK_KILLS = int(os.environ.get("TICK_KILLS", "5"))
COORDINATOR = id_of(900)

pytestmark = pytest.mark.slow


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with quick(tmp_path) as one:
        yield one


def test_sigterm_under_load_loses_nothing_and_repeats_nothing(rig: Rig) -> None:
    wave = open_kill_wave(rig)

    async def day() -> None:
        alive = Alive()
        await asyncio.to_thread(rig.start_bot)
        async with people(rig, wave, alive) as crowd:
            for _ in range(STOPS):
                alive.set()
                await asyncio.sleep(0.5)
                await asyncio.to_thread(until_queued, rig)
                alive.clear()
                begun = time.monotonic()
                assert await asyncio.to_thread(rig.stop_bot) == 0
                print(f"SIGTERM under load: {time.monotonic() - begun:.1f} s")
                await asyncio.to_thread(rig.start_bot)
            alive.set()
        assert counted(rig, crowd, STOPS).harm == 0

    asyncio.run(day())
    answered = Counter(
        call["params"]["callback_query_id"]
        for call in rig.sim("/sim/log?since=0&kind=call")
        if call["method"] == "answerCallbackQuery"
    )
    assert len(answered) > 10, "the emulator kept its log"
    unheard = "the last updates will come again" in rig.log.read_text()  # a receipt that Telegram never answered
    handled_twice = [tap for tap, times in answered.items() if times > 1]
    assert unheard or handled_twice == [], "a clean stop tells Telegram what is done"


def test_a_second_run_is_refused_with_a_sentence(rig: Rig) -> None:
    rig.start_bot()
    said = rig.console("run", code=1)
    assert "Another `aitbar run` already works with this database" in said
    assert not rig.bot_died()
    assert rig.stop_bot() == 0
    rig.start_bot()


def test_of_two_bots_with_one_token_on_two_disks_exactly_one_goes_on(rig: Rig, tmp_path: Path) -> None:
    elsewhere = Rig(tmp_path / "elsewhere", AITBAR_TELEGRAM_API_URL=rig.url)
    bots = [started(one) for one in (rig, elsewhere)]
    try:
        wait_for(lambda: any(bot.poll() is not None for bot in bots), 120)
        (ended,) = [bot for bot in bots if bot.poll() is not None]
        (living,) = [bot for bot in bots if bot is not ended]
        assert ended.wait(20) == 1
        before = len(rig.sim("/sim/log?since=0&kind=call"))
        wait_for(lambda: len(rig.sim("/sim/log?since=0&kind=call")) > before)
        assert living.poll() is None, "the other one goes on fetching"
    finally:
        for bot in bots:
            bot.send_signal(signal.SIGKILL)
            bot.wait(20)
    said = [(one.folder / "run.log").read_text() for one in (rig, elsewhere)]
    assert sum("one bot may run once only" in text for text in said) == 1


def started(rig: Rig) -> Process:
    """`aitbar run` in the folder of a rig, with what it says in a file."""
    with (rig.folder / "run.log").open("wb") as log:
        return nursery.start(["run"], rig.env, rig.folder, log, log)


def test_every_command_works_beside_a_loaded_bot_and_each_digest_goes_out_once(rig: Rig) -> None:
    wave = open_kill_wave(rig)

    async def day() -> None:
        alive = Alive()
        await asyncio.to_thread(rig.start_bot)
        alive.set()
        async with rig.at(COORDINATOR, "en") as phone:
            await phone.start()
            async with people(rig, wave, alive, at_once=3) as crowd:
                subscribe(rig, wave)
                await asyncio.to_thread(_beside, rig)
            screen = await phone.screen()
        assert counted(rig, crowd, 0).harm == 0
        assert [(row["state"], row["tries"]) for row in rig.rows("digest")] == [("sent", 1)]
        assert sum("Six plain questions" in m.text for m in screen.messages if not m.photo) == 1

    asyncio.run(day())
    assert "could not be handled" not in rig.log.read_text()
    assert "failed" not in rig.log.read_text()


def _beside(rig: Rig) -> None:
    """Every command that writes, and some that read; each must end with 0."""
    children = [rig.start("tick") for _ in range(4)]
    other = rig.open_wave(str(rig.folder / "kill.yaml"))
    more = [
        rig.start(*words)
        for words in (("digest", other), ("wave", "close", other, "--yes"), ("wave", "list"), ("claim-code",))
    ]
    assert [child.wait(60) for child in children + more] == [0] * 8


def subscribe(rig: Rig, wave: str) -> None:
    """A coordinator whose weekly digest has been due for a while."""
    store = Store(f"sqlite:///{rig.folder}/data/aitbar.db", rig.folder / "keys", pinned)
    try:
        with store.transaction() as tx:
            since = datetime.now(UTC) - timedelta(days=8)
            tx.desk.admit(COORDINATOR, "owner", "en", since)
            tx.desk.subscribe(COORDINATOR, wave, Cadence("weekly", 0, 9), since)
    finally:
        store.close()


@needs_a_compiler
def test_a_tick_that_is_killed_anywhere_is_finished_by_the_next(rig: Rig, tmp_path: Path) -> None:
    wave = open_kill_wave(rig)
    everybody = 25
    race(tmp_path, at_the_end(tmp_path, wave, range(everybody)), workers=1)
    subscribe(rig, wave)
    start = datetime.now(UTC)
    shim = Shim(tmp_path / "shim", tmp_path / "data", tmp_path / "keys")
    rig.env.update(shim.env)
    for day in (1, 2, 3):
        assert rig.start("tick", "--at", (start + timedelta(days=day)).isoformat()).wait(60) == 0
    shutil.copytree(tmp_path / "data", tmp_path / "before")

    def release(day: float) -> int:
        return rig.start("tick", "--at", (start + timedelta(days=day)).isoformat()).wait(60)

    before = shim.changes
    assert release(8) == 0
    changes = shim.changes - before
    assert len(rig.rows("block")) > 0
    chance = random.Random(20261123)
    for number in sorted(chance.sample(range(1, changes), TICK_KILLS)):
        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "before", tmp_path / "data")
        shim.fail_at(number, KILL)
        assert release(8) == -signal.SIGKILL
        assert release(8.1) == 0
        kept = [json.loads(row["body"])["answers"] for table in ("pool", "response") for row in rig.rows(table)]
        assert len({json.dumps(one, sort_keys=True) for one in kept}) == len(kept) == everybody
        assert sum(row["n"] for row in rig.rows("block")) == len(rig.rows("response")) > 0
        digests = [(row["period"], row["state"]) for row in rig.rows("digest")]
        assert len(digests) == len(dict(digests)), "a period is claimed once"
    print(f"{TICK_KILLS} of {changes} changes of a tick with a release")


def test_two_processes_that_submit_the_same_person_at_once_submit_once(tmp_path: Path) -> None:
    counts = races(tmp_path, RACES, seed=20261123)
    print(counts)
    assert counts.harm == 0
    assert counts.confirmed == counts.people == RACES
