"""Sheets as plain values, and how they become an XLSX file: text alone, from right to left, the same bytes again.

Rows are kept by the titles of their columns; an empty cell is none. A row knows its number in the spreadsheet,
counted from 1, where the first row holds the titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from types import ModuleType

CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""The moment that stands in every file: a true one would tell equal surveys apart."""

LONGEST = 32_767
"""Letters in one cell of a spreadsheet; more are cut by every program."""

_UNHELD = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|_x[0-9A-Fa-f]{4}_")
"""What XML cannot hold (XML 1.0, 2.2), and what spreadsheets would read as an escaped letter."""


class FormTrouble(Exception):
    """A form that cannot be written or read; the words say why, and what to do."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the spreadsheet, and its cells that are not empty."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Sheet:
    """One sheet: the titles of its columns, and its rows that are not empty."""

    titles: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def add(self, cells: Mapping[str, str]) -> None:
        """Another row; a column that it needs is added."""
        self.titles += [title for title in cells if title not in self.titles]
        self.rows.append(Row(len(self.rows) + 2, cells))


Form = Mapping[str, Sheet]
"""The sheets of a file by their names."""


def library(name: str) -> ModuleType:
    """A library of the extra `xlsform`, read when it is first needed; FormTrouble where it is not installed."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise FormTrouble(
            f"{name.partition('.')[0]} is not installed. It belongs to the extra 'xlsform': "
            "install Aitbar with it, as in pip install -e '.[xlsform]'."
        ) from None


def as_bytes(form: Form) -> bytes:
    """The XLSX file of these sheets; FormTrouble where a cell cannot hold its text."""
    written = BytesIO()
    book = library("xlsxwriter").Workbook(written, {"in_memory": True})
    book.set_properties({"created": CREATED.replace(tzinfo=None)})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for name, sheet in form.items():
        page = book.add_worksheet(name)
        page.right_to_left()
        page.freeze_panes(1, 0)
        page.set_column(0, max(0, len(sheet.titles) - 1), 22)
        for at, column, text in _cells(sheet):
            _fits(name, at, text)
            page.write_string(at, column, text, wrapped if at else bold)
    book.close()
    return written.getvalue()


def _cells(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    for column, title in enumerate(sheet.titles):
        yield 0, column, title
    for row in sheet.rows:
        for column, title in enumerate(sheet.titles):
            if row.cells.get(title):
                yield row.number - 1, column, row.cells[title]


def _fits(sheet: str, at: int, text: str) -> None:
    unheld = _UNHELD.search(text)
    if unheld is not None:
        shown = unheld[0] if len(unheld[0]) > 1 else f"U+{ord(unheld[0]):04X}"
        raise FormTrouble(f"{shown} cannot stand in a spreadsheet (sheet {sheet}, row {at + 1}): take it out.")
    if len(text) > LONGEST:
        raise FormTrouble(f"A text has more than {LONGEST:,} letters (sheet {sheet}, row {at + 1}): shorten it.")


def titled(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> Sheet:
    """A sheet of these rows, with these columns first as far as any row needs their like."""
    used = {title for row in rows for title in row}
    begun = {title.rpartition("::")[0] for title in used if "::" in title}
    sheet = Sheet([title for title in columns if title in used or title.rpartition("::")[0] in begun])
    for row in rows:
        sheet.add(row)
    return sheet
