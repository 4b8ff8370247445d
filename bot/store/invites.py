"""Invitations: a code for a cohort (a school, a group, an event), never for a person.

Laws:
1. A code may be used by at least 2 k people: who hands out a code for one could watch that one.
2. A use is taken in the transaction that marks a person's beginning, only for a new mark, and stands beside
   none: which code somebody came with is not kept. Where the wave counts kinds of groups, the kind alone goes on,
   sealed with the place.
3. Of a code everybody, coordinators too, learns open, full or expired, and never how many uses are left.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, insert, select, update

from bot import nature
from bot.core.cohorts import KINDS, OTHER
from bot.store import tables as t
from bot.store.waves import Wave, WaveTrouble

OPEN = "open"
FULL = "full"
EXPIRED = "expired"

CODE_LETTERS = nature.CLEAR
CODE_LENGTH = 12
"""59 bits: nobody comes upon one by trying, and with its wave it fits into a button."""

MOST_DAYS = 90
LONGEST_NAME = 40
_NAME = re.compile(rf"[^\W_](?:[\w .,'()-]{{0,{LONGEST_NAME - 1}}})")


@dataclass(frozen=True)
class Cohort:
    """A group that was given a code, what its link shows (open, full or expired), and of which kind it is."""

    name: str
    state: str
    kind: str = OTHER


class Invites:
    """The invitations over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def make(self, wave: Wave, cohort: str, cap: int, days: int, today: date, kind: str = OTHER) -> str:
        """A new code for `cap` people of a cohort, good for so many days. Raises WaveTrouble: it says why not."""
        if wave.state != "open" or not wave.terms.invited:
            raise WaveTrouble(f"The wave {wave.id} is not one that is open to invitations: wave open --invited")
        least = 2 * wave.terms.k
        if cap < least:
            raise WaveTrouble(
                f"An invitation is for {least} people or more, never for {cap}: who gives a code to few can "
                "find out which of them took part. Give one code to a larger group."
            )
        if not 1 <= days <= MOST_DAYS:
            raise WaveTrouble(f"An invitation is good for 1 to {MOST_DAYS} days.")
        if _NAME.fullmatch(cohort) is None or any(one.name == cohort for one in self.cohorts(wave.id, today)):
            raise WaveTrouble(
                f"A cohort has a name of its own, of 1 to {LONGEST_NAME} letters: a school, a group, an event. "
                "Never the name of a person."
            )
        if kind not in KINDS:
            raise WaveTrouble(f"A group is of one of these kinds: {', '.join(KINDS)}.")
        code = nature.word(CODE_LETTERS, CODE_LENGTH)
        self._db.execute(
            insert(t.invite).values(
                wave=wave.id,
                h=_hash(code),
                cohort=cohort,
                kind=kind,
                left=cap,
                expiry_day=(today + timedelta(days=days)).isoformat(),
            )
        )
        return code

    def state(self, wave: str, code: str, today: date) -> str | None:
        """Open, full or expired; None for a code that nobody gave out."""
        query = select(t.invite.c.left, t.invite.c.expiry_day).where(
            t.invite.c.wave == wave, t.invite.c.h == _hash(code)
        )
        row = self._db.execute(query).one_or_none()
        return None if row is None else _state(row.left, row.expiry_day, today)

    def kind(self, wave: str, code: str) -> str:
        """Of which kind the group is that was given this code; empty for a code that nobody gave out."""
        query = select(t.invite.c.kind).where(t.invite.c.wave == wave, t.invite.c.h == _hash(code))
        return self._db.execute(query).scalar() or ""

    def take(self, wave: str, code: str, today: date) -> bool:
        """Take one use; False when there is none to take."""
        taken = self._db.execute(
            update(t.invite)
            .where(
                t.invite.c.wave == wave,
                t.invite.c.h == _hash(code),
                t.invite.c.left > 0,
                t.invite.c.expiry_day >= today.isoformat(),
            )
            .values(left=t.invite.c.left - 1)
        )
        return taken.rowcount == 1

    def cohorts(self, wave: str, today: date) -> list[Cohort]:
        """The cohorts of a wave, by name."""
        rows = self._db.execute(select(t.invite).where(t.invite.c.wave == wave).order_by(t.invite.c.cohort))
        return [Cohort(row.cohort, _state(row.left, row.expiry_day, today), row.kind) for row in rows]

    def count(self, wave: str) -> int:
        """How many cohorts a wave has."""
        query = select(func.count()).select_from(t.invite).where(t.invite.c.wave == wave)
        return self._db.execute(query).scalar() or 0


def _state(left: int, expiry_day: str, today: date) -> str:
    if today.isoformat() > expiry_day:
        return EXPIRED
    return OPEN if left > 0 else FULL


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
