"""What lies beside the rows: codebook, data package, DDI, README, and the scripts that read them.

1. The DDI codebook is well-formed, and each element stands where the schema of DDI 2.5 has it; every text is there
   in every language.
2. The data package names every column with its type, and every value in the rows is one that it allows.
3. read.py reads what was written, in every format; read.R too, where there is an R.
4. Sheets of labels read from right to left in Urdu and Pashto.
5. README.txt says what was withheld.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot import export as leaving
from bot.core.survey import LANGUAGES, Question
from bot.export.ddi import LANGUAGE, NAMESPACE
from bot.export.variables import SPECIAL, variables
from bot.store import Released
from tests.core.sample import ORDERS, survey
from tests.core.sample import PLACES as SKIPPING
from tests.export.sample import (
    PHRASES,
    PLACES,
    SILENT,
    SURVEYS,
    WOMAN,
    K,
    folder,
    known,
    people,
    read_table,
    wave,
    written,
)

ROWS = [Released((("district", "swat"),), WOMAN, "ps"), Released((), SILENT, "en"), Released((), {}, "ur")]
FORMATS = leaving.rows.FORMATS

ORDER: Mapping[str, Sequence[str]] = {
    "codeBook": ("docDscr", "stdyDscr", "fileDscr", "dataDscr", "otherMat"),
    "stdyDscr": ("citation", "studyAuthorization", "stdyInfo", "studyDevelopment", "method", "dataAccs"),
    "citation": (
        "titlStmt",
        "rspStmt",
        "prodStmt",
        "distStmt",
        "serStmt",
        "verStmt",
        "biblCit",
        "holdings",
        "notes",
    ),
    "titlStmt": ("titl", "subTitl", "altTitl", "parTitl", "IDNo"),
    "rspStmt": ("AuthEnty", "othId"),
    "verStmt": ("version", "verResp", "notes"),
    "stdyInfo": ("studyBudget", "subject", "abstract", "sumDscr", "qualityStatement", "notes", "exPostEvaluation"),
    "sumDscr": ("timePrd", "collDate", "nation", "geogCover", "geogUnit", "anlyUnit", "universe", "dataKind"),
    "dataAccs": ("setAvail", "useStmt", "notes"),
    "useStmt": ("confDec", "specPerm", "restrctn", "contact", "citReq", "deposReq", "conditions", "disclaimer"),
    "fileDscr": ("fileTxt", "locMap", "notes"),
    "fileTxt": ("fileName", "fileCitation", "dataFingerprint", "fileCont", "fileStrc", "dimensns", "fileType"),
    "dimensns": ("caseQnty", "varQnty", "logRecL", "recPrCas", "recNumTot"),
    "dataDscr": ("varGrp", "nCubeGrp", "var", "nCube", "notes"),
    "var": (
        *("location", "labl", "imputation", "security", "embargo", "respUnit", "anlysUnit", "qstn", "valrng"),
        *("invalrng", "undocCod", "universe", "TotlResp", "sumStat", "txt", "stdCatgry", "catgryGrp", "catgry"),
        *("codInstr", "verStmt", "concept", "derivation", "varFormat", "geoMap", "catLevel", "notes"),
    ),
    "qstn": ("preQTxt", "qstnLit", "postQTxt", "forward", "backward", "ivuInstr"),
    "catgry": ("catValu", "labl", "txt", "catStat", "mrow"),
}
"""What may stand in an element, and in which order (codebook.xsd of DDI 2.5); whatever is not here holds text."""


def ddi(asked: Any, rows: Sequence[Released], format: str = "csv") -> ElementTree.Element:
    """The DDI codebook, read."""
    content = written(asked, rows, format)["ddi.xml"]
    assert isinstance(content, bytes)
    return ElementTree.fromstring(content)  # noqa: S314 (our own file)


def named(tag: str) -> str:
    """The name of an element in its namespace."""
    return f"{{{NAMESPACE}}}{tag}"


def paper(content: leaving.rows.Content) -> str:
    """A text file."""
    assert isinstance(content, bytes)
    return content.decode()


# -- 1. DDI -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_element_of_the_ddi_codebook_stands_in_its_place(path: Path) -> None:
    asked = known(path)
    root = ddi(asked, people(asked, 6))
    assert root.tag == named("codeBook")
    assert root.get("version") == "2.5"
    for element in root.iter():
        tag = element.tag.removeprefix(named(""))
        places = [ORDER.get(tag, ()).index(child.tag.removeprefix(named(""))) for child in element]
        assert places == sorted(places), tag
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(set(ids)) == len(ids)
    assert {one.get("files") for one in root.iter(named("var"))} <= set(ids)


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_label_of_the_ddi_codebook_is_there_in_every_language(path: Path) -> None:
    asked = known(path)
    columns = {one.name: one for one in variables(asked, PHRASES)}
    found = {one.get("name"): one for one in ddi(asked, people(asked, 6)).iter(named("var"))}
    assert set(found) == set(columns)
    for name, column in columns.items():
        said = {one.get(LANGUAGE): one.text for one in found[name].findall(named("labl"))}
        assert said == column.label
        asked_as = {one.get(LANGUAGE): one.text for one in found[name].iter(named("qstnLit"))}
        assert asked_as == column.asking
        categories = found[name].findall(named("catgry"))
        assert [one.findtext(named("catValu")) for one in categories] == [value.code for value in column.values]
        assert [one.get("missing") for one in categories] == [
            "Y" if value.special else "N" for value in column.values
        ]


@pytest.mark.parametrize(("format", "never"), [("csv", "not_asked"), ("sav", "-3"), ("dta", ".c")])
def test_the_ddi_codebook_speaks_of_the_values_of_the_file_beside_it(format: str, never: str) -> None:
    root = ddi(PLACES, ROWS, format)
    assert root.findtext(f".//{named('fileName')}") == f"rows.{format}"
    assert root.findtext(f".//{named('caseQnty')}") == "3"
    trust = next(one for one in root.iter(named("var")) if one.get("name") == "trust")
    assert never in [one.text for one in trust.iter(named("catValu"))]


@settings(max_examples=40)
@given(st.text(max_size=20))
def test_whatever_a_question_says_the_ddi_codebook_can_be_read(words: str) -> None:
    asked = survey("some", Question("some", "number", dict.fromkeys(LANGUAGES, words), low=0, high=9))
    root = ddi(replace(asked, title=dict.fromkeys(LANGUAGES, words)), [])
    assert len(list(root.iter(named("qstnLit")))) == 3


# -- 2. the data package ----------------------------------------------------------------------------------

PYTHON = {"string": str, "integer": int, "number": float}


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_cell_of_the_rows_is_one_that_the_data_package_allows(path: Path) -> None:
    asked = known(path)
    contents = written(asked, people(asked, 30))
    rows, book, _ = json.loads(paper(contents["datapackage.json"]))["resources"]
    table = read_table(contents["rows.csv"])
    assert [field["name"] for field in rows["schema"]["fields"]] == list(table[0])
    for field in rows["schema"]["fields"]:
        for row in table:
            cell = row[field["name"]]
            if cell not in field["missingValues"]:
                value = PYTHON[field["type"]](cell)
                assert value in field.get("constraints", {}).get("enum", [value])
    assert [field["name"] for field in book["schema"]["fields"]] == list(read_table(contents["codebook.csv"])[0])


@pytest.mark.parametrize("format", FORMATS)
def test_the_data_package_names_the_files_that_lie_beside_it(format: str) -> None:
    contents = written(PLACES, ROWS, format, "ps")
    package = json.loads(paper(contents["datapackage.json"]))
    assert {resource["path"] for resource in package["resources"]} <= set(contents)
    assert package["title"] == "places (ps)"
    trust = next(field for field in package["resources"][0]["schema"]["fields"] if field["name"] == "trust")
    assert trust["title"] == "trust (ps)"
    codes = ["none", "some", "much"] if format in ("csv", "xlsx") else [1, 2, 3]
    assert trust["constraints"]["enum"] == codes


# -- 3. the scripts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_read_py_reads_what_was_written(tmp_path: Path, format: str) -> None:
    out = folder(tmp_path, PLACES, ROWS, format)
    look = "from read import rows; print(list(rows['meetings'])[0], rows['trust'].notna().sum())"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", look],
        cwd=out,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    kept = format in ("sav", "dta")
    columns = len(variables(PLACES, PHRASES))
    assert done.stdout.split() == ["3", "rows,", str(columns), "columns", "3.0", "3" if kept else "1"]


@pytest.mark.parametrize("format", FORMATS)
def test_read_r_reads_what_was_written(tmp_path: Path, format: str) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("not run: there is no R here")
    out = folder(tmp_path, PLACES, ROWS, format)
    done = subprocess.run(["Rscript", "read.R"], cwd=out, capture_output=True, text=True, timeout=120, check=False)
    if "there is no package called" in done.stderr:
        pytest.skip(f"not run: {done.stderr}")
    assert done.stdout.split()[:2] == ["3", "rows,"]


# -- 4. sheets --------------------------------------------------------------------------------------------


def test_a_workbook_of_rows_has_codes_labels_in_each_language_and_the_codebook(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO((folder(tmp_path, PLACES, ROWS, "xlsx") / "rows.xlsx").read_bytes()))
    assert book.sheetnames == ["rows", "ur", "ps", "en", "codebook"]
    assert [bool(page.sheet_view.rightToLeft) for page in book] == [False, True, True, False, False]
    codes, urdu = (list(book[name].iter_rows(values_only=True)) for name in ("rows", "ur"))
    at = codes[0].index("trust")
    assert [row[at] for row in codes] == ["trust", "some", "not_reached", "not_asked"]
    assert [row[at] for row in urdu[:2]] == ["trust (ur)", "some (ur)"]
    number = codes[0].index("meetings")
    assert [row[number] for row in codes[:3]] == ["meetings", 3, "dont_know"], "a number is a number"
    flag = codes[0].index("kept_away_nothing")
    assert codes[1][flag] == 0


# -- the codebook -----------------------------------------------------------------------------------------


def test_the_codebook_names_statements_by_their_grid_and_arms_by_their_codes() -> None:
    book = read_table(written(ORDERS, [])["codebook.csv"])
    courts = next(line for line in book if line["variable"] == "courts")
    assert (courts["type"], courts["code"], courts["label.ur"]) == ("grid", "", "trust (ur) courts (ur)")
    turned = {line["code"]: line["label.ur"] for line in book if line["variable"] == "turned"}
    assert turned["second"] == "second"


def test_who_skipped_is_named_so_in_the_codebook() -> None:
    book = read_table(written(SKIPPING, [])["codebook.csv"])
    skipped = next(line for line in book if (line["variable"], line["code"]) == ("district", "skipped"))
    assert skipped["label.en"] == "skipped", "not as the button says it"
    assert not any(line["variable"] == "rest" for line in book), "it is not kept"


def test_the_codebook_has_the_numbers_of_spss_and_the_letters_of_stata() -> None:
    book = read_table(written(PLACES, [])["codebook.csv"])
    trust = {line["code"]: (line["spss"], line["stata"]) for line in book if line["variable"] == "trust"}
    assert trust == {
        "": ("", ""),
        "none": ("1", "1"),
        "some": ("2", "2"),
        "much": ("3", "3"),
        "dont_know": ("-1", ".a"),
        "prefer_not": ("-2", ".b"),
        "not_asked": ("-3", ".c"),
        "not_reached": ("-4", ".d"),
    }
    assert any(line["code"] == "_withheld" for line in book if line["variable"] == "district")


def test_words_are_marked_as_utf_8_and_codes_need_no_mark() -> None:
    contents = written(PLACES, ROWS)
    rows, book = contents["rows.csv"], contents["codebook.csv"]
    assert isinstance(rows, bytes) and isinstance(book, bytes)
    assert book.startswith(b"\xef\xbb\xbf")
    assert rows.isascii()


def test_own_words_have_no_column_and_no_line() -> None:
    contents = written(PLACES, ROWS)
    for content in contents.values():
        assert isinstance(content, bytes)
        assert b"more" not in content.replace(b"Three or more", b"")


# -- 5. README --------------------------------------------------------------------------------------------


def test_the_readme_says_what_was_withheld_and_the_rows_show_it() -> None:
    rows = [Released((), {**WOMAN, "age_band": age}, "ur") for age in ("b18_29", "b30_44") for _ in range(4)]
    checked = leaving.checked(PLACES, rows, K)
    contents = leaving.rows.files(wave(PLACES), checked, PHRASES)
    assert "- Withheld, because fewer than 5 people would share" in paper(contents["README.txt"])
    assert "age_band in about 5 rows" in paper(contents["README.txt"])
    assert {row["age_band"] for row in read_table(contents["rows.csv"])} == {"_withheld"}
    assert {row["gender"] for row in read_table(contents["rows.csv"])} == {"woman"}


def test_what_is_no_answer_has_one_number_and_one_letter_each() -> None:
    numbers, letters = zip(*SPECIAL.values(), strict=True)
    assert len(set(numbers)) == len(set(letters)) == len(SPECIAL)
    assert all(number < 0 for number in numbers)
