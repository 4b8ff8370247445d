"""What is kept. The door is `Store`: transactions over one database, keys beside it, one writer thread."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bot import counts, nature
from bot.store import postgres, retention, running
from bot.store.alerts import Alerts, Known
from bot.store.colleagues import PREFIX as COLLEAGUE
from bot.store.colleagues import Colleague, Colleagues
from bot.store.contacts import Contact, Contacts, Due
from bot.store.desk import Act, Coordinator, Desk, Subscription
from bot.store.engine import (
    HOME,
    explained,
    folder_of,
    is_empty,
    is_postgres,
    make_folder,
    migrate,
    open_engine,
    scrub,
    size,
)
from bot.store.heard import Entry, Heard
from bot.store.invites import OPEN as INVITATION_OPEN
from bot.store.invites import Cohort, Invites
from bot.store.keys import SECRET_BYTES, Keys, KeyTrouble, derive, tag
from bot.store.nodes import read_node, write_node
from bot.store.opentext import own_words, seal_apart, spoken
from bot.store.organisations import Organisations, OrganisationTrouble, Programme
from bot.store.outcomes import Outcomes
from bot.store.proposals import Proposal, Proposals
from bot.store.reminders import Reminder, Reminders
from bot.store.reports import Pinned, Report, Reports
from bot.store.ticks import LAST_DAILY, Ticked, tick
from bot.store.trouble import StoreTrouble
from bot.store.uploads import Uploads
from bot.store.vault import Vault, dump_body
from bot.store.waves import PERIOD, Released, SurveyReader, Terms, Wave, Waves, WaveTrouble

__all__ = [
    "COLLEAGUE",
    "INVITATION_OPEN",
    "LAST_DAILY",
    "PERIOD",
    "SECRET_BYTES",
    "Act",
    "Alerts",
    "Cohort",
    "Colleague",
    "Contact",
    "Contacts",
    "Coordinator",
    "Desk",
    "Due",
    "Entry",
    "Heard",
    "KeyTrouble",
    "Keys",
    "Known",
    "OrganisationTrouble",
    "Pinned",
    "Programme",
    "Proposal",
    "Released",
    "Reminder",
    "Report",
    "Reports",
    "Store",
    "StoreTrouble",
    "Subscription",
    "Terms",
    "Ticked",
    "Transaction",
    "Vault",
    "Wave",
    "WaveTrouble",
    "Waves",
    "derive",
    "dump_body",
    "folder_of",
    "is_postgres",
    "own_words",
    "read_node",
    "seal_apart",
    "spoken",
    "tag",
    "tick",
    "write_node",
]

T = TypeVar("T")

SCRUB_LIMIT = 20 * 2**20
"""Above so many bytes the scrub runs with the daily tick only: it rewrites the whole file."""


class Transaction:
    """One transaction: the vault, the waves, the desk and the contacts over the same connection."""

    def __init__(self, connection: Connection, keys: Keys, read: SurveyReader) -> None:
        self.connection = connection
        self.keys = keys
        self.organisations = Organisations(connection, keys)
        self.waves = Waves(connection, keys, read)
        self.vault = Vault(connection, keys, self._key_of)
        self.desk = Desk(connection)
        self.colleagues = Colleagues(connection)
        self.invites = Invites(connection)
        self.proposals = Proposals(connection)
        self.uploads = Uploads(connection)
        self.reports = Reports(connection)
        self.contacts = Contacts(connection, keys, self._key_of)
        self.reminders = Reminders(connection, self.contacts, self.waves)
        self.outcomes = Outcomes(connection)
        self.alerts = Alerts(connection)
        self.heard = Heard(connection)

    def clear(self, now: datetime, today: date, months: int) -> None:
        """Delete what has had its time (see `retention.py`). `months`: how long answers are kept."""
        retention.clear(self.connection, self.contacts, now, today, months)

    def reaches(self, who: Coordinator, wave: Wave) -> bool:
        """True where a wave is this coordinator's to see: of their organisation, and of a programme in one of
        their districts where they have any."""
        return self.reaches_programme(who, wave.terms.organisation, wave.terms.programme)

    def reaches_programme(self, who: Coordinator, organisation: str, programme: str) -> bool:
        """The same of whatever belongs to a programme, or (empty) to none."""
        if who.organisation != organisation or not who.districts:
            return who.organisation == organisation
        there = self.organisations.districts_of(organisation, programme)
        return not set(there).isdisjoint(who.districts)

    def who_may(self, act: str, wave: Wave) -> list[Coordinator]:
        """The coordinators whose role allows this act, and who may see this wave."""
        return [who for who in self.desk.who_may(act) if self.reaches(who, wave)]

    def _key_of(self, wave: str) -> str:
        known = self.waves.get(wave)
        if known is None:  # a row that outlived its wave
            return ""
        return self.organisations.key_of(known.terms.organisation)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails in here is rolled back alone; the rest of the transaction stands."""
        with self.connection.begin_nested():
            yield


