"""When a reminder is due.

Promises:
1. Never from 21 to 8, in the zone of the installation; each of the other hours is in one part of the day.
2. Numbers go from 1 to `at_most`, never down while time goes on, and the first comes `every_days` local days after
   the opening.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.reminders import AFTERNOON, EVENING, MORNING, NEVER, number_due, part_of
from bot.core.survey import Reminding

EPOCH = datetime(2024, 2, 27, tzinfo=UTC)
MOMENTS = st.integers(0, 8 * 366 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
# Berlin's clocks skip and repeat an hour; Kabul is half an hour off; Karachi knows no summer time.
ZONES = st.sampled_from(["Asia/Karachi", "Asia/Kabul", "Europe/Berlin"]).map(ZoneInfo)
OFTEN = st.builds(Reminding, st.integers(1, 5), st.integers(1, 60))


@given(MOMENTS, ZONES)
def test_nothing_is_due_in_the_quiet_hours(moment: datetime, zone: tzinfo) -> None:
    hour = moment.astimezone(zone).hour
    assert (part_of(moment, zone) == NEVER) is (hour >= 21 or hour < 8)


def test_the_parts_of_a_day_by_the_clock_of_the_place() -> None:
    karachi = ZoneInfo("Asia/Karachi")  # five hours ahead
    midnight = datetime(2026, 11, 23, tzinfo=karachi)
    parts = [part_of((midnight + timedelta(hours=hour)).astimezone(UTC), karachi) for hour in range(24)]
    assert parts == [NEVER] * 8 + [MORNING] * 4 + [AFTERNOON] * 5 + [EVENING] * 4 + [NEVER] * 3


@given(OFTEN, MOMENTS, ZONES, st.lists(st.integers(0, 400 * 24), max_size=6))
def test_numbers_are_few_and_never_go_down(
    reminding: Reminding, opened: datetime, zone: tzinfo, hours: list[int]
) -> None:
    moments = [opened + timedelta(hours=some) for some in sorted(hours)]
    numbers = [number_due(reminding, opened, moment, zone) for moment in moments]
    assert numbers == sorted(numbers)
    assert all(0 <= number <= reminding.at_most for number in numbers)
    assert number_due(reminding, opened, opened - timedelta(days=3), zone) == 0, "a clock set back"


@given(OFTEN, MOMENTS, ZONES)
def test_the_first_comes_so_many_local_days_after_the_opening(
    reminding: Reminding, opened: datetime, zone: tzinfo
) -> None:
    local = opened.astimezone(zone)
    day = (local + timedelta(days=reminding.every_days)).replace(hour=9)
    assert number_due(reminding, opened, day, zone) == 1
    assert number_due(reminding, opened, day - timedelta(days=1), zone) == 0
