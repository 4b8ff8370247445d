"""The titles of columns, read: which column of XLSForm each is, and in which language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from bot.core.letters import clean
from bot.core.survey import LANGUAGES
from bot.files.xlsform.cells import OWN, language_called
from bot.files.xlsform.fates import (
    ALIASES,
    CARRIED,
    MEDIA,
    REFUSED_COLUMNS,
    REFUSED_FAMILIES,
    TEXTS,
)
from bot.files.xlsform.sheets import Row, Sheet

Say = Callable[..., None]
"""Notes a problem of the form: (problem, sheet, row, **found)."""

_LINE_ENDS = dict.fromkeys((0x85, 0x2028, 0x2029), "\n")


@dataclass
class Table:
    """A sheet with its columns called by one name each: `label::ur`, `relevant`, `aitbar_bands`."""

    rows: list[Row] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def table(sheet: Sheet, name: str, default: str, say: Say) -> Table:
    """The sheet with its columns named; `default` is the language of a text whose column names none."""
    named: dict[str, str] = {}
    found = Table()
    for title in sheet.titles:
        column, language = _column(title, name, default, say)
        if not column:
            continue
        if column in named.values():
            say("form-title-twice", name, 1, column=title)
            continue
        named[title] = column
        if language and column.startswith("label::"):
            found.languages.append(language)
    found.columns = list(named.values())
    for row in sheet.rows:
        cells = {named[title]: text for title, text in row.cells.items() if title in named}
        cleaned = {column: _cleaned(text, column, name, row.number, say) for column, text in cells.items()}
        if kept := {column: text for column, text in cleaned.items() if text}:
            found.rows.append(Row(row.number, kept))
    return found


def _cleaned(text: str, column: str, sheet: str, number: int, say: Say) -> str:
    """The text as every text of a survey is kept."""
    plain = text.translate(_LINE_ENDS)
    cleaned = clean(plain)
    if cleaned != normalize("NFC", plain):
        say("form-direction", sheet, number, column=column)
    return cleaned.strip()


def _column(title: str, sheet: str, default: str, say: Say) -> tuple[str, str]:
    """The one name of a column, and its language if it has one; an empty name where it is not read."""
    if title.startswith(OWN):
        return _own(title), ""
    base, rest = _base(_parts(title))
    if base not in TEXTS and not base.startswith("media::"):
        return base, ""
    if rest:
        spoken = language_called(rest[0])
        if spoken is None:
            say("form-language-unknown", sheet, 1, column=title)
            return "", ""
        return f"{base}::{spoken}", spoken
    if base == "media::image":
        return f"{base}::{default}", default
    say("form-language-unsaid", sheet, 1, column=title, language=default)
    return f"{base}::{default}", default


def _parts(title: str) -> list[str]:
    mark = "::" if "::" in title else ":"
    first = title.partition(mark)[0].strip().lower()
    if mark == ":" and first not in TEXTS | MEDIA | {"media"}:
        return [title.strip()]
    return [part.strip() for part in title.split(mark)]


def _base(parts: Sequence[str]) -> tuple[str, Sequence[str]]:
    """XLSForm's own name of a column, and what of its title is left for the language."""
    words = [part.lower() for part in parts]
    if words[0] == "media" and len(words) > 1:
        return f"media::{words[1]}", parts[2:]
    if len(words) > 1 and words[0] in REFUSED_FAMILIES:
        whole = "::".join(words[:2])
        return ALIASES.get(whole, whole), parts[2:]
    first = words[0].replace(" ", "_") if words[0].replace(" ", "_") in CARRIED | TEXTS else words[0]
    return ALIASES.get(first, first), parts[1:]


def own_rows(sheet: Sheet) -> list[Row]:
    """The rows of a sheet of ours: its columns are what their titles say, in whatever language."""
    named = {title: _own(title) for title in sheet.titles}
    return [Row(row.number, {named[title]: text for title, text in row.cells.items()}) for row in sheet.rows]


def _own(title: str) -> str:
    name, mark, language = title.partition("::")
    return f"{name}::{language_called(language) or language}" if mark else title


def languages_of(tables: Sequence[Table], ours: bool) -> tuple[str, ...]:
    """The languages in which labels stand, in the order of the columns; of a foreign form in our usual order."""
    found = list(dict.fromkeys(language for one in tables for language in one.languages))
    if not ours:
        found.sort(key=lambda language: LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES))
    return tuple(found)


def left_out(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The columns of a question's row that are refused, and why."""
    for column in cells:
        base = column.partition("::")[0]
        name = column.rpartition("::")[0] if column.startswith("media::") and column.count("::") == 2 else column
        reason = REFUSED_COLUMNS.get(name) or REFUSED_COLUMNS.get(base) or REFUSED_FAMILIES.get(base)
        if reason is None and base.startswith("sms_"):
            reason = REFUSED_FAMILIES["sms"]
        if reason is not None:
            yield column, reason


def language_in(column: str) -> str:
    """The language that a column of texts speaks; empty where it is none."""
    base, _mark, spoken = column.rpartition("::")
    return spoken if base in TEXTS or base.startswith("media::") else ""


def is_known(column: str) -> bool:
    """Whether a column of the survey sheet is carried, changed, refused or ours."""
    base = column.partition("::")[0] if not column.startswith("media::") else "::".join(column.split("::")[:2])
    return base in CARRIED or column.startswith(OWN) or any(left_out({column: ""}))
