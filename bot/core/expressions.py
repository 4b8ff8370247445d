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
from math import floor
from typing import Literal

from bot.core.survey import SPECIALS, Answer, Condition, Expression

Value = str | int | float | None

PLACES = 6
LARGEST = 10**15

Sign = Literal["+", "-", "*", "div", "mod"]


@dataclass(frozen=True)
class Constant(Expression):
    """A number or a code, as written."""

    value: str | int | float


@dataclass(frozen=True)
class Ref(Expression):
    """The answer to a question."""

    question: str


@dataclass(frozen=True)
class Arithmetic(Expression):
    """Two numbers put together."""

    sign: Sign
    left: Expression
    right: Expression


@dataclass(frozen=True)
class CountSelected(Expression):
    """How many options of a multiple choice were picked; 1 for one answer."""

    question: str


@dataclass(frozen=True)
class Call(Expression):
    """A function of numbers: round, int, min or max."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Either(Expression):
    """One of two, by a test."""

    test: Condition
    then: Expression
    otherwise: Expression


def worked_out(
    expression: Expression, answers: Mapping[str, Answer], holds: Callable[[Condition, Mapping[str, Answer]], bool]
) -> Value:
    """What the expression comes to for a person with these answers; None where it comes to nothing."""

    def of(part: Expression) -> Value:
        match part:
            case Constant(value):
                return value
            case Ref(question):
                return _answer(answers.get(question))
            case CountSelected(question):
                return _how_many(answers.get(question))
            case Arithmetic(sign, left, right):
                return _put_together(sign, of(left), of(right))
            case Call(name, arguments):
                return _called(name, [of(argument) for argument in arguments])
            case Either(test, then, otherwise):
                return of(then if holds(test, answers) else otherwise)
        raise TypeError(f"{type(part).__name__} is no kind of expression")

    return of(expression)


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


def _put_together(sign: Sign, left: Value, right: Value) -> Value:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    match sign:
        case "+":
            return _settled(left + right)
        case "-":
            return _settled(left - right)
        case "*":
            return _settled(left * right)
    if right == 0:
        return None
    return _settled(left / right if sign == "div" else left - right * int(left / right))


def _called(name: str, values: list[Value]) -> Value:
    numbers = [value for value in values if isinstance(value, int | float)]
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


def _settled(number: int | float) -> Value:
    if not -LARGEST < number < LARGEST:
        return None
    rounded = round(number, PLACES)
    return int(rounded) if rounded == int(rounded) else rounded
