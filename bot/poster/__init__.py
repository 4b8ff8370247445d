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

from bot.core.census import YOUTH
from bot.core.letters import one_line
from bot.core.survey import Survey, worded
from bot.digest.bars import LONGEST_NAME
from bot.digest.picture import contained, fonts
from bot.digest.room import questions
from bot.files.phrases import Phrases, day, direction, join
from bot.store import Terms, Wave

SIZES = ("a4", "a5")

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


def columns(
    survey: Survey, terms: Terms, address: Address, phrases: Phrases, languages: Sequence[str]
) -> tuple[Column, ...]:
    """The words of the poster in each of these languages."""
    return tuple(_Writer(survey, terms, address, phrases, language).column() for language in languages)


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

    def _aloud(self) -> Iterator[str]:
        """What to say, sentence by sentence."""
        org = one_line(self.terms.organisation, LONGEST_NAME)
        yield self._say("poster-aloud-who", org=org) if org else self._say("poster-aloud-who-we")
        yield self._say("poster-aloud-what", title=self._named())
        yield self._say("poster-aloud-free")
        yield self._say("poster-aloud-how", agree=self._say("button-agree"))
        yield self._say("poster-aloud-skip", hide=self._say("button-hide"))
