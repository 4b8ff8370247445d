"""What a survey is: plain frozen values, as read from one YAML file and pinned for a wave.

Laws:
1. A survey never changes once a wave is open: the wave keeps the whole definition.
2. Questions are asked in the order of the file; a condition names earlier questions only.
3. Buttons name questions and options by number: the place in these tuples, counted from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LANGUAGES = ("ur", "ps", "en")
"""The languages the bot itself speaks, in the order in which they are offered."""

DONT_KNOW = "dont_know"
PREFER_NOT = "prefer_not"
NOT_ASKED = "not_asked"
VALID = "valid"
UNKNOWN = "unknown"

SPECIALS = (DONT_KNOW, PREFER_NOT)
"""Answers that every question offers unless its author says otherwise; never in a denominator."""

RESERVED_CODES = frozenset({DONT_KNOW, PREFER_NOT, NOT_ASKED, VALID, UNKNOWN, "not_reached", "not_applicable"})
"""Codes an author may not give to an option: the tallies use them."""

MINORS_CODE = "b15_17"
"""An age band that takes part only in a wave opened for minors (guardian's consent held offline)."""

Words = Mapping[str, str]
"""One text in every language: language code -> words."""


def worded(words: Words, language: str) -> str:
    """The words in this language, or in the survey's first where it does not speak it."""
    return words[language] if language in words else next(iter(words.values()))


Answer = str | int | tuple[str, ...]
"""What is kept: a code, a whole number, or the codes of a multiple choice in the order of the file."""


@dataclass(frozen=True)
class Option:
    """One answer a person can give; `code` is kept, `label` is shown."""

    code: str
    label: Words


@dataclass(frozen=True)
class Band:
    """A group of whole numbers from `low` to `high`, both included, counted under `code`."""

    code: str
    low: int
    high: int


class Condition:
    """When a question is asked; see `bot.core.conditions` for the kinds there are."""


@dataclass(frozen=True)
class Question:
    """One question. `type` is a key of `bot.core.questions.TYPES`.

    `specials` holds the special answers offered, `exclusive` the options of a multiple choice that stand
    alone, `screen_out` the options that end the interview kindly, `bands` how whole numbers are counted,
    `longest` how many letters an answer in own words may have. `audio` (by language) and `picture` name what can
    be heard and seen by the hash of its bytes (see `bot.core.media`).
    """

    id: str
    type: str
    ask: Words
    options: tuple[Option, ...] = ()
    specials: tuple[str, ...] = SPECIALS
    show_if: Condition | None = None
    low: int | None = None
    high: int | None = None
    bands: tuple[Band, ...] = ()
    exclusive: tuple[str, ...] = ()
    screen_out: tuple[str, ...] = ()
    audio: Words = field(default_factory=dict)
    longest: int | None = None
    picture: str = ""

    def option(self, code: str) -> Option:
        """The option with this code; KeyError when there is none."""
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(code)


@dataclass(frozen=True)
class CellPart:
    """One dimension of the cells (district, gender, age ...): a question, and how its codes are grouped.

    `groups` maps an answer's code to the code of the cell; several codes may share one.
    """

    name: str
    question: str
    groups: Mapping[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code this dimension can take, in the order of the file, with `unknown` last."""
        return (*dict.fromkeys(self.groups.values()), UNKNOWN)


@dataclass(frozen=True)
class Indicator:
    """A named figure: the share of valid answers to `question` whose code is one of `codes`."""

    id: str
    title: Words
    question: str
    codes: tuple[str, ...]
    better: str  # higher, lower or none


@dataclass(frozen=True)
class Reach:
    """Whom to compare with the census: the codes that mean women and youth, and the census region."""

    census: str  # a key of the census file: KP, BALOCHISTAN, PUNJAB, SINDH, ISLAMABAD, PAKISTAN
    women: tuple[str, tuple[str, ...]] | None = None  # question, codes
    youth: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Survey:
    """One questionnaire, every text in every language of `languages`.

    `open_text` says how answers in own words are read ("sealed": on a steward's own computer only; empty where
    there are none). Whoever writes one of the words of `danger` is shown `referral` at once.
    """

    id: str
    version: int
    languages: tuple[str, ...]
    title: Words
    licence: str
    consent: Words
    questions: tuple[Question, ...]
    cells: tuple[CellPart, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    reach: Reach | None = None
    tell_result: bool = False
    open_text: str = ""
    referral: Words = field(default_factory=dict)
    danger: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages in which it can be answered: its own, as far as the bot speaks them too."""
        return tuple(code for code in LANGUAGES if code in self.languages)

    def spoken(self, language: str) -> str:
        """This language, or the survey's first where it does not speak this one."""
        return language if language in self.offered else (*self.offered, *self.languages)[0]

    def question(self, id: str) -> Question:
        """The question with this id; KeyError when there is none."""
        for question in self.questions:
            if question.id == id:
                return question
        raise KeyError(id)

    def number(self, id: str) -> int:
        """The place of the question with this id, counted from 0; KeyError when there is none."""
        for number, question in enumerate(self.questions):
            if question.id == id:
                return number
        raise KeyError(id)
