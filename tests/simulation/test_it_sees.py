"""The simulation sees what it is there for: faults that are planted in the program make it fail.

1. Updates are acknowledged before what follows from them is kept.
2. A tap is taken whatever step it answers.
3. Replies leave before the commit.
4. Neither the mark nor the receipt makes sure that answers are sent once.
Each must be found within so many seeds; how many were needed is printed.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot import nature
from bot.chat.updates import Updates
from bot.core import flow
from bot.core.events import Event
from bot.core.flow import Place, Step
from bot.core.survey import Survey
from bot.store import Transaction, Vault
from bot.store import tables as t
from tests.simulation.run import Failed, run_seed

SEEDS = 60

Plant = Callable[[pytest.MonkeyPatch], None]


def acknowledge_before_commit(patch: pytest.MonkeyPatch) -> None:
    """As the library's own loop does: the updates are put somewhere, and the next ones are asked for."""
    take = Updates.take
    later: set[asyncio.Task[None]] = set()

    async def soon(self: Updates, raws: Sequence[dict[str, Any]]) -> None:
        later.add(asyncio.create_task(take(self, raws)))

    patch.setattr(Updates, "take", soon)


def no_step_check(patch: pytest.MonkeyPatch) -> None:
    """Every tap counts as one on the present screen."""
    step = flow.step

    def whatever_step(survey: Survey, place: Place, event: Event) -> Step:
        if getattr(event, "step", None) is not None:
            event = replace(event, step=place.step)  # type: ignore[arg-type]
        return step(survey, place, event)

    patch.setattr(flow, "step", whatever_step)


def send_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The replies are on their way while the transaction still is."""
    everything = Updates._all

    def spoken_at_once(self: Updates, tx: Transaction, came: Sequence[Any]) -> list[Any]:
        for out in everything(self, tx, came):
            self._outbound.send(out)
        return []

    patch.setattr(Updates, "_all", spoken_at_once)


def sent_as_often_as_asked(patch: pytest.MonkeyPatch) -> None:
    """No row count is looked at, every receipt is another, and the box stays."""

    def submit(self: Vault, secret: bytes, wave: str, tag: bytes, cell: str, body: str, first: bool) -> bool:
        self._db.execute(update(t.ledger).where(t.ledger.c.wave == wave, t.ledger.c.tag == tag).values(done=1))
        values = {"wave": wave, "cell": cell, "dwell": 0, "first": int(first), "body": body}
        self._db.execute(insert(t.pool).values(rid=nature.token(16), rhash=nature.token(32), **values))
        return True

    patch.setattr(Vault, "submit", submit)


@pytest.mark.parametrize(
    ("plant", "profile", "sign"),
    [
        (acknowledge_before_commit, "mixed", "acknowledged, and"),
        (no_step_check, "duplicates", "did nothing that leads there|never gave|saw step|sent .*, and kept is"),
        (send_before_commit, "mixed", "kept is|and never|acknowledged, and|are lost"),
        (sent_as_often_as_asked, "duplicates", "is counted|people have sent"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_planted_fault_is_found(plant: Plant, profile: str, sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    for seed in range(SEEDS):
        try:
            run_seed(seed, profile)
        except Failed as failed:
            assert re.search(sign, str(failed)), failed
            print(
                f"{plant.__name__}: found by seed {seed} of '{profile}', the {seed + 1}. tried: {_first(failed)}"
            )
            return
    pytest.fail(f"{SEEDS} seeds did not see it")


def _first(failed: Failed) -> str:
    return json.dumps(str(failed).split("\n", 1)[0][:160], ensure_ascii=False)
