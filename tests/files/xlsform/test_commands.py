"""`aitbar xlsform` and `aitbar import`, as an author meets them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import app
from bot.files.surveys import load
from bot.files.xlsform.sheets import as_bytes
from tests.files.xlsform.tables import sheets
from tests.rig import ROOT

SURVEY = ROOT / "surveys" / "examples" / "number.yaml"


def test_a_survey_goes_out_and_comes_in(tmp_path: Path) -> None:
    form, back = tmp_path / "form.xlsx", tmp_path / "back.yaml"
    went = CliRunner().invoke(app, ["xlsform", str(SURVEY), "--out", str(form)])
    came = CliRunner().invoke(app, ["import", str(form), "--out", str(back)])

    assert (went.exit_code, came.exit_code) == (0, 0), went.output + came.output
    assert load(back).document == load(SURVEY).document
    assert "It can be opened as it is." in came.stderr


def test_what_is_refused_is_said_and_the_rest_is_printed(tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    table = "| survey | | |\n| | type | name | label::en |\n| | note | a | A. |\n| | geopoint | b | B? |"
    form.write_bytes(as_bytes(sheets(table)))
    came = CliRunner().invoke(app, ["import", str(form)])

    assert came.exit_code == 1
    assert "form.xlsx [survey]:3 - 'geopoint' of 'b' is refused" in came.stderr
    assert "- id: a" in came.stdout
    assert "Traceback" not in came.output


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    there = tmp_path / "mine.yaml"
    there.write_text("mine")
    came = CliRunner().invoke(app, ["import", str(tmp_path / "form.xlsx"), "--out", str(there)])

    assert came.exit_code == 2
    assert there.read_text() == "mine"


def test_a_survey_with_mistakes_is_not_written(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("survey: x\n")
    went = CliRunner().invoke(app, ["xlsform", str(broken)])

    assert went.exit_code == 1
    assert "is not written as a form until its errors are mended" in went.stderr
    assert not broken.with_suffix(".xlsx").exists()


def test_the_front_door_opens_without_the_libraries_of_spreadsheets() -> None:
    words = "import sys, bot.cli, bot.files.xlsform.carry; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)

    assert not {"pyxform", "openpyxl", "xlsxwriter"} & set(done.stdout.split())
