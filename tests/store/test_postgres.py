"""PostgreSQL as the store: what holds there as on SQLite, and what is weaker.

Promises:
1. One transaction writes mark and answers, so `xmin` joins them (shown: all); after the scrub each table of a
   wave has one `xmin`, and the order in which twenty people of one cell answered is nowhere.
2. A release leaves what stays behind with one `xmin`, in its own transaction; a wave that ends leaves no tables.
3. What people take back is gone from the tables' files after the scrub; it is still in `pg_wal` (shown), and the
   planner keeps no sample of it.
4. Nothing of an open interview can be read in the server's files; the tables count nothing and know no time.
5. Writers follow one another; a look sees one moment and writes nothing; what fails alone is undone alone.
6. A reader in the way holds the scrub up, and is reported; a second `aitbar run` is refused, also after the server
   was restarted; a connection that was cut is made anew.
7. No sentence names the server, its user or its password.
8. Settings of the server that keep more than they should are named.
9. The same content gives the same backup as on SQLite, and comes back; into a database with rows it does not.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from itertools import combinations
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from bot import nature
from bot.core import roles
from bot.core.cadence import DAY
from bot.core.flow import REVIEW, Place
from bot.store import Store, StoreTrouble, engine, postgres, tick
from bot.store.backup import BackupTrouble, back_up
from bot.store.restore import restore
from bot.store.tables import CORE, METADATA
from tests.postgres import Server, server
from tests.store import sample
from tests.store.sample import START, begin, kept, open_wave, read, rows, send_many, tag_of
from tests.store.test_schema import FORBIDDEN
from tests.store.test_scrub import marked

PEOPLE = 20
SEEDS = 10
DEVIATION = 0.16 / SEEDS**0.5  # of the share of concordant pairs of one shuffled twenty: sqrt((2n+5)/(18 n(n-1)))


@pytest.fixture
def pg(monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with the databases of `kept` on it."""
    one = server()
    monkeypatch.setattr(sample, "address", one.url)
    return one


