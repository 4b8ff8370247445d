"""A wave rests and goes on, and its last day moves later: whatever is done in whatever order.

Promises:
1. (open, paused, closing, closed) x (pause, resume, extend, close, tick) comes out as a small model says; what a
   state does not allow is refused with a sentence, and changes nothing.
2. The last moment to begin never moves earlier, and the terms of a wave are the same for ever.
3. While paused nobody can begin and no reminder is due; releases go on, and its own end comes in time.
4. However many pause, go on, extend or close at the same moment: each happens once or is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cadence import DAY
from bot.store import Store, Terms, Wave, WaveTrouble
from tests.store.sample import REMINDING, START, kept, open_wave, rows, send_many, tick_at
from tests.store.test_at_once import THREADS, at_once

BEGIN, GRACE = timedelta(days=7), timedelta(days=3)
"""Of the survey that these waves ask."""


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        yield one


def found(store: Store, wave: str) -> Wave:
    """The wave as it stands."""
    with store.transaction() as tx:
        return tx.waves.known(wave)


@dataclass
class Model:
    """What a wave should be, by hand."""

    until: datetime
    state: str = "open"
    paused: bool = False
    ticks: int = 0

    def does(self, act: str, now: datetime, days: int) -> bool:
        """What an act changes; False where it is refused."""
        if act == "tick":
            self._tick(now)
            return True
        if self.state != "open":
            return False
        if act in ("pause", "resume"):
            self.paused = act == "pause"
        if act == "extend":
            wanted = START + timedelta(days=days)
            if wanted <= self.until or wanted <= now:
                return False
            self.until = wanted
        if act == "close":
            self.state, self.ticks, self.paused = "closing", 2, False
        return True

    def _tick(self, now: datetime) -> None:
        """A day has passed: a closing wave comes nearer to its end, one whose time is over begins to close."""
        if self.state == "closing":
            self.ticks -= 1
            self.state = "closing" if self.ticks else "closed"
        elif self.state == "open" and now > self.until + GRACE:
            self.state, self.ticks, self.paused = "closing", 2, False


def act_on(store: Store, wave: str, act: str, now: datetime, days: int) -> bool:
    """Do it in the store; False where it was refused."""
    try:
        with store.transaction() as tx:
            match act:
                case "pause":
                    tx.waves.pause(wave)
                case "resume":
                    tx.waves.resume(wave)
                case "extend":
                    tx.waves.extend(wave, START + timedelta(days=days), now)
                case "close":
                    tx.waves.close(wave)
    except WaveTrouble as trouble:
        assert str(trouble)
        return False
    return True


ACTS = st.tuples(
    st.sampled_from(["pause", "resume", "extend", "close", "tick", "tick", "tick"]), st.integers(1, 40)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTS, min_size=3, max_size=25))
def test_whatever_is_done_in_whatever_order_comes_out_as_the_model_says(acts: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder, kept(Path(folder)) as store:
        tick_at(store, 0)
        wave = open_wave(store, survey="reminding")
        model, day, terms = Model(START + BEGIN), 0, found(store, wave).terms
        for act, days in acts:
            if act == "tick":
                day += 1
                tick_at(store, day)
                model.does("tick", START + day * DAY, 0)
            else:
                now = START + day * DAY
                assert act_on(store, wave, act, now, days) is model.does(act, now, days)
            one = found(store, wave)
            assert (one.state, one.paused, one.until) == (model.state, model.paused, model.until)
            assert one.terms == terms
            now = START + day * DAY
            assert one.takes(now) is (model.state == "open" and not model.paused and now <= model.until)


def test_a_pause_that_is_one_already_changes_nothing(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        assert [tx.waves.resume(wave), tx.waves.pause(wave), tx.waves.pause(wave)] == [False, True, False]
        assert [tx.waves.resume(wave), tx.waves.resume(wave)] == [True, False]


def test_what_has_no_last_day_has_none_to_move(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx, pytest.raises(WaveTrouble, match="stays open until somebody closes it"):
        tx.waves.extend(wave, START + 90 * DAY, START)
    assert found(store, wave).until is None


def test_who_asks_for_an_earlier_day_reads_how_a_wave_is_closed(store: Store) -> None:
    wave = open_wave(store, survey="reminding")
    with store.transaction() as tx, pytest.raises(WaveTrouble, match=f"aitbar wave close {wave}"):
        tx.waves.extend(wave, START + 2 * DAY, START)
    with store.transaction() as tx, pytest.raises(WaveTrouble, match="There is no wave 'nosuch'"):
        tx.waves.pause("nosuch")


def test_while_paused_releases_go_on_and_no_reminder_is_due(store: Store) -> None:
    wave = open_wave(store, survey="reminding")
    send_many(store, wave, range(20))
    for day in (1, 2):
        tick_at(store, day)
    morning = datetime(2026, 11, 25, 9, tzinfo=UTC)
    with store.transaction() as tx:
        assert tx.reminders.due(morning, UTC)
        tx.waves.pause(wave)
        assert tx.reminders.due(morning, UTC) == []
    assert rows(store, "SELECT count(*) FROM block") == [(0,)]
    tick_at(store, 7)
    assert rows(store, "SELECT count(*) FROM block") != [(0,)]
    tick_at(store, 10.1)
    assert found(store, wave).state == "closing", "a pause does not stop the clock"


def test_of_many_who_pause_at_once_one_does(store: Store) -> None:
    wave = open_wave(store)
    assert at_once(store, lambda tx, _: tx.waves.pause(wave)) == {True: 1, False: THREADS - 1}
    assert at_once(store, lambda tx, _: tx.waves.resume(wave)) == {True: 1, False: THREADS - 1}


def test_whoever_pauses_or_extends_while_another_closes_does_so_before_or_is_refused(store: Store) -> None:
    wave = open_wave(store, survey="reminding")

    def one(number: int) -> str:
        act = ("pause", "extend", "close")[number % 3]
        return f"{act} {act_on(store, wave, act, START, 8 + number)}"

    done = at_once_each(one)
    assert done.count("close True") == 1
    last = found(store, wave)
    assert (last.state, last.paused) == ("closing", False)
    assert (last.until == START + BEGIN) is ("extend True" not in done)


def at_once_each(work: Callable[[int], str]) -> list[str]:
    """What came of it when each opens a transaction of their own."""
    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(pool.map(work, range(THREADS)))


def test_an_extension_stands_beside_the_terms(store: Store) -> None:
    wave = open_wave(store, survey="reminding")
    with store.transaction() as tx:
        before = tx.waves.known(wave)
        tx.waves.extend(wave, START + 20 * DAY, START)
        after = tx.waves.known(wave)
    assert after.terms == before.terms
    assert after.closes == START + 20 * DAY + GRACE
    assert replace(after, extended_until=None) == before
    assert REMINDING.clocks.start_days == BEGIN.days
    assert isinstance(after.terms, Terms)


def test_an_extended_wave_stays_open_past_its_first_end_and_closes_after_the_later_one(store: Store) -> None:
    wave = open_wave(store, survey="reminding")
    with store.transaction() as tx:
        tx.waves.extend(wave, START + 15 * DAY, START)
    states = []
    for day in (10.5, 15, 17.9, 18.1):
        tick_at(store, day)
        states.append((found(store, wave).state, found(store, wave).takes(START + day * DAY)))
    assert states == [("open", True), ("open", True), ("open", False), ("closing", False)]
