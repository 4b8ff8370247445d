"""The sentences for whoever brings a form in: complete, in one line, each of them said somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.files import xlsform
from bot.files.problems import Notes
from bot.files.xlsform.fates import REFUSED_COLUMNS, REFUSED_FAMILIES, REFUSED_SETTINGS, REFUSED_TYPES
from bot.files.xlsform.sentences import CATALOGUE

SOURCES = sorted(Path(xlsform.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_sentence_is_whole_and_can_be_filled(id: str) -> None:
    sentence = CATALOGUE[id]
    for words in (sentence.what, sentence.rule, sentence.todo):
        assert words.strip() == words != ""
        assert "\n" not in words
        assert not words.endswith(".")
    wanted = set(re.findall(r"(?<!\{)\{([a-z]+)\}", f"{sentence.what} {sentence.rule} {sentence.todo}"))
    notes = Notes("form.xlsx", catalogue=CATALOGUE)
    notes.add(id, 1, **dict.fromkeys(wanted, "{x}"))
    (problem,) = notes.ordered()

    assert str(problem).count("{x}") >= len(wanted)


def test_every_sentence_is_said_and_every_one_that_is_said_is_there() -> None:
    said = {
        id
        for path in SOURCES
        if path.name != "sentences.py"
        for id in re.findall(r"[\"'](form-[a-z-]+)[\"']", path.read_text())
    }

    assert said == set(CATALOGUE)


def test_every_refusal_has_a_reason_in_plain_words() -> None:
    for table in (REFUSED_TYPES, REFUSED_COLUMNS, REFUSED_FAMILIES, REFUSED_SETTINGS):
        for reason in table.values():
            assert reason[0].islower()
            assert not reason.endswith(".")
