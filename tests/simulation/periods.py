"""Ten years of summaries in one zone, through the real tick, claim and sending; and which of them were to come.

Laws:
1. What was to come is reckoned day by day from the local calendar and the clock's own changes, not with
   anything of `bot.core.cadence`.
2. A tick at a moment that is not later than the last one counts for nothing. At any other, of what has come due
   since the one before, only the latest is to be sent.
3. An hour that the clock skips is taken by the time before it, one that it shows twice is its first.
"""

from __future__ import annotations

import asyncio
import tempfile
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.chat.outbound import Outbound
from bot.chat.pace import Pace
from bot.core.cadence import CADENCES, Cadence
from bot.core.roles import COORDINATOR
from bot.digest import Digest
from bot.digest.channels.message import Message
from bot.files.phrases import Phrases
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.settings import Settings
from bot.store import Store, Terms, tick
from bot.summaries import Summaries
from tests.simulation.loop import SimulatedLoop
from tests.simulation.program import settings_of
from tests.simulation.world import SURVEY

ZONES = (
    "Asia/Karachi", "Asia/Kabul", "Europe/London", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
    "Pacific/Apia", "Pacific/Chatham", "Africa/Casablanca", "Asia/Kathmandu", "America/Sao_Paulo", "Asia/Tehran",
    "Antarctica/Troll", "Pacific/Kiritimati", "Africa/Cairo", "America/Santiago", "Asia/Gaza", "Australia/Eucla",
    "America/Caracas", "Asia/Pyongyang",
)  # fmt: skip
"""Twenty: with summer time or without, of odd hours, such as moved a date, a month of fasting, half an hour."""

BEGINNINGS = (2006, 2026)
"""The years from which ten are lived: those whose changes are known, and those to come."""

DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
JUMPS = (HOUR, -HOUR, DAY, -DAY)
COORDINATORS = 8_050_000_000
FARTHEST = 32 * DAY
"""How far the last tick can lie behind the end: a long time away, and a clock that is a day ahead."""

SUBSCRIPTIONS = 2
"""So many for each cadence, on drawn days and hours."""


