"""What a steward's computer gives back: counts of themes, and which texts are to be removed. No text.

Laws:
1. The file names texts by hashes of their sealed boxes, and tells of no single text which themes it has.
2. What is read is what this file says and nothing else: every key, name, number and length is checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core import themes
from bot.core.survey import LANGUAGES
from bot.core.themes import Agreement, Counted

FORMAT = "aitbar codes 1"
"""The first thing that the file says."""

LARGEST = 4 * 2**20
"""Bytes of such a file; the hashes of 20,000 texts take a third of it."""

Titles = Mapping[str, str]
"""A theme's title, by the language it was written in."""


class CodesTrouble(Exception):
    """A file of codes cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Coded:
    """One question: its codebook, what was counted, and the texts that were."""

    titles: Mapping[str, Titles]
    counted: Counted
    texts: frozenset[str]


@dataclass(frozen=True)
class Codes:
    """What one wave's steward gives back after one release."""

    wave: str
    release: int
    questions: Mapping[str, Coded] = field(default_factory=dict)
    remove: Mapping[str, frozenset[str]] = field(default_factory=dict)


def name(box: bytes) -> str:
    """What a sealed text is called: the hash of its box, which begins with chance and tells nothing."""
    return hashlib.sha256(box).hexdigest()


def write(codes: Codes) -> bytes:
    """The file of these codes; the same codes give the same bytes."""
    said = {
        "format": FORMAT,
        "wave": codes.wave,
        "release": codes.release,
        "questions": {id: _question(one) for id, one in sorted(codes.questions.items())},
        "remove": {id: sorted(texts) for id, texts in sorted(codes.remove.items())},
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def read(content: bytes) -> Codes:
    """The codes in a file. CodesTrouble where it is none, or is damaged."""
    try:
        if len(content) > LARGEST:
            raise ValueError(len(content))
        said = _only(json.loads(content), "format", "wave", "release", "questions", "remove")
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        release = _number(said["release"], 0, 10**6)
        return Codes(
            _words(said["wave"]),
            release,
            {_words(id): _coded(one, release) for id, one in _dict(said["questions"]).items()},
            {_words(id): _texts(some) for id, some in _dict(said["remove"]).items()},
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CodesTrouble(
            "This is no file of codes, or it is damaged. It is made with: aitbar code FILE"
        ) from None


def _question(one: Coded) -> dict[str, object]:
    agreed = one.counted.agreement
    return {
        "coded": one.counted.n,
        "themes": {id: {"title": dict(one.titles[id]), "n": n} for id, n in one.counted.themes.items()},
        "agreement": None
        if agreed is None
        else {"n": agreed.n, "kappa": agreed.kappa, "themes": dict(agreed.themes)},
        "texts": sorted(one.texts),
    }


def _coded(raw: Any, release: int) -> Coded:
    said = _only(raw, "coded", "themes", "agreement", "texts")
    texts = _texts(said["texts"])
    n = _number(said["coded"], 1, len(texts))
    if n != len(texts) or len(_dict(said["themes"])) > themes.MOST_THEMES:
        raise ValueError(n)
    found = {id: _only(one, "title", "n") for id, one in said["themes"].items()}
    if not all(map(themes.is_id, found)):
        raise ValueError("a theme's name")
    counts = {id: _number(one["n"], 0, n) for id, one in found.items()}
    titles = {id: _title(one["title"]) for id, one in found.items()}
    agreed = None if said["agreement"] is None else _agreement(said["agreement"], found, n)
    return Coded(titles, Counted(release, n, counts, agreed), texts)


def _agreement(raw: Any, found: Mapping[str, object], n: int) -> Agreement:
    said = _only(raw, "n", "kappa", "themes")
    each = {id: _kappa(value) for id, value in _dict(said["themes"]).items()}
    if each.keys() - found.keys():
        raise ValueError("a theme that is not in the codebook")
    return Agreement(_number(said["n"], 1, n), _kappa(said["kappa"]), each)


def _title(raw: Any) -> dict[str, str]:
    titles = {language: themes.title(_words(words)) for language, words in _dict(raw).items()}
    if not titles or titles.keys() - set(LANGUAGES) or not all(titles.values()):
        raise ValueError("a title")
    return titles


def _kappa(raw: Any) -> float | None:
    if raw is not None and (isinstance(raw, bool) or not isinstance(raw, int | float) or not -1 <= raw <= 1):
        raise ValueError("an agreement")
    return raw


def _texts(raw: Any) -> frozenset[str]:
    if not isinstance(raw, list):
        raise ValueError("texts")
    texts = frozenset(map(_words, raw))
    if len(texts) != len(raw) or not all(len(one) == 64 and int(one, 16) >= 0 for one in texts):  # SHA-256
        raise ValueError("texts")
    return texts


def _number(raw: Any, least: int, most: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        raise ValueError("a number")
    return raw


def _words(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("words")
    return raw


def _dict(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError("names")
    return raw


def _only(raw: Any, *keys: str) -> dict[str, Any]:
    if _dict(raw).keys() != set(keys):
        raise ValueError("keys")
    return dict(raw)
