"""When updates are acknowledged: after what followed from them was committed, and not before.

    fetch -> ONE transaction for all that came -> the next offset at once, while the replies travel

The library's own loop acknowledges before a handler has run and loses answers when it is killed.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DatabaseError, OperationalError
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot import counts, nature
from bot.chat import inbound
from bot.chat.handler import Handler
from bot.chat.inbound import Came
from bot.chat.outbound import Outbound, Outgoing
from bot.chat.pace import Pace, seconds_of
from bot.store import Store, StoreTrouble, Transaction

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
"""Said with every call: Telegram remembers the last list."""

POLL_SECONDS = 25
LONGEST_BACK_OFF = 60.0
LONGEST_WITHOUT_STORE = 4.0
"""Seconds between tries while nothing can be saved: people go on soon after there is space again."""

FLUSH_SECONDS = 2.0
CONFLICTS = 5

AWAY = timedelta(minutes=5)
"""So long a silence between Telegram and us is an outage: whoever wrote meanwhile hears that we were away."""

TAP_LIFE = timedelta(seconds=150)
"""How long Telegram keeps a tap for us (tdlib/telegram-bot-api); a tap carries no date of its own."""

T = TypeVar("T")

log = structlog.get_logger()

# The raw call is meant: the library parses a whole batch or nothing (see docs/decisions/).
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates' instead")


class PollTrouble(Exception):
    """Telegram will not talk with this bot; the text says why and what to do."""


class Updates:
    """The poll loop. `now` gives the moment, `stopping` the wish to end."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        handler: Handler,
        outbound: Outbound,
        pace: Pace,
        now: Callable[[], datetime],
        stopping: asyncio.Event | None = None,
    ) -> None:
        self._bot = bot
        self._store = store
        self._handler = handler
        self._outbound = outbound
        self._pace = pace
        self._now = now
        self._stopping = stopping or asyncio.Event()
        self._back: datetime | None = None
        self._not_before = 0.0
        self._told: set[str] = set()
        self.last_poll: datetime | None = None
        """When Telegram last answered, or brought something; from before a restart at first."""

    def stop(self) -> None:
        """Fetch no more; what was fetched is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Fetch, commit, acknowledge, until stopped."""
        offset: int | None = None
        waits = Waits()
        while not self._stopping.is_set():
            await unless(self._stopping, self._pace.room())
            try:
                raws = await unless(self._stopping, self._fetch(offset))
                if raws is None:
                    break
                self.heard()
                if raws:
                    await self.take(raws)
                    offset = following(raws, offset)
                waits.reset()
            except (TelegramError, StoreTrouble) as error:
                if waits.first_conflict and is_about_a_webhook(error):
                    await self._fetch_instead()
                seconds = waits.after(error)
                if isinstance(error, RetryAfter):
                    self._not_before = asyncio.get_running_loop().time() + seconds
                await unless(self._stopping, asyncio.sleep(seconds))
        if offset is not None and asyncio.get_running_loop().time() >= self._not_before:
            await self._acknowledge(offset)
        await self._pace.flush(FLUSH_SECONDS)

    def heard(self) -> None:
        """Telegram answered, or brought something. After a long silence we are back from an outage."""
        now = self._now()
        if self.last_poll is not None and now - self.last_poll > AWAY:
            self._back = now
            log.info("back after an outage", minutes=int((now - self.last_poll).total_seconds() // 60))
        self.last_poll = now

    async def take(self, raws: Sequence[dict[str, Any]]) -> None:
        """One transaction for all these updates; the replies leave after the commit."""
        counts.came(raws)
        came = [self._read(raw) for raw in raws]
        try:
            outs = await self._store.write(lambda tx: self._all(tx, came))
        except StoreTrouble:
            self._handler.undo()
            self._say_not_saved(came)
            raise
        self._told.clear()
        counts.TURNS.add(by=len(came))
        for out in outs:
            self._outbound.send(out)

    def _say_not_saved(self, came: Sequence[Came | None]) -> None:
        """Say so once for each tap; it stays with Telegram, and comes again until it is saved.

        Whoever taps again does no harm: a tap carries its step. Typed words carry none, and asking for them
        again would answer the next question with them: those wait in silence.
        """
        for one in came:
            if one is not None and one.tap is not None and one.tap not in self._told:
                self._told.add(one.tap)
                for out in self._handler.failed(one):
                    self._outbound.send(out)

    def _all(self, tx: Transaction, came: Sequence[Came | None]) -> list[Outgoing]:
        out: list[Outgoing] = []
        self._handler.begin()
        for one in came:
            if one is not None:
                out += self._one(tx, one)
        return out

    def _one(self, tx: Transaction, came: Came) -> list[Outgoing]:
        try:
            with tx.savepoint():
                return self._handler.handle(tx, came, self._now())
        except Exception as error:
            if _is_of_the_database(error):
                raise
            counts.failed(error)
            log.error("an update could not be handled", kind=type(error).__name__)
            return self._handler.failed(came)

    def _read(self, raw: dict[str, Any]) -> Came | None:
        try:
            came = inbound.read(raw, self._bot)
            return came if came is None else replace(came, late=self._is_late(came), waited=self._waited(came))
        except Exception as error:  # whatever a malformed update breaks, the others go on
            counts.failed(error)
            log.warning("an update could not be read", kind=type(error).__name__)
            return None

    def _is_late(self, came: Came) -> bool:
        """True for what waited while we were away: a message says when it was written, a tap does not."""
        now = self._now()
        if came.tap is None:
            return came.sent is not None and now - came.sent > AWAY
        return self._back is not None and timedelta(0) <= now - self._back <= TAP_LIFE

    def _waited(self, came: Came) -> float:
        """Seconds since a message was written; 0 for a tap, which does not say."""
        return 0.0 if came.tap is not None or came.sent is None else (self._now() - came.sent).total_seconds()

    async def _fetch_instead(self) -> None:
        """A webhook that was set before would keep everything from us; what waits is not dropped."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as error:
            log.warning("the webhook could not be taken down", kind=type(error).__name__)
        else:
            log.info("the webhook was taken down: messages are fetched")

    async def _fetch(self, offset: int | None) -> list[dict[str, Any]]:
        wanted: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED}
        if offset is not None:
            wanted["offset"] = offset
        raws: list[dict[str, Any]] = await self._bot.do_api_request(
            "getUpdates", api_kwargs=wanted, read_timeout=POLL_SECONDS + 10
        )
        return raws

    async def _acknowledge(self, offset: int) -> None:
        """A clean stop tells Telegram what is done, so that nothing is handled twice."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):  # a connection may take longer than its answer
                await self._bot.do_api_request(
                    "getUpdates",
                    api_kwargs={"timeout": 0, "limit": 1, "offset": offset, "allowed_updates": ALLOWED},
                    read_timeout=FLUSH_SECONDS,
                )
        except (TelegramError, TimeoutError):
            log.info("the last updates will come again")


async def unless(stopping: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Wait for `work` or for the stop, whichever comes first; None when stopped."""
    doing = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if doing.done():
        return doing.result()
    doing.cancel()
    await asyncio.gather(doing, return_exceptions=True)
    return None


def is_about_a_webhook(error: Exception) -> bool:
    """Telegram tells two conflicts apart in words only: another fetches, or a webhook is set."""
    return isinstance(error, Conflict) and "webhook" in error.message.lower()


def following(raws: Sequence[dict[str, Any]], offset: int | None) -> int | None:
    """The offset that acknowledges all of these, and does not stumble over a malformed one."""
    ids = [raw["update_id"] for raw in raws if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]
    return max(ids) + 1 if ids else offset


class Waits:
    """How long to wait after a failure: longer each time, with some chance, at most a minute."""

    def __init__(self) -> None:
        self._failures = 0
        self._conflicts = 0

    @property
    def first_conflict(self) -> bool:
        """True until Telegram has named a conflict."""
        return self._conflicts == 0

    def reset(self) -> None:
        """All is well again."""
        self._failures = self._conflicts = 0

    def after(self, error: Exception) -> float:
        """Seconds to wait. Raises PollTrouble for what no waiting mends."""
        if isinstance(error, InvalidToken):
            raise PollTrouble(UNAUTHORIZED) from None
        if isinstance(error, Conflict):
            self._conflicts += 1
            if self._conflicts >= CONFLICTS:
                raise PollTrouble(CONFLICT) from None
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        self._failures += 1
        if isinstance(error, StoreTrouble):
            log.error("nothing can be saved, and is tried again", trouble=str(error), failures=self._failures)
        else:
            kind = type(error).__name__
            log.warning("the way to Telegram does not answer", kind=kind, failures=self._failures)
        most = LONGEST_WITHOUT_STORE if isinstance(error, StoreTrouble) else LONGEST_BACK_OFF
        longest: float = min(most, 0.5 * 2.0 ** min(self._failures, 10))
        return longest * nature.between(0.5, 1.0)


UNAUTHORIZED = (
    "Telegram does not know this token. Check AITBAR_TELEGRAM_TOKEN against what BotFather shows for your bot."
)
CONFLICT = (
    "Another program fetches this bot's messages, or a webhook is set. Stop the other one; "
    "one bot may run once only."
)


def _is_of_the_database(error: Exception) -> bool:
    """The disk or a lock failed: the whole round is repeated, not this update passed over."""
    # What is wrong with this update's own values (IntegrityError, DataError, ...) would fail again for ever.
    return isinstance(error, (OperationalError, StoreTrouble)) or type(error) is DatabaseError
