"""What XLSForm's columns cannot say travels beside them, in `aitbar_*` columns, key by key.

Laws:
1. XLSForm's own columns win: what an `aitbar_*` column says of something that they say too holds only as long as
   they still say what it was written as. Whoever changes a form in Kobo or Excel need not know our columns.
2. A key that only Aitbar knows travels as it is; no code here names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.survey import SPECIALS
from bot.files import form
from bot.files.xlsform.native import Say
from bot.files.xlsform.write import Desk, Written, written

OPTIONS = "options"
_CONSTRAINT = ("constraint",)

TOLD_IN: Mapping[str, tuple[str, ...]] = {
    "type": ("type", "calculation", "appearance", OPTIONS),
    "ask": ("label",),
    "audio": ("media::audio",),
    "picture": ("media::image",),
    "show_if": ("relevant",),
    "required": ("required",),
    "constraint": _CONSTRAINT,
    "min": _CONSTRAINT,
    "max": _CONSTRAINT,
    "from": _CONSTRAINT,
    "to": _CONSTRAINT,
    "exclusive": _CONSTRAINT,
    "least": _CONSTRAINT,
    "most": _CONSTRAINT,
    "constraint_message": ("constraint_message",),
    "precision": ("appearance",),
    "decimals": ("type",),
    "shuffle": ("parameters",),
    "value": ("calculation",),
    "arms": ("calculation",),
    "scale": (OPTIONS,),
    "options": (OPTIONS,),
    "specials": (OPTIONS,),
    "choice_filter": ("choice_filter", OPTIONS),
}
"""In which of XLSForm's columns a key is told; what is told in none of them is ours alone."""

BOTH = frozenset({"id", "section", "statements"})
"""Keys that are told by the place of rows, never beside them."""


def rest(said: Mapping[str, Any], native: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a question that its own columns do not say; None for one that they alone say."""
    kept = {key: said.get(key) for key in [*said, *native] if key not in BOTH and said.get(key) != native.get(key)}
    return {key: value for key, value in kept.items() if value is not None or _has(said["type"], key)}


def put_back(
    native: Mapping[str, Any], beside: Mapping[str, Any], row: Written, desk: Desk, say: Say
) -> dict[str, Any]:
    """The question as it was, as far as the form has not been changed meanwhile; says what no longer holds."""
    try:
        again = written(_together(native, beside), desk)
    except Exception:  # whatever somebody typed into our columns
        again = Written({})
    changed = [key for key in beside if not all(_same(row, again, column) for column in TOLD_IN.get(key, ()))]
    for key in changed:
        say("form-overruled", f"aitbar_{key}", id=native["id"], key=key, columns=" and ".join(TOLD_IN[key]))
    return _together(native, {key: value for key, value in beside.items() if key not in changed})


def _together(native: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    """Both, as far as the kind has such a key; where `type` stands beside, another kind was read natively."""
    said = {key: value for key, value in {**native, **beside}.items() if value is not None}
    return {
        key: value
        for key, value in said.items()
        if _has(said["type"], key) or ("type" in beside) is (key in beside)
    }


def _has(kind: Any, key: str) -> bool:
    """Whether a kind of question has this key; a kind that nobody knows may have any."""
    return not isinstance(kind, str) or kind not in form.KINDS or key in known_keys(form.KINDS[kind])


def known_keys(kind: Any) -> Sequence[str]:
    """The keys that a kind of question has in a survey file."""
    return [field.alias or name for name, field in kind.model_fields.items()]


def _same(one: Written, other: Written, column: str) -> bool:
    if column == OPTIONS:
        return _rows(one) == _rows(other)
    return _cells(one, column) == _cells(other, column)


def _cells(row: Written, column: str) -> dict[str, str]:
    return {title: text for title, text in row.cells.items() if title == column or title.startswith(f"{column}::")}


def _rows(row: Written) -> list[Mapping[str, str]]:
    """The rows of a list; of the special answers only that they are there: their words are the bot's own."""
    return [{"name": one["name"]} if one["name"] in SPECIALS else one for one in row.options]
