"""What lies in a folder of rows, for programs: a data package with a schema for every column.

Source: Frictionless Data Package 2.0, https://datapackage.org/standard/data-package/
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.export.variables import CODE, CODED, NUMBER, TEXT, Variable
from bot.store import Wave

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

MEDIA: Mapping[str, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
    "dta": "application/x-stata-dta",
    "xml": "application/xml",
}


def package(
    wave: Wave, variables: Sequence[Variable], name: str, format: str, codebook: Sequence[str], language: str
) -> bytes:
    """The description of the folder; `name` is the file of rows, `codebook` the columns of codebook.csv."""
    survey = wave.survey
    rows = {
        **_resource("rows", name, format),
        **({"dialect": {"sheetName": "rows"}} if format == "xlsx" else {}),
        "schema": {"fields": [_field(one, format, language) for one in variables]},
    }
    book = {
        **_resource("codebook", "codebook.csv", "csv"),
        "schema": {"fields": [{"name": one, "type": "string"} for one in codebook]},
    }
    body = {
        "$schema": PROFILE,
        "name": f"{survey.id}-{wave.id}".lower(),
        "title": survey.title[language],
        "description": "Released answers, one row for each person. Read README.txt before you pass them on.",
        "version": str(survey.version),
        "resources": [rows, book, _resource("ddi", "ddi.xml", "xml")],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(name: str, path: str, format: str) -> dict[str, object]:
    # a reader of packages knows no tables of SPSS and Stata: for it they are files, with a schema all the same
    kind = {"type": "table"} if format in CODED else {}
    words = {"encoding": "utf-8"} if format == "csv" else {}
    return {"name": name, **kind, "path": path, "format": format, "mediatype": MEDIA[format], **words}


def _field(variable: Variable, format: str, language: str) -> dict[str, object]:
    special = [value for value in variable.values if value.special]
    codes = [variable.written(value, format) for value in variable.values if not value.special]
    kind = _type(variable, format)
    return {
        "name": variable.name,
        "title": variable.label[language],
        "type": kind,
        "missingValues": list(dict.fromkeys(["", *(variable.written(value, format) for value in special)])),
        **({"constraints": {"enum": _as(kind, codes)}} if variable.shape == CODE else {}),
    }


def _type(variable: Variable, format: str) -> str:
    if variable.shape == TEXT:
        return "string"
    if variable.shape == NUMBER:
        return "number" if variable.decimals else "integer"
    return "string" if format in CODED and not variable.picked else "integer"


def _as(kind: str, codes: Sequence[str]) -> Sequence[object]:
    return [int(code) for code in codes] if kind == "integer" else codes
