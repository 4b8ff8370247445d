"""Which language a text speaks, told by the letters that only one of them uses."""

from __future__ import annotations

import re

LETTERS = {
    "ur": "ٹڈڑںھہۃۓگ",
    "ps": "ټډړڼګښږڅځۍېيه",
    "en": "abcdefghijklmnopqrstuvwxyz",
}
"""Pashto as Khyber Pakhtunkhwa writes it: ے is written there too, گ is not."""

_LATIN_ISLAND = re.compile("\u2068[\x21-\x7e ]*\u2069")
_COMMAND = re.compile(r"(?<!\S)/[a-z]+")


def speaks(text: str) -> set[str]:
    """The languages whose own letters stand in the text; none where all its letters are shared.

    Latin letters in an isolate (codes, links, commands) are no English.
    """
    seen = _COMMAND.sub("", _LATIN_ISLAND.sub("", text)).lower()
    return {language for language, letters in LETTERS.items() if any(letter in seen for letter in letters)}
