"""The price of the block rule, as `python -m bench.shown` measures it and docs/security.md prints it.

1. With leftovers that wait, it is what the reference's simulation found, within four points.
2. A larger k and more rows left behind show no more; nothing is shown twice or made up.
3. Showing leftovers at once costs most of what would be shown by gender.
4. The table of the page is one that this measurement prints.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bench.shown import HEAD, Price, price

PAGE = Path(__file__).parents[1] / "docs" / "security.md"
RUNS = 120
TOLERANCE = 0.04


@cache
def measured(k: int, leave: int = 0, bands: int = 3, *, wait: bool = True) -> Price:
    return price(k, leave, bands, wait=wait, runs=RUNS)


@pytest.mark.parametrize(("k", "everybody", "women"), [(5, 0.98, 0.94), (10, 0.95, 0.81)])
def test_the_rule_shows_as_much_as_the_reference_found(k: int, everybody: float, women: float) -> None:
    found = measured(k)
    shares = found.shares(found.after)

    assert shares["all"] == pytest.approx(everybody, abs=TOLERANCE)
    assert shares["women"] == pytest.approx(women, abs=TOLERANCE)


def test_a_larger_k_and_rows_left_behind_cost_answers() -> None:
    women = [found.shares(found.before)["women"] for found in (measured(5), measured(10), measured(10, 2))]

    assert women == sorted(women, reverse=True)
    for found in (measured(5), measured(10), measured(10, 2)):
        assert found.by_gender <= found.after <= found.finished
        assert found.before <= found.after


def test_leftovers_shown_at_once_are_seldom_shown_by_gender() -> None:
    at_once, waiting = measured(10, wait=False), measured(10)

    assert at_once.shares(at_once.after)["women"] > waiting.shares(waiting.after)["women"]
    assert at_once.shares(at_once.by_gender)["women"] < waiting.shares(waiting.by_gender)["women"] / 2


def test_the_page_prints_the_table_with_its_command() -> None:
    page = PAGE.read_text()
    rows = [line for line in page.splitlines() if line.startswith(("| 3 | 10 | 0 | wait", "| 2 | 10 | 2 | show"))]

    assert HEAD in page
    assert "python -m bench.shown" in page
    assert len(rows) == 2
    (_, _, _, _, _, _, after, _, _) = (cell.strip() for cell in rows[0].split("|"))
    found = measured(10)
    for told, share in zip(after.split(" / "), found.shares(found.after).values(), strict=True):
        assert float(told) == pytest.approx(share, abs=TOLERANCE)
