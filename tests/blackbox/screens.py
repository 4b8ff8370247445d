"""What coordinators saw of a wave: no person, no state of a person, no figure under k (I12 a)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.blackbox.forms import plain_forms
from tests.blackbox.truth import Soul, Truth

A_FEW = re.compile(r"(?<![\d,.])(\d+)(?![\d,.%]) (?:people|persons|answers|women|men|others)\b")
TELLING = ("decimal", "hex", "HEX", "base64 of text")


def told(seen: Iterable[str], truth: Truth) -> list[str]:
    """What of anybody, and which figures under k, stand in what was seen."""
    hits = []
    for text in seen:
        hits += [f"{what} of person {soul.number}" for soul in truth.souls for what in _of(soul, text)]
        hits += [f"'{match[0]}'" for match in A_FEW.finditer(text) if 0 < int(match[1]) < truth.k]
        hits += [f"{path} is {number}" for path, number in _numbers(text) if 0 < number < truth.k]
    return hits


def _of(soul: Soul, text: str) -> Iterator[str]:
    forms = plain_forms(soul.id)
    words = {"a name": soul.first_name, "a user name": soul.username, "an answer": str(soul.marker)}
    words |= {"an open answer": soul.words, "a code": soul.receipt[:10]}
    words |= {f"an id as {form}": forms[form].decode() for form in TELLING}
    return (what for what, needle in words.items() if needle and needle in text)


def _numbers(text: str) -> Iterator[tuple[str, int]]:
    """The numbers of people in a digest that is JSON: every `n`, and every count."""
    try:
        figures = json.loads(text)
    except ValueError:
        return
    yield from _within(figures, "digest")


def _within(value: Any, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, int) and (name == "n" or path.endswith(".counts")):
                yield f"{path}.{name}", inner
            yield from _within(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, path)
