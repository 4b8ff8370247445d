"""One row of a form as one question of a survey: what is carried, changed or refused of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.grammar import MOST_LETTERS
from bot.files import form as forms
from bot.files.xlsform.cells import OWN, gathered, unrecorded
from bot.files.xlsform.fates import CARRIED, PARAMETERS, REFUSED_TYPES, Type
from bot.files.xlsform.lists import Lists
from bot.files.xlsform.native import KINDS, PRECISIONS, Key, filtered_by, question_of
from bot.files.xlsform.rest import known_keys, put_back
from bot.files.xlsform.sheets import Row
from bot.files.xlsform.titles import Say, left_out
from bot.files.xlsform.write import LISTS, Desk, Written
from bot.files.xlsform.xpath import unknown_functions

OTHER = {"ur": "دیگر", "ps": "بل", "en": "Other"}
"""The words of the option that or_other adds."""

MOST_STEPS = 11
"""A range of more steps than 0 to 10 is typed, not tapped."""

MOST_COPIED = 5_000
"""Options of all questions together: in a survey file a list stands once for each question that has it."""

_PARAMETER = re.compile(r"([A-Za-z-]+)\s*=\s*([^\s,;]+)")


@dataclass
class Asker:
    """Reads rows as questions.

    `scales` grows by those that ranges become, `columns` by those that filters read.
    """

    lists: Lists
    key: Key
    scales: dict[str, Any]
    say_at: Say
    columns: set[str] = field(default_factory=set)
    copied: int = 0

    def tell(self, problem: str, row: Row, /, **found: Any) -> None:
        self.say_at(problem, "survey", row.number, **found)

    def question(self, row: Row, kind: Type) -> dict[str, Any] | None:
        """The question of a row; None where it is refused, which is said."""
        name = row.cells.get("name", "")
        if kind.verb in REFUSED_TYPES:
            self.tell("form-type", row, type=kind.verb, name=name, reason=REFUSED_TYPES[kind.verb])
        elif kind.verb == "range":
            self._columns(row, kind)
            return self._range(row)
        elif kind.verb not in KINDS:
            self.tell("form-type-unknown", row, type=kind.verb, name=name)
        elif kind.verb in LISTS and kind.list not in self.lists.rows:
            self.tell("form-no-list", row, list=kind.list)
        elif self.copied + len(self.lists.rows.get(kind.list, ())) > MOST_COPIED:
            self.tell("form-too-many", row, name=name, most=MOST_COPIED)
        else:
            self._columns(row, kind)
            return self._read(row, kind)
        return None

    def section(self, row: Row) -> dict[str, Any]:
        """A group as the section that it stands for; its id under `id`, its title under `ask`."""
        self.only(
            row, ("type", "name", "label", "relevant", "appearance"), "a section has a title and a condition"
        )
        self._columns(row, Type("begin_group"))
        return self._with_ours(row, Written(self._native(row, "begin_group")))

    def grid(self, row: Row, members: Sequence[tuple[Row, Type]]) -> dict[str, Any] | None:
        """A group of statements on one scale."""
        self._columns(row, Type("begin_group"))
        first = next((kind for _, kind in members if kind.verb == "select_one"), Type(""))
        cells = self._native(row, "begin_group")
        statements: dict[str, Any] = {}
        for member, kind in members:
            if kind != first or not kind.list:
                self.tell("form-grid", member, name=member.cells.get("name", ""), id=cells["name"])
                continue
            self._columns(member, kind)
            words = question_of(self._native(member, "note"), (), self.key, self._saying(member))
            statements[words["id"]] = words.get("ask", {})
            self.only(
                member, ("type", "name", "label", "required"), "what holds for a statement holds for its grid"
            )
            if "required" in member.cells:
                cells["required"] = member.cells["required"]
        options = tuple(self.lists.options(first.list, ()))
        said = self._with_ours(row, Written(cells, options))
        return {**said, "statements": statements}

    def only(self, row: Row, columns: Sequence[str], reason: str) -> None:
        """Say which of XLSForm's columns beyond these are left out of a row, and why."""
        for title in row.cells:
            if _base(title) in CARRIED and _base(title) not in columns:
                self.tell("form-column", row, column=title, reason=reason)

    # -- reading ------------------------------------------------------------------------------------------

    def _read(self, row: Row, kind: Type) -> dict[str, Any]:
        filtered = filtered_by(row.cells.get("choice_filter", ""))
        self.columns.update(filtered[:1] if filtered else ())
        options = self.lists.options(kind.list, filtered[:1] if filtered else ()) if kind.verb in LISTS else ()
        self.copied += len(options)
        said = self._with_ours(row, Written(self._native(row, kind.verb), tuple(options)))
        if kind.other:
            words = {one: OTHER[one] for one in self.key.languages if one in OTHER}
            said["options"] = {**said.get("options", {}), "other": words}
            self.tell("form-other", row, id=said["id"])
        if kind.verb == "acknowledge":
            self.tell("form-acknowledge", row, name=said["id"])
        self._hint(said, row)
        return self._fitting(said, row)

    def _native(self, row: Row, verb: str) -> dict[str, str]:
        """The cells of XLSForm's own columns."""
        own = {title: text for title, text in row.cells.items() if _base(title) in CARRIED - {"hint"}}
        return {**own, "type": verb, "name": row.cells.get("name", f"row_{row.number}")}

    def _with_ours(self, row: Row, whole: Written) -> dict[str, Any]:
        """What XLSForm's columns say, and ours beside them."""
        native = question_of(whole.cells, whole.options, self.key, self._saying(row))
        ours = {title: text for title, text in row.cells.items() if title != f"{OWN}section"}
        beside = unrecorded(ours, self.key.languages, OWN)
        if not beside:
            return native
        desk = Desk(self.key.languages, self.scales, self.key.names.precision)
        return put_back(native, beside, whole, desk, self._saying(row))

    def _saying(self, row: Row) -> Say:
        def say(problem: str, column: str, /, **found: Any) -> None:
            self.tell(problem, row, **{"column": column, **found})

        return say

    # -- what is changed or left out ----------------------------------------------------------------------

    def _columns(self, row: Row, kind: Type) -> None:
        """Say which cells of the row are left out, and why."""
        name = row.cells.get("name", "")
        for column, reason in left_out(row.cells):
            self.tell("form-column", row, column=column, reason=reason)
        for column in ("relevant", "constraint", "calculation"):
            functions = ", ".join(f"{one}()" for one in unknown_functions(row.cells.get(column, "")))
            if functions and f"{OWN}arms" not in row.cells:
                self.tell("form-function", row, column=column, functions=functions)
        if "choice_filter" in row.cells and kind.verb not in LISTS:
            self.tell("form-key", row, key="choice_filter", id=name, type=kind.verb)
        if "calculation" in row.cells and kind.verb != "calculate":
            self.tell("form-calculation", row, name=name)
        appearance = row.cells.get("appearance", "")
        ours = f"{OWN}type" in row.cells and kind.verb == "begin_group"
        if appearance and not ours and not (kind.verb == "date" and appearance in PRECISIONS):
            self.tell("form-appearance", row, value=appearance, name=name)
        if kind.verb != "range":
            for word, value in parameters(row):
                if word not in PARAMETERS or kind.verb not in LISTS:
                    self.tell("form-parameter", row, value=f"{word}={value}", name=name)

    def _hint(self, said: dict[str, Any], row: Row) -> None:
        hint = gathered("hint", row.cells, self.key.languages)
        if hint:
            asked = said.get("ask", {})
            said["ask"] = {
                one: "\n".join(filter(None, (asked.get(one), hint.get(one)))) for one in {**asked, **hint}
            }
            self.tell("form-hint", row, name=said["id"])

    def _fitting(self, said: dict[str, Any], row: Row) -> dict[str, Any]:
        """Without the keys that this type of question does not have."""
        kind = forms.KINDS.get(said["type"])
        if kind is None:
            return said
        known = known_keys(kind)
        for key in [key for key in said if key not in known]:
            self.tell("form-key", row, key=key, id=said["id"], type=said["type"])
            del said[key]
        if said["type"] in ("text", "voice") and row.cells.get("required", "").lower() in (
            "yes",
            "true",
            "true()",
        ):
            self.tell("form-optional", row, id=said["id"])
        if "constraint_message" in said and "constraint" not in said:
            del said["constraint_message"]
            self.tell("form-message", row, id=said["id"])
        return said

    # -- ranges -------------------------------------------------------------------------------------------

    def _range(self, row: Row) -> dict[str, Any] | None:
        """A range as a scale of bare numbers, or, with many steps, as a number that is typed."""
        given = {
            "start": "1",
            "end": "10",
            "step": "1",
            **dict(parameters(row)),
        }
        name = row.cells.get("name", "")
        try:
            start, end, step = (int(given[key]) for key in ("start", "end", "step"))
            numbers = list(range(start, end + 1, step)) if step > 0 and 0 <= end - start <= 10**6 * step else []
        except ValueError:
            numbers = []
        if len(numbers) < 2:
            self.tell("form-range-wild", row, name=name)
            return None
        cells = {title: text for title, text in row.cells.items() if title != "parameters"}
        if len(numbers) > MOST_STEPS:
            self.tell("form-range", row, name=name, what="a number")
            bounds = f". >= {start} and . <= {end}"
            return self._read(Row(row.number, {**cells, "constraint": bounds}), Type("integer"))
        said = self._read(Row(row.number, cells), Type("note"))
        scale = f"{said['id'][:26]}_scale"
        self.scales[scale] = {
            "order": "ascending",
            "options": {_numbered(one): dict.fromkeys(self.key.languages, str(one)) for one in numbers},
        }
        self.tell("form-range", row, name=name, what=f"a scale from {numbers[0]} to {numbers[-1]}")
        required = (
            {} if row.cells.get("required", "").lower() in ("yes", "true", "true()") else {"required": False}
        )
        return {**said, "type": "scale", "scale": scale, **required}


def parameters(row: Row) -> list[tuple[str, str]]:
    """The words and values of the column `parameters`."""
    found: list[tuple[str, str]] = _PARAMETER.findall(row.cells.get("parameters", "")[:MOST_LETTERS])
    return found


def _numbered(number: int) -> str:
    return f"n{number}" if number >= 0 else f"minus_{-number}"


def _base(title: str) -> str:
    """A column without its language."""
    return "::".join(title.split("::")[:2]) if title.startswith("media::") else title.partition("::")[0]
