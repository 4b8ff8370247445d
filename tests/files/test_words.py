"""What is promised of the words in locales/ and surveys/, whoever writes them.

1. Every phrase and every survey text is there in every language, with the same values and plural forms.
2. Urdu and Pashto keep to their letters, digits and marks; nothing invisible is typed by hand.
3. Buttons fit a telephone. 4. Nobody is addressed as a man or as a woman.
5. Every character can be drawn by the fonts that Aitbar brings along.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont
from ruamel.yaml import YAML

from bot.core.survey import LANGUAGES
from bot.files.surveys import load

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "bot" / "assets" / "fonts"
SURVEYS = sorted((ROOT / "surveys").rglob("*.yaml"))
TRANSLATED = ("ur", "ps")

PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")
ARABIC_LETTER = "[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff]"

FORBIDDEN = {
    "ur": re.compile("[\u064a\u0643\u0649\u0647\u06aa]"),
    # Word-final U+064A is the right letter in Pashto; inside a word it is not.
    "ps": re.compile("[\u0643\u06c1\u06be\u0649]|\u064a(?=[\u0620-\u064a\u066e-\u06d3\u06d5])"),
    "en": re.compile("[\u0600-\u06ff]"),
}
FOREIGN_DIGITS = {
    "ur": re.compile("[\u0660-\u0669\u06f0-\u06f9]"),
    "ps": re.compile("[0-9\u0660-\u0669]"),
    "en": re.compile("[\u0660-\u0669\u06f0-\u06f9]"),
}
INVISIBLE = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2028\u2029\u2060\u2066-\u2069\ufeff\u0640\u00a0]")
PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
ARROWS = re.compile("[\u2190-\u21ff\u27a1\u2b05-\u2b07\u25b6\u25c0]")
RANGE = re.compile(r"\d\s*[-\u2013\u2014]\s*\d|\}[-\u2013\u2014]\{")
LATIN_MARK = re.compile(ARABIC_LETTER + "[,;?.]")
BAD_SPACE = re.compile(r"^\s|\s$|  | \n|\s[،؛؟۔,;?.!]|[،؛؟](?=[^\s»”)])")

ALLOWED_LATIN = {"Aitbar", "Telegram", "PDF", "CSV", "XLSX", "JSON", "SMS", "YAML", "QR", "KP", "KPI", "English"}
KABUL_WORDS = ("اړین", "ولسوالۍ", "ولایت", "لطفاً", "راپور", "سلنه", "پیل", "ګډون", "غوره کړئ", "دولتي", "تڼۍ")
GENDERED_URDU = re.compile(
    r"\S*(?:تا|تی) ہوں|\b(?:گیا|گئی) ہوں|\bچاہ(?:تا|تی)\b|\S(?:تا|تے)\s?/\s?\S*(?:تی|تیں)\b"
    r"|\bآپ\b[^۔؟!]*(?<!جا )\bسک(?:تا|تی|تے)\b|\b(?:تم|تمہارا|تمہاری)\b"
)

# They stand in the chat only, where the telephone draws them; never in a picture or a PDF.
CHAT_ONLY = set("✅☑☐●🔊⬜⚠✓\ufe0f")

# Each language is offered under its own name, in its own script.
NAMES_OF_LANGUAGES = {"language-ur", "language-ps", "language-en", "choose-language"}

TWO_TO_A_ROW = {f"button-{name}" for name in ("back", "hide", "help", "language", "stop", "yes", "no")}


class Text(NamedTuple):
    """One text in one language, and where it stands."""

    where: str
    language: str
    words: str


def catalogue(language: str) -> Catalog:
    with (ROOT / "locales" / language / "LC_MESSAGES" / "bot.po").open("rb") as file:
        return read_po(file)


def forms(message_string: object) -> tuple[str, ...]:
    if isinstance(message_string, str):
        return (message_string,)
    assert isinstance(message_string, list | tuple)
    return tuple(str(form) for form in message_string)


def phrases(language: str) -> dict[str, tuple[str, ...]]:
    """Every phrase of a catalogue: id -> its forms."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: forms(message.string)
        for message in catalogue(language)
        if message.id
    }


PHRASES = {language: phrases(language) for language in LANGUAGES}
IDS = tuple(PHRASES["en"])


def texts_in(node: object, where: str) -> Iterator[Text]:
    """The texts of a survey file: every mapping whose keys are languages."""
    if isinstance(node, dict):
        if node and set(node) <= set(LANGUAGES):
            yield from (Text(where, language, str(words)) for language, words in node.items())
        else:
            for key, below in node.items():
                if key == "audio":  # names of files
                    continue
                yield from texts_in(below, f"{where}/{key}")
    elif isinstance(node, list):
        for number, below in enumerate(node):
            name = below["id"] if isinstance(below, dict) and "id" in below else number
            yield from texts_in(below, f"{where}/{name}")


