"""Reads YAML as plain values - mappings, lists, text, whole numbers, true, false - with the line of each.

Laws:
1. Whatever stands in a file, reading it ends soon, in little memory, and never in an exception.
2. Nothing is expanded, built or run: anchors, aliases, merge keys, tags and directives are refused.
3. Every mistake is collected; what could be read is handed on beside them.
4. A bare word is text as it stands (`no` stays `no`); a bare thing that programs read in different ways
   (a date, 010, 1_000, 1.5) is refused until it stands in quotes.

The values are built from the events of ruamel.yaml's scanner, not by its constructors: that takes half the
time of its round-trip loading, gives every line, and there is nothing in between that could be misused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.reader import ReaderError

from bot.files.problems import Notes

MOST_BYTES = 256 * 1024
"""A survey of a thousand questions in three languages is smaller."""

MOST_DEPTH = 20
"""The deepest place a survey file has is six levels down."""

MOST_VALUES = 16_000
"""Keys and values together, read within a second; 200 questions in three languages have half as many."""

Path = tuple[str | int, ...]
"""Where a value stands: the keys and places on the way to it."""


class _Unread:
    """Stands where a value was refused, so that it is not complained about twice."""

    def __repr__(self) -> str:
        return "(not read)"


UNREAD: Final = _Unread()

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,8})")
_WORDS: Mapping[str, bool | None] = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
}  # fmt: skip
_AMBIGUOUS = re.compile(
    r"""[-+]?[0-9][0-9_]*                               # 010, 1_000, more digits than a number here has
      | 0[xob][0-9A-Fa-f_]+
      | [-+]?([0-9][0-9_]*)?\.[0-9_]*([eE][-+]?[0-9]+)?  # 1.5
      | [-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
      | [-+]?\.(inf|Inf|INF) | \.(nan|NaN|NAN)
      | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\s].*)?         # 2026-11-22
      | [-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?             # 12:30
    """,
    re.VERBOSE | re.ASCII,
)

# Line ends that an editor does not count would make every line number wrong; the others turn words around
# on the screen so that a file reads differently from what it says (Unicode Standard Annex 9).
_HIDDEN = re.compile("[\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass
class Plain:
    """What a file says: `value`, and the line of every place in it (counted from 1).

    `whole` is false where reading stopped before the end: then what is missing may yet be there.
    """

    value: Any = UNREAD
    lines: dict[Path, int] = field(default_factory=dict)
    whole: bool = False

    def line(self, at: Path) -> int:
        """The line of a place, or of the nearest one around it that is in the file."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)


def read(file: File, notes: Notes) -> Plain:
    """The file's values; every problem goes to `notes`."""
    text = text_of(file, notes)
    return Plain() if text is None else compose(text, notes)


def compose(text: str, notes: Notes) -> Plain:
    """The values written in `text`; every problem goes to `notes`."""
    for number, line in enumerate(text.split("\n"), start=1):
        for letter in () if notes.full else dict.fromkeys(_HIDDEN.findall(line)):
            notes.add("hidden-letter", number, letter=f"U+{ord(letter):04X}")
    _directives(text, notes)
    builder = _Builder(notes)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if notes.full or not builder.take(event):
                break
        else:
            builder.plain.whole = True
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = mark.line + 1 if mark is not None else 1
        notes.add("not-yaml", found, reason=_plainly(error.problem or error.context or ""))
    except ReaderError as error:
        found = text.count("\n", 0, error.position) + 1
        letter = error.character if isinstance(error.character, int) else ord(error.character)
        notes.add("not-yaml", found, reason=f"the character U+{letter:04X} may not stand here")
    except Exception:  # what breaks inside the scanner is a mistake of the file, whatever it is called
        notes.add("not-yaml", builder.line, reason="it cannot be understood from here on")
    return builder.plain


def text_of(file: File, notes: Notes) -> str | None:
    """The words of a file with plain line ends; None, and a problem noted, when it has none to give."""
    try:
        if not file.is_file():  # a pipe or a device could be read without end
            notes.add("no-such-file" if not file.exists() else "not-a-file", 1)
            return None
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        notes.add("unreadable-file", 1, reason=getattr(error, "strerror", None) or "its name cannot be used")
        return None
    if len(raw) > MOST_BYTES:
        notes.add("too-large", 1, most=MOST_BYTES // 1024)
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        notes.add("not-utf-8", raw.count(b"\n", 0, error.start) + 1)
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _directives(text: str, notes: Notes) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("%"):
            notes.add("directive", number, line=line[:40])
        elif line.strip() and not line.startswith("#"):
            return


def _plainly(reason: str) -> str:
    words = " ".join(reason.split())
    return words[:160] if words else "it cannot be understood from here on"


@dataclass
class _Open:
    """A mapping or list that is being filled; `key` waits for its value."""

    at: Path
    value: Any
    key: str | None = None
    skip: bool = False


class _Builder:
    """Puts events together. `take` says whether to go on."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.plain = Plain()
        self.line = 1
        self.stack: list[_Open] = []
        self.values = 0
        self.documents = 0

    def take(self, event: Event) -> bool:
        """Build on; False once reading on has no sense."""
        self.line = event.start_mark.line + 1
        self.values += 1
        if self.values > MOST_VALUES:
            self.notes.add("too-many-values", self.line, most=MOST_VALUES)
            return False
        match event:
            case DocumentStartEvent():
                return self._document()
            case AliasEvent():
                self.notes.add("alias", self.line, name=str(event.anchor)[:40])
                return self._key(None, bare=False) if self._wants_key() else self._value(UNREAD)
            case ScalarEvent():
                self._refuse(event)
                return self._scalar(event)
            case CollectionStartEvent():
                self._refuse(event)
                return self._begin({} if isinstance(event, MappingStartEvent) else [])
            case MappingEndEvent() | SequenceEndEvent():
                self.stack.pop()
        return True

    def _document(self) -> bool:
        self.documents += 1
        if self.documents > 1:
            self.notes.add("second-document", self.line)
        return self.documents == 1

    def _refuse(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor:
            self.notes.add("anchor", self.line, name=event.anchor)
        if event.tag and str(event.tag) != "!":
            self.notes.add("tag", self.line, name=_plainly(str(event.tag))[:40])

    def _scalar(self, event: ScalarEvent) -> bool:
        bare = bool(event.implicit[0]) and event.style is None
        if self._wants_key():
            return self._key(event.value, bare)
        if not bare:
            return self._value(event.value)
        if _WHOLE.fullmatch(event.value):
            return self._value(int(event.value))
        if event.value in _WORDS:
            return self._value(_WORDS[event.value])
        if _AMBIGUOUS.fullmatch(event.value):
            self.notes.add("bare-value", self.line, value=event.value[:40])
            return self._value(UNREAD)
        return self._value(event.value)

    def _wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _key(self, key: str | None, bare: bool) -> bool:
        top = self.stack[-1]
        top.key = key or ""
        top.skip = True
        if key is None:
            return True
        if key == "<<" and bare:
            self.notes.add("merge-key", self.line)
        elif (*top.at, key) in self.plain.lines:
            self.notes.add("duplicate-key", self.line, key=key[:40], first=self.plain.lines[(*top.at, key)])
        else:
            self.plain.lines[(*top.at, key)] = self.line
            top.skip = False
        return True

    def _begin(self, value: Any) -> bool:
        if self._wants_key():
            self.notes.add("key-not-text", self.line)
            return False
        if len(self.stack) >= MOST_DEPTH:
            self.notes.add("too-deep", self.line, most=MOST_DEPTH)
            return False
        at = self._place()
        if not self._value(value):
            return False
        self.stack.append(_Open(at, value))
        return True

    def _place(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            return (*top.at, len(top.value))
        # A value that is left out gets a place that no file can name.
        return (*top.at, f"\0{self.values}" if top.skip else top.key or "")

    def _value(self, value: Any) -> bool:
        if not self.stack:
            self.plain.value = value
            self.plain.lines[()] = self.line
            return True
        top = self.stack[-1]
        if isinstance(top.value, list):
            self.plain.lines[self._place()] = self.line
            top.value.append(value)
            return True
        if not top.skip and top.key is not None:
            top.value[top.key] = value
        top.key, top.skip = None, False
        return True
