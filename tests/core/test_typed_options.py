"""The option that was typed: its number as it stands, or its words; what could mean two means none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.questions.kind import an_option
from bot.core.survey import Option, Question

DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")


def question(*labels: str) -> Question:
    """A choice of these options, called a, b, c ..."""
    options = tuple(
        Option("abcdefghijklmnop"[n], {"en": label, "ur": f"{label} ہے"}) for n, label in enumerate(labels)
    )
    return Question(id="q", type="choice", ask={"en": "?"}, options=options)


FRUIT = question("Apple", "Banana", "Cherry")


@given(st.integers(0, 120), st.sampled_from(DIGITS), st.sampled_from(["", " ", ".", "۔"]))
def test_a_number_in_any_digits_means_the_option_that_stands_there(number: int, digits: str, end: str) -> None:
    typed = "".join(digits[int(c)] for c in str(number)) + end
    expected = "abc"[number - 1] if 1 <= number <= 3 else None
    assert an_option(FRUIT, typed)[0] == expected


@pytest.mark.parametrize("typed", ["", "-1", "+1", "1,2", "1 2", "1 or 2", "first", "½", "1.5"])
def test_what_is_no_number_of_an_option_means_none(typed: str) -> None:
    assert an_option(FRUIT, typed) == (None, "use-the-buttons")


@pytest.mark.parametrize("typed", ["banana", " BANANA. ", "Banana ہے"])
def test_an_options_words_mean_it_in_any_language(typed: str) -> None:
    assert an_option(FRUIT, typed) == ("b", None)


def test_where_options_hold_digits_a_number_alone_means_none_but_its_words_do() -> None:
    times = question("0", "1", "2 or more")
    assert [an_option(times, typed)[0] for typed in ("0", "1", "2", "3", "۱", "2 or more")] == [
        "a", "b", None, None, "b", "c",
    ]  # fmt: skip


def test_two_options_of_the_same_words_mean_none() -> None:
    assert an_option(question("Same", "Same"), "same")[0] is None
