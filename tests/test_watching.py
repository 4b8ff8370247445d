"""A bot whose way to Telegram goes bad: who watches over it sees it, and it still ends in time.

Promises:
1. A poller that is dead while the program lives turns health red, and green again once Telegram answers: when
   connections stall, and when they are reset. The sign of life goes on meanwhile.
2. `aitbar health` says that a running bot is well, and after its end that it does not run.
3. A stop ends with exit code 0, whatever is stuck: Telegram from the start, Telegram later with replies on the
   way, the database; at the very end even the program itself.
4. A second signal ends it at once.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import heartbeat, nature
from bot.app import house, serve
from bot.settings import Settings, read
from tests import nursery
from tests.relay import Relay, relayed
from tests.rig import ROOT, Rig, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")]


@pytest.fixture
def relay(rig: Rig) -> Iterator[Relay]:
    """A way to the rig's Telegram that can go bad; the bot goes this way."""
    with relayed(rig.url) as one:
        rig.env["AITBAR_TELEGRAM_API_URL"] = one.url
        yield one


class Clock:
    """The clock of the wall, which somebody may put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return nature.now() + self.ahead


async def until(true: Callable[[], bool]) -> None:
    """Wait in a thread, so that the bot goes on."""
    await asyncio.to_thread(wait_for, true, 60.0)


async def somebody_writes(rig: Rig) -> None:
    """One message, whose answer nobody awaits."""
    async with rig.person(1) as one:
        await one.start(wait=False)


@pytest.mark.parametrize("trouble", ["stall", "reset"])
def test_a_silently_dead_poller_is_noticed_and_so_is_its_recovery(
    rig: Rig, relay: Relay, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.05)
    clock, folder = Clock(), rig.folder / "data"

    def wrong() -> list[str]:
        return heartbeat.wrongs(heartbeat.read(folder), clock())

    async def story() -> None:
        async with house(_settings(rig, monkeypatch), clock, alone=True) as place:
            asked = asyncio.Event()
            serving = asyncio.create_task(serve(place, asked))
            await until(lambda: wrong() == [])
            getattr(relay, trouble)()
            clock.ahead = timedelta(seconds=heartbeat.UNHEARD_SECONDS + 60)
            await until(lambda: "Telegram has not been heard for" in " ".join(wrong()))
            last = heartbeat.read(folder)
            assert last is not None
            await until(lambda: (beat := heartbeat.read(folder)) is not None and beat.written > last.written)
            assert len(wrong()) == 1, "all else is well"
            relay.pass_all()
            await somebody_writes(rig)
            await until(lambda: wrong() == [])
            asked.set()
            await asyncio.wait_for(serving, 30)

    asyncio.run(story())
    assert wrong() == ["The bot is not running."]


def _settings(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(rig.folder)
    for name in [name for name in os.environ if name.startswith("AITBAR_")]:
        monkeypatch.delenv(name)
    for name, value in rig.env.items():
        if name.startswith("AITBAR_"):
            monkeypatch.setenv(name, value)
    return read()


def test_health_speaks_of_a_running_bot_and_of_one_that_has_ended(rig: Rig) -> None:
    rig.start_bot()
    wait_for(lambda: heartbeat.read(rig.folder / "data") is not None)
    said = json.loads(rig.console("health", "--format", "json"))
    assert (said["healthy"], said["wrong"]) == (True, [])
    assert rig.console("health").startswith("The bot is well")
    rig.stop_bot()
    assert json.loads(_failing(rig, "health", "--format", "json"))["wrong"] == ["The bot is not running."]


def _failing(rig: Rig, *words: str) -> str:
    done = nursery.run(words, rig.env, rig.folder)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


# -- the end --------------------------------------------------------------------------------------------


def test_a_stop_before_telegram_has_ever_answered(rig: Rig, relay: Relay) -> None:
    relay.stall()
    bot = rig.start("run")
    try:
        wait_for(lambda: relay.accepted > 0)
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(30) == 0
    finally:
        bot.send_signal(signal.SIGKILL)


def test_a_stop_while_replies_cannot_leave(rig: Rig, relay: Relay) -> None:
    rig.start_bot()
    relay.stall()
    asyncio.run(somebody_writes(rig))
    assert rig.stop_bot() == 0
    assert "stopped" in rig.log.read_text()


def test_a_stop_while_the_database_is_held(rig: Rig, relay: Relay) -> None:
    rig.start_bot()
    wait_for(lambda: "ready" in rig.log.read_text())
    holding = sqlite3.connect(rig.folder / "data" / "aitbar.db", isolation_level=None)
    try:
        holding.execute("BEGIN IMMEDIATE")
        asyncio.run(somebody_writes(rig))
        relay.stall()
        assert rig.stop_bot() == 0
    finally:
        holding.close()


def test_a_second_signal_ends_it_at_once(rig: Rig, relay: Relay) -> None:
    rig.start_bot()
    wait_for(lambda: "ready" in rig.log.read_text())
    holding = sqlite3.connect(rig.folder / "data" / "aitbar.db", isolation_level=None)
    try:
        holding.execute("BEGIN IMMEDIATE")  # so that the first stop takes its time
        relay.stall()
        bot = rig._bot
        assert bot is not None
        bot.send_signal(signal.SIGTERM)
        bot.send_signal(signal.SIGINT)
        assert bot.wait(30) in (128 + signal.SIGTERM, 128 + signal.SIGINT)
    finally:
        holding.close()


HELD_UP = """
import asyncio, os, signal, threading
from bot import stopping

stopping.PATIENCE_SECONDS = 0.2

async def work():
    with stopping.Stop().listening():
        os.kill(os.getpid(), signal.SIGTERM)
        {stuck}

asyncio.run(work())
print("ended by itself", flush=True)
"""


@pytest.mark.parametrize(
    "stuck",
    [
        "threading.Event().wait()",  # the loop itself hangs
        "asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)",  # a thread nobody can end
    ],
)
def test_what_hangs_for_good_is_ended_all_the_same(stuck: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELD_UP.format(stuck=stuck)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "the stop took too long" in done.stdout + done.stderr
    assert "ended by itself" not in done.stdout
