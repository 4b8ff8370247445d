"""When something is next due: pure functions of a rule, a beginning and a moment.

Laws:
1. A period has one name, whatever the moment it is looked at; so it can be claimed once.
2. After downtime only the latest due period counts; older ones are folded in.
3. Days are names and local: a rule holds where the people are, whatever the server's own zone.
4. What comes once, when something ends, is due at no moment of the calendar: its period has a name of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

CADENCES = ("weekly", "fortnightly", "monthly")

AT_CLOSE = "close"
"""Once, when the wave has ended; also the name of that last period for everybody else."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cadence:
    """How often (weekly, fortnightly, monthly), on which weekday (0 is Monday), at which local hour; or at close,
    where day and hour say nothing."""

    every: str
    weekday: int
    hour: int


def latest_due(cadence: Cadence, since: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    """The last moment at or before `now` when the cadence was due; None when none came after `since`.

    Weekly: every such weekday. Fortnightly: every second one, counted from the first after `since`.
    Monthly: the first such weekday of each month. At close: never.
    """
    if cadence.every == AT_CLOSE:
        return None
    first = _next_weekday(since, cadence, zone)
    if not _is_past(first, now):
        return None
    if cadence.every == "monthly":
        return _latest_monthly(cadence, since, now, zone)
    return _latest_weekly(first, timedelta(weeks=1 if cadence.every == "weekly" else 2), now, zone)


def next_due(cadence: Cadence, since: datetime, now: datetime, zone: tzinfo) -> datetime:
    """The first moment after `now` when the cadence is due; ValueError where no calendar tells (at close)."""
    moment = max(now, since)
    for days in range(1, 64):
        due = latest_due(cadence, since, moment.astimezone(UTC) + days * DAY, zone)
        if due is not None and not _is_past(due, moment):
            return due
    raise ValueError(f"nothing is due within two months: {cadence}")


def daily_due(last: datetime | None, now: datetime) -> bool:
    """True when a daily tick is due: at least 24 hours after the last one, so that dwell means a day."""
    return last is None or now - last >= DAY


def period_name(due: datetime, zone: tzinfo) -> str:
    """The name under which a due period is claimed: its local day and hour."""
    return due.astimezone(zone).strftime("%Y-%m-%dT%H")


def _next_weekday(since: datetime, cadence: Cadence, zone: tzinfo) -> datetime:
    local = since.astimezone(zone)
    at_hour = local.replace(hour=cadence.hour, minute=0, second=0, microsecond=0, fold=0)
    at_hour += (cadence.weekday - at_hour.weekday()) % 7 * DAY
    return at_hour + 7 * DAY if _is_past(at_hour, since) else at_hour


def _latest_weekly(first: datetime, period: timedelta, now: datetime, zone: tzinfo) -> datetime:
    """Whole periods are counted on the wall clock: a week with a change of summer time is no 168 hours."""
    passed = (now.astimezone(zone).replace(tzinfo=None) - first.replace(tzinfo=None)) // period
    # One more and one less: an hour that the clock skips or repeats is not where the wall clock says.
    dues = (first + number * period for number in (passed + 1, passed, passed - 1))
    return next((due for due in dues if _is_past(due, now)), first)


def _is_past(due: datetime, now: datetime) -> bool:
    return due.astimezone(UTC) <= now.astimezone(UTC)


def _latest_monthly(cadence: Cadence, since: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    local = now.astimezone(zone)
    for _ in range(2):
        start = local.replace(day=1, hour=cadence.hour, minute=0, second=0, microsecond=0, fold=0)
        due = start + (cadence.weekday - start.weekday()) % 7 * DAY
        if _is_past(due, now):
            return None if _is_past(due, since) else due
        local = start - DAY
    return None
