"""Answers of people who do not exist, drawn by chance that is handed in: for rehearsals and the demo.

Laws:
1. The same survey, model and chance give the same answers.
2. Conditions and constraints are followed and every answer is one of its question's type; nobody writes in own
   words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bot.core.conditions import holds, names
from bot.core.questions import TYPES, date, ranking
from bot.core.questions.note import READ
from bot.core.survey import DONT_KNOW, PREFER_NOT, Answer, Answers, Question, Survey

T = TypeVar("T")

SILENT = 0.06
"""So many of all answers are "don't know" or "prefer not to answer"; three to two, where both are offered."""

TRIES = 50
"""Answers that are thought of before one that meets a constraint is given up."""

EVEN = 0.5


class Chance(Protocol):
    """What is asked of chance; `random.Random` is one."""

    def random(self) -> float: ...

    def randint(self, a: int, b: int) -> int: ...

    def choice(self, seq: Sequence[T], /) -> T: ...

    def sample(self, population: Sequence[T], k: int, /) -> list[T]: ...

    def choices(self, population: Sequence[T], weights: Sequence[float], /) -> list[T]: ...


def _evenly(_question: str, _given: Answers) -> float:
    return EVEN


@dataclass(frozen=True)
class Model:
    """How likely answers are: `likely` is the chance of one in the upper half of a scale or of a yes, for people
    with these earlier answers; `weights` are those of a question's codes, where they are stated; in all else every
    answer is as likely as any other. With `fitting` nobody gives an answer that ends the interview.
    """

    likely: Callable[[str, Answers], float] = _evenly
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    fitting: bool = True


def answers(survey: Survey, chance: Chance, model: Model, drawn: Answers | None = None) -> dict[str, Answer]:
    """What one person answers. `drawn` is what an interview draws for them (arms).

    Without it a question that hangs on what is drawn has an answer, whatever will be drawn.
    """
    given: dict[str, Answer] = dict(drawn or {})
    unknown = {question.id for question in survey.questions if question.type == "arm"} - given.keys()
    for question in survey.questions:
        if question.value is not None:
            found = question.value.compute(given)
            given |= {} if found is None else {question.id: found}
        elif question.type != "arm" and (question.comes(given) or names(question.show_if) & unknown):
            given[question.id] = _met(question, given, chance, model)
    return given


def _met(question: Question, given: Answers, chance: Chance, model: Model) -> Answer:
    """An answer that meets what is asked of it; none at all, where nothing seems to."""
    for _ in range(TRIES):
        answer = _answer(question, given, chance, model)
        test = question.constraint
        if answer in question.specials or test is None or holds(test.test, {**given, question.id: answer}):
            return answer
    return question.specials[-1]


def _answer(question: Question, given: Answers, chance: Chance, model: Model) -> Answer:
    codes = _offered(question, given, model)
    if question.type == "note":
        return READ
    if TYPES[question.type].own_words:
        return PREFER_NOT
    weights = model.weights.get(question.id)
    if weights is not None and set(weights) <= set(codes):
        return pick(weights, chance)
    if question.specials and chance.random() < SILENT:
        return _silent(question, chance)
    if question.type == "number":
        return _number(question, chance)
    if question.type == "date":
        return _day(question, chance)
    if question.type == "ranking":
        return tuple(chance.sample(codes, ranking.places(question)))
    if TYPES[question.type].several:
        return _several(question, codes, chance)
    if question.type in ("scale", "grid", "yes_no"):
        return _ordered(question, codes, model.likely(question.id, given), chance)
    return chance.choice(codes)


def _offered(question: Question, given: Answers, model: Model) -> list[str]:
    """The codes that this person may give; where none keeps them in the interview, all that are offered."""
    codes = [code for code in question.codes if question.filter is None or question.filter.offers(code, given)]
    staying = [code for code in codes if code not in question.screen_out]
    return staying if model.fitting and staying else codes


def _silent(question: Question, chance: Chance) -> str:
    usual = DONT_KNOW if chance.random() < 0.6 and DONT_KNOW in question.specials else PREFER_NOT
    return usual if usual in question.specials else question.specials[0]


def _number(question: Question, chance: Chance) -> int | float:
    low, high = question.low or 0, question.high or 0
    whole = chance.randint(low, min(high, low + 8))
    if not question.decimals or whole == high:
        return whole
    return whole + chance.randint(0, 9) / 10


def _day(question: Question, chance: Chance) -> str:
    parts: tuple[str, ...] = ()
    while following := date.following(question, parts):
        parts = (*parts, chance.choice(following))
    return str(date.whole(question, parts))


def _ordered(question: Question, codes: list[str], likely: float, chance: Chance) -> str:
    half = len(codes) // 2
    upper = codes[:half] if question.type == "yes_no" else codes[-half:]
    lower = [code for code in codes if code not in upper]
    return chance.choice(upper if chance.random() < likely else lower)


def _several(question: Question, codes: Sequence[str], chance: Chance) -> tuple[str, ...]:
    alone = [code for code in codes if code in question.exclusive]
    if alone and chance.random() < 0.25:
        return (chance.choice(alone),)
    open_ones = [code for code in codes if code not in question.exclusive]
    number = min(question.most or 2, max(question.least or 1, chance.choice([1, 1, 2])))
    picked = set(chance.sample(open_ones, min(len(open_ones), number)))
    return tuple(code for code in codes if code in picked)


def pick(weights: Mapping[str, float], chance: Chance) -> str:
    """One of the words, each as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]
