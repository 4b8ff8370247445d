"""A survey goes out as a form and comes back as the same survey.

1. Every survey and example of the house: the same Survey, the same pinned document, nothing to say about it.
2. pyxform, with which ODK and Kobo read forms, takes every one of them without a word.
3. So does any small survey over all kinds of question.
4. The same survey gives the same bytes; texts stand from right to left, and never as formulas.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, assume, given, settings

from bot.core.questions import TYPES
from bot.files.form import KINDS
from bot.files.surveys import load
from bot.files.xlsform.carry import as_read, carried, out
from bot.files.xlsform.child import pyxform_says
from bot.files.xlsform.export import form_of
from bot.files.xlsform.sheets import FormTrouble, as_bytes
from tests.files.sample import SOUND, beside
from tests.files.xlsform.made import MAKERS, surveys
from tests.files.xlsform.tables import phrases
from tests.rig import ROOT

SURVEYS = sorted((ROOT / "surveys").rglob("*.yaml"))


def returns(path: Path, by_pyxform: bool = True) -> None:
    """The survey of this file comes back as it is."""
    loaded = load(path)
    assert loaded.survey is not None
    form = form_of(loaded.said, phrases())
    again = as_read(as_bytes(form))
    made = carried(again, "form.xlsx", phrases(), path.parent)

    assert [str(problem) for problem in made.told] == []
    assert made.loaded is not None
    assert made.loaded.document == loaded.document
    assert made.loaded.survey == loaded.survey
    if by_pyxform:
        assert list(pyxform_says(again)) == []


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: str(path.relative_to(ROOT / "surveys")))
def test_every_survey_of_the_house_comes_back(path: Path) -> None:
    returns(path)


def test_a_survey_with_every_key_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    path.write_text(SOUND)
    beside(tmp_path)
    returns(path)


def test_a_survey_of_every_kind_is_made() -> None:
    assert set(MAKERS) >= set(TYPES), "a new kind needs a maker in made.py"


@given(survey=surveys())
@settings(max_examples=20, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_any_survey_comes_back(tmp_path_factory: pytest.TempPathFactory, survey: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("made", numbered=True) / "made.yaml"
    path.write_text(json.dumps(survey, ensure_ascii=False))
    assume(load(path).survey is not None)
    returns(path, by_pyxform=len(survey["questions"]) % 4 == 0)


def test_a_key_that_nobody_has_heard_of_travels_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = load(ROOT / "surveys" / "examples" / "choice.yaml").said
    more: dict[str, Any] = {**said, "new_thing": {"deep": [1, "two"]}, "new_list": [{"a": 1}, {"b": "x"}]}
    more["questions"] = [
        {**said["questions"][0], "new_key": {"en": "A", "ur": "ا", "ps": "ا"}, "other": [1, {"x": 2}]}
    ]
    kind = KINDS["choice"]
    fields = {**kind.model_fields, "new_key": kind.model_fields["options"], "other": kind.model_fields["options"]}
    monkeypatch.setattr(kind, "__pydantic_fields__", fields)

    made = carried(as_read(as_bytes(form_of(more, phrases()))), "form.xlsx", phrases())

    assert made.told == ()
    assert made.loaded is not None
    assert made.loaded.said == more


def test_the_same_survey_gives_the_same_bytes(tmp_path: Path) -> None:
    first, problems = out(ROOT / "surveys" / "community-trust.yaml")
    second, _ = out(ROOT / "surveys" / "community-trust.yaml")

    assert first == second
    assert problems == ()


def test_sheets_run_from_right_to_left_and_hold_no_formula(tmp_path: Path) -> None:
    said = load(ROOT / "surveys" / "examples" / "choice.yaml").said
    said["title"]["en"] = "=HYPERLINK(1)"
    path = tmp_path / "form.xlsx"
    path.write_bytes(as_bytes(form_of(said, phrases())))
    with ZipFile(path) as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]

    assert len(pages) >= 4
    assert all(b'rightToLeft="1"' in page for page in pages)
    assert not any(b"<f>" in page for page in pages)


def test_what_a_spreadsheet_cannot_hold_is_said(tmp_path: Path) -> None:
    path = tmp_path / "survey.yaml"
    sound = (ROOT / "surveys" / "examples" / "choice.yaml").read_text()
    path.write_text(sound.replace("en: On foot", 'en: "On\\x07foot"'))
    with pytest.raises(FormTrouble, match=r"U\+0007 cannot stand in a spreadsheet \(sheet choices"):
        out(path)


def test_a_survey_with_mistakes_does_not_go_out(tmp_path: Path) -> None:
    path = tmp_path / "survey.yaml"
    path.write_text("survey: x\n")
    content, problems = out(path)

    assert content == b""
    assert any(problem.level == "error" for problem in problems)
