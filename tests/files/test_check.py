"""What `aitbar check` finds in surveys and catalogues, and how far a survey is translated.

Promises:
1. Missing, unsure, unknown and doubled phrases are named, and so are wrong placeholders and forbidden letters.
2. Coverage is counted for each question and each language, texts and recordings apart, also in a broken file.
3. No damaged catalogue makes the check raise, print or dawdle.
4. The report is the same for people and for programs; the check needs neither Telegram nor a database.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bot.files.check import check
from bot.files.problems import Problem
from tests.files.sample import LOGICAL, SOUND, beside

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""

ENGLISH = """
msgid "welcome"
msgstr "Welcome, {name}"

msgid "waiting"
msgid_plural "waiting"
msgstr[0] "One person waits"
msgstr[1] "{n} people wait"

msgid "bye"
msgstr ""
"Good"
"bye"
"""

URDU = """
msgid "welcome"
msgstr "{name}، خوش آمدید"

msgid "waiting"
msgid_plural "waiting"
msgstr[0] "{n} شخص"
msgstr[1] "{n} لوگ"

msgid "bye"
msgstr "خدا حافظ"
"""


def catalogue(folder: Path, language: str, text: str, header: str = HEADER) -> Path:
    """A catalogue in its place under `folder`."""
    path = folder / language / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + text)
    return path


def found(tmp_path: Path, urdu: str, english: str = ENGLISH, language: str = "ur") -> list[Problem]:
    """The problems of a translation beside this English catalogue."""
    catalogue(tmp_path, "en", english)
    return list(check([catalogue(tmp_path, language, urdu)]).problems)


def urdu(old: str, new: str) -> str:
    """The sound translation with one piece replaced."""
    assert URDU.count(old) == 1
    return URDU.replace(old, new)


# -- catalogues (promise 1) -------------------------------------------------------------------------------


def test_sound_catalogues_have_no_problem(tmp_path: Path) -> None:
    """A singular may say the number or leave it out, as either English form does."""
    catalogue(tmp_path, "ur", URDU)
    catalogue(tmp_path, "en", ENGLISH)
    report = check([tmp_path])
    assert report.problems == ()
    assert len(report.files) == 2
    assert report.matrices == ()


@pytest.mark.parametrize(
    ("id", "text", "line"),
    [
        ("phrase-missing", urdu('"خدا حافظ"', '""'), 14),
        ("phrase-missing", urdu('msgstr[1] "{n} لوگ"', 'msgstr[1] ""'), 9),
        ("phrase-fuzzy", urdu('msgid "bye"', '#, fuzzy\nmsgid "bye"'), 15),
        ("phrase-absent", urdu('msgid "bye"\nmsgstr "خدا حافظ"\n', ""), 1),
        ("phrase-unknown", urdu('msgid "bye"', 'msgid "by"'), 14),
        ("phrase-twice", URDU + '\nmsgid "bye"\nmsgstr "الوداع"\n', 17),
        ("phrase-placeholders", urdu("{name}", "{nam}"), 6),
        ("phrase-placeholders", urdu("{name}", ""), 6),
        ("phrase-placeholders", urdu("{name}", "{name} {name}"), 6),
        ("phrase-placeholders", urdu("{n} لوگ", "{n} {m} لوگ"), 9),
        ("direction-letter", urdu("خوش آمدید", "خوش \u202bآمدید"), 6),
        ("direction-letter", urdu("خوش آمدید", "\u2068خوش\u2069 آمدید"), 6),
        ("presentation-form", urdu("خوش آمدید", "خـوش آمدید"), 6),
        ("presentation-form", urdu("خوش آمدید", "ﺧوش آمدید"), 6),
        ("foreign-letter", urdu("خوش آمدید", "خوش آمديد"), 6),
        ("button-wide", urdu('"خدا حافظ"', f'"خدا حافظ"\n\nmsgid "button-go"\nmsgstr "{"چلیں " * 12}چلیں"'), 17),
    ],
)
def test_each_mistake_of_a_translation_is_named_at_its_line(tmp_path: Path, id: str, text: str, line: int) -> None:
    """Promise 1."""
    problems = found(tmp_path, text)
    assert (id, line) in [(problem.id, problem.line) for problem in problems], list(map(str, problems))


def test_a_question_stays_a_question_in_each_form(tmp_path: Path) -> None:
    """Promise 1: each form is held beside the English form of its number."""
    asked = ENGLISH.replace('"One person waits"', '"One more?"')
    (problem,) = found(tmp_path, URDU, asked)
    assert (problem.id, problem.line) == ("question-mark", 9)


def test_a_misspelt_phrase_is_guessed(tmp_path: Path) -> None:
    """The author is told what may have been meant."""
    (unknown,) = [
        problem for problem in found(tmp_path, urdu('msgid "bye"', 'msgid "by"')) if "'by'" in problem.what
    ]
    assert unknown.todo == "did you mean 'bye'?"


def test_pashto_ends_words_in_the_arabic_yeh(tmp_path: Path) -> None:
    """The letter is right at the end of a word and wrong inside it."""
    right = urdu("خدا حافظ", "کوي")
    wrong = urdu("خدا حافظ", "كويم")
    assert "foreign-letter" not in [problem.id for problem in found(tmp_path, right, language="ps")]
    letters = [p.what for p in found(tmp_path, wrong, language="ps") if p.id == "foreign-letter"]
    assert len(letters) == 2


def test_a_translation_alone_cannot_be_compared(tmp_path: Path) -> None:
    """Without the English catalogue beside it, and out of its folder, that is said."""
    alone = catalogue(tmp_path, "ur", URDU)
    loose = tmp_path / "ur.po"
    loose.write_text(HEADER + URDU)
    assert [problem.id for problem in check([alone, loose]).problems] == ["english-missing"] * 2


def test_a_damaged_english_catalogue_is_named_once_in_its_own_file(tmp_path: Path) -> None:
    """The translation only says that it has nothing to be compared with."""
    catalogue(tmp_path, "en", 'msgid "a\n')
    catalogue(tmp_path, "ur", URDU)
    assert [(Path(problem.file).parts[-3], problem.id) for problem in check([tmp_path]).problems] == [
        ("en", "not-a-catalogue"),
        ("ur", "english-missing"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('msgid "a\nmsgstr "b"\n', 5),
        ('msgid "a"\nmsgstr b\n', 6),
        ('msgid "a"\n', 5),
        ('msgstr "a"\n', None),
        ('"a"\n"b"\n', None),
        ("just words\n", 5),
        ('msgid_plural "a"\nmsgstr[0] "b"\n', None),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[7] "c"\n', 5),
        ('msgctxt "a"\nmsgid "b"\nmsgstr "c" "d"\n', 7),
        ('msgid "x" "y"\n', 5),
    ],
)
def test_a_damaged_catalogue_is_refused(tmp_path: Path, text: str, line: int | None) -> None:
    """Promise 3: with the line where that is known."""
    problems = check([catalogue(tmp_path, "en", text)]).problems
    assert {problem.id for problem in problems} <= {"not-a-catalogue"}
    assert line is None or problems[0].line == line


@pytest.mark.parametrize(
    "header",
    [
        'msgid ""\nmsgstr "Plural-Forms: nplurals=999999999; plural=0;\\n"\n',
        'msgid ""\nmsgstr "Plural-Forms: nplurals=7; plural=0;\\n"\n',
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=nonsense\\n"\n',
        'msgid ""\nmsgstr "Language: nowhere_AT_all_x\\n"\n',
        'msgid ""\nmsgstr "POT-Creation-Date: yesterday\\n"\n',
        'msgid ""\nmsgstr "no colon\\n"\n',
    ],
)
def test_a_strange_header_does_no_harm(tmp_path: Path, header: str) -> None:
    """Promise 3: no memory is given away for plural forms, no exception for a date."""
    problems = check([catalogue(tmp_path, "en", ENGLISH, header)]).problems
    assert {problem.id for problem in problems} <= {"not-a-catalogue"}


def test_bytes_that_are_no_catalogue_are_refused(tmp_path: Path) -> None:
    """Promise 3: not UTF-8, too large, empty."""
    path = tmp_path / "bot.po"
    path.write_bytes(b"\xff\xfe\x00")
    assert [problem.id for problem in check([path]).problems] == ["not-utf-8"]
    path.write_bytes(b"#" * 300_000)
    assert [problem.id for problem in check([path]).problems] == ["too-large"]
    path.write_bytes(b"")
    assert [problem.id for problem in check([path]).problems] == ["english-missing"]


def test_two_hundred_damaged_catalogues_are_refused_or_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Promise 3: never an exception, and nothing printed by a library."""
    catalogue(tmp_path, "en", ENGLISH)
    path = catalogue(tmp_path, "ur", URDU)
    whole = path.read_bytes()
    for seed in range(200):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            if chance.random() < 0.5:
                data[at] = chance.randrange(256)
            else:
                del data[at : at + chance.randint(1, 20)]
        path.write_bytes(bytes(data))
        assert check([path]).files == (str(path),)
    assert capfd.readouterr().out == ""


