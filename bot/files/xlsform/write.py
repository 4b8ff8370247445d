"""A question as the rows of a form: its cells in XLSForm's own columns, and the rows of its list of choices.

Columns are named as the reader knows them: `label::ur`, whatever language names stand in the file.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.grammar import from_mapping, parse, parse_value
from bot.core.questions import yes_no
from bot.core.survey import SKIPPED, SPECIALS, USUAL_SPECIALS, Words
from bot.files.surveys import YES_NO
from bot.files.xlsform.cells import spread
from bot.files.xlsform.xpath import Pen, first_day

VERBS: Mapping[str, str] = {
    "choice": "select_one",
    "choices": "select_multiple",
    "scale": "select_one",
    "yes_no": "select_one",
    "ranking": "rank",
    "text": "text",
    "note": "note",
    "date": "date",
    "calculate": "calculate",
    "arm": "calculate",
    "voice": "audio",
    "grid": "begin_group",
    "section": "begin_group",
}
"""What stands in the column `type`; a kind that is not here stands as a note, and in `aitbar_type`.

A section is no kind of question, but has a row as if it were one.
"""

LISTS = frozenset({"select_one", "select_multiple", "rank"})
"""Words of the column `type` that a list of choices follows."""

MUST = frozenset({"choice", "choices", "scale", "yes_no", "number", "date", "ranking"})
"""Kinds that XLSForm can require to be answered."""

WITH_SPECIALS = frozenset({"choice", "choices", "scale", "yes_no", "grid"})
"""Kinds whose list of choices ends with the special answers."""

ALWAYS = "_all"
"""What stands in the filter column of an option that is always offered."""

CHOICE_COLUMNS = frozenset(
    {"list_name", "list name", "name", "label", "media", "image", "audio", "video", "value"}
)
"""Columns of the choices sheet that mean something themselves, so that no filter may be called so."""

APPEARANCES: Mapping[str, str] = {"month": "month-year", "year": "year", "day": ""}


@dataclass(frozen=True)
class Written:
    """A question in XLSForm's own columns, and the rows of its list, the special answers at their end."""

    cells: Mapping[str, str]
    options: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Desk:
    """What must be known of the rest of the survey to write one question."""

    languages: Sequence[str]
    scales: Mapping[str, Any] = field(default_factory=dict)
    precision: Mapping[str, str] = field(default_factory=dict)
    specials: Mapping[str, Words] = field(default_factory=dict)


