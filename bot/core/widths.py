"""How wide words are on a button of a telephone, and how many buttons fit beside each other.

Laws:
1. Widths are those of the fonts brought along, letter by letter, each in the form in which it is joined. On
   no label of ours do they differ by more than 4% from what typst measures (docs/decisions/wording.md).
2. A label fits, or does not, by how many stand in its row; `layout.py` asks before it sets two in one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bot.core.advances import JOINED, PLAIN

LETTERS = 15
"""The size of the letters on a button, in dp (Telegram for Android)."""

ROOM = {1: 230, 2: 110, 3: 70}
"""How wide a label may be, in dp, with one, two or three buttons in a row, on a telephone of 360 dp."""

_PLAIN = {letter: width for width, letters in PLAIN.items() for letter in letters}
_JOINED = {letter: widths for widths, letters in JOINED.items() for letter in letters}
_ALONE, _AT_END, _AT_BEGINNING, _INSIDE = range(4)
_SEPARATOR = "\u200c"  # keeps two letters apart
_PICTURE, _UNKNOWN = 1_400, 1_000


@lru_cache(maxsize=4096)
def width(words: str) -> float:
    """How wide these words are in one line on a button, in dp."""
    drawn = [letter for letter in words if letter == _SEPARATOR or _seen(letter)]
    whole, joined = 0, False
    for letter, following in zip(drawn, (*drawn[1:], ""), strict=False):
        forms = _JOINED.get(letter)
        if forms is None:
            whole, joined = whole + _plain(letter), False
            continue
        both = len(forms) > _AT_BEGINNING
        if both and following in _JOINED:
            whole += forms[_INSIDE if joined else _AT_BEGINNING]
        else:
            whole += forms[_AT_END if joined else _ALONE]
        joined = both
    return whole * LETTERS / 1000


def fits(label: str, beside: int = 1) -> bool:
    """Whether a label fits where so many buttons stand in a row."""
    return width(label) <= ROOM[beside]


def _seen(letter: str) -> bool:
    """Marks stand above a letter, and controls nowhere: neither takes room or parts two letters."""
    return unicodedata.category(letter) not in ("Mn", "Cf", "Cc")


def _plain(letter: str) -> int:
    if letter == _SEPARATOR:
        return 0
    return _PLAIN.get(letter, _PICTURE if unicodedata.category(letter) == "So" else _UNKNOWN)
