"""The columns of rows that leave: their names, what their values mean, and how each kind of file writes them.

Laws:
1. One list of columns serves every format: codes in CSV and XLSX, numbers in SPSS and Stata.
2. Options are numbered from 1 in the order of the survey file; a scale of bare numbers keeps its numbers.
3. What is no answer has a code of its own in each format, and is never among the answers: see `SPECIAL`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.core.flow import LANGUAGE_NAMES, SPECIAL_PHRASES
from bot.core.questions import TYPES, ranking
from bot.core.survey import (
    DONT_KNOW,
    NOT_ASKED,
    NOT_REACHED,
    PREFER_NOT,
    SKIPPED,
    Answer,
    CellPart,
    Question,
    Survey,
    Words,
    worded,
)
from bot.export.disclosure import WITHHELD, cell_questions
from bot.export.words import answered, asking, leaving, named, spoken
from bot.files.phrases import SOURCE, Phrases
from bot.files.surveys import YES_NO
from bot.store import Released

MERGED = "_merged"
"""The code of a group that was put together with others."""

SPECIAL: Mapping[str, tuple[int, str]] = {
    DONT_KNOW: (-1, "a"),
    PREFER_NOT: (-2, "b"),
    NOT_ASKED: (-3, "c"),
    NOT_REACHED: (-4, "d"),
    SKIPPED: (-5, "e"),
    WITHHELD: (-6, "f"),
    MERGED: (-7, "g"),
}
"""What is no answer: its number in SPSS and its letter in Stata. -1 to -3 are those of the World Values Survey."""

FAR = -1_000_000_000
"""Added to these numbers where a question takes negative ones; a number in a survey file has nine digits."""

STATES: Mapping[str, Words] = {
    NOT_ASKED: {"en": "not asked", "ur": "نہیں پوچھا گیا", "ps": "نه دے پوښتل شوے"},
    NOT_REACHED: {
        "en": "sent before this question",
        "ur": "اس سوال سے پہلے بھیجا گیا",
        "ps": "د دې سوال نه مخکښې لېږلے شوے",
    },
    WITHHELD: {
        "en": "withheld to protect people",
        "ur": "حفاظت کے لیے نہیں دکھایا گیا",
        "ps": "د حفاظت د پاره نه دے ښودلے شوے",
    },
    MERGED: {"en": "groups put together", "ur": "گروپ ملا دیے گئے", "ps": "ګروپونه یو ځاے کړے شوي دي"},
}
"""What a codebook calls that which nobody says in a chat (drafts: docs/decisions/words-to-review.md)."""

LONGEST_NAME = 32
"""Letters of a name in Stata; SPSS takes 64."""

CODE, NUMBER, TEXT = "code", "number", "text"
"""The shapes of a column: one of its values, a number, or a text such as a date."""

FORMATS = ("csv", "xlsx", "sav", "dta")
CODED = ("csv", "xlsx")
"""Formats in which codes stand; in the others there are numbers with labels."""

Given = str | int | float
"""What stands in one cell: a code (`not_asked` where there is no answer), a number or a text."""


@dataclass(frozen=True)
class Value:
    """A code that a column can hold, its number, what it means; `special` where it is no answer."""

    code: str
    number: int | None
    label: Words
    special: bool = False


@dataclass(frozen=True)
class Variable:
    """One column: `read` takes what stands in it from a released row; `asking` are the words of its question."""

    name: str
    question: str
    type: str
    shape: str
    label: Words
    values: tuple[Value, ...]
    read: Callable[[Released], Given] = field(compare=False)
    asking: Words = field(default_factory=dict)
    decimals: int = 0
    ordered: bool = False

    def cell(self, row: Released) -> Given:
        """What stands in this column of a row of CSV or XLSX."""
        given = self.read(row)
        return int(given) if self.picked and given in ("0", "1") else given

    def value(self, given: Given) -> Value | None:
        """The value with this code; None for a number or a text."""
        return self._by_code.get(given) if isinstance(given, str) else None

    def written(self, value: Value, format: str) -> str:
        """One of its values as a file of this format writes it, as text."""
        if format in CODED or self.shape == TEXT:
            return value.code
        if format == "dta" and value.special:
            return f".{SPECIAL[value.code][1]}"
        return "" if value.number is None else str(value.number)

    @property
    def picked(self) -> bool:
        """Whether it says of one option of several if it was picked."""
        return self.type in TYPES and TYPES[self.type].several

    @cached_property
    def _by_code(self) -> Mapping[str, Value]:
        return {value.code: value for value in self.values}


def variables(survey: Survey, phrases: Phrases) -> tuple[Variable, ...]:
    """Every column of a survey's rows, in the order in which they stand."""
    return tuple(_Columns(survey, phrases).all())


