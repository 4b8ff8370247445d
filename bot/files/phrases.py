"""How the bot speaks: the phrases of locales/, and numbers, dates and lists as each language writes them.

Laws:
1. Every value put into an Urdu or Pashto phrase is freed of direction controls and stands in an isolate.
2. A line of Urdu or Pashto begins with a right-to-left letter, or with one right-to-left mark.
3. Pashto writes its own digits, Urdu and English Latin ones; `latin` values stay Latin everywhere.
4. Babel reads catalogues and knows directions; it formats no number, date or list (it gets Pashto wrong).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from gettext import c2py
from itertools import product
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.core.letters import fold
from bot.core.survey import LANGUAGES
from bot.files import readers

SOURCE = "en"
"""The language every phrase is written in first, and the one a missing translation falls back to."""

_FIRST_STRONG_ISOLATE = "\u2068"
_POP_ISOLATE = "\u2069"
_RIGHT_TO_LEFT_MARK = "\u200f"

# Embeddings, overrides and isolates would let a value reach beyond its place; the other characters end a
# paragraph, and with it every isolate (Unicode Standard Annex 9, class B).
_CONTROLS: dict[int, str | None] = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], None)
_BREAKS: dict[int, str | None] = dict.fromkeys([0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029], " ")
_CLEANED = {**_CONTROLS, **_BREAKS}

_LATIN_DIGITS = "0123456789"
_PASHTO_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_DIGITS = {"ps": _PASHTO_DIGITS}
_OTHER_DIGITS = "٠١٢٣٤٥٦٧٨٩"

_COMMAND = re.compile(r"(?<!\S)/[a-z_]+")  # written out in a catalogue
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PIPE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_PLACED = re.compile(r"\$?\{([a-z][a-z0-9_]*)\}")

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    "ps": "جنوري فروري مارچ اپرېل مئي جون جولائي اګست ستمبر اکتوبر نومبر دسمبر",
}
_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "ur": "پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار",
    "ps": "پیر منګل بده جمعرات جمعه هفته اتوار",
}
_PERCENT = {"en": "{n}%", "ur": "{n} فیصد", "ps": "{n} فیصده"}
_AND = {"en": (", ", " and "), "ur": ("، ", " اور "), "ps": ("، ", " او ")}


class Latin(str):
    """A code, link, command or telephone-like number: its digits stay Latin in every language."""


class Said(str):
    """Words composed here, whose isolates are balanced: they may be put into another phrase as they are."""


def latin(value: object) -> Latin:
    """The value as a code: Latin digits in every language, no grouping."""
    return Latin(_digits(str(value), _LATIN_DIGITS))


@dataclass(frozen=True)
class _Catalogue:
    """The phrases of one language: id -> its forms, one unless the phrase has a plural."""

    forms: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]
    read_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrases:
    """All phrases in all languages, read once."""

    _catalogues: Mapping[str, _Catalogue]

    @classmethod
    def load(cls, folder: Path | None = None, *, without: Collection[str] = ()) -> Phrases:
        """Reads `<folder>/<language>/LC_MESSAGES/bot.po`; a language without a file speaks English.

        `without` names the languages whose files are not to be read. Where a translation asks for a value
        that the English phrase does not, English is spoken: nobody would give the value.
        """
        folder = folder or locales()
        files = {language_of(path): path for path in catalogues_in(folder)}
        if SOURCE not in files:
            raise FileNotFoundError(folder / SOURCE / "LC_MESSAGES" / "bot.po")
        spoken = {language: _read(language, path) for language, path in files.items() if language not in without}
        english = cls({SOURCE: spoken[SOURCE]})
        return cls(
            {
                language: one if language == SOURCE else _answerable(one, english)
                for language, one in spoken.items()
            }
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Every phrase there is, in the order of the English catalogue."""
        return tuple(self._catalogues[SOURCE].forms)

    @property
    def drafts(self) -> tuple[str, ...]:
        """The languages whose words fewer than two have reviewed (X-Reviewed-By of their catalogue)."""
        return readers.drafts(
            self._catalogues, {code: one.read_by for code, one in self._catalogues.items()}, SOURCE
        )

    def values(self, id: str) -> frozenset[str]:
        """The names of the values that a phrase asks for."""
        forms = self._catalogues[SOURCE].forms[id]
        found = _asked(forms)
        return frozenset(found | {"n"} if len(forms) > 1 else found)

    def say(self, language: str, id: str, /, **values: object) -> str:
        """The phrase in this language with its values put in; a value named `n` chooses the plural form.

        Raises KeyError for an unknown phrase and for a value that is missing.
        """
        catalogue = self._catalogues.get(language)
        if catalogue is None or id not in catalogue.forms:
            language, catalogue = SOURCE, self._catalogues[SOURCE]
        forms = catalogue.forms[id]
        form = forms[0] if len(forms) == 1 else forms[catalogue.plural(_count(values["n"]))]
        text = _PLACEHOLDER.sub(lambda found: _value(language, values[found[1]]), form)
        return Said(directed(language, text))

    def words_of(self, id: str) -> dict[str, str]:
        """A phrase without values in every language: language -> words."""
        return {language: self.say(language, id) for language in LANGUAGES}


