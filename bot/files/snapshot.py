"""Surveys and catalogues read and checked together: all that the bot speaks from, at one moment.

Laws:
1. A snapshot never changes. Who begins a turn with one ends it with the same.
2. `look` never raises, whatever lies in the folders. It hands out what is sound - at a start a broken survey
   is left out, a broken phrase is said in English - beside every problem of the rest.
3. Files that change while they are looked at show as another fingerprint.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.survey import Survey
from bot.core.versions import changes
from bot.files import helplines
from bot.files.catalogues import check_catalogue
from bot.files.phrases import SOURCE, Phrases, catalogues_in, language_of
from bot.files.plain import MOST_BYTES, text_of
from bot.files.problems import Notes, Problem
from bot.files.shelf import Pinnable
from bot.files.surveys import load

BEYOND_READING = frozenset(
    {"not-a-catalogue", "no-such-file", "not-a-file", "unreadable-file", "too-large", "not-utf-8"}
)
"""Problems after which nothing of a catalogue can be used."""


@dataclass(frozen=True)
class Snapshot:
    """What the bot speaks from: its own words, and the surveys that may be opened."""

    phrases: Phrases
    surveys: Mapping[str, Pinnable]
    files: Mapping[str, Path]


@dataclass(frozen=True)
class Look:
    """What was found: the sound part (None without English words), and every problem."""

    snapshot: Snapshot | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which a changed set is not taken."""
        return tuple(problem for problem in self.problems if problem.level == "error")


def fingerprint(surveys: Path, catalogues: Path) -> str:
    """Changes whenever a file does that `look` would read."""
    seen = hashlib.sha256()
    for path in (*survey_files(surveys), *catalogues_in(catalogues)):
        try:
            with path.open("rb") as file:
                content = hashlib.sha256(file.read(MOST_BYTES + 1)).hexdigest() if path.is_file() else "no file"
        except OSError as error:
            content = f"{error.errno}"
        seen.update(f"{path}\0{content}\n".encode(errors="surrogateescape"))
    return seen.hexdigest()


def survey_files(folder: Path) -> list[Path]:
    """The files of surveys that may be opened; examples in folders below and helplines are not."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith(helplines.STEM))


def look(surveys: Path, catalogues: Path, spoken: Phrases | None = None) -> Look:
    """Everything in these folders. `spoken`: the words in use, whose phrases and values must go on to exist."""
    phrases, wording = _words(catalogues, spoken)
    found, files, problems = _surveys(surveys)
    snapshot = None if phrases is None else Snapshot(phrases, found, files)
    return Look(snapshot, (*problems, *wording))


def unraised(snapshot: Snapshot, asked: Iterable[Survey]) -> tuple[Problem, ...]:
    """A problem for each survey that differs from what an open wave asks under the same version."""
    problems: dict[Problem, None] = {}
    for old in asked:
        survey, _document = snapshot.surveys.get(old.id, (None, None))
        if survey is None or survey.version != old.version or survey == old:
            continue
        path = snapshot.files[old.id]
        notes = Notes(str(path))
        found = {"id": old.id, "version": old.version, "next": old.version + 1}
        notes.add("version-not-raised", _version_line(path), **found, changed="; ".join(changes(old, survey)))
        problems |= notes.problems
    return tuple(problems)


def leave_out(snapshot: Snapshot, problems: Iterable[Problem]) -> Snapshot:
    """The snapshot without the surveys whose files have these problems."""
    bad = {problem.file for problem in problems}
    return replace(
        snapshot, surveys={id: s for id, s in snapshot.surveys.items() if str(snapshot.files[id]) not in bad}
    )


def _version_line(path: Path) -> int:
    with suppress(OSError):
        lines = path.read_text(errors="replace").split("\n")
        return next((number for number, line in enumerate(lines, start=1) if line.startswith("version")), 1)
    return 1


# -- surveys ----------------------------------------------------------------------------------------------


def _surveys(folder: Path) -> tuple[dict[str, Pinnable], dict[str, Path], list[Problem]]:
    found: dict[str, Pinnable] = {}
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    paths = survey_files(folder)
    if not paths:
        notes = Notes(str(folder))
        notes.add("nothing-to-check", 1)
        problems += notes.ordered()
    for path in paths:
        loaded = load(path)
        problems += loaded.problems
        if loaded.survey is None:
            continue
        id = loaded.survey.id
        if id in found:
            notes = Notes(str(path))
            notes.add("survey-twice", 1, id=id, other=files[id].name)
            problems += notes.ordered()
        else:
            found[id], files[id] = (loaded.survey, loaded.document), path
    return found, files, problems


# -- words ------------------------------------------------------------------------------------------------


def _words(folder: Path, spoken: Phrases | None) -> tuple[Phrases | None, list[Problem]]:
    problems: list[Problem] = []
    unusable: set[str] = set()
    paths = catalogues_in(folder)
    for path in paths:
        found = check_catalogue(path)
        problems += found
        if any(problem.id in BEYOND_READING for problem in found):
            unusable.add(language_of(path))
    english = folder / SOURCE / "LC_MESSAGES" / "bot.po"
    if english not in paths or SOURCE in unusable:
        if english not in paths:
            problems += _noted(english, "english-missing")
        return None, problems
    try:
        phrases = Phrases.load(folder, without=unusable)
    except Exception:  # a file went or changed between the check and the reading
        return None, [*problems, *_noted(english, "not-a-catalogue", reason="the files are being changed")]
    gone = _gone(phrases, (*_named(folder), *(() if spoken is None else spoken.ids)), english)
    if gone:
        return None, [*problems, *gone]
    return phrases, [*problems, *(() if spoken is None else _beyond(phrases, spoken, english))]


def _named(folder: Path) -> tuple[str, ...]:
    """The phrases that the template beside the catalogues names: all that the program says."""
    text = text_of(folder / "bot.pot", Notes(""))
    return () if text is None else tuple(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))


def _gone(phrases: Phrases, said: Iterable[str], english: Path) -> tuple[Problem, ...]:
    """The phrases that could no longer be said."""
    notes, ids = Notes(str(english)), set(phrases.ids)
    for id in dict.fromkeys(said):
        if id not in ids:
            notes.add("phrase-gone", 1, id=id)
    return notes.ordered()


def _beyond(phrases: Phrases, spoken: Phrases, english: Path) -> tuple[Problem, ...]:
    """The phrases that ask for values which the running program does not give."""
    notes = Notes(str(english))
    for id in spoken.ids:
        more = phrases.values(id) - spoken.values(id)
        if more:
            notes.add("phrase-value", 1, id=id, found=_braced(more), given=_braced(spoken.values(id)))
    return notes.ordered()


def _braced(names: Iterable[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names)) or "none"


def _noted(path: Path, problem: str, /, **found: object) -> tuple[Problem, ...]:
    notes = Notes(str(path))
    notes.add(problem, 1, **found)
    return notes.ordered()
