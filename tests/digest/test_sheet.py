"""A sheet to read out from.

1. It holds every question and option of a shipped survey in each language, in the numbers of the language, and
   what is recorded is not asked for again.
2. It can be drawn with our own fonts, and the same survey gives the same bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.core.survey import LANGUAGES
from bot.digest import sheet
from bot.files.phrases import Phrases
from bot.files.surveys import load
from tests.rig import ROOT

PHRASES = Phrases.load()
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_holds_all_that_is_read_out(language: str) -> None:
    survey = load(ROOT / "surveys" / "examples" / "listen.yaml").survey
    assert survey is not None
    data = sheet.data(survey, PHRASES, language)
    assert [one["ask"] for one in data["questions"]] == [q.ask[language] for q in survey.questions]
    assert [one["recorded"] for one in data["questions"]] == [True, False]
    first = data["questions"][0]
    assert [one["label"] for one in first["options"]] == [o.label[language] for o in survey.questions[0].options]
    assert [one["number"] for one in first["options"]] == list("۱۲۳" if language == "ps" else "123")
    assert data["direction"] == ("ltr" if language == "en" else "rtl")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_of_the_shipped_survey_is_drawn_with_our_fonts(language: str) -> None:
    survey = load(ROOT / "surveys" / "community-trust.yaml").survey
    assert survey is not None
    drawn = sheet.pdf(survey, PHRASES, language, MOMENT)
    assert drawn.startswith(b"%PDF-")
    assert sheet.pdf(survey, PHRASES, language, MOMENT) == drawn
