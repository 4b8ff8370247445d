"""Themes of answers in own words, in words: one paragraph for each question whose answers a steward coded.

Titles are what a steward typed: they stand in the language they were written in, as plain words.
"""

from __future__ import annotations

from bot.core.blocks import Publishable, Themes
from bot.core.letters import one_line
from bot.core.survey import Survey
from bot.digest.bars import LONGEST_TITLE, Speaker, asking
from bot.files.phrases import join

ALIKE, PARTLY = 0.6, 0.4
"""From these kappas on two stewards agree well, or in part; Landis and Koch 1977, The measurement of observer
agreement for categorical data, whose bounds are .61 and .41: a kappa is shown to a tenth."""


def themes(speaker: Speaker, shown: Publishable, survey: Survey) -> tuple[str, ...]:
    """A paragraph for each question with themes, and what holds of all of them; nothing where there are none."""
    said = [
        _question(speaker, one_line(asking(survey.question(id), speaker.language), LONGEST_TITLE), found)
        for id, found in shown.themes.items()
    ]
    return (*said, speaker.say("digest-themes-rule", k=shown.k)) if said else ()


def named(speaker: Speaker, found: Themes) -> list[tuple[str, str]]:
    """The themes that are shown: each name, and its title."""
    return [(id, speaker.words(found.titles[id])) for id in found.figures]


def agreed(speaker: Speaker, kappa: float | None) -> str:
    """What the agreement of two stewards means for a reader."""
    if kappa is None:
        return speaker.say("digest-themes-one-reader")
    if kappa >= ALIKE:
        return speaker.say("digest-themes-alike", kappa=f"{kappa:.1f}")
    return speaker.say("digest-themes-partly" if kappa >= PARTLY else "digest-themes-apart", kappa=f"{kappa:.1f}")


def _question(speaker: Speaker, question: str, found: Themes) -> str:
    shares = [
        speaker.say("digest-theme", title=title, share=speaker.percent(found.figures[id].share))
        for id, title in named(speaker, found)
    ]
    told = agreed(speaker, found.kappa)
    if not shares:
        return speaker.say("digest-themes-none", question=question, n=found.n, agreed=told)
    return speaker.say(
        "digest-themes-line", question=question, n=found.n, themes=join(speaker.language, shares), agreed=told
    )
