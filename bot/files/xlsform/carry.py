"""The two doors: a survey out as a form (`out`), and a form in as a survey (`bring`).

Laws:
1. A survey that goes out comes back as the same survey, with the same pinned document; else it does not go out.
2. Nothing of a form that comes in is dropped silently: it is carried, or said to be changed or refused.
3. What comes in is checked as every survey file is, and its mistakes are told by the sheet and row of the form.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.files.phrases import Phrases
from bot.files.plain import compose
from bot.files.problems import Notes, Problem
from bot.files.recordings import KINDS
from bot.files.surveys import Loaded, load
from bot.files.xlsform import yaml
from bot.files.xlsform.bring import Brought, brought
from bot.files.xlsform.export import form_of
from bot.files.xlsform.opening import Told, opened
from bot.files.xlsform.sentences import CATALOGUE
from bot.files.xlsform.sheets import Form, FormTrouble, as_bytes

OFFERED = (
    'Every question offers "don\'t know" and "prefer not to answer" too; '
    "'specials: []' in a question takes them away."
)
"""What every survey has, and no form says."""


@dataclass(frozen=True)
class Carried:
    """What came of a form: the `text` of the survey file (empty where nothing could be read), what was changed or
    refused (`told`), and what the check of every survey file says (`problems`)."""

    text: str
    told: tuple[Problem, ...]
    problems: tuple[Problem, ...] = ()
    loaded: Loaded | None = None

    @property
    def refused(self) -> bool:
        """Whether anything was refused, or must be mended before the survey can be opened."""
        return any(problem.level == "error" for problem in (*self.told, *self.problems))

    def report(self) -> str:
        """What was changed, what was refused, and what must be decided before the survey can be opened."""
        changed = [one for one in self.told if one.level == "warning"]
        refused = [one for one in self.told if one.level == "error"]
        parts = [
            *_part("Changed", changed),
            *_part("Refused", refused),
            *_part("Still to be mended in the survey file", self.problems),
        ]
        if not self.text:
            return "\n".join([*parts, "Nothing was made of the form."])
        ready = "It cannot be opened before that." if self.refused else "It can be opened as it is."
        count = f"{len(changed)} changed, {len(refused)} refused, {len(self.problems)} to be mended. {ready}"
        return "\n".join([*parts, count])


def out(path: Path) -> tuple[bytes, tuple[Problem, ...]]:
    """The form of a survey file, and the file's problems; no bytes where one of them is an error."""
    loaded = load(path)
    if loaded.survey is None:
        return b"", loaded.problems
    phrases = Phrases.load()
    form = form_of(loaded.said, phrases)
    content = as_bytes(form)
    again = carried(as_read(content), path.name, phrases, path.parent)
    if again.loaded is None or (again.loaded.survey, again.loaded.document) != (loaded.survey, loaded.document):
        raise FormTrouble(f"{path}: {CATALOGUE['form-lost'].what}. {CATALOGUE['form-lost'].todo}.")
    return content, loaded.problems


def as_read(content: bytes) -> Form:
    """The sheets of a file that we have written ourselves."""
    from bot.files.xlsform.child import sheets

    return sheets(content, [])


def bring(path: Path, beside: Path | None = None) -> Carried:
    """The survey of a form; recordings and pictures are looked for in the folder `beside` which it will lie."""
    found = opened(path)
    told = tuple(_problems(found.told, path.name))
    if not found.form:
        return Carried("", told)
    made = carried(found.form, path.name, Phrases.load(), beside)
    return replace(made, told=(*told, *made.told))


def carried(form: Form, name: str, phrases: Phrases, beside: Path | None = None) -> Carried:
    """The survey of these sheets, written as a file and checked as one. What it names lies in `beside`."""
    made = brought(form, phrases)
    told = tuple(dict.fromkeys(_problems(made.told, name)))
    refused = [f"Left out: {_where(one)}: {one.what}" for one in told if one.level == "error"]
    text = yaml.written(made.said, [f"Made from {name}.", *([] if made.ours else [OFFERED]), *refused])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "survey.yaml"
        file.write_text(text, encoding="utf-8")
        for name_of_folder in KINDS if beside is not None else ():
            (Path(folder) / name_of_folder).symlink_to((beside or Path()).resolve() / name_of_folder)
        loaded = load(file)
    return Carried(text, told, tuple(_placed(loaded.problems, text, made, name)), loaded)


def _part(title: str, problems: Iterable[Problem]) -> Iterator[str]:
    lines = [f"  {problem}" for problem in problems]
    if lines:
        yield from (f"{title}:", *lines, "")


# -- where it was -----------------------------------------------------------------------------------------


def _problems(told: Iterable[Told], name: str) -> Iterator[Problem]:
    """What was told, in the words for authors."""
    notes: dict[str, Notes] = {}
    for one in told:
        of_sheet = notes.setdefault(one.sheet, Notes(_named(name, one.sheet), catalogue=CATALOGUE))
        of_sheet.add(one.problem, one.row, **one.found)
    for of_sheet in notes.values():
        yield from of_sheet.ordered()


def _named(name: str, sheet: str) -> str:
    return f"{name} [{sheet}]" if sheet else name


def _where(problem: Problem) -> str:
    return f"{problem.file}, row {problem.line}"


def _placed(problems: Iterable[Problem], text: str, made: Brought, name: str) -> Iterator[Problem]:
    """The problems of the file that was made, at the rows from which its lines came."""
    lines: dict[int, tuple[str | int, ...]] = {}
    for at, line in compose(text, Notes("")).lines.items():
        if len(at) >= len(lines.get(line, ())):
            lines[line] = at
    for problem in problems:
        at = lines.get(problem.line, ())
        while at and at not in made.origins:
            at = at[:-1]
        if at:
            sheet, row = made.origins[at]
            yield replace(problem, file=_named(name, sheet), line=row)
        else:
            yield replace(problem, file="the survey file")
