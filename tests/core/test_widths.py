"""How wide words are on a button, without drawing them.

1. The table is the one that the fonts give, and agrees with what typst measures on every label there is.
2. Joined letters are measured in the form in which they are joined; what nobody sees has no width.
3. Buttons stand beside each other only where every one of them has room; none is lost, and their order stays.
"""

from __future__ import annotations

import json

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import advances as made
from bot.core import advances
from bot.core.widths import LETTERS, ROOM, fits, rows_that_fit, width
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


@given(st.lists(WORDS, min_size=1, max_size=9), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_buttons_stand_beside_each_other_where_all_have_room(labels: list[str], most: int) -> None:
    """Promise 3."""
    rows = rows_that_fit(labels, most)

    assert [number for row in rows for number in row] == list(range(len(labels)))
    columns = max(map(len, rows))
    assert columns <= most
    assert columns == 1 or all(fits(label, columns) for label in labels)
    assert all(len(row) == columns for row in rows[:-1])


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (["جی ہاں", "جی نہیں"], 2),
        (["هو", "نه", "بل"], 3),
        (["بالکل متفق نہیں", "متفق", "معلوم نہیں"], 2),
        (["I would rather not say", "Yes"], 1),
        (["W" * 40, "Yes"], 1),
    ],
)
def test_the_columns_follow_the_widest_label(labels: list[str], columns: int) -> None:
    """Promise 3."""
    assert max(map(len, rows_that_fit(labels))) == columns


def test_more_buttons_in_a_row_have_less_room() -> None:
    """Promise 3."""
    assert list(ROOM) == [1, 2, 3]
    assert ROOM[1] > ROOM[2] > ROOM[3]
