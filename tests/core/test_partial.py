"""Answers that are sent before the last question.

Promises:
1. Wherever something was answered and not yet everything, what is there can be sent; nowhere else. What is kept
   are the answers that stand, and a mark for each question not reached; the mark is in no figure.
2. It is shown first, with how many questions were not reached; asking for it changes nothing.
3. Stopping offers it; a question does from the tenth answer on, where there is room.
4. A cell question not reached is unknown. Where only words to read were left, the answers are complete.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from bot.core import flow, order
from bot.core.blocks import Block, Rule, count, publish, tally
from bot.core.cells import Partition
from bot.core.events import AskedToSend, Continued, Event, ReadOn, Sent, Stopped
from bot.core.flow import REVIEW, Place
from bot.core.partial import end_of
from bot.core.questions import TYPES
from bot.core.screen import Say
from bot.core.survey import NOT_ASKED, NOT_REACHED, UNKNOWN, VALID, CellPart, Survey
from tests.core.sample import CHAIN, PLAIN, choice, note, survey, yes_no
from tests.core.test_flow import answered, buttons, walks

LONG = survey("long", *(yes_no(f"q{number}") for number in range(14)))


def says(place: Place, survey: Survey = LONG) -> list[str]:
    """The phrases on the buttons of a place."""
    rows = flow.draw(survey, place).rows
    return [button.label.id for row in rows for button in row if isinstance(button.label, Say)]


def _was_given(chosen: Survey, id: str) -> bool:
    """Whether people answer this question themselves, and their answer is kept."""
    kind = TYPES[chosen.question(id).type]
    return kind.kept and not kind.hidden


@settings(max_examples=150, deadline=None)
@given(walks())
def test_what_is_there_can_be_sent_and_what_was_not_reached_is_marked(
    walk: tuple[Survey, Place, list[Event]],
) -> None:
    chosen, place, _ = walk
    given_ = {id for id in place.answers if _was_given(chosen, id)}
    sent = flow.step(chosen, place, Sent(False, place.step, partly=True))
    frontier = flow.next_open(chosen, place.answers, place.seed)
    if not given_ or place.pending is not None or frontier == REVIEW:
        assert (sent.place, sent.keep) == (place, None)
        return
    assert sent.keep is not None and sent.place is None
    kept = sent.keep.answers
    assert {id: answer for id, answer in kept.items() if answer != NOT_REACHED} == {
        id: place.answers[id] for id in kept if id in place.answers
    }
    assert given_ <= set(kept)
    missing = {id for id, answer in kept.items() if answer == NOT_REACHED}
    met = [q.id for q in order.sequence(chosen, place.answers, place.seed)]
    behind = {id for id in met[met.index(frontier) :] if _was_given(chosen, id)}
    assert missing == behind - given_
    assert list(kept) == [q.id for q in chosen.questions if q.id in kept]
    assert sent.end == end_of(kept) == ("partial" if missing else "completed")
    assert not {(id, VALID) for id in missing} & set(tally(chosen, kept, "en"))


@settings(max_examples=80, deadline=None)
@given(walks())
def test_asking_to_send_changes_nothing_and_shows_every_answer(walk: tuple[Survey, Place, list[Event]]) -> None:
    chosen, place, _ = walk
    shown = flow.step(chosen, place, AskedToSend())
    assert (shown.place, shown.keep, shown.end) == (place, None, None)
    if shown.screen == flow.draw(chosen, place):
        return
    lines = [line.id for line in shown.screen.lines if isinstance(line, Say)]
    assert lines.count("review-line") == sum(_was_given(chosen, id) for id in place.answers)
    assert "so-far-means" in lines
    assert Sent(True, place.step, partly=True) in buttons(shown.screen)
    assert Continued() in buttons(shown.screen)


def test_the_screen_says_how_many_were_not_reached() -> None:
    place = answered(CHAIN, "yes", "yes")
    shown = flow.step(CHAIN, place, AskedToSend()).screen
    assert Say("so-far-means", {"number": 4}) in shown.lines, "c, e, f and g; a note is not counted"


def test_stopping_offers_it_after_the_first_answer_and_not_before() -> None:
    begun = flow.begin(PLAIN, "en").place
    assert begun is not None
    assert AskedToSend() not in buttons(flow.step(PLAIN, begun, Stopped()).screen)
    read = flow.step(PLAIN, begun, ReadOn(0, 1)).place
    assert read is not None
    assert AskedToSend() not in buttons(flow.step(PLAIN, read, Stopped()).screen), "a note read is no answer"
    one = answered(PLAIN, "next", "woman")
    assert AskedToSend() in buttons(flow.step(PLAIN, one, Stopped()).screen)


def test_a_question_offers_it_from_the_tenth_answer_on_where_there_is_room() -> None:
    assert "button-send-so-far" not in says(answered(LONG, *["yes"] * 9))
    assert "button-send-so-far" in says(answered(LONG, *["yes"] * 10))
    assert "button-send-so-far" not in says(answered(LONG, *["yes"] * 14)), "the list of answers sends all"
    many = choice("q10", *(f"o{number}" for number in range(7)))
    crowded = replace(LONG, questions=(*LONG.questions[:10], many, *LONG.questions[11:]))
    assert "button-send-so-far" not in says(answered(crowded, *["yes"] * 10), crowded), "nine rows are enough"


def test_an_old_offer_sends_nothing() -> None:
    place = answered(CHAIN, "yes", "yes")
    old = flow.step(CHAIN, place, Sent(False, place.step - 1, partly=True))
    assert (old.place, old.keep) == (place, None)


def test_where_only_words_to_read_were_left_the_answers_are_complete() -> None:
    ending = survey("ending", yes_no("a"), note("bye"))
    place = answered(ending, "yes")
    sent = flow.step(ending, place, Sent(False, place.step, partly=True))
    assert sent.keep is not None
    assert (sent.keep.answers, sent.end) == ({"a": "yes"}, "completed")


def test_a_question_before_the_first_one_not_answered_was_not_asked() -> None:
    place = answered(CHAIN, "no")
    sent = flow.step(CHAIN, place, Sent(False, place.step, partly=True))
    assert sent.keep is not None
    assert sent.keep.answers == {"a": "no", "g": NOT_REACHED}
    assert ("b", NOT_ASKED) in tally(CHAIN, sent.keep.answers, "en")


@pytest.mark.parametrize("missing", ["gender", "district"])
def test_a_cell_question_not_reached_is_unknown(missing: str) -> None:
    parts = tuple(CellPart(name, name, {"a": "a", "b": "b"}) for name in ("district", "gender"))
    node = dict(Partition(parts).cell({"district": "a", "gender": "b", missing: NOT_REACHED}))
    assert node[missing] == UNKNOWN


def test_what_was_not_reached_is_counted_and_in_no_denominator() -> None:
    answers = [{"a": "yes", "b": "yes"}] * 12 + [{"a": "yes", "b": NOT_REACHED}] * 8
    two = survey("two", yes_no("a"), yes_no("b"))
    counts = count(two, ((one, "en") for one in answers))
    assert (counts["_end", "partial"], counts["_end", "completed"], counts["b", NOT_REACHED]) == (8, 12, 8)
    shown = publish(two, "w", Partition(()), Rule(k=5, leave=0), [Block(1, (), 20, False, counts)])
    assert (shown.n, shown.questions["a"].n, shown.questions["b"].n) == (20, 20, 10)
    assert shown.questions["b"].silent == "<=10%", "nobody kept silent"
