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

Parts = tuple[str, ...]
"""The parts of an answer that is given tap by tap, such as a year and then a month."""


@dataclass(frozen=True)
class Steps:
    """An answer given in several taps: which `next` parts can follow those given (none when it is whole), and
    the `answer` that they make."""

    next: Callable[[Question, Parts], Parts]
    answer: Callable[[Question, Parts], Answer]


def option_codes(question: Question) -> tuple[str, ...]:
    """The codes of options and of bands."""
    return (*question.codes, *(band.code for band in question.bands))


@dataclass(frozen=True)
class Kind:
    """One kind of question, as facts and functions.

    `tapped` is true where options are buttons (their numbers can be typed too), `typed` where words are
    expected, `several` where more than one option may stand, `kept` where the answer becomes part of the
    response, `own_words` where it is sealed apart from the others when it is sent, and never shown in a figure,
    `spoken` where those words are a voice note, `hidden` where nobody is asked: the answer is drawn or worked out,
    `steps` where it is given tap by tap.
    `fits` says whether a value could be an answer (guards what is opened from a sealed place);
    `read` turns typed words into an answer or the id of a phrase that says what to do;
    `tally` gives the codes under which an answer is counted, `codes` all that there can be, in their order.
    """

    tapped: bool
    typed: bool
    several: bool
    kept: bool
    fits: Callable[[Question, Answer], bool]
    read: Callable[[Question, str], tuple[Answer | None, Problem | None]]
    tally: Callable[[Question, Answer], tuple[str, ...]]
    codes: Callable[[Question], tuple[str, ...]] = option_codes
    own_words: bool = False
    spoken: bool = False
    hidden: bool = False
    steps: Steps | None = None


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
    return isinstance(answer, str) and answer in question.codes


def under_its_code(_question: Question, answer: Answer) -> tuple[str, ...]:
    """An answer that is one code is counted under that code."""
    return (answer,) if isinstance(answer, str) else ()


def uncounted(_question: Question, _answer: Answer) -> tuple[str, ...]:
    """Nothing but that there was an answer is counted."""
    return ()
