"""Shares and their intervals, against figures from statsmodels and the census.

1. Wilson and Newcombe agree with the oracles within 1e-6, stay within 0 and 1, and mirror.
2. Nobody out of n is never told as certainty.
3. A difference is told to be no chance exactly where its interval excludes none; of many, fewer are (Holm).
4. McNemar's test agrees with the oracle.
5. The census table is that of the Bureau of Statistics, and its bands add up.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.census import REGIONS, YOUTH, People
from bot.core.indicators import (
    LEVEL,
    UNDER_REPRESENTED,
    change_p,
    holm,
    mcnemar,
    newcombe,
    representation,
    wilson,
)

ORACLES = Path(__file__).parents[1] / "oracles"
PROPORTIONS = json.loads((ORACLES / "proportions.json").read_text())
INCLUSION = json.loads((ORACLES / "inclusion.json").read_text())
CENSUS = json.loads((ORACLES / "census2023_margins.json").read_text())["provinces"]


@pytest.mark.parametrize("case", PROPORTIONS["single"], ids=lambda case: f"{case['k']}/{case['n']}")
def test_a_share_has_the_wilson_interval_of_statsmodels(case: dict[str, float]) -> None:
    assert wilson(case["k"] / case["n"], int(case["n"])) == pytest.approx(case["wilson"], abs=1e-6)


@pytest.mark.parametrize("case", PROPORTIONS["two_independent_waves"], ids=str)
def test_a_difference_has_the_newcombe_interval_of_statsmodels(case: dict[str, float]) -> None:
    found = newcombe(case["k1"] / case["n1"], int(case["n1"]), case["k2"] / case["n2"], int(case["n2"]))

    assert (found.low, found.high) == pytest.approx(case["newcombe"], abs=1e-6)


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share_and_stays_within_nobody_and_everybody(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson(k / n, n)

    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@given(st.integers(1, 500), st.data())
def test_the_interval_of_no_mirrors_the_interval_of_yes(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson(k / n, n)

    assert wilson((n - k) / n, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_two_groups_swapped_mirror_their_difference(n1: int, n2: int, data: st.DataObject) -> None:
    share1, share2 = data.draw(st.integers(0, n1)) / n1, data.draw(st.integers(0, n2)) / n2
    there, back = newcombe(share1, n1, share2, n2), newcombe(share2, n2, share1, n1)

    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
    assert there.low <= there.value <= there.high


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_a_difference_surprises_at_five_in_a_hundred_just_where_its_interval_leaves_zero_out(
    n1: int, n2: int, data: st.DataObject
) -> None:
    share1, share2 = data.draw(st.integers(0, n1)) / n1, data.draw(st.integers(0, n2)) / n2
    interval = newcombe(share1, n1, share2, n2)
    p = change_p(share1, n1, share2, n2)

    assert (p < LEVEL) == (interval.low > 0 or interval.high < 0)
    assert 0 <= p <= 1
    assert change_p(share2, n2, share1, n1) == pytest.approx(p, abs=1e-9)


def test_what_did_not_differ_surprises_nobody() -> None:
    assert change_p(0.4, 50, 0.4, 80) == 1.0


@pytest.mark.parametrize(
    ("ps", "clear"),
    [
        # The adjusted values are .03, .06, .06, .02: those of p.adjust(method = "holm") in R.
        ((0.01, 0.04, 0.03, 0.005), (True, False, False, True)),
        # Bonferroni would keep the first alone.
        ((0.01, 0.02, 0.9), (True, True, False)),
        ((), ()),
    ],
)
def test_of_many_differences_those_are_clear_that_holm_keeps(
    ps: tuple[float, ...], clear: tuple[bool, ...]
) -> None:
    assert holm(ps) == clear


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_at_least_what_bonferroni_keeps_and_at_most_what_each_alone_would(ps: list[float]) -> None:
    kept = holm(ps)

    assert all(kept[number] for number, p in enumerate(ps) if p <= LEVEL / len(ps))
    assert not any(kept[number] for number, p in enumerate(ps) if p > LEVEL)
    assert all(kept[i] for i in range(len(ps)) for j in range(len(ps)) if kept[j] and ps[i] < ps[j])


@pytest.mark.parametrize("case", PROPORTIONS["paired_mcnemar"], ids=lambda case: f"{case['b']}, {case['c']}")
def test_people_asked_twice_are_compared_as_in_scipy(case: dict[str, float]) -> None:
    assert mcnemar(int(case["b"]), int(case["c"])) == pytest.approx(case["exact_p"], abs=1e-9)


def test_where_nobody_changed_nothing_surprises() -> None:
    assert mcnemar(0, 0) == 1.0


def test_nobody_asked_has_no_interval() -> None:
    with pytest.raises(ValueError, match="0 people"):
        wilson(0.5, 0)


@pytest.mark.parametrize("name", sorted(INCLUSION["groups"]))
def test_how_a_group_is_represented_agrees_with_the_oracle(name: str) -> None:
    group = INCLUSION["groups"][name]
    found = representation(group["share"], group["N"], group["census_share"])

    assert found.value == pytest.approx(group["ratio"], abs=1e-6)
    assert (found.low, found.high) == pytest.approx(group["ratio_ci95"], abs=1e-6)


def test_women_are_missing_where_one_in_five_of_two_hundred_is_a_woman() -> None:
    assert representation(0.2, 200, REGIONS["KP"].women(minors=False)).high < UNDER_REPRESENTED


def test_the_census_shares_are_those_of_the_oracle() -> None:
    women, youth = INCLUSION["groups"]["women"], INCLUSION["groups"]["youth18-29"]

    assert REGIONS["KP"].women(minors=False) == pytest.approx(women["census_share"], abs=1e-12)
    assert REGIONS["KP"].youth(minors=False) == pytest.approx(youth["census_share"], abs=1e-12)


@pytest.mark.parametrize("name", sorted(REGIONS))
def test_the_census_table_is_that_of_the_bureau_of_statistics(name: str) -> None:
    region, bands = REGIONS[name], CENSUS[name]

    def people(band: str) -> People:
        return People(bands[band]["male"], bands[band]["female"])

    assert set(REGIONS) == set(CENSUS)
    assert (region.over_15, region.over_18) == (people("15+"), people("18+"))
    assert (region.from_15_to_29, region.from_18_to_29) == (people("15-29"), people("18-29"))


def test_youth_begins_at_fifteen_only_where_minors_take_part() -> None:
    assert YOUTH == {False: (18, 29), True: (15, 29)}
    assert REGIONS["KP"].youth(minors=True) == pytest.approx(0.4644, abs=1e-4)
