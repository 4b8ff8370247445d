"""What may not stand in Urdu, Pashto and English words, as one table for catalogues and survey files alike.

Laws:
1. A rule names what it found; its sentence is in `problems.py`, under the rule's id.
2. A rule that hits a correct line is narrowed, and the line becomes a test: a false alarm costs every author
   more than a missed mistake costs a reader.
3. Whatever a text holds, looking at it takes time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.files.wordlists import KABUL, LITERARY, NAMES_IN_LATIN, OFFICE, TERMS

Kind = Literal["prose", "question", "label", "help"]
"""What a text is: a label stands on a button, a help may name telephone numbers."""

QUESTION_WORDS, QUESTION_LETTERS = 15, 160
"""Longer questions are not kept in mind when they are heard once."""

SENTENCE_WORDS = 30
"""Twelve are better; more than thirty are lost before the end, also when they are read."""

RATIO, RATIO_FROM = (0.3, 2.2), 20
"""How long a translation is beside its English, in letters, once that has more than so many."""

AROUND = 24
"""How many letters are shown before and after what was found."""

MOST_LETTERS = 8_192
"""Twice the longest message: what lies beyond is refused anyway."""


@dataclass(frozen=True)
class Text:
    """Words in one language. `english` says the same in English; empty where that is not there.

    Where `language` is empty, words of all languages may stand.
    """

    words: str
    language: str
    english: str = ""
    kind: Kind = "prose"


Found = Mapping[str, object]
Finder = Callable[[Text], Iterator[Found]]


@dataclass(frozen=True)
class Rule:
    """One line of the table. A text that breaks a rule that stands `alone` is not looked at further."""

    id: str
    languages: tuple[str, ...]
    finds: Finder
    kinds: tuple[Kind, ...] = ("prose", "question", "label", "help")
    alone: bool = False


def faults(text: Text) -> Iterator[tuple[str, Found]]:
    """Every fault of a text: the id of its problem, and what was found."""
    seen = _shown(text)
    if not seen.words.strip():
        return  # said elsewhere
    for rule in RULES:
        if text.language not in rule.languages or text.kind not in rule.kinds:
            continue
        found = list(dict.fromkeys(tuple(one.items()) for one in rule.finds(seen)))
        yield from ((rule.id, dict(one)) for one in found)
        if found and rule.alone:
            return


def _shown(text: Text) -> Text:
    """The text as it is looked at: values, links and commands are no words."""
    words, english = (_NOT_WORDS.sub("{}", one[:MOST_LETTERS]).strip("\n") for one in (text.words, text.english))
    return Text(words, text.language, english, text.kind)


_NOT_WORDS = re.compile(r"\$?\{[^{}\n]{0,64}\}|https?://\S{1,200}|(?<!\S)[/@][A-Za-z]\w{0,64}|</?[a-z]{1,10}>")


# -- how things are found ---------------------------------------------------------------------------------


def _pattern(expression: str, better: Mapping[str, str] | None = None) -> Finder:
    """Whatever the expression finds, and where; `better` says what to write for it."""
    compiled = re.compile(expression)

    def find(text: Text) -> Iterator[Found]:
        for hit in compiled.finditer(text.words):
            around = text.words[max(0, hit.start() - AROUND) : hit.end() + AROUND]
            yield {"found": hit[0], "around": around, "better": (better or {}).get(hit[0], "")}

    return find


def _words(better: Mapping[str, str]) -> Finder:
    """These words, whole."""
    return _pattern(rf"(?<!\w)(?:{'|'.join(map(re.escape, better))})(?!\w)", better)


def _office(text: Text) -> Iterator[Found]:
    yield from _OFFICE_WORDS[text.language](text)


def _letters(expression: str) -> Finder:
    """The letters the expression finds, each named once."""
    compiled = re.compile(expression)

    def find(text: Text) -> Iterator[Found]:
        for letter in compiled.findall(text.words):
            name = f"U+{ord(letter):04X}"
            yield {"letter": name if unicodedata.category(letter) == "Cf" else f"{letter} ({name})"}

    return find


def _untranslated(text: Text) -> Iterator[Found]:
    if text.words == text.english and any(word not in NAMES_IN_LATIN for word in _LATIN.findall(text.words)):
        yield {}


def _script(text: Text) -> Iterator[Found]:
    """Letters of another script than the language's: all of them, where it has none of its own."""
    scripts = dict.fromkeys(script for script, letters in _SCRIPTS.items() if letters.search(text.words))
    own = "Latin" if text.language == "en" else "Arabic"
    if own in scripts or (text.language != "en" and not _latin_words(text)):
        scripts.pop("Latin", None)
    scripts.pop(own, None)
    yield from ({"script": script} for script in scripts)


