"""A person's score, the sums of a block, and what is shown of them.

1. A score is the mean of valid items from 0 to 100, turned where said, and missing under four in five of them.
2. Sums over blocks are the sums over their people, whole numbers, without zeros.
3. What is shown is what anybody works out from the answers, told coarsely; nothing under k or under 30.
4. A routed index is redrawn only after k more people were asked.
"""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.blocks import Block, Publishable, Rule, count, publish
from bot.core.cells import Partition
from bot.core.conditions import Compare
from bot.core.indexes import needed, score, steps, sums, top
from bot.core.quantiles import t_quantile
from bot.core.reliability import feldt
from bot.core.scores import AT_LEAST_90, AT_MOST_10, Score
from bot.core.survey import DONT_KNOW, PREFER_NOT, Answer, Index, Question, Survey
from tests.core.sample import scale, words, yes_no
from tests.core.sample import survey as survey_of

CODES = ("none", "little", "some", "lot", "all")


def item(id: str, answers: int = 4, order: str = "ascending", asked: str = "") -> Question:
    return scale(id, *CODES[:answers], order=order, show_if=Compare(asked, "=", "yes") if asked else None)


def index(id: str, *items: str, reverse: tuple[str, ...] = ()) -> Index:
    return Index(id, words(id), items, reverse, "higher")


def with_indexes(*questions: Question, indexes: tuple[Index, ...]) -> Survey:
    return replace(survey_of("scores", *questions), indexes=indexes)


FIVE = with_indexes(*(item(f"q{n}") for n in range(5)), indexes=(index("five", *(f"q{n}" for n in range(5))),))
MIXED = with_indexes(
    item("up", 5),
    item("down", 4, "descending"),
    item("row", 3),
    yes_no("met"),
    item("bad", 2),
    indexes=(index("mixed", "up", "down", "row", "met", "bad", reverse=("bad",)), index("pair", "up", "met")),
)
ROUTED = with_indexes(
    yes_no("went"),
    item("fair", asked="went"),
    item("heard", asked="went"),
    indexes=(index("r", "fair", "heard"),),
)


def given_(*codes: str) -> dict[str, Answer]:
    return {f"q{n}": code for n, code in enumerate(codes)}


# -- 1 ----------------------------------------------------------------------------------------------------


def test_items_go_from_the_least_answer_to_the_most() -> None:
    up, down, row, met, bad = MIXED.questions

    assert [steps(up, code) for code in CODES] == [0, 1, 2, 3, 4]
    assert [steps(down, code) for code in CODES] == [3, 2, 1, 0, None]
    assert [steps(met, code) for code in ("no", "yes", DONT_KNOW, None)] == [0, 1, None, None]
    assert [top(one) for one in (up, down, row, met, bad)] == [4, 3, 2, 1, 1]
    statement = replace(item("statement", 4, "descending"), type="grid")
    assert [steps(statement, code) for code in CODES] == [3, 2, 1, 0, None]


def test_every_item_is_brought_to_a_hundred_and_those_named_are_turned() -> None:
    most: dict[str, Answer] = {"up": "all", "down": "none", "row": "some", "met": "yes", "bad": "none"}
    least: dict[str, Answer] = {"up": "none", "down": "lot", "row": "none", "met": "no", "bad": "little"}
    half = {**least, "up": "some", "row": "little", "bad": "none"}

    assert [score(MIXED, MIXED.indexes[0], one) for one in (most, least, half)] == [100, 0, 40]


@pytest.mark.parametrize(("items", "wanted"), [(2, 2), (3, 3), (4, 4), (5, 4), (6, 5), (10, 8), (11, 9)])
def test_four_in_five_of_the_items_are_needed(items: int, wanted: int) -> None:
    assert needed(items) == wanted


def test_with_fewer_items_a_score_is_missing_and_nothing_is_put_in_their_place() -> None:
    (five,) = FIVE.indexes

    assert score(FIVE, five, given_("none", "little", "some", "lot", DONT_KNOW)) == 50
    assert score(FIVE, five, given_("none", "little", "some", PREFER_NOT, DONT_KNOW)) is None
    assert score(FIVE, five, given_("lot", "lot", "lot", "lot")) == 100
    assert score(FIVE, five, {}) is None


ANSWERS = st.sampled_from([*CODES[:4], DONT_KNOW, PREFER_NOT, "gone", ""])
PEOPLE = st.lists(st.lists(ANSWERS, min_size=5, max_size=5), min_size=1, max_size=20)


