"""Invented people, and what the block rule shows of them.

1. The same seed gives the same rehearsal; another one gives another.
2. Whoever is invented answers as an interview allows: each question that comes to them, by its type, conditions
   and constraints, and nothing else; nobody is drawn out of the survey.
3. Blocks close by the real rule: of few people nothing is shown, of more everyone together, of many their groups;
   nothing of under k ever, and in the end everybody who can be.
4. What the demo's people answer comes of the same drawing.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import nature
from bot.core.blocks import Rule
from bot.core.cells import SmallPopulation
from bot.core.flow import REVIEW, fits, next_open, settle
from bot.core.invented import Model, answers
from bot.core.order import drawn
from bot.core.rehearsal import Plan, rehearse
from bot.core.survey import Survey, without_minors
from bot.files.surveys import load
from tests.rig import ROOT

FILES = sorted((ROOT / "surveys").rglob("*.yaml"))
RULE = Rule(10, 2)


@cache
def shipped(path: Path) -> Survey:
    found = load(path).survey
    assert found is not None
    return without_minors(found)


TRUST = shipped(ROOT / "surveys" / "community-trust.yaml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_invented_answer_as_an_interview_allows(path: Path) -> None:
    survey, chance = shipped(path), nature.repeatable(5)
    for _ in range(60):
        seed = chance.randint(0, 2**60)
        arms = {one.id: drawn(one, seed) for one in survey.questions if one.type == "arm"}
        given_by = answers(survey, chance, Model(), arms)
        settled = settle(survey, given_by, seed)
        assert settled == given_by, "every answer applies, and none is given to what is not asked"
        assert next_open(survey, given_by, seed) == REVIEW
        for id, answer in given_by.items():
            question = survey.question(id)
            if question.type not in ("arm", "calculate") and question.value is None:
                assert fits(question, answer), (id, answer)
                assert answer not in question.screen_out


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["weekly", "daily"]), st.integers(0, 150))
def test_the_same_seed_rehearses_the_same_and_numbers_only_grow(seed: int, schedule: str, people: int) -> None:
    plan = Plan(150, people, schedule, RULE)
    first, again = (rehearse(TRUST, plan, nature.repeatable(seed)) for _ in range(2))
    assert (first.shown.as_json(), first.seen) == (again.shown.as_json(), again.seen)
    assert [one.day for one in first.seen] == [7, 14, 21, 28, 30]
    for before, after in pairwise(first.seen):
        assert (before.people, before.groups) <= (after.people, after.groups)
    assert first.shown.n == first.seen[-1].people <= people
    assert all(cell.n >= RULE.k for cell in first.shown.cells)
    assert first.shown.n > people - RULE.k - 5, "with the last release nobody is left but a rest under k"


def test_another_seed_rehearses_another(path: Path = FILES[0]) -> None:
    plan = Plan(1000, 300, "weekly", RULE)
    said = {str(rehearse(shipped(path), plan, nature.repeatable(seed)).shown.as_json()) for seed in range(5)}
    assert len(said) == 5


def test_of_few_nothing_of_more_everyone_of_many_their_groups() -> None:
    shown = {
        people: rehearse(TRUST, Plan(1000, people, "weekly", RULE), nature.repeatable(1))
        for people in (9, 30, 1000)
    }
    assert shown[9].shown.n == 0
    assert shown[30].seen[-1].groups == 0 < shown[30].shown.n <= 30
    assert shown[1000].seen[-1].groups == shown[1000].seen[-1].of > 5
    assert shown[1000].shown.n >= 990


def test_a_community_that_is_too_small_is_refused_as_at_the_opening() -> None:
    with pytest.raises(SmallPopulation):
        rehearse(TRUST, Plan(29, 20, "weekly", RULE), nature.repeatable(1))


def test_small_groups_that_wait_are_shown_later_than_those_put_together_at_once() -> None:
    first, waits = (
        rehearse(TRUST, Plan(1000, 40, "weekly", Rule(10, 2, wait=wait)), nature.repeatable(2)).seen
        for wait in (False, True)
    )
    assert first[1].people > waits[1].people == 0
    assert waits[-1].people > 0
