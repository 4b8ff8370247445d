"""Weights, their price, and how far those who answered are like those who live there, against the oracles.

1. Raking meets every margin, agrees with the oracle, and refuses where nobody speaks for a group.
2. A weighted share has the design effect, the interval and the error of the oracle; with equal weights it is the
   plain share.
3. How alike two mixes are agrees with the oracle and lies between 0 and 1.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.indicators import wilson
from bot.core.weights import (
    NoWeights,
    design_effect,
    inclusion,
    linearised_error,
    poststratify,
    rake,
    trim,
    weighted,
)

ORACLES = Path(__file__).parents[1] / "oracles"
ORACLE = json.loads((ORACLES / "weighting.json").read_text())
INCLUSION = json.loads((ORACLES / "inclusion.json").read_text())
Group = tuple[str, ...]


def groups(said: dict[str, float]) -> dict[Group, float]:
    return {tuple(name.split("|")): value for name, value in said.items()}


SAMPLE = {cell: int(n) for cell, n in groups(ORACLE["sample_n"]).items()}
YES = {cell: int(n) for cell, n in groups(ORACLE["sample_yes"]).items()}
MARGINS = [ORACLE["margins"]["sex"], ORACLE["margins"]["age"]]
RAKED = ORACLE["raking"]


def test_raking_gives_the_weights_of_the_oracle_and_meets_every_margin() -> None:
    found = rake(SAMPLE, MARGINS)
    n = sum(SAMPLE.values())

    assert found == pytest.approx(groups(RAKED["weights"]), abs=1e-6)
    for place, margin in enumerate(MARGINS):
        for code, share in margin.items():
            met = sum(weight * SAMPLE[cell] for cell, weight in found.items() if cell[place] == code) / n
            assert met == pytest.approx(share, abs=1e-9)


def test_a_weighted_share_has_the_price_interval_and_error_of_the_oracle() -> None:
    weights = rake(SAMPLE, MARGINS)
    found = weighted(weights, SAMPLE, YES)

    assert found.share.value == pytest.approx(RAKED["p"], abs=1e-6)
    assert found.deff == pytest.approx(RAKED["kish_deff"], abs=1e-5)
    assert found.n_eff == pytest.approx(RAKED["n_eff"], abs=1e-3)
    assert (found.share.low, found.share.high) == pytest.approx(RAKED["wilson_on_n_eff"], abs=1e-6)
    assert linearised_error(weights, SAMPLE, YES) == pytest.approx(RAKED["se_linearized"], abs=1e-6)


@pytest.mark.parametrize("example", ORACLE["kish_examples"], ids=str)
def test_the_design_effect_is_that_of_kish(example: dict[str, list[float]]) -> None:
    weights = dict(enumerate(example["weights"]))

    assert design_effect(weights, dict.fromkeys(weights, 1)) == pytest.approx(example["deff"])


@given(st.dictionaries(st.tuples(st.sampled_from("FM"), st.sampled_from("yo")), st.integers(0, 50), min_size=1))
def test_a_group_that_nobody_speaks_for_has_no_weights(sample: dict[tuple[str, ...], int]) -> None:
    spoken = [{cell[place] for cell, n in sample.items() if n} for place in (0, 1)]
    margins = [{"F": 0.5, "M": 0.5}, {"y": 0.4, "o": 0.6}]
    if spoken == [{"F", "M"}, {"y", "o"}]:
        return
    with pytest.raises(NoWeights):
        rake(sample, margins)


def test_margins_that_no_weights_can_meet_are_refused() -> None:
    with pytest.raises(NoWeights, match="together"):
        rake({("F", "y"): 10, ("M", "o"): 10}, [{"F": 0.5, "M": 0.5}, {"y": 0.4, "o": 0.6}])


CROWDS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 80), min_size=1)


@given(CROWDS, st.data())
def test_with_equal_weights_it_is_the_plain_share(sample: dict[str, int], data: st.DataObject) -> None:
    said = {cell: data.draw(st.integers(0, n)) for cell, n in sample.items()}
    n, yes = sum(sample.values()), sum(said.values())
    found = weighted(dict.fromkeys(sample, 1.0), sample, said)

    assert found.share.value == pytest.approx(yes / n)
    assert (found.share.low, found.share.high) == pytest.approx(wilson(yes / n, n))
    assert found.deff == pytest.approx(1.0)


@given(CROWDS)
def test_where_the_census_knows_every_group_their_weights_give_its_shares(sample: dict[str, int]) -> None:
    census = {cell: 1 / len(sample) for cell in sample}
    found = poststratify(sample, census)
    n = sum(sample.values())

    assert {cell: weight * sample[cell] / n for cell, weight in found.items()} == pytest.approx(census)


def test_a_group_of_the_census_without_anybody_refuses() -> None:
    with pytest.raises(NoWeights, match="nobody of b"):
        poststratify({"a": 4, "b": 0}, {"a": 0.5, "b": 0.5})


def test_weights_are_cut_at_five_times_their_mean_and_keep_a_mean_of_one() -> None:
    sample = {"few": 10, "many": 190}
    weights = {"few": 8.0, "many": 0.631578947368421}
    found = trim(weights, sample)

    assert found["few"] / found["many"] == pytest.approx(5.0 / weights["many"])
    assert sum(found[cell] * n for cell, n in sample.items()) / 200 == pytest.approx(1.0)
    assert trim({"few": 2.0, "many": 180 / 190}, sample)["few"] == pytest.approx(2.0)


def test_how_alike_the_mix_is_agrees_with_the_oracle() -> None:
    n = sum(INCLUSION["sample"].values())
    women, youth = INCLUSION["groups"]["women"], INCLUSION["groups"]["youth18-29"]
    census = {
        "F|18-29": INCLUSION["groups"]["young women"]["census_share"],
        "F|30+": INCLUSION["groups"]["older women"]["census_share"],
    }
    census["M|18-29"] = youth["census_share"] - census["F|18-29"]
    census["M|30+"] = 1 - women["census_share"] - census["M|18-29"]
    shares = {cell: people / n for cell, people in INCLUSION["sample"].items()}

    assert inclusion(shares, census) == pytest.approx(INCLUSION["inclusion_index"], abs=1e-6)
    assert inclusion(census, census) == 1.0
    assert inclusion({"a": 1.0}, {"b": 1.0}) == 0.0
