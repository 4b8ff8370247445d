"""Acts that need two people: who wants what, how it was decided, and the codes that let rows out.

Laws:
1. An act has one id, drawn before anybody agreed to it: whatever is tapped or delivered twice happens once.
2. A proposal is decided once, in time, by one statement that finds it waiting; then it stays as it is.
3. Codes are kept as hashes, belong to one proposal and one coordinator, and end after one use or five tries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot import nature
from bot.store import tables as t

OPEN_WAVE = "open"
CLOSE_WAVE = "close"
EXTEND_WAVE = "extend"
EXPORT_ROWS = "export"
RECORD = "record"
HEARD = "heard"

WAITING = "waiting"
DONE = "done"
REFUSED = "refused"
LAPSED = "lapsed"  # nobody decided in time, or it could not be done any more

CONSOLE = "console"

PATIENCE = timedelta(hours=24)
"""How long a proposal waits, and how long a code is good."""

ID_LETTERS = nature.CLEAR
ID_LENGTH = 8

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
CODE_TRIES = 5


@dataclass(frozen=True)
class Proposal:
    """A grave act: `what` it needs, who proposed it (a coordinator's chat, or the console), how it stands."""

    id: str
    act: str
    what: dict[str, Any]
    proposer: str
    until: datetime
    state: str
    told: frozenset[str]


def draw_id() -> str:
    """The id of an act that somebody may want."""
    return nature.word(ID_LETTERS, ID_LENGTH)


def is_id(word: str) -> bool:
    """True for what `draw_id` may have drawn."""
    return len(word) == ID_LENGTH and set(word) <= set(ID_LETTERS)


class Proposals:
    """The proposals over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # -- one act --------------------------------------------------------------------------------------

    def make(self, id: str, act: str, what: dict[str, Any], proposer: str, now: datetime) -> bool:
        """Propose an act; False when this id was proposed before."""
        row = upsert(t.proposal).values(
            id=id,
            act=act,
            what=json.dumps(what, sort_keys=True),
            proposer=proposer,
            until=(now + PATIENCE).isoformat(),
            state=WAITING,
            told="",
        )
        made = self._db.execute(row.on_conflict_do_nothing().returning(t.proposal.c.id))
        return made.scalar() is not None

    def get(self, id: str) -> Proposal | None:
        """The proposal with this id, waiting or decided; None when it is unknown, or long over."""
        row = self._db.execute(select(t.proposal).where(t.proposal.c.id == id)).one_or_none()
        return None if row is None else _proposal(row)

    def decide(self, id: str, state: str, now: datetime) -> bool:
        """Decide a proposal that waits and is in time; False for every other one."""
        decided = self._db.execute(
            update(t.proposal)
            .where(t.proposal.c.id == id, t.proposal.c.state == WAITING, t.proposal.c.until > now.isoformat())
            .values(state=state, told="")
        )
        if decided.rowcount == 1:
            self._db.execute(delete(t.approval).where(t.approval.c.proposal == id))
        return decided.rowcount == 1

    def remember(self, id: str, what: dict[str, Any]) -> None:
        """Keep what came of an act beside what it needed."""
        self._db.execute(
            update(t.proposal).where(t.proposal.c.id == id).values(what=json.dumps(what, sort_keys=True))
        )

    # -- all of them ----------------------------------------------------------------------------------

    def all(self) -> list[Proposal]:
        """Those that wait, and those decided not long ago."""
        return [_proposal(row) for row in self._db.execute(select(t.proposal).order_by(t.proposal.c.id))]

    def waiting(self, now: datetime) -> list[Proposal]:
        """Those that can still be decided."""
        return [one for one in self.all() if one.state == WAITING and one.until > now]

    def expire(self, now: datetime) -> None:
        """What nobody decided in time lapses; what was over a day ago is forgotten, with its codes."""
        self._db.execute(
            update(t.proposal)
            .where(t.proposal.c.state == WAITING, t.proposal.c.until <= now.isoformat())
            .values(state=LAPSED, told="")
        )
        self._db.execute(delete(t.approval).where(t.approval.c.until <= now.isoformat()))
        self._db.execute(delete(t.proposal).where(t.proposal.c.until <= (now - PATIENCE).isoformat()))

    def note_told(self, one: Proposal, chat: int) -> None:
        """This coordinator knows how it stands; nothing happens where it stands otherwise by now."""
        present = self.get(one.id)
        if present is not None and present.state == one.state:
            told = " ".join(sorted(present.told | {str(chat)}))
            self._db.execute(update(t.proposal).where(t.proposal.c.id == one.id).values(told=told))

    # -- codes for the console ------------------------------------------------------------------------

    def make_code(self, one: Proposal, chat: int) -> str:
        """A code of this coordinator for this act; an earlier one of theirs ends."""
        code = nature.word(CODE_LETTERS, CODE_LENGTH)
        mine = (t.approval.c.proposal == one.id, t.approval.c.chat == chat)
        left = self._db.execute(select(t.approval.c.tries_left).where(*mine)).scalar()
        self._db.execute(delete(t.approval).where(*mine))
        self._db.execute(
            insert(t.approval).values(
                hash=_hash(code),
                proposal=one.id,
                chat=chat,
                until=one.until.isoformat(),
                tries_left=CODE_TRIES if left is None else left,
            )
        )
        return code

    def who_gave(self, id: str, codes: Collection[str], now: datetime) -> set[int] | None:
        """Whose codes for this proposal these are; None when one is wrong, which costs every code a try."""
        live = self._db.execute(
            select(t.approval).where(t.approval.c.proposal == id, t.approval.c.until > now.isoformat())
        )
        owners = {row.hash: row.chat for row in live}
        given = [_hash(code.strip().upper()) for code in codes]
        if all(hash in owners for hash in given):
            return {owners[hash] for hash in given}
        self._db.execute(
            update(t.approval).where(t.approval.c.proposal == id).values(tries_left=t.approval.c.tries_left - 1)
        )
        self._db.execute(delete(t.approval).where(t.approval.c.proposal == id, t.approval.c.tries_left <= 0))
        return None


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        act=row.act,
        what=json.loads(row.what),
        proposer=row.proposer,
        until=datetime.fromisoformat(row.until),
        state=row.state,
        told=frozenset(row.told.split()),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
