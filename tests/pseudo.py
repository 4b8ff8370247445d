"""A language that nobody speaks: English with accents, 40% longer, in brackets.

Whatever stands outside the brackets on a screen was not said by a catalogue; whatever breaks here breaks in
a language with longer words.
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.files.phrases import SOURCE, locales

OPEN, SHUT = "⟦⟧"
LONGER = 0.4

_ACCENTS = str.maketrans("aceginosuyACEGINOSUY", "áçéĝíñóšúýÁÇÉĜÍÑÓŠÚÝ")
_KEPT = re.compile(r"(\{[a-z0-9_]*\}|</?[a-z]+>|(?<!\S)/[a-z_]+|\\.)")  # values, tags, commands, \n
_QUOTED = re.compile(r'"(.*)"')


def stretched(words: str) -> str:
    """The words with accents, longer by two fifths, in brackets; what the bot puts in or acts on stays."""
    parts = _KEPT.split(words)
    spoken = "".join(part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    return f"{OPEN}{spoken}{'~' * round(len(words) * LONGER)}{SHUT}" if words else ""


def catalogue(folder: Path, language: str = SOURCE) -> Path:
    """The English catalogue in this language that nobody speaks, in its place under `folder`."""
    path = folder / language / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    source = (locales() / SOURCE / "LC_MESSAGES" / "bot.po").read_text(encoding="utf-8")
    head, *entries = source.split("\n\n")
    path.write_text("\n\n".join([head, *map(_entry, entries)]), encoding="utf-8")
    return path


def _entry(entry: str) -> str:
    """An entry of a catalogue with its translations stretched, each on one line."""
    lines: list[str] = []
    for line in entry.split("\n"):
        if line.startswith('"'):
            lines[-1] = f"{lines[-1][:-1]}{line[1:]}"
        else:
            lines.append(line)
    return "\n".join(_QUOTED.sub(_said, line) if line.startswith("msgstr") else line for line in lines)


def _said(quoted: re.Match[str]) -> str:
    return f'"{stretched(quoted[1])}"'


def outside(text: str) -> str:
    """What of a text stands in no brackets; raises ValueError where a bracket has no other half."""
    deep, rest = 0, ""
    for letter in text:
        deep += (letter == OPEN) - (letter == SHUT)
        if deep < 0:
            raise ValueError(text)
        rest += letter if deep == 0 and letter not in (OPEN, SHUT) else ""
    if deep:
        raise ValueError(text)
    return rest
