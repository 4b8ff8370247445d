"""What can be heard of a question, and the numbers by which its buttons are found.

1. A question is offered to the ear in the person's language only; then its options are numbered, in order.
2. Numbers stand in the digits of the language, whatever was answered; options that are numbers stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.words import text
from bot.core import flow
from bot.core.events import Listened
from bot.core.screen import Screen, Text
from bot.core.survey import Question
from bot.files.phrases import Phrases
from tests.core.sample import choice, choices, survey

PHRASES = Phrases.load()
HASH = "0123456789abcdef" * 4
DIGITS = {"ur": "123", "ps": "۱۲۳", "en": "123"}


def labels(screen: Screen) -> list[str]:
    """The labels of the first buttons, as they are read."""
    shown = [text(PHRASES, screen._replace(lines=(row[0].label,))) for row in screen.rows[:3]]
    return [words.translate(dict.fromkeys([0x2068, 0x2069, 0x200F])) for words in shown]


def first(question: Question, language: str) -> Screen:
    """The screen of a survey's only question."""
    return flow.begin(survey("one", question), language).screen


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_options_are_numbered_in_the_digits_of_the_language(language: str) -> None:
    stop = "." if language == "en" else "۔"
    for question, mark in ((choice("q", "a", "b", "c"), ""), (choices("q", "a", "b", "c"), "☐ ")):
        heard = replace(question, audio={language: HASH})
        assert labels(first(heard, language)) == [
            f"{digit}{stop} {mark}{code} ({language})" for digit, code in zip(DIGITS[language], "abc", strict=True)
        ]


@pytest.mark.parametrize("audio", [{}, {"ur": HASH}, {"en": "gender.en.ogg"}])
def test_without_a_recording_in_the_language_nothing_is_offered_and_nothing_numbered(
    audio: dict[str, str],
) -> None:
    screen = first(replace(choice("q", "a", "b", "c"), audio=audio), "en")
    assert screen.sound is None
    assert labels(screen) == ["a (en)", "b (en)", "c (en)"]


def test_what_is_heard_carries_the_step_and_moves_nothing() -> None:
    one = survey("one", replace(choice("q", "a", "b", "c"), audio={"en": HASH}))
    begun = flow.begin(one, "en")
    assert begun.place is not None
    assert begun.screen.sound is not None
    assert (begun.screen.sound.recording, begun.screen.sound.does) == (HASH, Listened(begun.place.step))
    assert flow.step(one, begun.place, begun.screen.sound.does) == begun._replace(hint=None)
    assert flow.step(one, begun.place, Listened(begun.place.step + 1)).hint is not None


def test_options_that_are_numbers_are_not_numbered_again() -> None:
    question = choice("q", "a", "b")
    rated = tuple(
        replace(option, label=dict.fromkeys(("ur", "ps", "en"), str(number)))
        for number, option in enumerate(question.options)
    )
    screen = first(replace(question, options=rated, audio={"en": HASH}), "en")
    assert [row[0].label for row in screen.rows[:2]] == [Text("0"), Text("1")]
