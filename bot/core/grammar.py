"""How conditions and values are written, and how they are read: the one grammar of survey files.

Laws:
1. What is written is never run: it is read into the kinds of `conditions.py` and `expressions.py`, or refused
   with a reason in plain words.
2. The same may be written as Python would (`age >= 18 and role == 'teacher'`) or as XLSForm would
   (`${age} >= 18 and selected(${roles}, 'teacher')`); a condition also without a language
   (`{role: [teacher, doctor]}`).
3. Whatever is written is read in a time that its length bounds: at most 50 parts, 2,000 letters.

Known: names, `.` (the question itself), numbers, codes in quotes, = != < <= > >=, in, and, or, not,
selected(q, 'code'), count-selected(q), + - * div mod, if(test, a, b), round, int, min, max.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from bot.core.conditions import All, AnyOf, Compare, Not, Operator, Relation, Selected
from bot.core.expressions import Arithmetic, Call, Constant, CountSelected, Either, Ref, Sign
from bot.core.survey import Condition, Expression

MOST_NODES = 50
"""A condition of more parts than this is beyond anyone's reading; split the question instead."""

MOST_LETTERS = 2_000
"""Longer words are not even looked at; fifty parts need far less."""

WORDS = frozenset({"div", "mod"})
"""Words that mean something in a condition, so that no question can bear them as its name."""


class ConditionError(ValueError):
    """What is written is no condition, or no value; the words say why, in plain language."""


def parse(expression: str, own: str = "") -> Condition:
    """The condition written in `expression`; `own` is the question that `.` means, where it may be read.

    Raises ConditionError with a plain reason when it is none.
    """
    return _condition(_tree(expression, own))


def parse_value(expression: str) -> Expression:
    """What is to be worked out, as written; ConditionError with a plain reason when it is nothing such."""
    return _expression(_tree(expression, ""))


def from_mapping(wanted: Mapping[str, Sequence[str]]) -> Condition:
    """All questions must match, each by any of its codes; ConditionError when nothing is asked for."""
    if not wanted:
        raise ConditionError("it names no question")
    for question, listed in wanted.items():
        if not listed:
            raise ConditionError(f"it names no answer to '{question}'")
    parts = tuple(Selected(question, tuple(listed)) for question, listed in wanted.items())
    return parts[0] if len(parts) == 1 else All(parts)


