"""Kinds that are answered in several taps, and what hangs on earlier answers, tap by tap.

Promises:
1. A date is given part by part, or typed; what lies outside is said, and nothing of it is kept.
2. A ranking takes a tap for each place; back takes the last one away; the last option follows by itself.
3. A filter offers what belongs to the earlier answer; where nothing does, the question is left out.
4. An answer that breaks its constraint is not kept, nor is one that a later change breaks.
5. An earlier answer stands in later words; "…" where none was given.
6. What nobody is asked is no place, whatever is tapped.
7. Options in an order of chance are tapped and typed as they stand.
"""

from __future__ import annotations

import pytest

from bot.core import blocks, flow, order
from bot.core.conditions import Selected, verdict
from bot.core.events import Chose, Confirmed, Finished, Revised, Skipped, Toggled, Typed, WentBack
from bot.core.flow import REVIEW, Place
from bot.core.questions import TYPES, date, number
from bot.core.screen import Calendar, Say, Text
from bot.core.survey import DRAWN_OR_WORKED_OUT, Filter, Question, Survey
from bot.store.vault import dump_place, load_place
from tests.core.sample import ORDERS, PLACES, choice, options, survey, words, yes_no

WHEN = Question("when", "date", words("when"), earliest="2025-11", latest="2026-02", precision="month")
DAY = Question("day", "date", words("day"), earliest="2026-02-27", latest="2026-03-02", precision="day")
DATES = survey("dates", WHEN, DAY)


def begun(chosen: Survey, seed: int = 0) -> Place:
    """Where one is at the beginning."""
    place = flow.begin(chosen, "en", seed=seed).place
    assert place is not None
    return place


def after(chosen: Survey, place: Place, *acts: str | int) -> Place:
    """Where one is after typing words, and tapping options by their number in the file."""
    for act in acts:
        at = chosen.number(place.at)
        event = Typed(act) if isinstance(act, str) else Chose(at, act, place.step)
        following = flow.step(chosen, place, event).place
        assert following is not None
        place = following
    return place


def shown(chosen: Survey, place: Place) -> list[str]:
    """The words of the buttons of the answers, in their order."""
    rows = flow.draw(chosen, place).rows
    answers = [button for row in rows for button in row if isinstance(button.does, Chose | Toggled)]
    return [
        str(button.label.words if isinstance(button.label, Text) else button.label.values) for button in answers
    ]


# -- dates ------------------------------------------------------------------------------------------------


def test_a_date_is_tapped_part_by_part() -> None:
    place = begun(DATES)
    assert date.following(WHEN, ()) == ("2025", "2026")
    place = after(DATES, place, 0)
    assert (place.at, place.picked, place.answers) == ("when", ("2025",), {})
    assert date.following(WHEN, place.picked) == ("11", "12")
    place = after(DATES, place, 1)
    assert place.answers == {"when": "2025-12"}
    place = after(DATES, place, 0, 1)
    assert date.following(DAY, place.picked) == ("01", "02")
    assert after(DATES, place, 1).answers["day"] == "2026-03-02"


def test_a_button_for_a_month_of_another_year_gives_nothing() -> None:
    place = after(DATES, begun(DATES), 0)
    forged = flow.step(DATES, place, Chose(0, 7, place.step))
    assert forged.place == place
    assert forged.hint == Say("hint-moved-on")


@pytest.mark.parametrize("typed", ["2025-12", "12/2025", "۲۰۲۵-۱۲", "١٢.٢٠٢٥", "2025 12"])
def test_a_date_may_be_typed_year_first_or_last(typed: str) -> None:
    assert after(DATES, begun(DATES), typed).answers == {"when": "2025-12"}


def test_a_part_of_a_date_may_be_typed() -> None:
    place = after(DATES, begun(DATES), "۲۰۲۶")
    assert place.picked == ("2026",)
    assert after(DATES, place, "2").answers == {"when": "2026-02"}


@pytest.mark.parametrize("typed", ["2025-10", "2026-13", "2027", "3", "2025-12-01", "soon", "", "12-2025-1"])
def test_a_day_that_cannot_be_is_said_and_not_kept(typed: str) -> None:
    place = begun(DATES)
    step = flow.step(DATES, place, Typed(typed))
    assert step.place == place
    assert step.screen.lines[0] in (
        Say("date-out-of-range", {"low": Calendar("2025-11"), "high": Calendar("2026-02")}),
        Say("use-the-buttons", {"low": Calendar("2025-11"), "high": Calendar("2026-02")}),
    )


@pytest.mark.parametrize(
    ("written", "precision", "wanted"),
    [
        ("2026-02-29", "day", False),
        ("2028-02-29", "day", True),
        ("0000-01-01", "day", True),
        ("2026-00", "month", False),
        ("2026-1", "month", False),
        ("2026", "month", False),
        ("۲۰۲۶", "year", False),
    ],
)
def test_the_calendar_is_known(written: str, precision: str, wanted: bool) -> None:
    assert date.is_day(written, precision) is wanted


