"""How a bot fetches its updates by long polling."""

from typing import Any

from bot.emulator.queue import Poll, Queue
from bot.emulator.refusals import OTHER_POLLER, WEBHOOK_IS_SET, Refused
from bot.emulator.request import Request
from bot.emulator.world import Json

LONGEST = 50  # seconds (Bot API server)
CONFLICT_PAUSE = 3.0  # a second 409 within this time is held back as long


async def get_updates(request: Request) -> list[Json]:
    queue = request.bot.queue
    if request.bot.webhook is not None:
        await _conflict(request, queue, WEBHOOK_IS_SET)
    offset = request.integer("offset")
    limit = request.between("limit", 100, 1, 100)
    timeout = request.between("timeout", 0, 0, LONGEST)
    remember_allowed(request)
    timeout, limit = _slowed(queue, offset, timeout, limit, request.world.clock.now())
    if offset < 0:
        queue.keep_last(-offset)
    else:
        queue.confirm(offset)
    updates = queue.oldest(limit)
    if not updates and timeout:
        await _wait(request, queue, timeout)
        updates = queue.oldest(limit)
    return queue.hand_over(updates)


def remember_allowed(request: Request) -> None:
    """The list is remembered until another is given; an empty one means the default."""
    allowed: Any = request.structure("allowed_updates", "allowed_updates")
    if isinstance(allowed, list):
        request.bot.queue.allowed = frozenset(map(str, allowed)) if allowed else None


def _slowed(queue: Queue, offset: int, timeout: int, limit: int, now: float) -> tuple[int, int]:
    """A bot that asks the same again at once waits longer and gets less (Bot API server, Client.cpp)."""
    if offset == queue.polled_offset:
        if timeout < 3 and now < queue.polled_at + 3.0:
            timeout = 3
        if now < queue.polled_at + 0.5:
            limit = 1
    queue.polled_offset, queue.polled_at = offset, now
    return timeout, limit


async def _wait(request: Request, queue: Queue, seconds: int) -> None:
    """Wait for an update. A later poll that has to wait ends this one, and so does setting a webhook."""
    world, bot = request.world, request.bot
    queue.end_poll(OTHER_POLLER)
    me = queue.poller = Poll()
    end = world.clock.now() + seconds

    def over() -> bool:
        return queue.ready() or bool(me.ended_by) or world.closing or world.bots.get(bot.id) is not bot

    try:
        while world.clock.now() < end:
            moment = queue.next_moment()
            if await world.clock.until(over, end if moment is None else min(end, moment), queue.bell):
                break
    finally:
        if queue.poller is me:
            queue.poller = None
    if me.ended_by:
        await _conflict(request, queue, me.ended_by)


async def _conflict(request: Request, queue: Queue, words: str) -> None:
    clock = request.world.clock
    now = clock.now()
    if now < queue.next_conflict:
        await clock.until(lambda: request.world.closing, now + CONFLICT_PAUSE, queue.bell)
    else:
        queue.next_conflict = now + CONFLICT_PAUSE
    raise Refused(409, words)
