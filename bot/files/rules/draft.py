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
    questions: dict[int, form.AnyQuestion] = field(default_factory=dict)
    conditions: dict[int, Condition] = field(default_factory=dict)
    indicators: dict[int, form.Indicator] = field(default_factory=dict)
    cells: form.Cells | None = None
    reach: form.Reach | None = None

    def add(self, id: str, at: Path, /, **found: object) -> None:
        if self.notes.full:
            raise _Enough
        self.notes.add(id, self.plain.line(at), **found)

    def ids(self) -> dict[str, int]:
        """Every id a question has, broken questions included, and the number of the first that has it."""
        found: dict[str, int] = {}
        for number, question in enumerate(items(self.said.get("questions"))):
            id = entries(question).get("id")
            if isinstance(id, str):
                found.setdefault(id, number)
        return found

    def options(self, question: form.AnyQuestion) -> dict[str, Mapping[str, str]] | None:
        """The options of a question; None where they cannot be known."""
        match question:
            case form.Choice() | form.Choices():
                return dict(question.options)
            case form.Scaled():
                return dict(self.scales[question.scale].options) if question.scale in self.scales else None
            case form.YesNo():
                return {"yes": {}, "no": {}} if question.options is None else dict(question.options)
            case _:
                return {}

    def counted(self, question: form.AnyQuestion) -> list[str] | None:
        """The codes under which a question is counted; None where they cannot be known."""
        if isinstance(question, form.Number):
            return list(question.bands)
        options = self.options(question)
        return None if options is None else list(options)


def _place(said: Mapping[str, Any], at: Path) -> str:
    """A place in the file as an author would name it."""
    if not at:
        return "the survey"
    whole, rest = f"'{'.'.join(map(str, at))}'", at[2:]
    if len(at) >= 2 and at[0] in ("questions", "indicators") and isinstance(at[1], int):
        one = items(said.get(str(at[0])))[at[1]]
        id = entries(one).get("id")
        kind = str(at[0])[:-1]
        whole = f"{kind} '{id}'" if isinstance(id, str) else f"{kind} {at[1] + 1}"
    elif len(at) >= 2 and at[0] == "scales":
        whole = f"scale '{at[1]}'"
    else:
        return whole
    return f"'{'.'.join(map(str, rest))}' of {whole}" if rest else whole


Rule = Callable[[_Draft], None]
