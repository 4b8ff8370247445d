"""Waves: what time does to finished answers, and what is left of a wave that is over.

Promises:
1. An answer counts for a block only after two daily ticks, so it has waited a day at least.
2. Blocks close at the scheduled release and at no other time; each person is counted once.
3. p rows drawn at random stay behind; what never reaches k waits, unless first light merges it.
4. With `--leftovers wait` small groups are merged at the third release and not before.
5. A wave that closes takes no answers; at the second daily tick everything is released that may be, the rest
   is deleted, the ledger is empty and the key is destroyed; also when the program was killed in between.
6. The number of people who ever finished is a multiple of k, moves at a release only, and no withdrawal
   lowers it; a withdrawal changes no figure.
7. Many answers at once are marked on the next block of their cell.
8. A tick not later than the last one does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.cadence import DAY
from bot.core.survey import Answer
from bot.store import KeyTrouble, Store, Terms, WaveTrouble, tick
from bot.store.ticks import Ticked
from bot.store.vault import load_body
from tests.store.sample import START, WOMAN_OF_SWAT, begin, column_names, kept, open_wave, rows, send_many, tag_of

MAN_OF_DIR: dict[str, Answer] = {"district": "dir", "gender": "man", "met": "no"}
WOMAN_OF_DIR: dict[str, Answer] = {"district": "dir", "gender": "woman", "met": "no"}


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, START)
        yield one


def tick_at(store: Store, moment: datetime) -> Ticked:
    """One tick, and what the house does after its commit."""
    with store.transaction() as tx:
        done = tick(tx.waves, tx.desk, moment, UTC)
    with store.transaction() as tx:
        tx.waves.destroy_spent_keys()
    return done


def days(store: Store, first: int, last: int) -> None:
    """Daily ticks from day `first` to day `last` after the start."""
    for day in range(first, last + 1):
        tick_at(store, START + day * DAY)


def count(store: Store, table: str) -> int:
    """How many rows a table has."""
    number: int = rows(store, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
    return number


def blocks(store: Store) -> list[tuple[str, int, int]]:
    """Node, people and burst of each block."""
    return rows(store, "SELECT node, n, burst FROM block ORDER BY no")


def finished_shown(store: Store, wave: str) -> int:
    """How many people the wave's screen says have ever finished."""
    with store.transaction() as tx:
        found = tx.waves.get(wave)
    assert found is not None
    return found.finished_shown


# -- dwell and releases ---------------------------------------------------------------------------------


def test_dwell_goes_up_once_a_day_to_two(store: Store) -> None:
    send_many(store, open_wave(store), range(3))
    seen = []
    for hours in (1, 23, 24, 25, 47, 48, 72, 96):
        tick_at(store, START + timedelta(hours=hours))
        seen.append(rows(store, "SELECT DISTINCT dwell FROM pool"))
    assert seen == [[(0,)], [(0,)], [(1,)], [(1,)], [(1,)], [(2,)], [(2,)], [(2,)]]


def test_an_answer_given_an_hour_before_a_release_waits_for_the_next(store: Store) -> None:
    wave = open_wave(store, schedule="daily")
    days(store, 1, 4)
    send_many(store, wave, range(8))
    tick_at(store, START + 5 * DAY)
    assert blocks(store) == []
    tick_at(store, START + 6 * DAY)
    assert [n for _, n, _ in blocks(store)] == [7]


def test_blocks_close_at_the_scheduled_release_and_at_no_other_time(store: Store) -> None:
    send_many(store, open_wave(store), range(12))
    days(store, 1, 6)
    assert blocks(store) == []
    tick_at(store, START + timedelta(days=6, hours=23))
    assert blocks(store) == []
    tick_at(store, START + 7 * DAY)
    assert [n for _, n, _ in blocks(store)] == [11]
    days(store, 8, 13)
    assert len(blocks(store)) == 1


def test_each_person_is_counted_once_and_p_stay_behind(store: Store) -> None:
    wave = open_wave(store, leave_behind=2)
    send_many(store, wave, range(10))
    send_many(store, wave, range(10, 19), MAN_OF_DIR)
    days(store, 1, 7)
    assert [(node, n) for node, n, _ in blocks(store)] == [
        ("district=dir/gender=man", 7),
        ("district=swat/gender=woman", 8),
    ]
    assert (count(store, "pool"), count(store, "response")) == (4, 15)
    kept_ones = rows(store, "SELECT rhash FROM pool UNION ALL SELECT rhash FROM response")
    assert len(set(kept_ones)) == 19
    counts = dict(rows(store, "SELECT code, sum(n) FROM block_count WHERE question = 'met' GROUP BY code"))
    assert counts == {"yes": 8, "no": 7, "valid": 15}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # long, and the same on both
