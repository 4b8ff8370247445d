"""Inviting people at the desk: the link as a QR picture, and as a poster."""

from __future__ import annotations

import io
from datetime import date, datetime

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
from bot.store import Coordinator, Transaction, Wave

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
        }

    def _qr(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        return Said(
            None, picture=qr(self._at.link(wave.id)), caption=caption(self._at, who, wave, self._at.link(wave.id))
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
        before = poster.since(tx, wave.terms)
        columns = poster.columns(wave.survey, wave.terms, address, self._at.words, languages, before)
        organisation, paper = wave.terms.organisation, one_of(size, poster.SIZES)
        return Said(
            None,
            draw=lambda: poster.pdf(columns, address, organisation, now.replace(microsecond=0), paper),
            file_name=f"aitbar-poster-{wave.id}-{paper}.pdf",
            caption=caption(self._at, who, wave, address.link),
        )


def caption(at: Around, who: Coordinator, wave: Wave, link: str) -> str:
    """What stands below a picture or a poster: the survey and the link."""
    title = worded(wave.survey.title, who.language)
    return at.words.say(who.language, "desk-qr-caption", survey=title, link=link)


def qr(link: str) -> bytes:
    """The link as a QR picture (PNG), with the most error correction: paper gets dirty."""
    out = io.BytesIO()
    segno.make(link, error="h").save(out, kind="png", scale=12, border=4)
    return out.getvalue()


def _paper_button(language: str, size: str, carried: tuple[str, ...]) -> Button:
    return Button(
        Say("desk-paper", {"language": _spoken(language), "size": Code(size.upper())}), Asked("paper", carried)
    )


def _spoken(language: str) -> Say | Text:
    """What a poster's language is called in its own words, or that it has all of them."""
    return Say("desk-paper-all") if language == ALL_LANGUAGES else Text(LANGUAGE_NAMES[language])
