"""The page for the meeting, and the other pictures on paper.

1. The page for the meeting is one page, whatever the survey and its titles; so are the small charts for the wall.
2. Who was asked, how many answered, who was reached, what changed and the notes are always on it.
3. What is left out for want of room is said, and nothing is left out where there is room.
4. The words of every kind of page can be found and copied in Urdu and Pashto.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from pypdf import PdfReader

from bot.core.letters import clean
from bot.core.survey import Advice
from bot.digest import KINDS, PAGE, Compared, Digest, pdf, write
from bot.digest.bars import LONGEST_NAME, LONGEST_TITLE
from bot.digest.charts import MULTIPLES
from bot.digest.room import LARGE, MOST_NEWS
from bot.files.phrases import Phrases
from tests.digest.sample import ABOUT, BLOCKS, SURVEY, shown, since_before
from tests.digest.test_picture import WHEN
from tests.digest.village import asked_twice, renamed, shipped, village

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
LONG = {
    "en": "Women who say that they were listened to at the last meeting, and that something was done about it ",
    "ur": "خواتین جو کہتی ہیں کہ پچھلی میٹنگ میں ان کی بات سنی گئی اور بعد میں اس پر کچھ کیا بھی گیا ",
    "ps": "زنانه چې وائي په تېره غونډه کښې د هغوئ خبره واورېدلے شوه او بیا پرې څه کار هم وشو ",
}


def pages(digest: Digest, kind: str = PAGE) -> int:
    return len(PdfReader(io.BytesIO(pdf(digest, WHEN, kind))).pages)


def words(page: bytes) -> str:
    """The text of a page as a reader's program finds it: poppler's, or pypdf's where there is no poppler."""
    program = shutil.which("pdftotext")
    if program is None:
        return clean(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(page)).pages))
    found = subprocess.run([program, "-", "-"], input=page, capture_output=True, check=True)
    return clean(found.stdout.decode())


@cache
def crowd(figures: int) -> Compared:
    """Two waves of a survey with so many figures, every title as long as may be, and advice on each of them."""
    survey = shipped("participation-voice")
    titles = {language: (words * 3)[:LONGEST_TITLE] for language, words in LONG.items()}
    first = [survey.indicators[n % len(survey.indicators)] for n in range(figures)]
    advised = tuple(replace(one, id=f"i{n}", advice=Advice(100, titles)) for n, one in enumerate(first))
    return asked_twice(renamed(replace(survey, indicators=advised), titles), 500)


def crowded(language: str, figures: int) -> Digest:
    """The digest of them, of an organisation and a programme with the longest names."""
    two = crowd(figures)
    about = replace(ABOUT, org="o" * LONGEST_NAME, programme="p" * LONGEST_NAME)
    return write(two.now, two.survey, PHRASES, language, about, two)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["participation-voice", "programme-outcome"])
def test_the_page_for_the_meeting_is_one_page_for_the_surveys_with_the_most_figures(
    name: str, language: str
) -> None:
    found = village(name, language)

    assert len(found.says) >= 15
    assert pages(found) == 1
    assert pages(found, MULTIPLES) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("figures", [20, 60])
