"""How wide words are on a button, without drawing them.

1. The table is the one that the fonts give, and agrees with what typst measures on every label there is.
2. Joined letters are measured in the form in which they are joined; what nobody sees has no width.
3. A label has room beside so many others, and no more.
"""

from __future__ import annotations

import json

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import advances as made
from bot.core import advances
from bot.core.widths import LETTERS, ROOM, fits, width
from bot.digest.picture import fonts
from tests.files.test_words import PHRASE_TEXTS, PLACEHOLDER, SURVEY_TEXTS

AT_MOST = 0.04
MEASURE = b"""
#let labels = json(bytes(sys.inputs.labels))
#let drawn(it) = text(
  font: ("Noto Sans", "Noto Naskh Arabic"), weight: "bold", size: int(sys.inputs.size) * 1pt,
  lang: it.at(0), it.at(1),
)
#context [#metadata(labels.map(it => measure(drawn(it)).width / 1pt))<widths>]
"""
LABELS = sorted(
    {
        (text.language, PLACEHOLDER.sub("", text.words))
        for text in (*PHRASE_TEXTS, *SURVEY_TEXTS)
        if text.where.startswith("button-") or "/options/" in text.where
        if "🔊" not in text.words  # no font of ours has it: on a phone another one stands in
    }
)

WORDS = st.text(st.sampled_from("abcKW 12۱۲ابتلاړښځيیےںہھو‌?؟"), max_size=12)


def test_the_table_is_the_one_that_thefonts_give() -> None:
    """Promise 1."""
    fresh: dict[str, object] = {}
    exec(made.table(), fresh)  # noqa: S102 - our own file, made a moment ago

    assert fresh["PLAIN"] == advances.PLAIN
    assert fresh["JOINED"] == advances.JOINED


def test_every_label_is_as_wide_as_typst_measures_it() -> None:
    """Promise 1: the shaper of the pictures as a second opinion."""
    inputs = {"labels": json.dumps(LABELS), "size": str(LETTERS)}
    said = typst.query(MEASURE, "<widths>", font_paths=fonts(), sys_inputs=inputs, field="value", one=True)
    measured = dict(zip(LABELS, json.loads(said), strict=True))

    assert len(measured) > 100
    wrong = {
        label: (width(label[1]), dp) for label, dp in measured.items() if abs(width(label[1]) - dp) > AT_MOST * dp
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("words", "same_as"),
    [
        ("نہیں", "\u2068نہیں\u2069"),  # isolates
        ("بَاب", "باب"),  # vowels stand above their letters
        ("", "\u200f"),
    ],
)
def test_what_nobody_sees_has_no_width(words: str, same_as: str) -> None:
    """Promise 2."""
    assert width(words) == width(same_as)


def test_letters_are_narrower_joined_than_apart() -> None:
    """Promise 2."""
    assert width("سبب") < width("س\u200cب\u200cب") == width("س") + 2 * width("ب")


@given(WORDS, WORDS)
@settings(max_examples=60, deadline=None)
def test_words_apart_are_as_wide_as_the_sum_of_them(one: str, other: str) -> None:
    """Promise 2: letters join within a word only."""
    assert width(f"{one} {other}") == pytest.approx(width(one) + width(" ") + width(other))


@pytest.mark.parametrize(
    ("label", "beside"),
    [
        ("هو", 3),
        ("جی نہیں", 3),
        ("بالکل متفق نہیں", 2),
        ("I would rather not say", 1),
        ("W" * 40, 0),
    ],
)
def test_a_label_fits_beside_so_many_and_no_more(label: str, beside: int) -> None:
    """Promise 3."""
    assert [fits(label, n) for n in ROOM] == [n <= beside for n in ROOM]


def test_more_buttons_in_a_row_have_less_room() -> None:
    """Promise 3."""
    assert list(ROOM) == [1, 2, 3]
    assert ROOM[1] > ROOM[2] > ROOM[3]
