"""Each poster and its script, on both papers and in every choice of languages, beside the one somebody looked at.

1. A page is as its golden file shows it, but for what another computer may round differently.
2. What a reader would see fails: the other direction, languages or letters in another order, a part left out.
3. No text is cut: pages are two, margins white, and every sentence stands in the file whole and in its order.
4. The longest address stands on one line, and the fullest wave on one page.

`pytest --rewrite` draws the golden files anew; look at them before you keep them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot import poster
from bot.core.letters import clean
from bot.poster import Column
from bot.store import Terms
from tests.digest.pixels import apart, grey
from tests.digest.village import shipped
from tests.library import SURVEYS
from tests.poster.drawn import ADDRESS, LANGUAGES, PHRASES, TERMS, Spoil, content, pages, words

GOLDEN = Path(__file__).parent / "golden_pictures"
PIXELS = 420
TOLERANCE = 12.0
"""Of 255, in the worst square of 20 pixels: as for the pictures of digests."""

MOST_BYTES = 2_500_000
MARGIN = 14
"""Pixels at each side that stay white."""

CHOICES = {"ur": ("ur",), "ps": ("ps",), "en": ("en",), "all": LANGUAGES}
SIDES = ("poster", "script")
FULLEST = replace(TERMS, slots=4, minors=True, invited=True, cohorts=True)
LONGEST_LINK = f"https://t.me/{'good_neighbours_of_upper_swat_bot'[-32:]}?start=abcdefgh-abcdefghjkmn"

LONGEST = {
    language: max((path.stem for path in SURVEYS), key=lambda stem: len(shipped(stem).title.get(language, "")))
    for language in LANGUAGES
}
"""The survey that ships with the longest title in each language; of all three, the Urdu one."""


def drawn(choice: str, size: str, spoil: Spoil = tuple) -> list[bytes]:
    """The two pages, as pictures."""
    survey = shipped(LONGEST[CHOICES[choice][0]])
    return pages(survey, CHOICES[choice], size, FULLEST, pixels=PIXELS, spoil=spoil)


@pytest.mark.parametrize("size", poster.SIZES)
@pytest.mark.parametrize("choice", CHOICES)
def test_a_poster_and_its_script_are_as_their_golden_files_show_them(
    choice: str, size: str, request: pytest.FixtureRequest
) -> None:
    for side, page in zip(SIDES, drawn(choice, size), strict=True):
        file = GOLDEN / f"{side}.{size}.{choice}.png"
        if request.config.getoption("--rewrite"):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(page)
        assert apart(page, file.read_bytes()) < TOLERANCE, file.name


def test_the_golden_files_are_those_of_the_choices_and_small() -> None:
    files = list(GOLDEN.iterdir())

    assert {file.name for file in files} == {
        f"{side}.{size}.{choice}.png" for side in SIDES for size in poster.SIZES for choice in CHOICES
    }
    assert sum(file.stat().st_size for file in files) < MOST_BYTES


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.png")), ids=lambda file: file.stem)
def test_nothing_reaches_into_the_margin(file: Path) -> None:
    seen = grey(file.read_bytes())
    sides = (seen[:MARGIN], seen[-MARGIN:], seen[:, :MARGIN], seen[:, -MARGIN:])

    assert {side.min() for side in sides} == {255}
    assert seen.min() < 100


def from_the_left(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Each language from the left."""
    return tuple(replace(one, direction="ltr") for one in columns)


def without_a_sentence(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Without how to stop."""
    return tuple(replace(one, parts=one.parts[:-1]) for one in columns)


def other_way_round(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The last language first."""
    return columns[::-1]


def mirrored(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """A title whose letters stand in the order in which a program drew them."""
    return tuple(replace(one, title=one.title[::-1]) for one in columns)


@pytest.mark.parametrize("spoil", [from_the_left, without_a_sentence, other_way_round, mirrored])
@pytest.mark.parametrize("size", poster.SIZES)
def test_a_wrong_page_is_not_taken_for_the_right_one(size: str, spoil: Spoil) -> None:
    wrong, _behind = drawn("all", size, spoil)

    assert apart(wrong, (GOLDEN / f"poster.{size}.all.png").read_bytes()) > TOLERANCE


# -- words ------------------------------------------------------------------------------------------------


def sentences(survey: str, languages: Sequence[str], terms: Terms) -> tuple[list[str], list[str]]:
    """What must stand on the front and behind it, without spaces."""
    front, behind = [], []
    for one in poster.columns(shipped(survey), terms, ADDRESS, PHRASES, languages):
        front += [one.title, one.scan, *(line for part in one.parts for line in (part.heading, *part.lines))]
        behind += [one.aloud.heading, *one.aloud.lines, one.never]
    return [squeezed(line) for line in front], [squeezed(line) for line in behind]


def squeezed(line: str) -> str:
    return "".join(clean(line).split())


@pytest.mark.parametrize("size", poster.SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_in_the_file_whole_and_in_its_order(language: str, size: str) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("there is no pdftotext here")
    for survey in sorted({*LONGEST.values()}):
        file = content(shipped(survey), (language,), size, FULLEST)
        done = subprocess.run([program, "-", "-"], input=file, capture_output=True, check=True)
        *read, rest = done.stdout.decode().split("\f")
        assert (len(read), rest) == (2, "")
        for page, lines in zip(read, sentences(survey, (language,), FULLEST), strict=True):
            there = squeezed(page)
            assert [line for line in lines if line not in there] == []


@pytest.mark.parametrize("size", poster.SIZES)
def test_side_by_side_no_letter_is_lost(size: str) -> None:
    """Programs read columns across; so letters are counted."""
    for survey in sorted({*LONGEST.values()}):
        read = words(content(shipped(survey), LANGUAGES, size, FULLEST))
        assert len(read) == 2
        for page, lines in zip(read, sentences(survey, LANGUAGES, FULLEST), strict=True):
            assert Counter("".join(lines)) - Counter(squeezed(page)) == Counter()


@pytest.mark.parametrize("size", poster.SIZES)
@pytest.mark.parametrize("choice", CHOICES)
def test_the_longest_address_stands_on_one_line_and_the_fullest_wave_on_one_page(choice: str, size: str) -> None:
    address = replace(ADDRESS, link=LONGEST_LINK)
    terms = replace(FULLEST, organisation="The very good and very old neighbours of the upper valley of the river")
    survey = shipped(LONGEST[CHOICES[choice][0]])
    front, _behind = words(content(survey, CHOICES[choice], size, terms, address))
    assert LONGEST_LINK in front
