"""When something holds: conditions as values, and what they mean. `bot.core.grammar` reads them.

Laws:
1. A question that was not asked or not answered has the empty value: `=` is false, `!=` true, `<` and `>`
   false, `selected()` false. Nothing here ever fails on an answer.
2. "Don't know" and "prefer not to answer" are ordinary codes beside `=`, `!=` and `selected()`; whatever is
   worked out from them is empty.
3. A condition is one of the six kinds below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations
from math import prod
from operator import ge, gt, le, lt
from typing import Any, Literal

from bot.core.expressions import NUMBER, CountSelected, Ref, parts
from bot.core.survey import Answer, Answers, Check, Condition, Expression, Question

ONE_OF_A_LIST = frozenset({"choice", "scale", "grid", "yes_no", "arm"})
"""Kinds of question whose answer is one of their options."""

MOST_WORLDS = 4_096
"""How many combinations of answers are tried to find a condition that is never or always true."""

MOST_PICKED = 8
"""How many codes of a multiple choice are combined: 255 ways to pick them."""

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Compare(Condition):
    """The answer to a question beside one value: a code, or a number."""

    question: str
    operator: Operator
    value: str | int | float

    @cached_property
    def check(self) -> Check:
        question, value = self.question, self.value
        same = (value, (value,))  # as in XLSForm: a multiple choice equals a code when that alone was picked
        if self.operator == "=":
            return lambda answers: answers.get(question) in same
        if self.operator == "!=":
            return lambda answers: answers.get(question) not in same
        compared = _ORDERS[self.operator]
        return lambda answers: _alike(answer := answers.get(question), value) and compared(answer, value)


@dataclass(frozen=True)
class Relation(Condition):
    """Two things worked out, beside each other; false where one is empty, but for `!=`."""

    left: Expression
    operator: Operator
    right: Expression

    @cached_property
    def check(self) -> Check:
        left, right = self.left.compute, self.right.compute
        if self.operator == "=":
            return lambda answers: (one := left(answers)) is not None and one == right(answers)
        if self.operator == "!=":
            return lambda answers: (one := left(answers)) is None or one != right(answers)
        compared = _ORDERS[self.operator]
        return lambda answers: _alike(one := left(answers), other := right(answers)) and compared(one, other)


@dataclass(frozen=True)
class Selected(Condition):
    """True when the answer is one of these codes or, in a multiple choice, holds one of them."""

    question: str
    codes: tuple[str, ...]

    @cached_property
    def check(self) -> Check:
        question, codes = self.question, frozenset(self.codes)

        def check(answers: Answers) -> bool:
            answer = answers.get(question)
            return not codes.isdisjoint(answer) if isinstance(answer, tuple) else answer in codes

        return check


@dataclass(frozen=True)
class All(Condition):
    """True when every part is true."""

    parts: tuple[Condition, ...]

    @cached_property
    def check(self) -> Check:
        return reduce(_and, (part.check for part in self.parts))


@dataclass(frozen=True)
class AnyOf(Condition):
    """True when at least one part is true."""

    parts: tuple[Condition, ...]

    @cached_property
    def check(self) -> Check:
        return reduce(_or, (part.check for part in self.parts))


@dataclass(frozen=True)
class Not(Condition):
    """True when its part is false."""

    part: Condition

    @cached_property
    def check(self) -> Check:
        part = self.part.check
        return lambda answers: not part(answers)


# -- what a condition means -----------------------------------------------------------------------------


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether this holds for a person with these answers; no condition holds for everybody."""
    return condition is None or condition.check(answers)


def _and(one: Check, other: Check) -> Check:
    return lambda answers: one(answers) and other(answers)


def _or(one: Check, other: Check) -> Check:
    return lambda answers: one(answers) or other(answers)


_ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _alike(one: object, other: object) -> bool:
    """Whether two things have an order: numbers, or days, which letters put in it as they are written."""
    if isinstance(one, NUMBER):
        return isinstance(other, NUMBER)
    return isinstance(one, str) and isinstance(other, str) and one[:1].isdigit() and other[:1].isdigit()


def atoms(condition: Condition | None) -> Iterator[Compare | Selected | Relation]:
    """The comparisons a condition is made of, in the order in which they were written."""
    match condition:
        case Compare() | Selected():
            yield condition
        case Relation(left, _, right):
            yield condition
            for expression in (left, right):
                for part in parts(expression):
                    if isinstance(part, Condition):
                        yield from atoms(part)
        case All(inner) | AnyOf(inner):
            for one in inner:
                yield from atoms(one)
        case Not(part):
            yield from atoms(part)


def names(condition: Condition | None) -> frozenset[str]:
    """The ids of the questions a condition reads."""
    found: set[str] = set()
    for atom in atoms(condition):
        if isinstance(atom, Relation):
            found |= named(atom.left) | named(atom.right)
        else:
            found.add(atom.question)
    return frozenset(found)


def named(expression: Expression) -> frozenset[str]:
    """The ids of the questions an expression reads."""
    found: set[str] = set()
    for part in parts(expression):
        if isinstance(part, Ref | CountSelected):
            found.add(part.question)
        elif isinstance(part, Condition):
            found |= names(part)
    return frozenset(found)


def agreed(condition: Condition | None) -> frozenset[str]:
    """The questions without a yes to which a condition does not hold, as far as its words tell."""
    match condition:
        case Compare(question, "=", "yes") | Selected(question, ("yes",)):
            return frozenset({question})
        case All(parts):
            return frozenset().union(*map(agreed, parts))
        case AnyOf(parts):
            return reduce(frozenset.intersection, map(agreed, parts))
        case _:
            return frozenset()


