"""A spoken answer, inside an interview.

Promises:
1. Whatever happens in whatever order, a voice note stands only with the question that it was spoken to; one that
   was spoken anywhere else stands nowhere.
2. The screen warns, and the question can be skipped; what is too long, too large or no name of a file is said at
   once and kept nowhere; what was typed instead too, and words of danger in it bring up help.
3. What is shown of it is how long it is.
4. Notes that could not be had are dropped, and nothing else.
5. The fullest interview is foretold; only that it was given or skipped is counted.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import flow
from bot.core.blocks import Block, Rule, count, publish
from bot.core.cells import Partition
from bot.core.events import Event, Hid, Sent, Skipped, Spoke, Typed
from bot.core.flow import PLACE_SIZES, REVIEW, Place, longest_place, write_place
from bot.core.questions import TYPES, voice
from bot.core.questions.text import GIVEN
from bot.core.questions.voice import LONGEST_ID, MOST_BYTES, Note, note
from bot.core.screen import Say, Screen
from bot.core.survey import PREFER_NOT, Survey
from tests.core.sample import choice, survey, text, words, yes_no
from tests.core.sample import voice as spoken

TOLD = replace(
    survey("told", yes_no("met"), spoken("story", 10), text("more", 40), spoken("wish"), choice("end", "a", "b")),
    open_text="sealed",
    referral=words("help"),
    danger={"en": ("kill",)},
)
AT_STORY = Place("en", "story", step=2, answers={"met": "yes"})


def said(screen: Screen) -> list[str]:
    """The phrases a screen says."""
    return [line.id for line in screen.lines if isinstance(line, Say)]


# -- promise 1 --------------------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=60)
def test_a_note_stands_only_with_the_question_it_was_spoken_to(data: st.DataObject) -> None:
    place = flow.begin(TOLD, "en").place
    assert place is not None
    spoken_to: dict[str, str] = {}
    for number in range(data.draw(st.integers(1, 25))):
        screen = flow.draw(TOLD, place)
        tapped = [button.does for row in screen.rows for button in row]
        taps = [does for does in tapped if isinstance(does, Event) and not isinstance(does, Hid | Sent)]
        speaks = Spoke(f"file{number}", data.draw(st.integers(0, 40)), data.draw(st.integers(0, 2 * MOST_BYTES)))
        event = data.draw(st.sampled_from([*taps, Typed("1"), Typed("some words"), speaks, speaks, speaks]))
        if event is speaks:
            spoken_to[speaks.file] = place.at
        after = flow.step(TOLD, place, event)
        if event is speaks and after.place == place:
            del spoken_to[speaks.file]
        place = after.place
        assert place is not None
        notes = {q.id: note(place.answers[q.id]) for q in TOLD.questions if is_note(q.id, place)}
        assert all(spoken_to[one.file] == id for id, one in notes.items())
        assert write_place(place).count(b"file") == len(notes), "and nowhere else in the place"


def is_note(id: str, place: Place) -> bool:
    """True where a voice note stands."""
    answer = place.answers.get(id)
    return TYPES[TOLD.question(id).type].spoken and answer is not None and answer != PREFER_NOT


def test_a_note_is_taken_where_it_is_asked_for_and_nowhere_else() -> None:
    step = flow.step(TOLD, AT_STORY, Spoke("abc", 9.6, 4_000))
    assert step.place is not None
    assert (step.place.at, step.place.answers["story"]) == ("more", "10:abc")
    for at in ("met", "more", REVIEW):
        elsewhere = replace(AT_STORY, at=at)
        refused = flow.step(TOLD, elsewhere, Spoke("abc", 9, 4_000))
        assert refused.place == elsewhere
        assert said(refused.screen)[0] == "nothing-was-kept-of-that"


# -- promise 2 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (Spoke("abc", 12.1, 4_000), "voice-long"),
        (Spoke("abc", 9, MOST_BYTES + 1), "voice-long"),
        (Spoke("a" * (LONGEST_ID + 1), 9, 4_000), "voice-lost"),
        (Spoke("a:b", 9, 4_000), "voice-lost"),
        (Spoke("", 9, 4_000), "voice-lost"),
        (Typed("I want to say"), "voice-say"),
        (Typed("they kill"), "voice-say"),
    ],
)
def test_what_cannot_be_taken_is_said_and_kept_nowhere(event: Spoke | Typed, problem: str) -> None:
    step = flow.step(TOLD, AT_STORY, event)
    assert step.place == AT_STORY
    assert said(step.screen)[0] == problem
    assert step.danger is (event == Typed("they kill"))


def test_the_screen_warns_and_offers_to_skip() -> None:
    screen = flow.draw(TOLD, AT_STORY)
    assert Say("voice-how", {"seconds": 10}) in screen.lines
    skip = next(button for row in screen.rows for button in row if isinstance(button.does, Skipped))
    assert skip.label == Say("button-skip")
    assert isinstance(skip.does, Skipped)
    step = flow.step(TOLD, AT_STORY, skip.does)
    assert step.place is not None
    assert (step.place.at, step.place.answers["story"]) == ("more", PREFER_NOT)


# -- promises 3 and 4 -------------------------------------------------------------------------------------

ALL = {"met": "yes", "story": "7:abc", "more": "words", "wish": "12:def", "end": "a"}


def test_only_how_long_it_is_is_shown() -> None:
    done = Place("en", REVIEW, answers=ALL)
    review = flow.draw(TOLD, done)
    assert "abc" not in repr(review)
    shown = [line.values["answer"] for line in review.lines if isinstance(line, Say) and "answer" in line.values]
    assert shown[1] == Say("voice-of", {"seconds": 7})
    assert (
        Say("open-answer-now", {"answer": Say("voice-of", {"seconds": 7})})
        in flow.draw(TOLD, replace(done, at="story")).lines
    )
    assert "abc" not in repr(Note(7, "abc"))


@pytest.mark.parametrize("lost", [["story"], ["wish"], ["story", "wish"]])
def test_notes_that_could_not_be_had_are_dropped_and_nothing_else(lost: list[str]) -> None:
    step = flow.without(TOLD, Place("en", REVIEW, step=7, answers=ALL), lost)
    assert step.place is not None
    assert (step.place.at, step.place.step) == (lost[0], 8)
    assert step.place.answers == {id: answer for id, answer in ALL.items() if id not in lost}
    assert said(step.screen)[0] == "voice-lost"


# -- promise 5 --------------------------------------------------------------------------------------------


def test_the_fullest_interview_is_foretold() -> None:
    many = survey("many", *(spoken(f"v{n}", 60) for n in range(3)))
    full = {q.id: str(Note(62, "x" * LONGEST_ID)) for q in many.questions}
    assert all(voice.fits(q, full[q.id]) for q in many.questions)
    place = Place("ur", "v2", 999, full, marks=(10**9, 10**9), typed=10**9)
    assert len(write_place(place)) <= longest_place(many) <= PLACE_SIZES[0]


def test_only_that_it_was_given_or_skipped_is_counted() -> None:
    only: Survey = survey("only", yes_no("met"), spoken("story"))
    people = [({"met": "yes", "story": GIVEN}, "en")] * 19 + [({"met": "yes", "story": PREFER_NOT}, "en")]
    counts = count(only, people)
    assert (counts["story", "valid"], counts["story", PREFER_NOT]) == (19, 1)
    published = publish(only, "wave", Partition(()), Rule(k=10, leave=0), [Block(1, (), 20, False, counts)])
    assert "story" not in str(published.as_json())