def people_of(drawn: Sequence[Sequence[str]]) -> list[dict[str, Answer]]:
    return [{f"q{n}": code for n, code in enumerate(codes) if code} for codes in drawn]


@settings(max_examples=50)
@given(PEOPLE)
def test_turning_every_item_turns_the_score(drawn: list[list[str]]) -> None:
    turned = index("five", *FIVE.indexes[0].items, reverse=FIVE.indexes[0].items)

    for answers in people_of(drawn):
        one, other = score(FIVE, FIVE.indexes[0], answers), score(FIVE, turned, answers)
        assert one is None if other is None else one == 100 - other


# -- 2 ----------------------------------------------------------------------------------------------------


def test_a_block_keeps_whole_sums_of_scores_and_of_those_who_answered_all() -> None:
    pair: list[dict[str, Answer]] = [
        {"up": "lot", "met": "yes"},
        {"up": "some", "met": "yes"},
        {"up": "some", "met": DONT_KNOW},
        {},
    ]
    found = {name: n for name, n in sums(MIXED, pair).items() if name.startswith("pair")}

    assert found == {
        "pair/asked": 3,
        "pair/people": 2,
        "pair/scores": 875 + 750,
        "pair/squares": 875**2 + 750**2,
        "pair/whole": 2,
        "pair/whole/up": 5,
        "pair/whole/met": 2,
        "pair/whole/up/up": 13,
        "pair/whole/up/met": 5,
        "pair/whole/met/met": 2,
    }


@settings(max_examples=50)
@given(PEOPLE, PEOPLE)
def test_sums_over_blocks_are_the_sums_over_their_people(one: list[list[str]], other: list[list[str]]) -> None:
    both = Counter(sums(FIVE, people_of(one)))
    both.update(sums(FIVE, people_of(other)))

    assert sums(FIVE, people_of(one + other)) == dict(both)
    assert all(isinstance(n, int) and n > 0 for n in both.values())


def test_a_survey_without_indexes_keeps_no_sums() -> None:
    assert sums(survey_of("plain", item("q0")), [given_("lot")]) == {}


# -- 3 ----------------------------------------------------------------------------------------------------


def shown(survey: Survey, *blocks: Sequence[dict[str, Answer]], k: int = 10) -> Publishable:
    made = [
        Block(no, (), len(people), False, count(survey, ((one, "en") for one in people)), sums(survey, people))
        for no, people in enumerate(blocks, start=1)
    ]
    return publish(survey, "w1", Partition(()), Rule(k, 0), made)


def crowd(n: int, seed: int = 1, agree: float = 0.7) -> list[dict[str, Answer]]:
    """People whose items mostly follow one bent."""
    chance = random.Random(seed)
    made = []
    for _ in range(n):
        bent = chance.randrange(4)
        made.append(given_(*(CODES[bent if chance.random() < agree else chance.randrange(4)] for _ in range(5))))
    return made


