"""A survey to look at, page by page, each drawn as an interview draws it: nobody answers, and nothing is kept.

Laws:
1. The pages are the consent, what is asked beside the questions, every question that anybody may be asked, in the
   order of the file, and the end.
2. A question shows every answer that anybody may be offered; what hangs on an earlier answer says so.
3. Where an earlier answer stands in the words of a question, the name of its question stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core import threshold
from bot.core.conditions import names
from bot.core.course import HIDDEN, Course
from bot.core.drawing import draw
from bot.core.events import Agreed, Chose, Finished, ReadOn, Refused, Skipped, Toggled
from bot.core.place import Place
from bot.core.screen import Button, Code, Line, Say, Screen, Text
from bot.core.survey import Filter, Question, Survey

ANSWERS = (Agreed, Refused, Chose, Finished, ReadOn, Skipped, Toggled)
"""What a tap means that answers, and so leads on; all other buttons of an interview have nothing to do here."""

NOBODY = ""
"""In the place of a wave: the buttons of a page are never sent."""


def pages(survey: Survey) -> int:
    """How many pages a survey has."""
    return len(_before(survey, survey.offered[0], "", 0)) + len(_asked(survey)) + 1


def page(survey: Survey, language: str, number: int, organisation: str, k: int) -> Screen:
    """One page, counted from 0, with the buttons that answer. Raises IndexError where there is none."""
    before = _before(survey, language, organisation, k)
    if number < len(before):
        return _answering(before[number])
    questions = _asked(survey)
    number -= len(before)
    if number == len(questions):
        return Screen(language, ())
    return _answering(_question(survey, questions[number], questions, language))


def hangs_on(survey: Survey, number: int) -> tuple[Say, ...]:
    """What of this page not everybody sees, and on which questions that hangs."""
    number -= len(_before(survey, survey.offered[0], "", 0))
    questions = _asked(survey)
    if not 0 <= number < len(questions):
        return ()
    question, lines = questions[number], []
    if question.show_if is not None:
        lines.append(_named("look-asked-if", sorted(names(question.show_if), key=survey.number)))
    if question.filter is not None:
        lines.append(_named("look-offered-if", [question.filter.question]))
    return tuple(lines)


def recording(survey: Survey, language: str, number: int) -> str:
    """What can be heard of a page (the hash of its bytes); empty where nothing can."""
    screen = page(survey, language, number, "", 0)
    return "" if screen.sound is None else screen.sound.recording


def _before(survey: Survey, language: str, organisation: str, k: int) -> list[Screen]:
    agreed = Agreed(NOBODY, 0, language, survey.version, 0)
    screens = [threshold.consent(NOBODY, survey, organisation, k, language, 0, 0)]
    if survey.tell_result:
        screens.append(threshold.tell_result(agreed))
    if survey.reminders is not None:
        screens.append(threshold.remind(agreed, survey.reminders))
    return screens


def _asked(survey: Survey) -> Sequence[Question]:
    return [question for question in survey.questions if question.type not in HIDDEN]


def _question(survey: Survey, question: Question, all: Sequence[Question], language: str) -> Screen:
    whole = replace(survey, questions=tuple(_unfiltered(one) for one in survey.questions))
    course = Course({}, all, [one.id for one in all if one.counts], question.id)
    screen = draw(whole, Place(language, question.id), course=course)
    return screen._replace(lines=tuple(_with_names(line) for line in screen.lines))


def _unfiltered(question: Question) -> Question:
    """The question with every answer on offer."""
    offered = question.filter
    return question if offered is None else replace(question, filter=Filter(offered.question, {}))


def _with_names(line: Line) -> Line:
    if isinstance(line, Text) and line.values:
        return replace(line, values={name: Code(name) for name in line.values})
    return line


def _answering(screen: Screen) -> Screen:
    """The screen with the buttons that answer, and no others."""
    return screen._replace(rows=tuple(_rows(screen)))


def _rows(screen: Screen) -> Iterator[tuple[Button, ...]]:
    for row in screen.rows:
        kept = tuple(button for button in row if isinstance(button.does, ANSWERS))
        if kept:
            yield kept


def _named(id: str, questions: Sequence[str]) -> Say:
    return Say(id, {"questions": Code(", ".join(questions))})
