"""How Urdu, Pashto and English words are stored (`clean`) and compared (`fold`).

Laws:
1. Both are idempotent, and fold(clean(x)) == fold(x).
2. `clean` changes nothing a reader sees; `fold` is for matching only and is never stored as an answer.
3. Normalise first, map letters after: mapping a yeh before its hamza was composed would destroy it.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF], None)

_CLASSES = {
    "\u06cc": "\u064a\u0649\u06d0\u06cd\u0626\u06d2\u06d3",  # yeh: Pashto typists mix them
    "\u06a9": "\u0643\u06aa",
    "\u06af": "\u06ab\u06ac",
    "\u0647": "\u06c1\u06c0\u06c2\u06c3\u0629\u06be\u06d5",
    "\u0627": "\u0622\u0623\u0625\u0671",
    "\u0648": "\u0624",
    "\u0646": "\u06ba\u06bc",
    "\u067c": "\u0679",  # Urdu and Pashto write the same retroflex with two letters
    "\u0689": "\u0688",
    "\u0693": "\u0691",
}
_LETTERS = {ord(member): key for key, members in _CLASSES.items() for member in members}
_DROPPED = dict.fromkeys([0x0640, *range(0x200B, 0x2010), 0x2060], None)
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_END_MARKS = "۔.؟?!،"
_SPACES = re.compile(r"\s+")


def clean(words: str) -> str:
    """Words fit to be stored: direction controls taken out, then NFC (Unicode Standard Annex 15)."""
    return unicodedata.normalize("NFC", words.translate(_CONTROLS))


def one_line(words: str, longest: int) -> str:
    """Words fit to be drawn and printed: in one line, without signs that nobody sees, cut where they are too long.

    The two joiners stay: Urdu and Pashto need them inside words.
    """
    kept = (c for c in clean(words) if c in _JOINERS or c.isspace() or unicodedata.category(c) not in _UNSEEN)
    line = " ".join("".join(kept).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def fold(words: str) -> str:
    """A key under which spellings of the same word meet: case, marks, digits and letter shapes levelled."""
    key = unicodedata.normalize("NFKD", clean(words).casefold())
    key = "".join(c for c in key if not unicodedata.combining(c))
    key = _digits(key.translate(_DROPPED).translate(_LETTERS))
    key = unicodedata.normalize("NFKD", key).casefold()
    previous = ""
    while key != previous:  # a mark may uncover another, or a space
        previous = key
        key = _SPACES.sub(" ", key).strip().strip(_END_MARKS)
    return key


def whole_number(words: str) -> int | None:
    """The whole number written in Latin, Arabic-Indic, Persian or full-width digits; None when it is none."""
    number = decimal_number(words, 0)
    return number if isinstance(number, int) else None


def decimal_number(words: str, places: int) -> int | float | None:
    """The number written in any of those digits, with at most so many places behind the point; None when none.

    A whole number is an int. With places, a comma before one or two last digits is a point: people write both.
    """
    digits = _digits(clean(words)).strip().rstrip(_END_MARKS)
    if places:
        digits = re.sub(rf"[٫,،](?=[0-9]{{1,{places}}}$)", ".", digits)
    for group in (",", "٬", "،"):
        digits = digits.replace(group, "")
    whole, behind = "[0-9]{1,9}", rf"\.[0-9]{{1,{places}}}"
    if not re.fullmatch(rf"[+-]?({whole}({behind})?|{behind})" if places else f"[+-]?{whole}", digits):
        return None
    number = float(digits)
    return int(number) if number == int(number) else number


def _digits(words: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in words)
