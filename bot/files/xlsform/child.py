"""The process that reads a form: bytes in, its sheets and what is wrong with them as JSON out.

openpyxl reads the cells, pyxform says what it says of the form; neither is trusted with more memory or time than a
form needs.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.files.xlsform.opening import MEMORY, SECONDS, Told
from bot.files.xlsform.sheets import Form, FormTrouble, Row, Sheet, library

MOST_WARNINGS = 20
FILE = 20 * 2**20
"""pyxform writes the form that it makes to a temporary file, and takes it away again."""
_ROW = re.compile(r"\[row\s*:\s*([0-9]+)\]\s*")
_SHEET = re.compile(r"'(survey|choices|settings)' sheet|the (survey|choices|settings) sheet")


def read(content: bytes) -> tuple[Form, list[Told]]:
    """The sheets of a file that is within its limits, and what is wrong with it."""
    told: list[Told] = []
    try:
        form = sheets(content, told)
    except (MemoryError, FormTrouble):
        raise
    except Exception:  # whatever breaks in a damaged file
        return {}, [Told("form-not-xlsx")]
    if "survey" not in form:
        return {}, [*told, Told("form-no-survey", found={"sheets": ", ".join(form) or "none"})]
    return form, told + list(pyxform_says(form))


def sheets(content: bytes, told: list[Told]) -> Form:
    """The sheets of a file; what is wrong with single cells is told."""
    openpyxl = library("openpyxl")
    if not openpyxl.DEFUSEDXML:
        raise FormTrouble(
            "defusedxml is not installed; without it no XLSX file is opened. Install the extra 'xlsform'."
        )
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    form: dict[str, Sheet] = {}
    for page in book.worksheets:
        name = page.title.strip()
        known = name.lower() if name.lower() in ("survey", "choices", "settings") else name
        page.reset_dimensions()
        form[known] = _sheet(known, page, told)
    return form


def _sheet(name: str, page: Any, told: list[Told]) -> Sheet:
    sheet = Sheet()
    columns: dict[int, str] = {}
    for number, cells in enumerate(page.iter_rows(), start=1):
        texts = {at: text for at, cell in enumerate(cells) if (text := _text(name, number, cell, told))}
        if number == 1:
            columns = _titles(name, texts, told)
            sheet.titles = list(columns.values())
        elif texts:
            sheet.rows.append(Row(number, {columns[at]: text for at, text in texts.items() if at in columns}))
            untitled = sorted(texts.keys() - columns.keys())
            told += [Told("form-no-title", name, number, {"value": texts[at]}) for at in untitled]
    return sheet


def _titles(sheet: str, texts: dict[int, str], told: list[Told]) -> dict[int, str]:
    columns: dict[int, str] = {}
    for at, title in texts.items():
        if title in columns.values():
            told.append(Told("form-title-twice", sheet, 1, {"column": title}))
        else:
            columns[at] = title
    return columns


def _text(sheet: str, number: int, cell: Any, told: list[Told]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        told.append(Told("form-formula", sheet, number, {"value": str(value)}))
        return ""
    if cell.data_type == "e":
        told.append(Told("form-error-cell", sheet, number, {"value": str(value)}))
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n").strip()


# -- pyxform ----------------------------------------------------------------------------------------------


def pyxform_says(form: Form) -> Iterator[Told]:
    """What pyxform, with which ODK and Kobo read forms, says of this one."""
    convert, error = library("pyxform.xls2xform").convert, library("pyxform.errors").PyXFormError
    book: dict[str, Any] = {"sheet_names": list(form), "fallback_form_name": "form"}
    for name in ("survey", "choices", "settings"):
        if name in form:
            book[name] = _rows(form[name].rows)
            book[f"{name}_header"] = [dict.fromkeys(form[name].titles)]
    warnings: list[str] = []
    try:
        convert(book, warnings=warnings)
    except MemoryError:
        raise
    except error as refused:
        yield _said("form-pyxform", str(refused))
    except Exception:  # a form that it does not expect
        yield Told("form-pyxform", found={"words": "it cannot be understood"})
    yield from (_said("form-pyxform-warns", warning) for warning in warnings[:MOST_WARNINGS])


def _rows(rows: Sequence[Row]) -> list[dict[str, str]]:
    """The rows by their place, so that pyxform counts them as the spreadsheet does."""
    placed: list[dict[str, str]] = [{} for _ in range(rows[-1].number - 1)] if rows else []
    for row in rows:
        placed[row.number - 2] = dict(row.cells)
    return placed


def _said(problem: str, words: str) -> Told:
    row, sheet = _ROW.search(words), _SHEET.search(words)
    where = next(filter(None, sheet.groups()), "survey") if sheet else "survey"
    return Told(
        problem, where, int(row[1]) if row else 1, {"words": " ".join(_ROW.sub("", words, count=1).split())}
    )


# -- the process ------------------------------------------------------------------------------------------


def main() -> None:
    """Read the file on standard input under limits; write JSON."""
    try:
        for name in ("openpyxl", "pyxform.xls2xform"):
            library(name)
        pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
        if pages:
            limit = pages * resource.getpagesize() + MEMORY
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
        form, told = read(sys.stdin.buffer.read())
    except FormTrouble as trouble:
        sys.stdout.write(json.dumps({"missing": str(trouble)}))
        return
    sheets = {
        name: {"titles": sheet.titles, "rows": [[row.number, row.cells] for row in sheet.rows]}
        for name, sheet in form.items()
    }
    problems = [[one.problem, one.sheet, one.row, one.found] for one in told]
    sys.stdout.write(json.dumps({"form": sheets, "told": problems}))


if __name__ == "__main__":
    main()
