"""The days of a wave at the desk: planned before the opening, then pause, go on, a later last day.

1. The first and last day are chosen on buttons, stand in the review and in what a second coordinator reads, and
   become the wave's. A first day that has passed when the second agrees counts from then.
2. One coordinator pauses at once and goes on at once; either stands in the log; pausing says first what it means.
3. A later last day needs a second coordinator, or is done alone and says so; an earlier one is never done.
4. What cannot be done any more is answered plainly and changes nothing: a closed wave's buttons, a day that
   another one has set already, a survey that vanished or changed between two taps.
5. Whatever coordinators press at the same moment, each act is done once or refused.
6. Every button fits into what Telegram carries, with the longest names there can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import poster
from bot.chat.acts import Acts, Opening, Shelf, as_opening, as_what
from bot.chat.codec import LIMIT, encode
from bot.chat.desk.spans import first_days
from bot.core.events import Asked
from bot.core.screen import Say, Screen
from bot.store import Store, Terms, Wave
from bot.store.proposals import draw_id
from tests.chat.test_acts import FIRST, SECOND, Room, buttons, ids, proposed
from tests.store.sample import START, TRUST, kept, open_wave, rows

ZONE = ZoneInfo("Asia/Karachi")
TODAY = date(2026, 11, 23)  # a Monday


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def wave_of(store: Store) -> Wave:
    """The newest wave."""
    with store.transaction() as tx:
        return tx.waves.all()[0]


def planned_by(room: Room, first: int, weeks: int) -> Screen:
    """The review after the first day with this number and so many weeks were chosen; returns it."""
    review = room.tap(FIRST, "review", "trust", "1000", "w5").screen
    when = room.press(FIRST, review, "when").screen
    review = room.tap(FIRST, *at(when, "button-desk-first", "button-desk-first-tomorrow")[first]).screen
    when = room.press(FIRST, review, "when").screen
    (chosen,) = [one for one in found(when, "button-desk-weeks") if one[1]["weeks"] == weeks]
    screen = room.tap(FIRST, *chosen[0]).screen
    assert screen is not None
    return screen


def found(screen: Screen | None, *phrases: str) -> list[tuple[tuple[str, ...], dict[str, object]]]:
    """What the buttons with these phrases ask for, and what they say."""
    assert screen is not None
    return [
        ((one.does.what, *one.does.values), dict(one.label.values))
        for row in screen.rows
        for one in row
        if isinstance(one.label, Say) and one.label.id in phrases and isinstance(one.does, Asked)
    ]


def at(screen: Screen | None, *phrases: str) -> list[tuple[str, ...]]:
    """What the buttons with these phrases ask for."""
    return [asks for asks, _ in found(screen, *phrases)]


def values(screen: Screen | None, id: str) -> dict[str, object]:
    """What stands in a line."""
    assert screen is not None
    (one,) = [line for line in screen.lines if isinstance(line, Say) and line.id == id]
    return dict(one.values)


# -- planned --------------------------------------------------------------------------------------------


def test_the_days_that_were_chosen_are_read_by_the_second_and_become_the_waves(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    review = planned_by(room, 0, 4)
    tomorrow, last = TODAY + timedelta(days=1), TODAY + timedelta(days=29)
    assert values(review, "desk-first-day") == {"day": tomorrow}
    assert values(review, "desk-last-day") == {"day": last, "weeks": 4, "grace": 3}
    room.press(FIRST, review, "go")
    asked = room.news()[SECOND]
    assert {"desk-first-day", "desk-last-day"} <= ids(asked)
    opened = room.press(SECOND, asked, "yes").screen
    assert values(opened, "desk-begins") == {"day": tomorrow}
    wave = wave_of(store)
    assert wave.terms.starts_from == datetime(2026, 11, 24, tzinfo=ZONE)
    assert wave.until == datetime(2026, 12, 22, 23, 59, 59, tzinfo=ZONE)
    assert not wave.takes(START)
    assert wave.takes(START + timedelta(days=1))
    assert not wave.takes(START + timedelta(days=30))


def test_a_first_day_that_has_passed_when_the_second_agrees_counts_from_then(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    room.press(FIRST, planned_by(room, 0, 2), "go")
    asked = room.news()[SECOND]
    room.now = START + timedelta(hours=23)  # the planned day has begun, in Pakistan
    room.press(SECOND, asked, "yes")
    wave = wave_of(store)
    assert wave.terms.starts_from is None
    assert wave.takes(room.now)
    assert wave.until == datetime(2026, 12, 8, 23, 59, 59, tzinfo=ZONE)


def test_without_a_choice_nothing_is_planned(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    asked = proposed(room)
    assert not {"desk-first-day", "desk-last-day", "desk-last-weeks"} & ids(asked)
    room.press(SECOND, asked, "yes")
    assert (wave_of(store).terms.starts_from, wave_of(store).until) == (None, None)


def test_the_weeks_of_a_wave_that_opens_at_once_count_from_its_opening(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    review = room.tap(FIRST, "review", "trust", "1000", "w5.2").screen
    assert values(review, "desk-last-weeks") == {"weeks": 2, "grace": 3}
    room.press(FIRST, review, "go")
    room.press(SECOND, room.news()[SECOND], "yes")
    assert wave_of(store).until == datetime(2026, 12, 7, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize("off", range(7))
def test_now_tomorrow_monday_and_in_a_week_are_offered_each_day_once(off: int) -> None:
    today = TODAY + timedelta(days=off)
    now, *days = first_days(today)
    assert now is None
    assert {today + timedelta(days=1), today + timedelta(days=7)} <= set(days)
    assert any(day is not None and day.weekday() == 0 for day in days)
    assert len(set(days)) == len(days)


@given(
    st.none() | st.dates(date(2020, 1, 1), date(2100, 1, 1)),
    st.sampled_from([0, 2, 4, 8]),
    st.booleans(),
    st.integers(10, 999),
)
def test_what_was_chosen_travels_whole_in_every_button(
    first: date | None, weeks: int, invited: bool, k: int
) -> None:
    longest = replace(TRUST, id="a" * 32)
    document = {"survey": longest.id}
    acts = Acts(lambda: Shelf({longest.id: (longest, document)}), Terms(k=5))
    chosen = replace(acts.opening((longest.id, "5000", f"w{k}")), first=first, weeks=weeks, invited=invited)
    assert acts.opening(chosen.carried) == chosen
    for what, more in (("go", (acts.opening_id(longest.id),)), ("when", ()), ("invent", ("5000",))):
        assert len(encode(Asked(what, (*chosen.carried, *more)), None).encode()) <= LIMIT
    assert as_opening(as_what(chosen)) == chosen


def test_an_opening_that_was_proposed_before_days_could_be_planned_still_opens() -> None:
    what = {name: value for name, value in as_what(OPENING).items() if name not in ("first", "weeks")}
    assert as_opening(what) == OPENING


OPENING = Opening("trust", 1000, "weekly", 5, False, "f" * 64)


# -- pause ----------------------------------------------------------------------------------------------


def test_one_coordinator_pauses_at_once_and_goes_on_at_once(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    wave = open_wave(store)
    means = room.press(FIRST, room.tap(FIRST, "wave", wave).screen, "pause").screen
    assert ids(means) == {"desk-pause-means"}
    assert not wave_of(store).paused, "before the second press nothing happens"
    paused = room.press(FIRST, means, "pausesure").screen
    assert wave_of(store).paused
    assert "desk-paused" in ids(paused)
    on = room.press(SECOND, room.tap(SECOND, "wave", wave).screen, "resume").screen
    assert not wave_of(store).paused
    assert "desk-paused" not in ids(on)
    assert room.log() == [
        (f"coordinator {FIRST}", "pause", f"wave {wave}"),
        (f"coordinator {SECOND}", "resume", f"wave {wave}"),
    ]
    assert room.news() == {}, "nobody is asked"


def test_what_is_so_already_is_not_logged_again(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    wave = open_wave(store)
    for chat in (FIRST, SECOND, FIRST):
        assert "desk-paused" in ids(room.tap(chat, "pausesure", wave).screen)
    assert "desk-paused" in ids(room.tap(SECOND, "pause", wave).screen), "it shows how the wave stands"
    for _ in range(2):
        room.tap(SECOND, "resume", wave)
    assert [act for _, act, _ in room.log()] == ["pause", "resume"]


# -- extend ---------------------------------------------------------------------------------------------


def extension(room: Room, wave: str, number: int = 0) -> Screen:
    """The first one wants a later last day: what stands before the second press."""
    offered = room.press(FIRST, room.tap(FIRST, "wave", wave).screen, "extend").screen
    screen = room.tap(FIRST, *at(offered, "button-desk-until")[number]).screen
    assert screen is not None
    return screen


def test_a_later_last_day_needs_a_second_and_all_follows_it(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    wave = open_wave(store, survey="reminding")
    before = wave_of(store)
    review = extension(room, wave)
    assert {"desk-extend-means", "desk-second"} == ids(review)
    room.press(FIRST, review, "longersure")
    assert wave_of(store) == before, "nothing happens before the second agrees"
    asked = room.news()[SECOND]
    assert {"act-wanted", "act-extend", "desk-extend-means"} == ids(asked)
    shown = room.press(SECOND, asked, "yes").screen
    day, after = date(2026, 12, 7), wave_of(store)
    assert after.until == datetime(2026, 12, 7, 23, 59, 59, tzinfo=ZONE)
    assert after.terms == before.terms
    assert values(shown, "desk-clocks") == {"until": day, "closes": day + timedelta(days=3)}
    assert (poster.last_day(before, ZONE), poster.last_day(after, ZONE)) == (date(2026, 11, 30), day)
    assert room.log()[-1] == (
        f"coordinator {FIRST}",
        "extend",
        f"wave {wave}, until 2026-12-07, confirmed by coordinator {SECOND}",
    )
    assert "act-agreed" in ids(room.news()[FIRST])


def test_one_who_is_alone_extends_alone_at_the_second_press(store: Store) -> None:
    room = Room(store, FIRST)
    wave = open_wave(store, survey="reminding")
    review = extension(room, wave, 2)
    assert "desk-alone-extending" in ids(review)
    shown = room.press(FIRST, review, "longersure").screen
    assert "desk-wave" in ids(shown)
    room.press(FIRST, review, "longersure")
    assert [what for _, act, what in room.log() if act == "extend"] == [f"wave {wave}, until 2026-12-28, alone"]


def test_a_day_that_is_no_later_is_refused_whoever_forges_it(store: Store) -> None:
    room = Room(store, FIRST)
    wave = open_wave(store, survey="reminding")
    before = wave_of(store)
    for day in ("2026-11-29", "2026-11-24", "2020-01-01", "2027-12-31", "9999-12-31"):
        for asks in (("longer", wave, day), ("longersure", wave, day, draw_id())):
            assert "desk-extended-already" in ids(room.tap(FIRST, *asks).screen)
    assert wave_of(store) == before
    assert room.log() == []


def test_two_who_want_different_days_get_the_later_one_and_the_other_lapses(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    wave = open_wave(store, survey="reminding")
    reviews = [extension(room, wave, number) for number in (0, 2)]
    for review in reviews:
        room.press(FIRST, review, "longersure")
    with store.transaction() as tx:
        soon, late = sorted(tx.proposals.waiting(START), key=lambda one: str(one.what["day"]))
    room.tap(SECOND, "yes", late.id)
    assert "act-lapsed" in ids(room.tap(SECOND, "yes", soon.id).screen)
    assert wave_of(store).until == datetime(2026, 12, 28, 23, 59, 59, tzinfo=ZONE)


# -- too late -------------------------------------------------------------------------------------------


def test_the_buttons_of_a_wave_that_closed_say_so_and_change_nothing(store: Store) -> None:
    room = Room(store, FIRST)
    wave = open_wave(store, survey="reminding")
    asks = [
        ("pause", wave),
        ("pausesure", wave),
        ("resume", wave),
        ("extend", wave),
        ("longer", wave, "2026-12-14"),
        ("longersure", wave, "2026-12-14", draw_id()),
    ]
    with store.transaction() as tx:
        tx.waves.close(wave)
    before = (wave_of(store), rows(store, "SELECT * FROM audit"), rows(store, "SELECT * FROM proposal"))
    for one in asks:
        assert "desk-not-open" in ids(room.tap(FIRST, *one).screen), one
    assert (wave_of(store), rows(store, "SELECT * FROM audit"), rows(store, "SELECT * FROM proposal")) == before


def test_an_extension_confirmed_after_the_close_lapses(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    wave = open_wave(store, survey="reminding")
    room.press(FIRST, extension(room, wave), "longersure")
    asked = room.news()[SECOND]
    with store.transaction() as tx:
        tx.waves.close(wave)
    assert "act-lapsed" in ids(room.press(SECOND, asked, "yes").screen)
    assert wave_of(store).extended_until is None


def test_a_survey_that_vanished_between_two_taps_is_said_and_nothing_opens(store: Store) -> None:
    room = Room(store, FIRST)
    review = room.tap(FIRST, "review", "trust", "1000", "w5").screen
    shelf: dict[str, tuple[object, object]] = {}
    room.shelf = lambda: Shelf(shelf)  # type: ignore[arg-type]
    for asks in buttons(review):
        if asks.what != "home":
            assert "desk-outdated" in ids(room.tap(FIRST, asks.what, *asks.values).screen), asks
    assert room.waves() == []
    assert room.log() == []


def test_a_survey_that_changed_after_it_was_read_is_shown_again_and_nothing_opens(store: Store) -> None:
    room = Room(store, FIRST)
    review = room.tap(FIRST, "review", "trust", "1000", "w5").screen
    room.document["version"] = "2"
    again = room.press(FIRST, review, "go").screen
    assert "desk-survey-changed" in ids(again)
    assert "desk-open-review" in ids(again)
    assert room.waves() == []
    room.press(FIRST, again, "go")
    assert room.waves() == [("open", True)]


# -- at once --------------------------------------------------------------------------------------------


def test_what_two_coordinators_press_at_the_same_moment_is_done_once_or_refused(store: Store) -> None:
    room = Room(store, FIRST)
    wave = open_wave(store, survey="reminding")
    presses = [
        ("pausesure", wave),
        ("longersure", wave, "2026-12-14", draw_id()),
        ("closesure", wave, draw_id()),
        ("pausesure", wave),
        ("longersure", wave, "2026-12-14", draw_id()),
        ("closesure", wave, draw_id()),
    ]
    with ThreadPoolExecutor(len(presses)) as pool:
        said = list(pool.map(lambda one: room.tap(FIRST, *one), presses))
    assert all(one.screen is not None for one in said)
    acts = [act for _, act, _ in room.log()]
    assert acts.count("close") == 1
    assert acts.count("pause") <= 1
    assert acts.count("extend") <= 1
    assert acts[-1] == "close", "after it nothing else was done"
    last = wave_of(store)
    assert (last.state, last.paused) == ("closing", False)
    assert (last.extended_until is not None) is ("extend" in acts)
