"""Reads the file of helplines: whom to call in each province, and when the organisation last called there itself.

    helplines:
      - province: {ur: ..., ps: ..., en: ...}
        name: {ur: ..., ps: ..., en: ...}
        number: "..."
        last_called: "2026-11-23"

Laws:
1. What is not sound is not shown; every problem is named with its line.
2. The file is read anew when it has changed; while it cannot be read, nobody is shown an old number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.core.letters import clean
from bot.core.referral import TRUSTED_DAYS, Helpline
from bot.core.survey import LANGUAGES
from bot.files.plain import read
from bot.files.problems import Notes, Problem
from bot.files.rules.phone import HELPLINES_RESERVE
from bot.files.texts import entries, items

STEM = "helplines"
"""`aitbar check` reads a file whose name begins so as helplines, not as a survey."""

KEYS = ("province", "name", "number", "last_called")
LINE_RESERVE = 60
"""What the bot itself says around one helpline."""

_NUMBER = re.compile(r"[+0-9][0-9 -]{1,24}", re.ASCII)


def load(path: Path, today: date) -> tuple[tuple[Helpline, ...], tuple[Problem, ...]]:
    """The sound helplines of a file, and every problem it has."""
    notes = Notes(str(path))
    plain = read(path, notes)
    listed = items(entries(plain.value).get("helplines"))
    if not listed and not notes.refused:
        notes.add("helplines-empty", 1)
    found: list[Helpline] = []
    for place, said in enumerate(listed):
        lines = {key: plain.line(("helplines", place, key)) for key in KEYS}
        one = _helpline(entries(said), place + 1, lines, notes)
        if one is not None and one.last_called > today:
            notes.add("helpline-future", lines["last_called"], place=place + 1, day=one.last_called)
        elif one is not None:
            found.append(one)
            if not one.trusted(today):
                day = one.last_called
                notes.add("helpline-old", lines["last_called"], place=place + 1, day=day, most=TRUSTED_DAYS)
    for language in LANGUAGES:
        length = sum(len(one.province[language]) + len(one.name[language]) + LINE_RESERVE for one in found)
        if length > HELPLINES_RESERVE:
            notes.add("helplines-long", 1, found=length, language=language, most=HELPLINES_RESERVE)
    return tuple(found), notes.ordered()


def _helpline(said: Mapping[str, Any], place: int, lines: Mapping[str, int], notes: Notes) -> Helpline | None:
    sound = {
        "province": _worded(said.get("province")),
        "name": _worded(said.get("name")),
        "number": isinstance(said.get("number"), str) and _NUMBER.fullmatch(said["number"]) is not None,
        "last_called": _day(said.get("last_called")) is not None,
    }
    for key, right in sound.items():
        if not right:
            notes.add("helpline-wrong", lines[key], key=key, place=place)
    day = _day(said.get("last_called"))
    if not all(sound.values()) or day is None:
        return None
    province, name = ({code: clean(said[key][code]).strip() for code in LANGUAGES} for key in ("province", "name"))
    return Helpline(province, name, said["number"], day)


def _worded(said: Any) -> bool:
    texts = [entries(said).get(language) for language in LANGUAGES]
    return all(isinstance(one, str) and clean(one).strip() for one in texts)


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


class Watched:
    """The helplines of a file, read anew when the file has changed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._found: tuple[Helpline, ...] = ()

    def current(self, today: date) -> tuple[Helpline, ...]:
        """What stands in the file now; nothing where there is none, or it cannot be read."""
        if self._path is None:
            return ()
        try:
            stat = self._path.stat()
        except OSError:
            self._seen, self._found = None, ()
            return ()
        if self._seen != (stat.st_mtime_ns, stat.st_size):
            self._seen = (stat.st_mtime_ns, stat.st_size)
            found, problems = load(self._path, today)
            self._found = () if any(one.id == "helplines-long" for one in problems) else found
        return self._found
