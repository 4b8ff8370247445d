"""Who the simulated people are and what they answer: a stated model, the same for the same seed.

For every question on a scale, and for every yes or no, the chance of an answer in the upper half is

    BASE of the question (0.55 where none is stated) + GENDER + DISTRICT, held between 0.03 and 0.97

and inside a half every answer is equally likely. SILENT of all answers are "don't know" or "prefer not to
answer", three to two. Whoever reads a digest of the demo should find these differences again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.conditions import holds
from bot.core.questions import TYPES
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
    """One simulated person: a number, a language, and an answer to every question they will be asked."""

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
    for question in survey.questions:
        if holds(question.show_if, answers):
            answers[question.id] = _answer(question, answers, chance)
    return Villager(number, language, answers)


def _answer(question: Question, given: Mapping[str, Answer], chance: random.Random) -> Answer:
    codes = [option.code for option in question.options]
    if question.type == "note":
        return READ
    if question.id in CELLS and set(CELLS[question.id]) <= set(codes):
        return _pick(CELLS[question.id], chance)
    if question.specials and chance.random() < SILENT:
        return DONT_KNOW if chance.random() < 0.6 and DONT_KNOW in question.specials else PREFER_NOT
    if question.type == "number":
        return chance.randint(question.low or 0, min(question.high or 0, (question.low or 0) + 8))
    if TYPES[question.type].several:
        return _several(question, codes, chance)
    if question.type in ("scale", "yes_no"):
        return _ordered(question, codes, given, chance)
    return chance.choice(codes)


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
    if question.exclusive and chance.random() < 0.25:
        return (chance.choice(list(question.exclusive)),)
    open_ones = [code for code in codes if code not in question.exclusive]
    picked = set(chance.sample(open_ones, min(len(open_ones), chance.choice([1, 1, 2]))))
    return tuple(code for code in codes if code in picked)


def _pick(weights: Mapping[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
