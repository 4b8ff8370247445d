"""Random histories of a wave, and everything that is ever shown of them, traced back to the people behind it.

People arrive, are silent, withdraw before and after their release; blocks close by the real rule; after each
release everything is published. The attacker is handed more than anybody gets: not rounded figures but, for
each number that `publish` makes on its way, which people it sums and how often.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import TypeVar
from unittest import mock

from bot.core import blocks as rules
from bot.core import cohorts
from bot.core.blocks import Block, Entry, Rule, Waiting, closings, publish
from bot.core.cells import Node, Partition
from bot.core.indexes import sums
from bot.core.running import View
from bot.core.survey import DONT_KNOW, PREFER_NOT, SPECIALS, VALID, Answer, Survey
from tests.core.attack import Weights, plain

RELEASES = 12
LAST = RELEASES + 1


@dataclass(frozen=True)
class Person:
    """One finished answer: its cell, what is counted and summed of it, whether it is the first of its account."""

    cell: Node
    counted: frozenset[Entry]
    first: bool
    scored: Mapping[str, int]


Closed = tuple[Node, tuple[int, ...]]
"""A block: its node and its people, by their numbers."""

Someone = Callable[[random.Random], dict[str, Answer]]


@dataclass(frozen=True)
class History:
    """Everybody who finished, and the blocks there were after each release; `rule` is the wave's."""

    people: tuple[Person, ...]
    after: tuple[tuple[Closed, ...], ...]
    rule: Rule
    partition: Partition


DIGIT = 16
"""Bits for how often a person stands in a sum: far more than there are numbers in any sum."""


