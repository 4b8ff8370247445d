"""What XLSForm's own columns say of a question, in the keys of a survey file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.conditions import All, AnyOf, Compare, Not, Relation, Selected
from bot.core.expressions import Constant, CountSelected
from bot.core.grammar import MOST_LETTERS, ConditionError, parse
from bot.core.questions import yes_no
from bot.core.questions.date import is_day
from bot.core.survey import SKIPPED, SPECIALS, USUAL_SPECIALS, Condition
from bot.files.xlsform.cells import gathered
from bot.files.xlsform.write import ALWAYS, APPEARANCES, LISTS
from bot.files.xlsform.xpath import Names, Pen

Say = Callable[..., None]
"""Notes what was changed or refused: (problem, column, **found)."""

PRECISIONS = {appearance: precision for precision, appearance in APPEARANCES.items()}
TRUE = frozenset({"yes", "true", "true()", "1"})
FALSE = frozenset({"no", "false", "false()", "0", ""})
_FILTER = re.compile(
    r"""(?P<column>[A-Za-z_][\w.-]*)\s*=\s*\$\{\s*(?P<parent>[^}\s]+)\s*\}
        (?:\s+or\s+(?P=column)\s*=\s*(?P<quote>['"])(?P<always>[^'"]*)(?P=quote))?""",
    re.VERBOSE,
)
_TURNED = re.compile(r"\s*\$\{\s*([^}\s]+)\s*\}\s*=\s*([A-Za-z_][\w.-]*)\s*")


@dataclass(frozen=True)
class Key:
    """What must be known of the rest of the form to read one question."""

    languages: Sequence[str]
    names: Names = field(default_factory=Names)


def filtered_by(text: str) -> tuple[str, str, str] | None:
    """The column, the question and the word for "always" of a choice filter; None where it is another one."""
    text = text[:MOST_LETTERS]
    turned = _TURNED.fullmatch(text)
    found = _FILTER.fullmatch(f"{turned[2]}=${{{turned[1]}}}" if turned else text.strip())
    return None if found is None else (found["column"], found["parent"], found["always"] or ALWAYS)


def question_of(
    cells: Mapping[str, str], options: Sequence[Mapping[str, str]], key: Key, say: Say
) -> dict[str, Any]:
    """The question that a row says, with its list of choices; `cells` and codes are named as in the form."""
    verb, name = cells["type"], cells["name"]
    said: dict[str, Any] = {"id": key.names.ids.get(name, name), "type": KINDS[verb]}
    for column, into in (
        ("label", "ask"),
        ("media::audio", "audio"),
        ("constraint_message", "constraint_message"),
    ):
        words = gathered(column, cells, key.languages)
        if words:
            said[into] = {one: key.names.words(text) for one, text in words.items()}
    pictures = list(gathered("media::image", cells, key.languages).values())
    if pictures:
        said["picture"] = pictures[0]
        for other in dict.fromkeys(pictures[1:]):
            if other != pictures[0]:
                say("form-pictures", "media::image", value=other, picture=pictures[0])
    if cells.get("relevant"):
        said["show_if"] = key.names.expression(cells["relevant"], name)
    if verb not in UNASKED:
        _required(said, cells, say)
    if verb in LISTS:
        _listed(said, cells, options, key, say)
    if verb == "date":
        _precision(said, cells)
    if verb == "decimal":
        said["decimals"] = 2
    if verb == "calculate":
        said["value"] = key.names.expression(cells.get("calculation", ""), name)
    if cells.get("constraint"):
        _constraint(said, key.names.expression(cells["constraint"], name), key)
    return said


KINDS: Mapping[str, str] = {
    "select_one": "choice",
    "select_multiple": "choices",
    "rank": "ranking",
    "integer": "number",
    "decimal": "number",
    "text": "text",
    "note": "note",
    "acknowledge": "note",
    "date": "date",
    "calculate": "calculate",
    "audio": "voice",
    "begin_group": "section",
}
"""The words of the column `type` that a survey file has a kind for."""

UNASKED = frozenset({"note", "acknowledge", "calculate", "text", "audio", "begin_group"})
"""What has no `required` in a survey file."""


def _required(said: dict[str, Any], cells: Mapping[str, str], say: Say) -> None:
    written = cells.get("required", "").strip().casefold()
    if written in FALSE:
        said["required"] = False
    elif written not in TRUE:
        say("form-required", "required", id=said["id"], value=cells["required"])


def _precision(said: dict[str, Any], cells: Mapping[str, str]) -> None:
    precision = PRECISIONS.get(cells.get("appearance", ""), "day")
    if precision != "month":
        said["precision"] = precision


# -- lists ------------------------------------------------------------------------------------------------


def _listed(
    said: dict[str, Any], cells: Mapping[str, str], options: Sequence[Mapping[str, str]], key: Key, say: Say
) -> None:
    codes = key.names.codes.get(cells["name"], {})
    own = [(codes.get(row["name"], row["name"]), row) for row in options]
    said["options"] = {code: gathered("label", row, key.languages) for code, row in own if code not in SPECIALS}
    specials = [code for code in SPECIALS if code in {code for code, _ in own}]
    if cells["type"] != "rank" and specials:
        usual = [special for special in specials if special != SKIPPED]
        if usual != list(USUAL_SPECIALS):
            said["specials"] = usual
        if SKIPPED in specials:
            said["required"] = False
        elif said.get("required") is False:
            del said["required"]
    if "choice_filter" in cells:
        _filtered(said, cells["choice_filter"], own, key, say)
    elif cells["type"] == "select_one" and set(said["options"]) == set(yes_no.CODES):
        said["type"] = "yes_no"
    if "randomize=true" in cells.get("parameters", "").replace(" ", "").casefold():
        said["shuffle"] = True


def _filtered(
    said: dict[str, Any], text: str, own: Sequence[tuple[str, Mapping[str, str]]], key: Key, say: Say
) -> None:
    found = filtered_by(text)
    if found is None:
        say("form-filter", "choice_filter", id=said["id"], value=text)
        return
    column, parent, always = found
    answers = key.names.codes.get(parent, {})
    lists: dict[str, list[str]] = {}
    for code, row in own:
        answer = row.get(column, always)
        if answer != always and code not in SPECIALS:
            listed = lists.setdefault(answers.get(answer, answer), [])
            if code not in listed:
                listed.append(code)
    said["choice_filter"] = {key.names.ids.get(parent, parent): lists}


# -- what an answer must meet -----------------------------------------------------------------------------


def _constraint(said: dict[str, Any], text: str, key: Key) -> None:
    """Limits, exclusive options and numbers of picks go to keys of their own; what is left stays a constraint."""
    try:
        test = parse(text, own=said["id"])
    except ConditionError:
        said["constraint"] = text
        return
    parts = test.parts if isinstance(test, All) else (test,)
    left = [part for part in parts if not _taken(said, part)]
    if len(left) == len(parts):
        said["constraint"] = text
    elif left:
        pen = Pen(said["id"], key.names.precision)
        said["constraint"] = pen.condition(left[0] if len(left) == 1 else All(tuple(left)))


def _taken(said: dict[str, Any], part: Condition) -> bool:
    """Whether a part of a constraint has a key of its own, which it then fills."""
    for name, value in _told(said, part):
        if isinstance(value, list):
            said.setdefault(name, [])
            said[name] += [code for code in value if code not in said[name]]
        elif name in said:
            return False
        else:
            said[name] = value
        return True
    return isinstance(part, Not) and _alone(said, part) in SPECIALS


def _told(said: Mapping[str, Any], part: Condition) -> Iterator[tuple[str, Any]]:
    match said["type"], part:
        case "number", Compare(question, operator, int(value)) if question == said["id"]:
            yield from _limit(said, operator, value)
        case "date", Compare(question, ">=" | "<=" as operator, str(value)) if question == said["id"]:
            if is_day(value, said.get("precision", "month")):
                yield ("from" if operator == ">=" else "to"), value
        case "choices", Not():
            code = _alone(said, part)
            if code is not None and code not in SPECIALS:
                yield "exclusive", [code]
        case "choices", Relation() | AnyOf():
            yield from _how_many(said, part)


def _limit(said: Mapping[str, Any], operator: str, value: int) -> Iterator[tuple[str, int]]:
    whole = "decimals" not in said
    if operator == ">=" or (operator == ">" and whole):
        yield "min", value + (operator == ">")
    elif operator == "<=" or (operator == "<" and whole):
        yield "max", value - (operator == "<")


def _alone(said: Mapping[str, Any], part: Not) -> str | None:
    """The option that may not be picked beside another."""
    match part.part:
        case All((Selected(one, (code,)), Relation(CountSelected(two), ">", Constant(1)))) if (
            one == two == said["id"]
        ):
            return code
    return None


def _how_many(said: Mapping[str, Any], part: Condition) -> Iterator[tuple[str, int]]:
    match part:
        case Relation(CountSelected(question), "<=", Constant(int(value))) if question == said["id"]:
            yield "most", value
        case Relation(CountSelected(question), ">=", Constant(int(value))) if question == said["id"]:
            yield "least", value
        case AnyOf((Relation(CountSelected(question), ">=", Constant(int(value))), *others)):
            alone = {*said.get("exclusive", ()), *SPECIALS}
            codes = [one.codes for one in others if isinstance(one, Selected) and one.question == question]
            if question == said["id"] and len(codes) == len(others) and {c for (c,) in codes} <= alone:
                yield "least", value
