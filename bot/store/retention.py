"""What is deleted because its time is over; what stays are the counts, the log of acts, and who got which summary.

Laws:
1. Answers go so many months after their wave ended, with the open answers that were torn from them and the
   hashes of those that were counted; the counts made of them stay, and no figure changes.
2. Codes and proposals go when they have expired, contacts a month after their wave's end at the latest.
3. Nothing here writes ledger, session or pool.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from sqlalchemy import Connection, delete, select, update

from bot.store import tables as t
from bot.store.colleagues import Colleagues
from bot.store.contacts import Contacts
from bot.store.proposals import Proposals


def clear(db: Connection, contacts: Contacts, now: datetime, today: date, months: int) -> None:
    """Delete what has had its time at `now`. `today` is the local day, `months` how long answers are kept."""
    _note_ends(db, today)
    over = select(t.wave.c.wave).where(
        t.wave.c.state == "closed", t.wave.c.ended <= back(today, months).isoformat()
    )
    for table in (t.response, t.opentext, t.theme_text):
        db.execute(delete(table).where(table.c.wave.in_(over)))
    _expire_claims(db, now)
    Proposals(db).expire(now)
    Colleagues(db).expire(now)
    db.execute(delete(t.group_code).where(t.group_code.c.until <= now.isoformat()))
    contacts.expire(today)


def back(day: date, months: int) -> date:
    """The same day so many months before; the month's last day where it has no such day."""
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _note_ends(db: Connection, today: date) -> None:
    """Waves that ended before their day was kept end today: no answer goes too early."""
    db.execute(
        update(t.wave).where(t.wave.c.state == "closed", t.wave.c.ended.is_(None)).values(ended=today.isoformat())
    )


def _expire_claims(db: Connection, now: datetime) -> None:
    for hash, until in db.execute(select(t.claim_code.c.hash, t.claim_code.c.until)).all():
        if datetime.fromisoformat(until) < now:
            db.execute(delete(t.claim_code).where(t.claim_code.c.hash == hash))
