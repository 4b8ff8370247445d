"""What is kept of coordinators, who are known on purpose: roles, digests they asked for, their acts."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot import nature
from bot.core import roles
from bot.core.cadence import AT_CLOSE, Cadence
from bot.store import tables as t

CLAIM_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CLAIM_LENGTH = 10
CLAIM_MINUTES = 15
CLAIM_TRIES = 5

RESEND_AFTER = timedelta(minutes=5)
"""A digest claimed so long ago and not completed is sent again, and says that it may be a second copy."""


@dataclass(frozen=True)
class Coordinator:
    """Somebody who may see digests. `chat` is where they talk with the bot."""

    chat: int
    role: str
    language: str


@dataclass(frozen=True)
class Subscription:
    """Which wave's digest goes to which coordinator, how often, since when; `ended` where the wave has ended, so
    that only its last one is to come."""

    chat: int
    wave: str
    cadence: Cadence
    since: datetime
    ended: bool = False


@dataclass(frozen=True)
class Act:
    """One line of the log of acts: `who` is `coordinator CHAT`, `console` or `clock`; `chain` is the SHA-256 of
    all lines up to this one."""

    no: int
    moment: datetime
    who: str
    act: str
    what: str
    chain: str


class Desk:
    """The coordinators' side over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # -- who they are ---------------------------------------------------------------------------------

    def coordinator(self, chat: int) -> Coordinator | None:
        """The coordinator of this chat; None for everybody else."""
        row = self._db.execute(select(t.coordinator).where(t.coordinator.c.chat == chat)).one_or_none()
        return None if row is None else Coordinator(row.chat, row.role, row.language)

    def coordinators(self) -> list[Coordinator]:
        """All of them."""
        rows = self._db.execute(select(t.coordinator).order_by(t.coordinator.c.chat))
        return [Coordinator(row.chat, row.role, row.language) for row in rows]

    def who_may(self, act: str) -> list[Coordinator]:
        """The coordinators whose role allows this act."""
        return [who for who in self.coordinators() if roles.may(who.role, act)]

    def admit(self, chat: int, role: str, language: str, now: datetime) -> None:
        """Make somebody a coordinator, or change the role."""
        row = upsert(t.coordinator).values(chat=chat, role=role, language=language, since=now.isoformat())
        self._db.execute(row.on_conflict_do_update(index_elements=["chat"], set_={"role": role}))

    def remove(self, chat: int) -> bool:
        """Take role and digests; False when there was nobody."""
        self._db.execute(delete(t.subscription).where(t.subscription.c.chat == chat))
        return bool(self._db.execute(delete(t.coordinator).where(t.coordinator.c.chat == chat)).rowcount)

    def speak(self, chat: int, language: str) -> None:
        """Keep the language a coordinator chose."""
        self._db.execute(update(t.coordinator).where(t.coordinator.c.chat == chat).values(language=language))

    # -- the first owner ------------------------------------------------------------------------------

    def make_claim_code(self, now: datetime) -> str:
        """A one-time code for the console's owner; an earlier one ends."""
        code = nature.word(CLAIM_LETTERS, CLAIM_LENGTH)
        self._db.execute(delete(t.claim_code))
        self._db.execute(
            insert(t.claim_code).values(
                hash=_hash(code),
                until=(now + timedelta(minutes=CLAIM_MINUTES)).isoformat(),
                tries_left=CLAIM_TRIES,
            )
        )
        return code

    def claim(self, code: str, now: datetime) -> bool:
        """True once for the right code in time; five wrong tries void it."""
        row = self._db.execute(select(t.claim_code)).one_or_none()
        if row is None:
            return False
        right = hmac.compare_digest(row.hash, _hash(code.strip().upper()))
        if right and now <= datetime.fromisoformat(row.until):
            return bool(self._db.execute(delete(t.claim_code)).rowcount)
        if row.tries_left <= 1 or now > datetime.fromisoformat(row.until):
            self._db.execute(delete(t.claim_code))
        else:
            self._db.execute(update(t.claim_code).values(tries_left=row.tries_left - 1))
        return False

    # -- digests --------------------------------------------------------------------------------------

    def subscribe(self, chat: int, wave: str, cadence: Cadence, now: datetime) -> None:
        """Send this wave's digest to this chat from now on."""
        values = {
            "cadence": cadence.every,
            "weekday": cadence.weekday,
            "hour": cadence.hour,
            "since": now.isoformat(),
        }
        row = upsert(t.subscription).values(chat=chat, wave=wave, **values)
        self._db.execute(row.on_conflict_do_update(index_elements=["chat", "wave"], set_=values))

    def subscriptions(self) -> list[Subscription]:
        """Every digest somebody asked for."""
        rows = self._db.execute(
            select(t.subscription, t.wave.c.state)
            .outerjoin(t.wave, t.wave.c.wave == t.subscription.c.wave)
            .order_by(t.subscription.c.wave, t.subscription.c.chat)
        )
        return [
            Subscription(
                row.chat,
                row.wave,
                Cadence(row.cadence, row.weekday, row.hour),
                datetime.fromisoformat(row.since),
                ended=row.state == "closed",
            )
            for row in rows
        ]

    def claim_digest(self, wave: str, chat: int, period: str, now: datetime) -> int | None:
        """Claim a period before it is sent. Returns the number of this try, None when it is not ours.

        Whoever ticks may claim; the row is unique, so one claim wins. A claim that was never completed
        may be taken over after a while: the try is then 2 or more, and the digest says so.
        """
        row = upsert(t.digest).values(
            wave=wave, chat=chat, period=period, state="claimed", claimed=now.isoformat(), tries=1
        )
        won = self._db.execute(row.on_conflict_do_nothing().returning(t.digest.c.tries)).scalar()
        if won is not None:
            return 1
        taken = self._db.execute(
            update(t.digest)
            .where(
                t.digest.c.wave == wave,
                t.digest.c.chat == chat,
                t.digest.c.period == period,
                t.digest.c.state == "claimed",
                t.digest.c.claimed <= (now - RESEND_AFTER).isoformat(),
            )
            .values(claimed=now.isoformat(), tries=t.digest.c.tries + 1)
            .returning(t.digest.c.tries)
        ).scalar()
        return None if taken is None else int(taken)

    def complete_digest(self, wave: str, chat: int, period: str, state: str) -> None:
        """The digest left (`sent`), or never will (`gave_up`)."""
        self._db.execute(
            update(t.digest)
            .where(t.digest.c.wave == wave, t.digest.c.chat == chat, t.digest.c.period == period)
            .values(state=state)
        )
        if period == AT_CLOSE:  # there is nothing more to come
            mine = (t.subscription.c.wave == wave, t.subscription.c.chat == chat)
            self._db.execute(delete(t.subscription).where(*mine))

    # -- acts -----------------------------------------------------------------------------------------

    def note(self, who: str, act: str, what: str, now: datetime) -> None:
        """Write one act of a coordinator or the console into the hash-chained log."""
        last = self._db.execute(select(t.audit).order_by(t.audit.c.no.desc()).limit(1)).one_or_none()
        no = 1 if last is None else last.no + 1
        line = _act("" if last is None else last.chain, no, now.isoformat(), who, act, what)
        self._db.execute(
            insert(t.audit).values(no=no, moment=now.isoformat(), who=who, act=act, what=what, chain=_hash(line))
        )

    def acts(self, before: int | None = None, most: int | None = None) -> list[Act]:
        """Lines of the log, the newest first; those before a number, at most so many."""
        query = select(t.audit).order_by(t.audit.c.no.desc()).limit(most)
        rows = self._db.execute(query if before is None else query.where(t.audit.c.no < before))
        return [Act(row.no, datetime.fromisoformat(row.moment), *row[2:]) for row in rows]

    def broken(self) -> int | None:
        """The first line of the log that was changed, or before which one was taken out; None where all are whole.

        Lines cut off at the end leave no trace in the log: whoever has noted the chain of the last line sees it.
        """
        chain = ""
        for number, row in enumerate(self._db.execute(select(t.audit).order_by(t.audit.c.no)), start=1):
            chain = _hash(_act(chain, number, row.moment, row.who, row.act, row.what))
            if (row.no, row.chain) != (number, chain):
                return number
        return None

    # -- marks ----------------------------------------------------------------------------------------

    def read_mark(self, name: str) -> str | None:
        """A small fact of the installation."""
        value: str | None = self._db.execute(select(t.mark.c.value).where(t.mark.c.name == name)).scalar()
        return value

    def write_mark(self, name: str, value: str) -> None:
        """Keep a small fact of the installation."""
        row = upsert(t.mark).values(name=name, value=value)
        self._db.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    def count_owners(self) -> int:
        """How many owners there are."""
        query = select(func.count()).where(t.coordinator.c.role == "owner")
        return self._db.execute(query).scalar() or 0


def _act(chain: str, no: int, moment: str, who: str, act: str, what: str) -> str:
    return f"{chain}|{no}|{moment}|{who}|{act}|{what}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
