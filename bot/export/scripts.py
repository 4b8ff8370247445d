"""How rows are read again: a script for Python and one for R, each for the kind of file that lies beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NEEDED: Mapping[str, tuple[str, str]] = {
    "csv": ("pandas", ""),
    "xlsx": ("pandas openpyxl", "readxl"),
    "sav": ("pandas pyreadstat", "haven"),
    "dta": ("pandas pyreadstat", "haven"),
}
"""What must be installed, for Python and for R."""

_PYTHON: Mapping[str, str] = {
    "csv": 'rows = pandas.read_csv(HERE / "rows.csv", keep_default_na=False, na_values=MISSING)',
    "xlsx": (
        'rows = pandas.read_excel(HERE / "rows.xlsx", sheet_name="rows", keep_default_na=False, na_values=MISSING)'
    ),
    "sav": 'rows, about = pyreadstat.read_sav(HERE / "rows.sav", user_missing=True)',
    "dta": 'rows, about = pyreadstat.read_dta(HERE / "rows.dta", user_missing=True)',
}

_R: Mapping[str, str] = {
    "csv": 'rows <- read.csv("rows.csv", na.strings = missing, check.names = FALSE)',
    "xlsx": 'rows <- readxl::read_excel("rows.xlsx", sheet = "rows", na = missing)',
    "sav": 'rows <- haven::read_sav("rows.sav", user_na = TRUE)',
    "dta": 'rows <- haven::read_dta("rows.dta")',
}

_KEPT = ("sav", "dta")
"""Formats in which what is no answer is told apart; in the others it is read as missing."""


def python(format: str, missing: Iterable[str]) -> str:
    """A script that reads the rows with pandas; `missing` are the codes of what is no answer."""
    kept = format in _KEPT
    lines = [
        f'"""Reads the rows and what their codes mean. Needs: pip install {NEEDED[format][0]}"""',
        "",
        "from pathlib import Path",
        "",
        "import pandas",
        *(["import pyreadstat"] if kept else []),
        "",
        "HERE = Path(__file__).parent",
        *([] if kept else [f"MISSING = {sorted(missing)!r}"]),
        _PYTHON[format],
        'codebook = pandas.read_csv(HERE / "codebook.csv", encoding="utf-8-sig", dtype=str)',
        "print(len(rows), 'rows,', len(rows.columns), 'columns')",
    ]
    return "\n".join(lines) + "\n"


def r(format: str, missing: Iterable[str]) -> str:
    """The same for R; run it in the folder of the files."""
    library = NEEDED[format][1]
    codes = ", ".join(f'"{code}"' for code in sorted(missing))
    lines = [
        "# Reads the rows and what their codes mean; run it in this folder.",
        *([f'# Needs: install.packages("{library}")'] if library else []),
        *([] if format in _KEPT else [f"missing <- c({codes})"]),
        _R[format],
        'codebook <- read.csv("codebook.csv", fileEncoding = "UTF-8-BOM", colClasses = "character")',
        'cat(nrow(rows), "rows,", ncol(rows), "columns\\n")',
    ]
    return "\n".join(lines) + "\n"