def _latin_words(text: Text) -> list[str]:
    """Latin words that are no names; an abbreviation of the English is one."""
    kept = {word for word in _LATIN.findall(text.english) if word.isupper()} | NAMES_IN_LATIN
    return [word for word in _LATIN.findall(text.words) if word not in kept]


def _latin(text: Text) -> Iterator[Found]:
    yield from ({"found": word} for word in _latin_words(text))


def _no_question_mark(text: Text) -> Iterator[Found]:
    if text.english.rstrip(_CLOSING).endswith("?") and not text.words.rstrip(_CLOSING).endswith("؟"):
        yield {}


def _ratio(text: Text) -> Iterator[Found]:
    if len(text.english) > RATIO_FROM:
        ratio = len(text.words) / len(text.english)
        if not RATIO[0] <= ratio <= RATIO[1]:
            yield {"found": len(text.words), "beside": len(text.english)}


def _sentences(text: Text) -> Iterator[Found]:
    for sentence in _SENTENCE.split(text.words):
        if len(sentence.split()) > SENTENCE_WORDS:
            yield {"found": len(sentence.split()), "most": SENTENCE_WORDS}


def _long_question(text: Text) -> Iterator[Found]:
    words = len(text.words.split())
    if words > QUESTION_WORDS:
        yield {"found": f"{words} words", "most": f"{QUESTION_WORDS} words"}
    elif len(text.words) > QUESTION_LETTERS:
        yield {"found": f"{len(text.words)} characters", "most": f"{QUESTION_LETTERS} characters"}


def _terms(text: Text) -> Iterator[Found]:
    said = set(re.findall(r"[a-z]+", text.english.lower()))
    for term, means in _TERMS:
        if term <= said and not any(beginning in text.words for beginning in means[text.language]):
            yield {"term": " ".join(sorted(term)), "better": " / ".join(means[text.language])}


def _plurals(term: str) -> Iterator[frozenset[str]]:
    yield frozenset(term.split())
    yield frozenset(f"{term}s".split())


_TERMS = tuple((form, means) for term, means in TERMS.items() for form in _plurals(term))
_OFFICE_WORDS = {language: _words(better) for language, better in OFFICE.items()}

_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "Latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
    "Arabic": re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06d5]"),
    "Devanagari": re.compile(r"[\u0900-\u097f]"),
    "Cyrillic": re.compile(r"[\u0400-\u052f]"),
    "Greek": re.compile(r"[\u0370-\u03ff]"),
}
_LATIN = re.compile(r"(?<![\w@/.:-])[A-Za-z][A-Za-z]+")
_SENTENCE = re.compile(r"[۔؟!\n]|[.?](?=\s|$)")
_CLOSING = " )]»”'\""


# -- the table ----------------------------------------------------------------------------------------------

_ALL = ("", "en", "ur", "ps")
_SPOKEN = ("en", "ur", "ps")
_TRANSLATED = ("ur", "ps")
_DIRECTION = "[\u202a-\u202e\u2066-\u2069\u2028\u2029\u200e\u200f\u061c\ufeff]"
_OLD_SHAPES = "[\u0640\ufb50-\ufdff\ufe70-\ufefe]"
_ARABIC_LETTER = "[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff]"
_NOT_OF_URDU = "[\u064a\u0643\u0649\u0647\u06aaټډړښځڅږګېۍڼ]"
_NOT_OF_PASHTO = f"[\u0643\u06c1\u06be\u0649\u06aaٹڈڑں]|\u064a(?={_ARABIC_LETTER})"  # it ends words in U+064A
_NOT_THE_SUBJECT = r"(?! (?:کے|کی|کا|کو|سے|پر|میں|نے|تک|جیسے)\b)"
_OF_OTHERS = r"(?:کہ|ہے|ہیں|خواتین|عورتیں|لڑکیاں|لوگ|مرد)\b"  # another clause, or another subject

