"""Every text stands in every language of the survey, as readers of that language write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.core.letters import clean
from bot.files.phrases import SOURCE
from bot.files.plain import Path
from bot.files.problems import suggestion
from bot.files.rules.draft import Rule, _Draft, _place
from bot.files.texts import Written, entries, items, texts
from bot.files.wording import Kind, Text, faults

VALUE = re.compile(r"\$\{([^{}\n]{1,64})\}")
"""An earlier answer in a later text: ${district}."""


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
        _values(draft, text, place)
        for language, words in text.words.items():
            if isinstance(words, str):
                _wording(draft, text, language, words, place)
    for number, question in draft.questions.items():
        _known(draft, ("questions", number, "audio"), getattr(question, "audio", ()))
    _known(draft, ("reviewed_by",), entries(draft.said.get("reviewed_by")))


def _known(draft: _Draft, at: Path, languages: Iterable[str]) -> None:
    """Only languages of the survey stand at this place."""
    for language in languages:
        if draft.languages and language not in draft.languages:
            hint, place = suggestion(language, draft.languages), _place(draft.said, at)
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


def _values(draft: _Draft, text: Written, place: str) -> None:
    """What stands for an earlier answer stands for it in every language."""
    named = {
        language: frozenset(VALUE.findall(words))
        for language, words in text.words.items()
        if isinstance(words, str)
    }
    wanted = frozenset().union(*named.values())
    for language, names in named.items():
        for name in sorted(wanted - names):
            draft.add("value-uneven", (*text.at, language), place=place, name=f"${{{name}}}", language=language)


def _wording(draft: _Draft, text: Written, language: str, words: str, place: str) -> None:
    english = text.words.get(SOURCE, "")
    beside = english if language != SOURCE and isinstance(english, str) else ""
    for id, found in faults(Text(words, language, beside, _kind(draft, text.at))):
        draft.add(id, (*text.at, language), place=place, language=language, **found)


def _kind(draft: _Draft, at: Path) -> Kind:
    """What a text is, by its place in the file."""
    if "options" in at:
        return "label"
    if at == ("referral",):
        return "help"
    if at[-1] == "ask" and isinstance(at[1], int):
        asked = entries(items(draft.said.get("questions"))[at[1]])
        return "prose" if asked.get("type") == "note" else "question"
    return "prose"


RULES: Sequence[Rule] = (_named_twice, _words)
