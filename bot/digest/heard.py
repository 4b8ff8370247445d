"""What was heard: two or three released figures in plain words, of those a coordinator chose.

Laws:
1. Every figure comes from a Publishable, and stands in the order of the survey.
2. A telephone number keeps its order in words of every direction.
3. A draft takes the figures that say most clearly "most" or "few": whose interval lies farthest from one half.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.core.blocks import Figure, Publishable
from bot.core.survey import Survey
from bot.digest.bars import Bar, Speaker
from bot.files.phrases import Phrases, Said, isolate

MOST = 3
"""So many figures can be told and remembered."""

HALF = 50.0

_NUMBER = re.compile(r"\+?\d[\d\s()./-]*\d")
"""Digits in groups, whose groups would change places between words that are read from the right."""


def clearest(shown: Publishable, survey: Survey, most: int = MOST) -> tuple[str, ...]:
    """The names of the figures that a draft begins with (law 3)."""
    found = offered(shown, survey)
    chosen = sorted(found, key=lambda name: -_from_half(shown.indicators[name]))[:most]
    return tuple(name for name in found if name in chosen)


def offered(shown: Publishable, survey: Survey) -> tuple[str, ...]:
    """The names of all figures that are released of a wave, in the order of the survey."""
    return tuple(one.id for one in survey.indicators if one.id in shown.indicators)


def bars(
    shown: Publishable, survey: Survey, phrases: Phrases, language: str, chosen: Collection[str]
) -> tuple[Bar, ...]:
    """The chosen figures, worded and ready to draw; a name that is not released is left out."""
    speaker = Speaker(phrases, language)
    return tuple(
        speaker.bar(speaker.words(one.title), shown.indicators[one.id])
        for one in survey.indicators
        if one.id in chosen and one.id in shown.indicators
    )


def sentence(phrases: Phrases, language: str, bar: Bar) -> str:
    """A figure in plain words: no interval and no number of people."""
    return phrases.say(language, "heard-line", title=bar.title, share=bar.words)


def public(words: str) -> Said:
    """Words that a coordinator typed, as they are shown: telephone numbers are read from the left."""
    return Said(_NUMBER.sub(lambda found: isolate(found[0]), words))


def _from_half(figure: Figure) -> float:
    """How far the whole interval lies from one half; below 0 where it holds it."""
    return max(figure.low - HALF, HALF - figure.high)
