"""Each part of a file is held against its form by itself; what pydantic finds is said in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.files import form
from bot.files.plain import UNREAD, Path
from bot.files.problems import CATALOGUE, suggestion
from bot.files.rules.draft import Rule, _Draft, _place
from bot.files.texts import entries, items, languages_of

M = TypeVar("M", bound=form.Part)


def _forms(draft: _Draft) -> None:
    """Hold every part against its form; keep the parts that are right."""
    said = draft.said
    _formed(draft, (), form.Outline)
    draft.languages = tuple(one for one in languages_of(said) if form.LANGUAGE.fullmatch(one))
    for name in entries(said.get("scales")):
        scale = _formed(draft, ("scales", name), form.Scale)
        if scale is not None:
            draft.scales[name] = scale
    for name in entries(said.get("sections")):
        section = _formed(draft, ("sections", name), form.Section)
        if section is not None:
            draft.sections[name] = section
    for number, question in enumerate(items(said.get("questions"))):
        kind = _kind(draft, number, question)
        asked = None if kind is None else _formed(draft, ("questions", number), kind)
        if asked is not None:
            draft.questions[number] = asked
    for number in range(len(items(said.get("indicators")))):
        indicator = _formed(draft, ("indicators", number), form.Indicator)
        if indicator is not None:
            draft.indicators[number] = indicator
    for number in range(len(items(said.get("indexes")))):
        index = _formed(draft, ("indexes", number), form.Index)
        if index is not None:
            draft.indexes[number] = index
    draft.cells = _formed(draft, ("cells",), form.Cells) if said.get("cells") is not None else None
    draft.reach = _formed(draft, ("reach",), form.Reach) if said.get("reach") is not None else None
    draft.targets = _formed(draft, ("targets",), form.Targets) if said.get("targets") is not None else None
    for key, model in (("clocks", form.Clocks), ("reminders", form.Reminders)):
        if said.get(key) is not None:
            _formed(draft, (key,), model)


def _kind(draft: _Draft, number: int, said: Any) -> type[form.AnyQuestion] | None:
    """The form of a question, by its type."""
    at = ("questions", number)
    if not isinstance(said, dict):
        _formed(draft, at, form.Note)  # says that a mapping is meant
        return None
    kind = said.get("type")
    place = _place(draft.said, at)
    if "type" not in said:
        draft.add("missing-key", at, key="type", place=place)
    elif isinstance(kind, str) and kind not in form.KINDS:
        known = ", ".join(form.KINDS)
        draft.add(
            "wrong-word",
            (*at, "type"),
            value=kind,
            place=f"'type' of {place}",
            known=known,
            hint=suggestion(kind, form.KINDS),
        )
    elif isinstance(kind, str):
        return form.KINDS[kind]
    elif kind is not UNREAD:
        _wrong_kind(draft, (*at, "type"), kind, "text")
    return None


def _formed(draft: _Draft, at: Path, model: type[M]) -> M | None:
    """The part of the file at this place when its form is right."""
    value: Any = draft.said
    for step in at:
        value = value[step]
    if value is UNREAD:
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if one["input"] is not UNREAD:
                _misformed(draft, at, model, one)
    return None


def _misformed(draft: _Draft, at: Path, model: type[BaseModel], error: ErrorDetails) -> None:
    """Say in the words of the catalogue what pydantic found."""
    inner, last = _inside(draft.said, at, error["loc"])
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    place = _place(draft.said, inner)
    if kind in CATALOGUE:
        draft.add(kind, inner, value=value, place=place)
    elif kind == "missing":
        draft.add("missing-key", inner, key=last, place=place)
    elif kind == "extra_forbidden":
        parent = inner[:-1]
        known = _known_keys(model, at, parent)
        id = "unknown-dimension" if parent == ("cells",) else "unknown-key"
        hint = suggestion(str(inner[-1]), known)
        draft.add(id, inner, key=inner[-1], name=inner[-1], place=_place(draft.said, parent), hint=hint)
    elif kind == "literal_error":
        known_words = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        hint = suggestion(str(value), known_words.split(", "))
        if isinstance(value, str):
            draft.add("wrong-word", inner, value=value, place=place, known=known_words, hint=hint)
        else:
            _wrong_kind(draft, inner, value, "text")
    elif kind in ("too_short", "too_long", "greater_than_equal", "less_than_equal"):
        _wrong_size(draft, inner, error)
    else:
        _wrong_kind(draft, inner, value, _WANTED.get(kind, "something else"))


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
}
_HINTS = {
    "text": "write words, in quotes if they look like a number",
    "a whole number": "write it without quotes, as in 5",
    "true or false": "write true or false without quotes",
    "a mapping": "write {key: value}, or one 'key: value' a line, indented",
    "a list": "write [one, two], or one '- ' a line",
}


def _wrong_kind(draft: _Draft, at: Path, value: Any, wanted: str) -> None:
    if wanted == "text" and isinstance(value, bool | int):
        draft.add("not-text", at, value=str(value).lower() if isinstance(value, bool) else value)
        return
    found = _described(value)
    hint = _HINTS.get(wanted, "see docs/authors.md")
    draft.add("wrong-kind", at, place=_place(draft.said, at), found=found, wanted=wanted, hint=hint)


def _described(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int():
            return f"the number {value}"
        case str():
            return "text"
        case dict():
            return "a mapping"
        case _:
            return "a list"


def _wrong_size(draft: _Draft, at: Path, error: ErrorDetails) -> None:
    context, value = error.get("ctx", {}), error["input"]
    place = _place(draft.said, at)
    if error["type"] == "greater_than_equal":
        wanted, found = f"it is at least {context.get('ge')}", f"{value}"
    elif error["type"] == "less_than_equal":
        wanted, found = f"it is at most {context.get('le')}", f"{value}"
    elif error["type"] == "too_long":
        wanted, found = f"it has at most {context.get('max_length')} entries", f"{len(value)} entries long"
    else:
        wanted, found = f"it has at least {context.get('min_length')}", f"{len(value)} entries long"
    hint = "shorten it" if error["type"] in ("too_long", "less_than_equal") else "add what is missing"
    draft.add("wrong-size", at, place=place, found=found, wanted=wanted, hint=hint)


def _inside(said: Any, at: Path, location: Sequence[str | int]) -> tuple[Path, str]:
    """The place of an error in the file, and the last step that pydantic names.

    Pydantic also names the branch of a union and marks keys; those steps are in no file.
    """
    inner: list[str | int] = list(at)
    value = said
    for step in at:
        value = value[step]
    for step in location:
        listed = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if listed or (isinstance(value, dict) and step in value):
            inner.append(step)
            value = value[step]
    return tuple(inner), str(location[-1]) if location else ""


def _known_keys(model: type[BaseModel], at: Path, parent: Path) -> Iterable[str]:
    """The keys a mapping may have: those of the part itself, or of a dimension written as a mapping."""
    fields = model.model_fields if parent == at else form.Grouped.model_fields
    return [field.alias or name for name, field in fields.items()]


RULES: Sequence[Rule] = (_forms,)
