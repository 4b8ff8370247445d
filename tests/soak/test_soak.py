"""The soak adds up honestly.

1. Batches are summed, kept after each, and taken up again where they stopped.
2. A part is met only when all of it was run, what must be zero is zero, and what must be seen was seen.
3. A broken part stops, is said, and stays broken until it is reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.soak import __main__ as soak
from tests.soak.ledger import Aim, Ledger, Sums
from tests.soak.parts import ALL, PARTS, Part

AIM = Aim("sample", "samples", 10, zero=("lost",), some=("seen",))


def use(monkeypatch: pytest.MonkeyPatch, lost_at: int = -1) -> list[tuple[int, int]]:
    """Put one part in place of all; returns the batches it is asked for."""
    asked: list[tuple[int, int]] = []

    def run(first: int, number: int) -> Mapping[str, int]:
        asked.append((first, number))
        return {"seen": number, "lost": int(first <= lost_at < first + number)}

    monkeypatch.setattr(soak, "PARTS", {"sample": Part(AIM, 4, run)})
    return asked


def test_batches_are_summed_and_taken_up_where_they_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(AIM, 3, {"seen": 3, "lost": 0}, "before", 1.0, (AIM,))
    asked = use(monkeypatch)

    assert soak.main(["sample"], ledger) == 0
    assert asked == [(3, 4), (7, 3)]
    sums = ledger.read()["sample"]
    assert (sums.done, sums.counts, sums.met(AIM)) == (10, {"seen": 10, "lost": 0}, True)
    assert soak.main(["sample"], ledger) == 0
    assert len(asked) == 2, "what is whole is not run again"
    assert "**yes**" in (tmp_path / "soak.md").read_text()


def test_a_loss_stops_the_part_is_said_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger(tmp_path)
    asked = use(monkeypatch, lost_at=5)

    assert soak.main(["sample"], ledger) == 1
    assert asked == [(0, 4), (4, 4)]
    assert "lost is 1, not 0" in (tmp_path / "soak.md").read_text()
    assert "BROKEN" in capsys.readouterr().out
    assert soak.main(["sample"], ledger) == 1
    assert len(asked) == 2
    use(monkeypatch)
    assert soak.main(["sample", "--reset"], ledger) == 0


def test_no_time_is_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = use(monkeypatch)

    assert soak.main(["sample", "--minutes", "0"], Ledger(tmp_path)) == 0
    assert asked == []


def test_what_was_never_seen_does_not_count_as_met() -> None:
    blind = Sums(done=10, counts={"seen": 0, "lost": 0})

    assert not blind.met(AIM)
    assert blind.broken(AIM) == ["seen is 0"]


@pytest.mark.parametrize("part", ALL, ids=lambda part: part.aim.part)
def test_every_part_says_what_must_be_zero_and_what_must_be_seen(part: Part) -> None:
    assert part.aim.zero
    assert part.aim.some
    assert PARTS[part.aim.part] is part


@pytest.mark.parametrize("part", [part for part in ALL if part.aim.part in {"forged", "nonces", "texts"}])
def test_a_part_counts_what_it_names(part: Part) -> None:
    counts = part.run(0, 5)

    assert {*part.aim.zero, *part.aim.some} <= set(counts)
