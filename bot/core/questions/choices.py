"""One answer or more, each a button that is set and unset; `exclusive` options stand alone.

- id: barriers
  type: choices
  ask: {en: What keeps people from meetings?}
  options: {far: {en: Too far}, time: {en: No time}, nothing: {en: Nothing}}
  exclusive: [nothing]

`least` and `most` say how many may be picked together.
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, an_option
from bot.core.survey import Answer, Question


def fits(question: Question, answer: Answer) -> bool:
    """True for known codes in the order of the file, as many as may be picked, or an exclusive one alone."""
    if not isinstance(answer, tuple) or not answer:
        return False
    ordered = tuple(code for code in question.codes if code in answer)
    alone = set(answer) & set(question.exclusive)
    return answer == ordered and (len(answer) == 1 if alone else enough(question, answer) is None)


def enough(question: Question, picked: tuple[str, ...]) -> str | None:
    """None for as many options as may be picked, else the phrase that says what is wrong."""
    if not picked:
        return "hint-pick-one"
    if set(picked) & set(question.exclusive):
        return None
    if question.least is not None and len(picked) < question.least:
        return "hint-pick-more"
    return "hint-pick-fewer" if question.most is not None and len(picked) > question.most else None


def toggle(question: Question, picked: tuple[str, ...], code: str, on: bool) -> tuple[str, ...]:
    """The options picked after `code` was set or unset; an exclusive option clears the rest, and is cleared."""
    if not on:
        return tuple(c for c in picked if c != code)
    if code in question.exclusive:
        return (code,)
    wanted = {*picked, code} - set(question.exclusive)
    return tuple(one for one in question.codes if one in wanted)


def tally(_question: Question, answer: Answer) -> tuple[str, ...]:
    """Counted under every code picked."""
    return answer if isinstance(answer, tuple) else ()


KIND = Kind(tapped=True, typed=False, several=True, kept=True, fits=fits, read=an_option, tally=tally)
