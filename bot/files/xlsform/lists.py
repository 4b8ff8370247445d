"""The lists of choices of a form: codes that a survey can bear, and what looks like a special answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.letters import fold
from bot.core.survey import DONT_KNOW, PREFER_NOT, SPECIALS
from bot.files.phrases import Phrases
from bot.files.xlsform.cells import gathered
from bot.files.xlsform.export import SPECIAL_WORDS
from bot.files.xlsform.naming import as_code
from bot.files.xlsform.sheets import Row
from bot.files.xlsform.titles import Say, Table

_CODES_LIKE: Mapping[str, str] = {
    **dict.fromkeys(
        ("98", "998", "88", "888", "-98", "-88", "dk", "dontknow", "don_t_know", "idk", "unknown"), DONT_KNOW
    ),
    **dict.fromkeys(
        ("99", "999", "97", "-99", "-97", "refuse", "refused", "ref", "pnta", "no_answer", "na"), PREFER_NOT
    ),
}
_WORDS_LIKE: Mapping[str, str] = {
    **dict.fromkeys(
        ("don't know", "dont know", "do not know", "معلوم نہیں", "پتہ نہیں", "پته نشته", "معلومه نه ده"), DONT_KNOW
    ),
    **dict.fromkeys(("refuse", "prefer not", "no answer", "decline", "جواب نہیں", "جواب نه"), PREFER_NOT),
}


@dataclass
class Lists:
    """The rows of each list, and what each code of it is called in the survey."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def options(self, name: str, columns: Sequence[str]) -> list[Mapping[str, str]]:
        """The rows of a list as far as a question needs them."""
        return [
            {
                title: text
                for title, text in row.cells.items()
                if title in ("name", *columns) or title.startswith("label::")
            }
            for row in self.rows.get(name, ())
        ]


def lists_of(table: Table, languages: Sequence[str], phrases: Phrases, say: Say) -> Lists:
    """The lists of the choices sheet."""
    lists = Lists()
    for row in table.rows:
        if "list_name" in row.cells and "name" in row.cells:
            lists.rows.setdefault(row.cells["list_name"], []).append(row)
        else:
            say("form-no-type", "choices", row.number)
    for name, rows in lists.rows.items():
        codes: dict[str, str] = {}
        taken: set[str] = set()
        for row in rows:
            given = row.cells["name"]
            if given in codes:
                continue
            codes[given] = given if given in SPECIALS else as_code(given, taken)
            taken.add(codes[given])
            if codes[given] != given:
                say("form-renamed", "choices", row.number, name=given, id=codes[given])
            _like_a_special(name, row, languages, phrases, say)
            _media(row, say)
        lists.codes[name] = codes
    return lists


def _like_a_special(name: str, row: Row, languages: Sequence[str], phrases: Phrases, say: Say) -> None:
    """Says where an option looks like an answer that the bot offers itself; never takes it for one."""
    code, words = row.cells["name"], gathered("label", row.cells, languages)
    label = next(iter(words.values()), "")
    if code in SPECIALS:
        if any(fold(text) != _said(code, language, phrases) for language, text in words.items()):
            say("form-special-words", "choices", row.number, code=code, list=name)
        return
    like = next(_like(code, list(words.values())), None)
    if like is not None:
        say("form-special", "choices", row.number, code=code, label=label, list=name, special=like)


def _said(code: str, language: str, phrases: Phrases) -> str:
    return fold(phrases.say(language, SPECIAL_WORDS[code]))


def _like(code: str, labels: Sequence[str]) -> Iterator[str]:
    if code.lower() in _CODES_LIKE:
        yield _CODES_LIKE[code.lower()]
    for label in labels:
        folded = fold(label.replace("’", "'"))
        yield from (special for words, special in _WORDS_LIKE.items() if fold(words) in folded)


def _media(row: Row, say: Say) -> None:
    for column in row.cells:
        if column.startswith("media::"):
            say("form-choice-media", "choices", row.number, column=column, name=row.cells["name"])
