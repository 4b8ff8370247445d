"""Grave acts at the desk, such as opening and closing a wave: who must agree, and what is then done.

Laws:
1. Where two or more may approve, nobody does such an act alone: one proposes, another one confirms.
2. Both are asked for their right at the moment of the act, whatever they might do when they tapped.
3. An act is done once or never; what cannot be done any more lapses.
4. Who acts alone does so because there is nobody else; the wave's row and the log of acts say it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from bot.chat.studio import Studio, words_of
from bot.core import roles
from bot.core.cadence import Cadence
from bot.core.cells import layout
from bot.core.clocks import end_of, extends, planned
from bot.core.inclusion import usual
from bot.core.survey import Survey
from bot.store import Coordinator, Entry, Proposal, Terms, Transaction, own_words
from bot.store.proposals import (
    CLOSE_WAVE,
    CONSOLE,
    DONE,
    EXPORT_ROWS,
    EXTEND_WAVE,
    HEARD,
    ID_LETTERS,
    LAPSED,
    OPEN_WAVE,
    RECORD,
    REFUSED,
    WAITING,
    draw_id,
    is_id,
)

USUAL = Cadence("weekly", 0, 9)
"""Monday at nine: what a wave's opener gets until something else is chosen."""

_OPTIONS = re.compile(r"([wd])(\d{1,3})([ic]?)(t?)(?:p([0-9a-z]))?(?:\.([0-9a-z]{3})?([1-9])?)?", re.ASCII)
_SCHEDULES = {"w": "weekly", "d": "daily"}

_DAYS_SINCE = date(2020, 1, 1)
"""A first day is carried as the days since this one, in three letters: a button has no room for more."""

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"

SEEN_LETTERS = 3
"""So many letters of an opening's id say which state of the survey its proposer saw."""


@dataclass(frozen=True)
class Shelf:
    """The surveys that may be opened: id -> (survey, the document to pin)."""

    surveys: Mapping[str, tuple[Survey, dict[str, Any]]]


@dataclass(frozen=True)
class Opening:
    """What a coordinator chose for a new wave. `document` is the fingerprint of the survey they saw; `programme`
    is the number of one of their organisation, 0: none; `cohorts`: answers are counted by the kind of group that
    was invited, which only an invited wave can have; with `aimed` the wave has the usual aims."""

    survey: str
    people: int
    schedule: str
    k: int
    invited: bool
    document: str
    first: date | None = None
    """The first day on which interviews may begin; None: at once."""
    weeks: int = 0
    """For how many weeks they may; 0: as the survey says."""
    programme: int = 0
    cohorts: bool = False
    aimed: bool = False

    @property
    def carried(self) -> tuple[str, str, str]:
        """As buttons carry it."""
        span = f"{_as_letters(self.first)}{self.weeks or ''}"
        whose = f"p{_LETTERS[self.programme]}" if self.programme else ""
        door = "c" if self.cohorts else "i" if self.invited else ""
        rest = f"{self.schedule[0]}{self.k}{door}{'t' if self.aimed else ''}{whose}{'.' if span else ''}{span}"
        return self.survey, str(self.people), rest


