"""Invitations at the desk: the groups that got a link, and a new one, of a kind, for so many people and days.

Laws:
1. A group is numbered and of a kind; no name is typed in the chat, and an invitation is never for one person.
2. The link is shown once. Of its use everybody sees open, full or expired, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.acts import Opening
from bot.chat.desk.around import HOME, Around, Rows, Table, found, one_of
from bot.chat.desk.inviting import caption, qr
from bot.chat.said import Said
from bot.core import roles
from bot.core.cohorts import KINDS, OTHER
from bot.core.events import Asked
from bot.core.screen import Button, Code, Say, Screen
from bot.core.threshold import joined
from bot.files.phrases import day
from bot.store import Cohort, Coordinator, Terms, Transaction, WaveTrouble

FACTORS = (2, 4, 10, 20)
"""For how many times k people an invitation may be."""

DAYS = (7, 14, 30, 90)
"""How many days an invitation may work."""


class Cohorts:
    """The screens."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "groups": (roles.OPEN, self._cohorts),
            "group": (roles.OPEN, self._kind),
            "grpsize": (roles.OPEN, self._size),
            "grpdays": (roles.OPEN, self._days),
            "invite": (roles.OPEN, self._invite),
        }

    def counting(self, chosen: Opening) -> Rows:
        """Whether answers are to be counted by kind, before a wave opens; only of invited waves can they be."""
        if not chosen.invited:
            return ()
        said = Say("button-desk-count-not" if chosen.cohorts else "button-desk-count")
        turned = replace(chosen, cohorts=not chosen.cohorts)
        return ((Button(said, Asked("review", turned.carried)),),)

    def counted(self, terms: Terms | Opening) -> tuple[Say, ...]:
        """What counting by kind costs, where it is so."""
        return (Say("desk-cohorts-counted", {"k": terms.k}),) if terms.cohorts else ()

    # -- screens --------------------------------------------------------------------------------------

    def _cohorts(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        cohorts = [
            Say("desk-cohort", {"cohort": called(one), "state": Say(f"desk-cohort-{one.state}")})
            for one in tx.invites.cohorts(wave.id, now.date())
        ]
        new = (Button(Say("button-desk-invite"), Asked("group", (wave.id,))),)
        rows = ((new,) if wave.state == "open" else ()) + HOME
        return Said(Screen(who.language, (Say("desk-cohorts"), *cohorts), rows))

    def _kind(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        rows = tuple((Button(Say(f"cohort-kind-{kind}"), Asked("grpsize", (wave.id, kind))),) for kind in KINDS)
        lines = (Say("desk-cohort-kinds"), *self.counted(wave.terms))
        return Said(Screen(who.language, lines, (*rows, *HOME)))

    def _size(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, kind = found(tx, who, values[0]), one_of(values[1], KINDS)
        caps = [factor * wave.terms.k for factor in FACTORS]
        rows = tuple(
            (Button(Say("desk-people", {"n": cap}), Asked("grpdays", (wave.id, kind, str(cap)))),) for cap in caps
        )
        say = Say("desk-cohort-size", {"least": caps[0]})
        return Said(Screen(who.language, (say,), (*rows, *HOME)))

    def _days(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, kind, cap = found(tx, who, values[0]), one_of(values[1], KINDS), int(values[2])
        number = str(tx.invites.count(wave.id) + 1)  # so that a second delivery makes no second group
        rows = tuple(
            (Button(Say("desk-days", {"n": n}), Asked("invite", (wave.id, kind, str(cap), str(n), number))),)
            for n in DAYS
        )
        return Said(Screen(who.language, (Say("desk-cohort-days"),), (*rows, *HOME)))

    def _invite(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, kind, cap, days = found(tx, who, values[0]), one_of(values[1], KINDS), int(values[2]), int(values[3])
        name, today = str(int(values[4])), now.date()
        if any(one.name == name for one in tx.invites.cohorts(wave.id, today)):
            return self._cohorts(tx, who, values, now)
        try:
            code = tx.invites.make(wave, name, cap, days, today, kind)
        except WaveTrouble:  # forged: no button of ours offers it
            return self._cohorts(tx, who, values, now)
        tx.desk.note(f"coordinator {who.chat}", "invite", f"wave {wave.id}, {kind}, group {name}", now)
        link = self._at.link(joined(wave.id, code))
        last = today + timedelta(days=days)
        said = Say(
            "desk-invite-made",
            {
                "cohort": called(Cohort(name, "", kind)),
                "link": Code(link),
                "n": cap,
                "day": day(who.language, last),
            },
        )
        print_it = (Button(Say("button-desk-poster"), Asked("poster", (wave.id, code, last.isoformat()))),)
        back = (Button(Say("button-desk-cohorts"), Asked("groups", (wave.id,))),)
        return Said(
            Screen(who.language, (said,), (print_it, back, *HOME)),
            picture=qr(link),
            caption=caption(self._at, who, wave, link),
        )


def called(one: Cohort) -> Say | str:
    """A group in words; the desk's own ones are numbered, so that no name is asked for."""
    numbered, kind = one.name.isdecimal(), Say(f"cohort-kind-{one.kind}")
    if one.kind == OTHER:
        return Say("desk-cohort-number", {"n": int(one.name)}) if numbered else one.name
    if numbered:
        return Say("desk-cohort-kind", {"kind": kind, "n": int(one.name)})
    return Say("desk-cohort-named", {"cohort": one.name, "kind": kind})
