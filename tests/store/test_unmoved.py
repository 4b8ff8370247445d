"""What anybody sees moves by whole blocks, at releases, and for nothing else (I12 of the specification).

1. Answers that bring no group to k, and any withdrawal, change no byte of figures, words, hints or picture, nor
   of who is reached and of the message that a group is behind.
2. The wave's screen moves by multiples of k, at a release, and through no withdrawal.
3. Other answers to a question that routes close the same blocks.
4. 9 + p made-up people and one real one: nothing before the dwell ends, and exactly p rows stay, at random.
5. Three accounts with four people each and one real one: never a block, not even at the end.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts import state
from bot.chat.desk.inclusion import Inclusion
from bot.chat.words import text
from bot.core.survey import DONT_KNOW, LANGUAGES, PREFER_NOT, Answer
from bot.digest import write
from bot.files.phrases import Phrases
from bot.store import Store
from tests.digest.sample import ABOUT, SURVEY
from tests.store.sample import kept, open_wave, rows, send, tick_at

PHRASES = Phrases.load()
K = 10
WOMAN: dict[str, Answer] = {"district": "swat", "gender": "woman", "age": "b30", "police": "some", "meeting": "no"}


@contextmanager
def wave_of(**terms: Any) -> Iterator[tuple[Store, str]]:
    """A store with one open wave of the digests' survey; k is 10."""
    with tempfile.TemporaryDirectory() as folder, kept(Path(folder), lambda _body: SURVEY) as store:
        tick_at(store, 0)
        yield store, open_wave(store, survey=SURVEY.id, **{"k": K, "targets": {"district=swat": 95}, **terms})


def pass_days(store: Store, first: int, last: int) -> None:
    for day in range(first, last + 1):
        tick_at(store, day)


def answer(
    store: Store, wave: str, people: range, answers: list[dict[str, Answer]], firsts: set[int] | None = None
) -> list[str]:
    """These people send; returns their receipts."""
    with store.transaction() as tx:
        return [
            send(tx, wave, person, given, first=firsts is None or person in firsts)
            for person, given in zip(people, answers, strict=True)
        ]


def seen(store: Store, wave: str) -> str:
    """All that anybody can be shown: the figures, every word and number of the digest and its picture, who is
    reached, and the message that a group is behind."""
    with store.transaction() as tx:
        figures, found = tx.waves.published(wave), tx.waves.known(wave)
    words = [asdict(write(figures, found.survey, PHRASES, language, ABOUT)) for language in LANGUAGES]
    inclusion = Inclusion(lambda: PHRASES, lambda: ())
    reached = [text(PHRASES, inclusion.screen(language, found, figures)) for language in LANGUAGES]
    alerts = [inclusion.alert(language, found, figures) for language in LANGUAGES]
    told = [alert and text(PHRASES, alert) for alert in alerts]
    return json.dumps(
        [figures.as_json(), str(figures), words, reached, told, state(figures, found)], ensure_ascii=False
    )


def screen(store: Store, wave: str) -> int:
    """How many have ever finished, as the wave's screen says it."""
    with store.transaction() as tx:
        found = tx.waves.get(wave)
    assert found is not None
    return found.finished_shown


def closed(store: Store) -> list[tuple[str, int]]:
    return rows(store, "SELECT node, n FROM block ORDER BY no")


PEOPLE = st.fixed_dictionaries(
    {
        "district": st.sampled_from(["swat", "dir", PREFER_NOT]),
        "gender": st.sampled_from(["woman", "man", PREFER_NOT]),
        "age": st.sampled_from(["b18_29", "b30"]),
        "police": st.sampled_from(["none", "some", "a_lot", DONT_KNOW]),
        "people": st.sampled_from(["none", "some"]),
        "meeting": st.sampled_from(["yes", "no"]),
    }
).map(lambda given: {**given, **({"heard": "yes"} if given["meeting"] == "yes" else {})})


