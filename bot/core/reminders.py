"""When the neutral line to those who agreed is due: a number and a part of the day, from the calendar alone.

Laws:
1. Nothing here knows who answered, who began, or who is there at all.
2. A line leaves only within the part of the day that its person chose; all parts lie outside the quiet hours.
3. Number n is due from n times `every_days` days after the opening on; there are `at_most` numbers.
4. What was missed is not made up for: only the latest number counts.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.core.survey import Reminding

NEVER, MORNING, AFTERNOON, EVENING = range(4)

PARTS = {MORNING: (8, 12), AFTERNOON: (12, 17), EVENING: (17, 21)}
"""The parts of a day: from which local hour on, and before which; from 21 to 8 is quiet."""


def part_of(now: datetime, zone: tzinfo) -> int:
    """The part of the day that it is; NEVER in the quiet hours."""
    hour = now.astimezone(zone).hour
    return next((part for part, (first, end) in PARTS.items() if first <= hour < end), NEVER)


def number_due(reminding: Reminding, opened: datetime, now: datetime, zone: tzinfo) -> int:
    """The latest number that is due on this local day; 0 before the first one."""
    days = (now.astimezone(zone).date() - opened.astimezone(zone).date()).days
    return max(0, min(days // reminding.every_days, reminding.at_most))
