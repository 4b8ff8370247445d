"""Organisations and their programmes: whose a wave is, whose a coordinator is, and with which key it is sealed.

Laws:
1. An organisation is known by its name; a wave and a coordinator of no organisation belong to the unnamed one.
2. A named organisation that is new draws a key of its own: another one's key opens none of its interviews and
   contacts. The unnamed one, and those that were there before there were such keys, use the installation's.
3. A programme is changed or ended, never taken away from waves that were opened under its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot import nature
from bot.store import tables as t
from bot.store.keys import Keys
from bot.store.trouble import StoreTrouble

LONGEST_NAME = 80
"""Letters of a name, so that it stands on a poster and in a caption."""

MOST_DISTRICTS = 40
"""So many districts a programme or a person may have; more are no narrowing."""

MOST_PROGRAMMES = 35
"""So many programmes an organisation has: a button names one by a letter."""

KEY_LETTERS = nature.CLEAR
KEY_LENGTH = 8


class OrganisationTrouble(StoreTrouble):
    """An organisation or a programme cannot be what was asked; the text says why and what to do."""


@dataclass(frozen=True)
class Programme:
    """What an organisation does: `focus` in a few words, whom it is for (`people`), where, and from when until
    when (days, or empty)."""

    organisation: str
    no: int
    name: str
    focus: str = ""
    people: str = ""
    districts: tuple[str, ...] = ()
    starts: str = ""
    ends: str = ""


class Organisations:
    """Organisations and programmes over one open transaction."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._db = connection
        self._keys = keys
        self._seen: dict[str, str] = {}

    def ensure(self, name: str, now: datetime) -> bool:
        """Have an organisation of this name; True where it is new."""
        _fit(name)
        key = nature.word(KEY_LETTERS, KEY_LENGTH) if name else ""
        row = upsert(t.organisation).values(name=name, key=key, since=now.isoformat())
        made = self._db.execute(row.on_conflict_do_nothing().returning(t.organisation.c.name)).scalar() is not None
        if made and key:
            self._keys.make_organisation(key)
        return made

    def names(self) -> list[str]:
        """All of them, in the order of their names."""
        return list(self._db.execute(select(t.organisation.c.name).order_by(t.organisation.c.name)).scalars())

    def key_of(self, name: str) -> str:
        """What the key file of an organisation is called; empty: the installation's keys."""
        if name not in self._seen:
            query = select(t.organisation.c.key).where(t.organisation.c.name == name)
            self._seen[name] = self._db.execute(query).scalar() or ""
        return self._seen[name]

    def keys(self) -> list[str]:
        """The key files that must be there."""
        return list(self._db.execute(select(t.organisation.c.key).where(t.organisation.c.key != "")).scalars())

    def waves(self, name: str) -> list[str]:
        """The waves of an organisation."""
        return list(self._db.execute(select(t.wave.c.wave).where(t.wave.c.organisation == name)).scalars())

    # -- programmes -----------------------------------------------------------------------------------

    def programmes(self, organisation: str) -> list[Programme]:
        """The programmes of an organisation, in the order they were made."""
        query = select(t.programme).where(t.programme.c.organisation == organisation).order_by(t.programme.c.no)
        return [_programme(row) for row in self._db.execute(query)]

    def programme(self, organisation: str, no: int) -> Programme | None:
        """One programme by its number."""
        mine = (t.programme.c.organisation == organisation, t.programme.c.no == no)
        row = self._db.execute(select(t.programme).where(*mine)).one_or_none()
        return None if row is None else _programme(row)

    def districts_of(self, organisation: str, programme: str) -> tuple[str, ...]:
        """Where a programme works; none where it is unknown or says nothing."""
        mine = (t.programme.c.organisation == organisation, t.programme.c.name == programme)
        return tuple((self._db.execute(select(t.programme.c.districts).where(*mine)).scalar() or "").split())

    def add_programme(self, made: Programme) -> Programme:
        """A new programme, with the next number. Raises OrganisationTrouble where the name is taken or unfit."""
        _fit(made.name)
        if not made.name.strip():
            raise OrganisationTrouble("A programme needs a name.")
        fit_districts(made.districts)
        mine = t.programme.c.organisation == made.organisation
        there = [one.name for one in self.programmes(made.organisation)]
        if len(there) >= MOST_PROGRAMMES:
            raise OrganisationTrouble(f"An organisation has at most {MOST_PROGRAMMES} programmes.")
        if made.name in there:
            raise OrganisationTrouble(f"There is a programme '{made.name}' already.")
        last = self._db.execute(select(func.max(t.programme.c.no)).where(mine)).scalar() or 0
        self._db.execute(
            insert(t.programme).values(
                organisation=made.organisation,
                no=last + 1,
                name=made.name,
                focus=made.focus,
                people=made.people,
                districts=" ".join(made.districts),
                starts=made.starts,
                ends=made.ends,
            )
        )
        found = self.programme(made.organisation, last + 1)
        assert found is not None
        return found

    def change_programme(self, one: Programme) -> bool:
        """Keep another focus, people, districts or days of a programme; False where there is none."""
        fit_districts(one.districts)
        changed = self._db.execute(
            update(t.programme)
            .where(t.programme.c.organisation == one.organisation, t.programme.c.no == one.no)
            .values(
                focus=one.focus,
                people=one.people,
                districts=" ".join(one.districts),
                starts=one.starts,
                ends=one.ends,
            )
        )
        return bool(changed.rowcount)

    # -- leaving --------------------------------------------------------------------------------------

    def forget(self, name: str) -> str:
        """Take an organisation, its programmes, its people and their invitations out of the tables; its waves must
        be gone before. Returns what its key file is called, to be destroyed once this is committed."""
        key = self.key_of(name)
        chats = select(t.coordinator.c.chat).where(t.coordinator.c.organisation == name).scalar_subquery()
        self._db.execute(delete(t.subscription).where(t.subscription.c.chat.in_(chats)))
        self._db.execute(delete(t.subscription).where(t.subscription.c.sponsor.in_(chats)))
        for table in (t.coordinator, t.colleague, t.programme, t.claim_code):
            self._db.execute(delete(table).where(table.c.organisation == name))
        self._db.execute(delete(t.organisation).where(t.organisation.c.name == name))
        self._seen.clear()
        return key


def fit_districts(districts: tuple[str, ...]) -> None:
    """Raise OrganisationTrouble for more districts than anybody works in, or for words that are no codes."""
    if len(districts) > MOST_DISTRICTS:
        raise OrganisationTrouble(
            f"{len(districts)} districts are named; at most {MOST_DISTRICTS} can be. Leave them out for all."
        )
    for code in districts:
        if not code.isascii() or not code.replace("_", "").isalnum():
            raise OrganisationTrouble(f"'{code}' is no district: write codes such as swat or upper_dir.")


def _fit(name: str) -> None:
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise OrganisationTrouble(f"A name has at most {LONGEST_NAME} letters, on one line.")


def _programme(row: Row[tuple[object, ...]]) -> Programme:
    return Programme(
        row.organisation,
        row.no,
        row.name,
        row.focus,
        row.people,
        tuple(row.districts.split()),
        row.starts,
        row.ends,
    )