@settings(max_examples=8, deadline=None)
@given(st.lists(PEOPLE, min_size=12, max_size=30), st.lists(PEOPLE, max_size=K - 1), st.randoms())
def test_answers_under_k_and_withdrawals_change_no_byte_of_what_is_seen(
    before: list[dict[str, Answer]], more: list[dict[str, Answer]], chance: random.Random
) -> None:
    with wave_of(leave_behind=0) as (store, wave):
        receipts = answer(store, wave, range(len(before)), before)
        pass_days(store, 1, 21)  # the third release merges all that can be
        waiting = rows(store, "SELECT count(*) FROM pool")[0][0]
        more = more[: K - 1 - waiting]
        shown, told = seen(store, wave), screen(store, wave)
        receipts += answer(store, wave, range(100, 100 + len(more)), more)
        assert (seen(store, wave), screen(store, wave)) == (shown, told), "at once"
        for day in range(22, 43):
            tick_at(store, day)
            assert day % 7 or seen(store, wave) == shown, f"after day {day}"
            assert screen(store, wave) % K == 0
        told = screen(store, wave)
        assert told == (len(before) + len(more)) // K * K
        for receipt in chance.sample(receipts, len(receipts) // 2):
            with store.transaction() as tx:
                assert tx.vault.withdraw(receipt)
        assert (seen(store, wave), screen(store, wave)) == (shown, told), "after withdrawals"
        pass_days(store, 43, 50)
        assert (seen(store, wave), screen(store, wave)) == (shown, told), "and at the release that follows"


def test_scores_are_unmoved_by_who_waits_and_who_takes_answers_back() -> None:
    with wave_of(leave_behind=0) as (store, wave):
        people: list[dict[str, Answer]] = [
            {**WOMAN, "police": police, "people": police, "meeting": met}
            for police, met in (("none", "no"), ("some", "yes"), ("a_lot", "yes"), ("some", "no"))
            for _ in range(10)
        ]
        receipts = answer(store, wave, range(40), people)
        pass_days(store, 1, 8)
        shown, sums = seen(store, wave), rows(store, "SELECT * FROM block_sum ORDER BY 1, 2, 3")
        with store.transaction() as tx:
            told = tx.waves.published(wave).indexes
        assert {id: (one.n, one.reliability is not None) for id, one in told.items()} == {
            "trust": (40, True),
            "standing": (40, True),
        }
        extreme: dict[str, Answer] = {**WOMAN, "police": "a_lot", "people": "a_lot", "meeting": "yes"}
        receipts += answer(store, wave, range(100, 100 + K - 1), [extreme] * (K - 1))
        for day in range(9, 30):
            tick_at(store, day)
            assert seen(store, wave) == shown, f"after day {day}"
        for receipt in receipts:
            with store.transaction() as tx:
                assert tx.vault.withdraw(receipt)
        pass_days(store, 30, 36)
        assert seen(store, wave) == shown
        assert rows(store, "SELECT * FROM block_sum ORDER BY 1, 2, 3") == sums


def test_the_screen_moves_by_k_at_a_release_only_and_never_back() -> None:
    with wave_of(leave_behind=0) as (store, wave):
        receipts = []
        for day in range(1, 29):
            receipts += answer(store, wave, range(2 * day, 2 * day + 2), [WOMAN, WOMAN])
            before = screen(store, wave)
            with store.transaction() as tx:
                tx.vault.withdraw(receipts[day // 2])
            tick_at(store, day - 0.1)
            assert screen(store, wave) == before, "between two releases nothing moves"
            tick_at(store, day)
            moved = screen(store, wave) - before
            assert moved % K == 0
            assert moved == 0 or (moved > 0 and day % 7 == 0)
        assert screen(store, wave) == 50, "of 56 who finished; withdrawals lower nothing"


@settings(max_examples=5, deadline=None)
@given(st.lists(PEOPLE, min_size=20, max_size=40), st.randoms())
def test_other_answers_to_a_routing_question_close_the_same_blocks(
    people: list[dict[str, Answer]], chance: random.Random
) -> None:
    rerouted = []
    for given_answers in people:
        other = {id: answer for id, answer in given_answers.items() if id != "heard"}
        met = chance.choice(["yes", "no", DONT_KNOW])
        rerouted.append({**other, "meeting": met, **({"heard": "no"} if met == "yes" else {})})
    found = []
    for answers in (people, rerouted):
        with wave_of(leave_behind=2) as (store, wave):
            answer(store, wave, range(len(answers)), answers)
            sizes = []
            for day in range(1, 22):
                tick_at(store, day)
                sizes.append(sum(n for _, n in closed(store)))
            found.append((sizes, rows(store, "SELECT count(*) FROM pool")))
    assert found[0] == found[1]


def test_nine_and_p_made_up_people_see_nothing_before_the_dwell_ends_and_p_rows_stay() -> None:
    stayed = set()
    for _ in range(6):
        with wave_of(leave_behind=2, schedule="daily") as (store, wave):
            answer(store, wave, range(12), [WOMAN] * 12)
            tick_at(store, 1)
            assert closed(store) == [], "a day has not passed for the last of them"
            before = set(rows(store, "SELECT rhash FROM pool ORDER BY rhash"))
            tick_at(store, 2)
            assert closed(store) == [("district=swat/gender=woman/age=older", 10)]
            left = set(rows(store, "SELECT rhash FROM pool"))
            assert len(left) == 2
            assert left < before
            stayed.add(frozenset(sorted(before).index(row) for row in left))
    assert len(stayed) > 1, "the same two places every time would be no chance"


def test_three_accounts_with_four_people_each_and_a_victim_are_never_released() -> None:
    with wave_of(leave_behind=2, slots=4) as (store, wave):
        empty = seen(store, wave)
        answer(store, wave, range(13), [WOMAN] * 13, firsts={0, 4, 8, 12})
        for day in range(1, 30):
            tick_at(store, day)
            assert closed(store) == []
        with store.transaction() as tx:
            tx.waves.close(wave)
        pass_days(store, 30, 32)
        assert closed(store) == []
        assert rows(store, "SELECT count(*) FROM pool") == [(0,)], "deleted unseen"
        assert seen(store, wave) == empty


@pytest.mark.parametrize("told", ["burst", "alone"])
def test_what_is_said_of_a_block_comes_with_the_block_and_not_before(told: str) -> None:
    words = {"burst": "many answers came at once", "alone": "One person alone"}[told]
    with wave_of(leave_behind=0) as (store, wave):
        answer(store, wave, range(K), [WOMAN] * K)
        pass_days(store, 1, 6)
        assert words not in seen(store, wave)
        tick_at(store, 7)
        assert words in seen(store, wave)