def precisions(questions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """How exactly each date is asked."""
    return {one["id"]: one.get("precision", "month") for one in questions if one["type"] == "date"}


def written(said: Mapping[str, Any], desk: Desk) -> Written:
    """The row of a question; of a grid, that of its group, with the list of its statements."""
    kind = said["type"]
    cells = {"type": verb(said), "name": said["id"]}
    for key, column in (("ask", "label"), ("constraint_message", "constraint_message"), ("audio", "media::audio")):
        cells |= dict(spread(column, said.get(key, {})))
    if isinstance(said.get("picture"), str):  # the same in every language: pyxform misses it where it is not said
        cells |= dict(spread("media::image", dict.fromkeys(said["ask"], said["picture"])))
    if kind in MUST and _must_be_answered(said):
        cells["required"] = "yes"
    if "show_if" in said:
        cells["relevant"] = relevant(said["show_if"], desk)
    if constraint := _constraint(said, desk):
        cells["constraint"] = constraint
    if kind == "date" and (appearance := APPEARANCES[said.get("precision", "month")]):
        cells["appearance"] = appearance
    if kind == "grid":
        cells["appearance"] = "table-list"
    if said.get("shuffle") is True and kind in ("choice", "choices", "ranking"):
        cells["parameters"] = "randomize=true"
    if kind == "calculate":
        cells["calculation"] = Pen(precision=desk.precision).value(parse_value(said["value"]))
    if kind == "arm":
        cells["calculation"] = _drawn(said["arms"])
    if "choice_filter" in said:
        cells["choice_filter"] = _filter(said)
    return Written(cells, tuple(_options(said, desk)))


def verb(said: Mapping[str, Any]) -> str:
    """What stands in the column `type`, without the name of a list."""
    if said["type"] == "number":
        return "decimal" if said.get("decimals") else "integer"
    return VERBS.get(said["type"], "note")


def relevant(show_if: Any, desk: Desk) -> str:
    """A condition as it stands in the column `relevant`."""
    condition = parse(show_if) if isinstance(show_if, str) else from_mapping(show_if)
    return Pen(precision=desk.precision).condition(condition)


def offered(said: Mapping[str, Any]) -> list[str]:
    """The special answers that a question offers, in their order."""
    listed = [*said.get("specials", USUAL_SPECIALS), *(() if said.get("required", True) else (SKIPPED,))]
    return [special for special in SPECIALS if special in listed]


def _must_be_answered(said: Mapping[str, Any]) -> bool:
    """XLSForm knows refusals only as choices: whatever has none of them must be left empty to be refused."""
    if not said.get("required", True):
        return False
    return said["type"] in WITH_SPECIALS or not offered(said)


# -- what an answer must meet -----------------------------------------------------------------------------


def _constraint(said: Mapping[str, Any], desk: Desk) -> str:
    parts = list(_bounds(said))
    if said.get("constraint"):
        own = Pen(said["id"], desk.precision).condition(parse(said["constraint"], own=said["id"]))
        parts.append(f"({own})" if parts else own)
    return " and ".join(parts)


def _bounds(said: Mapping[str, Any]) -> Iterator[str]:
    match said["type"]:
        case "number":
            yield f". >= {said['min']}"
            yield f". <= {said['max']}"
        case "date":
            yield f". >= date('{first_day(said['from'])}')"
            yield f". <= date('{last_day(said['to'])}')"
        case "choices":
            yield from _picks(said)


def last_day(day: str) -> str:
    """The day with which a month or a year ends."""
    year, month, *rest = (*map(int, day.split("-")), 12)[:3] if len(day) == 4 else map(int, day.split("-"))
    return day if rest else f"{year:04d}-{month:02d}-{monthrange(max(year, 1), month)[1]:02d}"


def _picks(said: Mapping[str, Any]) -> Iterator[str]:
    alone = [*said.get("exclusive", ()), *offered(said)]
    for code in alone:
        yield f"not(selected(., '{code}') and count-selected(.) > 1)"
    if "least" in said:
        ways = [f"count-selected(.) >= {said['least']}", *(f"selected(., '{code}')" for code in alone)]
        yield f"({' or '.join(ways)})"
    if "most" in said:
        yield f"count-selected(.) <= {said['most']}"


# -- what is drawn ----------------------------------------------------------------------------------------


def _drawn(arms: Sequence[str]) -> str:
    """One of the arms, each as likely as the others, drawn once."""
    drawn = f"'{arms[-1]}'"
    for left, arm in enumerate(reversed(arms[:-1]), start=2):
        drawn = f"if(random() < {1 / left:.6g}, '{arm}', {drawn})"
    return f"once({drawn})"


# -- what is offered --------------------------------------------------------------------------------------


def filter_column(parent: str) -> str:
    """The column of the choices sheet that says after which answer an option is offered."""
    return f"by_{parent}" if parent in CHOICE_COLUMNS else parent


def _filter(said: Mapping[str, Any]) -> str:
    (parent,) = said["choice_filter"]
    column = filter_column(parent)
    return f"{column}=${{{parent}}} or {column}='{ALWAYS}'"


def _options(said: Mapping[str, Any], desk: Desk) -> Iterator[dict[str, str]]:
    options = _labels(said, desk)
    if not options:
        return
    ((parent, lists),) = said.get("choice_filter", {"": {}}).items()
    column = filter_column(parent) if parent else ""
    for code, label in options.items():
        row = {"name": code, **dict(spread("label", label))}
        after = [answer for answer, codes in lists.items() if code in codes]
        for answer in after or [ALWAYS]:
            yield {**row, column: answer} if column else row
    if said["type"] in WITH_SPECIALS:
        for special in offered(said):
            row = {"name": special, **dict(spread("label", desk.specials.get(special, {})))}
            yield {**row, column: ALWAYS} if column else row


def _labels(said: Mapping[str, Any], desk: Desk) -> Mapping[str, Words]:
    if "scale" in said:
        found: Mapping[str, Words] = desk.scales.get(said["scale"], {}).get("options", {})
        return found
    if said["type"] == "yes_no" and "options" not in said:
        return {code: {one: YES_NO[code][one] for one in desk.languages} for code in yes_no.CODES}
    own: Mapping[str, Words] = said.get("options", {})
    return own
