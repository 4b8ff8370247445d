"""Who the simulated people are and what they answer: a stated model, the same for the same seed.

For every question on a scale, and for every yes or no, the chance of an answer in the upper half is

    BASE of the question (0.55 where none is stated) + GENDER + DISTRICT, held between 0.03 and 0.97

and inside a half every answer is equally likely. SILENT of all answers are "don't know" or "prefer not to
answer", three to two. Nobody writes in own words. Whoever reads a digest of the demo should find these differences
again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.conditions import holds, names
from bot.core.questions import TYPES, date, ranking
from bot.core.questions.note import READ
from bot.core.survey import DONT_KNOW, PREFER_NOT, Answer, Question, Survey

LANGUAGES = {"ps": 0.6, "ur": 0.3, "en": 0.1}
DISTRICTS = {"swat": 0.4, "peshawar": 0.35, "mardan": 0.25}
GENDERS = {"woman": 0.45, "man": 0.55}
AGES = {"b18_24": 0.3, "b25_29": 0.2, "b30_44": 0.25, "b45_59": 0.15, "b60": 0.1}
CELLS = {"district": DISTRICTS, "gender": GENDERS, "age_band": AGES}

BASE = {
    "trust_neighbours": 0.8,
    "trust_elders": 0.7,
    "trust_teachers": 0.75,
    "trust_health": 0.65,
    "trust_police": 0.35,
    "trust_courts": 0.4,
    "trust_administration": 0.4,
    "trust_ngos": 0.5,
    "trust_media": 0.45,
}
OTHERWISE = 0.55
GENDER = {"woman": -0.12, "man": 0.06}
DISTRICT = {"swat": 0.08, "peshawar": 0.0, "mardan": -0.1}
SILENT = 0.06


@dataclass(frozen=True)
class Villager:
    """One simulated person: a number, a language, and an answer to every question they may be asked.

    What is drawn for an interview nobody knows before: a question that hangs on it has an answer too.
    """

    number: int
    language: str
    answers: Mapping[str, Answer]


def villagers(survey: Survey, people: int, seed: int) -> list[Villager]:
    """So many people, the same for the same survey and seed."""
    chance = random.Random(seed)  # noqa: S311 - a model that can be repeated, not a secret
    return [_villager(survey, number, chance) for number in range(people)]


def _villager(survey: Survey, number: int, chance: random.Random) -> Villager:
    language = _pick(LANGUAGES, chance)
    answers: dict[str, Answer] = {}
    arms = {question.id for question in survey.questions if question.type == "arm"}
    for question in survey.questions:
        if question.value is not None:
            found = question.value.compute(answers)
            answers |= {} if found is None else {question.id: found}
        elif question.id not in arms and (question.comes(answers) or names(question.show_if) & arms):
            answers[question.id] = _met(question, answers, chance)
    return Villager(number, language, answers)


TRIES = 50
"""Answers that are thought of before one that meets a constraint is given up."""


def _met(question: Question, given: Mapping[str, Answer], chance: random.Random) -> Answer:
    """An answer that meets what is asked of it; none at all, where nothing seems to."""
    for _ in range(TRIES):
        answer = _answer(question, given, chance)
        test = question.constraint
        if answer in question.specials or test is None or holds(test.test, {**given, question.id: answer}):
            return answer
    return question.specials[-1]


def _answer(question: Question, given: Mapping[str, Answer], chance: random.Random) -> Answer:
    codes = [code for code in question.codes if question.filter is None or question.filter.offers(code, given)]
    if question.type == "note":
        return READ
    if TYPES[question.type].own_words:
        return PREFER_NOT
    if question.id in CELLS and set(CELLS[question.id]) <= set(codes):
        return _pick(CELLS[question.id], chance)
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
        return _ordered(question, codes, given, chance)
    return chance.choice(codes)


def _silent(question: Question, chance: random.Random) -> str:
    usual = DONT_KNOW if chance.random() < 0.6 and DONT_KNOW in question.specials else PREFER_NOT
    return usual if usual in question.specials else question.specials[0]


def _number(question: Question, chance: random.Random) -> int | float:
    low, high = question.low or 0, question.high or 0
    whole = chance.randint(low, min(high, low + 8))
    if not question.decimals or whole == high:
        return whole
    return whole + chance.randint(0, 9) / 10


def _day(question: Question, chance: random.Random) -> str:
    parts: tuple[str, ...] = ()
    while following := date.following(question, parts):
        parts = (*parts, chance.choice(following))
    return str(date.whole(question, parts))


def _ordered(question: Question, codes: list[str], given: Mapping[str, Answer], chance: random.Random) -> str:
    half = len(codes) // 2
    upper = codes[:half] if question.type == "yes_no" else codes[-half:]
    lower = [code for code in codes if code not in upper]
    return chance.choice(upper if chance.random() < likely(question.id, given) else lower)


def likely(question: str, given: Mapping[str, Answer]) -> float:
    """The chance of an answer in the upper half, for a person of this gender and district."""
    base = BASE.get(question, OTHERWISE)
    base += GENDER.get(str(given.get("gender")), 0.0) + DISTRICT.get(str(given.get("district")), 0.0)
    return min(0.97, max(0.03, base))


def _several(question: Question, codes: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    alone = [code for code in codes if code in question.exclusive]
    if alone and chance.random() < 0.25:
        return (chance.choice(alone),)
    open_ones = [code for code in codes if code not in question.exclusive]
    number = min(question.most or 2, max(question.least or 1, chance.choice([1, 1, 2])))
    picked = set(chance.sample(open_ones, min(len(open_ones), number)))
    return tuple(code for code in codes if code in picked)


def _pick(weights: Mapping[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
