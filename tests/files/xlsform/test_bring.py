"""A form of somebody else, or one of ours changed in Kobo or Excel, becomes a survey file and a report.

1. Nothing is dropped silently; what was changed or refused is told with its sheet and row.
2. XLSForm's own columns win over ours, as soon as they have been changed.
3. What looks like "don't know" is proposed, never assumed.
4. The file that is made says where an author must decide; its mistakes are told by the row of the form.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.files.surveys import load
from bot.files.xlsform import sheets as sheets_module
from bot.files.xlsform.carry import as_read, bring, carried, out
from bot.files.xlsform.export import form_of
from bot.files.xlsform.sheets import Form, FormTrouble, Row, as_bytes
from tests.files.xlsform.tables import ids, phrases, said, taken, taken_from
from tests.rig import ROOT

KOBO = """
| survey | | | | | | |
| | type | name | label::English (en) | label::Urdu (ur) | relevant | constraint |
| | start | start | | | | |
| | select_one YesNo | Q1-Met | Did you attend? | کیا آپ آئے؟ | | |
| | integer | How.many | How many times? | کتنی بار؟ | ${Q1-Met} = '1' | . > 0 and . <= 30 |
| | select_multiple why | reasons | Why not ${Q1-Met}? | کیوں نہیں؟ | ${How.many} < 3 | ALONE |
| | geopoint | place | Where are you? | آپ کہاں ہیں؟ | | |
| choices | | | | |
| | list_name | name | label::English (en) | label::Urdu (ur) |
| | YesNo | 1 | Yes | ہاں |
| | YesNo | 2 | No | نہیں |
| | why | far | Too far | دور |
| | why | Time | No time | وقت نہیں |
| | why | 99 | Refused | جواب نہیں دیا |
| settings | | | |
| | form_title | form_id | version |
| | Meetings | Meetings 2026 | vX3 |
""".replace("ALONE", "not(selected(., '99') and count-selected(.) > 1)")


def test_a_form_from_kobo_becomes_a_survey_that_waits_for_decisions() -> None:
    made = taken(KOBO)
    survey = said(made)

    assert survey["survey"] == "meetings-2026"
    assert survey["languages"] == ["ur", "en"]
    assert [question["id"] for question in survey["questions"]] == ["q1_met", "how_many", "reasons"]
    assert survey["questions"][1]["show_if"] == "${q1_met} = 'code_1'"
    assert (survey["questions"][1]["min"], survey["questions"][1]["max"]) == (1, 30)
    assert survey["questions"][2]["exclusive"] == ["code_99"]
    assert survey["questions"][2]["ask"]["en"] == "Why not ${q1_met}?"
    assert survey["questions"][0]["required"] is False
    assert made.refused
    for word in ("Every question offers", "licence is missing", "consent is missing", "indicators are missing"):
        assert f"# {word}" in made.text


def test_the_report_names_sheet_and_row() -> None:
    made = taken(KOBO)
    told = {(problem.id, problem.file, problem.line) for problem in made.told}

    assert ("form-type", "form.xlsx [survey]", 2) in told
    assert ("form-type", "form.xlsx [survey]", 6) in told
    assert ("form-renamed", "form.xlsx [survey]", 3) in told
    assert ("form-renamed", "form.xlsx [choices]", 2) in told
    assert ("form-special", "form.xlsx [choices]", 6) in told
    assert ("form-version", "form.xlsx [settings]", 2) in told
    assert "Refused:\n  form.xlsx [survey]:2 - 'start'" in made.report()


def test_what_looks_like_a_refusal_is_proposed_and_kept() -> None:
    made = taken(KOBO)
    (like,) = [problem for problem in made.told if problem.id == "form-special"]

    assert "'99' (Refused) of the list 'why' looks like prefer_not" in like.what.replace(
        "جواب نہیں دیا", "Refused"
    )
    assert "code_99" in said(made)["questions"][2]["options"]


def test_a_mistake_of_the_survey_is_told_at_the_row_of_the_form() -> None:
    made = taken(KOBO.replace("| Too far | دور |", "| Too far | |"))
    at = [(problem.file, problem.line) for problem in made.problems if problem.id == "missing-language"]

    assert ("form.xlsx [choices]", 4) in at


def test_a_form_of_another_manner_is_read_too() -> None:
    made = taken(
        """
        | survey | | | |
        | | Type | Name | Label | relevance |
        | | select one from yn | a | A? | |
        | | note | b | B. | ${a} = "y" |
        | choices | | | |
        | | list name | name | label |
        | | yn | y | Y |
        | | yn | n | N |
        """
    )

    assert said(made)["questions"][1]["show_if"] == "${a} = 'y'"
    assert set(ids(made)) == {"form-language-unsaid"}
    assert said(made)["languages"] == ["en"]


def test_a_second_picture_is_named_as_left_out() -> None:
    made = taken(
        """
        | survey | | | | | | |
        | | type | name | label::en | label::ur | media::image::en | media::image::ur |
        | | note | b | B. | ب۔ | road.png | bridge.png |
        """
    )

    assert said(made)["questions"][0]["picture"] == "bridge.png"
    assert "form-pictures" in ids(made)


@pytest.mark.parametrize(
    ("relevant", "function"),
    [
        ("pulldata('a', 'b', 'c', ${a}) = '1'", "pulldata()"),
        ("${a} = 'y' and today() > 1", "today()"),
        ("regex(${a}, 'y')", "regex()"),
        ("selected-at(${a}, 0) = 'y'", "selected-at()"),
    ],
)
def test_another_function_is_refused_by_name_and_left_for_the_author(relevant: str, function: str) -> None:
    made = taken(
        f"""
        | survey | | | | |
        | | type | name | label::en | relevant |
        | | select_one yn | a | A? | |
        | | note | b | B. | {relevant} |
        | choices | | | |
        | | list_name | name | label::en |
        | | yn | y | Y |
        | | yn | n | N |
        """
    )

    assert ids(made) == ["form-function"]
    assert function in made.told[0].what
    assert said(made)["questions"][1]["show_if"] == relevant
    assert ("form.xlsx [survey]", 3, "condition-unreadable") in {(p.file, p.line, p.id) for p in made.problems}


def test_groups_inside_groups_become_sections_side_by_side() -> None:
    made = taken(
        """
        | survey | | | | |
        | | type | name | label::en | relevant |
        | | select_one yn | a | A? | |
        | | begin_group | outer | Out | ${a} = 'y' |
        | | note | b | B. | |
        | | begin_group | inner | | ${a} != 'n' |
        | | note | c | C. | |
        | | end_group | | | |
        | | note | d | D. | |
        | | end_group | | | |
        | | begin_group | nothing | None | |
        | | end_group | | | |
        | choices | | | |
        | | list_name | name | label::en |
        | | yn | y | Y |
        | | yn | n | N |
        """
    )
    survey = said(made)

    assert [question.get("section") for question in survey["questions"]] == [None, "outer", "inner", "outer_2"]
    assert survey["sections"]["inner"]["show_if"] == "(${a} = 'y') and (${a} != 'n')"
    assert survey["sections"]["inner"]["title"] == {"en": "Out"}
    assert {"form-section", "form-section-apart", "form-group-empty"} == set(ids(made))


def test_what_a_group_the_consent_or_an_option_cannot_have_is_said() -> None:
    made = taken(
        """
        | survey | | | | | |
        | | type | name | label::en | hint::en | choice_filter |
        | | acknowledge | agree | Agree? | Think | |
        | | begin_group | part | Part | Hint | |
        | | select_one yn | a | A? | | |
        | | integer | b | B? | | x=${a} |
        | | end_group | | | | |
        | choices | | | |
        | | list_name | name | label::en |
        | | yn | y | Y |
        | | yn | n | N |
        | | yn | y | Why |
        | settings | |
        | | allow_choice_duplicates |
        | | yes |
        """
    )
    told = [(problem.id, problem.line) for problem in made.told if problem.level == "error"]

    assert told == [("form-choice-twice", 4), ("form-column", 2), ("form-column", 3), ("form-key", 5)]
    assert said(made)["consent"] == {"en": "Agree?"}


# -- ours, changed elsewhere ------------------------------------------------------------------------------


def changed(name: str, sheet: str, at: int, **cells: str) -> Form:
    """The form of an example, with other words in some cells of a row."""
    form = form_of(load(ROOT / "surveys" / "examples" / f"{name}.yaml").said, phrases())
    rows = form[sheet].rows
    (place,) = [number for number, row in enumerate(rows) if row.number == at]
    rows[place] = Row(at, {**rows[place].cells, **cells})
    form[sheet].titles += [title for title in cells if title not in form[sheet].titles]
    return as_read(as_bytes(form))


def test_a_changed_condition_counts_and_ours_gives_way() -> None:
    made = carried(changed("show_if", "survey", 4, relevant="${attended} != 'no'"), "form.xlsx", phrases())

    assert said(made)["questions"][1]["show_if"] == "${attended} != 'no'"
    assert ids(made) == ["form-overruled"]
    assert made.told[0].line == 4


def test_limits_that_were_changed_count_and_bands_stay() -> None:
    made = carried(changed("number", "survey", 3, constraint=". >= 2 and . <= 50"), "form.xlsx", phrases())
    question = said(made)["questions"][0]

    assert (question["min"], question["max"]) == (2, 50)
    assert question["bands"]["up_to_five"] == [1, 5]
    assert "band-outside" in {problem.id for problem in made.problems}


def test_a_new_word_of_a_scale_is_a_new_word_for_all_its_questions() -> None:
    made = carried(changed("scale", "choices", 2, **{"label::English (en)": "Very bad"}), "form.xlsx", phrases())

    assert said(made)["scales"]["good4"]["options"]["bad"]["en"] == "Very bad"
    assert {question["type"] for question in said(made)["questions"]} == {"scale"}
    assert made.told == ()


def test_a_scale_whose_list_was_changed_for_one_question_is_a_choice_there() -> None:
    form = changed("scale", "survey", 4, type="select_one mine")
    form["choices"].rows.extend(
        Row(90 + at, {"list_name": "mine", "name": code, "label::English (en)": code.title()})
        for at, code in enumerate(("low", "high"))
    )
    made = carried(form, "form.xlsx", phrases())
    water, road = said(made)["questions"]

    assert (water["type"], road["type"]) == ("scale", "choice")
    assert list(road["options"]) == ["low", "high"]
    assert ids(made) == ["form-overruled", "form-overruled"]
    assert {problem.line for problem in made.told} == {4}


def test_a_column_of_ours_that_no_question_has_is_said() -> None:
    made = carried(changed("number", "survey", 3, aitbar_colour="red"), "form.xlsx", phrases())

    assert [(one.id, one.file, one.line) for one in made.told] == [("form-key", "form.xlsx [survey]", 3)]


def test_a_title_that_was_changed_counts() -> None:
    made = carried(changed("choice", "settings", 2, form_title="A new name"), "form.xlsx", phrases())

    assert "A new name" in said(made)["title"].values()
    assert ids(made) == ["form-title"]


# -- the door ---------------------------------------------------------------------------------------------


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    made = taken_from(tmp_path / "form.xlsx", KOBO)

    assert said(made) == said(taken(KOBO))
    assert "form-pyxform" not in ids(made)


def test_what_pyxform_refuses_is_told_with_its_row(tmp_path: Path) -> None:
    made = taken_from(tmp_path / "form.xlsx", KOBO.replace("${Q1-Met} = '1'", "${nobody} = '1'"))
    refused = [problem for problem in made.told if problem.id == "form-pyxform"]

    assert [(problem.file, problem.line) for problem in refused] == [("form.xlsx [survey]", 4)]


def test_a_survey_goes_out_and_comes_in_through_the_doors(tmp_path: Path) -> None:
    survey = ROOT / "surveys" / "examples" / "scale.yaml"
    content, _ = out(survey)
    (tmp_path / "form.xlsx").write_bytes(content)
    made = bring(tmp_path / "form.xlsx")

    assert made.report() == "0 changed, 0 refused, 0 to be mended. It can be opened as it is."
    assert made.loaded is not None
    assert made.loaded.document == load(survey).document


def test_a_missing_extra_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(FormTrouble, match=r"xlsxwriter is not installed\. It belongs to the extra 'xlsform'"):
        sheets_module.as_bytes({})