def test_who_stays_behind_is_drawn_at_random(store: Store) -> None:
    stayed = set()
    for number in range(12):
        wave = open_wave(store, schedule="daily", now=START + 3 * number * DAY)
        send_many(store, wave, range(6), None)
        order = [row[0] for row in rows(store, f"SELECT rhash FROM pool WHERE wave = '{wave}' ORDER BY rhash")]  # noqa: S608
        days(store, 3 * number + 1, 3 * number + 3)
        (left,) = rows(store, f"SELECT rhash FROM pool WHERE wave = '{wave}'")  # noqa: S608
        stayed.add(order.index(left[0]))
    assert len(stayed) > 1


def test_released_rows_have_new_names_and_no_mark_of_the_account(store: Store) -> None:
    send_many(store, open_wave(store), range(8))
    before = {rid for (rid,) in rows(store, "SELECT rid FROM pool")}
    days(store, 1, 7)
    assert not before & {rid for (rid,) in rows(store, "SELECT rid FROM response")}
    assert set(column_names(store, "response")) == {
        "rid",
        "wave",
        "block",
        "body",
        "rhash",
    }


# -- merging --------------------------------------------------------------------------------------------


def test_first_light_merges_what_could_not_close_alone(store: Store) -> None:
    wave = open_wave(store)
    send_many(store, wave, range(4))
    send_many(store, wave, range(4, 8), WOMAN_OF_DIR)
    days(store, 1, 7)
    assert [(node, n) for node, n, _ in blocks(store)] == [("gender=woman", 7)]


def test_leftovers_that_wait_are_merged_at_the_third_release_and_not_before(store: Store) -> None:
    wave = open_wave(store, leftovers="wait")
    send_many(store, wave, range(4))
    send_many(store, wave, range(4, 8), WOMAN_OF_DIR)
    days(store, 1, 14)
    assert blocks(store) == []
    days(store, 15, 21)
    assert [(node, n) for node, n, _ in blocks(store)] == [("gender=woman", 7)]


def test_fewer_than_k_are_never_released(store: Store) -> None:
    send_many(store, open_wave(store), range(4))
    days(store, 1, 60)
    assert (blocks(store), count(store, "pool")) == ([], 4)


# -- the end of a wave ----------------------------------------------------------------------------------


def test_a_closed_wave_releases_what_it_may_and_forgets_who_took_part(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store)
    other = open_wave(store)
    send_many(store, wave, range(7))
    send_many(store, other, range(3))
    with store.transaction() as tx:
        begin(tx, wave, 50)
        tx.waves.close(wave)
    assert tick_at(store, START + DAY).ended == ()
    assert (tmp_path / "keys" / f"wave-{wave}.key").exists()
    assert tick_at(store, START + 2 * DAY).ended == (wave,)
    assert [(node, n) for node, n, _ in blocks(store)] == [("district=swat/gender=woman", 7)], (
        "nobody stays behind"
    )
    for table in ("ledger", "pool", "session", "cell"):
        left = rows(store, f"SELECT count(*) FROM {table} WHERE wave = '{wave}'")  # noqa: S608
        assert left == [(0,)], table
    assert count(store, "ledger") == 3, "the other wave goes on"
    assert store.keys.waves() == [other]
    with pytest.raises(KeyTrouble):
        store.keys.wave(wave)
    with store.transaction() as tx:
        assert tx.waves.published(wave).n == 5, "what was released is shown for good"


def test_too_few_at_the_end_are_deleted_and_never_shown(store: Store) -> None:
    wave = open_wave(store)
    receipts = send_many(store, wave, range(4))
    with store.transaction() as tx:
        tx.waves.close(wave)
    days(store, 1, 2)
    assert (count(store, "pool"), count(store, "response"), blocks(store)) == (0, 0, [])
    with store.transaction() as tx:
        assert not tx.vault.withdraw(receipts[0])


def test_nothing_of_a_wave_that_closes_is_released_before_its_end(store: Store) -> None:
    wave = open_wave(store, schedule="daily")
    send_many(store, wave, range(9))
    days(store, 1, 1)
    with store.transaction() as tx:
        tx.waves.close(wave)
        with pytest.raises(WaveTrouble, match="not open"):
            tx.waves.close(wave)
    tick_at(store, START + timedelta(hours=47))
    assert blocks(store) == []


