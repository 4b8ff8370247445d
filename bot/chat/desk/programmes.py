"""The programmes of an organisation at the desk."""

from __future__ import annotations

from datetime import date, datetime

from bot.chat.desk.around import HOME, Rows, Table
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Button, Code, Line, Say, Screen, Text
from bot.core.survey import worded
from bot.files.phrases import day
from bot.store import Coordinator, Programme, Transaction

BACK: Rows = ((Button(Say("button-programmes"), Asked("progs")),), *HOME)


class Programmes:
    """The screens."""

    def table(self) -> Table:
        """What buttons ask for here."""
        return {"progs": (roles.LOOK, self._list), "prog": (roles.LOOK, self._one)}

    def buttons(self, who: Coordinator) -> list[tuple[Button]]:
        """The way in, for whoever may."""
        return [(Button(Say("button-programmes"), Asked("progs")),)] if roles.may(who.role, roles.LOOK) else []

    def _list(self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        rows = tuple((Button(Text(one.name), Asked("prog", (str(one.no),))),) for one in _own(tx, who))
        say = Say("programmes-title" if rows else "programmes-none")
        return Said(Screen(who.language, (say,), (*rows, *HOME)))

    def _one(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """What a programme is, and its waves."""
        (one,) = [one for one in _own(tx, who) if one.no == int(values[0])]
        waves = tuple(
            (Button(Text(f"{worded(wave.survey.title, who.language)} ({wave.id})"), Asked("wave", (wave.id,))),)
            for wave in tx.waves.all()
            if wave.terms.programme == one.name and tx.reaches(who, wave)
        )
        return Said(Screen(who.language, lines(one, who.language), (*waves, *BACK)))


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


def _own(tx: Transaction, who: Coordinator) -> list[Programme]:
    """The programmes that this coordinator sees."""
    every = tx.organisations.programmes(who.organisation)
    return [one for one in every if tx.reaches_programme(who, who.organisation, one.name)]
