"""One-time invitations by which coordinators let colleagues in.

Laws:
1. A link works once, for one chat, in time; its code is kept as a hash.
2. Taking it makes nobody a coordinator: whoever invited confirms, by the number that the colleague says aloud, or
   the console does.
3. An invitation is taken back by one of its organisation at any time before that; then it is as if it had never
   been.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot import nature
from bot.store import tables as t

LETTERS = nature.CLEAR
CODE_LENGTH = 16
"""79 bits: nobody finds one by trying, and the link is tapped, not typed."""

ID_LENGTH = 8
DAYS = 3
"""How long an invitation of a colleague works."""

NUMBER_DIGITS = 4

PREFIX = "desk"
"""How the start payload of such a link begins; no wave is called so."""

OPEN = "open"
TAKEN = "taken"
ADMITTED = "admitted"


@dataclass(frozen=True)
class Colleague:
    """An invitation: to which role of which organisation, for which districts (none: all), by whom (a chat or the
    console), until when; and who took it, in which language, with which number to say."""

    id: str
    organisation: str
    role: str
    districts: tuple[str, ...]
    inviter: str
    until: datetime
    state: str
    chat: int | None
    language: str | None
    number: str | None
    told: frozenset[str]


class Colleagues:
    """The invitations over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def make(self, organisation: str, role: str, districts: tuple[str, ...], inviter: str, now: datetime) -> str:
        """A new invitation; returns the code of its link."""
        code = nature.word(LETTERS, CODE_LENGTH)
        self._db.execute(
            insert(t.colleague).values(
                id=nature.word(LETTERS, ID_LENGTH),
                hash=_hash(code),
                organisation=organisation,
                role=role,
                districts=" ".join(districts),
                inviter=inviter,
                until=(now + timedelta(days=DAYS)).isoformat(),
                state=OPEN,
            )
        )
        return code

    def take(self, code: str, chat: int, language: str, now: datetime) -> Colleague | None:
        """This chat takes the invitation: it is theirs from now on, also at a second tap. None where it is over,
        or somebody else's."""
        mine = (t.colleague.c.hash == _hash(code), t.colleague.c.until > now.isoformat())
        number = nature.word("0123456789", NUMBER_DIGITS)
        taken = {"state": TAKEN, "chat": chat, "language": language, "number": number}
        self._db.execute(update(t.colleague).where(*mine, t.colleague.c.state == OPEN).values(**taken))
        row = self._db.execute(select(t.colleague).where(*mine, t.colleague.c.chat == chat)).one_or_none()
        return None if row is None else _colleague(row)

    def get(self, id: str, now: datetime) -> Colleague | None:
        """The invitation with this id, unless it is over."""
        query = select(t.colleague).where(t.colleague.c.id == id, t.colleague.c.until > now.isoformat())
        row = self._db.execute(query).one_or_none()
        return None if row is None else _colleague(row)

    def of(self, organisation: str, now: datetime) -> list[Colleague]:
        """The invitations of an organisation that are not over, the oldest first."""
        query = (
            select(t.colleague)
            .where(t.colleague.c.organisation == organisation, t.colleague.c.until > now.isoformat())
            .order_by(t.colleague.c.until, t.colleague.c.id)
        )
        return [_colleague(row) for row in self._db.execute(query)]

    def end(self, id: str) -> bool:
        """Confirmed, refused or taken back: it works no more. True for the one whose it was to end."""
        return bool(self._db.execute(delete(t.colleague).where(t.colleague.c.id == id)).rowcount)

    def admitted(self, id: str) -> bool:
        """Confirmed: the colleague is to hear of it. True for the one who confirmed first."""
        mine = (t.colleague.c.id == id, t.colleague.c.state == TAKEN)
        changed = self._db.execute(update(t.colleague).where(*mine).values(state=ADMITTED, told=""))
        return changed.rowcount == 1

    def all(self) -> list[Colleague]:
        """The invitations of everybody."""
        return [_colleague(row) for row in self._db.execute(select(t.colleague).order_by(t.colleague.c.id))]

    def note_told(self, one: Colleague, chat: int) -> None:
        """This chat knows how it stands; the colleague was the last to hear, so that then it is over."""
        if one.state == ADMITTED:
            self.end(one.id)
            return
        told = " ".join(sorted(one.told | {str(chat)}))
        mine = (t.colleague.c.id == one.id, t.colleague.c.state == one.state)
        self._db.execute(update(t.colleague).where(*mine).values(told=told))

    def expire(self, now: datetime) -> None:
        """Delete what nobody took or confirmed in time."""
        self._db.execute(delete(t.colleague).where(t.colleague.c.until <= now.isoformat()))


def _colleague(row: Row[Any]) -> Colleague:
    return Colleague(
        row.id,
        row.organisation,
        row.role,
        tuple(row.districts.split()),
        row.inviter,
        datetime.fromisoformat(row.until),
        row.state,
        row.chat,
        row.language,
        row.number,
        frozenset(row.told.split()),
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
