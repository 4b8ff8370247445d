"""A sheet to read out from: the questions of a survey in one language, large, numbered, with room for ticks (PDF).

Words reach the template as data: nothing an author wrote is read as markup.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import typst

from bot.core import media
from bot.core.survey import Question, Survey
from bot.digest.picture import contained, fonts, template
from bot.files.phrases import Phrases, direction, number
from bot.files.recordings import MOST_SECONDS


def pdf(survey: Survey, phrases: Phrases, language: str, timestamp: datetime) -> bytes:
    """The sheet as A4 pages; `timestamp` makes equal input equal bytes. Raises NotDrawn.

    RuntimeError when the fonts lack a character, and names it.
    """
    with contained():
        return typst.compile(
            template("sheet"),
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"data": json.dumps(data(survey, phrases, language), ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=timestamp,
        )


def data(survey: Survey, phrases: Phrases, language: str) -> dict[str, Any]:
    """What stands on the sheet."""
    return {
        "language": language,
        "direction": direction(language),
        "title": survey.title[language],
        "how": phrases.say(language, "sheet-how", seconds=MOST_SECONDS),
        "recorded": phrases.say(language, "sheet-recorded"),
        "questions": [
            _asked(question, language, n) for n, question in enumerate(survey.questions, start=1) if question.ask
        ],
    }


def _asked(question: Question, language: str, n: int) -> dict[str, Any]:
    return {
        "number": number(language, n),
        "ask": question.ask[language],
        "options": [
            {"number": number(language, place), "label": option.label[language]}
            for place, option in enumerate(question.options, start=1)
        ],
        "recorded": media.is_hash(question.audio.get(language, "")),
    }
