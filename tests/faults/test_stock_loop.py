"""The yardstick of the kills: behind the library's own loop the same fire loses taps, so the harness can see."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.faults.fire import open_kill_wave, under_fire
from tests.rig import Rig

KILLS = 10
PEACE = (0.1, 0.9)


@pytest.mark.slow
def test_the_stock_loop_loses_taps_under_the_same_fire(rig: Rig) -> None:
    stock = (sys.executable, "-m", "tests.faults.stock_bot")
    crowd = asyncio.run(under_fire(rig, open_kill_wave(rig), KILLS, 20261123, stock, PEACE))

    assert sum(one.lost for one in crowd) > 0
    print(f"{KILLS} kills of the stock loop, {len(crowd)} people: {sum(one.lost for one in crowd)} taps lost")
