"""What is called a change, and which figures may stand beside each other.

1. Figures of two waves are compared as shown; only what stands among all figures compared is clear.
2. Whatever changes the meaning of a question breaks its line; what does not, breaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.blocks import AT_LEAST_90, AT_MOST_10, Figure
from bot.core.change import changes, most
from bot.core.conditions import Selected
from bot.core.indicators import newcombe, wilson
from bot.core.survey import Indicator, Option, Question, Survey
from bot.core.trend import compare


def figure(share: int | str, n: int) -> Figure:
    points = {AT_MOST_10: 10, AT_LEAST_90: 90}.get(str(share), share)
    low, high = wilson(int(points) / 100, n)
    return Figure(n, share, round(100 * low, 1), round(100 * high, 1))


SHOWN = st.builds(figure, st.integers(0, 20).map(lambda step: 5 * step), st.integers(2, 60).map(lambda n: 5 * n))


def test_one_figure_that_rose_is_clear_alone_and_not_among_many() -> None:
    before, now = figure(40, 100), figure(55, 100)
    (alone,) = changes({"a": before}, {"a": now}, ["a"])
    among = changes(
        {"a": before} | {f"b{n}": before for n in range(9)}, {"a": now} | {f"b{n}": before for n in range(9)}, "a"
    )
    many = changes(
        {"a": before} | {f"b{n}": before for n in range(9)},
        {"a": now} | {f"b{n}": before for n in range(9)},
        ["a", *(f"b{n}" for n in range(9))],
    )

    assert alone.clear and alone.rose
    assert among[0].clear
    assert not any(change.clear for change in many)


def test_what_is_shown_on_one_side_only_is_not_compared() -> None:
    found = changes({"a": figure(40, 50)}, {"b": figure(40, 50)}, ["a", "b", "c"])

    assert found == ()


@given(SHOWN, SHOWN)
def test_a_change_has_the_interval_of_the_figures_shown(before: Figure, now: Figure) -> None:
    (found,) = changes({"a": before}, {"a": now}, ["a"])
    assert isinstance(before.share, int) and isinstance(now.share, int)

    assert found.difference == newcombe(now.share / 100, now.n, before.share / 100, before.n)
    assert found.clear == (found.difference.low > 0 or found.difference.high < 0)


def test_a_share_told_only_to_be_small_counts_as_its_bound() -> None:
    (found,) = changes({"a": figure(AT_MOST_10, 40)}, {"a": figure(30, 60)}, ["a"])
    (still,) = changes({"a": figure(AT_MOST_10, 40)}, {"a": figure(AT_MOST_10, 45)}, ["a"])

    assert found.difference.value == pytest.approx(0.2)
    assert not still.clear and still.difference.value == 0


def test_the_clear_changes_that_went_furthest_come_first_whichever_way_they_went() -> None:
    before = {"a": figure(50, 400), "b": figure(50, 400), "c": figure(50, 400), "d": figure(50, 400)}
    now = {"a": figure(65, 400), "b": figure(20, 400), "c": figure(50, 400), "d": figure(70, 400)}

    assert [one.id for one in most(changes(before, now, before), 2)] == ["b", "d"]
    assert [one.id for one in most(changes(before, now, before), 9)] == ["b", "d", "a"]


# -- which figures are the same ---------------------------------------------------------------------------

YES = Option("yes", {"ur": "ہاں", "en": "Yes"})
NO = Option("no", {"ur": "نہیں", "en": "No"})
ASKED = Question("heard", "choice", {"ur": "سنا؟", "en": "Were you heard?"}, (YES, NO))
FIGURE = Indicator("heard", {"ur": "سنا", "en": "Heard"}, "heard", ("yes",), "higher")


def survey(
    question: Question = ASKED, indicator: Indicator = FIGURE, languages: tuple[str, ...] = ("ur", "en")
) -> Survey:
    return Survey("s", 1, languages, {}, "own items", {}, (question,), indicators=(indicator,))


BREAKS: dict[str, Callable[[Question], Question]] = {
    "a word of the question": lambda q: replace(q, ask={**q.ask, "ur": "کیا سنا؟"}),
    "a word of an answer": lambda q: replace(q, options=(replace(YES, label={"ur": "جی", "en": "Yes"}), NO)),
    "the order of the answers": lambda q: replace(q, options=(NO, YES)),
    "one answer more": lambda q: replace(q, options=(YES, NO, Option("some", {"ur": "کچھ", "en": "Some"}))),
    "its version": lambda q: replace(q, version=2),
    "its kind": lambda q: replace(q, type="scale"),
    "who is asked": lambda q: replace(q, show_if=Selected("heard", ("yes",))),
    "what it offers beside answers": lambda q: replace(q, specials=("dont_know",)),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_line_breaks_where_this_changes(what: str) -> None:
    found = compare(survey(), survey(BREAKS[what](ASKED)))

    assert (found.same, found.broken) == ((), ("heard",))


@pytest.mark.parametrize(
    "later",
    [
        survey(replace(ASKED, audio={"ur": "heard.ogg"}, heading={"ur": "آپ", "en": "You"}, section="you")),
        survey(indicator=replace(FIGURE, title={"ur": "سنے گئے", "en": "Listened to"}, target=50)),
        replace(survey(), version=2),
        survey(replace(ASKED, ask={**ASKED.ask, "ps": "واورېدل شو؟"}), languages=("ps", "en")),
    ],
    ids=["a recording and a section", "its title and its aim", "the survey's version", "another language besides"],
)
def test_the_line_goes_on_where_only_this_changes(later: Survey) -> None:
    assert compare(survey(), later).same == ("heard",)


def test_other_codes_or_another_question_under_the_same_name_break_the_line() -> None:
    assert compare(survey(), survey(indicator=replace(FIGURE, codes=("no",)))).broken == ("heard",)


def test_a_figure_that_only_one_version_has_is_neither_the_same_nor_broken() -> None:
    found = compare(survey(), survey(indicator=replace(FIGURE, id="listened")))

    assert (found.same, found.broken) == ((), ())


def test_versions_without_a_common_language_share_no_figure() -> None:
    assert compare(survey(), survey(languages=("ps",))).broken == ("heard",)
