"""What stands in a cell: values of a survey as text, and texts that have a column for each language.

Laws:
1. told(shown(value)) == value, for whatever a survey file can hold.
2. Words are shown as they are; all else, and words that could be read as something else, as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.core.letters import clean
from bot.core.survey import LANGUAGES

OWN = "aitbar_"
"""How the columns and sheets begin that XLSForm does not know."""

NAMES: Mapping[str, str] = {"ur": "اردو (ur)", "ps": "پښتو (ps)", "en": "English (en)"}
"""The languages as they stand in the titles of columns."""

_CALLED = {
    "urdu": "ur", "اردو": "ur", "pashto": "ps", "pushto": "ps", "پښتو": "ps", "پشتو": "ps", "english": "en",
    "انگریزی": "en", "انګریزي": "en",
}  # fmt: skip
_CODED = re.compile(r"(?:^|\()\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-]+)?\s*\)?$")


def shown(value: Any) -> str:
    """The value as a person would type it in a cell."""
    if isinstance(value, str) and value and value == value.strip() and not _looks_like_json(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def told(text: str) -> Any:
    """The value that a cell says."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, float) else value


def _looks_like_json(text: str) -> bool:
    return not isinstance(told(text), str) or text[:1] == '"'


# -- languages --------------------------------------------------------------------------------------------


def language_called(name: str) -> str | None:
    """The code of a language as titles name it: `English (en)`, `en`, `Urdu`; None where it is not known."""
    words = clean(name).strip()
    called = _CALLED.get(words.partition("(")[0].strip().casefold())
    coded = _CODED.search(words)
    code = coded[1].lower() if coded else called
    return code if code in LANGUAGES else called if coded is None else None


def language_name(code: str) -> str:
    """How a language stands in the titles of columns."""
    return NAMES.get(code, f"{code} ({code})")


def is_words(value: Any, languages: Sequence[str]) -> bool:
    """Whether this is one text in some of these languages."""
    return (
        isinstance(value, dict)
        and bool(value)
        and all(key in languages and isinstance(words, str) and words for key, words in value.items())
    )


def spread(name: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The cells of one text: a column for each language."""
    for language, text in words.items():
        yield f"{name}::{language}", text


def gathered(name: str, cells: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    """The text that stands in the columns of this name, in these languages."""
    return {one: cells[f"{name}::{one}"] for one in languages if cells.get(f"{name}::{one}")}


# -- records ----------------------------------------------------------------------------------------------


def record(said: Mapping[str, Any], languages: Sequence[str], prefix: str = "") -> dict[str, str]:
    """A mapping as the cells of one row."""
    cells: dict[str, str] = {}
    for key, value in said.items():
        if is_words(value, languages):
            cells |= dict(spread(prefix + key, value))
        else:
            cells[prefix + key] = shown(value)
    return cells


def unrecorded(cells: Mapping[str, str], languages: Sequence[str], prefix: str = "") -> dict[str, Any]:
    """The mapping that the cells of one row say."""
    said: dict[str, Any] = {}
    for title, text in cells.items():
        if not title.startswith(prefix):
            continue
        key, _, language = title.removeprefix(prefix).partition("::")
        if not language:
            said[key] = told(text)
        elif language in languages:
            said.setdefault(key, {})
            if isinstance(said[key], dict):
                said[key][language] = text
    return said


def tidy(value: Any, languages: Sequence[str]) -> Any:
    """What a file says, with its texts cleaned as they are pinned, and without keys that say nothing."""
    if is_words(value, languages):
        return {language: clean(text).strip() for language, text in value.items()}
    if isinstance(value, dict):
        return {key: tidy(inner, languages) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [tidy(inner, languages) for inner in value]
    return value
