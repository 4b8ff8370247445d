"""What is worked out: held against Python, which knows nothing of our grammar.

Promises:
1. An expression comes to what Python makes of it, where every number is there.
2. What cannot be worked out is empty: no answer, a special one, a word, a division by zero; a comparison with it
   is false, `!=` true.
3. XLSForm's spelling and Python's are read alike.
4. Numbers are rounded to six places, whole ones are whole, and none is larger than fifteen digits.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.conditions import holds, names
from bot.core.expressions import is_number
from bot.core.grammar import MOST_NODES, ConditionError, parse, parse_value
from bot.core.survey import Answer

NAMES = ("a", "b", "c")


# -- an evaluator of our own ------------------------------------------------------------------------------


@dataclass(eq=False)
class Number:
    """A number for Python's own evaluator; None where it is empty, and so is whatever is made of it."""

    value: float | None

    def __add__(self, other: Number) -> Number:
        return made(lambda a, b: a + b, self, other)

    def __sub__(self, other: Number) -> Number:
        return made(lambda a, b: a - b, self, other)

    def __mul__(self, other: Number) -> Number:
        return made(lambda a, b: a * b, self, other)

    def __truediv__(self, other: Number) -> Number:
        return made(lambda a, b: a / b, self, other)

    def __mod__(self, other: Number) -> Number:
        return made(rest, self, other)

    def __lt__(self, other: Number) -> bool:
        return self.value is not None and other.value is not None and self.value < other.value

    def __ge__(self, other: Number) -> bool:
        return self.value is not None and other.value is not None and self.value >= other.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and None not in (self.value, other.value) and self.value == other.value


def rest(one: float, other: float) -> float:
    """What is left of a division, reckoned exactly."""
    left, right = Fraction(str(one)), Fraction(str(other))
    return float(left - right * int(left / right))


def made(how: Any, *numbers: Number) -> Number:
    """A number made of others, rounded as a law says; empty where one is, or where nothing can be divided."""
    try:
        return Number(round(how(*(float(number.value) for number in numbers)), 6))  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return Number(None)


KNOWN = {
    "N": Number,
    "if_": lambda test, one, other: one if test else other,
    "round": lambda number: made(lambda a: floor(a + 0.5), number),
    "int": lambda number: made(int, number),
    "min": lambda *numbers: made(min, *numbers),
    "max": lambda *numbers: made(max, *numbers),
}

# -- expressions in three spellings ------------------------------------------------------------------------

Spelt = tuple[str, str, str]
"""As a survey file may write it in Python's way and in XLSForm's, and as Python itself runs it."""

LEAVES = st.sampled_from([*NAMES, "0", "1", "3", "2.5", "0.1"]).map(
    lambda word: (word, f"${{{word}}}", word) if word in NAMES else (word, word, f"N({word})")
)
SIGNS = st.sampled_from([("+",) * 3, ("-",) * 3, ("*",) * 3, ("div", "div", "/"), ("mod", "mod", "%")])
BESIDE = st.sampled_from([("==", "=", "=="), ("!=", "!=", "!="), ("<", "<", "<"), (">=", ">=", ">=")])
CALLS = st.sampled_from(["round", "int", "min", "max"])


def joined(parts: tuple[Spelt, tuple[str, ...], Spelt]) -> Spelt:
    """Two parts with a sign between them, in brackets."""
    one, sign, other = parts
    return tuple(f"({a} {s} {b})" for a, s, b in zip(one, sign, other, strict=True))  # type: ignore[return-value]


def called(parts: tuple[str, Spelt, Spelt]) -> Spelt:
    """A function of one number or two."""
    name, one, other = parts
    two = name in ("min", "max")
    return tuple(f"{name}({a}, {b})" if two else f"{name}({a})" for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def either(parts: tuple[Spelt, Spelt, Spelt]) -> Spelt:
    """One of two, by a test."""
    words = [", ".join(each) for each in zip(*parts, strict=True)]
    return f"if({words[0]})", f"if({words[1]})", f"if_({words[2]})"


def relations(values: st.SearchStrategy[Spelt]) -> st.SearchStrategy[Spelt]:
    """Two values beside each other, one of them more than a bare number."""
    bare = "N("
    pairs = st.tuples(values, BESIDE, values)
    return pairs.filter(lambda parts: not parts[0][2].startswith(bare) or not parts[2][2].startswith(bare)).map(
        joined
    )


def readable(spelt: Spelt) -> bool:
    """Whether it has no more parts than a condition may have."""
    return sum(isinstance(node, ast.expr) for node in ast.walk(ast.parse(spelt[2], mode="eval"))) <= MOST_NODES


VALUES: st.SearchStrategy[Spelt] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, SIGNS, inner).map(joined),
        st.tuples(CALLS, inner, inner).map(called),
        st.tuples(relations(inner), inner, inner).map(either),
    ),
    max_leaves=6,
)
TESTS: st.SearchStrategy[Spelt] = st.recursive(
    relations(VALUES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([("and",) * 3, ("or",) * 3]), inner).map(joined),
        inner.map(lambda spelt: tuple(f"not {words}" for words in spelt)),
    ),
    max_leaves=3,
)
ANSWERS = st.dictionaries(
    st.sampled_from(NAMES), st.integers(0, 20) | st.sampled_from([0.1, 0.2, 2.5, "dont_know", "skipped"])
)


