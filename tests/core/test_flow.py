"""The laws of the interview, for any survey and whatever a person does.

Promises:
1. Any events end in a known place: an asked question or the list of answers; the same events, the same place.
2. An event that answers another step changes nothing and shows the present question.
3. A place holds answers to asked questions only, each of them one that fits, is offered and meets what is asked
   of it, and what was drawn or worked out; so does what is kept.
4. A change that drops later answers asks first and says how many; a no leaves everything as it was.
5. Setting and unsetting an option is idempotent under a second delivery.
6. Going back, and another language, lose no answer.
7. Every place shows a screen with hide, back and language; in every language its words can be said, they fit
   into a message, and each button fits into 64 bytes and comes back as the same event.
8. A note is never kept; who is screened out leaves nothing.
9. A number may be typed in Latin, Arabic-Indic or Persian digits.
10. The review shows each answer.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.codec import LIMIT, decode, encode
from bot.chat.words import TEXT_LIMIT, keyboard, text
from bot.core import flow
from bot.core.conditions import holds
from bot.core.events import (
    AskedForHelp,
    AskedForLanguages,
    AskedToSend,
    ChangedLanguage,
    Chose,
    Confirmed,
    Continued,
    Event,
    Finished,
    Hid,
    Kept,
    Listened,
    ReadOn,
    Reviewed,
    Revised,
    Sent,
    Skipped,
    Stopped,
    Toggled,
    Typed,
    WentBack,
)
from bot.core.flow import REVIEW, Place, Step
from bot.core.questions import TYPES
from bot.core.screen import Say, Screen
from bot.core.survey import LANGUAGES, Question, Survey
from bot.files.phrases import Phrases
from bot.turn import Grip, Held
from tests.core.sample import (
    ALL,
    BARRIERS,
    CHAIN,
    GATE,
    LIMITED,
    ORDERS,
    PLAIN,
    TIGHT,
    number,
    survey,
    words,
    yes_no,
)

PHRASES = Phrases.load()
GRIP = Grip(bytes(range(16)), 3)

SURVEYS = st.sampled_from(ALL)
SMALL = st.integers(0, 8)
STEPS = st.integers(0, 12)
TYPED = [
    "3",
    "۷",
    "٠",
    "99",
    "-1",
    "2.5",
    "۱٫۵",
    "yes",
    "",
    "5 5",
    "2026",
    "1",
    "2026-01",
    "28/2/2026",
    "road (en)",
]
FORGED: st.SearchStrategy[Event] = st.one_of(
    st.builds(Chose, SMALL, SMALL, STEPS),
    st.builds(Toggled, SMALL, SMALL, st.booleans(), STEPS),
    st.builds(Finished, SMALL, STEPS),
    st.builds(Skipped, SMALL, st.sampled_from(["dont_know", "prefer_not", "skipped", "not_asked"]), STEPS),
    st.builds(ReadOn, SMALL, STEPS),
    st.builds(Typed, st.sampled_from(TYPED) | st.text(max_size=5)),
    st.builds(WentBack, st.none() | STEPS),
    st.builds(Reviewed, STEPS),
    st.builds(Revised, SMALL, STEPS),
    st.builds(Confirmed, STEPS),
    st.builds(Kept, STEPS),
    st.builds(Listened, STEPS),
    st.just(AskedForLanguages()),
    st.builds(ChangedLanguage, st.sampled_from(["ur", "ps", "en", "sd"])),
    st.just(AskedForHelp()),
    st.just(Continued()),
    st.just(Stopped()),
    st.just(Hid()),
    st.builds(Sent, st.booleans(), STEPS, st.booleans()),
    st.just(AskedToSend()),
)

CHANCE = st.integers(0, 9)
FORGED_AMONG_10 = 2


@st.composite
def walks(draw: st.DrawFn, surveys: st.SearchStrategy[Survey] = SURVEYS) -> tuple[Survey, Place, list[Event]]:
    """A survey, and a place that somebody reached by tapping what the screens offered, forging now and then."""
    chosen = draw(surveys)
    at = flow.begin(chosen, draw(st.sampled_from(LANGUAGES)), (7,), draw(st.integers(0, 2**64 - 1)))
    assert at.place is not None
    place, events = at.place, []
    for _ in range(draw(st.integers(0, 24))):
        event = draw(FORGED) if draw(CHANCE) < FORGED_AMONG_10 else draw(st.sampled_from(_likely(chosen, place)))
        following = flow.step(chosen, place, event)
        events.append(event)
        if following.place is not None:
            place = following.place
    return chosen, place, events


def _likely(chosen: Survey, place: Place) -> list[Event]:
    screen = flow.draw(chosen, place)
    if screen.typed:
        typed: list[Event] = [Typed(digits) for digits in ("0", "3", "۷", "٩", "2.5")]
        return [*typed, WentBack(place.step)]
    return [e for e in buttons(screen) if not isinstance(e, (Hid, Sent, AskedForLanguages))]


def buttons(screen: Screen) -> list[Event]:
    """What the buttons of a screen do."""
    return [b.does for row in screen.rows for b in row]  # type: ignore[misc] # inside there are events only


def check_place(chosen: Survey, place: Place) -> None:
    """Law 3 of the flow, and that the place is one of those there are."""
    asked = {question.id for question in flow.asked(chosen, place.answers, place.seed)}
    hidden = {question.id for question in chosen.questions if TYPES[question.type].hidden}
    assert place.at == REVIEW or place.at in asked
    assert set(place.answers) <= asked | hidden
    for id, answer in place.answers.items():
        question = chosen.question(id)
        assert flow.fits(question, answer)
        assert holds(question.show_if, place.answers)
        if answer in question.specials:
            continue
        assert question.constraint is None or holds(question.constraint.test, place.answers)
        if question.filter is not None:
            codes = answer if isinstance(answer, tuple) else (str(answer),)
            assert all(question.filter.offers(code, place.answers) for code in codes)
    assert flow.settle(chosen, place.answers, place.seed) == place.answers, "nothing more would fall away"


# -- 1: known places ------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(walks())
def test_any_events_end_in_a_known_place(walk: tuple[Survey, Place, list[Event]]) -> None:
    chosen, place, _ = walk
    check_place(chosen, place)


@settings(max_examples=150)
@given(walks(st.sampled_from((TIGHT, LIMITED, ORDERS))))
def test_no_answer_outlives_what_it_hangs_on(walk: tuple[Survey, Place, list[Event]]) -> None:
    """Looked at after every event."""
    chosen, last, events = walk
    place = flow.begin(chosen, "en", (7,), last.seed).place
    for event in events:
        assert place is not None
        place = flow.step(chosen, place, event).place or place
        check_place(chosen, place)


@settings(max_examples=120)
@given(walks(), FORGED)
def test_the_same_event_gives_the_same_step_and_steps_never_go_down(
    walk: tuple[Survey, Place, list[Event]], event: Event
) -> None:
    chosen, place, _ = walk
    one, two = flow.step(chosen, place, event), flow.step(chosen, place, event)
    assert one == two
    assert one.place is None or one.place.step >= place.step
    assert (one.place is None) == (one.end is not None)


@settings(max_examples=120)
@given(walks(), FORGED, st.integers(1, 99))
def test_an_event_leaves_alone_what_belongs_to_the_whole_interview(
    walk: tuple[Survey, Place, list[Event]], event: Event, typed: int
) -> None:
    chosen, place, _ = walk
    place = replace(place, typed=typed, marks=(typed, 7))
    following = flow.step(chosen, place, event).place
    if following is not None:
        assert (following.marks, following.typed, following.seed) == (place.marks, typed, place.seed)


# -- 2: old steps ---------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(walks(), FORGED)
def test_an_event_with_an_old_step_changes_nothing_and_shows_the_present_question(
    walk: tuple[Survey, Place, list[Event]], event: Event
) -> None:
    chosen, place, _ = walk
    if getattr(event, "step", None) in (None, place.step):
        return
    following = flow.step(chosen, place, event)
    assert following.place == place
    assert following.screen == flow.draw(chosen, place)
    assert following.keep is None


@settings(max_examples=50)
@given(walks())
def test_a_button_tapped_twice_counts_once(walk: tuple[Survey, Place, list[Event]]) -> None:
    chosen, place, _ = walk
    for event in buttons(flow.draw(chosen, place)):
        once = flow.step(chosen, place, event)
        if once.place is not None:
            twice = flow.step(chosen, once.place, event)
            assert twice.place == once.place


# -- 3: what is kept ------------------------------------------------------------------------------------


@settings(max_examples=120)
@given(walks(), st.booleans())
def test_kept_answers_hold_asked_questions_only(walk: tuple[Survey, Place, list[Event]], code: bool) -> None:
    chosen, place, _ = walk
    sent = flow.step(chosen, place, Sent(code, place.step))
    if sent.keep is None:
        assert sent.place == place
        assert place.at != REVIEW
        return
    assert sent.end == "completed"
    kept = sent.keep.answers
    assert sent.keep.code is code
    asked = {question.id for question in flow.asked(chosen, place.answers, place.seed)}
    expected = [
        q.id for q in chosen.questions if TYPES[q.type].kept and q.keep and (q.id in asked or _found(q, place))
    ]
    assert list(kept) == expected, "every asked question, in the order of the file"
    assert all(kept[id] == place.answers[id] for id in kept)


def _found(question: Question, place: Place) -> bool:
    """Whether the question was drawn or worked out."""
    return TYPES[question.type].hidden and question.id in place.answers


# -- 4: answers that fall away --------------------------------------------------------------------------


def answered(chosen: Survey, *answers: str) -> Place:
    """Where one is after these answers: a code, codes joined with +, typed digits, or next."""
    step = flow.begin(chosen, "en")
    assert step.place is not None
    place = step.place
    for answer in answers:
        for event in _events(chosen, place, answer):
            following = flow.step(chosen, place, event)
            assert following.place is not None
            place = following.place
    return place


def _events(chosen: Survey, place: Place, answer: str) -> list[Event]:
    question, at = chosen.question(place.at), chosen.number(place.at)
    codes = [option.code for option in question.options]
    if answer == "next":
        return [ReadOn(at, place.step)]
    if answer.isdecimal():
        return [Typed(answer)]
    if TYPES[question.type].several:
        picks: list[Event] = [Toggled(at, codes.index(code), True, place.step) for code in answer.split("+")]
        return [*picks, Finished(at, place.step)]
    return [Chose(at, codes.index(answer), place.step)]


FULL = answered(CHAIN, "yes", "yes", "7", "next", "x+y", "p", "no")


def revised(place: Place, id: str) -> Place:
    """The place after choosing to change the answer to a question in the review."""
    following = flow.step(CHAIN, place, Revised(CHAIN.number(id), place.step)).place
    assert following is not None
    assert following.at == id
    return following


def test_a_change_that_drops_answers_asks_first_and_says_how_many() -> None:
    at_a = revised(FULL, "a")
    asked = flow.step(CHAIN, at_a, Chose(0, 1, at_a.step))
    assert asked.place is not None
    assert asked.place.answers == FULL.answers, "nothing has fallen yet"
    assert asked.screen.lines == (Say("change-drops", {"n": 4}),), "b, c, e and f; the note does not count"
    confirmed = flow.step(CHAIN, asked.place, Confirmed(asked.place.step)).place
    assert confirmed is not None
    assert confirmed.answers == {"a": "no", "g": "no"}, "through the whole chain"
    assert confirmed.at == REVIEW


def test_a_no_leaves_every_answer_as_it_was() -> None:
    at_a = revised(FULL, "a")
    asked = flow.step(CHAIN, at_a, Chose(0, 1, at_a.step)).place
    assert asked is not None
    left = flow.step(CHAIN, asked, Kept(asked.step)).place
    assert left is not None
    assert (left.answers, left.at, left.pending) == (FULL.answers, "a", None)


def test_a_change_that_drops_only_a_note_asks_nothing() -> None:
    at_c = revised(FULL, "c")
    changed = flow.step(CHAIN, at_c, Typed("3")).place
    assert changed is not None
    assert changed.pending is None
    assert "d" not in changed.answers
    assert changed.answers["c"] == 3


@settings(max_examples=200)
@given(walks(), FORGED)
def test_no_answer_falls_away_unless_it_was_said_before(
    walk: tuple[Survey, Place, list[Event]], event: Event
) -> None:
    chosen, place, _ = walk
    following = flow.step(chosen, place, event).place
    if following is None:
        return
    given = [id for id in place.answers if not TYPES[chosen.question(id).type].hidden]
    lost = [id for id in given if id not in following.answers and TYPES[chosen.question(id).type].kept]
    if lost:
        assert isinstance(event, Confirmed)
        assert flow.draw(chosen, place).lines == (Say("change-drops", {"n": len(lost)}),)


def test_while_a_change_waits_for_a_yes_typed_words_and_options_do_nothing() -> None:
    at_a = revised(FULL, "a")
    asked = flow.step(CHAIN, at_a, Chose(0, 1, at_a.step)).place
    assert asked is not None
    for event in (Typed("3"), Chose(0, 0, asked.step), Finished(0, asked.step), ReadOn(0, asked.step)):
        assert flow.step(CHAIN, asked, event).place == asked


# -- 5: toggles -----------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=12))
def test_a_toggle_delivered_twice_changes_nothing_the_second_time(taps: list[tuple[int, bool]]) -> None:
    place = flow.begin(BARRIERS, "en").place
    assert place is not None
    for option, on in taps:
        event = Toggled(0, option, on, place.step)
        once = flow.step(BARRIERS, place, event).place
        assert once is not None
        assert flow.step(BARRIERS, once, event).place == once
        assert ("nothing" not in once.picked) or once.picked == ("nothing",), "it stands alone"
        assert list(once.picked) == [c for c in ("far", "time", "nothing") if c in once.picked]
        place = once


def test_done_without_a_pick_asks_for_one() -> None:
    place = flow.begin(BARRIERS, "en").place
    assert place is not None
    step = flow.step(BARRIERS, place, Finished(0, place.step))
    assert step.place == place
    assert step.hint == Say("hint-pick-one")


# -- 6: back and languages ------------------------------------------------------------------------------


@settings(max_examples=120)
@given(walks(), st.integers(1, 4))
def test_going_back_never_loses_an_answer(walk: tuple[Survey, Place, list[Event]], times: int) -> None:
    chosen, place, _ = walk
    before = place.answers
    for _ in range(times):
        following = flow.step(chosen, place, WentBack(None)).place
        assert following is not None
        place = following
    assert place.answers == before
    check_place(chosen, place)


def test_back_walks_over_the_asked_questions_to_the_first() -> None:
    place, seen = FULL, []
    for _ in range(9):
        following = flow.step(CHAIN, place, WentBack(place.step)).place
        assert following is not None
        place = following
        seen.append(place.at)
    assert seen == ["g", "f", "e", "d", "c", "b", "a", "a", "a"]


@settings(max_examples=50)
@given(walks(), st.sampled_from(LANGUAGES))
def test_another_language_keeps_everything_else(walk: tuple[Survey, Place, list[Event]], language: str) -> None:
    chosen, place, _ = walk
    following = flow.step(chosen, place, ChangedLanguage(language))
    assert following.place == replace(place, language=language)
    assert following.screen.language == language


def test_only_the_languages_of_the_survey_are_offered_and_taken() -> None:
    two = survey("two", yes_no("met"), languages=("en", "ur"))
    place = flow.begin(two, "en").place
    assert place is not None
    offered = [e for e in buttons(flow.step(two, place, AskedForLanguages()).screen) if hasattr(e, "language")]
    assert offered == [ChangedLanguage("ur"), ChangedLanguage("en")]
    assert flow.step(two, place, ChangedLanguage("ps")).place == place


# -- 7: screens -----------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(walks())
def test_every_place_shows_hide_back_and_language(walk: tuple[Survey, Place, list[Event]]) -> None:
    chosen, place, _ = walk
    offered = buttons(flow.draw(chosen, place))
    assert Hid() in offered
    assert WentBack(place.step) in offered
    assert AskedForLanguages() in offered
    assert len(offered) > 3, "and a way on"


@settings(max_examples=120)
@given(walks(), FORGED)
def test_every_screen_can_be_said_in_every_language_and_every_button_carried(
    walk: tuple[Survey, Place, list[Event]], event: Event
) -> None:
    chosen, place, _ = walk
    for language in LANGUAGES:
        step = flow.step(chosen, replace(place, language=language), event)
        check_words(step)


def check_words(step: Step) -> None:
    """The words of a step's screen and hint can be said, and fit."""
    spoken = text(PHRASES, step.screen)
    assert 0 < len(spoken) <= TEXT_LIMIT
    keyboard(PHRASES, step.screen, GRIP)
    for does in buttons(step.screen):
        data = encode(does, GRIP)
        assert len(data.encode()) <= LIMIT
        assert decode(data) == Held(GRIP, does)
    if step.hint is not None:
        assert PHRASES.say(step.screen.language, step.hint.id)