def locales() -> Path:
    """The folder of the catalogues: inside the installed program, or beside it in a checkout."""
    bot = Path(__file__).resolve().parents[1]
    installed = bot / "assets" / "locales"
    return installed if installed.is_dir() else bot.parent / "locales"


def catalogues_in(folder: Path) -> list[Path]:
    """The catalogues of a folder such as `locales`."""
    return sorted(folder.glob("*/LC_MESSAGES/bot.po"))


def language_of(path: Path) -> str:
    """The language of a catalogue, by the folder it lies in: locales/<language>/LC_MESSAGES/bot.po."""
    return path.parent.parent.name if path.parent.name == "LC_MESSAGES" else path.stem


def parse_po(text: str) -> Catalog:
    """What a catalogue says. Raises PoFileError, and whatever else a damaged entry makes Babel trip over."""
    return read_po(text.split("\n"), ignore_obsolete=True, abort_invalid=True)  # else it prints what is wrong


def number(language: str, n: int | float) -> str:
    """A number with "," between thousands and "." before decimals, in the digits of the language."""
    return _digits(f"{n:,}".removesuffix(".0"), _DIGITS.get(language, _LATIN_DIGITS))


def percent(language: str, n: int | float) -> str:
    """A share of a hundred in words: 45% / 45 فیصد / ۴۵ فیصده."""
    return _PERCENT.get(language, _PERCENT[SOURCE]).format(n=number(language, n))


def day(language: str, date: date) -> str:
    """A date as it is written in Pakistan: 22 November 2026 / 22 نومبر 2026 / ۲۲ نومبر ۲۰۲۶."""
    month = _MONTHS.get(language, _MONTHS[SOURCE]).split()[date.month - 1]
    return _digits(f"{date.day} {month} {date.year}", _DIGITS.get(language, _LATIN_DIGITS))


def calendar(language: str, written: str) -> str:
    """A year, a month of a year, a day, or a month of any year, from how ISO 8601 writes it (`--05`)."""
    months, digits = _MONTHS.get(language, _MONTHS[SOURCE]).split(), _DIGITS.get(language, _LATIN_DIGITS)
    if written.startswith("--"):
        return months[int(written[2:]) - 1]
    year, month, day_of_month = [*written.split("-"), "", ""][:3]
    named = [str(int(day_of_month))] if day_of_month else []
    named += [months[int(month) - 1]] if month else []
    return _digits(" ".join([*named, year]), digits)


def weekday(language: str, day: int) -> str:
    """The name of a day of the week, 0 for Monday to 6 for Sunday."""
    return _WEEKDAYS.get(language, _WEEKDAYS[SOURCE]).split()[day]


@cache
def direction(language: str) -> str:
    """Which way the language is written, as HTML says it: rtl or ltr."""
    try:
        return Locale.parse(language).text_direction
    except UnknownLocaleError:
        return "ltr"


def isolate(text: str) -> str:
    """Text freed of direction controls, each line of it in an isolate of its own."""
    return _wrap(text.translate(_CLEANED))


def directed(language: str, text: str) -> str:
    """Text as it may be sent or stand on a button, that of a survey too: see law 2."""
    if direction(language) != "rtl":
        return text
    return "\n".join(_turned(line) for line in text.split("\n"))


def join(language: str, items: Iterable[object]) -> str:
    """A list in words: A, B and C / A، B اور C / A، B او C."""
    *rest, last = [_value(language, item) for item in items] or [""]
    comma, and_ = _AND.get(language, _AND[SOURCE])
    return Said(f"{comma.join(rest)}{and_}{last}" if rest else last)


