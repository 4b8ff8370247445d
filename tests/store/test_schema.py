"""What may stand in the database at all.

Promises:
1. Every table is WITHOUT ROWID and none counts by itself, so that no order of arrival is kept.
2. No column of the tables that hold answers speaks of a time, a person or a machine.
3. The migrations make exactly the tables the program speaks of, and can be taken back.
4. Every connection has the pragmas of this house; a confirmed answer is written through to the disk.
5. A file that is no database, or a newer one, is said in a sentence.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from bot.store import Store, StoreTrouble
from bot.store.engine import MIGRATIONS
from bot.store.tables import CORE, METADATA
from tests.store.sample import kept, rows

FORBIDDEN = {"created", "updated", "at", "time", "date", "user", "chat", "ip", "stamp", "order", "seq"}
WANTED = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "temp_store": 2,  # MEMORY
    "auto_vacuum": 0,
    "trusted_schema": 0,
    "foreign_keys": 1,
    "busy_timeout": 5000,
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def test_no_table_remembers_the_order_of_arrival(store: Store) -> None:
    tables = dict(rows(store, "SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    assert "sqlite_sequence" not in tables
    ours = {name: sql for name, sql in tables.items() if name != "alembic_version"}
    assert set(ours) == set(METADATA.tables)
    assert [name for name, sql in ours.items() if "WITHOUT ROWID" not in sql] == []
    assert not any("AUTOINCREMENT" in sql for sql in tables.values())


@pytest.mark.parametrize("table", [table.name for table in CORE])
def test_no_column_beside_answers_speaks_of_a_time_or_a_person(store: Store, table: str) -> None:
    names = [name for (name,) in rows(store, f"SELECT name FROM pragma_table_info('{table}')")]  # noqa: S608
    words = {word for name in names for word in re.split(r"[_\W]", name)}
    assert names
    assert not words & FORBIDDEN
    assert not any(name == "rowid" for name in names)


def test_the_migrations_make_what_the_program_speaks_of(store: Store) -> None:
    with store.transaction() as tx:
        context = MigrationContext.configure(tx.connection)
        assert compare_metadata(context, METADATA) == []


def test_the_migrations_can_be_taken_back_and_done_again(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    for go_to, left in (("base", 0), ("head", 1)):
        with store.transaction() as tx:
            config.attributes["connection"] = tx.connection
            command.downgrade(config, go_to) if go_to == "base" else command.upgrade(config, go_to)
        assert rows(store, "SELECT count(*) FROM sqlite_master WHERE name = 'ledger'") == [(left,)]


def test_every_connection_has_the_pragmas_of_this_house(store: Store) -> None:
    for _ in range(3):
        store._engine.dispose()
        with store.transaction() as tx, store._engine.connect() as second:
            for connection in (tx.connection, second):
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                assert {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in WANTED} == WANTED


def test_a_scrub_leaves_the_patience_as_it_was(store: Store) -> None:
    assert store.scrub_now()
    with store._engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        assert raw.execute("PRAGMA busy_timeout").fetchone() == (5000,)


def test_a_transaction_holds_the_lock_from_its_beginning(store: Store, tmp_path: Path) -> None:
    with (
        store.transaction(),
        sqlite3.connect(tmp_path / "data" / "aitbar.db", timeout=0) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_second_run_on_the_same_file_is_refused_and_the_first_goes_on(store: Store, tmp_path: Path) -> None:
    with store.only_one():
        with kept(tmp_path) as other, pytest.raises(StoreTrouble, match="Another `aitbar run`"), other.only_one():
            pass
        with store.transaction() as tx:
            assert tx.waves.all() == []
    with store.only_one():
        pass


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "aitbar.db").write_text("these are notes, and no database\n" * 100)
    with pytest.raises(StoreTrouble, match=r"not a database of Aitbar, or is damaged"), kept(tmp_path):
        pass


def test_a_folder_in_the_place_of_the_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "data" / "aitbar.db").mkdir(parents=True)
    with pytest.raises(StoreTrouble, match=r"cannot be used"), kept(tmp_path):
        pass


def test_a_database_of_a_newer_version_is_said(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTrouble, match="newer version"), kept(tmp_path):
        pass


@pytest.mark.parametrize(
    ("url", "said"), [("nonsense", "is no address"), ("mysql://x/y", "begins with 'mysql'"), ("", "is no address")]
)
def test_an_address_that_cannot_be_used_is_said(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(StoreTrouble, match=said):
        Store(url, tmp_path / "keys", lambda _body: pytest.fail("nothing is read"))
