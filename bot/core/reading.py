"""Words that were typed in some languages, for readers of all of them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.survey import LANGUAGES


def read_in(words: Mapping[str, str], language: str) -> str:
    """The words in a reader's language; where they are missing there, in the first of ours that has them."""
    return next((words[code] for code in (language, *LANGUAGES) if words.get(code)), "")
