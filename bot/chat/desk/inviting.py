"""Inviting people at the desk: links, QR pictures, posters, and invitations for groups."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import segno

from bot import poster
from bot.chat.desk.around import HOME, NONE, Around, Table, found, one_of
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.flow import LANGUAGE_NAMES
from bot.core.screen import Button, Code, Say, Screen, Text
from bot.core.survey import worded
from bot.core.threshold import joined
from bot.files.phrases import day
from bot.store import Cohort, Coordinator, Transaction, Wave, WaveTrouble

FACTORS = (2, 4, 10, 20)
"""For how many times k people an invitation may be."""

DAYS = (7, 14, 30, 90)
"""How many days an invitation may work."""

ALL_LANGUAGES = "all"
"""A poster in every language of its survey, side by side."""


class Inviting:
    """The screens, pictures and posters."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "qr": (roles.OPEN, self._qr),
            "poster": (roles.OPEN, self._poster),
            "paper": (roles.OPEN, self._paper),
            "groups": (roles.OPEN, self._cohorts),
            "group": (roles.OPEN, self._cohort_size),
            "grpdays": (roles.OPEN, self._cohort_days),
            "invite": (roles.OPEN, self._invite),
        }

    def _qr(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        return Said(
            None, picture=qr(self._at.link(wave.id)), caption=self._caption(who, wave, self._at.link(wave.id))
        )

    def _poster(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """In which language, and how large; of an invitation with its code and its last day."""
        wave = found(tx, who, values[0])
        of = (wave.id, *values[1:3]) if len(values) > 2 else (wave.id, NONE, NONE)
        languages = (ALL_LANGUAGES, *wave.survey.offered) if len(wave.survey.offered) > 1 else wave.survey.offered
        rows = tuple(
            tuple(_paper_button(one, size, (*of, one, size)) for size in poster.SIZES) for one in languages
        )
        return Said(Screen(who.language, (Say("desk-poster"),), (*rows, *HOME)))

    def _paper(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, code, last, language, size = found(tx, who, values[0]), *values[1:5]
        languages = wave.survey.offered if language == ALL_LANGUAGES else (one_of(language, wave.survey.offered),)
        until = poster.last_day(wave, self._at.zone) if last == NONE else date.fromisoformat(last)
        address = poster.Address(self._at.link(joined(wave.id, "" if code == NONE else code)), until)
        columns = poster.columns(wave.survey, wave.terms, address, self._at.words, languages)
        organisation, paper = wave.terms.organisation, one_of(size, poster.SIZES)
        return Said(
            None,
            draw=lambda: poster.pdf(columns, address, organisation, now.replace(microsecond=0), paper),
            file_name=f"aitbar-poster-{wave.id}-{paper}.pdf",
            caption=self._caption(who, wave, address.link),
        )

    def _caption(self, who: Coordinator, wave: Wave, link: str) -> str:
        title = worded(wave.survey.title, who.language)
        return self._at.words.say(who.language, "desk-qr-caption", survey=title, link=link)

    def _cohorts(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        cohorts = [
            Say("desk-cohort", {"cohort": _cohort(one), "state": Say(f"desk-cohort-{one.state}")})
            for one in tx.invites.cohorts(wave.id, now.date())
        ]
        new = (Button(Say("button-desk-invite"), Asked("group", (wave.id,))),)
        rows = ((new,) if wave.state == "open" else ()) + HOME
        return Said(Screen(who.language, (Say("desk-cohorts"), *cohorts), rows))

    def _cohort_size(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        caps = [factor * wave.terms.k for factor in FACTORS]
        rows = tuple(
            (Button(Say("desk-people", {"n": cap}), Asked("grpdays", (wave.id, str(cap)))),) for cap in caps
        )
        say = Say("desk-cohort-size", {"least": caps[0]})
        return Said(Screen(who.language, (say,), (*rows, *HOME)))

    def _cohort_days(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, cap = found(tx, who, values[0]), int(values[1])
        number = str(tx.invites.count(wave.id) + 1)  # so that a second delivery makes no second group
        rows = tuple(
            (Button(Say("desk-days", {"n": n}), Asked("invite", (wave.id, str(cap), str(n), number))),)
            for n in DAYS
        )
        return Said(Screen(who.language, (Say("desk-cohort-days"),), (*rows, *HOME)))

    def _invite(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, cap, days, name = found(tx, who, values[0]), int(values[1]), int(values[2]), str(int(values[3]))
        today = now.date()
        if any(one.name == name for one in tx.invites.cohorts(wave.id, today)):
            return self._cohorts(tx, who, values, now)
        try:
            code = tx.invites.make(wave, name, cap, days, today)
        except WaveTrouble:  # forged: no button of ours offers it
            return self._cohorts(tx, who, values, now)
        tx.desk.note(f"coordinator {who.chat}", "invite", f"wave {wave.id}, group {name}", now)
        link = self._at.link(joined(wave.id, code))
        last = day(who.language, today + timedelta(days=days))
        said = Say(
            "desk-invite-made",
            {"cohort": _cohort(Cohort(name, "")), "link": Code(link), "n": cap, "day": last},
        )
        back = (Button(Say("button-desk-cohorts"), Asked("groups", (wave.id,))),)
        last_day = (today + timedelta(days=days)).isoformat()
        print_it = (Button(Say("button-desk-poster"), Asked("poster", (wave.id, code, last_day))),)
        return Said(
            Screen(who.language, (said,), (print_it, back, *HOME)),
            picture=qr(link),
            caption=self._caption(who, wave, link),
        )


def qr(link: str) -> bytes:
    """The link as a QR picture (PNG), with the most error correction: paper gets dirty."""
    out = io.BytesIO()
    segno.make(link, error="h").save(out, kind="png", scale=12, border=4)
    return out.getvalue()


def _cohort(one: Cohort) -> Say | str:
    """A cohort's name; the desk's own cohorts are numbered, so that no name is asked for."""
    return Say("desk-cohort-number", {"n": int(one.name)}) if one.name.isdecimal() else one.name


def _paper_button(language: str, size: str, carried: tuple[str, ...]) -> Button:
    return Button(
        Say("desk-paper", {"language": _spoken(language), "size": Code(size.upper())}), Asked("paper", carried)
    )


def _spoken(language: str) -> Say | Text:
    """What a poster's language is called in its own words, or that it has all of them."""
    return Say("desk-paper-all") if language == ALL_LANGUAGES else Text(LANGUAGE_NAMES[language])
