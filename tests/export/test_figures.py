"""Figures as files: what is displayed, and nothing finer.

1. Every figure of the table is the one that a summary's JSON shows; none is left out, none is added.
2. Equal figures give equal bytes, in every format.
3. What is clipped stands as it is shown; what is hidden has no number.
4. Words stand in every language; sheets of Urdu and Pashto read from right to left.
5. JSON-stat: as many values as its sides ask for, in their order; what has no number has a status.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.core.blocks import Block, Publishable, Rule, count, publish
from bot.core.cells import layout
from bot.core.survey import Survey
from bot.export import figures, jsonstat
from bot.files.phrases import Phrases
from tests.digest.sample import BLOCKS, SURVEY, shown
from tests.export.sample import SURVEYS, known, people

PHRASES = Phrases.load()
FEW = shown(*BLOCKS[:1])
"""24 men of one group: what is near an end is clipped, and every other group hidden."""


def everything(asked: Survey) -> Publishable:
    """Figures of many people of a survey, in one block."""
    rows = people(asked, 80)
    block = Block(1, (), len(rows), False, count(asked, [(row.answers, row.language) for row in rows]))
    return publish(asked, "WAVE", layout(asked, None).partition, Rule(10, 2), [block])


def lines(of: Publishable, asked: Survey = SURVEY) -> list[dict[str, str]]:
    """The table, as a program for tables reads it."""
    content = figures.files(of, asked, PHRASES, "csv")["figures.csv"]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def told(line: Mapping[str, str]) -> dict[str, str]:
    """The figures of a line that are there."""
    return {name: line[name] for name in ("n", "count", "share", "low", "high", "mean", "sd") if line[name]}


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The same of a summary's JSON."""
    return {
        name: str(value) for name, value in values.items() if name in ("n", "share", "low", "high", "mean", "sd")
    }


# -- 1. what is displayed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "of", [FEW, shown(*BLOCKS), shown(), shown(*BLOCKS[2:])], ids=["few", "all", "none", "two"]
)
def test_every_figure_is_the_one_that_a_summary_shows(of: Publishable) -> None:
    plain: Any = of.as_json()
    found = lines(of)
    assert {
        (line["id"], line["code"]): line["count"] for line in found if line["kind"] == "question" and line["code"]
    } == {(id, code): str(n) for id, one in plain["questions"].items() for code, n in one["counts"].items()}
    assert {line["id"]: line["n"] for line in found if line["kind"] == "question" and not line["code"]} == {
        id: str(one["n"]) for id, one in plain["questions"].items()
    }
    assert {
        (line["id"], line["code"]): line["share"] for line in found if line["kind"] == "question" and line["code"]
    } == {(id, code): str(share) for id, one in of.questions.items() for code, share in one.shares.items()}
    indicators = {(line["id"], line["group"]): told(line) for line in found if line["kind"] == "indicator"}
    assert indicators == {(id, ""): texts(one) for id, one in plain["indicators"].items()} | {
        (id, f"{name}={code}"): texts({"n": one.n, "share": one.share, "low": one.low, "high": one.high})
        for (name, code), some in of.groups.items()
        for id, one in some.items()
    }
    assert of_kind(found, "index") == {id: texts(one) for id, one in plain["indexes"].items()}
    languages, districts = plain["reach"].pop("languages"), plain["reach"].pop("districts")
    assert of_kind(found, "district") == {code: texts(one) for code, one in districts.items()}
    assert of_kind(found, "reach") == {who: texts(one) for who, one in plain["reach"].items()}
    assert of_kind(found, "language") == {code: {"share": str(share)} for code, share in languages.items()}
    assert [line["n"] for line in found if line["kind"] == "wave"] == [str(plain["n"])]
    assert [(group(line), line["n"]) for line in found if line["kind"] == "cell"] == [
        (one["cell"], str(one["n"])) for one in plain["cells"]
    ]
    assert [group(line) for line in found if line["kind"] == "hidden"] == plain["hidden"]