class Acts:
    """The grave acts. `shelf` gives the surveys of the moment; `terms` what a wave gets from the settings."""

    def __init__(
        self,
        shelf: Callable[[], Shelf],
        terms: Terms,
        studio: Studio | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self._shelf = shelf
        self._zone = zone
        self._studio = Studio(None) if studio is None else studio
        self._terms = terms

    def opening(self, values: Sequence[str]) -> Opening:
        """What a button carries. Raises KeyError or ValueError for what no button of ours does."""
        survey, people, options = values
        found, document = self._shelf().surveys[survey]
        match = _OPTIONS.fullmatch(options)
        if match is None or int(match[2]) < self._terms.k:
            raise ValueError(options)
        chosen = Opening(
            survey=found.id,
            people=int(people),
            schedule=_SCHEDULES[match[1]],
            k=int(match[2]),
            invited=bool(match[3]),
            document=_fingerprint(document),
            first=_as_day(match[6]),
            weeks=int(match[7] or 0),
            programme=int(match[5] or "0", len(_LETTERS)),
            cohorts=match[3] == "c",
            aimed=bool(match[4]),
        )
        layout(found, chosen.people, chosen.k)  # SmallPopulation is a ValueError
        return chosen

    def has_steward(self, survey: str) -> bool:
        """True where this survey asks for nobody's own words, or there is a steward to seal them to."""
        found, _ = self._shelf().surveys[survey]
        return self._terms.steward_key is not None or not own_words(found)

    def opening_id(self, survey: str) -> str:
        """An id for the act of opening this survey, which says in which state it was seen."""
        return draw_id()[:-SEEN_LETTERS] + self._seen_as(survey)

    def is_as_seen(self, survey: str, id: str) -> bool:
        """True where the survey is what it was when `opening_id` made this."""
        return id.endswith(self._seen_as(survey))

    def _seen_as(self, survey: str) -> str:
        number = int(_fingerprint(self._shelf().surveys[survey][1]), 16)
        return "".join(ID_LETTERS[number // len(ID_LETTERS) ** n % len(ID_LETTERS)] for n in range(SEEN_LETTERS))

    # -- who agrees -----------------------------------------------------------------------------------

    def is_alone(self, tx: Transaction, who: Coordinator, what: Mapping[str, Any]) -> bool:
        """True when there is nobody else of this organisation who may approve it."""
        return all(one.chat == who.chat for one in _who_may(tx, roles.APPROVE, {**what, **_of(who)}))

    def concerns(self, tx: Transaction, who: Coordinator, one: Proposal) -> bool:
        """True where an act is one of this coordinator's organisation, and within their districts."""
        return self.mine(tx, who, one.what)

    def mine(self, tx: Transaction, who: Coordinator, what: Mapping[str, Any]) -> bool:
        """The same of what may be proposed: nobody opens a wave that they could not see."""
        return _reaches(tx, who, what)

    def present(self, tx: Transaction, who: Coordinator, id: str) -> Proposal:
        """The act with this id. KeyError where there is none, or it does not concern this coordinator."""
        one = _present(tx, id)
        if not self.concerns(tx, who, one):
            raise KeyError(id)
        return one

    def want(
        self, tx: Transaction, who: Coordinator, act: str, what: dict[str, Any], id: str, now: datetime
    ) -> Proposal:
        """The first tap: the act is done where `who` is alone, and proposed where not. Returns how it stands."""
        if not is_id(id):
            raise ValueError(id)
        alone, what = self.is_alone(tx, who, what), {**what, **_of(who)}
        if tx.proposals.make(id, act, what, str(who.chat), now):
            if alone:
                self._decide(tx, _present(tx, id), None, now)
                tx.proposals.note_told(_present(tx, id), who.chat)
            else:
                tx.desk.note(f"coordinator {who.chat}", "propose", f"{act} {_about(what)}", now)
        return _present(tx, id)

    def confirm(self, tx: Transaction, who: Coordinator, id: str, now: datetime) -> Proposal:
        """The second tap: done if it waits, in time, for somebody else than its proposer, and both still may."""
        one = self.present(tx, who, id)
        heard = one.act == RECORD and str(who.chat) in one.what["heard"]
        if (one.act in (OPEN_WAVE, EXTEND_WAVE, CLOSE_WAVE, HEARD) or heard) and one.proposer != str(who.chat):
            self._decide(tx, one, who, now)
        return _present(tx, id)

    def refuse(self, tx: Transaction, who: Coordinator, id: str, now: datetime) -> Proposal:
        """It does not happen; whoever proposed it may take it back the same way."""
        one = self.present(tx, who, id)
        if tx.proposals.decide(id, REFUSED, now):
            if one.act == RECORD:
                self._studio.drop(one.what["recording"])
            tx.desk.note(f"coordinator {who.chat}", "refuse", f"{one.act} {_about(one.what)}", now)
        return _present(tx, id)

    def untold(self, tx: Transaction, now: datetime) -> list[tuple[Proposal, Coordinator]]:
        """Who does not know yet how an act stands: all who may decide one that waits, else its proposer."""
        tx.proposals.expire(now)
        return [
            (one, who) for one in tx.proposals.all() for who in _audience(tx, one) if str(who.chat) not in one.told
        ]

    # -- what is done ---------------------------------------------------------------------------------

    def _decide(self, tx: Transaction, one: Proposal, second: Coordinator | None, now: datetime) -> None:
        first = tx.desk.coordinator(int(one.proposer))
        right = roles.RECORD if one.act == RECORD else roles.OPEN
        may = first is not None and roles.may(first.role, right) and self.concerns(tx, first, one)
        able = may and self._can(tx, one, now)
        if not tx.proposals.decide(one.id, DONE if able else LAPSED, now) or not able or first is None:
            return
        how = "alone" if second is None else f"confirmed by coordinator {second.chat}"
        if one.act == RECORD:
            kept = one.what
            self._studio.keep(kept["survey"], kept["question"], kept["language"], kept["recording"], kept["words"])
            about = f"survey {kept['survey']}, {kept['question']}, {kept['language']}"
            tx.desk.note(f"coordinator {first.chat}", one.act, f"{about}, {how}", now)
            return
        if one.act == HEARD:
            tx.heard.approve(as_entry(one.what), now.date())
            tx.desk.note(f"coordinator {first.chat}", one.act, f"{_about(one.what)}, {how}", now)
            return
        wave = self._open(tx, first, one.what, now, second is None) if one.act == OPEN_WAVE else one.what["wave"]
        if one.act == CLOSE_WAVE:
            tx.waves.close(wave)
        if one.act == EXTEND_WAVE:
            tx.waves.extend(wave, self.last_moment(one.what), now)
            how = f"until {one.what['day']}, {how}"
        tx.proposals.remember(one.id, {**one.what, "wave": wave})
        tx.desk.note(f"coordinator {first.chat}", one.act, f"wave {wave}, {how}", now)

    def last_moment(self, what: Mapping[str, Any]) -> datetime:
        """Until when interviews may begin, as an extension wants it."""
        return end_of(date.fromisoformat(what["day"]), self._zone)

    def _can(self, tx: Transaction, one: Proposal, now: datetime) -> bool:
        """True while it is still the same act: the survey as it was seen, the wave open, its last day earlier."""
        if one.act in (CLOSE_WAVE, EXTEND_WAVE):
            wave = tx.waves.get(one.what["wave"])
            is_open = wave is not None and wave.state == "open"
            if wave is None or not is_open or one.act == CLOSE_WAVE:
                return is_open
            return extends(wave.until, self.last_moment(one.what), now)
        if one.act == RECORD:
            return self._still_reads(one.what)
        if one.act == HEARD:
            return can_approve(tx, one.what)
        _, document = self._shelf().surveys.get(one.what["survey"], (None, None))
        same = document is not None and _fingerprint(document) == one.what["document"]
        return same and int(one.what["k"]) >= self._terms.k and self.has_steward(one.what["survey"])

    def _still_reads(self, what: Mapping[str, Any]) -> bool:
        """True while the recording waits, and the question has the words that it reads out."""
        _, document = self._shelf().surveys.get(what["survey"], (None, None))
        if document is None or self._studio.aside(what["recording"]) is None:
            return False
        try:
            return words_of(document, what["question"], what["language"]) == str(what["words"])
        except KeyError:
            return False

    def _open(self, tx: Transaction, first: Coordinator, what: dict[str, Any], now: datetime, alone: bool) -> str:
        chosen = as_opening(what)
        programme = tx.organisations.programme(first.organisation, chosen.programme)
        begins, until = planned(chosen.first, chosen.weeks, now, self._zone)
        survey, document = self._shelf().surveys[chosen.survey]
        terms = replace(
            self._terms,
            population=chosen.people,
            k=chosen.k,
            schedule=chosen.schedule,
            invited=chosen.invited,
            starts_from=begins,
            starts_until=until,
            cohorts=chosen.cohorts,
            targets=usual(survey, minors=False) if chosen.aimed else {},
            alone=alone,
            organisation=first.organisation,
            programme="" if programme is None else programme.name,
        )
        wave = tx.waves.open(document, terms, now)
        tx.desk.subscribe(first.chat, wave, USUAL, now)
        return wave


def can_approve(tx: Transaction, what: Mapping[str, Any]) -> bool:
    """True while words can be approved: their wave has ended, and nothing was approved in their place."""
    wave = tx.waves.get(what["wave"])
    return wave is not None and wave.state == "closed" and tx.heard.approved(wave.id, what["no"]) is None


def as_entry(what: Mapping[str, Any]) -> Entry:
    """The words about a wave that a proposal keeps."""
    return Entry(what["wave"], what["no"], tuple(what["figures"]), what["words"])


def as_what(chosen: Opening) -> dict[str, Any]:
    """An opening as a proposal keeps it."""
    return {**asdict(chosen), "first": None if chosen.first is None else chosen.first.isoformat()}


def as_opening(what: Mapping[str, Any]) -> Opening:
    """The opening that a proposal keeps."""
    first = what.get("first")
    known = {name: what[name] for name in Opening.__dataclass_fields__ if name in what}
    return Opening(**{**known, "first": None if first is None else date.fromisoformat(first)})


def _as_letters(day: date | None) -> str:
    if day is None:
        return ""
    number = (day - _DAYS_SINCE).days
    return "".join(_LETTERS[number // 36**place % 36] for place in (2, 1, 0))


def _as_day(letters: str | None) -> date | None:
    return None if letters is None else _DAYS_SINCE + timedelta(days=int(letters, 36))


def _present(tx: Transaction, id: str) -> Proposal:
    one = tx.proposals.get(id)
    if one is None:
        raise KeyError(id)
    return one


def _audience(tx: Transaction, one: Proposal) -> list[Coordinator]:
    if one.state == WAITING:
        act = roles.EXPORT if one.act == EXPORT_ROWS else roles.APPROVE
        return [who for who in _who_may(tx, act, one.what) if str(who.chat) != one.proposer]
    if one.proposer == CONSOLE:
        return []
    proposer = tx.desk.coordinator(int(one.proposer))
    return [] if proposer is None else [proposer]


def _of(who: Coordinator) -> dict[str, str]:
    """Whose an act is that names no wave."""
    return {"organisation": who.organisation}


def _reaches(tx: Transaction, who: Coordinator, what: Mapping[str, Any]) -> bool:
    """True where what an act is about is this coordinator's to see."""
    if "wave" in what:
        wave = tx.waves.get(what["wave"])
        return wave is not None and tx.reaches(who, wave)
    organisation = what.get("organisation", "")
    if "programme" not in what:  # a recording is no programme's
        return bool(who.organisation == organisation)
    programme = tx.organisations.programme(organisation, what["programme"])
    return tx.reaches_programme(who, organisation, "" if programme is None else programme.name)


def _who_may(tx: Transaction, act: str, what: Mapping[str, Any]) -> list[Coordinator]:
    return [who for who in tx.desk.who_may(act) if _reaches(tx, who, what)]


def _about(what: Mapping[str, Any]) -> str:
    return f"wave {what['wave']}" if "wave" in what else f"survey {what['survey']}"


def _fingerprint(document: Mapping[str, Any]) -> str:
    body = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()
