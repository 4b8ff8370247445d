"""Which figures of two versions of a survey, or of two surveys, may be set beside each other.

Laws:
1. A figure is the same where its id, its question and codes are, and where the question is: its id, version,
   kind, words, answers and condition. Words are compared in the languages that both versions speak.
2. Whatever is changed there breaks the line; nobody can say that a change of words does not matter.
3. Recordings, pictures, the section and the order in which things are asked break nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.survey import Indicator, Question, Survey, Words


@dataclass(frozen=True)
class Comparable:
    """The ids of the indicators that both versions have: those that are the same, and those whose line breaks."""

    same: tuple[str, ...]
    broken: tuple[str, ...]


def compare(before: Survey, now: Survey) -> Comparable:
    """What of an earlier version may stand beside the present one, in the present one's order."""
    earlier = {indicator.id: indicator for indicator in before.indicators}
    both = [indicator for indicator in now.indicators if indicator.id in earlier]
    spoken = tuple(language for language in now.languages if language in before.languages)
    same = {one.id for one in both if _same(before, earlier[one.id], now, one, spoken)}
    return Comparable(
        tuple(one.id for one in both if one.id in same),
        tuple(one.id for one in both if one.id not in same),
    )


def same_measure(one: Survey, other: Survey) -> bool:
    """Whether they are versions of one survey, or ask something alike that is a figure in both."""
    return one.id == other.id or bool(compare(one, other).same)


def _same(before: Survey, earlier: Indicator, now: Survey, later: Indicator, spoken: Iterable[str]) -> bool:
    if not spoken or (earlier.question, set(earlier.codes)) != (later.question, set(later.codes)):
        return False
    one, other = before.question(earlier.question), now.question(later.question)
    return _meaning(one, spoken) == _meaning(other, spoken)


def _meaning(question: Question, spoken: Iterable[str]) -> tuple[object, ...]:
    """All that makes answers to a question mean what they mean."""
    return (
        question.id,
        question.version,
        question.type,
        _said(question.stem, spoken),
        _said(question.ask, spoken),
        tuple((option.code, _said(option.label, spoken)) for option in question.options),
        tuple(_said(words, spoken) for words in question.ends or ()),
        question.specials,
        question.show_if,
        question.filter,
        question.low,
        question.high,
        question.decimals,
        question.bands,
        question.exclusive,
        question.least,
        question.most,
        question.earliest,
        question.latest,
        question.precision,
        question.value,
        question.constraint and question.constraint.test,
    )


def _said(words: Words, spoken: Iterable[str]) -> tuple[str, ...]:
    return tuple(words.get(language, "") for language in spoken)
