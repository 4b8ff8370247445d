"""The letters by which a language is told, held against everything that is shipped in each language."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from ruamel.yaml import YAML

from tests.languages import speaks
from tests.rig import ROOT

LANGUAGES = ("ur", "ps", "en")


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("آپ کو پولیس پر کتنا بھروسہ ہے؟", {"ur"}),
        ("تاسو په پولیسو څومره اعتبار کوئ؟", {"ps"}),
        ("How much do you trust the police?", {"en"}),
        ("ہاں", {"ur"}),
        ("هو", {"ps"}),
        ("سوات", set()),
        ("السلام علیکم", set()),
        ("۱۲، 12", set()),
        ("هو / ہاں / yes", {"ur", "ps", "en"}),
        ("ستاسو کوډ \u2068AB 12\u2069", {"ps"}),
        ("شروع کرنے کے لیے /start بھیجیں۔", {"ur"}),
        ("شروع کرنے کے لیے start بھیجیں۔", {"ur", "en"}),
    ],
)
def test_a_language_is_told_by_the_letters_that_only_it_uses(text: str, languages: set[str]) -> None:
    assert speaks(text) == languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_and_no_phrase_of_a_language_is_taken_for_another(language: str) -> None:
    texts = [text for text in _texts(language) if len(re.findall(r"[^\W\d]+", text)) > 6]
    assert len(texts) > 50
    for text in texts:
        assert speaks(text) == {language}, text


def test_a_word_may_be_shared_but_is_never_claimed_by_another_language() -> None:
    for language in LANGUAGES:
        for text in _texts(language):
            assert speaks(text) <= {language}, text


def _texts(language: str) -> list[str]:
    """What is shipped in a language: questions, answers, phrases that have no place for a value."""
    found: list[str] = []
    for path in (ROOT / "surveys").rglob("*.yaml"):
        survey = YAML(typ="safe").load(path)
        if language not in survey["languages"]:
            continue
        for question in survey["questions"]:
            found += [re.sub(r"\$\{\w+\}", "", question["ask"][language])] if "ask" in question else []
            found += [label[language] for label in question.get("options", {}).values()]
        for scale in survey.get("scales", {}).values():
            found += [label[language] for label in scale["options"].values()]
    with (ROOT / "locales" / language / "LC_MESSAGES" / "bot.po").open("rb") as file:
        for message in read_po(file):
            if message.id and isinstance(message.string, str) and "{" not in message.string:
                found.append(re.sub(r"\b(QR|PDF|XLSX|CSV|JSON-stat)\b", "", message.string))  # names of things
    return found
