"""A digest as a picture and as a page.

1. Equal digests give equal bytes; the page is archivable and tagged, and its words can be found in it.
2. The picture is 1080 pixels wide, portrait, and never longer than Telegram takes.
3. Every letter drawn lies in the fonts that ship, which are the ones that were tried.
4. Words of authors and organisations are never read as markup.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

import bot
from bot.core.blocks import Rule, publish
from bot.core.letters import clean
from bot.core.survey import Indicator, Survey
from bot.digest import Digest, alt_text, compose, pdf, png, write
from bot.files.phrases import Phrases
from tests.digest.sample import ABOUT, BLOCKS, PARTITION, SURVEY, shown

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
FONTS = Path(bot.__file__).parent / "assets" / "fonts"
WHEN = datetime(2026, 11, 22, tzinfo=UTC)


def digest(language: str, survey: Survey = SURVEY) -> Digest:
    figures = publish(survey, "w1", PARTITION, Rule(10, 2, slots=2), BLOCKS)
    return write(figures, survey, PHRASES, language, ABOUT)


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def words(page: bytes) -> str:
    return " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page)).pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_digests_give_equal_bytes(language: str) -> None:
    assert pdf(digest(language), WHEN) == pdf(digest(language), WHEN)
    assert png(digest(language)) == png(digest(language))


def test_the_page_carries_the_moment_it_is_given() -> None:
    assert pdf(digest("en"), WHEN) != pdf(digest("en"), WHEN.replace(day=29))


def test_the_words_of_every_figure_can_be_found_in_the_page() -> None:
    found = digest("en")
    text = " ".join(words(pdf(found, WHEN)).split())

    for bar in (*found.reach, *found.says):
        assert bar.title in text
        assert bar.caption in text
    assert found.answered in text
    assert all(note in text for note in found.notes)
    assert found.scores
    assert all(score in text for score in found.scores)


def test_scores_stand_on_the_page_and_not_in_the_picture() -> None:
    found, without = digest("en"), digest("en", replace(SURVEY, indexes=()))

    assert found.scores
    assert png(found) == png(without)
    assert pdf(found, WHEN) != pdf(without, WHEN)


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_words_in_urdu_and_pashto_can_be_copied_out_of_the_page(language: str) -> None:
    found = digest(language)
    text = clean(words(pdf(found, WHEN)))

    for bar in found.says:
        for word in clean(bar.title).split():
            assert word in text or not word.isalpha(), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_title_and_language_to_a_screen_reader(language: str) -> None:
    page = PdfReader(io.BytesIO(pdf(digest(language), WHEN)))

    assert page.metadata is not None
    assert clean(str(page.metadata.title)) == SURVEY.title[language]
    assert str(page.root_object["/Lang"]) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_portrait_and_three_telephones_of_pixels_wide(language: str) -> None:
    width, height = size(png(digest(language)))

    assert width == 1080
    assert width < height


def test_a_wave_without_figures_has_a_picture_too() -> None:
    found = write(shown(), SURVEY, PHRASES, "ur", ABOUT)

    assert size(png(found))[0] == 1080
    assert pdf(found, WHEN).startswith(b"%PDF")


def test_a_survey_of_forty_figures_still_makes_a_picture_that_telegram_takes() -> None:
    one = SURVEY.indicators[0]
    many = tuple(Indicator(f"i{n}", one.title, one.question, one.codes, one.better) for n in range(40))
    found = digest("ps", replace(SURVEY, indicators=many))
    width, height = size(png(found))

    assert width + height <= 10_000
    assert height <= 2.3 * width, "Telegram shrinks the long side to 1280 pixels: more would be too small to read"
    assert len(PdfReader(io.BytesIO(pdf(found, WHEN))).pages) == 1


def test_what_authors_and_organisations_write_is_not_markup() -> None:
    title = {"en": '#panic("x") *bold* $x$ <a> `b` [c] @d \\ // e'}
    found = digest("en", replace(SURVEY, title=title))

    assert found.title == title["en"]
    assert " ".join(title["en"].split()) in " ".join(words(pdf(found, WHEN)).split())


def test_a_letter_no_font_has_is_refused_by_the_page() -> None:
    found = digest("en", replace(SURVEY, title={"en": "Trust \U0001f91d"}))

    with pytest.raises(RuntimeError):
        pdf(found, WHEN)


def test_every_letter_of_the_digest_lies_in_the_fonts() -> None:
    letters: set[int] = set()
    for font in ("NotoNaskhArabic", "NotoSans"):
        both = [set(TTFont(FONTS / f"{font}-{weight}.ttf").getBestCmap()) for weight in ("Regular", "Bold")]
        letters |= both[0] & both[1]
    for language in LANGUAGES:
        found = digest(language)
        drawn = found.text + found.alt + found.more + "".join((*found.legend, *found.notes))
        missing = {c for c in drawn if ord(c) not in letters and c != "\n"}
        assert not missing, (language, missing)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("NotoNaskhArabic-Regular", "8c67eaa2"),
        ("NotoNaskhArabic-Bold", "b5cbcb56"),
        ("NotoSans-Regular", "89c3c497"),
        ("NotoSans-Bold", "e83493c9"),
    ],
)
def test_the_fonts_are_the_ones_whose_words_can_be_copied_out(name: str, begins: str) -> None:
    assert hashlib.sha256((FONTS / f"{name}.ttf").read_bytes()).hexdigest().startswith(begins)


def test_the_licence_of_the_fonts_stands_beside_them() -> None:
    licence = (FONTS / "OFL.txt").read_text()

    assert licence.startswith("Copyright")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_a_composed_message_has_the_words_the_picture_and_the_picture_in_words() -> None:
    figures = shown(*BLOCKS)
    message = compose(write(figures, SURVEY, PHRASES, "en", ABOUT))
    found = write(figures, SURVEY, PHRASES, "en", ABOUT)

    assert message.text == found.brief
    assert message.png == png(found)
    assert message.alt == alt_text(found)
    assert "Women: 20%" in message.alt