@pytest.fixture
def store(pg: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.chdir(tmp_path)
    with kept(tmp_path) as one:
        yield one


def one(store: Store, query: str) -> int:
    """The one number of a query."""
    number: int = rows(store, query)[0][0]
    return number


def xmins(store: Store, table: str) -> list[int]:
    """How many transactions are written beside the rows of each wave."""
    query = f"SELECT count(DISTINCT xmin::text) FROM {table} GROUP BY wave"  # noqa: S608
    return [number for (number,) in rows(store, query)]


JOINED = """
    SELECT count(*) FROM pool JOIN ledger ON pool.xmin::text = ledger.xmin::text
    WHERE pool.xmin::text IN (SELECT xmin::text FROM pool GROUP BY 1 HAVING count(*) = 1)
"""
"""The people whose answers one number joins to their mark."""

ARRIVAL = "SELECT body FROM pool ORDER BY ctid"
ORDER_OF_XMIN = "SELECT body FROM pool ORDER BY xmin::text::bigint, ctid"


def concordant(store: Store, query: str) -> float:
    """The share of pairs that lie in the order in which they came."""
    bodies = [body for (body,) in rows(store, query)]
    places = [next(i for i, body in enumerate(bodies) if f"{n:04}x" in body) for n in range(PEOPLE)]
    pairs = list(combinations(places, 2))
    return sum(a < b for a, b in pairs) / len(pairs)


def twenty(store: Store, wave: str) -> None:
    """Twenty people of one cell send, one after the other."""
    for number in range(PEOPLE):
        send_many(store, wave, range(number, number + 1), marked(number))


def days(store: Store, first: int, last: int) -> None:
    """Daily ticks, without the scrub that follows them in life."""
    for day in range(first, last + 1):
        with store.transaction() as tx:
            tick(tx.waves, tx.desk, START + day * DAY, UTC)


# -- what joins and what orders ---------------------------------------------------------------------------


def test_every_submission_is_joined_before_the_scrub_and_none_after_it(store: Store) -> None:
    first, second = open_wave(store), open_wave(store)
    twenty(store, first)
    send_many(store, second, range(7))
    assert one(store, JOINED) == PEOPLE + 7, "the yardstick: all of them"
    assert store.scrub_now()
    assert xmins(store, "pool") == xmins(store, "ledger") == [1, 1]
    assert one(store, JOINED) == 0
    assert (one(store, "SELECT count(*) FROM pool"), one(store, "SELECT count(*) FROM ledger")) == (27, 27)


def test_an_open_interview_is_joined_to_its_mark_until_the_scrub(store: Store) -> None:
    wave = open_wave(store)
    for person in range(5):
        with store.transaction() as tx:
            begin(tx, wave, person)
    join = "SELECT count(*) FROM session JOIN ledger ON session.xmin::text = ledger.xmin::text"
    assert one(store, join) == 5
    assert store.scrub_now()
    assert one(store, join) == 0
    assert xmins(store, "session") == [1]


def test_the_last_use_of_a_code_is_joined_to_a_mark_until_the_scrub(store: Store) -> None:
    wave = open_wave(store, invited=True)
    with store.transaction() as tx:
        found = tx.waves.get(wave)
        assert found is not None
        code = tx.invites.make(found, "School", 10, 5, sample.TODAY)
    with store.transaction() as tx:
        assert tx.invites.take(wave, code, sample.TODAY)
        begin(tx, wave, 1)
    join = "SELECT count(*) FROM invite JOIN ledger ON invite.xmin::text = ledger.xmin::text"
    assert one(store, join) == 1
    assert store.scrub_now()
    assert one(store, join) == 0


def test_the_order_of_arrival_is_erased(store: Store) -> None:
    before: list[float] = []
    shares: dict[str, list[float]] = {ARRIVAL: [], ORDER_OF_XMIN: [], "SELECT body FROM pool": []}
    for _ in range(SEEDS):
        wave = open_wave(store)
        twenty(store, wave)
        before.append(concordant(store, ARRIVAL))
        assert store.scrub_now()
        for query, found in shares.items():
            found.append(concordant(store, query))
        with store.transaction() as tx:
            tx.waves.close(wave)
            tx.connection.exec_driver_sql("UPDATE wave SET ticks_left = 1 WHERE state = 'closing'")
            tx.waves.daily(START.date())
    assert sum(before) / SEEDS == 1.0, "the yardstick: as they came"
    for found in shares.values():
        assert abs(sum(found) / SEEDS - 0.5) < 4 * DEVIATION


def test_what_a_release_leaves_behind_is_written_anew_with_it(store: Store) -> None:
    wave = open_wave(store, leave_behind=3)
    send_many(store, wave, range(12))
    days(store, 1, 6)
    send_many(store, wave, range(20, 24))
    assert xmins(store, "pool") == [5], "the last tick's, and each newcomer's"
    days(store, 7, 7)
    assert one(store, "SELECT count(*) FROM pool") == 7
    assert xmins(store, "pool") == xmins(store, "ledger") == xmins(store, "response") == [1]
    assert one(store, JOINED) == 0


def test_a_wave_that_is_over_leaves_neither_tables_nor_rows(store: Store, pg: Server) -> None:
    wave, other = open_wave(store), open_wave(store)
    send_many(store, wave, range(7))
    send_many(store, other, range(50, 52))
    with store.transaction() as tx:
        begin(tx, wave, 40)
        tx.waves.close(wave)
    days(store, 1, 2)
    assert store.scrub_now()
    names = set(inspect(store._engine).get_table_names())
    assert {f"ledger_{other}", f"pool_{other}"} <= names
    assert not {f"ledger_{wave}", f"pool_{wave}"} & names
    assert one(store, f"SELECT count(*) FROM ledger WHERE wave = '{wave}'") == 0  # noqa: S608
    assert found_in(pg, store, tag_of(3)) == [], "the files of its tables are gone as well"
    assert found_in(pg, store, tag_of(51)) != [], "the scan finds one of the wave that goes on"


# -- what is left in the files ----------------------------------------------------------------------------


def found_in(pg: Server, store: Store, needle: bytes, folder: str = "base") -> list[str]:
    """The server's files, once all of them are written, in which these bytes stand."""
    with closing(pg.owner(store._url)) as owner:
        owner.execute("CHECKPOINT")
        number = owner.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert number is not None
    place = pg.data / folder / (str(number[0]) if folder == "base" else "")
    return [path.name for path in place.iterdir() if path.is_file() and needle in path.read_bytes()]


def test_what_is_taken_back_leaves_the_tables_but_not_the_log(store: Store, pg: Server) -> None:
    wave = open_wave(store, leave_behind=0)
    released = send_many(store, wave, range(8))
    days(store, 1, 7)
    pending = send_many(store, wave, range(20, 22))
    for receipt, table in ((released[0], "response"), (pending[0], "pool")):
        needle = hashlib.sha256(receipt.encode()).digest()  # what stands in a row and tells it from all others
        assert needle in [row[0] for row in rows(store, f"SELECT rhash FROM {table}")]  # noqa: S608
        with store.transaction() as tx:
            assert tx.vault.withdraw(receipt)
        assert found_in(pg, store, needle) != [], "the scan sees"
        assert store.scrub_now()
        assert found_in(pg, store, needle) == []
        assert found_in(pg, store, needle, "pg_wal") != [], "L3: until the log is used up"


def test_nothing_of_an_open_interview_can_be_read(store: Store, pg: Server) -> None:
    wave = open_wave(store)
    words = [nature.token(12).hex() for _ in range(6)]
    for person, word in enumerate(words[:5]):
        with store.transaction() as tx:
            begin(tx, wave, person, Place("en", REVIEW, answers={**marked(person), "met": word}))
    send_many(store, wave, range(7, 8), {**marked(7), "met": words[5]})
    for folder in ("base", "pg_wal"):
        assert [word for word in words if found_in(pg, store, word.encode(), folder)] == [words[5]]


def test_the_planner_keeps_no_sample_of_answers_and_marks(store: Store, pg: Server) -> None:
    wave = open_wave(store)
    send_many(store, wave, range(12))
    with store.transaction() as tx:
        begin(tx, wave, 40)
    with closing(pg.owner(store._url)) as owner:
        owner.execute("ANALYZE")
        sampled = {
            (str(table).removesuffix(f"_{wave}"), column)
            for table, column in owner.execute(
                "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public'"
            )
        }
    assert ("pool", "dwell") in sampled, "there are samples"
    secret = {(table.name, column.name) for table in CORE for column in table.columns if column.name != "wave"}
    harmless = {
        "done",
        "expiry_day",
        "cell",
        "dwell",
        "first",
        "block",
        "no",
        "node",
        "n",
        "burst",
        "question",
        "code",
    }
    assert {(table, column) for table, column in sampled & secret if column not in harmless} == set()


def test_the_tables_count_nothing_and_speak_of_no_time_or_person(store: Store) -> None:
    assert one(store, "SELECT count(*) FROM pg_class WHERE relkind = 'S'") == 0, "no sequence"
    for table in CORE:
        names = sample.column_names(store, table.name)
        assert not {word for name in names for word in re.split(r"[_\W]", name)} & FORBIDDEN
    kinds = rows(store, "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_schema = 'public'")
    assert {kind for (kind,) in kinds} == {"character varying", "text", "integer", "bigint", "bytea"}


# -- transactions -----------------------------------------------------------------------------------------


def test_a_writer_waits_for_another_and_says_so_when_it_takes_too_long(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PATIENCE", 100)
    with (
        store.transaction(),
        pytest.raises(StoreTrouble, match="LockNotAvailable"),
        store.transaction(),
    ):
        pass
    with store.transaction() as tx:
        assert tx.waves.all() == []


def test_a_look_sees_one_moment_and_writes_nothing(store: Store) -> None:
    wave = open_wave(store)
    with store.reading() as look:
        assert look.exec_driver_sql("SELECT count(*) FROM ledger").scalar() == 0
        send_many(store, wave, range(2))
        assert look.exec_driver_sql("SELECT count(*) FROM ledger").scalar() == 0
    with pytest.raises(StoreTrouble, match="ReadOnlySqlTransaction"), store.reading() as look:
        look.exec_driver_sql("DELETE FROM ledger")
    assert one(store, "SELECT count(*) FROM ledger") == 2


def test_what_fails_in_a_savepoint_is_undone_alone(store: Store) -> None:
    with store.transaction() as tx:
        tx.desk.write_mark("one", "1")
        with pytest.raises(ZeroDivisionError), tx.savepoint():
            tx.desk.write_mark("two", "2")
            raise ZeroDivisionError
        tx.desk.write_mark("three", "3")
    assert rows(store, "SELECT name FROM mark ORDER BY name") == [("one",), ("three",)]


def test_a_reader_in_the_way_is_reported_and_the_scrub_works_after_it(store: Store) -> None:
    send_many(store, open_wave(store), range(3))
    with store.reading() as look:
        look.exec_driver_sql("SELECT count(*) FROM pool").scalar()
        assert not store.scrub_now()
    assert store.scrub_now()
    assert xmins(store, "pool") == [1]


def test_a_large_store_is_scrubbed_by_the_calendar_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send_many(store, open_wave(store), range(3))
    monkeypatch.setattr("bot.store.SCRUB_LIMIT", engine.size(store._engine) - 1)
    assert store.scrub_now(whatever_size=False)
    assert xmins(store, "pool") == [3]
    assert store.scrub_now(whatever_size=True)
    assert xmins(store, "pool") == [1]


# -- a server that comes and goes -------------------------------------------------------------------------


def test_a_second_run_is_refused_and_the_first_goes_on(store: Store, tmp_path: Path) -> None:
    with store.only_one():
        with kept(tmp_path) as other, pytest.raises(StoreTrouble, match="Another `aitbar run`"), other.only_one():
            pass
        with store.transaction() as tx:
            assert postgres.is_running(tx.connection)
    with store.transaction() as tx:
        assert not postgres.is_running(tx.connection)
    with store.only_one():
        pass


def test_after_a_restart_of_the_server_all_goes_on_and_a_second_run_is_still_refused(tmp_path: Path) -> None:
    pg = Server(server().binaries)  # one of its own: others need theirs
    url = pg.url(tmp_path)
    store = Store(url, tmp_path / "keys", read)
    try:
        store.prepare()
        with store.only_one():
            wave = open_wave(store)
            pg.stop()
            with pytest.raises(StoreTrouble, match="cannot be reached") as refused, store.transaction():
                pass
            assert str(pg.home) not in str(refused.value)
            pg.start()
            send_many(store, wave, range(2))
            with (
                closing(Store(url, tmp_path / "keys", read)) as other,
                pytest.raises(StoreTrouble, match="Another `aitbar run`"),
                other.only_one(),
            ):
                pass
        assert one(store, "SELECT count(*) FROM pool") == 2
    finally:
        store.close()
        pg.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://somebody:hunter2@127.0.0.1:1/thebase",
        "postgresql://somebody:hunter2@nosuch.invalid/thebase",
        "postgresql+psycopg://somebody:hunter2@127.0.0.1:1/thebase?nosuchoption=1",
    ],
)
def test_no_sentence_names_the_server_its_user_or_its_password(tmp_path: Path, url: str) -> None:
    with (
        pytest.raises(StoreTrouble, match="AITBAR_DATABASE_URL") as refused,
        closing(Store(url, tmp_path, read)) as store,
    ):
        store.prepare()
    for word in ("somebody", "hunter2", "127.0.0.1", "nosuch", "thebase"):
        assert word not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_driver_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(StoreTrouble, match="psycopg"):
        Store("postgresql://x/y", tmp_path, read)


