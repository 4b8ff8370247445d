"""The program on PostgreSQL as people meet it, killed again and again, and what lies in the server's files then.

1. Nothing that somebody saw confirmed is lost, and nobody is counted twice.
2. No form of anybody's id lies in the database, its log, the keys or the bot's own files. Under the wave's key an
   id gives a tag of the ledger while the wave is open, and nothing in the tables once it has ended.
3. After the last scrub ledger and pool have one `xmin` each (without it all are joined: `tests/store/`). No value
   of answers, pending or released, tells a moment within 36 hours.
4. The digest has in it whoever answered.
5. A second `aitbar run` on the same database is refused with a sentence, whether it would fetch or listen, and
   from wherever it is started; the first goes on.
6. Two processes that submit the same person's answers at the same moment submit them once.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.emulator.person import Person, Screen
from tests.blackbox import dumpscan
from tests.blackbox.dump import Table
from tests.blackbox.moments import Moments
from tests.faults.fire import counted, open_kill_wave, quick, under_fire
from tests.faults.races import races
from tests.postgres import Server, server
from tests.rig import TOKEN, Rig, free_port, id_of

pytestmark = pytest.mark.slow

KILLS = 3

RACES = int(os.environ.get("RACES", "50"))

LOOKED_FOR = 4
"""People whose ids are looked for, in every form: the scan of them all takes longer than the rest."""


def test_killed_again_and_again_it_loses_nothing_and_leaves_no_id(tmp_path: Path) -> None:
    pg = server()
    url = pg.url(tmp_path)
    with quick(tmp_path, AITBAR_DATABASE_URL=url) as rig:
        wave = open_kill_wave(rig)
        crowd = asyncio.run(under_fire(rig, wave, KILLS, 20261123))
        assert rig.stop_bot() == 0
        counts = counted(rig, crowd, KILLS)
        print(counts)
        assert counts.harm == 0
        assert counts.people > 0

        with closing(psycopg.connect(url.replace("+psycopg", ""))) as database:
            assert _of(database, "SELECT count(DISTINCT xmin::text) FROM pool") == 1
            assert _of(database, "SELECT count(DISTINCT xmin::text) FROM ledger") == 1
            ledger = _of(database, f"SELECT pg_relation_filenode('ledger_{wave}')")
            index = _of(database, f"SELECT pg_relation_filenode('ledger_{wave}_pkey')")
        _tell_no_moment(rig.rows("pool"), rig.rows("ledger"))
        folders = [pg.data / "pg_wal", *(rig.folder / name for name in ("data", "keys", "logs"))]
        ids = [id_of(one.number) for one in crowd[:LOOKED_FOR]]
        keys = dumpscan.read_keys(rig.folder / "keys")
        tables = _tables(pg, url)
        for id in ids:
            assert dumpscan.find(dumpscan.plain_forms(id), [*folders, tables]) == []
            where = {hit.rsplit(" ", 1)[1] for hit in dumpscan.find(dumpscan.keyed_forms(id, keys), [tables])}
            assert where == {str(ledger), str(index)}, "said in docs/security.md, L1"

        rig.console("wave", "close", wave, "--yes")
        start = datetime.now(UTC)
        for days in (1, 2):
            rig.tick(start + timedelta(days=days))
        tables = _tables(pg, url)
        for id in ids:
            assert dumpscan.find(dumpscan.keyed_forms(id, keys), [tables]) == [], "not even with a copied key"
        assert rig.rows("ledger") == rig.rows("pool") == rig.rows("session") == []
        assert len(rig.rows("response")) == counts.people
        _tell_no_moment(rig.rows("response"), rig.rows("block"), rig.rows("block_count"))
        assert rig.digest(wave)["n"] == counts.people // 5 * 5
        assert "should not" not in rig.log.read_text()


def test_a_second_run_on_the_same_database_is_refused_wherever_it_is_started(tmp_path: Path) -> None:
    url = server().url(tmp_path)
    with quick(tmp_path, AITBAR_DATABASE_URL=url) as rig:
        wave = open_kill_wave(rig)
        rig.start_bot()
        elsewhere = {"AITBAR_DATABASE_URL": url, "AITBAR_TELEGRAM_API_URL": rig.url}
        port = free_port()
        listens = {
            "AITBAR_WEBHOOK_URL": f"http://127.0.0.1:{port}/aitbar",
            "AITBAR_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        }
        for name, more in (("fetches", {}), ("listens", listens)):
            second = Rig(tmp_path / name, **elsewhere, **more)
            said = second.console("run", code=1)
            assert "Another `aitbar run` already works with this database" in said
            assert "Traceback" not in said
        assert rig.sim(f"/bot{TOKEN}/getWebhookInfo")["result"]["url"] == "", "nor did it take the updates away"

        async def answers() -> None:
            async with rig.person(1, "en") as person:
                await person.start(wave)
                assert "First question" in (await _agreed(person)).last.text

        asyncio.run(answers())
        assert not rig.bot_died()
        assert rig.stop_bot() == 0


async def _agreed(person: Person) -> Screen:
    await person.press("English")
    return await person.press("Yes, I agree")


def test_two_processes_that_submit_the_same_person_at_once_submit_once(tmp_path: Path) -> None:
    counts = races(tmp_path, RACES, seed=20261124, url=server().url(tmp_path))
    print(counts)
    assert counts.harm == 0
    assert counts.confirmed == counts.people == RACES


def _tell_no_moment(*tables: list[dict[str, Any]]) -> None:
    moments = Moments([time.time()])  # the test lasts a minute, and what counts is within 36 hours
    for rows in tables:
        assert rows
        values = tuple(tuple(row.values()) for row in rows)
        assert moments.told_in(Table("found", "", tuple(rows[0]), values, row_numbers=False)) == []


def _of(database: psycopg.Connection[tuple[int, ...]], query: str) -> int:
    row = database.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _tables(pg: Server, url: str) -> Path:
    """The folder of the files of this database, all of them written."""
    with closing(pg.owner(url)) as owner:
        owner.execute("CHECKPOINT")
        row = owner.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return pg.data / "base" / str(row[0])
