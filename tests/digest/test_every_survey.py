"""Digests of every survey of the library, in every language, of villages of every size.

1. Their words pass the linter for translators: letters, marks, digits, and no word of the wrong script.
2. Every value stands in an isolate, every line begins from its side, and each language has its own digits.
3. Nobody, one group, everybody silent, everybody alike and no women each give a sentence, and never a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.blocks import Block, Publishable, Rule, count, publish
from bot.core.cells import layout
from bot.core.indexes import sums
from bot.core.survey import PREFER_NOT, Answer, Survey
from bot.demo.model import villagers
from bot.digest import About, Compared, Digest, write
from bot.digest.brief import SCREEN, length
from bot.digest.write import ALT_LIMIT, LIMIT
from bot.files.phrases import Phrases
from bot.files.wording import Text, faults
from tests.digest.village import K, figures
from tests.library import EACH, file, survey

PHRASES = Phrases.load()
ABOUT = About(date(2026, 11, 22))
UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069"))
SIZES = (0, 12, 60, 300)
ONLY_LONG = {"sentence-long"}
"""A figure in brackets is no sentence that is read aloud."""


def digests(path: Path, language: str) -> list[Digest]:
    """One digest of each size, each beside a wave before it."""
    asked = survey(path)
    both = [two_waves(asked, people) for people in SIZES]
    return [write(one.now, asked, PHRASES, language, ABOUT, one) for one in both]


def village(asked: Survey, people: int, seed: int) -> Publishable:
    return figures(asked, villagers(asked, people, seed))


def two_waves(asked: Survey, people: int) -> Compared:
    """A wave and the one before it, whose last question was another version."""
    earlier = replace(asked, questions=(*asked.questions[:-1], replace(asked.questions[-1], version=2)))
    return Compared(village(asked, people, 3), village(asked, people, 4), earlier, date(2026, 6, 1))


def texts(digest: Digest) -> list[str]:
    return [digest.brief, digest.text, digest.alt]


@EACH
@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_words_of_a_digest_pass_the_linter_for_translators(path: Path, language: str) -> None:
    for digest in digests(path, language):
        for line in "\n".join(texts(digest)).translate(UNSEEN).splitlines():
            found = {id for id, _ in faults(Text(line, language))} - ONLY_LONG

            assert found == set(), line


@EACH
@pytest.mark.parametrize(("language", "foreign"), [("ur", "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"), ("ps", "0123456789٠١٢٣٤٥٦٧٨٩")])
def test_every_value_stands_in_an_isolate_in_the_digits_of_its_language(
    path: Path, language: str, foreign: str
) -> None:
    for digest in digests(path, language):
        for text in texts(digest):
            assert not set(text) & set(foreign)
            for line in text.splitlines():
                assert not line or line[0] == "\u200f" or "\u0600" <= line[0] <= "\u06ff", line
                depth = 0
                for letter in line:
                    depth += (letter in "\u2066\u2067\u2068") - (letter == "\u2069")
                    assert depth > 0 or not letter.isdigit(), line
                assert depth == 0, line


@EACH
@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_a_digest_fits_its_screen_its_message_and_its_caption(path: Path, language: str) -> None:
    for digest in digests(path, language):
        assert length(digest.brief) <= SCREEN
        assert len(digest.text) <= LIMIT
        assert len(digest.alt) <= ALT_LIMIT


# -- what there is little of ------------------------------------------------------------------------------

PULSE = survey(file("pulse"))

Given = Callable[[int, Mapping[str, Answer]], Mapping[str, Answer]]


def one_block(people: int, given: Given) -> Publishable:
    """One block of people whose answers are made of those of a village."""
    crowd = [(dict(given(one.number, one.answers)), one.language) for one in villagers(PULSE, people, 5)]
    scored = sums(PULSE, (answers for answers, _ in crowd))
    block = Block(1, (), people, False, count(PULSE, crowd), scored)
    return publish(PULSE, "w1", layout(PULSE, None, K).partition, Rule(K, 2), [block])


def silent(_number: int, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
    return dict.fromkeys(answers, PREFER_NOT)


def alike(_number: int, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
    return {id: PULSE.question(id).codes[-1] for id in answers}


def men(_number: int, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
    return {**answers, "gender": "man"}


LITTLE: Mapping[str, tuple[Publishable, str]] = {
    "nobody": (village(PULSE, 0, 1), "Nothing can be shown yet"),
    "one group": (one_block(15, lambda _number, answers: answers), "The answers of about 15 people"),
    "everybody silent": (one_block(30, silent), "people left at least 9 in 10 unanswered"),
    "everybody alike": (one_block(60, alike), "almost everyone"),
    "no women": (one_block(60, men), "Women: hardly anyone"),
}


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
@pytest.mark.parametrize("what", LITTLE)
def test_what_there_is_little_of_is_said_in_a_sentence(what: str, language: str) -> None:
    shown, said = LITTLE[what]
    before = Compared(shown, village(PULSE, 300, 2), PULSE, ABOUT.day)
    digest = write(shown, PULSE, PHRASES, language, ABOUT, before)

    assert all(line.translate(UNSEEN).strip(" •") for line in digest.text.splitlines() if line)
    assert not re.search(r"\b(nan|inf|None)\b", digest.text)
    if language == "en":
        assert said in digest.text


def test_languages_that_a_survey_lacks_are_said_in_its_first() -> None:
    only = replace(PULSE, languages=("ur",), title={"ur": PULSE.title["ur"]})
    digest = write(village(PULSE, 60, 1), only, PHRASES, "en", ABOUT)

    assert digest.title == PULSE.title["ur"]
