"""A digest as a picture for a chat (PNG), as a page for a meeting (PDF), and the picture in words.

Words and numbers reach the template as data: nothing an author or an organisation wrote is read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files

import typst

from bot.digest.write import Digest

PIXELS_WIDE = 1080
"""Three pixels for each of the 360 points of a small telephone."""

PANIC = "PanicException"
"""What the library raises when it fails inside; it cannot be imported by name."""

_POINTS_WIDE = 360
_POINTS_AN_INCH = 72


class NotDrawn(Exception):
    """The picture could not be drawn; the words of the digest can go without it."""


def png(digest: Digest) -> bytes:
    """A portrait picture as long as it needs to be. Raises NotDrawn."""
    ppi = _POINTS_AN_INCH * PIXELS_WIDE / _POINTS_WIDE
    with contained():
        return typst.compile(
            _template(), font_paths=fonts(), format="png", ppi=ppi, sys_inputs=_inputs(digest, "phone")
        )


def pdf(digest: Digest, timestamp: datetime) -> bytes:
    """An A4 page, archivable and tagged (PDF/A-2a, PDF/UA-1); `timestamp` makes equal input equal bytes.

    Raises RuntimeError when the fonts lack a character, and names it.
    """
    with contained():
        return typst.compile(
            _template(),
            font_paths=fonts(),
            format="pdf",
            sys_inputs=_inputs(digest, "a4"),
            pdf_standards=["a-2a", "ua-1"],
            timestamp=timestamp,
        )


@contextmanager
def contained() -> Iterator[None]:
    """Turn a panic of the library into a failure of this picture: a panic is no Exception, and would end us."""
    try:
        yield
    except BaseException as panic:
        if type(panic).__name__ != PANIC:
            raise
        raise NotDrawn(PANIC) from None


def alt_text(digest: Digest) -> str:
    """The picture in words, short enough to stand beside it."""
    return digest.alt


def _inputs(digest: Digest, paper: str) -> dict[str, str]:
    return {"data": json.dumps({**asdict(digest), "paper": paper}, ensure_ascii=False)}


@cache
def _template() -> bytes:
    return files("bot.digest").joinpath("digest.typ").read_bytes()


@cache
def fonts() -> typst.Fonts:
    """Our fonts and no others: the embedded ones would stand in for a missing letter without a word."""
    folder = str(files("bot").joinpath("assets", "fonts"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
