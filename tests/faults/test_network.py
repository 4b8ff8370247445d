"""The way to Telegram breaks, and comes back, while people answer.

1. Whether it is cut, reset or stalled, answers errors in HTML or knows no name: the bot stays up and goes on by
   itself; nothing is lost and nothing counted twice.
2. After a day away every message that Telegram kept is handled; a tap it did not keep was never confirmed, and
   its button still works.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.crowd import Alive
from tests.faults.fire import counted, open_kill_wave, people, quick
from tests.faults.relay import Relay, relayed
from tests.faults.shim import Shim, needs_a_compiler
from tests.rig import Rig, wait_for

AWAY = 23.5 * 3600
"""Seconds of an outage that Telegram just bridges: messages wait for 24 hours, taps for 150 seconds."""

pytestmark = pytest.mark.slow

Trouble = Callable[[Rig, Relay], Awaitable[None]]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with quick(tmp_path) as one:
        yield one


async def _cut(rig: Rig, relay: Relay) -> None:
    relay.cut()
    await asyncio.to_thread(_wait_for_words, rig, "does not answer")
    relay.mend()


async def _reset(rig: Rig, relay: Relay) -> None:
    for _ in range(3):
        rig.called()
        relay.reset()
        await asyncio.to_thread(wait_for, lambda: "getupdates" in rig.called())


async def _stall(rig: Rig, relay: Relay) -> None:
    relay.stall()
    rig.called()
    await asyncio.sleep(3)
    assert not rig.called(), "nothing passes"
    relay.mend()


async def _html(rig: Rig, _relay: Relay) -> None:
    fault = await asyncio.to_thread(rig.sim, "/sim/faults", {"match": {"count": 4}, "fault": {"reply": 502}})
    await asyncio.to_thread(
        wait_for, lambda: any(one["id"] == fault["id"] and one["hit"] == 4 for one in rig.sim("/sim/faults")), 90
    )


@pytest.mark.parametrize(
    "trouble", [_cut, _reset, _stall, _html], ids=["cut", "reset", "stalled", "errors in HTML"]
)
def test_the_bot_goes_on_by_itself_once_telegram_is_back(rig: Rig, trouble: Trouble) -> None:
    asyncio.run(_while_people_answer(rig, trouble))


@needs_a_compiler
def test_a_name_that_cannot_be_resolved_for_a_while_loses_nothing(rig: Rig, tmp_path: Path) -> None:
    shim = Shim(tmp_path / "shim", tmp_path / "data")
    rig.env.update(shim.env)

    async def trouble(rig: Rig, relay: Relay) -> None:
        shim.names(known=False)
        relay.reset()  # connections that stand need no name
        await asyncio.to_thread(_wait_for_words, rig, "does not answer")
        shim.names(known=True)

    asyncio.run(_while_people_answer(rig, trouble, host="localhost"))


@needs_a_compiler
def test_after_a_day_away_what_telegram_kept_is_handled_and_old_buttons_work(rig: Rig, tmp_path: Path) -> None:
    shim = Shim(tmp_path / "shim", tmp_path / "data")
    rig.env.update(shim.env)
    wave = open_kill_wave(rig)

    async def day() -> None:
        async with (
            _behind_a_relay(rig, "127.0.0.1") as relay,
            rig.person(1, "en") as early,
            rig.person(2, "en") as late,
        ):
            await asyncio.to_thread(rig.start_bot)
            await early.start(wave)
            for label in ("English", "Yes, I agree"):
                screen = await early.press(label)
            assert "First question" in screen.last.text

            relay.cut()
            await asyncio.to_thread(_wait_for_words, rig, "does not answer")
            await early.press("A", wait=False)
            await late.start(wave, wait=False)
            shim.wall(AWAY)
            rig.sim("/sim/clock", {"advance_s": AWAY})
            relay.mend()

            screen = await late.wait_news(0, timeout=60)
            while not any(message.from_bot for message in screen.messages):
                screen = await late.wait_news(screen.seq, timeout=60)
            assert "English" in screen.last.labels, "the message of a day ago is handled"
            screen = await early.screen()
            assert screen.pending_updates == 0
            assert "First question" in next(m.text for m in screen.messages if m.from_bot and m.buttons), (
                "the tap is gone"
            )
            screen = await early.press("A")
            assert any("Second question" in m.text for m in screen.messages if m.from_bot), (
                "its button still works"
            )
            assert not rig.bot_died()

    asyncio.run(day())


async def _while_people_answer(rig: Rig, trouble: Trouble, host: str = "127.0.0.1") -> None:
    """The same process goes on; all who answered are there, once."""
    wave = open_kill_wave(rig)
    alive = Alive()
    async with _behind_a_relay(rig, host) as relay:
        await asyncio.to_thread(rig.start_bot)
        alive.set()
        async with people(rig, wave, alive, at_once=4) as crowd:
            await trouble(rig, relay)
        assert not rig.bot_died()
        counts = counted(rig, crowd, 1)
        print(counts)
        assert counts.harm == 0
        assert counts.confirmed == 7 * counts.people > 0
        assert await asyncio.to_thread(rig.stop_bot) == 0


@asynccontextmanager
async def _behind_a_relay(rig: Rig, host: str) -> AsyncIterator[Relay]:
    async with relayed(rig.port) as relay:
        rig.env["AITBAR_TELEGRAM_API_URL"] = f"http://{host}:{relay.port}"
        yield relay


def _wait_for_words(rig: Rig, words: str) -> None:
    wait_for(lambda: words in rig.log.read_text(), 60)
