"""One neutral line to whoever asked to hear of a result, once its wave has ended and the last release is made.

Laws:
1. A row is deleted before its line is sent, and whoever deletes it sends: nobody is told twice, whatever ticks
   and whatever is killed. The price: the line that was on its way is lost.
2. While Telegram does not answer, nothing is deleted.
3. The line is the same for everybody, and says nothing of a survey or of having taken part.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot import counts
from bot.chat.outbound import Outbound, is_final
from bot.chat.pace import Pace, Send
from bot.files.phrases import Phrases
from bot.store import Contact, Due, Store

AT_ONCE = 200
"""So many lines a tick, so that other things that are due need not wait; the next tick goes on."""

log = structlog.get_logger()


class Results:
    """The lines of one bot. `phrases` gives the words in use."""

    def __init__(
        self, store: Store, bot: Bot, phrases: Callable[[], Phrases], pace: Pace, outbound: Outbound
    ) -> None:
        self._store = store
        self._bot = bot
        self._phrases = phrases
        self._pace = pace
        self._outbound = outbound

    async def tell(self) -> bool:
        """Tell who is due, one after another; False when there was nobody."""
        due = await self._store.write(lambda tx: tx.contacts.due(AT_ONCE))
        if not due:
            return False
        try:
            await self._pace.quietly(self._ask)
            for one in due:
                await self._tell(one)
        except TelegramError as error:  # the others keep their rows, and are told at a later tick
            counts.failed(error)
            log.warning(
                "results could not be told to all who asked; the rest comes later", kind=type(error).__name__
            )
        return True

    async def _ask(self) -> None:
        """Whether Telegram answers at all."""
        await self._bot.get_me()

    async def _tell(self, due: Due) -> None:
        if due.contact is None or not due.contact.result:
            await self._store.write(lambda tx: tx.contacts.take(due.cid))
            return
        try:
            await self._pace.broadcast(due.contact.chat, self._line(due.cid, due.contact))
        except TelegramError as error:
            if not is_final(error):
                raise
            log.info("somebody who asked for a result cannot be written to any more")

    def _line(self, cid: bytes, contact: Contact) -> Send:
        """Sends the line, if the row is still there when all waiting is over. Where Telegram asks to wait it is
        called again: the row is then taken already."""
        mine: bool | None = None

        async def send() -> None:
            nonlocal mine
            if mine is None:
                mine = await self._store.write(lambda tx: tx.contacts.take(cid))
            if mine:
                line = self._phrases().say(contact.language, "result-is-there")
                await self._outbound.send_text(contact.chat, line)

        return send
