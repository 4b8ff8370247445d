"""What comes many times changes nothing: two worlds of one seed, one of them with every update 2 to 20 times.

1. Both end with the same ledger, opened places, pool, receipts and screens.
2. A program that does not look at the step of a tap ends differently.
3. Old steps and reordered updates are among what comes, and are counted.
The full count is that of `make soak`.
"""

from __future__ import annotations

import pytest

from tests.simulation import twins
from tests.simulation.run import Failed, run_seed
from tests.simulation.test_it_sees import no_step_check
from tests.simulation.twins import Counts


def test_with_everything_many_times_the_state_is_the_same() -> None:
    sums = Counts()
    for seed in range(3):
        sums += twins.twins(seed)
    print(f"\n{sums}")
    assert sums.different == 0
    assert sums.duplicates > 5 * sums.updates
    assert sums.places and sums.finished and sums.withdrawn and sums.old_steps


def test_without_the_step_check_the_state_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    no_step_check(monkeypatch)
    with pytest.raises(Failed, match=r"ended differently|did nothing that leads there|never gave"):
        for seed in range(5):
            twins.twins(seed)


def test_old_steps_and_reordered_updates_are_met() -> None:
    counts = run_seed(0, "duplicates")
    assert counts.old_steps > 0 and counts.displaced > 0
