"""Whom to call: read from a file, never invented, never shown once nobody has called there for half a year.

Promises:
1. A sound file gives its helplines; every mistake is named with its line, and what is not sound is not given.
2. A number not called for 180 days is named by `aitbar check` and is not shown; a day to come is a mistake.
3. A file that changes is read anew; one that is gone shows nothing.
4. It is no survey: nobody can open it, and nobody is told that it is a broken one.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.referral import TRUSTED_DAYS
from bot.files.check import check
from bot.files.helplines import Watched, load
from bot.files.snapshot import survey_files

TODAY = date(2026, 11, 23)


def helpline(number: str = "000-111", called: date = TODAY, name: str = "Example line") -> str:
    """One made-up helpline."""
    return (
        f"  - province: {{ur: صوبہ, ps: صوبه, en: Province A}}\n    name: {{ur: مدد, ps: مدد, en: {name}}}\n"
        f'    number: "{number}"\n    last_called: "{called}"\n'
    )


def file(folder: Path, *lines: str) -> Path:
    """A file of these helplines."""
    path = folder / "helplines.yaml"
    path.write_text("helplines:\n" + "".join(lines), "utf-8")
    return path


def test_a_sound_file_gives_its_helplines(tmp_path: Path) -> None:
    found, problems = load(file(tmp_path, helpline(), helpline("000-222")), TODAY)
    assert problems == ()
    assert [one.number for one in found] == ["000-111", "000-222"]
    assert (found[0].name["en"], found[0].last_called) == ("Example line", TODAY)


@pytest.mark.parametrize(
    ("id", "old", "new", "line"),
    [
        ("helpline-wrong", "ps: صوبه, ", "", 2),
        ("helpline-wrong", "{ur: مدد, ps: مدد, en: Example line}", "Example line", 3),
        ("helpline-wrong", '"000-111"', '"call us"', 4),
        ("helpline-wrong", f'"{TODAY}"', '"last week"', 5),
        ("helpline-future", str(TODAY), "2026-11-24", 5),
    ],
)
def test_a_mistake_is_named_at_its_line_and_not_shown(
    tmp_path: Path, id: str, old: str, new: str, line: int
) -> None:
    path = file(tmp_path, helpline().replace(old, new, 1))
    found, (problem,) = load(path, TODAY)
    assert (problem.id, problem.line, problem.level) == (id, line, "error")
    assert found == ()


def test_a_number_nobody_called_for_half_a_year_is_warned_of_and_not_trusted(tmp_path: Path) -> None:
    days = (TRUSTED_DAYS, TRUSTED_DAYS + 1)
    found, problems = load(file(tmp_path, *(helpline(called=TODAY - timedelta(days=d)) for d in days)), TODAY)
    assert [one.trusted(TODAY) for one in found] == [True, False]
    assert [(one.id, one.level) for one in problems] == [("helpline-old", "warning")]


def test_an_empty_list_and_one_that_fits_no_message_are_named(tmp_path: Path) -> None:
    assert [one.id for one in load(file(tmp_path, "  []\n"), TODAY)[1]] == ["helplines-empty"]
    crowd = file(tmp_path, *(helpline(name="x" * 60) for _ in range(12)))
    assert {one.id for one in load(crowd, TODAY)[1]} == {"helplines-long"}
    assert Watched(crowd).current(TODAY) == ()


@pytest.mark.parametrize("words", ["", "just words", "helplines: 5", "helplines: [1, [2], {a: b}]", "[", "\x00"])
def test_whatever_stands_in_the_file_nothing_is_raised(tmp_path: Path, words: str) -> None:
    path = tmp_path / "helplines.yaml"
    path.write_text(words)
    found, problems = load(path, TODAY)
    assert found == ()
    assert problems != ()


def test_a_file_that_changes_is_read_anew_and_one_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, helpline())
    watched = Watched(path)
    assert [one.number for one in watched.current(TODAY)] == ["000-111"]
    file(tmp_path, helpline("000-333"))
    os.utime(path, ns=(1, 1))
    assert [one.number for one in watched.current(TODAY)] == ["000-333"]
    path.unlink()
    assert watched.current(TODAY) == ()
    assert Watched(None).current(TODAY) == ()


def test_check_reads_it_as_helplines_and_no_shelf_as_a_survey(tmp_path: Path) -> None:
    path = file(tmp_path, helpline("call"))
    assert [one.id for one in check([tmp_path]).problems] == ["helpline-wrong"]
    assert path not in survey_files(tmp_path)
