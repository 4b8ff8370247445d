"""A poster as a reader sees it: each page as a picture, and its words in the order of reading."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from unittest.mock import patch

import typst
from pypdf import PdfReader

from bot import poster
from bot.core.letters import clean
from bot.core.survey import Survey
from bot.digest.picture import fonts
from bot.files.phrases import Phrases
from bot.store import Terms

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
TERMS = Terms(k=10, leave_behind=2, organisation="Good Neighbours")
ADDRESS = poster.Address("https://t.me/an_example_bot?start=abcdefgh-ABCDEFGHJK", date(2026, 12, 31))
MOMENT = datetime(2026, 11, 30, tzinfo=UTC)

Spoil = Callable[[tuple[poster.Column, ...]], tuple[poster.Column, ...]]
"""Makes something wrong of what stands on a poster."""

INCHES = {"a4": 8.27, "a5": 5.83}


def content(
    survey: Survey,
    languages: Sequence[str] = LANGUAGES,
    size: str = "a4",
    terms: Terms = TERMS,
    address: poster.Address = ADDRESS,
    spoil: Spoil = tuple,
) -> bytes:
    """The poster as a file."""
    columns = spoil(poster.columns(survey, terms, address, PHRASES, languages))
    return poster.pdf(columns, address, terms.organisation, MOMENT, size)


def pages(
    survey: Survey,
    languages: Sequence[str] = LANGUAGES,
    size: str = "a4",
    terms: Terms = TERMS,
    address: poster.Address = ADDRESS,
    pixels: int = 595,
    spoil: Spoil = tuple,
) -> list[bytes]:
    """Each page as a picture (PNG), so many pixels wide."""
    compiled = typst.compile

    def as_pictures(template: str, sys_inputs: dict[str, str], **_others: object) -> bytes:
        ppi = pixels / INCHES[size]
        return compiled(template, font_paths=fonts(), format="png", ppi=ppi, sys_inputs=sys_inputs)

    with patch("bot.poster.typst.compile", as_pictures):
        return content(survey, languages, size, terms, address, spoil)  # type: ignore[return-value]


def words(file: bytes) -> list[str]:
    """The words of each page."""
    return [" ".join(clean(page.extract_text()).split()) for page in PdfReader(io.BytesIO(file)).pages]
