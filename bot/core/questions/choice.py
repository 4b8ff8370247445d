"""One answer of several, a button each.

- id: gender
  type: choice
  ask: {en: Are you a woman or a man?}
  options: {woman: {en: Woman}, man: {en: Man}}
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, an_option, one_code, under_its_code

KIND = Kind(
    tapped=True, typed=False, several=False, kept=True, fits=one_code, read=an_option, tally=under_its_code
)
