"""Themes in a summary: said under the figures, in three languages, as plain words.

1. Text, page and sheet say each theme with its share, how many answers were coded, and who read them.
2. What agreement means is said in words, by bounds that are written down.
3. Titles that are markup, of the other direction or long stay words; what has no letters of ours is not kept.
4. Where nothing was counted there is no word of themes; the one screen never has any.
5. Where there is little room themes go before scores, and the sheet says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core import themes
from bot.core.blocks import Publishable, Rule, publish_running
from bot.core.running import Running
from bot.core.survey import Survey
from bot.core.themes import Agreement, Counted
from bot.digest import Digest, html, pdf, write
from bot.digest.write import LIMIT
from bot.files.phrases import Phrases
from tests.core.sample import text
from tests.digest.sample import ABOUT, BLOCKS, PARTITION, SURVEY

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ASKED = replace(SURVEY, questions=(*SURVEY.questions, text("more", 100)), open_text="sealed")
TITLES = {"t01": {"en": "Water"}, "t02": {"ur": "سڑکیں"}, "t03": {"en": "Rare"}}
COUNTED = Counted(1, 40, {"t01": 22, "t02": 12, "t03": 3}, Agreement(30, 0.74, {}))


def shown(
    counted: Counted = COUNTED, titles: Mapping[str, Mapping[str, str]] = TITLES, survey: Survey = ASKED
) -> Publishable:
    """Figures with these themes."""
    running = Running(survey, 10)
    for block in BLOCKS:
        running.add(block)
    return publish_running(survey, "w1", PARTITION, Rule(10, 2), running.shown, {"more": ((counted,), titles)})


def told(language: str = "en", figures: Publishable | None = None, survey: Survey = ASKED) -> Digest:
    """The summary."""
    return write(figures or shown(), survey, PHRASES, language, ABOUT)


def plain(words: str) -> str:
    """Words without the signs that keep directions apart."""
    return "".join(letter for letter in words if letter not in "\u2066\u2067\u2068\u2069\u200e\u200f")


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_page_and_sheet_say_the_themes(language: str) -> None:
    digest = told(language)
    page = plain(html(digest).decode())
    for where in (plain(digest.text), page):
        for words in ("Water", "سڑکیں", f"more ({language})"):
            assert words in where
        assert "Rare" not in where
        assert digest.themes_heading in where
    assert pdf(digest, NOW).startswith(b"%PDF")
    (line, rule) = digest.themes
    assert any(forty in line for forty in ("40", "۴۰"))
    assert any(ten in rule for ten in ("10", "۱۰"))


def test_shares_are_those_that_may_be_shown() -> None:
    line, _ = told().themes
    assert "Among about 40 answers: Water 55% and سڑکیں 30%." in plain(line)
    assert "agreed well (kappa 0.7)" in plain(line)


@pytest.mark.parametrize(
    ("kappa", "words"),
    [
        (1.0, "agreed well"),
        (0.56, "agreed well"),
        (0.54, "only in part"),
        (0.36, "only in part"),
        (0.34, "hardly agreed"),
        (-0.2, "hardly agreed"),
        (None, "One steward alone"),
    ],
)
def test_what_agreement_means_is_said_in_words(kappa: float | None, words: str) -> None:
    line, _ = told(figures=shown(replace(COUNTED, agreement=Agreement(30, kappa, {})))).themes
    assert words in line


def test_where_no_theme_has_enough_answers_that_is_said() -> None:
    line, _ = told(figures=shown(replace(COUNTED, themes={"t03": 3}, agreement=None))).themes
    assert "no theme was common enough" in line
    assert "Rare" not in line


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "#set page(width: 1pt) $x$ *b*",
        "{n} {title} %(x)s",
        "\u202eabc\u2069 پانی",
        "x" * 500,
    ],
)
def test_titles_stay_words(title: str) -> None:
    titles = {"t01": {"en": themes.title(title)}, "t02": {"en": themes.title("水 💧 Roads")}}
    digest = told(figures=shown(titles=titles))
    assert titles["t02"]["en"] == "Roads"
    assert titles["t01"]["en"] in plain(digest.text)
    assert b"<script>alert" not in html(digest)
    assert pdf(digest, NOW).startswith(b"%PDF")


def test_where_nothing_was_counted_there_is_no_word_of_themes() -> None:
    figures = publish_of_none()
    digest = told(figures=figures)
    assert digest.themes == ()
    assert digest.themes_heading not in digest.text
    assert digest.themes_heading not in html(digest).decode()


def publish_of_none() -> Publishable:
    """Figures without themes."""
    running = Running(ASKED, 10)
    for block in BLOCKS:
        running.add(block)
    return publish_running(ASKED, "w1", PARTITION, Rule(10, 2), running.shown)


def test_the_one_screen_has_no_themes() -> None:
    assert "Water" not in told().brief
    assert "Water" in told().text


def test_themes_go_first_where_there_is_little_room() -> None:
    titles = {f"t{n:02d}": {"en": f"{n:02d} " + "w" * 50} for n in range(30)}
    full = Counted(1, 40, dict.fromkeys(titles, 20))
    questions = tuple(text(f"more{n}", 100) for n in range(3))
    survey = replace(ASKED, questions=(*SURVEY.questions, *questions))
    running = Running(survey, 10)
    for block in BLOCKS:
        running.add(block)
    given = {one.id: ((full,), titles) for one in questions}
    figures = publish_running(survey, "w1", PARTITION, Rule(10, 2), running.shown, given)
    digest = told(figures=figures, survey=survey)
    assert len(digest.text) <= LIMIT
    assert digest.more in digest.text
    assert all(score in digest.text for score in digest.scores)
    assert len(digest.themes) == 4
    assert digest.themes[2] not in digest.text
    plans = [plan for plan in digest.plans if plan.themes < len(digest.themes)]
    assert plans[0].scores == len(digest.scores)
    assert "themes of people's own words" in plans[0].said
