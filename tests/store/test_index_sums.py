"""What blocks keep of indexes, in a real store.

1. Sums are written when a block closes, with it or not at all, and are those of its people.
2. A withdrawal and a retention change none; a backup brings them back and gives the same figures.
3. A survey without indexes writes none.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.core.cadence import DAY
from bot.core.indexes import sums
from bot.core.survey import Answer
from bot.store import Store, tick
from bot.store.backup import back_up
from bot.store.restore import restore
from bot.store.tables import block_sum
from tests.store.sample import SCORED, START, TODAY, WOMAN_OF_SWAT, address, kept, open_wave, read, rows, send


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def crowd(n: int) -> list[dict[str, Answer]]:
    chance = random.Random(3)
    made = []
    for _ in range(n):
        bent = chance.choice(["none", "some", "much"])
        items = {id: bent if chance.random() < 0.8 else "some" for id in ("police", "courts", "council")}
        made.append({**WOMAN_OF_SWAT, **items})
    return made


def released(store: Store, people: list[dict[str, Answer]], survey: str = "scored") -> tuple[str, list[str]]:
    """A wave in which these people's answers are released; returns their receipts."""
    wave = open_wave(store, survey=survey, leave_behind=0)
    with store.transaction() as tx:
        receipts = [send(tx, wave, person, answers) for person, answers in enumerate(people)]
    days(store, 0, 8)
    return wave, receipts


def days(store: Store, first: int, last: int) -> None:
    for day in range(first, last):
        with store.transaction() as tx:
            tick(tx.waves, tx.desk, START + day * DAY, UTC)


def figures(store: Store, wave: str) -> str:
    with store.transaction() as tx:
        return json.dumps(tx.waves.published(wave).as_json())


def kept_sums(store: Store) -> dict[str, int]:
    return dict(rows(store, "SELECT name, value FROM block_sum ORDER BY name"))


def test_a_block_keeps_the_sums_of_its_people(store: Store) -> None:
    people = crowd(40)
    wave, _ = released(store, people)

    assert kept_sums(store) == sums(SCORED, people)
    told = json.loads(figures(store, wave))["indexes"]["offices"]
    assert told["n"] == 40
    assert told["alpha"] > 0.5
    assert told["omega"] > 0.5


def test_sums_come_with_the_block_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = open_wave(store, survey="scored", leave_behind=0)
    with store.transaction() as tx:
        for person, answers in enumerate(crowd(12)):
            send(tx, wave, person, answers)
    days(store, 0, 7)
    monkeypatch.setattr("bot.store.waves.release", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        days(store, 7, 8)
    assert kept_sums(store) == {}
    assert rows(store, "SELECT count(*) FROM block") == [(0,)]


def test_who_takes_answers_back_changes_no_sum(store: Store) -> None:
    wave, receipts = released(store, crowd(40))
    before, told = kept_sums(store), figures(store, wave)
    with store.transaction() as tx:
        for receipt in receipts[:30]:
            assert tx.vault.withdraw(receipt)
    days(store, 8, 30)

    assert (kept_sums(store), figures(store, wave)) == (before, told)


def test_a_backup_brings_the_sums_back(tmp_path: Path) -> None:
    with kept(tmp_path / "old") as old:
        wave, _ = released(old, crowd(40))
        before, told = kept_sums(old), figures(old, wave)
        with old.reading() as source:
            back_up(source, tmp_path / "backup", TODAY, "test")
    restore(address(tmp_path / "new"), tmp_path / "new" / "keys", read, tmp_path / "backup", START)
    with kept(tmp_path / "new") as new:
        assert (kept_sums(new), figures(new, wave)) == (before, told)


def test_a_survey_without_indexes_keeps_none(store: Store) -> None:
    released(store, [WOMAN_OF_SWAT] * 12, survey="trust")

    assert rows(store, "SELECT count(*) FROM block") == [(1,)]
    assert kept_sums(store) == {}


def test_squares_of_many_people_find_room(store: Store) -> None:
    with store.transaction() as tx:
        tx.connection.execute(insert(block_sum).values(wave="w", no=1, name="i/squares", value=10**12))
    assert kept_sums(store) == {"i/squares": 10**12}
