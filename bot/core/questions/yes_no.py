"""Yes or no; the bot knows the two words in every language.

- id: took_part
  type: yes_no
  ask: {en: Did you take part in a community meeting?}
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, an_option, one_code, under_its_code

CODES = ("yes", "no")

KIND = Kind(
    tapped=True, typed=False, several=False, kept=True, fits=one_code, read=an_option, tally=under_its_code
)
