"""What is different on PostgreSQL: how it is opened, written by one at a time, scrubbed of the order of arrival.

Laws:
1. Every write takes the same advisory lock first, so writers follow one another as they do on SQLite.
2. PostgreSQL writes beside each row which transaction made it (`xmin`), and one transaction makes the mark of the
   ledger and the answers in the pool: that joins them. So the scrub writes both anew, each wave in one transaction
   and in random order, and a release does so with what it leaves behind.
3. What it deletes stays in its own log (`pg_wal`) until that is used up; nothing here can promise more.
4. It samples what tables hold for its planner, and keeps the sample: of columns with answers or marks it may not.
5. No error says the address of the database, its user or its password.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import DDL, URL, Connection, Engine, LargeBinary, NullPool, Table, Text, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store import tables as t
from bot.store.trouble import StoreTrouble

NAME = "postgresql"

WRITING, RUNNING = 0x6169_7462_0001, 0x6169_7462_0002
"""The advisory locks of this program, which are a database's own: the writer's, and that of `aitbar run`."""

PATIENCE, SCRUB_PATIENCE = 5_000, 250
"""Milliseconds that a write, and a scrub, wait for others."""

TRIES, BETWEEN_TRIES = 20, 0.05

OCCUPIED = "Another `aitbar run` already works with this database. Stop that one first."

LOCK_NOT_AVAILABLE = "55P03"

PER_WAVE = (t.ledger, t.pool)
"""In a partition for each wave: what the transaction of a submission writes."""

MIXED = (t.session, t.invite, t.contact)
"""Written anew by the scrub as well: their `xmin` would tell the order in which people came."""

EMPTIED = (t.response, t.opentext)
"""Written in random order at a release; what people take back afterwards leaves a hole that must be emptied."""

SAFE_SETTINGS = {
    "archive_mode": (("off",), "copies of the log are kept, and in them every answer with its moment"),
    "track_commit_timestamp": (("off",), "the moment of every submission is kept"),
    "wal_level": (("minimal", "replica"), "another server can be sent each submission as it comes"),
    "autovacuum": (("on",), "deleted rows stay in the files"),
    "log_statement": (("none", "ddl"), "statements are written into the server's log, with their moment"),
    "log_min_duration_statement": (("-1",), "statements are written into the server's log, with what they say"),
    "log_min_duration_sample": (("-1",), "statements are written into the server's log, with what they say"),
    "log_transaction_sample_rate": (("0",), "statements are written into the server's log, with what they say"),
    "log_parameter_max_length_on_error": (("0",), "what a failed statement said is written into the server's log"),
}
"""Settings of the server, the values that are safe, and what another value does."""


_WAIT = text("SELECT set_config('lock_timeout', :milliseconds, false)")
_WAIT_IN_THIS = text("SELECT set_config('lock_timeout', :milliseconds, true)")
_WRITE_ALONE = text("SELECT pg_advisory_xact_lock(cast(:lock AS bigint))")
_RUN_ALONE = text("SELECT pg_try_advisory_lock(cast(:lock AS bigint))")
_RUN_NO_MORE = text("SELECT pg_advisory_unlock(cast(:lock AS bigint))")
_SETTING = text("SELECT current_setting(:name, true)")


# -- opening ----------------------------------------------------------------------------------------------


def open_engine(url: URL, *, writes: bool) -> Engine:
    """An engine that tries each connection before it uses it, since a server may have been restarted.

    One that never `writes` looks at the database as it was when its transaction began, and holds up nobody.
    """
    if writes:
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "begin", _begin)
    else:
        engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
        event.listen(engine, "begin", _begin_reading)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.execute("SELECT set_config('lock_timeout', %s, false)", (str(PATIENCE),))
    connection.execute("SET synchronous_commit = on")
    connection.commit()


def _begin(connection: Connection) -> None:
    patience = connection.get_execution_options().get("patience", PATIENCE)
    connection.execute(_WAIT_IN_THIS, {"milliseconds": str(patience)})
    connection.execute(_WRITE_ALONE, {"lock": WRITING})


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


class RunLock:
    """The lock of `aitbar run`. It belongs to a connection, so it is taken again when the writer has to connect
    anew: the server was restarted, and another may have been first. Raises StoreTrouble then.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._own = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._held: Connection | None = None
        for _ in range(TRIES):  # the server may not have noticed yet that a process was killed
            if self._take():
                event.listen(engine, "connect", self._look)
                return
            time.sleep(BETWEEN_TRIES)
        raise StoreTrouble(OCCUPIED)

    def _take(self) -> bool:
        connection = self._own.connect()
        if connection.execute(_RUN_ALONE, {"lock": RUNNING}).scalar():
            connection.exec_driver_sql(
                "SELECT set_config('idle_session_timeout', '0', false) "
                "WHERE current_setting('idle_session_timeout', true) IS NOT NULL"
            )  # it does nothing for days
            self._held = connection
            return True
        connection.close()
        return False

    def _look(self, _connection: Any, _record: Any) -> None:
        if self._held is not None:
            try:
                self._held.exec_driver_sql("SELECT 1")
                return
            except DBAPIError:
                self._held.invalidate()
                self._held.close()
                self._held = None
        if not self._take():
            raise StoreTrouble(OCCUPIED)

    def close(self) -> None:
        """Let go of it."""
        if event.contains(self._engine, "connect", self._look):
            event.remove(self._engine, "connect", self._look)
        if self._held is not None:
            # A server notices only after a moment that a connection has closed: the lock is given back first.
            with suppress(DBAPIError):
                self._held.execute(_RUN_NO_MORE, {"lock": RUNNING})
            self._held.close()
        self._own.dispose()


