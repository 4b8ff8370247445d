"""The neutral line to everybody who agreed to be reminded, in the part of the day that each chose.

Laws:
1. The line is the same for everybody, and says nothing of a survey or of having taken part.
2. It is claimed when all waiting is over, before it is sent: nobody is written to twice, whatever ticks and
   whatever is killed. The price: the line that was on its way is lost.
3. Nothing leaves in the quiet hours, when the wave takes no answers, or to a row that is gone by then.
4. While Telegram does not answer, nothing is claimed. Whoever blocked the bot is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot import counts, nature
from bot.chat.outbound import Outbound, Show, is_final
from bot.chat.pace import Pace, Send
from bot.chat.words import keyboard, text
from bot.core import threshold
from bot.files.phrases import Phrases
from bot.store import Contact, Due, Reminder, Store, Transaction
from bot.store.outcomes import BLOCKED, DELIVERED, FAILED

AT_ONCE = 200
"""So many lines a tick, so that other things that are due need not wait; the next tick goes on."""

Moment = Callable[[], datetime]

log = structlog.get_logger()


class Reminders:
    """The reminders of one bot. `count` counts what became of a line, `beside` notes where it stands."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        phrases: Callable[[], Phrases],
        pace: Pace,
        outbound: Outbound,
        zone: tzinfo,
        count: Callable[[str, str], object],
        beside: Callable[[int, int], None],
    ) -> None:
        self._store = store
        self._bot = bot
        self._phrases = phrases
        self._pace = pace
        self._outbound = outbound
        self._zone = zone
        self._count = count
        self._beside = beside

    async def send_due(self, now: datetime) -> bool:
        """Send what is due, one line after another; False when nothing was."""
        due = await self._store.write(lambda tx: tx.reminders.due(now, self._zone))
        if not due:
            return False
        ahead, left = now - nature.now(), AT_ONCE
        try:
            await self._pace.quietly(self._ask)
            for one in due:
                left = await self._send_all(one, left, lambda: nature.now() + ahead)
        except TelegramError as error:  # the others are written to at a later tick
            counts.failed(error)
            log.warning("reminders could not be sent to all; the rest comes later", kind=type(error).__name__)
        return True

    async def _ask(self) -> None:
        """Whether Telegram answers at all."""
        await self._bot.get_me()

    async def _send_all(self, reminder: Reminder, left: int, moment: Moment) -> int:
        """Send lines of one reminder, at most so many; returns how many more there may be."""
        while left and (due := await self._store.write(lambda tx: self._next(tx, reminder, moment()))) is not None:
            await self._send(reminder, due, moment)
            left -= 1
        return left

    def _next(self, tx: Transaction, reminder: Reminder, now: datetime) -> Due | None:
        """Whose line comes next, if it is still the time for one: waiting for Telegram may take hours."""
        return tx.reminders.next(reminder) if reminder in tx.reminders.due(now, self._zone) else None

    async def _send(self, reminder: Reminder, due: Due, moment: Moment) -> None:
        assert due.contact is not None
        try:
            await self._pace.broadcast(due.contact.chat, self._line(reminder, due.cid, due.contact, moment))
        except TelegramError as error:
            self._count(reminder.wave, BLOCKED if is_final(error) else FAILED)
            if not is_final(error):
                raise
            log.info("somebody who agreed to reminders cannot be written to any more")
            await self._store.write(lambda tx: tx.contacts.take(due.cid))

    def _line(self, reminder: Reminder, cid: bytes, contact: Contact, moment: Moment) -> Send:
        """Sends the line, if it may still leave and is ours. Where Telegram asks to wait it is called again: the
        line is then claimed already, and leaves if it is still the time."""
        mine: bool | None = None

        def claim(tx: Transaction) -> bool:
            nonlocal mine
            if reminder not in tx.reminders.due(moment(), self._zone):
                return False
            if mine is None:
                mine = tx.reminders.claim(reminder, cid)
            return mine

        async def send() -> None:
            if await self._store.write(claim):
                await self._show(contact)
                self._count(reminder.wave, DELIVERED)

        return send

    async def _show(self, contact: Contact) -> None:
        phrases, screen, chat = self._phrases(), threshold.reminder(contact.language), contact.chat
        words, keys = text(phrases, screen), keyboard(phrases, screen, None)
        await self._outbound.show(Show(chat, words, keys, shown=lambda id: self._beside(chat, id)))
