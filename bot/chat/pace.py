"""When a message may leave: replies at once and in order, broadcasts evenly, nobody before Telegram allows.

Laws:
1. Replies of one chat leave in order; those of different chats travel in parallel.
2. Edits that wait for the same message collapse into the newest.
3. After "too many requests" nobody sends before the moment Telegram named; it outlives a restart.
4. Broadcasts share 28 messages a second with the replies, which go first (Bot API FAQ: 30 a second).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot import nature

Send = Callable[[], Awaitable[None]]

BROADCASTS_A_SECOND = 28
OUTSTANDING = 200
REDRAW_SECONDS = 1.0
TRIES = 4
LOOK_AGAIN_SECONDS = 0.05
"""How soon a redraw that waits notices that something newer took its place."""

Lane = int | str
"""What keeps its order: a chat, or a tapped button whose spinner is to stop."""

log = structlog.get_logger()


@dataclass
class Job:
    """One thing to send. `key` names the message it edits; `slow` holds redraws to one a second; `asked` is
    false for what nobody just asked for."""

    send: Send
    key: int | None = None
    slow: bool = False
    asked: bool = True
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait; the library is turning this from a number into a timedelta."""
    wait: int | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Pace:
    """The two lanes. `remember` keeps the not-before moment (seconds since 1970) beyond a restart.

    Waiting goes by the loop's clock, which nobody sets; only what is remembered is a moment of the wall clock.
    """

    def __init__(
        self,
        remember: Callable[[float], Awaitable[None]],
        not_before: float = 0.0,
        wall: Callable[[], float] = nature.wall,
    ) -> None:
        self._remember = remember
        self._wall = wall
        self._clock = asyncio.get_running_loop().time
        self._free = self._clock() + max(0.0, not_before - wall())
        self._queues: dict[Lane, deque[Job]] = {}
        self._workers: dict[Lane, asyncio.Task[None]] = {}
        self._redrawn: dict[tuple[Lane, int], float] = {}
        self._replies: deque[float] = deque()
        self._outstanding = 0
        self._room = asyncio.Event()
        self._room.set()
        self._lane = asyncio.Lock()
        self._last_to: dict[int, float] = {}

    async def room(self) -> None:
        """Wait until fewer than 200 replies are on their way."""
        await self._room.wait()

    def reply(self, lane: Lane, job: Job) -> None:
        """Send to somebody who just acted: at once, behind what already waits in the same lane."""
        queue = self._queues.setdefault(lane, deque())
        if job.key is not None:
            for waiting in [w for w in queue if w.key == job.key]:
                queue.remove(waiting)
                self._finish(waiting)
        queue.append(job)
        self._outstanding += 1
        if self._outstanding >= OUTSTANDING:
            self._room.clear()
        if lane not in self._workers:
            self._workers[lane] = asyncio.create_task(self._work(lane))

    async def broadcast(self, chat: int, send: Send) -> None:
        """Send something nobody just asked for, evenly; returns when it left, raises what Telegram refused."""
        async with self._lane:
            if chat in self._last_to:
                await asyncio.sleep(max(0.0, self._last_to[chat] + 1.0 - self._clock()))
            job = Job(send, asked=False)
            self.reply(chat, job)
            self._last_to[chat] = self._clock()
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

    async def _work(self, lane: Lane) -> None:
        queue = self._queues[lane]
        try:
            while queue:
                while (wait := self._too_soon(lane, queue[0])) > 0:  # noqa: ASYNC110 - time is what is awaited
                    await asyncio.sleep(min(wait, LOOK_AGAIN_SECONDS))
                job = queue.popleft()
                if job.key is not None:
                    self._redrawn[lane, job.key] = self._clock()
                await self._carry_out(job)
        finally:
            for job in queue:
                self._finish(job)
            del self._queues[lane], self._workers[lane]
            self._forget_redraws()

    def _too_soon(self, lane: Lane, job: Job) -> float:
        """Seconds until this redraw may leave; what is no redraw never waits."""
        if not job.slow or job.key is None or (lane, job.key) not in self._redrawn:
            return 0.0
        return self._redrawn[lane, job.key] + REDRAW_SECONDS - self._clock()

    def _forget_redraws(self) -> None:
        oldest = self._clock() - REDRAW_SECONDS
        self._redrawn = {key: moment for key, moment in self._redrawn.items() if moment > oldest}

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
            # The moment may have moved on while one slept.
            while (wait := self._free - self._clock()) > 0:  # noqa: ASYNC110 - time is what is awaited
                await asyncio.sleep(wait)
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
                if job.asked:
                    self._replies.append(self._clock())
                return

    async def _hold(self, error: RetryAfter) -> None:
        seconds = seconds_of(error)
        if self._clock() + seconds <= self._free:
            return
        self._free = self._clock() + seconds
        log.warning("Telegram asks to wait", seconds=seconds)
        try:
            await self._remember(self._wall() + seconds)
        except Exception as error:  # a full disk must not lose the reply that waits
            log.warning("the waiting time could not be kept", kind=type(error).__name__)

    def _finish(self, job: Job) -> None:
        if not job.done.done():
            job.done.set_result(None)
        self._outstanding -= 1
        if self._outstanding < OUTSTANDING:
            self._room.set()

    def _reply_rate(self) -> int:
        now = self._clock()
        while self._replies and now - self._replies[0] > 1.0:
            self._replies.popleft()
        return len(self._replies)
