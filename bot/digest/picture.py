"""A digest as pictures for a chat (PNG), as pages for a meeting (PDF), and each picture in words.

Words and numbers reach the templates as data: nothing an author or an organisation wrote is read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from bot.digest.charts import BARS, CHANGE, DISTRICTS, MULTIPLES, PAIRS, Picture
from bot.digest.room import few_changes
from bot.digest.write import Digest

PAGE = "page"
"""The page for the meeting, beside the kinds of picture."""

PIXELS_WIDE = 1080
"""Three pixels for each of the 360 points of a small telephone."""

PANIC = "PanicException"
"""What the library raises when it fails inside; it cannot be imported by name."""

MOST: Mapping[str, int] = {BARS: 6, CHANGE: 8, PAIRS: 4, DISTRICTS: 8, MULTIPLES: 4}
"""So many figures have room on a telephone: Telegram shrinks a picture until its long side has 1280 pixels, and
one little more than twice as long as wide can still be read."""

MOST_DISTRICTS = 8

_POINTS_WIDE = 360
_POINTS_AN_INCH = 72


class NotDrawn(Exception):
    """The picture could not be drawn; the words of the digest can go without it."""


def png(digest: Digest, kind: str = BARS, pixels: int = PIXELS_WIDE) -> bytes:
    """A picture as long as it needs to be; where nothing can be drawn it says why. Raises NotDrawn."""
    ppi = _POINTS_AN_INCH * pixels / _POINTS_WIDE
    with contained():
        return typst.compile(
            template(kind), font_paths=fonts(), format="png", ppi=ppi, sys_inputs=_inputs(digest, kind, "phone")
        )


def pdf(digest: Digest, timestamp: datetime, kind: str = PAGE) -> bytes:
    """A4, archivable and tagged (PDF/A-2a, PDF/UA-1); `timestamp` makes equal input equal bytes.

    The page for the meeting and the small charts are one page each. Raises NotDrawn; RuntimeError when the fonts
    lack a character, and names it.
    """
    with contained():
        return typst.compile(
            template(kind),
            font_paths=fonts(),
            format="pdf",
            sys_inputs=_inputs(digest, kind, "a4"),
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


def alt_text(digest: Digest, kind: str = BARS) -> str:
    """The picture in words, short enough to stand beside it."""
    return digest.alt if kind == BARS else digest.pictures[kind].alt


def nothing(digest: Digest, kind: str) -> str:
    """Why there is nothing to draw; empty where there is."""
    return digest.pictures[kind].nothing


def template(name: str) -> str:
    """Where a template lies; what all of them share lies beside it."""
    return str(files("bot.digest").joinpath(f"{name}.typ"))


@cache
def fonts() -> typst.Fonts:
    """Our fonts and no others: the embedded ones would stand in for a missing letter without a word."""
    folder = str(files("bot").joinpath("assets", "fonts"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _inputs(digest: Digest, kind: str, paper: str) -> dict[str, str]:
    data: dict[str, Any] = {**asdict(replace(digest, pictures={})), "paper": paper}
    if kind == PAGE:
        data["changes"] = few_changes(digest)
    else:
        data["picture"] = asdict(_fitting(digest.pictures[kind], kind, paper))
    if kind == BARS:
        data["says"] = data["says"][: len(data["picture"]["charts"])]
        data["picture"]["more"] = data["picture"]["more"] and digest.below
    return {"data": json.dumps(data, ensure_ascii=False)}


def _fitting(picture: Picture, kind: str, paper: str) -> Picture:
    """What has room of a picture, in its order: clear changes stay."""
    if paper != "phone":
        return replace(picture, more="")
    clear_first = sorted(range(len(picture.charts)), key=lambda place: not picture.charts[place].way)
    kept = tuple(picture.charts[place] for place in sorted(clear_first[: MOST[kind]]))
    if kind == DISTRICTS:
        kept = tuple(replace(chart, rows=chart.rows[:MOST_DISTRICTS]) for chart in kept)
    return replace(picture, charts=kept, more="" if kept == picture.charts else picture.more)
