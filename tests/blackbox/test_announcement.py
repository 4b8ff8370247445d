"""News for 300 people through the emulator with Telegram's real limits (10,000 in `make soak`).

1. Everybody hears once; Telegram refuses nothing, and no second holds more than it takes.
2. The pace is 95 % of 28 a second less what replies use, though each answer takes a fifth of a second.
3. Whoever is in an interview meanwhile waits less than a second for each reply.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.announcement import PATIENCE, announced, crowded

pytestmark = pytest.mark.slow


def test_news_for_300_keeps_telegram_s_pace_and_nobody_in_an_interview_waits(tmp_path: Path) -> None:
    counts = announced(tmp_path, 300)
    assert (counts.people, counts.missing, counts.doubled) == (300, 0, 0)
    assert (counts.refused, counts.crowded_seconds) == (0, 0)
    assert not counts.slow, counts
    assert counts.replies > 4
    assert counts.late_replies == 0 and counts.slowest < PATIENCE


def test_a_crowded_second_is_seen() -> None:
    evenly = [number / 28 for number in range(200)]
    assert crowded(evenly) == 0
    assert crowded(sorted([*evenly, 3.01, 3.02, 3.03])) > 0
