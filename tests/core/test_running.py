"""Running sums: what is added block by block is what all blocks together say.

1. Each view of each node has the sum of its blocks; what is routed, of those up to the last redraw in that view.
2. Where the blocks are parted, and what is published on the way, changes nothing.
3. `earlier` is what was shown when the latest release began to close blocks.
4. A block under k is refused, and then nothing of it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import indexes
from bot.core.blocks import Block, Entry, Rule, publish, publish_running
from bot.core.cells import Node
from bot.core.running import INDEX, INDICATOR, Own, Running, Sums
from bot.core.survey import SPECIALS, UNKNOWN, VALID, Condition
from tests.core.test_blocks import OLD, PARTITION, SURVEY, YOUNG, heard, police, waves
from tests.core.test_blocks import block as closed

K = 10
GROUPS = [(part.name, code) for part in PARTITION.parts for code in part.codes if code != UNKNOWN]
GENDERS = [group for group in GROUPS if group[0] == "gender"]
AGES = [group for group in GROUPS if group[0] == "age"]
VIEWS: list[Node] = [(), *((group,) for group in GROUPS), *product(GENDERS, AGES)]


def running(blocks: Iterable[Block], k: int = K) -> Running:
    one = Running(SURVEY, k)
    for block in blocks:
        one.add(block)
    return one


def plainly(blocks: Sequence[Block], k: int = K) -> dict[tuple[Node, Entry], int]:
    """Every sum, made of all blocks at once and walked once for each entry; zeros are left out."""
    found = {}
    for view in VIEWS:
        inside = [block for block in blocks if set(view) <= set(block.node)]
        for entry in {entry for block in inside for entry in block.entries}:
            total = sum(block.entries.get(entry, 0) for block in _drawn(inside, _asked(entry), k))
            if total:
                found[view, entry] = total
    return found


def _asked(entry: Entry) -> set[Entry]:
    """What counts the people asked, where this entry waits for them."""
    question, code = entry
    if question == INDEX:
        index = next(one for one in SURVEY.indexes if code.startswith(f"{one.id}/"))
        routed = any(SURVEY.question(id).routed for id in index.items)
        return {(INDEX, indexes.name(index, indexes.ASKED))} if routed else set()
    if question == INDICATOR:
        question = next(one.question for one in SURVEY.indicators if one.id == code)
    known = {one.id: one for one in SURVEY.questions}
    return (
        {(question, code) for code in (VALID, *SPECIALS)}
        if question in known and known[question].routed
        else set()
    )


def _drawn(blocks: Sequence[Block], asked: set[Entry], k: int) -> Sequence[Block]:
    upto, since = len(blocks) if not asked else 0, 0
    for place, block in enumerate(blocks if asked else (), start=1):
        since += sum(block.entries.get(entry, 0) for entry in asked)
        if since >= k:
            upto, since = place, 0
    return blocks[:upto]


def flat(sums: Sums) -> dict[tuple[Node, Entry], int]:
    return {(view, entry): n for view, counts in sums.views.items() for entry, n in counts.items() if n}


@settings(max_examples=60, deadline=None)
@given(waves(), st.sampled_from([5, 7, 10]))
def test_every_sum_is_that_of_all_blocks_together(blocks: list[Block], k: int) -> None:
    one = running(blocks, k)
    everyone = sum((Counter({block.node: block.n}) for block in blocks), Counter[Node]())

    assert flat(one.shown) == plainly(blocks, k)
    assert {node: own.n for node, own in one.shown.nodes.items()} == everyone
    for view, held in one.held.items():
        of_both = Counter(held)
        of_both.update(one.shown.view(*view))
        assert of_both == sum(
            (Counter(block.entries) for block in blocks if set(view) <= set(block.node)), Counter[Entry]()
        ), "nothing is lost between what is held and what is shown"


@settings(max_examples=40, deadline=None)
@given(waves())
def test_sums_made_block_by_block_publish_what_all_blocks_do(blocks: list[Block]) -> None:
    one = Running(SURVEY, K)
    for upto in range(len(blocks) + 1):
        told = publish_running(SURVEY, "w", PARTITION, Rule(K, 2), one.shown)
        assert told == publish(SURVEY, "w", PARTITION, Rule(K, 2), blocks[:upto])
        if upto < len(blocks):
            one.add(blocks[upto])


@settings(max_examples=40, deadline=None)
@given(waves(), st.lists(st.booleans(), min_size=6, max_size=6))
def test_earlier_is_what_was_shown_when_the_latest_release_began(blocks: list[Block], later: list[bool]) -> None:
    release, released = 0, []
    for block, goes_on in zip(blocks, later, strict=False):
        release += goes_on
        released.append(replace(block, release=release))
    before = [block for block in released if block.release != release]

    assert running(released).earlier == running(before).shown


def test_a_node_remembers_that_many_answers_came_at_once() -> None:
    one = running([closed(1, YOUNG, 12, {}), closed(2, YOUNG, 13, {}, burst=True), closed(3, YOUNG, 10, {})])

    assert one.shown.nodes == {YOUNG: Own(35, burst=True)}


def test_what_is_held_in_one_view_may_be_shown_in_another() -> None:
    one = running([closed(1, YOUNG, 12, heard(4, 2)), closed(2, OLD, 12, heard(4, 2))])

    assert one.shown.view()["heard", "yes"] == one.shown.view(("district", "d1"))["heard", "yes"] == 8
    assert ("heard", "yes") not in one.shown.view(("age", "youth"))
    assert one.held[(("age", "youth"),)]["heard", "yes"] == 4


def test_a_block_that_is_too_small_leaves_no_trace() -> None:
    one = running([closed(1, YOUNG, 12, police(12, 3))])
    before = one.shown.copy()

    with pytest.raises(ValueError, match="block 2 has fewer than 10 people"):
        one.add(replace(closed(2, YOUNG, 9, police(9, 3)), release=4))
    assert (one.shown, one.earlier, one.release) == (before, Sums(), 0)


def test_who_is_counted_once_over_several_codes_waits_with_the_question() -> None:
    routed = [replace(one, show_if=Condition()) if one.id == "barriers" else one for one in SURVEY.questions]
    one = Running(replace(SURVEY, questions=tuple(routed)), K)
    counts = {("barriers", VALID): 6, ("barriers", "far"): 6, (INDICATOR, "hindered"): 6}
    one.add(closed(1, YOUNG, 12, counts))
    assert (INDICATOR, "hindered") not in one.shown.view()
    one.add(closed(2, YOUNG, 12, counts))

    assert one.shown.view()[INDICATOR, "hindered"] == one.shown.view()["barriers", "far"] == 12
