"""Programmes side by side.

1. A row for each wave, in the order in which they began, whatever their figures.
2. Where a wave cannot be set beside the others its row says why, and it has no dot.
3. Nothing to compare is a sentence, and never an empty graph.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from bot.core.blocks import Publishable
from bot.core.survey import Survey
from bot.demo.model import villagers
from bot.reports import drawn, tables
from bot.reports.basis import Basis, Stand
from bot.reports.comparison import Comparison, comparison
from bot.reports.words import Reporter
from tests.digest.village import figures, shipped
from tests.reports.sample import LANGUAGES, OPENED, PHRASES, answered, empty, pages, stand

SURVEY = replace(shipped("pulse"), indicators=shipped("pulse").indicators[:2])


def village(people: int, seed: int) -> Publishable:
    """What so many people answered."""
    return figures(SURVEY, villagers(SURVEY, people, seed))


NOW = village(300, 1)


def wave(id: str, days: int, shown: Publishable = NOW, survey: Survey = SURVEY, **terms: Any) -> Stand:
    """A wave that began so many days after the first."""
    made = stand(shown, survey, id, programme=f"Programme {id}", **terms)
    return replace(made, opened=OPENED.date() + timedelta(days=days))


def beside(*waves: Stand, language: str = "en") -> Comparison:
    """The first wave with the others."""
    return comparison(Basis(waves[0], waves=waves), PHRASES, language)


def changed_question() -> Survey:
    """The survey whose first figure asks another question."""
    asked = SURVEY.indicators[0].question
    questions = [replace(one, version=7) if one.id == asked else one for one in SURVEY.questions]
    return replace(SURVEY, questions=tuple(questions))


def test_every_wave_is_a_row_with_its_figures() -> None:
    first, second = beside(wave("a", 0), wave("b", 30, village(200, 2), organisation="Sisters")).figures[0].rows

    assert (first.organisation, first.programme, first.began) == (
        "Good Neighbours",
        "Programme a",
        "2 November 2026",
    )
    assert (second.organisation, second.programme, second.began) == ("Sisters", "Programme b", "2 December 2026")
    for row, shown in ((first, NOW), (second, village(200, 2))):
        figure = shown.indicators[SURVEY.indicators[0].id]
        assert (row.figure, row.answers, row.note) == (figure, str(figure.n), "")
        assert row.range == f"{round(figure.low)} to {round(figure.high)}"


@pytest.mark.parametrize(
    ("other", "note"),
    [
        (wave("b", 1, survey=changed_question()), "Not compared: the question was another one."),
        (wave("b", 1, minors=True), "Not compared: people under 18 took part in one of the two only."),
        (wave("b", 1, empty(SURVEY)), "Not shown: too few answers."),
    ],
)
def test_what_cannot_be_compared_has_no_dot_and_says_why(other: Stand, note: str) -> None:
    row = beside(wave("a", 0), other).figures[0].rows[1]

    assert row.note == note
    assert (row.bar, row.figure, row.share, row.range, row.answers) == (None, None, "", "", "")


def test_a_figure_that_stayed_the_same_is_compared_beside_one_that_did_not() -> None:
    assert beside(wave("a", 0), wave("b", 1, survey=changed_question())).figures[1].rows[1].bar is not None


def test_another_smallest_group_is_a_caution_and_no_gap() -> None:
    row = beside(wave("a", 0), wave("b", 1, answered(SURVEY, people=60, k=20))).figures[0].rows[1]

    assert row.note == "Read with care: here the smallest group is 20."
    assert row.bar is not None


def test_one_wave_alone_says_that_nothing_stands_beside_it() -> None:
    assert beside(wave("a", 0)).lines[0] == "No other wave stands beside this one yet."


def test_a_wave_of_another_survey_that_asked_the_same_has_a_row_and_a_caution() -> None:
    other = shipped("institutional-trust")
    waves = (wave("a", 0), wave("b", 1, figures(other, villagers(other, 300, 3)), other))
    assert not beside(waves[0]).lines[1].startswith("Some waves")

    found = beside(*waves)

    assert found.lines[1].startswith("Some waves asked the same question in another survey.")
    row = found.figures[0].rows[1]
    assert row.figure == waves[1].figures.indicators[SURVEY.indicators[0].id]
    assert row.note == "Read with care: asked in the survey Trust in people and offices."


def test_a_survey_that_does_not_ask_it_has_no_row() -> None:
    other = shipped("participation-voice")
    has_say = next(one for one in shipped("pulse").indicators if one.id == "has_say")
    pulse = replace(SURVEY, indicators=(*SURVEY.indicators, has_say))
    waves = (wave("a", 0, survey=pulse), wave("b", 1, figures(other, villagers(other, 300, 3)), other))

    assert [len(one.rows) for one in beside(*waves).figures] == [1, 1, 2]


def test_where_nothing_was_released_there_is_no_graph() -> None:
    found = beside(wave("a", 0, empty(SURVEY)), wave("b", 1, empty(SURVEY)))

    assert found.figures == ()
    assert found.nothing == "No figure can be shown yet: each needs answers of at least 10 people."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_name_every_wave_and_carry_the_code(language: str) -> None:
    waves = (wave("a", 0), wave("b", 30, minors=True), wave("c", 60, empty(SURVEY)))
    basis = Basis(waves[0], waves=waves)
    content = drawn.comparison(comparison(basis, PHRASES, language), basis.moment)
    found = pages(content)

    assert all(basis.code in "".join(page.split()) for page in found)
    assert all(f"Programme {id}" in " ".join(" ".join(found).split()) for id in "abc")
    assert content == drawn.comparison(comparison(basis, PHRASES, language), basis.moment)


def test_the_workbook_has_the_same_rows() -> None:
    waves = (wave("a", 0), wave("b", 30, minors=True))
    basis = Basis(waves[0], waves=waves)
    made = tables.comparison(comparison(basis, PHRASES, "en"), Reporter(PHRASES, "en", basis))
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(made))["Figure"].iter_rows()]
    figure = NOW.indicators[SURVEY.indicators[0].id]

    assert rows[1][1:8] == [
        "Good Neighbours",
        "Programme a",
        "2 November 2026",
        figure.share,
        figure.low,
        figure.high,
        figure.n,
    ]
    assert rows[2][4:8] == [None] * 4 and "under 18" in str(rows[2][8])
