"""What every kind of question must say of itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.letters import fold
from bot.core.survey import Answer, Question

_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)

Problem = str
"""The id of the phrase that tells a person what to do instead (see locales/)."""


@dataclass(frozen=True)
class Kind:
    """One kind of question, as five facts and three functions.

    `tapped` is true where options are buttons (their numbers can be typed too), `typed` where words are
    expected, `several` where more than
    one option may stand, `kept` where the answer becomes part of the response, `own_words` where it is sealed
    apart from the others when it is sent, and never shown in a figure.
    `fits` says whether a value could be an answer (guards what is opened from a sealed place);
    `read` turns typed words into an answer or the id of a phrase that says what to do;
    `tally` gives the codes under which an answer is counted.
    """

    tapped: bool
    typed: bool
    several: bool
    kept: bool
    fits: Callable[[Question, Answer], bool]
    read: Callable[[Question, str], tuple[Answer | None, Problem | None]]
    tally: Callable[[Question, Answer], tuple[str, ...]]
    own_words: bool = False


def no_words(_question: Question, _words: str) -> tuple[Answer | None, Problem | None]:
    """Typed words where buttons are expected are no answer."""
    return None, "use-the-buttons"


def an_option(question: Question, words: str) -> tuple[Answer | None, Problem | None]:
    """The option that was typed: its words in any language, or its number as it stands, counted from 1.

    Where options hold digits themselves a number alone could mean two of them, so that it means none.
    """
    typed = fold(words)
    labelled = [option for option in question.options if typed in {fold(label) for label in option.label.values()}]
    if len(labelled) == 1:
        return labelled[0].code, None
    digits = any(c.isdecimal() for option in question.options for label in option.label.values() for c in label)
    if not labelled and not digits and _NUMBER.fullmatch(typed) and 1 <= int(typed) <= len(question.options):
        return question.options[int(typed) - 1].code, None
    return None, "use-the-buttons"


def one_code(question: Question, answer: Answer) -> bool:
    """True when the answer is the code of one of the question's options."""
    return isinstance(answer, str) and any(option.code == answer for option in question.options)


def under_its_code(_question: Question, answer: Answer) -> tuple[str, ...]:
    """An answer that is one code is counted under that code."""
    return (answer,) if isinstance(answer, str) else ()
