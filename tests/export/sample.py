"""Released answers of every kind of question, and how the files made of them are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot import export as leaving
from bot.core.cells import layout
from bot.core.flow import settle
from bot.core.survey import NOT_REACHED, Answer, CellPart, Question, Survey
from bot.demo.model import villagers
from bot.export.disclosure import Checked
from bot.export.rows import Content
from bot.files.phrases import Phrases
from bot.files.surveys import load
from bot.store import Released, Terms, Wave
from tests.core.sample import choice, choices, number, options, survey, text, words
from tests.rig import ROOT

PHRASES = Phrases.load()
K = 5
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SURVEYS = (ROOT / "surveys" / "community-trust.yaml", *sorted((ROOT / "surveys" / "examples").glob("*.yaml")))

PLACES = replace(
    survey(
        "places",
        choice("district", "swat", "dir"),
        choice("gender", "woman", "man"),
        choice("age_band", "b18_29", "b30_44", "b45"),
        Question("trust", "scale", words("trust"), options("none", "some", "much"), order="ascending"),
        choices("kept_away", "time", "way", "nothing", alone="nothing"),
        Question("needs", "ranking", words("needs"), options("road", "water", "school"), most=2),
        number("meetings", 0, 60),
        Question("cold", "number", words("cold"), low=-20, high=50, decimals=1),
        Question("joined", "date", words("joined"), earliest="2025-01", latest="2026-12", precision="month"),
        text("more"),
    ),
    cells=(
        CellPart("district", "district", {"swat": "swat", "dir": "dir"}),
        CellPart("gender", "gender", {"woman": "woman", "man": "man"}),
        CellPart("age", "age_band", {"b18_29": "youth", "b30_44": "older", "b45": "older"}),
    ),
)
"""Every kind of column, and cells of three questions."""

WOMAN: Mapping[str, Answer] = {
    "district": "swat",
    "gender": "woman",
    "age_band": "b30_44",
    "trust": "some",
    "kept_away": ("time", "way"),
    "needs": ("water", "road"),
    "meetings": 3,
    "cold": -1.5,
    "joined": "2025-03",
    "more": "given",
}
SILENT: Mapping[str, Answer] = {
    **dict.fromkeys(WOMAN, "dont_know"),
    "district": "swat",
    "gender": "woman",
    "age_band": "b30_44",
    "trust": NOT_REACHED,
    "cold": "prefer_not",
}
"""The same woman with nothing to say, and one question not reached."""


def wave(asked: Survey) -> Wave:
    """A wave of a survey."""
    return Wave("WAVE", asked, Terms(k=K), "open", MOMENT, MOMENT, 0, 0)


def people(asked: Survey, many: int, seed: int = 3) -> list[Released]:
    """Released answers of invented people; those of every third are in no group."""
    partition = layout(asked, None).partition
    answers = [(one, settle(asked, one.answers, one.number)) for one in villagers(asked, many, seed)]
    return [Released(partition.cell(said) if one.number % 3 else (), said, one.language) for one, said in answers]


def known(path: Path) -> Survey:
    """The survey of a file."""
    loaded = load(path)
    assert loaded.survey is not None
    return loaded.survey


def written(
    asked: Survey, rows: Sequence[Released], format: str = "csv", language: str = ""
) -> dict[str, Content]:
    """The files of these rows, of which nothing is withheld."""
    checked = Checked(tuple(rows), K, {}, (), ())
    return leaving.rows.files(wave(asked), checked, PHRASES, format, language)


def folder(tmp_path: Path, asked: Survey, rows: Sequence[Released], format: str, language: str = "") -> Path:
    """The folder of these rows."""
    return leaving.put(tmp_path / format, written(asked, rows, format, language))


def read_table(content: Content) -> list[dict[str, str]]:
    """A CSV file as a program for tables reads it."""
    assert isinstance(content, bytes)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
