"""A digest as a picture for a chat (PNG), as a page for a meeting (PDF), and the picture in words.

Words and numbers reach the template as data: nothing an author or an organisation wrote is read as markup.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files

import typst

from bot.digest.write import Digest

PIXELS_WIDE = 1080
"""Three pixels for each of the 360 points of a small telephone."""

_POINTS_WIDE = 360
_POINTS_AN_INCH = 72


def png(digest: Digest) -> bytes:
    """A portrait picture as long as it needs to be."""
    ppi = _POINTS_AN_INCH * PIXELS_WIDE / _POINTS_WIDE
    return typst.compile(
        _template(), font_paths=_fonts(), format="png", ppi=ppi, sys_inputs=_inputs(digest, "phone")
    )


def pdf(digest: Digest, timestamp: datetime) -> bytes:
    """An A4 page, archivable and tagged (PDF/A-2a, PDF/UA-1); `timestamp` makes equal input equal bytes.

    Raises RuntimeError when the fonts lack a character, and names it.
    """
    return typst.compile(
        _template(),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs=_inputs(digest, "a4"),
        pdf_standards=["a-2a", "ua-1"],
        timestamp=timestamp,
    )


def alt_text(digest: Digest) -> str:
    """The picture in words, short enough to stand beside it."""
    return digest.alt


def _inputs(digest: Digest, paper: str) -> dict[str, str]:
    return {"data": json.dumps({**asdict(digest), "paper": paper}, ensure_ascii=False)}


@cache
def _template() -> bytes:
    return files("bot.digest").joinpath("digest.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Our fonts and no others: the embedded ones would stand in for a missing letter without a word."""
    folder = str(files("bot").joinpath("assets", "fonts"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