# -- from letters to a tree -------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:
        \$\{\s*(?P<field>[A-Za-z_][A-Za-z0-9_]*)\s*\}
      | (?P<function>count-selected|if)(?=\s*\()
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<text>'[^'"\\\n]*'|"[^'"\\\n]*")
      | (?P<sign>==|!=|<=|>=|=|<|>|\(|\)|\[|\]|,|\+|\*|-)
      | (?P<own>\.)
    )""",
    re.VERBOSE | re.ASCII,
)
_SIGNS = {"=": "=="}
_WORDS = {"div": "/", "mod": "%"}
_FUNCTIONS = {"count-selected": "count_selected", "if": "if_"}


def _tree(expression: str, own: str) -> ast.expr:
    source = _python(expression, own)
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError("it cannot be read: a bracket, a word or a value is missing or too many") from None
    if sum(isinstance(node, ast.expr) for node in ast.walk(tree)) > MOST_NODES:
        raise ConditionError(f"it has more than {MOST_NODES} parts")
    return tree.body


def _python(expression: str, own: str) -> str:
    """The same as Python would write it, made of known tokens alone."""
    if len(expression) > MOST_LETTERS:
        raise ConditionError(f"it is longer than {MOST_LETTERS} letters")
    tokens: list[str] = []
    at = 0
    rest = expression.rstrip()
    while at < len(rest):
        token = _TOKEN.match(rest, at)
        if token is None:
            raise ConditionError(f"{rest[at:].lstrip()[:1]!r} has no meaning here")
        tokens.append(_token(token, own))
        at = token.end()
    if not tokens:
        raise ConditionError("it is empty")
    return " ".join(tokens)


def _token(token: re.Match[str], own: str) -> str:
    if token["number"]:
        whole, _, places = token["number"].partition(".")
        if len(whole) > 9 or len(places) > 6:
            raise ConditionError(f"{token['number'][:12]}... is too large a number")
        return f"{int(whole)}.{places}" if places else str(int(whole))
    if token["own"]:
        if not own:
            raise ConditionError("'.' means the answer itself, and there is none yet")
        return own
    if token["sign"]:
        return _SIGNS.get(token["sign"], token["sign"])
    if token["function"]:
        return _FUNCTIONS[token["function"]]
    return token["field"] or _WORDS.get(token["word"] or "", token["word"]) or token["text"]


# -- conditions -------------------------------------------------------------------------------------------

_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_MIRRORED: Mapping[Operator, Operator] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_KNOWN = "selected, count-selected, if, round, int, min and max"


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
        case ast.Call(func=ast.Name(id="selected")):
            raise ConditionError("selected() takes a question and one code: selected(roles, 'teacher')")
        case ast.Call() | ast.BinOp():
            _expression(node)  # says what is wrong inside
            raise ConditionError("it works something out: say what that is to be compared with")
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
        case _ if type(op) not in _OPERATORS:
            raise ConditionError("it compares something else than a question and a value")
    operator = _OPERATORS[type(op)]
    one, other = _expression(left), _expression(right)
    match one, other:
        case Ref(question), Constant(value):
            return Compare(question, operator, value)
        case Constant(value), Ref(question):
            return Compare(question, _MIRRORED[operator], value)
        case Constant(), Constant():
            raise ConditionError("it compares something else than a question and a value")
    return Relation(one, operator, other)


# -- values -----------------------------------------------------------------------------------------------

_ARITHMETIC: Mapping[type[ast.operator], Sign] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "div",
    ast.Mod: "mod",
}
_NUMBERS = {"round": (1, 2), "int": (1, 1), "min": (1, 10), "max": (1, 10)}


def _expression(node: ast.expr) -> Expression:
    match node:
        case ast.Name(id=name):
            return Ref(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return Arithmetic(_ARITHMETIC[type(op)], _expression(left), _expression(right))
        case ast.Call(func=ast.Name(id="count_selected"), args=[ast.Name(id=question)], keywords=[]):
            return CountSelected(question)
        case ast.Call(func=ast.Name(id="count_selected")):
            raise ConditionError("count-selected() takes one question: count-selected(roles)")
        case ast.Call(func=ast.Name(id="if_"), args=[test, then, otherwise], keywords=[]):
            return Either(_condition(test), _expression(then), _expression(otherwise))
        case ast.Call(func=ast.Name(id="if_")):
            raise ConditionError("if() takes a condition and two values: if(age >= 18, 1, 0)")
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _NUMBERS:
            least, most = _NUMBERS[name]
            if not least <= len(arguments) <= most:
                raise ConditionError(f"{name}() takes from {least} to {most} values")
            return Call(name, tuple(_expression(argument) for argument in arguments))
        case ast.Call(func=ast.Name(id=name)):
            raise ConditionError(f"{name}() is not known; there are {_KNOWN}")
        case _:
            return Constant(_value(node))


def _value(node: ast.expr) -> str | int | float:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=int(number) | float(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number) | float(number))) if not isinstance(
            number, bool
        ):
            return -number
        case _:
            raise ConditionError("a value is a number, or a code in quotes: 18 or 'teacher'")


def _text(node: ast.expr) -> str:
    value = _value(node)
    if not isinstance(value, str):
        raise ConditionError(f"{value} stands where a code in quotes is meant")
    return value


def _texts(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Tuple | ast.List):
        if not node.elts:
            raise ConditionError("it names no answer")
        return tuple(_text(element) for element in node.elts)
    return (_text(node),)
