"""Who is reached, held against aims and against the census.

1. Ratios to the census are those of the oracle; behind is what chance does not explain, and nothing else.
2. Shares are sums over all blocks: merging them, and their order, change nothing; no label of a block is read.
3. Nothing is told of fewer than k people, nor of a district too small to be shown; shares are rounded and clipped
   like any other.
4. What might help follows from the groups behind and from what everybody may know of the wave.
5. An aim that cannot be is refused in a sentence that says what to write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.blocks import AT_LEAST_90, AT_MOST_10, LANGUAGE, Block, Entry, Publishable, Rule, points, publish
from bot.core.cells import Node, Populations, layout
from bot.core.inclusion import (
    EVENING,
    INVITE,
    MOST_TARGETS,
    PHONES,
    RECORD,
    SCHOOLS,
    SHARE,
    SPEAKER,
    THERE,
    Group,
    Reached,
    WrongTarget,
    check_targets,
    groups,
    reached,
    read_targets,
    usual,
    ways,
    weakest,
)
from bot.core.indicators import UNDER_REPRESENTED
from bot.core.survey import VALID, CellPart, Reach, Survey
from tests.core.sample import choice, survey, yes_no

INCLUSION = json.loads((Path(__file__).parents[1] / "oracles" / "inclusion.json").read_text())
DISTRICTS = ("swat", "dir", "buner")
ASKED = replace(
    survey("s", choice("district", *DISTRICTS), choice("gender", "woman", "man"), choice("age", "b18_29", "b30")),
    languages=("ur", "ps", "en"),
    cells=(
        CellPart("district", "district", {code: code for code in DISTRICTS}),
        CellPart("gender", "gender", {"woman": "woman", "man": "man"}),
        CellPart("age", "age", {"b18_29": "youth", "b30": "older"}),
    ),
    reach=Reach("KP", ("gender", ("woman",)), ("age", ("b18_29",))),
)
K = 10
People = Mapping[tuple[str, str, str, str], int]
"""How many of each district, gender, age and language stand in a block."""


def counted(people: People) -> dict[Entry, int]:
    found: dict[Entry, int] = {}
    for (*answers, language), n in people.items():
        for question, code in zip(("district", "gender", "age"), answers, strict=True):
            for entry in ((question, VALID), (question, code)):
                found[entry] = found.get(entry, 0) + n
        found[LANGUAGE, language] = found.get((LANGUAGE, language), 0) + n
    return found


def released(
    *blocks: tuple[Node, People], asked: Survey = ASKED, populations: Populations | None = None
) -> Publishable:
    made = [
        Block(no, node, sum(people.values()), False, counted(people))
        for no, (node, people) in enumerate(blocks, 1)
    ]
    return publish(asked, "w1", layout(asked, None, K, populations).partition, Rule(K, 0), made)


def of(shown: Publishable, key: str, asked: Survey = ASKED) -> Reached:
    return {one.group.key: one for one in reached(shown, asked, minors=False)}[key]


SAMPLE: People = {
    ("swat", "woman", "b18_29", "ur"): 30,
    ("swat", "woman", "b30", "ur"): 10,
    ("dir", "man", "b18_29", "ps"): 100,
    ("dir", "man", "b30", "ps"): 60,
}
"""The sample of the oracle."""

PERSON = st.tuples(
    st.sampled_from(DISTRICTS),
    st.sampled_from(("woman", "man")),
    st.sampled_from(("b18_29", "b30")),
    st.sampled_from(("ur", "ps", "en")),
)
BLOCK = st.lists(PERSON, min_size=K, max_size=40).map(lambda people: {one: people.count(one) for one in people})


# -- against the census and the aims ----------------------------------------------------------------------


@pytest.mark.parametrize(("key", "name"), [("women", "women"), ("youth", "youth18-29")])
def test_ratios_to_the_census_agree_with_the_oracle(key: str, name: str) -> None:
    told, found = INCLUSION["groups"][name], of(released(((), SAMPLE)), key)

    assert found.figure is not None
    assert found.ratio is not None
    assert found.figure.n == told["N"]
    assert found.census == pytest.approx(told["census_share"], abs=1e-12)
    assert found.ratio.value == pytest.approx(told["ratio"], abs=1e-6)
    assert (found.ratio.low, found.ratio.high) == pytest.approx(told["ratio_ci95"], abs=1e-6)
    assert found.missing == found.behind == (told["ratio_ci95"][1] < UNDER_REPRESENTED)


def test_every_group_stands_there_once_in_the_order_of_the_survey() -> None:
    keys = [group.key for group in groups(ASKED)]

    assert keys == [
        *("women", "youth"),
        *(f"district={code}" for code in DISTRICTS),
        *("language=ur", "language=ps", "language=en"),
    ]
    assert groups(replace(ASKED, languages=("ur",), reach=None, cells=())) == ()


@pytest.mark.parametrize(
    ("aim", "under", "met"),
    [(50, True, False), (27, True, False), (26, False, False), (16, False, False), (15, False, True)],
)
def test_an_aim_is_missed_or_met_only_beyond_the_range_of_chance(aim: int, under: bool, met: bool) -> None:
    aimed = replace(ASKED, targets={"district=swat": aim})
    found = of(released(((), SAMPLE), asked=aimed), "district=swat", aimed)

    assert found.figure is not None
    assert (found.figure.low, found.figure.high) == (15.0, 26.1)
    assert (found.under_aim, found.aim_met, found.behind) == (under, met, under)


def test_a_group_without_aim_and_census_is_never_behind() -> None:
    found = of(released(((), SAMPLE)), "language=en")

    assert found.figure is not None
    assert found.figure.share == 0
    assert not found.behind


def test_the_weakest_group_is_the_one_furthest_from_its_due() -> None:
    aimed = replace(ASKED, targets={"language=en": 5, "district=swat": 30, "language=ps": 80})
    found = weakest(reached(released(((), SAMPLE), asked=aimed), aimed, minors=False))

    assert found is not None
    assert found.group == Group("language", "en")
    assert (
        weakest(one for one in reached(released(((), SAMPLE)), ASKED, minors=False) if one.group.kind != "women")
        is None
    )


# -- sums over all blocks ---------------------------------------------------------------------------------


@given(st.lists(BLOCK, min_size=1, max_size=4), st.data())
def test_merging_blocks_and_their_order_change_nothing(parts: list[People], data: st.DataObject) -> None:
    nodes = layout(ASKED, None).partition.nodes()
    labels = [data.draw(st.sampled_from(((), *nodes))) for _ in parts]
    apart = released(*zip(labels, parts, strict=True))
    whole: dict[tuple[str, str, str, str], int] = {}
    for part in parts:
        for person, n in part.items():
            whole[person] = whole.get(person, 0) + n

    told = reached(apart, ASKED, minors=False)
    assert told == reached(released(((), whole)), ASKED, minors=False)
    assert told == reached(released(*reversed(list(zip(labels, parts, strict=True)))), ASKED, minors=False)


@given(st.lists(BLOCK, max_size=3))
def test_nothing_is_told_of_fewer_than_k_and_all_is_rounded_like_a_summary(parts: list[People]) -> None:
    shown = released(*(((), part) for part in parts))
    for one in reached(shown, ASKED, minors=False):
        if one.figure is None:
            assert not parts
            assert (one.ratio, one.behind) == (None, False)
            continue
        assert one.figure.n >= K
        assert one.figure.n % 5 == points(one.figure.share) % 5 == 0
        if one.figure.n < 50:
            assert one.figure.share in (AT_MOST_10, AT_LEAST_90) or 10 < points(one.figure.share) < 90


def test_shares_of_districts_come_to_all_who_named_one() -> None:
    shown = released((((("district", "swat"),)), SAMPLE))

    assert {code: figure.share for code, figure in shown.districts.items()} == {"swat": 20, "dir": 80, "buner": 0}
    assert {figure.n for figure in shown.districts.values()} == {200}


def test_a_district_too_small_to_be_shown_has_no_share() -> None:
    small: Populations = {(("district", "buner"),): 20, (("district", "dir"),): 300, (("district", "swat"),): 900}
    shown = released(((), SAMPLE), populations=small)

    assert set(shown.districts) == {"swat"}, "the next one is joined with it, so that it cannot be told"
    assert of(shown, "district=buner").figure is None
    assert "buner" not in json.dumps(shown.as_json()["reach"])
    tiny = released(((), SAMPLE), populations={(("district", code),): 15 for code in DISTRICTS})
    assert tiny.districts == {}


# -- what might help --------------------------------------------------------------------------------------


def behind(*keys: str) -> list[Reached]:
    return [one for one in reached(released(((), SAMPLE)), ASKED, minors=False) if one.group.key in keys]


def heard(asked: Survey, *languages: str) -> Survey:
    audio = dict.fromkeys(languages, "0" * 64)
    return replace(asked, questions=tuple(replace(question, audio=audio) for question in asked.questions))


ALL_HEARD = heard(ASKED, "ur", "ps", "en")


@pytest.mark.parametrize(
    ("keys", "asked", "invited", "slots", "said"),
    [
        (("women",), ASKED, False, 1, (RECORD, SHARE, EVENING, PHONES)),
        (("women",), ALL_HEARD, True, 2, (INVITE, EVENING)),
        (("youth",), ASKED, True, 1, (SCHOOLS,)),
        (("district=swat",), ASKED, False, 1, (THERE,)),
        (("language=ps",), ASKED, False, 1, (RECORD, SPEAKER)),
        (("language=ps",), heard(ASKED, "ps"), False, 1, (SPEAKER,)),
        (("youth", "women", "language=ps"), ALL_HEARD, False, 2, (SHARE, EVENING, SCHOOLS, SPEAKER)),
        ((), ASKED, False, 1, ()),
    ],
)
def test_what_might_help_follows_from_the_wave(
    keys: tuple[str, ...], asked: Survey, invited: bool, slots: int, said: tuple[str, ...]
) -> None:
    assert ways(behind(*keys), asked, invited, slots) == said


# -- aims -------------------------------------------------------------------------------------------------


def test_aims_are_read_as_they_are_typed() -> None:
    assert read_targets(["women=50", "youth=40", "district=swat:30", "language=ps:60"]) == {
        "women": 50,
        "youth": 40,
        "district=swat": 30,
        "language=ps": 60,
    }


@pytest.mark.parametrize(
    "said",
    [
        "women",
        "women:50",
        "women=",
        "women=half",
        "women=4.5",
        "women=-5",
        "men=50",
        "district=swat",
        "",
        "women=٥٠",
    ],
)
def test_what_is_no_aim_is_said_with_how_to_write_one(said: str) -> None:
    with pytest.raises(WrongTarget, match=r"is no aim\. Write women=50"):
        read_targets([said])


def test_an_aim_is_stated_once() -> None:
    with pytest.raises(WrongTarget, match="'district=swat' is stated twice"):
        read_targets(["district=swat:30", "district=swat:31"])


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"district=kohat": 30}, "has no 'district=kohat'. It has: buner, dir, swat."),
        ({"language=pa": 30}, "has no 'language=pa'. It has: en, ps, ur."),
        ({"women": 101}, "The aim for 'women' is 101 %. A share lies between 1 and 100 %."),
        ({"women": 0}, "A share lies between 1 and 100 %."),
        ({"district=swat": 60, "district=dir": 41}, "The aims for every district come to 101 % together."),
        ({"language=ur": 60, "language=ps": 60}, "The aims for every language come to 120 % together."),
        ({f"district=d{n}": 1 for n in range(MOST_TARGETS + 1)}, "41 aims are too many: state 40 or fewer"),
    ],
)
def test_an_aim_that_cannot_be_is_refused_in_a_sentence(targets: dict[str, int], said: str) -> None:
    with pytest.raises(WrongTarget, match=said.replace(".", r"\.")):
        check_targets(targets, ASKED, layout(ASKED, None).partition)


def test_an_aim_for_whom_the_survey_cannot_tell_is_refused() -> None:
    bare = survey("bare", yes_no("met"))
    for key, said in (
        ("women", "does not say who women are"),
        ("district=swat", "does not tell one district from"),
    ):
        with pytest.raises(WrongTarget, match=said):
            check_targets({key: 50}, bare, layout(bare, None).partition)


def test_no_aim_is_held_against_a_district_too_small_to_be_shown() -> None:
    small: Populations = {(("district", "buner"),): 20, (("district", "dir"),): 300, (("district", "swat"),): 900}
    partition = layout(ASKED, None, K, small).partition

    check_targets({"district=swat": 30}, ASKED, partition)
    for code in ("buner", "dir"):
        with pytest.raises(WrongTarget, match=f"'district={code}' has too few people to be shown by itself"):
            check_targets({f"district={code}": 30}, ASKED, partition)


def test_the_usual_aims_are_half_women_and_youth_as_in_the_census() -> None:
    assert usual(ASKED, minors=False) == {"women": 50, "youth": 39}
    assert usual(ASKED, minors=True) == {"women": 50, "youth": 46}
    assert usual(replace(ASKED, reach=None), minors=False) == {}
    check_targets(usual(ASKED, minors=True), ASKED, layout(ASKED, None).partition)
