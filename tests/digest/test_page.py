"""A digest as a web page.

1. It has the figures of the text, in its language and direction, and words for whoever does not see the bars.
2. It needs nothing else: no script, no link, no address, and its policy forbids all of them.
3. Words of authors and organisations are never read as markup.
4. Every table says what its rows and columns are.
"""

from __future__ import annotations

import io
import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from random import Random

import pytest
from fontTools.ttLib import TTFont

from bot.core.letters import clean
from bot.digest import Digest, html, write
from bot.digest.charts import DISTRICTS, MULTIPLES
from bot.digest.page import POLICY
from bot.files.phrases import Phrases, direction
from tests.digest.sample import ABOUT, ADVISED, BLOCKS, LATER, SURVEY, shown, since_before
from tests.digest.village import village
from tests.security import hostile

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
VOID = {"meta", "br"}


class Seen(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text without the style."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode("utf-8"))
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += f" {data}"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def changed(language: str) -> Digest:
    return write(shown(*LATER), ADVISED, PHRASES, language, ABOUT, since_before())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language_direction_and_title(language: str) -> None:
    found = changed(language)
    seen = Seen(html(found))

    assert html(found).startswith(b"<!DOCTYPE html>\n<html")
    assert seen.all("html") == [{"lang": language, "dir": direction(language)}]
    assert found.title in seen.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_text_says(language: str) -> None:
    found = changed(language)
    text = " ".join(Seen(html(found)).text.split())

    said = (
        found.byline,
        found.asked,
        found.answered,
        found.languages,
        *found.changed,
        *found.advice,
        *found.notes,
    )
    for words in (*said, *found.legend):
        assert words and " ".join(words.split()) in text
    for bar in (*found.reach, *found.says, *(side for one in found.says for side in one.sides)):
        assert bar.title in text
        assert bar.percent in text
    assert all(" ".join(bar.caption.split()) in text for bar in (*found.reach, *found.says))


def test_the_page_has_scores_in_words() -> None:
    found = write(shown(*BLOCKS), SURVEY, PHRASES, "en", ABOUT)

    assert found.scores
    assert all(score in Seen(html(found)).text for score in found.scores)


def test_every_bar_has_words_for_whoever_does_not_see_it() -> None:
    found = changed("en")
    bars = [one for one in Seen(html(found)).all("div") if one.get("class") == "bar"]

    assert len(bars) == len(found.reach) + 2 * len(found.moved) + sum(
        len(chart.rows) for chart in found.pictures[MULTIPLES].charts
    )
    assert all(bar["role"] == "img" and "%" in bar["aria-label"] for bar in bars)
    assert "Women: 45% about 4 to 5 in 10; likely between 4 and 5 in 10; about 210 answers" in [
        bar["aria-label"] for bar in bars
    ]


def test_a_bar_is_as_long_as_its_share_and_its_line_as_its_interval() -> None:
    found = changed("en")
    styles = [one.get("style", "") for one in Seen(html(found)).all("div")]

    for bar in found.says:
        assert f"inline-size:{bar.share}%" in styles
        assert f"inset-inline-start:{bar.low}%;inline-size:{bar.high - bar.low:.1f}%" in styles


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_nothing_else(language: str) -> None:
    page = html(village("institutional-trust", language))
    seen = Seen(page)

    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in seen.all("meta")
    assert {tag for tag, _ in seen.elements}.isdisjoint({"script", "link", "img", "iframe", "form", "a", "base"})
    assert not any(
        name in ("src", "href") or name.startswith("on") for _, found in seen.elements for name in found
    )
    assert not re.search(rb"https?:|url\((?!data:font/woff;base64,)|@import", page)


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_the_page_brings_every_letter_of_urdu_and_pashto_that_it_says(language: str) -> None:
    page = html(village("institutional-trust", language))
    said = {ord(letter) for letter in Seen(page).text if "\u0600" <= letter <= "\u06ff"}
    brought = [TTFont(io.BytesIO(b64decode(font))) for font in re.findall(rb"woff;base64,([^)]+)\)", page)]

    assert len(said) > 30
    assert len(brought) == 2, "plain and bold"
    for font in brought:
        assert said <= set(font.getBestCmap())
        assert "GSUB" in font, "letters join"
    assert page == html(village("institutional-trust", language)), "the same figures are the same bytes"
    assert len(page) < 200_000


def test_a_page_in_english_brings_no_letters() -> None:
    assert b"@font-face" not in html(village("institutional-trust", "en"))


def test_every_heading_of_a_table_says_whether_it_is_of_a_row_or_a_column() -> None:
    found = village("institutional-trust", "en")
    seen = Seen(html(found))
    scopes = [heading["scope"] for heading in seen.all("th")]
    districts = len(found.pictures[DISTRICTS].charts[0].rows)

    assert scopes.count("col") == districts == 3
    assert scopes.count("row") == len(seen.all("tr")) - 1, "each row but the one of the columns"


def test_a_share_of_a_district_is_shaded_and_an_empty_field_is_empty() -> None:
    found = village("institutional-trust", "en")
    picture = found.pictures[DISTRICTS]
    first = picture.charts[0]
    gone = replace(first, rows=(replace(first.rows[0], bar=None), *first.rows[1:]))
    spoiled = replace(found, pictures={**found.pictures, DISTRICTS: replace(picture, charts=(gone,))})
    cells = [found for found in Seen(html(spoiled)).all("td") if "background" in found.get("style", "")]

    assert [cell["style"] for cell in cells] == [f"background:{row.fill}" for row in first.rows[1:]]


@pytest.mark.parametrize("seed", range(30))
def test_hostile_words_stay_words(seed: int) -> None:
    chance = Random(seed)
    survey = hostile.survey(chance)
    found = write(shown(*BLOCKS), survey, PHRASES, LANGUAGES[seed % 3], hostile.about(chance))
    seen = Seen(html(found))

    assert {tag for tag, _ in seen.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section"),
        *("h1", "h2", "p", "bdi", "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "small"),
    }
    assert clean(found.title) in clean(seen.text)


def test_a_title_that_is_markup_is_written_out() -> None:
    title = '</style><script>alert(1)</script><img src=x onerror="a"> &amp; "\''
    found = write(shown(*BLOCKS), replace(SURVEY, title={"en": title}), PHRASES, "en", ABOUT)

    assert b"<script" not in html(found)
    assert b"<img" not in html(found)
    assert title in Seen(html(found)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wave_without_figures_says_why(language: str) -> None:
    found = write(shown(), SURVEY, PHRASES, language, ABOUT)
    seen = Seen(html(found))

    assert found.answered in seen.text
    assert seen.all("table") == seen.all("h2") == []
