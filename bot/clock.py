"""A ticker, and nothing else: what is due is read from what is kept, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import nature

TICK_SECONDS = 30


def start(tick: Callable[[], Awaitable[None]]) -> AsyncIOScheduler:
    """Call `tick` at once and then twice a minute, until the returned scheduler is shut down.

    `misfire_grace_time=None` and `coalesce`: a late tick is one tick, never none (the library's own
    default drops whatever is more than a second late).
    """
    scheduler = AsyncIOScheduler()
    scheduler.add_job(
        tick,
        "interval",
        seconds=TICK_SECONDS,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
        next_run_time=nature.now(),
    )
    scheduler.start()
    return scheduler
