"""Themes in the report for donors: the words of the summary, and the numbers in the workbook."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from bot.core.blocks import Rule, publish_running
from bot.core.cells import layout
from bot.core.running import Block, Running
from bot.core.themes import Agreement, Counted
from bot.reports import tables
from bot.reports.basis import Basis
from bot.reports.words import Reporter
from tests.core.sample import text
from tests.digest.village import shipped
from tests.reports.sample import PHRASES, pdf, stand, told

TITLES = {"t01": {"en": "=Water()"}, "t02": {"en": "Rare"}}


def basis(themes: bool = True) -> Basis:
    """A wave with themes, and the same without."""
    survey = shipped("community-trust")
    survey = replace(survey, questions=(*survey.questions, text("more", 100)), open_text="sealed")
    running = Running(survey, 10)
    running.add(Block(1, (), 60, False, {}))
    counted = Counted(1, 40, {"t01": 22, "t02": 3}, Agreement(30, 0.74, {}))
    given = {"more": ((counted,), TITLES)} if themes else {}
    figures = publish_running(survey, "w1", layout(survey, None).partition, Rule(10, 2), running.shown, given)
    return Basis(stand(figures, survey))


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_report_says_the_themes(language: str) -> None:
    report = told(basis(), language)
    assert [(one.title, one.figure.share, one.figure.n) for one in report.themes] == [("=Water()", 55, 40)]
    assert pdf(basis(), language).startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(tables.donor(report, Reporter(PHRASES, language, basis()))))
    sheet = next(one for one in book.worksheets if one["B2"].value == "=Water()")
    assert sheet["B2"].data_type == "s", "a title is never a formula"
    assert [cell.value for cell in sheet[2]][2:] == [55, 39.8, 69.3, 40]
    assert "Rare" not in str([[cell.value for cell in row] for one in book.worksheets for row in one.rows])


def test_a_report_without_themes_has_neither_sheet_nor_section_and_keeps_its_code() -> None:
    report = told(basis(themes=False))
    assert report.themes == ()
    book = openpyxl.load_workbook(io.BytesIO(tables.donor(report, Reporter(PHRASES, "en", basis()))))
    assert not any("own words" in name for name in book.sheetnames)
    assert basis().code != basis(themes=False).code
