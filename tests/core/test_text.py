"""Answers in own words, inside an interview.

Promises:
1. What is kept is redacted before it is kept anywhere, and is what the person sees before sending.
2. The screen warns, and the question can be skipped; what is too long or empty is said at once and kept nowhere.
3. Nothing but that it was answered or skipped is counted, and no figure is ever made of it.
4. Words of danger, however spelt, bring up the words on help beside the next question; nothing of it is kept.
5. The fullest interview of a survey that is taken fits where it lies sealed, in any letters.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import flow, referral
from bot.core.blocks import Block, Rule, count, publish
from bot.core.cells import Partition
from bot.core.events import Reviewed, Revised, Sent, Skipped, Typed
from bot.core.flow import PLACE_SIZES, REVIEW, Place, longest_place, write_place
from bot.core.questions import TYPES
from bot.core.questions.text import GIVEN, MOST, letters, longest, read
from bot.core.redact import redact
from bot.core.referral import TRUSTED_DAYS, Helpline, beside, speaks_of_danger
from bot.core.screen import Code, Say, Screen, Text
from bot.core.survey import PREFER_NOT, Survey
from tests.core.sample import survey, text, words, yes_no

OPEN = replace(
    survey("open", yes_no("met"), text("more", 40), yes_no("again")),
    open_text="sealed",
    referral=words("help"),
    danger={"en": ("kill", "want to die"), "ur": ("خطرہ", "جان سے مار"), "ps": ("ځان وژن",)},
)
AT_MORE = Place("en", "more", step=2, answers={"met": "yes"})


def said(screen: Screen) -> list[str]:
    """The phrases a screen says."""
    return [line.id for line in screen.lines if isinstance(line, Say)]


# -- promises 1 and 2 -------------------------------------------------------------------------------------


def test_what_is_kept_is_redacted_and_shown_before_it_is_sent() -> None:
    step = flow.step(OPEN, AT_MORE, Typed("Ask Ali on 0300 1234567\u202e\nor @ali_khan"))
    assert step.place is not None
    assert step.place.answers["more"] == "Ask Ali on [#] or [@]"
    last = replace(step.place, at="again")
    step = flow.step(OPEN, last, Typed("no", "no"))
    shown = [
        line.values["answer"] for line in step.screen.lines if isinstance(line, Say) and "answer" in line.values
    ]
    assert Text("Ask Ali on [#] or [@]") in shown
    assert step.place is not None
    sent = flow.step(OPEN, step.place, Sent(code=False, step=step.place.step))
    assert sent.keep is not None
    assert sent.keep.answers["more"] == "Ask Ali on [#] or [@]"


@given(st.text(max_size=80))
def test_whatever_is_typed_what_is_kept_is_redacted_in_one_line_and_short_enough(typed: str) -> None:
    answer, problem = read(OPEN.question("more"), typed)
    assert (answer is None) is (problem is not None)
    if answer is not None:
        assert isinstance(answer, str)
        assert redact(answer) == answer
        assert letters(answer) <= 40
        assert "\n" not in answer
        assert TYPES["text"].fits(OPEN.question("more"), answer)
        assert len(answer.encode()) <= 2 * letters(answer), "what is sealed has room"


def test_the_screen_warns_and_offers_to_skip() -> None:
    screen = flow.draw(OPEN, AT_MORE)
    assert "open-answer-how" in said(screen)
    assert screen.typed
    skip = next(button for row in screen.rows for button in row if isinstance(button.does, Skipped))
    assert skip.label == Say("button-skip")
    assert isinstance(skip.does, Skipped)
    step = flow.step(OPEN, AT_MORE, skip.does)
    assert step.place is not None
    assert (step.place.at, step.place.answers["more"]) == ("again", PREFER_NOT)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("x" * 41, "open-answer-long"), ("🙂" * 21, "open-answer-long"), (" \u200e\n", "open-answer-empty")],
)
def test_what_is_too_long_or_empty_is_said_and_kept_nowhere(typed: str, problem: str) -> None:
    step = flow.step(OPEN, AT_MORE, Typed(typed))
    assert step.place == AT_MORE
    assert said(step.screen)[0] == problem


def test_whoever_comes_back_sees_what_will_be_kept_and_can_leave_it_so() -> None:
    done = Place("en", REVIEW, step=5, answers={"met": "yes", "more": "a story", "again": "no"})
    step = flow.step(OPEN, done, Revised(1, 5))
    assert Say("open-answer-now", {"answer": Text("a story")}) in step.screen.lines
    keep = next(button for row in step.screen.rows for button in row if isinstance(button.does, Reviewed))
    assert step.place is not None
    assert isinstance(keep.does, Reviewed)
    again = flow.step(OPEN, step.place, keep.does)
    assert again.place is not None
    assert (again.place.at, again.place.answers) == (REVIEW, done.answers)


def test_long_stories_are_shortened_in_the_list_and_whole_with_their_question() -> None:
    many = survey("many", *(text(f"t{n}", MOST) for n in range(3)))
    answers = {f"t{n}": "ا" * MOST for n in range(3)}
    review = flow.draw(many, Place("ur", REVIEW, answers=answers))
    shown = [line.values["answer"] for line in review.lines if isinstance(line, Say) and "answer" in line.values]
    assert sum(len(one.words) for one in shown if isinstance(one, Text)) <= flow.OWN_WORDS_SHOWN
    whole = flow.draw(many, Place("ur", "t1", answers=answers))
    assert Say("open-answer-now", {"answer": Text("ا" * MOST)}) in whole.lines


# -- promise 3 --------------------------------------------------------------------------------------------


def test_only_that_it_was_answered_or_skipped_is_counted() -> None:
    counts = count(OPEN, [({"more": GIVEN}, "en"), ({"more": PREFER_NOT}, "en"), ({}, "en")])
    assert {code: n for (question, code), n in counts.items() if question == "more"} == {
        "valid": 1,
        PREFER_NOT: 1,
        "not_asked": 1,
    }


def test_no_figure_is_made_of_own_words() -> None:
    answers = [({"met": "yes", "more": GIVEN, "again": "no"}, "en")] * 20
    block = Block(1, (), 20, False, count(OPEN, answers))
    published = publish(OPEN, "wave", Partition(()), Rule(k=10, leave=0), [block])
    assert set(published.questions) == {"met", "again"}
    assert "more" not in str(published.as_json())


# -- promise 4 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "danger"),
    [
        ("They will KILL him", True),
        ("he said: killing is easy", True),
        ("I  want,to die", True),
        ("یہاں خطره ہے", True),
        ("وہ جان سے ماریں گے", True),
        ("skill is needed", False),
        ("I want to diet", True),
        ("all is well", False),
        ("", False),
    ],
)
def test_words_of_danger_are_known_however_they_are_spelt(typed: str, danger: bool) -> None:
    assert speaks_of_danger(OPEN, typed) is danger
    step = flow.step(OPEN, AT_MORE, Typed(typed))
    assert step.danger is danger


def test_danger_changes_nothing_of_what_is_kept_or_asked_next() -> None:
    typed = Typed("they kill")
    loud, still = (flow.step(one, AT_MORE, typed) for one in (OPEN, replace(OPEN, danger={})))
    assert (loud.danger, still.danger) == (True, False)
    assert loud._replace(danger=False) == still


def test_danger_in_an_answer_that_is_too_long_is_heard_too() -> None:
    assert flow.step(OPEN, AT_MORE, Typed("kill " * 40)).danger


def test_words_on_help_stand_before_the_next_question_with_numbers_called_lately() -> None:
    today = date(2026, 11, 23)
    days = (0, TRUSTED_DAYS, TRUSTED_DAYS + 1, -1)
    lines = [Helpline(words("KP"), words(f"line {n}"), f"000-{n}", today - timedelta(days=n)) for n in days]
    screen = flow.draw(OPEN, AT_MORE)
    shown = beside(screen, "help", lines, today)
    assert shown.lines[0] == Text("help")
    called = [line.values["number"] for line in shown.lines if isinstance(line, Say) and line.id == "helpline"]
    assert called == [Code("000-0"), Code(f"000-{TRUSTED_DAYS}")]
    assert shown.lines[-len(screen.lines) :] == screen.lines
    assert shown.rows == screen.rows
    assert referral.beside(screen, "help", [], today).lines == (Text("help"), *screen.lines)


# -- promise 5 --------------------------------------------------------------------------------------------


def fullest(chosen: Survey, letter: str) -> int:
    """Bytes of an interview whose own words are all as long as they may be, in this letter."""
    answers = {q.id: letter * (longest(q) // letters(letter)) for q in chosen.questions}
    place = Place("ur", chosen.questions[-1].id, 999, answers, marks=(10**9, 10**9), typed=10**9)
    return len(write_place(place))


@pytest.mark.parametrize("letter", ["ا", "ځ", "x", '"', "\\", "🙂", "—", "\u200c"])
def test_the_fullest_interview_is_no_longer_than_foretold_in_any_letter(letter: str) -> None:
    chosen = survey("many", *(text(f"t{n}", MOST) for n in range(3)))
    assert fullest(chosen, letter) <= longest_place(chosen) <= PLACE_SIZES[-1]


def test_three_stories_of_a_thousand_urdu_letters_fit_and_four_are_foretold_not_to() -> None:
    three, four = (survey("many", *(text(f"t{n}", MOST) for n in range(count))) for count in (3, 4))
    assert longest_place(three) <= PLACE_SIZES[-1] < longest_place(four)
