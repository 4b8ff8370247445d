"""Answers that are sent before the last question: what is kept of them.

Laws:
1. Whatever was answered and still applies is kept as it was given.
2. Each question from the first one not answered on that has no answer is kept as `not_reached`: whether it would
   have been asked nobody can know. One before it was not asked, and is not kept.
3. Where nothing but words to read was left, the answers are complete.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.core import order
from bot.core.questions import TYPES
from bot.core.survey import NOT_REACHED, Answer, Question, Survey

END = "_end"
"""The name under which is counted how an interview ended; no question may begin with a low line."""

COMPLETED, PARTIAL = "completed", "partial"


def unreached(survey: Survey, answers: Mapping[str, Answer], at: str, seed: int = 0) -> tuple[str, ...]:
    """The questions without an answer, from `at` on as this person meets them, whose answers would be kept."""
    coming = [question.id for question in order.sequence(survey, answers, seed)]
    behind = coming[coming.index(at) :]
    return tuple(id for id in behind if id not in answers and _would_be_kept(survey.question(id)))


def so_far(survey: Survey, answers: Mapping[str, Answer], at: str, seed: int = 0) -> dict[str, Answer]:
    """The kept answers in the order of the file; `at` is the first question not answered."""
    missing = unreached(survey, answers, at, seed)
    kept = {**dict.fromkeys(missing, NOT_REACHED), **answers}
    return {q.id: kept[q.id] for q in survey.questions if q.id in kept and TYPES[q.type].kept and q.keep}


def _would_be_kept(question: Question) -> bool:
    kind = TYPES[question.type]
    return kind.kept and question.keep and not kind.hidden


def end_of(answers: Mapping[str, Answer]) -> str:
    """How the interview with these kept answers ended."""
    return PARTIAL if NOT_REACHED in answers.values() else COMPLETED
