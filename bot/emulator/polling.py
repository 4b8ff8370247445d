"""How a bot fetches its updates: long polling, and the answers about webhooks."""

from typing import Any

from bot.emulator.queue import Queue
from bot.emulator.refusals import OTHER_POLLER, Refused
from bot.emulator.request import Request
from bot.emulator.world import Json

LONGEST = 50  # seconds (Bot API server)
CONFLICT_PAUSE = 3.0  # a second 409 within this time is held back as long


async def get_updates(request: Request) -> list[Json]:
    queue = request.bot.queue
    offset = request.integer("offset")
    limit = request.between("limit", 100, 1, 100)
    timeout = request.between("timeout", 0, 0, LONGEST)
    _remember_allowed(request, queue)
    timeout, limit = _slowed(queue, offset, timeout, limit, request.world.clock.now())
    if offset < 0:
        queue.keep_last(-offset)
    elif not (queue.would_confirm(offset) and request.world.faults.for_confirmation()):
        queue.confirm(offset)
    updates = queue.oldest(limit)
    if not updates and timeout:
        await _wait(request, queue, timeout)
        updates = queue.oldest(limit)
    return queue.hand_over(updates)


def _remember_allowed(request: Request, queue: Queue) -> None:
    """The list is remembered until another is given; an empty one means the default."""
    allowed: Any = request.structure("allowed_updates", "allowed_updates")
    if isinstance(allowed, list):
        queue.allowed = frozenset(map(str, allowed)) if allowed else None


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
    """Wait for an update. A later poll that has to wait ends this one."""
    world, bot = request.world, request.bot
    me = queue.poller = object()
    queue.bell.ring()

    def over() -> bool:
        return bool(len(queue)) or queue.poller is not me or world.closing or world.bots.get(bot.id) is not bot

    try:
        await world.clock.until(over, world.clock.now() + seconds, queue.bell)
    finally:
        mine = queue.poller is me
        if mine:
            queue.poller = None
    if not mine:
        await _conflict(request, queue)


async def _conflict(request: Request, queue: Queue) -> None:
    clock = request.world.clock
    now = clock.now()
    if now < queue.next_conflict:
        await clock.until(lambda: request.world.closing, now + CONFLICT_PAUSE, queue.bell)
    else:
        queue.next_conflict = now + CONFLICT_PAUSE
    raise Refused(409, OTHER_POLLER)


def delete_webhook(request: Request) -> bool:
    if request.flag("drop_pending_updates"):
        request.bot.queue.forget()
    return True


def get_webhook_info(request: Request) -> Json:
    queue = request.bot.queue
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(queue)}
    if queue.allowed is not None:
        info["allowed_updates"] = sorted(queue.allowed)
    return info
