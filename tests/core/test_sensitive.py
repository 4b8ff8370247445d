"""Sensitive questions that hide each person: lists of items, and answers by a device of the person's own.

1. Estimates, errors and kinds of people agree with the oracles within 1e-6, and with each other within 1e-12.
2. An estimate outside 0 and 1 stays as it is; with too few answers there is none, and no share is claimed near 0.
3. A list that hides too little, or that was answered in another way, is said to be so.
4. Whatever is true of how many, the device's estimate is right on the average.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import estimates
from bot.core.sensitive import (
    LEAST_DEVICE,
    LEAST_LIST,
    Device,
    Estimate,
    crowded,
    item_count,
    list_flaw,
    randomised,
    types,
)
from tests.rig import ROOT

ORACLES = Path(__file__).parents[1] / "oracles"
(RACE,) = json.loads((ORACLES / "list_experiment.json").read_text())["cases"]
(WARNER,) = json.loads((ORACLES / "randomized_response.json").read_text())["cases"]
WARNERS = Device.mirrored(0.2)
SHORT, LONG = RACE["counts_control"], RACE["counts_treatment"]

people = st.lists(st.integers(0, 300), min_size=2, max_size=6).filter(lambda counts: sum(counts) > 1)


@st.composite
def halves(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Counts of a list, and of the same with one item more."""
    short = draw(people)
    long = draw(
        st.lists(st.integers(0, 300), min_size=len(short) + 1, max_size=len(short) + 1).filter(
            lambda counts: sum(counts) > 1
        )
    )
    return short, long


def test_a_list_gives_the_oracles_estimate_error_and_interval() -> None:
    found, expected = item_count(SHORT, LONG), RACE["expected"]

    assert found.share == pytest.approx(expected["estimate"], abs=1e-6)
    assert found.error == pytest.approx(expected["se_neyman"], abs=1e-6)
    assert [found.low, found.high] == pytest.approx(expected["ci95_normal_neyman"], abs=1e-6)
    assert round(found.share, 3) == RACE["published"]["treat_effect_rounded3"]


def test_the_kinds_of_people_are_the_oracles() -> None:
    found, expected = types(SHORT, LONG), RACE["respondent_types"]

    assert [one.share for one in found.with_item] == pytest.approx(expected["pi_j1"], abs=1e-6)
    assert [one.error for one in found.with_item] == pytest.approx(expected["se_pi_j1"], abs=1e-6)
    assert [one.share for one in found.without] == pytest.approx(expected["pi_j0"], abs=1e-6)
    assert [one.error for one in found.without] == pytest.approx(expected["se_pi_j0"], abs=1e-6)


def test_the_list_of_the_oracle_is_found_to_be_flawed_and_crowded_at_its_end() -> None:
    assert list_flaw(SHORT, LONG) == pytest.approx(RACE["design_effect_test"]["bonferroni"], abs=1e-6)
    assert crowded(SHORT) == (False, True)
    assert SHORT[-1] / sum(SHORT) == pytest.approx(RACE["ceiling_share_control"])


@given(halves())
def test_the_kinds_add_up_to_the_estimate_and_to_everybody(both: tuple[list[int], list[int]]) -> None:
    short, long = both
    found = types(short, long)

    assert sum(one.share for one in found.with_item) == pytest.approx(item_count(short, long).share, abs=1e-12)
    assert sum(one.share for one in (*found.with_item, *found.without)) == pytest.approx(1.0, abs=1e-12)
    assert 0 <= list_flaw(short, long) <= 1


def test_a_list_answered_alike_by_both_halves_has_no_flaw_and_no_share() -> None:
    counts = [50, 100, 100, 50]

    assert item_count(counts, [*counts, 0]).share == 0
    assert list_flaw(counts, [*counts, 0]) == 1.0


@pytest.mark.parametrize(
    ("short", "long"),
    [([5, 5], [5, 5]), ([5], [5, 5]), ([5, -1, 9], [5, 5, 5, 5]), ([1, 0], [5, 5, 5]), ([5, 5], [1, 0, 0])],
)
def test_counts_that_are_no_two_halves_are_refused(short: Sequence[int], long: Sequence[int]) -> None:
    with pytest.raises(ValueError, match=r"list|halves"):
        item_count(short, long)


def test_a_device_gives_the_oracles_estimate_and_error() -> None:
    found, expected = randomised(WARNER["yes"], WARNER["n"], Device.mirrored(WARNER["p"])), WARNER["expected"]

    assert found.share == pytest.approx(expected["pi_hat"], abs=1e-6)
    assert found.error == pytest.approx(expected["se_n_minus_1"], abs=1e-6)
    assert round(found.error, 6) == WARNER["published"]["se"]


