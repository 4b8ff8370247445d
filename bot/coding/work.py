"""The work of coding one wave's answers: which themes each text has, kept beside the file, without a word of it.

Laws:
1. What is written holds names of sealed texts, themes and marks; never a text or a sound.
2. What was given back for a release stays as it is: it is given again alike, and no later file has those texts.
3. A question is given back from k coded texts on; a text marked for removal is in no count.
4. A second steward sees the codebook of the first and none of the codes, and codes a sample drawn by chance.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core import themes
from bot.core.codes import Coded, Codes
from bot.core.codes import write as write_codes
from bot.core.survey import LANGUAGES
from bot.core.themes import Agreement, Coding
from bot.store import disk
from bot.store.opentext import Bundle, Opened

FORMAT = "aitbar coding 1"


class CodingTrouble(Exception):
    """Texts cannot be coded; the text says why and what to do."""


@dataclass(frozen=True)
class Mark:
    """What a steward decided of a text: its themes (of the codebook, or none of them), and whether it must go."""

    themes: Coding = frozenset()
    remove: bool = False


@dataclass
class Book:
    """The coding of one question; `given` has the release for which each text was given back."""

    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    sample: tuple[str, ...] = ()


Books = dict[str, Book]


class Work:
    """The coding of one file, by the first steward or, where `first` has the first one's books, by a second."""

    def __init__(self, bundle: Bundle, path: Path, first: Books | None = None) -> None:
        self.bundle = bundle
        self.path = path
        self.is_second = first is not None
        self._first = first
        self._books = _read(path, bundle.wave)
        for one in bundle.opened:
            book = self._books.setdefault(one.id, Book())
            if first is not None:
                self._begin_second(one, book, first.get(one.id, Book()))
        if any(book.sample for book in self._books.values()):
            self._keep()

    def _begin_second(self, one: Opened, book: Book, first: Book) -> None:
        """The codebook as it is now; the sample is drawn once a release."""
        book.titles, batch = first.titles, self._batch(one, first)
        here = [name for name in book.sample if name in batch]
        book.sample = tuple(here or themes.sample(batch, self.bundle.k))

    # -- what is shown ------------------------------------------------------------------------------------

    def questions(self) -> tuple[Opened, ...]:
        """The questions of the file."""
        return self.bundle.opened

    def titles(self, question: str) -> Mapping[str, Mapping[str, str]]:
        """The codebook of a question: the themes in their order."""
        return self._books[question].titles

    def names(self, question: str) -> tuple[str, ...]:
        """The texts to look at, in the order of the file."""
        opened = self._opened(question)
        return tuple(name for name in opened.names if not self.is_second or name in self._books[question].sample)

    def mark(self, question: str, name: str) -> Mark | None:
        """What was decided of a text; None where nothing was yet."""
        return self._books[question].marks.get(name)

    def is_given(self, question: str, name: str) -> bool:
        """Whether the themes of a text are counted, or given back to be; for a second steward none are."""
        if self.is_second:
            return False
        return name in self._opened(question).counted or name in self._books[question].given

    def content(self, question: str, name: str) -> str | bytes:
        """A text, or the sound of a spoken one."""
        opened = self._opened(question)
        return (opened.sounds or opened.words)[opened.names.index(name)]

    # -- what is decided ----------------------------------------------------------------------------------

    def put(self, question: str, name: str, mark: Mark) -> None:
        """Decide of a text. Of one that was given back only the mark for removal changes (law 2)."""
        book = self._books[question]
        if (
            name not in self.names(question)
            or mark.themes - book.titles.keys()
            or (mark.remove and self.is_second)
        ):
            raise CodingTrouble("There is no such text or theme.")
        if self.is_given(question, name):
            mark = Mark(book.marks.get(name, Mark()).themes, mark.remove)
        book.marks[name] = mark
        self._keep()

    def undo(self, question: str, name: str) -> None:
        """Take back what was decided of a text that was not given back yet."""
        if not self.is_given(question, name):
            self._books[question].marks.pop(name, None)
            self._keep()

    def add_theme(self, question: str, language: str, words: str) -> str:
        """A new theme in the codebook; returns what it is called."""
        book, title = self._books[question], themes.title(words)
        if self.is_second:
            raise CodingTrouble("The second steward codes with the codebook of the first.")
        if language not in LANGUAGES or not title:
            raise CodingTrouble("A theme needs a title.")
        if len(book.titles) >= themes.MOST_THEMES:
            raise CodingTrouble(f"A codebook holds {themes.MOST_THEMES} themes. Put this text under one of them.")
        if any(title in known.values() for known in book.titles.values()):
            raise CodingTrouble("There is a theme with this title.")
        id = f"t{len(book.titles) + 1:02d}"
        book.titles[id] = {language: title}
        self._keep()
        return id

    def rename(self, question: str, theme: str, language: str, words: str) -> None:
        """Another title for a theme, or one in another language, until texts of its question are given."""
        book, title = self._books[question], themes.title(words)
        if self.is_second or theme not in book.titles or language not in LANGUAGES or not title:
            raise CodingTrouble("There is no such theme, or it needs a title.")
        if book.given:
            raise CodingTrouble("Titles stay as they are once the themes were given back.")
        book.titles[theme][language] = title
        self._keep()

    # -- what is given back -------------------------------------------------------------------------------

    def codes(self, second: Mapping[str, Book] | None = None) -> Codes:
        """What is ready to be given back: counts of each question from k coded texts on, and marks for removal."""
        questions: dict[str, Coded] = {}
        remove: dict[str, frozenset[str]] = {}
        for one in self.bundle.opened:
            book = self._books[one.id]
            batch = self._batch(one, book)
            counted = themes.count(self.bundle.release, batch.values(), book.titles, self.bundle.k)
            if counted is not None:
                agreed = self.agreed(one.id, (second or {}).get(one.id))
                questions[one.id] = Coded(
                    book.titles,
                    themes.Counted(counted.release, counted.n, counted.themes, agreed),
                    frozenset(batch),
                )
            gone = frozenset(name for name in one.names if book.marks.get(name, Mark()).remove)
            if gone:
                remove[one.id] = gone
        return Codes(self.bundle.wave, self.bundle.release, questions, remove)

    def agreed(self, question: str, second: Book | None) -> Agreement | None:
        """How far a second steward agreed, once the whole sample is coded."""
        book = self._books[question]
        batch = self._batch(self._opened(question), book)
        sample = [] if second is None else [name for name in second.sample if name in batch]
        if second is None or set(sample) - second.marks.keys():
            return None
        theirs = {name: second.marks[name].themes for name in sample}
        return themes.agreement(batch, theirs, list(book.titles), self.bundle.k)

    def give(self, out: Path) -> Codes:
        """Write the codes into a file, and hold fast what was given. CodingTrouble where there is nothing."""
        codes = self.codes(_read(second_of(self.path), self.bundle.wave))
        if not codes.questions and not codes.remove:
            raise CodingTrouble(f"Nothing yet: a question is given back once {self.bundle.k} texts are coded.")
        for id, coded in codes.questions.items():
            self._books[id].given.update(dict.fromkeys(coded.texts, self.bundle.release))
        self._keep()
        _place(out, write_codes(codes))
        return codes

    def _batch(self, one: Opened, book: Book) -> dict[str, Coding]:
        """The coded texts that are counted together for this release."""
        now = [name for name, release in book.given.items() if release == self.bundle.release]
        if now:
            return {name: book.marks[name].themes for name in now}
        free = (name for name in one.names if name not in one.counted and name not in book.given)
        marks = {name: book.marks[name] for name in free if name in book.marks}
        return {name: mark.themes for name, mark in marks.items() if not mark.remove}

    def _opened(self, question: str) -> Opened:
        return {one.id: one for one in self.bundle.opened}[question]

    def _keep(self) -> None:
        _place(self.path, _written(self.bundle.wave, self._books))


