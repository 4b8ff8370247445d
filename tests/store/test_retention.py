"""What is deleted because its time is over, and what stays.

Promises:
1. Answers go the stated number of months after their wave ended and not a day earlier; every figure stays.
2. A wave that ended before its day was kept counts from the first day that is known.
3. Codes and proposals go when they have expired; contacts a month after their wave's end.
4. The log of acts, who got which summary, and waves that go on lose nothing; nothing here writes who took part or
   what waits.
5. A restored wave counts from the restore; the contact key stays with the database it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.core.cadence import DAY
from bot.store import Contact, Store, tables, tick
from bot.store.contacts import UNSENT_DAYS
from bot.store.proposals import PATIENCE, Proposals
from bot.store.retention import back
from tests.store.sample import START, kept, open_wave, rows, send_many
from tests.store.test_backup import bring_back, figures, save

ENDED = START.date() + timedelta(days=10)


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path / "old") as one:
        yield one


@pytest.fixture
def waves(store: Store) -> tuple[str, str]:
    """One that ended on the tenth day, with six answers released; one that goes on, with some as well."""
    over, going = open_wave(store), open_wave(store, survey="telling")
    send_many(store, over, range(7))
    send_many(store, going, range(20, 29))
    for day in range(9):
        tick_at(store, START + day * DAY)
    with store.transaction() as tx:
        tx.waves.close(over)
    for day in (9, 10):
        tick_at(store, START + day * DAY)
    return over, going


def tick_at(store: Store, moment: datetime) -> None:
    """One tick."""
    with store.transaction() as tx:
        tick(tx.waves, tx.desk, moment, UTC)


def clear(store: Store, today: date, months: int = 24) -> None:
    """What is due on a day."""
    with store.transaction() as tx:
        tx.clear(datetime(today.year, today.month, today.day, 12, tzinfo=UTC), today, months)


def count(store: Store, table: str, wave: str) -> int:
    """The rows of a wave."""
    number: int = rows(store, f"SELECT count(*) FROM {table} WHERE wave = '{wave}'")[0][0]  # noqa: S608
    return number


def put_open_answer(store: Store, wave: str, number: int) -> None:
    """An open answer of a released block."""
    with store.transaction() as tx:
        name = bytes([number]) * 16
        values = {"tid": name, "wave": wave, "block": 1, "question": "why", "sealed": b"sealed", "thash": name * 2}
        tx.connection.execute(insert(tables.opentext).values(**values))


def test_answers_go_after_their_months_and_not_a_day_earlier_and_no_figure_changes(
    store: Store, waves: tuple[str, str]
) -> None:
    over, going = waves
    put_open_answer(store, over, 1)
    put_open_answer(store, going, 2)
    released = count(store, "response", going)
    assert (count(store, "response", over), released > 0) == (6, True)
    before = figures(store)
    limit = ENDED.replace(year=ENDED.year + 2)
    clear(store, limit - timedelta(days=1))
    assert (count(store, "response", over), count(store, "opentext", over)) == (6, 1)
    clear(store, limit)
    assert (count(store, "response", over), count(store, "opentext", over)) == (0, 0)
    assert (count(store, "response", going), count(store, "opentext", going)) == (released, 1)
    assert figures(store) == before
    assert count(store, "block_count", over) > 0


def test_the_number_of_months_is_the_installations(store: Store, waves: tuple[str, str]) -> None:
    clear(store, back(ENDED, -1) - timedelta(days=1), months=1)
    assert count(store, "response", waves[0]) == 6
    clear(store, back(ENDED, -1), months=1)
    assert count(store, "response", waves[0]) == 0


def test_a_wave_whose_end_nobody_noted_counts_from_the_first_day_that_is_known(
    store: Store, waves: tuple[str, str]
) -> None:
    with store.transaction() as tx:
        tx.connection.execute(tables.wave.update().values(ended=None))
    long_after = ENDED + timedelta(days=3000)
    clear(store, long_after)
    assert count(store, "response", waves[0]) == 6
    assert rows(store, "SELECT ended FROM wave WHERE state = 'closed'") == [(long_after.isoformat(),)]
    assert rows(store, "SELECT ended FROM wave WHERE state = 'open'") == [(None,)]


def test_what_has_expired_goes_and_what_holds_stays(store: Store) -> None:
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    with store.transaction() as tx:
        for name, until in (("old", now - timedelta(seconds=1)), ("new", now)):
            row = insert(tables.claim_code).values(hash=name, until=until.isoformat(), tries_left=5)
            tx.connection.execute(row)
        for name, ago in (("old", 2 * PATIENCE), ("new", timedelta(0))):
            assert Proposals(tx.connection).make(name, "close", {}, "console", now - ago)
    clear(store, now.date())
    assert rows(store, "SELECT hash FROM claim_code") == [("new",)]
    assert rows(store, "SELECT id FROM proposal") == [("new",)]


def test_a_contact_that_could_not_be_written_to_goes_a_month_after_the_end(
    store: Store, waves: tuple[str, str]
) -> None:
    over, going = waves
    with store.transaction() as tx:
        tx.contacts.keep([(over, Contact(1, "ur")), (going, Contact(2, "ur")), ("no such wave", Contact(3, "ur"))])
    clear(store, ENDED + timedelta(days=UNSENT_DAYS))
    assert rows(store, "SELECT wave FROM contact ORDER BY wave") == sorted([(over,), (going,)])
    clear(store, ENDED + timedelta(days=UNSENT_DAYS + 1))
    assert rows(store, "SELECT wave FROM contact") == [(going,)]


def test_the_log_of_acts_and_who_got_which_summary_stay(store: Store, waves: tuple[str, str]) -> None:
    with store.transaction() as tx:
        tx.desk.note("console", "close", "a wave", START)
        assert tx.desk.claim_digest(waves[0], 42, "2026-W48", START)
    stay = ("audit", "digest", "block", "block_count", "ledger", "pool")

    def all_of_them() -> list[object]:
        return [rows(store, f"SELECT * FROM {table}") for table in stay]  # noqa: S608

    before = all_of_them()
    clear(store, ENDED + timedelta(days=3000))
    assert all_of_them() == before
    assert all(before)


def test_a_restored_wave_counts_from_the_restore_and_its_contact_key_is_kept_aside(
    store: Store, waves: tuple[str, str], tmp_path: Path, database: str
) -> None:
    if database != "sqlite":
        pytest.skip("a restore puts a file in place")
    with store.transaction() as tx:
        tx.contacts.keep([(waves[1], Contact(1, "ur"))])
    key = (tmp_path / "old" / "keys" / "contact.key").read_bytes()
    save(store, tmp_path / "backup")
    store.close()
    done = bring_back(tmp_path / "backup", tmp_path / "old", replace=True)
    assert done.keys_aside is not None
    assert (done.keys_aside / "contact.key").read_bytes() == key
    assert not (tmp_path / "old" / "keys" / "contact.key").exists()
    with kept(tmp_path / "old") as new:
        ends = dict(rows(new, "SELECT wave, ended FROM wave"))
        assert rows(new, "SELECT * FROM contact") == []
    assert ends == {waves[0]: ENDED.isoformat(), waves[1]: (START + 20 * DAY).date().isoformat()}


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_so_many_months_back_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    before = back(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day == day.day or (before + timedelta(days=1)).day == 1
