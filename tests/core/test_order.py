"""The laws of order: drawn once from a seed, fair, and known to nobody.

Promises:
1. The same seed gives the same order; options, statements, sections and arms are all drawn.
2. Every order is possible, and none is likelier than another.
3. Exclusive and fixed options keep their places; questions outside what changes places keep theirs.
4. What turns by an arm shows exactly as many orders as there are arms, each beginning with another part.
5. Nothing that is kept or counted tells the seed or the order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import blocks, flow, order
from bot.core.events import Chose, Sent, Skipped
from bot.core.flow import REVIEW, Place
from bot.core.survey import Question, Shuffle, Survey
from tests.core.sample import ORDERS, options, survey, words, yes_no

SEEDS = st.integers(0, 2**64 - 1)
MANY = 2_400
BAR = {1: 10.83, 2: 13.82, 3: 16.27, 5: 20.52, 23: 49.73}
"""What chi-square stays under in all but one of a thousand fair draws, by its degrees of freedom."""

FOUR = Question(
    "four", "choice", words("four"), options("a", "b", "stay", "c", "alone"), shuffle=True, fixed=("stay",)
)


def orders(chosen: Survey, answers: dict[str, str], seed: int) -> tuple[str, ...]:
    """The ids in the order in which a person with this seed meets them."""
    return tuple(question.id for question in order.sequence(chosen, answers, seed))


def fair(drawn: Iterable[Hashable], possible: int) -> bool:
    """Whether each of so many possible results was drawn about equally often."""
    counts = Counter(drawn)
    expected = counts.total() / possible
    missing = (possible - len(counts)) * expected
    return missing + sum((count - expected) ** 2 / expected for count in counts.values()) < BAR[possible - 1]


@settings(max_examples=30)
@given(SEEDS, st.sampled_from(["first", "second"]))
def test_the_same_seed_gives_the_same_order(seed: int, arm: str) -> None:
    assert orders(ORDERS, {"turned": arm}, seed) == orders(ORDERS, {"turned": arm}, seed)
    assert sorted(orders(ORDERS, {"turned": arm}, seed)) == sorted(question.id for question in ORDERS.questions)
    for question in ORDERS.questions:
        assert sorted(order.options(question, seed)) == list(range(len(question.options)))


def test_every_order_of_options_is_as_likely_as_any_other() -> None:
    drawn = [tuple(order.options(FOUR, seed)) for seed in range(MANY)]
    assert {order[2] for order in drawn} == {2}, "what is fixed stays"
    assert fair(drawn, 24)


def test_every_order_of_sections_statements_and_questions_is_as_likely_as_any_other() -> None:
    units = tuple((number,) for number in range(3))
    three = survey("three", *(yes_no(id) for id in "abcd"), shuffles=(Shuffle("order", units),))
    drawn = [orders(three, {}, seed) for seed in range(MANY)]
    assert {order[3] for order in drawn} == {"d"}
    assert {order[:3] for order in drawn} == set(permutations("abc"))
    assert fair(drawn, 6)


def test_an_arm_is_drawn_fairly_and_apart_from_every_order() -> None:
    arm = ORDERS.question("turned")
    assert fair([order.drawn(arm, seed) for seed in range(MANY)], 2)
    both = [(order.drawn(arm, seed), orders(ORDERS, {}, seed)[1:3]) for seed in range(MANY)]
    assert len(set(both)) > 4, "the arm says nothing of an order that is drawn"
    needs = ORDERS.question("needs")
    assert fair([(order.drawn(arm, seed), order.options(needs, seed)[0]) for seed in range(MANY)], 6)


@given(st.lists(st.integers(), min_size=50, max_size=60, unique=True), SEEDS)
@settings(max_examples=20)
def test_a_long_list_loses_nothing(things: list[int], seed: int) -> None:
    assert sorted(order.permuted(things, seed, "long")) == sorted(things)


def test_a_list_longer_than_one_digest_can_order_is_drawn_fairly_too() -> None:
    drawn = [order.permuted(range(80), seed, "long") for seed in range(MANY)]
    assert all(fair([one[at] < one[at + 1] for one in drawn], 2) for at in (0, 1, 40, 78))
    assert fair([one[0] // 20 for one in drawn], 4)


@settings(max_examples=30)
@given(SEEDS)
def test_what_stays_stays(seed: int) -> None:
    wishes, needs = ORDERS.question("wishes"), ORDERS.question("needs")
    assert list(order.options(wishes, seed))[3] == 3, "“none” stands alone, and last"
    assert list(order.options(needs, seed))[3] == 3, "“other” is fixed"
    met = orders(ORDERS, {"turned": order.drawn(ORDERS.question("turned"), seed)}, seed)
    assert met[0] == "turned"
    assert met[6:] == ("needs", "all", "wishes")
    assert {met.index("police"), met.index("courts")} in ({1, 2}, {2, 3}, {3, 4}, {4, 5}), "a grid stays together"


@pytest.mark.parametrize("arms", [2, 3, 4])
@pytest.mark.parametrize("units", [2, 3, 4, 5, 7])
def test_a_rotation_shows_as_many_orders_as_there_are_arms(arms: int, units: int) -> None:
    codes = [f"arm{n}" for n in range(arms)]
    arm = Question("arm", "arm", {}, options(*codes), specials=())
    asked = [yes_no(f"q{n}") for n in range(units)]
    shuffle = Shuffle("order", tuple((n + 1,) for n in range(units)), arm="arm")
    turned = survey("turned", arm, *asked, shuffles=(shuffle,))
    seen = {orders(turned, {"arm": code}, seed) for code in codes for seed in range(20)}
    assert len(seen) == min(arms, units)
    assert len({order[1] for order in seen}) == len(seen), "each begins with another part"
    assert orders(turned, {"arm": codes[0]}, 1)[1:] == tuple(question.id for question in asked)


# -- what is kept (promise 5) -----------------------------------------------------------------------------


def sent(seed: int) -> flow.Keep:
    """What is kept of whoever gives the same answers under this seed."""
    place = flow.begin(ORDERS, "en", seed=seed).place
    assert place is not None
    while place.at != REVIEW:
        place = _answered(place)
    kept = flow.step(ORDERS, place, Sent(code=False, step=place.step)).keep
    assert kept is not None
    return kept


def _answered(place: Place) -> Place:
    """One more answer: the first option of the file, else don't know."""
    question, number = ORDERS.question(place.at), ORDERS.number(place.at)
    simple = question.type in ("grid", "yes_no")
    event = Chose(number, 0, place.step) if simple else Skipped(number, "dont_know", place.step)
    following = flow.step(ORDERS, place, event).place
    assert following is not None
    return following


def test_what_is_kept_and_counted_is_the_same_for_every_order() -> None:
    kept = [sent(seed) for seed in range(30)]
    for arm in ("first", "second"):
        same = [one for one in kept if one.answers["turned"] == arm]
        assert len(same) > 5
        assert all(one == same[0] and list(one.answers) == list(same[0].answers) for one in same)
        assert len({blocks.tally(ORDERS, one.answers, one.language) for one in same}) == 1
