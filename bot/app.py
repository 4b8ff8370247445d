"""The one place where everything meets: settings, store, words, Telegram, clock."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import structlog
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot import clock, counts, heartbeat, metrics, nature
from bot.alerts import Alerts
from bot.chat import profile
from bot.chat.booth import Booth
from bot.chat.desk import Desk
from bot.chat.ends import Ends
from bot.chat.handler import Handler
from bot.chat.holds import Holds
from bot.chat.http import AiohttpRequest, ProxyTrouble
from bot.chat.media import Media
from bot.chat.outbound import Outbound, Outgoing, Show
from bot.chat.pace import Pace, seconds_of
from bot.chat.privacy import Kept
from bot.chat.prompts import Prompts
from bot.chat.studio import Studio
from bot.chat.updates import UNAUTHORIZED, PollTrouble, Updates
from bot.chat.voices import Voices
from bot.chat.webhook import Door, Webhook
from bot.chat.wishes import Wishes
from bot.files.helplines import Watched
from bot.files.phrases import Phrases, locales
from bot.files.shelf import pinned, surveys_folder
from bot.handouts import makers
from bot.heartbeat import Heartbeat
from bot.installation import Now, recordings_folder, terms
from bot.notices import tell_of_acts, tell_of_colleagues, tell_of_restore
from bot.reload import Reload
from bot.reminders import Reminders
from bot.results import Results
from bot.settings import Settings
from bot.stopping import Asked, Stop
from bot.store import LAST_DAILY, Store, StoreTrouble, Ticked, Transaction, tick
from bot.summaries import Summaries

PROFILE_NOT_BEFORE = "profile not before"
HEARD = "telegram heard"
NOTE_HEARD_SECONDS = 60.0
PROFILE = "profile"
SCRUB_SECONDS = 60.0
IDLE_SECONDS = 2.0
SCRUB_AGAIN_SECONDS = 5.0
FINAL_SCRUB_TRIES = 3
FINAL_SCRUB_SECONDS = 3.0
GOODBYE_SECONDS = 1.0

log = structlog.get_logger()


class House:
    """The program around one bot: what `aitbar run` and `aitbar tick` share."""

    def __init__(self, settings: Settings, store: Store, bot: Bot, not_before: float, now: Now) -> None:
        self.settings = settings
        self.store = store
        self.bot = bot
        self.now = now
        self.files = Reload(
            store, settings.surveys_dir or surveys_folder(), locales(), recordings_folder(settings)
        )
        self.holds = Holds(store)
        self.pace = Pace(self.holds.keep, not_before, remember_chat=self.holds.keep_chat)
        self.outbound = Outbound(bot, self.pace)
        studio = Studio(recordings_folder(settings))
        self.media = Media(bot, store, self.files.media, self.pace.allowed, studio.find)
        self.desk = Desk(self.files.phrases, self.files.shelf, self._link, terms(settings), settings.zone, studio)
        handouts = makers(settings, store, self.files.phrases)
        self.summaries = Summaries(settings, store, self.files.phrases, self.pace, self.outbound, handouts)
        self.alerts = Alerts(store, bot, self.files.phrases, self.pace, self.outbound, self.desk.inclusion)
        self.ends = Ends(store)
        self.results = Results(
            store, bot, self.files.phrases, self.pace, self.outbound, settings.zone, self.ends.add
        )
        self.wishes = Wishes(store, self.ends.add)
        kept = Kept(settings.keep_responses_months, settings.min_block)
        self.news = asyncio.Event()
        """Set when coordinators have something to hear at once."""
        self._telling = asyncio.Lock()
        self.handler = Handler(
            self.files.phrases,
            self.desk,
            self._summary,
            self.wishes,
            kept,
            self.news.set,
            helplines=Watched(settings.helplines).current,
            count=self.ends.add,
            prompts=Prompts(self.media),
            voices=Voices(bot, store, self.now),
            booth=Booth(bot, store, studio, self.desk, self.media, self.files.phrases, self.news.set),
        )
        self.reminders = Reminders(
            store,
            bot,
            self.files.phrases,
            self.pace,
            self.outbound,
            settings.zone,
            self.ends.add,
            self.handler.beside,
        )
        self.ticked: datetime | None = None
        self._daily: str | None = None

    async def tick(self, now: datetime) -> bool:
        """Do once all that is due at `now`: dwell, releases, closes, what has had its time, digests, scrub."""
        counts.TICKS.add()
        done, day = await self.store.write(lambda tx: self._ticked(tx, now))
        # Whoever was killed between the commit and this left a key behind: so at every tick, done or not.
        for wave in await self.store.write(lambda tx: tx.waves.destroy_spent_keys()):
            log.info("the key of a wave that is over was destroyed", wave=wave)
        await self._keep_wishes(day)
        if not done.done:
            return False
        if done.daily:
            today, months = now.astimezone(self.settings.zone).date(), self.settings.keep_responses_months
            await self.store.write(lambda tx: tx.clear(now, today, months))
            await self.store.write(lambda tx: tx.outcomes.freeze_announced())
        await self.holds.recall(self.pace)
        await self.summaries.send_due(now)
        await self.alerts.send_due(now)
        if await self.results.tell(now):
            self.handler.soil()
        await self.reminders.send_due(now)
        if done.daily or done.released or done.ended:
            await self._scrub_by_the_calendar()
        return True

    def _ticked(self, tx: Transaction, now: datetime) -> tuple[Ticked, str | None]:
        """One tick, and which daily tick was the last one then, whoever did it."""
        return tick(tx.waves, tx.desk, now, self.settings.zone), tx.desk.read_mark(LAST_DAILY)

    async def _keep_wishes(self, day: str | None) -> None:
        """Write the wishes and sums that waited for a daily tick, once one was done by whatever command."""
        if self._daily not in (None, day):
            if await self.wishes.keep():
                self.handler.soil()
            await self.ends.keep()
        self._daily = day

    async def _scrub_by_the_calendar(self) -> None:
        begun = nature.monotonic()
        if await self.store.scrub(whatever_size=True):
            counts.SCRUB.set(nature.monotonic() - begun)
        else:
            self.handler.soil()
            log.warning("the scrub after a tick was kept waiting by another reader")

    async def _summary(self, chat: int, wave: str, language: str, part: str) -> tuple[Outgoing, ...]:
        return await self.summaries.asked_for(chat, wave, language, self.now(), part)

    async def _broadcast_text(self, chat: int, text: str) -> None:
        await self.pace.broadcast(chat, lambda: self.outbound.send_text(chat, text))

    async def _broadcast_screen(self, show: Show) -> None:
        await self.pace.broadcast(show.chat, lambda: self.outbound.show(show))

    @property
    def phrases(self) -> Phrases:
        """The bot's own words, as in use."""
        return self.files.phrases()

    async def look_at_files(self) -> None:
        """Take surveys and words that were changed, if all of them are sound."""
        if await self.files.look(self._broadcast_text):
            await self.publish_profile()

    async def tell(self) -> None:
        """Tell coordinators, once, of a restore, of acts that need two of them, and of colleagues."""
        async with self._telling:
            await tell_of_restore(self.store, self.phrases, self._link, self._broadcast_text)
            now, show = self.now(), self._broadcast_screen
            await tell_of_acts(self.store, self.desk, self.phrases, show, now)
            await tell_of_colleagues(self.store, self.desk, self.phrases, show, now)

    async def publish_profile(self) -> None:
        """Set name, description and commands where they changed since the last time."""
        phrases = self.phrases
        mark = f"{self.bot.id} {profile.fingerprint(phrases)}"
        if await self.store.write(lambda tx: tx.desk.read_mark(PROFILE)) == mark:
            return
        not_before = await self.store.write(lambda tx: tx.desk.read_mark(PROFILE_NOT_BEFORE))
        if float(not_before or 0) > nature.wall():
            return
        try:
            if await profile.publish(self.bot, phrases, self.pace.quietly):
                await self.store.write(lambda tx: tx.desk.write_mark(PROFILE, mark))
        except profile.NotNow as later:
            moment = str(nature.wall() + later.seconds)
            log.warning("the description can be set later", seconds=later.seconds)
            await self.store.write(lambda tx: tx.desk.write_mark(PROFILE_NOT_BEFORE, moment))

    def _link(self, wave: str) -> str:
        return f"https://t.me/{self.bot.username}?start={wave}"


