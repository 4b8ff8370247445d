"""Options put in an order, the first place first, tap by tap; counted by what stands in the first place.

- id: needs
  type: ranking
  ask: {en: What does your area need most?}
  options: {road: {en: A road}, school: {en: A school}, water: {en: Water}}
  ranked: 2
"""

from __future__ import annotations

from bot.core.questions.kind import Kind, Parts, Steps, an_option
from bot.core.survey import Answer, Question


def places(question: Question) -> int:
    """How many places are given: all, unless the author says fewer."""
    return len(question.options) if question.most is None else question.most


def fits(question: Question, answer: Answer) -> bool:
    """True for as many different options as there are places."""
    return (
        isinstance(answer, tuple)
        and len(answer) == len(set(answer)) == places(question)
        and set(answer) <= set(question.codes)
    )


def following(question: Question, given: Parts) -> Parts:
    """The options that have no place yet; none once the places are given."""
    if len(given) >= places(question):
        return ()
    return tuple(code for code in question.codes if code not in given)


def whole(question: Question, given: Parts) -> Answer:
    """The order; where every option has a place the last one follows by itself."""
    left = [code for code in question.codes if code not in given]
    return (*given, *left) if len(left) == 1 and places(question) == len(question.options) else given


def finished(question: Question, given: Parts) -> Parts:
    """What can follow, but for a last option that has only one place left to go to."""
    left = following(question, given)
    return () if len(left) == 1 and places(question) == len(question.options) else left


def tally(_question: Question, answer: Answer) -> tuple[str, ...]:
    """Counted under the option in the first place."""
    return answer[:1] if isinstance(answer, tuple) else ()


KIND = Kind(
    tapped=True,
    typed=False,
    several=False,
    kept=True,
    fits=fits,
    read=an_option,
    tally=tally,
    steps=Steps(finished, whole),
)
