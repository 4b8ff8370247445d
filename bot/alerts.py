"""Groups that are behind, told to coordinators after a release: seldom, and nothing that a summary would not show.

Laws:
1. At most one message a week for a wave and coordinator, none for figures of which they know already, none before
   a release could show anything, and none once the wave is closing.
2. It is claimed when all waiting is over, before it is sent: nobody is told twice, whatever ticks and whatever is
   killed. What a network lost is told a week later.
3. While Telegram does not answer, nothing is claimed.
4. Whether somebody may open waves is asked at that moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.chat.desk.inclusion import Inclusion
from bot.chat.outbound import Outbound, Show, is_final
from bot.chat.pace import Pace, Send
from bot.chat.words import keyboard, text
from bot.core import roles
from bot.core.blocks import Publishable
from bot.core.inclusion import reached
from bot.core.screen import Screen
from bot.files.phrases import Phrases
from bot.store import Coordinator, Known, Store, Transaction, Wave

WEEK = timedelta(days=7)

log = structlog.get_logger()


def audience(tx: Transaction, wave: Wave) -> list[Coordinator]:
    """Who is told of a wave: whoever of its organisation may open and invite for it."""
    return tx.who_may(roles.OPEN, wave)


def state(shown: Publishable, wave: Wave) -> str:
    """Names the figures that are behind, with what they are held against; empty where none is."""
    behind = [
        one for one in reached(shown, wave.survey, wave.terms.minors) if one.behind and one.figure is not None
    ]
    told = [
        (one.group.key, one.figure.n, one.figure.share, one.target, one.census) for one in behind if one.figure
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest() if told else ""


class Alerts:
    """The messages of one bot. `phrases` gives the words in use, `inclusion` says who is behind."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        phrases: Callable[[], Phrases],
        pace: Pace,
        outbound: Outbound,
        inclusion: Inclusion,
    ) -> None:
        self._store = store
        self._bot = bot
        self._phrases = phrases
        self._pace = pace
        self._outbound = outbound
        self._inclusion = inclusion

    async def send_due(self, now: datetime) -> bool:
        """Tell who is due, one after another; False when there was nobody."""
        due = await self._store.write(lambda tx: self._due(tx, now))
        if not due:
            return False
        try:
            await self._pace.quietly(self._ask)
        except TelegramError as error:  # a later tick tries again
            self._trouble(error)
            return True
        for wave, chat in due:
            await self._tell(wave, chat, now)
        return True

    async def _ask(self) -> None:
        """Whether Telegram answers at all."""
        await self._bot.get_me()

    async def _tell(self, wave: str, chat: int, now: datetime) -> None:
        before = await self._store.write(lambda tx: tx.alerts.known(wave, chat))
        try:
            await self._pace.broadcast(chat, self._message(wave, chat, now))
        except TelegramError as error:
            self._trouble(error)
            if not is_final(error):  # the week counts, since it may have arrived; the figures are told again
                again = partial(_note, wave=wave, chat=chat, known=replace(before, told=now))
                await self._store.write(again)

    def _trouble(self, error: TelegramError) -> None:
        log.warning("a coordinator could not be told", about="groups behind", kind=type(error).__name__)

    def _message(self, wave: str, chat: int, now: datetime) -> Send:
        """Sends the message, if it is still due when all waiting is over. Where Telegram asks to wait it is called
        again: the message is then claimed already."""
        screen: Screen | None = None

        async def send() -> None:
            nonlocal screen
            if screen is None:
                screen = await self._store.write(lambda tx: self._claim(tx, wave, chat, now))
            if screen is not None:
                words, keys = text(self._phrases(), screen), keyboard(self._phrases(), screen, None)
                await self._outbound.show(Show(chat, words, keys))

        return send

    def _due(self, tx: Transaction, now: datetime) -> list[tuple[str, int]]:
        """Whom there is something to tell, and of which wave; who need not know is done with this release."""
        found = []
        for wave in tx.waves.all():
            waiting = [
                who for who in audience(tx, wave) if _may_hear(tx.alerts.known(wave.id, who.chat), wave, now)
            ]
            if not waiting:
                continue
            behind = state(tx.waves.published(wave.id), wave)
            for who in waiting:
                known = tx.alerts.known(wave.id, who.chat)
                if behind and behind != known.state:
                    found.append((wave.id, who.chat))
                else:
                    tx.alerts.note(wave.id, who.chat, Known(wave.releases, behind, known.told))
        return found

    def _claim(self, tx: Transaction, id: str, chat: int, now: datetime) -> Screen | None:
        """What this coordinator is told now, once; None where it is no longer due."""
        wave = tx.waves.get(id)
        who = None if wave is None else next((one for one in audience(tx, wave) if one.chat == chat), None)
        known = tx.alerts.known(id, chat)
        if wave is None or who is None or not _may_hear(known, wave, now):
            return None
        shown = tx.waves.published(id)
        behind = state(shown, wave)
        if not behind or behind == known.state:
            return None
        tx.alerts.note(id, chat, Known(wave.releases, behind, now))
        return self._inclusion.alert(who.language, wave, shown)


def _may_hear(known: Known, wave: Wave, now: datetime) -> bool:
    """Whether an open wave had a release that was not looked at for this coordinator, and a week has passed since
    they were told."""
    rested = known.told is None or now - known.told >= WEEK
    return wave.state == "open" and wave.releases > known.release and rested


def _note(tx: Transaction, wave: str, chat: int, known: Known) -> None:
    tx.alerts.note(wave, chat, known)
