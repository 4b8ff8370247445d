"""Somebody sets the wall clock, by an hour or a day, forwards and backwards, during interviews and digests.

1. Interviews go on; nothing is lost and nothing counted twice.
2. A period that falls due has one row and is sent once. Only a digest that was on its way at the very moment
   of a jump may be sent again, by another process, and then says that it may be a second copy.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.core.cadence import Cadence
from bot.files.shelf import pinned
from bot.store import Store
from tests.faults.crowd import Alive, Respondent
from tests.faults.fire import counted, open_kill_wave, people, quick, until
from tests.faults.shim import Shim, needs_a_compiler
from tests.rig import Rig, id_of

COORDINATOR = id_of(900)
HOUR, DAY = 3_600.0, 86_400.0
JUMPS = (HOUR, -HOUR, DAY, 0.0, -DAY, DAY, 2 * DAY, -HOUR, 2 * DAY + HOUR)
"""How wrong the clock is, one after the other."""

pytestmark = [pytest.mark.slow, needs_a_compiler]


def _are(crowd: list[Respondent], number: int) -> bool:
    return len(crowd) >= number


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with quick(tmp_path) as one:
        yield one


def test_a_clock_that_jumps_loses_nothing_and_repeats_no_digest(rig: Rig, tmp_path: Path) -> None:
    shim = Shim(tmp_path / "shim", tmp_path / "data", tmp_path / "keys")
    rig.env.update(shim.env)
    wave = open_kill_wave(rig)
    store = Store(f"sqlite:///{tmp_path}/data/aitbar.db", tmp_path / "keys", pinned)
    with store.transaction() as tx:
        since = datetime.now(UTC) - timedelta(days=8)
        tx.desk.admit(COORDINATOR, "owner", "en", since)
        for weekday in range(7):  # a summary falls due on every day there is
            tx.desk.admit(COORDINATOR + weekday, "owner", "en", since)
            tx.desk.subscribe(COORDINATOR + weekday, wave, Cadence("weekly", weekday, 9), since)
    store.close()
    alive = Alive()

    async def days() -> None:
        phones = [rig.at(COORDINATOR + weekday, "en") for weekday in range(7)]
        await asyncio.to_thread(rig.start_bot)
        for phone in phones:
            await phone.start()
        alive.set()
        async with people(rig, wave, alive, at_once=4) as crowd:
            for wrong in JUMPS:
                await until(lambda: all(row["state"] != "claimed" for row in rig.rows("digest")))
                shim.wall(wrong)
                more = len(crowd) + 1
                assert await asyncio.to_thread(rig.start("tick").wait, 60) == 0
                await until(partial(_are, crowd, more))
        assert not rig.bot_died()
        assert counted(rig, crowd, len(JUMPS)).harm == 0

        rows = rig.rows("digest")
        assert {row["state"] for row in rows} == {"sent"}
        assert {row["chat"] for row in rows} == {phone.id for phone in phones}, "none is missing"
        expected = Counter[int]()
        for row in rows:  # one that was on its way when the clock jumped may have been taken for stuck
            expected[row["chat"]] += row["tries"]
        for phone in phones:
            screen = await phone.screen()
            got = sum("Six plain questions" in m.text for m in screen.messages if m.from_bot and not m.photo)
            assert got == expected[phone.id], "each period once, and what was sent again is known and says so"
            await phone.close()
        print(f"{len(JUMPS)} jumps, {len(rows)} digests, {len(crowd)} people")

    asyncio.run(days())
    assert rig.stop_bot() == 0
