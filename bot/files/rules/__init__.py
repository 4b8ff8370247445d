"""What holds between the parts of a survey file: words in every language, codes that exist, earlier questions.

Each part is held against its form by itself, so that a mistake in one question hides none in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from bot.files.plain import UNREAD, Plain
from bot.files.problems import Notes
from bot.files.rules import conditions, duties, forms, indexes, offers, phone, questions, results, words
from bot.files.rules.draft import Rule, _Draft, _Enough


def inspect(plain: Plain, notes: Notes, speaks: frozenset[str]) -> None:
    """Note every problem of a file. `speaks` names the languages in which the bot says yes and no."""
    if not plain.whole:
        return
    if not isinstance(plain.value, dict):
        if plain.value is None or (plain.value is UNREAD and not notes.refused):
            notes.add("empty-file", 1)
        elif not notes.refused:
            notes.add("not-a-mapping", plain.line(()))
        return
    draft = _Draft(plain.value, plain, notes, speaks)
    with suppress(_Enough):
        for rule in RULES:
            rule(draft)


RULES: Sequence[Rule] = (
    *forms.RULES,
    *words.RULES,
    *questions.RULES,
    *phone.RULES,
    *conditions.RULES,
    *offers.RULES,
    *results.RULES,
    *indexes.RULES,
    *duties.RULES,
)
"""All the rules, in this order: the first keeps the parts that the others look at."""
