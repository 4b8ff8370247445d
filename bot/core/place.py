"""Where a person is in an interview, and how it is written to be sealed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from bot.core.cohorts import LONGEST_KIND
from bot.core.questions import TYPES, text, voice
from bot.core.questions.note import READ
from bot.core.survey import Answer, Answers, Question, Survey

REVIEW = ""
"""Where a person is after the last question: the list of all answers."""

PLACE_SIZES = (2048, 4096, 8192)
"""A sealed place is as long as one of these, so that its length tells nothing of how far a person came."""

MARKS_KEPT = 3
"""Messages to wipe that a place may name; a button carries as many."""

LONGEST_CODE = 32
"""Letters of a code (see `bot/files/form.py`)."""

LONGEST_NUMBER = "-123456789012345.123456"
"""Letters of a number that was worked out."""


@dataclass(frozen=True)
class Place:
    """Where a person is. All of it is sealed with a secret that only the person's chat holds.

    `picked` are the options set so far in a multiple choice, or the parts given of an answer that takes several
    taps, `pending` a changed answer that waits for a yes because later answers would fall away, `marks` the
    messages to wipe at the end, `typed` the newest message whose words came: those carry no step, and may be
    delivered twice, `seed` decides what is left to chance, `cohort` is the kind of group they were invited by
    where the wave counts that, and empty elsewhere.
    """

    language: str
    at: str
    step: int = 1
    answers: Answers = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    pending: Answer | None = None
    marks: tuple[int, ...] = ()
    typed: int = 0
    seed: int = 0
    cohort: str = ""


def write_place(place: Place) -> bytes:
    """A place as JSON in UTF-8, at most twice as many bytes as it has letters of Latin, Urdu and Pashto."""
    plain = asdict(place)
    if not place.cohort:
        del plain["cohort"]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def longest_place(survey: Survey) -> int:
    """How many bytes the fullest place of this survey takes: it must fit into the largest of PLACE_SIZES."""
    fullest = {question.id: _longest_answer(question) for question in survey.questions}
    picked = max((answer for answer in fullest.values() if isinstance(answer, tuple)), key=len, default=())
    place = Place(
        language="ur",
        at=max(fullest, key=len),
        step=999_999,
        answers=fullest,
        picked=picked,
        pending=picked or "x" * LONGEST_CODE,
        marks=(10**10,) * MARKS_KEPT,
        typed=10**10,
        seed=2**64,
        cohort=LONGEST_KIND,
    )
    return len(write_place(place))


def _longest_answer(question: Question) -> Answer:
    if TYPES[question.type].spoken:
        return voice.fullest(question)
    if TYPES[question.type].own_words:
        return "ا" * text.longest(question)
    if TYPES[question.type].several or question.type == "ranking":
        return question.codes
    numbers = [f"{number}.99" for number in (question.low, question.high) if number is not None]
    return max(
        [*question.codes, *numbers, question.latest, *question.specials, READ, "-1234567890.123456"], key=len
    )
