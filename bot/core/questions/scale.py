"""One answer on an ordered scale that several questions share; the order is never shuffled.

scales:
  trust4: {order: ascending, options: {none: {en: Not at all}, a_lot: {en: A lot}}}
questions:
  - id: trust_police
    type: scale
    scale: trust4
    ask: {en: How much do you trust the police?}
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, an_option, one_code, under_its_code

KIND = Kind(
    tapped=True, typed=False, several=False, kept=True, fits=one_code, read=an_option, tally=under_its_code
)
