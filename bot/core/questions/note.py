"""Words that ask nothing, with a button to go on; nothing of it is kept.

- id: about_offices
  type: note
  ask: {en: The next questions are about offices.}
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, no_words
from bot.core.survey import Answer, Question

READ = "read"
"""What stands in the place once a note was read, so that going on and going back know of it."""


def fits(_question: Question, answer: Answer) -> bool:
    """A note is read or not yet read."""
    return answer == READ


def tally(_question: Question, _answer: Answer) -> tuple[str, ...]:
    """A note is never counted."""
    return ()


KIND = Kind(tapped=False, typed=False, several=False, kept=False, fits=fits, read=no_words, tally=tally)