def test_words_typed_where_buttons_are_awaited_are_answered_by_saying_so() -> None:
    for place in (FULL, answered(CHAIN, "yes")):
        step = flow.step(CHAIN, place, Typed("hello"))
        assert step.place == place
        assert step.screen.lines[0] == Say("use-the-buttons")


# -- 8: notes and screening out -------------------------------------------------------------------------


def test_a_note_is_never_kept() -> None:
    place = answered(PLAIN, "next", "woman", "some", "yes", "3")
    assert place.answers["welcome"] == "read"
    sent = flow.step(PLAIN, place, Sent(code=False, step=place.step))
    assert sent.keep is not None
    assert sent.keep.answers == {"gender": "woman", "trust": "some", "met": "yes", "meetings": 3}
    assert "welcome" not in str(sent.keep)


def test_who_is_screened_out_leaves_nothing() -> None:
    place = flow.begin(GATE, "ps").place
    assert place is not None
    step = flow.step(GATE, place, Chose(0, 0, place.step))
    assert (step.place, step.keep, step.end) == (None, None, "screened_out")
    assert step.screen == flow.screened_out("ps")


def test_hiding_ends_the_interview_with_a_harmless_message_without_buttons() -> None:
    step = flow.step(CHAIN, FULL, Hid())
    assert (step.place, step.keep, step.end) == (None, None, "quit")
    assert step.screen.rows == ()


