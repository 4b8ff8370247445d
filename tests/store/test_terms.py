"""What is fixed when a wave opens stays as it is, above all the size of its smallest group.

1. k is never under five.
2. The young are asked nothing that hurts.
3. Once a wave is open, the database itself refuses to change k, or any other of its terms, whoever asks.
4. An aim stated for a wave stands in place of the author's; one that cannot be is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from bot.core.inclusion import WrongTarget
from bot.store import Store, WaveTrouble
from bot.store import tables as t
from tests.store.sample import kept, open_wave, rows


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


@pytest.mark.parametrize("k", [4, 1, 0, -5])
def test_no_wave_opens_with_groups_under_five(store: Store, k: int) -> None:
    with pytest.raises(WaveTrouble, match="Groups are of 5 people or more"):
        open_wave(store, k=k)
    assert rows(store, "SELECT count(*) FROM wave") == [(0,)]


def test_no_wave_with_minors_opens_on_a_survey_with_sensitive_questions(store: Store) -> None:
    with pytest.raises(WaveTrouble, match="people of 15 to 17 are asked none"):
        open_wave(store, survey="hurting", minors=True)
    assert rows(store, "SELECT count(*) FROM wave") == [(0,)]
    open_wave(store, survey="hurting")
    open_wave(store, minors=True)


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("k", 5),
        ("k", 50),
        ("population", 7),
        ("populations", "{}"),
        ("targets", '{"district=swat": 99}'),
        ("leave_behind", 0),
        ("slots", 4),
        ("minors", 1),
        ("schedule", "daily"),
        ("leftovers", "wait"),
        ("invited", 0),
        ("cohorts", 1),
        ("definition", "another"),
    ],
)
@pytest.mark.parametrize("state", ["open", "closing"])
def test_no_term_of_a_wave_changes_once_it_is_open(store: Store, term: str, value: object, state: str) -> None:
    wave = open_wave(store, k=10, invited=True, targets={"district=swat": 40})
    if state == "closing":
        with store.transaction() as tx:
            tx.waves.close(wave)
    before = rows(store, "SELECT * FROM wave")
    with pytest.raises(DBAPIError, match="the terms of a wave never change"), store._engine.begin() as connection:
        connection.execute(update(t.wave).values({term: value}))
    assert rows(store, "SELECT * FROM wave") == before


def test_an_aim_of_the_wave_stands_in_place_of_the_authors(store: Store) -> None:
    aimed, bare = open_wave(store, survey="aimed", targets={"women": 60, "district=swat": 30}), open_wave(store)
    with store.transaction() as tx:
        assert tx.waves.known(aimed).survey.targets == {"women": 60, "youth": 40, "district=swat": 30}
        assert tx.waves.known(aimed).terms.targets == {"women": 60, "district=swat": 30}
        assert tx.waves.known(bare).survey.targets == {}


@pytest.mark.parametrize("targets", [{"women": 50}, {"district=kohat": 30}, {"district=swat": 101}])
def test_no_wave_opens_with_an_aim_that_cannot_be(store: Store, targets: dict[str, int]) -> None:
    with pytest.raises(WrongTarget):
        open_wave(store, targets=targets)
    assert rows(store, "SELECT count(*) FROM wave") == [(0,)]
