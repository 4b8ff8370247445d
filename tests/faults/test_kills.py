"""kill -9 under load, again and again.

1. An answer whose next question somebody saw is never asked again and never missing at the end.
2. Nobody's answers are counted twice.
3. The same harness, with the library's stock loop instead of ours, loses taps (`test_stock_loop.py`).
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import time
from pathlib import Path

import pytest

from tests.faults.crowd import Respondent, marker
from tests.rig import TOKEN, Rig

KILLS = 40
AT_ONCE = 10
"""People who answer at any moment: enough that updates are always queued."""

LOAD_SECONDS = 30.0
"""How long to wait for such a moment: behind a loop that loses taps people are patient before they tap again."""

pytestmark = pytest.mark.slow


def test_forty_kills_under_load_lose_no_confirmed_answer(rig: Rig, tmp_path: Path) -> None:
    crowd = asyncio.run(under_fire(rig, open_kill_wave(rig, tmp_path), KILLS, ()))

    assert sum(one.forgotten for one in crowd) == 0, "a confirmed answer was lost"
    assert sum(one.lost for one in crowd) == 0, "a tap was acknowledged and then lost"
    kept = sorted(tuple(json.loads(row["body"])["answers"].items()) for row in rig.rows("pool"))
    assert kept == sorted(tuple(marker(one.number).items()) for one in crowd)
    assert [row["done"] for row in rig.rows("ledger")] == [1] * len(crowd)
    print(f"{KILLS} kills, {len(crowd)} people, {sum(one.tapped_again for one in crowd)} replies lost on the way")


def open_kill_wave(rig: Rig, folder: Path) -> str:
    survey = folder / "kill.yaml"
    shutil.copy(Path(__file__).parent / "kill_survey.yaml", survey)
    return rig.open_wave(str(survey))


async def under_fire(rig: Rig, wave: str, kills: int, command: tuple[str, ...]) -> list[Respondent]:
    """People answer all the while; the bot is killed at random moments, always with an update queued."""
    chance = random.Random(20261123)
    alive, over = asyncio.Event(), asyncio.Event()
    crowd: list[Respondent] = []

    async def one_after_another() -> None:
        while not over.is_set():
            crowd.append(Respondent(rig.url, wave, len(crowd), alive))
            await crowd[-1].answer()

    await asyncio.to_thread(rig.start_bot, *command)
    talking = [asyncio.create_task(one_after_another()) for _ in range(AT_ONCE)]
    for _ in range(kills):
        alive.set()
        await asyncio.sleep(chance.uniform(0.1, 0.9))
        await asyncio.to_thread(_until_queued, rig)
        alive.clear()
        await asyncio.to_thread(rig.kill_bot)
        await asyncio.to_thread(rig.start_bot, *command)
    over.set()
    alive.set()
    await asyncio.wait_for(asyncio.gather(*talking), 240)
    return crowd


def _until_queued(rig: Rig) -> None:
    """Return at a moment at which Telegram holds at least one update that is not yet acknowledged."""

    def queued() -> bool:
        return bool(rig.sim(f"/bot{TOKEN}/getWebhookInfo")["result"]["pending_update_count"])

    until = time.monotonic() + LOAD_SECONDS
    while not queued():
        assert time.monotonic() < until, "no update was ever queued: the load is too light to prove anything"
