"""Who can help: shown to somebody whose own words speak of danger, at once and to nobody else.

Laws:
1. Nothing of it is kept, counted or sent to anybody: it stands in the message of the next question, goes when that
   message changes, and is wiped with it.
2. A number that nobody has called for half a year is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.letters import fold
from bot.core.screen import Code, Line, Say, Screen, Text
from bot.core.survey import Survey, Words, worded

TRUSTED_DAYS = 180
"""So long after it was last called a number may be shown."""

_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Helpline:
    """Somebody who helps in a province, and when the number was last called by the organisation."""

    province: Words
    name: Words
    number: str
    last_called: date

    def trusted(self, today: date) -> bool:
        """True when it was called lately enough to be shown."""
        return timedelta(0) <= today - self.last_called <= timedelta(days=TRUSTED_DAYS)


def speaks_of_danger(survey: Survey, words: str) -> bool:
    """True where words begin as one of the survey's danger words does, however it is spelt, in any language."""
    said = _plain(words)
    return any(_plain(word) in said for listed in survey.danger.values() for word in listed)


def beside(screen: Screen, referral: str, helplines: Sequence[Helpline], today: date) -> Screen:
    """The screen with the survey's words on help before it, and whom to call."""
    language = screen.language
    lines: list[Line] = [Text(referral)]
    lines += [
        Say(
            "helpline",
            {
                "province": worded(one.province, language),
                "name": worded(one.name, language),
                "number": Code(one.number),
                "day": one.last_called,
            },
        )
        for one in helplines
        if one.trusted(today)
    ]
    if screen.tight:
        lines.append(Text(""))
    return screen._replace(lines=(*lines, *screen.lines))


def _plain(words: str) -> str:
    """Words to compare: folded, one space between them and one before, no signs."""
    return " " + _NO_LETTER.sub(" ", fold(words)).strip()
