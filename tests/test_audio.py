"""What can be heard, on the console: the list, the sheet, and the sentence before a wave is opened."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.audio import listed, sums
from bot.cli import app
from bot.files.surveys import load
from tests.rig import ROOT

LISTEN = ROOT / "surveys" / "examples" / "listen.yaml"


def test_the_list_says_what_can_be_heard_and_how_much_of_it() -> None:
    survey = load(LISTEN).survey
    assert survey is not None
    assert [line.split() for line in listed(survey)] == [
        ["example-listen", "ur", "ps", "en"],
        ["road_state", "yes", "yes", "yes"],
        ["road_used", "-", "-", "-"],
        ["50%", "50%", "50%"],
    ]
    assert sums(survey) == "Questions that can be heard: ur 1 of 2, ps 1 of 2, en 1 of 2."


def test_a_recording_that_is_not_there_yet_is_not_counted(tmp_path: Path) -> None:
    shutil.copy(LISTEN, tmp_path)
    survey = load(tmp_path / LISTEN.name).survey
    assert survey is not None
    assert sums(survey) == "Questions that can be heard: ur 0 of 2, ps 0 of 2, en 0 of 2."


def test_the_console_lists_prints_and_says_it_before_a_wave_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    console, survey = CliRunner(), str(LISTEN)
    listing = console.invoke(app, ["audio", "list", survey])
    assert (listing.exit_code, "road_used" in listing.stdout) == (0, True)
    printed = console.invoke(app, ["audio", "sheet", survey, "--lang", "ps", "--out", "sheet.pdf"])
    assert printed.exit_code == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")
    wrong = console.invoke(app, ["audio", "sheet", survey, "--lang", "sd", "--out", "other.pdf"])
    assert (wrong.exit_code, (tmp_path / "other.pdf").exists()) == (2, False)
    opened = console.invoke(app, ["wave", "open", survey, "--population", "100", "--yes"])
    assert "Questions that can be heard: ur 1 of 2, ps 1 of 2, en 1 of 2." in opened.stderr
