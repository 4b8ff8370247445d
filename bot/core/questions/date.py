"""A day as far as it may be known: a year and a month, tap by tap; counted by its year.

A day names a person sooner than a month does, and a birth date names one at once: the day is asked only where the
survey says what it is needed for (`because`).

- id: joined
  type: date
  ask: {en: When did you first come to a meeting?}
  from: "2024-01"
  to: "2026-12"
"""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache

from bot.core.letters import fold
from bot.core.questions.kind import Kind, Parts, Problem, Steps
from bot.core.survey import Answer, Question

PRECISIONS = ("year", "month", "day")
LENGTHS = {"year": 4, "month": 7, "day": 10}
"""Letters of an answer, as ISO 8601 writes it: 2026, 2026-05, 2026-05-17."""

_TYPED = re.compile(r"([0-9]{1,4})(?:[-/. ]+([0-9]{1,4}))?(?:[-/. ]+([0-9]{1,4}))?", re.ASCII)


def is_day(written: str, precision: str) -> bool:
    """Whether this is a day, a month or a year of the calendar, written as exactly as `precision` says."""
    if len(written) != LENGTHS[precision] or not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", written, re.ASCII):
        return False
    parts = written.split("-")
    if len(parts) > 1 and not 1 <= int(parts[1]) <= 12:
        return False
    return len(parts) < 3 or 1 <= int(parts[2]) <= monthrange(max(1, int(parts[0])), int(parts[1]))[1]


def fits(question: Question, answer: Answer) -> bool:
    """True for a day of the calendar within the question's first and last one, both included."""
    return (
        isinstance(answer, str)
        and is_day(answer, question.precision)
        and question.earliest <= answer <= question.latest
    )


def following(question: Question, given: Parts) -> Parts:
    """The years, then the months of the year, then the days of the month that may be named."""
    if len(given) > PRECISIONS.index(question.precision):
        return ()
    return _between(question.earliest, question.latest, given)


@lru_cache(maxsize=1024)
def _between(earliest: str, latest: str, given: Parts) -> Parts:
    before = "-".join(given)
    if not given:
        return tuple([f"{year:04d}" for year in range(int(earliest[:4]), int(latest[:4]) + 1)])
    most = 12 if len(given) == 1 else monthrange(int(given[0]), int(given[1]))[1]
    exactly = len(before) + len("-01")
    first, last = earliest[:exactly], latest[:exactly]
    parts = [f"{number:02d}" for number in range(1, most + 1)]
    return tuple([part for part in parts if first <= f"{before}-{part}" <= last])


def whole(_question: Question, given: Parts) -> Answer:
    """The day, as ISO 8601 writes it."""
    return "-".join(given)


def read(question: Question, words: str) -> tuple[Answer | None, Problem | None]:
    """The day typed, year first or last, or a part of it alone; or the phrase that says what to do."""
    typed = _TYPED.fullmatch(fold(words))
    parts = [] if typed is None else [part for part in typed.groups() if part]
    if parts and len(parts[0]) != 4:
        parts.reverse()
    if len(parts) == 1 and question.precision != "year":
        return parts[0].zfill(2), None
    if len(parts) != PRECISIONS.index(question.precision) + 1:
        return None, "use-the-buttons"
    written = "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
    return (written, None) if fits(question, written) else (None, "date-out-of-range")


def tally(_question: Question, answer: Answer) -> tuple[str, ...]:
    """Counted under its year."""
    return (str(answer)[:4],)


def codes(question: Question) -> tuple[str, ...]:
    """Every year that may be named."""
    return following(question, ())


KIND = Kind(
    tapped=True,
    typed=False,
    several=False,
    kept=True,
    fits=fits,
    read=read,
    tally=tally,
    codes=codes,
    steps=Steps(following, whole),
)
