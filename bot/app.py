"""The one place where everything meets: settings, store, words, Telegram, clock."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial

import structlog
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot import clock, nature
from bot.chat import profile
from bot.chat.desk import Desk, Shelf
from bot.chat.handler import Handler
from bot.chat.http import AiohttpRequest
from bot.chat.outbound import Outbound, Outgoing, Show, ShowPicture
from bot.chat.pace import Pace
from bot.chat.updates import UNAUTHORIZED, PollTrouble, Updates
from bot.core import roles
from bot.core.blocks import Publishable
from bot.core.cadence import latest_due, period_name
from bot.digest import CHANNELS, About, Message, compose
from bot.digest.channels.message import Gone, Undelivered
from bot.files.phrases import Phrases
from bot.files.shelf import pinned, shelf, surveys_folder
from bot.installation import HEARTBEAT_SECONDS, Now, heartbeat, published, terms
from bot.settings import Settings
from bot.store import DIGEST_TRIES, Store, StoreTrouble, Subscription, Transaction, Wave, tick

NOT_BEFORE = "not before"
PROFILE = "profile"
SCRUB_SECONDS = 60.0
IDLE_SECONDS = 2.0
SCRUB_AGAIN_SECONDS = 5.0
FINAL_SCRUB_TRIES = 3

log = structlog.get_logger()


def about(wave: Wave, day: datetime, settings: Settings) -> About:
    """What a digest says of its wave."""
    return About(
        day.astimezone(settings.zone).date(),
        org=wave.terms.organisation or None,
        programme=wave.terms.programme or None,
        minors=wave.terms.minors,
    )


class House:
    """The program around one bot: what `aitbar run` and `aitbar tick` share."""

    def __init__(self, settings: Settings, store: Store, bot: Bot, not_before: float, now: Now) -> None:
        self.settings = settings
        self.store = store
        self.bot = bot
        self.now = now
        self.phrases = Phrases.load()
        self.folder = settings.surveys_dir or surveys_folder()
        self.shelf = Shelf(shelf(self.folder))
        self.pace = Pace(self._remember, not_before)
        self.outbound = Outbound(bot, self.pace)
        self.desk = Desk(self.phrases, lambda: self.shelf, self._link, terms(settings), settings.zone)
        self.handler = Handler(self.phrases, self.desk, self.last_released)

    async def tick(self, now: datetime) -> bool:
        """Do once all that is due at `now`: dwell, releases, closes, digests, scrub."""
        done = await self.store.write(lambda tx: tick(tx.waves, tx.desk, now, self.settings.zone))
        # Whoever was killed between the commit and this left a key behind: so at every tick, done or not.
        for wave in await self.store.write(lambda tx: tx.waves.destroy_spent_keys()):
            log.info("the key of a wave that is over was destroyed", wave=wave)
        if not done.done:
            return False
        await self.send_digests(now)
        if (done.daily or done.released or done.ended) and not await self.store.scrub(whatever_size=True):
            self.handler.soil()
            log.warning("the scrub after a tick was kept waiting by another reader")
        return True

    async def send_digests(self, now: datetime) -> None:
        """Send every digest that is due and not yet claimed by another tick."""
        subscriptions = await self.store.write(lambda tx: tx.desk.subscriptions())
        for subscription in subscriptions:
            zone = self.settings.zone
            due = latest_due(subscription.cadence, subscription.since, now, zone)
            if due is None:
                continue
            try:
                await self._send_digest(subscription, period_name(due, zone), now)
            except Exception as error:  # one summary that fails must not keep the others back
                log.error("a summary failed and stays claimed", wave=subscription.wave, kind=type(error).__name__)

    async def _send_digest(self, to: Subscription, period: str, now: datetime) -> None:
        claimed = await self.store.write(lambda tx: self._claim(tx, to, period, now))
        if claimed is None:
            return
        tries, language = claimed
        wave, figures = await asyncio.to_thread(published, self.store, to.wave)
        message = await self._compose(wave, figures, language, now)
        if tries > 1:
            again = self.phrases.say(language, "digest-again")
            message = Message(f"{again}\n\n{message.text}", message.png, message.alt)
        state = "sent"
        try:
            await CHANNELS["telegram"](
                partial(self._broadcast_text, to.chat), partial(self._broadcast_picture, to.chat)
            ).send(message)
        except Gone:
            state = "gave_up"
        except Undelivered:
            log.warning("a summary could not be sent yet", wave=to.wave, tries=tries)
            if tries < DIGEST_TRIES:
                return  # still claimed: a later tick takes it over
            state = "gave_up"
        await self.store.write(lambda tx: tx.desk.complete_digest(to.wave, to.chat, period, state))

    def _claim(self, tx: Transaction, to: Subscription, period: str, now: datetime) -> tuple[int, str] | None:
        """Claim, if the coordinator may still have it: authorisation is asked again at the moment of sending."""
        who = tx.desk.coordinator(to.chat)
        if who is None or not roles.may(who.role, roles.SUBSCRIBE):
            return None
        tries = tx.desk.claim_digest(to.wave, to.chat, period, now)
        return None if tries is None else (tries, who.language)

    async def last_released(self, chat: int, wave: str, language: str) -> tuple[Outgoing, ...]:
        """The last released summary, for a coordinator who asked for it."""
        found, figures = await asyncio.to_thread(published, self.store, wave)
        message = await self._compose(found, figures, language, self.now())
        words = Show(chat, message.text, None)
        return (ShowPicture(chat, message.png, message.alt), words) if figures.n else (words,)

    async def _compose(self, wave: Wave, figures: Publishable, language: str, now: datetime) -> Message:
        day = about(wave, now, self.settings)
        return await asyncio.to_thread(compose, figures, wave.survey, self.phrases, language, day)

    async def _broadcast_text(self, chat: int, text: str) -> None:
        await self.pace.broadcast(chat, lambda: self.outbound.send_text(chat, text))

    async def _broadcast_picture(self, chat: int, picture: bytes, caption: str) -> None:
        await self.pace.broadcast(chat, lambda: self.outbound.send_picture(chat, picture, caption))

    async def publish_profile(self) -> None:
        """Set name, description and commands where they changed since the last time."""
        mark = f"{self.bot.id} {profile.fingerprint(self.phrases)}"
        if await self.store.write(lambda tx: tx.desk.read_mark(PROFILE)) == mark:
            return
        if await profile.publish(self.bot, self.phrases):
            await self.store.write(lambda tx: tx.desk.write_mark(PROFILE, mark))

    async def _remember(self, moment: float) -> None:
        await self.store.write(lambda tx: tx.desk.write_mark(NOT_BEFORE, str(moment)))

    def _link(self, wave: str) -> str:
        return f"https://t.me/{self.bot.username}?start={wave}"


@asynccontextmanager
async def house(settings: Settings, now: Now = nature.now, alone: bool = False) -> AsyncIterator[House]:
    """Put the house together; Telegram is asked who the bot is until it answers.

    With `alone` a second such program is refused first of all, before it has said a word to Telegram.
    """
    store = Store(settings.database_url, settings.keys_dir, pinned)
    with store.only_one() if alone else nullcontext():
        store.prepare()
        if alone:
            with store.transaction() as tx:
                tx.waves.check_keys()
        async with _around(settings, store, now) as place:
            yield place


@asynccontextmanager
async def _around(settings: Settings, store: Store, now: Now) -> AsyncIterator[House]:
    requests = [AiohttpRequest(1, settings.telegram_proxy), AiohttpRequest(64, settings.telegram_proxy)]
    bot = Bot(
        settings.token(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        get_updates_request=requests[0],
        request=requests[1],
    )
    try:
        await _introduce(bot)
        not_before = await store.write(lambda tx: tx.desk.read_mark(NOT_BEFORE))
        yield House(settings, store, bot, float(not_before or 0), now)
    finally:
        with suppress(Exception):
            await bot.shutdown()
        for request in requests:
            await request.shutdown()
        store.close()


async def _introduce(bot: Bot, patience: float = 60.0) -> None:
    """Ask Telegram who the bot is. Without a network this is repeated for a minute, then said."""
    waited, wait = 0.0, 1.0
    while True:
        try:
            await bot.initialize()
        except InvalidToken:
            raise PollTrouble(UNAUTHORIZED) from None
        except TelegramError as error:
            if waited >= patience:
                raise PollTrouble(NO_TELEGRAM) from None
            if isinstance(error, RetryAfter):
                log.warning("Telegram asks to wait")
            log.warning("Telegram does not answer yet; trying again", kind=type(error).__name__)
            await asyncio.sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 15.0)
        else:
            return


NO_TELEGRAM = (
    "Telegram cannot be reached. Check the network, AITBAR_TELEGRAM_API_URL, and where Telegram is blocked "
    "AITBAR_TELEGRAM_PROXY. Nothing is lost: Telegram keeps messages for a day."
)


async def run(settings: Settings, now: Now = nature.now) -> None:
    """`aitbar run`: fetch, answer, tick, scrub, until told to stop."""
    async with house(settings, now, alone=True) as place:
        await _serve(place)


async def _serve(place: House) -> None:
    updates = Updates(place.bot, place.store, place.handler, place.outbound, place.pace, place.now)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, updates.stop)
    if not await _scrubbed(place):
        place.handler.soil()
    scheduler = clock.start(partial(_beat, place, updates))
    beside = [asyncio.create_task(_keep_clean(place)), asyncio.create_task(place.publish_profile())]
    if place.phrases.drafts:
        log.warning("these words are drafts that no reader has reviewed", languages=",".join(place.phrases.drafts))
    updates.last_poll = place.now()  # Telegram has just said who the bot is
    log.info("ready", bot=place.bot.username, surveys=len(place.shelf.surveys))
    await _beat(place, updates)
    try:
        await updates.run()
    finally:
        scheduler.shutdown(wait=False)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        for _ in range(FINAL_SCRUB_TRIES):
            if await _scrubbed(place):
                break
        log.info("stopped")


async def _beat(place: House, updates: Updates) -> None:
    """One tick, and a sign of life while Telegram answers."""
    try:
        await place.tick(place.now())
        place.shelf = Shelf(await asyncio.to_thread(shelf, place.folder))
    except Exception as error:  # the clock must go on ticking
        log.error("a tick failed and is tried again", kind=type(error).__name__)
    if place.store.folder is not None and updates.last_poll is not None:
        age = (place.now() - updates.last_poll).total_seconds()
        if age < HEARTBEAT_SECONDS:
            heartbeat(place.store.folder).touch()


async def _keep_clean(place: House) -> None:
    """Scrub after submissions: when nothing came for a moment, at the latest after a minute. Forget secrets."""
    while True:
        await asyncio.sleep(0.5)
        place.handler.sweep()
        since = place.handler.dirty_since
        if since is None:
            continue
        age, idle = nature.monotonic() - since, nature.monotonic() - place.handler.last_handled
        if idle >= IDLE_SECONDS or age >= SCRUB_SECONDS:
            place.handler.dirty_since = None
            if not await _scrubbed(place):
                place.handler.dirty_since = since
                await asyncio.sleep(SCRUB_AGAIN_SECONDS)


async def _scrubbed(place: House) -> bool:
    """False when the scrub could not be done now; it is said, and never ends the program."""
    try:
        done = await place.store.scrub()
    except StoreTrouble as trouble:
        log.error(f"the scrub failed and is tried again: {trouble}")
        return False
    if not done:
        log.warning("the scrub was kept waiting by another reader and is tried again")
    return done


async def tick_once(settings: Settings, at: datetime) -> bool:
    """`aitbar tick`: all that is due at `at`, once; False when a later tick was done already."""
    async with house(settings, lambda: at) as place:
        ticked = await place.tick(at)
        await place.pace.flush(30.0)
        return ticked
