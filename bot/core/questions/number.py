"""A whole number, typed in Latin, Urdu or Pashto digits; counted in bands, never number by number.

- id: meetings
  type: number
  ask: {en: How many meetings did you attend?}
  min: 0
  max: 60
  bands: {none: [0, 0], some: [1, 5], many: [6, 60]}
"""

from __future__ import annotations

from bot.core.letters import whole_number
from bot.core.questions.kind import Kind, Problem
from bot.core.survey import Answer, Question


def fits(question: Question, answer: Answer) -> bool:
    """True for a whole number between the question's lowest and highest, both included."""
    return isinstance(answer, int) and _within(question, answer)


def read(question: Question, words: str) -> tuple[Answer | None, Problem | None]:
    """The number typed, or the phrase that says which numbers are expected."""
    number = whole_number(words)
    if number is None:
        return None, "type-a-number"
    if not _within(question, number):
        return None, "number-out-of-range"
    return number, None


def tally(question: Question, answer: Answer) -> tuple[str, ...]:
    """Counted under the code of its band; without bands only that it was given is counted."""
    return tuple(b.code for b in question.bands if isinstance(answer, int) and b.low <= answer <= b.high)


def _within(question: Question, number: int) -> bool:
    return (question.low is None or number >= question.low) and (question.high is None or number <= question.high)


KIND = Kind(tapped=False, typed=True, several=False, kept=True, fits=fits, read=read, tally=tally)
