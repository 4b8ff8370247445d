"""Rows as files of SPSS (.sav) and Stata (.dta), with labels in one language.

Laws:
1. No label is cut silently: one that is too long is shortened at a word and ends with "…"; the codebook has it.
2. What is no answer stays to be seen: as user-missing numbers in SPSS, as .a to .g in Stata.
3. The files do not tell when they were written: the moment in their heads is always the same.

Limits (measured with pyreadstat 1.3.7): in SPSS a variable's label has 256 bytes, a value's 120, a file's 64; in
Stata a variable's and a file's have 80 letters. UTF-8 takes two bytes for an Urdu letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.survey import Words
from bot.export.tables import held, shortened
from bot.export.trouble import library
from bot.export.variables import NUMBER, SPECIAL, TEXT, Given, Value, Variable
from bot.store import Released, disk

SAV_LABEL, SAV_VALUE, SAV_TITLE = 256, 120, 64
"""Bytes."""

DTA_LABEL, DTA_VALUE, DTA_TITLE = 80, 32_000, 80
"""Letters; Stata allows 32,000 for a value."""

SAV_MOMENT, DTA_MOMENT = b"01 Jan 0000:00:00", b"01 Jan 2000 00:00"
"""The moment in every head: a day and an hour, as each format writes them."""

SAV_HEAD = 92
"""Bytes before the day in the head of a .sav file (PSPP, System File Format, 'File Header Record')."""

DTA_HEAD = b"<timestamp>\x11"
"""Before the moment in the head of a .dta file (Stata, dta 118, 5.1): its length is 17."""


def write_sav(
    path: Path, rows: Sequence[Released], variables: Sequence[Variable], title: Words, language: str
) -> None:
    """Write an SPSS file that nobody else may read. Raises ExportTrouble where pyreadstat is not installed."""
    disk.write(path, b"")  # so that it is nobody else's before a row stands in it
    library("pyreadstat").write_sav(
        _frame(rows, variables, _number),
        str(path),
        file_label=_bytes(title[language], SAV_TITLE),
        column_labels={one.name: _bytes(one.label[language], SAV_LABEL) for one in variables},
        variable_value_labels={
            one.name: {
                float(value.number): _bytes(value.label[language], SAV_VALUE)
                for value in one.values
                if value.number is not None
            }
            for one in variables
            if one.shape != TEXT
        },
        missing_ranges={one.name: [_range(one)] for one in variables if _range(one)},
        variable_measure={one.name: _measure(one) for one in variables},
        variable_format={one.name: f"F16.{one.decimals}" for one in variables if one.shape == NUMBER},
    )
    _timeless(path, SAV_HEAD, SAV_MOMENT)


def write_dta(
    path: Path, rows: Sequence[Released], variables: Sequence[Variable], title: Words, language: str
) -> None:
    """Write a Stata file that nobody else may read. Raises ExportTrouble where pyreadstat is not installed."""
    disk.write(path, b"")
    library("pyreadstat").write_dta(
        _frame(rows, variables, _letter),
        str(path),
        file_label=_letters(title[language], DTA_TITLE),
        column_labels={one.name: _letters(one.label[language], DTA_LABEL) for one in variables},
        variable_value_labels={
            one.name: {_letter(value): _letters(value.label[language], DTA_VALUE) for value in one.values}
            for one in variables
            if one.shape != TEXT
        },
        missing_user_values={
            one.name: [SPECIAL[value.code][1] for value in one.values if value.special]
            for one in variables
            if one.shape != TEXT and any(value.special for value in one.values)
        },
    )
    _timeless(path, path.read_bytes().index(DTA_HEAD) + len(DTA_HEAD), DTA_MOMENT)


def _frame(
    rows: Sequence[Released], variables: Sequence[Variable], said: Callable[[Value], float | str | None]
) -> Any:
    """The rows as a pandas frame; `said` brings a value to what stands in a cell."""
    pandas = library("pandas")
    columns = {one.name: [_cell(one, one.read(row), said) for row in rows] for one in variables}
    frame = {
        one.name: pandas.Series(columns[one.name], dtype=object if one.shape == TEXT or said is _letter else float)
        for one in variables
    }
    return pandas.DataFrame(frame)


def _cell(variable: Variable, given: Given, said: Callable[[Value], float | str | None]) -> float | str | None:
    value = variable.value(given)
    if variable.shape == TEXT:
        return held(str(given))
    if value is not None:
        return said(value)
    return float(given) if isinstance(given, int | float) else None


def _number(value: Value) -> float | None:
    return None if value.number is None else float(value.number)


def _letter(value: Value) -> float | str | None:
    # all numbers as float: pyreadstat makes text of a column in which whole numbers and others stand
    return SPECIAL[value.code][1] if value.special else _number(value)


def _range(variable: Variable) -> Mapping[str, int] | None:
    """The user-missing numbers of a column: from the lowest to the highest of its special ones."""
    numbers = [value.number for value in variable.values if value.special and value.number is not None]
    if variable.shape == TEXT or not numbers:
        return None
    return {"lo": min(numbers), "hi": max(numbers)}


def _measure(variable: Variable) -> str:
    return "scale" if variable.shape == NUMBER else "ordinal" if variable.ordered else "nominal"


def _bytes(text: str, most: int) -> str:
    return shortened(held(text), most, lambda one: len(one.encode()))


def _letters(text: str, most: int) -> str:
    return shortened(held(text), most)


def _timeless(path: Path, at: int, moment: bytes) -> None:
    """Put the one moment in the place of the true one, and bring the file down on the disk."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(moment)
    disk.sync(path)
