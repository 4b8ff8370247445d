"""What the page for the meeting shows: all there is as long as one page has room, then step by step less.

Laws:
1. The first plan that fits one page is drawn; the last one always fits.
2. Whatever a plan leaves out, it says. How many answered, who was reached, what changed and the notes always stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.cells import DISTRICT
from bot.core.census import YOUTH
from bot.core.questions import TYPES
from bot.core.survey import Survey
from bot.digest.bars import Speaker
from bot.files.phrases import join

if TYPE_CHECKING:
    from bot.digest.write import Digest

MOST_NEWS, MOST_ADVICE = 3, 2
"""So many figures, and so many pieces of advice, stand where there is little room."""

MOST_PLACES = 12
"""So many districts are named; more would be a list that nobody reads."""

LARGE, SMALL, SMALLEST = 9.5, 8.5, 7.5
"""Points of the letters; smaller ones nobody reads at a meeting."""


@dataclass(frozen=True)
class Plan:
    """How much stands on the page, how large, in how many columns; `said` names what is left out."""

    size: float
    columns: int
    groups: bool
    details: bool
    scores: int
    advice: int
    figures: int
    themes: int = 0
    said: str = ""


def plans(speaker: Speaker, digest: Digest) -> tuple[Plan, ...]:
    """Every plan for a digest, the fullest first."""
    whole = Plan(
        LARGE, 1, True, True, len(digest.scores), len(digest.advice), len(digest.says), len(digest.themes)
    )
    return tuple(replace(plan, said=_said(speaker, digest, plan)) for plan in _less_and_less(whole))


def questions(survey: Survey) -> int:
    """How many questions somebody may be asked: no notes, and nothing that is drawn or worked out."""
    return sum(TYPES[one.type].kept and not TYPES[one.type].hidden for one in survey.questions)


def asked(speaker: Speaker, survey: Survey, minors: bool) -> str:
    """What was asked, and of whom."""
    lines = [] if survey.reach is None else [speaker.say("digest-page-ages", age=YOUTH[minors][0])]
    lines.append(speaker.say("digest-page-asked", n=questions(survey)))
    places = [
        speaker.words(option.label)
        for part in survey.cells
        if part.name == DISTRICT
        for option in survey.question(part.question).options
        if option.code in part.groups
    ]
    if 0 < len(places) <= MOST_PLACES:
        lines.append(speaker.say("digest-page-places", places=join(speaker.language, places)))
    return " ".join(lines)


def few_changes(digest: Digest) -> tuple[str, ...]:
    """The first changes, and what is said of all others."""
    clear = sum(one.clear for one in digest.moved)
    return (*digest.changed[: min(clear, MOST_NEWS)], *digest.changed[clear:])


def _less_and_less(whole: Plan) -> Iterator[Plan]:
    yield whole
    for fewer in (
        whole,
        plain := replace(whole, groups=False),
        bare := replace(plain, details=False),
        bare := replace(bare, themes=0),
        bare := replace(bare, scores=0),
        bare := replace(bare, advice=min(MOST_ADVICE, whole.advice)),
    ):
        yield replace(fewer, columns=2)
        yield replace(fewer, columns=2, size=SMALL)
    for figures in range(whole.figures, -1, -1):
        yield replace(bare, columns=2, size=SMALLEST, figures=figures)
    yield replace(bare, columns=2, size=SMALLEST, figures=0, advice=0)


def _said(speaker: Speaker, digest: Digest, plan: Plan) -> str:
    parts = [
        speaker.say("digest-part-groups") if not plan.groups and any(bar.sides for bar in digest.says) else "",
        speaker.say("digest-part-details") if not plan.details and digest.says else "",
        speaker.say("digest-part-scores") if plan.scores < len(digest.scores) else "",
        speaker.say("digest-part-themes") if plan.themes < len(digest.themes) else "",
        speaker.say("digest-part-advice") if plan.advice < len(digest.advice) else "",
        speaker.say("digest-part-figures", n=len(digest.says) - plan.figures)
        if plan.figures < len(digest.says)
        else "",
    ]
    named = [part for part in parts if part]
    return speaker.say("digest-page-left-out", parts=join(speaker.language, named)) if named else ""
