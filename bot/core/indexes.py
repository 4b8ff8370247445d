"""A person's score on an index, and the sums of scores and items that a block keeps.

Laws:
1. A score is the mean of a person's valid items, each turned where the index says so and brought to 0 to 100.
   With fewer than four in five of the items it is missing. Nothing is ever put in the place of an answer.
2. What is kept are whole numbers: scores in tenths, items in steps of their scale. So sums over blocks are exact.
3. Sums of items and of their products are made of people who answered every item, and of nobody else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

from bot.core.questions import yes_no
from bot.core.survey import SPECIALS, Answer, Index, Question, Survey

KINDS = ("scale", "grid", "yes_no")
"""What can be an item: its answers have an order, and both ends mean something."""

VALID_ITEMS = Fraction(4, 5)
"""The least part of its items that must be answered for a score."""

FINEST = 10
"""Scores are kept in so many parts of a point."""

ASKED, PEOPLE, SCORES, SQUARES, WHOLE = "asked", "people", "scores", "squares", "whole"
"""What is summed: people asked enough items for a score, people with one, their scores, the scores' squares, and
people with every item valid (under `name(index, WHOLE, item)` their items, with two items the products)."""


def name(index: Index, what: str, *items: str) -> str:
    """The name of one sum."""
    return "/".join((index.id, what, *items))


def needed(items: int) -> int:
    """How many of so many items must be answered for a score."""
    return -(-items * VALID_ITEMS.numerator // VALID_ITEMS.denominator)


def top(question: Question) -> int:
    """The steps of an item from its least answer to its most."""
    return max(1, len(_codes(question)) - 1)


def steps(question: Question, answer: Answer | None) -> int | None:
    """How far up its scale an answer is, from 0 to `top`; None where it is no valid answer."""
    codes = _codes(question)
    return codes.index(answer) if isinstance(answer, str) and answer in codes else None


def score(survey: Survey, index: Index, answers: Mapping[str, Answer]) -> Fraction | None:
    """A person's score from 0 to 100; None where too few items are valid."""
    return _score(_items(survey, index), _given(survey, index, answers))


def sums(survey: Survey, people: Iterable[Mapping[str, Answer]]) -> dict[str, int]:
    """What a block keeps of the indexes, from the answers of each of its people; zeros are left out."""
    found: Counter[str] = Counter()
    for answers in people:
        for index in survey.indexes:
            found.update(_of_one(survey, index, answers))
    return {one: value for one, value in sorted(found.items()) if value}


def _of_one(survey: Survey, index: Index, answers: Mapping[str, Answer]) -> dict[str, int]:
    made: dict[str, int] = {}
    given = _given(survey, index, answers)
    silent = sum(answers.get(id) in SPECIALS for id in index.items)
    if silent + sum(step is not None for step in given) >= needed(len(index.items)):
        made[name(index, ASKED)] = 1
    mean = _score(_items(survey, index), given)
    if mean is not None:
        kept = int(mean * FINEST + Fraction(1, 2))
        made |= {name(index, PEOPLE): 1, name(index, SCORES): kept, name(index, SQUARES): kept**2}
    whole = {id: step for id, step in zip(index.items, given, strict=True) if step is not None}
    if len(whole) == len(index.items):
        made[name(index, WHOLE)] = 1
        made |= {name(index, WHOLE, id): step for id, step in whole.items()}
        for one, other in combinations_with_replacement(index.items, 2):
            made[name(index, WHOLE, one, other)] = whole[one] * whole[other]
    return made


def _score(items: Sequence[Question], given: Sequence[int | None]) -> Fraction | None:
    valid = [Fraction(100 * step, top(item)) for item, step in zip(items, given, strict=True) if step is not None]
    if len(valid) < needed(len(items)):
        return None
    return sum(valid, Fraction()) / len(valid)


def _given(survey: Survey, index: Index, answers: Mapping[str, Answer]) -> list[int | None]:
    """The steps of each item, turned where the index says so."""
    given = []
    for item in _items(survey, index):
        step = steps(item, answers.get(item.id))
        given.append(top(item) - step if step is not None and item.id in index.reverse else step)
    return given


def _items(survey: Survey, index: Index) -> list[Question]:
    return [survey.question(id) for id in index.items]


def _codes(question: Question) -> tuple[str, ...]:
    """The answers from the least to the most."""
    if question.type == "yes_no":
        return tuple(reversed(yes_no.CODES))
    codes = tuple(option.code for option in question.options)
    return codes[::-1] if question.order == "descending" else codes