def test_back_takes_one_part_away_and_the_answer_that_stood_stays() -> None:
    place = after(DATES, begun(DATES), "2025-12", 0)
    back = flow.step(DATES, place, WentBack(place.step)).place
    assert back is not None
    assert (back.at, back.picked) == ("day", ())
    again = flow.step(DATES, back, WentBack(back.step)).place
    assert again is not None
    assert (again.at, again.answers) == ("when", {"when": "2025-12"})
    assert (
        Say("answer-now", {"answer": Say("just-a-number", {"number": Calendar("2025-12")})})
        in flow.draw(DATES, again).lines
    )


# -- rankings ---------------------------------------------------------------------------------------------


def test_a_ranking_takes_a_tap_for_each_place() -> None:
    needs = survey(
        "needs", Question("needs", "ranking", words("needs"), options("road", "water", "school"), most=2)
    )
    place = after(needs, begun(needs), 2)
    assert place.picked == ("school",)
    assert shown(needs, place) == ["road (en)", "water (en)"]
    assert after(needs, place, 0).answers == {"needs": ("school", "road")}
    assert after(needs, place, "water (en)").answers == {"needs": ("school", "water")}, "typed"
    assert after(needs, place, "2").answers == {"needs": ("school", "water")}, "typed by its number"
    gone = flow.step(needs, place, WentBack(place.step)).place
    assert gone is not None
    assert (gone.at, gone.picked) == ("needs", ())


def test_the_last_place_follows_by_itself() -> None:
    every = survey("every", Question("every", "ranking", words("every"), options("x", "y", "z")))
    assert after(every, begun(every), 1, 1).answers == {"every": ("y", "z", "x")}


# -- filters ----------------------------------------------------------------------------------------------


def test_a_filter_offers_what_belongs_to_the_earlier_answer() -> None:
    place = after(PLACES, begun(PLACES), 1)
    assert shown(PLACES, place) == ["quetta (en)", "zhob (en)"]
    assert after(PLACES, place, "2").answers["district"] == "zhob", "numbers count what is seen"
    forged = flow.step(PLACES, place, Chose(1, 0, place.step))
    assert forged.place == place


def test_a_changed_parent_drops_what_it_no_longer_offers_after_a_warning() -> None:
    place = after(PLACES, begun(PLACES), 1, 1, "5")
    back = Place("en", "province", 9, place.answers)
    same = flow.step(PLACES, back, Chose(0, 1, 9)).place
    assert same is not None
    assert same.answers == place.answers
    asked = flow.step(PLACES, back, Chose(0, 0, 9))
    assert asked.screen.lines == (Say("change-drops", {"n": 1}),)
    assert asked.place is not None
    changed = flow.step(PLACES, asked.place, Confirmed(asked.place.step)).place
    assert changed is not None
    assert (changed.at, changed.answers) == ("district", {"province": "kp", "way": 5, "far": 0})


def test_a_question_with_nothing_to_pick_is_left_out_and_counted_as_not_asked() -> None:
    place = begun(PLACES)
    silent = flow.step(PLACES, place, Skipped(0, "prefer_not", place.step)).place
    assert silent is not None
    assert silent.at == "way"
    assert ("district", "not_asked") in blocks.tally(PLACES, silent.answers, "en")
    assert PLACES.question("district").routed
    assert not PLACES.question("services").routed, "some of it is offered to everybody"


def test_a_condition_on_a_question_that_may_be_left_out_makes_a_difference() -> None:
    """Whoever is offered no district answers nothing to it, so that a list of all answers is not always true."""
    every = Selected("district", ("swat", "quetta", "zhob", "dont_know", "skipped"))
    assert verdict(every, PLACES.questions[:2]) is None


# -- constraints and values -------------------------------------------------------------------------------


def walking(way: str, *typed: str) -> Place:
    """Where one is after saying how long the way is, and then these words."""
    place = begun(PLACES)
    place = flow.step(PLACES, place, Skipped(0, "dont_know", place.step)).place or place
    return after(PLACES, place, way, *typed)


def test_an_answer_that_breaks_its_constraint_is_said_and_not_kept() -> None:
    place = walking("3")
    step = flow.step(PLACES, place, Typed("3.5"))
    assert step.place == place
    assert step.screen.lines[0] == Text("no more than the way (en)")
    assert flow.step(PLACES, place, Skipped(3, "prefer_not", place.step)).place != place, (
        "a special one may be given"
    )
    assert after(PLACES, place, "3").answers["walked"] == 3


def test_an_answer_that_a_change_breaks_falls_away_after_a_warning() -> None:
    place = walking("3", "2.5")
    asked = flow.step(PLACES, Place("en", "way", 9, place.answers), Typed("2"))
    assert asked.screen.lines == (Say("change-drops", {"n": 1}),)


