"""Who is reached, at the desk: a screen of each wave, and the message that a group is behind.

Laws:
1. Both are functions of a Publishable, the wave's terms and its survey: nothing else moves a word of them.
2. Groups stand in the order of the survey; only the one furthest behind is named once more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.chat.acts import Opening
from bot.chat.desk.around import Rows, Table, found
from bot.chat.said import Said
from bot.core import roles
from bot.core.blocks import Publishable
from bot.core.cells import DISTRICT
from bot.core.census import YOUTH
from bot.core.events import Asked
from bot.core.inclusion import LANGUAGE, Reached, reached, usual, ways, weakest
from bot.core.screen import Button, Code, Line, Say, Screen, Text, Value
from bot.core.survey import Survey, worded
from bot.digest.reached import ROOMY, Teller
from bot.files.phrases import Phrases
from bot.store import Coordinator, Transaction, Wave

MOST_NAMED = 12
"""So many groups stand in a message; the screen has all."""


class Inclusion:
    """The screen and the message. `phrases` gives the words in use, `home` the row that leads back to the desk."""

    def __init__(self, phrases: Callable[[], Phrases], home: Callable[[], Rows]) -> None:
        self._phrases = phrases
        self._home = home

    def table(self) -> Table:
        """What buttons ask for here."""
        return {"reached": (roles.LOOK, self._reached)}

    def aims_row(self, survey: Survey, chosen: Opening) -> Rows:
        """The usual aims, or none, where the survey says who women and youth are."""
        label = Say("button-desk-no-aims" if chosen.aimed else "button-desk-aims")
        row = (Button(label, Asked("review", replace(chosen, aimed=not chosen.aimed).carried)),)
        return (row,) if usual_aims(survey) else ()

    def button(self, wave: Wave) -> tuple[Button]:
        """The way in, from a wave's screen."""
        return (Button(Say("button-desk-reached"), Asked("reached", (wave.id,))),)

    def screen(self, language: str, wave: Wave, shown: Publishable) -> Screen:
        """How far each group of a wave is reached."""
        lines: list[Line] = [Say("reached-heading", _named(wave, language))]
        if shown.n:
            lines.append(Say("digest-answered", {"n": shown.n, "k": shown.k}))
            lines += self._all(language, wave, reached(shown, wave.survey, wave.terms.minors), shown.k)
        else:
            lines.append(Say("digest-empty", {"k": shown.k}))
        back = (Button(Text(f"{worded(wave.survey.title, language)} ({wave.id})"), Asked("wave", (wave.id,))),)
        return Screen(language, tuple(lines), (back, *self._home()))

    def alert(self, language: str, wave: Wave, shown: Publishable) -> Screen | None:
        """Which groups are behind, and what can help; None where none is."""
        behind = [one for one in reached(shown, wave.survey, wave.terms.minors) if one.behind]
        if not behind:
            return None
        teller = self._teller(language, wave)
        lines = (
            Say("reached-behind", _named(wave, language)),
            _together(teller.lines(behind[:MOST_NAMED])),
            self._help(language, wave, behind),
            Say("reached-weekly"),
        )
        return Screen(language, lines, (self.button(wave), *self._home()))

    def _reached(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        return Said(self.screen(who.language, wave, tx.waves.published(wave.id)))

    def _all(self, language: str, wave: Wave, found: tuple[Reached, ...], k: int) -> list[Line]:
        """The groups, those held against something on a line each, and what stands behind."""
        teller = self._teller(language, wave)
        seen = [one for one in found if one.figure is not None]
        held = [one for one in seen if one.target is not None or one.census is not None]
        others = [one for one in seen if one not in held]
        lines: list[Line] = [_together([*teller.lines(held), *(teller.shares(kind, others) for kind in _LISTED)])]
        behind, furthest = [one for one in held if one.behind], weakest(held)
        if furthest is None:
            lines += [Say("reached-none-behind")] if held else []
        elif len(behind) > 1:
            lines.append(Say("reached-weakest", {"group": Text(teller.group(furthest.group))}))
        if behind and wave.state == "open" and len(held) <= ROOMY:  # else there is no room; the message says it
            lines.append(self._help(language, wave, behind))
        hidden = [one for one in found if one.figure is None]
        if hidden:
            lines.append(Say("reached-hidden", {"groups": Text(teller.names(hidden)), "k": k}))
        return lines

    def _help(self, language: str, wave: Wave, behind: list[Reached]) -> Text:
        phrases = self._phrases()
        found = ways(behind, wave.survey, wave.terms.invited, wave.terms.slots)
        said = [
            phrases.say(language, "digest-note", note=phrases.say(language, f"reached-way-{way}")) for way in found
        ]
        return _together([phrases.say(language, "reached-help"), *said])

    def _teller(self, language: str, wave: Wave) -> Teller:
        return Teller(self._phrases(), language, wave.survey, wave.terms.minors)


def usual_aims(survey: Survey) -> tuple[Say, ...]:
    """What is usually aimed at in a wave of this survey, a line for each group; the desk opens none for minors."""
    low, high = YOUTH[False]
    called = {"women": Say("digest-women"), "youth": Say("digest-youth", {"low": low, "high": high})}
    return tuple(
        Say("desk-aim", {"group": called[who], "number": aim}) for who, aim in usual(survey, minors=False).items()
    )


_LISTED = (DISTRICT, LANGUAGE)
"""The kinds of group that stand together on one line where nothing is held against them."""


def _named(wave: Wave, language: str) -> dict[str, Value]:
    return {"survey": worded(wave.survey.title, language), "wave": Code(wave.id)}


def _together(lines: list[str]) -> Text:
    """Lines that stand close together."""
    return Text("\n".join(line for line in lines if line))