# -- coverage (promise 2) ---------------------------------------------------------------------------------


def survey(tmp_path: Path, text: str) -> Path:
    """A survey file with this text."""
    path = tmp_path / "survey.yaml"
    path.write_text(text)
    beside(tmp_path)
    return path


def test_what_nobody_reads_has_no_row_and_titles_of_sections_have_one(tmp_path: Path) -> None:
    (matrix,) = check([survey(tmp_path, LOGICAL)]).matrices
    names = [row.name for row in matrix.rows]
    assert {"score", "turned"}.isdisjoint(names)
    assert {"(sections)", "trust_offices", "elders"} <= set(names)
    assert all(set(row.text.values()) == {100} for row in matrix.rows)


def test_a_whole_survey_is_whole_in_every_language(tmp_path: Path) -> None:
    """And only the recordings that are named count as recorded."""
    (matrix,) = check([survey(tmp_path, SOUND)]).matrices
    assert matrix.languages == ("ur", "en")
    assert [row.name for row in matrix.rows] == [
        *[
            "(title)",
            "(consent)",
            "district",
            "gender",
            "age_band",
            "hello",
            "trust_police",
            "attended",
            "meetings",
        ],
        *["reasons", "paid", "ready", "harmed", "more", "(referral)", "(indicators)", "(indexes)"],
    ]
    assert all(row.text == {"ur": 100, "en": 100} for row in matrix.rows)
    voices = {row.name: row.voice for row in matrix.rows}
    assert voices["gender"] == {"ur": 100, "en": 0}
    assert voices["district"] == {"ur": 0, "en": 0}
    assert voices["(title)"] == {}