class Store:
    """The database and its keys. `read` turns a pinned definition into a survey."""

    def __init__(self, url: str, keys: Path, read: SurveyReader) -> None:
        self._url = url
        self._read = functools.cache(read)
        self._engine = open_engine(url)
        self.keys = Keys(keys)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self.trouble_since: float | None = None
        """Since when (seconds since 1970) the writer thread is refused by the database; None while all is well."""

    def prepare(self) -> None:
        """Migrate, make or check the server key, and make the running sums that an older database lacks."""
        with explained(self._url):
            fresh = is_empty(self._engine)
        self.migrate()
        self.keys.prepare(may_create=fresh)
        with self.transaction() as tx:
            lacking = running.missing(tx.connection)
        for wave in lacking:
            self.rebuild_counts(wave)

    def migrate(self) -> None:
        """Bring the tables to the newest version, where they have another."""
        with explained(self._url):
            migrate(self._engine)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """BEGIN IMMEDIATE ... COMMIT, on the thread that calls."""
        with explained(self._url), self._engine.begin() as connection:
            yield Transaction(connection, self.keys, self._read)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at everything, on the thread that calls; nobody waits for it."""
        engine = open_engine(self._url, writes=False)
        try:
            with explained(self._url), engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def rebuild_counts(self, wave: str) -> bool:
        """Make the running sums of a wave anew from its blocks; True where they were not so before."""
        done = None
        while done is None:  # again where a release came in between, which is seldom
            with self.reading() as look:
                made = Waves(look, self.keys, self._read).counted_anew(wave)
            with self.transaction() as tx:
                done = running.put(tx.connection, wave, made)
        return done

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction on the writer thread."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._within, work)

    def _within(self, work: Callable[[Transaction], T]) -> T:
        begun = nature.monotonic()
        try:
            with self.transaction() as transaction:
                result = work(transaction)
        except StoreTrouble:
            counts.DATABASE_ERRORS.add()
            self.trouble_since = self.trouble_since or nature.wall()
            raise
        self.trouble_since = None
        counts.TRANSACTIONS.add(nature.monotonic() - begun)
        return result

    async def scrub(self, whatever_size: bool = False) -> bool:
        """The scrub, on the writer thread: after whatever was queued before it."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self.scrub_now, whatever_size)

    def scrub_now(self, whatever_size: bool = True) -> bool:
        """Erase order and remnants; False when a reader was in the way, to be tried again."""
        with explained(self._url):
            if not whatever_size and size(self._engine) > SCRUB_LIMIT:
                return True
            return scrub(self._engine)

    def close(self) -> None:
        """Let go of the file and the thread: what runs is finished, what only waits for its turn is dropped."""
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._engine.dispose()

    def weaknesses(self) -> list[tuple[str, str]]:
        """What the settings of a server keep that they should not, and what to do; a file has none."""
        if not is_postgres(self._engine.url):
            return []
        with self.reading() as connection:
            return postgres.weaknesses(connection)

    @property
    def folder(self) -> Path | None:
        """Where the database lies, or the bot's own files beside a server; None in memory."""
        return folder_of(self._engine.url)

    @contextmanager
    def only_one(self) -> Iterator[None]:
        """Hold data/run.lock: a second `aitbar run` on the same database is refused, everything else works."""
        if is_postgres(self._engine.url):
            make_folder(HOME)
            with explained(self._url):
                lock = postgres.RunLock(self._engine)
            with contextlib.closing(lock):
                yield
            return
        if self.folder is None:
            yield
            return
        with contextlib.closing(_Lock(self.folder / "run.lock")):
            yield


class _Lock:
    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreTrouble(f"The file {path} cannot be written ({error.strerror}).") from None
        for _ in range(20):  # a process that was killed a moment ago may still hold it
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(0.05)
            else:
                return
        os.close(self._descriptor)
        raise StoreTrouble(
            f"Another `aitbar run` already works with this database ({path} is held). Stop that one first."
        )

    def close(self) -> None:
        os.close(self._descriptor)
