"""Opening a wave at the desk, and closing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.chat.acts import Acts, as_what
from bot.chat.acts import Opening as Chosen
from bot.chat.desk.around import HOME, Around, Table, found
from bot.chat.desk.deciding import Deciding
from bot.chat.desk.meaning import Meaning
from bot.chat.desk.parts import Parts
from bot.chat.said import Said
from bot.core import roles
from bot.core.cells import SmallPopulation
from bot.core.events import Asked
from bot.core.screen import Button, Code, Say, Screen, Text
from bot.core.survey import worded
from bot.store import Coordinator, Transaction
from bot.store.proposals import CLOSE_WAVE, OPEN_WAVE, draw_id

PEOPLE = (60, 150, 300, 1000, 5000)
"""How many could be asked, offered as buttons; the last means so many or more."""


class Opening:
    """The screens. `acts` are those of two, `deciding` shows how one stands."""

    def __init__(self, at: Around, acts: Acts, means: Meaning, deciding: Deciding, parts: Parts) -> None:
        self._at = at
        self._acts = acts
        self._means = means
        self._deciding = deciding
        self._parts = parts

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "open": (roles.OPEN, self._pick_survey),
            "people": (roles.OPEN, self._people),
            "sched": (roles.OPEN, self._schedule),
            "review": (roles.OPEN, self._review),
            "forwhat": (roles.OPEN, self._programmes),
            "go": (roles.OPEN, self._go),
            "close": (roles.OPEN, self._close),
            "closesure": (roles.OPEN, self._close_sure),
        }

    def _pick_survey(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        surveys = self._at.shelf().surveys
        if not surveys:
            say = Say("desk-no-surveys", {"command": Code("aitbar check")})
            return Said(Screen(who.language, (say,), HOME))
        rows = tuple(
            (Button(Text(worded(survey.title, who.language)), Asked("people", (id,))),)
            for id, (survey, _document) in surveys.items()
        )
        return Said(Screen(who.language, (Say("desk-choose-survey"),), (*rows, *HOME)))

    def _people(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._at.shelf().surveys[values[0]]
        rows = tuple(
            (
                Button(
                    Say("desk-more-than" if n == PEOPLE[-1] else "desk-people", {"n": n}),
                    Asked("sched", (survey.id, str(n))),
                ),
            )
            for n in PEOPLE
        )
        say = Say("desk-population", {"survey": worded(survey.title, who.language)})
        look = self._parts.preview.button(survey)
        return Said(Screen(who.language, (say,), (look, *rows, *HOME)))

    def _schedule(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._at.shelf().surveys[values[0]]
        rows = tuple(
            (
                Button(
                    Say(f"button-{schedule}-release"),
                    Asked("review", (survey.id, values[1], f"{schedule[0]}{self._at.terms.k}")),
                ),
            )
            for schedule in ("weekly", "daily")
        )
        say = Say("desk-schedule", {"k": self._at.terms.k})
        return Said(Screen(who.language, (say,), (*rows, *HOME)))

    def _programmes(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """For which programme it is; of those that this coordinator may open waves for."""
        chosen = self._acts.opening(values)
        rows = tuple(
            (Button(Text(one.name), Asked("review", replace(chosen, programme=one.no).carried)),)
            for one in tx.organisations.programmes(who.organisation)
            if tx.reaches_programme(who, who.organisation, one.name)
        )
        if tx.reaches_programme(who, who.organisation, ""):
            none = replace(chosen, programme=0)
            rows += ((Button(Say("button-desk-no-programme"), Asked("review", none.carried)),),)
        say = Say("desk-for-which-programme" if rows else "desk-no-own-programme")
        return Said(Screen(who.language, (say,), (*rows, *HOME)))

    def _what(self, who: Coordinator, chosen: Chosen) -> dict[str, Any]:
        """What is proposed."""
        return {**as_what(chosen), "organisation": who.organisation}

    def _review(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        try:
            chosen = self._acts.opening(values)
        except SmallPopulation as small:
            say = Say("desk-population-small", {"n": int(values[1]), "least": small.least})
            return Said(Screen(who.language, (say,), HOME))
        others = [
            (Button(Say("button-desk-blocks", {"k": k}), Asked("review", replace(chosen, k=k).carried)),)
            for k in sorted({self._at.terms.k, self._at.terms.k + 5, 2 * self._at.terms.k} - {chosen.k})
        ]
        turned = replace(chosen, invited=not chosen.invited, cohorts=False)
        door = Say("button-desk-everybody" if chosen.invited else "button-desk-invited")
        if not self._acts.has_steward(chosen.survey):
            say = Say("desk-steward-missing", {"setting": Code("AITBAR_STEWARD_KEY")})
            return Said(Screen(who.language, (say,), HOME))
        what = self._what(who, chosen)
        if not self._acts.mine(tx, who, what):
            return self._programmes(tx, who, values, now)
        programmes = tx.organisations.programmes(who.organisation)
        sure = self._means.sure(tx, who, what, "button-desk-open-now")
        rows = (
            (Button(sure, Asked("go", (*chosen.carried, self._acts.opening_id(chosen.survey)))),),
            (Button(door, Asked("review", turned.carried)),),
            *self._parts.choices(self._at.shelf().surveys[chosen.survey][0], chosen),
            *(((Button(Say("button-desk-programme"), Asked("forwhat", chosen.carried)),),) if programmes else ()),
            *others,
        )
        lines = (*self._means.of_opening(tx, who, what), self._means.who_agrees(tx, who, what, "desk-alone"))
        return Said(Screen(who.language, lines, (*rows, *HOME)))

    def _go(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        *chosen, id = values
        if not self._acts.is_as_seen(chosen[0], id):
            review = self._review(tx, who, tuple(chosen), now).screen
            assert review is not None
            return Said(review._replace(lines=(Say("desk-survey-changed"), *review.lines)))
        what = self._what(who, self._acts.opening(chosen))
        if not self._acts.mine(tx, who, what):
            raise ValueError(what["programme"])
        return self._deciding.answered(tx, who, self._acts.want(tx, who, OPEN_WAVE, what, id, now), now)

    def _close(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        sure = self._means.sure(tx, who, {"wave": wave.id}, "button-desk-close-sure")
        rows = ((Button(sure, Asked("closesure", (wave.id, draw_id()))),),)
        lines = (
            Say("desk-close-means", {"k": wave.terms.k}),
            self._means.who_agrees(tx, who, {"wave": wave.id}, "desk-alone-closing"),
        )
        return Said(Screen(who.language, lines, (*rows, *HOME)))

    def _close_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        return self._deciding.answered(
            tx, who, self._acts.want(tx, who, CLOSE_WAVE, {"wave": wave.id}, values[1], now), now
        )