def of_kind(found: list[dict[str, str]], kind: str) -> dict[str, dict[str, str]]:
    """The figures of one kind by their ids."""
    return {line["id"]: told(line) for line in found if line["kind"] == kind}


def group(line: Mapping[str, str]) -> dict[str, str]:
    """The group of a line."""
    return dict(pair.split("=") for pair in line["group"].split("/") if pair)


def test_the_share_of_the_silent_is_told_as_it_is_shown() -> None:
    of = shown(*BLOCKS)
    assert {line["id"]: line["share"] for line in lines(of) if line["kind"] == "silent" and line["id"]} == {
        id: str(one.silent) for id, one in of.questions.items()
    }


# -- 2. bytes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", figures.FORMATS)
def test_equal_figures_give_equal_bytes(format: str) -> None:
    first, second = (figures.files(shown(*BLOCKS), SURVEY, PHRASES, format) for _ in range(2))
    assert first == second
    assert first != figures.files(FEW, SURVEY, PHRASES, format)


def test_the_table_tells_excel_that_its_words_are_utf_8() -> None:
    assert figures.files(FEW, SURVEY, PHRASES, "csv")["figures.csv"].startswith(b"\xef\xbb\xbf")


# -- 3. clipped and hidden --------------------------------------------------------------------------------


def test_what_is_clipped_is_text_and_what_is_hidden_has_no_number() -> None:
    clipped = [line for line in lines(FEW) if line["share"] in ("<=10%", ">=90%")]
    assert clipped
    assert all(line["count"] in ("", line["share"]) for line in clipped)
    hidden = [line for line in lines(FEW) if line["kind"] == "hidden"]
    assert len(hidden) == len(FEW.hidden)
    assert not any(told(line) for line in hidden)


# -- 4. words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_question_and_answer_is_named_in_every_language(path: Path) -> None:
    asked = known(path)
    found = lines(everything(asked), asked)
    assert {line["survey"] for line in found} == {asked.id}
    for line in found:
        for language in asked.languages:
            if line["kind"] in ("question", "indicator", "index", "wave"):
                assert line[f"title.{language}"]
            if line["code"]:
                assert line[f"label.{language}"]


def test_words_are_the_surveys_own() -> None:
    found = lines(shown(*BLOCKS))
    (line,) = [one for one in found if (one["id"], one["code"]) == ("police", "some")]
    assert line["title.ps"] == "ستاسو په پولیسو څومره اعتبار دے؟"
    assert line["label.ur"] == "کچھ حد تک"
    women = next(one for one in found if one["group"] == "gender=woman")
    assert women["label.ps"] == "زنانه"
    assert next(one for one in found if one["id"] == "youth")["title.en"] == "18 to 29"


def test_a_workbook_has_a_sheet_for_each_language_and_one_that_explains() -> None:
    content = figures.files(FEW, SURVEY, PHRASES, "xlsx")["figures.xlsx"]
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["ur", "ps", "en", "about"]
    assert [bool(page.sheet_view.rightToLeft) for page in book] == [True, True, False, False]
    rows = list(book["ur"].iter_rows(values_only=True))
    assert [row[0] for row in rows].count("آپ کو پولیس پر کتنا بھروسہ ہے؟") == 6, (
        "itself, four answers, the silent"
    )
    cells = {type(row[rows[0].index("n")]) for row in rows[1:]}
    assert cells == {int, type(None)}, "numbers are numbers"
    assert "<=10%" in [row[rows[0].index("share")] for row in rows]
    about = " ".join(str(row[0]) for row in book["about"].iter_rows(values_only=True))
    assert "k is 10" in about
    assert PHRASES.say("ur", "digest-hidden", k=10) in about


# -- 5. JSON-stat -----------------------------------------------------------------------------------------


