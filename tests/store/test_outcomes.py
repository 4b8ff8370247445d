"""How many interviews ended without answers, and how reminders fared.

Promises:
1. What is shown moves at a release only, by multiples of k, whatever was counted meanwhile.
2. The expired are counted from the rows that a tick deletes, and at the wave's end from all that are open.
3. How many withdrew is counted and never shown; a wave that has ended is not counted any more.
4. A withdrawal tells which wave it was of, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cadence import DAY
from bot.store import Store
from bot.store.outcomes import ENDS, REMINDED, SHOWN, WITHDRAWN
from tests.store.sample import START, begin, kept, open_wave, rows, send, tick_at

STATES = (*ENDS, *REMINDED)


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        yield one


def add(store: Store, wave: str, **counted: int) -> None:
    """Count these."""
    with store.transaction() as tx:
        tx.outcomes.add({(wave, state): n for state, n in counted.items()})


def shown(store: Store, wave: str) -> dict[str, int]:
    """What a wave's screen may say."""
    with store.transaction() as tx:
        return tx.outcomes.shown(wave)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(STATES), st.integers(1, 9), max_size=4), min_size=8, max_size=16))
def test_what_is_shown_moves_at_a_release_only_by_multiples_of_k(days: list[dict[str, int]]) -> None:
    with TemporaryDirectory() as folder, kept(Path(folder)) as store:
        tick_at(store, 0)
        wave = open_wave(store)
        total: Counter[str] = Counter()
        seen: dict[str, int] = {}
        for day, counted in enumerate(days, start=1):
            tick_at(store, day)
            if day % 7 == 0:  # a weekly release: what stood there before this day's numbers came
                seen = {state: total[state] // 5 * 5 for state in SHOWN if total[state] >= 5}
            add(store, wave, **counted)
            total.update(counted)
            assert shown(store, wave) == seen
        assert dict(rows(store, "SELECT state, n FROM outcome")) == dict(+total)


def test_the_expired_are_counted_when_they_go_and_all_that_are_open_at_the_end(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        for person in range(6):
            begin(tx, wave, person)
    tick_at(store, 14)
    assert rows(store, "SELECT * FROM outcome") == []
    tick_at(store, 15)
    assert rows(store, "SELECT state, n FROM outcome") == [("expired", 6)]
    with store.transaction() as tx:
        begin(tx, wave, 7, today=(START + 15 * DAY).date())
        tx.waves.close(wave)
    tick_at(store, 16)
    tick_at(store, 17)
    assert rows(store, "SELECT state, n, shown FROM outcome") == [("expired", 7, 5)]
    assert shown(store, wave) == {"expired": 5}
    add(store, wave, quit=20)
    assert shown(store, wave) == {"expired": 5}, "the wave is over"


def test_how_many_withdrew_is_counted_and_never_shown(store: Store) -> None:
    wave = open_wave(store)
    add(store, wave, withdrawn=40, refused=40)
    tick_at(store, 7)
    assert shown(store, wave) == {"refused": 40}
    assert WITHDRAWN in dict(rows(store, "SELECT state, shown FROM outcome"))


def test_a_withdrawal_tells_its_wave(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        receipt = send(tx, wave, 1)
        assert tx.vault.withdraw("0" * 20) is None
        assert tx.vault.withdraw(receipt) == wave
        assert tx.vault.withdraw(receipt) is None