# -- the server's settings --------------------------------------------------------------------------------


def test_settings_that_keep_more_than_they_should_are_named(store: Store, pg: Server) -> None:
    assert store.weaknesses() == []
    name = store._url.partition("@/")[2].partition("?")[0]
    for statement in ("SET log_min_duration_statement = 0", "SET log_statement = 'all'"):
        pg.do(f"ALTER DATABASE {name} {statement}")
    store._engine.dispose()
    found = " ".join(what for what, _ in store.weaknesses())
    assert "log_min_duration_statement is 0" in found
    assert "log_statement is all" in found


def test_archives_commit_moments_and_slots_are_named(tmp_path: Path) -> None:
    pg = Server(
        server().binaries,
        archive_mode="on",
        archive_command="true",
        track_commit_timestamp="on",
        wal_level="logical",
        autovacuum="off",
    )
    try:
        pg.do("SELECT pg_create_physical_replication_slot('kept', true)")
        engine_ = engine.open_engine(pg.url(tmp_path), writes=False)
        with engine_.connect() as connection:
            found = [what.split()[0] for what, _ in postgres.weaknesses(connection)]
        engine_.dispose()
    finally:
        pg.close()
    assert found == ["archive_mode", "track_commit_timestamp", "wal_level", "autovacuum", "1"]


