"""The database file: how it is opened, written by one thread, and scrubbed of the order of arrival.

Laws:
1. Every write is one BEGIN IMMEDIATE transaction; a confirmed answer is committed with synchronous=FULL.
2. Deleted bytes leave the file and its WAL: VACUUM and a truncating checkpoint, whose returned row is read,
   because SQLite raises nothing when a reader keeps it busy.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
    "auto_vacuum": "NONE",
    "trusted_schema": "OFF",
    "foreign_keys": "ON",
    "busy_timeout": "5000",
}
"""Set on every connection; the reason for each stands in docs/security.md."""

SCRUB_PATIENCE = 250
"""Milliseconds a scrub waits for others: it holds up every answer meanwhile, and is tried again soon."""

MIGRATIONS = Path(__file__).parent / "migrations"

NEWEST = max(path.name for path in (MIGRATIONS / "versions").glob("v*.py"))[1:5]
"""The newest version: files are named v0001_..., v0002_..."""


class StoreTrouble(Exception):
    """The database cannot be used; the text says why and what to do."""


def open_engine(url: str, *, writes: bool = True) -> Engine:
    """An engine for an SQLite address, with the pragmas of this house on each connection.

    One that never `writes` looks at the database as it was when its transaction began, and holds up nobody.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        raise StoreTrouble(
            f"AITBAR_DATABASE_URL begins with '{parsed.get_backend_name()}', which this version cannot use. "
            "Write sqlite:///data/aitbar.db"
        )
    if parsed.database and parsed.database != ":memory:":
        _make_folder(Path(parsed.database).parent)
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 5})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate if writes else _begin)
    return engine


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise StoreTrouble("AITBAR_DATABASE_URL is no address. Write sqlite:///data/aitbar.db") from None


def folder_of(url: str | URL) -> Path | None:
    """Where the database file lies; None when there is none: in memory, or on a server of its own."""
    parsed = _parsed(str(url)) if isinstance(url, str) else url
    no_file = parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:"
    return None if no_file else Path(str(parsed.database)).parent


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreTrouble(
            f"The folder {folder} for the database cannot be made ({error.strerror}). "
            "Choose another with AITBAR_DATABASE_URL, or give this user the right to write there."
        ) from None


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what the database driver raises into one sentence an operator can act upon."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        raise StoreTrouble(
            f"The database {make_url(url).database} cannot be used ({_reason(error)}). "
            "Check that the disk is not full, that this user may write there, and that no other program holds it."
        ) from None
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise StoreTrouble(
            f"The file {make_url(url).database} is not a database of Aitbar, or is damaged ({_reason(error)}). "
            "Move it away, and restore a backup if you have one."
        ) from None


def _reason(error: Exception) -> object:
    return getattr(error, "orig", None) or error


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version, in one transaction a step."""
    if _version(engine) == NEWEST:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StoreTrouble(
                f"The database {engine.url.database} was written by a newer version of Aitbar. Install that one."
            ) from None
        connection.commit()


def _version(engine: Engine) -> str | None:
    """The version the tables have; Alembic itself is slow to load and seldom needed."""
    with engine.connect() as connection:
        known = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name='alembic_version'"))
        if not known.scalar():
            return None
        version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return version


def scrub(engine: Engine) -> bool:
    """Rewrite the file in key order and empty the WAL; False when somebody else was in the way."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            return False
        raw.execute(f"PRAGMA busy_timeout={SCRUB_PATIENCE}")
        try:
            raw.execute("VACUUM")
            busy, _log, _done = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            return False
        finally:
            raw.execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout']}")
        return not busy


def size(engine: Engine) -> int:
    """Bytes of the database file; 0 in memory."""
    database = engine.url.database
    return Path(database).stat().st_size if database and os.path.exists(database) else 0  # noqa: PTH110


def is_empty(engine: Engine) -> bool:
    """True when nothing was ever kept here, so that a new server key harms nobody."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name='wave'")).scalar()
        if not tables:
            return True
        return not connection.execute(text("SELECT count(*) FROM session")).scalar()
