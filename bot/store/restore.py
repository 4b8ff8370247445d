"""A backup comes back: as the database of an installation that has none, or in place of one that is kept aside.

Laws:
1. The database in place is the old one or the new one at every moment, never half of either and never none. On a
   server it is written into an empty one, since what lies there cannot be kept aside from here.
2. Nobody who took part in a wave before can take part in it again without being known: its ledger and key are
   gone, so it is closed. It may go on as a new wave, with a new key.
3. Answers that people took back since the backup are taken back again, as far as the old database tells.
4. The keys in place belong to the new database alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from bot.store import Store, Transaction, disk, postgres
from bot.store import tables as t
from bot.store.backup import (
    DATABASE,
    KEPT,
    BackupTrouble,
    Manifest,
    copy_rows,
    count_rows,
    read_manifest,
    settle,
)
from bot.store.engine import HOME, is_postgres, migrate, open_engine
from bot.store.keys import Keys
from bot.store.waves import SurveyReader, Wave

CONSOLE = "console"

RESTORED = "restored"
"""The mark from which the bot tells coordinators what became of their waves."""

LOGS = ("-wal", "-shm", "-journal")
"""What SQLite writes beside a database."""


@dataclass(frozen=True)
class Ended:
    """A wave that was open when the backup was written: closed now, and perhaps going on as another."""

    wave: str
    survey: str
    goes_on_as: str | None


@dataclass(frozen=True)
class Restored:
    """What a restore did. `unsure`: waves of which nobody knows who took answers back since."""

    manifest: Manifest
    ended: tuple[Ended, ...]
    unsure: tuple[str, ...]
    aside: Path | None
    keys_aside: Path | None
    unbroken: bool


def database_file(url: str) -> Path:
    """The file of the database. Raises BackupTrouble where there is none."""
    name = make_url(url).database
    if not name or name == ":memory:":
        raise BackupTrouble("AITBAR_DATABASE_URL names no file to restore into. Write sqlite:///data/aitbar.db")
    return Path(name)


def is_there(url: str) -> bool:
    """Whether there is a database already that can be kept aside; on a server there is none."""
    return not is_postgres(url) and database_file(url).exists()


def restore(
    url: str,
    keys_folder: Path,
    read: SurveyReader,
    folder: Path,
    now: datetime,
    *,
    continue_waves: bool = False,
    replace: bool = False,
) -> Restored:
    """Put the backup in `folder` in place. With `replace` a database that is there is kept aside first.

    Raises BackupTrouble where that cannot be done, StoreTrouble while the bot is running; then all is as it was.
    """
    if is_postgres(url):
        return _onto_a_server(url, keys_folder, read, folder, now, continue_waves)
    manifest = read_manifest(folder)
    target, keys = database_file(url), Keys(keys_folder)
    there, old_keys = target.exists(), keys.files()
    if there and not replace:
        raise BackupTrouble(f"There is a database already: {target}. With --yes it is kept aside.")
    store = Store(url, keys_folder, read)
    with closing(store), store.only_one(), _held(target) as old:
        keys.make_folder()
        beside = target.parent / ".restore.unfinished"
        disk.clear(beside)
        disk.make_folder(beside)
        fresh = beside / DATABASE
        disk.copy(folder / DATABASE, fresh)
        ended, unsure, unbroken, own = _prepare(fresh, manifest, keys, read, old, now, continue_waves)
        aside = keys_aside = None
        if there:
            stamp = f"before-restore-{now:%Y%m%dT%H%M%SZ}"
            aside, keys_aside = target.parent / stamp, keys_folder / stamp
            _keep_aside(target, aside, old_keys, keys_aside)
        for log in LOGS:
            disk.remove(target.with_name(target.name + log))
        disk.place(fresh, target)
    disk.clear(beside)
    _renew(keys, ended, own)
    return Restored(manifest, ended, unsure, aside, keys_aside, unbroken)


def _renew(keys: Keys, ended: Sequence[Ended], organisations: Sequence[str]) -> None:
    """Leave the keys of the new database alone, all of them new but those of waves that go on."""
    keys.renew_server()
    keys.destroy_contact()
    for one in keys.organisations():
        keys.destroy_organisation(one)
    for one in organisations:
        keys.make_organisation(one)
    going_on = {one.goes_on_as for one in ended}
    for wave in keys.waves():
        if wave not in going_on:
            keys.destroy_wave(wave)


# -- a server of PostgreSQL -------------------------------------------------------------------------------


def _onto_a_server(
    url: str, keys_folder: Path, read: SurveyReader, folder: Path, now: datetime, continue_waves: bool
) -> Restored:
    """Write the backup into an empty database of a server, in one transaction: nothing there is replaced."""
    manifest, keys = read_manifest(folder), Keys(keys_folder)
    store = Store(url, keys_folder, read)
    with closing(store), store.only_one():
        store.migrate()
        with store.reading() as there:
            if any(count_rows(there, (table.name for table in t.METADATA.sorted_tables)).values()):
                raise BackupTrouble(
                    "There is a database already. Make an empty one on the server (createdb), name it in "
                    "AITBAR_DATABASE_URL, then restore; the old one stays as it is."
                )
        keys.make_folder()
        beside = HOME / ".restore.unfinished"
        disk.clear(beside)
        disk.make_folder(beside)
        fresh = beside / DATABASE
        disk.copy(folder / DATABASE, fresh)
        ended, unsure, unbroken, own = _prepare(fresh, manifest, keys, read, None, now, continue_waves)
        prepared = open_engine(f"sqlite:///{fresh}")
        with prepared.begin() as source, store.transaction() as target:
            copy_rows(source, target.connection, (*KEPT, t.mark))
            for one in ended:
                if one.goes_on_as is not None:
                    postgres.add_wave(target.connection, one.goes_on_as)
        prepared.dispose()
        disk.clear(beside)
    _renew(keys, ended, own)
    return Restored(manifest, ended, unsure, None, None, unbroken)


# -- the old database -------------------------------------------------------------------------------------


@contextmanager
def _held(target: Path) -> Iterator[sqlite3.Connection | None]:
    """The database in place, whole in one file and shut to everybody else; None where it cannot be read."""
    if not target.exists():
        yield None
        return
    old = sqlite3.connect(target, isolation_level=None, timeout=5)
    try:
        yield old if _shut(old, target) else None
    finally:
        with suppress(sqlite3.Error):
            old.close()


def _shut(old: sqlite3.Connection, target: Path) -> bool:
    try:
        old.execute("PRAGMA journal_mode=DELETE")  # empties the log; refused while anybody else is there
        old.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupTrouble(
                f"The database {target} is in use. Stop what works with it, then restore."
            ) from None
        return False
    except sqlite3.DatabaseError:
        return False  # damaged: kept aside as it is
    return True


def _keep_aside(target: Path, aside: Path, old_keys: Sequence[Path], keys_aside: Path) -> None:
    disk.make_folder(aside)
    disk.make_folder(keys_aside)
    for path in old_keys:
        disk.copy(path, keys_aside / path.name)
    disk.sync(keys_aside)
    for name in (target.name, *(target.name + log for log in LOGS)):
        path = target.with_name(name)
        if path.exists():
            disk.keep(path, aside / name)
    disk.sync(target.parent)


# -- the new database -------------------------------------------------------------------------------------


def _prepare(
    fresh: Path,
    manifest: Manifest,
    keys: Keys,
    read: SurveyReader,
    old: sqlite3.Connection | None,
    now: datetime,
    continue_waves: bool,
) -> tuple[tuple[Ended, ...], tuple[str, ...], bool, tuple[str, ...]]:
    """Turn the copy of the backup into what shall stand in place. Returns what ended, of which waves nobody knows
    who took answers back, whether the log is whole, and which keys its organisations need."""
    if disk.sha256(fresh) != manifest.sha256:
        raise BackupTrouble("The backup is damaged: its database is not the one that its manifest describes.")
    engine = open_engine(f"sqlite:///{fresh}")
    try:
        _verify(engine, manifest)
        migrate(engine)
        with engine.begin() as connection:
            tx = Transaction(connection, keys, read)
            unbroken = tx.desk.broken() is None
            unsure = _withdraw_again(connection, old)
            ended = tuple(_end(tx, wave, now, continue_waves) for wave in tx.waves.all() if wave.state != "closed")
            _note(tx, manifest, ended, unsure, now)
            own = tuple(tx.organisations.keys())
        settle(engine)
    finally:
        engine.dispose()
    disk.sync(fresh)
    return ended, unsure, unbroken, own


def _verify(engine: Engine, manifest: Manifest) -> None:
    try:
        with engine.connect() as connection:
            sound = connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            sound = sound and count_rows(connection, manifest.rows) == manifest.rows
    except DatabaseError:
        sound = False
    if not sound:
        raise BackupTrouble("The backup is damaged: its database does not hold what its manifest says.")


def _withdraw_again(connection: Connection, old: sqlite3.Connection | None) -> tuple[str, ...]:
    """Delete what the same block no longer holds in the old database; returns the waves it knows nothing of.

    Blocks never change: an answer that the backup holds and the old database does not was taken back since.
    """
    unsure: dict[str, None] = {}
    for name, hash, asked in HASHED:
        table, left = t.METADATA.tables[name], _released(old, asked)
        (key,) = table.primary_key.columns
        gone: list[bytes] = []
        for row in connection.execute(select(table).order_by(table.c.wave, table.c.block)).mappings():
            there = left.get((row["wave"], row["block"]))
            if there is None:
                unsure[row["wave"]] = None
            elif row[hash] not in there:
                gone.append(row[key.name])
        for one in gone:
            connection.execute(delete(table).where(key == one))
    return tuple(unsure)


HASHED = (
    (t.response.name, "rhash", "SELECT wave, block, rhash FROM response"),
    (t.opentext.name, "thash", "SELECT wave, block, thash FROM opentext"),
)
"""The tables of released answers, the hash that a code finds, and how an old database is asked for it."""


def _released(old: sqlite3.Connection | None, asked: str) -> dict[tuple[str, int], set[bytes]]:
    """The hashes of each block of the old database; of none, where it cannot be read."""
    if old is None:
        return {}
    try:
        left: dict[tuple[str, int], set[bytes]] = {
            (w, no): set() for w, no in old.execute("SELECT wave, no FROM block")
        }
        for wave, block, hash in old.execute(asked):
            left[wave, block].add(hash)
    except (sqlite3.Error, KeyError):
        return {}
    return left


def _end(tx: Transaction, wave: Wave, now: datetime, continue_waves: bool) -> Ended:
    """Close a wave; an open one may go on as a new one, with the same survey, terms and readers."""
    over = {"state": "closed", "ticks_left": None, "paused": 0, "ended": now.date().isoformat()}
    tx.connection.execute(update(t.wave).where(t.wave.c.wave == wave.id).values(**over))
    if not continue_waves or wave.state != "open":
        return Ended(wave.id, wave.survey.id, None)
    query = select(t.definition.c.body).join(t.wave, t.wave.c.definition == t.definition.c.hash)
    body = tx.connection.execute(query.where(t.wave.c.wave == wave.id)).scalar_one()
    new = tx.waves.open(json.loads(body), replace(wave.terms, starts_until=wave.until), now)
    for one in tx.desk.subscriptions():
        if one.wave == wave.id:
            tx.desk.subscribe(one.chat, new, one.cadence, now)
    return Ended(wave.id, wave.survey.id, new)


def _note(
    tx: Transaction, manifest: Manifest, ended: tuple[Ended, ...], unsure: tuple[str, ...], now: datetime
) -> None:
    """Into the log of acts, and for the bot to tell."""
    became = [f"{one.wave} closed" + (f", goes on as {one.goes_on_as}" if one.goes_on_as else "") for one in ended]
    tx.desk.note(CONSOLE, "restore", "; ".join([f"backup of {manifest.day}", *became]), now)
    notice = {
        "day": manifest.day,
        "closed": [one.wave for one in ended if one.goes_on_as is None],
        "continued": [one.goes_on_as for one in ended if one.goes_on_as is not None],
        "unsure": bool(unsure),
        "chats": [who.chat for who in tx.desk.coordinators()],
    }
    tx.desk.write_mark(RESTORED, json.dumps(notice))
