"""Small installations played inside this process, with seeded chance, and the leaks that can be planted in them.

What runs is the store, the turn and the tick of the program itself; only the network is left out. What comes out
is an image: copies of data, keys and logs as somebody finds them who takes the server at that moment.
"""

from __future__ import annotations

import asyncio
import base64
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from unittest import mock

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from telegram.ext import PicklePersistence

from bot import nature
from bot.chat.identity import who
from bot.core.events import Sent
from bot.core.flow import REVIEW, Place
from bot.core.survey import Answer
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.store import Contact, Store, Terms, engine, tick
from bot.turn import Grip, Held, take
from tests.blackbox.crowd import souls
from tests.blackbox.dump import database_in
from tests.blackbox.truth import Soul, Truth

SURVEY = Path(__file__).parent / "crowd.yaml"
CELL = "woman"
STEP = 8

ROW_NUMBERS = "a table with row numbers"
CREATED_AT = "a column created_at"
PERSISTENCE = "a file of PicklePersistence"
JOB_STORE = "the job store of APScheduler"
NOT_SECURE = "secure_delete off"
NOT_TRUNCATED = "no truncating checkpoint"
LEAKS = (ROW_NUMBERS, CREATED_AT, PERSISTENCE, JOB_STORE, NOT_SECURE, NOT_TRUNCATED)


class Seeded(nature.Nature):
    """Chance that repeats, so that a measurement of chance never fails by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"nature {seed}")


@dataclass(frozen=True)
class Way:
    """How a world is made: which leaks are planted, and whether the scrub runs whole."""

    leaks: tuple[str, ...] = ()
    vacuum: bool = True
    k: int = 5
    leave: int = 2


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder that is quick to write: in memory where the machine has that."""
    shared = Path("/dev/shm")  # noqa: S108 - made by tempfile, readable by its owner alone
    with tempfile.TemporaryDirectory(prefix="aitbar-world-", dir=shared if shared.is_dir() else None) as name:
        yield Path(name)


