"""The programmes of an organisation at the desk: looked at by everybody, added and described by owners.

Laws:
1. Names and descriptions are typed in reply to the desk; one that does not fit is said, and nothing is kept of it.
2. A programme's name stays as it is: waves, reports and posters bear it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.chat.desk.around import HOME, Around, Rows, Table, one_of
from bot.chat.desk.typed import Serve, TooLong, cleaned
from bot.chat.said import Said
from bot.core import roles
from bot.core.cells import DISTRICT
from bot.core.events import Asked
from bot.core.screen import Button, Code, Line, Say, Screen, Text, Value
from bot.core.survey import Survey, worded
from bot.files.phrases import day
from bot.store import Coordinator, OrganisationTrouble, Programme, Transaction
from bot.store.organisations import LONGEST_NAME, MOST_DISTRICTS, MOST_PROGRAMMES

FIELDS = ("focus", "people", "districts", "starts", "ends")
"""What can be typed of a programme, beside its name."""

BACK: Rows = ((Button(Say("button-programmes"), Asked("progs")),), *HOME)


class Programmes:
    """The screens."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "progs": (roles.LOOK, self._list),
            "prog": (roles.LOOK, self._one),
            "newprog": (roles.MANAGE, self._ask_name),
            "progset": (roles.MANAGE, self._ask),
        }

    def typed(self) -> Mapping[str, tuple[str, Serve]]:
        """What may be typed here."""
        return {"newprog": (roles.MANAGE, self._name), "progset": (roles.MANAGE, self._keep)}

    def buttons(self, who: Coordinator) -> list[tuple[Button]]:
        """The way in, for whoever may."""
        return [(Button(Say("button-programmes"), Asked("progs")),)] if roles.may(who.role, roles.LOOK) else []

    def _list(self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        own = _own(tx, who)
        rows = [(Button(Text(one.name), Asked("prog", (str(one.no),))),) for one in own]
        if roles.may(who.role, roles.MANAGE):
            rows.append((Button(Say("button-programme-new"), Asked("newprog")),))
        say = Say("programmes-title" if own else "programmes-none")
        return Said(Screen(who.language, (say,), (*rows, *HOME)))

    def _one(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        return Said(self._screen(tx, who, _found(tx, who, values[0])))

    def _screen(self, tx: Transaction, who: Coordinator, one: Programme, *before: Line) -> Screen:
        """What a programme is, its waves, and what an owner can say of it."""
        waves = tuple(
            (Button(Text(f"{worded(wave.survey.title, who.language)} ({wave.id})"), Asked("wave", (wave.id,))),)
            for wave in tx.waves.all()
            if wave.terms.programme == one.name and tx.reaches(who, wave)
        )
        fields: Rows = ()
        if roles.may(who.role, roles.MANAGE):
            buttons = [
                Button(Say(f"button-programme-{name}"), Asked("progset", (str(one.no), name))) for name in FIELDS
            ]
            fields = (tuple(buttons[:3]), tuple(buttons[3:]))
        return Screen(who.language, (*before, *lines(one, who.language)), (*waves, *fields, *BACK))

    # -- typed ----------------------------------------------------------------------------------------

    def _ask_name(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        return Said(_asking(who, Say("programme-ask-name", {"n": LONGEST_NAME}), Asked("newprog")))

    def _name(
        self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], words: str, now: datetime
    ) -> Said:
        try:
            made = tx.organisations.add_programme(Programme(who.organisation, 0, cleaned(words, LONGEST_NAME)))
        except (TooLong, OrganisationTrouble):
            unfit = Say("programme-name-unfit", {"n": LONGEST_NAME, "most": MOST_PROGRAMMES})
            return Said(_asking(who, unfit, Asked("newprog")))
        tx.desk.note(f"coordinator {who.chat}", "programme", f"number {made.no}", now)
        return Said(self._screen(tx, who, made))

    def _ask(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        one, field = _found(tx, who, values[0]), one_of(values[1], FIELDS)
        return Said(
            _asking(who, Say(f"programme-ask-{field}", _example(field)), Asked("progset", (str(one.no), field)))
        )

    def _keep(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], words: str, now: datetime) -> Said:
        one, field = _found(tx, who, values[0]), one_of(values[1], FIELDS)
        try:
            changed = _with(one, field, self._meant(field, words))
            if changed.starts and changed.ends and changed.ends < changed.starts:
                raise ValueError(words)
            tx.organisations.change_programme(changed)
        except (ValueError, OrganisationTrouble):
            unfit = Say(f"programme-unfit-{field}", _example(field))
            return Said(_asking(who, unfit, Asked("progset", (str(one.no), field))))
        tx.desk.note(f"coordinator {who.chat}", "programme", f"number {one.no}", now)
        return Said(self._screen(tx, who, changed))

    def _meant(self, field: str, words: str) -> str | tuple[str, ...]:
        """What was typed, as it is kept. ValueError where it does not fit."""
        said = cleaned(words, LONGEST_NAME if field != "districts" else LONGEST_NAME * MOST_DISTRICTS)
        if field == "districts":
            known = {
                name: code for survey, _ in self._at.shelf().surveys.values() for name, code in _districts(survey)
            }
            try:
                return tuple(dict.fromkeys(known[name] for name in _names(said)))
            except KeyError:
                raise ValueError(words) from None
        return said if field in ("focus", "people") else date.fromisoformat(said).isoformat()


def lines(one: Programme, language: str) -> tuple[Line, ...]:
    """What a programme says of itself."""
    said: list[Line] = [Text(one.name)]
    if one.focus:
        said.append(Say("programme-focus", {"focus": Text(one.focus)}))
    if one.people:
        said.append(Say("programme-people", {"people": Text(one.people)}))
    if one.districts:
        said.append(Say("programme-districts", {"districts": Code(", ".join(one.districts))}))
    ends = {"from": one.starts, "until": one.ends}
    said += [
        Say(f"programme-{name}", {"day": day(language, date.fromisoformat(on))}) for name, on in ends.items() if on
    ]
    return tuple(said)


def _asking(who: Coordinator, say: Say, asked: Asked) -> Screen:
    """Asks for words in reply; its first button says what they are."""
    again = (Button(Say("button-programmes"), Asked("progs")),)
    return Screen(
        who.language, (say, Say("reply-here")), ((Button(Say("button-reply-here"), asked),), again, *HOME)
    )


def _example(field: str) -> dict[str, Value]:
    """What the words that ask need: an example of a day, or how many districts there may be."""
    if field in ("starts", "ends"):
        return {"example": Code("2026-12-31")}
    return {"most": MOST_DISTRICTS} if field == "districts" else {}


def _with(one: Programme, field: str, value: str | tuple[str, ...]) -> Programme:
    """The programme with one thing said anew."""
    changed: dict[str, Any] = {field: value}
    return replace(one, **changed)


def _names(said: str) -> list[str]:
    """The districts that were typed, apart by commas or lines."""
    return [name.strip().casefold() for name in re.split(r"[,،;\n]", said) if name.strip()]


def _districts(survey: Survey) -> Iterator[tuple[str, str]]:
    """What each district of a survey may be called: its code, and its words in every language."""
    for part in survey.cells:
        if part.name == DISTRICT:
            for option in survey.question(part.question).options:
                for name in (option.code, *option.label.values()):
                    yield name.casefold(), option.code


def _found(tx: Transaction, who: Coordinator, no: str) -> Programme:
    (one,) = [one for one in _own(tx, who) if one.no == int(no)]
    return one


def _own(tx: Transaction, who: Coordinator) -> list[Programme]:
    """The programmes that this coordinator sees."""
    every = tx.organisations.programmes(who.organisation)
    return [one for one in every if tx.reaches_programme(who, who.organisation, one.name)]
