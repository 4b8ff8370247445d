"""When something is next due, wherever the people live and however long the server was down.

Promises:
1. Each period comes once: however often one looks, the same periods are found, none missing, none twice.
2. After downtime only the latest period counts.
3. What is next due lies after now, and is found due when its moment comes, not before.
4. Weekly is every such weekday, fortnightly every second one, monthly the first of each month; at the local
   hour, through changes of summer time too.
5. A daily tick is due a day after the last one, never sooner.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cadence import AT_CLOSE, CADENCES, DAY, Cadence, daily_due, latest_due, next_due, period_name

ZONES = [
    ZoneInfo(name) for name in ("Asia/Karachi", "Asia/Kabul", "Europe/London", "America/Santiago", "Africa/Cairo")
]
HOUR = timedelta(hours=1)

zones = st.sampled_from(ZONES)
cadences = st.builds(Cadence, st.sampled_from(CADENCES), st.integers(0, 6), st.integers(0, 23))
moments = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
waits = st.lists(st.integers(1, 40 * 24 * 60), min_size=1, max_size=12)


def looked_hourly(cadence: Cadence, since: datetime, until: datetime, zone: ZoneInfo) -> list[str]:
    """The periods somebody sees who looks every hour and notes each name once, in order."""
    seen: list[str] = []
    moment = since
    while moment <= until:
        due = latest_due(cadence, since, moment, zone)
        if due is not None and (name := period_name(due, zone)) not in seen:
            seen.append(name)
        moment += HOUR
    return seen


@settings(max_examples=200)
@given(cadences, zones, moments, waits)
def test_periods_never_go_back_and_none_is_due_before_its_time(
    cadence: Cadence, zone: ZoneInfo, since: datetime, minutes: list[int]
) -> None:
    now, last = since, None
    for wait in minutes:
        now += timedelta(minutes=wait)
        due = latest_due(cadence, since, now, zone)
        if due is None:
            assert last is None
            continue
        assert since < due.astimezone(UTC) <= now
        assert last is None or due >= last
        assert latest_due(cadence, since, due.astimezone(UTC), zone) == due, (
            "the same period when looked at in its own moment"
        )
        last = due


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("every", CADENCES)
def test_each_period_comes_once_at_its_local_hour_for_a_year(every: str, zone: ZoneInfo) -> None:
    since = datetime(2026, 1, 7, 10, 30, tzinfo=UTC)
    names = looked_hourly(Cadence(every, 0, 9), since, since + timedelta(days=365), zone)
    days = [datetime.strptime(name, "%Y-%m-%dT%H").date() for name in names]  # noqa: DTZ007 - a local day
    assert len(set(names)) == len(names)
    assert all(name.endswith("T09") for name in names)
    assert all(day.weekday() == 0 for day in days)
    steps = {(b - a).days for a, b in pairwise(days)}
    assert steps == {"weekly": {7}, "fortnightly": {14}, "monthly": {28, 35}}[every]
    assert len(days) == {"weekly": 52, "fortnightly": 26, "monthly": 12}[every]


@settings(max_examples=60)
@given(cadences, zones, moments)
def test_it_is_due_within_the_minute_of_its_moment(cadence: Cadence, zone: ZoneInfo, since: datetime) -> None:
    due = next_due(cadence, since, since, zone)
    for _ in range(30):  # across changes of summer time
        moment = due.astimezone(UTC)  # as the house looks at its clock
        assert latest_due(cadence, since, moment, zone) == due
        assert latest_due(cadence, since, moment - timedelta(minutes=1), zone) != due
        due = next_due(cadence, since, moment, zone)


@settings(max_examples=200)
@given(cadences, zones, moments, st.integers(0, 400 * 24 * 60))
def test_what_is_next_due_lies_after_now(cadence: Cadence, zone: ZoneInfo, since: datetime, minutes: int) -> None:
    now = since + timedelta(minutes=minutes)
    due = next_due(cadence, since, now, zone)
    assert due.astimezone(UTC) > now
    longest = {"weekly": 7, "fortnightly": 14, "monthly": 35}[cadence.every]
    assert due.astimezone(UTC) - now <= timedelta(days=longest + 1)
    before = latest_due(cadence, since, now, zone)
    assert before is None or period_name(before, zone) != period_name(due, zone)


@settings(max_examples=100)
@given(cadences, zones, moments, st.integers(1, 30))
def test_after_downtime_only_the_latest_period_counts(
    cadence: Cadence, zone: ZoneInfo, since: datetime, days: int
) -> None:
    down = since + timedelta(days=60)
    back = down + timedelta(days=days)
    due = latest_due(cadence, since, back, zone)
    assert due is not None
    assert next_due(cadence, since, due, zone).astimezone(UTC) > back, "no later one has passed"


@given(zones, moments, st.integers(0, 6), st.integers(0, 23))
def test_fortnightly_is_every_second_weekday_since_the_first(
    zone: ZoneInfo, since: datetime, weekday: int, hour: int
) -> None:
    cadence = Cadence("fortnightly", weekday, hour)
    first = next_due(cadence, since, since, zone)
    assert first.astimezone(UTC) - since <= timedelta(days=7, hours=2), "the first comes within a week"
    second = next_due(cadence, since, first, zone)
    assert (second.date() - first.date()).days == 14
    assert first.weekday() == weekday


@given(zones, moments, st.integers(0, 6), st.integers(0, 23))
def test_monthly_is_the_first_such_weekday_of_the_month(
    zone: ZoneInfo, since: datetime, weekday: int, hour: int
) -> None:
    due = next_due(Cadence("monthly", weekday, hour), since, since, zone)
    assert due.day <= 7
    assert due.weekday() == weekday


@given(zones, moments)
def test_what_comes_at_close_is_due_at_no_moment_of_the_calendar(zone: ZoneInfo, since: datetime) -> None:
    at_close = Cadence(AT_CLOSE, 0, 9)
    assert latest_due(at_close, since, since + timedelta(days=400), zone) is None
    with pytest.raises(ValueError, match="nothing is due"):
        next_due(at_close, since, since, zone)


@pytest.mark.parametrize("offset", [timedelta(0), DAY - timedelta(seconds=1)])
def test_a_daily_tick_is_not_due_before_a_day_has_passed(offset: timedelta) -> None:
    last = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert not daily_due(last, last + offset)


def test_a_daily_tick_is_due_at_first_and_after_a_day() -> None:
    last = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert daily_due(None, last)
    assert daily_due(last, last + DAY)
