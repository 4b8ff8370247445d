"""What is said of two surveys that bear one version.

Promises:
1. Each thing that would break an open wave is named: questions and answers gone or added, types, scales, orders,
   conditions, and other keys.
2. A change of words alone is said as one, with where: words are pinned too.
3. Nothing is said of the same survey, and something of any two that differ.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.conditions import Compare
from bot.core.survey import Clocks, Indicator, Question, Survey
from bot.core.versions import changes
from tests.core.sample import choice, number, options, survey, words, yes_no

TRUST = Question("trust", "scale", words("trust"), options("none", "some", "much"))
OLD = replace(
    survey("road", choice("gender", "woman", "man"), TRUST, yes_no("met"), number("meetings", 0, 60)),
    indicators=(Indicator("met", words("met"), "met", ("yes",), "higher"),),
)


def asked(*questions: Question) -> Survey:
    """The same survey with other questions."""
    return replace(OLD, questions=questions)


GENDER, _, MET, MEETINGS = OLD.questions
LABELLED = replace(GENDER, options=(replace(GENDER.options[0], label=words("lady")), GENDER.options[1]))

CASES: list[tuple[Survey, tuple[str, ...]]] = [
    (asked(GENDER, TRUST, MEETINGS), ("questions gone: met",)),
    (asked(*OLD.questions, yes_no("again")), ("questions added: again",)),
    (asked(TRUST, GENDER, MET, MEETINGS), ("the order of the questions",)),
    (asked(GENDER, TRUST, MET, yes_no("meetings")), ("the type of 'meetings': number became yes_no",)),
    (asked(choice("gender", "woman", "other"), TRUST, MET, MEETINGS),
     ("answers gone from 'gender': man", "answers added to 'gender': other")),
    (asked(choice("gender", "man", "woman"), TRUST, MET, MEETINGS), ("the order of the answers of 'gender'",)),
    (asked(GENDER, replace(TRUST, options=options("none", "much")), MET, MEETINGS),
     ("answers gone from the scale of 'trust': some",)),
    (asked(GENDER, TRUST, replace(MET, show_if=Compare("gender", "=", "man")), MEETINGS),
     ("when 'met' is asked, or what it takes",)),
    (asked(GENDER, TRUST, MET, number("meetings", 0, 30)), ("when 'meetings' is asked, or what it takes",)),
    (replace(OLD, clocks=Clocks(7), tell_result=True), ("other keys: tell_result, clocks",)),
    (replace(OLD, indicators=(replace(OLD.indicators[0], codes=("no",)),)), ("other keys: indicators",)),
    (asked(LABELLED, TRUST, replace(MET, ask=words("seen")), MEETINGS),
     ("only words, which are pinned as well: gender, met",)),
    (replace(OLD, consent=words("agree?"), title=words("path")),
     ("only words, which are pinned as well: title, consent",)),
]  # fmt: skip


@pytest.mark.parametrize(("new", "said"), CASES, ids=lambda case: case[0] if isinstance(case, tuple) else "")
def test_what_would_break_an_open_wave_is_named(new: Survey, said: tuple[str, ...]) -> None:
    assert changes(OLD, new) == said


def test_of_the_same_survey_nothing_is_said() -> None:
    assert changes(OLD, replace(OLD)) == ()
