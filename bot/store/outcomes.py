"""How many interviews ended without answers, how reminders and news fared: bare numbers of a wave, of nobody.

Laws:
1. Numbers come from the running bot's memory, at the daily tick; a crash loses those of a day. Only the expired
   are counted from the rows that the tick deletes.
2. What is shown is rounded down to a multiple of k and moves at a release only; of announcements, which leave
   after the last release, at a daily tick only.
3. How many took answers back is counted and never shown: who forced ten people to answer could see whether an
   eleventh took hers back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.store import tables as t

EXPIRED, QUIT, REFUSED, SCREENED_OUT, WITHDRAWN = "expired", "quit", "refused", "screened_out", "withdrawn"
AGREED, DELIVERED, BLOCKED, FAILED = "agreed", "delivered", "blocked", "failed"
"""Of reminders: who agreed to them, and what became of the lines."""

TOLD, TOLD_BLOCKED, TOLD_FAILED = "told", "told_blocked", "told_failed"
"""What became of the lines to those who asked to hear of a result."""

ENDS = (EXPIRED, QUIT, REFUSED, SCREENED_OUT, WITHDRAWN)
REMINDED = (AGREED, DELIVERED, BLOCKED, FAILED)
ANNOUNCED = (TOLD, TOLD_BLOCKED, TOLD_FAILED)
SHOWN = (REFUSED, SCREENED_OUT, QUIT, EXPIRED, *REMINDED, *ANNOUNCED)
"""What a wave's screen may say, in this order."""


class Outcomes:
    """The numbers over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, counted: Mapping[tuple[str, str], int]) -> None:
        """Add what was counted, by wave and state; of a wave that has ended only its announcement is counted."""
        over = set(self._db.execute(select(t.wave.c.wave).where(t.wave.c.state == "closed")).scalars())
        for (wave, state), n in sorted(counted.items()):
            if wave not in over or state in ANNOUNCED:
                _add(self._db, wave, state, n)

    def shown(self, wave: str) -> dict[str, int]:
        """What may be said of a wave, as of its last release; what is not yet k is left out."""
        query = select(t.outcome.c.state, t.outcome.c.shown).where(t.outcome.c.wave == wave)
        numbers = {row.state: row.shown for row in self._db.execute(query)}
        return {state: numbers[state] for state in SHOWN if numbers.get(state)}

    def announced(self, wave: str) -> dict[str, int]:
        """What may be said of a wave's announcement, as of the last day."""
        return {state: n for state, n in self.shown(wave).items() if state in ANNOUNCED}

    def freeze_announced(self) -> None:
        """A day has passed: what is shown of announcements are their numbers of now, rounded down."""
        rows = select(t.outcome, t.wave.c.k).join(t.wave, t.wave.c.wave == t.outcome.c.wave)
        for row in self._db.execute(rows.where(t.outcome.c.state.in_(ANNOUNCED))).all():
            here = (t.outcome.c.wave == row.wave, t.outcome.c.state == row.state)
            self._db.execute(update(t.outcome).where(*here).values(shown=row.n // row.k * row.k))


def expire(db: Connection, which: ColumnElement[bool]) -> None:
    """Delete these interviews, and count how many there were of each wave."""
    gone = db.execute(delete(t.session).where(which).returning(t.session.c.wave)).scalars()
    for wave, n in sorted(Counter(gone).items()):
        _add(db, wave, EXPIRED, n)


def freeze(db: Connection, wave: str, k: int) -> None:
    """What is shown from now on: the numbers as they are, rounded down to a multiple of k."""
    for row in db.execute(select(t.outcome).where(t.outcome.c.wave == wave)).all():
        here = (t.outcome.c.wave == wave, t.outcome.c.state == row.state)
        db.execute(update(t.outcome).where(*here).values(shown=row.n // k * k))


def _add(db: Connection, wave: str, state: str, n: int) -> None:
    row = upsert(t.outcome).values(wave=wave, state=state, n=n, shown=0)
    more = {"n": t.outcome.c.n + n}
    db.execute(row.on_conflict_do_update(index_elements=["wave", "state"], set_=more))
