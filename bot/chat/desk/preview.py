"""A survey on the coordinator's own phone, before it is opened: as people see it, in each of its languages.

Laws:
1. Nothing is stored, and nothing remembered between two taps: each button names the survey, language and page.
2. What is shown is drawn by what draws an interview (`bot/core/preview.py`); every answer leads to the next page.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.chat.desk.around import HOME, Around, Table
from bot.chat.said import Said
from bot.core import preview, roles
from bot.core.drawing import LANGUAGE_NAMES
from bot.core.events import Asked, Refused
from bot.core.screen import Button, Line, Say, Screen, Text
from bot.core.survey import Survey, worded
from bot.store import Coordinator, Transaction


class Preview:
    """The screens."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "looklist": (roles.TRY, self._surveys),
            "looklang": (roles.TRY, self._languages),
            "look": (roles.TRY, self._page),
            "lookhear": (roles.TRY, self._hear),
        }

    def button(self, survey: Survey) -> tuple[Button]:
        """The way in, for a survey that was picked."""
        return (Button(Say("button-desk-look"), Asked("looklang", (survey.id,))),)

    def buttons(self, who: Coordinator) -> list[tuple[Button]]:
        """The way in for whoever opens no waves."""
        if not roles.may(who.role, roles.TRY) or roles.may(who.role, roles.OPEN):
            return []
        return [(Button(Say("button-desk-look"), Asked("looklist")),)]

    def _surveys(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        rows = tuple(
            (Button(Text(worded(survey.title, who.language)), Asked("looklang", (id,))),)
            for id, (survey, _document) in self._at.shelf().surveys.items()
        )
        return Said(Screen(who.language, (Say("desk-look-survey"),), (*rows, *HOME)))

    def _languages(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._at.shelf().surveys[values[0]]
        rows = tuple((Button(Text(LANGUAGE_NAMES[one]), _at(survey, one, 0)),) for one in survey.offered)
        back = (Button(Say("button-back"), _leave(who, survey)),)
        return Said(Screen(who.language, (Say("desk-look-language"),), (*rows, back, *HOME)))

    def _page(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, language, number = self._where(values)
        return Said(self._screen(who, survey, language, number))

    def _hear(self, _tx: Transaction, _who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, language, number = self._where(values)
        return Said(None, voice=preview.recording(survey, language, number))

    def _where(self, values: tuple[str, ...]) -> tuple[Survey, str, int]:
        """KeyError or ValueError for what no button of ours carries, or what the survey has no more."""
        id, language, number = values
        survey, _ = self._at.shelf().surveys[id]
        if language not in survey.offered or not 0 <= int(number) < preview.pages(survey):
            raise ValueError(values)
        return survey, language, int(number)

    def _screen(self, who: Coordinator, survey: Survey, language: str, number: int) -> Screen:
        """A page in the language that people chose, with the coordinator's words in the coordinator's."""
        terms = self._at.terms
        seen = preview.page(survey, language, number, who.organisation, terms.k)
        is_last = number == preview.pages(survey) - 1
        after = (Say("look-end"),) if is_last else preview.hangs_on(survey, number)
        lines = (_own(who, Say("look-only")), *seen.lines, *(_own(who, one) for one in after))
        leave = _leave(who, survey)
        onward = leave if is_last else _at(survey, language, number + 1)
        answers = tuple(
            tuple(replace(one, does=leave if isinstance(one.does, Refused) else onward) for one in row)
            for row in seen.rows
        )
        hear = ((Button(Say("button-listen"), Asked("lookhear", _at(survey, language, number).values)),),)
        back = [Button(_own(who, Say("button-back")), _at(survey, language, number - 1))] if number else []
        on = [] if is_last else [Button(_own(who, Say("button-next")), onward)]
        close = (Button(_own(who, Say("button-look-close")), leave),)
        rows = (*(hear if seen.sound is not None else ()), *answers, (*back, *on), close)
        return Screen(language, lines, rows, tight=seen.tight)


def _leave(who: Coordinator, survey: Survey) -> Asked:
    """Back to where the survey was picked."""
    return Asked("people", (survey.id,)) if roles.may(who.role, roles.OPEN) else Asked("looklist")


def _at(survey: Survey, language: str, number: int) -> Asked:
    return Asked("look", (survey.id, language, str(number)))


def _own(who: Coordinator, line: Say) -> Line:
    return replace(line, language=who.language)
