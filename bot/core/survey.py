"""What a survey is: plain frozen values, as read from one YAML file and pinned for a wave.

Laws:
1. A survey never changes once a wave is open: the wave keeps the whole definition.
2. Questions are asked in the order of the file; a condition names earlier questions only.
3. Buttons name questions and options by number: the place in these tuples, counted from 0, in whatever order
   a person sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

LANGUAGES = ("ur", "ps", "en")
"""The languages the bot itself speaks, in the order in which they are offered."""

DONT_KNOW = "dont_know"
PREFER_NOT = "prefer_not"
NOT_ASKED = "not_asked"
NOT_REACHED = "not_reached"
VALID = "valid"
UNKNOWN = "unknown"

SKIPPED = "skipped"

USUAL_SPECIALS = (DONT_KNOW, PREFER_NOT)
"""Answers that every question offers unless its author says otherwise."""

SPECIALS = (*USUAL_SPECIALS, SKIPPED)
"""Answers that are none: never in a denominator. `skipped` is offered where a question need not be answered."""

DRAWN_OR_WORKED_OUT = ("arm", "calculate")
"""The kinds of question that nobody is asked (those whose `Kind.hidden` is true)."""

RESERVED_CODES = frozenset({*SPECIALS, NOT_ASKED, VALID, NOT_REACHED, UNKNOWN, "not_applicable"})
"""Codes an author may not give to an option: the tallies use them."""

MINORS_CODE = "b15_17"
"""An age band that takes part only in a wave opened for minors (guardian's consent held offline)."""

Words = Mapping[str, str]
"""One text in every language: language code -> words."""


def worded(words: Words, language: str) -> str:
    """The words in this language, or in the survey's first where it does not speak it."""
    return words[language] if language in words else next(iter(words.values()))


Answer = str | int | float | tuple[str, ...]
"""What is kept: a code, a day, a number, or several codes (in the order of the file, or of a ranking)."""


@dataclass(frozen=True)
class Option:
    """One answer a person can give; `code` is kept, `label` is shown."""

    code: str
    label: Words


@dataclass(frozen=True)
class Band:
    """A group of numbers from `low` to `high`, both included, counted under `code`."""

    code: str
    low: int
    high: int


Answers = Mapping[str, Answer]
"""What one person has answered: question -> answer."""

Value = str | int | float | None
"""What an expression comes to; None where it comes to nothing."""


Check = Callable[[Answers], bool]
"""Whether something holds for a person with these answers."""


def _always(_answers: Answers) -> bool:
    return True


class Condition:
    """When something holds; see `bot.core.conditions` for the kinds there are."""

    @cached_property
    def check(self) -> Check:
        """The function that says whether it holds for a person with these answers."""
        raise TypeError(f"{type(self).__name__} is no kind of condition")


class Expression:
    """What is worked out from answers; see `bot.core.expressions` for the kinds there are."""

    @cached_property
    def compute(self) -> Callable[[Answers], Value]:
        """The function that says what it comes to for a person with these answers."""
        raise TypeError(f"{type(self).__name__} is no kind of expression")


@dataclass(frozen=True)
class Filter:
    """Which options are offered after which answer to an earlier question (`choice_filter`).

    `lists` names, for each of its codes, the options offered then; an option in no list is always offered.
    """

    question: str
    lists: Mapping[str, tuple[str, ...]]

    @cached_property
    def listed(self) -> frozenset[str]:
        """The options that hang on the earlier answer."""
        return frozenset(code for codes in self.lists.values() for code in codes)

    def offers(self, code: str, answers: Answers) -> bool:
        """Whether this option is offered to a person with these answers."""
        return code not in self.listed or code in self.lists.get(str(answers.get(self.question)), ())


@dataclass(frozen=True)
class Constraint:
    """What an answer must meet, and the words that say so where it does not."""

    test: Condition
    message: Words


@dataclass(frozen=True)
class Question:
    """One question. `type` is a key of `bot.core.questions.TYPES`.

    `specials` holds the special answers offered, `exclusive` the options of a multiple choice that stand
    alone, `screen_out` the options that end the interview kindly, `bands` how numbers are counted, `longest`
    how many letters (spoken: seconds) an answer in own words may have, `decimals` how many places a number may
    have, `ends` what the two ends of a scale of bare numbers mean, `earliest` and `latest` the ends of the days
    that may be named (as the answers are written), `precision` how exactly, `least` and `most` how many options
    may be picked (of a ranking, how many places there are), `value` what a calculated answer is worked out from.
    `shuffle`: its options are drawn in an order of chance, `exclusive` and `fixed` ones at their places.
    `stem` stands above the words of one statement of a grid, `pipes` are the earlier questions whose answers
    stand in its words, `heading` the title of its section. Where `keep` is false nothing of it is kept.
    `order`: whether the options of a scale go up (`ascending`) or down (`descending`). `version` goes up when an
    author means something else by it than before: then no figure is set beside those of earlier waves.
    `audio` (by language) and `picture` name what can be heard and seen by the hash of its bytes (see
    `bot.core.media`).
    """

    id: str
    type: str
    ask: Words
    options: tuple[Option, ...] = ()
    specials: tuple[str, ...] = USUAL_SPECIALS
    show_if: Condition | None = None
    low: int | None = None
    high: int | None = None
    bands: tuple[Band, ...] = ()
    exclusive: tuple[str, ...] = ()
    screen_out: tuple[str, ...] = ()
    audio: Words = field(default_factory=dict)
    longest: int | None = None
    decimals: int = 0
    ends: tuple[Words, Words] | None = None
    earliest: str = ""
    latest: str = ""
    precision: str = ""
    least: int | None = None
    most: int | None = None
    value: Expression | None = None
    constraint: Constraint | None = None
    filter: Filter | None = None
    shuffle: bool = False
    fixed: tuple[str, ...] = ()
    stem: Words = field(default_factory=dict)
    pipes: tuple[str, ...] = ()
    section: str = ""
    heading: Words = field(default_factory=dict)
    keep: bool = True
    order: str = ""
    picture: str = ""
    sensitive: bool = False
    version: int = 1

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of its options, in the order of the file."""
        return tuple(option.code for option in self.options)

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of its options in each language, in the order of the file."""
        return {language: tuple(option.label[language] for option in self.options) for language in self.ask}

    def option(self, code: str) -> Option:
        """The option with this code; KeyError when there is none."""
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(code)

    @cached_property
    def comes(self) -> Check:
        """Says whether it comes to a person with these answers: its condition holds, and there is one to pick."""
        told, offered, codes = self.show_if, self.filter, self.codes
        if offered is None:
            return _always if told is None else told.check
        return lambda answers: (
            (told is None or told.check(answers)) and any(offered.offers(code, answers) for code in codes)
        )

    @cached_property
    def counts(self) -> bool:
        """Whether it is one of "question 3 of 16": a note is none."""
        return self.type != "note"

    @cached_property
    def bound(self) -> bool:
        """Whether more than its condition decides: it is drawn or worked out and never asked, or an answer can
        cease to apply although the question is still asked."""
        return self.type in DRAWN_OR_WORKED_OUT or self.filter is not None or self.constraint is not None

    @property
    def routed(self) -> bool:
        """Whether it comes to some people only."""
        return self.show_if is not None or (self.filter is not None and self.filter.listed >= set(self.codes))


@dataclass(frozen=True)
class Shuffle:
    """Questions that change places among themselves: each unit is a run of question numbers that stays together.

    With `arm`, the id of an arm question, the units are turned round by the arm drawn, which is kept; without,
    their order is drawn by chance, and nobody ever learns it. `name` tells orders of one interview apart.
    """

    name: str
    units: tuple[tuple[int, ...], ...]
    arm: str = ""


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
class Advice:
    """What could be done (`do`) where a share is worse than `limit` percent, or changed for the worse."""

    limit: int
    do: Words


@dataclass(frozen=True)
class Indicator:
    """A named figure: the share of valid answers to `question` whose code is one of `codes`.

    `baseline` is where a programme began and `target` what it aims at, both in percent.
    """

    id: str
    title: Words
    question: str
    codes: tuple[str, ...]
    better: str  # higher, lower or none
    advice: Advice | None = None
    baseline: int | None = None
    target: int | None = None

    def worse(self, value: float, than: float) -> bool:
        """Whether one share is worse than another; never where neither end is better."""
        return value < than if self.better == "higher" else self.better == "lower" and value > than


@dataclass(frozen=True)
class Index:
    """A score from 0 to 100 over several questions; those in `reverse` are turned before they are added."""

    id: str
    title: Words
    items: tuple[str, ...]
    reverse: tuple[str, ...]
    better: str  # higher, lower or none


@dataclass(frozen=True)
class Reach:
    """Whom to compare with the census: the codes that mean women and youth, and the census region."""

    census: str  # a key of the census file: KP, BALOCHISTAN, PUNJAB, SINDH, ISLAMABAD, PAKISTAN
    women: tuple[str, tuple[str, ...]] | None = None  # question, codes
    youth: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Clocks:
    """How many days one may begin (None: as long as the wave is open), how many more one may finish, and after
    how many days without a touch an interview expires."""

    start_days: int | None = None
    grace_days: int = 3
    idle_days: int = 14


@dataclass(frozen=True)
class Reminding:
    """How often at most, and every how many days, whoever agreed is written to."""

    at_most: int
    every_days: int


@dataclass(frozen=True)
class Survey:
    """One questionnaire, every text in every language of `languages`.

    `open_text` says how answers in own words are read ("sealed": on a steward's own computer only; empty where
    there are none). Whoever writes one of the words of `danger` is shown `referral` at once. `targets` are the
    shares aimed at, in per cent, of those whom `reach` names.
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
    shuffles: tuple[Shuffle, ...] = ()
    """From the innermost (statements of a grid) to the outermost (sections)."""
    indexes: tuple[Index, ...] = ()
    clocks: Clocks = Clocks()
    reminders: Reminding | None = None
    targets: Mapping[str, int] = field(default_factory=dict)

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages in which it can be answered: its own, as far as the bot speaks them too."""
        return tuple(code for code in LANGUAGES if code in self.languages)

    def spoken(self, language: str) -> str:
        """This language, or the survey's first where it does not speak this one."""
        return language if language in self.offered else (*self.offered, *self.languages)[0]

    def question(self, id: str) -> Question:
        """The question with this id; KeyError when there is none."""
        return self.questions[self._numbers[id]]

    def number(self, id: str) -> int:
        """The place of the question with this id, counted from 0; KeyError when there is none."""
        return self._numbers[id]

    @cached_property
    def course(self) -> tuple[tuple[Question, str, Check, bool, int], ...]:
        """What every tap goes through: each question, its id, whether it comes, whether it is plain (counted, and
        any answer to it stays one), and a number that it shares with those that come under the same condition
        (which names earlier questions only, so that what it said of the first of them holds for the others)."""
        shared: dict[object, int] = {}
        return tuple(
            (
                question,
                question.id,
                question.comes,
                question.counts and not question.bound,
                shared.setdefault(question.id if question.filter else question.show_if, len(shared)),
            )
            for question in self.questions
        )

    @cached_property
    def unanswered(self) -> int:
        """How many of the questions are none: notes, and what is drawn or worked out."""
        return sum(not question.counts or question.type in DRAWN_OR_WORKED_OUT for question in self.questions)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {question.id: number for number, question in enumerate(self.questions)}


def without_minors(survey: Survey) -> Survey:
    """Unless a wave is opened for minors, the band 15 to 17 ends the interview kindly."""
    questions = tuple(
        replace(q, screen_out=(*q.screen_out, MINORS_CODE))
        if any(option.code == MINORS_CODE for option in q.options)
        else q
        for q in survey.questions
    )
    return replace(survey, questions=questions)