def fill(language: str, text: str, values: Mapping[str, object]) -> str:
    """A survey's own words with these values in place of their {names}, or ${names}; other braces stand."""
    if not values:
        return text
    return _PLACED.sub(lambda at: _value(language, values[at[1]]) if at[1] in values else at[0], text)


def placeholders(text: str) -> frozenset[str]:
    """The {names} for which a text wants values."""
    return frozenset(_PLACEHOLDER.findall(text))


def piped(words: Mapping[str, str]) -> tuple[str, ...]:
    """The questions that a text names as ${question}, in whatever language it does, the first one first."""
    found = (name for text in words.values() for name in _PIPE.findall(text))
    return tuple(dict.fromkeys(found))


def keyword(words: str) -> str | None:
    """What a person means by a single word typed in any language or in Roman letters; None when it is none.

    One of: stop, help, back, skip, language, delete, forget, yes, no, hide, continue, start.
    """
    return _KEYWORDS.get(fold(words))


def _read(language: str, path: Path) -> _Catalogue:
    content = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    catalogue = parse_po(content)
    forms: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        id = message.id if isinstance(message.id, str) else message.id[0]
        texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if id and texts and not message.fuzzy and all(texts):
            forms[id] = tuple(_COMMAND.sub(lambda found: _isolated(language, found[0]), text) for text in texts)
    return _Catalogue(forms, c2py(catalogue.plural_expr), readers.of_catalogue(content))


def _answerable(catalogue: _Catalogue, english: Phrases) -> _Catalogue:
    """The catalogue without the phrases that ask for a value nobody gives."""
    known = set(english.ids)
    kept = {
        id: forms
        for id, forms in catalogue.forms.items()
        if id in known and _asked(forms) <= english.values(id) and (len(forms) == 1 or "n" in english.values(id))
    }
    return replace(catalogue, forms=kept)


def _asked(forms: Iterable[str]) -> set[str]:
    return {name for form in forms for name in _PLACEHOLDER.findall(form)}


def _count(n: object) -> int:
    if not isinstance(n, int):
        raise TypeError(f"n must be a whole number, not {n!r}")
    return abs(n)


def _value(language: str, value: object) -> str:
    digits = _DIGITS.get(language, _LATIN_DIGITS)
    if isinstance(value, Said):
        text = str(value)
    elif isinstance(value, Latin):
        text = value.translate(_CLEANED)
    elif isinstance(value, int | float):
        text = number(language, value)
    else:
        text = str(value).translate(_CLEANED)
        if not any("a" <= c <= "z" for c in text.lower()):  # a name in Latin letters keeps its digits
            text = _digits(text, digits)
    return _isolated(language, text)


def _isolated(language: str, text: str) -> str:
    return _wrap(text) if direction(language) == "rtl" else text