_GENDERED = "|".join(
    (
        r"\w(?:تا|تی) ہوں\b",  # کرتا ہوں
        r"\b(?:گیا|گئی|رہا|رہی|چکا|چکی) ہوں\b",
        r"\w(?:وں|ؤں) ?(?:گا|گی)\b",  # کروں گا
        r"\bچاہ(?:تا|تی)\b(?! (?:ہے|ہیں|ہو|تھ))",  # نہیں بتانا چاہتی
        rf"\bآپ\b{_NOT_THE_SUBJECT}(?: (?!{_OF_OTHERS})\w+){{0,6}}? (?<!جا )سک(?:تا|تی)\b",
        rf"\bآپ\b{_NOT_THE_SUBJECT}(?: (?!{_OF_OTHERS})\w+){{0,3}}? \w+تی ہیں\b",
        r"\b(?:گا|گے) ?/ ?(?:گی|گیں)\b|\w(?:تا|تے) ?/ ?\w{0,12}(?:تی|تیں)\b",  # رہتا/رہتی
    )
)
_GENDERED_LABEL = r"(?<!ہو )(?<!جا )\b(?:سک|سوچ|جان|مان|سمجھ)(?:تا|تی)$"  # نہیں کہہ سکتا
_SLASHED = rf"\b({_ARABIC_LETTER}{{2,12}}){_ARABIC_LETTER}{{0,2}} ?/ ?\1{_ARABIC_LETTER}{{0,2}}\b"  # متفق/متفقه
_MASCULINE = rf"\bآپ\b{_NOT_THE_SUBJECT}(?: (?!{_OF_OTHERS})\w+){{0,6}}? (?<!جا )\w+تے ہیں\b"
_SPEAKER = r"\b(?:متفقه?|مخالفه?|خوشحاله?|تلے|تلې|راغلے|راغلې) یم\b"
_FAMILIAR_URDU = (
    r"\b(?:تم|تمہار[اےی]|تمہیں|تو نے|تجھے|تیر[اےی]|کرو|چنو|لکھو|بتاؤ|بھیجو|پڑھو|(?:چھوڑ|کر|روک|لکھ) دو)\b"
)
_SPACE = (
    r"^[^\S\n]+|[^\S\n]+$|[^\S\n]{2,}| (?=\n)|\s(?=[،؛؟۔,;?.!])|[،؛؟](?=[^\s»”’\"')\]])|[\u00a0\u200b\u2060\u00ad]"
)

RULES: tuple[Rule, ...] = (
    # letters
    Rule("direction-letter", _ALL, _letters(_DIRECTION)),
    Rule("presentation-form", _ALL, _letters(_OLD_SHAPES)),
    Rule("not-translated", _TRANSLATED, _untranslated, alone=True),
    Rule("wrong-script", _SPOKEN, _script, alone=True),
    Rule("foreign-letter", ("ur",), _letters(_NOT_OF_URDU)),
    Rule("foreign-letter", ("ps",), _letters(_NOT_OF_PASHTO)),
    Rule("latin-word", _TRANSLATED, _latin),
    Rule("foreign-digit", ("en", "ur"), _pattern(r"[\u0660-\u0669\u06f0-\u06f9]+")),
    Rule(
        "foreign-digit",
        ("ps",),
        _pattern(r"[\u0660-\u0669]+|(?<![\w+.-])[0-9]+(?![A-Za-z])"),
        ("prose", "question", "label"),
    ),
    # marks and spaces
    Rule("latin-mark", _TRANSLATED, _pattern(rf"{_ARABIC_LETTER}[,;?.]|(?<=[}}»”)])[,;?.](?=\s|$)")),
    Rule("stray-space", _ALL, _pattern(_SPACE)),
    Rule("question-mark", _TRANSLATED, _no_question_mark),
    Rule("label-mark", _ALL, _pattern(r"[۔،؛.,;:]$"), ("label",)),
    Rule("range-sign", _TRANSLATED, _pattern(r"[0-9۰-۹}] ?[-–—] ?[0-9۰-۹{]|[%٪]")),
    # words
    Rule("kabul-word", ("ps",), _words(KABUL)),
    Rule("kabul-word", ("ps",), _pattern(r"^نر$", {"نر": "نارینه"}), ("label",)),
    Rule("literary-word", ("ps",), _words(LITERARY)),
    Rule("office-word", _TRANSLATED, _office),
    Rule("gendered-words", ("ur",), _pattern(_GENDERED)),
    Rule("gendered-words", ("ur",), _pattern(_GENDERED_LABEL), ("label",)),
    Rule("gendered-words", ("ps",), _pattern(_SPEAKER)),
    Rule("gendered-words", _TRANSLATED, _pattern(_SLASHED)),
    Rule("masculine-words", ("ur",), _pattern(_MASCULINE)),
    Rule("familiar-words", ("ur",), _pattern(_FAMILIAR_URDU)),
    Rule("familiar-words", ("ps",), _pattern(r"\bستا\b")),
    Rule("misspelt-imperative", ("ps",), _pattern(r"\w*(?:کړی|ولیږی|ولېږی)\b|\bمهرباني وکړي\b")),
    Rule("final-yeh", ("ps",), _pattern(r"\w+(?<!کړ)(?<!لیږ)(?<!لېږ)ی\b")),
    Rule("unlike-term", _TRANSLATED, _terms),
    # length
    Rule("question-long", _SPOKEN, _long_question, ("question",)),
    Rule("sentence-long", _SPOKEN, _sentences, ("prose", "help")),
    Rule("unlike-length", _TRANSLATED, _ratio),
)
"""Every rule, in the order in which a text is looked at."""
