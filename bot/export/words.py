"""What an export calls questions, answers and groups: the survey's own words, in each of its languages."""

from __future__ import annotations

from bot.core.cells import Node, label
from bot.core.questions import TYPES, yes_no
from bot.core.survey import Question, Survey, Words, worded


def asking(question: Question, survey: Survey) -> Words:
    """The words of a question, those that the statements of a grid share first; its id where nobody is asked."""
    said = [words for words in (question.stem, question.ask) if words]
    return {
        language: " ".join(worded(words, language) for words in said) or question.id
        for language in survey.languages
    }


def answered(question: Question, code: str, survey: Survey) -> Words:
    """One answer in words; its code where the survey has none, as for a band, a year or an arm."""
    labels = [option.label for option in question.options if option.code == code and option.label]
    return spoken(labels[0] if labels else {}, survey, code)


def reached(survey: Survey, who: str) -> Words:
    """The answers by which women or youth are told."""
    told = None if survey.reach is None else {"women": survey.reach.women, "youth": survey.reach.youth}[who]
    if told is None:
        return spoken({}, survey, who)
    id, codes = told
    words = [answered(survey.question(id), code, survey) for code in codes]
    return {language: ", ".join(one[language] for one in words) for language in survey.languages}


def group(node: Node) -> str:
    """A group by its codes: district=swat/gender=woman; empty for people put together over all groups."""
    return "/".join(f"{name}={code}" for name, code in node)


def named(survey: Survey, node: Node) -> Words:
    """A group in words."""
    return {
        language: " / ".join(label(survey, (pair,), language) for pair in node) for language in survey.languages
    }


def spoken(words: Words, survey: Survey, otherwise: str = "") -> Words:
    """These words in every language of the survey; where there are none, what stands otherwise."""
    return {language: worded(words, language) if words else otherwise for language in survey.languages}


def leaving(survey: Survey) -> list[Question]:
    """The questions whose answers are counted, and stand in rows: no notes, and nobody's own words."""
    return [q for q in survey.questions if TYPES[q.type].kept and q.keep and not TYPES[q.type].own_words]


def codes_of(question: Question) -> tuple[str, ...]:
    """Every code under which its answers are counted, in the order of the survey file."""
    if question.type == "yes_no" and not question.options:
        return yes_no.CODES
    return TYPES[question.type].codes(question)
