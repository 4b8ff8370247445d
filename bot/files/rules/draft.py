"""A survey file on its way to a survey: the parts whose form is right, and where its problems go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.survey import Condition
from bot.files import form
from bot.files.plain import Path, Plain
from bot.files.problems import Notes
from bot.files.texts import entries, items

LISTS = {"questions": "question", "indicators": "indicator", "indexes": "index"}
"""The lists of a file whose entries have ids, and what one entry is called."""


class _Enough(Exception):
    """Looking on would only take time."""


@dataclass
class _Draft:
    """A file on its way to a survey: the parts whose form is right, and where problems go."""

    said: Mapping[str, Any]
    plain: Plain
    notes: Notes
    speaks: frozenset[str]
    languages: tuple[str, ...] = ()
    scales: dict[str, form.Scale] = field(default_factory=dict)
    sections: dict[str, form.Section] = field(default_factory=dict)
    questions: dict[int, form.AnyQuestion] = field(default_factory=dict)
    conditions: dict[int, Condition] = field(default_factory=dict)
    reads: dict[int, frozenset[str]] = field(default_factory=dict)
    """What the constraint or the value of a question reads."""
    indicators: dict[int, form.Indicator] = field(default_factory=dict)
    indexes: dict[int, form.Index] = field(default_factory=dict)
    cells: form.Cells | None = None
    reach: form.Reach | None = None
    targets: form.Targets | None = None

    def add(self, id: str, at: Path, /, **found: object) -> None:
        if self.notes.full:
            raise _Enough
        self.notes.add(id, self.plain.line(at), **found)

    def ids(self) -> dict[str, int]:
        """Every id that can be answered to, in broken questions too, and the number of the first that has it.

        Of a grid these are the ids of its statements.
        """
        found: dict[str, int] = {}
        for number, question in enumerate(items(self.said.get("questions"))):
            statements = entries(entries(question).get("statements"))
            id = entries(question).get("id")
            for name in statements if entries(question).get("type") == "grid" else [id]:
                if isinstance(name, str):
                    found.setdefault(name, number)
        return found

    def sectioned(self) -> dict[str, list[int]]:
        """The numbers of the questions of each section that is named, in the order of the file."""
        found: dict[str, list[int]] = {}
        for number, question in enumerate(items(self.said.get("questions"))):
            name = entries(question).get("section")
            if isinstance(name, str):
                found.setdefault(name, []).append(number)
        return found

    def options(self, question: form.AnyQuestion) -> dict[str, Mapping[str, str]] | None:
        """The options of a question; None where they cannot be known."""
        match question:
            case form.Choice() | form.Choices() | form.Ranking():
                return dict(question.options)
            case form.Arm():
                return {code: {} for code in question.arms}
            case form.Scaled() | form.Grid():
                return dict(self.scales[question.scale].options) if question.scale in self.scales else None
            case form.YesNo():
                return {"yes": {}, "no": {}} if question.options is None else dict(question.options)
            case _:
                return {}

    def counted(self, question: form.AnyQuestion) -> list[str] | None:
        """The codes under which a question is counted; None where they cannot be known."""
        if isinstance(question, form.Number | form.Calculated):
            return list(question.bands)
        if isinstance(question, form.Date):
            return years(question)
        options = self.options(question)
        return None if options is None else list(options)


def years(question: form.Date) -> list[str]:
    """The years under which the answers are counted; none where the ends are no days."""
    ends = [end[:4] for end in (question.earliest, question.latest)]
    if not all(end.isdecimal() and len(end) == 4 for end in ends):
        return []
    return [f"{year:04d}" for year in range(int(ends[0]), min(int(ends[1]), int(ends[0]) + MOST_YEARS) + 1)]


MOST_YEARS = 90
"""More years than this stand on no screen."""


def _place(said: Mapping[str, Any], at: Path) -> str:
    """A place in the file as an author would name it."""
    if not at:
        return "the survey"
    whole, rest = f"'{'.'.join(map(str, at))}'", at[2:]
    if len(at) >= 2 and at[0] in LISTS and isinstance(at[1], int):
        one = items(said.get(str(at[0])))[at[1]]
        id = entries(one).get("id")
        kind = LISTS[str(at[0])]
        whole = f"{kind} '{id}'" if isinstance(id, str) else f"{kind} {at[1] + 1}"
    elif len(at) >= 2 and at[0] == "scales":
        whole = f"scale '{at[1]}'"
    else:
        return whole
    return f"'{'.'.join(map(str, rest))}' of {whole}" if rest else whole


Rule = Callable[[_Draft], None]
