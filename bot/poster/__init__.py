"""A poster for a wave, to be printed and hung up: what is asked, what is kept, how to stop, and the link as a QR.

Laws:
1. It says nothing about a person, and the same wave, link and languages make the same bytes.
2. What it promises is what the wave keeps: k, ages and the last day are those of its terms.
3. The page behind it is for whoever invites: what to say aloud, and what never to ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from importlib.resources import files

import segno
import typst

from bot.core.blocks import Publishable
from bot.core.census import YOUTH
from bot.core.letters import one_line
from bot.core.reading import read_in
from bot.core.survey import Survey, worded
from bot.digest.bars import LONGEST_NAME
from bot.digest.heard import bars, public
from bot.digest.picture import contained, fonts
from bot.digest.room import questions
from bot.files.phrases import Phrases, Said, day, direction, join
from bot.store import Entry, Terms, Transaction, Wave

SIZES = ("a4", "a5")

MOST_SINCE = 2
"""So many entries of what was done since have room beside what else a poster says."""

QUIET_ZONE = 4
"""White modules around a QR: fewer, and some telephones do not find it (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Part:
    """A heading and its sentences."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """All that stands on the poster in one language, what is said aloud, and what never to do, which is not."""

    language: str
    direction: str
    title: str
    scan: str
    parts: tuple[Part, ...]
    aloud: Part
    never: str


@dataclass(frozen=True)
class Address:
    """Where the poster leads: the link, and its last day where it has one."""

    link: str
    until: date | None = None


def last_day(wave: Wave, zone: tzinfo) -> date | None:
    """The last day on which an interview of a wave may begin; None where none is set."""
    return None if wave.until is None else wave.until.astimezone(zone).date()


@dataclass(frozen=True)
class Since:
    """What was done since an earlier wave of the same programme, and what had been released of that one."""

    entry: Entry
    survey: Survey
    shown: Publishable


def since(tx: Transaction, terms: Terms) -> tuple[Since, ...]:
    """What a poster of these terms says of the times before, the newest first."""
    newest = tx.heard.newest(terms.organisation, terms.programme, MOST_SINCE)
    return tuple(
        Since(entry, tx.waves.known(entry.wave).survey, tx.waves.published(entry.wave)) for entry in newest
    )


def columns(
    survey: Survey,
    terms: Terms,
    address: Address,
    phrases: Phrases,
    languages: Sequence[str],
    before: Sequence[Since] = (),
) -> tuple[Column, ...]:
    """The words of the poster in each of these languages."""
    return tuple(_Writer(survey, terms, address, phrases, language, before).column() for language in languages)


def pdf(made: Sequence[Column], address: Address, organisation: str, moment: datetime, size: str = "a4") -> bytes:
    """The poster, and the page for whoever invites. Raises NotDrawn; RuntimeError where it cannot be laid out."""
    data = {
        "title": made[0].title,
        "language": made[0].language,
        "direction": made[0].direction,
        "organisation": one_line(organisation, LONGEST_NAME),
        "link": address.link,
        "code": ["".join(map(str, row)) for row in _modules(address.link)],
        "columns": [asdict(one) for one in made],
        "size": size,
    }
    with contained():
        return typst.compile(
            str(files("bot.poster").joinpath("poster.typ")),
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=moment,
        )


def _modules(link: str) -> Iterator[list[int]]:
    """Rows of dark (1) and light (0) modules, with the most error correction: paper gets dirty."""
    for row in segno.make(link, error="h").matrix_iter(border=QUIET_ZONE):
        yield [int(module) for module in row]


@dataclass(frozen=True)
class _Writer:
    survey: Survey
    terms: Terms
    address: Address
    phrases: Phrases
    language: str
    before: Sequence[Since] = ()

    def column(self) -> Column:
        say, hide = self._say, self._say("button-hide")
        return Column(
            language=self.language,
            direction=direction(self.language),
            title=self._title(),
            scan=say("poster-scan"),
            parts=(
                Part(say("poster-asked-heading"), tuple(self._asked())),
                Part(say("poster-kept-heading"), tuple(self._kept())),
                Part(say("poster-stop-heading"), (say("poster-stop", hide=hide), say("poster-alone"))),
                *(
                    (Part(say("poster-since-heading"), tuple(map(self._since, self.before))),)
                    if self.before
                    else ()
                ),
            ),
            aloud=Part(say("poster-aloud-heading"), tuple(self._aloud())),
            never=say("poster-aloud-never"),
        )

    def _say(self, id: str, **values: object) -> str:
        return self.phrases.say(self.language, id, **values)

    def _title(self) -> str:
        return join(self.language, [self._named()])

    def _named(self) -> str:
        return one_line(worded(self.survey.title, self.language), LONGEST_NAME)

    def _asked(self) -> Iterator[str]:
        """How much is asked, of whom, and until when."""
        yield self._say("poster-asked", n=questions(self.survey))
        yield self._say("poster-ages", age=YOUTH[self.terms.minors][0])
        if self.address.until is not None:
            yield self._say("poster-until", day=day(self.language, self.address.until))
        if self.terms.slots > 1:
            yield self._say("poster-shared", n=self.terms.slots)

    def _kept(self) -> Iterator[str]:
        """What is kept, what is shown, and the limit that nobody can take away."""
        yield self._say("poster-kept")
        yield self._say("poster-shown", k=self.terms.k)
        if self.terms.cohorts:
            yield self._say("cohorts-counted", k=self.terms.k)
        yield self._say("poster-limit")

    def _since(self, one: Since) -> str:
        """A figure of the last time, where one was chosen, and what was done."""
        did = public(read_in(one.entry.words, self.language))
        chosen = bars(one.shown, one.survey, self.phrases, self.language, one.entry.figures)
        if not chosen:
            return self._say("poster-since-only", did=did)
        figure = Said(self._say("poster-since-figure", title=chosen[0].title, share=chosen[0].words))
        return self._say("poster-since", said=figure, did=did)

    def _aloud(self) -> Iterator[str]:
        """What to say, sentence by sentence."""
        org = one_line(self.terms.organisation, LONGEST_NAME)
        yield self._say("poster-aloud-who", org=org) if org else self._say("poster-aloud-who-we")
        yield self._say("poster-aloud-what", title=self._named())
        yield self._say("poster-aloud-free")
        yield self._say("poster-aloud-how", agree=self._say("button-agree"))
        yield self._say("poster-aloud-skip", hide=self._say("button-hide"))
