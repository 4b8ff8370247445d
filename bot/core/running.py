"""Running sums over the closed blocks of a wave, so that a digest reads a few sums and not every block.

Laws:
1. A block counts in every view it belongs to: the whole wave, each group of one dimension that its node names,
   and its gender and age together. `unknown` is no group.
2. What is shown of a view is a sum over whole blocks, taken in the order of their numbers (R3, R4).
3. What a routed question counts, and an index with a routed item sums, is held back in each view by itself until
   k more people were asked there; then all that is held is shown at once (R7).
4. A block of fewer than k people is refused, whoever brings it.
5. `earlier` is what was shown before the latest release that closed a block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.core import indexes
from bot.core.cells import AGE, GENDER, Node
from bot.core.survey import SPECIALS, UNKNOWN, VALID, Survey

Entry = tuple[str, str]
"""One thing counted of one person: the question and the code."""

INDICATOR = "_indicator"
"""The name under which an indicator over several codes of a multiple choice is counted, once a person."""

JOINT = (GENDER, AGE)
"""The two dimensions by which people are weighted (`bot.core.mix`)."""

INDEX = "_index"
"""The name under which the sums of indexes stand beside the counts; no question may begin with a low line."""


@dataclass(frozen=True)
class Block:
    """One closed block: its number in the wave, its node, its people, its frozen counts and sums of indexes.

    `release` is the number of the release that closed it; 0 where that was not yet kept.
    """

    no: int
    node: Node
    n: int
    burst: bool
    counts: Mapping[Entry, int]
    sums: Mapping[str, int] = field(default_factory=dict)
    release: int = 0

    @property
    def entries(self) -> dict[Entry, int]:
        """Its counts, and beside them its sums."""
        return {**self.counts, **{(INDEX, name): value for name, value in self.sums.items()}}


@dataclass(frozen=True)
class Own:
    """What a node's own blocks come to: their people, and whether many answers came at once in any of them."""

    n: int = 0
    burst: bool = False


View = Counter[Entry]
"""The sum under each entry over the blocks of one view."""


@dataclass
class Sums:
    """What may be shown: the people of each node's own blocks, and the sums of each view."""

    nodes: dict[Node, Own] = field(default_factory=dict)
    views: dict[Node, View] = field(default_factory=dict)

    def view(self, *groups: tuple[str, str]) -> View:
        """The sums of the whole wave, or of one group."""
        return self.views.get(groups, Counter())

    def copy(self) -> Sums:
        """The same sums, to be kept as they are."""
        return Sums(dict(self.nodes), {view: sums.copy() for view, sums in self.views.items()})


@dataclass
class Running:
    """All that must be kept of the blocks so far, so that the next one can be added without them."""

    survey: Survey
    k: int
    shown: Sums = field(default_factory=Sums)
    earlier: Sums = field(default_factory=Sums)
    held: dict[Node, View] = field(default_factory=dict)
    release: int = 0

    def add(self, block: Block) -> None:
        """Count one more block, the next in the order of numbers. Raises ValueError when it is too small."""
        if block.n < self.k:
            raise ValueError(f"block {block.no} has fewer than {self.k} people")
        if block.release != self.release:
            self.earlier, self.release = self.shown.copy(), block.release
        before = self.shown.nodes.get(block.node, Own())
        self.shown.nodes[block.node] = Own(before.n + block.n, before.burst or block.burst)
        at_once, routed = self._parted(block)
        for view in views(block.node):
            self.shown.views.setdefault(view, Counter()).update(at_once)
            for rule, counts in routed.items():
                self.held.setdefault(view, Counter()).update(counts)
                self._redraw(view, rule)

    def _parted(self, block: Block) -> tuple[dict[Entry, int], dict[str, dict[Entry, int]]]:
        """What is shown at once, and what is held back, by what rules it."""
        at_once: dict[Entry, int] = {}
        routed: dict[str, dict[Entry, int]] = {}
        for entry, n in block.entries.items():
            rule = self._rule(entry)
            into = routed.setdefault(rule, {}) if rule in self._asked else at_once
            into[entry] = n
        return at_once, routed

    def _redraw(self, view: Node, rule: str) -> None:
        held = self.held[view]
        if sum(held[entry] for entry in self._asked[rule]) >= self.k:
            for entry in [entry for entry in held if self._rule(entry) == rule]:
                self.shown.views[view][entry] += held.pop(entry)

    def _rule(self, entry: Entry) -> str:
        """The question or index whose asked people decide when this entry is shown."""
        question, code = entry
        if question == INDICATOR:
            return self._questions[code]
        return f"{INDEX}/{code.partition('/')[0]}" if question == INDEX else question

    @cached_property
    def _questions(self) -> Mapping[str, str]:
        return {indicator.id: indicator.question for indicator in self.survey.indicators}

    @cached_property
    def _asked(self) -> Mapping[str, tuple[Entry, ...]]:
        """Of each routed question, and index with a routed item, what counts the people asked."""
        survey = self.survey
        asked: dict[str, tuple[Entry, ...]] = {
            question.id: tuple((question.id, code) for code in (VALID, *SPECIALS))
            for question in survey.questions
            if question.routed
        }
        for index in survey.indexes:
            if any(survey.question(id).routed for id in index.items):
                asked[f"{INDEX}/{index.id}"] = ((INDEX, indexes.name(index, indexes.ASKED)),)
        return asked


def views(node: Node) -> tuple[Node, ...]:
    """The views to which a block of this node belongs."""
    groups = tuple(group for group in node if group[1] != UNKNOWN)
    joint = tuple(group for group in groups if group[0] in JOINT)
    return ((), *((group,) for group in groups), *([joint] if len(joint) == len(JOINT) else []))