def is_running(connection: Connection) -> bool:
    """Whether `aitbar run` works with this database."""
    query = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :high AND objid = :low "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return bool(connection.execute(query, {"high": RUNNING >> 32, "low": RUNNING & 0xFFFF_FFFF}).scalar())


# -- what went wrong --------------------------------------------------------------------------------------

UNREACHABLE = (
    "The database server cannot be reached, or does not let this program in. Check that it runs, and that "
    "AITBAR_DATABASE_URL names its address, database, user and password."
)


def sentence(error: DBAPIError) -> str:
    """What an operator can do about it; nothing of what the server said, which may hold its address or a value."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None or error.connection_invalidated:
        return UNREACHABLE
    return (
        f"The database server refused ({type(error.orig).__name__}, SQLSTATE {state}). Check that its disk is not "
        "full, that the user of AITBAR_DATABASE_URL owns the database, and that no other program holds it."
    )


# -- partitions -------------------------------------------------------------------------------------------


def add_wave(connection: Connection, wave: str) -> None:
    """Make the partitions of a wave that opens; on SQLite there are none."""
    if connection.dialect.name != NAME:
        return
    for table in PER_WAVE:
        part = _part(table, wave)
        # A wave is letters and digits, so it is its own literal.
        _named(
            connection,
            "CREATE TABLE %(part)s PARTITION OF %(name)s FOR VALUES IN ('%(wave)s')",
            table.name,
            part,
            wave=wave,
        )
        sample_nothing(connection, table, part)


def drop_wave(connection: Connection, wave: str) -> None:
    """Drop the partitions of a wave that is over, files and all; on SQLite there are none."""
    if connection.dialect.name != NAME:
        return
    for table in PER_WAVE:
        _named(connection, "DROP TABLE IF EXISTS %(name)s", _part(table, wave))


def sample_nothing(connection: Connection, table: Table, name: str | None = None) -> None:
    """Keep the planner from copying answers and marks into its own table (pg_statistic)."""
    for column in table.columns:
        if isinstance(column.type, LargeBinary | Text):
            where = name or table.name
            _named(connection, "ALTER TABLE %(name)s ALTER COLUMN %(part)s SET STATISTICS 0", where, column.name)


def _part(table: Table, wave: str) -> str:
    if not (wave.isascii() and wave.isalnum()):
        raise ValueError("a wave is named by letters and digits")  # it becomes part of a statement
    return f"{table.name}_{wave}"


# -- the scrub --------------------------------------------------------------------------------------------


def mix(connection: Connection, wave: str) -> None:
    """Write the ledger and the pool of a wave anew in random order, in this transaction; on SQLite nothing."""
    if connection.dialect.name == NAME:
        _mix(connection, (_part(table, wave) for table in PER_WAVE))


def scrub(engine: Engine) -> bool:
    """Erase what joins and what orders; False when somebody else was in the way."""
    try:
        for wave in _waves(engine):
            with engine.connect().execution_options(patience=SCRUB_PATIENCE) as connection, connection.begin():
                mix(connection, wave)
        with engine.connect().execution_options(patience=SCRUB_PATIENCE) as connection, connection.begin():
            _mix(connection, (table.name for table in MIXED))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(_WAIT, {"milliseconds": str(SCRUB_PATIENCE)})
            try:
                for table in EMPTIED:
                    _named(connection, "VACUUM FULL %(name)s", table.name)
            finally:
                connection.execute(_WAIT, {"milliseconds": str(PATIENCE)})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def size(engine: Engine) -> int:
    """Bytes of the tables that a scrub writes anew."""
    query = text(
        "SELECT sum(pg_total_relation_size(relid)) FROM (SELECT unnest(cast(:names AS regclass[])) AS relid "
        "UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = ANY(cast(:names AS regclass[]))) AS found"
    )
    names = [table.name for table in (*PER_WAVE, *MIXED, *EMPTIED)]
    with engine.connect() as connection:
        return int(connection.execute(query, {"names": names}).scalar() or 0)


def _waves(engine: Engine) -> list[str]:
    first = PER_WAVE[0].name
    query = text(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = cast(:name AS regclass)"
    )
    with engine.connect() as connection:
        return [name.removeprefix(f"{first}_") for name in connection.execute(query, {"name": first}).scalars()]


def _mix(connection: Connection, names: Iterable[str]) -> None:
    """Copy tables out, empty them and write all rows back: each row bears this transaction's number then.

    `names` are our own. What TRUNCATE empties gets new files, the indexes and the long values beside it too.
    """
    for name in names:
        _named(connection, "CREATE TEMPORARY TABLE mixing ON COMMIT DROP AS TABLE %(name)s", name)
        _named(connection, "TRUNCATE %(name)s", name)
        _named(connection, "INSERT INTO %(name)s SELECT * FROM mixing ORDER BY gen_random_uuid()", name)
        connection.exec_driver_sql("DROP TABLE mixing")


def _named(connection: Connection, statement: str, name: str, part: str = "", **more: str) -> None:
    """Run a statement on tables of ours. Names cannot be bound as values are: they are quoted."""
    quote = connection.dialect.identifier_preparer.quote
    context = {"name": quote(name), "part": quote(part), **more}
    connection.execute(DDL(statement, context))  # type: ignore[no-untyped-call] # the library has no types here


# -- the server's settings --------------------------------------------------------------------------------


def weaknesses(connection: Connection) -> list[tuple[str, str]]:
    """What of the server's settings keeps more than this house wants, and what to do about each."""
    found = []
    for name, (safe, harm) in SAFE_SETTINGS.items():
        value = connection.execute(_SETTING, {"name": name}).scalar()
        if value is not None and value not in safe:
            found.append((f"{name} is {value}: {harm}", f"Set {name} = {safe[0]} in postgresql.conf."))
    if slots := connection.exec_driver_sql("SELECT count(*) FROM pg_replication_slots").scalar():
        found.append(
            (f"{slots} replication slots keep the log of all that was deleted", "Drop them, or do without.")
        )
    if not connection.exec_driver_sql(
        "SELECT inet_client_addr() IS NULL OR inet_client_addr() <<= inet '127.0.0.0/8' "
        "OR inet_client_addr() = inet '::1' OR (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())"
    ).scalar():
        found.append(("the connection to the server is not encrypted", "Add ?sslmode=verify-full to the address."))
    return found
