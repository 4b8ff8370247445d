"""What is kept of coordinators, who are known on purpose: roles, digests they asked for, their acts."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot import nature
from bot.core import roles
from bot.core.cadence import AT_CLOSE, Cadence
from bot.store import tables as t

CLAIM_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CLAIM_LENGTH = 10
CLAIM_MINUTES = 15
CLAIM_TRIES = 5

EVERYBODYS = "*"
"""In the log of acts, what concerns the whole installation: owners of every organisation read it."""

HANDLE_LENGTH = 12

GROUP_LETTERS = nature.CLEAR
GROUP_LENGTH = 16
GROUP_MINUTES = 60

GROUP = "sum"
"""How the start payload begins that leads summaries into a group."""

WAVE_NAMED = re.compile(r"\bwaves? ([a-z0-9]+)")
"""Where a line of the log names a wave."""

RESEND_AFTER = timedelta(minutes=5)
"""A digest claimed so long ago and not completed is sent again, and says that it may be a second copy."""


@dataclass(frozen=True)
class Coordinator:
    """Somebody who may see digests. `chat` is where they talk with the bot; `name` is what their owner calls them;
    `districts` narrow what they see, none: all of their organisation."""

    chat: int
    role: str
    language: str
    organisation: str = ""
    name: str = ""
    districts: tuple[str, ...] = ()
    since: date = date.min
    handle: str = ""
    """What buttons call them: it tells nobody's number."""


@dataclass(frozen=True)
class Subscription:
    """Which wave's digest goes to which coordinator, how often, since when; `ended` where the wave has ended, so
    that only its last one is to come. Into a group it goes through a `sponsor`."""

    chat: int
    wave: str
    cadence: Cadence
    since: datetime
    ended: bool = False
    sponsor: int | None = None

    @property
    def reader(self) -> int:
        """The coordinator who gets it, or answers for the group that does."""
        return self.chat if self.sponsor is None else self.sponsor


@dataclass(frozen=True)
class Act:
    """One line of the log of acts: `who` is `coordinator CHAT`, `console` or `clock`; `chain` is the SHA-256 of
    all lines up to this one; `organisation` is whose owners read it."""

    no: int
    moment: datetime
    who: str
    act: str
    what: str
    chain: str
    organisation: str = ""