def test_what_is_worked_out_follows_every_change_and_is_kept_only_where_it_is_said() -> None:
    assert walking("5", "1").answers["far"] == 1
    assert walking("5", "1").at == "tired"
    assert walking("5", "4").answers["far"] == 0
    assert "rest" in walking("5", "4").answers
    assert ("rest", "valid") not in blocks.tally(PLACES, walking("5", "4").answers, "en")
    assert ("far", "valid") in blocks.tally(PLACES, walking("5", "4").answers, "en")


def test_a_number_has_no_more_places_than_it_may() -> None:
    way = PLACES.question("way")
    assert [number.fits(way, answer) for answer in (2, 2.5, 2.55, 9.5, -1)] == [True, True, False, False, False]
    assert walking("۲٫۵").answers["way"] == 2.5
    place = begun(survey("way", way))
    step = flow.step(survey("way", way), place, Typed("2.55"))
    assert step.screen.lines[0] == Say("type-a-decimal", {"low": 0, "high": 9, "places": 1})


# -- earlier answers in later words -----------------------------------------------------------------------


def test_an_earlier_answer_stands_in_later_words() -> None:
    place = after(PLACES, begun(PLACES), 0, 0, "5", "1")
    assert Text("tired in ${district} (en)", {"district": Text("swat (en)")}) in flow.draw(PLACES, place).lines
    assert Text("tired in ${district} (en)", {"district": "…"}) in flow.draw(PLACES, walking("5", "1")).lines


# -- what nobody is asked ---------------------------------------------------------------------------------


def test_what_nobody_is_asked_is_no_place() -> None:
    drawn = survey("drawn", ORDERS.questions[0], yes_no("met"))
    place = after(drawn, begun(drawn), 0)
    assert place.at == REVIEW
    for hidden in (0, 1, 2):
        step = flow.step(drawn, place, Revised(hidden, place.step))
        assert step.place is not None
        assert step.place.at in (REVIEW, "met")
    assert flow.step(drawn, begun(drawn), Chose(0, 0, 1)).hint == Say("hint-moved-on")


def test_what_nobody_is_asked_is_known_before_its_kind_is_looked_up() -> None:
    assert {name for name, kind in TYPES.items() if kind.hidden} == set(DRAWN_OR_WORKED_OUT)


def test_a_section_title_stands_over_the_first_question_that_a_person_meets() -> None:
    one = Question("one", "yes_no", words("one"), options("yes", "no"), section="s", heading=words("title"))
    two = Question("two", "yes_no", words("two"), options("yes", "no"), section="s", heading=words("title"))
    title = survey("title", choice("first", "a", "b"), one, two)
    place = after(title, begun(title), 0)
    assert Text("title (en)") in flow.draw(title, place).lines
    assert Text("title (en)") not in flow.draw(title, after(title, place, 0)).lines


# -- orders of chance -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_shuffled_boxes_are_typed_as_they_stand_and_unset_again(seed: int) -> None:
    shuffled = Question(
        "wishes", "choices", words("wishes"), options("a", "b", "c", "none"), exclusive=("none",), shuffle=True
    )
    wishes = survey("wishes", shuffled)
    place = begun(wishes, seed)
    seen = [shuffled.options[at].code for at in order.options(shuffled, seed)]
    place = after(wishes, place, "1", "3")
    assert set(place.picked) == {seen[0], seen[2]}
    assert list(place.picked) == sorted(place.picked), "kept in the order of the file"
    assert after(wishes, place, "1").picked == (seen[2],)
    done = flow.step(wishes, place, Finished(0, place.step)).place
    assert done is not None
    assert done.answers["wishes"] == place.picked


def test_too_few_and_too_many_are_said() -> None:
    two = survey("two", Question("two", "choices", words("two"), options("a", "b", "c"), least=2, most=2))
    place = begun(two)
    for picks, hint in ((1, "hint-pick-more"), (3, "hint-pick-fewer")):
        for option in range(picks):
            place = flow.step(two, place, Toggled(0, option, True, place.step)).place or place
        step = flow.step(two, place, Finished(0, place.step))
        assert step.place == place
        assert step.hint == Say(hint, {"least": 2, "most": 2})


def test_a_place_in_the_middle_of_a_date_outlives_storing_with_its_seed() -> None:
    place = after(DATES, begun(DATES, 2**64 - 1), "2025-12", 0)
    assert load_place(dump_place(place)) == place
    assert (place.seed, place.picked) == (2**64 - 1, ("2026",))


def test_the_fullest_place_of_every_kind_is_foreseen() -> None:
    for chosen in (PLACES, ORDERS):
        assert flow.longest_place(chosen) >= max(len(flow.write_place(begun(chosen, seed))) for seed in range(9))


def test_a_filter_keeps_what_no_list_names() -> None:
    some = Filter("province", {"kp": ("swat",)})
    assert some.offers("quetta", {})
    assert not some.offers("swat", {"province": "balochistan"})
    assert some.offers("swat", {"province": "kp"})