def codes(condition: Condition | None) -> dict[str, tuple[str, ...]]:
    """The codes a condition mentions, each question's in the order in which they were written."""
    found: dict[str, dict[str, None]] = {}
    for atom in atoms(condition):
        if isinstance(atom, Relation):
            continue
        mentioned = found.setdefault(atom.question, {})
        if isinstance(atom, Selected):
            mentioned.update(dict.fromkeys(atom.codes))
        elif isinstance(atom.value, str):
            mentioned[atom.value] = None
    return {question: tuple(mentioned) for question, mentioned in found.items()}


# -- never or always true -------------------------------------------------------------------------------


def verdict(condition: Condition, earlier: Sequence[Question]) -> Literal["never", "always"] | None:
    """Whether a condition is the same for everybody; None where it differs or cannot be counted out.

    Every combination of answers to the questions it reads is tried, together with the questions on which
    those depend. `earlier` holds the questions before it, in the order of the file.
    """
    ways = _Ways(condition, earlier)
    chain = _chain(condition, ways)
    if chain is None:
        return None
    seen: set[bool] = set()
    for world in _worlds([question for question in earlier if question.id in chain], {}, chain, ways):
        seen.add(holds(condition, world))
        if len(seen) == 2:
            return None
    return "always" if True in seen else "never"


def tries(condition: Condition, earlier: Sequence[Question]) -> int:
    """How many combinations `verdict` tries at most; 0 where it tries none."""
    ways = _Ways(condition, earlier)
    chain = _chain(condition, ways)
    return 0 if chain is None else ways.combinations(chain)


class _Ways:
    """The answers that can be given to each question: one of each sort that the conditions tell apart."""

    def __init__(self, condition: Condition, earlier: Sequence[Question]) -> None:
        self.known = {question.id: question for question in earlier}
        self._told: dict[str, list[Compare | Selected]] = {}
        self._found: dict[str, tuple[Answer, ...] | None] = {}
        for one in (condition, *(question.show_if for question in earlier)):
            for atom in atoms(one):
                if isinstance(atom, Relation):  # what is worked out of an answer tells all answers apart
                    self._found |= {id: None for id in names(atom) if not self._named_whole(id)}
                else:
                    self._told.setdefault(atom.question, []).append(atom)

    def _named_whole(self, id: str) -> bool:
        return id in self.known and self.known[id].type in ONE_OF_A_LIST

    def of(self, id: str) -> tuple[Answer, ...] | None:
        """Answers after which an interview goes on; None where they cannot be counted out."""
        if id not in self._found:
            question = self.known.get(id)
            self._found[id] = None if question is None else _possible(question, self._told.get(id, ()))
        return self._found[id]

    def few_enough(self, ids: frozenset[str]) -> bool:
        """Whether every combination of answers to these questions can be tried."""
        return all(self.of(id) is not None for id in ids) and self.combinations(ids) <= MOST_WORLDS

    def combinations(self, ids: frozenset[str]) -> int:
        """How many combinations there are, not being asked among them."""
        return prod(max(2, len(self.of(id) or ()) + self.known[id].routed) for id in ids)


def _chain(condition: Condition, ways: _Ways) -> frozenset[str] | None:
    """The questions a condition hangs on, as far back as they can be counted out; None if not even its own."""
    chain = names(condition)
    if not ways.few_enough(chain):
        return None
    while True:
        wider = chain.union(*(names(ways.known[id].show_if) for id in chain))
        if wider == chain or not ways.few_enough(wider):
            return chain
        chain = wider


def _possible(question: Question, told: Sequence[Compare | Selected]) -> tuple[Answer, ...] | None:
    kept: Sequence[Answer] | None = None
    if question.type in ONE_OF_A_LIST:
        kept = [option.code for option in question.options if option.code not in question.screen_out]
    elif question.type == "number" and not question.decimals and None not in (question.low, question.high):
        assert question.low is not None and question.high is not None
        values = [atom.value for atom in told if isinstance(atom, Compare) and isinstance(atom.value, int)]
        near = {question.low, question.high, *(value + d for value in values for d in (-1, 0, 1))}
        kept = sorted(n for n in near if question.low <= n <= question.high)
    elif question.type == "choices":
        kept = _pickings(question, told)
    return None if kept is None else (*kept, *question.specials)


def _pickings(question: Question, told: Sequence[Compare | Selected]) -> list[Answer] | None:
    """What can be picked together of the codes that are looked for and of one other; None where that is much."""
    wanted = {code for atom in told for code in (atom.codes if isinstance(atom, Selected) else (atom.value,))}
    free = [option.code for option in question.options if option.code not in question.exclusive]
    other = [code for code in free if code not in wanted][:1]
    free = [code for code in free if code in wanted or code in other]
    if len(free) > MOST_PICKED:
        return None
    together = [picked for n in range(1, len(free) + 1) for picked in combinations(free, n)]
    return [*together, *((code,) for code in question.exclusive)]


def _worlds(
    chain: Sequence[Question], world: dict[str, Answer], inside: frozenset[str], ways: _Ways
) -> Iterator[dict[str, Answer]]:
    """Every set of answers with which a person can come past these questions, begun as in `world`."""
    if not chain:
        yield world
        return
    question, *rest = chain
    decided = names(question.show_if) <= inside and question.filter is None
    asked = holds(question.show_if, world)
    if asked or not decided:
        for answer in ways.of(question.id) or ():
            yield from _worlds(rest, {**world, question.id: answer}, inside, ways)
    if not asked or not decided:
        yield from _worlds(rest, world, inside, ways)