@dataclass
class Counts:
    """What was lived. `missing` were to come and did not, `double` came twice, `strange` were not to come."""

    zones: int = 0
    days: int = 0
    ticks: int = 0
    restarts: int = 0
    clock_changes: int = 0
    due: int = 0
    folded: int = 0
    sent: int = 0
    missing: int = 0
    double: int = 0
    strange: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def periods(first: int, number: int, years: int = 10) -> Counts:
    """Live `years` in each of so many (zone, beginning) pairs, from this one on; there are 40."""
    sums = Counts()
    for unit in range(first, first + number):
        zone, beginning = ZONES[unit % len(ZONES)], BEGINNINGS[unit // len(ZONES) % len(BEGINNINGS)]
        sums += lived(zone, beginning, years, Random(f"{zone} {beginning} {unit}"))
    return sums


def lived(zone: str, beginning: int, years: int, chance: Random) -> Counts:
    """So many years from the first of January of `beginning` in this zone."""
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, asyncio.Runner(loop_factory=_loop) as runner:
        return runner.run(_live(Path(folder), ZoneInfo(zone), beginning, years, chance))


async def _live(folder: Path, zone: ZoneInfo, beginning: int, years: int, chance: Random) -> Counts:
    return await _Life(folder, zone, beginning, years, chance).run()


# -- what was to come -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """A summary that is to come: at this moment, under this name."""

    moment: datetime
    name: str


def dues(cadence: Cadence, since: datetime, until: datetime, zone: ZoneInfo) -> list[Due]:
    """All that fall between two moments, day by day."""
    found: list[Due] = []
    day, weeks = since.astimezone(zone).date() - DAY, 0
    while day <= until.astimezone(zone).date() + DAY:
        moment = _moment(day, cadence.hour, zone)
        if day.weekday() == cadence.weekday and since < moment <= until:
            wanted = {"weekly": True, "fortnightly": weeks % 2 == 0, "monthly": day.day <= 7}[cadence.every]
            if wanted:
                found.append(Due(moment, f"{day.isoformat()}T{cadence.hour:02}"))
            weeks += 1
        day += DAY
    return found


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """When the clock of a zone shows this hour: by trying its time of the day before and of the day after."""
    wanted = datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - a wall clock
    before, after = (_offset(wanted + shift, zone) for shift in (-DAY, DAY))
    shown = [wanted - offset for offset in sorted({before, after}, reverse=True)]
    exact = [moment for moment in shown if moment + _offset_at(moment, zone) == wanted]
    return min(exact, default=wanted - before).replace(tzinfo=UTC)


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    return _offset_at(wall - (zone.utcoffset(wall) or timedelta()), zone)


def _offset_at(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()


# -- a life -----------------------------------------------------------------------------------------------


class _Quick(Summaries):
    """As the house sends them, but for words and drawing."""

    async def _written(self, *_what: Any) -> Digest:
        return cast(Digest, None)

    async def _compose(self, *_what: Any) -> Message:
        return Message("summary", b"", "")


@dataclass
class _Wish:
    chat: int
    cadence: Cadence
    due: list[Due]
    expected: Counter[str] = field(default_factory=Counter)


class _Life:
    """One house whose clock is set, stopped and started again."""

    def __init__(self, folder: Path, zone: ZoneInfo, beginning: int, years: int, chance: Random) -> None:
        self._folder = folder
        self._zone = zone
        self._chance = chance
        self._counts = Counts(zones=1)
        self._since = datetime(beginning, 1, 1, 10, 30, tzinfo=UTC)
        self._end = self._since.replace(year=beginning + years)
        self._sent: list[tuple[int, str]] = []
        self._wishes = [
            self._wish(number, every)
            for number, every in enumerate(every for every in CADENCES for _ in range(SUBSCRIPTIONS))
        ]
        self._latest: datetime | None = None
        self._true = self._since
        self._ahead = timedelta()
        self._store, self._summaries = self._started()

    def _wish(self, number: int, every: str) -> _Wish:
        hour = self._chance.choice((0, 1, 2, 3, 9, 23, self._chance.randrange(24)))
        cadence = Cadence(every, self._chance.randrange(7), hour)
        return _Wish(COORDINATORS + number, cadence, dues(cadence, self._since, self._end + FARTHEST, self._zone))

    def _started(self) -> tuple[Store, _Quick]:
        store = Store(f"sqlite:///{self._folder}/data/aitbar.db", self._folder / "keys", pinned)
        store.prepare()
        settings: Settings = settings_of(self._folder, SURVEY.parent)
        settings = settings.model_copy(update={"timezone": self._zone.key})
        pace = Pace(_forget)
        return store, _Quick(settings, store, _phrases, pace, cast(Outbound, self), {})

    async def send_text(self, chat: int, _text: str, _keys: Any) -> None:
        """A summary leaves; its row says for which period it was claimed."""
        claimed = await self._store.write(lambda tx: _claimed(tx, chat))
        self._sent += [(chat, period) for period in claimed or ["none that was claimed"]]

    async def run(self) -> Counts:
        with self._store.transaction() as tx:
            wave = tx.waves.open(load(SURVEY).document, Terms(k=5, leave_behind=1), self._since)
            for wish in self._wishes:
                tx.desk.admit(wish.chat, COORDINATOR, "en", self._since)
                tx.desk.subscribe(wish.chat, wave, wish.cadence, self._since)
        while self._true < self._end:
            self._pass_time()
            await self._tick(self._true + self._ahead)
            if self._chance.random() < 0.1:
                await self._tick(self._true + self._ahead - self._chance.choice((timedelta(), MINUTE, DAY)))
        self._add_up(self._rows())
        self._store.close()
        return self._counts

    def _pass_time(self) -> None:
        """To the next tick: soon, in days, at the very moment something is due, or after a long time away."""
        draw, before = self._chance.random(), self._true
        if draw < 0.10:
            self._ahead = timedelta() if self._ahead else self._chance.choice(JUMPS)
            self._counts.clock_changes += 1
            self._true += self._chance.uniform(1, 3600) * SECOND
        elif draw < 0.30:
            self._true += self._chance.uniform(1, 90) * MINUTE
        elif draw < 0.55:
            due = self._next_due() - self._ahead
            at = due + self._chance.choice((-SECOND, timedelta(), SECOND, -30 * MINUTE, 30 * MINUTE))
            self._true = max(at, self._true + SECOND)
        elif draw < 0.94:
            self._true += self._chance.uniform(0.1, 3) * DAY
        else:
            self._true += self._chance.uniform(0, 30) * DAY
            self._store.close()
            self._store, self._summaries = self._started()
            self._counts.restarts += 1
        self._counts.days += (self._true - before).days

    def _next_due(self) -> datetime:
        wish = self._chance.choice(self._wishes)
        shown = self._true + self._ahead
        at = bisect_right(wish.due, shown, key=lambda due: due.moment)
        return wish.due[at].moment if at < len(wish.due) else shown + DAY

    async def _tick(self, now: datetime) -> None:
        """As `House.tick` does it; and what was to follow from it."""
        self._counts.ticks += 1
        if self._latest is None or now > self._latest:
            self._expect(now)
            self._latest = now
        done = await self._store.write(lambda tx: tick(tx.waves, tx.desk, now, self._zone))
        if done.done:
            await self._summaries.send_due(now)

    def _expect(self, now: datetime) -> None:
        for wish in self._wishes:
            first = bisect_right(wish.due, self._latest or self._since, key=lambda due: due.moment)
            news = wish.due[first : bisect_right(wish.due, now, key=lambda due: due.moment)]
            if news:
                wish.expected[news[-1].name] += 1
                self._counts.due += len(news)
                self._counts.folded += len(news) - 1

    def _rows(self) -> Counter[tuple[int, str]]:
        """What stands in the file as sent, at the first try."""
        with self._store.transaction() as tx:
            rows = tx.connection.exec_driver_sql(
                "SELECT chat, period FROM digest WHERE state = 'sent' AND tries = 1"
            )
            return Counter((chat, period) for chat, period in rows)

    def _add_up(self, rows: Counter[tuple[int, str]]) -> None:
        expected = Counter({(wish.chat, name): n for wish in self._wishes for name, n in wish.expected.items()})
        sent = Counter(self._sent)
        self._counts.sent += sent.total()
        self._counts.missing += (expected - sent).total() + (expected - rows).total()
        self._counts.double += sum(number - 1 for number in sent.values())
        self._counts.strange += len(set(sent) - set(expected)) + len(set(rows) - set(expected))


def _claimed(tx: Any, chat: int) -> list[str]:
    rows = tx.connection.exec_driver_sql("SELECT period FROM digest WHERE state = 'claimed' AND chat = ?", (chat,))
    return [period for (period,) in rows]


def _loop() -> SimulatedLoop:
    return SimulatedLoop("periods")


@lru_cache(maxsize=1)
def _words() -> Phrases:
    return Phrases.load()


def _phrases() -> Phrases:
    return _words()


async def _forget(_moment: float) -> None:
    return None


def _memory() -> Path | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return memory if memory.is_dir() else None
