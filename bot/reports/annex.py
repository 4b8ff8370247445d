"""The annex of a report: the words of consent, and every question with its answers, in the report's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.questions import TYPES
from bot.core.survey import Question
from bot.digest.bars import asking
from bot.files.phrases import direction, fill, number
from bot.files.surveys import YES_NO
from bot.reports.words import Reporter

_HOW = {"ranking": "report-answer-order", "date": "report-answer-date"}


@dataclass(frozen=True)
class Asked:
    """One question: its number, its words, how it is answered, and the answers offered."""

    number: str
    ask: str
    how: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Annex:
    """The questionnaire; `language` and `direction` are those of its own words."""

    heading: str
    consent_heading: str
    consent: tuple[str, ...]
    how: str
    questions: tuple[Asked, ...]
    language: str
    direction: str


def annex(reporter: Reporter) -> Annex:
    """The questionnaire of the report's wave."""
    survey, k = reporter.survey, reporter.basis.now.figures.k
    consent = fill(reporter.spoken, reporter.own(survey.consent), {"k": k})
    specials = {"dont_know": reporter.say("button-dont-know"), "prefer_not": reporter.say("button-prefer-not")}
    return Annex(
        heading=reporter.say("report-annex"),
        consent_heading=reporter.say("report-before-questions"),
        consent=tuple(line for line in consent.split("\n") if line.strip()),
        how=reporter.say("report-annex-how", **specials),
        questions=tuple(_questions(reporter)),
        language=reporter.spoken,
        direction=direction(reporter.spoken),
    )


def _questions(reporter: Reporter) -> Iterator[Asked]:
    put = [one for one in reporter.survey.questions if not TYPES[one.type].hidden and one.ask]
    place = 0
    for question in put:
        place += question.counts
        yield Asked(
            number=number(reporter.spoken, place) if question.counts else "",
            ask=asking(question, reporter.spoken),
            how=tuple(_how(reporter, question)),
            answers=_answers(reporter, question),
        )


def _how(reporter: Reporter, question: Question) -> Iterator[str]:
    """How a question is answered, where its answers do not say it, and that it came to some only."""
    kind = TYPES[question.type]
    if question.type in _HOW:
        yield reporter.say(_HOW[question.type])
    elif kind.own_words:
        yield reporter.say("report-answer-words")
    elif kind.several:
        yield reporter.say("report-answer-several")
    elif kind.kept and not question.options and question.type != "yes_no":
        if question.low is None or question.high is None:
            yield reporter.say("report-answer-number")
        else:
            yield reporter.say("report-answer-between", low=question.low, high=question.high)
    if question.routed:
        yield reporter.say("report-routed")


def _answers(reporter: Reporter, question: Question) -> tuple[str, ...]:
    labels = [option.label for option in question.options]
    if question.type == "yes_no" and not labels:
        labels = list(YES_NO.values())
    return tuple(reporter.own(label) for label in labels if label) + tuple(map(reporter.own, question.ends or ()))
