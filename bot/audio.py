"""What of a survey can be heard, for the console: question by question, language by language."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core import media
from bot.core.survey import Survey


def listed(survey: Survey) -> Iterator[str]:
    """A line for each question, and the sums in per cent, rounded down: 100 means that none is missing."""
    languages = survey.offered
    asked = [question for question in survey.questions if question.ask]
    width = max(len(name) for name in (survey.id, *(question.id for question in asked)))
    yield "  ".join([survey.id.ljust(width), *(language.rjust(4) for language in languages)])
    for question in asked:
        marks = ("yes" if media.is_hash(question.audio.get(language, "")) else "-" for language in languages)
        yield "  ".join([question.id.ljust(width), *(mark.rjust(4) for mark in marks)])
    shares = (f"{100 * n // max(1, total)}%" for n, total in media.heard(survey).values())
    yield "  ".join(["".ljust(width), *(share.rjust(4) for share in shares)])


def sums(survey: Survey) -> str:
    """How many questions can be heard, in one sentence."""
    parts = [f"{language} {n} of {total}" for language, (n, total) in media.heard(survey).items()]
    return f"Questions that can be heard: {', '.join(parts)}."
