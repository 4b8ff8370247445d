"""One line to whoever asked to hear of a result, and nobody twice.

Promises:
1. Once a wave has ended with its last release, everybody who wished hears one neutral line in the own language;
   the rows are gone then. Before that nobody hears anything.
2. Whoever blocked the bot is forgotten. Where Telegram does not answer, nobody is; the next tick goes on.
3. Two who tick at once, and a wait that Telegram asks for, send one line. What is killed while it sends loses
   that line at most.
4. The bot writes what people wished after a daily tick, whoever did it; `aitbar tick` tells, and writes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot import results
from bot.app import House
from bot.chat.outbound import Outbound
from bot.chat.pace import Pace
from bot.core.cadence import DAY
from bot.files.phrases import Phrases
from bot.results import Results
from bot.settings import Settings
from bot.store import Contact, Store
from tests.chat.test_updates import TOKEN
from tests.store.sample import START, kept, open_wave, rows, tick_at
from tests.told import CHATS, LANGUAGE, Telegram

PHRASES = Phrases.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        yield one


@pytest.fixture
def wave(store: Store) -> str:
    """A wave that three people want to hear of."""
    wave = open_wave(store, survey="telling")
    with store.transaction() as tx:
        tx.contacts.keep([(wave, Contact(chat, language)) for chat, language in LANGUAGE.items()])
    return wave


def end(store: Store, wave: str) -> None:
    """The wave is closed, and its last release made."""
    with store.transaction() as tx:
        tx.waves.close(wave)
    tick_at(store, 1)
    tick_at(store, 2)


def tell(store: Store, telegram: Telegram, times: int = 1) -> None:
    """So many tick at once."""

    async def story() -> None:
        await asyncio.gather(*(one(store, telegram)() for _ in range(times)))

    asyncio.run(story())


def one(store: Store, telegram: Telegram) -> Callable[[], Awaitable[bool]]:
    """What one program does at a tick."""
    pace = Pace(_forget)
    bot = cast(Bot, telegram)
    return Results(store, bot, lambda: PHRASES, pace, Outbound(bot, pace)).tell


async def _forget(_moment: float) -> None:
    return None


def left(store: Store) -> int:
    """How many rows are left."""
    return len(rows(store, "SELECT * FROM contact"))


def test_nobody_hears_anything_before_the_last_release(store: Store, wave: str) -> None:
    telegram = Telegram()
    tell(store, telegram)
    with store.transaction() as tx:
        tx.waves.close(wave)
    tick_at(store, 1)
    tell(store, telegram)
    assert (telegram.said, left(store)) == ([], 3)
    tick_at(store, 2)
    tell(store, telegram)
    assert (len(telegram.said), left(store)) == (3, 0)


def test_each_hears_one_line_in_the_own_language(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    for _ in range(2):
        tell(store, telegram)
    wanted = [(chat, PHRASES.say(language, "result-is-there")) for chat, language in LANGUAGE.items()]
    assert sorted(telegram.said) == sorted(wanted)
    assert left(store) == 0


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_line_says_nothing_of_a_survey(language: str) -> None:
    line = PHRASES.say(language, "result-is-there")
    assert not any(
        word in line.lower() for word in ("survey", "answer", "سروے", "سروې", "جواب", "اعتبار", "بھروس")
    )


def test_who_blocked_the_bot_is_forgotten_and_the_others_hear(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    telegram.refuse = lambda chat: Forbidden("bot was blocked by the user") if chat == CHATS[1] else None
    tell(store, telegram)
    assert sorted(chat for chat, _ in telegram.said) == [CHATS[0], CHATS[2]]
    assert left(store) == 0


def test_while_telegram_does_not_answer_nobody_is_forgotten(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    telegram.reachable = False
    tell(store, telegram)
    assert (telegram.said, left(store)) == ([], 3)
    telegram.reachable = True
    tell(store, telegram)
    assert (len(telegram.said), left(store)) == (3, 0)


def test_a_network_that_breaks_off_loses_one_line_at_most(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    telegram.refuse = lambda _chat: NetworkError("broken off")
    tell(store, telegram)
    assert (telegram.said, left(store)) == ([], 2)


def test_two_who_tick_at_once_send_one_line_each(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    tell(store, telegram, times=3)
    assert sorted(chat for chat, _ in telegram.said) == sorted(CHATS)


def test_a_line_that_telegram_asks_to_wait_with_is_sent_once_and_not_lost(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    waits = iter([True])
    telegram.refuse = lambda _chat: RetryAfter(timedelta(seconds=0)) if next(waits, False) else None
    tell(store, telegram)
    assert sorted(chat for chat, _ in telegram.said) == sorted(CHATS)
    assert left(store) == 0


def test_a_box_that_does_not_open_is_deleted_and_nobody_is_written_to(store: Store, wave: str) -> None:
    end(store, wave)
    store.keys.destroy_contact()
    telegram = Telegram()
    tell(store, telegram)
    assert (telegram.said, left(store)) == ([], 0)


def test_many_are_told_in_parts_so_that_other_things_need_not_wait(
    store: Store, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(store, wave)
    monkeypatch.setattr(results, "AT_ONCE", 2)
    telegram = Telegram()
    tell(store, telegram)
    assert (len(telegram.said), left(store)) == (2, 1)
    tell(store, telegram)
    assert (len(telegram.said), left(store)) == (3, 0)


# -- 4: at a tick ----------------------------------------------------------------------------------------


def story_of(store: Store, telegram: Telegram, tmp_path: Path, story: Callable[[House], Awaitable[None]]) -> None:
    """A story of the program around a bot, as `aitbar run` has it."""

    async def told() -> None:
        settings = Settings(_env_file=None, telegram_token=SecretStr(TOKEN), keys_dir=tmp_path / "keys")  # type: ignore[call-arg]
        house = House(settings, store, cast(Bot, telegram), 0.0, lambda: START)
        await story(house)

    asyncio.run(told())


def test_a_wish_is_written_after_the_next_daily_tick_whoever_did_it(
    store: Store, wave: str, tmp_path: Path
) -> None:
    async def story(house: House) -> None:
        await house.tick(START + timedelta(minutes=1))
        house.wishes.wish(wave, Contact(99, "ur"))
        await house.tick(START + timedelta(hours=23))
        assert left(store) == 3, "no daily tick was due"
        tick_at(store, 2)  # another command
        await house.tick(START + timedelta(hours=24))
        assert left(store) == 4
        house.wishes.wish(wave, Contact(98, "ur"))
        await house.tick(START + timedelta(hours=49))
        await house.tick(START + timedelta(days=3))
        assert left(store) == 5

    story_of(store, Telegram(), tmp_path, story)


def test_one_tick_that_ends_a_wave_tells_at_once_and_clears_what_is_over(
    store: Store, wave: str, tmp_path: Path
) -> None:
    telegram = Telegram()
    with store.transaction() as tx:
        tx.waves.close(wave)
        tx.desk.make_claim_code(START)

    async def story(house: House) -> None:
        for day in (1, 2):
            assert await house.tick(START + day * DAY)

    story_of(store, telegram, tmp_path, story)
    assert (len(telegram.said), left(store)) == (3, 0)
    assert rows(store, "SELECT * FROM claim_code") == []
    assert rows(store, "SELECT ended FROM wave") == [((START + 2 * DAY).date().isoformat(),)]
