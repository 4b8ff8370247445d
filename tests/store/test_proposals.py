"""Proposals: decided once, in time, and forgotten when they are long over.

1. Of all who decide at once one wins, and nobody after the time is over.
2. What lapsed is known for a day more, so that late copies of a tap find it; then row and codes are gone.
3. Who was told of an earlier state is told of the later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import Store
from bot.store.proposals import DONE, LAPSED, PATIENCE, REFUSED, WAITING, draw_id, is_id
from tests.store.sample import START, kept, rows

ID = "abcdefgh"
LATE = START + PATIENCE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        with one.transaction() as tx:
            assert tx.proposals.make(ID, "close", {"wave": "w"}, "41", START)
        yield one


def test_an_id_is_proposed_once(store: Store) -> None:
    with store.transaction() as tx:
        assert not tx.proposals.make(ID, "open", {"wave": "other"}, "42", START)
        one = tx.proposals.get(ID)
    assert one is not None
    assert (one.act, one.what, one.proposer) == ("close", {"wave": "w"}, "41")


def test_of_all_who_decide_at_once_one_wins(store: Store) -> None:
    def decide(number: int) -> bool:
        with store.transaction() as tx:
            return tx.proposals.decide(ID, DONE if number % 2 else REFUSED, START)

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(decide, range(20))) == 1


def test_nobody_decides_when_the_time_is_over(store: Store) -> None:
    with store.transaction() as tx:
        assert not tx.proposals.decide(ID, DONE, LATE)
        assert tx.proposals.waiting(LATE) == []
        assert tx.proposals.decide(ID, DONE, LATE - timedelta(seconds=1))


def test_what_lapsed_is_known_for_a_day_and_then_gone_with_its_codes(store: Store) -> None:
    with store.transaction() as tx:
        one = tx.proposals.get(ID)
        assert one is not None
        tx.proposals.make_code(one, 41)
        tx.proposals.expire(LATE - timedelta(seconds=1))
        assert [found.state for found in tx.proposals.all()] == [WAITING]
        tx.proposals.expire(LATE)
        assert [found.state for found in tx.proposals.all()] == [LAPSED]
    assert rows(store, "SELECT * FROM approval") == []
    with store.transaction() as tx:
        tx.proposals.expire(LATE + PATIENCE)
    assert rows(store, "SELECT * FROM proposal") == []


def test_who_knew_the_earlier_state_does_not_know_the_later_one(store: Store) -> None:
    with store.transaction() as tx:
        before = tx.proposals.get(ID)
        assert before is not None
        tx.proposals.note_told(before, 42)
        tx.proposals.decide(ID, REFUSED, START)
        tx.proposals.note_told(before, 43)  # it was sent before the decision
        after = tx.proposals.get(ID)
    assert after is not None
    assert after.told == frozenset()


def test_codes_are_kept_as_hashes(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        one = tx.proposals.get(ID)
        assert one is not None
        code = tx.proposals.make_code(one, 41)
        assert tx.proposals.who_gave(ID, [code], START) == {41}
    for path in (tmp_path / "data").iterdir():
        assert code.encode() not in path.read_bytes()


def test_only_what_was_drawn_is_taken_for_an_id() -> None:
    assert all(is_id(draw_id()) for _ in range(100))
    assert not any(is_id(word) for word in ("", "abc", "ABCDEFGH", "abcdefg1", "abcdefghj"))