def run(python: str, answers: dict[str, int | float | str]) -> Any:
    """What Python says; answers that are none are empty numbers."""
    numbers = {name: answers.get(name) for name in NAMES}
    known = {name: Number(None if isinstance(value, str) else value) for name, value in numbers.items()}
    return eval(python, {"__builtins__": {}}, {**KNOWN, **known})  # noqa: S307 - made of the tokens above alone


@settings(max_examples=200)
@given(VALUES.filter(readable), ANSWERS)
def test_a_value_comes_to_what_python_makes_of_it(spelt: Spelt, answers: dict[str, Answer]) -> None:
    mine = parse_value(spelt[0])
    assert parse_value(spelt[1]) == mine, "both spellings"
    assert is_number(mine, lambda _name: True)
    found, wanted = mine.compute(answers), run(spelt[2], answers).value  # type: ignore[arg-type]
    assert found == wanted
    assert found is None or (isinstance(found, int) == (found == int(found))), "a whole number is whole"


@settings(max_examples=200)
@given(TESTS.filter(readable), ANSWERS)
def test_a_test_holds_where_python_says_so(spelt: Spelt, answers: dict[str, Answer]) -> None:
    mine = parse(spelt[0])
    assert parse(spelt[1]) == mine, "both spellings"
    assert names(mine) <= set(NAMES)
    assert holds(mine, answers) is bool(run(spelt[2], answers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "answers", "wanted"),
    [
        ("${a} + ${b}", {"a": 0.1, "b": 0.2}, 0.3),
        ("${a} div ${b}", {"a": 1, "b": 0}, None),
        ("${a} mod ${b}", {"a": 7, "b": 0}, None),
        ("0 - ${a} mod 3", {"a": 7}, -1),
        ("${a} mod 0.1", {"a": 0.3}, 0),
        ("${a} mod 1", {"a": 2.5}, 0.5),
        ("${a} + 1", {}, None),
        ("${a} + 1", {"a": "dont_know"}, None),
        ("${a} + 1", {"a": "road"}, None),
        ("count-selected(${a})", {"a": ("x", "y")}, 2),
        ("count-selected(${a})", {"a": "x"}, 1),
        ("count-selected(${a})", {"a": "prefer_not"}, None),
        ("count-selected(${a})", {}, None),
        ("if(${a} > 1, 'many', 'few')", {"a": 2}, "many"),
        ("if(${a} > 1, 1, 0)", {}, 0),
        ("round(${a}, 1)", {"a": 2.25}, 2.3),
        ("round(2.5)", {}, 3),
        ("int(0 - 2.5)", {}, -2),
        ("min(${a}, 3, ${b})", {"a": 2, "b": 9}, 2),
        ("max(${a}, ${b})", {"a": 2}, None),
        ("999999999 * 999999999", {}, None),
        ("10 div 4", {}, 2.5),
    ],
)
def test_an_expression_comes_to(written: str, answers: dict[str, Answer], wanted: Answer | None) -> None:
    found = parse_value(written).compute(answers)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("written", "answers", "wanted"),
    [
        ("${day} < '2026-05'", {"day": "2026-04"}, True),
        ("${day} >= '2026-05'", {"day": "2026-04"}, False),
        ("${day} < '2026-05'", {"day": "dont_know"}, False),
        ("${day} < '2026-05'", {}, False),
        ("${day} != '2026-05'", {}, True),
        ("${a} = ${b}", {"a": "x", "b": "x"}, True),
        ("${a} = ${b}", {}, False),
        ("${a} != ${b}", {}, True),
        ("${a} < ${b}", {"a": "x", "b": "y"}, False),
        ("${a} = 'x'", {"a": ("x",)}, True),
        ("${a} = 'x'", {"a": ("x", "y")}, False),
        ("${a} != 'x'", {"a": ("x", "y")}, True),
        ("2 < ${a} and ${a} <= 2.5", {"a": 2.5}, True),
    ],
)
def test_a_condition_holds(written: str, answers: dict[str, Answer], wanted: bool) -> None:
    assert holds(parse(written), answers) is wanted


def test_a_dot_is_the_answer_itself_where_there_is_one() -> None:
    test = parse(". >= 1 and selected(., 'x') or count-selected(.) < ${most}", own="it")
    assert names(test) == {"it", "most"}
    with pytest.raises(ConditionError, match="none yet"):
        parse(". >= 1")
