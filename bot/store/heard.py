"""The way back: what was heard in a wave and done since, in public words; and when its lines of news may leave.

Laws:
1. Nobody's answer and nobody's chat stands here: names of released figures, words of coordinators, a day.
2. What was approved is never changed again.
3. Lines of a wave leave once its words were approved, or two weeks after its end; not while they are paused, and
   never once they were cancelled. Who is written to follows from the wishes alone (`contacts.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.store import tables as t

HEARD = 0
"""The number of what was heard; greater numbers are what was done since."""

WAITING_DAYS = 14
"""So many days after a wave's end its lines leave without words of coordinators."""

MOST_DEEDS = 20
"""So many entries of what was done since a wave may have."""

GOING, PAUSED, CANCELLED = "going", "paused", "cancelled"


@dataclass(frozen=True)
class Entry:
    """What was heard in a wave (`no` 0), or done since: the names of figures, words by language, and the day of
    the approval, from which on it is public."""

    wave: str
    no: int
    figures: tuple[str, ...]
    words: Mapping[str, str]
    approved: date | None = None


class Heard:
    """The entries over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, wave: str, no: int = HEARD) -> Entry | None:
        """An entry, a draft or approved."""
        row = self._db.execute(select(t.heard).where(*_at(wave, no))).one_or_none()
        return None if row is None else _entry(row)

    def approved(self, wave: str, no: int = HEARD) -> Entry | None:
        """An entry if it is public."""
        one = self.get(wave, no)
        return None if one is None or one.approved is None else one

    def of(self, wave: str) -> list[Entry]:
        """All entries of a wave, what was heard first."""
        query = select(t.heard).where(t.heard.c.wave == wave).order_by(t.heard.c.no)
        return [_entry(row) for row in self._db.execute(query)]

    def draft(self, entry: Entry) -> bool:
        """Keep a draft; False, and nothing changes, where it was approved already."""
        return self._put(entry, None)

    def approve(self, entry: Entry, day: date) -> bool:
        """Make it public as it stands here; False where another one was approved already."""
        return self._put(entry, day)

    def _put(self, entry: Entry, approved: date | None) -> bool:
        values = {
            "figures": json.dumps(entry.figures),
            "words": json.dumps(dict(entry.words), ensure_ascii=False, sort_keys=True),
            "approved": None if approved is None else approved.isoformat(),
        }
        row = upsert(t.heard).values(wave=entry.wave, no=entry.no, **values)
        row = row.on_conflict_do_update(
            index_elements=["wave", "no"], set_=values, where=t.heard.c.approved.is_(None)
        )
        return self._db.execute(row.returning(t.heard.c.no)).scalar() is not None

    def newest(self, organisation: str, programme: str, most: int) -> list[Entry]:
        """The newest public entries of what was done, for the waves of one programme."""
        query = (
            select(t.heard)
            .join(t.wave, t.wave.c.wave == t.heard.c.wave)
            .where(t.heard.c.approved.is_not(None), t.heard.c.no > HEARD)
            .where(t.wave.c.organisation == organisation, t.wave.c.programme == programme)
            .order_by(t.heard.c.approved.desc(), t.wave.c.opened.desc(), t.heard.c.no.desc())
        )
        return [_entry(row) for row in self._db.execute(query.limit(most))]

    # -- whether lines leave --------------------------------------------------------------------------

    def state(self, wave: str) -> str:
        """Whether the lines of a wave are going, paused or cancelled."""
        query = select(t.announcement.c.state).where(t.announcement.c.wave == wave)
        return self._db.execute(query).scalar() or GOING

    def pause(self, wave: str) -> None:
        """No line leaves until it is said to go on."""
        self._turn(wave, PAUSED)

    def cancel(self, wave: str) -> None:
        """No line of this wave ever leaves again; the caller deletes whom it was for."""
        self._turn(wave, CANCELLED)

    def go_on(self, wave: str) -> None:
        """Paused lines leave again; what was cancelled stays so."""
        here = (t.announcement.c.wave == wave, t.announcement.c.state == PAUSED)
        self._db.execute(delete(t.announcement).where(*here))

    def _turn(self, wave: str, state: str) -> None:
        row = upsert(t.announcement).values(wave=wave, state=state)
        self._db.execute(
            row.on_conflict_do_update(
                index_elements=["wave"], set_={"state": state}, where=t.announcement.c.state != CANCELLED
            )
        )

    def leaving(self, today: date) -> Sequence[str]:
        """The waves whose lines may leave on this local day (law 3)."""
        last = (today - timedelta(days=WAITING_DAYS)).isoformat()
        public = select(t.heard.c.wave).where(t.heard.c.no == HEARD, t.heard.c.approved.is_not(None))
        held = select(t.announcement.c.wave)
        query = select(t.wave.c.wave).where(
            t.wave.c.state == "closed",
            or_(t.wave.c.wave.in_(public), t.wave.c.ended <= last),
            t.wave.c.wave.not_in(held),
        )
        return self._db.execute(query.order_by(t.wave.c.wave)).scalars().all()


def _at(wave: str, no: int) -> tuple[Any, ...]:
    return (t.heard.c.wave == wave, t.heard.c.no == no)


def _entry(row: Row[Any]) -> Entry:
    approved = None if row.approved is None else date.fromisoformat(row.approved)
    return Entry(row.wave, row.no, tuple(json.loads(row.figures)), json.loads(row.words), approved)
