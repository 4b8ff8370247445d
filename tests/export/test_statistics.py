"""Rows for SPSS and Stata, read back by pyreadstat.

1. Labels come back unchanged in Urdu, Pashto and English; what does not fit is cut at a word, never silently.
2. Every answer comes back, and what is no answer can be told apart and is user-missing.
3. Names are unique, short enough, and no words that the programs reserve.
4. The files tell no moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.survey import LANGUAGES, Option, Question, Survey
from bot.export.variables import FAR, LONGEST_NAME, SPECIAL, TEXT, Variable, variables
from bot.store import Released
from tests.core.sample import choices, survey, words, yes_no
from tests.export.sample import PHRASES, PLACES, SILENT, SURVEYS, WOMAN, folder, known, people

ROWS = [
    Released((("district", "swat"),), WOMAN, "ps"),
    Released((), SILENT, "en"),
    Released((), {"trust": "much", "age_band": "_withheld"}, "ur"),
]
READ = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}


def read(
    tmp_path: Path, asked: Survey, rows: list[Released], format: str, language: str = "en"
) -> tuple[Any, Any]:
    """The rows and what is said of them, as a program for statistics has them."""
    frame, about = READ[format](
        folder(tmp_path, asked, rows, format, language) / f"rows.{format}", user_missing=True
    )
    return frame, about


def labels(variable: Variable, format: str, language: str) -> dict[object, str]:
    """The labels of a column's values, as they should come back."""
    return {
        SPECIAL[value.code][1] if value.special and format == "dta" else value.number: value.label[language]
        for value in variable.values
        if value.number is not None or format == "dta"
    }


# -- 1. labels --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format", READ)
@pytest.mark.parametrize("path", SURVEYS[:1], ids=lambda path: path.stem)
def test_labels_come_back_unchanged_where_they_fit(tmp_path: Path, path: Path, format: str, language: str) -> None:
    asked = known(path)
    _, about = read(tmp_path, asked, people(asked, 12), format, language)
    most, size = (256, lambda text: len(text.encode())) if format == "sav" else (80, len)
    for one in variables(asked, PHRASES):
        whole = " ".join(one.label[language].split())
        label = about.column_names_to_labels[one.name]
        assert label == whole if size(whole) <= most else label.endswith("…") and size(label) <= most
        assert about.variable_value_labels[one.name] == labels(one, format, language)


LONG = "میں اپنے علاقے کے لوگوں پر بھروسہ کرتا ہوں " * 12


@pytest.mark.parametrize("format", READ)
def test_a_label_that_is_too_long_is_cut_at_a_word_and_says_so(tmp_path: Path, format: str) -> None:
    option = Option("one", dict.fromkeys(LANGUAGES, LONG))
    asked = survey("some", Question("some", "choice", dict.fromkeys(LANGUAGES, LONG), (option,)))
    _, about = read(tmp_path, asked, [Released((), {"some": "one"}, "ur")], format, "ur")
    title, value = about.column_names_to_labels["some"], about.variable_value_labels["some"][1]
    for label in (title, *([value] if format == "sav" else [])):
        assert LONG.startswith(label.removesuffix("…"))
        assert label.removesuffix("…").split() == LONG.split()[: len(label.split())]
        assert label.endswith("…")
    assert len(title.encode()) <= 256 and len(value.encode()) <= 120 if format == "sav" else len(title) <= 80


# -- 2. answers -------------------------------------------------------------------------------------------


def test_answers_and_what_is_none_come_back_from_spss(tmp_path: Path) -> None:
    frame, about = read(tmp_path, PLACES, ROWS, "sav")
    woman, silent, third = (frame.iloc[at].to_dict() for at in range(3))
    assert [woman[id] for id in ("district", "gender", "age_band", "trust")] == [1, 1, 2, 2]
    assert [woman[f"kept_away_{code}"] for code in ("time", "way", "nothing")] == [1, 1, 0]
    assert [woman["needs_1"], woman["needs_2"]] == [2, 1]
    assert [woman["meetings"], woman["cold"], woman["joined"], woman["language"]] == [3, -1.5, "2025-03", 2]
    assert [woman["group_district"], woman["group_gender"]] == [1, SPECIAL["_merged"][0]]
    assert [silent[id] for id in ("trust", "kept_away_way", "needs_2", "meetings")] == [-4, -1, -1, -1]
    assert [silent["cold"], silent["joined"]] == [FAR - 2, "dont_know"], "-2 degrees are an answer"
    assert [third[id] for id in ("district", "age_band", "trust", "cold")] == [-3, -6, 3, FAR - 3]
    assert set(about.missing_ranges) == set(frame.columns) - {"joined", "language"}
    for name, (missing,) in about.missing_ranges.items():
        assert not any(missing["lo"] <= number <= missing["hi"] for number in (woman[name],) if number > -2)
        assert all(missing["lo"] <= number <= missing["hi"] for number in (silent[name],) if number < -2)


