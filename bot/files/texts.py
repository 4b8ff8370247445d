"""The texts of a survey file, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.files.form import MOST_LANGUAGES
from bot.files.plain import Path


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
        for end, words in entries(entries(scale).get("ends")).items():
            yield from _written(("scales", name, "ends", end), "(scales)", words)
    for name, section in entries(said.get("sections")).items():
        yield from _written(("sections", name, "title"), "(sections)", entries(section).get("title"))
    for number, question in enumerate(items(said.get("questions"))):
        asked = entries(question)
        owner = asked["id"] if isinstance(asked.get("id"), str) else f"question {number + 1}"
        for key in ("ask", "constraint_message"):
            yield from _written(("questions", number, key), owner, asked.get(key))
        for id, statement in entries(asked.get("statements")).items():
            yield from _written(("questions", number, "statements", id), owner, statement)
        for code, label in entries(asked.get("options")).items():
            yield from _written(("questions", number, "options", code), owner, label)
    for number, indicator in enumerate(items(said.get("indicators"))):
        named = entries(indicator)
        yield from _written(("indicators", number, "title"), "(indicators)", named.get("title"))
        advice = entries(named.get("advice"))
        yield from _written(("indicators", number, "advice", "do"), "(indicators)", advice.get("do"))
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
