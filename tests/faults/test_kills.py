"""kill -9 under load, again and again.

1. An answer whose next question somebody saw is never asked again and never missing at the end.
2. Nobody's answers are counted twice.
3. The same harness, with the library's stock loop instead of ours, loses taps (`test_stock_loop.py`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.fire import Counts, kills

KILLS = 40

pytestmark = pytest.mark.slow


def test_forty_kills_under_load_lose_no_confirmed_answer(tmp_path: Path) -> None:
    counts = kills(tmp_path, KILLS, seed=20261123)
    print(counts)

    assert counts.forgotten == 0, "a confirmed answer was lost"
    assert counts.lost == 0, "a tap was acknowledged and then lost"
    assert (counts.missing, counts.doubled, counts.wrong) == (0, 0, 0)
    assert counts.people > 0
    assert counts.confirmed == 7 * counts.people, "six questions and the sending, of everybody"


def test_parts_of_a_run_are_summed() -> None:
    parts = Counts(faults=1, people=2, lost=1), Counts(faults=3, people=4, doubled=2)
    assert sum(parts, Counts()) == Counts(faults=4, people=6, lost=1, doubled=2)
    assert sum(parts, Counts()).harm == 3
