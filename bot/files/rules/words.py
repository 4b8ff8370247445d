"""Every text stands in every language of the survey, in the letters of that language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.core.letters import clean
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import Rule, _Draft, _place
from bot.files.texts import Written, bad_letters, texts


def _named_twice(draft: _Draft) -> None:
    for at, value in lists(draft.said):
        seen: set[str] = set()
        for number, one in enumerate(value):
            if isinstance(one, str) and one in seen:
                draft.add("twice", (*at, number), value=one, place=_place(draft.said, at))
            elif isinstance(one, str):
                seen.add(one)


def lists(value: Any, at: Path = ()) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Every list inside `value`, with its place."""
    if isinstance(value, list):
        yield at, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from lists(inner, (*at, key))


def _words(draft: _Draft) -> None:
    for text in texts(draft.said):
        place = _place(draft.said, text.at)
        if draft.languages:
            _languages(draft, text, place)
        for language, words in text.words.items():
            if isinstance(words, str):
                _letters(draft, (*text.at, language), place, language, words)
    for number, question in draft.questions.items():
        at = ("questions", number, "audio")
        for language in getattr(question, "audio", ()):
            if draft.languages and language not in draft.languages:
                hint = suggestion(language, draft.languages)
                place = _place(draft.said, at)
                draft.add("unknown-language", (*at, language), place=place, language=language, hint=hint)


def _languages(draft: _Draft, text: Written, place: str) -> None:
    for language in draft.languages:
        if language not in text.words:
            draft.add("missing-language", text.at, place=place, language=language)
        elif isinstance(words := text.words[language], str) and not clean(words).strip():
            draft.add("empty-text", (*text.at, language), place=place, language=language)
    for language in text.words:
        if language not in draft.languages:
            hint = suggestion(language, draft.languages)
            draft.add("unknown-language", (*text.at, language), place=place, language=language, hint=hint)


def _letters(draft: _Draft, at: Path, place: str, language: str, words: str) -> None:
    ids = {"direction": "direction-letter", "form": "presentation-form", "foreign": "foreign-letter"}
    for kind, letter in bad_letters(words, language):
        draft.add(ids[kind], at, place=place, letter=letter, language=language)


RULES: Sequence[Rule] = (_named_twice, _words)
