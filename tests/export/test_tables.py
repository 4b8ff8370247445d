"""Tables as files.

1. No cell of text begins a formula in CSV, and none is a formula or a link in XLSX; every table reads back.
2. Equal tables give equal bytes.
3. What is cut is cut at a word, and ends with "…".
"""

from __future__ import annotations

import csv
import io
import sys
from types import ModuleType
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from bot.export.tables import BOM, FORMULA, Cell, Sheet, as_csv, as_xlsx, held, shortened
from bot.export.trouble import ExportTrouble, library

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TRICKS = st.builds(
    lambda sign, rest: sign + rest, st.sampled_from(FORMULA), st.sampled_from(["1+1", "cmd|' /C'!A1", ""])
)
TABLES = st.lists(st.lists(LETTERS | TRICKS, min_size=1), min_size=1)


# -- 1. harmless ------------------------------------------------------------------------------------------


@given(TABLES, st.booleans())
def test_no_cell_begins_a_formula_and_every_table_reads_back(table: list[list[str]], words: bool) -> None:
    written = as_csv(table, words=words).decode()
    assert written.startswith(BOM) is words
    read = list(csv.reader(io.StringIO(written.removeprefix(BOM) if words else written, newline=""), strict=True))
    assert [len(row) for row in read] == [len(row) for row in table]
    for before, after in zip(table, read, strict=True):
        for old, new in zip(before, after, strict=True):
            assert new in (old, f"'{old}")
            assert not new.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@settings(max_examples=40)
@given(TABLES)
def test_every_text_in_a_workbook_is_a_string_and_reads_back(table: list[list[str]]) -> None:
    book = as_xlsx([Sheet("one", table)])
    page = load_workbook(io.BytesIO(book)).active
    assert page is not None
    for at, row in enumerate(table, 1):
        for column, text in enumerate(row, 1):
            cell = page.cell(at, column)
            assert unescape(cell.value or "") == held(text)
            assert cell.data_type == "s" or not held(text)
            assert cell.hyperlink is None
    with ZipFile(io.BytesIO(book)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_urdu_and_what_looks_like_a_formula_stand_in_a_workbook_as_they_are() -> None:
    rows: list[list[Cell]] = [["سوال"], ["=1+1"], ["https://example.org"], [5], ["<=10%"], [None]]
    page = load_workbook(io.BytesIO(as_xlsx([Sheet("one", rows)]))).active
    assert page is not None
    assert [row[0] for row in page.iter_rows(values_only=True)] == [
        "سوال",
        "=1+1",
        "https://example.org",
        5,
        "<=10%",
    ]


def test_a_sheet_reads_from_right_to_left_where_it_should_and_keeps_its_titles_in_sight() -> None:
    book = load_workbook(io.BytesIO(as_xlsx([Sheet("ur", [["a"]], right_to_left=True), Sheet("en", [["a"]])])))
    assert [bool(book[name].sheet_view.rightToLeft) for name in ("ur", "en")] == [True, False]
    assert book["ur"].freeze_panes == "A2"


# -- 2. bytes ---------------------------------------------------------------------------------------------


def test_equal_workbooks_have_equal_bytes_and_know_no_moment() -> None:
    rows: list[list[Cell]] = [["title"], ["اردو"], [3]]
    first, second = (as_xlsx([Sheet("one", rows)]) for _ in range(2))
    assert first == second
    assert load_workbook(io.BytesIO(first)).properties.created.year == 2000
    with ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_of_words_tells_excel_that_it_is_utf_8_and_ends_its_lines_as_rfc_4180_says() -> None:
    assert as_csv([["اردو", 1, None]], words=True) == b'\xef\xbb\xbf"\xd8\xa7\xd8\xb1\xd8\xaf\xd9\x88","1",""\r\n'


# -- 3. cutting -------------------------------------------------------------------------------------------


@given(st.text(), st.integers(4, 40), st.sampled_from([len, lambda text: len(text.encode("utf-8", "replace"))]))
def test_what_is_cut_fits_ends_with_dots_and_begins_as_it_was(text: str, most: int, size: object) -> None:
    assert callable(size)
    line, cut = " ".join(text.split()), shortened(text, most, size)
    assert size(cut) <= most
    assert cut == line or (cut.endswith("…") and line.startswith(cut.removesuffix("…")))
    assert cut == line or size(line) > most


def test_words_stay_whole_where_one_fits() -> None:
    assert shortened("How much do you trust the police?", 20) == "How much do you…"
    assert shortened("Unimaginablylongword", 8) == "Unimagi…"


# -- what is missing --------------------------------------------------------------------------------------


def test_a_missing_library_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(ExportTrouble, match=r"pyreadstat is not installed.*\[export\]"):
        library("pyreadstat")
    assert isinstance(library("csv"), ModuleType)
