"""A group of people drawn by chance, once an interview: for wordings beside each other, or orders of a section.

Nobody is asked. The arm is kept with the answers and counted like one.

- id: wording
  type: arm
  arms: [short, long]
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, no_words, one_code, under_its_code

MOST_ARMS = 4
"""More rotations would begin to mark a person."""

KIND = Kind(
    tapped=False,
    typed=False,
    several=False,
    kept=True,
    fits=one_code,
    read=no_words,
    tally=under_its_code,
    hidden=True,
)
