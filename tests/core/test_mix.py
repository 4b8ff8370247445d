"""Weighted shares of a wave: made of shown figures, with their price, or the reason why there are none.

1. They are what the oracle's raking gives of the figures shown, to 5 points.
2. Too few answers, a group that is not shown and too high a price each give their reason.
3. Cells that do not tell women, men and youth are weighted by nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.blocks import Block, Publishable, Rule, publish
from bot.core.cells import layout
from bot.core.census import REGIONS
from bot.core.mix import COSTLY, FEW, MISSING, Reweighted, reweighted
from bot.core.survey import VALID, CellPart, Indicator, Reach, Survey
from bot.core.weights import rake, weighted
from tests.core.sample import choice, survey, words, yes_no

AGES = CellPart("age", "age", {"b18_29": "youth", "b30": "older"})
GENDERS = CellPart("gender", "gender", {"woman": "woman", "man": "man", "other": "other"})
ASKED = replace(
    survey("s", choice("gender", "woman", "man", "other"), choice("age", "b18_29", "b30"), yes_no("met")),
    cells=(GENDERS, AGES),
    reach=Reach("KP", ("gender", ("woman",)), ("age", ("b18_29",))),
    indicators=(Indicator("met", words("Met"), "met", ("yes",), "higher"),),
)
PEOPLE = {
    ("woman", "youth"): ("F", "18-29"),
    ("woman", "older"): ("F", "30+"),
    ("man", "youth"): ("M", "18-29"),
    ("man", "older"): ("M", "30+"),
}
Crowd = Mapping[tuple[str, str], tuple[int, int]]
"""Of each gender and age how many answered, and how many of them said yes."""

EVEN: Crowd = {
    ("woman", "youth"): (50, 20),
    ("woman", "older"): (40, 20),
    ("man", "youth"): (60, 30),
    ("man", "older"): (60, 45),
}
ORACLE: Crowd = {
    ("woman", "youth"): (30, 12),
    ("woman", "older"): (10, 6),
    ("man", "youth"): (100, 45),
    ("man", "older"): (60, 36),
}


def shown(crowd: Crowd, asked: Survey = ASKED) -> Publishable:
    blocks = [
        Block(no, (("gender", gender), ("age", age)), n, False, {("met", VALID): n, ("met", "yes"): yes})
        for no, ((gender, age), (n, yes)) in enumerate(crowd.items(), start=1)
    ]
    return publish(asked, "w1", layout(asked, None).partition, Rule(10, 0), blocks)


def found(crowd: Crowd, asked: Survey = ASKED, minors: bool = False) -> Reweighted | str:
    return reweighted(shown(crowd, asked), asked, minors)["met"]


def test_it_is_what_raking_to_the_census_gives() -> None:
    kp = REGIONS["KP"]
    women, youth = kp.women(minors=False), kp.youth(minors=False)
    sample: dict[tuple[str, ...], int] = {PEOPLE[who]: n for who, (n, _) in EVEN.items()}
    said: dict[tuple[str, ...], float] = {PEOPLE[who]: yes for who, (_, yes) in EVEN.items()}
    weights = rake(sample, [{"F": women, "M": 1 - women}, {"18-29": youth, "30+": 1 - youth}])
    expected = weighted(weights, sample, said)
    one = found(EVEN)

    assert isinstance(one, Reweighted)
    assert one.share == 5 * round(20 * expected.share.value)
    assert (one.low, one.high) == pytest.approx((100 * expected.share.low, 100 * expected.share.high), abs=0.06)
    assert one.deff == pytest.approx(expected.deff, abs=0.06)
    assert one.n_eff == int(expected.n_eff) // 5 * 5


def test_where_weighting_costs_more_than_half_of_the_answers_there_is_none() -> None:
    assert found(ORACLE) == COSTLY, "the oracle's own sample costs 2.2 times"


def test_under_a_hundred_answers_there_is_none() -> None:
    assert found({who: (24, yes // 3) for who, (_, yes) in EVEN.items()}) == FEW
    assert isinstance(found({who: (25, yes // 3) for who, (_, yes) in EVEN.items()}), Reweighted)


def test_where_a_gender_of_an_age_is_not_shown_there_is_none() -> None:
    without = {who: crowd for who, crowd in EVEN.items() if who != ("woman", "older")}

    assert found(without) == MISSING


@pytest.mark.parametrize(
    "asked",
    [
        replace(ASKED, reach=None),
        replace(ASKED, reach=Reach("KP", None, ("age", ("b18_29",)))),
        replace(ASKED, cells=(GENDERS,)),
        replace(ASKED, cells=(AGES,)),
        replace(ASKED, reach=Reach("KP", ("gender", ("woman",)), ("gender", ("man",)))),
    ],
    ids=["no census", "women not named", "no ages", "no genders", "youth of another question"],
)
def test_cells_that_do_not_tell_whom_the_census_counts_are_not_weighted(asked: Survey) -> None:
    blocks = [
        Block(no, (), n, False, {("met", VALID): n, ("met", "yes"): yes})
        for no, (n, yes) in enumerate(EVEN.values(), start=1)
    ]
    figures = publish(asked, "w1", layout(asked, None).partition, Rule(10, 0), blocks)

    assert reweighted(figures, asked, minors=False)["met"] == MISSING


def test_an_age_group_that_mixes_youth_with_others_is_not_weighted() -> None:
    mixed = replace(ASKED, reach=Reach("KP", ("gender", ("woman",)), ("age", ("b18_29", "b30"))))

    assert found(EVEN, mixed) == MISSING


def test_who_is_neither_woman_nor_man_is_in_the_plain_share_alone() -> None:
    others: Crowd = {**EVEN, ("other", "youth"): (10, 10)}

    assert found(others) == found(EVEN)
    assert shown(others).indicators["met"].n == shown(EVEN).indicators["met"].n + 10


def test_where_minors_take_part_the_census_of_fifteen_and_over_counts() -> None:
    young = {**EVEN, ("woman", "youth"): (200, 20), ("man", "youth"): (200, 30)}

    assert found(young, minors=True) != found(young, minors=False)
