"""What a file may be before anything in it is read: a small, plain ZIP of small parts.

An XLSX file of a few kilobytes can hold a thousand times as much, names that lead out of a folder, and tables of a
million rows. All that is refused from the list of contents and from the first look at the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from zipfile import ZipFile, ZipInfo

MOST_BYTES = 5 * 2**20
"""A form of a thousand questions in three languages has a tenth of it."""

MOST_ENTRIES = 200
MOST_UNPACKED = 20 * 2**20
MOST_RATIO = 100
MOST_PART = 6 * 2**20
"""Bytes of one part unpacked: text that fills it is read within a second."""

MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_CELLS = 30_000

_PLACE = re.compile(rb"""\br=["']([A-Z]{1,8})([0-9]{1,12})["']""")
_ROW = re.compile(rb"""\br=["']([0-9]{1,12})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")

Found = tuple[str, Mapping[str, object]]
"""A problem of the whole file: its id, and what was found."""


def refusals(content: bytes) -> Iterator[Found]:
    """Why this file is not opened; nothing where it may be."""
    if len(content) > MOST_BYTES:
        yield "form-too-large", {"most": MOST_BYTES // 2**20}
        return
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            found = list(_entries(entries))
            yield from found[:1]
            if not found:
                yield from _parts(archive, entries)
    except Exception:  # zipfile, zlib and their decoders break in many ways on a damaged archive
        yield "form-not-xlsx", {}


def _entries(entries: list[ZipInfo]) -> Iterator[Found]:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_ENTRIES:
        yield "form-bomb", {"found": f"{len(names)} parts", "most": f"{MOST_ENTRIES} parts"}
    for entry in entries:
        if _leads_out(entry.filename):
            yield "form-path", {"name": entry.filename}
        if entry.flag_bits & 1:
            yield "form-locked", {}
    if len(set(names)) < len(names):
        yield "form-not-xlsx", {}
    whole = sum(entry.file_size for entry in entries)
    if whole > MOST_UNPACKED or any(entry.file_size > MOST_PART for entry in entries):
        found = f"{whole / 2**20:.1f} MiB unpacked"
        most = f"{MOST_UNPACKED // 2**20} MiB, and {MOST_PART // 2**20} MiB in one part"
        yield "form-bomb", {"found": found, "most": most}
    packed = sum(entry.compress_size for entry in entries)
    if whole > MOST_RATIO * max(packed, 1) or any(
        entry.file_size > MOST_RATIO * max(entry.compress_size, 1) for entry in entries
    ):
        most = f"{MOST_RATIO} times its size"
        yield "form-bomb", {"found": "what unpacks to more than it should", "most": most}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        yield "form-not-xlsx", {}


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or "\0" in name or ":" in name or ".." in name.split("/")


def _parts(archive: ZipFile, entries: list[ZipInfo]) -> Iterator[Found]:
    """Tables wider or longer than any form, and XML that defines or fetches things."""
    cells = 0
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        part = archive.read(entry)
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield "form-entities", {"name": entry.filename}
            return
        if not entry.filename.startswith("xl/worksheets/"):
            continue
        cells += len(_CELL.findall(part))
        columns = {column for column, _ in _PLACE.findall(part)}
        rows = [len(row) > 7 or int(row) > MOST_ROWS for row in _ROW.findall(part)]
        rows += [len(row) > 7 or int(row) > MOST_ROWS for _, row in _PLACE.findall(part)]
        if any(rows) or any(_number(column) > MOST_COLUMNS for column in columns) or cells > MOST_CELLS:
            yield "form-wide", {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "cells": MOST_CELLS}
            return


def _number(letters: bytes) -> int:
    """The number of a column, counted from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
