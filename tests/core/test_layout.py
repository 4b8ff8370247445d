"""Buttons in rows: what is read slowly stands one below the other, bare numbers side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import layout
from bot.core.events import Chose
from bot.core.screen import Button, Calendar, Line, Say, Text
from bot.core.widths import fits


def widths(labels: Sequence[Line]) -> list[int]:
    """How many buttons stand in each row."""
    return [len(row) for row in layout.rows([Button(label, Chose(0, n, 1)) for n, label in enumerate(labels)])]


def number(value: Calendar | int) -> Say:
    return Say("just-a-number", {"number": value})


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        ([Text("Yes"), Text("No")], [1, 1]),
        ([Text(word) for word in "abcdefgh"], [1] * 8),
        ([Text(word) for word in "abcdefghi"], [2, 2, 2, 2, 1]),
        ([*[Text(word) for word in "abcdefgh"], Text("a label of some length")], [1] * 9),
        ([Text(str(n)) for n in range(11)], [6, 5]),
        ([Text(n) for n in "۰۱۲۳۴۵۶۷۸۹"], [5, 5]),
        ([Text("● 3"), Text("4"), Text("5")], [3]),
        ([Text("1"), Text("2")], [1, 1]),
        ([number(Calendar(str(year))) for year in range(2020, 2028)], [4, 4]),
        ([number(Calendar(f"--{month:02d}")) for month in range(1, 13)], [2] * 6),
        ([number(Calendar(f"--{month:02d}")) for month in range(1, 5)], [1] * 4),
        ([number(day) for day in range(1, 32)], [4, 4, 4, 4, 4, 4, 4, 3]),
        ([], []),
    ],
)
def test_rows(labels: list[Line], wanted: list[int]) -> None:
    assert widths(labels) == wanted


@given(st.lists(st.text("abcWMسبمیژ ", min_size=1, max_size=24), min_size=9, max_size=20))
@settings(max_examples=60, deadline=None)
def test_what_stands_two_in_a_row_has_room_there_and_what_does_not_has_none(labels: list[str]) -> None:
    columns = max(widths([Text(label) for label in labels]))

    assert columns == (2 if all(fits(label, beside=2) for label in labels) else 1)


def test_the_order_of_the_buttons_stays() -> None:
    buttons = [Button(Text(str(n)), Chose(0, n, 1)) for n in range(11)]
    assert [button for row in layout.rows(buttons) for button in row] == buttons
