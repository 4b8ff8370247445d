"""When a message may leave: replies at once and in order, broadcasts evenly, nobody before Telegram allows.

Laws:
1. Replies of one chat leave in order; those of different chats travel in parallel.
2. Edits that wait for the same message collapse into the newest.
3. After "too many requests" nobody sends before the moment Telegram named; it outlives a restart.
4. Broadcasts share 28 messages a second with the replies, which go first (Bot API FAQ: 30 a second).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

Send = Callable[[], Awaitable[None]]

BROADCASTS_A_SECOND = 28
OUTSTANDING = 200
REDRAW_SECONDS = 1.0
TRIES = 4

log = structlog.get_logger()


@dataclass
class Job:
    """One thing to send. `key` names the message it edits; `slow` holds redraws to one a second."""

    send: Send
    key: int | None = None
    slow: bool = False
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait; the library is turning this from a number into a timedelta."""
    wait: int | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Pace:
    """The two lanes. `remember` keeps the not-before moment (seconds since 1970) beyond a restart."""

    def __init__(
        self,
        remember: Callable[[float], Awaitable[None]],
        not_before: float = 0.0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._remember = remember
        self._not_before = not_before
        self._wall = wall
        self._queues: dict[int, deque[Job]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._redrawn: dict[tuple[int, int], float] = {}
        self._replies: deque[float] = deque()
        self._outstanding = 0
        self._room = asyncio.Event()
        self._room.set()
        self._lane = asyncio.Lock()
        self._last_to: dict[int, float] = {}

    async def room(self) -> None:
        """Wait until fewer than 200 replies are on their way."""
        await self._room.wait()

    def reply(self, chat: int, job: Job) -> None:
        """Send to somebody who just acted: at once, behind what already waits for the same chat."""
        queue = self._queues.setdefault(chat, deque())
        if job.key is not None:
            for waiting in [w for w in queue if w.key == job.key]:
                queue.remove(waiting)
                self._finish(waiting)
        queue.append(job)
        self._outstanding += 1
        if self._outstanding >= OUTSTANDING:
            self._room.clear()
        if chat not in self._workers:
            self._workers[chat] = asyncio.create_task(self._work(chat))

    async def broadcast(self, chat: int, send: Send) -> None:
        """Send something nobody just asked for, evenly; returns when it left, raises what Telegram refused."""
        async with self._lane:
            await asyncio.sleep(max(0.0, self._last_to.get(chat, 0.0) + 1.0 - time.monotonic()))
            job = Job(send)
            self.reply(chat, job)
            self._last_to[chat] = time.monotonic()
            await asyncio.sleep(1 / max(1, BROADCASTS_A_SECOND - self._reply_rate()))
        await job.done

    async def flush(self, seconds: float) -> None:
        """Let what waits leave, for at most so long; then drop it."""
        workers = list(self._workers.values())
        if workers:
            await asyncio.wait(workers, timeout=seconds)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, chat: int) -> None:
        queue = self._queues[chat]
        try:
            while queue:
                if queue[0].slow:
                    await self._wait_to_redraw(chat, queue[0].key)
                job = queue.popleft()
                await self._carry_out(job)
                if job.key is not None:
                    self._redrawn[chat, job.key] = time.monotonic()
        finally:
            for job in queue:
                self._finish(job)
            del self._queues[chat], self._workers[chat]
            for key in [k for k in self._redrawn if k[0] == chat]:
                if time.monotonic() - self._redrawn[key] > REDRAW_SECONDS:
                    del self._redrawn[key]

    async def _wait_to_redraw(self, chat: int, key: int | None) -> None:
        if key is not None:
            last = self._redrawn.get((chat, key), 0.0)
            await asyncio.sleep(max(0.0, last + REDRAW_SECONDS - time.monotonic()))

    async def _carry_out(self, job: Job) -> None:
        try:
            await self._insist(job)
        except (asyncio.CancelledError, Exception) as error:
            if not job.done.done():
                job.done.set_exception(error) if isinstance(error, Exception) else job.done.cancel()
            if isinstance(error, asyncio.CancelledError):
                raise
            job.done.exception()  # a reply nobody waits for: said here, not by the garbage collector
            log.warning("a message could not be sent", kind=type(error).__name__)
        finally:
            self._finish(job)

    async def _insist(self, job: Job) -> None:
        tries = 0
        while True:
            await asyncio.sleep(max(0.0, self._not_before - self._wall()))
            try:
                await job.send()
            except RetryAfter as error:
                await self._hold(error)
            except (BadRequest, Forbidden):
                raise
            except NetworkError:
                tries += 1
                if tries >= TRIES:
                    raise
                await asyncio.sleep(0.5 * 2**tries)
            else:
                self._replies.append(time.monotonic())
                return

    async def _hold(self, error: RetryAfter) -> None:
        seconds = seconds_of(error)
        moment = self._wall() + seconds
        if moment > self._not_before:
            self._not_before = moment
            log.warning("Telegram asks to wait", seconds=seconds)
            await self._remember(moment)

    def _finish(self, job: Job) -> None:
        if not job.done.done():
            job.done.set_result(None)
        self._outstanding -= 1
        if self._outstanding < OUTSTANDING:
            self._room.set()

    def _reply_rate(self) -> int:
        now = time.monotonic()
        while self._replies and now - self._replies[0] > 1.0:
            self._replies.popleft()
        return len(self._replies)
