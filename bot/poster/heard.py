"""The page for a notice board: what was heard, as bars, and what will be done; one side, and nothing behind it.

Laws:
1. It shows what is released and what was approved, and the same of both makes the same bytes.
2. It is one page, whatever the words; it names nobody.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

import typst

from bot.core.blocks import Publishable
from bot.core.letters import one_line
from bot.core.reading import read_in
from bot.core.survey import worded
from bot.digest.bars import LONGEST_NAME, Bar
from bot.digest.heard import bars, public
from bot.digest.picture import contained, fonts, template
from bot.files.phrases import Phrases, day, directed, direction
from bot.store import Entry, Wave

FORMATS = ("a4", "a5", "png")
"""Paper as PDF, or a picture of the larger page."""

PIXELS_AN_INCH = 150.0


@dataclass(frozen=True)
class Page:
    """All that stands on the page, in one language."""

    language: str
    direction: str
    title: str
    survey: str
    byline: str
    answered: str
    bars: tuple[Bar, ...]
    heading: str
    words: str
    notes: tuple[str, ...]


def page(shown: Publishable, wave: Wave, entry: Entry, phrases: Phrases, language: str) -> Page:
    """The words of the page. ValueError where nothing was approved."""
    if entry.approved is None:
        raise ValueError(wave.id)
    organisation = one_line(wave.terms.organisation, LONGEST_NAME)
    when = day(language, entry.approved)
    byline = (
        phrases.say(language, "digest-byline-org", org=organisation, day=when)
        if organisation
        else phrases.say(language, "digest-byline-day", day=when)
    )
    answered = "digest-answered" if shown.n else "heard-too-few"
    notes = ("digest-legend", "digest-self-chosen", "digest-hidden") if shown.n else ()
    return Page(
        language=language,
        direction=direction(language),
        title=phrases.say(language, "heard-page-title"),
        survey=directed(language, one_line(worded(wave.survey.title, language), LONGEST_NAME)),
        byline=byline,
        answered=phrases.say(language, answered, n=shown.n, k=shown.k),
        bars=bars(shown, wave.survey, phrases, language, entry.figures),
        heading=phrases.say(language, "heard-page-will"),
        words=public(read_in(entry.words, language)),
        notes=tuple(phrases.say(language, id, k=shown.k) for id in notes),
    )


def drawn(made: Page, kind: str, approved: date | None) -> bytes:
    """The page as one of `FORMATS`. Raises NotDrawn; RuntimeError where the fonts lack a letter, and names it."""
    data = {**asdict(made), "size": "a4" if kind == "png" else kind}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with contained():
        if kind == "png":
            return typst.compile(
                template("heard"), font_paths=fonts(), format="png", ppi=PIXELS_AN_INCH, sys_inputs=inputs
            )
        stamp = datetime.combine(approved or date.min, datetime.min.time(), UTC)
        return typst.compile(
            template("heard"), font_paths=fonts(), format="pdf", sys_inputs=inputs, timestamp=stamp
        )


def file_name(wave: str, language: str, kind: str) -> str:
    """What the file is called."""
    return (
        f"aitbar-heard-{wave}-{language}.{kind}" if kind == "png" else f"aitbar-heard-{wave}-{language}-{kind}.pdf"
    )
