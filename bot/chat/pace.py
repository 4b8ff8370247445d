"""When a message may leave: replies at once and in order, broadcasts evenly, nobody before Telegram allows.

Laws:
1. Replies of one chat leave in order; those of different chats travel in parallel.
2. Edits that wait for the same message collapse into the newest.
3. After "too many requests" nobody sends before the moment Telegram named; it outlives a restart. Where only
   one chat had too many, only that chat waits. Those who waited then leave evenly, replies first.
4. Broadcasts share 28 messages a second with the replies, which go first (Bot API FAQ: 30 a second). Several may
   be on their way; each waits for its turn as its last step, so that no delay before it bunches them.
5. After a refusal for good (403) nothing that waits for the same chat leaves any more; whether a broadcast
   whose answer was lost has arrived nobody knows, so that it is not sent twice here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot import counts, nature

Send = Callable[[], Awaitable[None]]

Mine = Callable[[], Awaitable[bool]]
"""Claims what is to be sent; False where it is not ours. Called again before each try."""

BROADCASTS_A_SECOND = 28
SLOT = 1 / BROADCASTS_A_SECOND
CATCH_UP = 8
"""So many broadcasts that came late may follow sooner than evenly, on a computer that has much to do."""

MOMENT = 1e-6
OUTSTANDING = 200
REDRAW_SECONDS = 1.0
TRIES = 4
CHAT_CALLS = 3
CHAT_SECONDS = 5.0
"""So many calls into one chat within so long can be too many for that chat (Bot API FAQ: one message a second)."""

QUIET = 15
"""Calls in the last second that cannot be too many in all (Bot API FAQ: 30)."""

LOOK_AGAIN_SECONDS = 0.05
"""How soon a redraw that waits notices that something newer took its place."""

Lane = int | str
"""What keeps its order: a chat, or a tapped button whose spinner is to stop."""

log = structlog.get_logger()


class Dropped(TelegramError):
    """It waited when the program ended."""


@dataclass(eq=False)
class Job:
    """One thing to send. `key` names the message it edits; `slow` holds redraws to one a second; `asked` is
    false for what nobody just asked for; `mine` says whether it is still to be sent, once all else waited for."""

    send: Send
    key: int | None = None
    slow: bool = False
    asked: bool = True
    mine: Mine | None = None
    even: bool = False
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    came: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    slot: float | None = None
    tries: int = 0
    refused: Exception | None = None

    def fail(self, why: Exception) -> None:
        """It did not leave, or nobody knows whether it did."""
        self.refused = why
        if not self.done.done():
            self.done.set_exception(why)
            self.done.exception()  # a reply nobody waits for: said here, not by the garbage collector


@dataclass(eq=False)
class Turn:
    """When a broadcast left, and when its answer was back."""

    left: float
    back: float | None = None

    def arrived(self, now: float, usual: float | None) -> float:
        """When it came to Telegram at the latest, where answers usually take so long: what a network held up comes
        there together, and counts in the second in which it comes."""
        if usual is None:
            return self.left
        return max(self.left, (now if self.back is None else self.back) - usual)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait; the library is turning this from a number into a timedelta."""
    wait: int | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Pace:
    """The two lanes. `remember` keeps the not-before moment (seconds since 1970) beyond a restart, `remember_chat`
    that of a chat, where its number is known anyway.

    Waiting goes by the loop's clock, which nobody sets; only what is remembered is a moment of the wall clock.
    """

    def __init__(
        self,
        remember: Callable[[float], Awaitable[None]],
        not_before: float = 0.0,
        wall: Callable[[], float] = nature.wall,
        remember_chat: Callable[[int, float], Awaitable[None]] | None = None,
    ) -> None:
        self._remember = remember
        self._remember_chat = remember_chat
        self._wall = wall
        self._clock = asyncio.get_running_loop().time
        self._free = self._clock() + not_before - wall() if not_before > wall() else 0.0
        self._queues: dict[Lane, deque[Job]] = {}
        self._workers: dict[Lane, asyncio.Task[None]] = {}
        self._next_slot = 0.0
        self._next_start = 0.0
        self._turns: deque[Turn] = deque(maxlen=2 * BROADCASTS_A_SECOND)
        self._gate = asyncio.Lock()
        self._chat_free: dict[Lane, float] = {}
        self._recent: dict[Lane, deque[float]] = {}
        self._calls: deque[float] = deque(maxlen=2 * BROADCASTS_A_SECOND)
        self._redrawn: dict[tuple[Lane, int], float] = {}
        self._replies: deque[float] = deque()
        self._unsent: dict[Job, None] = {}
        self._room = asyncio.Event()
        self._room.set()
        self._lane = asyncio.Lock()
        self._last_to: dict[int, float] = {}

    @property
    def waiting(self) -> int:
        """How many replies have not left yet."""
        return len(self._unsent)

    def oldest(self) -> float | None:
        """Seconds that the oldest of them has waited; None when nothing waits."""
        first = next(iter(self._unsent), None)
        return None if first is None else self._clock() - first.came

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
        self._unsent[job] = None
        if len(self._unsent) >= OUTSTANDING:
            self._room.clear()
        if lane not in self._workers:
            self._workers[lane] = asyncio.create_task(self._work(lane))

    async def broadcast(self, chat: int, send: Send, mine: Mine | None = None) -> None:
        """Send something nobody just asked for, evenly; returns when it left, raises what Telegram refused.

        `mine` is asked when all waiting but that for its turn is over, which is short.
        """
        async with self._lane:
            if chat in self._last_to:
                await asyncio.sleep(max(0.0, self._last_to[chat] + 1.0 - self._clock()))
            await asyncio.sleep(max(0.0, self._next_start - self._clock()))
            self._next_start = self._on_the_beat(self._next_start) + self._apart()
            job = Job(send, asked=False, mine=mine, even=True)
            self.reply(chat, job)
            self._last_to[chat] = self._clock()
        await job.done

    async def _turn(self) -> Turn:
        """Wait until a broadcast may follow those before: no second holds more of them, whatever came late."""
        async with self._gate:
            # Sleepers wake late: what counts is when they do.
            while (wait := self._too_many()) > MOMENT:  # noqa: ASYNC110 - time is what is awaited
                await asyncio.sleep(wait)
            self._turns.append(Turn(self._clock()))
            return self._turns[-1]

    def _too_many(self) -> float:
        """Seconds until the last second has room for one more, and half a slot has passed since the last one."""
        # One more than leave evenly: answers that take now longer, now shorter must not slow all down.
        now, most = self._clock(), max(1, BROADCASTS_A_SECOND - self._reply_rate())
        usual = min((one.back - one.left for one in self._turns if one.back is not None), default=None)
        arrived = sorted(one.arrived(now, usual) for one in self._turns)
        waits = [self._turns[-1].left + SLOT / 2] if self._turns else []
        # A wait of a MOMENT is none: it is put on top, so that a second is never a moment short of one.
        waits += [arrived[-most - 1] + 1.0 + MOMENT] if len(arrived) > most else []
        return max(waits, default=0.0) - now

    def _on_the_beat(self, moment: float) -> float:
        """The moment as it was to be where it is late by a few slots only: else each sleeper that wakes late would
        make all that follow later. How many a second may hold is seen to by the turns."""
        now = self._clock()
        return moment if moment > now - CATCH_UP * SLOT else now

    def _apart(self) -> float:
        """Seconds from one broadcast to the next, as far as replies leave room."""
        return 1 / max(1, BROADCASTS_A_SECOND - self._reply_rate())

    async def allowed(self) -> None:
        """Wait until Telegram allows a call; also before each further call of one reply."""
        # The moment may have moved on while one slept.
        while (wait := self._free - self._clock()) > 0:  # noqa: ASYNC110 - time is what is awaited
            await asyncio.sleep(wait)

    async def quietly(self, send: Send) -> None:
        """Make a call that is no message, in its turn; raises what Telegram refused."""
        job = Job(send, asked=False)
        self.reply("quietly", job)
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
                    await asyncio.sleep(wait)
                job = queue.popleft()
                if job.key is not None:
                    self._redrawn[lane, job.key] = self._clock()
                if not await self._carry_out(lane, job):
                    self._again(queue, job)
                elif isinstance(job.refused, Forbidden):
                    self._drop(queue, job.refused)  # whoever blocked the bot hears nothing further of it
        finally:
            self._drop(queue, Dropped("the program stops"))
            del self._queues[lane], self._workers[lane]
            self._forget()

    def _again(self, queue: deque[Job], job: Job) -> None:
        """It comes first once Telegram allows, unless something newer shows the same message."""
        if job.key is not None and any(waiting.key == job.key for waiting in queue):
            self._finish(job)
        else:
            queue.appendleft(job)

    def _drop(self, queue: deque[Job], why: TelegramError) -> None:
        while queue:
            job = queue.popleft()
            job.fail(why)
            self._finish(job)

    def _too_soon(self, lane: Lane, job: Job) -> float:
        """Seconds to sleep before this one may leave, or is looked at again."""
        now = self._clock()
        if (held := self._held(lane)) > 0:
            job.slot = None
            return held
        wait = self._in_line(job, now)
        if job.slow and job.key is not None and (lane, job.key) in self._redrawn:
            redraw = self._redrawn[lane, job.key] + REDRAW_SECONDS - now
            wait = max(wait, min(redraw, LOOK_AGAIN_SECONDS))
        return wait if wait > MOMENT else 0.0

    def _held(self, lane: Lane) -> float:
        """Seconds until Telegram allows a call into this lane again."""
        return max(self._free, self._chat_free.get(lane, 0.0)) - self._clock()

    def _in_line(self, job: Job, now: float) -> float:
        """After everybody was held those who waited leave one after another, replies before the rest.

        Together they would be too many for a second, and all be refused again.
        """
        if not job.asked and any(one.asked and one.came < self._free for one in self._unsent):
            return max(SLOT, self._next_slot - now)
        if job.came < self._free and job.slot is None:
            job.slot = max(now, self._next_slot)
            self._next_slot = job.slot + SLOT
        return (job.slot or now) - now

    def _forget(self) -> None:
        now = self._clock()
        self._redrawn = {key: moment for key, moment in self._redrawn.items() if moment > now - REDRAW_SECONDS}
        self._chat_free = {lane: moment for lane, moment in self._chat_free.items() if moment > now}
        self._recent = {lane: calls for lane, calls in self._recent.items() if calls[-1] > now - CHAT_SECONDS}
        self._last_to = {chat: moment for chat, moment in self._last_to.items() if moment > now - 1.0}

    async def _carry_out(self, lane: Lane, job: Job) -> bool:
        """Send it; False when Telegram asks to wait with it."""
        try:
            while True:
                if job.mine is not None and not await job.mine():
                    break
                turn = await self._turn() if job.even else None
                if turn is not None and self._held(lane) > 0:
                    self._turns.remove(turn)  # it has not left
                    return False
                self._note(lane)
                try:
                    await job.send()
                except RetryAfter as error:
                    await self._hold(lane, error)
                    return False
                except (BadRequest, Forbidden):
                    raise
                except NetworkError:
                    job.tries += 1
                    if job.tries >= TRIES or not job.asked:  # whether a broadcast arrived nobody knows
                        raise
                    await asyncio.sleep(0.5 * 2**job.tries)
                    if self._held(lane) > 0:
                        return False
                else:
                    break
                finally:
                    if turn is not None:
                        turn.back = self._clock()
            if job.asked:
                self._replies.append(self._clock())
        except asyncio.CancelledError:
            job.fail(Dropped("the program stops"))
            self._finish(job)
            raise
        except Exception as error:
            counts.failed(error)
            job.fail(error)
            log.warning("a message could not be sent", kind=type(error).__name__)
        self._finish(job)
        return True

    # -- too many requests ----------------------------------------------------------------------------

    def _note(self, lane: Lane) -> None:
        """Count a call: in all, and to a chat."""
        now = self._clock()
        for calls in (self._calls, self._recent.setdefault(lane, deque(maxlen=CHAT_CALLS))):
            calls.append(now)

    async def _hold(self, lane: Lane, error: RetryAfter) -> None:
        """Nobody sends before the moment Telegram named; or nobody into this chat, where that is what it means."""
        seconds = seconds_of(error)
        counts.TOLD_TO_WAIT.add(by=seconds)
        until = self._clock() + seconds
        log.warning("Telegram asks to wait", seconds=round(seconds))
        if self._is_of_the_chat(lane):
            self._chat_free[lane] = max(until, self._chat_free.get(lane, 0.0))
            await self._keep(seconds, lane)
        else:
            await self.hold_all(seconds)

    def _is_of_the_chat(self, lane: Lane) -> bool:
        """Telegram does not say whose limit it was. It is the chat's where much went into it just now, little
        went out in all, and no other chat is held; in doubt it is everybody's."""
        now = self._clock()
        into = self._recent.get(lane, ())
        crowded = len(into) == CHAT_CALLS and min(into) > now - CHAT_SECONDS
        in_all = sum(moment > now - 1.0 for moment in self._calls)
        others = any(moment > now for other, moment in self._chat_free.items() if other != lane)
        return isinstance(lane, int) and crowded and in_all <= QUIET and not others

    async def hold_all(self, seconds: float) -> None:
        """Nobody sends for so long; kept beyond a restart."""
        until = self._clock() + seconds
        if until > self._free:
            self._free = until
            await self._keep(seconds, None)

    def hold_until(self, moment: float, chat: int | None = None) -> None:
        """Another command was told to wait until `moment` (seconds since 1970), for everybody or for a chat."""
        until = self._clock() + moment - self._wall()
        if until <= self._clock():
            return
        if chat is None:
            self._free = max(self._free, until)
        else:
            self._chat_free[chat] = max(until, self._chat_free.get(chat, 0.0))

    async def _keep(self, seconds: float, lane: Lane | None) -> None:
        try:
            if lane is None:
                await self._remember(self._wall() + seconds)
            elif self._remember_chat is not None and isinstance(lane, int):
                await self._remember_chat(lane, self._wall() + seconds)
        except Exception as error:  # a full disk must not lose the reply that waits
            log.warning("the waiting time could not be kept", kind=type(error).__name__)

    def _finish(self, job: Job) -> None:
        if not job.done.done():
            job.done.set_result(None)
        self._unsent.pop(job, None)
        if len(self._unsent) < OUTSTANDING:
            self._room.set()

    def _reply_rate(self) -> int:
        now = self._clock()
        while self._replies and now - self._replies[0] > 1.0:
            self._replies.popleft()
        return len(self._replies)
