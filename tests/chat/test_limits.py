"""How much one person may ask of the bot; with a database in a file and a clock that goes when it is told to.

Promises:
1. Twenty valid steps in five seconds: none is refused, whatever others and whatever else comes between.
2. What moves nothing costs one of five, one a second comes back; then there is one warning, and silence, in which
   only spinners are stopped; after a rest the warning can be heard again.
3. Nobody has more than 20 updates a second handled, valid or not; others notice nothing of it.
4. Hiding is never refused for being said too often; coordinators at their desk pay nothing.
5. A group hears the neutral line once a minute.
6. Only so many are remembered, and nobody who is calm; a round that is rolled back costs nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.chat import limits as limiting
from bot.chat.limits import BURST, CEILING, Limits, TooFast
from bot.chat.outbound import AnswerTap, Delete, Outgoing, Show
from tests.chat.test_updates import (
    AMINA,
    BILAL,
    CONSENT,
    Clock,
    House,
    agree,
    data_of,
    house,
    say,
    tap,
    wave,
    words,
)
from tests.store.sample import START, rows

__all__ = ["house", "wave"]  # fixtures

STALE = "v1:AAAAAAAAAAAAAAAAAAAAAA:0:0:0:1"
"""A button of an interview that never was."""


def refused(limits: Limits, what: str = "charge", person: int = 1) -> bool | None:
    """None when it was let through; else whether the person is told."""
    try:
        getattr(limits, what)(person)
    except TooFast as fast:
        return fast.tell
    return None


# -- the buckets ----------------------------------------------------------------------------------------


def test_five_at_once_then_one_a_second_with_one_warning() -> None:
    clock = Clock()
    limits = Limits(clock)
    assert [refused(limits) for _ in range(8)] == [None] * 5 + [True, False, False]
    clock.now += 1
    assert [refused(limits) for _ in range(2)] == [None, False]
    clock.now += BURST
    assert [refused(limits) for _ in range(6)] == [None] * 5 + [True], "told anew after a rest"


def test_nobody_is_handled_more_than_twenty_times_a_second() -> None:
    clock = Clock()
    limits = Limits(clock)
    let = 0
    for _ in range(1_000):  # a hundred a second for ten seconds
        let += refused(limits, "arrive") is None
        clock.now += 0.01
    assert CEILING * 10 <= let <= CEILING * 11


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["arrive", "charge"]), st.floats(0, 2)), max_size=120)
)
def test_no_bucket_gives_more_than_its_burst_and_what_comes_back(steps: list[tuple[int, str, float]]) -> None:
    clock = Clock()
    limits, begun = Limits(clock), clock.now
    let: dict[tuple[int, str], int] = {}
    for person, what, passed in steps:
        clock.now += passed
        if refused(limits, what, person) is None:
            let[person, what] = let.get((person, what), 0) + 1
        gone = clock.now - begun
        assert let.get((person, "charge"), 0) <= BURST + gone + 1e-6
        assert let.get((person, "arrive"), 0) <= CEILING + gone * CEILING + 1e-6


def test_what_waited_and_comes_at_once_was_not_fast() -> None:
    clock = Clock()
    limits = Limits(clock)
    for seconds in range(120, 0, -6):
        limits.arrive(1, seconds)
        limits.charge(1, seconds)
        limits.arrive(1)
    assert [refused(limits) for _ in range(6)] == [None] * 5 + [True], "what comes now is measured apart"


def test_the_calm_are_forgotten_and_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "MOST_PEOPLE", 10)
    monkeypatch.setattr(limiting, "MOST_GROUPS", 5)
    clock = Clock()
    limits = Limits(clock)
    for number in range(50):
        limits.charge(number)
        limits.group(-number)
    assert len(limits) == 15
    limits.sweep()
    assert len(limits) == 15
    clock.now += 60
    limits.sweep()
    assert len(limits) == 0


# -- through the house ----------------------------------------------------------------------------------


class Interview:
    """Somebody who answers by tapping what is shown, back and forth."""

    def __init__(self, house: House, wave: str, id: int) -> None:
        self.house, self.id = house, id
        self.data: list[str] = []
        self.see(house.take(agree(wave, id)))

    def see(self, out: list[Outgoing]) -> bool:
        """Look at what followed; True when a question was drawn."""
        shows = [o for o in out if isinstance(o, Show) and o.chat == self.id and o.keyboard is not None]
        if shows:
            self.data = data_of(shows[-1])
        return bool(shows)

    def step(self) -> bool:
        """One valid step: the first answer, or back from the list of answers."""
        back = next(data for data in self.data if ":b:" in data)
        first = self.data[0]
        valid = back if ":q:" in first else first
        return self.see(list(self.house.take(tap(valid, self.id))))


def noise(kind: int, id: int) -> dict[str, object]:
    """Something that moves nothing."""
    if kind == 0:
        return tap(STALE, id)
    if kind == 1:
        return words("/start", id)
    if kind == 2:
        return words("what is this", id)
    return words("/withdraw 12345678901234567890", id)


BETWEEN = st.tuples(st.floats(0.1, 0.25), st.lists(st.integers(0, 3), max_size=3), st.booleans())
"""Seconds until the next step, what somebody else does meanwhile, and whether the person taps something old."""

PEOPLE = itertools.count(100)


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(between=st.lists(BETWEEN, min_size=20, max_size=20))
def test_twenty_valid_steps_in_five_seconds_are_all_answered(
    house: House, wave: str, between: list[tuple[float, list[int], bool]]
) -> None:
    """Under any interleaving: others shout, and the person taps wrong things too."""
    house.clock.now += 60
    person = AMINA + next(PEOPLE)
    one = Interview(house, wave, person)
    for seconds, others, wrong in between:
        house.clock.now += seconds
        house.take(*(noise(kind, BILAL) for kind in others), *([tap(STALE, person)] if wrong else []))
        assert one.step()


def test_a_hundred_messages_a_second_from_one_person_leave_others_untouched(house: House, wave: str) -> None:
    one = Interview(house, wave, AMINA)
    drawn, said = 0, 0
    for tenth in range(30):
        out = house.take(*(noise((tenth + number) % 4, BILAL) for number in range(10)))
        said += sum(isinstance(o, Show) for o in out)
        assert all(o.chat == BILAL for o in out)
        house.clock.now += 0.1
        drawn += one.step()
    assert drawn == 30
    assert said <= BURST + 3 + 1, "five, one a second, one warning"


def test_then_there_is_one_warning_and_after_it_only_spinners_are_stopped(house: House, wave: str) -> None:
    outs = [house.take(tap(STALE, BILAL)) for _ in range(9)]
    hints = [[o.hint for o in out if isinstance(o, AnswerTap)] for out in outs]
    assert hints[5:] == [[say("too-fast")], [None], [None], [None]]
    assert [any(isinstance(o, Show) for o in out) for out in outs] == [True] * 5 + [False] * 4


def test_the_warning_for_typed_words_is_a_message_of_its_own(house: House, wave: str) -> None:
    outs = [house.take(words("hello", BILAL)) for _ in range(8)]
    texts = [[o.text for o in out if isinstance(o, Show)] for out in outs]
    assert texts[5:] == [[say("too-fast")], [], []]
    assert outs[6:] == [[], []]


def test_what_was_typed_too_fast_goes_with_the_wipe(house: House, wave: str) -> None:
    typed = [words("hello") for _ in range(8)]
    house.take(*typed)
    deleted = {m for o in house.take(tap("o:h")) if isinstance(o, Delete) for m in o.messages}
    assert {raw["message"]["message_id"] for raw in typed[5:]} <= deleted


def test_hiding_is_never_said_too_often(house: House, wave: str) -> None:
    for _ in range(10):
        house.take(tap(STALE))
    (shown,) = [o for o in house.take(tap("o:h:11", message=CONSENT)) if isinstance(o, Show)]
    assert shown.text == say("hidden")
    (shown,) = [o for o in house.take(words("hide")) if isinstance(o, Show)]
    assert shown.text == say("hidden")


def test_a_coordinator_at_the_desk_pays_nothing_and_a_stranger_does(house: House, wave: str) -> None:
    with house.store.transaction() as tx:
        tx.desk.admit(BILAL, "owner", "en", START)
    outs = {id: [house.take(tap("d:home", id)) for _ in range(12)] for id in (AMINA, BILAL)}
    shown = {id: sum(isinstance(o, Show) for out in outs[id] for o in out) for id in outs}
    assert shown == {AMINA: 5, BILAL: 12}


def test_a_group_hears_the_neutral_line_once_a_minute(house: House) -> None:
    def said() -> list[str]:
        out = [house.take(words("hello", id, chat="supergroup")) for id in (1, 2, 3)]
        return [o.text for part in out for o in part if isinstance(o, Show)]

    assert said() == [say("group-line")]
    house.clock.now += 59
    assert said() == []
    house.clock.now += 1
    assert said() == [say("group-line")]


def test_a_round_that_is_rolled_back_costs_nothing(house: House, wave: str) -> None:
    for _ in range(30):
        house.handler.begin()
        with pytest.raises(RuntimeError), house.store.transaction() as tx:
            from tests.chat.test_updates import _came

            house.handler.handle(tx, _came(house, words("/start")), START)
            raise RuntimeError
        house.handler.undo()
    assert any(isinstance(o, Show) and o.text != say("too-fast") for o in house.take(words("/start")))


def test_a_submission_counts_as_moving(house: House, wave: str) -> None:
    one = Interview(house, wave, AMINA)
    for _ in range(5):
        house.take(tap(STALE))
    while not any(data.split(":")[4:5] == ["s"] for data in one.data):
        assert one.step()
    send = next(data for data in one.data if data.split(":")[4:5] == ["s"])
    out = house.take(tap(send))
    assert any(isinstance(o, Show) and say("thanks") in o.text for o in out)
    assert len(rows(house.store, "SELECT * FROM pool")) == 1


@pytest.fixture(autouse=True)
def _calm(house: House) -> Iterator[None]:
    """Opening a wave and agreeing to it was long ago."""
    house.clock.now += 60
    yield


def test_somebody_who_opened_the_link_again_and_again_in_an_outage_is_answered(house: House, wave: str) -> None:
    raws = [words("/start") for _ in range(10)]
    for number, raw in enumerate(raws):
        raw["message"]["date"] = int(START.timestamp()) - 6 * (10 - number)
    texts = [o.text for raw in raws for o in house.take(raw) if isinstance(o, Show)]
    assert len(texts) == 10
    assert say("too-fast") not in texts