class Desk:
    """The coordinators' side over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # -- who they are ---------------------------------------------------------------------------------

    def coordinator(self, chat: int) -> Coordinator | None:
        """The coordinator of this chat; None for everybody else."""
        row = self._db.execute(select(t.coordinator).where(t.coordinator.c.chat == chat)).one_or_none()
        return None if row is None else _coordinator(row)

    def coordinators(self) -> list[Coordinator]:
        """All of them."""
        rows = self._db.execute(select(t.coordinator).order_by(t.coordinator.c.chat))
        return [_coordinator(row) for row in rows]

    def colleagues(self, organisation: str) -> list[Coordinator]:
        """Everybody of an organisation, whoever came first first."""
        mine = t.coordinator.c.organisation == organisation
        query = select(t.coordinator).where(mine).order_by(t.coordinator.c.since, t.coordinator.c.chat)
        return [_coordinator(row) for row in self._db.execute(query)]

    def who_may(self, act: str) -> list[Coordinator]:
        """The coordinators whose role allows this act."""
        return [who for who in self.coordinators() if roles.may(who.role, act)]

    def admit(
        self,
        chat: int,
        role: str,
        language: str,
        now: datetime,
        organisation: str | None = None,
        districts: tuple[str, ...] = (),
    ) -> None:
        """Make somebody a coordinator, or change role and districts. Without an organisation they stay in theirs,
        or are of the unnamed one. Whoever changes to another one leaves the summaries of the one before."""
        before = self.coordinator(chat)
        home = (before.organisation if before else "") if organisation is None else organisation
        if before is not None and before.organisation != home:
            self.remove(chat)
        changed = {"role": role, "organisation": home, "districts": " ".join(districts)}
        row = upsert(t.coordinator).values(chat=chat, language=language, since=now.isoformat(), **changed)
        self._db.execute(row.on_conflict_do_update(index_elements=["chat"], set_=changed))

    def call(self, chat: int, name: str) -> None:
        """What their owner calls a coordinator."""
        self._db.execute(update(t.coordinator).where(t.coordinator.c.chat == chat).values(name=name))

    def replace(self, lost: int, chat: int) -> bool:
        """A coordinator goes on from another chat, with role, name and summaries; False where nobody was there, or
        the other chat is a coordinator already."""
        if self.coordinator(lost) is None or self.coordinator(chat) is not None:
            return False
        for table in (t.coordinator, t.subscription):
            self._db.execute(update(table).where(table.c.chat == lost).values(chat=chat))
        self._db.execute(update(t.subscription).where(t.subscription.c.sponsor == lost).values(sponsor=chat))
        self._db.execute(delete(t.approval).where(t.approval.c.chat == lost))
        return True

    def remove(self, chat: int) -> bool:
        """Take role and digests; False when there was nobody."""
        mine = (t.subscription.c.chat == chat) | (t.subscription.c.sponsor == chat)
        self._db.execute(delete(t.subscription).where(mine))
        self._db.execute(delete(t.approval).where(t.approval.c.chat == chat))
        self._db.execute(delete(t.alert).where(t.alert.c.chat == chat))
        return bool(self._db.execute(delete(t.coordinator).where(t.coordinator.c.chat == chat)).rowcount)

    def speak(self, chat: int, language: str) -> None:
        """Keep the language a coordinator chose."""
        self._db.execute(update(t.coordinator).where(t.coordinator.c.chat == chat).values(language=language))

    # -- the first owner ------------------------------------------------------------------------------

    def make_claim_code(self, now: datetime, organisation: str = "") -> str:
        """A one-time code for the first owner of an organisation; an earlier one ends."""
        code = nature.word(CLAIM_LETTERS, CLAIM_LENGTH)
        self._db.execute(delete(t.claim_code))
        self._db.execute(
            insert(t.claim_code).values(
                hash=_hash(code),
                until=(now + timedelta(minutes=CLAIM_MINUTES)).isoformat(),
                tries_left=CLAIM_TRIES,
                organisation=organisation,
            )
        )
        return code

    def claim(self, code: str, now: datetime) -> str | None:
        """The organisation whose owner this makes, once for the right code in time; five wrong tries void it."""
        row = self._db.execute(select(t.claim_code)).one_or_none()
        if row is None:
            return None
        right = hmac.compare_digest(row.hash, _hash(code.strip().upper()))
        if right and now <= datetime.fromisoformat(row.until):
            taken = self._db.execute(delete(t.claim_code)).rowcount
            return str(row.organisation) if taken else None
        if row.tries_left <= 1 or now > datetime.fromisoformat(row.until):
            self._db.execute(delete(t.claim_code))
        else:
            self._db.execute(update(t.claim_code).values(tries_left=row.tries_left - 1))
        return None

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

    # -- groups ---------------------------------------------------------------------------------------

    def make_group_code(self, wave: str, sponsor: int, now: datetime) -> str:
        """A one-time code that leads this coordinator's summaries of a wave into a group; an earlier one ends."""
        code = nature.word(GROUP_LETTERS, GROUP_LENGTH)
        old = (t.group_code.c.wave == wave, t.group_code.c.sponsor == sponsor)
        self._db.execute(delete(t.group_code).where(*old))
        until = (now + timedelta(minutes=GROUP_MINUTES)).isoformat()
        self._db.execute(insert(t.group_code).values(hash=_hash(code), wave=wave, sponsor=sponsor, until=until))
        return code

    def group_code(self, code: str, now: datetime) -> tuple[str, int] | None:
        """The wave and the coordinator of a code, once and in time."""
        mine = (t.group_code.c.hash == _hash(code), t.group_code.c.until > now.isoformat())
        gone = delete(t.group_code).where(*mine).returning(t.group_code.c.wave, t.group_code.c.sponsor)
        row = self._db.execute(gone).one_or_none()
        return None if row is None else (row.wave, row.sponsor)

    def lead_into(self, group: int, wave: str, sponsor: int, cadence: Cadence, now: datetime) -> None:
        """Send this wave's digest into a group from now on; its sponsor answers for it."""
        self.subscribe(group, wave, cadence, now)
        mine = (t.subscription.c.chat == group, t.subscription.c.wave == wave)
        self._db.execute(update(t.subscription).where(*mine).values(sponsor=sponsor))

    def groups(self, wave: str, sponsor: int) -> int:
        """How many groups get a wave's digest through this coordinator."""
        mine = (t.subscription.c.wave == wave, t.subscription.c.sponsor == sponsor)
        return self._db.execute(select(func.count()).select_from(t.subscription).where(*mine)).scalar() or 0

    def leave_groups(self, wave: str, sponsor: int) -> bool:
        """No more into groups through this coordinator; False where there was none."""
        mine = (t.subscription.c.wave == wave, t.subscription.c.sponsor == sponsor)
        return bool(self._db.execute(delete(t.subscription).where(*mine)).rowcount)

    def leave_group(self, group: int) -> None:
        """Nothing more into this group: the bot is not in it."""
        gone = (t.subscription.c.chat == group, t.subscription.c.sponsor.is_not(None))
        self._db.execute(delete(t.subscription).where(*gone))

    def move_group(self, group: int, to: int) -> None:
        """A group became a supergroup, which is another chat: its summaries go there, and one that was claimed for
        the old one is to be claimed anew."""
        there = select(t.subscription.c.wave).where(t.subscription.c.chat == to)
        old = t.subscription.c.chat == group
        self._db.execute(delete(t.subscription).where(old, t.subscription.c.wave.in_(there)))
        self._db.execute(update(t.subscription).where(old).values(chat=to))
        self._db.execute(delete(t.digest).where(t.digest.c.chat == group, t.digest.c.state == "claimed"))

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
                sponsor=row.sponsor,
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

    def note(self, who: str, act: str, what: str, now: datetime, organisation: str | None = None) -> None:
        """Write one act of a coordinator or the console into the hash-chained log. Whose owners read it is found
        from who did it, or from the wave that is named, unless it is said."""
        last = self._db.execute(select(t.audit).order_by(t.audit.c.no.desc()).limit(1)).one_or_none()
        of = self._whose(who, what) if organisation is None else organisation
        no, moment = 1 if last is None else last.no + 1, now.isoformat()
        chain = _hash(_act("" if last is None else last.chain, no, moment, who, act, what, of))
        row = {"no": no, "moment": moment, "who": who, "act": act, "what": what}
        self._db.execute(insert(t.audit).values(chain=chain, organisation=of, **row))

    def _whose(self, who: str, what: str) -> str:
        """The organisation of a coordinator, or of the first wave that is named; else it is everybody's."""
        kind, _, chat = who.partition(" ")
        found = self.coordinator(int(chat)) if kind == "coordinator" else None
        named = WAVE_NAMED.search(what)
        if found is not None or named is None:
            return EVERYBODYS if found is None else found.organisation
        of: str | None = self._db.execute(select(t.wave.c.organisation).where(t.wave.c.wave == named[1])).scalar()
        return EVERYBODYS if of is None else of

    def acts(
        self, before: int | None = None, most: int | None = None, organisation: str | None = None
    ) -> list[Act]:
        """Lines of the log, the newest first; those before a number, at most so many, of one organisation and of
        the whole installation."""
        query = select(t.audit).order_by(t.audit.c.no.desc()).limit(most)
        if before is not None:
            query = query.where(t.audit.c.no < before)
        if organisation is not None:
            query = query.where(t.audit.c.organisation.in_((EVERYBODYS, organisation)))
        return [Act(row.no, datetime.fromisoformat(row.moment), *row[2:]) for row in self._db.execute(query)]

    def broken(self) -> int | None:
        """The first line of the log that was changed, or before which one was taken out; None where all are whole.

        Lines cut off at the end leave no trace in the log: whoever has noted the chain of the last line sees it.
        """
        chain = ""
        for number, row in enumerate(self._db.execute(select(t.audit).order_by(t.audit.c.no)), start=1):
            chain = _hash(_act(chain, number, row.moment, row.who, row.act, row.what, row.organisation))
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

    def count_owners(self, organisation: str = "") -> int:
        """How many owners an organisation has."""
        mine = (t.coordinator.c.role == "owner", t.coordinator.c.organisation == organisation)
        query = select(func.count()).where(*mine)
        return self._db.execute(query).scalar() or 0


def _coordinator(row: Row[Any]) -> Coordinator:
    return Coordinator(
        row.chat,
        row.role,
        row.language,
        row.organisation,
        row.name,
        tuple(row.districts.split()),
        datetime.fromisoformat(row.since).date(),
        _hash(f"{row.since}|{row.chat}")[:HANDLE_LENGTH],
    )


def _act(chain: str, no: int, moment: str, who: str, act: str, what: str, organisation: str) -> str:
    """One line as it is hashed. Before there were organisations none stood there."""
    line = f"{chain}|{no}|{moment}|{who}|{act}|{what}"
    return f"{line}\x1f{organisation}" if organisation else line


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
