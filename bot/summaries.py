"""Summaries on their way to coordinators: which are due, claimed, composed, sent, and done with.

Laws:
1. A summary is a row (wave, coordinator, period), claimed before it is sent and completed after.
2. Whether somebody may have it is asked when it is claimed, and once more when all waiting is over.
3. What may have arrived is sent again by a later tick only, and says that it may be a second copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from bot import counts
from bot.chat.outbound import Outbound, Outgoing, Show, ShowPicture
from bot.chat.pace import Pace, Send
from bot.core import roles
from bot.core.blocks import Publishable
from bot.core.cadence import latest_due, next_due, period_name
from bot.digest import CHANNELS, About, Message, compose
from bot.digest.channels.message import Gone, Moved, Undelivered
from bot.files.phrases import Phrases
from bot.installation import published
from bot.settings import Settings
from bot.store import Coordinator, Store, Subscription, Transaction, Wave

log = structlog.get_logger()


def about(wave: Wave, day: datetime, settings: Settings) -> About:
    """What a digest says of its wave."""
    return About(
        day.astimezone(settings.zone).date(),
        org=wave.terms.organisation or None,
        programme=wave.terms.programme or None,
        minors=wave.terms.minors,
        alone=wave.terms.alone,
    )


class Summaries:
    """The summaries of one bot. `phrases` gives the words in use."""

    def __init__(
        self, settings: Settings, store: Store, phrases: Callable[[], Phrases], pace: Pace, outbound: Outbound
    ) -> None:
        self._settings = settings
        self._store = store
        self._phrases = phrases
        self._pace = pace
        self._outbound = outbound
        self._awaited: list[Subscription] = []
        self.next_due: datetime | None = None
        """When the next summary is due, as of the last tick; None where nobody asked for any."""

    async def send_due(self, now: datetime) -> None:
        """Send every digest that is due and not yet claimed by another tick."""
        subscriptions = await self._store.write(lambda tx: tx.desk.subscriptions())
        self._look_ahead(subscriptions, now)
        for subscription in subscriptions:
            zone = self._settings.zone
            due = latest_due(subscription.cadence, subscription.since, now, zone)
            if due is None:
                continue
            try:
                await self._send(subscription, period_name(due, zone), now)
            except Exception as error:  # one summary that fails must not keep the others back
                counts.failed(error)
                log.error("a summary failed and stays claimed", wave=subscription.wave, kind=type(error).__name__)

    def _look_ahead(self, subscriptions: list[Subscription], now: datetime) -> None:
        """When the next summary is due, reckoned anew only when that can have changed."""
        if subscriptions == self._awaited and (self.next_due is None or now < self.next_due):
            return
        dues = [next_due(one.cadence, one.since, now, self._settings.zone) for one in subscriptions]
        self._awaited, self.next_due = subscriptions, min(dues, default=None)

    async def _send(self, to: Subscription, period: str, now: datetime) -> None:
        claimed = await self._store.write(lambda tx: self._claim(tx, to, period, now))
        if claimed is None:
            return
        tries, language = claimed
        wave, figures = await asyncio.to_thread(published, self._store, to.wave)
        phrases = self._phrases()
        message = await self._compose(wave, figures, phrases, language, now)
        if tries > 1:
            again = phrases.say(language, "digest-again")
            message = Message(f"{again}\n\n{message.text}", message.png, message.alt)
        state = "sent"
        try:
            await CHANNELS["telegram"](
                partial(self._summary_text, to.chat), partial(self._summary_picture, to.chat)
            ).send(message)
        except (Gone, Moved):  # into a group that moved nothing is sent: it is not known who is there
            state = "gave_up"
        except Undelivered:
            # Still claimed: a later tick takes it over, however long Telegram stays away.
            log.warning("a summary could not be sent yet", wave=to.wave, tries=tries)
            return
        await self._store.write(lambda tx: tx.desk.complete_digest(to.wave, to.chat, period, state))
        counts.DIGESTS.add(state)

    def _claim(self, tx: Transaction, to: Subscription, period: str, now: datetime) -> tuple[int, str] | None:
        """Claim, if the coordinator may still have it."""
        who = self._reader(tx, to.chat)
        if who is None:
            return None
        tries = tx.desk.claim_digest(to.wave, to.chat, period, now)
        return None if tries is None else (tries, who.language)

    def _reader(self, tx: Transaction, chat: int) -> Coordinator | None:
        """The coordinator of this chat, if summaries may go there."""
        who = tx.desk.coordinator(chat)
        return who if who is not None and roles.may(who.role, roles.SUBSCRIBE) else None

    async def last_released(self, chat: int, wave: str, language: str, now: datetime) -> tuple[Outgoing, ...]:
        """The last released summary, for a coordinator who asked for it."""
        found, figures = await asyncio.to_thread(published, self._store, wave)
        message = await self._compose(found, figures, self._phrases(), language, now)
        words = Show(chat, message.text, None)
        return (ShowPicture(chat, message.png, message.alt), words) if figures.n and message.png else (words,)

    async def _compose(
        self, wave: Wave, figures: Publishable, phrases: Phrases, language: str, now: datetime
    ) -> Message:
        day = about(wave, now, self._settings)
        message = await asyncio.to_thread(compose, figures, wave.survey, phrases, language, day)
        if not message.png:
            log.error("a summary's picture could not be drawn; its words go alone", wave=wave.id)
        return message

    async def _summary_text(self, chat: int, text: str) -> None:
        await self._pace.broadcast(
            chat, lambda: self._if_allowed(chat, lambda: self._outbound.send_text(chat, text))
        )

    async def _summary_picture(self, chat: int, picture: bytes, caption: str) -> None:
        await self._pace.broadcast(
            chat, lambda: self._if_allowed(chat, lambda: self._outbound.send_picture(chat, picture, caption))
        )

    async def _if_allowed(self, chat: int, send: Send) -> None:
        """Send if the coordinator may still have it, asked when all waiting is over; else raises Gone."""
        if await self._store.write(lambda tx: self._reader(tx, chat)) is None:
            raise Gone("the coordinator was removed")
        await send()
