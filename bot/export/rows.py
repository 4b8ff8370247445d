"""The released answers as rows for an analyst: what is written, and how it is put in place.

Laws:
1. Released answers only, after the check of `disclosure`. Of a block only its group stands beside them, of a
   person's own words nothing; no moment, no number, and the order is drawn by chance.
2. No cell of a table begins a formula.
3. Whatever the format, the folder explains itself: README.txt for people, a data package and DDI for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.export import ddi, scripts, statistics
from bot.export.disclosure import Checked, said
from bot.export.package import package
from bot.export.tables import Cell, Sheet, as_csv, as_xlsx
from bot.export.trouble import ExportTrouble, library
from bot.export.variables import FORMATS, SPECIAL, Given, Variable, variables
from bot.files.phrases import Phrases, direction
from bot.store import Released, Wave, disk

CODEBOOK, README = "codebook.csv", "README.txt"

Content = bytes | Callable[[Path], None]
"""A file's bytes, or what writes it where it shall stand."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "csv": (),
    "xlsx": ("xlsxwriter",),
    "sav": ("pandas", "pyreadstat"),
    "dta": ("pandas", "pyreadstat"),
}
"""The libraries of each format."""


def can_write(format: str) -> None:
    """Raises ExportTrouble where what the format needs is not installed: before anybody is asked for a code."""
    for name in NEEDED[format]:
        library(name)


def files(
    wave: Wave, checked: Checked, phrases: Phrases, format: str = "csv", language: str = ""
) -> dict[str, Content]:
    """The files of an export: name -> content. Labels of SPSS and Stata are in `language`, else in the first one.

    Raises ExportTrouble where a library is missing.
    """
    columns, name = variables(wave.survey, phrases), f"rows.{format}"
    language = language or wave.survey.languages[0]
    missing = [code for code in SPECIAL if any(one.value(code) for one in columns)]
    book = list(codebook(columns, wave.survey.languages))
    about = README_TEXT.format(
        wave=wave.id,
        survey=wave.survey.id,
        version=wave.survey.version,
        rows=ABOUT[format].format(language=language),
        check="\n".join(f"- {line}" for line in said(checked)),
    )
    return {
        name: _rows(format, wave, checked.rows, columns, book, language),
        CODEBOOK: as_csv(book, words=True),
        "datapackage.json": package(wave, columns, name, format, [str(cell) for cell in book[0]], language),
        "ddi.xml": ddi.codebook(wave, columns, len(checked.rows), name, format, CONDITIONS),
        "read.py": scripts.python(format, missing).encode(),
        "read.R": scripts.r(format, missing).encode(),
        README: about.encode(),
    }


def put(folder: Path, contents: Mapping[str, Content]) -> Path:
    """Write the files beside `folder`, which is new or empty; `disk.place` gives them their name.

    Raises ExportTrouble when the folder holds anything.
    """
    aside = disk.aside(folder, ExportTrouble)
    for name, content in contents.items():
        if isinstance(content, bytes):
            disk.write(aside / name, content)
        else:
            content(aside / name)
    disk.sync(aside)
    return aside


def table(rows: Sequence[Released], columns: Sequence[Variable]) -> Iterator[list[Given]]:
    """The rows as codes, below the names of their columns."""
    yield [one.name for one in columns]
    for row in rows:
        yield [one.cell(row) for one in columns]


def codebook(columns: Sequence[Variable], languages: Sequence[str]) -> Iterator[list[Cell]]:
    """Every column and every code it can hold, in words, with the number of SPSS and what Stata writes."""
    yield [
        "variable",
        "question",
        "type",
        "code",
        *(f"label.{language}" for language in languages),
        "spss",
        "stata",
    ]
    for one in columns:
        head = [one.name, one.question or one.name, one.type]
        yield [*head, "", *(one.label[language] for language in languages), "", ""]
        for value in one.values:
            labels = [value.label[language] for language in languages]
            yield [*head, value.code, *labels, value.number, one.written(value, "dta")]


def _rows(
    format: str,
    wave: Wave,
    rows: Sequence[Released],
    columns: Sequence[Variable],
    book: Sequence[Sequence[Cell]],
    language: str,
) -> Content:
    if format == "csv":
        return as_csv(table(rows, columns), words=False)
    if format == "xlsx":
        return as_xlsx(_sheets(rows, columns, wave.survey.languages, book))
    write = statistics.write_sav if format == "sav" else statistics.write_dta
    return partial(write, rows=rows, variables=columns, title=wave.survey.title, language=language)


def _sheets(
    rows: Sequence[Released],
    columns: Sequence[Variable],
    languages: Sequence[str],
    book: Sequence[Sequence[Cell]],
) -> Iterator[Sheet]:
    yield Sheet("rows", list(table(rows, columns)))
    for language in languages:
        yield Sheet(language, list(_labelled(rows, columns, language)), direction(language) == "rtl")
    yield Sheet("codebook", book)


def _labelled(rows: Sequence[Released], columns: Sequence[Variable], language: str) -> Iterator[list[Given]]:
    yield [one.label[language] for one in columns]
    for row in rows:
        given = [(one, one.read(row)) for one in columns]
        values = [(one.value(code), code) for one, code in given]
        yield [code if value is None else value.label[language] for value, code in values]


CONDITIONS = (
    "One person's answers stand in each row, outside the proof of anonymity. Keep them with the analysts alone, "
    "encrypted; show no figure about fewer people than the wave's smallest group; delete them afterwards."
)

_CODES = (
    "Codes. What is no answer is a code too: dont_know, prefer_not, skipped, not_asked, not_reached (sent before "
    "this question), _withheld (below); _merged: groups that were put together."
)
_LABELS = (
    "Labels in {language}; one that ends with … is whole in codebook.csv. The file does not tell when it was "
    "written: the day in its head is always the same. Dates are text."
)

ABOUT: Mapping[str, str] = {
    "csv": f"rows.csv. {_CODES}",
    "xlsx": f"rows.xlsx. Sheet rows: {_CODES} Then a sheet of labels in each language, and the codebook.",
    "sav": f"rows.sav (SPSS). {_LABELS} What is no answer is user-missing, from -1 on.",
    "dta": f"rows.dta (Stata). {_LABELS} What is no answer is .a to .g.",
}

README_TEXT = """Released answers of wave {wave}, survey {survey}, version {version}.

{rows}

One row for each person whose answers were released, in an order drawn by chance. Of several options that could be
picked each has a column, 1 or 0; of a ranking each place. "group_": the group in which the answers were released.
Nobody's own words are here.

codebook.csv      what columns and codes mean in every language of the survey, and their numbers in SPSS and Stata
datapackage.json  the same for programs (Frictionless Data Package)
ddi.xml           the same for data archives (DDI Codebook 2.5)
read.py, read.R   read the rows

The check before these rows left:

{check}

These rows lie outside the proof. Everything else that Aitbar shows is a sum over groups of people. A row is one
person's, and rare answers together can tell who it is (L5 in docs/security.md). Two exports around a
withdrawal show which rows went (L2). So:

- Keep the files where only the analysts can read them, encrypted; send them by no messenger and no mail.
- Show no figure from them about fewer people than the wave's smallest group.
- Delete them when the analysis is done. Whoever withdraws later is still in them.
"""

__all__ = ["CODEBOOK", "FORMATS", "README", "can_write", "codebook", "files", "put", "table"]
