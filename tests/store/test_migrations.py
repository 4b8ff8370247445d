"""Revisions of the database: data survives each, there and back.

1. Every revision keeps what lay in the tables it does not drop, and its way back restores what was there.
2. The harness can see: a revision that loses rows fails it.
3. A first start that is killed or fails at any write leaves a folder in which the next start succeeds.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, event, inspect, select
from sqlalchemy.types import Integer, LargeBinary

from bot.store.engine import MIGRATIONS, NEWEST
from tests.faults.fire import quick
from tests.faults.shim import KILL, Shim, needs_a_compiler

ROWS = 5
EVERY = int(os.environ.get("MIGRATION_STEP", "25"))
"""Every so-manieth write of a first start is tried; 1 tries them all."""

REVISIONS = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v*.py"))

Rows = dict[str, list[dict[str, object]]]


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_survives_a_revision_there_and_back(tmp_path: Path, revision: str) -> None:
    survives(tmp_path, MIGRATIONS, revision)


def test_the_harness_sees_a_revision_that_loses_rows(tmp_path: Path) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    later = f"{int(NEWEST) + 1:04}"
    lines = (
        "from alembic import op",
        f"revision, down_revision = {later!r}, {NEWEST!r}",
        "def upgrade() -> None: op.execute('DELETE FROM pool')",
        "def downgrade() -> None: pass",
    )
    (scripts / "versions" / f"v{later}_careless.py").write_text("\n".join(lines))
    with pytest.raises(AssertionError, match="pool"):
        survives(tmp_path, scripts, later)


def survives(folder: Path, scripts: Path, revision: str) -> None:
    """Load data, upgrade, check, downgrade, check, and the way up once more."""
    engine = create_engine(f"sqlite:///{folder}/aitbar.db")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        if revision != "0001":
            command.upgrade(config, f"{revision}-1")
        _load(connection)
        before = _rows(connection)
        command.upgrade(config, revision)
        _agree(before, _rows(connection))
        _load(connection, first=ROWS)
        command.downgrade(config, f"{revision}-1" if revision != "0001" else "base")
        _agree(before, _rows(connection))
        command.upgrade(config, revision)
        _agree(before, _rows(connection))
        connection.commit()
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()


def _load(connection: Connection, first: int = 0) -> None:
    """A few rows in every table, different in every column."""
    for table in _tables(connection).sorted_tables:
        for number in range(first, first + ROWS):
            values: dict[str, object] = {}
            for column in table.columns:
                if isinstance(column.type, Integer):
                    values[column.name] = number
                elif isinstance(column.type, LargeBinary):
                    values[column.name] = bytes([number]) * 16
                else:
                    values[column.name] = f"{column.name} {number}"
            connection.execute(table.insert().values(values))


def _rows(connection: Connection) -> Rows:
    tables = _tables(connection).sorted_tables
    return {t.name: [dict(row) for row in connection.execute(select(t)).mappings()] for t in tables}


def _tables(connection: Connection) -> MetaData:
    known = MetaData()
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    if names:
        known.reflect(connection, only=names)
    return known


def _agree(before: Rows, after: Rows) -> None:
    """Every row of before is there, as far as its columns are."""
    for table, rows in before.items():
        if table not in after or not rows:
            continue
        for row in rows:
            assert any(
                all(found[name] == value for name, value in row.items() if name in found) for found in after[table]
            ), f"a row of {table} is lost"


# -- interrupted --------------------------------------------------------------------------------------------


@pytest.mark.slow
@needs_a_compiler
def test_a_first_start_that_breaks_off_anywhere_can_be_repeated(tmp_path: Path) -> None:
    with quick(tmp_path) as rig:
        shim = Shim(tmp_path / "shim", tmp_path / "data", tmp_path / "keys")
        rig.env.update(shim.env)

        def start() -> int:
            return rig.start("wave", "list").wait(60)

        def anew() -> None:
            for name in ("data", "keys"):
                shutil.rmtree(tmp_path / name, ignore_errors=True)

        assert start() == 0
        changes = shim.changes
        for number in range(1, changes + 1, EVERY):
            for how, code in ((KILL, -signal.SIGKILL), (errno.EIO, 1), (errno.ENOSPC, 1)):
                anew()
                shim.fail_at(number, how)
                ended = start()
                assert ended in (code, 0), "a write that does not matter may fail"
                assert ended == code or how != KILL
                shim.well()
                assert start() == 0, f"the next start after {how} at change {number}"
                assert [row["version_num"] for row in rig.rows("alembic_version")] == [NEWEST]
                rig.rows("pool")
        assert "should not" not in rig.log.read_text(), "each failure is explained in a sentence"
        print(f"every {EVERY}th of {changes} writes of a first start")
