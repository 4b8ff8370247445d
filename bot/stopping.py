"""How the program ends: asked once, it finishes what it began; asked twice, or after nine seconds, at once.

Laws:
1. Whatever Telegram, the database or a thread does, ten seconds after the first signal there is no process:
   containers and systemd kill after that, and would leave the traces of the last answers unscrubbed.
2. An end at once loses nothing that was confirmed: that was committed before anybody was told so. What is left
   undone (a reply, a scrub) is done after the next start.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

import structlog

T = TypeVar("T")

SIGNALS = (signal.SIGTERM, signal.SIGINT)

PATIENCE_SECONDS = 9.0
"""What a clean stop may take at most (2 s for the receipt, 2 s for replies, 1 s for the tick, 3 s for the
scrub, 1 s for the connections); one second less than Docker waits."""

log = structlog.get_logger()


class Asked(Exception):
    """The stop was asked for before this was done."""


class Stop:
    """The wish to stop: `asked` is set by the first signal."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._last: threading.Timer | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear signals meanwhile; afterwards they do what they did before."""
        # Not the loop's own handlers: those are deaf while the loop is held up.
        before = {number: signal.signal(number, self._heard) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            if self._last is not None:
                # Threads that still run are joined when the interpreter ends: that counts too.
                for number in SIGNALS:
                    signal.signal(number, _end_at_once)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._last is not None:
            _end_at_once(number, frame)
        self._last = threading.Timer(PATIENCE_SECONDS, _end_late)
        self._last.daemon = True
        self._last.start()
        self._loop.call_soon_threadsafe(self.asked.set)

    async def unless_asked(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; raises Asked when the stop was asked for first."""
        doing, asked = asyncio.ensure_future(work), asyncio.ensure_future(self.asked.wait())
        try:
            await asyncio.wait({doing, asked}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
            raise Asked
        finally:
            doing.cancel()
            asked.cancel()
            await asyncio.gather(doing, asked, return_exceptions=True)


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    # Not the signal's default action: process 1 of a container is spared that.
    os._exit(128 + number)


def _end_late() -> None:
    log.warning("the stop took too long: what was left is done after the next start")
    os._exit(0)
