"""One neutral line to whoever asked to hear of a result, once "what we heard" was approved, or two weeks after.

Laws:
1. A row is deleted before its line is sent, and whoever deletes it sends: nobody is told twice, whatever ticks
   and whatever is killed. The price: lines that were on their way are lost, `AT_A_TIME` at most.
2. While Telegram does not answer, nothing is deleted.
3. The line is the same for everybody, and says nothing of a survey or of having taken part; what was heard stands
   behind its button, in public words.
4. Nothing leaves in the quiet hours, while lines are paused, or of a wave whose lines were cancelled. Only the
   wishes (`contacts.py`) say who is written to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot import counts, nature
from bot.chat.outbound import Outbound
from bot.chat.outbound import is_final as never_again
from bot.chat.pace import Mine, Pace, Send
from bot.chat.words import keyboard, text
from bot.core import threshold
from bot.core.reminders import NEVER, part_of
from bot.files.phrases import Phrases
from bot.store import Contact, Due, Store, Transaction
from bot.store.heard import CANCELLED
from bot.store.outcomes import TOLD, TOLD_BLOCKED, TOLD_FAILED

AT_ONCE = 200
"""So many lines a tick, so that what else is due need not wait. A bot that runs tells everybody beside it."""

IN_A_ROW = 2_000
"""So many lines are looked up at a time beside the ticks."""

AT_A_TIME = 16
"""So many lines are on their way together: 28 a second are seven where a line takes a quarter of a second; on a
computer with much to do it takes longer."""

log = structlog.get_logger()


class Results:
    """The lines of one bot. `phrases` gives the words in use, `count` counts what became of a line."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        phrases: Callable[[], Phrases],
        pace: Pace,
        outbound: Outbound,
        zone: tzinfo,
        count: Callable[[str, str], object],
    ) -> None:
        self._store = store
        self._bot = bot
        self._phrases = phrases
        self._pace = pace
        self._outbound = outbound
        self._zone = zone
        self._count = count
        self._ahead = timedelta(0)
        self._beside: asyncio.Event | None = None

    async def tell(self, now: datetime) -> bool:
        """Tell who is due, at most `AT_ONCE`; False when there was nobody, or they are told beside the ticks."""
        self._ahead = now - nature.now()
        if self._beside is not None:
            self._beside.set()
            return False
        return await self._tell_some(AT_ONCE)

    async def tell_beside(self, told: Callable[[], object]) -> None:
        """From now on a tick only begins it, and everybody who is due is told beside it; `told` hears of it."""
        self._beside = asyncio.Event()
        while True:
            await self._beside.wait()
            self._beside.clear()
            while await self._tell_some(IN_A_ROW):
                told()

    async def _tell_some(self, most: int) -> bool:
        due = await self._store.write(lambda tx: self._due(tx, most))
        return bool(due) and await self._told(due)

    def _due(self, tx: Transaction, most: int) -> Sequence[Due]:
        moment = self._moment()
        if part_of(moment, self._zone) == NEVER:
            return ()
        return tx.contacts.due(tx.heard.leaving(moment.astimezone(self._zone).date()), most)

    def _moment(self) -> datetime:
        return nature.now() + self._ahead

    async def _told(self, due: Sequence[Due]) -> bool:
        """Tell these, several at a time; False where that broke off, and the rest waits for a later tick."""
        broken: list[TelegramError] = []
        try:
            await self._pace.quietly(self._ask)
        except TelegramError as error:
            broken.append(error)
        left = iter(due)
        await asyncio.gather(*(self._one_after_another(left, broken) for _ in range(AT_A_TIME)))
        if broken:  # the others keep their rows, and are told at a later tick
            counts.failed(broken[0])
            log.warning(
                "results could not be told to all who asked; the rest comes later", kind=type(broken[0]).__name__
            )
        return not broken

    async def _one_after_another(self, left: Iterator[Due], broken: list[TelegramError]) -> None:
        for one in left:
            if broken:
                return
            try:
                await self._tell(one)
            except TelegramError as error:
                broken.append(error)

    async def _ask(self) -> None:
        """Whether Telegram answers at all."""
        await self._bot.get_me()

    async def _tell(self, due: Due) -> None:
        contact = due.contact
        if contact is None or not contact.result:
            await self._store.write(lambda tx: tx.contacts.take(due.cid))
            return
        try:
            await self._pace.broadcast(contact.chat, self._line(due.wave, contact), self._claim(due))
        except TelegramError as error:
            final = never_again(error)
            self._count(due.wave, TOLD_BLOCKED if final else TOLD_FAILED)
            if not final:
                raise
            log.info("somebody who asked for a result cannot be written to any more")

    def _claim(self, due: Due) -> Mine:
        """Takes the row when all waiting is over, if the line may still leave. Where Telegram asks to wait it is
        asked again: the row is then taken already, and the line leaves unless it was cancelled or night fell."""
        taken = False

        def claim(tx: Transaction) -> bool:
            nonlocal taken
            moment = self._moment()
            if part_of(moment, self._zone) == NEVER or tx.heard.state(due.wave) == CANCELLED:
                return False
            if not taken and due.wave in tx.heard.leaving(moment.astimezone(self._zone).date()):
                taken = tx.contacts.take(due.cid)
            return taken

        return lambda: self._store.write(claim)

    def _line(self, wave: str, contact: Contact) -> Send:
        async def send() -> None:
            phrases, screen = self._phrases(), threshold.result_is_there(wave, contact.language)
            words, keys = text(phrases, screen), keyboard(phrases, screen, None)
            await self._outbound.send_text(contact.chat, words, keys)
            self._count(wave, TOLD)

        return send