def test_a_key_left_by_a_kill_after_the_commit_is_destroyed_at_the_next_tick(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        tx.waves.close(wave)
    days(store, 1, 1)
    with store.transaction() as tx:
        assert tick(tx.waves, tx.desk, START + 2 * DAY, UTC).ended == (wave,)
    assert store.keys.waves() == [wave], "killed here"
    assert not tick_at(store, START + 2 * DAY).done
    assert store.keys.waves() == []


def test_an_interview_nobody_touched_for_a_fortnight_is_gone(store: Store) -> None:
    wave = open_wave(store)
    with store.transaction() as tx:
        begin(tx, wave, 1)
    days(store, 1, 14)
    assert count(store, "session") == 1
    days(store, 15, 15)
    assert count(store, "session") == 0
    assert rows(store, "SELECT done FROM ledger") == [(0,)]


# -- how many so far ------------------------------------------------------------------------------------


def test_the_number_who_finished_is_a_multiple_of_k_and_moves_at_releases_only(store: Store) -> None:
    wave = open_wave(store)
    receipts = send_many(store, wave, range(13))
    days(store, 1, 6)
    assert finished_shown(store, wave) == 0
    days(store, 7, 7)
    assert finished_shown(store, wave) == 10
    with store.transaction() as tx:
        figures = tx.waves.published(wave).as_json()
        for receipt in receipts:
            tx.vault.withdraw(receipt)
    assert (count(store, "pool"), count(store, "response")) == (0, 0)
    days(store, 8, 14)
    assert finished_shown(store, wave) == 10
    with store.transaction() as tx:
        assert tx.waves.published(wave).as_json() == figures
        tx.waves.close(wave)
    days(store, 15, 16)
    assert finished_shown(store, wave) == 10


# -- bursts ---------------------------------------------------------------------------------------------


def test_many_answers_at_once_are_marked_on_the_next_block(store: Store) -> None:
    wave = open_wave(store)
    send_many(store, wave, range(6))
    days(store, 1, 7)
    assert [burst for _, _, burst in blocks(store)] == [1]
    assert count(store, "cell") == 0, "the mark has done its work"


def test_a_steady_trickle_is_no_burst(store: Store) -> None:
    wave = open_wave(store)
    for day in range(1, 6):
        send_many(store, wave, range(2 * day, 2 * day + 2))
        tick_at(store, START + day * DAY)
    days(store, 6, 7)
    assert [(n, burst) for _, n, burst in blocks(store)] == [(9, 0)]


# -- ticks, and what a wave keeps -----------------------------------------------------------------------


def test_a_tick_not_later_than_the_last_does_nothing(store: Store) -> None:
    wave = open_wave(store)
    send_many(store, wave, range(9))
    days(store, 1, 8)
    before = blocks(store)
    for earlier in (START, START + 8 * DAY, START + 3 * DAY):
        assert tick_at(store, earlier) == Ticked(done=False)
    assert blocks(store) == before


def test_after_downtime_one_release_is_made_and_the_next_lies_ahead(store: Store) -> None:
    wave = open_wave(store)
    send_many(store, wave, range(9))
    days(store, 1, 2)
    assert tick_at(store, START + 40 * DAY).released == (wave,)
    with store.transaction() as tx:
        found = tx.waves.get(wave)
    assert found is not None
    assert found.next_release == START + 42 * DAY
    assert found.releases == 1


def test_a_wave_keeps_its_terms_and_begins_only_in_its_time(store: Store) -> None:
    terms = Terms("Org", "Programme", 1000, 7, 3, 2, True, "daily", "wait", START + DAY, START + 2 * DAY, True)
    stated = {(("district", "swat"),): 500, (("district", "swat"), ("gender", "woman")): 240}
    terms = replace(terms, populations=stated)
    with store.transaction() as tx:
        wave = tx.waves.open({"survey": "trust"}, terms, START)
        found = tx.waves.get(wave)
        assert found is not None
        assert found.terms == terms
        assert [found.takes(START + hours * timedelta(hours=1)) for hours in (0, 24, 48, 49)] == [
            False,
            True,
            True,
            False,
        ]
        assert tx.waves.get("nosuch") is None


def test_a_body_in_the_pool_holds_answers_and_language_and_nothing_else(store: Store) -> None:
    send_many(store, open_wave(store), range(1))
    ((body,),) = rows(store, "SELECT body FROM pool")
    assert load_body(body) == (WOMAN_OF_SWAT, "en")
    assert tag_of(0) not in body.encode()
