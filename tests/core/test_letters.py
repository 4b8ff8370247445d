"""How words are stored and compared.

Promises:
1. `clean` and `fold` are idempotent, and fold(clean(x)) == fold(x).
2. `clean` takes out direction controls and composes letters, and changes nothing else.
3. Spellings of the same word meet in one key; words of different meaning do not.
4. A whole number is read in any digits.
"""

from __future__ import annotations

import unicodedata
from itertools import chain, combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.letters import clean, decimal_number, fold, whole_number

CONTROLS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF]
LETTERS = st.sampled_from(
    [chr(code) for code in chain(range(0x600, 0x700), CONTROLS, range(0x200B, 0x2010), [0x2060])] + list(" .?!ab1")
)
WORDS = st.one_of(st.text(), st.text(LETTERS))


@given(WORDS)
@example("\u064a\u200f\u0654")
@example("\u06cc\u0654")
@example("ﷺ")
@example("İ")
def test_cleaning_and_folding_twice_changes_nothing_more(words: str) -> None:
    """Promise 1."""
    assert clean(clean(words)) == clean(words)
    assert fold(fold(words)) == fold(words)
    assert fold(clean(words)) == fold(words)


@given(WORDS)
def test_cleaning_takes_out_controls_and_nothing_else(words: str) -> None:
    """Promise 2."""
    assert not set(map(ord, clean(words))) & set(CONTROLS)
    kept = "".join(c for c in words if ord(c) not in CONTROLS)
    assert unicodedata.normalize("NFD", clean(words)) == unicodedata.normalize("NFD", kept)


@pytest.mark.parametrize(
    "spellings",
    [
        ["هو", "ھو"],
        ["ہاں", "هاں"],
        ["«نه۔»".strip("«»"), "نہ"],
        ["مرسته", "مرستہ"],
        ["کوي", "کوی"],
        ["ئ", "\u06cc\u0654"],
        ["۱۲", "١٢", "12", "１２"],
        ["ټيک", "ٹیک"],
        ["مـدد", "مدد"],
        ["Haan!", "haan", " HAAN "],
        ["\u064a\u0654", "\u0626", "ی"],
        ["ک", "ك", "ڪ"],
        ["گ", "ګ", "ڬ"],
        ["ځ\u200c", "ځ"],
    ],
)
def test_spellings_of_one_word_share_a_key(spellings: list[str]) -> None:
    """Promise 3, with the vectors of the language reference."""
    assert len({fold(spelling) for spelling in spellings}) == 1


def test_words_of_different_meaning_keep_different_keys() -> None:
    """Promise 3: yes and no, stop and help, forward and back are never mistaken for each other."""
    meanings = {
        "yes": ["ہاں", "جی ہاں", "هو", "haan", "ho", "yes"],
        "no": ["نہیں", "جی نہیں", "نه", "nahi", "na", "no"],
        "stop": ["رکیں", "بند", "ruk", "band", "stop"],
        "help": ["مدد", "مرسته", "madad", "help"],
        "back": ["پیچھے", "شا ته", "back"],
        "language": ["زبان", "ژبه", "language"],
    }
    for one, other in combinations(meanings, 2):
        assert not {fold(word) for word in meanings[one]} & {fold(word) for word in meanings[other]}


def test_kept_letters_stay_apart() -> None:
    """The letters that Pashto has alone are not levelled."""
    assert len({fold(letter) for letter in "څځښږسزخ"}) == 7


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("12", 12),
        ("۱۲", 12),
        ("١٢", 12),
        ("１２", 12),
        (" ۱۲۔ ", 12),
        ("1,200", 1200),
        ("۱٬۲۰۰", 1200),
        ("+7", 7),
        ("-3", -3),
        ("\u20667\u2069", 7),
        ("0", 0),
        ("", None),
        ("twelve", None),
        ("1.5", None),
        ("12 ago 3 x", None),
        ("²", None),
        ("1" * 10, None),
        ("--1", None),
    ],
)
def test_a_whole_number_is_read_in_any_digits(words: str, number: int | None) -> None:
    """Promise 4."""
    assert whole_number(words) == number


@given(st.integers(-999_999_999, 999_999_999), st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]))
def test_every_whole_number_is_read_back(number: int, digits: str) -> None:
    """Promise 4, for all of them."""
    assert whole_number(str(number).translate({ord(str(n)): digits[n] for n in range(10)})) == number


@given(st.text())
def test_reading_a_number_never_fails(words: str) -> None:
    """Anything may be typed."""
    assert isinstance(whole_number(words), int | None)


@pytest.mark.parametrize(
    ("written", "places", "wanted"),
    [
        ("2.5", 1, 2.5),
        ("۲٫۵", 1, 2.5),
        ("٢,٥", 1, 2.5),
        ("۲.۵", 2, 2.5),
        ("2.50", 1, None),
        ("2.50", 2, 2.5),
        ("2.0", 1, 2),
        ("1,000", 1, 1000),
        ("1,000.5", 1, 1000.5),
        ("2.5", 0, None),
        ("-0.5", 1, -0.5),
        ("7.", 1, 7),
        (".5", 1, 0.5),
        (".5", 0, None),
        ("٫۵", 1, 0.5),
        ("1.2.3", 2, None),
        ("1e3", 2, None),
        ("1234567890", 2, None),
        ("", 1, None),
    ],
)
def test_a_decimal_number_is_read_as_people_type_it(written: str, places: int, wanted: int | float | None) -> None:
    found = decimal_number(written, places)
    assert found == wanted
    assert type(found) is type(wanted), "a whole number is whole"
