"""A number worked out from earlier answers: for conditions and bands, without asking again. Nobody is asked.

It is kept, and counted by its bands, only where the author says `keep: true`.

- id: people_at_home
  type: calculate
  value: "${adults} + ${children}"
  bands: {few: [0, 4], many: [5, 60]}
  keep: true
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, no_words
from bot.core.questions.number import tally
from bot.core.survey import Answer, Question


def fits(_question: Question, answer: Answer) -> bool:
    """True for a number."""
    return isinstance(answer, int | float)


KIND = Kind(
    tapped=False, typed=False, several=False, kept=True, fits=fits, read=no_words, tally=tally, hidden=True
)
