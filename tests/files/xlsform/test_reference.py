"""Every type, column and setting of XLSForm: converted by pyxform, read back, and what becomes of it.

The lists stand here, so that a new word of XLSForm is a new row (xlsform.org/en/ref-table, docs.getodk.org).
"""

from __future__ import annotations

from typing import Any

import pytest
from pyxform.xls2xform import convert

from tests.files.xlsform.tables import ids, said, taken

CHOICES = """
| choices | | | | |
| | list_name | name | label::English (en) | {column} |
| | abc | a | Apple | {kp} |
| | abc | b | Banana | {sindh} |
| | where | kp | KP | |
| | where | sindh | Sindh | |
"""


def choices(column: str = "", kp: str = "", sindh: str = "") -> str:
    """Two lists, with one more column if there is one."""
    return CHOICES.format(column=column, kp=kp, sindh=sindh)


CARRIED: dict[str, tuple[str, dict[str, Any]]] = {
    "integer": ("number", {}),
    "int": ("number", {}),
    "decimal": ("number", {"decimals": 2}),
    "text": ("text", {}),
    "string": ("text", {}),
    "audio": ("voice", {}),
    "select_one abc": ("choice", {}),
    "select one abc": ("choice", {}),
    "select_multiple abc": ("choices", {}),
    "select all that apply from abc": ("choices", {}),
    "rank abc": ("ranking", {}),
    "note": ("note", {}),
    "date": ("date", {"precision": "day"}),
    "calculate": ("calculate", {"value": "1 + 1"}),
}
"""Types that are carried: the kind of question that each is, and what else is said of it."""

CHANGED = {
    "range": ("scale", "form-range"),
    "acknowledge": ("note", "form-acknowledge"),
    "trigger": ("note", "form-acknowledge"),
    "select_one abc or_other": ("choice", "form-other"),
    "select_multiple abc or_other": ("choices", "form-other"),
}
"""Types that become something else, and what is said."""

REFUSED = (
    "geopoint", "geotrace", "geoshape", "start-geopoint", "time", "dateTime", "image", "photo",
    "background-audio", "video", "file", "barcode", "hidden", "start", "end", "today", "deviceid", "phonenumber",
    "username", "email", "audit", "select_one_from_file towns.csv", "select_multiple_from_file towns.csv",
    "xml-external", "csv-external",
)  # fmt: skip
"""Types that are refused by name."""


def one(kind: str, more: str = "", cell: str = "", lists: str = "") -> str:
    """A form that asks one thing before the one of this type."""
    calculation, label = ("1 + 1", "") if kind == "calculate" else ("", "It?")
    lists = lists or (choices("province", "kp", "sindh") if "province" in cell else choices())
    name = "audit" if kind == "audit" else "it"
    return f"""
    | survey | | | | | |
    | | type | name | label::English (en) | calculation | {more} |
    | | select_one where | place | Where? | | |
    | | {kind} | {name} | {label} | {calculation} | {cell} |
    {lists}
    """


def converted(tables: str) -> str:
    """The form that pyxform makes of it."""
    lines = (line.strip() for line in tables.splitlines())
    xform: str = convert("\n".join(filter(None, lines)) + "\n", file_type=".md").xform
    return xform


@pytest.mark.parametrize("kind", CARRIED)
def test_a_type_is_carried(kind: str) -> None:
    wanted, more = CARRIED[kind]
    converted(one(kind))
    made = taken(one(kind))
    asked = said(made)["questions"]

    assert [(question["id"], question["type"]) for question in asked] == [("place", "choice"), ("it", wanted)]
    assert more.items() <= asked[1].items()
    assert ids(made) == []