class World:
    """One installation with one open wave, and its truth."""

    def __init__(self, folder: Path, seed: int, people: int, way: Way) -> None:
        self.folder, self.way = folder, way
        self.chance = random.Random(f"world {seed}")
        self.truth = Truth(seed, k=way.k, souls=souls(seed, people))
        self._secrets: dict[int, bytes] = {}
        (folder / "data").mkdir(parents=True)
        (folder / "logs").mkdir()
        database_in(folder / "data").write_bytes(_migrated())
        if ROW_NUMBERS in way.leaks or CREATED_AT in way.leaks:
            self._remake_tables()
        self.store = Store(f"sqlite:///{database_in(folder / 'data')}", folder / "keys", pinned)
        self.store.prepare()
        self.now = datetime.now(UTC)
        with self.store.transaction() as tx:
            steward = self.chance.randbytes(32)  # any 32 bytes are a public key of X25519
            terms = Terms(k=way.k, leave_behind=way.leave, steward_key=steward)
            self.truth.wave = tx.waves.open(_document(), terms, self.now)

    # -- people ---------------------------------------------------------------------------------------

    def begin(self, soul: Soul) -> None:
        """Somebody comes to the end of the questions and has not sent the answers."""
        with self.store.transaction() as tx:
            wave = tx.waves.get(self.truth.wave)
            assert wave is not None
            tag = who(soul.id).tag(tx.keys.wave(wave.id), soul.slot)
            secret = tx.vault.begin(wave.id, tag)
            own: dict[str, Answer] = {"marker": soul.marker, "words": soul.words}
            answers: dict[str, Answer] = {"gender": CELL, **own, "fourth": "a", "fifth": "b", "sixth": "c"}
            place = Place("en", REVIEW, STEP, answers)
            tx.vault.seal(secret, wave.id, wave.survey.version, tag, place, self.now.date())
        self._secrets[soul.number] = secret
        soul.secrets.append(base64.urlsafe_b64encode(secret).rstrip(b"=").decode())
        soul.state, soul.started = "open", nature.wall()

    def send(self, soul: Soul) -> None:
        """Somebody sends the answers, as a tap on the last button does."""
        secret = self._secrets[soul.number]
        with self.store.transaction() as tx:
            take(tx, who(soul.id), Held(Grip(secret, soul.slot), Sent(code=True, step=STEP)), datetime.now(UTC))
            soul.receipt = tx.vault.receipt(secret)
        soul.state, soul.sent = "sent", nature.wall()

    def answer(self, some: Iterable[Soul]) -> None:
        """These people answer, a few at a time, in a random order of beginning and another of sending."""
        begun: list[Soul] = []
        for soul in some:
            self.begin(soul)
            begun.append(soul)
            while begun and self.chance.random() < 0.5:
                self.send(begun.pop(self.chance.randrange(len(begun))))
        while begun:
            self.send(begun.pop(self.chance.randrange(len(begun))))
        self.scrub()

    def withdraw(self, soul: Soul) -> None:
        """Somebody takes the answers back with the code."""
        with self.store.transaction() as tx:
            assert tx.vault.withdraw(soul.receipt)
        soul.state = "withdrawn"
        self.scrub()

    def hear(self, some: Sequence[Soul]) -> None:
        """These people want to hear of the result: written at a daily tick, all together."""
        wished = [(self.truth.wave, Contact(soul.id, "en")) for soul in some]
        with self.store.transaction() as tx:
            tx.contacts.keep(wished)
        for soul in some:
            soul.contact = True

    # -- time -----------------------------------------------------------------------------------------

    def days(self, number: int) -> None:
        """So many daily ticks, each with its scrub."""
        for _ in range(number):
            self.now += timedelta(days=1)
            self.truth.ticks.append(self.now.timestamp())
            with self.store.transaction() as tx:
                tick(tx.waves, tx.desk, self.now, UTC)
            self.scrub()

    def scrub(self) -> None:
        """As the program does it, unless the way says otherwise."""
        if self.way.vacuum and NOT_TRUNCATED not in self.way.leaks:
            assert self.store.scrub_now()
            return
        with sqlite3.connect(database_in(self.folder / "data")) as database:
            database.execute("PRAGMA wal_autocheckpoint=0")
            if self.way.vacuum:
                database.execute("VACUUM")
            if NOT_TRUNCATED not in self.way.leaks:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    # -- what is found --------------------------------------------------------------------------------

    def image(self, name: str = "image") -> Path:
        """Copies of data, keys and logs, as they lie at this moment; with what was planted beside them."""
        target = self.folder / name
        for part in ("data", "keys", "logs"):
            shutil.copytree(self.folder / part, target / part)
        if PERSISTENCE in self.way.leaks:
            asyncio.run(_persist(target / "data" / "bot.pickle", self.truth.souls))
        if JOB_STORE in self.way.leaks:
            _schedule(database_in(target / "data"), self.truth.souls)
        return target

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    def _remake_tables(self) -> None:
        """The tables of answers as a careless hand would have made them."""
        with sqlite3.connect(database_in(self.folder / "data")) as database:
            for table in ("ledger", "pool", "response"):
                (sql,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
                if ROW_NUMBERS in self.way.leaks:
                    sql = sql.replace("WITHOUT ROWID", "")
                elif table != "ledger":
                    head, _, rest = sql.partition("(")
                    sql = f"{head}(created_at TEXT DEFAULT CURRENT_TIMESTAMP, {rest}"
                database.execute(f"DROP TABLE {table}")
                database.execute(sql)
        database.close()


@contextmanager
def world(seed: int, people: int, way: Way | None = None) -> Iterator[World]:
    """A world with chance of its own; its folder goes with it."""
    way = way or Way()
    pragmas = dict(engine.PRAGMAS)
    if NOT_SECURE in way.leaks:
        pragmas["secure_delete"] = "OFF"
    if NOT_TRUNCATED in way.leaks:
        pragmas["wal_autocheckpoint"] = "0"
    with (
        folder_in_memory() as folder,
        nature.replaced(Seeded(seed)),
        mock.patch.object(engine, "PRAGMAS", pragmas),
    ):
        made = World(folder / "home", seed, people, way)
        try:
            yield made
        finally:
            made.close()


@cache
def _document() -> dict[str, object]:
    return load(SURVEY).document


@cache
def _migrated() -> bytes:
    """An empty database with all tables, made once a process."""
    with folder_in_memory() as folder:
        store = Store(f"sqlite:///{folder / 'aitbar.db'}", folder / "keys", pinned)
        store.prepare()
        store.scrub_now()
        store.close()
        return (folder / "aitbar.db").read_bytes()


async def _persist(path: Path, some: Sequence[Soul]) -> None:
    """What a bot leaves that lets its library remember people."""
    persistence: PicklePersistence[dict[str, int], dict[str, int], dict[str, int]] = PicklePersistence(path)
    for soul in some:
        await persistence.update_user_data(soul.id, {"marker": soul.marker})
    await persistence.flush()


def _schedule(database: Path, some: Sequence[Soul]) -> None:
    """What a bot leaves that has a library remember whom it reminds when."""
    jobs = SQLAlchemyJobStore(f"sqlite:///{database}")
    scheduler = BackgroundScheduler(jobstores={"default": jobs}, timezone=UTC)
    scheduler.start(paused=True)
    for soul in some:
        scheduler.add_job(print, "date", run_date=datetime.now(UTC) + timedelta(hours=20), args=[soul.id])
    scheduler.shutdown()
    jobs.engine.dispose()
