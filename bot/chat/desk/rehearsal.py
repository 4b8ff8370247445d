"""A rehearsal at the desk: what the rule will show of a wave, with invented people and before anything is opened.

Laws:
1. The store is not touched: survey, choice and chance are all that it takes, and the same choice shows the same.
2. Words and picture say above all else that nobody said this.
3. It is reckoned and drawn in a thread, after the tap was answered: nobody's interview waits for it.
"""

from __future__ import annotations

from datetime import date, datetime

from bot import nature
from bot.chat.acts import Acts, Opening
from bot.chat.desk.around import HOME, Around, Table
from bot.chat.outbound import Outgoing, Show, ShowPicture
from bot.chat.said import Said
from bot.core import roles
from bot.core.blocks import Rule
from bot.core.events import Asked
from bot.core.rehearsal import WEEKS, Plan, Rehearsed, rehearse
from bot.core.screen import Button, Say, Screen
from bot.core.survey import Survey
from bot.digest import About, Digest, compose, write
from bot.files.phrases import Phrases
from bot.store import Coordinator, Transaction

SEED = 1
"""Every rehearsal draws from here: who compares two choices sees what the choice changes, and not chance."""

FEW = 3
"""One in so many answers: what to expect where people are free to answer."""


class Rehearsal:
    """The screens."""

    def __init__(self, at: Around, acts: Acts) -> None:
        self._at = at
        self._acts = acts

    def table(self) -> Table:
        """What buttons ask for here."""
        return {"rehearse": (roles.OPEN, self._ask), "invent": (roles.OPEN, self._invent)}

    def button(self, chosen: Opening) -> tuple[Button]:
        """The way in, from the review of an opening."""
        return (Button(Say("button-desk-rehearse"), Asked("rehearse", chosen.carried)),)

    def _ask(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        chosen = self._acts.opening(values)
        rows = tuple(
            (Button(Say("desk-people", {"n": n}), Asked("invent", (*chosen.carried, str(n)))),)
            for n in (chosen.people, chosen.people // FEW)
        )
        say = Say("desk-rehearse", {"people": chosen.people})
        return Said(Screen(who.language, (say,), (*rows, self._back(chosen), *HOME)))

    def _invent(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        *carried, answering = values
        chosen = self._acts.opening(carried)
        if not 0 < int(answering) <= chosen.people:
            raise ValueError(answering)
        survey, _ = self._at.shelf().surveys[chosen.survey]
        rule = Rule(chosen.k, self._at.terms.leave_behind)
        plan = Plan(chosen.people, int(answering), chosen.schedule, rule)
        today, phrases = now.astimezone(self._at.zone).date(), self._at.words

        def make() -> tuple[Outgoing, ...]:
            return _shown(who, rehearsed(survey, plan, phrases, who.language, today, who.organisation))

        screen = Screen(who.language, (Say("desk-rehearsing"),), (self._back(chosen), *HOME))
        return Said(screen, make=make)

    def _back(self, chosen: Opening) -> tuple[Button]:
        return (Button(Say("button-back"), Asked("review", chosen.carried)),)


def rehearsed(
    survey: Survey,
    plan: Plan,
    phrases: Phrases,
    language: str,
    today: date,
    organisation: str = "",
    seed: int = SEED,
) -> tuple[str, Digest]:
    """What could be seen week by week, and the digest at the end. Takes a while: call it in a thread."""
    found = rehearse(survey, plan, nature.repeatable(seed))
    about = About(today, org=organisation or None, invented=True)
    digest = write(found.shown, survey, phrases, language, about)
    return "\n".join(_weeks(found, plan, phrases, language)), digest


def _weeks(found: Rehearsed, plan: Plan, phrases: Phrases, language: str) -> list[str]:
    lines = [phrases.say(language, "rehearsal-how", people=plan.answers, weeks=WEEKS)]
    for seen in found.seen:
        id = "rehearsal-day-none" if not seen.people else "rehearsal-day" if seen.of else "rehearsal-day-all"
        values = {"day": seen.day, "people": seen.people, "groups": seen.groups, "all": seen.of}
        lines.append(phrases.say(language, id, **values))
    return lines


def _shown(who: Coordinator, made: tuple[str, Digest]) -> tuple[Outgoing, ...]:
    weeks, digest = made
    message = compose(digest)
    words = Show(who.chat, f"{weeks}\n\n{message.text}", None)
    return (ShowPicture(who.chat, message.png, message.alt), words) if digest.shows and message.png else (words,)