def test_answers_and_what_is_none_come_back_from_stata(tmp_path: Path) -> None:
    frame, about = read(tmp_path, PLACES, ROWS, "dta")
    woman, silent, third = (frame.iloc[at].to_dict() for at in range(3))
    assert [woman[id] for id in ("district", "gender", "age_band", "trust")] == [1, 1, 2, 2]
    assert [woman["meetings"], woman["cold"], woman["joined"]] == [3, -1.5, "2025-03"]
    assert [silent[id] for id in ("trust", "kept_away_way", "needs_2", "meetings", "cold")] == list("daaab")
    assert [third[id] for id in ("district", "age_band", "trust", "cold", "group_gender")] == [
        "c",
        "f",
        3,
        "c",
        "g",
    ]
    assert set("ac") <= set(about.missing_user_values["meetings"])


@pytest.mark.parametrize("format", READ)
@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_example_comes_back_as_it_was_written(tmp_path: Path, path: Path, format: str) -> None:
    asked = known(path)
    rows = people(asked, 25)
    frame, _ = read(tmp_path, asked, rows, format)
    columns = variables(asked, PHRASES)
    assert list(frame.columns) == [one.name for one in columns]
    for one in columns:
        wanted = [expected(one, row, format) for row in rows]
        assert [None if value != value else value for value in frame[one.name]] == wanted


def expected(variable: Variable, row: Released, format: str) -> object:
    """What should come back of one cell."""
    given = variable.read(row)
    value = variable.value(given)
    if variable.shape == TEXT or value is None:
        return given
    return SPECIAL[value.code][1] if value.special and format == "dta" else value.number


def test_a_scale_of_bare_numbers_keeps_them_and_what_cannot_be_worked_out_is_empty() -> None:
    (life,) = [one for one in columns_of("ends").values() if one.name == "life"]
    assert {value.code: value.number for value in life.values if not value.special} == {
        f"n{number}": number for number in range(11)
    }
    assert all(value.number is None for value in columns_of("calculate")["people"].values)


def columns_of(example: str) -> Mapping[str, Variable]:
    """The columns of an example survey, by name."""
    (path,) = [path for path in SURVEYS if path.stem == example]
    return {one.name: one for one in variables(known(path), PHRASES)}


# -- 3. names ---------------------------------------------------------------------------------------------

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)


@settings(max_examples=60)
@given(st.lists(IDS, min_size=1, max_size=4, unique=True), st.lists(IDS, min_size=1, max_size=6, unique=True))
def test_every_column_has_a_name_of_its_own_that_fits(ids: list[str], codes: list[str]) -> None:
    asked = survey("names", *(choices(id, *codes) for id in ids), yes_no("language"))
    names = [one.name for one in variables(asked, PHRASES)]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= LONGEST_NAME and not name.endswith("_") for name in names)


def test_a_column_never_takes_the_name_of_a_question() -> None:
    asked = survey("names", choices("kept", "away"), yes_no("kept_away"), yes_no("language"))
    assert [one.name for one in variables(asked, PHRASES)] == [
        "kept_away_2",
        "kept_away",
        "language",
        "interview_language",
    ]


# -- 4. no moment -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", READ)
def test_equal_rows_give_equal_bytes_whenever_they_are_written(tmp_path: Path, format: str) -> None:
    first = (folder(tmp_path, PLACES, ROWS, format) / f"rows.{format}").read_bytes()
    _, about = read(tmp_path / "again", PLACES, ROWS, format, "ur")
    assert (tmp_path / "again" / f".{format}.unfinished" / f"rows.{format}").read_bytes() == first
    assert about.creation_time.year == 2000


@pytest.mark.parametrize("format", READ)
def test_no_answer_in_own_words_has_a_column(tmp_path: Path, format: str) -> None:
    frame, _ = read(tmp_path, PLACES, ROWS, format)
    assert "more" not in frame.columns
    frame, _ = read(tmp_path / "kept", replace(PLACES, questions=PLACES.questions[:4]), ROWS, format)
    assert list(frame.columns)[:4] == ["district", "gender", "age_band", "trust"]


def test_the_words_of_columns_are_those_of_the_survey() -> None:
    by_name = {one.name: one for one in variables(PLACES, PHRASES)}
    assert by_name["kept_away_way"].label == {code: f"way ({code}): kept_away ({code})" for code in LANGUAGES}
    assert by_name["needs_2"].label == {code: f"2. needs ({code})" for code in LANGUAGES}
    assert by_name["trust"].label == words("trust")
