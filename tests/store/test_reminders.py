"""Which reminders are due, and who takes the next one.

Promises:
1. Each number goes once to each who chose that part of the day, however many take lines and who stops half-way;
   nobody is written to twice, and what was taken is never taken again.
2. Nothing is due in the quiet hours, before the first number, when nobody may begin any more, or in a wave whose
   survey has no reminders. A number lower than one that was begun is never sent.
3. A row that is gone is passed over. Nothing of ledger, session or pool is read.
4. With the wave's end rows and marks go; who asked for the result stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.core.cadence import DAY
from bot.core.reminders import AFTERNOON, EVENING, MORNING
from bot.store import Contact, Reminder, Store, tick
from tests.store.sample import START, kept, open_wave, rows

HOUR = DAY / 24
NINE = START.replace(hour=9)  # the day of the opening
PARTS = {MORNING: 9, AFTERNOON: 13, EVENING: 18}


def at(day: int, hour: int) -> datetime:
    """That hour, so many days after the opening."""
    return NINE + day * DAY + (hour - 9) * HOUR


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def reminding(store: Store, people: dict[int, int], result: bool = False) -> str:
    """A wave whose people chose these parts of the day."""
    wave = open_wave(store, survey="reminding")
    with store.transaction() as tx:
        tx.contacts.keep((wave, Contact(chat, "ur", result, part)) for chat, part in people.items())
    return wave


def due(store: Store, moment: datetime) -> list[Reminder]:
    """What is due."""
    with store.transaction() as tx:
        return tx.reminders.due(moment, UTC)


def take(store: Store, reminder: Reminder, most: int = 99) -> list[int]:
    """Take lines, as a sender would, at most so many; returns the chats."""
    chats: list[int] = []
    while len(chats) < most:
        with store.transaction() as tx:
            found = tx.reminders.next(reminder)
        if found is None:
            break
        with store.transaction() as tx:
            if tx.reminders.claim(reminder, found.cid):
                assert found.contact is not None
                chats.append(found.contact.chat)
    return chats


@settings(max_examples=12, deadline=None)
@given(
    st.dictionaries(st.integers(7_000_000_000, 7_000_000_040), st.sampled_from(sorted(PARTS)), max_size=12),
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([7, 9, 13, 18, 22]), st.integers(0, 5)), max_size=14),
)
def test_nobody_gets_a_number_twice_and_nobody_another_part_of_the_day(
    people: dict[int, int], ticks: list[tuple[int, int, int]]
) -> None:
    with TemporaryDirectory() as folder, kept(Path(folder)) as store:
        reminding(store, people)
        got: Counter[tuple[int, int]] = Counter()
        for day, hour, most in ticks:  # in any order: clocks go back, senders are killed after a few lines
            for reminder in due(store, at(day, hour)):
                assert PARTS[reminder.part] == hour
                assert reminder.number <= min(2, day // 2)
                for chat in take(store, reminder, most):
                    assert people[chat] == reminder.part
                    got[chat, reminder.number] += 1
        assert set(got.values()) <= {1}


def test_everybody_gets_each_number_once(store: Store) -> None:
    people = {chat: sorted(PARTS)[chat % 3] for chat in range(9)}
    wave = reminding(store, people)
    got: list[tuple[int, int]] = []
    for day in range(7):
        for hour in PARTS.values():
            for reminder in due(store, at(day, hour)):
                got += [(reminder.number, chat) for chat in take(store, reminder)]
    assert sorted(got) == sorted((number, chat) for number in (1, 2) for chat in people)
    assert {row[0] for row in rows(store, "SELECT wave FROM reminder")} == {wave}


def test_two_who_send_together_send_once(store: Store) -> None:
    reminding(store, {1: MORNING})
    (reminder,) = due(store, at(2, 9))
    with store.transaction() as tx:
        first, second = tx.reminders.next(reminder), tx.reminders.next(reminder)
        assert first is not None and second is not None
        assert [tx.reminders.claim(reminder, one.cid) for one in (first, second)] == [True, False]


def test_a_row_that_is_gone_is_passed_over_and_the_others_are_not(store: Store) -> None:
    reminding(store, {1: MORNING, 2: MORNING})
    (reminder,) = due(store, at(2, 9))
    with store.transaction() as tx:
        found = tx.reminders.next(reminder)
        assert found is not None and found.contact is not None
        tx.contacts.forget(found.contact.chat, reminders_only=True)
        assert not tx.reminders.claim(reminder, found.cid)
    assert take(store, reminder) == [3 - found.contact.chat]


@pytest.mark.parametrize(("day", "hour"), [(1, 9), (2, 7), (2, 21), (8, 9)])
def test_nothing_is_due_too_early_at_night_or_when_nobody_may_begin(store: Store, day: int, hour: int) -> None:
    reminding(store, {1: MORNING})
    assert due(store, at(day, hour)) == []


def test_nothing_is_due_where_the_survey_does_not_remind(store: Store) -> None:
    open_wave(store)
    assert due(store, at(2, 9)) == []


def test_it_reads_nothing_that_knows_who_answered(store: Store) -> None:
    read: list[str] = []
    reminding(store, {1: MORNING})

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        read.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    for reminder in due(store, at(2, 9)):
        assert take(store, reminder) == [1]
    event.remove(store._engine, "before_cursor_execute", note)
    assert read
    assert not [one for one in read if any(name in one for name in ("ledger", "session", "pool"))]


def test_with_the_wave_go_its_marks_and_who_asked_for_reminders_only(store: Store) -> None:
    wave = reminding(store, {1: MORNING, 2: EVENING})
    with store.transaction() as tx:
        tx.contacts.keep([(wave, Contact(1, "ur"))])
    assert due(store, at(2, 9))
    with store.transaction() as tx:
        tx.waves.close(wave)
    for day in (3, 4, 5):
        with store.transaction() as tx:
            tick(tx.waves, tx.desk, at(day, 9), UTC)
            tx.contacts.expire(at(day, 9).date())
    assert rows(store, "SELECT * FROM reminder") == []
    with store.transaction() as tx:
        assert [one for _, _, one in tx.contacts._opened()] == [Contact(1, "ur")]
