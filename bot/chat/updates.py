"""When updates are acknowledged: after what followed from them was committed, and not before.

    fetch -> ONE transaction for all that came -> the next offset at once, while the replies travel

The library's own loop acknowledges before a handler has run and loses answers when it is killed.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DatabaseError, OperationalError
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot import nature
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
FLUSH_SECONDS = 2.0
CONFLICTS = 5

log = structlog.get_logger()

# The raw call is meant: the library parses a whole batch or nothing (see docs/decisions/).
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates' instead")


class PollTrouble(Exception):
    """Telegram will not talk with this bot; the text says why and what to do."""


class Updates:
    """The poll loop. `now` gives the moment; `scrub_soon` is called when answers came or went."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        handler: Handler,
        outbound: Outbound,
        pace: Pace,
        now: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._store = store
        self._handler = handler
        self._outbound = outbound
        self._pace = pace
        self._now = now
        self._stopping = asyncio.Event()
        self.last_poll: datetime | None = None

    def stop(self) -> None:
        """Fetch no more; what was fetched is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Fetch, commit, acknowledge, until stopped."""
        offset: int | None = None
        waits = Waits()
        while not self._stopping.is_set():
            await self._or_stop(self._pace.room())
            try:
                raws = await self._or_stop(self._fetch(offset))
                if raws is None:
                    break
                self.last_poll = self._now()
                if raws:
                    await self.take(raws)
                    offset = following(raws, offset)
                waits.reset()
            except (TelegramError, StoreTrouble) as error:
                await self._or_stop(asyncio.sleep(waits.after(error)))
        if offset is not None:
            await self._acknowledge(offset)
        await self._pace.flush(FLUSH_SECONDS)

    async def take(self, raws: Sequence[dict[str, Any]]) -> None:
        """One transaction for all these updates; the replies leave after the commit."""
        came = [self._read(raw) for raw in raws]
        for out in await self._store.write(lambda tx: self._all(tx, came)):
            self._outbound.send(out)

    def _all(self, tx: Transaction, came: Sequence[Came | None]) -> list[Outgoing]:
        out: list[Outgoing] = []
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
            log.error("an update could not be handled", kind=type(error).__name__)
            return self._handler.failed(came)

    def _read(self, raw: dict[str, Any]) -> Came | None:
        try:
            return inbound.read(raw, self._bot)
        except Exception as error:  # whatever a malformed update breaks, the others go on
            log.warning("an update could not be read", kind=type(error).__name__)
            return None

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
            await self._bot.do_api_request(
                "getUpdates",
                api_kwargs={"timeout": 0, "limit": 1, "offset": offset, "allowed_updates": ALLOWED},
                read_timeout=FLUSH_SECONDS,
            )
        except TelegramError:
            log.info("the last updates will come again")

    async def _or_stop(self, work: Any) -> Any:
        """Wait for `work` or for the stop, whichever comes first; None when stopped."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if doing.done():
            return doing.result()
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return None


def following(raws: Sequence[dict[str, Any]], offset: int | None) -> int | None:
    """The offset that acknowledges all of these, and does not stumble over a malformed one."""
    ids = [raw["update_id"] for raw in raws if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]
    return max(ids) + 1 if ids else offset


class Waits:
    """How long to wait after a failure: longer each time, with some chance, at most a minute."""

    def __init__(self) -> None:
        self._failures = 0
        self._conflicts = 0

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
        kind = "the database" if isinstance(error, StoreTrouble) else "the way to Telegram"
        log.warning(f"{kind} does not answer", kind=type(error).__name__, failures=self._failures)
        longest: float = min(LONGEST_BACK_OFF, 0.5 * 2.0**self._failures)
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
