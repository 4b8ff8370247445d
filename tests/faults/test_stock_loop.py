"""The yardstick of the kills: behind the library's own loop the same fire loses taps, so the harness can see."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.faults.fire import open_kill_wave, under_fire
from tests.rig import Rig

KILLS, MOST_KILLS = 10, 40
SEED = 20261123
PEACE = (0.1, 0.9)


@pytest.mark.slow
def test_the_stock_loop_loses_taps_under_the_same_fire(rig: Rig) -> None:
    stock = (sys.executable, "-m", "tests.faults.stock_bot")
    lost = kills = 0
    while not lost and kills < MOST_KILLS:
        crowd = asyncio.run(under_fire(rig, open_kill_wave(rig), KILLS, SEED + kills, stock, PEACE))
        lost, kills = sum(one.lost for one in crowd), kills + KILLS
        rig.kill_bot()
    print(f"{kills} kills of the stock loop: {lost} taps lost")
    assert lost > 0
