"""How long one step of an interview takes: `python -m bench.step`.

A survey of sixty questions of all kinds, each with a condition, is walked through from the first question to the
list of answers, again and again. Measured is `flow.step` alone, with the screen it draws; bar: 50 microseconds
at the median. On a machine that others use too, the fastest of all tries of each step says more.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median, quantiles

from bot.core import flow
from bot.core.events import Chose, Event, Finished, Hid, ReadOn, Skipped, Toggled, Typed
from bot.core.flow import REVIEW, Place
from bot.core.grammar import parse
from bot.core.questions import TYPES
from bot.core.survey import Option, Question, Survey

BAR_MICROSECONDS = 50
QUESTIONS = 60
WORDS = {"en": "How much do you trust those who decide here?", "ur": "آپ کو کتنا بھروسہ ہے؟", "ps": "څومره؟"}
CODES = ("none", "little", "some", "much")

KINDS: Sequence[Question] = (
    Question("choice", "choice", WORDS),
    Question("scale", "scale", WORDS),
    Question("number", "number", WORDS, low=0, high=60),
    Question("choices", "choices", WORDS, exclusive=("none",)),
    Question("grid", "grid", WORDS, stem=WORDS),
    Question("yes_no", "yes_no", WORDS),
    Question("date", "date", WORDS, earliest="2024-01", latest="2026-12", precision="month"),
    Question("ranking", "ranking", WORDS, most=2),
    Question("note", "note", WORDS, specials=()),
    Question("shuffled", "choice", WORDS, shuffle=True),
)
LISTED = ("choice", "scale", "choices", "grid", "ranking")
CONDITIONS = (
    "${q0} = 'little'",
    "selected(${q0}, 'little') or ${q2} >= 3",
    "${q2} + 2 > 3 and not (${q1} = 'none')",
    "q0 in ('none', 'little') and q1 != 'much'",
)


def survey() -> Survey:
    """Sixty questions of all kinds; each but the first few hangs on those before it."""
    return Survey(
        "bench", 1, ("en", "ur", "ps"), WORDS, "own items", WORDS, tuple(map(_question, range(QUESTIONS)))
    )


def _question(number: int) -> Question:
    kind = KINDS[number % len(KINDS)]
    codes = ("yes", "no") if kind.type == "yes_no" else CODES if kind.type in LISTED else ()
    return replace(
        kind,
        id=f"q{number}",
        options=tuple(Option(code, WORDS) for code in codes),
        show_if=parse(CONDITIONS[number % len(CONDITIONS)] if number > 2 else "${q0} != 'none'")
        if number
        else None,
    )


def main(words: Sequence[str] | None = None) -> int:
    """Print what was measured; 1 when the median is above the bar."""
    asked = argparse.ArgumentParser(prog="python -m bench.step", description=__doc__)
    asked.add_argument("--walks", type=int, default=40, help="how often the survey is walked through")
    given = asked.parse_args(words)
    asked_of = survey()
    walks = [[one / 1_000 for one in _walk(asked_of)] for _ in range(given.walks)]
    measured = [one for walk in walks for one in walk]
    fastest = [min(tries) for tries in zip(*walks, strict=True)]
    print(f"{len(measured)} steps: median {median(measured):.1f} us, p99 {quantiles(measured, n=100)[98]:.1f} us")
    print(f"the fastest of {given.walks} tries of each step: median {median(fastest):.1f} us")
    return int(median(measured) > BAR_MICROSECONDS)


def _walk(asked: Survey) -> Iterator[int]:
    """Nanoseconds of each step of one interview."""
    place = flow.begin(asked, "en", seed=1).place
    while place is not None and place.at != REVIEW:
        event = _likely(asked, place)
        begun = time.perf_counter_ns()
        following = flow.step(asked, place, event)
        yield time.perf_counter_ns() - begun
        place = following.place


def _likely(asked: Survey, place: Place) -> Event:
    """What most people would do here: type a number, pick the second answer, go on."""
    question, number = asked.question(place.at), asked.number(place.at)
    if TYPES[question.type].typed:
        return Typed("7")
    if TYPES[question.type].several:
        return Finished(number, place.step) if place.picked else Toggled(number, 1, True, place.step)
    taps = [button.does for row in flow.draw(asked, place).rows for button in row]
    answers = [does for does in taps if isinstance(does, Chose | ReadOn | Skipped | Hid)]
    picks = [does for does in answers if not isinstance(does, Chose) or does.option == 1]
    first = (picks or answers)[0]
    assert not isinstance(first, Hid)
    return first


if __name__ == "__main__":
    raise SystemExit(main())
