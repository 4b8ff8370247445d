"""Every problem of survey files and catalogues at once, and how far each survey is translated.

A coordinator, a translator and the pipeline read the same report: as lines of text, or as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import nature
from bot.core.cells import USUAL_BLOCK
from bot.core.letters import clean
from bot.core.questions import TYPES
from bot.files import helplines, readers
from bot.files.catalogues import check_catalogue
from bot.files.outlook import unheard, unshown
from bot.files.phrases import SOURCE, language_of
from bot.files.plain import text_of
from bot.files.problems import Notes, Problem
from bot.files.sarif import sarif
from bot.files.surveys import YES_NO, Loaded, load
from bot.files.texts import items, languages_of, texts

SURVEYS = (".yaml", ".yml")
CATALOGUES = (".po",)
WORDLESS = frozenset(name for name, kind in TYPES.items() if kind.hidden)
"""Kinds of question that have no words: nobody is asked."""


@dataclass(frozen=True)
class Row:
    """One question: per cent of its texts and recordings that are there, language by language.

    The title, the consent, the words on help, the indicators and the indexes have rows too, in brackets and
    without `voice`.
    """

    name: str
    text: Mapping[str, int]
    voice: Mapping[str, int]


@dataclass(frozen=True)
class Matrix:
    """How far one survey is translated: a row for each question, a column for each language."""

    file: str
    languages: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Report:
    """What was found in `files`."""

    problems: tuple[Problem, ...]
    matrices: tuple[Matrix, ...]
    files: tuple[str, ...]
    drafts: Mapping[str, tuple[str, ...]]
    """The languages in which fewer than two have reviewed the words, file by file."""

    @property
    def errors(self) -> int:
        """How many problems refuse a file."""
        return sum(problem.level == "error" for problem in self.problems)

    def as_text(self) -> str:
        """The report for people: a line for each problem, a table for each survey, and the sum."""
        warnings = len(self.problems) - self.errors
        lines = [f"{problem}{' (a warning)' if problem.level == 'warning' else ''}" for problem in self.problems]
        for matrix in self.matrices:
            lines += ["", *_table(matrix, self.drafts.get(matrix.file, ()))]
        lines += _unread(self.drafts)
        parts = [_many(len(self.files), "file"), _many(self.errors, "error"), _many(warnings, "warning")]
        return "\n".join([*lines, "", ", ".join(parts)]).lstrip("\n")

    def as_json(self) -> str:
        """The report for programs."""
        problems = [
            {
                "file": problem.file,
                "line": problem.line,
                "level": problem.level,
                "id": problem.id,
                "what": problem.what,
                "rule": problem.rule,
                "todo": problem.todo,
            }
            for problem in self.problems
        ]
        coverage = {
            matrix.file: {row.name: {"text": row.text, "voice": row.voice} for row in matrix.rows}
            for matrix in self.matrices
        }
        said = {"problems": problems, "coverage": coverage, "drafts": self.drafts}
        return json.dumps(said, ensure_ascii=False, indent=2)

    def as_sarif(self) -> str:
        """The report for code hosts."""
        return sarif(self.problems)


@dataclass(frozen=True)
class Outlook:
    """What is looked at beside the files themselves: recordings, also where there are none; so many people."""

    audio: bool = False
    population: int | None = None
    k: int = USUAL_BLOCK


USUAL = Outlook()


def check(paths: Sequence[Path], outlook: Outlook = USUAL) -> Report:
    """Everything that can be said of these files, and of the files in these folders."""
    problems: list[Problem] = []
    matrices: list[Matrix] = []
    files: list[str] = []
    drafts: dict[str, tuple[str, ...]] = {}
    for path in dict.fromkeys(_files(paths, problems)):
        files.append(str(path))
        if path.suffix in CATALOGUES:
            problems += check_catalogue(path)
            drafts[str(path)] = _draft(path)
            continue
        if path.name.startswith(helplines.STEM):
            problems += helplines.load(path, nature.now().date())[1]
            continue
        loaded = load(path)
        problems += sorted([*loaded.problems, *_looked_ahead(path, loaded, outlook)], key=lambda one: one.line)
        if loaded.said:
            matrices.append(matrix(str(path), loaded.said))
            drafts[str(path)] = loaded.drafts
    unread = {file: languages for file, languages in drafts.items() if languages}
    return Report(tuple(problems), tuple(matrices), tuple(files), unread)


def _looked_ahead(path: Path, loaded: Loaded, outlook: Outlook) -> tuple[Problem, ...]:
    """How a survey would fare; only of one that could be asked."""
    notes = Notes(str(path))
    if loaded.survey is not None:
        unheard(loaded.said, loaded.plain, notes, outlook.audio)
        if outlook.population is not None:
            unshown(loaded.survey, loaded.plain, notes, outlook.population, outlook.k)
    return notes.ordered()


def _draft(path: Path) -> tuple[str, ...]:
    """The language of a catalogue that fewer than two have reviewed."""
    text, language = text_of(path, Notes(str(path))), language_of(path)
    return () if text is None else readers.drafts((language,), {language: readers.of_catalogue(text)}, SOURCE)


def _files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        notes = Notes(str(path))
        try:
            inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        except (OSError, ValueError):  # a folder that may not be opened, a name that cannot be one
            inside = [path]
        found = [one for one in inside if one.suffix in (*SURVEYS, *CATALOGUES) and not _folder(one)]
        if not found:
            notes.add("nothing-to-check", 1)
        problems += notes.ordered()
        yield from found


def _folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


# -- how far a survey is translated -----------------------------------------------------------------------


def matrix(file: str, said: Mapping[str, Any]) -> Matrix:
    """The share of texts and recordings that are there, question by question, language by language."""
    languages = languages_of(said)
    written: dict[str, list[Mapping[str, Any]]] = {"(title)": [], "(consent)": []}
    scales: dict[str, list[Mapping[str, Any]]] = {}
    for text in texts(said):
        if text.at[0] == "scales":
            scales.setdefault(str(text.at[1]), []).append(text.words)
        else:
            written.setdefault(text.owner, []).append(text.words)
    rows = [Row(name, _shares(written[name], languages), {}) for name in ("(title)", "(consent)")]
    for number, question in enumerate(_questions(said)):
        name = str(question.get("id", f"question {number + 1}"))
        own = [*written.get(name, ()), *scales.get(str(question.get("scale")), ())]
        if question.get("type") == "yes_no" and not question.get("options"):
            own += YES_NO.values()
        rows.append(Row(name, _shares(own, languages), _shares([question.get("audio") or {}], languages)))
    more = [name for name in ("(referral)", "(sections)", "(indicators)", "(indexes)") if name in written]
    rows += [Row(name, _shares(written[name], languages), {}) for name in more]
    return Matrix(file, languages, tuple(rows))


def _questions(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    questions = said.get("questions")
    return [one for one in items(questions) if isinstance(one, dict) and one.get("type") not in WORDLESS]


def _shares(written: Sequence[Any], languages: Sequence[str]) -> dict[str, int]:
    """Whole per cent of these texts in each language, rounded down: 100 means that none is missing."""
    return {
        language: 100 * sum(_there(words, language) for words in written) // max(1, len(written))
        for language in languages
    }


def _there(words: Any, language: str) -> bool:
    text = words.get(language) if isinstance(words, Mapping) else None
    return isinstance(text, str) and bool(clean(text).strip())


# -- the report in words ----------------------------------------------------------------------------------


def _table(matrix: Matrix, drafts: Sequence[str]) -> list[str]:
    named = (f"{language}, draft" if language in drafts else language for language in matrix.languages)
    head = [f"{matrix.file}: texts, % (recordings, %)", *named]
    rows = [[f"  {row.name}", *(_cell(row, language) for language in matrix.languages)] for row in matrix.rows]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in (head, *rows)
    ]


def _unread(drafts: Mapping[str, Sequence[str]]) -> list[str]:
    """The catalogues that are drafts, and how any of the files stops being one."""
    if not drafts:
        return []
    catalogues = [f"{file}: draft" for file in drafts if Path(file).suffix in CATALOGUES]
    means = f"A draft is what fewer than {readers.ENOUGH} readers have reviewed: see docs/translators.md"
    return ["", *catalogues, means]


def _cell(row: Row, language: str) -> str:
    voice = f" ({row.voice[language]})" if language in row.voice else ""
    return f"{row.text[language]}{voice}"


def _many(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