# -- 9: typed numbers -----------------------------------------------------------------------------------


@given(st.integers(0, 60), st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]))
def test_a_number_may_be_typed_in_three_sets_of_digits(value: int, digits: str) -> None:
    place = answered(PLAIN, "next", "woman", "some", "yes")
    typed = "".join(digits[int(d)] for d in str(value))
    following = flow.step(PLAIN, place, Typed(typed)).place
    assert following is not None
    assert following.answers["meetings"] == value


@pytest.mark.parametrize(
    ("typed", "said"), [("61", "number-out-of-range"), ("-1", "number-out-of-range"), ("many", "type-a-number")]
)
def test_what_is_no_number_in_range_is_said_and_not_kept(typed: str, said: str) -> None:
    place = answered(PLAIN, "next", "woman", "some", "yes")
    step = flow.step(PLAIN, place, Typed(typed))
    assert step.place == place
    assert step.screen.lines[0] == Say(said, {"low": 0, "high": 60})
    check_words(step)


# -- 10: the review -------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(walks())
def test_the_review_shows_each_answer(walk: tuple[Survey, Place, list[Event]]) -> None:
    chosen, place, _ = walk
    if place.at != REVIEW:
        return
    spoken = text(PHRASES, flow.draw(chosen, place))
    shown = [q for q in flow.asked(chosen, place.answers, place.seed) if TYPES[q.type].kept]
    assert all(q.ask[place.language].split("$")[0] in spoken for q in shown)
    changes = [e for e in buttons(flow.draw(chosen, place)) if isinstance(e, Revised)]
    assert [chosen.questions[e.question] for e in changes] == shown, "in the order in which they came"


def test_the_longest_place_fits_into_its_box() -> None:
    from bot.store.vault import PADDED, dump_place

    many = survey("many", *(number(f"question_number_{n:03}_of_the_many_xxx", 0, 10**8) for n in range(120)))
    answers = {q.id: 10**8 for q in many.questions}
    assert len(dump_place(Place("en", REVIEW, 9_999, answers, marks=(10**9,)))) in PADDED
    assert words("x")["en"] == "x (en)"
