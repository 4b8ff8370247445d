"""What the check finds in words, and what it leaves alone.

Promises:
1. Every rule finds what it is there for, in catalogues and in every text of a survey file alike.
2. Correct lines are left alone: each line below was, or could be, taken for a mistake.
3. Whatever stands in a text, looking at it neither raises nor dawdles; every fault can be said as a sentence.
4. All words that Aitbar brings along are without a fault.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.files.check import check
from bot.files.problems import CATALOGUE, Notes
from bot.files.surveys import load
from bot.files.wording import MOST_LETTERS, QUESTION_WORDS, RULES, SENTENCE_WORDS, Kind, Text, faults
from tests.files.sample import SOUND, beside

ROOT = Path(__file__).resolve().parents[2]


def ids(words: str, language: str, english: str = "", kind: Kind = "prose") -> list[str]:
    """The ids of all faults of a text."""
    return [id for id, _ in faults(Text(words, language, english, kind))]


# -- promise 1 --------------------------------------------------------------------------------------------

WRONG: list[tuple[str, str, str, str, Kind]] = [
    # id, language, words, English, kind
    ("direction-letter", "ur", "نام \u202bیہ", "", "prose"),
    ("direction-letter", "en", "the \u200fname", "", "prose"),
    ("presentation-form", "ur", "ﻧﺎم", "", "prose"),
    ("presentation-form", "ps", "نـوم", "", "prose"),
    ("not-translated", "ur", "Send the answers", "Send the answers", "prose"),
    ("wrong-script", "ur", "jawab bhejein", "Send the answers", "prose"),
    ("wrong-script", "ur", "जवाब भेजें", "Send the answers", "prose"),
    ("wrong-script", "ps", "जवाब", "Answer", "prose"),
    ("wrong-script", "en", "Send جواب", "", "prose"),
    ("foreign-letter", "ur", "كون", "", "prose"),
    ("foreign-letter", "ur", "وہ جگه", "", "prose"),
    ("foreign-letter", "ur", "ښه جواب", "", "prose"),
    ("foreign-letter", "ps", "كويم", "", "prose"),
    ("foreign-letter", "ps", "رپورٹ", "", "prose"),
    ("foreign-letter", "ps", "ہغه", "", "prose"),
    ("latin-word", "ur", "اپنا answer بھیجیں", "Send your answer", "prose"),
    ("latin-word", "ps", "خپل District ولیکئ", "Write your district", "prose"),
    ("foreign-digit", "ur", "۱۲ لوگ", "", "prose"),
    ("foreign-digit", "en", "۱۲ people", "", "prose"),
    ("foreign-digit", "ps", "د 18 کالو نه کم", "", "label"),
    ("foreign-digit", "ps", "١٢ کسان", "", "prose"),
    ("latin-mark", "ur", "نام, جگہ", "", "prose"),
    ("latin-mark", "ur", "کیا یہ ٹھیک ہے?", "Is this right?", "prose"),
    ("latin-mark", "ps", "مننه.", "", "prose"),
    ("latin-mark", "ur", "کل {n}. پھر", "", "prose"),
    ("stray-space", "ur", "نام  لکھیں", "", "prose"),
    ("stray-space", "ur", "نام لکھیں ۔", "", "prose"),
    ("stray-space", "ur", " نام", "", "prose"),
    ("stray-space", "en", "the name ", "", "prose"),
    ("stray-space", "ur", "نام،جگہ", "", "prose"),
    ("stray-space", "ps", "خپل\u00a0نوم", "", "prose"),
    ("question-mark", "ur", "یہ ٹھیک ہے۔", "Is this right?", "question"),
    ("label-mark", "ur", "بھیجیں۔", "Send", "label"),
    ("label-mark", "en", "Send.", "", "label"),
    ("range-sign", "ur", "0-10 میں سے", "", "prose"),
    ("range-sign", "ps", "{low}–{high}", "", "prose"),
    ("range-sign", "ur", "45% لوگ", "", "prose"),
    ("kabul-word", "ps", "په خپله ولسوالۍ کښې", "", "prose"),
    ("kabul-word", "ps", "نر", "Man", "label"),
    ("literary-word", "ps", "پیل وکړئ", "", "prose"),
    ("literary-word", "ps", "په کلي کې", "", "prose"),
    ("office-word", "ur", "براہ کرم نام لکھیں", "", "prose"),
    ("office-word", "ps", "کار ترسره شو", "", "prose"),
    ("gendered-words", "ur", "میں جواب دیتا ہوں", "", "prose"),
    ("gendered-words", "ur", "میں گئی ہوں", "", "prose"),
    ("gendered-words", "ur", "میں جواب دوں گی", "", "prose"),
    ("gendered-words", "ur", "نہیں بتانا چاہتی", "", "label"),
    ("gendered-words", "ur", "کچھ نہیں کہہ سکتا", "", "label"),
    ("gendered-words", "ur", "آپ کسی بھی وقت رک سکتی ہیں", "", "prose"),
    ("gendered-words", "ur", "کیا آپ یہاں رہتی ہیں؟", "", "question"),
    ("gendered-words", "ur", "رہتا/رہتی", "", "prose"),
    ("gendered-words", "ur", "اچھا / اچھی", "", "prose"),
    ("gendered-words", "ur", "کریں گے/گی", "", "prose"),
    ("gendered-words", "ps", "متفق/متفقه", "", "label"),
    ("gendered-words", "ps", "زه متفق یم", "", "label"),
    ("masculine-words", "ur", "آپ کہاں رہتے ہیں؟", "", "question"),
    ("masculine-words", "ur", "آپ کسی بھی وقت رک سکتے ہیں", "", "prose"),
    ("familiar-words", "ur", "تم کون ہو؟", "", "question"),
    ("familiar-words", "ur", "یہ سوال چھوڑ دو", "", "label"),
    ("familiar-words", "ps", "ستا نوم څه دے؟", "", "question"),
    ("misspelt-imperative", "ps", "شروع کړی", "", "prose"),
    ("misspelt-imperative", "ps", "مهرباني وکړي", "", "prose"),
    ("final-yeh", "ps", "سرکاری دفتر", "", "prose"),
    ("unlike-term", "ur", "یہاں کون سا علاقہ ہے؟", "Which districts are these?", "question"),
    ("unlike-term", "ps", "پولیس کوم دے", "the per cent, by the police", "prose"),
    ("unlike-length", "ur", "ہاں", "Yes, I agree to take part in it", "prose"),
    ("unlike-length", "ur", "ہاں " * 20 + "ہاں", "Yes, I agree to take part", "prose"),
    ("question-long", "ur", "بات " * QUESTION_WORDS + "بات؟", "", "question"),
    ("question-long", "en", "x" * 161, "", "question"),
    ("sentence-long", "ur", "بات " * SENTENCE_WORDS + "بات۔", "", "prose"),
]


@pytest.mark.parametrize(("id", "language", "words", "english", "kind"), WRONG)
def test_each_mistake_is_found(id: str, language: str, words: str, english: str, kind: Kind) -> None:
    """Promise 1."""
    assert id in ids(words, language, english, kind)


def test_every_rule_has_a_mistake_that_it_finds_and_a_sentence() -> None:
    """Promise 1."""
    assert {rule.id for rule in RULES} == {wrong[0] for wrong in WRONG}
    assert {rule.id for rule in RULES} <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("id", "edit"),
    [
        ("foreign-letter", ("title: {ur: نمونہ,", "title: {ur: نمونه,")),
        ("latin-mark", ("ur: مدد کے لیے فون کریں۔", "ur: مدد کے لیے فون کریں.")),
        ("foreign-digit", ("ur: حصہ لینا آپ کی", "ur: ۲ آپ کی")),
        ("gendered-words", ("none: {ur: بالکل نہیں,", "none: {ur: نہیں چاہتا,")),
        ("question-mark", ("ur: ضلع؟", "ur: ضلع")),
        ("label-mark", ("swat: {ur: سوات,", "swat: {ur: سوات۔,")),
        ("wrong-script", ("ur: اب چند سوال", "ur: chand sawal")),
        ("not-translated", ("title: {ur: پولیس پر بھروسہ,", "title: {ur: Trust the police,")),
    ],
)
def test_every_text_of_a_survey_is_looked_at(tmp_path: Path, id: str, edit: tuple[str, str]) -> None:
    """Promise 1: titles, consent, words on help, scales, questions, options and indicators, each at its line."""
    assert SOUND.count(edit[0]) == 1
    path = tmp_path / "mine.yaml"
    path.write_text(SOUND.replace(*edit))
    beside(path.parent)
    line = SOUND[: SOUND.index(edit[0])].count("\n") + 1

    assert [(problem.id, problem.line) for problem in load(path).problems] == [(id, line)]


# -- promise 2 --------------------------------------------------------------------------------------------

RIGHT: list[tuple[str, str, str, Kind]] = [
    ("ur", "کسی بھی وقت روکا جا سکتا ہے۔", "You can stop at any time.", "prose"),
    ("ur", "نتیجہ نہیں دکھایا گیا", "The result is not shown", "prose"),
    ("ur", "کیا خواتین میٹنگ میں اپنی بات کر سکتی ہیں؟", "Can women speak in meetings?", "question"),
    ("ur", "کیا آپ کے علاقے میں خواتین اپنی بات کر سکتی ہیں؟", "Can women of your area speak?", "question"),
    ("ur", "آپ کی بات کتنی سنی جاتی ہے؟", "Are you listened to?", "question"),
    ("ur", "یہ واپس نہیں ہو سکتا۔", "This cannot be undone.", "prose"),
    ("ur", "بتانا پسند نہیں", "Prefer not to say", "label"),
    ("ur", "کوئی نہیں بلاتا", "Nobody invites them", "label"),
    ("ur", "نہیں، تو بعد میں دیکھیں۔", "If not, look again later.", "prose"),
    ("ur", "دو سوال", "Two questions", "label"),
    ("ur", "نتیجہ نہیں بدل سکتا", "The result cannot change", "prose"),
    ("ur", "", "Is this right?", "question"),  # that it is empty is said elsewhere
    ("ur", "اگر خاتون بولنا چاہتی ہے تو بولے۔", "If a woman wants to speak, she may.", "prose"),
    ("ur", "باقی نتیجے پوری رپورٹ (PDF) میں ہیں۔", "The rest stands in the report (PDF).", "prose"),
    ("ur", "نادرا (NADRA) کے دفتر", "Offices of NADRA", "prose"),
    ("ur", "اسے {handle} کو بھیجیں: /claim {code}", "Send it to {handle}: /claim {code}", "prose"),
    ("ur", "لنک: https://example.org/a?b", "Link: https://example.org/a?b", "prose"),
    ("ur", "0 سے 10 تک", "0 to 10", "prose"),
    ("ur", "«بھیجیں» دبائیں۔", "Press “Send”.", "prose"),
    ("ur", "می\u200cروم", "A word of two parts", "prose"),  # a joiner keeps letters apart
    ("ur", "ضلع؟", "Which district?", "question"),
    ("ur", "حصہ لینا آپ کی مرضی ہے۔\n", "Taking part is your choice.\n", "prose"),
    ("ps", "تاسو هر وخت ودرولے شئ۔", "You can stop at any time.", "prose"),
    ("ps", "هغوئ جواب مکمل کړي وو۔", "They had completed it.", "prose"),
    ("ps", "د سرور چلوونکي ته یې ووایئ۔", "Tell whoever runs the server.", "prose"),
    ("ps", "خبره کوي", "They talk", "prose"),
    ("ps", "له ۰ نه تر ۱۰ پورې", "0 to 10", "prose"),
    ("ps", "په 0800123456 فون وکړئ۔", "Call 0800123456.", "help"),
    ("ps", "کوډ AB12 ولیکئ۔", "Write the code AB12.", "prose"),
    ("ps", "ستاسو نوم نه لیکلے کیږي۔", "Your name is not recorded.", "prose"),
    ("ps", "اتفاق لرم", "I agree", "label"),
    ("en", "Wait... then press “Send”.", "", "prose"),
    ("en", "Take 0-10, or 45%.", "", "prose"),
]


@pytest.mark.parametrize(("language", "words", "english", "kind"), RIGHT)
def test_correct_lines_are_left_alone(language: str, words: str, english: str, kind: Kind) -> None:
    """Promise 2."""
    assert ids(words, language, english, kind) == []


def test_the_sex_of_others_is_not_that_of_the_reader() -> None:
    """Promise 2: the police are feminine in Urdu; the masculine plural is another remark."""
    assert ids("کیا آپ سمجھتے ہیں پولیس مدد کر سکتی ہے؟", "ur") == ["masculine-words"]


def test_where_many_languages_stand_together_only_what_is_hidden_is_a_fault() -> None:
    """Promise 2."""
    assert ids("زبان چنیں / ژبه خوښه کړئ / Choose", "") == []
    assert ids("زبان چنیں / ژبه\u200f خوښه کړئ", "") == ["direction-letter"]


def test_a_phrase_of_many_languages_may_hold_letters_of_all(tmp_path: Path) -> None:
    """Promise 2: and only this one."""
    path = tmp_path / "ur" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Language: ur\\n"\n\nmsgid "choose-language"\nmsgstr "زبان ژبه خوښه"\n')
    assert {problem.id for problem in check([path]).problems} == {"english-missing"}


# -- promise 3 --------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "آپ ",
        "تا",
        "تی ہوں",
        " سکتا",
        "/",
        "گا",
        "{n}",
        "{",
        "ضلع",
        "، ",
        "؟",
        "?",
        " ",
        "\n",
        "کړی",
        "ی",
        "5",
        "-",
        "۵",
        "PDF",
        "%",
    ]
)


@given(
    st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join),
    st.sampled_from(["", "en", "ur", "ps"]),
    st.sampled_from(get_args(Kind)),
)
@settings(max_examples=150, deadline=None)
def test_every_fault_can_be_said_as_a_sentence(words: str, language: str, kind: Kind) -> None:
    """Promise 3."""
    notes = Notes("a.yaml")
    for id, found in faults(Text(words, language, "Which districts, and where?", kind)):
        notes.add(id, 1, place="'title'", language=language, **found)
    assert all("{" not in problem.rule for problem in notes.ordered())


@pytest.mark.parametrize("piece", ["آپ ", "ا", "ا/", "{", " ", "تا ", "آپ کر", "سوال ۔", "[a](", "https://"])
def test_no_text_makes_the_look_dawdle(piece: str) -> None:
    """Promise 3: what lies beyond the longest message is not looked at, however long the text is."""
    whole = piece * (1_000_000 // len(piece))
    shown = whole[:MOST_LETTERS]
    assert ids(whole, "ur", whole) == ids(shown, "ur", shown)


# -- promise 4 --------------------------------------------------------------------------------------------


def test_all_words_brought_along_are_without_a_fault() -> None:
    """Promise 4."""
    report = check([ROOT / "locales", ROOT / "surveys"])
    assert len(report.files) > 10
    shown = [problem for problem in report.problems if problem.id == "audio-missing"]
    assert {Path(problem.file).name for problem in shown} == {"listen.yaml"}, (
        "it shows a question not yet recorded"
    )
    assert [str(problem) for problem in report.problems if problem not in shown] == []
