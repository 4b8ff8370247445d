"""A survey as a file that an author goes on with: block style, and a word where something must be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from bot.core.survey import LANGUAGES
from bot.files.plain import compose
from bot.files.problems import Notes

WIDE = 10_000
"""No line is broken: a text that is found by a search stands in one line."""

DECIDE: Mapping[str, Sequence[str]] = {
    "licence": (
        "licence is missing. Write 'own items' if the questions are yours; else name the licence, and add",
        "permission_ref, source and instrument_version.",
    ),
    "title": ("title is missing: what people see, in every language.",),
    "consent": (
        "consent is missing: what is read before agreeing, in every language. Take the text of",
        "surveys/community-trust.yaml and change as little as you can (docs/authors.md, 'The consent text').",
    ),
    "cells": (
        "cells are missing. Without them results are never shown by group. For example:",
        "cells: {district: district, gender: gender}",
    ),
    "indicators": (
        "indicators are missing: the named figures of the summary. For example:",
        "indicators:",
        "  - {id: trust, title: {...}, share_of: {trust_police: [some, a_lot]}, better: higher}",
    ),
}
"""What an author must decide, or may want to, where a form does not say it."""


def written(said: Mapping[str, Any], head: Sequence[str]) -> str:
    """The file. `head` stands above it, as comments."""
    text = _file(said, head, quoted=False)
    return text if compose(text, Notes("")).value == said else _file(said, head, quoted=True)


def _file(said: Mapping[str, Any], head: Sequence[str], quoted: bool) -> str:
    pieces = [_comment(head)] if head else []
    waiting = [key for key in DECIDE if key not in said]
    for key, value in said.items():
        if key == "questions":
            pieces += [_comment(DECIDE[one]) for one in waiting if one not in ("indicators",)]
            pieces.append("questions:\n" + "\n".join(_indented(_dumped([one], quoted)) for one in value))
        else:
            pieces.append(_dumped({key: value}, quoted))
    pieces += [_comment(DECIDE[one]) for one in waiting if one == "indicators"]
    return "\n".join(pieces)


def _comment(lines: Sequence[str]) -> str:
    return "".join(f"# {' '.join(line.split()) if not line.startswith('  ') else line}\n" for line in lines)


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _dumped(value: Any, quoted: bool) -> str:
    yaml = YAML()
    yaml.width = WIDE
    yaml.allow_unicode = True
    yaml.indent(
        mapping=2, sequence=4 if isinstance(value, dict) else 2, offset=2 if isinstance(value, dict) else 0
    )
    text = StringIO()
    yaml.dump(_styled(value, quoted), text)
    return text.getvalue()


def _styled(value: Any, quoted: bool) -> Any:
    """The value with the style of each part: languages in their order, codes in a line, texts as they are read."""
    if isinstance(value, dict):
        return {key: _styled(value[key], quoted) for key in _ordered(value)}
    if isinstance(value, list):
        styled = CommentedSeq([_styled(one, quoted) for one in value])
        if not any(isinstance(one, dict | list) for one in value):
            styled.fa.set_flow_style()
        return styled
    if isinstance(value, str):
        return _text(value, quoted)
    return value


def _ordered(value: Mapping[str, Any]) -> Iterator[str]:
    words = all(key in LANGUAGES for key in value)
    yield from sorted(value, key=LANGUAGES.index) if words else value


def _text(text: str, quoted: bool) -> Any:
    if quoted or not text or not text[0].isalpha() or _reads_otherwise(text):
        return DoubleQuotedScalarString(text)
    if "\n" in text and all(line == line.strip() for line in text.split("\n")):
        return LiteralScalarString(text)
    return text


def _reads_otherwise(text: str) -> bool:
    """Whether the bare word would be read as something else."""
    return text.lower() in ("true", "false", "null")
