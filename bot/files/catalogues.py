"""Holds a catalogue of locales/ against the rules for translators: nothing missing, unsure, or misspelt.

The words of each phrase are compared with the English ones beside it: same ids, same `{...}`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError

from bot.core.widths import ROOM, fits, width
from bot.files.phrases import SOURCE, language_of, parse_po
from bot.files.plain import text_of
from bot.files.problems import Notes, Problem, suggestion
from bot.files.wording import Text, faults

MOST_PLURALS = 6
"""No language has more plural forms (Unicode plural rules); a larger number would only eat memory."""

PLURALS_TRIED = 1_000
"""Rules of plurals look at the last two or three digits."""

BUTTON = "button-"
IN_PAIRS = frozenset({"button-back", "button-language", "button-stop"})
"""Buttons that stand two in a row (`bot/core/flow.py`)."""

MANY_LANGUAGES = frozenset({"choose-language"})
"""Phrases in which words of several languages stand, each for its own readers."""

_LINE = re.compile(r'(?:(?:msgid|msgid_plural|msgctxt|msgstr|msgstr\[[0-9]\])\s+)?"(?:[^"\\]|\\.)*"')
_MSGID = re.compile(r'msgid\s+"(.+)"')
_PLURALS = re.compile(r"nplurals\s*=\s*([0-9]+)")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Phrase:
    """One phrase of a catalogue: its forms (one, unless it has a plural) and where it stands."""

    forms: tuple[str, ...]
    line: int
    fuzzy: bool

    def placeholders(self) -> tuple[tuple[str, ...], ...]:
        """The `{...}` of each form, in alphabetical order."""
        return tuple(tuple(sorted(Counter(_PLACEHOLDER.findall(form)).elements())) for form in self.forms)


def check_catalogue(path: Path) -> tuple[Problem, ...]:
    """Every problem of one .po file."""
    notes = Notes(str(path))
    phrases = read_phrases(path, notes)
    if phrases is None:
        return notes.ordered()
    language = language_of(path)
    english = None if language == SOURCE else _english(path)
    for id, phrase in phrases.items():
        _own(notes, language, id, phrase)
        _wording(notes, language, id, phrase, () if english is None or id not in english else english[id].forms)
    if language != SOURCE:
        _beside(notes, language, phrases, english)
    return notes.ordered()


def read_phrases(path: Path, notes: Notes) -> dict[str, Phrase] | None:
    """The phrases of a catalogue by id; None, and problems noted, when it cannot be read."""
    text = text_of(path, notes)
    if text is None or not _sound(text, notes):
        return None
    try:
        catalogue = parse_po(text)
        messages = list(catalogue)
        _count_plurals(catalogue)
    except PoFileError as error:
        notes.add("not-a-catalogue", error.lineno + 1, reason=str(error).rpartition(" on ")[0])
        return None
    except Exception:  # whatever a damaged header or entry makes Babel trip over
        notes.add("not-a-catalogue", 1, reason="its header or one of its entries is damaged")
        return None
    phrases: dict[str, Phrase] = {}
    for message in messages:
        id = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        if id:
            phrases[id] = Phrase(forms, message.lineno or 1, message.fuzzy)
    return phrases


def _count_plurals(catalogue: Catalog) -> None:
    """Raise whatever the rule of plurals raises; ValueError where it names a form that is not there."""
    form = c2py(catalogue.plural_expr)
    if any(not 0 <= form(n) < catalogue.num_plurals for n in range(PLURALS_TRIED)):
        raise ValueError(catalogue.plural_expr)


def _sound(text: str, notes: Notes) -> bool:
    """Whether each line is one that a catalogue has; Babel would cut letters off a line without its quote."""
    first: dict[str, int] = {}
    for number, line in enumerate((line.strip() for line in text.split("\n")), start=1):
        if line and not line.startswith("#") and not _LINE.fullmatch(line):
            notes.add("not-a-catalogue", number, reason="a word or a quote is missing or too many")
        named = _MSGID.fullmatch(line)
        if named and first.setdefault(named[1], number) != number:
            notes.add("phrase-twice", number, id=named[1], first=first[named[1]])
        plurals = _PLURALS.search(line)
        if plurals and (len(plurals[1]) > 2 or int(plurals[1]) > MOST_PLURALS):
            notes.add("not-a-catalogue", number, reason="no language has so many plural forms")
    return not any(problem.id == "not-a-catalogue" for problem in notes.problems)


def _own(notes: Notes, language: str, id: str, phrase: Phrase) -> None:
    """What a phrase shows by itself."""
    if phrase.fuzzy:
        notes.add("phrase-fuzzy", phrase.line, id=id, language=language)
    if not all(form.strip() for form in phrase.forms):
        notes.add("phrase-missing", phrase.line, id=id, language=language)


def _wording(notes: Notes, language: str, id: str, phrase: Phrase, english: tuple[str, ...]) -> None:
    """What its words show, each form beside the English one."""
    button = id.startswith(BUTTON)
    for number, form in enumerate(phrase.forms):
        beside = english[min(number, len(english) - 1)] if english else ""
        text = Text(form, "" if id in MANY_LANGUAGES else language, beside, "label" if button else "prose")
        for problem, found in faults(text):
            notes.add(problem, phrase.line, place=f"'{id}'", language=language, **found)
        label, beside_it = _PLACEHOLDER.sub("", form), 2 if id in IN_PAIRS else 1
        if button and not fits(label, beside_it):
            found = {"found": round(width(label)), "most": ROOM[beside_it]}
            notes.add("button-wide", phrase.line, id=id, language=language, **found)


def _english(path: Path) -> Mapping[str, Phrase] | None:
    """The English catalogue beside a translation, if it is there and sound."""
    if path.parent.name != "LC_MESSAGES" or len(path.parts) <= 3:
        return None
    return read_phrases(path.parents[2] / SOURCE / "LC_MESSAGES" / path.name, Notes(""))


def _beside(
    notes: Notes, language: str, phrases: Mapping[str, Phrase], english: Mapping[str, Phrase] | None
) -> None:
    """What a translation shows beside the English catalogue."""
    if english is None:
        notes.add("english-missing", 1)
        return
    for id in english:
        if id not in phrases:
            notes.add("phrase-absent", 1, id=id, language=language)
    for id, phrase in phrases.items():
        if id not in english:
            notes.add("phrase-unknown", phrase.line, id=id, hint=suggestion(id, english))
            continue
        wanted = english[id].placeholders()
        for form, found in zip(phrase.forms, phrase.placeholders(), strict=True):
            if form.strip() and found not in wanted:
                notes.add(
                    "phrase-placeholders",
                    phrase.line,
                    id=id,
                    language=language,
                    found=" ".join(found) or "no {...}",
                    wanted=" ".join(wanted[-1]) or "none",
                )
