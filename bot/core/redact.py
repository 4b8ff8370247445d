"""Takes out of a person's own words what names somebody: numbers to call, accounts, addresses, links.

Laws:
1. What is found goes whole, and a mark stands in its place: [#] or [@], whatever the language. All else stays as
   it was.
2. Digits of every script count, and no sign that nobody sees can hide between them.
3. `redact` is idempotent, and makes no text longer than twice what it was.
4. Digits of which seven or more stand together, but for spaces and signs between them, are a number that goes.
   What stays: whatever has six digits or fewer; whole sums with their commas, under a thousand million; years
   beside each other; two round figures, as of a price; and lists of these with ", " between them.
What it cannot find: names of people and places, numbers written in words, an address without @ or a dot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

NUMBER = "[#]"
LINK = "[@]"

LEAST_DIGITS = 7
"""A telephone number without its area has as many; a year, a price and a house number have fewer."""

_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing, beside the categories below."""

_FAR = 6
"""So many signs may stand between two digits of one number: "(0092)  - 300" has five."""

_BETWEEN = r"[\s\-\u2010-\u2015\u2212.,،٬٫/\\()+_*·•|~'’:;]"
_TOGETHER = rf"[\s\-\u2010-\u2015\u2212.,،٬٫/\\()+_*·•|~'’]{{0,{_FAR}}}"
_DIGITS = re.compile(rf"(?:\((?=\+?[0-9]{{1,5}}\)))?\+?[0-9](?:{_TOGETHER}[0-9]){{{LEAST_DIGITS - 1},}}")
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}[\s-]?[0-9]{2}[\s-]?[a-z]{4}(?:[\s-]{0,2}[0-9]){8,}")
_YEARS = re.compile(rf"(?:19|20)[0-9]{{2}}(?:{_BETWEEN}{{1,{_FAR}}}(?:19|20)[0-9]{{2}})*")
_ROUND = re.compile(rf"[1-9][0-9]{{0,3}}00{_BETWEEN}{{1,{_FAR}}}[1-9][0-9]{{0,3}}00")
_SUM = re.compile(r"[1-9][0-9]{0,2}(?:[,،٬][0-9]{2,3})*[,،٬][0-9]{3}")
_LIST = re.compile(r"[,،]\s+")
_LARGEST_SUM = 9  # digits; a mobile number without its zero has ten

_ADDRESS = re.compile(
    r"(?<![\w.+%-])[\w.+%-]+\s@\s?[\w-]+(?:\.[\w-]+)+"  # somebody @ example.org
    r"|(?:(?<![\w.+%-])[\w.+%-]+)?@(?=\w*[^\W\d])[\w-]+(?:\.[\w-]+)*"  # somebody@example.org, @somebody
)
_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+"
    r"|(?<![\w.])www\.\S+"
    r"|(?<![\w-])(?:[\w-]+\.)+[a-z]{2,24}/\S*"  # t.me/somebody
    r"|(?<![\w-])(?:[\w-]+\.)+(?:com|net|org|pk|edu|gov|info|biz|app|xyz|online|tv|io)(?![\w-])"
)


def redact(words: str) -> str:
    """The words with a mark where something named somebody."""
    found = words
    while (redacted := _once(found)) != found:
        found = redacted
    return found


def _once(words: str) -> str:
    seen, places = _as_seen(words)
    spans: list[tuple[int, int, str]] = []
    for start, end, mark in sorted(_finds(seen)):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end, mark))
    pieces, done = [], 0
    for start, end, mark in spans:
        pieces += [words[done : places[start]], mark]
        done = places[end - 1] + 1
    return "".join([*pieces, words[done:]])


def _finds(seen: str) -> Iterator[tuple[int, int, str]]:
    for pattern in (_LINK, _ADDRESS):
        for found in pattern.finditer(seen):
            yield found.start(), found.end(), LINK
    for found in _IBAN.finditer(seen):
        yield found.start(), found.end(), NUMBER
    for found in _DIGITS.finditer(seen):
        if not _harmless(found[0]):
            yield found.start(), found.end(), NUMBER


def _harmless(digits: str) -> bool:
    """True for what is no number of anybody though it has seven digits or more."""
    parts = _LIST.split(digits)
    if len(parts) > 1:
        few = [_count(part) < LEAST_DIGITS or _harmless(part) for part in parts]
        return all(few) and not any(part.startswith("0") for part in parts)
    if _SUM.fullmatch(digits):
        return _count(digits) <= _LARGEST_SUM
    return bool(_YEARS.fullmatch(digits) or _ROUND.fullmatch(digits))


def _count(digits: str) -> int:
    return sum(letter.isdecimal() for letter in digits)


def _as_seen(words: str) -> tuple[str, list[int]]:
    """The words as an eye takes them in - digits levelled, nothing unseen - and each place."""
    seen: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(words):
        for one in _levelled(letter):
            seen.append(one)
            places.append(place)
    return "".join(seen), places


def _levelled(letter: str) -> str:
    if letter in _UNSEEN:
        return ""
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", letter).lower()
    return "".join(one for one in plain if unicodedata.category(one)[0] not in "MC" or one.isspace())
