"""A poster for a wave, and what to say aloud.

1. It is one page and the page behind it, whatever the survey, the languages and the paper.
2. It says what the wave keeps, in each language and its digits, and names no person.
3. The QR on it is the link, module by module; equal waves make equal bytes.
4. Words of an author or an organisation are drawn, never obeyed.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
import segno
import typst

from bot import poster
from bot.core.letters import clean
from bot.core.survey import Survey
from bot.digest.picture import fonts
from bot.store import Terms
from tests.digest.pixels import grey
from tests.digest.village import shipped
from tests.library import SURVEYS
from tests.poster.drawn import ADDRESS, LANGUAGES, MOMENT, PHRASES, TERMS, content, words
from tests.security import hostile


def drawn(
    survey: Survey, languages: tuple[str, ...] = LANGUAGES, size: str = "a4", terms: Terms = TERMS
) -> list[str]:
    """The words of each page."""
    return words(content(survey, languages, size, terms))


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_survey_that_ships_has_a_poster_of_one_page_and_one_behind(path: object) -> None:
    name = getattr(path, "stem", "")
    for size in poster.SIZES:
        for languages in (LANGUAGES, ("ps",)):
            assert len(drawn(shipped(name), languages, size)) == 2, (size, languages)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ur", ("10 یا زیادہ لوگوں", "31 دسمبر 2026", "18 سال", "Good Neighbours")),
        ("ps", ("۱۰ یا زیاتو خلقو", "۳۱ دسمبر ۲۰۲۶", "۱۸ کالو", "Good Neighbours")),
        ("en", ("10 people or more", "31 December 2026", "18 years", "Good Neighbours")),
    ],
)
def test_it_says_what_the_wave_keeps_in_each_language(language: str, expected: tuple[str, ...]) -> None:
    (block,) = poster.columns(shipped("pulse"), TERMS, ADDRESS, PHRASES, (language,))
    said = clean(" ".join(line for part in (*block.parts, block.aloud) for line in part.lines))

    for fact in expected:
        assert fact in said
    front, behind = drawn(shipped("pulse"), (language,))
    assert ADDRESS.link in front and ADDRESS.link not in behind


def test_what_is_not_so_is_not_said() -> None:
    alone = poster.Address(ADDRESS.link)
    shared = replace(TERMS, slots=4, minors=True, organisation="")
    ((plain,), (other,)) = (
        poster.columns(shipped("pulse"), terms, address, PHRASES, ("en",))
        for terms, address in ((TERMS, ADDRESS), (shared, alone))
    )
    first, second = (
        [line for part in (*one.parts, one.aloud) for line in map(clean, part.lines)] for one in (plain, other)
    )
    assert "Until 31 December 2026." in first and not any("Until" in line for line in second)
    assert "Up to 4 people can answer on one phone, each alone." in second
    assert not any("one phone" in line for line in first)
    assert "For people of 15 years and more." in second
    assert second[-5] == "These questions come from us."


def test_the_qr_is_the_link_module_by_module() -> None:
    """Read off the page: the middle of every module is as dark as the code has it."""
    columns = poster.columns(shipped("pulse"), TERMS, ADDRESS, PHRASES, ("en",))
    compiled = typst.compile

    def as_pictures(template: str, sys_inputs: dict[str, str], **_others: object) -> bytes:
        front, _behind = compiled(template, font_paths=fonts(), format="png", ppi=144.0, sys_inputs=sys_inputs)
        return front  # type: ignore[return-value]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.poster.typst.compile", as_pictures)
        page = grey(poster.pdf(columns, ADDRESS, TERMS.organisation, MOMENT)) < 128

    code = np.array([list(row) for row in segno.make(ADDRESS.link, error="h").matrix_iter(border=4)], dtype=bool)
    found = [
        (side, top)
        for side in (size * 540 for size in (1, 0.94, 0.88, 0.82, 0.76, 0.7))
        for top in range(page.shape[0] - int(side))
        if _same(page, code, side, top)
    ]
    assert found, "no place on the page shows this code"


def _same(page: np.ndarray, code: np.ndarray, side: float, top: int) -> bool:
    """Whether the code stands there, in the middle of the page; the corners are looked at first."""
    middles = ((np.arange(len(code)) + 0.5) * side / len(code)).astype(int)
    left = int((page.shape[1] - side) / 2)
    rows, columns = top + middles, left + middles
    if not np.array_equal(page[rows[4], columns], code[4]):
        return False
    return np.array_equal(page[np.ix_(rows, columns)], code)


def test_equal_waves_make_equal_bytes_and_another_link_another_poster() -> None:
    columns = poster.columns(shipped("pulse"), TERMS, ADDRESS, PHRASES, LANGUAGES)
    one, same = (poster.pdf(columns, ADDRESS, "A", MOMENT) for _ in range(2))
    assert one == same
    assert one != poster.pdf(columns, poster.Address(ADDRESS.link + "L"), "A", MOMENT)


@pytest.mark.parametrize("seed", range(12))
def test_hostile_words_are_drawn_and_never_obeyed(seed: int) -> None:
    chance = Random(seed)
    about = hostile.about(chance)
    terms = replace(TERMS, organisation=about.org or "")
    assert len(drawn(hostile.survey(chance), LANGUAGES, terms=terms)) >= 2
