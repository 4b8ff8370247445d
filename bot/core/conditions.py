"""When a question is asked: conditions as values, what they mean, and the two ways to write them.

Laws:
1. A question that was not asked or not answered has the empty value: `=` is false, `!=` true, `<` and `>`
   false, `selected()` false. Nothing here ever fails on an answer.
2. "Don't know" and "prefer not to answer" are ordinary codes.
3. What is written is never run: it is read into the five kinds below, or refused with a reason.

Written as Python would (`age >= 18 and role == 'teacher'`), as XLSForm would
(`${age} >= 18 and selected(${roles}, 'teacher')`), or without a language (`{role: [teacher, doctor]}`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Literal

from bot.core.survey import Answer, Condition, Question

MOST_NODES = 50
"""A condition of more parts than this is beyond anyone's reading; split the question instead."""

MOST_LETTERS = 2_000
"""Longer words are not even looked at; fifty parts need far less."""

MOST_WORLDS = 4_096
"""How many combinations of answers are tried to find a condition that is never or always true."""

MOST_PICKED = 8
"""How many codes of a multiple choice are combined: 255 ways to pick them."""

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


class ConditionError(ValueError):
    """What is written is no condition; the words say why, in plain language."""


@dataclass(frozen=True)
class Compare(Condition):
    """The answer to a question beside one value: a code, or a whole number."""

    question: str
    operator: Operator
    value: str | int


@dataclass(frozen=True)
class Selected(Condition):
    """True when the answer is one of these codes or, in a multiple choice, holds one of them."""

    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class All(Condition):
    """True when every part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf(Condition):
    """True when at least one part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    """True when its part is false."""

    part: Condition


# -- what a condition means -----------------------------------------------------------------------------


def holds(condition: Condition | None, answers: Mapping[str, Answer]) -> bool:
    """Whether a question with this condition is asked of a person with these answers."""
    match condition:
        case None:
            return True
        case Compare(question, operator, value):
            return _compared(answers.get(question), operator, value)
        case Selected(question, codes):
            return _selected(answers.get(question), codes)
        case All(parts):
            return all(holds(part, answers) for part in parts)
        case AnyOf(parts):
            return any(holds(part, answers) for part in parts)
        case Not(part):
            return not holds(part, answers)
    raise TypeError(f"{type(condition).__name__} is no kind of condition")


def _compared(answer: Answer | None, operator: Operator, value: str | int) -> bool:
    if operator == "!=":
        return not _compared(answer, "=", value)
    if isinstance(answer, tuple):  # as in XLSForm: a multiple choice equals a code when that alone was picked
        answer = answer[0] if len(answer) == 1 else None
    if operator == "=":
        return answer is not None and answer == value
    if not isinstance(answer, int) or not isinstance(value, int):
        return False
    match operator:
        case "<":
            return answer < value
        case "<=":
            return answer <= value
        case ">":
            return answer > value
        case ">=":
            return answer >= value


def _selected(answer: Answer | None, codes: tuple[str, ...]) -> bool:
    if isinstance(answer, tuple):
        return any(code in answer for code in codes)
    return answer is not None and answer in codes


def atoms(condition: Condition | None) -> Iterator[Compare | Selected]:
    """The comparisons a condition is made of, in the order in which they were written."""
    match condition:
        case Compare() | Selected():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from atoms(part)
        case Not(part):
            yield from atoms(part)


def names(condition: Condition | None) -> frozenset[str]:
    """The ids of the questions a condition reads."""
    return frozenset(atom.question for atom in atoms(condition))


def codes(condition: Condition | None) -> dict[str, tuple[str, ...]]:
    """The codes a condition mentions, each question's in the order in which they were written."""
    found: dict[str, dict[str, None]] = {}
    for atom in atoms(condition):
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
                self._told.setdefault(atom.question, []).append(atom)

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
        return prod(max(2, len(self.of(id) or ()) + (self.known[id].show_if is not None)) for id in ids)


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
    if question.type in ("choice", "scale", "yes_no"):
        kept = [option.code for option in question.options if option.code not in question.screen_out]
    elif question.type == "number" and question.low is not None and question.high is not None:
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
    decided = names(question.show_if) <= inside
    asked = holds(question.show_if, world)
    if asked or not decided:
        for answer in ways.of(question.id) or ():
            yield from _worlds(rest, {**world, question.id: answer}, inside, ways)
    if not asked or not decided:
        yield from _worlds(rest, world, inside, ways)