# -- migrations and backups -------------------------------------------------------------------------------


def test_the_migrations_make_what_the_program_speaks_of_and_can_be_taken_back(store: Store) -> None:
    with store.transaction() as tx:
        found = compare_metadata(MigrationContext.configure(tx.connection), METADATA)
    assert {change[1].table.name for change in found} <= {"pool"}, "where `rhash` is unique within a wave"
    config = Config()
    config.set_main_option("script_location", str(engine.MIGRATIONS))
    for go_to, left in (("base", False), ("head", True)):
        with store.transaction() as tx:
            config.attributes["connection"] = tx.connection
            command.downgrade(config, go_to) if go_to == "base" else command.upgrade(config, go_to)
        assert inspect(store._engine).has_table("ledger") is left


def moved(source: Path, store: Store) -> None:
    """Put all rows of a file of SQLite onto the server."""
    with closing(sqlite3.connect(source)) as file, store.transaction() as tx:
        for (wave,) in file.execute("SELECT wave FROM wave WHERE state != 'closed'"):
            postgres.add_wave(tx.connection, wave)
        for table in METADATA.sorted_tables:
            names = [column.name for column in table.columns]
            found = file.execute(f"SELECT {', '.join(names)} FROM {table.name}").fetchall()  # noqa: S608
            if found:
                tx.connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in found])


