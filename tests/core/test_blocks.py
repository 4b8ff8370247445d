"""The block rule, attacked rather than inspected.

1. A block has at least k people; nobody is in two; p random rows stay behind, none at the end (R2).
2. Leftovers merge upward, age first, gender last; first light stops at the lowest level that closes (R2).
3. Closing reads head counts only: not answers, not arrival, not anything about the others (R1, R7).
4. Where several people share an account, five accounts stand behind every block (R8).
5. Over random histories, no combination of all figures ever shown isolates anybody; the naive rule does.
6. What is shown: multiples of five, clipped ends, nothing under k, all recomputable (R5, R7).
7. Answers that reach no block change no byte (R1).
8. Numbers of people are never shown under k, whatever k is.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.blocks import (
    AT_LEAST_90,
    AT_MOST_10,
    Answers,
    Block,
    Closing,
    Entry,
    Figure,
    Publishable,
    Rule,
    Waiting,
    closings,
    count,
    points,
    publish,
    publish_running,
    tally,
)
from bot.core.cells import Node, Partition, layout
from bot.core.cohorts import COHORT, OTHER, counted
from bot.core.indexes import sums
from bot.core.indicators import wilson
from bot.core.quantiles import t_quantile
from bot.core.running import Running
from bot.core.scores import mean_points
from bot.core.survey import (
    DONT_KNOW,
    NOT_ASKED,
    PREFER_NOT,
    UNKNOWN,
    VALID,
    Answer,
    Band,
    CellPart,
    Condition,
    Index,
    Indicator,
    Option,
    Question,
    Reach,
    Survey,
)
from tests.core.attack import bounds, close_pairs, isolated, plain
from tests.core.histories import History, above, blocks_of, history, shown_by_blocks, shown_naively

WORDS = {"en": "-"}
DISCLOSURE = json.loads((Path(__file__).parents[1] / "oracles" / "disclosure.json").read_text())["cases"]
CASES = {case["name"]: case for case in DISCLOSURE}


def question(id: str, *codes: str, type: str = "choice", routed: bool = False) -> Question:
    options = tuple(Option(code, WORDS) for code in codes)
    order = "ascending" if type == "scale" else ""
    return Question(id, type, WORDS, options, show_if=Condition() if routed else None, order=order)


DISTRICTS = ("d1", "d2", "d3", "d4")
BANDS = {"b18_24": "youth", "b25_29": "youth", "b30_44": "middle", "b45": "older"}
SURVEY = Survey(
    id="trust",
    version=1,
    languages=("ur", "ps", "en"),
    title=WORDS,
    licence="own items",
    consent=WORDS,
    questions=(
        question("age", *BANDS),
        question("gender", "woman", "man"),
        question("district", *DISTRICTS),
        question("about", type="note"),
        question("police", "none", "some", "a_lot", type="scale"),
        question("met", "yes", "no", type="yes_no"),
        question("heard", "yes", "no", type="yes_no", routed=True),
        question("barriers", "far", "time", "cost", type="choices"),
        Question("times", "number", WORDS, bands=(Band("few", 0, 2), Band("many", 3, 60))),
    ),
    cells=(  # not in the order in which they are kept
        CellPart("age", "age", BANDS),
        CellPart("gender", "gender", {"woman": "woman", "man": "man"}),
        CellPart("district", "district", {code: code for code in DISTRICTS}),
    ),
    indicators=(
        Indicator("trust_police", WORDS, "police", ("some", "a_lot"), "higher"),
        Indicator("heard", WORDS, "heard", ("yes",), "higher"),
        Indicator("hindered", WORDS, "barriers", ("far", "time"), "lower"),
    ),
    reach=Reach("KP", ("gender", ("woman",)), ("age", ("b18_24", "b25_29"))),
    indexes=(
        Index("standing", WORDS, ("police", "met"), (), "higher"),
        Index("spoken", WORDS, ("met", "heard", "police"), ("met",), "none"),
    ),
)
PARTITION = layout(SURVEY, None).partition
CELLS = PARTITION.nodes()


def first_drawn(rids: Sequence[bytes], leave: int) -> Sequence[bytes]:
    return rids[:leave]


def drawing(seed: int) -> Callable[[Sequence[bytes], int], Sequence[bytes]]:
    return random.Random(seed).sample


def pool(*groups: tuple[Node, int], first: bool = True) -> list[Waiting]:
    rows = [node for node, n in groups for _ in range(n)]
    return [Waiting(place.to_bytes(4, "big"), node, first) for place, node in enumerate(rows)]


def node(**codes: str) -> Node:
    return tuple(codes.items())


YOUNG = node(district="d1", gender="woman", age="youth")
OLD = node(district="d1", gender="woman", age="older")
FAR_YOUNG = node(district="d2", gender="woman", age="youth")
MEN = node(district="d3", gender="man", age="middle")


def close(
    waiting: Iterable[Waiting],
    k: int = 10,
    leave: int = 0,
    slots: int = 1,
    wait: bool = False,
    merging: bool = False,
    final: bool = False,
) -> dict[Node, int]:
    closed = closings(
        PARTITION,
        waiting,
        Rule(k, leave, slots, wait),
        merging=merging,
        final=final,
        draw=first_drawn,
    )
    return {closing.node: len(closing.rids) for closing in closed}


# Cells and rules


def test_the_cell_of_a_person_stands_in_the_order_district_gender_age() -> None:
    answers: dict[str, Answer] = {"age": "b25_29", "gender": "woman", "district": "d1"}

    assert PARTITION.cell(answers) == YOUNG


@pytest.mark.parametrize("answer", [DONT_KNOW, PREFER_NOT, "other", None])
def test_a_cell_question_without_a_usable_answer_gives_the_code_unknown(answer: str | None) -> None:
    answers: dict[str, Answer] = {"age": "b45", "district": "d1"}
    if answer is not None:
        answers["gender"] = answer

    assert PARTITION.cell(answers) == node(district="d1", gender=UNKNOWN, age="older")


def test_every_cell_is_a_node_of_the_partition_and_nobody_is_in_two() -> None:
    found = Counter(
        PARTITION.cell({"district": district, "gender": gender, "age": age})
        for district in (*DISTRICTS, UNKNOWN)
        for gender in ("woman", "man", UNKNOWN)
        for age in (*BANDS, UNKNOWN)
    )

    assert set(found) == set(CELLS)
    assert len(CELLS) == 5 * 3 * 4


def test_dimensions_of_an_author_are_dropped_before_the_three_that_are_known() -> None:
    own = Partition((*PARTITION.parts, CellPart("role", "role", {"teacher": "teacher"})))

    assert own.levels() == (
        frozenset({"district", "gender", "age"}),
        frozenset({"district", "gender"}),
        frozenset({"gender"}),
        frozenset(),
    )


@pytest.mark.parametrize("k", [-1, 0, 4])
def test_k_is_never_under_five(k: int) -> None:
    with pytest.raises(ValueError, match="never under 5"):
        Rule(k, 2)


# Closing


def test_a_pool_of_k_and_p_rows_closes_and_p_stay_behind() -> None:
    assert close(pool((YOUNG, 12)), leave=2) == {YOUNG: 10}
    assert close(pool((YOUNG, 17)), leave=2) == {YOUNG: 15}


def test_a_pool_one_short_of_k_and_p_stays() -> None:
    assert close(pool((YOUNG, 11)), leave=2) == {}


def test_at_the_end_nobody_stays_behind_who_can_be_shown() -> None:
    assert close(pool((YOUNG, 10)), leave=2, final=True) == {YOUNG: 10}


def test_nine_and_p_made_up_people_do_not_bring_out_the_tenth() -> None:
    attackers, p = 9, 2
    waiting = pool((YOUNG, attackers + p + 1))
    closed = closings(PARTITION, waiting, Rule(10, p), merging=False, final=False, draw=first_drawn)

    assert len(waiting) - sum(len(closing.rids) for closing in closed) == p


def test_age_is_given_up_first_then_district_and_gender_last() -> None:
    assert close(pool((YOUNG, 6), (OLD, 5)), merging=True) == {YOUNG[:2]: 11}
    assert close(pool((YOUNG, 6), (FAR_YOUNG, 5)), merging=True) == {node(gender="woman"): 11}
    assert close(pool((YOUNG, 6), (MEN, 5)), merging=True) == {(): 11}


def test_those_just_left_behind_may_be_merged_upward_in_a_merging_release() -> None:
    assert close(pool((YOUNG, 12), (OLD, 10)), leave=2, merging=True) == {YOUNG: 10, YOUNG[:2]: 10}


def test_first_light_merges_no_higher_than_the_lowest_level_that_can_close() -> None:
    waiting = pool((YOUNG, 6), (OLD, 5), (FAR_YOUNG, 6), (MEN, 9))

    assert close(waiting) == {YOUNG[:2]: 11}
    assert close(waiting, merging=True) == {YOUNG[:2]: 11, (): 15}


def test_a_release_that_shows_something_merges_nothing() -> None:
    assert close(pool((YOUNG, 10), (FAR_YOUNG, 6), (MEN, 6))) == {YOUNG: 10}


def test_a_wave_that_waits_has_no_first_light_but_merges_at_every_third_release() -> None:
    waiting = pool((YOUNG, 6), (OLD, 5))

    assert close(waiting, wait=True) == {}
    assert close(waiting, wait=True, merging=True) == {YOUNG[:2]: 11}


def test_in_the_end_fewer_than_k_are_never_shown() -> None:
    assert sum(close(pool((YOUNG, 9)), final=True).values()) == 0
    assert close(pool((YOUNG, 9), (MEN, 1)), final=True) == {(): 10}


def test_three_accounts_with_four_people_each_and_a_victim_never_make_a_block() -> None:
    rows = [Waiting(bytes([n]), YOUNG, first=n < 4) for n in range(13)]  # 3 attackers and 1 victim

    for merging in (False, True):
        assert close(rows, leave=2, slots=4, merging=merging) == {}
    assert close(rows, slots=4, final=True) == {}


def test_five_accounts_are_left_whoever_stays_behind() -> None:
    rows = [Waiting(bytes([n]), YOUNG, first=n < 7) for n in range(20)]

    closed = closings(PARTITION, rows, Rule(10, 2, slots=4), merging=False, final=False, draw=first_drawn)
    firsts = {row.rid for row in rows if row.first}
    assert len(firsts & set(closed[0].rids)) == 5
    assert close(rows[1:], leave=2, slots=4) == {}


def test_a_draw_that_does_not_leave_p_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="2 rows"):
        closings(
            PARTITION,
            pool((YOUNG, 12)),
            Rule(10, 2),
            merging=False,
            final=False,
            draw=lambda rids, _leave: rids[:1],
        )


def test_the_draw_learns_nothing_from_the_order_of_arrival() -> None:
    handed: list[Sequence[bytes]] = []

    def draw(rids: Sequence[bytes], leave: int) -> Sequence[bytes]:
        handed.append(rids)
        return rids[:leave]

    rows = pool((YOUNG, 14))
    random.Random(2).shuffle(rows)
    closings(PARTITION, rows, Rule(10, 2), merging=False, final=False, draw=draw)

    assert handed == [sorted(row.rid for row in rows)]


@st.composite
def waitings(draw: st.DrawFn) -> list[Waiting]:
    groups = draw(st.dictionaries(st.sampled_from(CELLS), st.integers(0, 26), max_size=8))
    rows = pool(*groups.items())
    marks = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    return [dataclasses.replace(row, first=mark) for row, mark in zip(rows, marks, strict=True)]


RULES = st.builds(Rule, st.integers(5, 12), st.integers(0, 3), st.sampled_from([1, 4]), st.booleans())


@settings(max_examples=150)
@given(waitings(), RULES, st.booleans(), st.booleans(), st.integers())
def test_blocks_are_large_enough_and_disjoint_and_come_in_the_order_of_their_nodes(
    waiting: list[Waiting], rule: Rule, merging: bool, final: bool, seed: int
) -> None:
    closed = closings(PARTITION, waiting, rule, merging=merging, final=final, draw=drawing(seed))
    rows = {row.rid: row for row in waiting}
    released = [rid for closing in closed for rid in closing.rids]

    assert all(len(closing.rids) >= rule.k for closing in closed)
    assert len(released) == len(set(released))
    assert all(set(closing.node) <= set(rows[rid].cell) for closing in closed for rid in closing.rids)
    assert [closing.node for closing in closed] == sorted(closing.node for closing in closed)
    if rule.slots > 1:
        assert all(sum(rows[rid].first for rid in closing.rids) >= 5 for closing in closed)
    if final and rule.slots == 1:
        assert len(waiting) - len(released) < rule.k


@settings(max_examples=80)
@given(waitings(), RULES, st.booleans(), st.booleans(), st.integers())
def test_neither_arrival_nor_names_of_rows_decide_what_closes(
    waiting: list[Waiting], rule: Rule, merging: bool, final: bool, seed: int
) -> None:
    rule = dataclasses.replace(rule, slots=1)  # then the marks of accounts are not read

    def sizes(rows: list[Waiting]) -> list[tuple[Node, int]]:
        closed = closings(PARTITION, rows, rule, merging=merging, final=final, draw=drawing(1))
        return [(closing.node, len(closing.rids)) for closing in closed]

    chance = random.Random(seed)
    renamed = [dataclasses.replace(row, rid=chance.randbytes(16)) for row in waiting]
    chance.shuffle(renamed)
    assert sizes(renamed) == sizes(waiting)


def test_the_blocks_are_the_same_whatever_a_routing_question_was_answered() -> None:
    chance = random.Random(3)
    people = [someone(chance) for _ in range(80)]
    others = [{**person, "met": "no"} for person in people]

    def closed(answers: list[dict[str, Answer]]) -> tuple[Closing, ...]:
        rows = [Waiting(place.to_bytes(2, "big"), PARTITION.cell(one), True) for place, one in enumerate(answers)]
        return closings(PARTITION, rows, Rule(10, 2), merging=True, final=False, draw=drawing(5))

    assert closed(people) == closed(others)


# Counting


def someone(chance: random.Random) -> dict[str, Answer]:
    """One person: a quarter women, some silent, the routed question asked of those who met."""
    answers: dict[str, Answer] = {
        "district": chance.choice(DISTRICTS),
        "gender": "woman" if chance.random() < 0.25 else "man",
        "age": chance.choice(list(BANDS)),
        "police": chance.choice(["none", "some", "a_lot", DONT_KNOW, PREFER_NOT]),
        "met": chance.choice(["yes", "no"]),
        "barriers": chance.choice([("far",), ("far", "time"), ("cost",)]),
        "times": chance.randint(0, 9),
    }
    if answers["met"] == "yes":
        answers["heard"] = chance.choice(["yes", "no", DONT_KNOW])
    return answers


def test_one_person_is_counted_once_a_question_and_under_every_code_given() -> None:
    answers: dict[str, Answer] = {
        "age": "b45",
        "about": "read",
        "police": DONT_KNOW,
        "barriers": ("far", "time"),
        "times": 7,
    }

    assert set(tally(SURVEY, answers, "ps")) == {
        ("age", VALID),
        ("age", "b45"),
        ("gender", NOT_ASKED),
        ("district", NOT_ASKED),
        ("police", DONT_KNOW),
        ("met", NOT_ASKED),
        ("heard", NOT_ASKED),
        ("barriers", VALID),
        ("barriers", "far"),
        ("barriers", "time"),
        ("times", VALID),
        ("times", "many"),
        ("_indicator", "hindered"),
        ("_language", "ps"),
        ("_end", "completed"),
    }


def test_counts_are_sums_without_zeros() -> None:
    counts = count(SURVEY, [({"police": "some"}, "ur"), ({"police": PREFER_NOT}, "ur")])

    assert counts["police", VALID] == counts["police", "some"] == counts["police", PREFER_NOT] == 1
    assert counts["_language", "ur"] == 2
    assert ("police", "none") not in counts
    assert 0 not in counts.values()


# What is shown


def block(no: int, node: Node, n: int, answers: dict[Entry, int], burst: bool = False) -> Block:
    return Block(no, node, n, burst, {("_language", "ur"): n, **answers})


def police(valid: int, some: int, silent: int = 0) -> dict[Entry, int]:
    return {
        ("police", VALID): valid,
        ("police", "some"): some,
        ("police", "none"): valid - some,
        ("police", DONT_KNOW): silent,
    }


def heard(yes: int, no: int) -> dict[Entry, int]:
    return {("heard", VALID): yes + no, ("heard", "yes"): yes, ("heard", "no"): no}


def shown(*blocks: Block, k: int = 10) -> Publishable:
    return publish(SURVEY, "w1", PARTITION, Rule(k, 2), blocks)


def test_only_publish_makes_a_publishable() -> None:
    made = shown()
    fields = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}

    with pytest.raises(TypeError, match="publish"):
        Publishable(**fields, made_by=object())
    with pytest.raises(ValueError, match="made_by"):
        dataclasses.replace(made, n=3)  # type: ignore[call-arg]  # the very thing that is refused


def test_a_block_under_k_is_never_published() -> None:
    with pytest.raises(ValueError, match="fewer than 10"):
        shown(block(1, YOUNG, 9, police(9, 3)))


def test_sums_that_no_block_of_k_people_made_are_never_published() -> None:
    running = Running(SURVEY, 5)
    running.add(block(1, YOUNG, 9, police(9, 3)))

    with pytest.raises(ValueError, match="fewer than 10"):
        publish_running(SURVEY, "w1", PARTITION, Rule(10, 2), running.shown)


def test_an_empty_wave_shows_nothing_and_hides_every_cell() -> None:
    figures = shown().as_json()

    assert figures["n"] == 0
    assert figures["cells"] == []
    assert figures["questions"] == figures["indicators"] == {}
    assert figures["hidden"] == [dict(node) for node in CELLS]


def test_shares_are_told_to_five_points_and_counts_follow_from_them() -> None:
    figures = shown(block(1, YOUNG, 23, police(22, 7)))

    assert figures.n == 20
    assert figures.questions["police"] == Answers(
        20, {"none": 10, "some": 5, "a_lot": AT_MOST_10}, {"none": 70, "some": 30, "a_lot": AT_MOST_10}, AT_MOST_10
    )


def test_what_people_kept_silent_about_is_a_share_of_those_asked() -> None:
    assert shown(block(1, YOUNG, 15, police(12, 6, silent=3))).questions["police"].silent == 20


def test_near_an_end_a_small_group_is_told_only_to_be_near_it() -> None:
    small, large = shown(block(1, YOUNG, 49, police(49, 49))), shown(block(1, YOUNG, 50, police(50, 50)))

    assert small.indicators["trust_police"] == Figure(45, AT_LEAST_90, *interval(90, 45))
    assert large.indicators["trust_police"] == Figure(50, 100, *interval(100, 50))


def test_silence_is_told_no_finer_than_the_answers_beside_it() -> None:
    figures = shown(block(1, YOUNG, 51, police(49, 20, silent=2)))

    assert (figures.questions["police"].n, figures.questions["police"].silent) == (45, AT_MOST_10)


@pytest.mark.parametrize(("n", "told"), [(12, 0), (14, 0), (15, 15), (24, 20)])
def test_where_k_is_no_multiple_of_five_no_number_is_shown_under_it(n: int, told: int) -> None:
    figures = shown(block(1, YOUNG, n, police(n, 6)), k=12)

    assert figures.n == told
    assert [cell.n for cell in figures.cells] == ([told] if told else [])
    assert (YOUNG in figures.hidden) is not bool(told)
    assert [figure.n for figure in figures.indicators.values()] == ([told] if told else [])
    assert bool(figures.languages) is bool(told)


def test_a_figure_with_fewer_than_k_valid_answers_is_not_shown() -> None:
    figures = shown(block(1, YOUNG, 30, police(9, 4, silent=21)))

    assert figures.n == 30
    assert not figures.questions
    assert not figures.indicators


def test_a_person_who_named_two_barriers_is_one_person_in_an_indicator_over_both() -> None:
    both: dict[str, Answer] = {"barriers": ("far", "time")}
    neither: dict[str, Answer] = {"barriers": ("cost",)}
    counts = count(SURVEY, [(both, "ur")] * 10 + [(neither, "ur")] * 10)

    assert shown(Block(1, YOUNG, 20, False, counts)).indicators["hindered"].share == 50


def test_a_routed_figure_is_redrawn_only_after_k_more_people_were_asked() -> None:
    one = block(1, YOUNG, 12, heard(3, 3))
    two = block(2, OLD, 12, heard(6, 0))
    three = block(3, MEN, 12, heard(0, 9))
    four = block(4, FAR_YOUNG, 12, heard(1, 0))

    assert "heard" not in shown(one).indicators
    assert shown(one, two).indicators["heard"].share == 75
    assert shown(one, two, three).as_json()["indicators"] == shown(one, two).as_json()["indicators"]
    assert shown(one, two, three, four).indicators["heard"].share == 45


def test_blocks_are_walked_in_the_order_of_their_numbers() -> None:
    blocks = [block(no, YOUNG, 12, heard(no, 6 - no)) for no in (1, 2, 3, 4, 5)]

    assert shown(*reversed(blocks)).as_json() == shown(*blocks).as_json()


def test_a_parent_is_its_own_blocks_and_its_childrens() -> None:
    figures = shown(
        block(1, YOUNG, 20, police(20, 10)),
        block(2, node(gender="woman"), 20, police(20, 0)),
        block(3, MEN, 20, police(20, 20)),
        block(4, (), 20, police(20, 10)),
    )

    assert figures.indicators["trust_police"].share == 50
    assert {code: figure["trust_police"].share for code, figure in figures.by_group.items()} == {
        "woman": 25,
        "man": AT_LEAST_90,
    }


def test_a_group_is_compared_only_with_k_valid_answers_of_its_own() -> None:
    figures = shown(block(1, YOUNG, 12, police(9, 3, silent=3)), block(2, MEN, 12, police(12, 3)))

    assert list(figures.by_group) == ["man"]


def test_every_group_of_one_dimension_has_figures_of_its_own_but_nobody_unknown() -> None:
    figures = shown(
        block(1, YOUNG, 20, police(20, 10)),
        block(2, node(district="d1", gender="man"), 20, police(20, 20)),
        block(3, node(gender=UNKNOWN, age="older"), 20, police(20, 0)),
    )
    shares = {group: indicators["trust_police"].share for group, indicators in figures.groups.items()}

    assert shares == {
        ("district", "d1"): 75,
        ("gender", "woman"): 50,
        ("gender", "man"): AT_LEAST_90,
        ("age", "youth"): 50,
        ("age", "older"): AT_MOST_10,
    }
    low, high = interval(50, 20)
    assert figures.as_json()["groups"][1] == {  # type: ignore[index]  # a list, as the shares above show
        "group": {"gender": "woman"},
        "indicators": {"trust_police": {"n": 20, "share": 50, "low": low, "high": high}},
    }


def test_a_group_waits_for_k_people_asked_of_its_own() -> None:
    blocks = [block(1, YOUNG, 12, heard(6, 0)), block(2, MEN, 12, heard(0, 6)), block(3, OLD, 12, heard(0, 6))]

    assert shown(*blocks[:2]).indicators["heard"].share == 50
    assert not shown(*blocks[:2]).groups
    assert {group: told["heard"].n for group, told in shown(*blocks).groups.items()} == {
        ("district", "d1"): 10,
        ("gender", "woman"): 10,
    }


def test_silence_is_the_share_of_answers_withheld_over_the_questions_put_to_everybody() -> None:
    free = {("police", VALID): 10, ("police", DONT_KNOW): 6, ("police", PREFER_NOT): 4, ("met", VALID): 20}
    others: dict[Entry, int] = {
        ("gender", PREFER_NOT): 20,
        ("heard", VALID): 10,
        ("heard", DONT_KNOW): 10,
        ("barriers", VALID): 9,
        ("barriers", PREFER_NOT): 11,
    }
    figures = shown(block(1, YOUNG, 23, {**free, **others}))

    low, high = interval(35, 20)
    assert figures.silence == Figure(20, 35, low, high), "21 of 60: not of cells and routed questions"
    assert figures.as_json()["silence"] == {"n": 20, "share": 35, "low": low, "high": high}


def test_silence_is_told_also_where_nearly_everybody_kept_it() -> None:
    found = shown(block(1, YOUNG, 60, police(3, 1, silent=57)))

    assert not found.questions
    assert found.silence is not None and (found.silence.n, found.silence.share) == (60, 95)
    assert shown().as_json()["silence"] is None


def test_women_and_youth_are_counted_over_merged_blocks_too() -> None:
    half: dict[Entry, int] = {
        ("gender", VALID): 12,
        ("gender", "woman"): 6,
        ("age", VALID): 12,
        ("age", "b18_24"): 3,
        ("age", "b25_29"): 3,
    }
    merged = shown(block(1, (), 12, half))
    apart = shown(block(1, YOUNG, 12, half))

    assert merged.reach["women"].share == merged.reach["youth"].share == 50
    assert merged.reach == apart.reach


def test_cell_questions_are_shown_as_shares_only() -> None:
    chance = random.Random(1)
    people = [(someone(chance), "ur") for _ in range(40)]
    figures = shown(Block(1, (), 40, False, count(SURVEY, people)))

    assert set(figures.questions) == {"police", "met", "heard", "barriers", "times"}
    assert figures.languages == {"ur": AT_LEAST_90, "ps": AT_MOST_10, "en": AT_MOST_10}


def test_a_cell_tells_its_burst_and_whether_it_was_merged() -> None:
    figures = shown(block(1, YOUNG, 11, {}), block(2, YOUNG, 12, {}, burst=True), block(3, (), 14, {}))

    assert [(cell.node, cell.n, cell.burst, cell.merged) for cell in figures.cells] == [
        ((), 10, False, True),
        (YOUNG, 20, True, False),
    ]
    assert YOUNG not in figures.hidden
    assert OLD in figures.hidden


def interval(share: int, n: int) -> tuple[float, float]:
    low, high = wilson(share / 100, n)
    return round(100 * low, 1), round(100 * high, 1)


@st.composite
def waves(draw: st.DrawFn) -> list[Block]:
    """Blocks of 10 to 70 made-up people each, on any node; some were invited by a kind of group that is known."""
    chance = draw(st.randoms(use_true_random=False))
    kept = draw(st.lists(st.tuples(st.sampled_from(CELLS), st.integers(0, 3), st.integers(10, 70)), max_size=6))
    blocks = []
    for no, (cell, level, n) in enumerate(kept, start=1):
        names = (frozenset({"district", "gender", "age"}), *PARTITION.levels())[level]
        place = tuple(pair for pair in cell if pair[0] in names)
        people = [(someone(chance), chance.choice(["ur", "ps"])) for _ in range(n)]
        scored = sums(SURVEY, (answers for answers, _ in people))
        kinds = counted(chance.choice(["", "school", "school", "event", OTHER]) for _ in range(n))
        blocks.append(Block(no, place, n, False, {**count(SURVEY, people), **kinds}, scored))
    return blocks


@settings(max_examples=60, deadline=None)
@given(waves(), st.sampled_from([5, 7, 10]))
def test_all_that_is_shown_is_coarse_and_can_be_recomputed_from_what_is_shown(blocks: list[Block], k: int) -> None:
    figures = shown(*blocks, k=k)
    told = json.loads(json.dumps(figures.as_json()))

    for n in numbers_of_people(told):
        assert n % 5 == 0
        assert n >= k
    assert_coarse(figures.n, figures.languages.values())
    came = sum((Counter({e: n for e, n in one.counts.items() if e[0] == COHORT}) for one in blocks), Counter())
    assert_coarse(came[COHORT, VALID] // 5 * 5, figures.cohorts.values())
    assert set(figures.cohorts) == {code for (_, code), n in came.items() if code != VALID and n >= -(-k // 5) * 5}
    for id, answers in figures.questions.items():
        assert_coarse(answers.n, [*answers.shares.values(), answers.silent])
        assert told["questions"][id]["n"] == answers.n
        for code, share in answers.shares.items():
            expected = share if isinstance(share, str) else share * answers.n // 100 // 5 * 5
            assert told["questions"][id]["counts"][code] == expected
    silence = {} if figures.silence is None else {"silence": figures.silence}
    groups = (figures.indicators, figures.reach, silence, *figures.groups.values())
    for figure in (figure for group in groups for figure in group.values()):
        assert_coarse(figure.n, [figure.share])
        assert (figure.low, figure.high) == interval(points(figure.share), figure.n)
    for score in figures.indexes.values():
        assert score.sd % 5 == 0 < score.sd
        assert isinstance(score.mean, str) or (score.mean % 5 == 0 and (score.n >= 50 or 10 < score.mean < 90))
        half = t_quantile(0.975, score.n - 1) * score.sd / score.n**0.5
        low, high = max(0, mean_points(score.mean) - half), min(100, mean_points(score.mean) + half)
        assert (score.low, score.high) == (round(low, 1), round(high, 1))


def numbers_of_people(told: object) -> list[int]:
    """Every n of a digest in JSON, but for the 0 of a wave that shows nothing."""
    if isinstance(told, dict):
        own = [told["n"]] if isinstance(told.get("n"), int) and told["n"] else []
        return own + [n for value in told.values() for n in numbers_of_people(value)]
    return [n for value in told for n in numbers_of_people(value)] if isinstance(told, list) else []


def assert_coarse(n: int, shares: Iterable[int | str]) -> None:
    for share in shares:
        if isinstance(share, str):
            assert share in (AT_MOST_10, AT_LEAST_90)
            assert n < 50
        else:
            assert share % 5 == 0
            assert n >= 50 or 10 < share < 90


# Attacks

HISTORIES = 200
"""How many here; ten times as many in the soak."""

WHERE_MANY_LIVE = layout(SURVEY, 1000, populations={(("district", code),): 60 for code in ("d1", "d2")}).partition
"""The cells of a wave in which two districts were too small and are joined."""


def wave(seed: int) -> History:
    """A random history; every fifth in a community with small districts."""
    return history(seed, SURVEY, WHERE_MANY_LIVE if seed % 5 == 4 else PARTITION, someone)


def attacked(first: int, number: int) -> Counter[str]:
    """What the attack finds in so many histories from this one on, and what there was to attack."""
    found = Counter(isolated=0, close_pairs=0)
    for seed in range(first, first + number):
        one = wave(seed)
        figures = shown_by_blocks(one, SURVEY)
        told = publish(SURVEY, "w1", one.partition, one.rule, blocks_of(one, one.after[-1]))
        found += Counter(
            figures=len(figures),
            scores=len(told.indexes),
            phones=int(one.rule.slots > 1 and len(one.after[-1]) > 1),
            waits=int(one.rule.wait),
            joined=int(any(dict(node).keys() == {"gender", "age"} for node, _ in one.after[-1])),
            **Counter(name for name, _ in told.groups),
        )
        found.update(isolated=isolated(figures), close_pairs=close_pairs(figures, one.rule.k))
    return found


def test_no_combination_of_everything_ever_shown_isolates_anybody() -> None:
    found = attacked(0, HISTORIES)

    assert found["isolated"] == found["close_pairs"] == 0
    assert found["figures"] > 10 * HISTORIES, "the attack had something to attack"
    for seen in ("phones", "waits", "joined", "scores", "district", "gender", "age"):
        assert found[seen] > 0, found


@pytest.mark.parametrize("k_new", [False, True], ids=["k people", "k people and k new"])
def test_the_naive_rules_isolate_somebody_so_the_attack_can_see(k_new: bool) -> None:
    found = Counter[str]()
    for seed in (0, 4):  # k is 5
        figures = shown_naively(wave(seed), seed, k_new=k_new)
        found["alone"] += isolated(figures)
        found["close"] += close_pairs(figures, wave(seed).rule.k)

    assert min(found.values()) > 0


@settings(max_examples=60)
@given(st.lists(st.integers(0, 12), max_size=25), st.integers(5, 12))
def test_a_routed_figure_moves_only_by_k_people_asked(asked: list[int], k: int) -> None:
    running, totals = Running(SURVEY, k), [0]
    for no, n in enumerate(asked):
        running.add(block(no, YOUNG, 12, {("heard", VALID): n}))
        totals.append(running.shown.view()["heard", VALID])

    for before, after in pairwise(totals):
        assert after == before or after - before >= k


@settings(max_examples=60)
@given(waves(), st.lists(st.sampled_from(CELLS), max_size=9), st.booleans(), st.booleans())
def test_answers_that_bring_no_node_to_k_change_no_byte(
    blocks: list[Block], cells: list[Node], merging: bool, final: bool
) -> None:
    before = json.dumps(shown(*blocks).as_json())
    rows = [Waiting(bytes([place]), cell, True) for place, cell in enumerate(cells)]
    more = closings(PARTITION, rows, Rule(10, 2), merging=merging, final=final, draw=first_drawn)

    assert more == ()
    assert json.dumps(shown(*blocks).as_json()) == before


def test_the_table_attack_finds_what_a_suppressed_table_gives_away() -> None:
    case = CASES["suppressed_table"]
    cells = [(row, column) for row in case["rows"] for column in case["cols"]]
    place = {f"{r}|{c}": (case["rows"].index(r), case["cols"].index(c)) for r, c in cells}
    hidden = {place[name] for name in case["suppressed"]}

    for name, limits in case["bounds"].items():
        assert bounds(case["inner"], hidden, place[name]) == tuple(limits)
    for extra, limits in case["single_extra_suppression_bounds_for_w|b"].items():
        assert bounds(case["inner"], hidden | {place[extra]}, place["w|b"]) == tuple(limits)


def test_the_same_table_released_in_blocks_gives_no_cell_away() -> None:
    case = CASES["suppressed_table"]
    hidden = set(case["suppressed"])
    blocks, people = [], 0
    figures: dict[Node, set[int]] = {}
    for r, row in zip(case["rows"], case["inner"], strict=True):
        for c, n in zip(case["cols"], row, strict=True):
            if f"{r}|{c}" not in hidden:  # a cell without a block is in no total
                blocks.append((node(row=r, column=c), range(people, people + n)))
            people += n
    for place, rows in blocks:
        for names in ((), ("row",), ("column",), ("row", "column")):
            figures.setdefault(above(place, names), set()).update(rows)

    assert isolated(map(plain, figures.values())) == 0
    assert close_pairs(map(plain, figures.values()), k=5) == 0
    assert all(len(rows) >= 5 for rows in figures.values())


def test_one_more_woman_between_two_digests_does_not_show() -> None:
    case = CASES["two_digests"]
    k, (first, second) = case["k"], (case[digest]["women|D1"]["n"] for digest in ("digest1", "digest2"))
    rows = pool((YOUNG, second))
    rule = Rule(k, 0)
    released = closings(PARTITION, rows[:first], rule, merging=False, final=False, draw=first_drawn)
    left = [row for row in rows if row.rid not in released[0].rids]

    assert [len(closing.rids) for closing in released] == [first]
    assert closings(PARTITION, left, rule, merging=True, final=False, draw=first_drawn) == ()


def test_bands_of_one_partition_leave_nobody_between_two_tables() -> None:
    case = CASES["overlapping_bands"]
    young = case["table_a"]["women 15-24"]
    between = case["table_b"]["women 15-29"] - young
    ages = CellPart("age", "age", {"b15_24": "b15_24", "b25_29": "b25_29"})
    bands = Partition((ages,))  # a code has one group: 15-24 and 15-29 cannot both be said
    rows = pool((node(age="b15_24"), young), (node(age="b25_29"), between))

    for final in (False, True):
        closed = closings(bands, rows, Rule(case["k"], 0), merging=True, final=final, draw=first_drawn)
        assert [(one.node, len(one.rids)) for one in closed] == [(node(age="b15_24"), young)]


def test_a_total_leaves_out_whoever_is_in_no_block() -> None:
    case = CASES["total_minus_parts"]
    men = case["total"] - case["parts"]["women"]
    rows = pool((YOUNG, case["parts"]["women"]), (MEN, men))
    closed = closings(PARTITION, rows, Rule(case["k"], 0), merging=True, final=False, draw=first_drawn)
    figures = shown(*(block(no, one.node, len(one.rids), {}) for no, one in enumerate(closed)), k=case["k"])

    assert figures.n == 35
    assert MEN in figures.hidden