def test_each_missing_text_lowers_its_own_cell(tmp_path: Path) -> None:
    """A label of a scale counts in every question that uses it; an empty text is no text."""
    text = SOUND.replace("      swat: {ur: سوات, en: Swat}", "      swat: {ur: '  ', en: Swat}")
    text = text.replace("      some: {ur: کچھ حد تک, en: Somewhat}", "      some: {en: Somewhat}")
    (matrix,) = check([survey(tmp_path, text)]).matrices
    rows = {row.name: row.text for row in matrix.rows}
    assert rows["district"] == {"ur": 66, "en": 100}
    assert rows["trust_police"] == {"ur": 75, "en": 100}
    assert rows["gender"] == {"ur": 100, "en": 100}


def test_a_broken_survey_is_counted_as_far_as_it_goes(tmp_path: Path) -> None:
    """Translators work in files that are not finished."""
    text = SOUND.replace("languages: [ur, en]", "languages: [ur, en, ps]").replace("type: note", "type: nota")
    report = check([survey(tmp_path, text)])
    (matrix,) = report.matrices
    assert report.errors
    known = ("attended", "ready", "harmed")  # the bot knows yes and no
    assert {row.text["ps"] for row in matrix.rows if row.name not in known} == {0}
    assert {row.text["ps"] for row in matrix.rows if row.name in known} == {66}


