"""The questionnaires in surveys/ as their files say them, for the tests of the library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.core.survey import Survey
from bot.files.surveys import load
from tests.rig import ROOT

SURVEYS = sorted((ROOT / "surveys").glob("*.yaml"))
EACH = pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
ABOUT_THE_PERSON = ("district", "gender", "age_band")

SCALES = {
    "trust4": "none a_little some a_lot",
    "extent5": "not_at_all very_little some a_lot a_great_deal",
    "often4": "never once_or_twice several_times often",
    "likely4": "not_at_all not_very fairly very",
    "safe4": "very_unsafe unsafe safe very_safe",
    "change3": "worse same better",
}
"""The codes of the library's scales: a digest compares waves and organisations by them."""


@cache
def said(path: Path) -> Mapping[str, Any]:
    """The file as it stands."""
    read: Mapping[str, Any] = YAML(typ="safe").load(path)
    return read


def survey(path: Path) -> Survey:
    """The questionnaire in a file that passes."""
    found = load(path).survey
    assert found is not None
    return found


def others(path: Path) -> list[Mapping[str, Any]]:
    """The questions that are not about the person, notes left out."""
    return [q for q in said(path)["questions"] if q["id"] not in ABOUT_THE_PERSON and q["type"] != "note"]


def answers(path: Path, question: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """The answers of a question, its scale's where it has one."""
    if "scale" in question:
        found: Mapping[str, Mapping[str, str]] = said(path)["scales"][question["scale"]]["options"]
    else:
        found = question.get("options", {})
    return found


def indexes(path: Path) -> list[Mapping[str, Any]]:
    """The indexes of a file, also where they still stand in comments."""
    written = re.search(r"(?ms)^# indexes \(begin\)\n(.*?)^# indexes \(end\)$", path.read_text("utf-8"))
    uncommented = re.sub(r"(?m)^# ?", "", written[1]) if written else ""
    found = (YAML(typ="safe").load(uncommented) or {}).get("indexes", said(path).get("indexes", []))
    return list(found)


def file(id: str) -> Path:
    """The file of this questionnaire."""
    return ROOT / "surveys" / f"{id}.yaml"


def question_of(path: Path, id: str) -> Mapping[str, Any]:
    """The question with this id, as the file says it."""
    found: Mapping[str, Any] = next(question for question in said(path)["questions"] if question["id"] == id)
    return found
