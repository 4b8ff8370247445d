"""Which questions come to a person with these answers, what of the answers still applies, and what is offered.

Laws:
1. Nothing but the survey, the answers and the seed is read.
2. A condition names earlier questions only: one pass over the file decides all.
3. What nobody is asked is drawn or worked out in the same pass, and never comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.core import order
from bot.core.place import REVIEW, Place
from bot.core.questions import TYPES
from bot.core.survey import Answer, Answers, Question, Survey

HIDDEN = frozenset(name for name, kind in TYPES.items() if kind.hidden)
"""The kinds of question that nobody is asked."""


class Course(NamedTuple):
    """What lies before a person with some answers.

    `answers` are those that still apply, and what is drawn and worked out beside them; `coming` the questions that
    are asked, in the order in which they come; `counted` the ids of those among them that are no notes; `open` the
    first without an answer, REVIEW where all have one.
    """

    answers: dict[str, Answer]
    coming: Sequence[Question]
    counted: Sequence[str]
    open: str


def asked(survey: Survey, answers: Answers, seed: int = 0) -> Sequence[Question]:
    """The questions that are asked of a person with these answers, in the order in which they come."""
    return course(survey, answers, seed).coming


def settle(survey: Survey, answers: Answers, seed: int = 0) -> dict[str, Answer]:
    """The answers that still apply, and what is drawn and worked out beside them."""
    return course(survey, answers, seed).answers


def course_at(survey: Survey, place: Place) -> Course:
    """What lies before the person who is here."""
    return course(survey, place.answers, place.seed)


def course(survey: Survey, answers: Answers, seed: int) -> Course:
    """What lies before a person with these answers: one loop for all of it, since every tap comes through here."""
    kept: dict[str, Answer] = {}
    coming: list[Question] = []
    counted: list[str] = []
    first = REVIEW
    known: list[bool | None] = [None] * len(survey.course)
    for question, id, comes, plain, condition in survey.course:
        here = known[condition]
        if here is None:
            here = known[condition] = comes(kept)
        if not here:
            continue
        if not plain and question.type in HIDDEN:
            found = _found(question, kept, seed)
            if found is not None:
                kept[id] = found
            continue
        coming.append(question)
        if plain or question.counts:
            counted.append(id)
        if id in answers and (plain or _applies(question, answers[id], kept)):
            kept[id] = answers[id]
        elif not first:
            first = id
    if not survey.shuffles:
        return Course(kept, coming, counted, first)
    ordered = order.arranged(survey, coming, kept, seed)
    return Course(kept, ordered, [one.id for one in ordered if one.counts], _first_open(ordered, kept))


def _found(question: Question, answers: Answers, seed: int) -> Answer | None:
    """What nobody is asked: the arm drawn, the number worked out; None where it comes to no number."""
    if question.value is None:
        return order.drawn(question, seed)
    found = question.value.compute(answers)
    return found if isinstance(found, int | float) else None


def _applies(question: Question, answer: Answer, earlier: Answers) -> bool:
    """Whether an answer is still offered, and still meets what is asked of it, after these earlier ones."""
    if answer in question.specials:
        return True
    given = answer if isinstance(answer, tuple) else (str(answer),)
    offered = question.filter is None or all(question.filter.offers(code, earlier) for code in given)
    return offered and meets(question, answer, earlier)


def meets(question: Question, answer: Answer, earlier: Answers) -> bool:
    return question.constraint is None or question.constraint.test.check({**earlier, question.id: answer})


def fits(question: Question, answer: Answer) -> bool:
    """True when `answer` could be an answer to `question`, special answers included."""
    return answer in question.specials or TYPES[question.type].fits(question, answer)


def next_open(survey: Survey, answers: Answers, seed: int) -> str:
    """The first question without an answer; REVIEW where all have one."""
    return course(survey, answers, seed).open


def _first_open(coming: Iterable[Question], answers: Answers) -> str:
    for question in coming:
        if question.id not in answers:
            return question.id
    return REVIEW


def previous(survey: Survey, place: Place) -> str:
    """The asked question before the present one; at the first one, the first one itself."""
    before = place.at
    for question in asked(survey, place.answers, place.seed):
        if question.id == place.at:
            return before
        before = question.id
    return before


def falling(survey: Survey, before: Answers, settled: Answers) -> list[str]:
    """The answered questions whose answers would fall away (what nobody gave does not count)."""
    if before.keys() <= settled.keys():
        return []
    return [id for id in before if id not in settled and _was_given(survey.question(id))]


def _was_given(question: Question) -> bool:
    return TYPES[question.type].kept and question.type not in HIDDEN


def is_kept(question: Question) -> bool:
    return TYPES[question.type].kept and question.keep


def visible(question: Question, place: Place) -> Sequence[int]:
    """The numbers of the options that this person is offered, in the order in which they are seen."""
    numbers = order.options(question, place.seed)
    offered = question.filter
    if offered is None:
        return numbers
    return [number for number in numbers if offered.offers(question.options[number].code, place.answers)]


def as_seen(question: Question, place: Place) -> Question:
    """The question with its options as they stand on the screen: a number that is typed counts these."""
    if not (question.shuffle or question.filter or question.type == "ranking"):
        return question
    placed = place.picked if question.type == "ranking" else ()
    seen = (question.options[number] for number in visible(question, place))
    return replace(question, options=tuple(option for option in seen if option.code not in placed))


def following(question: Question, place: Place) -> tuple[str, ...]:
    steps = TYPES[question.type].steps
    return () if steps is None else steps.next(question, place.picked)


def with_answers(place: Place, coming: Sequence[Question]) -> list[Question]:
    """Those of the questions that have an answer that would be kept."""
    return [q for q in coming if q.id in place.answers and TYPES[q.type].kept]


def sendable(survey: Survey, place: Place) -> bool:
    """True where something was answered, and not yet everything: else the list of answers offers to send."""
    here = course_at(survey, place)
    given = place.pending is None and with_answers(place, here.coming)
    return bool(given) and here.open != REVIEW
