"""A number, typed in Latin, Urdu or Pashto digits; counted in bands, never number by number.

- id: meetings
  type: number
  ask: {en: How many meetings did you attend?}
  min: 0
  max: 60
  bands: {none: [0, 0], some: [1, 5], many: [6, 60]}

With `decimals: 1` or `2` it may have so many places behind the point.
"""

from __future__ import annotations

from bot.core.letters import decimal_number
from bot.core.questions.kind import Kind, Problem
from bot.core.survey import Answer, Question


def fits(question: Question, answer: Answer) -> bool:
    """True for a number between the lowest and the highest, both included, with no more places than asked."""
    if not isinstance(answer, int | float) or not _within(question, answer):
        return False
    return isinstance(answer, int) or (question.decimals > 0 and answer == round(answer, question.decimals))


def read(question: Question, words: str) -> tuple[Answer | None, Problem | None]:
    """The number typed, or the phrase that says which numbers are expected."""
    number = decimal_number(words, question.decimals)
    if number is None:
        return None, "type-a-decimal" if question.decimals else "type-a-number"
    if not _within(question, number):
        return None, "number-out-of-range"
    return number, None


def tally(question: Question, answer: Answer) -> tuple[str, ...]:
    """Counted under the code of its band; without bands only that it was given is counted.

    A number between two bands of whole numbers belongs to the lower one: 2.5 to [0, 2] beside [3, 9].
    """
    if not isinstance(answer, int | float):
        return ()
    return tuple(band.code for band in question.bands if band.low <= answer < band.high + 1)


def _within(question: Question, number: int | float) -> bool:
    return (question.low is None or number >= question.low) and (question.high is None or number <= question.high)


KIND = Kind(tapped=False, typed=True, several=False, kept=True, fits=fits, read=read, tally=tally)
