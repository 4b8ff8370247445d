"""When one may begin, when a wave closes by itself, when an interview expires.

Promises:
1. Nothing closes early: never before the last moment to begin and the whole grace have passed, whatever the zone.
2. Whoever began in time has at least the grace to finish.
3. What was stated at the opening goes before the survey; without either a wave never closes by itself.
4. An interview is kept for at least so many whole days as the survey says.
5. A planned wave begins with its first day or, when that has passed, at once; it lasts its weeks from there.
6. The last moment to begin moves later only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bot.core.clocks import closes, end_of, expiry_day, extends, is_over, last, planned, starts_until
from bot.core.survey import Clocks

EPOCH = datetime(2024, 2, 27, tzinfo=UTC)
MOMENTS = st.integers(0, 8 * 366 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
CLOCKS = st.builds(Clocks, st.integers(1, 366), st.integers(0, 30), st.integers(1, 60))
SECOND = timedelta(seconds=1)


@given(CLOCKS, MOMENTS, st.none() | MOMENTS, ZONES, st.integers(-400, 400))
def test_nothing_closes_early(
    clocks: Clocks, opened: datetime, starts_from: datetime | None, zone: timezone, off: int
) -> None:
    until = starts_until(clocks, opened, starts_from, None)
    assert until is not None and clocks.start_days is not None
    begins = max(opened, starts_from or opened)
    assert until - begins == timedelta(days=clocks.start_days)
    end = until + timedelta(days=clocks.grace_days)
    assert closes(clocks, until) == end
    for moment, over in ((end, False), (end + SECOND, True), (end + timedelta(days=off), off > 0)):
        assert is_over(clocks, until, moment) is over
        assert is_over(clocks, until, moment.astimezone(zone)) is over, "the zone changes nothing"


@given(CLOCKS, MOMENTS, st.integers(0, 400))
def test_whoever_began_in_time_has_the_whole_grace(clocks: Clocks, opened: datetime, hours: int) -> None:
    until = starts_until(clocks, opened, None, None)
    assert until is not None
    began = min(opened + timedelta(hours=hours), until)
    assert not is_over(clocks, until, began + timedelta(days=clocks.grace_days))


def test_what_was_stated_goes_first_and_without_an_end_nothing_closes() -> None:
    opened = datetime(2028, 2, 28, 12, tzinfo=UTC)
    stated = opened + timedelta(days=2)
    assert starts_until(Clocks(5), opened, None, stated) == stated
    assert starts_until(Clocks(1), opened, None, None) == datetime(2028, 2, 29, 12, tzinfo=UTC), "a leap day"
    assert starts_until(Clocks(), opened, None, None) is None
    assert closes(Clocks(), None) is None
    assert not is_over(Clocks(), None, datetime(2099, 1, 1, tzinfo=UTC))


@given(CLOCKS, st.dates(date(2024, 2, 27), date(2032, 3, 2)))
def test_an_interview_is_kept_for_whole_days(clocks: Clocks, today: date) -> None:
    assert (expiry_day(clocks, today) - today).days == clocks.idle_days


@given(MOMENTS, ZONES, st.none() | st.integers(-3, 40), st.sampled_from([0, 2, 4, 8]))
def test_a_plan_begins_on_its_first_day_or_at_once_and_lasts_its_weeks(
    now: datetime, zone: timezone, ahead: int | None, weeks: int
) -> None:
    today = now.astimezone(zone).date()
    first = None if ahead is None else today + timedelta(days=ahead)
    begins, until = planned(first, weeks, now, zone)
    day = today if first is None else max(first, today)
    assert (begins is None) is (day == today), "one that lies in the past counts from now"
    if begins is not None:
        assert (begins.astimezone(zone).date(), begins > now) == (day, True)
        assert (begins - SECOND).astimezone(zone).date() == day - timedelta(days=1)
    assert (until is None) is (weeks == 0)
    if until is not None:
        assert until.astimezone(zone).date() == day + timedelta(weeks=weeks)
        assert until == end_of(day + timedelta(weeks=weeks), zone) > now


@given(st.none() | MOMENTS, st.none() | MOMENTS, MOMENTS, MOMENTS)
def test_the_last_moment_moves_later_only(
    stated: datetime | None, extended: datetime | None, wanted: datetime, now: datetime
) -> None:
    until = last(stated, extended)
    assert (until is None) is (stated is None)
    if until is not None and stated is not None:
        assert until >= stated
        assert until in (stated, extended)
    if extends(until, wanted, now):
        assert until is not None
        assert now < wanted <= now + timedelta(days=366)
        assert last(until, wanted) == wanted > until