@pytest.mark.parametrize("kind", CHANGED)
def test_a_type_is_changed_and_said(kind: str) -> None:
    wanted, problem = CHANGED[kind]
    if "or_other" not in kind:  # pyxform takes or_other without translations alone
        converted(one(kind))
    made = taken(one(kind))

    assert said(made)["questions"][1]["type"] == wanted
    assert ids(made) == [problem]
    assert made.told[0].level == "warning"
    assert (made.told[0].file, made.told[0].line) == ("form.xlsx [survey]", 3)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_type_is_refused_by_name(kind: str) -> None:
    converted(one(kind))
    made = taken(one(kind))

    assert [question["id"] for question in said(made)["questions"]] == ["place"]
    assert ids(made) == ["form-type"]
    assert f"'{kind.split()[0].lower()}'" in made.told[0].what
    assert (made.told[0].level, made.told[0].line) == ("error", 3)
    assert "Left out: form.xlsx [survey], row 3" in made.text


def test_a_group_is_a_section_and_its_relevant_the_condition() -> None:
    tables = f"""
    | survey | | | | |
    | | type | name | label::English (en) | relevant |
    | | select_one where | place | Where? | |
    | | begin_group | there | Over there | ${{place}} = 'kp' |
    | | select_one abc | fruit | Which? | |
    | | end_group | | | |
    {choices()}
    """
    converted(tables)
    made = taken(tables)

    assert said(made)["sections"] == {"there": {"title": {"en": "Over there"}, "show_if": "${place} = 'kp'"}}
    assert said(made)["questions"][1]["section"] == "there"
    assert ids(made) == ["form-section"]


def test_a_repeat_is_refused_with_all_in_it() -> None:
    tables = f"""
    | survey | | | | |
    | | type | name | label::English (en) | repeat_count |
    | | select_one where | place | Where? | |
    | | begin_repeat | child | A child | 3 |
    | | text | called | Its name? | |
    | | end_repeat | | | |
    {choices()}
    """
    converted(tables)
    made = taken(tables)

    assert [question["id"] for question in said(made)["questions"]] == ["place"]
    assert ids(made) == ["form-repeat"]
    assert "'child'" in made.told[0].what
    assert "called" in made.told[0].what


# -- columns of the survey sheet --------------------------------------------------------------------------

CARRIED_COLUMNS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "required": ("select_one abc", "yes", {"options": {"a": {"en": "Apple"}, "b": {"en": "Banana"}}}),
    "relevant": ("select_one abc", "${place} = 'kp'", {"show_if": "${place} = 'kp'", "required": False}),
    "bind::relevant": ("select_one abc", "${place} = 'kp'", {"show_if": "${place} = 'kp'"}),
    "constraint": ("integer", ". >= 1 and . < 10", {"min": 1, "max": 9}),
    "choice_filter": (
        "select_one abc",
        "province=${place}",
        {"choice_filter": {"place": {"kp": ["a"], "sindh": ["b"]}}},
    ),
    "appearance": ("date", "month-year", {"type": "date"}),
    "parameters": ("select_one abc", "randomize=true", {"shuffle": True}),
    "media::audio::English (en)": ("note", "it.ogg", {"audio": {"en": "it.ogg"}}),
    "audio::English (en)": ("note", "it.ogg", {"audio": {"en": "it.ogg"}}),
}
"""Columns that are carried: a type, a cell, and what the question says then."""

CHANGED_COLUMNS = {
    "hint::English (en)": ("select_one abc", "Think", "form-hint"),
    "constraint_message::English (en)": ("integer", "From one to nine", "form-message"),
    "note": ("select_one abc", "for the office", "form-column-unknown"),
    "label::French (fr)": ("select_one abc", "Quoi?", "form-language-unknown"),
    "audio::Pashto (ps)": ("note", "it.ogg", "form-language-unlabelled"),
    "constraint_message::Urdu (ur)": ("integer", "ایک سے نو تک", "form-language-unlabelled"),
    "appearance": ("select_one abc", "minimal", "form-appearance"),
    "parameters": ("text", "rows=5", "form-parameter"),
}
"""Columns that are changed or left out without harm: a type, a cell, and what is said."""

