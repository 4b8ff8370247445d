"""The three clocks of a wave: until when one may begin, when it closes by itself, when an interview expires.

Laws:
1. Nothing ends early: beginning and closing go by spans of 24 hours, which no calendar and no zone shortens.
2. An interview that began in time may go on until the wave closes, at least the whole grace.
3. Inactivity is counted in whole local days, since no finer time may be kept: never less than `idle_days` days.
4. A wave whose beginning is not limited never closes by itself.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.core.cadence import DAY
from bot.core.survey import Clocks


def starts_until(
    clocks: Clocks, opened: datetime, starts_from: datetime | None, stated: datetime | None
) -> datetime | None:
    """The last moment at which an interview may begin: as stated at the opening, else by the survey; None
    without an end. The survey's days count from the first moment at which one may begin."""
    if stated is not None or clocks.start_days is None:
        return stated
    begins = opened if starts_from is None or starts_from < opened else starts_from
    return begins + clocks.start_days * DAY


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
