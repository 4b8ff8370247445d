"""Hostile, damaged and senseless forms: each is refused or read, in our own words, and nothing else happens.

Promises:
1. A bomb, a name that leads out of the file, an entity, a table without end is refused before it is read.
2. Whatever else is no form is refused in the process that reads, which ends in time and within its memory.
3. A form of any words is a survey or a list of mistakes; the reader is never brought down by one.
4. The process that reads knows no secret.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.files.xlsform import asking, opening
from bot.files.xlsform.carry import bring, carried
from bot.files.xlsform.child import MOST_WARNINGS, pyxform_says
from bot.files.xlsform.opening import MEMORY, opened
from bot.files.xlsform.sheets import Form, Row, Sheet
from tests.files.xlsform.hostile import HOSTILE, READ, good
from tests.files.xlsform.mutants import damaged_form, mutations, taken
from tests.files.xlsform.tables import phrases, said

FORMS = 24


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    problem, made = HOSTILE[name]
    path = tmp_path / "form.xlsx"
    path.write_bytes(made())
    found = bring(path)

    assert found.text == ""
    assert problem in [one.id for one in found.told]
    assert found.report().endswith("Nothing was made of the form.")


@pytest.mark.parametrize("name", READ)
def test_a_strange_file_is_read_without_what_is_strange(tmp_path: Path, name: str) -> None:
    problem, made = READ[name]
    path = tmp_path / "form.xlsx"
    path.write_bytes(made())
    found = opened(path)

    assert "survey" in found.form
    assert [one.problem for one in found.told][:1] == ([problem] if problem else [])
    assert "HYPERLINK" not in str(found.form)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.xlsx"):
        assert [one.problem for one in opened(path).told] == ["form-no-file"]


def test_a_reader_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(good())
    monkeypatch.setattr(opening, "SECONDS", 0.001)

    assert [one.problem for one in opened(path).told] == ["form-too-slow"]


def test_a_reader_that_wants_too_much_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import resource\nset_limit = resource.setrlimit\n"
        "def less(which, limits):\n"
        f"    most = limits[0] - {MEMORY} + 2**16\n"
        "    set_limit(which, (most, most) if which == resource.RLIMIT_AS else limits)\n"
        "resource.setrlimit = less\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    path = tmp_path / "form.xlsx"
    path.write_bytes(good("community-trust"))

    found = opened(path)

    assert found.form == {}
    assert found.told[0].problem in ("form-too-much", "form-not-xlsx")


def test_the_process_that_reads_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    run = subprocess.run

    def watched(*words: Any, **given: Any) -> Any:
        seen.update(given["env"])
        return run(*words, **given)

    monkeypatch.setenv("AITBAR_TELEGRAM_TOKEN", "1:secret")
    monkeypatch.setattr(subprocess, "run", watched)
    path = tmp_path / "form.xlsx"
    path.write_bytes(good())

    assert opened(path).told == ()
    assert "PATH" in seen
    assert not [name for name in seen if name.startswith("AITBAR")]


def test_damaged_forms_are_read_or_refused() -> None:
    counts = mutations(FORMS, seed=2026)

    assert counts.crashes == []
    assert counts.files == counts.taken + counts.refused == FORMS
    assert counts.most_memory < MEMORY
    assert min(counts.taken, counts.refused) > 3


def test_the_same_number_and_seed_give_the_same_form() -> None:
    assert damaged_form(7, 3) == damaged_form(7, 3)
    assert damaged_form(7, 3) != damaged_form(7, 7)


def test_a_sound_form_counts_as_taken() -> None:
    assert taken(good())


WORDS = st.sampled_from(
    [
        "select_one abc", "select_multiple abc or_other", "rank abc", "integer", "date", "range", "text", "note",
        "begin_group", "end_group", "begin_repeat", "end_repeat", "calculate", "acknowledge", "geopoint",
        "a", "b", "abc", "${a}", "${a} = 'x'", ". > 1 and . < 5", "selected(., 'a')", "yes", "no", "null", "[]",
        "{}", "scale", "grid", "true", "1", "month-year", "start=1 end=3", "province=${a}", "x y z", "'", "(",
        "dont_know", "99", "[1, [2]]", '{"en": "x"}', '"x', "trust4", "date('2026-01-01')", "if(", "a" * 300,
    ]
)  # fmt: skip
TITLES = st.sampled_from(
    [
        "type", "name", "label", "label::English (en)", "label::Urdu (ur)", "hint", "relevant", "required",
        "key", "constraint", "constraint_message::en", "choice_filter", "calculation", "appearance",
        "parameters", "value", "list_name", "media::audio::en", "aitbar_type", "aitbar_scale", "aitbar_options",
        "aitbar_x::en", "order", "form_title", "form_id", "version", "default_language", "default",
        "aitbar_section", "aitbar_arms", "text::en", "disabled", "aitbar_min", "aitbar_id", "aitbar_statements",
    ]
)  # fmt: skip
SHEETS = st.sampled_from(["survey", "choices", "settings", "aitbar", "aitbar_scales", "aitbar_indicators", "more"])


@st.composite
def any_sheet(draw: st.DrawFn) -> Sheet:
    """A sheet of words that mean something to a form, wherever they stand."""
    titles = draw(st.lists(TITLES, min_size=1, max_size=8, unique=True))
    first = st.fixed_dictionaries(dict.fromkeys([title for title in titles if title in ("type", "name")], WORDS))
    rows = draw(
        st.lists(st.tuples(first, st.dictionaries(st.sampled_from(titles), WORDS, max_size=6)), max_size=8)
    )
    return Sheet(titles, [Row(at + 2, {**one, **more}) for at, (one, more) in enumerate(rows)])


@given(form=st.dictionaries(SHEETS, any_sheet(), max_size=5), survey=any_sheet())
@settings(max_examples=40)
def test_any_form_is_a_survey_or_a_list_of_mistakes(form: dict[str, Sheet], survey: Sheet) -> None:
    whole: Form = {**form, "survey": survey}
    made = carried(whole, "form.xlsx", phrases())

    assert made.loaded is not None
    assert made.loaded.survey is not None or made.refused
    assert len(list(pyxform_says(whole))) < MOST_WARNINGS + 2


def test_long_lists_that_many_questions_share_are_not_copied_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_COPIED", 500)
    survey = Sheet(["type", "name"], [Row(at, {"type": "select_one l", "name": f"q{at}"}) for at in range(2, 302)])
    choices = Sheet(["list_name", "name"], [Row(at, {"list_name": "l", "name": str(at)}) for at in range(2, 102)])
    made = carried({"survey": survey, "choices": choices}, "form.xlsx", phrases())

    assert "form-too-many" in [problem.id for problem in made.told]
    assert len(said(made)["questions"]) == 5


def test_reading_a_form_needs_no_other_part_of_the_program() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, bot.files.xlsform.child; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "bot.files.xlsform.limits" in seen
    assert not {"bot.settings", "bot.store", "telegram", "sqlalchemy", "pyxform", "openpyxl"} & set(seen)
