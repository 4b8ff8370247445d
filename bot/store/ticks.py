"""What a tick does to what is kept: dwell, releases and closes, each when it is due.

Laws:
1. A tick not later than the last one done does nothing; so a clock set back closes nothing, and nothing twice.
2. Dwell goes up only 24 hours after the last time, so an answer at full dwell has waited at least a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.core.cadence import daily_due
from bot.store.desk import Desk
from bot.store.waves import Waves

CLOCK = "clock"
"""Who closes a wave whose time is over, in the log of acts."""

LAST_TICK = "last tick"
LAST_DAILY = "last daily tick"


@dataclass(frozen=True)
class Ticked:
    """What a tick did: whether it was one, whether a day had passed, which waves were released or ended."""

    done: bool
    daily: bool = False
    released: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


def tick(waves: Waves, desk: Desk, now: datetime, zone: tzinfo) -> Ticked:
    """Do once what is due at `now`. The keys of ended waves are destroyed by the caller, after the commit."""
    last = _moment(desk, LAST_TICK)
    if last is not None and now <= last:
        return Ticked(done=False)
    desk.write_mark(LAST_TICK, now.isoformat())
    ended: list[str] = []
    daily = daily_due(_moment(desk, LAST_DAILY), now)
    if daily:
        desk.write_mark(LAST_DAILY, now.isoformat())
        ended = waves.daily(now.astimezone(zone).date())
    for wave in waves.close_overdue(now):  # after the day was counted: two more follow, as after any close
        desk.note(CLOCK, "close", f"wave {wave}, its time was over", now)
    released = waves.release_due(now)
    return Ticked(True, daily, tuple(released), tuple(ended))


def _moment(desk: Desk, name: str) -> datetime | None:
    value = desk.read_mark(name)
    return None if value is None else datetime.fromisoformat(value)
