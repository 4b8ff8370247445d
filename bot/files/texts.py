"""The texts of a survey file, each with its place, and the letters that may not stand in any text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.files.form import MOST_LANGUAGES
from bot.files.plain import Path

_PRESENTATION = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFE))
_TATWEEL = 0x0640
_DIRECTION = frozenset(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0xFEFF]
)
_FOREIGN: Mapping[str, frozenset[int]] = {
    "ur": frozenset({0x064A, 0x0643, 0x0649, 0x0647, 0x06AA}),
    "ps": frozenset({0x0643, 0x06C1, 0x06BE, 0x0649}),
}


# -- letters ----------------------------------------------------------------------------------------------


def bad_letters(words: str, language: str) -> Iterator[tuple[str, str]]:
    """The letters that may not stand in a text: what kind of problem each is, and how it is named."""
    found: dict[tuple[str, str], None] = {}
    for place, letter in enumerate(words):
        number = ord(letter)
        if number in _DIRECTION:
            found[("direction", f"U+{number:04X}")] = None
        elif number == _TATWEEL or any(low <= number <= high for low, high in _PRESENTATION):
            found[("form", f"U+{number:04X}")] = None
        elif number in _FOREIGN.get(language, ()) or (language == "ps" and _inner_yeh(words, place)):
            found[("foreign", f"{letter} (U+{number:04X})")] = None
    yield from found


def _inner_yeh(words: str, place: int) -> bool:
    """Pashto ends a word in U+064A and writes U+06CC inside it."""
    return words[place] == "\u064a" and place + 1 < len(words) and unicodedata.category(words[place + 1]) == "Lo"


# -- the texts of a file ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """One text of the file with all its languages; `owner` is its question, or another name in brackets."""

    at: Path
    owner: str
    words: Mapping[str, Any]


def texts(said: Mapping[str, Any]) -> Iterator[Written]:
    """Every text of a file, also of a broken one, as far as it is there."""
    for key in ("title", "consent", "referral"):
        yield from _written((key,), f"({key})", said.get(key))
    for name, scale in entries(said.get("scales")).items():
        for code, label in entries(entries(scale).get("options")).items():
            yield from _written(("scales", name, "options", code), "(scales)", label)
    for number, question in enumerate(items(said.get("questions"))):
        asked = entries(question)
        owner = asked["id"] if isinstance(asked.get("id"), str) else f"question {number + 1}"
        yield from _written(("questions", number, "ask"), owner, asked.get("ask"))
        for code, label in entries(asked.get("options")).items():
            yield from _written(("questions", number, "options", code), owner, label)
    for number, indicator in enumerate(items(said.get("indicators"))):
        yield from _written(("indicators", number, "title"), "(indicators)", entries(indicator).get("title"))
    for number, index in enumerate(items(said.get("indexes"))):
        yield from _written(("indexes", number, "title"), "(indexes)", entries(index).get("title"))


def _written(at: Path, owner: str, words: Any) -> Iterator[Written]:
    if isinstance(words, dict):
        yield Written(at, owner, words)


def entries(value: Any) -> Mapping[str, Any]:
    """The value when it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Sequence[Any]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def languages_of(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages a file names, as far as they are words."""
    named = dict.fromkeys(one for one in items(said.get("languages")) if isinstance(one, str))
    return tuple(named)[:MOST_LANGUAGES]
