"""What the simulation has found, each as small as it can be shown.

1. Words that come twice answer one question: they carry no step, and come again behind a tap after a restart.
   That holds for words too that were no answer when they came first.
2. A clock that is set back does not make a wait of seconds one of hours.
3. A scrub that fails in the middle leaves no statement open: what comes after it is saved.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.holds import Holds
from bot.chat.identity import who
from bot.core.events import Agreed, Continued, Typed
from bot.core.screen import Say
from bot.core.survey import Question, Survey
from bot.files.surveys import load
from bot.store import Store, StoreTrouble
from bot.turn import Held, Reply, take
from tests.simulation.disk import Door, Mishap, watched
from tests.simulation.program import Program
from tests.simulation.world import SURVEY
from tests.store.sample import START, kept, open_wave

ACCOUNT = 7_000_000_001


def two_numbers(body: str) -> Survey:
    """Two numbers, one after the other; nothing else."""
    assert json.loads(body)["survey"] == "numbers"
    found = load(SURVEY).survey
    assert found is not None
    numbers: tuple[Question, ...] = tuple(q for q in found.questions if q.type == "number")
    return replace(found, id="numbers", questions=numbers, indicators=())


def test_words_that_come_twice_answer_one_question(tmp_path: Path) -> None:
    with kept(tmp_path, two_numbers) as store:
        wave = open_wave(store, survey="numbers")
        grip = _does(store, Agreed(wave, 1, "en", 1, 0)).grip
        assert grip is not None
        first = _does(store, Held(grip, Typed("8"), typed=20))
        again = _does(store, Held(grip, Typed("8"), typed=20))
        assert _place(again) == _place(first) == "2"
        assert _place(_does(store, Held(grip, Continued()))) == "2"
        assert _place(_does(store, Held(grip, Typed("9"), typed=21))) == ""


def test_words_that_came_too_early_answer_no_question_later(tmp_path: Path) -> None:
    with kept(tmp_path, two_numbers) as store:
        wave = open_wave(store, survey="numbers")
        grip = _does(store, Agreed(wave, 1, "en", 1, 0)).grip
        assert grip is not None
        assert _place(_does(store, Held(grip, Continued(), typed=20))) == "1"
        assert _place(_does(store, Held(grip, Typed("8"), typed=20))) == "1", "brought once more"
        assert _place(_does(store, Held(grip, Typed("8"), typed=21))) == "2"


def _does(store: Store, did: Held | Agreed) -> Reply:
    with store.transaction() as tx:
        return take(tx, who(ACCOUNT), did, START, "en")


def _place(reply: Reply) -> str:
    """Which question is shown; empty for the list of answers."""
    assert reply.screen is not None
    line = reply.screen.lines[0]
    return str(line.values["number"]) if isinstance(line, Say) and line.id == "question-of" else ""


@pytest.mark.parametrize(("set_back", "waits"), [(0.0, True), (3600.0, False)])
def test_a_clock_set_back_does_not_lengthen_a_wait(tmp_path: Path, set_back: float, waits: bool) -> None:
    wall = [1_800_000_000.0]
    with kept(tmp_path) as store:
        holds = Holds(store, lambda: wall[0])

        async def keep_and_look() -> float:
            await holds.keep(wall[0] + 45)
            wall[0] -= set_back
            return await holds.everybody()

        assert (asyncio.run(keep_and_look()) > 0) is waits


def test_what_comes_after_a_scrub_that_failed_is_saved(tmp_path: Path) -> None:
    failing = Mishap("io", before=False)
    door = Door(lambda _what: None, lambda words: failing if "wal_checkpoint" in words else None)
    program = Program(tmp_path, lambda _what: None)
    with watched(door, lambda: program), kept(tmp_path) as store:
        with pytest.raises(StoreTrouble) as trouble:  # an error at hand keeps all that it came through
            store.scrub_now()
        with store.transaction() as tx, tx.savepoint():
            tx.desk.write_mark("after", "saved")
        assert door.struck == 1, trouble
