"""Grave acts at the desk, opening and closing a wave, keeping a recording: who must agree, and what is then done.

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
from datetime import datetime
from typing import Any

from bot.chat.studio import Studio, words_of
from bot.core import roles
from bot.core.cadence import Cadence
from bot.core.cells import layout
from bot.core.survey import Survey
from bot.store import Coordinator, Proposal, Terms, Transaction, own_words
from bot.store.proposals import (
    CLOSE_WAVE,
    CONSOLE,
    DONE,
    EXPORT_ROWS,
    LAPSED,
    OPEN_WAVE,
    RECORD,
    REFUSED,
    WAITING,
    is_id,
)

USUAL = Cadence("weekly", 0, 9)
"""Monday at nine: what a wave's opener gets until something else is chosen."""

_OPTIONS = re.compile(r"([wd])(\d{1,3})(i?)(?:p(\d{1,3}))?", re.ASCII)
_SCHEDULES = {"w": "weekly", "d": "daily"}


@dataclass(frozen=True)
class Shelf:
    """The surveys that may be opened: id -> (survey, the document to pin)."""

    surveys: Mapping[str, tuple[Survey, dict[str, Any]]]


@dataclass(frozen=True)
class Opening:
    """What a coordinator chose for a new wave. `document` is the fingerprint of the survey they saw; `programme`
    is the number of one of their organisation, 0: none."""

    survey: str
    people: int
    schedule: str
    k: int
    invited: bool
    document: str
    programme: int = 0

    @property
    def carried(self) -> tuple[str, str, str]:
        """As buttons carry it."""
        options = f"{self.schedule[0]}{self.k}{'i' if self.invited else ''}"
        return self.survey, str(self.people), f"{options}p{self.programme}" if self.programme else options


class Acts:
    """The grave acts. `shelf` gives the surveys of the moment; `terms` what a wave gets from the settings."""

    def __init__(self, shelf: Callable[[], Shelf], terms: Terms, studio: Studio | None = None) -> None:
        self._shelf = shelf
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
            found.id,
            int(people),
            _SCHEDULES[match[1]],
            int(match[2]),
            bool(match[3]),
            _fingerprint(document),
            int(match[4] or 0),
        )
        layout(found, chosen.people, chosen.k)  # SmallPopulation is a ValueError
        return chosen

    def has_steward(self, survey: str) -> bool:
        """True where this survey asks for nobody's own words, or there is a steward to seal them to."""
        found, _ = self._shelf().surveys[survey]
        return self._terms.steward_key is not None or not own_words(found)

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
        if (one.act in (OPEN_WAVE, CLOSE_WAVE) or heard) and one.proposer != str(who.chat):
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
        able = may and self._can(tx, one)
        if not tx.proposals.decide(one.id, DONE if able else LAPSED, now) or not able or first is None:
            return
        how = "alone" if second is None else f"confirmed by coordinator {second.chat}"
        if one.act == RECORD:
            kept = one.what
            self._studio.keep(kept["survey"], kept["question"], kept["language"], kept["recording"], kept["words"])
            about = f"survey {kept['survey']}, {kept['question']}, {kept['language']}"
            tx.desk.note(f"coordinator {first.chat}", one.act, f"{about}, {how}", now)
            return
        wave = one.what["wave"] if one.act == CLOSE_WAVE else self._open(tx, first, one.what, now, second is None)
        if one.act == CLOSE_WAVE:
            tx.waves.close(wave)
        tx.proposals.remember(one.id, {**one.what, "wave": wave})
        tx.desk.note(f"coordinator {first.chat}", one.act, f"wave {wave}, {how}", now)

    def _can(self, tx: Transaction, one: Proposal) -> bool:
        """True while it is still the same act: the survey as it was seen, the wave open."""
        if one.act == CLOSE_WAVE:
            wave = tx.waves.get(one.what["wave"])
            return wave is not None and wave.state == "open"
        if one.act == RECORD:
            return self._still_reads(one.what)
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
        _, document = self._shelf().surveys[chosen.survey]
        terms = replace(
            self._terms,
            population=chosen.people,
            k=chosen.k,
            schedule=chosen.schedule,
            invited=chosen.invited,
            alone=alone,
            organisation=first.organisation,
            programme="" if programme is None else programme.name,
        )
        wave = tx.waves.open(document, terms, now)
        tx.desk.subscribe(first.chat, wave, USUAL, now)
        return wave


def as_what(chosen: Opening) -> dict[str, Any]:
    """An opening as a proposal keeps it."""
    return asdict(chosen)


def as_opening(what: Mapping[str, Any]) -> Opening:
    """The opening that a proposal keeps."""
    return Opening(**{name: what[name] for name in Opening.__dataclass_fields__ if name in what})


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
