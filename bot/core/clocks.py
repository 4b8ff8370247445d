"""The three clocks of a wave: until when one may begin, when it closes by itself, when an interview expires.

Laws:
1. Nothing ends early: beginning and closing go by spans of 24 hours, which no calendar and no zone shortens.
2. An interview that began in time may go on until the wave closes, at least the whole grace.
3. Inactivity is counted in whole local days, since no finer time may be kept: never less than `idle_days` days.
4. A wave whose beginning is not limited never closes by itself.
5. A planned first day that has passed counts from the day of the opening, and so do the weeks after it.
6. The last moment to begin may be moved later while the wave is open, by a year at most, never earlier.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from bot.core.cadence import DAY
from bot.core.survey import Clocks

MOST_AHEAD = timedelta(days=366)
"""So far ahead the last moment to begin may be moved, as far as a survey may set it."""


def starts_until(
    clocks: Clocks, opened: datetime, starts_from: datetime | None, stated: datetime | None
) -> datetime | None:
    """The last moment at which an interview may begin: as stated at the opening, else by the survey; None
    without an end. The survey's days count from the first moment at which one may begin."""
    if stated is not None or clocks.start_days is None:
        return stated
    begins = opened if starts_from is None or starts_from < opened else starts_from
    return begins + clocks.start_days * DAY


def planned(
    first: date | None, weeks: int, now: datetime, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """From and until when interviews may begin in a wave that opens now.

    From the beginning of its first day (None: at once) to the end of the day so many weeks later (None, for 0
    weeks: as the survey says).
    """
    today = now.astimezone(zone).date()
    begins = today if first is None else max(first, today)
    until = end_of(begins + timedelta(weeks=weeks), zone) if weeks else None
    return (datetime.combine(begins, time(), zone) if begins > today else None), until


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last second of a local day."""
    return datetime.combine(day, time(23, 59, 59), zone)


def last(stated: datetime | None, extended: datetime | None) -> datetime | None:
    """The last moment at which an interview may begin, as things stand: as stated, or moved later since."""
    return stated if extended is None or stated is None else max(stated, extended)


def extends(until: datetime | None, wanted: datetime, now: datetime) -> bool:
    """True where `wanted` moves that moment later, to one that is still to come and not too far; None is none."""
    return until is not None and max(until, now) < wanted <= now + MOST_AHEAD


def closes(clocks: Clocks, until: datetime | None) -> datetime | None:
    """When a wave in which one may begin until then closes by itself; None: never."""
    return None if until is None else until + clocks.grace_days * DAY


def is_over(clocks: Clocks, until: datetime | None, now: datetime) -> bool:
    """True when the wave is to be closed at this moment."""
    end = closes(clocks, until)
    return end is not None and now > end


def expiry_day(clocks: Clocks, today: date) -> date:
    """The last day of an interview that was touched today: on the day after it may be deleted."""
    return today + timedelta(days=clocks.idle_days)