def _wrap(text: str) -> str:
    return "\n".join(f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" if line else "" for line in text.split("\n"))


def _turned(line: str) -> str:
    if not line or unicodedata.bidirectional(line[0]) in ("R", "AL"):  # the mark itself is of class R
        return line
    return _RIGHT_TO_LEFT_MARK + line


def _digits(text: str, digits: str) -> str:
    return text.translate(_DIGIT_MAPS[digits])


_DIGIT_MAPS = {
    wanted: {
        ord(c): wanted[i]
        for digits in (_LATIN_DIGITS, _PASHTO_DIGITS, _OTHER_DIGITS)
        for i, c in enumerate(digits)
    }
    for wanted in (_LATIN_DIGITS, _PASHTO_DIGITS)
}

# Words of the glossary, of speech, and in Roman letters as they are typed on telephones.
KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "stop": (
        *("stop", "quit", "exit", "end"),
        *("روک دیں", "روکیں", "روکو", "رک", "رکیں", "بند", "بند کریں", "بند کرو", "بس"),
        *("ودروئ", "ودروه", "ودرېږئ", "بند کړئ", "بند کړه"),
        *("ruk", "ruko", "rok do", "rok dein", "roko", "band", "band karo", "band karen", "bas"),
        *("wadarawa", "wadrawai", "band ka", "band krai"),
    ),
    "help": (
        *("help", "مدد", "مدد کریں", "مدد وکړئ", "مرسته"),
        *("madad", "madat", "marasta"),
    ),
    "back": (
        *("back", "previous", "go back"),
        *("پیچھے", "پیچھے جائیں", "پچھلا سوال", "واپس", "واپس جائیں"),
        *("شا ته", "شاته", "مخکینے سوال", "واپس لاړ شئ"),
        *("peeche", "pichhe", "piche", "wapas", "wapis", "sha ta", "shata"),
    ),
    "skip": (
        *("skip", "skip this", "skip question", "skip this question"),
        *("چھوڑ دیں", "چھوڑیں", "چھوڑو", "چھوڑ دو", "یہ سوال چھوڑ دیں"),
        *("پرېږدئ", "پرېږده", "دا سوال پرېږدئ"),
        *("chor do", "chor den", "chor dein", "chhor do", "chhor den", "choro", "pregda", "pregdai"),
    ),
    "language": (
        *("language", "lang", "change language", "english", "urdu", "pashto"),
        *("زبان", "زبان تبدیل کریں", "زبان بدلیں", "اردو", "پشتو", "انگریزی"),
        *("ژبه", "ژبه بدله کړئ", "پښتو", "انګرېزي"),
        *("zaban", "zuban", "zabaan", "zhaba", "jaba", "pukhto", "pushto"),
    ),
    "delete": (
        *("delete", "erase", "delete my answers"),
        *("مٹا دیں", "مٹا دو", "مٹائیں", "مٹاؤ", "میرے جواب مٹا دیں"),
        *("ختم کړئ", "ختم کړه", "زما جوابونه ختم کړئ"),
        *("mita do", "mita den", "mita dein", "mitao", "khatam ka", "khatam krai"),
    ),
    "forget": (
        *("forget", "forget me", "forget this chat"),
        *("بھلا دیں", "بھلا دو", "بھول جائیں", "مجھے بھول جائیں", "مجھے بھلا دیں"),
        *("هېر کړئ", "هېر کړه", "ما هېر کړئ", "دا چېټ هېر کړئ"),
        *("bhula do", "bhula dein", "bhool jao", "bhool jaen", "mujhe bhool jao"),
        *("her ka", "her krai", "ma her krai"),
    ),
    "yes": (
        *("yes", "y", "yes please"),
        *("جی ہاں", "ہاں", "ہاں جی", "جی"),
        *("هو", "او", "هو جي"),
        *("haan", "han", "haan ji", "han ji", "ji", "ji haan", "ji han", "ho", "ao", "aw"),
    ),
    "no": (
        *("no", "n", "no thanks"),
        *("جی نہیں", "نہیں", "نہیں جی", "نہ"),
        *("نه", "نا", "نه جي"),
        *("nahi", "nahin", "nai", "ji nahi", "ji nahin", "na"),
    ),
    "hide": (
        *("hide", "hide this"),
        *("چھپائیں", "چھپا دیں", "چھپا دو", "چھپاؤ"),
        *("پټ کړئ", "پټ کړه", "پټ"),
        *("chupao", "chhupao", "chupa do", "chhupa do", "pat ka", "pat krai"),
    ),
    "continue": (
        *("continue", "go on", "resume", "next"),
        *("جاری رکھیں", "جاری رکھو", "جاری", "آگے", "آگے چلیں"),
        *("جاري وساتئ", "وړاندې", "وړاندې لاړ شئ", "مخکښې"),
        *("jari", "jari rakhen", "jari rakho", "aage", "agay", "wrande", "makhke"),
    ),
    "start": (
        *("start", "begin", "شروع", "شروع کریں", "شروع کرو", "شروع کړئ", "شروع کړه"),
        *("shuru", "shuru karo", "shuru karen", "shoro", "shuru ka", "shuru krai"),
    ),
}
"""What each keyword may look like; `keyword` compares by `fold`, so spellings of one word meet."""

# Spoken differently in the valleys, and absent from Urdu keyboards.
_STAND_INS = {"ښ": "ښخش", "ږ": "ږګژ", "څ": "څس", "ځ": "ځز", "ژ": "ژزج"}


def spellings(word: str) -> Iterator[str]:
    """A keyword as other valleys and other keyboards write it."""
    for letters in product(*(_STAND_INS.get(letter, letter) for letter in word)):
        yield "".join(letters)


_KEYWORDS = {
    fold(spelling): meaning
    for meaning, words in KEYWORDS.items()
    for word in words
    for spelling in spellings(word)
}
