"""A ticker, and nothing else: what is due is read from what is kept, so a restart loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import nature

TICK_SECONDS = 30

LAST_TICK_SECONDS = 1.0
"""How long a stop waits for the tick under way: a summary that is being sent is then sent once."""


class Clock:
    """Calls `tick` at once and then twice a minute, until it is stopped."""

    def __init__(self, tick: Callable[[], Awaitable[None]]) -> None:
        self._tick = tick
        self._ticking = asyncio.Lock()
        self._scheduler = AsyncIOScheduler()
        # `misfire_grace_time=None` and `coalesce`: a late tick is one tick, never none (the library's own
        # default drops whatever is more than a second late).
        self._scheduler.add_job(
            self._once,
            "interval",
            seconds=TICK_SECONDS,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=nature.now(),
        )
        self._scheduler.start()

    async def _once(self) -> None:
        with suppress(asyncio.CancelledError):  # the stop would wait no longer: no error of anybody's
            async with self._ticking:
                await self._tick()

    async def stop(self) -> None:
        """No further tick; the one under way may end, within a second."""
        self._scheduler.pause()
        await asyncio.sleep(0)  # a tick that was due has begun now, or never will
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_TICK_SECONDS), self._ticking:
                pass
        self._scheduler.shutdown(wait=False)