class Traced(int):
    """A number that knows whom it sums; whoever adds two of them knows the people of both.

    `of` has a digit for each person: how often they stand in it.
    """

    of: int

    @classmethod
    def sum_of(cls, n: int, people: Iterable[int]) -> Traced:
        """A count over these people, whether it counts them or not: a zero tells of them all."""
        made = cls(n)
        made.of = sum(1 << DIGIT * person for person in people)
        return made

    def weights(self) -> Weights:
        """Each person in it, and how often."""
        digits = ((n, self.of >> DIGIT * n & (1 << DIGIT) - 1) for n in range(self.of.bit_length() // DIGIT + 1))
        return frozenset((person, times) for person, times in digits if times)

    def __add__(self, other: int) -> Traced:
        made = Traced(int(self) + int(other))
        made.of = self.of + other.of if isinstance(other, Traced) else self.of
        return made

    __radd__ = __add__


K = TypeVar("K")


def _traced(people: tuple[int, ...], given: Mapping[K, int], known: Iterable[K]) -> dict[K, int]:
    """The counts or the sums of a block; what is known in the wave, and nobody in it gave, is a traced zero."""
    return {entry: Traced.sum_of(given.get(entry, 0), people) for entry in known}


def history(seed: int, survey: Survey, partition: Partition, someone: Someone) -> History:
    """A wave of twelve releases and a last one; k, p, phones, waiting and merging vary with the seed."""
    chance, kinds = random.Random(seed), random.Random(f"kinds of groups {seed}")
    slots = (1, 1, 4)[seed % 3]
    rule = Rule(k=(5, 10)[seed % 2], leave=(0, 2)[seed // 2 % 2], slots=slots, wait=seed // 4 % 2 == 1)
    people: list[Person] = []
    waiting: list[int] = []
    closed: list[Closed] = []
    after = []
    for release in range(1, LAST + 1):
        final = release == LAST
        for _ in range(0 if final else chance.randint(3, 9)):
            answers = _silent(chance, someone(chance))
            counted = frozenset(rules.tally(survey, answers, chance.choice(survey.languages)))
            counted |= cohorts.counted([kinds.choice(("", "school", "school", "event"))]).keys()
            waiting.append(len(people))
            first, scored = slots == 1 or chance.random() < 0.7, sums(survey, [answers])
            people.append(Person(partition.cell(answers), counted, first, scored))
        waiting = [person for person in waiting if chance.random() > 0.03]  # withdrawn before any release
        rows = [Waiting(n.to_bytes(2, "big"), people[n].cell, people[n].first) for n in waiting]
        merging = release % 3 == 0
        draw = random.Random(seed + release).sample
        for closing in closings(partition, rows, rule, merging=merging, final=final, draw=draw):
            released = tuple(int.from_bytes(rid, "big") for rid in closing.rids)
            closed.append((closing.node, released))
            waiting = [person for person in waiting if person not in released]
        after.append(tuple(closed))
    return History(tuple(people), tuple(after), rule, partition)


def _silent(chance: random.Random, answers: dict[str, Answer]) -> dict[str, Answer]:
    """Now and then somebody refuses, or does not know, what makes the cells."""
    for id in ("district", "gender", "age"):
        if chance.random() < 0.05:
            answers[id] = chance.choice([DONT_KNOW, PREFER_NOT])
    return answers


def shown_by_blocks(wave: History, survey: Survey) -> set[Weights]:
    """Whom every number ever made by `publish` sums, over all releases, and over all margins of the cells.

    Published are all blocks so far, and those of the latest release by themselves: a digest sets one beside the
    other. The attacker gets each block's people too.
    """
    found: set[Weights] = set()
    published: set[tuple[int, ...]] = set()
    for before, closed in pairwise(((), *wave.after)):
        blocks = blocks_of(wave, closed)
        places = {above(node, kept) for node, _ in closed for kept in margins(wave.partition)}
        found |= {plain(people) for _, people in closed}
        for place, since in product(sorted(places | {()}), (0, len(before))):
            inside = [block for block in blocks[since:] if set(place) <= set(block.node)]
            which = tuple(block.no for block in inside)
            if which not in published:
                published.add(which)
                found |= _numbers(survey, wave, inside)
    return found - {frozenset()}


def blocks_of(wave: History, closed: Iterable[Closed]) -> list[Block]:
    """These blocks, with counts and sums that know whom they sum."""
    given = set().union(*(person.counted for person in wave.people))
    asked = {question for question, code in given if code == VALID}
    entries = given | set(product(asked, SPECIALS))
    names = set().union(*(person.scored for person in wave.people))
    return [
        Block(
            no,
            node,
            Traced.sum_of(len(people), people),
            False,
            _traced(people, Counter(entry for n in people for entry in wave.people[n].counted), entries),
            _traced(people, _added(wave.people[n].scored for n in people), names),
        )
        for no, (node, people) in enumerate(closed)
    ]


def _added(scored: Iterable[Mapping[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in scored:
        found.update(one)
    return found


def _numbers(survey: Survey, wave: History, blocks: list[Block]) -> set[Weights]:
    """Every sum that goes into a shown number when these blocks are published."""
    seen: dict[int, Traced] = {}
    down, share, total = rules._down, rules._share, rules._total

    def note(*numbers: int) -> None:
        seen.update({number.of: number for number in numbers if isinstance(number, Traced)})

    def noted_down(n: int) -> int:
        note(n)
        return down(n)

    def noted_share(part: int, whole: int, n: int) -> rules.Shown:
        note(part, whole)
        return share(part, whole, n)

    def noted_total(view: View, name: str) -> int:
        summed = total(view, name)
        note(summed)
        return summed

    with mock.patch.multiple(rules, _down=noted_down, _share=noted_share, _total=noted_total):
        publish(survey, "w1", wave.partition, wave.rule, blocks)
    return {number.weights() for number in seen.values()}


def shown_naively(wave: History, seed: int, *, k_new: bool) -> set[Weights]:
    """The rule it must not be: each digest shows every node with k people, or (`k_new`) with k new ones."""
    chance = random.Random(seed)
    k, people = wave.rule.k, wave.people
    asked = [any(question == "heard" and code != "not_asked" for question, code in one.counted) for one in people]
    figures: set[frozenset[int]] = set()
    last: dict[tuple[Node, bool], frozenset[int]] = {}
    arrived = 0
    while arrived < len(people):
        arrived = min(len(people), arrived + chance.randint(3, 9))
        nodes = {above(people[n].cell, kept) for n in range(arrived) for kept in margins(wave.partition)}
        for node in sorted(nodes):
            for routed in (False, True):
                there = frozenset(
                    n for n in range(arrived) if set(node) <= set(people[n].cell) and (asked[n] or not routed)
                )
                if len(there) >= k and (not k_new or len(there - last.get((node, routed), frozenset())) >= k):
                    last[node, routed] = there
                    figures.add(there)
    return {frozenset((n, 1) for n in figure) for figure in figures}


def margins(partition: Partition) -> list[tuple[str, ...]]:
    """Every choice of dimensions: total, one-way, two-way, the cells."""
    names = [part.name for part in partition.parts]
    return [kept for size in range(len(names) + 1) for kept in combinations(names, size)]


def above(cell: Node, kept: Iterable[str]) -> Node:
    """The node with these dimensions only."""
    return tuple(pair for pair in cell if pair[0] in kept)
