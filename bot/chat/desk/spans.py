"""The days of a wave at the desk: its first and last day before it opens, then pause, go on, and a later last day.

Laws:
1. One coordinator may pause, since it may be urgent, and go on again; either stands in the log of acts.
2. A later last day needs a second coordinator like the closing; an earlier one cannot be asked for.
3. What cannot be done any more, because the wave is not open or its last day is that late already, is said, and
   nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.chat.acts import Acts, Opening
from bot.chat.desk.around import HOME, Around, Stands, Table, found
from bot.chat.said import Said
from bot.core import roles
from bot.core.clocks import closes, end_of, extends
from bot.core.events import Asked
from bot.core.screen import Button, Line, Say, Screen, Value
from bot.core.survey import Survey, worded
from bot.store import Coordinator, Proposal, Transaction, Wave, WaveTrouble
from bot.store.proposals import EXTEND_WAVE, draw_id

WEEKS = (2, 4, 8)
"""For how many weeks interviews may begin, as offered before the opening."""

LONGER = (1, 2, 4)
"""By how many weeks the last day may be moved."""


class Spans:
    """The screens. `screen` is the wave's own with lines above it, `stands` how an act stands."""

    def __init__(self, at: Around, acts: Acts, screen: Callable[..., Screen], stands: Stands) -> None:
        self._at = at
        self._acts = acts
        self._screen = screen
        self._stands = stands

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "when": (roles.OPEN, self._when),
            "pause": (roles.OPEN, self._pause),
            "pausesure": (roles.OPEN, self._pause_sure),
            "resume": (roles.OPEN, self._resume),
            "extend": (roles.OPEN, self._extend),
            "longer": (roles.OPEN, self._longer),
            "longersure": (roles.OPEN, self._longer_sure),
        }

    # -- before the opening ---------------------------------------------------------------------------

    def button(self, chosen: Opening) -> tuple[Button]:
        """The way from the review of an opening to its days."""
        return (Button(Say("button-desk-when"), Asked("when", chosen.carried)),)

    def means(self, survey: Survey, chosen: Opening) -> tuple[Say, ...]:
        """What was chosen of the days, as all who agree to it read it."""
        lines: list[Say] = []
        if chosen.first is not None:
            lines.append(Say("desk-first-day", {"day": chosen.first}))
        if chosen.weeks:
            grace: dict[str, Value] = {"weeks": chosen.weeks, "grace": survey.clocks.grace_days}
            if chosen.first is None:
                lines.append(Say("desk-last-weeks", grace))
            else:
                last = chosen.first + timedelta(weeks=chosen.weeks)
                lines.append(Say("desk-last-day", {"day": last, **grace}))
        return tuple(lines)

    def _when(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        chosen = self._acts.opening(values)
        today = now.astimezone(self._at.zone).date()
        begin = [
            (Button(self._from(first, today), Asked("review", replace(chosen, first=first).carried)),)
            for first in first_days(today)
            if first != chosen.first
        ]
        end = [
            (Button(_for(weeks), Asked("review", replace(chosen, weeks=weeks).carried)),)
            for weeks in (0, *WEEKS)
            if weeks != chosen.weeks
        ]
        back = (Button(Say("button-back"), Asked("review", chosen.carried)),)
        return Said(Screen(who.language, (Say("desk-when"),), (*begin, *end, back, *HOME)))

    def _from(self, first: date | None, today: date) -> Say:
        if first is None:
            return Say("button-desk-first-now")
        return Say(
            "button-desk-first-tomorrow" if first == today + timedelta(days=1) else "button-desk-first",
            {"day": first},
        )

    # -- while it is open -----------------------------------------------------------------------------

    def lines(self, wave: Wave) -> tuple[Say, ...]:
        """What the wave's screen says of its days while it is open."""
        begins = wave.terms.starts_from
        lines = [] if begins is None else [Say("desk-begins", {"day": begins.astimezone(self._at.zone).date()})]
        if wave.paused:
            lines.append(Say("desk-paused"))
        if wave.until is not None and wave.closes is not None:
            moments = {"until": wave.until, "closes": wave.closes}
            lines.append(
                Say("desk-clocks", {name: one.astimezone(self._at.zone).date() for name, one in moments.items()})
            )
        return tuple(lines)

    def buttons(self, wave: Wave) -> list[tuple[Button, ...]]:
        """What may be done to an open wave, but for closing it."""
        rest = ("button-desk-resume", "resume") if wave.paused else ("button-desk-pause", "pause")
        rows: list[tuple[Button, ...]] = [(Button(Say(rest[0]), Asked(rest[1], (wave.id,))),)]
        if wave.until is not None:
            rows.append((Button(Say("button-desk-extend"), Asked("extend", (wave.id,))),))
        return rows

    def _pause(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        if wave.state != "open" or wave.paused:
            return self._as_it_stands(tx, who, wave)
        sure = (Button(Say("button-desk-pause-sure"), Asked("pausesure", (wave.id,))),)
        back = (Button(Say("button-back"), Asked("wave", (wave.id,))),)
        return Said(Screen(who.language, (Say("desk-pause-means"),), (sure, back, *HOME)))

    def _pause_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self._rest(tx, who, values[0], "pause", now)

    def _resume(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self._rest(tx, who, values[0], "resume", now)

    def _rest(self, tx: Transaction, who: Coordinator, id: str, act: str, now: datetime) -> Said:
        """Pause or go on; what is so already, or is too late, is answered with how the wave stands."""
        wave = found(tx, who, id)
        with suppress(WaveTrouble):
            rest(tx, f"coordinator {who.chat}", wave.id, act, now)
        return self._as_it_stands(tx, who, found(tx, who, id))

    def _as_it_stands(self, tx: Transaction, who: Coordinator, wave: Wave, *before: Line) -> Said:
        said = before if wave.state == "open" else (Say("desk-not-open"),)
        return Said(self._screen(tx, who, wave, *said))

    def _extend(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        if wave.state != "open" or wave.until is None:
            return self._as_it_stands(tx, who, wave)
        last = max(wave.until, now).astimezone(self._at.zone).date()
        days = [last + timedelta(weeks=weeks) for weeks in LONGER]
        rows = [
            (Button(Say("button-desk-until", {"day": day}), Asked("longer", (wave.id, day.isoformat()))),)
            for day in days
        ]
        back = (Button(Say("button-back"), Asked("wave", (wave.id,))),)
        present = Say("desk-extend", {"day": wave.until.astimezone(self._at.zone).date()})
        return Said(Screen(who.language, (present,), (*rows, back, *HOME)))

    def _longer(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, day = found(tx, who, values[0]), date.fromisoformat(values[1])
        if wave.state != "open" or not extends(wave.until, end_of(day, self._at.zone), now):
            return self._as_it_stands(tx, who, wave, Say("desk-extended-already"))
        alone = self._acts.is_alone(tx, who, {"wave": wave.id})
        sure = Say("button-desk-extend-sure" if alone else "button-desk-ask-second")
        rows = (
            (Button(sure, Asked("longersure", (wave.id, day.isoformat(), draw_id()))),),
            (Button(Say("button-back"), Asked("extend", (wave.id,))),),
        )
        agrees = Say("desk-alone-extending" if alone else "desk-second")
        return Said(Screen(who.language, (*self._longer_means(wave, day), agrees), (*rows, *HOME)))

    def _longer_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, day, id = found(tx, who, values[0]), date.fromisoformat(values[1]), values[2]
        done = tx.proposals.get(id) is not None
        if not done and (wave.state != "open" or not extends(wave.until, end_of(day, self._at.zone), now)):
            return self._as_it_stands(tx, who, wave, Say("desk-extended-already"))
        what = {"wave": wave.id, "day": day.isoformat()}
        return self._stands(tx, who, self._acts.want(tx, who, EXTEND_WAVE, what, id, now), now)

    def act_means(self, who: Coordinator, one: Proposal, wave: Wave) -> tuple[Line, ...]:
        """What a second coordinator decides on."""
        day = date.fromisoformat(one.what["day"])
        named: dict[str, Value] = {"survey": worded(wave.survey.title, who.language), "day": day}
        return (Say("act-extend", named), *self._longer_means(wave, day))

    def _longer_means(self, wave: Wave, day: date) -> tuple[Say, ...]:
        end = closes(wave.survey.clocks, end_of(day, self._at.zone))
        assert end is not None
        return (Say("desk-extend-means", {"day": day, "closes": end.astimezone(self._at.zone).date()}),)


def rest(tx: Transaction, who: str, wave: str, act: str, now: datetime) -> bool:
    """Pause a wave, or let it go on, and note it; False where it is so already. Raises WaveTrouble where it is not
    open. The desk and the console call this."""
    done = tx.waves.pause(wave) if act == "pause" else tx.waves.resume(wave)
    if done:
        tx.desk.note(who, act, f"wave {wave}", now)
    return done


def first_days(today: date) -> list[date | None]:
    """The first days offered: now, tomorrow, the coming Monday, in a week; each day once."""
    monday = today + timedelta(days=7 - today.weekday())
    days = sorted({today + timedelta(days=1), monday, today + timedelta(days=7)})
    return [None, *days]


def _for(weeks: int) -> Say:
    return Say("button-desk-weeks", {"weeks": weeks}) if weeks else Say("button-desk-no-last-day")
