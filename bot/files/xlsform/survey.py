"""The survey sheet of a form, row by row: questions, and groups as sections, grids or repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.files.plain import Path
from bot.files.xlsform.asking import Asker
from bot.files.xlsform.cells import OWN, gathered
from bot.files.xlsform.fates import Type, type_of
from bot.files.xlsform.lists import Lists
from bot.files.xlsform.naming import as_id
from bot.files.xlsform.native import PRECISIONS, Key
from bot.files.xlsform.sheets import Row
from bot.files.xlsform.titles import Say, Table, is_known, language_in
from bot.files.xlsform.xpath import Names


@dataclass
class _Group:
    """A group that is open: its row, what it is (group, grid, repeat), and the rows that wait for its end."""

    row: Row
    kind: str
    rows: list[Row] = field(default_factory=list)
    asked: int = 0


@dataclass
class Questions:
    """Reads the rows in their order; afterwards `said`, `sections`, `consent` and `scales` hold what they say."""

    table: Table
    lists: Lists
    languages: Sequence[str]
    scales: dict[str, Any]
    say_at: Say
    ours: bool
    said: list[dict[str, Any]] = field(default_factory=list)
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    consent: dict[str, str] = field(default_factory=dict)
    origins: dict[Path, tuple[str, int]] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)
    path: tuple[int, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        self.types = {row.number: type_of(row.cells.get("type", "")) for row in self.table.rows}
        self.asker = Asker(self.lists, Key(self.languages, self._names()), self.scales, self.say_at)

    def tell(self, problem: str, row: Row, /, **found: Any) -> None:
        self.say_at(problem, "survey", row.number, **found)

    def _names(self) -> Names:
        """What each row is called in the survey, and the codes and days of what it asks."""
        ids: dict[str, str] = {}
        taken: set[str] = set()
        codes: dict[str, Mapping[str, str]] = {}
        precision: dict[str, str] = {}
        for row in self.table.rows:
            name, kind = row.cells.get("name", ""), self.types[row.number]
            if not name or name in ids or kind.verb.startswith("end_"):
                continue
            ids[name] = as_id(name, taken)
            taken.add(ids[name])
            if ids[name] != name:
                self.tell("form-renamed", row, name=name, id=ids[name])
            codes[name] = self.lists.codes.get(kind.list, {})
            if kind.verb == "date":
                precision[ids[name]] = precision[name] = PRECISIONS.get(row.cells.get("appearance", ""), "day")
        return Names(ids, codes, precision)

    # -- the rows -----------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read them all."""
        for column in self.table.columns:
            if not is_known(column):
                self.say_at("form-column-unknown", "survey", 1, column=column)
            elif (spoken := language_in(column)) and spoken not in self.languages:
                self.say_at("form-language-unlabelled", "survey", 1, column=column, language=spoken)
        for row in self.table.rows:
            self._row(row, self.types[row.number])
        for group in list(self.groups):
            self.tell("form-group-end", group.row)
            self._end(group.row)

    def _row(self, row: Row, kind: Type) -> None:
        if row.cells.get("disabled", "").lower() in ("yes", "true", "true()"):
            self.tell("form-column", row, column="disabled", reason="a row that is switched off is left out")
        elif not kind.verb:
            self.tell("form-no-type", row)
        elif kind.verb in ("begin_group", "begin_repeat", "begin_loop"):
            self._begin(row, kind)
        elif kind.verb in ("end_group", "end_repeat", "end_loop"):
            self._end(row)
        elif self.groups and self.groups[-1].kind != "group":
            self.groups[-1].rows.append(row)
        elif kind.verb == "acknowledge" and not self.said and not self.consent:
            self._consent(row)
        else:
            self._keep(self.asker.question(row, kind), row, kind)

    def _begin(self, row: Row, kind: Type) -> None:
        inside = self.groups[-1].kind if self.groups else "group"
        if inside == "repeat" or kind.verb != "begin_group":
            self.groups.append(_Group(row, "repeat"))
        else:
            self.groups.append(_Group(row, "grid" if row.cells.get(f"{OWN}type") == "grid" else "group"))

    def _end(self, row: Row) -> None:
        if not self.groups:
            self.tell("form-group-end", row)
            return
        group = self.groups.pop()
        outer = self.groups[-1] if self.groups else None
        name = group.row.cells.get("name", "")
        if group.kind == "grid":
            members = [(one, self.types[one.number]) for one in group.rows]
            self._keep(self.asker.grid(group.row, members), group.row, Type("begin_group"))
        elif group.kind == "repeat" and outer is not None and outer.kind == "repeat":
            outer.rows += group.rows
        elif group.kind == "repeat":
            inside = ", ".join(one.cells.get("name", "?") for one in group.rows) or "nothing"
            self.tell("form-repeat", group.row, name=name, inside=inside)
        elif not group.asked:
            self.tell("form-group-empty", group.row, name=name)

    def _consent(self, row: Row) -> None:
        self.consent = gathered("label", row.cells, self.languages)
        self.origins[("consent",)] = ("survey", row.number)
        self.asker.only(row, ("type", "name", "label", "required"), "everybody reads the consent, as it stands")
        if not self.ours:
            self.tell("form-consent", row, name=row.cells.get("name", ""))

    def _keep(self, said: dict[str, Any] | None, row: Row, kind: Type) -> None:
        if said is None:
            return
        section = self._section()
        at: Path = ("questions", len(self.said))
        self.origins[at] = ("survey", row.number)
        for option in self.lists.rows.get(kind.list, ()):
            code = self.lists.codes[kind.list][option.cells["name"]]
            self.origins.setdefault((*at, "options", code), ("choices", option.number))
        head: dict[str, Any] = {key: said.pop(key) for key in ("id", "type", "scale") if key in said}
        self.said.append({**head, **({"section": section} if section else {}), **said})

    # -- sections -----------------------------------------------------------------------------------------

    def _section(self) -> str:
        """The section of a question that stands in the groups that are open; none where there are none."""
        for group in self.groups:
            group.asked += 1
        path = tuple(group.row.number for group in self.groups)
        if path != self.path:
            self.path = path
            self.name = self._new_section() if path else ""
        return self.name

    def _new_section(self) -> str:
        rows = [group.row for group in self.groups]
        read = [self.asker.section(row) for row in rows]
        wanted = rows[-1].cells.get(f"{OWN}section", read[-1]["id"])
        name = as_id(wanted, self.sections)
        if name != wanted:
            self.tell("form-section-apart", rows[-1], name=wanted, id=name)
        section = {key: value for key, value in read[-1].items() if key not in ("id", "type")}
        title = next((one["ask"] for one in reversed(read) if "ask" in one), None)
        section.pop("ask", None)
        conditions = [row.cells["relevant"] for row in rows if "relevant" in row.cells]
        if len(conditions) > 1:
            each = [self.asker.key.names.expression(one, "") for one in conditions]
            section["show_if"] = " and ".join(f"({one})" for one in each)
        elif conditions and "show_if" not in section:
            section["show_if"] = self.asker.key.names.expression(conditions[0], "")
        if conditions and not self.ours:
            self.tell("form-section", rows[-1], name=wanted)
        self.sections[name] = {**({"title": title} if title else {}), **section}
        self.origins[("sections", name)] = ("survey", rows[-1].number)
        return name