def test_the_page_for_the_meeting_is_one_page_with_the_longest_titles(figures: int, language: str) -> None:
    assert pages(crowded(language, figures)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_small_charts_are_one_page_with_the_longest_titles(language: str) -> None:
    assert pages(crowded(language, 20), MULTIPLES) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_page_and_the_emptiest_are_one_page(language: str) -> None:
    assert pages(write(shown(*BLOCKS, slots=2), SURVEY, PHRASES, language, ABOUT, since_before())) == 1
    assert pages(write(shown(), SURVEY, PHRASES, language, ABOUT)) == 1


def test_a_page_with_room_has_everything_and_says_that_nothing_is_left_out() -> None:
    found = write(shown(*BLOCKS), SURVEY, PHRASES, "en", ABOUT)
    text = " ".join(words(pdf(found, WHEN)).split())

    assert found.plans[0].size == LARGE
    assert found.plans[0].said == ""
    assert "Not on this page" not in text
    assert "Asked were people of 18 years and more. Questions in this survey: 7. Districts: Swat and Dir." in text
    for bar in found.says:
        assert bar.caption in text
        assert text.count(bar.note) >= 1
        assert all(side.title in text for side in bar.sides)
    assert all(score in text for score in found.scores)


def test_what_must_be_said_stays_on_the_fullest_page() -> None:
    found = crowded("en", 60)
    text = " ".join(words(pdf(found, WHEN)).split())

    said = (found.title, found.asked, found.answered, *(bar.caption for bar in found.reach), found.languages)
    for line in (*said, *found.notes, *found.legend):
        assert " ".join(line.split()) in text
    assert text.count("down, from") + text.count("up, from") == MOST_NEWS
    assert "No clear change in the other figures" in text
    assert "Not on this page, for want of room:" in text


@pytest.mark.parametrize(("figures", "least"), [(20, 18), (60, 18)])
def test_a_full_page_has_as_many_figures_as_fit(figures: int, least: int) -> None:
    text = words(pdf(crowded("en", figures), WHEN))
    left_out = re.search(r"and figures: (\d+)\.", " ".join(text.split()))

    assert left_out is not None
    assert least <= figures - int(left_out[1]) < figures


def test_the_page_says_what_each_plan_leaves_out() -> None:
    found = crowded("en", 20)
    said = [plan.said.removeprefix("Not on this page, for want of room: ") for plan in found.plans]

    assert said[0] == ""
    parts = ("women and men side by side", "the number of answers to each figure", "scores", "more advice")
    for plan, words_ in zip(found.plans, said, strict=True):
        left_out = (
            not plan.groups,
            not plan.details,
            plan.scores < len(found.scores),
            plan.advice < len(found.advice),
        )
        assert [part in words_ for part in parts] == list(left_out)
        assert (f"figures: {len(found.says) - plan.figures}" in words_) == (plan.figures < len(found.says))


def test_a_page_of_many_figures_leaves_out_step_by_step_and_figures_last() -> None:
    plans = crowded("en", 20).plans

    assert [plan.figures for plan in plans if plan.details] == [20] * sum(plan.details for plan in plans)
    assert all(later.figures <= sooner.figures for sooner, later in pairwise(plans))
    assert plans[-1] == replace(plans[-1], figures=0, advice=0, scores=0, groups=False, details=False)


PROBES = {
    "ur": ("لوگوں", "بھروسہ", "جواب", "گروپ", "پڑوسیوں", "قوموں", "تنظیم", "اساتذہ"),
    "ps": ("خلقو", "اعتبار", "جوابونه", "ګروپ", "کسانو", "ګاونډیانو", "تنظیم", "استاذانو"),
}
"""Eight words that stand on every page of this survey, in the letters that other fonts lose."""


@pytest.mark.parametrize("language", ["ur", "ps"])
@pytest.mark.parametrize("kind", [PAGE, *KINDS])
def test_words_in_urdu_and_pashto_can_be_found_in_every_kind_of_page(kind: str, language: str) -> None:
    text = words(pdf(village("institutional-trust", language), WHEN, kind))

    assert [word for word in PROBES[language] if word not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_says_its_title_and_language_to_a_screen_reader(kind: str) -> None:
    page = PdfReader(io.BytesIO(pdf(village("institutional-trust", "ps"), WHEN, kind)))

    assert page.metadata is not None
    assert page.metadata.title
    assert str(page.root_object["/Lang"]) == "ps"


def test_equal_digests_give_equal_pages_of_every_kind() -> None:
    found = village("institutional-trust", "ur")

    for kind in KINDS:
        assert pdf(found, WHEN, kind) == pdf(found, WHEN, kind)


def test_no_earlier_survey_leaves_no_heading_of_change_on_the_page() -> None:
    without = write(shown(*BLOCKS), SURVEY, PHRASES, "en", ABOUT)
    with_ = write(shown(*BLOCKS), SURVEY, PHRASES, "en", ABOUT, Compared(shown(*BLOCKS), shown(*BLOCKS), SURVEY))

    assert "The newest answers beside those before" not in words(pdf(without, WHEN))
    assert "The newest answers beside those before" in words(pdf(with_, WHEN))
