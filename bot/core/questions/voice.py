"""An answer spoken: a voice note, fetched only when the answers are sent, and sealed to a steward then.

It is asked of everybody and may always be skipped. A voice cannot be redacted, and whoever hears it may know it.
While the interview is open, its answer names the note at Telegram; the sound itself lies nowhere here. Only that
it was given or skipped is counted. The survey must say `open_text: sealed`.

- id: story
  type: voice
  ask: {en: What happened at the meeting?}
  seconds: 30
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.core.questions.kind import Kind, Problem
from bot.core.survey import Answer, Question

USUAL = 30
"""Seconds of an answer, where the author does not say how many."""

MOST = 60
"""More is not listened to, and would not fit under MOST_BYTES."""

SLACK = 2
"""Seconds more than the question says that are let pass: nobody stops to the second."""

MOST_BYTES = 500 * 1024
"""A minute of Telegram's voice takes half of that."""

LEAST_ROOM = 64 * 1024
"""Sealed, a voice is as long as 64, 128, 256 or 512 KB: its length tells no more than that."""

LONGEST_ID = 120
"""Letters of the name that Telegram gives to a file; they have about eighty."""

_NOTE = re.compile(rf"([1-9][0-9]?):([A-Za-z0-9_-]{{1,{LONGEST_ID}}})", re.ASCII)


@dataclass(frozen=True)
class Note:
    """A voice note as it stands among the answers of an open interview: how long, and its name at Telegram."""

    seconds: int
    file: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.seconds}:{self.file}"


def note(answer: Answer) -> Note:
    """The note that an answer names. ValueError when it names none."""
    found = _NOTE.fullmatch(str(answer))
    if found is None:
        raise ValueError("this answer names no voice note")
    return Note(int(found[1]), found[2])


def longest(question: Question) -> int:
    """How many seconds an answer to this question may have, as the author says."""
    return USUAL if question.longest is None else question.longest


def most_seconds(question: Question) -> int:
    """How many seconds are let pass."""
    return longest(question) + SLACK


def fullest(question: Question) -> Answer:
    """The longest answer that may stand in a place."""
    return str(Note(most_seconds(question), "x" * LONGEST_ID))


def fits(question: Question, answer: Answer) -> bool:
    """True for a note that `heard` could have taken."""
    found = _NOTE.fullmatch(answer) if isinstance(answer, str) else None
    return found is not None and int(found[1]) <= most_seconds(question)


def heard(question: Question, file: str, seconds: float, size: int) -> tuple[Answer | None, Problem | None]:
    """The answer that a voice note gives, by what Telegram says of it; or the phrase that says what to do.

    `size` is in bytes, 0 where Telegram does not say it.
    """
    if seconds > most_seconds(question) or size > MOST_BYTES:
        return None, "voice-long"
    answer = str(Note(max(1, round(seconds)), file))
    return (answer, None) if fits(question, answer) else (None, "voice-lost")


def read(_question: Question, _words: str) -> tuple[Answer | None, Problem | None]:
    """Typed words are no voice."""
    return None, "voice-say"


def tally(_question: Question, _answer: Answer) -> tuple[str, ...]:
    """Nothing but that it was given is counted."""
    return ()


KIND = Kind(
    tapped=False,
    typed=False,
    several=False,
    kept=True,
    fits=fits,
    read=read,
    tally=tally,
    own_words=True,
    spoken=True,
)
