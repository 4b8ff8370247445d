"""Conditions and values as XLSForm writes them, and from XLSForm back into the words of survey files.

A month or a year is a whole day in XLSForm, its first one; going back, the day is cut to what the question asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.conditions import All, AnyOf, Compare, Not, Relation, Selected
from bot.core.expressions import Arithmetic, Call, Constant, CountSelected, Either, Ref
from bot.core.grammar import MOST_LETTERS
from bot.core.questions.date import LENGTHS, is_day
from bot.core.survey import Condition, Expression

KNOWN = frozenset(
    {"selected", "count-selected", "if", "round", "int", "min", "max", "not", "and", "or", "in", "date"}
)
"""What may stand before a bracket."""


# -- out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pen:
    """Writes conditions of one question: `own` is what `.` means, `precision` how exactly each date is asked."""

    own: str = ""
    precision: Mapping[str, str] = field(default_factory=dict)

    def condition(self, condition: Condition | None) -> str:
        """The condition, as XLSForm writes it."""
        match condition:
            case Compare(question, operator, value):
                return f"{self._name(question)} {operator} {self._value(value, question)}"
            case Selected(question, codes):
                each = [f"selected({self._name(question)}, '{code}')" for code in codes]
                return each[0] if len(each) == 1 else f"({' or '.join(each)})"
            case All(parts):
                return " and ".join(self._part(part) for part in parts)
            case AnyOf(parts):
                return " or ".join(self._part(part) for part in parts)
            case Not(part):
                return f"not({self.condition(part)})"
            case Relation(left, operator, right):
                sides = (self._side(left, right), self._side(right, left))
                return f" {operator} ".join(sides)
        raise TypeError(f"{type(condition).__name__} is no kind of condition")

    def value(self, expression: Expression) -> str:
        """What is worked out, as XLSForm writes it."""
        match expression:
            case Constant(value):
                return self._value(value, "")
            case Ref(question):
                return self._name(question)
            case CountSelected(question):
                return f"count-selected({self._name(question)})"
            case Arithmetic(sign, left, right):
                return f"{self._operand(left)} {sign} {self._operand(right)}"
            case Call(name, arguments):
                return f"{name}({', '.join(self.value(one) for one in arguments)})"
            case Either(test, then, otherwise):
                return f"if({self.condition(test)}, {self.value(then)}, {self.value(otherwise)})"
        raise TypeError(f"{type(expression).__name__} is no kind of expression")

    def _part(self, part: Condition) -> str:
        written = self.condition(part)
        return f"({written})" if isinstance(part, All | AnyOf) else written

    def _operand(self, part: Expression) -> str:
        written = self.value(part)
        return f"({written})" if isinstance(part, Arithmetic) else written

    def _side(self, side: Expression, other: Expression) -> str:
        if isinstance(side, Constant) and isinstance(other, Ref):
            return self._value(side.value, other.question)
        return self.value(side)

    def _name(self, question: str) -> str:
        return "." if question == self.own else f"${{{question}}}"

    def _value(self, value: str | int | float, question: str) -> str:
        if not isinstance(value, str):
            return repr(value)
        precision = self.precision.get(question)
        return f"date('{first_day(value)}')" if precision and is_day(value, precision) else f"'{value}'"


def first_day(day: str) -> str:
    """The day with which a month or a year begins."""
    return f"{day}-01-01"[: len("2026-05-17")] if len(day) == LENGTHS["year"] else f"{day}-01"[:10]


# -- in ---------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?P<field>\$\{[^}]*\}) | (?P<text>'[^']*'|"[^"]*") | (?P<word>[A-Za-z_][A-Za-z0-9_.-]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?) | (?P<own>\.) | (?P<sign><=|>=|!=|[=<>,]) | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_DATE = re.compile(r"""\bdate\(\s*('[^']*'|"[^"]*")\s*\)""")
_FUNCTION = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)\s*\(")


@dataclass(frozen=True)
class Names:
    """What names of a form are called in a survey: questions, and the codes of the options of each.

    `precision` says how exactly each date is asked.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    precision: Mapping[str, str] = field(default_factory=dict)

    def expression(self, text: str, own: str) -> str:
        """An expression of XLSForm with the names of the survey; `own` is the form's name of the question."""
        if len(text) > MOST_LETTERS:
            return text  # no survey takes it
        tokens = list(_TOKEN.finditer(_DATE.sub(r"\1", text)))
        seen = [token for token in tokens if not token["space"]]
        said = {token.start(): self._said(seen, at, own) for at, token in enumerate(seen)}
        return "".join(said.get(token.start(), token[0]) for token in tokens)

    def words(self, text: str) -> str:
        """Words of the form in which earlier answers stand, with the names of the survey."""
        return re.sub(
            r"\$\{\s{0,9}([^}\s$]{1,64})\s{0,9}\}", lambda found: f"${{{self.ids.get(found[1], found[1])}}}", text
        )

    def _said(self, tokens: list[re.Match[str]], at: int, own: str) -> str:
        token = tokens[at]
        if token["field"]:
            name = token["field"][2:-1].strip()
            return f"${{{self.ids.get(name, name)}}}"
        if token["text"] or token["number"]:
            return self._value(token, _beside(tokens, at, own))
        return token[0]

    def _value(self, token: re.Match[str], question: str | None) -> str:
        bare = (token["text"] or "")[1:-1] if token["text"] else token["number"]
        if question is None:
            return token[0]
        code = self.codes.get(question, {}).get(bare)
        if code is not None:
            return f"'{code}'"
        precision = self.precision.get(question)
        if precision and token["text"] and is_day(bare, "day"):
            return f"'{bare[: LENGTHS[precision]]}'"
        return token[0]


def _beside(tokens: list[re.Match[str]], at: int, own: str) -> str | None:
    """The form's name of the question with which the value at this place is compared."""
    for step in (-1, 1):
        sign, name = at + step, at + 2 * step
        if not 0 <= min(sign, name) <= max(sign, name) < len(tokens):
            continue
        if tokens[sign]["sign"] and (step == -1 or tokens[sign][0] != ","):
            if tokens[name]["field"]:
                return tokens[name]["field"][2:-1].strip()
            if tokens[name]["own"]:
                return own
    return None


def unknown_functions(text: str) -> Iterator[str]:
    """The functions of XPath that an expression calls and a survey file does not know."""
    bare = re.sub(r"""'[^']*'|"[^"]*"|\$\{[^}]*\}""", "''", text[:MOST_LETTERS])
    for name in dict.fromkeys(_FUNCTION.findall(bare)):
        if name not in KNOWN:
            yield name
