"""Themes of open answers: counted from k texts on, and two stewards' agreement as textbooks have it.

1. Fewer than k texts are not counted; every theme of the codebook is, also one that no text has.
2. A share is of the texts that were read with the theme in the codebook; a theme of fewer than k is not shown.
3. Kappa is Cohen's: it agrees with published examples and with a second formula.
4. A sample is the same for the same texts, has k texts or more, and never leaves fewer than k others.
5. A title is one short line without numbers or addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.blocks import Block, Publishable, Rule, publish_running
from bot.core.cells import Partition
from bot.core.running import Running
from bot.core.themes import (
    LONGEST_TITLE,
    Agreement,
    Coding,
    Counted,
    Table,
    agreement,
    count,
    is_id,
    pooled,
    sample,
    title,
    totals,
)
from tests.core.sample import survey, text

K = 10
TITLES = {"water": {"en": "Water"}, "roads": {"en": "Roads"}, "rare": {"en": "Rare"}}
ASKED = replace(survey("open", text("more", 100)), open_text="sealed")


def texts(n: int) -> list[str]:
    """So many names of texts."""
    return [hashlib.sha256(bytes([number % 256, number // 256])).hexdigest() for number in range(n)]


def shown(*counted: Counted, k: int = K) -> Publishable:
    """What a digest has of these counts."""
    running = Running(ASKED, k)
    running.add(Block(1, (), 200, False, {}))
    return publish_running(
        ASKED, "w1", Partition(()), Rule(k, 2), running.shown, {"more": (counted, TITLES)} if counted else {}
    )


# -- counting ---------------------------------------------------------------------------------------------


def test_fewer_than_k_texts_are_not_counted() -> None:
    coded = [frozenset({"water"})] * (K - 1)
    assert count(1, coded, ["water"], K) is None
    assert count(1, [*coded, frozenset()], ["water", "roads"], K) == Counted(1, K, {"water": K - 1, "roads": 0})


def test_a_theme_that_came_later_is_a_share_of_the_texts_that_were_read_with_it() -> None:
    first, later = Counted(1, 40, {"water": 20}), Counted(2, 20, {"water": 10, "roads": 20})
    assert totals([first, later]) == {"water": (30, 60), "roads": (20, 20)}
    figures = shown(first, later).themes["more"].figures
    assert (figures["water"].n, figures["water"].share) == (60, 50)
    assert (figures["roads"].n, figures["roads"].share) == (20, ">=90%")


@pytest.mark.parametrize(("n", "is_shown"), [(K - 1, False), (K, True)])
def test_a_theme_of_fewer_than_k_texts_is_shown_with_neither_number_nor_title(n: int, is_shown: bool) -> None:
    figures = shown(Counted(1, 63, {"water": 31, "rare": n}))
    told = figures.as_json()["themes"]
    assert figures.themes["more"].n == 60
    assert ("Rare" in str(told)) is is_shown
    assert ("rare" in figures.themes["more"].figures) is is_shown
    assert "Water" in str(told)


def test_nothing_is_said_of_themes_where_nothing_was_counted() -> None:
    assert "themes" not in shown().as_json()
    assert shown().themes == {}


def test_themes_of_a_group_that_is_too_small_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 10 texts"):
        shown(Counted(1, 30, {"water": 12}), Counted(2, K - 1, {"water": 2}))


# -- agreement --------------------------------------------------------------------------------------------

TEXTBOOK = [
    # Fifty grant proposals and two readers, as in many textbooks: 0.4.
    ((20, 5, 10, 15), 0.4),
    # A hundred, with the same agreement found and other margins: 0.1304 and 0.2593.
    ((45, 15, 25, 15), 0.130434782608),
    ((25, 35, 5, 35), 0.259259259259),
    ((30, 0, 0, 20), 1.0),
    ((0, 10, 10, 0), -1.0),
    ((9, 3, 3, 1), 0.0),
]

TABLES = st.tuples(*[st.integers(0, 60)] * 4).filter(any)


@pytest.mark.parametrize(("table", "kappa"), TEXTBOOK)
def test_kappa_is_that_of_the_textbooks(table: Table, kappa: float) -> None:
    assert pooled([table]) == pytest.approx(kappa, abs=1e-9)


@given(TABLES)
def test_kappa_is_that_of_a_second_formula(table: Table) -> None:
    both, one, other, none = table
    below = (both + one) * (one + none) + (both + other) * (other + none)
    if below == 0:
        assert pooled([table]) is None
    else:
        assert pooled([table]) == pytest.approx(2 * (both * none - one * other) / below, abs=1e-9)


@given(TABLES, st.integers(1, 4))
def test_kappa_of_a_theme_with_itself_is_its_own(table: Table, times: int) -> None:
    alone, together = pooled([table]), pooled([table] * times)
    assert alone == pytest.approx(together) if alone is not None else together is None


def test_kappa_over_themes_averages_before_it_divides() -> None:
    tables: Sequence[Table] = [(20, 5, 10, 15), (45, 15, 25, 15)]
    found, chance = (0.7 + 0.6) / 2, (0.5 + 0.54) / 2
    assert pooled(tables) == pytest.approx((found - chance) / (1 - chance))
    assert pooled([]) is None


def test_agreement_is_told_by_theme_and_of_all() -> None:
    names = texts(50)
    first: dict[str, Coding] = dict.fromkeys(names, frozenset())
    second = dict(first)
    for number, name in enumerate(names):
        first[name] = frozenset({"water"} if number < 25 else ())
        second[name] = frozenset({"water"} if number < 20 or 25 <= number < 35 else ())
    told = agreement(first, second, ["water", "roads"], K)
    assert told is not None
    assert (told.n, told.themes["roads"]) == (50, None)
    assert told.themes["water"] == pytest.approx(0.4)
    assert told.kappa == pytest.approx((0.85 - 0.75) / 0.25)


@pytest.mark.parametrize(
    ("coded", "both", "is_told"), [(30, 9, False), (30, 21, False), (30, 20, True), (10, 10, True)]
)
def test_agreement_is_of_k_texts_and_leaves_none_or_k(coded: int, both: int, is_told: bool) -> None:
    names = texts(coded)
    first = {name: frozenset({"water"} if number % 2 else ()) for number, name in enumerate(names)}
    second = {name: first[name] for name in names[:both]}
    assert (agreement(first, second, ["water"], K) is not None) is is_told


def test_the_newest_agreement_is_shown_to_a_tenth() -> None:
    agreed = Agreement(30, 0.6789, {"water": 0.5})
    older, newer = Counted(1, 40, {"water": 20}, Agreement(30, 0.1, {})), Counted(2, 40, {"water": 20}, agreed)
    assert shown(older, newer).themes["more"].kappa == 0.7
    assert shown(Counted(1, 40, {"water": 20})).themes["more"].kappa is None


# -- the sample, titles, names ----------------------------------------------------------------------------


@given(st.integers(0, 120), st.integers(5, 40), st.randoms())
def test_a_sample_has_k_texts_and_leaves_none_or_k(n: int, k: int, chance: object) -> None:
    names = texts(n)
    drawn = sample(names, k)
    assert set(drawn) <= set(names)
    assert len(drawn) >= min(k, n) if n >= k else drawn == ()
    assert n < k or n - len(drawn) == 0 or n - len(drawn) >= k
    assert drawn == sample(names[::-1], k), "the order in which they come is no matter"


def test_a_sample_is_not_the_beginning_of_the_file() -> None:
    names = sorted(texts(100))
    assert len(sample(names, K)) == 30
    assert set(sample(names, K)) != set(names[:30])


@given(st.text(max_size=200))
def test_a_title_is_one_short_line(words: str) -> None:
    told = title(words)
    assert len(told) <= LONGEST_TITLE
    assert "\n" not in told
    assert title(told) == told


def test_a_title_carries_no_number_and_no_address() -> None:
    assert title("call\n0300-7654321 now") == "call [#] now"
    assert title("write to @somebody_else") == "write to [@]"


@pytest.mark.parametrize(
    ("id", "good"), [("t01", True), ("water", True), ("_all", False), ("T1", False), ("", False)]
)
def test_no_theme_bears_a_name_of_ours(id: str, good: bool) -> None:
    assert is_id(id) is good
