"""What names somebody is taken out of a person's own words; what names nobody stays.

Promises:
1. A planted telephone number, CNIC, account, address, handle or link never survives: in any digits, in any
   sentence, and whatever nobody sees stands between its signs.
2. Ordinary sentences with prices, years and numbers of people stay letter by letter.
3. It is idempotent, never more than doubles a text, and cannot be made to dawdle.
"""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.redact import LINK, NUMBER, redact

LATIN, ARABIC, URDU = "0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2066\u2069\ufeff\u061c\u00ad\u2060"

SENTENCES = (
    ("Call him on ", " after sunset."),
    ("میرا نمبر ", " ہے، رات کو نہ کریں۔"),
    ("زما شمېره ", " ده، مهرباني وکړئ۔"),
    ("10 people said (", ") in 2024"),
    ("", ""),
)


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    """A run of digits of some length."""
    return st.text(LATIN, min_size=least, max_size=most)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number of somebody: mobile, landline, CNIC, IBAN or account, as people write them."""
    line = draw(digits(7, 7))
    network = "3" + draw(digits(2, 2))
    before = draw(st.sampled_from(["+92", "0092", "0", "+92 (0)", "(0092) "]))
    gap = draw(st.sampled_from(["", " ", "-", " - ", "–", "."]))
    split = draw(st.integers(0, 6))
    mobile = (
        f"{before}{gap if before != '0' else ''}{network}{gap}{line[:split]}{gap if split else ''}{line[split:]}"
    )
    cnic = draw(digits(13, 13))
    account = draw(digits(16, 16))
    fours = " ".join(account[i : i + 4] for i in range(0, 16, 4))
    return draw(
        st.sampled_from(
            [
                mobile,
                f"0{draw(st.sampled_from(['91', '51', '42', '946', '992']))}{gap}{line}",
                f"{cnic[:5]}-{cnic[5:12]}-{cnic[12]}",
                f"{cnic[:5]} {cnic[5:12]} {cnic[12]}",
                "1" + cnic[1:],
                f"PK36SCBL{account}",
                f"PK36 SCBL {fours}",
                "9" + account,
            ]
        )
    )


NAME = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=3, max_size=12).map(lambda name: "a" + name)
ADDRESSES = st.builds(
    lambda name, shape: shape.format(name),
    NAME,
    st.sampled_from(
        [
            "@{}", "{}@example.com", "{} @ example.com.pk", "t.me/{}", "https://t.me/{}", "wa.me/{}",
            "www.{}.info",
            "http://{}", "{}.com.pk", "facebook.com/{}", "tg://resolve?domain={}",
            "HTTPS://EXAMPLE.ORG/{}", "＠{}",
        ]
    ),
)  # fmt: skip


def test_signs_between_the_parts_of_a_number_hide_nothing() -> None:
    for number in ("(0092)  - 300 - 0000000", "(0092) - 300  -  1234567", "+92 (0) - 300 / 1234567"):
        assert redact(f"Call {number} now.") == f"Call {NUMBER} now."
    for kept in ("From 2015   -   2016 on.", "It cost 1500   -   2500 then."):
        assert redact(kept) == kept


@given(
    numbers(),
    st.sampled_from([LATIN, ARABIC, URDU, "０１２３４５６７８９"]),
    st.sampled_from(SENTENCES),
    st.data(),
)
def test_no_number_survives_whatever_its_digits_and_whatever_hides_in_it(
    number: str, script: str, sentence: tuple[str, str], data: st.DataObject
) -> None:
    written = "".join(script[int(c)] if c in LATIN else c for c in number)
    hidden = "".join(c + data.draw(st.text(UNSEEN, max_size=2)) for c in written)
    left = redact(sentence[0] + hidden + sentence[1])
    assert NUMBER in left
    assert len(_digits(left)) <= len(_digits(sentence[0] + sentence[1])), "nothing of the number is left"
    assert _seen(left) == _seen(sentence[0] + NUMBER + sentence[1])


@given(ADDRESSES, st.sampled_from(SENTENCES), st.sampled_from(UNSEEN))
def test_no_address_handle_or_link_survives(address: str, sentence: tuple[str, str], unseen: str) -> None:
    hidden = address[:2] + unseen + address[2:]
    left = redact(f"{sentence[0]} {hidden} {sentence[1]}")
    assert _seen(left) == _seen(f"{sentence[0]} {LINK} {sentence[1]}")


@pytest.mark.parametrize(
    "words",
    [
        "10 people came, 3 women and 7 men.",
        "A bag of flour is Rs.500/- now; in 2019 it was Rs. 120.",
        "The road cost 1,500,000 rupees, or 15 lakh; the school 10,00,000.",
        "Between 2019-2024 nobody came, nor in 2022, 2023, 2024.",
        "Wages are 15000-20000 rupees, and 25000 in winter.",
        "We waited from 10:30 to 12:45 on 3/5/24.",
        "آٹا 2500 روپے کا ہے، ۱۰ کلو ۱٬۲۵۰ روپے۔ سال ۲۰۲۳ میں ۹۰۰ تھا۔",
        "د اوړو بوجۍ ۲۵۰۰ روپۍ ده، په ۲۰۲۳ کښې ۹۰۰ وه۔ ۱۰ کسان راغلل۔",
        "we paid @50/kg. 5 @ 10 rupees",
        "The officer came late.Then he left, e.g. at 5.30 p.m. and/or 6.",
        "House 12, street 4: no water for 45 days!",
        "Marks: 1, 2, 3, 4, 5, 6, 7, 8.",
    ],
)
def test_what_names_nobody_stays_letter_by_letter(words: str) -> None:
    assert redact(words) == words


@given(st.lists(st.integers(0, 999_999), max_size=8), st.sampled_from([LATIN, URDU]))
def test_figures_of_six_digits_or_fewer_stay(figures: list[int], script: str) -> None:
    words = " people, ".join("".join(script[int(c)] for c in str(figure)) for figure in figures)
    assert redact(words) == words


@given(st.text() | st.text("0123 -.@/abc,۳٠[]\u200fwPK+()", max_size=60) | st.text("0123456789-, ", max_size=60))
def test_redacting_twice_changes_nothing_more_and_no_text_doubles(words: str) -> None:
    once = redact(words)
    assert redact(once) == once
    assert len(once) <= 2 * len(words)


@given(st.text("0123456789 -+.٠١٢۳۴۵\u200f", max_size=40))
def test_seven_digits_that_follow_each_other_are_never_left(words: str) -> None:
    assert not re.search(r"\d{7}", _seen(redact(words)))


@pytest.mark.parametrize("piece", ["a", "a.", "1 ", "1-,", "@", "a@", "1,234", "www.", "٠", "PK36", ". ", "://"])
def test_no_text_of_one_message_makes_it_dawdle(piece: str) -> None:
    """It ends: a pattern that tries every way through such a text would not within a lifetime."""
    redact(piece * (4096 // len(piece)))


def _digits(words: str) -> str:
    return "".join(c for c in words if c.isdecimal())


def _seen(words: str) -> str:
    return "".join(c for c in words if unicodedata.category(c) != "Cf")