@asynccontextmanager
async def house(
    settings: Settings, now: Now = nature.now, alone: bool = False, stop: Stop | None = None
) -> AsyncIterator[House]:
    """Put the house together; Telegram is asked who the bot is until it answers, or `stop` is asked for (Asked).

    With `alone` a second such program is refused first of all, before it has said a word to Telegram.
    """
    store = Store(settings.database_url, settings.keys_dir, pinned)
    with store.only_one() if alone else nullcontext():
        store.prepare()
        if alone:
            with store.transaction() as tx:
                tx.waves.check_keys()
        async with _around(settings, store, now, stop) as place:
            yield place


@asynccontextmanager
async def _around(settings: Settings, store: Store, now: Now, stop: Stop | None) -> AsyncIterator[House]:
    requests = [AiohttpRequest(1, settings.telegram_proxy), AiohttpRequest(64, settings.telegram_proxy)]
    bot = Bot(
        settings.token(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        get_updates_request=requests[0],
        request=requests[1],
    )
    try:
        holds = Holds(store)
        introduced = _introduce(bot, holds)
        await (introduced if stop is None else stop.unless_asked(introduced))
        place = House(settings, store, bot, await holds.everybody(), now)
        await holds.recall(place.pace)
        yield place
    finally:
        with suppress(Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await bot.shutdown()
                for request in requests:
                    await request.shutdown()
        store.close()


async def _introduce(bot: Bot, holds: Holds, patience: float = 60.0) -> None:
    """Ask Telegram who the bot is, when it may be asked. Without a network this is repeated for a minute, then
    said."""
    waited, wait = 0.0, 1.0
    while True:
        await asyncio.sleep(max(0.0, await holds.everybody() - nature.wall()))
        try:
            await bot.initialize()
        except InvalidToken:
            raise PollTrouble(UNAUTHORIZED) from None
        except RetryAfter as error:
            log.warning("Telegram asks to wait", seconds=seconds_of(error))
            await holds.keep(nature.wall() + seconds_of(error))
        except TelegramError as error:
            if waited >= patience:
                raise PollTrouble(NO_PROXY if isinstance(error, ProxyTrouble) else NO_TELEGRAM) from None
            log.warning("Telegram does not answer yet; trying again", kind=type(error).__name__)
            await asyncio.sleep(wait)
            waited, wait = waited + wait, min(wait * 2, 15.0)
        else:
            return


NO_TELEGRAM = (
    "Telegram cannot be reached. Check the network, AITBAR_TELEGRAM_API_URL, and where Telegram is blocked "
    "AITBAR_TELEGRAM_PROXY. Nothing is lost: Telegram keeps messages for a day."
)


NO_PROXY = (
    "The proxy of AITBAR_TELEGRAM_PROXY does not take us to Telegram. Check its scheme, host and port, and name "
    "and password where it wants them. Nothing is lost: Telegram keeps messages for a day."
)


async def run(settings: Settings, now: Now = nature.now) -> None:
    """`aitbar run`: fetch, answer, tick, scrub, until told to stop."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there are files to read again
    stop = Stop()
    with stop.listening(), suppress(Asked):
        async with house(settings, now, alone=True, stop=stop) as place:
            await serve(place, stop.asked)
    log.info("stopped")


async def serve(place: House, asked: asyncio.Event) -> None:
    """The bot at work, until it is asked to stop; then what it began is finished, within seconds."""
    updates = Updates(place.bot, place.store, place.handler, place.outbound, place.pace, place.now, asked)
    look = partial(state, place, updates, place.now())
    async with metrics.listening(place.settings.metrics, look):
        await _work(place, updates, look, asked)


async def _work(place: House, updates: Updates, look: Callable[[], Heartbeat], asked: asyncio.Event) -> None:
    if not await _scrubbed(place):
        place.handler.soil()
    heard = await place.store.write(lambda tx: tx.desk.read_mark(HEARD))
    updates.last_poll = None if heard is None else datetime.fromisoformat(heard)
    updates.heard()  # Telegram has just said who the bot is
    ticker = clock.Clock(partial(_tick, place))
    beside = [
        asyncio.create_task(_keep_clean(place)),
        asyncio.create_task(place.publish_profile()),
        asyncio.create_task(_live(place.store.folder, look)),
        asyncio.create_task(_note_heard(place, updates)),
        asyncio.create_task(_tell_at_once(place)),
        asyncio.create_task(_announce(place)),
    ]
    if place.phrases.drafts:
        log.warning(
            "these words are drafts that fewer than two readers have reviewed",
            languages=",".join(place.phrases.drafts),
        )
    for what, todo in place.store.weaknesses():
        log.warning("the database server keeps more than it should", what=what, todo=todo)
    log.info("ready", surveys=len(place.files.current.surveys))
    # A service manager's word for "read your files again"; a closed terminal sends it too, and ends nothing.
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGHUP, lambda: beside.append(asyncio.create_task(_look(place)))
    )
    try:
        await _way(place, updates, asked).run()
    finally:
        await ticker.stop()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(FINAL_SCRUB_SECONDS):
                await _last_scrub(place)
        if place.store.folder is not None:
            heartbeat.remove(place.store.folder)


def _way(place: House, updates: Updates, asked: asyncio.Event) -> Updates | Webhook:
    """How updates come: they are fetched, or Telegram brings them where an address for it is set."""
    address = place.settings.webhook_url
    if address is None:
        return updates
    door = Door(address, place.store.keys.webhook())
    return Webhook(place.bot, updates, place.pace, door, place.settings.listen, asked)


async def _note_heard(place: House, updates: Updates) -> None:
    """Keep beyond a restart when Telegram was last heard, so that an outage is known for one."""
    while True:
        await asyncio.sleep(NOTE_HEARD_SECONDS)
        if (heard := updates.last_poll) is None:
            continue
        moment = heard.isoformat()
        try:
            await place.store.write(lambda tx, moment=moment: tx.desk.write_mark(HEARD, moment))  # type: ignore[misc]
        except StoreTrouble as trouble:
            log.warning("when Telegram was last heard could not be kept", kind=type(trouble).__name__)


async def _last_scrub(place: House) -> None:
    for _ in range(FINAL_SCRUB_TRIES):
        if await _scrubbed(place):
            return


async def _tick(place: House) -> None:
    """One tick of the clock."""
    try:
        await place.tick(place.now())
        place.ticked = place.now()
    except Exception as error:  # the clock must go on ticking
        counts.failed(error)
        log.error("a tick failed and is tried again", kind=type(error).__name__)
    await _look(place)
    await _tell(place)


async def _tell(place: House) -> None:
    """What coordinators ought to know, to those who do not know it yet."""
    try:
        await place.tell()
    except Exception as error:  # as above: the next tick tries again
        counts.failed(error)
        log.error("coordinators could not be told", kind=type(error).__name__)


async def _tell_at_once(place: House) -> None:
    """Coordinators hear what another one wants as soon as it is kept, not only at the next tick."""
    while True:
        await place.news.wait()
        place.news.clear()
        await _tell(place)


async def _announce(place: House) -> None:
    """Results are told beside the ticks, which have other things to do."""
    while True:
        try:
            await place.results.tell_beside(place.handler.soil)
        except Exception as error:  # as above: the next tick goes on
            counts.failed(error)
            log.error("results could not be told", kind=type(error).__name__)


async def _look(place: House) -> None:
    """One look at the files of surveys and words."""
    try:
        await place.look_at_files()
    except Exception as error:  # as above: the next look is not far
        counts.failed(error)
        log.error("the files could not be looked at", kind=type(error).__name__)


async def _live(folder: Path | None, look: Callable[[], Heartbeat]) -> None:
    """Give a sign of life every few seconds, whether or not Telegram and the database answer."""
    while folder is not None:
        try:
            await asyncio.to_thread(heartbeat.write, folder, look())
        except OSError as error:
            log.warning("the sign of life could not be written", kind=type(error).__name__)
        await asyncio.sleep(heartbeat.BEAT_SECONDS)


def state(place: House, updates: Updates, started: datetime) -> Heartbeat:
    """How the bot is at this moment."""
    return Heartbeat(
        written=place.now(),
        started=started,
        version=version("aitbar"),
        heard=updates.last_poll,
        ticked=place.ticked,
        next_digest=place.summaries.next_due,
        waiting=place.pace.waiting,
        oldest_unsent=place.pace.oldest(),
        database_trouble_since=_moment(place.store.trouble_since),
        scrub_overdue_since=_overdue(place),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _overdue(place: House) -> datetime | None:
    """Since when a scrub is overdue, back to the last quarter of an hour: no sharper, since somebody's answers
    came just before."""
    soiled = place.handler.dirty_since
    if soiled is None or (age := nature.monotonic() - soiled) <= SCRUB_SECONDS:
        return None
    since = place.now() - timedelta(seconds=age)
    return since.replace(minute=since.minute // 15 * 15, second=0, microsecond=0)


async def _keep_clean(place: House) -> None:
    """Scrub after submissions: when nothing came for a moment, at the latest after a minute. Forget secrets."""
    while True:
        await asyncio.sleep(0.5)
        place.handler.sweep()
        await _settle(place)
        since = place.handler.dirty_since
        if since is None:
            continue
        age, idle = nature.monotonic() - since, nature.monotonic() - place.handler.last_handled
        if idle >= IDLE_SECONDS or age >= SCRUB_SECONDS:
            place.handler.dirty_since = None
            if not await _scrubbed(place):
                place.handler.dirty_since = since
                await asyncio.sleep(SCRUB_AGAIN_SECONDS)


async def _settle(place: House) -> None:
    """Delete what somebody wanted forgotten, also when the answer to it never left."""
    if not place.wishes.leaving:
        return
    try:
        await place.wishes.settle()
        place.handler.soil()
    except StoreTrouble as trouble:
        log.error("a chat could not be forgotten yet and is tried again", trouble=str(trouble))


async def _scrubbed(place: House) -> bool:
    """False when the scrub could not be done now; it is said, and never ends the program."""
    try:
        done = await place.store.scrub()
    except StoreTrouble as trouble:
        log.error("the scrub failed and is tried again", trouble=str(trouble))
        return False
    if not done:
        log.warning("the scrub was kept waiting by another reader and is tried again")
    return done


async def tick_once(settings: Settings, at: datetime) -> bool:
    """`aitbar tick`: all that is due at `at`, once; False when a later tick was done already."""
    async with house(settings, lambda: at) as place:
        ticked = await place.tick(at)
        await place.pace.flush(30.0)
        await place.ends.keep()  # what became of reminders; nobody else's sums are in this process
        return ticked
