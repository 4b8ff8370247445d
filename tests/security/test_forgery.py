"""Forged taps change nothing and break nothing; 10,000 of them in `make soak`."""

from __future__ import annotations

from random import Random

import pytest

from bot.turn import Grip
from tests.security.forgery import forged, forged_taps


def test_forged_taps_change_nothing_and_raise_nothing() -> None:
    assert forged_taps(0, 400) == {"forged_taps": 400, "changed": 0, "raised": 0}


def test_every_kind_of_forgery_is_tried() -> None:
    data = [forged(Random(seed), Grip(bytes(16), 0), "abcdefgh")[0] for seed in range(200)]

    assert {one[:2] for one in data} >= {"v1", "d:"}
    assert any(not one.startswith(("v1:", "d:")) for one in data)
    assert all(len(one.encode()) <= 64 for one in data)


def test_the_count_sees_a_box_that_opens_for_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.vault._bound", lambda _wave, _version, _tag: b"to nobody")
    assert forged_taps(0, 60)["changed"] > 0
