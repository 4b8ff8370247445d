"""As much of JSON Schema (2020-12) as our own schema uses; an unknown keyword is refused, not passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip
WORDS_ONLY = {"title", "description", "default", "$schema", "$defs", "discriminator"}


def faults(value: Any, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """What of a value the schema refuses; `whole` holds the definitions."""
    for keyword, wanted in schema.items():
        if keyword not in WORDS_ONLY:
            yield from CHECKS[keyword](value, wanted, schema, whole, at)


def _ref(value: Any, wanted: str, _schema: Any, whole: Any, at: str) -> Iterator[str]:
    yield from faults(value, whole["$defs"][wanted.removeprefix("#/$defs/")], whole, at)


def _type(value: Any, wanted: str, *rest: Any) -> Iterator[str]:
    if not isinstance(value, TYPES[wanted]) or (isinstance(value, bool) and wanted in ("integer", "number")):
        yield f"{rest[-1]}: {value!r} is no {wanted}"


def _properties(value: Any, wanted: Mapping[str, Any], _schema: Any, whole: Any, at: str) -> Iterator[str]:
    for key in wanted if isinstance(value, dict) else ():
        if key in value:
            yield from faults(value[key], wanted[key], whole, f"{at}/{key}")


def _additional(value: Any, wanted: Any, schema: Mapping[str, Any], whole: Any, at: str) -> Iterator[str]:
    for key in value if isinstance(value, dict) else ():
        patterns = schema.get("patternProperties", {})
        if key not in schema.get("properties", {}) and not any(re.search(one, key) for one in patterns):
            if wanted is False:
                yield f"{at}: unknown key {key!r}"
            elif isinstance(wanted, dict):
                yield from faults(value[key], wanted, whole, f"{at}/{key}")


def _patterns(value: Any, wanted: Mapping[str, Any], _schema: Any, whole: Any, at: str) -> Iterator[str]:
    for pattern, below in wanted.items():
        for key in value if isinstance(value, dict) else ():
            if re.search(pattern, key):
                yield from faults(value[key], below, whole, f"{at}/{key}")


def _required(value: Any, wanted: list[str], *rest: Any) -> Iterator[str]:
    yield from (
        f"{rest[-1]}: {key!r} is missing" for key in wanted if isinstance(value, dict) and key not in value
    )


def _items(value: Any, wanted: Any, _schema: Any, whole: Any, at: str) -> Iterator[str]:
    for number, one in enumerate(value if isinstance(value, list) else ()):
        yield from faults(one, wanted, whole, f"{at}/{number}")


def _any(value: Any, wanted: list[Any], _schema: Any, whole: Any, at: str) -> Iterator[str]:
    found = [list(faults(value, one, whole, at)) for one in wanted]
    if all(found):
        yield min(found, key=len)[0]


def _one(value: Any, wanted: list[Any], _schema: Any, whole: Any, at: str) -> Iterator[str]:
    found = [list(faults(value, one, whole, at)) for one in wanted]
    if sum(not one for one in found) != 1:
        yield min(found, key=len)[0] if all(found) else f"{at}: more than one form fits"


def _told(refused: Any) -> Any:
    def check(value: Any, wanted: Any, *rest: Any) -> Iterator[str]:
        if refused(value, wanted):
            yield f"{rest[-1]}: {value!r} is refused ({wanted!r})"

    return check


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CHECKS: Mapping[str, Any] = {
    "$ref": _ref, "type": _type, "properties": _properties, "additionalProperties": _additional,
    "patternProperties": _patterns, "required": _required, "items": _items, "anyOf": _any, "oneOf": _one,
    "const": _told(lambda value, wanted: value != wanted),
    "enum": _told(lambda value, wanted: value not in wanted),
    "pattern": _told(lambda value, wanted: isinstance(value, str) and not re.search(wanted, value)),
    "minItems": _told(lambda value, wanted: isinstance(value, list) and len(value) < wanted),
    "maxItems": _told(lambda value, wanted: isinstance(value, list) and len(value) > wanted),
    "minProperties": _told(lambda value, wanted: isinstance(value, dict) and len(value) < wanted),
    "maxProperties": _told(lambda value, wanted: isinstance(value, dict) and len(value) > wanted),
    "minimum": _told(lambda value, wanted: _number(value) and value < wanted),
    "maximum": _told(lambda value, wanted: _number(value) and value > wanted),
}  # fmt: skip
