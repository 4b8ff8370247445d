"""Texts as Telegram keeps them: cleaned, and measured in code points and in UTF-16 units."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

MAX_RAW_BYTES = 32_768  # refused before parsing (Bot API server, Client.cpp)
MAX_TEXT = 4_096
MAX_CAPTION = 1_024

_VANISH = re.compile("[\r\u2028-\u202e]")
_MARKS = re.compile("[\u200e\u200f]{2,}")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
# What TDLib counts as nothing to see: spaces of all widths, joiners, marks, isolates, fillers.
_INVISIBLE = re.compile(r"[\s\u00ad\u115f\u1160\u180e\u200b-\u200f\u2060-\u206f\u2800\u3164\ufeff]*")


@dataclass(frozen=True)
class Span:
    """A stretch of text with a meaning, counted in code points; `more` holds `url`, `language` and so on."""

    start: int
    end: int
    kind: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A text and its spans."""

    text: str
    spans: tuple[Span, ...] = ()

    def entities(self) -> list[dict[str, Any]]:
        """`MessageEntity` objects, offsets in UTF-16 units (Bot API documentation, MessageEntity)."""
        return [
            {
                "type": span.kind,
                "offset": units(self.text[: span.start]),
                "length": units(self.text[span.start : span.end]),
                **span.more,
            }
            for span in self.spans
        ]


def units(text: str) -> int:
    """Length in UTF-16 code units, the Bot API's measure for entities."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_invisible(text: str) -> bool:
    return _INVISIBLE.fullmatch(text) is not None


def clean(written: Written) -> Written:
    """What Telegram does to a text before it keeps it (TDLib, misc.cpp and MessageEntity.cpp)."""
    kept, places = _filtered(_joined_marks(written.text))
    text = kept.rstrip()
    left = len(text) - len(text.lstrip())
    text = text[left:]
    spans = []
    for span in written.spans:
        start = min(max(places[span.start] - left, 0), len(text))
        end = min(max(places[span.end] - left, 0), len(text))
        if start < end:
            spans.append(replace(span, start=start, end=end))
    return Written(text, tuple(spans))


def clean_text(text: str) -> str:
    return clean(Written(text)).text


def _joined_marks(text: str) -> str:
    """In a run of direction marks all but the last become ZWNJ."""
    return _MARKS.sub(lambda run: "\u200c" * (len(run[0]) - 1) + run[0][-1], text)


def _filtered(text: str) -> tuple[str, list[int]]:
    """The text without what vanishes, and for each old place the new one."""
    kept: list[str] = []
    places: list[int] = []
    for letter in text:
        places.append(len(kept))
        if not _VANISH.match(letter):
            kept.append(" " if _CONTROL.match(letter) else letter)
    places.append(len(kept))
    return "".join(kept), places