@dataclass
class _Columns:
    survey: Survey
    phrases: Phrases
    taken: set[str] = field(default_factory=set)

    @cached_property
    def _cells(self) -> tuple[str, ...]:
        return cell_questions(self.survey)

    def all(self) -> Iterator[Variable]:
        asked = leaving(self.survey)
        self.taken.update(question.id for question in asked)  # no other column takes a question's name
        for question in asked:
            yield from self._of(question)
        yield self._language()
        for part in self.survey.cells:
            yield self._group(part)

    def _of(self, question: Question) -> Iterator[Variable]:
        if TYPES[question.type].several:
            yield from (self._picked(question, at) for at in range(len(question.options)))
        elif question.type == "ranking":
            yield from (self._place(question, at) for at in range(ranking.places(question)))
        else:
            yield self._one(question)

    def _one(self, question: Question) -> Variable:
        shape = CODE if question.options else TEXT if question.type == "date" else NUMBER
        return self._variable(
            question,
            question.id,
            shape,
            self._asking(question),
            self._options(question),
            lambda row: _single(row.answers.get(question.id)),
        )

    def _picked(self, question: Question, at: int) -> Variable:
        """Whether one option of several was picked: 1 or 0."""
        option = question.options[at]
        words, asking = answered(question, option.code, self.survey), self._asking(question)
        return self._variable(
            question,
            self._name(f"{question.id}_{option.code}"),
            CODE,
            {language: f"{words[language]}: {asking[language]}" for language in self.survey.languages},
            (Value("1", 1, self._spoken(YES_NO["yes"])), Value("0", 0, self._spoken(YES_NO["no"]))),
            lambda row: _held(row.answers.get(question.id), option.code),
        )

    def _place(self, question: Question, at: int) -> Variable:
        """Which option stands in one place of a ranking."""
        return self._variable(
            question,
            self._name(f"{question.id}_{at + 1}"),
            CODE,
            {code: f"{at + 1}. {words}" for code, words in self._asking(question).items()},
            self._options(question),
            lambda row: _at(row.answers.get(question.id), at),
        )

    def _variable(
        self,
        question: Question,
        name: str,
        shape: str,
        label: Words,
        values: tuple[Value, ...],
        read: Callable[[Released], Given],
    ) -> Variable:
        return Variable(
            name=name,
            question=question.id,
            type=question.type,
            shape=shape,
            label=label,
            values=(*values, *self._specials(question)),
            read=read,
            asking={} if TYPES[question.type].hidden else self._asking(question),
            decimals=2 if question.type == "calculate" else question.decimals,
            ordered=question.type in ("scale", "grid"),
        )

    def _options(self, question: Question) -> tuple[Value, ...]:
        numbers = _numbers(question)
        return tuple(
            Value(option.code, number, answered(question, option.code, self.survey))
            for option, number in zip(question.options, numbers, strict=True)
        )

    def _specials(self, question: Question) -> Iterator[Value]:
        hidden = TYPES[question.type].hidden
        withheld = (WITHHELD,) if question.id in self._cells else ()
        for code in (*question.specials, NOT_ASKED, *(() if hidden else (NOT_REACHED,)), *withheld):
            yield Value(code, _special_number(question, code), self._state(code), special=True)

    def _state(self, code: str) -> Words:
        if code in STATES:
            return self._spoken(STATES[code])
        phrase = "answer-skipped" if code == SKIPPED else SPECIAL_PHRASES[code]
        return {language: _unmarked(self.phrases.say(language, phrase)) for language in self.survey.languages}

    def _language(self) -> Variable:
        names = [
            Value(code, at, self._spoken({}, LANGUAGE_NAMES[code]))
            for at, code in enumerate(self.survey.offered, 1)
        ]
        title = {"en": "Language of the interview", "ur": "انٹرویو کی زبان", "ps": "د انټرویو ژبه"}
        name = self._name("language" if "language" not in self.taken else "interview_language")
        return Variable(name, "", "language", CODE, self._spoken(title), tuple(names), lambda row: row.language)

    def _group(self, part: CellPart) -> Variable:
        values = [
            Value(code, at, named(self.survey, ((part.name, code),))) for at, code in enumerate(part.codes, 1)
        ]
        merged = Value(MERGED, SPECIAL[MERGED][0], self._state(MERGED), special=True)
        return Variable(
            self._name(f"group_{part.name}"),
            "",
            "group",
            CODE,
            self._spoken({}, f"group: {part.name}"),
            (*values, merged),
            lambda row: dict(row.node).get(part.name, MERGED),
        )

    def _asking(self, question: Question) -> Words:
        return asking(question, self.survey)

    def _spoken(self, words: Words, otherwise: str = "") -> Words:
        return spoken(words, self.survey, otherwise)

    def _name(self, wanted: str) -> str:
        """A name that no other column has, short enough for every format."""
        name, number = wanted[:LONGEST_NAME].rstrip("_"), 1
        while name in self.taken:
            number += 1
            name = f"{wanted[: LONGEST_NAME - len(f'_{number}')]}_{number}"
        self.taken.add(name)
        return name


def _numbers(question: Question) -> list[int]:
    bare = [worded(option.label, SOURCE) if option.label else "" for option in question.options]
    if question.type in ("scale", "grid") and all(map(str.isdecimal, bare)) and len(set(bare)) == len(bare):
        return [int(number) for number in bare]
    return list(range(1, len(question.options) + 1))


def _special_number(question: Question, code: str) -> int | None:
    """A number that no answer can be; None, an empty cell, where any number can come of it."""
    number = SPECIAL[code][0]
    if question.type == "calculate":
        return None
    return number + FAR if question.low is not None and question.low < 0 else number


def _single(answer: Answer | None) -> Given:
    return NOT_ASKED if answer is None or isinstance(answer, tuple) else answer


def _held(answer: Answer | None, code: str) -> Given:
    return str(int(code in answer)) if isinstance(answer, tuple) else _single(answer)


def _at(answer: Answer | None, place: int) -> Given:
    if isinstance(answer, tuple):
        return answer[place] if place < len(answer) else NOT_ASKED
    return _single(answer)


def _unmarked(words: str) -> str:
    """Words without the marks that put them in order in a message."""
    return words.translate(dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069")))
