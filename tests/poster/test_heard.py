"""The page for a notice board: what was heard, and what will be done.

1. It is one page, whatever the survey, the words and the paper, with nothing behind it.
2. It says the released figures in each language and its digits, what will be done, the organisation, the day.
3. It is as its golden picture shows it, in Urdu from the right, Pashto and English.
4. Words of an author, an organisation or a coordinator are drawn, never obeyed; equal content makes equal bytes.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from pypdf import PdfReader

from bot.core.blocks import Publishable
from bot.core.letters import clean
from bot.core.survey import Survey
from bot.demo.model import villagers
from bot.digest.heard import clearest, public
from bot.files.phrases import Phrases
from bot.poster import heard as notice
from bot.store import Entry, Terms, Wave
from tests.digest.pixels import apart, grey
from tests.digest.village import figures, shipped
from tests.library import SURVEYS
from tests.security import hostile
from tests.store.sample import START

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
APPROVED = date(2026, 12, 31)
WORDS = {
    "ur": "اگلے مہینے 2 نئے نل لگیں گے، ایک بازار کے پاس۔ کوئی سوال ہو تو فون کریں: 0300 1234567۔",
    "ps": "په راتلونکې میاشت کښې به ۲ نوي نلکې ولګي، یوه د بازار خوا ته۔ که سوال وي نو فون وکړئ: 0300 1234567۔",
    "en": "Next month 2 new taps will be put up, one near the bazaar. For questions call 0300 1234567.",
}
GOLDEN = Path(__file__).parent / "golden"
TOLERANCE = 12.0
"""As for the pictures of summaries (tests/digest/test_golden_pictures.py)."""


def ended(survey: Survey, organisation: str = "Good Neighbours") -> Wave:
    """A wave of a survey that has ended."""
    return Wave("w1", survey, Terms(organisation=organisation), "closed", START, START, 3, 0)


def page(
    survey: Survey,
    shown: Publishable,
    language: str,
    words: dict[str, str] = WORDS,
    organisation: str = "Good Neighbours",
) -> notice.Page:
    """The page of a wave, with the figures that a draft begins with."""
    entry = Entry("w1", 0, clearest(shown, survey), words, APPROVED)
    return notice.page(shown, ended(survey, organisation), entry, PHRASES, language)


def village(name: str = "institutional-trust", people: int = 300) -> tuple[Survey, Publishable]:
    """A survey that ships, answered by so many."""
    survey = shipped(name)
    return survey, figures(survey, villagers(survey, people, 1))


def said(made: notice.Page, kind: str = "a4") -> str:
    """The words on the paper. It is one page."""
    (only,) = PdfReader(io.BytesIO(notice.drawn(made, kind, APPROVED))).pages
    return " ".join(clean(only.extract_text()).split())


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_survey_that_ships_has_a_page_of_one_side(path: Path) -> None:
    survey, shown = village(path.stem, 60)
    for language in survey.offered:
        for kind in ("a4", "a5"):
            assert said(page(survey, shown, language), kind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["a4", "a5"])
def test_the_longest_words_have_room_on_one_side(language: str, kind: str) -> None:
    survey, shown = village()
    long = {code: (words + " ") * 8 for code, words in WORDS.items()}
    assert said(page(survey, shown, language, {code: words[:500] for code, words in long.items()}), kind)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ur", ("31 دسمبر 2026", "Good Neighbours")),
        ("ps", ("۳۱ دسمبر ۲۰۲۶", "Good Neighbours")),
        ("en", ("31 December 2026", "Good Neighbours", "What we heard", "What will be done")),
    ],
)
def test_it_says_figures_words_organisation_and_day(language: str, expected: tuple[str, ...]) -> None:
    survey, shown = village()
    made = page(survey, shown, language)
    assert len(made.bars) == 3
    assert clean(made.words) == WORDS[language]
    words = said(made)
    for one in expected:  # right-to-left letters come out of a PDF in an order of their own
        assert one in (words if language == "en" else clean(f"{made.byline} {words}"))
    if language == "en":
        for bar in made.bars:
            assert bar.words in words


@pytest.mark.parametrize("number", ["0300 1234567", "+92 (300) 123-4567", "091 921 00 00"])
@pytest.mark.parametrize("words", ["فون کریں: {}۔", "Call {}.", "{} ته فون وکړئ", "2 نل، {}"])
def test_the_groups_of_a_telephone_number_keep_their_order(number: str, words: str) -> None:
    """Everything from its first digit to the last stands in one isolate; nothing else changes."""
    shown = public(words.format(number))
    assert f"\u2068{number}\u2069" in shown
    assert clean(shown) == words.format(number)


def test_where_too_few_answered_no_bar_stands() -> None:
    survey, shown = village(people=0)
    made = page(survey, shown, "en")
    assert made.bars == ()
    assert "Fewer than 10 people answered" in clean(made.answered)
    assert "Next month" in said(made)


def test_a_figure_that_is_not_released_is_not_drawn_whoever_chose_it() -> None:
    survey, shown = village()
    entry = Entry("w1", 0, ("no_such_figure", *clearest(shown, survey)[:1]), WORDS, APPROVED)
    assert len(notice.page(shown, ended(survey), entry, PHRASES, "ur").bars) == 1


def test_a_draft_has_no_page() -> None:
    survey, shown = village()
    with pytest.raises(ValueError, match="w1"):
        notice.page(shown, ended(survey), Entry("w1", 0, (), WORDS), PHRASES, "ur")


# -- seen -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=LANGUAGES)
def picture(request: pytest.FixtureRequest) -> tuple[str, notice.Page]:
    """The page in a language."""
    return request.param, page(*village(), request.param)


def small(made: notice.Page) -> bytes:
    """The page as a picture, small enough to be kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notice, "PIXELS_AN_INCH", 60.0)
        return notice.drawn(made, "png", APPROVED)


def test_the_page_is_as_its_golden_picture_shows_it(
    picture: tuple[str, notice.Page], request: pytest.FixtureRequest
) -> None:
    language, made = picture
    file, drawn = GOLDEN / f"heard.{language}.png", small(made)
    if request.config.getoption("--rewrite"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(drawn)
    assert apart(drawn, file.read_bytes()) < TOLERANCE
    seen = grey(drawn)
    assert seen[:15].min() == seen[-15:].min() == seen[:, :15].min() == seen[:, -15:].min() == 255, (
        "nothing is cut"
    )


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_a_wrong_page_is_not_taken_for_the_right_one(language: str) -> None:
    made, golden = page(*village(), language), (GOLDEN / f"heard.{language}.png").read_bytes()
    longer = tuple(replace(bar, share=bar.share - 10) for bar in made.bars)
    for wrong in (replace(made, direction="ltr"), replace(made, bars=longer), replace(made, words=made.title)):
        assert apart(small(wrong), golden) > TOLERANCE


# -- drawn, never obeyed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_hostile_words_are_drawn_and_never_obeyed(seed: int) -> None:
    chance = Random(seed)
    survey, about = hostile.survey(chance), hostile.about(chance)
    shown = figures(shipped("pulse"), [])
    words = {"en": '#panic("x") $x$ *bold* <label> @ref \\ {k} #import "secret"'}
    made = page(survey, shown, "en", words, about.org or "")
    assert "#panic(" in said(made)


def test_equal_content_makes_equal_bytes() -> None:
    survey, shown = village()
    one, same = (notice.drawn(page(survey, shown, "ur"), "a4", APPROVED) for _ in range(2))
    assert one == same
    assert one != notice.drawn(page(survey, shown, "ur", {"ur": "کچھ اور۔"}), "a4", APPROVED)