REFUSED_COLUMNS = {
    "guidance_hint::English (en)": ("select_one abc", "Read slowly"),
    "required_message::English (en)": ("select_one abc", "Please answer"),
    "default": ("select_one abc", "a"),
    "read_only": ("select_one abc", "yes"),
    "readonly": ("select_one abc", "yes"),
    "trigger": ("calculate", "${place}"),
    "media::video::English (en)": ("note", "it.mp4"),
    "media::big-image::English (en)": ("note", "it.png"),
    "body::accuracyThreshold": ("select_one abc", "5"),
    "bind::foo": ("select_one abc", "bar"),
    "instance::odk:tag": ("select_one abc", "x"),
    "save_to": ("text", "x"),
    "autoplay": ("note", "audio"),
}
"""Columns that are refused by name: a type and a cell."""


@pytest.mark.parametrize("column", CARRIED_COLUMNS)
def test_a_column_is_carried(column: str) -> None:
    kind, cell, wanted = CARRIED_COLUMNS[column]
    converted(one(kind, column, cell))
    made = taken(one(kind, column, cell))

    assert wanted.items() <= said(made)["questions"][1].items()
    assert ids(made) == []


@pytest.mark.parametrize("column", CHANGED_COLUMNS)
def test_a_column_is_changed_and_said(column: str) -> None:
    kind, cell, problem = CHANGED_COLUMNS[column]
    if column != "parameters":
        converted(one(kind, column, cell))
    made = taken(one(kind, column, cell))

    assert ids(made) == [problem]
    assert made.told[0].level == "warning"


@pytest.mark.parametrize("column", REFUSED_COLUMNS)
def test_a_column_is_refused_by_name(column: str) -> None:
    kind, cell = REFUSED_COLUMNS[column]
    if not column.startswith(("media::big", "save_to")):  # pyxform takes this one beside a sheet of entities only
        converted(one(kind, column, cell))
    made = taken(one(kind, column, cell))

    assert ids(made) == ["form-column"]
    assert made.told[0].level == "error"
    assert made.told[0].line == 3


def test_a_picture_is_carried_as_soon_as_a_note_can_have_one() -> None:
    from bot.files.form import Note

    made = taken(one("note", "media::image", "it.png"))

    assert ("picture" in said(made)["questions"][1]) is ("picture" in Note.model_fields)
    assert ids(made) == ([] if "picture" in Note.model_fields else ["form-key"])


# -- choices and settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["media::image", "media::audio::English (en)", "image", "video"])
def test_pictures_and_sounds_of_options_are_refused(column: str) -> None:
    tables = one("note", lists=choices(column, "a.png"))
    converted(tables)
    made = taken(tables)

    assert set(ids(made)) <= {"form-choice-media", "form-language-unsaid"}
    assert "form-choice-media" in ids(made)


def test_a_column_of_the_choices_that_no_filter_reads_is_said() -> None:
    made = taken(one("note", lists=choices("province", "kp", "sindh")))

    assert ids(made) == ["form-column-unknown"]
    assert "province" in made.told[0].what


SETTINGS = {
    "form_title": ("My form", None),
    "form_id": ("my_form", None),
    "version": ("7", None),
    "default_language": ("English (en)", None),
    "allow_choice_duplicates": ("yes", None),
    "instance_name": ("concat('a', 'b')", "form-setting"),
    "public_key": ("MIIB", "form-setting"),
    "submission_url": ("https://example.org", "form-setting"),
    "style": ("pages", "form-setting"),
    "name": ("data", "form-setting"),
    "auto_send": ("true", "form-setting"),
    "something": ("else", "form-column-unknown"),
}
"""Settings: a cell, and what is said of each."""


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_is_carried_or_said(setting: str) -> None:
    cell, problem = SETTINGS[setting]
    tables = f"{one('note')}\n| settings | |\n| | {setting} |\n| | {cell} |"
    converted(tables)
    made = taken(tables)
    survey = said(made)

    assert ids(made) == ([] if problem is None else [problem])
    wanted = {
        "form_title": ("title", {"en": "My form"}),
        "form_id": ("survey", "my_form"),
        "version": ("version", 7),
    }
    if setting in wanted:
        key, value = wanted[setting]
        assert survey[key] == value
