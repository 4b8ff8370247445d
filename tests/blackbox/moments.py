"""Whether a value tells a moment: every usual encoding of a time, compared with the moments that are known.

Laws:
1. A value counts when it is within 36 hours of a true moment: so a bare date counts too.
2. What chance alone makes is not counted: among random bytes four of them, or eight read as nanoseconds, are near
   a moment now and then, and in a long sealed box eight read as microseconds or as a double, too. So they count
   only where several rows of a column agree; all else counts at once.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from tests.blackbox.dump import Table, Value

HOURS_36 = 36 * 3600.0
JULIAN_1970 = 2440587.5
GREGORIAN_1970 = 12_219_292_800
"""Seconds from 1582-10-15, where the time of UUIDs of version 1 and 6 begins (RFC 9562), to 1970."""
SHORT = 64
"""Bytes. Of thirty boxes of 8 KiB some eight bytes, read as microseconds, are within 36 hours of one of 25 days in
one scan of six: 60 * 8,192 * 25 * 72 h / 2^64 us = 0.17."""

ENOUGH = 3
"""Rows of a column that agree where chance makes one: three do not by chance."""

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?")
COMPACT = re.compile(r"(?<!\d)(20\d{2})([01]\d)([0-3]\d)(?:T?(\d{2})(\d{2})(\d{2})?)?(?!\d)")
DIGITS = re.compile(r"(?<![\d.])\d{10,19}(?:\.\d+)?(?!\d)")
JULIAN = re.compile(r"(?<![\d.])24\d{5}\.\d+")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
ULID = re.compile(r"(?<![0-9A-Za-z])[0-7][0-9A-HJKMNP-TV-Z]{25}(?![0-9A-Za-z])")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SCALES = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


class Moments:
    """The moments that must not be told: seconds since 1970."""

    def __init__(self, known: Iterable[float], margin: float = HOURS_36) -> None:
        self._known = sorted(known)
        self._margin = margin

    def near(self, seconds: float) -> bool:
        """True when a true moment is so near."""
        place = bisect_left(self._known, seconds)
        around = self._known[max(0, place - 1) : place + 1]
        return any(abs(seconds - known) <= self._margin for known in around)

    def told_in(self, table: Table, leave_out: Iterable[str] = ()) -> list[str]:
        """The columns of a table that tell a moment, and how."""
        skipped, sure, faint = set(leave_out), Counter[str](), Counter[str]()
        for row in table.rows:
            for column, value in zip(table.columns, row, strict=True):
                if column not in skipped:
                    sure.update(f"{table.name}.{column} as {how}" for how in self.told_by(value))
                    faint.update(f"{table.name}.{column} as {how}" for how in self._faintly(value))
        sure.update({how: rows for how, rows in faint.items() if rows >= ENOUGH})
        return [f"{how} in {rows} rows" for how, rows in sorted(sure.items())]

    def told_by(self, value: Value) -> set[str]:
        """In which encodings a value tells a moment."""
        if isinstance(value, bool) or value is None:
            return set()
        if isinstance(value, int | float):
            return {how for how, seconds in _of_number(float(value)) if self.near(seconds)}
        told = _of_text(value) if isinstance(value, str) else _of_bytes(value)
        return {how for how, seconds in told if self.near(seconds)}

    def _faintly(self, value: Value) -> set[str]:
        if not isinstance(value, bytes):
            return set()
        readings = [("s", "I", 4), ("ns", "Q", 8)]
        if len(value) > SHORT:
            readings += [("us", "Q", 8), ("s", "d", 8)]
        return {
            f"epoch {name}, {size} bytes {'big' if order == '>' else 'little'} at {start}"
            for name, letter, size in readings
            for order in "><"
            for start in range(len(value) - size + 1)
            if self.near(struct.unpack_from(f"{order}{letter}", value, start)[0] / SCALES[name])
        }


def _of_number(number: float) -> Iterator[tuple[str, float]]:
    for name, scale in SCALES.items():
        yield f"epoch {name}", number / scale
    yield "julian day", (number - JULIAN_1970) * 86400
    yield "days since 1970", number * 86400


def _of_text(text: str) -> Iterator[tuple[str, float]]:
    for how, pattern in (("ISO 8601", ISO), ("compact date", COMPACT)):
        for match in pattern.finditer(text):
            yield from _of_calendar(how, match)
    for match in DIGITS.finditer(text):
        yield from ((f"text of {how}", seconds) for how, seconds in _of_number(float(match[0])))
    for match in JULIAN.finditer(text):
        yield "text of julian day", (float(match[0]) - JULIAN_1970) * 86400
    for match in UUID.finditer(text):
        yield from _of_bytes(bytes.fromhex(match[0].replace("-", "")))
    for match in ULID.finditer(text.upper()):
        yield "ULID", sum(CROCKFORD.index(c) * 32 ** (9 - n) for n, c in enumerate(match[0][:10])) / 1e3


def _of_calendar(how: str, match: re.Match[str]) -> Iterator[tuple[str, float]]:
    try:
        yield how, datetime(*(int(part) for part in match.groups() if part), tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]
    except ValueError:
        return


def _of_bytes(value: bytes) -> Iterator[tuple[str, float]]:
    for start in range(len(value) - 7):
        for order in "><":
            number = struct.unpack_from(f"{order}Q", value, start)[0]
            names = ("s", "ms", "us") if len(value) <= SHORT else ("s", "ms")
            yield from ((f"8 bytes as epoch {name}", number / SCALES[name]) for name in names)
            seconds: float = struct.unpack_from(f"{order}d", value, start)[0]
            if len(value) <= SHORT and 0 < seconds < 1e12:
                yield "double as epoch s", seconds
                yield "double as julian day", (seconds - JULIAN_1970) * 86400
    if len(value) == 16:
        yield "UUID v7 or ULID", int.from_bytes(value[:6], "big") / 1e3
        version, low, mid = value[6] >> 4, value[:4], value[4:6]
        high = (int.from_bytes(value[6:8], "big")) & 0x0FFF
        if version == 1:
            ticks = high << 48 | int.from_bytes(mid, "big") << 32 | int.from_bytes(low, "big")
            yield "UUID v1", ticks / 1e7 - GREGORIAN_1970
        if version == 6:
            ticks = int.from_bytes(value[:6], "big") << 12 | high
            yield "UUID v6", ticks / 1e7 - GREGORIAN_1970
