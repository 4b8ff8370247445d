"""One statement of several that share a scale; each is a question of its own, asked one after another.

scales:
  trust4: {order: ascending, options: {none: {en: Not at all}, a_lot: {en: A lot}}}
questions:
  - id: trust_offices
    type: grid
    scale: trust4
    ask: {en: How much do you trust ...}
    statements: {trust_police: {en: the police?}, trust_courts: {en: the courts?}}
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, an_option, one_code, under_its_code

KIND = Kind(
    tapped=True, typed=False, several=False, kept=True, fits=one_code, read=an_option, tally=under_its_code
)