def test_the_same_content_gives_the_same_backup_and_comes_back(
    pg: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sample, "address", lambda folder: f"sqlite:///{folder}/data/aitbar.db")
    with kept(tmp_path / "file") as file:
        wave = open_wave(file)
        send_many(file, wave, range(9))
        days(file, 1, 8)
        send_many(file, wave, range(20, 22))
        with file.transaction() as tx:
            tx.desk.admit(7_040_000_000_000, roles.OWNER, "en", START)
            tx.desk.note("console", "open", f"wave {wave}", START)
            figures = tx.waves.published(wave).as_json()
        with file.reading() as look:
            back_up(look, tmp_path / "of the file", START.date(), "1")
    monkeypatch.setattr(sample, "address", pg.url)
    with kept(tmp_path / "server") as one:
        moved(tmp_path / "file" / "data" / "aitbar.db", one)
        with one.reading() as look:
            back_up(look, tmp_path / "of the server", START.date(), "1")
        backups = [tmp_path / name / "aitbar.db" for name in ("of the file", "of the server")]
        assert backups[0].read_bytes() == backups[1].read_bytes()
        with pytest.raises(BackupTrouble, match="empty one on the server"):
            restore(one._url, tmp_path / "server" / "keys", read, tmp_path / "of the file", START)

    url, keys = pg.url(tmp_path / "new"), tmp_path / "new" / "keys"
    done = restore(url, keys, read, tmp_path / "of the server", START, continue_waves=True)
    (ended,) = done.ended
    with kept(tmp_path / "new") as new:
        with new.transaction() as tx:
            assert tx.waves.published(wave).as_json() == figures
            assert [(found.id, found.state) for found in tx.waves.all() if found.id == wave] == [(wave, "closed")]
        assert ended.goes_on_as is not None
        send_many(new, ended.goes_on_as, range(3))
        assert new.scrub_now()
        assert new.keys.waves() == [ended.goes_on_as]
