"""By which groups a wave may be shown, given how many people there are (W4).

1. Under 3 k people there is no wave; a gender needs 3 k, a district 10 k; of a total all have even shares.
2. What is stated of a group counts in place of its share; what is stated wrongly is refused in words.
3. Only the districts too small are joined, and what is joined is large enough itself, or no district is shown.
4. A gender too small counts with those who did not say; where one alone would be left, no gender is shown.
5. A group never changes because of an answer, and everybody has one cell.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cells import (
    JOINED,
    SHOWN,
    SMALL,
    Layout,
    Node,
    Partition,
    Populations,
    SmallPopulation,
    WrongPopulation,
    label,
    layout,
)
from bot.core.survey import UNKNOWN, CellPart, Option, Survey
from tests.core.sample import choice, survey

DISTRICTS, GENDERS, AGES = ("a", "b", "c", "d"), ("woman", "man"), ("youth", "older")


def cells(genders: tuple[str, ...] = GENDERS) -> Survey:
    """A survey shown by four districts, these genders and two ages."""
    asked = {"district": DISTRICTS, "gender": genders, "age": AGES}
    one = survey("trust", *(choice(name, *codes) for name, codes in asked.items()))
    parts = tuple(CellPart(name, name, {code: code for code in codes}) for name, codes in asked.items())
    return Survey(**{**vars(one), "cells": parts})


SURVEY = cells()


def district(code: str) -> Node:
    return (("district", code),)


def gender(code: str, where: str = "") -> Node:
    return (*district(where), ("gender", code)) if where else (("gender", code),)


def fates(plan: Layout) -> dict[str, str]:
    return {size.node[0][1]: size.fate for size in plan.sizes}


def names(partition: Partition) -> list[str]:
    return [part.name for part in partition.parts]


def test_a_community_of_under_three_times_k_has_no_survey() -> None:
    with pytest.raises(SmallPopulation, match=r"30 are needed \(3 x 10\)") as refused:
        layout(SURVEY, 29)

    assert refused.value.least == 30
    with pytest.raises(SmallPopulation):
        layout(SURVEY, None, populations={district(code): 7 for code in DISTRICTS})


@pytest.mark.parametrize(
    ("population", "left_out"),
    [
        (30, ("district", "gender")),
        (59, ("district", "gender")),
        (60, ("district",)),
        (399, ("district",)),
        (400, ()),
        (None, ()),
    ],
)
def test_of_a_total_alone_every_group_has_an_even_share(population: int | None, left_out: tuple[str, ...]) -> None:
    plan = layout(SURVEY, population)

    assert plan.left_out == left_out
    assert names(plan.partition) == [name for name in ("district", "gender", "age") if name not in left_out]
    assert not plan.partition.joined


def test_a_smaller_k_needs_a_smaller_community() -> None:
    assert layout(SURVEY, 200, k=5).left_out == ()
    with pytest.raises(SmallPopulation):
        layout(SURVEY, 14, k=5)


def test_the_arithmetic_says_people_need_and_fate() -> None:
    sizes = {size.node: size for size in layout(SURVEY, 1000, populations={district("a"): 80}).sizes}

    assert (sizes[district("a")].people, sizes[district("a")].least, sizes[district("a")].fate) == (80, 100, SMALL)
    assert (sizes[district("b")].people, sizes[district("b")].fate) == (306, JOINED)
    assert (sizes[gender("woman")].people, sizes[gender("woman")].least) == (500, 30)


def test_only_the_districts_too_small_are_joined_where_they_are_large_together() -> None:
    plan = layout(SURVEY, 1000, populations={district("a"): 60, district("b"): 50})

    assert fates(plan) == {"a": SMALL, "b": SMALL, "c": SHOWN, "d": SHOWN, "woman": SHOWN, "man": SHOWN}
    assert plan.partition.cell({"district": "a", "gender": "woman", "age": "youth"}) == (
        ("gender", "woman"),
        ("age", "youth"),
    )
    assert plan.partition.cell({"district": "c", "gender": "man", "age": "older"})[0] == ("district", "c")


def test_one_small_district_is_never_what_is_left_of_the_total() -> None:
    plan = layout(
        SURVEY, None, populations={**{district(code): 400 for code in "bd"}, district("a"): 60, district("c"): 300}
    )

    assert fates(plan) | {"woman": SHOWN} == {
        "a": SMALL,
        "b": SHOWN,
        "c": JOINED,
        "d": SHOWN,
        "woman": SHOWN,
        "man": SHOWN,
    }


def test_a_district_with_too_few_women_is_too_small() -> None:
    plan = layout(SURVEY, 1000, populations={gender("woman", "a"): 20, gender("woman", "b"): 25})

    assert fates(plan)["a"] == fates(plan)["b"] == SMALL
    assert fates(plan)["c"] == SHOWN


def test_where_all_small_districts_together_are_still_small_no_district_is_shown() -> None:
    tiny = {district("a"): 120, district("b"): 10, district("c"): 10, district("d"): 10}

    assert layout(SURVEY, 150, populations=tiny).left_out == ("district",)


def test_a_third_gender_too_small_counts_with_those_who_did_not_say() -> None:
    three = cells(("woman", "man", "other"))
    plan = layout(three, 1000, populations={gender("other"): 12})

    assert plan.left_out == ()
    assert plan.partition.cell({"district": "c", "gender": "other", "age": "older"})[1] == ("gender", UNKNOWN)
    assert plan.partition.cell({"district": "c", "gender": "woman", "age": "older"})[1] == ("gender", "woman")


@pytest.mark.parametrize("population", [1000, None])
def test_with_too_few_women_men_are_not_shown_apart_either(population: int | None) -> None:
    plan = layout(SURVEY, population, populations={gender("woman"): 12})

    assert plan.left_out == ("gender",)


def test_what_nobody_stated_is_not_measured() -> None:
    plan = layout(SURVEY, None, populations={district("a"): 5})

    assert fates(plan) == {"a": SMALL}
    assert len(plan.partition.joined) == 2, "joined with one whose people nobody stated"


@pytest.mark.parametrize(
    ("populations", "words"),
    [
        ({(("age", "youth"),): 50}, "'age=youth' is no group whose people can be stated"),
        ({district("nowhere"): 50}, "'district=nowhere' is no group"),
        ({(("gender", "woman"), ("district", "a")): 50}, "is no group"),
        ({(): 50}, "is no group"),
        ({district("a"): 900, district("b"): 200}, "1100 people together, but there are 1000 in all"),
        ({gender("woman"): 1001}, "1001 people together"),
        ({district("a"): 100, gender("woman", "a"): 101}, "there are 100 in district=a"),
    ],
)
def test_what_cannot_be_is_refused_in_words(populations: Populations, words: str) -> None:
    with pytest.raises(WrongPopulation, match=words):
        layout(SURVEY, 1000, populations=populations)


def test_a_group_is_named_by_its_answer_or_its_code() -> None:
    asked = choice("district", "swat", "dir_lower", "dir_upper")
    groups = {"swat": "swat", "dir_lower": "dir", "dir_upper": "dir"}
    one = survey("trust", asked)
    one = Survey(**{**vars(one), "cells": (CellPart("district", "district", groups),)})
    option: Option = asked.options[0]

    assert label(one, district("swat"), "en") == option.label["en"]
    assert label(one, district("dir"), "en") == "dir"


PEOPLE = st.one_of(st.integers(0, 60), st.integers(0, 700))
STATED = st.dictionaries(
    st.one_of(
        st.sampled_from([district(code) for code in DISTRICTS]),
        st.sampled_from([gender(code) for code in GENDERS]),
        st.sampled_from([gender(code, where) for code in GENDERS for where in DISTRICTS]),
    ),
    PEOPLE,
    max_size=7,
)


@given(st.one_of(st.none(), st.integers(0, 2500)), STATED, st.sampled_from([5, 10]))
def test_every_group_shown_and_all_that_is_left_of_it_are_large_enough(
    population: int | None, stated: Populations, k: int
) -> None:
    try:
        plan = layout(SURVEY, population, k, stated)
    except (SmallPopulation, WrongPopulation):
        return
    people = {size.node: size.people for size in plan.sizes}
    shown = {part.name: set(part.codes) - {UNKNOWN} for part in plan.partition.parts}
    joined = {code for _, code in plan.partition.joined}
    for code in shown.get("district", set()) - joined:
        assert people.get(district(code), 10 * k) >= 10 * k
        assert all(stated.get(gender(one, code), 3 * k) >= 3 * k for one in shown.get("gender", ()))
    if joined:
        assert "district" in shown
        assert shown["district"] - joined, "else the dimension is left out"
        assert sum(people.get(district(code), 10 * k) for code in joined) >= 10 * k
    for code in shown.get("gender", ()):
        assert people.get(gender(code), 3 * k) >= 3 * k
    nodes = plan.partition.nodes()
    assert len(nodes) == len(set(nodes))
    for where in (*DISTRICTS, UNKNOWN):
        for one in (*GENDERS, UNKNOWN):
            assert plan.partition.cell({"district": where, "gender": one, "age": "youth"}) in nodes
