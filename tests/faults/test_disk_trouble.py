"""The disk fills up, turns read-only, fails, or is held by somebody else, in the middle of interviews.

1. Nothing is acknowledged that was not saved; the process stays up and its log says what is wrong.
2. Who tapped is told that it was not saved; nothing they had been shown is lost.
3. As soon as the disk is well again everything that waited is taken, once.
4. Whichever write or sync it is that fails, the same holds.
"""

from __future__ import annotations

import asyncio
import errno
import os
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.emulator.person import Person, Screen
from tests.faults.crowd import Alive
from tests.faults.fire import counted, open_kill_wave, people, quick
from tests.faults.shim import Shim, needs_a_compiler
from tests.rig import Rig, id_of, wait_for

FAILURES = int(os.environ.get("DISK_FAILURES", "8"))
WITNESS = 3_000
"""Somebody who answers one question and looks closely."""

Trouble = Callable[[str], Awaitable[None]]
Look = Callable[[Screen], bool]

pytestmark = [pytest.mark.slow, needs_a_compiler]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with quick(tmp_path) as one:
        yield one


@pytest.fixture
def shim(rig: Rig, tmp_path: Path) -> Shim:
    shim = Shim(tmp_path / "shim", tmp_path / "data", tmp_path / "keys")
    rig.env.update(shim.env)
    return shim


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "read-only", "failing"])
def test_a_disk_that_takes_nothing_loses_nothing_and_people_are_told(rig: Rig, shim: Shim, error: int) -> None:
    async def trouble(wave: str) -> None:
        async with at_the_first_question(rig, wave) as witness:
            shim.fail(error)
            await _told_that_it_was_not_saved(rig, witness)
            shim.well()
            await _at_the_second_question(witness)

    _while_people_answer(rig, trouble)


def test_a_database_that_somebody_else_holds_for_long_loses_nothing_and_people_are_told(rig: Rig) -> None:
    async def trouble(wave: str) -> None:
        async with at_the_first_question(rig, wave) as witness:
            other = sqlite3.connect(rig.folder / "data" / "aitbar.db", isolation_level=None, timeout=30)
            other.execute("BEGIN IMMEDIATE")
            await _told_that_it_was_not_saved(rig, witness)
            other.close()
            await _at_the_second_question(witness)

    _while_people_answer(rig, trouble)


def test_whichever_write_fails_nothing_confirmed_is_lost(rig: Rig, shim: Shim) -> None:
    chance = random.Random(20261123)

    async def trouble(_wave: str) -> None:
        for number in range(1, FAILURES + 1):
            shim.fail_at(number, chance.choice([errno.EIO, errno.ENOSPC]))
            await asyncio.to_thread(wait_for, lambda: not shim.pending)

    _while_people_answer(rig, trouble)
    print(f"{FAILURES} failures")


def _while_people_answer(rig: Rig, trouble: Trouble) -> None:
    """People answer before, during and after; the same process sees it through, and nothing is missing."""
    wave = open_kill_wave(rig)

    async def day() -> None:
        alive = Alive()
        alive.set()
        await asyncio.to_thread(rig.start_bot)
        async with people(rig, wave, alive, at_once=4) as crowd:
            await trouble(wave)
            assert not rig.bot_died(), "the process stays up"
        counts = counted(rig, crowd, 1)
        print(counts)
        assert counts.harm == 0
        assert counts.confirmed == 7 * counts.people > 0

    asyncio.run(day())
    assert "nothing can be saved" in rig.log.read_text(), "the operator reads what is wrong"
    assert rig.stop_bot() == 0


@asynccontextmanager
async def at_the_first_question(rig: Rig, wave: str) -> AsyncIterator[Person]:
    """Somebody who has just begun."""
    async with Person(rig.url, id_of(WITNESS), "Person", language_code="en") as witness:
        await witness.start(wave)
        await witness.press("English")
        screen = await witness.press("Yes, I agree")
        assert "First question" in screen.last.text
        yield witness


async def _told_that_it_was_not_saved(rig: Rig, witness: Person) -> None:
    screen = await witness.press("A", wait=False)
    screen = await _until(witness, screen, lambda now: any("not saved" in toast.text for toast in now.toasts))
    assert "First question" in screen.last.text, "the next question would say that this one is kept"
    assert screen.pending_updates > 0, "Telegram still holds what was not saved"


async def _at_the_second_question(witness: Person) -> None:
    screen = await witness.screen()
    await _until(witness, screen, lambda now: "Second question" in now.last.text)


async def _until(phone: Person, screen: Screen, true: Look) -> Screen:
    """The screen once `true` of it."""
    for _ in range(60):
        if true(screen):
            return screen
        screen = await phone.wait_news(screen.seq, idle=0.01, timeout=60)
    raise AssertionError(screen.words())