# -- how a condition is written -------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:
        \$\{\s*(?P<field>[A-Za-z_][A-Za-z0-9_]*)\s*\}
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9]+)
      | (?P<text>'[^'"\\\n]*'|"[^'"\\\n]*")
      | (?P<sign>==|!=|<=|>=|=|<|>|\(|\)|\[|\]|,|-)
    )""",
    re.VERBOSE | re.ASCII,
)
_SIGNS = {"=": "=="}
_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_MIRRORED: Mapping[Operator, Operator] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def parse(expression: str) -> Condition:
    """The condition written in `expression`; ConditionError with a plain reason when it is none."""
    source = _python(expression)
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError("it cannot be read: a bracket, a word or a value is missing or too many") from None
    if sum(isinstance(node, ast.expr) for node in ast.walk(tree)) > MOST_NODES:
        raise ConditionError(f"it has more than {MOST_NODES} parts")
    return _condition(tree.body)


def from_mapping(wanted: Mapping[str, Sequence[str]]) -> Condition:
    """All questions must match, each by any of its codes; ConditionError when nothing is asked for."""
    if not wanted:
        raise ConditionError("it names no question")
    for question, listed in wanted.items():
        if not listed:
            raise ConditionError(f"it names no answer to '{question}'")
    parts = tuple(Selected(question, tuple(listed)) for question, listed in wanted.items())
    return parts[0] if len(parts) == 1 else All(parts)


def _python(expression: str) -> str:
    """The same condition as Python would write it, made of known tokens alone."""
    if len(expression) > MOST_LETTERS:
        raise ConditionError(f"it is longer than {MOST_LETTERS} letters")
    tokens: list[str] = []
    at = 0
    rest = expression.rstrip()
    while at < len(rest):
        token = _TOKEN.match(rest, at)
        if token is None:
            raise ConditionError(f"{rest[at:].lstrip()[:1]!r} has no meaning here")
        if token["number"] and len(token["number"]) > 9:
            raise ConditionError(f"{token['number'][:12]}... is too large a number")
        if token["number"]:
            tokens.append(str(int(token["number"])))
        elif token["sign"]:
            tokens.append(_SIGNS.get(token["sign"], token["sign"]))
        else:
            tokens.append(token["field"] or token["word"] or token["text"])
        at = token.end()
    if not tokens:
        raise ConditionError("it is empty")
    return " ".join(tokens)


def _condition(node: ast.expr) -> Condition:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return All(tuple(_condition(value) for value in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return AnyOf(tuple(_condition(value) for value in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_condition(operand))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = (left, *comparators)
            parts = tuple(_comparison(a, op, b) for a, op, b in zip(sides, ops, comparators, strict=False))
            return parts[0] if len(parts) == 1 else All(parts)
        case ast.Call(func=ast.Name(id="selected"), args=[ast.Name(id=question), value], keywords=[]):
            return Selected(question, (_text(value),))
        case ast.Call(func=ast.Name(id=name)) if name != "selected":
            raise ConditionError(f"{name}() is not known; there is only selected(question, 'code')")
        case ast.Call():
            raise ConditionError("selected() takes a question and one code: selected(roles, 'teacher')")
        case ast.Name(id=name):
            raise ConditionError(f"'{name}' stands alone: say which answer is meant, as in {name} = 'yes'")
        case ast.Constant():
            raise ConditionError("a value stands alone: say to which question it belongs")
        case _:
            raise ConditionError("only =, !=, <, <=, >, >=, in, and, or, not and selected() are known")


def _comparison(left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
    match left, op, right:
        case ast.Name(id=question), ast.In() | ast.NotIn(), _:
            found: Condition = Selected(question, _texts(right))
            return Not(found) if isinstance(op, ast.NotIn) else found
        case _, ast.In() | ast.NotIn(), ast.Name(id=question):
            found = Selected(question, (_text(left),))
            return Not(found) if isinstance(op, ast.NotIn) else found
        case ast.Name(), _, ast.Name():
            raise ConditionError("it compares two questions: only a question and a value can be compared")
        case ast.Name(id=question), _, _ if type(op) in _OPERATORS:
            return Compare(question, _OPERATORS[type(op)], _value(right))
        case _, _, ast.Name(id=question) if type(op) in _OPERATORS:
            return Compare(question, _MIRRORED[_OPERATORS[type(op)]], _value(left))
        case _:
            raise ConditionError("it compares something else than a question and a value")


def _value(node: ast.expr) -> str | int:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))) if not isinstance(number, bool):
            return -number
        case _:
            raise ConditionError("a value is a whole number, or a code in quotes: 18 or 'teacher'")


def _text(node: ast.expr) -> str:
    value = _value(node)
    if isinstance(value, int):
        raise ConditionError(f"{value} stands where a code in quotes is meant")
    return value


def _texts(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Tuple | ast.List):
        if not node.elts:
            raise ConditionError("it names no answer")
        return tuple(_text(element) for element in node.elts)
    return (_text(node),)
