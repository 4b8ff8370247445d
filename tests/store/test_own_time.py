"""A wave whose time is over closes by itself, and interviews expire by its survey's clock.

Promises:
1. It closes at the first tick after its last moment to begin and its grace, never before, once, with a line in the
   log of acts; two daily ticks later it ends, as after any close. Clocks set back and odd ticks change nothing.
2. `--starts-until` goes before the survey. A wave without a last moment stays open.
3. An interview expires by the days of its survey.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cadence import DAY
from bot.core.flow import Place
from bot.store import Store
from tests.store.sample import REMINDING, START, TODAY, kept, open_wave, rows, tag_of, tick_at

CLOSES = 10  # days after the opening: seven to begin, three of grace


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        yield one


def ticked(store: Store, day: float) -> str:
    """The state of the wave after a tick, so many days after the start."""
    tick_at(store, day)
    found = rows(store, "SELECT state FROM wave")
    return str(found[0][0]) if found else ""


def closings(store: Store) -> list[tuple[str, str]]:
    """Who closed what, by the log of acts."""
    return list(rows(store, "SELECT who, what FROM audit WHERE act = 'close'"))


def test_it_closes_after_its_grace_and_ends_two_days_later(store: Store) -> None:
    wave = open_wave(store, survey="reminding")
    assert [ticked(store, day) for day in (6, 7.5, 9.9, CLOSES)] == ["open"] * 4
    assert closings(store) == []
    assert ticked(store, CLOSES + 0.01) == "closing"
    assert closings(store) == [("clock", f"wave {wave}, its time was over")]
    assert ticked(store, CLOSES + 1) == "closing"
    assert ticked(store, CLOSES + 2) == "closed"
    assert len(closings(store)) == 1


def test_a_close_at_a_daily_tick_counts_no_day_yet(store: Store) -> None:
    open_wave(store, survey="reminding")
    assert [ticked(store, CLOSES + after) for after in (1, 2, 3)] == ["closing", "closing", "closed"]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-2, 16), min_size=3, max_size=14))
def test_however_the_clock_goes_nothing_closes_early_and_nothing_twice(days: list[float]) -> None:
    with TemporaryDirectory() as folder, kept(Path(folder)) as store:
        open_wave(store, survey="reminding")
        latest = None
        for day in days:
            state = ticked(store, day)
            latest = day if latest is None or day > latest else latest
            assert (state == "open") is (latest <= CLOSES), "by the latest tick, not by a clock set back"
        assert len(closings(store)) == (latest is not None and latest > CLOSES)


def test_what_the_opening_states_goes_first_and_nothing_closes_without_an_end(store: Store) -> None:
    wave = open_wave(store, survey="reminding", starts_until=START + 2 * DAY)
    with store.transaction() as tx:
        found = tx.waves.known(wave)
    assert found.closes == START + 5 * DAY
    assert ticked(store, 5) == "open"
    assert ticked(store, 5.1) == "closing"


def test_a_wave_without_an_end_stays_open(store: Store) -> None:
    open_wave(store)
    assert ticked(store, 400) == "open"


def test_an_interview_expires_by_the_days_of_its_survey(store: Store) -> None:
    wave = open_wave(store, survey="reminding")
    place = Place("en", "district")
    with store.transaction() as tx:
        secret = tx.vault.begin(wave, tag_of(1))
        tx.vault.seal(secret, wave, 1, tag_of(1), place, TODAY, REMINDING.clocks)
    assert rows(store, "SELECT expiry_day FROM session") == [((TODAY + timedelta(days=5)).isoformat(),)]
    for day, left in ((5, 1), (6, 0)):
        tick_at(store, day)
        assert rows(store, "SELECT count(*) FROM session") == [(left,)]
