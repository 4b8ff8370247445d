"""Until when Telegram asked us to wait: kept for everybody and for coordinators, never for who answers.

Promises:
1. Everybody's moment and a coordinator's outlive a restart; a respondent's chat is never written.
2. What is over, and what belonged to somebody who is no coordinator any more, is forgotten.
3. A long wait for the bot's name is that name's alone; a short one is everybody's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.chat import profile
from bot.chat.holds import COORDINATORS, Holds
from bot.chat.pace import Pace
from bot.files.phrases import Phrases
from bot.store import Store
from tests.chat.virtual import now, run
from tests.store.sample import START, kept

WALL = 1_800_000_000.0
OWNER, RESPONDENT = 7_000_000_009, 7_000_000_001


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        with one.transaction() as tx:
            tx.desk.admit(OWNER, "owner", "en", START)
        yield one


def held(store: Store, wall: float = WALL) -> dict[str, float]:
    """How long a program that starts now waits, by whom."""

    async def story() -> dict[str, float]:
        pace = Pace(_forget, wall=lambda: wall)
        await Holds(store, lambda: wall).recall(pace)
        moment = asyncio.get_running_loop().time()
        found = {"everybody": pace._free, **{str(chat): until for chat, until in pace._chat_free.items()}}
        return {name: round(until - moment) for name, until in found.items() if until > moment}

    return asyncio.run(story())


async def _forget(_moment: float) -> None:
    return None


def test_everybodys_moment_and_a_coordinators_outlive_a_restart_and_nobody_elses(store: Store) -> None:
    holds = Holds(store, lambda: WALL)
    asyncio.run(holds.keep(WALL + 30))
    asyncio.run(holds.keep_chat(OWNER, WALL + 60))
    asyncio.run(holds.keep_chat(RESPONDENT, WALL + 90))
    assert held(store) == {"everybody": 30, str(OWNER): 60}
    with store.transaction() as tx:
        assert str(RESPONDENT) not in (tx.desk.read_mark(COORDINATORS) or "")


def test_what_is_over_or_belongs_to_nobody_any_more_is_forgotten(store: Store) -> None:
    asyncio.run(Holds(store, lambda: WALL).keep_chat(OWNER, WALL + 60))
    assert held(store, WALL + 61) == {}
    with store.transaction() as tx:
        assert tx.desk.read_mark(COORDINATORS) == "{}"
    asyncio.run(Holds(store, lambda: WALL).keep_chat(OWNER, WALL + 60))
    with store.transaction() as tx:
        tx.desk.remove(OWNER)
    assert held(store) == {}
    with store.transaction() as tx:
        assert tx.desk.read_mark(COORDINATORS) == "{}"


# -- the bot's name -------------------------------------------------------------------------------------


class Api:
    """Takes a description; the first call is refused as told."""

    def __init__(self, refusal: Exception | None) -> None:
        self.refusal = refusal
        self.calls: list[tuple[str, float]] = []

    def __getattr__(self, name: str) -> Any:
        async def call(*_args: Any, **_more: Any) -> bool:
            self.calls.append((name, now()))
            if self.refusal is not None:
                error, self.refusal = self.refusal, None
                raise error
            return True

        return call


def publish(refusal: Exception | None) -> tuple[bool, list[float]]:
    """Whether the description was taken, and after how many seconds each call was made."""

    async def story() -> tuple[bool, list[float]]:
        api, begun = Api(refusal), now()
        pace = Pace(_forget, wall=lambda: WALL)
        done = await profile.publish(api, Phrases.load(), pace.quietly)  # type: ignore[arg-type]
        return done, [moment - begun for _, moment in api.calls]

    return run(story())


def test_the_description_is_set_in_every_language() -> None:
    done, moments = publish(None)
    assert (done, len(moments)) == (True, 16)


def test_a_short_wait_is_waited_and_no_call_is_made_before() -> None:
    done, moments = publish(RetryAfter(timedelta(seconds=30)))
    assert (done, len(moments)) == (True, 17)
    assert min(moments[1:]) >= 30


def test_a_long_wait_is_the_names_alone() -> None:
    with pytest.raises(profile.NotNow) as later:
        publish(RetryAfter(timedelta(hours=20)))
    assert later.value.seconds == 72_000


def test_another_refusal_is_tried_at_the_next_start() -> None:
    assert publish(NetworkError("x"))[0] is False