@pytest.mark.parametrize(
    "text", ["questions: [1, {id: 5}, {ask: x}]\n", "languages: {a: b}\nscales: []\n", "a\n", ""]
)
def test_a_shapeless_survey_does_no_harm(tmp_path: Path, text: str) -> None:
    """Promise 2: counted or not, never an exception."""
    report = check([survey(tmp_path, text)])
    assert report.errors
    assert report.as_text()
    assert json.loads(report.as_json())["problems"]


# -- the report (promise 4) -------------------------------------------------------------------------------


def test_folders_are_searched_and_files_checked_once(tmp_path: Path) -> None:
    """Surveys and catalogues below a folder, in order; everything else is passed over."""
    (tmp_path / "deep" / "er.yaml").mkdir(parents=True)
    for name in ("b.yml", "a.yaml", "deep/c.yaml", "notes.txt"):
        (tmp_path / name).write_text(SOUND)
    report = check([tmp_path, tmp_path / "a.yaml"])
    assert [Path(file).name for file in report.files] == ["a.yaml", "b.yml", "c.yaml"]


def test_a_path_with_nothing_to_check_is_said_so(tmp_path: Path) -> None:
    """An empty folder, a file of another kind; a missing survey is missed by name."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("a")
    report = check([tmp_path / "empty", tmp_path / "notes.txt", tmp_path / "none.yaml", tmp_path / "none.po"])
    assert [problem.id for problem in report.problems] == ["nothing-to-check"] * 2 + ["no-such-file"] * 2


def test_the_report_for_programs_says_the_same(tmp_path: Path) -> None:
    """Problems with exactly these keys, and the coverage by file, question and language."""
    path = survey(tmp_path, SOUND.replace("{ur: نمونہ, en: Sample}", "{en: Sample}"))
    said = json.loads(check([path]).as_json())
    assert said["problems"] == [
        {
            "file": str(path),
            "line": 4,
            "level": "error",
            "id": "missing-language",
            "what": "'title' has no text in 'ur'",
            "rule": "every text stands in every language of the survey",
            "todo": "add 'ur:' with the text",
        }
    ]
    assert said["coverage"][str(path)]["(title)"] == {"text": {"ur": 0, "en": 100}, "voice": {}}
    assert said["coverage"][str(path)]["gender"] == {"text": {"ur": 100, "en": 100}, "voice": {"ur": 100, "en": 0}}


def test_the_report_for_people_has_a_line_for_each_problem(tmp_path: Path) -> None:
    """Then a table for each survey, then the sum; warnings are told apart."""
    long = "x" * 161
    path = survey(tmp_path, SOUND.replace("title: {ur: نمونہ, en: Sample}", "title: {en: Sample}").replace(
        "en: Which district?", f"en: {long}"
    ))  # fmt: skip
    lines = check([path]).as_text().split("\n")
    assert lines[0].startswith(f"{path}:4 - 'title' has no text in 'ur' - ")
    assert lines[1].endswith("(a warning)")
    assert any(line.split()[:3] == ["gender", "100", "(100)"] for line in lines)
    assert lines[2].endswith("(a warning)")  # a translation so much shorter may lack something
    assert lines[-1] == "1 file, 1 error, 2 warnings"


def test_the_check_needs_neither_telegram_nor_a_database() -> None:
    """It must start at once, and in a pipeline without either."""
    code = (
        "import sys, bot.files.check\n"
        "print([name for name in ('telegram', 'sqlalchemy', 'typst', 'aiohttp') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
