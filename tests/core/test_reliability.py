"""How far items hang together, and the quantiles under it.

1. Every figure equals the oracle's within 1e-6, from whole sums as a block keeps them.
2. Where nothing varies there is no figure.
3. Alpha does not mind the order of the items nor a unit that all share, and equal loadings make omega alpha.
4. Quantiles undo the shares they are made from, and are those of the tables.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.core.quantiles import beta_share, f_quantile, t_quantile
from bot.core.reliability import (
    alpha,
    correlations,
    covariances,
    feldt,
    item_rest,
    loadings,
    omega,
    spearman_brown,
    without,
)

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "reliability.json").read_text())
CASES = {case["name"]: case for case in ORACLE["cases"]}


def near(value: object) -> object:
    return pytest.approx(value, abs=1e-6)


def matrix(data: Sequence[Sequence[int]]) -> list[list[float]]:
    items = range(len(data[0]))
    sums = [sum(row[i] for row in data) for i in items]
    return covariances(len(data), sums, [[sum(row[i] * row[j] for row in data) for j in items] for i in items])


@pytest.mark.parametrize("name", CASES)
def test_alpha_is_the_oracles(name: str) -> None:
    found = alpha(matrix(CASES[name]["data"]))

    assert found == (None if CASES[name]["alpha"] is None else near(CASES[name]["alpha"]))


def test_the_limits_of_alpha_and_what_each_item_does_to_it_are_the_oracles() -> None:
    case = CASES["likert5_n10_k4"]
    found = matrix(case["data"])
    standardized = correlations(found)

    assert standardized is not None
    assert alpha(standardized) == near(case["alpha_standardized"])
    assert feldt(case["alpha"], 10, 4) == near(tuple(case["ci95_feldt"]))
    assert [alpha(without(found, item)) for item in range(4)] == near(case["alpha_if_deleted"])
    assert [item_rest(found, item) for item in range(4)] == near(case["item_rest_corr"])


def test_an_item_that_nobody_turned_is_seen_in_alpha() -> None:
    forgotten, right = CASES["forgotten_reverse_item4"], CASES["likert5_n10_k4"]
    turned = [[*row[:3], 6 - row[3]] for row in forgotten["data"]]

    assert alpha(matrix(turned)) == near(right["alpha"])
    assert loadings(matrix(forgotten["data"]))[3] < 0  # type: ignore[index]  # it is there


@pytest.mark.parametrize("case", ORACLE["population_omega"])
def test_omega_of_exact_loadings_is_the_oracles(case: dict[str, list[list[float]]]) -> None:
    assert loadings(case["correlation"]) == near(case["loadings"])
    assert omega(case["correlation"]) == near(case["omega"])
    assert alpha(case["correlation"]) == near(case["alpha"])


@given(st.floats(0.05, 0.95), st.integers(3, 8), st.floats(0.1, 50))
def test_where_all_items_hang_equally_omega_is_alpha(loading: float, items: int, unit: float) -> None:
    same = [[unit * (1.0 if i == j else loading**2) for j in range(items)] for i in range(items)]

    assert omega(same) == pytest.approx(alpha(same), abs=1e-6)


@given(st.lists(st.floats(0.2, 0.95), min_size=3, max_size=7), st.data())
def test_a_factor_is_found_again_whatever_the_units(wanted: list[float], data: st.DataObject) -> None:
    units = [data.draw(st.floats(0.5, 30)) for _ in wanted]
    made = [
        [(1.0 if i == j else wanted[i] * wanted[j]) * units[i] * units[j] for j in range(len(wanted))]
        for i in range(len(wanted))
    ]

    assert loadings(made) == pytest.approx([a * b for a, b in zip(wanted, units, strict=True)], rel=1e-4)


DATA = st.integers(3, 6).flatmap(
    lambda items: st.lists(st.lists(st.integers(0, 4), min_size=items, max_size=items), min_size=5, max_size=30)
)


@settings(max_examples=50)
@given(DATA, st.randoms())
def test_alpha_does_not_mind_the_order_of_items_or_the_unit(data: list[list[int]], chance: object) -> None:
    found = alpha(matrix(data))
    backwards = alpha(matrix([[7 * value for value in reversed(row)] for row in data]))

    assert backwards == (None if found is None else pytest.approx(found, abs=1e-9))
    assert found is None or found <= 1 + 1e-9


@settings(max_examples=50)
@given(DATA)
def test_omega_is_a_share_or_nothing(data: list[list[int]]) -> None:
    found = omega(matrix(data))

    assert found is None or 0 <= found <= 1


def test_two_items_together_are_as_reliable_as_two_halves_of_a_test() -> None:
    assert spearman_brown([[4.0, 1.0], [1.0, 1.0]]) == near(2 * 0.5 / 1.5)
    assert spearman_brown([[1.0, 0.3], [0.3, 1.0]]) == near(alpha([[1.0, 0.3], [0.3, 1.0]]))


def test_where_nothing_varies_there_is_no_figure() -> None:
    same = matrix([[3, 3, 3]] * 5)
    opposite = matrix([[0, 4], [4, 0], [1, 3], [2, 2]])
    one = matrix([[1, 0, 2], [1, 3, 3], [1, 2, 0], [1, 1, 2]])

    assert alpha(same) is omega(same) is spearman_brown(matrix([[3, 3]] * 5)) is item_rest(same, 0) is None
    assert alpha(opposite) is spearman_brown(opposite) is None
    assert omega(one) is None
    assert correlations(one) is None
    assert omega([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]) is None
    with pytest.raises(ValueError, match="do not vary"):
        covariances(1, [1], [[1]])


TABLES = {  # from the tables of any textbook
    (1, 9, 0.95): 5.117355,
    (9, 27, 0.975): 2.630856,
    (9, 27, 0.025): 0.278983,
    (4, 4, 0.5): 1.0,
}


@pytest.mark.parametrize("above, below, share", TABLES)
def test_quantiles_of_f_are_those_of_the_tables(above: int, below: int, share: float) -> None:
    assert f_quantile(share, above, below) == near(TABLES[above, below, share])


def test_quantiles_of_t_are_those_of_the_tables_and_end_in_the_normal_one() -> None:
    assert t_quantile(0.975, 9) == near(2.262157)
    assert t_quantile(0.975, 1) == near(12.706205)
    assert t_quantile(0.975, 10_000_000) == pytest.approx(1.959964, abs=1e-5)


@settings(max_examples=40)
@given(st.floats(0.001, 0.999), st.integers(1, 400), st.integers(1, 4000))
def test_a_quantile_of_f_is_where_that_share_lies(share: float, above: int, below: int) -> None:
    found = f_quantile(share, above, below)
    assume(math.isfinite(found))
    x = above * found / (above * found + below)
    assume(0 < x < 1)

    assert beta_share(x, above / 2, below / 2) == pytest.approx(share, abs=1e-6)
    assert 1 / f_quantile(1 - share, below, above) == pytest.approx(found, rel=1e-5)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_what_is_no_share_has_no_quantile(share: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        f_quantile(share, 3, 3)
    with pytest.raises(ValueError, match="no share"):
        t_quantile(share / 2, 3)