@settings(max_examples=40)
@given(st.integers(10, 70), st.integers(0, 9), st.floats(0, 1))
def test_what_is_shown_is_what_anybody_works_out_from_the_answers(n: int, seed: int, agree: float) -> None:
    people = crowd(n, seed, agree)
    values = [float(score(FIVE, FIVE.indexes[0], one) or 0) for one in people]
    found = shown(FIVE, people[: n // 2 + 5], people[n // 2 + 5 :]) if n >= 40 else shown(FIVE, people)
    one = found.indexes["five"]

    assert one.n == n // 5 * 5
    assert isinstance(one.mean, str) or abs(one.mean - statistics.mean(values)) <= 2.51
    assert abs(one.sd - statistics.stdev(values)) <= 2.51 or one.sd == 5
    assert_coarse(one)


def assert_coarse(one: Score) -> None:
    mean = {AT_MOST_10: 10, AT_LEAST_90: 90}.get(str(one.mean), one.mean)
    assert isinstance(mean, int)
    assert one.n % 5 == mean % 5 == one.sd % 5 == 0
    assert one.sd >= 5
    assert one.n >= 50 or isinstance(one.mean, str) or 10 < one.mean < 90
    half = t_quantile(0.975, one.n - 1) * one.sd / one.n**0.5
    assert (one.low, one.high) == (round(max(0, mean - half), 1), round(min(100, mean + half), 1))
    if one.reliability is not None and one.reliability.alpha is not None:
        ends = [round(max(0, end), 2) for end in feldt(one.reliability.alpha, one.reliability.n, 5)]
        assert [one.reliability.alpha_low, one.reliability.alpha_high] == ends
        assert one.reliability.n % 5 == 0
    for value in (one.plain()["alpha"], one.plain()["omega"], one.plain()["spearman_brown"]):
        assert value is None or (isinstance(value, float) and round(20 * value, 6) % 1 == 0 and 0 <= value <= 0.95)


def test_all_alike_are_told_only_to_be_near_an_end() -> None:
    few, many = shown(FIVE, [given_(*["lot"] * 5)] * 49), shown(FIVE, [given_(*["lot"] * 5)] * 50)
    none = shown(FIVE, [given_(*["none"] * 5)] * 20)

    assert (few.indexes["five"].mean, none.indexes["five"].mean) == (AT_LEAST_90, AT_MOST_10)
    assert many.indexes["five"].mean == 100
    assert many.indexes["five"].sd == 5
    assert many.indexes["five"].plain()["alpha"] is None, "nothing varies"


def test_a_score_of_fewer_than_k_people_is_not_shown() -> None:
    people = crowd(30)
    silent = [{**one, "q0": DONT_KNOW, "q1": DONT_KNOW} for one in people[:21]]

    assert shown(FIVE, silent + people[21:]).indexes == {}
    assert shown(FIVE, silent + people[20:]).indexes["five"].n == 10
    assert shown(FIVE, silent + people[19:], k=12).indexes == {}, "10 would be under 12"


def test_reliability_is_told_from_thirty_people_on_who_answered_every_item() -> None:
    people = crowd(60)
    partly = [{**one, "q0": DONT_KNOW} for one in people]
    few, enough = shown(FIVE, partly[:40] + people[:29]), shown(FIVE, partly[:40] + people[:33])

    assert few.indexes["five"].reliability is None
    assert few.indexes["five"].n == 65, "four in five of the items are enough for a score"
    hang = enough.indexes["five"].reliability
    assert hang is not None
    assert hang.alpha is not None
    assert hang.omega is not None
    assert (hang.n, hang.value) == (30, hang.alpha)


def test_items_that_hang_together_are_told_from_items_that_do_not() -> None:
    well, not_at_all = (shown(FIVE, crowd(200, agree=agree)).indexes["five"].plain() for agree in (0.9, 0.0))

    assert isinstance(well["alpha"], float)
    assert isinstance(not_at_all["alpha"], float)
    assert well["alpha"] >= 0.9
    assert not_at_all["alpha"] <= 0.3


def test_two_items_have_the_figure_for_two() -> None:
    people: list[dict[str, Answer]] = [{"up": "all", "met": "yes"}, {"up": "none", "met": "no"}] * 20
    told = shown(MIXED, [*people, {"up": "none", "met": "yes"}]).indexes["pair"].plain()

    assert told["alpha"] is told["omega"] is None
    assert told["spearman_brown"] == 0.95


def test_an_item_with_more_answers_weighs_no_more() -> None:
    chance = random.Random(4)
    people: list[dict[str, Answer]] = [
        {"up": chance.choice(["none", "all"]), "met": chance.choice(["yes", "no"])} for _ in range(400)
    ]
    two: list[dict[str, Answer]] = [{**one, "row": "some" if one["met"] == "yes" else "none"} for one in people]
    coarse = with_indexes(item("up", 5), yes_no("met"), item("row", 3), indexes=(index("c", "up", "met", "row"),))
    fine = with_indexes(
        scale("up", "none", "all"),
        yes_no("met"),
        item("row", 3),
        indexes=(index("c", "up", "met", "row"),),
    )

    assert shown(coarse, two).indexes["c"] == shown(fine, two).indexes["c"]


# -- 4 ----------------------------------------------------------------------------------------------------


def went(yes: int, no: int, code: str) -> list[dict[str, Answer]]:
    asked: dict[str, Answer] = {"went": "yes", "fair": code, "heard": code}
    return [asked] * yes + [{"went": "no"}] * no


def test_a_routed_index_is_redrawn_only_after_k_more_people_were_asked() -> None:
    one, two, three = went(12, 2, "some"), went(9, 5, "none"), went(1, 11, "none")

    assert shown(ROUTED, one).indexes["r"].mean == 65
    assert shown(ROUTED, one, two).indexes == shown(ROUTED, one).indexes
    assert shown(ROUTED, one, two, three).indexes["r"].mean == 35
    assert shown(ROUTED, went(9, 3, "some")).indexes == {}


def test_a_score_is_exact_before_it_is_told() -> None:
    assert score(FIVE, FIVE.indexes[0], given_("little", "none", "none", "none", "none")) == Fraction(20, 3)
