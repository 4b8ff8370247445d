"""`aitbar report`: makes, verifies and lists, and says in a sentence what it cannot do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.rig import ROOT

Aitbar = Callable[..., Result]


@pytest.fixture
def aitbar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aitbar]:
    """`aitbar ...` inside this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*words: str) -> Result:
        done = CliRunner().invoke(app, list(words))
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        return done

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def wave(aitbar: Aitbar) -> str:
    """An open wave of which nothing was released."""
    opened = aitbar("wave", "open", str(ROOT / "surveys" / "pulse.yaml"), "--yes")
    assert opened.exit_code == 0, opened.output
    return opened.stdout.split()[1]


@pytest.mark.parametrize("kind", ["donor", "meeting", "comparison"])
@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_a_report_is_written_and_found_unchanged(
    aitbar: Aitbar, wave: str, tmp_path: Path, kind: str, language: str
) -> None:
    made = aitbar("report", wave, "--kind", kind, "--lang", language, "--out", "report.pdf")
    assert made.exit_code == 0, made.output
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")

    found = aitbar("report", "verify", "report.pdf")
    assert found.exit_code == 0
    assert f"{kind} of wave {wave}, {language}, pdf" in found.stdout
    assert "unchanged, and the figures are still the same" in found.stdout


def test_a_changed_file_ends_with_exit_one(aitbar: Aitbar, wave: str, tmp_path: Path) -> None:
    aitbar("report", wave, "--out", "report.pdf")
    with (tmp_path / "report.pdf").open("ab") as file:
        file.write(b" ")

    found = aitbar("report", "verify", "report.pdf")
    assert found.exit_code == 1
    assert "this file was changed" in found.stdout


def test_a_workbook_is_a_report_too(aitbar: Aitbar, wave: str) -> None:
    assert aitbar("report", wave, "--format", "xlsx", "--out", "report.xlsx").exit_code == 0
    assert aitbar("report", "verify", "report.xlsx").exit_code == 0


def test_reports_are_listed_of_one_wave_or_of_all(aitbar: Aitbar, wave: str) -> None:
    assert aitbar("report", "list").stdout == ""
    aitbar("report", wave, "--lang", "ur", "--out", "one.pdf")
    aitbar("report", wave, "--lang", "ps", "--out", "two.pdf")

    lines = aitbar("report", "list", wave).stdout.splitlines()
    assert aitbar("report", "list").stdout.splitlines() == lines
    assert sorted(line.split()[3] for line in lines) == ["ps", "ur"]
    assert all(line.startswith(wave) and "console" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "nothing", "--out", "x.pdf"), "There is no wave 'nothing'"),
        (("report", "list", "nothing"), "There is no wave 'nothing'"),
        (("report", "verify", "absent.pdf"), "absent.pdf cannot be used"),
        (("report", "verify"), "name the file"),
        (("report", "w"), "name a file"),
        (("report", "w", "--kind", "poem", "--out", "x.pdf"), "--kind is donor, meeting, comparison"),
        (("report", "w", "--lang", "fr", "--out", "x.pdf"), "--lang"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(aitbar: Aitbar, words: tuple[str, ...], said: str) -> None:
    done = aitbar(*words)

    assert done.exit_code != 0
    assert said in " ".join(done.output.replace("│", " ").split())
    assert "should not" not in done.output
