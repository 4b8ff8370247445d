"""Tables as files: CSV (RFC 4180) and XLSX, in which no cell is a formula and equal tables give equal bytes.

Laws:
1. Text is text: in CSV a cell that might begin a formula gets a ' before it, in XLSX it is a string cell.
2. Numbers are numbers in XLSX. What is clipped, such as <=10%, is text.
3. A file knows no moment.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.export.trouble import library

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these a cell begins a formula in some program (OWASP, CSV Injection)."""

BOM = "\ufeff"
"""Before a table with words: without it Excel takes UTF-8 for the letters of its own system."""

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (xlsxwriter writes it as it stands)
"""The moment that stands in every XLSX file: a true one would tell equal tables apart."""

LONGEST = 32_767
"""Letters in one cell of a spreadsheet; more are cut by every program."""

WIDEST = 60
"""Letters of a line in a column that holds sentences."""

Cell = str | int | float | None

_UNHELD = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook; the first row holds the titles of its columns."""

    name: str
    rows: Sequence[Sequence[Cell]]
    right_to_left: bool = False


def harmless(cell: str) -> str:
    """The cell with a ' before it where a program that calculates might take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def held(text: str) -> str:
    """The text without what XML cannot hold (XML 1.0, 2.2)."""
    return _UNHELD.sub("", text)


def shortened(text: str, most: int, size: Callable[[str], int] = len) -> str:
    """The text in one line, cut at a word with "…" where its `size` is over `most`."""
    line = " ".join(text.split())
    if size(line) <= most:
        return line
    words = line.split(" ")
    while words and size(" ".join(words) + "…") > most:
        words.pop()
    if words:
        return " ".join(words) + "…"
    while size(line + "…") > most:  # its first word alone is too long
        line = line[:-1]
    return line + "…"


def as_csv(rows: Iterable[Sequence[Cell]], *, words: bool) -> bytes:
    """A table as CSV in UTF-8, every cell quoted; with a byte order mark where it holds `words`.

    Source: RFC 4180.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return ((BOM if words else "") + out.getvalue()).encode("utf-8", "replace")


def as_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook of these sheets, the first row of each bold and always in sight.

    Raises ExportTrouble where xlsxwriter is not installed.
    """
    written = io.BytesIO()
    book = library("xlsxwriter").Workbook(written, {"in_memory": True})
    book.set_properties({"created": CREATED})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        if sheet.right_to_left:
            page.right_to_left()
        page.freeze_panes(1, 0)
        for column, width in enumerate(_widths(sheet.rows)):
            page.set_column(column, column, width)
        for at, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                _put(page, at, column, cell, plain if at else bold)
    book.close()
    return written.getvalue()


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    columns = max((len(row) for row in rows), default=0)
    longest = [max((len(str(row[at])) for row in rows if at < len(row)), default=0) for at in range(columns)]
    return [min(WIDEST, max(8, letters + 2)) for letters in longest]


def _put(page: Any, at: int, column: int, cell: Cell, look: object) -> None:
    if isinstance(cell, str):
        # never `write`: it makes formulas and links of text that looks like them
        page.write_string(at, column, held(cell)[:LONGEST], look)
    elif cell is not None:
        page.write_number(at, column, cell, look)
