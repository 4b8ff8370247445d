"""The blind adversary: after a release nothing on the disk says which of two people gave an answer (I11, I4).

1. Over 100 rounds the best of all strategies is right no more often than a coin is.
2. The game can be won: where the log is not truncated, the same adversary is nearly always right.
3. Over ten waves the answers lie in no order that has to do with their arrival; where tables have row numbers, all
   of it shows.
"""

from __future__ import annotations

import pytest

from tests.blackbox import arrivals, figures, game
from tests.blackbox.worlds import NOT_TRUNCATED, ROW_NUMBERS, Way
from tests.soak.ledger import Sums
from tests.soak.parts import PARTS


def test_a_blind_adversary_is_no_better_than_a_coin() -> None:
    rows = list(figures.of_the_game(game.ROUNDS))
    assert [(row.looked, row.figure) for row in rows if not row.met] == []


def test_the_order_of_arrival_lies_nowhere_in_ten_waves() -> None:
    rows = list(figures.of_arrivals(arrivals.SEEDS))
    assert [(row.looked, row.figure, row.hits) for row in rows if not row.met] == []
    assert len(rows) == 5, "the pool and the responses, by SELECT and by bytes"


def test_row_numbers_show_the_whole_order_and_an_open_log_too() -> None:
    pool = "pool, SELECT"
    sums, hits = arrivals.arrivals(0, 1, Way(leaks=(ROW_NUMBERS,)))
    assert (sums[pool].share, bool(hits)) == (1.0, True)
    sums, hits = arrivals.arrivals(0, 1, Way(leaks=(NOT_TRUNCATED,)))
    assert (sums["pool, log"].share, bool(hits)) == (1.0, True)


@pytest.mark.parametrize(("part", "number"), [("adversary", 5), ("arrivals", 1), ("sealed", 2)])
def test_the_parts_of_the_soak_count_what_they_name(part: str, number: int) -> None:
    one = PARTS[part]
    sums = Sums()
    sums.add(number, one.run(0, number), "now", 0.0)
    assert sums.broken(one.aim) == []
