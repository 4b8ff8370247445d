"""One answer or more, each a button that is set and unset; `exclusive` options stand alone.

- id: barriers
  type: choices
  ask: {en: What keeps people from meetings?}
  options: {far: {en: Too far}, time: {en: No time}, nothing: {en: Nothing}}
  exclusive: [nothing]
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, an_option
from bot.core.survey import Answer, Question


def fits(question: Question, answer: Answer) -> bool:
    """True for one or more known codes in the order of the file, an exclusive one alone."""
    if not isinstance(answer, tuple) or not answer:
        return False
    ordered = tuple(option.code for option in question.options if option.code in answer)
    return answer == ordered and (len(answer) == 1 or not set(answer) & set(question.exclusive))


def toggle(question: Question, picked: tuple[str, ...], code: str, on: bool) -> tuple[str, ...]:
    """The options picked after `code` was set or unset; an exclusive option clears the rest, and is cleared."""
    if not on:
        return tuple(c for c in picked if c != code)
    if code in question.exclusive:
        return (code,)
    wanted = {*picked, code} - set(question.exclusive)
    return tuple(option.code for option in question.options if option.code in wanted)


def tally(_question: Question, answer: Answer) -> tuple[str, ...]:
    """Counted under every code picked."""
    return answer if isinstance(answer, tuple) else ()


KIND = Kind(tapped=True, typed=False, several=True, kept=True, fits=fits, read=an_option, tally=tally)
