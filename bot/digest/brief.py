"""A digest on one screen: what a coordinator sees first; all else stands behind a button.

Laws:
1. It has at most `SCREEN` characters, as long as the lines that must be there allow it.
2. Never left out: how many answered, the first figure, the first advice, why something is hidden, that one person
   alone opened the survey, that it is paused, and that it is a rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SCREEN = 1000
"""Letters that a small telephone shows at once: about 26 lines of 38 (Telegram, 360 x 800 points)."""

_UNSEEN = dict.fromkeys(map(ord, "\u200f\u2066\u2067\u2068\u2069"))
"""Marks of direction take no room."""

ALWAYS = 0


@dataclass(frozen=True)
class Item:
    """A line under the heading `part`; what has the highest `rank` goes first, `ALWAYS` never.

    Lines whose part is blank stand together without a heading; blanks of another length are another part.
    """

    part: str
    words: str
    rank: int = ALWAYS


def brief(items: list[Item]) -> str:
    """The lines that fit, in their order, each part under its heading; a part without lines is left out."""
    kept = [item for item in items if item.words]
    while length(_text(kept)) > SCREEN and any(item.rank for item in kept):
        # Of lines that weigh the same the last goes first.
        last = max(range(len(kept)), key=lambda place: (kept[place].rank, place))
        kept.pop(last)
    return _text(kept)


def length(text: str) -> int:
    """How many letters of a text are seen."""
    return len(text.translate(_UNSEEN))


def _text(items: list[Item]) -> str:
    return "\n\n".join("\n".join(lines) for lines in _parts(items))


def _parts(items: list[Item]) -> Iterator[list[str]]:
    for part in dict.fromkeys(item.part for item in items):
        lines = [item.words for item in items if item.part == part]
        yield [part, *lines] if part.strip() else lines
