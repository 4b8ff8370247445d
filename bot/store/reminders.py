"""Which reminders are due, and who takes the next one: each line once, whatever is restarted.

Laws:
1. What is due depends on the wave, the calendar and the contact's own hours; ledger, session and pool are not
   read.
2. A line is claimed before it is sent, by moving one mark past its row: a wave has one mark for each part of the
   day, and no person has any. Who was killed in between loses that one line; nobody sends it again.
3. A mark goes forward only. A number lower than one that was begun is never sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import ColumnElement, Connection, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.core.reminders import NEVER, number_due, part_of
from bot.store import tables as t
from bot.store.contacts import Contacts, Due
from bot.store.waves import Waves


@dataclass(frozen=True)
class Reminder:
    """One number of one wave, for all who chose this part of the day."""

    wave: str
    part: int
    number: int


class Reminders:
    """The marks over one open transaction."""

    def __init__(self, connection: Connection, contacts: Contacts, waves: Waves) -> None:
        self._db = connection
        self._contacts = contacts
        self._waves = waves

    def due(self, now: datetime, zone: tzinfo) -> list[Reminder]:
        """What may leave at this moment, of waves that take answers, and is not done."""
        part = part_of(now, zone)
        if part == NEVER:
            return []
        found = []
        for wave in self._waves.all():
            reminding = wave.survey.reminders
            if reminding is None or not wave.takes(now):
                continue
            number = number_due(reminding, wave.opened, now, zone)
            if number and self._begin(wave.id, part, number):
                found.append(Reminder(wave.id, part, number))
        return found

    def next(self, reminder: Reminder) -> Due | None:
        """Whose line comes next; None, once and for all, where everybody's has."""
        row = self._db.execute(select(t.reminder).where(*_at(reminder))).one_or_none()
        if row is None or row.done:
            return None
        due = self._contacts.next_to_remind(reminder.wave, reminder.part, row.upto)
        if due is None:
            self._db.execute(update(t.reminder).where(*_at(reminder)).values(done=1))
        return due

    def claim(self, reminder: Reminder, cid: bytes) -> bool:
        """Take this one's line; True for the one caller whose it is to send, while the row is there."""
        behind = or_(t.reminder.c.upto.is_(None), t.reminder.c.upto < cid)
        moved = self._db.execute(update(t.reminder).where(*_at(reminder), behind).values(upto=cid)).rowcount
        there = self._db.execute(select(t.contact.c.cid).where(t.contact.c.cid == cid)).scalar()
        return bool(moved) and there is not None

    def _begin(self, wave: str, part: int, number: int) -> bool:
        """Set the mark to the beginning of this number; False where it or a later one is done."""
        fresh = {"number": number, "upto": None, "done": 0}
        row = upsert(t.reminder).values(wave=wave, part=part, **fresh)
        self._db.execute(
            row.on_conflict_do_update(
                index_elements=["wave", "part"], set_=fresh, where=t.reminder.c.number < number
            )
        )
        query = select(t.reminder.c.done).where(*_at(Reminder(wave, part, number)))
        return self._db.execute(query).scalar() == 0


def _at(reminder: Reminder) -> tuple[ColumnElement[bool], ...]:
    return (
        t.reminder.c.wave == reminder.wave,
        t.reminder.c.part == reminder.part,
        t.reminder.c.number == reminder.number,
    )