def datasets(of: Publishable, asked: Survey = SURVEY, language: str = "en") -> list[Any]:
    """The datasets of a collection."""
    content = figures.files(of, asked, PHRASES, "json-stat")[f"figures.{language}.json"]
    collection = json.loads(content)
    assert (collection["version"], collection["class"]) == ("2.0", "collection")
    found: list[Any] = collection["link"]["item"]
    return found


def cells(dataset: Any) -> Iterator[tuple[tuple[str, ...], object]]:
    """Each cell of a dataset with its categories: its number, or its status."""
    sides = [dataset["dimension"][id]["category"]["index"] for id in dataset["id"]]
    assert not any(isinstance(value, str) for value in dataset["value"])
    for at, (place, value) in enumerate(zip(product(*sides), dataset["value"], strict=True)):
        yield place, dataset["status"][str(at)] if value is None else value


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_a_dataset_has_a_value_or_a_status_for_every_cell_of_its_sides(path: Path) -> None:
    asked = known(path)
    for one in datasets(everything(asked), asked):
        assert (one["version"], one["class"]) == ("2.0", "dataset")
        assert one["size"] == [len(one["dimension"][id]["category"]["index"]) for id in one["id"]]
        assert set(one["id"]) == set(one["dimension"])
        assert set(one["role"]["metric"]) <= set(one["id"])
        for side in one["dimension"].values():
            assert list(side["category"]["label"]) == side["category"]["index"]
        assert all(value is not None for _, value in cells(one))


def test_the_values_of_json_stat_are_those_of_the_table() -> None:
    of = shown(*BLOCKS)
    for one in datasets(of):
        if one["id"][0] == "question":
            (id,) = one["dimension"]["question"]["category"]["index"]
            for (_, code, name), value in cells(one):
                answers = of.questions[id]
                wanted = {"n": answers.n, "count": answers.counts[code], "share": answers.shares[code]}
                assert value == wanted[name]
        if one["label"] == "indicators":
            found = dict(cells(one))
            assert found["trust_police", "all", "share"] == of.indicators["trust_police"].share
            assert found["trust_people", "gender=woman", "low"] == of.groups["gender", "woman"]["trust_people"].low
        if one["label"] == "indexes":
            assert dict(cells(one))["trust", "mean"] == of.indexes["trust"].mean


def test_what_is_clipped_or_not_shown_has_a_status_and_no_value() -> None:
    found = {one["label"]: dict(cells(one)) for one in datasets(shown(*BLOCKS[2:3]))}
    listened = found["Are you listened to?"]
    assert set(listened.values()) == {jsonstat.NOT_SHOWN}
    police = found["How much do you trust the police?"]
    assert set(police.values()) == {jsonstat.NOT_SHOWN}, "eight of thirteen answered"
    assert found["groups"]["district=swat/gender=woman/age=youth", "n"] == jsonstat.NOT_SHOWN
    people = found["How much do you trust most people here?"]
    assert people["people", "a_lot", "share"] == "<=10%"


def test_json_stat_speaks_each_language_in_a_file_of_its_own() -> None:
    titles = {language: datasets(FEW, language=language)[0]["label"] for language in SURVEY.languages}
    assert titles == dict(SURVEY.question("police").ask)
    assert not any(one["label"].startswith("Which district") for one in datasets(FEW)), (
        "shares of whom was reached only"
    )


@pytest.mark.parametrize("format", figures.FORMATS)
def test_every_export_of_figures_says_what_its_figures_mean(format: str) -> None:
    about = figures.files(FEW, SURVEY, PHRASES, format)["README.txt"].decode()
    assert "k is 10: behind every figure stand at least 10 people" in about
    assert "<=10% or >=90%" in about
    shared = PHRASES.say("ps", "digest-slots", k=10, n=5)
    assert shared not in about
    assert shared in figures.files(shown(*BLOCKS, slots=2), SURVEY, PHRASES, format)["README.txt"].decode()
