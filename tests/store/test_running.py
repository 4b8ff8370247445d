"""Running sums in a real store.

1. After any releases they publish what all blocks do, and are what a rebuild makes of the blocks.
2. A block knows the release that closed it; the newest release and all before it are published apart.
3. They come with the block or not at all; a withdrawal and a retention touch none.
4. A database of before, and a backup that comes back, get them at the next start; a wave that goes on as a new one
   begins with none.
5. A rebuild mends what is wrong, of that wave alone, and says so.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from bot.core.blocks import Publishable, publish
from bot.core.survey import DONT_KNOW, Answer, CellPart, Condition, Indicator
from bot.store import Store, running
from bot.store import tables as t
from bot.store.backup import back_up
from bot.store.engine import MIGRATIONS
from bot.store.restore import restore
from tests.core.sample import choice, words, yes_no
from tests.store.sample import SCORED, START, TODAY, address, kept, open_wave, rows, send, tick_at

ROUTED = replace(
    SCORED,
    questions=(*SCORED.questions, choice("age", "young", "old"), yes_no("heard", show_if=Condition())),
    cells=(*SCORED.cells, CellPart("age", "age", {"young": "young", "old": "old"})),
    indicators=(
        Indicator("trust", words("trust"), "police", ("some", "much"), "higher"),
        Indicator("heard", words("heard"), "heard", ("yes",), "higher"),
    ),
    indexes=(*SCORED.indexes, replace(SCORED.indexes[0], id="both", items=("police", "heard"))),
)
"""Has three dimensions, a routed question, indicators on one and on another, and an index with a routed item."""

TABLES = ("running_node", "running_sum")

COUNTED: dict[str, Any] = {"invited": True, "cohorts": True}
"""The terms of a wave that counts kinds of groups too."""


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    with kept(folder, lambda _body: ROUTED) as one:
        yield one


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with opened(tmp_path) as one:
        tick_at(one, 0)
        yield one


def someone(chance: random.Random) -> dict[str, Answer]:
    answers: dict[str, Answer] = {
        "district": chance.choice(["swat", "dir"]),
        "gender": chance.choice(["woman", "woman", "man"]),
        "age": chance.choice(["young", "old", DONT_KNOW]),
        "met": chance.choice(["yes", "no"]),
        **{id: chance.choice(["none", "some", "much"]) for id in ("police", "courts", "council")},
    }
    return {**answers, **({"heard": chance.choice(["yes", "no"])} if answers["met"] == "yes" else {})}


def answer(store: Store, wave: str, first: int, number: int, seed: int = 0) -> list[str]:
    """So many people send; returns their receipts."""
    chance = random.Random(f"{seed}/{first}")
    with store.transaction() as tx:
        counts = tx.waves.known(wave).terms.cohorts
        kinds = {
            person: chance.choice(["", "school", "school", "event"]) for person in range(first, first + number)
        }
        return [
            send(tx, wave, person, someone(chance), cohort=kind if counts else "")
            for person, kind in kinds.items()
        ]


def live(store: Store, wave: str, weeks: list[int], seed: int = 0) -> list[str]:
    """Every week so many people answer, and a release is made at its end."""
    receipts = []
    for week, number in enumerate(weeks):
        receipts += answer(store, wave, 1000 * week, number, seed)
        for day in range(7 * week + 1, 7 * week + 8):
            tick_at(store, day)
    return receipts


def kept_sums(store: Store) -> list[Any]:
    return [rows(store, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in TABLES]  # noqa: S608


def of_blocks(store: Store, wave: str, *releases: int) -> Publishable:
    """What the blocks of these releases say (of all, where none is named), read one by one."""
    with store.transaction() as tx:
        found = tx.waves.known(wave)
        blocks = [block for block in tx.waves._blocks(wave) if not releases or block.release in releases]
        return publish(found.survey, wave, found.partition, found.rule, blocks)


def published(store: Store, wave: str) -> Publishable:
    with store.transaction() as tx:
        return tx.waves.published(wave)


# -- 1 ----------------------------------------------------------------------------------------------------


def check_sums(store: Store, wave: str) -> None:
    assert published(store, wave) == of_blocks(store, wave)
    before = kept_sums(store)
    assert not store.rebuild_counts(wave)
    with store.transaction() as tx:
        for table in (t.running_node, t.running_sum):
            tx.connection.execute(delete(table))
    assert store.rebuild_counts(wave) is bool(rows(store, "SELECT 1 FROM block"))
    assert kept_sums(store) == before


def test_after_each_release_the_sums_are_those_of_all_blocks(store: Store) -> None:
    wave = open_wave(store, leave_behind=0, **COUNTED)
    weeks = [30, 6, 40, 12, 25]
    for upto in range(len(weeks)):
        live(store, wave, [0] * upto + weeks[upto : upto + 1], seed=upto)
        check_sums(store, wave)
    figures = published(store, wave)
    assert {name for name, _ in figures.groups} == {"district", "gender", "age"}
    assert {"heard"} < set(figures.questions)
    assert set(figures.indexes) == {"offices", "both"}
    assert set(figures.cohorts) == {"school", "event"}
    assert rows(store, "SELECT count(*) FROM running_sum WHERE held > 0")[0][0] > 0, "something waits"


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6), st.integers(), st.booleans())
def test_the_sums_of_any_history_are_those_of_all_blocks(
    tmp_path_factory: pytest.TempPathFactory, weeks: list[int], seed: int, closes: bool
) -> None:
    with opened(tmp_path_factory.mktemp("wave")) as store:
        tick_at(store, 0)
        wave = open_wave(store, **COUNTED)
        live(store, wave, weeks, seed)
        if closes:
            with store.transaction() as tx:
                tx.waves.close(wave)
            for day in (1, 2):
                tick_at(store, 7 * len(weeks) + day)
        check_sums(store, wave)


# -- 2 ----------------------------------------------------------------------------------------------------


def newest_and_earlier(store: Store, wave: str) -> tuple[Publishable, Publishable] | None:
    with store.transaction() as tx:
        return tx.waves.newest_and_earlier(wave)


def releases(store: Store) -> list[int]:
    return [number for (number,) in rows(store, "SELECT DISTINCT release FROM block ORDER BY 1")]


def test_the_newest_release_and_all_before_it_are_published_apart(store: Store) -> None:
    wave = open_wave(store, leave_behind=0)
    assert newest_and_earlier(store, wave) is None
    live(store, wave, [40])
    assert releases(store) == [1]
    assert newest_and_earlier(store, wave) is None, "there is nothing to set it beside"
    live(store, wave, [0, 40], seed=1)
    assert newest_and_earlier(store, wave) == (of_blocks(store, wave, 2), of_blocks(store, wave, 1))
    live(store, wave, [0, 0, 0, 0, 40], seed=2)
    *before, newest = releases(store)
    assert newest == 5, "a release that closes nothing leaves a gap"
    told = newest_and_earlier(store, wave)
    assert told == (of_blocks(store, wave, newest), of_blocks(store, wave, *before))
    assert told is not None
    assert all(one.questions for one in told)


def test_the_last_release_of_a_wave_has_a_number_of_its_own(store: Store) -> None:
    wave = open_wave(store, leave_behind=0)
    live(store, wave, [40])
    answer(store, wave, 5000, 30)
    with store.transaction() as tx:
        tx.waves.close(wave)
    for day in (8, 9):
        tick_at(store, day)
    assert releases(store) == [1, 2]
    assert newest_and_earlier(store, wave) == (of_blocks(store, wave, 2), of_blocks(store, wave, 1))
    check_sums(store, wave)


# -- 3 ----------------------------------------------------------------------------------------------------


def test_they_come_with_the_block_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = open_wave(store, leave_behind=0)
    live(store, wave, [40])
    before = kept_sums(store)
    answer(store, wave, 5000, 30)
    for day in range(8, 14):
        tick_at(store, day)
    with monkeypatch.context() as broken:
        broken.setattr("bot.store.waves.postgres.mix", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tick_at(store, 14)
    assert kept_sums(store) == before
    tick_at(store, 14)
    assert kept_sums(store) != before
    check_sums(store, wave)


def test_who_takes_answers_back_changes_no_sum(store: Store) -> None:
    wave = open_wave(store, leave_behind=0)
    receipts = live(store, wave, [40, 30])
    before, told = kept_sums(store), newest_and_earlier(store, wave)
    with store.transaction() as tx:
        assert sum(tx.vault.withdraw(receipt) is not None for receipt in receipts) > 40
        tx.connection.execute(delete(t.response))  # as when their time is over
    for day in range(15, 22):
        tick_at(store, day)

    assert (kept_sums(store), newest_and_earlier(store, wave)) == (before, told)


# -- 4 ----------------------------------------------------------------------------------------------------


def test_a_database_of_before_gets_them_at_the_next_start(tmp_path: Path, database: str) -> None:
    with opened(tmp_path) as old:
        tick_at(old, 0)
        wave = open_wave(old, leave_behind=0)
        live(old, wave, [40, 20])
        told = published(old, wave)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with old.transaction() as tx:
            config.attributes["connection"] = tx.connection
            command.downgrade(config, "0005")
    with opened(tmp_path) as new:
        assert releases(new) == [0]
        assert published(new, wave) == told
        assert newest_and_earlier(new, wave) is None, "nobody knows any more which blocks came when"
        live(new, wave, [0, 0, 40], seed=5)
        assert releases(new) == [0, 3]
        assert newest_and_earlier(new, wave) == (of_blocks(new, wave, 3), told)
        check_sums(new, wave)


def test_a_backup_that_comes_back_has_them_and_a_wave_that_goes_on_begins_with_none(tmp_path: Path) -> None:
    with opened(tmp_path / "old") as old:
        tick_at(old, 0)
        wave = open_wave(old, leave_behind=0)
        live(old, wave, [40, 30])
        before, told = kept_sums(old), newest_and_earlier(old, wave)
        with old.reading() as look:
            back_up(look, tmp_path / "backup", TODAY, "test")
    done = restore(
        address(tmp_path / "new"),
        tmp_path / "new" / "keys",
        lambda _body: ROUTED,
        tmp_path / "backup",
        START,
        continue_waves=True,
    )
    (goes_on,) = [one.goes_on_as for one in done.ended]
    assert goes_on is not None
    with opened(tmp_path / "new") as new:
        assert (kept_sums(new), newest_and_earlier(new, wave)) == (before, told)
        assert published(new, goes_on).n == 0
        live(new, goes_on, [40, 30])
        assert published(new, goes_on) == of_blocks(new, goes_on)
        assert newest_and_earlier(new, goes_on) is not None
        assert newest_and_earlier(new, wave) == told


# -- 5 ----------------------------------------------------------------------------------------------------


def test_a_rebuild_mends_what_is_wrong_and_leaves_other_waves_alone(store: Store) -> None:
    wave, other = open_wave(store, leave_behind=0), open_wave(store, leave_behind=0)
    answer(store, other, 5000, 30)
    live(store, wave, [40, 30])
    before = kept_sums(store)
    wrong = update(t.running_sum).where(t.running_sum.c.code == "yes")
    with store.transaction() as tx:
        tx.connection.execute(wrong.where(t.running_sum.c.wave == wave).values(shown=1))
    assert store.rebuild_counts(wave)
    assert kept_sums(store) == before
    with store.transaction() as tx:
        tx.connection.execute(update(t.running_node).where(t.running_node.c.wave == other).values(burst=1, n=77))
    assert not store.rebuild_counts(wave)
    assert store.rebuild_counts(other)
    assert kept_sums(store) == before


def test_a_rebuild_into_which_a_release_falls_is_made_again(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        tick_at(store, 0)
        wave = open_wave(store, leave_behind=0)
        live(store, wave, [40])
        answer(store, wave, 5000, 30)
        really = running.make
        made: list[running.Made] = []

        def make(*given: Any) -> running.Made:
            if not made:
                for day in range(8, 15):
                    tick_at(store, day)
            made.append(really(*given))
            return made[-1]

        monkeypatch.setattr(running, "make", make)
        assert not store.rebuild_counts(wave), "the sums of the release were right"
        assert [one.last > 0 for one in made] == [True, True]
        assert releases(store) == [1, 2]
        check_sums(store, wave)
