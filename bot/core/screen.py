"""What a message shows: lines and buttons, named but not yet worded in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Union

from bot.core.events import Asked, Event, Listened, Threshold, WantedNoMore, WantedToRead


@dataclass(frozen=True)
class Say:
    """A phrase of the bot's own, by id (see locales/), with the values that stand in it.

    `language` is given only where a line speaks another language than its screen (choosing a language).
    """

    id: str
    values: Mapping[str, Value] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True)
class Text:
    """Words of the survey, already in the person's language; `values` take the place of {names} in it."""

    words: str
    values: Mapping[str, Value] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def shared(words: str) -> Text:
    """Words of the survey as a line: made once, since every screen of everybody shows the same."""
    return Text(words)


@dataclass(frozen=True)
class Code:
    """Letters and digits that stay Latin in every language: a receipt, a link, a command."""

    letters: str


@dataclass(frozen=True)
class Calendar:
    """A year, month, day, or a month of any year, as ISO 8601 writes it: 2026, 2026-05, 2026-05-17, --05."""

    written: str


Line = Say | Text
Value = Union[Say, Text, Code, Calendar, int, float, str, date]  # noqa: UP007 - named before Say is complete


@dataclass(frozen=True)
class Button:
    """One button: what it says and what tapping it does."""

    label: Line
    does: Event | Threshold | Asked | WantedNoMore | WantedToRead


@dataclass(frozen=True)
class Sound:
    """A recording (the hash of its bytes), and what asking for it does."""

    recording: str
    does: Listened


class Screen(NamedTuple):
    """One message. `typed` is true where words may be typed, `tight` where lines stand close together.

    `sound` can be asked for in a message of its own, where the recording is at hand; `picture` (the hash of its
    bytes) stands beside it, likewise.
    """

    language: str
    lines: tuple[Line, ...]
    rows: tuple[tuple[Button, ...], ...] = ()
    typed: bool = False
    tight: bool = False
    sound: Sound | None = None
    picture: str = ""
