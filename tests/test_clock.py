"""The clock ticks at once, one tick at a time, and lets the last tick end.

1. A stop waits for the tick under way.
2. A tick that does not end is given up after a second, and nothing is said of an error.
"""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot import clock
from bot.clock import Clock


def test_a_stop_lets_the_tick_under_way_end() -> None:
    said: list[str] = []

    began = asyncio.Event()

    async def tick() -> None:
        said.append("began")
        began.set()
        await asyncio.sleep(0.05)
        said.append("ended")

    async def story() -> None:
        ticker = Clock(tick)
        await began.wait()
        await ticker.stop()
        said.append("stopped")

    asyncio.run(story())
    assert said == ["began", "ended", "stopped"]


@pytest.mark.parametrize("begun", [True, False])
def test_a_tick_that_does_not_end_is_given_up_without_a_word(
    begun: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(clock, "LAST_TICK_SECONDS", 0.05)

    async def story() -> None:
        ticker = Clock(asyncio.Event().wait)  # type: ignore[arg-type]
        if begun:
            await asyncio.sleep(0.02)
        await ticker.stop()
        await asyncio.sleep(0.02)

    with caplog.at_level(logging.WARNING):
        asyncio.run(story())
    assert caplog.records == []
