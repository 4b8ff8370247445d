"""The database: how it is opened, written by one thread, and scrubbed of the order of arrival.

It is a file of SQLite, or lies on a server of PostgreSQL; what differs there stands in `postgres.py`.

Laws:
1. Every write is one BEGIN IMMEDIATE transaction; a confirmed answer is committed with synchronous=FULL.
2. Deleted bytes leave the file and its WAL: VACUUM and a truncating checkpoint, whose returned row is read,
   because SQLite raises nothing when a reader keeps it busy.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from bot.store import postgres
from bot.store.tables import CORE
from bot.store.trouble import StoreTrouble

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


HOME = Path("data")
"""Where the bot's own files lie when the database is none."""


def open_engine(url: str, *, writes: bool = True) -> Engine:
    """An engine for this address, with the pragmas of this house on each connection to SQLite.

    One that never `writes` looks at the database as it was when its transaction began, and holds up nobody.
    """
    parsed = _parsed(url)
    if is_postgres(parsed):
        return _on_a_server(parsed, writes)
    if parsed.get_backend_name() != "sqlite":
        raise StoreTrouble(
            f"AITBAR_DATABASE_URL begins with '{parsed.get_backend_name()}', which Aitbar cannot use. "
            "Write sqlite:///data/aitbar.db, or postgresql+psycopg://user@host/database"
        )
    if parsed.database and parsed.database != ":memory:":
        make_folder(Path(parsed.database).parent)
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": 5})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate if writes else _begin)
    return engine


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise StoreTrouble("AITBAR_DATABASE_URL is no address. Write sqlite:///data/aitbar.db") from None


def is_postgres(url: str | URL) -> bool:
    """Whether the database lies on a server of PostgreSQL."""
    parsed = _parsed(url) if isinstance(url, str) else url
    return parsed.get_backend_name() == postgres.NAME


def _on_a_server(url: URL, writes: bool) -> Engine:
    try:
        return postgres.open_engine(url, writes=writes)
    except ModuleNotFoundError:
        raise StoreTrouble(
            "The driver for PostgreSQL is not installed. Install it beside Aitbar: pip install 'psycopg[binary]'"
        ) from None


def folder_of(url: str | URL) -> Path | None:
    """Where the database file lies, or the bot's own files beside a server; None for a database in memory."""
    parsed = _parsed(url) if isinstance(url, str) else url
    if is_postgres(parsed):
        return HOME
    no_file = parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:"
    return None if no_file else Path(str(parsed.database)).parent


def make_folder(folder: Path) -> None:
    """Make the folder of the database, or of the bot's own files; StoreTrouble says why it cannot be."""
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
    except (DBAPIError, sqlite3.Error) as error:
        raise StoreTrouble(_sentence(url, error)) from None


def _sentence(url: str, error: Exception) -> str:
    parsed = make_url(url)
    if isinstance(error, DBAPIError) and is_postgres(parsed):
        return postgres.sentence(error)
    if isinstance(error, OperationalError | sqlite3.OperationalError):
        return (
            f"The database {parsed.database} cannot be used ({_reason(error)}). "
            "Check that the disk is not full, that this user may write there, and that no other program holds it."
        )
    return (
        f"The file {parsed.database} is not a database of Aitbar, or is damaged ({_reason(error)}). "
        "Move it away, and restore a backup if you have one."
    )


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
        if is_postgres(engine.url):
            for table in CORE:
                postgres.sample_nothing(connection, table)
        connection.commit()


def _version(engine: Engine) -> str | None:
    """The version the tables have; Alembic itself is slow to load and seldom needed."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return version


def scrub(engine: Engine) -> bool:
    """Rewrite the file in key order and empty the WAL; False when somebody else was in the way."""
    if is_postgres(engine.url):
        return postgres.scrub(engine)
    # A cursor that is left open when a statement fails would be "in progress" until the memory is swept, and
    # nothing could be saved until then.
    with engine.connect() as connection, closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={SCRUB_PATIENCE}")
        try:
            cursor.execute("VACUUM")
            busy, _log, _done = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout']}")
        return not busy


def size(engine: Engine) -> int:
    """Bytes that a scrub writes anew: those of the database file; 0 in memory."""
    if is_postgres(engine.url):
        return postgres.size(engine)
    database = engine.url.database
    return Path(database).stat().st_size if database and os.path.exists(database) else 0  # noqa: PTH110


def is_empty(engine: Engine) -> bool:
    """True when nothing was ever kept here, so that a new server key harms nobody."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("wave"):
            return True
        return not connection.execute(text("SELECT count(*) FROM session")).scalar()
