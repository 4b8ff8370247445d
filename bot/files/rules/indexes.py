"""An index is made of questions whose answers have an order, and somebody can be asked enough of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.conditions import All, tries, verdict
from bot.core.indexes import KINDS, needed
from bot.files import form
from bot.files.plain import Path
from bot.files.rules.conditions import core
from bot.files.rules.draft import Rule, _Draft
from bot.files.rules.results import _named

MOST_TRIES = 4_096
"""How many combinations of answers are tried for one index."""


def _indexes(draft: _Draft) -> None:
    for number, index in draft.indexes.items():
        at: Path = ("indexes", number)
        kinds = tuple(kind for kind in KINDS if kind in form.KINDS)
        found = [_named(draft, (*at, "items", place), id, kinds) for place, id in enumerate(index.items)]
        for place, id in enumerate(index.reverse):
            if id not in index.items:
                draft.add("index-reverse", (*at, "reverse", place), id=index.id, question=id)
        if None not in found and _never_asked(draft, index):
            draft.add("index-never", (*at, "items"), id=index.id)


def _never_asked(draft: _Draft, index: form.Index) -> bool:
    """True where all items are needed for a score and the conditions of two of them never hold together."""
    if needed(len(index.items)) < len(index.items):
        return False
    ids = draft.ids()
    numbers = {ids[id] for id in index.items}
    conditions = dict.fromkeys(draft.conditions[one] for one in sorted(numbers) if one in draft.conditions)
    if len(conditions) < 2:
        return False
    together = All(tuple(conditions))
    earlier = [one for number in sorted(draft.questions) if number < max(numbers) for one in core(draft, number)]
    return 0 < tries(together, earlier) <= MOST_TRIES and verdict(together, earlier) == "never"


RULES: Sequence[Rule] = (_indexes,)
