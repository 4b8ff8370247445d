"""What is worked out from answers: numbers and codes as expressions, and what they come to.

Laws:
1. What cannot be worked out is empty (None): no answer, a special answer, a word where a number is meant, a
   division by zero. Nothing here ever fails on an answer.
2. Numbers are rounded to six places after each step, so that .1 + .2 is .3; a number without places is whole.
3. A number too large for a phone (over 15 digits) is empty.

The meaning of the functions is XLSForm's (docs.getodk.org, Form Operators and Functions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import copysign, floor
from operator import add, mul, sub
from typing import Any, Literal

from bot.core.survey import SPECIALS, Answer, Answers, Condition, Expression, Value

PLACES = 6
LARGEST = 10**15
NUMBER = (int, float)

Sign = Literal["+", "-", "*", "div", "mod"]

Compute = Callable[[Answers], Value]


@dataclass(frozen=True)
class Constant(Expression):
    """A number or a code, as written."""

    value: str | int | float

    @cached_property
    def compute(self) -> Compute:
        value = self.value
        return lambda _answers: value


@dataclass(frozen=True)
class Ref(Expression):
    """The answer to a question."""

    question: str

    @cached_property
    def compute(self) -> Compute:
        question = self.question

        def compute(answers: Answers) -> Value:
            answer = answers.get(question)
            return answer if isinstance(answer, NUMBER) else _answer(answer)

        return compute


@dataclass(frozen=True)
class Arithmetic(Expression):
    """Two numbers put together."""

    sign: Sign
    left: Expression
    right: Expression

    @cached_property
    def compute(self) -> Compute:
        reckon, left, right = _RECKONED[self.sign], self.left.compute, self.right.compute

        def compute(answers: Answers) -> Value:
            one, other = left(answers), right(answers)
            if not isinstance(one, NUMBER) or not isinstance(other, NUMBER):
                return None
            return _settled(reckon(one, other))

        return compute


@dataclass(frozen=True)
class CountSelected(Expression):
    """How many options of a multiple choice were picked; 1 for one answer."""

    question: str

    @cached_property
    def compute(self) -> Compute:
        question = self.question
        return lambda answers: _how_many(answers.get(question))


@dataclass(frozen=True)
class Call(Expression):
    """A function of numbers: round, int, min or max."""

    name: str
    arguments: tuple[Expression, ...]

    @cached_property
    def compute(self) -> Compute:
        name, arguments = self.name, tuple(argument.compute for argument in self.arguments)
        return lambda answers: _called(name, [argument(answers) for argument in arguments])


@dataclass(frozen=True)
class Either(Expression):
    """One of two, by a test."""

    test: Condition
    then: Expression
    otherwise: Expression

    @cached_property
    def compute(self) -> Compute:
        test, then, otherwise = self.test.check, self.then.compute, self.otherwise.compute
        return lambda answers: then(answers) if test(answers) else otherwise(answers)


def parts(expression: Expression) -> Iterator[Expression | Condition]:
    """The expression and all that stands in it; a test of `if` is handed out whole."""
    yield expression
    match expression:
        case Arithmetic(_, left, right):
            yield from parts(left)
            yield from parts(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from parts(argument)
        case Either(test, then, otherwise):
            yield test
            yield from parts(then)
            yield from parts(otherwise)


def is_number(expression: Expression, numbers: Callable[[str], bool]) -> bool:
    """Whether the expression comes to a number; `numbers` says so of a question's answer."""
    match expression:
        case Constant(value):
            return not isinstance(value, str)
        case Ref(question):
            return numbers(question)
        case Either(_, then, otherwise):
            return is_number(then, numbers) and is_number(otherwise, numbers)
        case Arithmetic(_, left, right):
            return is_number(left, numbers) and is_number(right, numbers)
        case Call(_, arguments):
            return all(is_number(argument, numbers) for argument in arguments)
    return True


def _answer(answer: Answer | None) -> Value:
    if isinstance(answer, tuple):  # as in XLSForm: a multiple choice equals a code when that alone was picked
        return answer[0] if len(answer) == 1 else None
    return None if answer in SPECIALS else answer


def _how_many(answer: Answer | None) -> Value:
    if answer is None or answer in SPECIALS:
        return None
    return len(answer) if isinstance(answer, tuple) else 1


def _divided(one: int | float, other: int | float) -> int | float | None:
    return one / other if other else None


def _rest(one: int | float, other: int | float) -> int | float | None:
    """As XPath has it: with the sign of what is divided. In millionths, so that .3 mod .1 is nothing."""
    left, right = round(one * 10**PLACES), round(other * 10**PLACES)
    return copysign(abs(left) % abs(right), left) / 10**PLACES if right else None


_RECKONED: Mapping[Sign, Callable[[Any, Any], int | float | None]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "div": _divided,
    "mod": _rest,
}


def _called(name: str, values: list[Value]) -> Value:
    numbers = [value for value in values if isinstance(value, NUMBER)]
    if len(numbers) != len(values):
        return None
    match name, numbers:
        case "round", [number]:
            return floor(number + 0.5)
        case "round", [number, places]:
            step = 10 ** max(0, min(PLACES, int(places)))
            return _settled(floor(number * step + 0.5) / step)
        case "int", [number]:
            return int(number)
        case "min", _:
            return min(numbers)
        case "max", _:
            return max(numbers)
    return None


def _settled(number: int | float | None) -> Value:
    if number is None or not -LARGEST < number < LARGEST:
        return None
    if isinstance(number, int):
        return number
    rounded = round(number, PLACES)
    return int(rounded) if rounded == int(rounded) else rounded
