"""When something is next due: pure functions of a rule, a beginning and a moment.

Laws:
1. A period has one name, whatever the moment it is looked at; so it can be claimed once.
2. After downtime only the latest due period counts; older ones are folded in.
3. Days are names and local: a rule holds where the people are, whatever the server's own zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

CADENCES = ("weekly", "fortnightly", "monthly")

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cadence:
    """How often (weekly, fortnightly, monthly), on which weekday (0 is Monday), at which local hour."""

    every: str
    weekday: int
    hour: int


def latest_due(cadence: Cadence, since: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    """The last moment at or before `now` when the cadence was due; None when none came after `since`.

    Weekly: every such weekday. Fortnightly: every second one, counted from the first after `since`.
    Monthly: the first such weekday of each month.
    """
    first = _next_weekday(since, cadence, zone)
    if now < first:
        return None
    if cadence.every == "monthly":
        return _latest_monthly(cadence, since, now, zone)
    weeks = 1 if cadence.every == "weekly" else 2
    periods = (now - first) // timedelta(weeks=weeks)
    due = _shift(first, timedelta(weeks=weeks * periods), zone)
    return due if due <= now else _shift(due, -timedelta(weeks=weeks), zone)


def next_due(cadence: Cadence, since: datetime, now: datetime, zone: tzinfo) -> datetime:
    """The first moment after `now` when the cadence is due."""
    moment = max(now, since)
    for days in range(63):
        later = moment + days * DAY
        due = latest_due(cadence, since, later + DAY, zone)
        if due is not None and due > moment:
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
    at_hour = local.replace(hour=cadence.hour, minute=0, second=0, microsecond=0)
    at_hour += (cadence.weekday - at_hour.weekday()) % 7 * DAY
    if at_hour <= local:
        at_hour += 7 * DAY
    return at_hour


def _shift(moment: datetime, by: timedelta, zone: tzinfo) -> datetime:
    """Move by whole days on the wall clock, so that a change of offset does not move the hour."""
    return (moment.astimezone(zone) + by).astimezone(zone)


def _latest_monthly(cadence: Cadence, since: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    local = now.astimezone(zone)
    for _ in range(2):
        start = local.replace(day=1, hour=cadence.hour, minute=0, second=0, microsecond=0)
        due = start + (cadence.weekday - start.weekday()) % 7 * DAY
        if since < due <= now:
            return due
        local = start - DAY
    return None
