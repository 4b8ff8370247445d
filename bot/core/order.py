"""In which order one person is asked, and sees the options: drawn from the seed of the interview.

Laws:
1. The same seed gives the same order, after a restart too; the seed lies in the sealed place and nowhere else.
2. Every order of things that change places is equally likely; what stays, stays where the file has it.
3. What turns by an arm has as many orders as there are arms, each beginning a step further.
4. Nothing here hangs on an answer, but on the arm that was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

from bot.core.survey import SPECIALS, Answer, Answers, Question, Shuffle, Survey

T = TypeVar("T")


def needs_a_seed(survey: Survey) -> bool:
    """Whether anything of this survey is left to chance."""
    by_chance = any(question.shuffle or question.type == "arm" for question in survey.questions)
    return by_chance or bool(survey.shuffles)


def sequence(survey: Survey, answers: Answers, seed: int) -> Sequence[Question]:
    """The questions in the order in which this person meets them; `answers` tell the arms."""
    if not survey.shuffles:
        return survey.questions
    numbers = list(range(len(survey.questions)))
    for shuffle in survey.shuffles:
        _change_places(numbers, shuffle, survey, answers, seed)
    return [survey.questions[number] for number in numbers]


def arranged(survey: Survey, coming: Sequence[Question], answers: Answers, seed: int) -> Sequence[Question]:
    """Some of the questions, given in the order of the file, in the order in which this person meets them."""
    ids = {question.id for question in coming}
    return [question for question in sequence(survey, answers, seed) if question.id in ids]


def options(question: Question, seed: int) -> Sequence[int]:
    """The numbers of the options in the order in which this person sees them."""
    numbers = range(len(question.options))
    if not question.shuffle:
        return numbers
    stay = {*question.exclusive, *question.fixed}
    moving = [number for number in numbers if question.options[number].code not in stay]
    drawn = iter(permuted(moving, seed, question.id))
    return [next(drawn) if question.options[number].code not in stay else number for number in numbers]


def drawn(question: Question, seed: int) -> str:
    """The arm of this person."""
    return question.options[_chance(seed, question.id) % len(question.options)].code


def permuted(things: Sequence[T], seed: int, name: str) -> list[T]:
    """The things in the order that seed and name decide: Fisher and Yates's shuffle (Knuth, TAOCP 2, 3.4.2)."""
    ordered = list(things)
    chance, used = _chance(seed, name), 1
    for last in range(len(ordered) - 1, 0, -1):
        if used >= 1 << 128:  # half of the digest is used up: what is left would be uneven
            chance, used = _chance(seed, f"{name} {last}"), 1
        chance, place = divmod(chance, last + 1)
        used *= last + 1
        ordered[last], ordered[place] = ordered[place], ordered[last]
    return ordered


def _change_places(numbers: list[int], shuffle: Shuffle, survey: Survey, answers: Answers, seed: int) -> None:
    """Put the units of a shuffle into another order, each with its inner order as it stands."""
    at = {number: place for place, number in enumerate(numbers)}
    units = [sorted(unit, key=at.__getitem__) for unit in shuffle.units]
    places = sorted(at[number] for unit in units for number in unit)
    if shuffle.arm:
        units = _turned(units, survey.question(shuffle.arm), answers.get(shuffle.arm))
    else:
        units = permuted(units, seed, shuffle.name)
    for place, number in zip(places, _joined(units), strict=True):
        numbers[place] = number


def _turned(units: list[list[int]], arm: Question, answer: Answer | None) -> list[list[int]]:
    """Begun a step further for each arm; as in the file where there is none."""
    steps = arm.codes.index(answer) if isinstance(answer, str) and answer not in SPECIALS else 0
    steps = steps * len(units) // len(arm.codes) if len(units) > len(arm.codes) else steps % len(units)
    return units[steps:] + units[:steps]


def _joined(units: Iterable[Iterable[T]]) -> Iterable[T]:
    return (one for unit in units for one in unit)


def _chance(seed: int, name: str) -> int:
    return int.from_bytes(sha256(f"{seed} {name}".encode()).digest())