def begin(bundle: Bundle, file: Path, second: Path | None = None) -> Work:
    """Begin or go on with the work on a steward's file; `second` is the coding of the first steward."""
    if not bundle.k:
        raise CodingTrouble("This file was made by an older bot. Have it sent again, then code it.")
    if second is None:
        return Work(bundle, file.with_name(f"coding-{bundle.wave}.json"))
    if not second.is_file():
        raise CodingTrouble(f"There is no coding of a first steward in {second}.")
    work = Work(bundle, second_of(second), _read(second, bundle.wave))
    if not any(work.names(one.id) for one in bundle.opened):
        raise CodingTrouble(f"The first steward has to code {bundle.k} texts before there is a sample.")
    return work


def agreements(work: Work, first: Path) -> dict[str, Agreement | None]:
    """What came of a second steward's work, by question."""
    mine = _read(work.path, work.bundle.wave)
    theirs = Work(work.bundle, first)
    return {one.id: theirs.agreed(one.id, mine.get(one.id)) for one in work.bundle.opened}


def second_of(path: Path) -> Path:
    """Where the second steward's coding lies: beside that of the first."""
    return path.with_suffix(".second.json")


# -- the file ---------------------------------------------------------------------------------------------


def _written(wave: str, books: Books) -> bytes:
    said = {
        "format": FORMAT,
        "wave": wave,
        "questions": {
            id: {
                "themes": book.titles,
                "texts": {
                    name: {"themes": sorted(mark.themes), "remove": mark.remove}
                    for name, mark in sorted(book.marks.items())
                },
                "given": dict(sorted(book.given.items())),
                "sample": book.sample,
            }
            for id, book in books.items()
        },
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _read(path: Path, wave: str) -> Books:
    """The books in a file; none where there is no file."""
    try:
        said = json.loads(path.read_bytes())
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        meant, books = said["wave"], {id: _book(raw) for id, raw in said["questions"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CodingTrouble(f"{path} is no coding, or it is damaged. Put it aside to begin anew.") from None
    if meant != wave:
        raise CodingTrouble(f"{path} is the coding of another wave: {meant}")
    return books


def _book(raw: Mapping[str, Any]) -> Book:
    titles = {str(id): {str(k): str(v) for k, v in title.items()} for id, title in raw["themes"].items()}
    marks = {
        str(name): Mark(_known(mark["themes"], titles), bool(mark["remove"]))
        for name, mark in raw["texts"].items()
    }
    given = {str(name): int(release) for name, release in raw["given"].items()}
    if given.keys() - marks.keys():
        raise ValueError("a text was given back that was never coded")
    return Book(titles, marks, given, tuple(map(str, raw["sample"])))


def _known(raw: Iterable[str], titles: Mapping[str, object]) -> Coding:
    found = frozenset(raw)
    if found - titles.keys():
        raise ValueError("a theme that is not in the codebook")
    return found


def _place(path: Path, content: bytes) -> None:
    """A file that nobody else may read, the old one or the new one at every moment."""
    beside = path.with_name(f".{path.name}.unfinished")
    try:
        disk.remove(beside)
        disk.write(beside, content)
        disk.place(beside, path)
    except OSError as error:
        raise CodingTrouble(f"{path} cannot be written ({error.strerror}).") from None