SURVEY_TEXTS = [text for path in SURVEYS for text in texts_in(YAML(typ="safe").load(path), path.stem)]
PHRASE_TEXTS = [
    Text(id, language, form)
    for language in LANGUAGES
    for id, its_forms in PHRASES[language].items()
    for form in its_forms
]
TEXTS = PHRASE_TEXTS + SURVEY_TEXTS


def hits(pattern: re.Pattern[str], texts: list[Text]) -> list[str]:
    """What a pattern finds, each shown with its place and its code points."""
    found = []
    for text in texts:
        words = PLACEHOLDER.sub("{}", text.words)
        for hit in pattern.finditer(words):
            points = " ".join(f"{ord(c):04X}" for c in hit[0])
            found.append(f"{text.where} [{text.language}]: «{hit[0]}» ({points}) in «{words}»")
    return found


def of(*languages: str) -> list[Text]:
    return [text for text in TEXTS if text.language in languages]


# 1. Complete


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_phrase_is_there_in_every_language_and_none_beside(language: str) -> None:
    assert tuple(PHRASES[language]) == IDS
    assert not [message.id for message in catalogue(language) if message.id and message.fuzzy]
    assert not [id for id, its_forms in PHRASES[language].items() if not all(its_forms)]


def test_the_template_lists_the_ids_in_the_order_of_the_english_catalogue() -> None:
    with (ROOT / "locales" / "bot.pot").open("rb") as file:
        template = read_po(file)
    ids = [m.id if isinstance(m.id, str) else m.id[0] for m in template if m.id]
    assert tuple(ids) == IDS
    assert not [m.id for m in template if m.id and any(forms(m.string or ""))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_says_its_language_its_plurals_and_who_reviewed_it(language: str) -> None:
    header = dict(catalogue(language).mime_headers)
    assert header["Language"] == language
    assert header["Plural-Forms"].replace(" ", "") == "nplurals=2;plural=(n!=1);"
    file = ROOT / "locales" / language / "LC_MESSAGES" / "bot.po"
    assert language == "en" or '\n"X-Reviewed-By: ' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_has_the_values_and_the_plural_forms_of_the_english(language: str) -> None:
    wrong = []
    for id in IDS:
        english, translated = PHRASES["en"][id], PHRASES[language][id]
        if len(english) != len(translated):
            wrong.append(id)
        for source, target in zip(english, translated, strict=False):
            missing = Counter(PLACEHOLDER.findall(source)) - Counter(PLACEHOLDER.findall(target))
            beyond = Counter(PLACEHOLDER.findall(target)) - Counter(PLACEHOLDER.findall(source))
            of_a_singular = len(english) == 2 and source == english[0]
            if set(missing + beyond) - ({"{n}"} if of_a_singular else set()):
                wrong.append(f"{id}: {dict(missing)} missing, {dict(beyond)} beyond")
            if re.findall(r"</?\w+>", source) != re.findall(r"</?\w+>", target):
                wrong.append(f"{id}: tags")
            if source.count("\n") != target.count("\n"):
                wrong.append(f"{id}: lines")
    assert not wrong


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_still_the_english_one(language: str) -> None:
    same = [
        id
        for id in IDS
        if PHRASES[language][id] == PHRASES["en"][id]
        and re.search("[a-z]{3}", PLACEHOLDER.sub("", "".join(PHRASES["en"][id])))
    ]
    # Each language is offered under its own name, in its own script.
    assert [id for id in same if not re.search("urdu|pashto|english|-ur$|-ps$|-en$", id)] == []


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_survey_text_is_there_in_every_language(path: Path) -> None:
    texts = list(texts_in(YAML(typ="safe").load(path), path.stem))
    places = Counter(text.where for text in texts if text.words.strip())
    assert places
    assert set(places.values()) == {len(LANGUAGES)}


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_shipped_survey_says_that_its_translations_are_drafts(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\nsurvey:")[0].lower()
    assert "drafts until two readers from khyber pakhtunkhwa" in head.replace("\n# ", " ")


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_shipped_survey_can_be_read_without_a_problem_or_a_warning(path: Path) -> None:
    loaded = load(path)
    assert loaded.problems == ()
    assert loaded.survey is not None
    assert loaded.survey.licence == "own items"


# 2. Letters, digits, marks


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_keeps_to_its_own_letters(language: str) -> None:
    assert hits(FORBIDDEN[language], [t for t in of(language) if t.where not in NAMES_OF_LANGUAGES]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_keeps_to_its_own_digits(language: str) -> None:
    assert hits(FOREIGN_DIGITS[language], of(language)) == []


def test_nothing_invisible_is_typed_by_hand() -> None:
    assert hits(INVISIBLE, TEXTS) == []
    assert hits(PRESENTATION_FORMS, TEXTS) == []
    assert [text for text in TEXTS if unicodedata.normalize("NFC", text.words) != text.words] == []


def test_no_arrow_points_the_wrong_way() -> None:
    assert hits(ARROWS, TEXTS) == []


def test_ranges_and_percentages_are_said_in_words() -> None:
    assert hits(RANGE, of(*TRANSLATED)) == []
    assert hits(re.compile("[%٪]"), of(*TRANSLATED)) == []


def test_marks_are_those_of_urdu_and_pashto() -> None:
    assert hits(LATIN_MARK, of(*TRANSLATED)) == []
    assert hits(BAD_SPACE, of(*TRANSLATED)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_question_stays_a_question(language: str) -> None:
    lost = [id for id in IDS if PHRASES["en"][id][-1].count("?") and not PHRASES[language][id][-1].count("؟")]
    assert lost == []


def test_latin_words_stand_only_where_they_are_names() -> None:
    pattern = re.compile(r"(?<![/@\w.:-])[A-Za-z][A-Za-z]+")
    stray = [hit for hit in hits(pattern, of(*TRANSLATED)) if hit.split("«")[1].split("»")[0] not in ALLOWED_LATIN]
    assert stray == []


def test_pashto_is_that_of_khyber_pakhtunkhwa() -> None:
    words = re.compile("|".join(rf"(?<!\w){word}(?!\w)" for word in (*KABUL_WORDS, "کې", "مونږه", "کلی", "سړی")))
    assert hits(words, of("ps")) == []


# 3. Buttons


def test_buttons_fit_a_telephone_and_end_in_no_mark() -> None:
    wide = []
    for text in PHRASE_TEXTS:
        if text.where.startswith("button-"):
            limit = 16 if text.where in TWO_TO_A_ROW else 36
            if len(PLACEHOLDER.sub("", text.words)) > limit or re.search(r"[۔.،,:؛;]$", text.words):
                wide.append(text)
    assert wide == []


def test_what_the_empty_chat_says_fits_into_telegram() -> None:
    limits = {"profile-name": 64, "profile-short-description": 120, "profile-description": 512}
    long = [
        text
        for text in PHRASE_TEXTS
        if len(text.words) > (200 if text.where.startswith("hint-") else limits.get(text.where, 3500))
        or (text.where.startswith("command-") and len(text.words) > 256)
    ]
    assert long == []


def test_survey_options_and_titles_of_indicators_fit() -> None:
    assert [t for t in SURVEY_TEXTS if "/options/" in t.where and len(t.words) > 36] == []
    told = [t for t in SURVEY_TEXTS if "/indicators/" in t.where]
    advice = [t for t in told if t.where.endswith("/advice/do")]
    assert [t for t in told if t not in advice and len(t.words) > 40] == []
    assert advice
    assert [t for t in advice if len(t.words) > 90 or sum(map(t.words.count, ".۔")) != 1] == [], "one sentence"
    assert [t for t in SURVEY_TEXTS if t.where.endswith("/ask") and len(t.words) > 160] == []
    assert [t for t in SURVEY_TEXTS if t.where.endswith("/consent") and len(t.words) > 900] == []


def test_no_two_options_look_alike_in_their_first_fourteen_letters() -> None:
    beginnings = Counter(
        (t.where.rsplit("/", 1)[0], t.language, t.words[:14]) for t in SURVEY_TEXTS if "/options/" in t.where
    )
    assert [place for place, times in beginnings.items() if times > 1] == []


# 4. Address


def test_urdu_gives_nobody_a_sex_and_is_never_familiar() -> None:
    assert hits(GENDERED_URDU, of("ur")) == []


@pytest.mark.parametrize(
    "wrong", ["میں جواب دیتا ہوں", "نہیں بتانا چاہتی", "آپ رک سکتے ہیں", "رہتا/رہتی", "تم کون ہو"]
)
def test_the_search_for_gendered_urdu_finds_what_it_should(wrong: str) -> None:
    assert GENDERED_URDU.search(wrong)


@pytest.mark.parametrize(
    "right", ["کسی بھی وقت روکا جا سکتا ہے", "نتیجہ نہیں دکھایا گیا", "کیا خواتین اپنی بات کر سکتی ہیں؟"]
)
def test_the_search_for_gendered_urdu_leaves_neutral_lines_alone(right: str) -> None:
    assert not GENDERED_URDU.search(right)


# 5. Fonts


def test_every_character_can_be_drawn_by_the_fonts_brought_along() -> None:
    for weight in ("Regular", "Bold"):
        drawn: set[str] = {" ", "\n"}
        for family in ("NotoNaskhArabic", "NotoSans"):
            with TTFont(FONTS / f"{family}-{weight}.ttf", lazy=True) as font:
                drawn |= {chr(point) for point in font.getBestCmap()}
        missing = {c for text in TEXTS for c in text.words} - drawn - CHAT_ONLY
        assert missing == set()
