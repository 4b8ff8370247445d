"""The check before rows leave.

1. After it no combination of group and cell answers is held by 1 to k - 1 rows, but for a whole group in which
   fewer than k rows are left; and there every answer about group is withheld.
2. Age goes first, then district, gender last; nothing is withheld where nobody is rare, and nothing else changes.
3. What was withheld, and what stays rare, is said in numbers no finer than five.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.blocks import LANGUAGE
from bot.core.cells import layout
from bot.core.survey import Answer
from bot.export import ExportTrouble, checked, said
from bot.export.disclosure import WITHHELD, cell_questions, safe
from bot.store import Released
from tests.export.sample import PLACES, WOMAN

CELLS = ("age_band", "district", "gender")
GROUPS = ((), (("gender", "woman"),), (("district", "swat"), ("gender", "woman"), ("age", "older")))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(GROUPS),
        st.sampled_from(["b18_29", "b30_44", "b45", "dont_know", None]),
        st.sampled_from(["swat", "dir"]),
        st.sampled_from(["woman", "man"]),
    ),
    max_size=60,
)
SMALLEST = st.integers(5, 12)


def row(age: str = "b30_44", district: str = "swat", gender: str = "woman", **more: Answer) -> Released:
    """A released row, in no group."""
    return Released((), {**WOMAN, "age_band": age, "district": district, "gender": gender, **more}, "ur")


def cells(rows: tuple[Released, ...]) -> list[tuple[Answer | None, ...]]:
    """Their answers about group: age, district, gender."""
    return [tuple(one.answers.get(id) for id in CELLS) for one in rows]


# -- 1. nobody stays rare ---------------------------------------------------------------------------------


@given(ROWS, SMALLEST)
def test_no_combination_is_held_by_few_but_for_a_whole_group_of_which_few_are_left(
    rows: list[tuple[object, ...]], k: int
) -> None:
    kept = safe(rows, k)
    groups = Counter(one[0] for one in kept)
    for combination, n in Counter(kept).items():
        if n < k:
            assert combination[1:] == (WITHHELD,) * 3
            assert n == groups[combination[0]]


@given(ROWS, SMALLEST)
def test_no_combination_of_answers_that_stand_in_the_rows_is_held_by_few(
    rows: list[tuple[object, ...]], k: int
) -> None:
    for combination, n in Counter(one[1:] for one in safe(rows, k)).items():
        assert n >= k or combination == (WITHHELD,) * 3


@given(ROWS, SMALLEST)
def test_an_answer_stays_as_it_was_or_is_withheld_and_age_goes_before_district_and_gender(
    rows: list[tuple[object, ...]], k: int
) -> None:
    for before, after in zip(rows, safe(rows, k), strict=True):
        gone = [new == WITHHELD for new in after]
        assert not gone[0] and gone[1:] == sorted(gone[1:], reverse=True)
        assert all(new in (old, WITHHELD) for old, new in zip(before, after, strict=True))


@given(ROWS, SMALLEST)
def test_nothing_is_withheld_where_every_combination_has_enough(rows: list[tuple[object, ...]], k: int) -> None:
    enough = [one for one in rows for _ in range(k)]
    assert safe(enough, k) == enough


# -- 2. what goes, and in which order ---------------------------------------------------------------------


def test_the_questions_of_the_cells_are_given_up_in_the_order_of_the_block_rule() -> None:
    assert cell_questions(PLACES) == CELLS
    backwards = replace(PLACES, cells=PLACES.cells[::-1])
    assert cell_questions(backwards) == CELLS
    assert cell_questions(replace(PLACES, cells=())) == ()


def test_one_old_woman_among_many_younger_ones_takes_the_fewest_others_with_her() -> None:
    rows = [row()] * 12 + [row(age="b18_29")] * 7 + [row(age="b45")] * 1
    kept = checked(PLACES, rows, 5).rows
    assert Counter(cells(kept)) == {("b30_44", "swat", "woman"): 12, (WITHHELD, "swat", "woman"): 8}


def test_whoever_is_rare_by_age_alone_keeps_district_and_gender() -> None:
    rows = [row(age=age) for age in ("b18_29", "b30_44", "b45") for _ in range(2)]
    assert set(cells(checked(PLACES, rows, 5).rows)) == {(WITHHELD, "swat", "woman")}


def test_a_district_goes_where_age_was_not_enough() -> None:
    rows = [row(district=district) for district in ("swat", "dir") for _ in range(3)]
    assert set(cells(checked(PLACES, rows, 5).rows)) == {(WITHHELD, WITHHELD, "woman")}


def test_rows_of_different_groups_do_not_hide_each_other() -> None:
    """The group stands beside the answers: a young woman is as alone in it as if nobody else were there."""
    partition = layout(PLACES, None).partition
    inside = [replace(one, node=partition.cell(one.answers)) for one in [row(age="b45")] * 1 + [row()] * 9]
    outside = [row(age="b45")] * 9
    kept = checked(PLACES, [*inside, *outside], 5).rows
    assert set(cells(kept[:10])) == {(WITHHELD, "swat", "woman")}
    assert set(cells(kept[10:])) == {("b45", "swat", "woman")}


def test_nothing_but_answers_about_group_changes() -> None:
    rows = [row(trust=trust, district=district) for trust, district in product(("none", "much"), ("swat", "dir"))]
    kept = checked(PLACES, rows, 5).rows
    assert [{**one.answers, **dict.fromkeys(CELLS, "")} for one in kept] == [
        {**one.answers, **dict.fromkeys(CELLS, "")} for one in rows
    ]
    assert [(one.node, one.language) for one in kept] == [(one.node, one.language) for one in rows]


# -- 3. what is said --------------------------------------------------------------------------------------


def test_it_says_in_fives_what_was_withheld() -> None:
    rows = [row()] * 20 + [row(age="b18_29")] * 3 + [row(district="dir")] * 4
    words = "\n".join(said(checked(PLACES, rows, 5)))
    assert "age_band in about 25 rows" in words, "27: the fewest others, twenty, join the three of their district"
    assert "27" not in words


def test_a_few_are_told_to_be_fewer_than_five() -> None:
    rows = [row()] * 20 + [row(district="dir")] * 4
    told = checked(PLACES, rows, 5)
    assert told.withheld["district"] == 24
    assert "in fewer than 5 rows" in said(replace(told, withheld={"district": 4}))[0]


def test_it_says_when_nothing_was_withheld() -> None:
    assert said(checked(PLACES, [row()] * 9, 5))[0].startswith("Nothing was withheld")


def test_it_names_the_questions_by_which_one_or_two_people_stay_alone() -> None:
    told = checked(PLACES, [row()] * 9 + [row(trust="much")] * 2, 5)
    assert told.rare == ("trust",)
    assert told.common == ("kept_away", "needs", "meetings", "cold", "joined", LANGUAGE)
    assert checked(PLACES, [row()] * 9 + [row(trust="much")] * 3, 5).rare == ()
    assert checked(PLACES, [row()] * 9 + [row(meetings=57)], 5).rare == ("meetings",)
    abroad = checked(PLACES, [row()] * 9 + [replace(row(), language="en")], 5)
    assert abroad.rare == (LANGUAGE,)
    assert "held by one or two people: the language of the interview." in said(abroad)[1]


def test_questions_that_were_named_are_looked_at_together() -> None:
    rows = [row(meetings=n, trust=trust) for n in (1, 2) for trust in ("none", "much") for _ in range(4)]
    told = checked(PLACES, rows, 5, ("meetings", "trust"))
    assert "By group and meetings, trust together about 15 people are each one of fewer than 5" in said(told)[-2]
    assert checked(PLACES, rows, 5, ("trust",)).thin == 0
    assert "nobody is one of fewer than 5" in said(checked(PLACES, rows, 5, ("trust",)))[-2]


@pytest.mark.parametrize("id", ["more", "nothing_such"])
def test_a_question_that_is_not_in_the_rows_cannot_be_named(id: str) -> None:
    with pytest.raises(ExportTrouble, match=f"'{id}'.*meetings"):
        checked(PLACES, [row()], 5, (id,))
