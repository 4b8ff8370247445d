"""Summaries on their way to coordinators: which are due, claimed, composed, sent, and done with.

Laws:
1. A summary is a row (wave, coordinator, period), claimed before it is sent and completed after.
2. Whether somebody may have it is asked when it is claimed, and once more when all waiting is over.
3. What may have arrived is sent again by a later tick only, and says that it may be a second copy.
4. When a wave has ended everybody who gets its summaries gets a last one, and then no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import structlog
from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from bot import counts
from bot.chat.outbound import Outbound, Outgoing, Show, ShowFile, ShowPicture
from bot.chat.pace import Pace, Send
from bot.chat.words import keyboard
from bot.core import roles
from bot.core.cadence import AT_CLOSE, latest_due, next_due, period_name
from bot.core.events import Asked
from bot.core.parts import DETAILS, FIGURES, FILES, FIRST, UNDER
from bot.core.screen import Button, Say, Screen
from bot.core.survey import worded
from bot.digest import CHANNELS, About, Digest, Message, NotDrawn, compose, write
from bot.digest.channels.message import Gone, Moved, Undelivered
from bot.files.phrases import Phrases
from bot.installation import released
from bot.settings import Settings
from bot.store import Coordinator, Store, Subscription, Transaction, Wave

log = structlog.get_logger()


Make = Callable[[int, str, str, datetime], tuple[bytes, str]]
"""Makes a file that this chat wants of a wave in a language: its content, and its title. Raises NotDrawn."""


def about(wave: Wave, day: date) -> About:
    """What a digest of that day says of its wave."""
    return About(
        day,
        org=wave.terms.organisation or None,
        programme=wave.terms.programme or None,
        minors=wave.terms.minors,
        alone=wave.terms.alone,
        paused=wave.paused,
    )


def written(settings: Settings, store: Store, phrases: Phrases, wave: str, language: str, now: datetime) -> Digest:
    """The digest of what has been released of a wave, in words; reads the store.

    Its day is no earlier than the last release that it tells of, whatever the clock says.
    """
    found = released(settings, store, wave)
    day = max(now.astimezone(settings.zone).date(), found.until)
    return write(found.figures, found.wave.survey, phrases, language, about(found.wave, day), found.compared)


class Summaries:
    """The summaries of one bot. `phrases` gives the words in use, `files` makes reports and tables."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        phrases: Callable[[], Phrases],
        pace: Pace,
        outbound: Outbound,
        files: Mapping[str, Make],
    ) -> None:
        self._settings = settings
        self._store = store
        self._phrases = phrases
        self._pace = pace
        self._outbound = outbound
        self._files = files
        self._awaited: list[Subscription] = []
        self.next_due: datetime | None = None
        """When the next summary is due, as of the last tick; None where nobody asked for any."""

    async def send_due(self, now: datetime) -> None:
        """Send every digest that is due and not yet claimed by another tick."""
        subscriptions = await self._store.write(lambda tx: tx.desk.subscriptions())
        self._look_ahead(subscriptions, now)
        for subscription in subscriptions:
            period = self._period(subscription, now)
            if period is None:
                continue
            try:
                await self._send(subscription, period, now)
            except Exception as error:  # one summary that fails must not keep the others back
                counts.failed(error)
                log.error("a summary failed and stays claimed", wave=subscription.wave, kind=type(error).__name__)

    def _period(self, subscription: Subscription, now: datetime) -> str | None:
        """The name of the period that is due; None where none is."""
        if subscription.ended:
            return AT_CLOSE
        due = latest_due(subscription.cadence, subscription.since, now, self._settings.zone)
        return None if due is None else period_name(due, self._settings.zone)

    def _look_ahead(self, subscriptions: list[Subscription], now: datetime) -> None:
        """When the next summary is due, reckoned anew only when that can have changed."""
        if subscriptions == self._awaited and (self.next_due is None or now < self.next_due):
            return
        by_calendar = [one for one in subscriptions if one.cadence.every != AT_CLOSE]
        dues = [next_due(one.cadence, one.since, now, self._settings.zone) for one in by_calendar]
        self._awaited, self.next_due = subscriptions, min(dues, default=None)

    async def _send(self, to: Subscription, period: str, now: datetime) -> None:
        claimed = await self._store.write(lambda tx: self._claim(tx, to, period, now))
        if claimed is None:
            return
        tries, language = claimed
        phrases = self._phrases()
        digest = await self._written(to.wave, language, now)
        message = await self._compose(digest)
        if tries > 1:
            again = phrases.say(language, "digest-again")
            message = Message(f"{again}\n\n{message.text}", message.png, message.alt)
        state = "sent"
        try:
            words = partial(self._summary_text, to, language)
            await CHANNELS["telegram"](words, partial(self._summary_picture, to)).send(message)
        except Moved as moved:
            await self._follow(to, moved.to, period, now)
            return
        except Gone:
            state = "gave_up"
            await self._give_up(to, phrases, language)
        except Undelivered:
            # Still claimed: a later tick takes it over, however long Telegram stays away.
            log.warning("a summary could not be sent yet", wave=to.wave, tries=tries)
            return
        await self._store.write(lambda tx: tx.desk.complete_digest(to.wave, to.chat, period, state))
        counts.DIGESTS.add(state)

    async def _follow(self, to: Subscription, group: int, period: str, now: datetime) -> None:
        """A group became a supergroup: the same summary goes there at once. Nobody's own chat moves."""
        if to.sponsor is None:
            await self._store.write(lambda tx: tx.desk.complete_digest(to.wave, to.chat, period, "gave_up"))
            return
        await self._store.write(lambda tx: tx.desk.move_group(to.chat, group))
        await self._send(replace(to, chat=group), period, now)

    async def _give_up(self, to: Subscription, phrases: Phrases, language: str) -> None:
        """Nothing arrives there any more; whoever answers for a group hears of it."""
        wave = await self._store.write(lambda tx: self._left(tx, to))
        if wave is None:
            return
        said = phrases.say(language, "group-chat-over", survey=worded(wave.survey.title, language))
        try:
            await self._pace.broadcast(to.reader, lambda: self._outbound.send_text(to.reader, said))
        except TelegramError as error:
            log.warning("a coordinator could not be told", about="a group", kind=type(error).__name__)

    def _left(self, tx: Transaction, to: Subscription) -> Wave | None:
        """Send nothing more into a group that put the bot out; None for anybody's own chat, or where whoever
        answered for it was removed."""
        if to.sponsor is None or self._reader(tx, to.reader, to.wave) is None:
            return None
        tx.desk.leave_group(to.chat)
        return tx.waves.get(to.wave)

    def _claim(self, tx: Transaction, to: Subscription, period: str, now: datetime) -> tuple[int, str] | None:
        """Claim, if the coordinator may still have it."""
        who = self._reader(tx, to.reader, to.wave)
        if who is None:
            return None
        tries = tx.desk.claim_digest(to.wave, to.chat, period, now)
        return None if tries is None else (tries, who.language)

    def _reader(self, tx: Transaction, chat: int, wave: str) -> Coordinator | None:
        """The coordinator of this chat, if summaries of this wave may go there."""
        who, known = tx.desk.coordinator(chat), tx.waves.get(wave)
        if who is None or known is None or not roles.may(who.role, roles.SUBSCRIBE):
            return None
        return who if tx.reaches(who, known) else None

    async def asked_for(
        self, chat: int, wave: str, language: str, now: datetime, part: str = FIRST
    ) -> tuple[Outgoing, ...]:
        """What a coordinator asked to see of what was released last: the first screen, all of it, or a file."""
        if part == FIGURES:
            which = self._phrases().say(language, "digest-which-file")
            return (Show(chat, which, self._keys(wave, language, part)),)
        digest = await self._written(wave, language, now)
        if part in FILES:
            return await self._file(chat, wave, digest, now, part)
        keys = self._keys(wave, language, part)
        if part == DETAILS:
            return (Show(chat, digest.text, keys),)
        message = await self._compose(digest)
        words = Show(chat, message.text, keys)
        return (ShowPicture(chat, message.png, message.alt), words) if digest.shows and message.png else (words,)

    async def _file(self, chat: int, wave: str, digest: Digest, now: datetime, part: str) -> tuple[Outgoing, ...]:
        """A file, or the words where it cannot be made."""
        try:
            content, title = await asyncio.to_thread(self._files[part], chat, wave, digest.language, now)
        except (NotDrawn, RuntimeError) as error:
            counts.failed(error)
            log.error("a summary's file could not be made; its words go alone", kind=type(error).__name__)
            return (Show(chat, digest.text, None),)
        name = FILES[part].format(f"{wave}-{now.astimezone(self._settings.zone).date()}")
        return (ShowFile(chat, content, f"aitbar-{name}", f"{title}\n{digest.byline}"),)

    async def _written(self, wave: str, language: str, now: datetime) -> Digest:
        """The summary of what was released last, in words."""
        return await asyncio.to_thread(written, self._settings, self._store, self._phrases(), wave, language, now)

    async def _compose(self, digest: Digest) -> Message:
        message = await asyncio.to_thread(compose, digest)
        if not message.png:
            log.error("a summary's picture could not be drawn; its words go alone")
        return message

    def _keys(self, wave: str, language: str, part: str) -> InlineKeyboardMarkup | None:
        """The buttons under a summary: what else there is of it."""
        rows = tuple((Button(Say(f"button-digest-{other}"), Asked(other, (wave,))),) for other in UNDER[part])
        return keyboard(self._phrases(), Screen(language, (), rows), None)

    async def _summary_text(self, to: Subscription, language: str, text: str) -> None:
        keys = self._keys(to.wave, language, FIRST) if to.sponsor is None else None  # nobody taps in a group
        await self._allowed(to, lambda: self._outbound.send_text(to.chat, text, keys))

    async def _summary_picture(self, to: Subscription, picture: bytes, caption: str) -> None:
        await self._allowed(to, lambda: self._outbound.send_picture(to.chat, picture, caption))

    async def _allowed(self, to: Subscription, send: Send) -> None:
        """Send if the coordinator may still have it, asked when all waiting is over; else raises Gone."""

        async def asked() -> None:
            if await self._store.write(lambda tx: self._reader(tx, to.reader, to.wave)) is None:
                raise Gone("the coordinator was removed")
            await send()

        await self._pace.broadcast(to.chat, asked)
