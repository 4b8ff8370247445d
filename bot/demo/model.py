"""Who the simulated people are and what they answer: a stated model, the same for the same seed.

For every question on a scale, and for every yes or no, the chance of an answer in the upper half is

    BASE of the question (0.55 where none is stated) + GENDER + DISTRICT, held between 0.03 and 0.97

and inside a half every answer is equally likely. How the rest is drawn stands in `bot/core/invented.py`. Whoever
reads a digest of the demo should find these differences again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.invented import Model, answers, pick
from bot.core.survey import Answer, Survey

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
    return Villager(number, pick(LANGUAGES, chance), answers(survey, chance, MODEL))


def likely(question: str, given: Mapping[str, Answer]) -> float:
    """The chance of an answer in the upper half, for a person of this gender and district."""
    base = BASE.get(question, OTHERWISE)
    base += GENDER.get(str(given.get("gender")), 0.0) + DISTRICT.get(str(given.get("district")), 0.0)
    return min(0.97, max(0.03, base))


MODEL = Model(likely, CELLS, fitting=False)