@given(
    truth=st.fractions(0, 1, max_denominator=20),
    device=st.sampled_from(("forced", "mirrored", "unrelated")),
    asked=st.fractions(Fraction(11, 20), 1, max_denominator=20),
    other=st.fractions(0, 1, max_denominator=20),
)
def test_whatever_is_true_the_device_finds_it(
    truth: Fraction, device: str, asked: Fraction, other: Fraction
) -> None:
    """How many say yes is reckoned from the rule itself, in exact fractions."""
    if device == "forced":
        other = min(other, 1 - asked)
        said, made = asked * truth + other, Device.forced(float(asked), float(other))
    elif device == "mirrored":
        said, made = asked * truth + (1 - asked) * (1 - truth), Device.mirrored(float(asked))
    else:
        said = asked * truth + (1 - asked) * other
        made = Device.unrelated(float(asked), float(other))
    n = 1000 * said.denominator

    assert randomised(int(said * n), n, made).share == pytest.approx(float(truth), abs=1e-9)


def test_an_estimate_below_nothing_stays_so_and_no_share_is_claimed() -> None:
    found = randomised(10, 300, Device.forced(4 / 6, 1 / 6))

    assert found.share < 0
    assert list(estimates.of_device(10, 300, Device.forced(4 / 6, 1 / 6)))[:2] == [
        "-20.0 % (95 %: -23.1 to -16.9; standard error 1.6 points)",
        "Not distinguishable from 0: say no share.",
    ]


@pytest.mark.parametrize(
    ("yes", "n", "device"),
    [
        (5, 1, Device.mirrored(0.2)),
        (9, 8, Device.mirrored(0.2)),
        (5, 10, Device.mirrored(0.5)),
        (5, 10, Device(2, 0)),
    ],
)
def test_a_device_that_tells_nothing_and_counts_that_cannot_be_are_refused(
    yes: int, n: int, device: Device
) -> None:
    with pytest.raises(ValueError, match=r"count|device"):
        randomised(yes, n, device)


def test_with_too_few_answers_there_is_no_estimate() -> None:
    few, enough = [40, 60, 60, 39], [40, 60, 60, 40]
    assert list(estimates.of_list(few, [40, 50, 60, 40, 10])) == [
        f"Too few answers for this method: 399, and it needs {LEAST_LIST}. With fewer, chance alone is wider."
    ]
    assert "%" in next(estimates.of_list(enough, [40, 50, 60, 40, 10]))
    for n, told in ((LEAST_DEVICE - 1, False), (LEAST_DEVICE, True)):
        assert ("%" in next(estimates.of_device(90, n, Device.mirrored(0.2)))) is told


def test_what_is_wrong_with_a_list_is_said() -> None:
    said = " ".join(estimates.of_list(SHORT, LONG))

    assert "Not distinguishable from 0" in said
    assert "contradict each other (p = 0.044)" in said
    assert "more than 10% counted all of the items" in said


def test_an_interval_is_as_wide_as_its_error_says() -> None:
    assert (Estimate(0.5, 0.1).low, Estimate(0.5, 0.1).high) == pytest.approx((0.3040036, 0.6959964))


def test_nobody_draws_for_the_device() -> None:
    """The rule of a device is known to whoever estimates, and to no part that meets people."""
    knowing = [
        str(path.relative_to(ROOT / "bot"))
        for path in (ROOT / "bot").rglob("*.py")
        if "core.sensitive" in path.read_text()
    ]
    assert sorted(knowing) == ["cli.py", "estimates.py"]


def told(runner: Any, *words: str) -> Any:
    """What the command says."""
    from bot.cli import app

    return runner.invoke(app, ["estimate", *words])


def test_the_command_takes_counts_and_rules() -> None:
    from typer.testing import CliRunner

    runner = CliRunner()
    counts = (",".join(map(str, SHORT)), ",".join(map(str, LONG)))
    assert "6.8 % (95 %: -2.9 to 16.5" in told(runner, "list", "--short", counts[0], "--long", counts[1]).output
    warner = told(runner, "device", "--yes", "633", "--of", "1000", "--rule", "mirrored:1/6")
    assert warner.output.startswith("30.0 % (95 %: 25.6 to 34.5")
    for rule in ("mirrored", "forced:1/2", "forced:1/2:3", "poem:1/2", "mirrored:1/0", "mirrored:x"):
        assert told(runner, "device", "--yes", "633", "--of", "1000", "--rule", rule).exit_code == 2, rule
    assert told(runner, "list", "--short", "1,x", "--long", "1,2,3").exit_code == 2
    assert told(runner, "list", "--short", "1,2", "--long", "1,2").exit_code == 2
