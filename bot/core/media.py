"""What of a question can be heard and seen beside its words: recordings and pictures, known by their content.

Laws:
1. A recording or a picture is named by the SHA-256 of its bytes: another file never stands in for it.
2. What is heard has the language of the person, or is not offered.
3. Where a question can be heard its options are numbered, so that "one, two, three" in the ear finds its button;
   options that are numbers themselves are not, nor those that stand elsewhere for somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.events import Listened
from bot.core.screen import Sound
from bot.core.survey import Question, Survey

_HASH = re.compile(r"[0-9a-f]{64}")


def is_hash(name: str) -> bool:
    """True for what may name a recording or a picture."""
    return bool(name) and _HASH.fullmatch(name) is not None


def sound(question: Question, language: str, step: int) -> Sound | None:
    """What can be heard of a question in this language."""
    recording = question.audio.get(language, "")
    return Sound(recording, Listened(step)) if is_hash(recording) else None


def numbers_options(question: Question, language: str) -> bool:
    """Whether options have numbers in front: where the question is heard, and a number finds its option."""
    if not is_hash(question.audio.get(language, "")) or question.shuffle or question.filter is not None:
        return False
    return not all(option.label[language].strip().isdecimal() for option in question.options)


def heard(survey: Survey) -> Mapping[str, tuple[int, int]]:
    """How many questions can be heard, and of how many, in each language in which the survey is offered."""
    asked = [question for question in survey.questions if question.ask]
    return {
        language: (sum(is_hash(question.audio.get(language, "")) for question in asked), len(asked))
        for language in survey.offered
    }
