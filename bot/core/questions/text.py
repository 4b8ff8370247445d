"""An answer in the person's own words; redacted before it is kept, sealed to a steward when it is sent.

It is asked of everybody and may always be skipped. Only that it was given or skipped is counted; who may read it
and when says `docs/security.md`. The survey must say `open_text: sealed`.

- id: more
  type: text
  ask: {en: What else should we know about the road?}
  longest: 300
"""

from __future__ import annotations

from bot.core.letters import one_line
from bot.core.questions.kind import Kind, Problem
from bot.core.redact import redact
from bot.core.survey import Answer, Question

USUAL = 500
"""Letters of an answer, where the author does not say how many."""

MOST = 1000
"""More is not written on a phone, and would not fit where answers wait."""

BYTES_A_LETTER = 2
"""UTF-8 of Latin, Urdu and Pashto letters; what takes more bytes counts as two letters."""

GIVEN = "given"
"""What stands among the answers for words that were sealed."""


def letters(words: str) -> int:
    """How many letters an answer has: one a letter, two for signs beyond U+07FF, such as pictures."""
    return sum(1 if ord(letter) < 0x800 else 2 for letter in words)


def longest(question: Question) -> int:
    """How many letters an answer to this question may have."""
    return USUAL if question.longest is None else question.longest


def fits(question: Question, answer: Answer) -> bool:
    """True for words that `read` could have taken."""
    return isinstance(answer, str) and bool(answer) and letters(answer) <= longest(question)


def read(question: Question, words: str) -> tuple[Answer | None, Problem | None]:
    """The words as they will be kept, in one line and redacted; or the phrase that says what to do."""
    line = one_line(words, len(words) + 1)
    if letters(line) > 2 * longest(question):  # no redaction makes it fit
        return None, "open-answer-long"
    kept = redact(line)
    if letters(kept) > longest(question):
        return None, "open-answer-long"
    return (kept, None) if kept else (None, "open-answer-empty")


def tally(_question: Question, _answer: Answer) -> tuple[str, ...]:
    """Nothing but that it was given is counted."""
    return ()


KIND = Kind(tapped=False, typed=True, several=False, kept=True, fits=fits, read=read, tally=tally, own_words=True)
