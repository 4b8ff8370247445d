"""Each period's summary comes once, wherever the clock stands, however it is set, however long one was away.

1. Of what came due since the last tick the latest is sent, once; nothing is missing, double or strange.
2. What was to come is known without the program: days of the calendar, moments of the zone's clock.
The full count, ten years in twenty zones, is that of `make soak`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.core.cadence import Cadence
from bot.store.desk import Desk
from tests.simulation.periods import ZONES, dues, lived


@pytest.mark.parametrize(
    ("zone", "beginning"), [("Pacific/Apia", 2011), ("Antarctica/Troll", 2026), ("Asia/Karachi", 2008)]
)
def test_each_period_comes_once(zone: str, beginning: int) -> None:
    counts = lived(zone, beginning, 1, Random(f"{zone} {beginning}"))
    print(f"\n{zone} {beginning}: {counts}")
    assert (counts.missing, counts.double, counts.strange) == (0, 0, 0)
    assert counts.sent > 50 and counts.folded and counts.restarts and counts.clock_changes


def test_periods_that_are_claimed_as_often_as_asked_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Desk.claim_digest

    def claim(self: Desk, wave: str, chat: int, period: str, now: datetime) -> int | None:
        return honest(self, wave, chat, period, now) or 1

    monkeypatch.setattr(Desk, "claim_digest", claim)
    assert lived("Asia/Kabul", 2026, 1, Random("again")).strange > 0


def test_clocks_that_are_seen_in_utc_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.settings.Settings.zone", UTC)
    counts = lived("Australia/Lord_Howe", 2026, 1, Random("utc"))
    assert counts.missing > 0 and counts.strange > 0


def test_what_was_to_come_is_the_calendar_s() -> None:
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    mondays = [due.name for due in dues(Cadence("fortnightly", 0, 9), since, until, ZoneInfo("Asia/Karachi"))]
    assert mondays == ["2026-01-05T09", "2026-01-19T09", "2026-02-02T09", "2026-02-16T09"]
    (first, second) = dues(Cadence("monthly", 4, 9), since, until, ZoneInfo("Asia/Karachi"))
    assert (first.moment, second.name) == (datetime(2026, 1, 2, 4, tzinfo=UTC), "2026-02-06T09")


def test_a_day_that_a_zone_left_out_has_its_moment_all_the_same() -> None:
    since, until = datetime(2011, 12, 24, 12, tzinfo=UTC), datetime(2012, 1, 3, tzinfo=UTC)
    (due,) = dues(Cadence("weekly", 4, 9), since, until, ZoneInfo("Pacific/Apia"))
    assert (due.name, due.moment) == ("2011-12-30T09", datetime(2011, 12, 30, 19, tzinfo=UTC))


def test_there_are_twenty_zones() -> None:
    assert len(set(ZONES)) == 20
    assert all(ZoneInfo(zone) for zone in ZONES)
