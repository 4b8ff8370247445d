"""Files that call themselves forms and are none: made here, never kept."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from bot.files.surveys import load
from bot.files.xlsform.export import form_of
from bot.files.xlsform.sheets import as_bytes
from tests.files.xlsform.tables import phrases
from tests.rig import ROOT

SHEET = "xl/worksheets/sheet1.xml"


@cache
def good(name: str = "examples/choice") -> bytes:
    """A sound form."""
    return as_bytes(form_of(load(ROOT / "surveys" / f"{name}.yaml").said, phrases()))


def with_part(name: str, content: bytes, base: bytes | None = None) -> bytes:
    """The sound form with one part added, or in the place of another."""
    made = BytesIO()
    with ZipFile(BytesIO(base or good())) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, content)
    return made.getvalue()


def part(name: str) -> bytes:
    """A part of the sound form."""
    with ZipFile(BytesIO(good())) as archive:
        return archive.read(name)


def changed(name: str, old: bytes, new: bytes) -> bytes:
    """The sound form with other words in one part."""
    assert old in part(name)
    return with_part(name, part(name).replace(old, new, 1))


def many_parts() -> bytes:
    """A thousand parts."""
    made = BytesIO(good())
    with ZipFile(made, "a") as archive:
        for number in range(1_000):
            archive.writestr(f"xl/media/{number}.txt", b"x")
    return made.getvalue()


def lying() -> bytes:
    """A part whose size in the list of contents is a small part of what it unpacks to."""
    bomb = bytearray(with_part(SHEET, part(SHEET) + b" " * 3_000_000))
    with ZipFile(BytesIO(bytes(bomb))) as archive:
        entry = archive.getinfo(SHEET)
    real = struct.pack("<II", entry.compress_size, entry.file_size)
    at = bomb.rfind(real)
    bomb[at : at + 8] = struct.pack("<II", entry.compress_size, entry.compress_size)
    return bytes(bomb)


def table(rows: int, columns: int) -> bytes:
    """A table of so many cells."""
    body = "".join(
        f"<row r='{row}'>{''.join(f'<c><v>{row * 7919 * column}</v></c>' for column in range(columns))}</row>"
        for row in range(1, rows + 1)
    )
    return with_part(SHEET, part(SHEET).replace(b"<sheetData>", f"<sheetData>{body}".encode(), 1))


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><sst>&c;</sst>"""

HOSTILE: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("form-not-xlsx", lambda: b""),
    "a survey file": ("form-not-xlsx", lambda: b"survey: x\n"),
    "zeros": ("form-not-xlsx", lambda: bytes(100_000)),
    "another zip": ("form-not-xlsx", lambda: _zip({"a.txt": b"a"})),
    "cut in half": ("form-not-xlsx", lambda: good()[: len(good()) // 2]),
    "without its end": ("form-not-xlsx", lambda: good()[:-30]),
    "too large": ("form-too-large", lambda: good() + bytes(6 * 2**20)),
    "a zip bomb": ("form-bomb", lambda: with_part("xl/media/a.bin", bytes(60 * 2**20))),
    "a bomb in a sheet": ("form-bomb", lambda: with_part(SHEET, part(SHEET) + b" " * (5 * 2**20))),
    "a bomb that lies": ("form-not-xlsx", lying),
    "a thousand parts": ("form-bomb", many_parts),
    "a name that leads out": ("form-path", lambda: with_part("../../etc/passwd", b"x")),
    "a name from the root": ("form-path", lambda: with_part("/etc/passwd", b"x")),
    "a name of windows": ("form-path", lambda: with_part("xl\\..\\..\\a", b"x")),
    "a name of a drive": ("form-path", lambda: with_part("C:/a", b"x")),
    "entities": ("form-entities", lambda: with_part("xl/sharedStrings.xml", ENTITIES)),
    "an entity of a file": (
        "form-entities",
        lambda: with_part(SHEET, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    ),
    "another encoding": ("form-entities", lambda: with_part(SHEET, part(SHEET).decode().encode("utf-16"))),
    "the last row there can be": ("form-wide", lambda: changed(SHEET, b'<row r="2"', b'<row r="1048576"')),
    "the last column there can be": ("form-wide", lambda: changed(SHEET, b'<c r="A2"', b'<c r="XFD2"')),
    "a row beyond all": ("form-wide", lambda: changed(SHEET, b'<row r="2"', b'<row r="99999999999"')),
    "forty thousand rows": ("form-wide", lambda: table(40_000, 1)),
    "a hundred thousand cells": ("form-wide", lambda: table(1_000, 100)),
    "broken xml": ("form-not-xlsx", lambda: with_part(SHEET, part(SHEET)[:-40])),
    "no sheets": ("form-no-survey", lambda: with_part("xl/workbook.xml", b"<workbook/>")),
    "a sheet that is not there": ("form-no-survey", lambda: _without(SHEET)),
    "no survey": ("form-no-survey", lambda: changed("xl/workbook.xml", b'name="survey"', b'name="other"')),
    "a text that is not there": ("form-not-xlsx", lambda: changed(SHEET, b"<v>0</v>", b"<v>99999</v>")),
}
"""What each is, and why it is refused."""

READ: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "a formula": (
        "form-formula",
        lambda: changed(SHEET, b't="s"><v>0</v>', b'><f>HYPERLINK("https://example.org")</f><v>1</v>'),
    ),
    "an error": ("form-error-cell", lambda: changed(SHEET, b't="s"><v>0</v>', b't="e"><v>#REF!</v>')),
    "a huge dimension": (
        "",
        lambda: with_part(
            SHEET, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part(SHEET))
        ),
    ),
}
"""What is read all the same, and what is said of it."""


def _zip(parts: Mapping[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _without(name: str) -> bytes:
    with ZipFile(BytesIO(good())) as archive:
        return _zip({entry: archive.read(entry) for entry in archive.namelist() if entry != name})
