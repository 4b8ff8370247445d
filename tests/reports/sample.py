"""Waves of surveys that ship, answered by simulated people, as a report stands on them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pypdf import PdfReader

from bot.core.blocks import Block, Publishable, Rule, count, publish
from bot.core.cells import layout
from bot.core.cohorts import counted
from bot.core.course import settle
from bot.core.indexes import sums
from bot.core.survey import Answer, Survey
from bot.demo.model import villagers
from bot.files.phrases import Phrases
from bot.reports import drawn
from bot.reports.basis import Basis, Stand
from bot.reports.donor import Donor, donor
from bot.store import Terms, Wave
from tests.digest.village import shipped, waves

PHRASES = Phrases.load()
LANGUAGES = ("ur", "ps", "en")
Change = Callable[[Mapping[str, Answer]], Mapping[str, Answer]]
"""What somebody answers in place of what they would have answered."""

OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
UNTIL = date(2026, 11, 23)
NAMED: dict[str, Any] = {"organisation": "Good Neighbours", "programme": "Spring 2026"}


def stand(figures: Publishable, survey: Survey, wave: str = "w1", **terms: Any) -> Stand:
    """A wave with these figures."""
    told = Terms(**{**NAMED, "k": figures.k, "slots": figures.slots, **terms})
    return Stand(
        Wave(wave, survey, told, "open", OPENED, OPENED, 3, 0),
        figures,
        "d" * 64,
        OPENED.date(),
        UNTIL,
    )


def shipped_basis(name: str, people: int = 500, **changes: Any) -> Basis:
    """A survey that ships, a wave of it, and the wave before."""
    survey = replace(shipped(name), **changes)
    compared = replace(waves(name, people), survey=survey)
    return Basis(stand(compared.now, survey), compared, drafts=("ur", "ps"))


def empty(survey: Survey) -> Publishable:
    """Nothing was released."""
    return publish(survey, "w1", layout(survey, None).partition, Rule(10, 2), ())


def answered(survey: Survey, answers: Change = dict, people: int = 12, k: int = 10, kind: str = "") -> Publishable:
    """One block of people who all changed their answers so; the kind of group they came by is counted."""
    crowd = []
    for one in villagers(survey, people, 1):
        given = answers(settle(survey, one.answers, one.number))
        crowd.append((given, one.language))
    counts = {**count(survey, crowd), **counted([kind] * people)}
    block = Block(1, (), people, False, counts, sums(survey, (given for given, _ in crowd)))
    return publish(survey, "w1", layout(survey, None).partition, Rule(k, 2), (block,))


def told(basis: Basis, language: str = "en") -> Donor:
    """The report for donors."""
    return donor(basis, PHRASES, language)


def pdf(basis: Basis, language: str = "en") -> bytes:
    """The report for donors as pages."""
    return drawn.donor(told(basis, language), basis.moment)


def pages(content: bytes) -> list[str]:
    """The words of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
