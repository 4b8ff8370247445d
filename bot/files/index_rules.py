"""What holds between the indexes of a survey file and its questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.core.conditions import All, tries, verdict
from bot.core.indexes import KINDS, needed
from bot.core.survey import Question
from bot.files import form
from bot.files.plain import Path

if TYPE_CHECKING:
    from bot.files.rules import _Draft

MOST_TRIES = 4_096
"""How many combinations of answers are tried for one index."""

Named = Callable[["_Draft", Path, str, Sequence[str]], "form.AnyQuestion | None"]
"""The question that is named at a place when it is there, sound and of one of these types."""

Core = Callable[["_Draft", int], Question]
"""A question as the interview knows it, by its number."""


def indexes(draft: _Draft, named: Named, core: Core) -> None:
    """Items are questions whose answers have an order, and somebody can be asked enough of them."""
    for number, index in draft.indexes.items():
        at: Path = ("indexes", number)
        found = [
            named(draft, (*at, "items", place), id, tuple(kind for kind in KINDS if kind in form.KINDS))
            for place, id in enumerate(index.items)
        ]
        for place, id in enumerate(index.reverse):
            if id not in index.items:
                draft.add("index-reverse", (*at, "reverse", place), id=index.id, question=id)
        if None not in found and _never_asked(draft, index, core):
            draft.add("index-never", (*at, "items"), id=index.id)


def _never_asked(draft: _Draft, index: form.Index, core: Core) -> bool:
    """True where all items are needed for a score and the conditions of two of them never hold together."""
    if needed(len(index.items)) < len(index.items):
        return False
    ids = draft.ids()
    numbers = {ids[id] for id in index.items}
    conditions = dict.fromkeys(draft.conditions[one] for one in sorted(numbers) if one in draft.conditions)
    if len(conditions) < 2:
        return False
    together = All(tuple(conditions))
    earlier = [core(draft, one) for one in sorted(draft.questions) if one < max(numbers)]
    return 0 < tries(together, earlier) <= MOST_TRIES and verdict(together, earlier) == "never"
