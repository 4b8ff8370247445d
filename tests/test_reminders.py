"""The line that reminds, from the claim to the chat.

Promises:
1. Everybody who agreed gets the same line, in the own language, with a button that ends them; it says nothing of a
   survey.
2. Whoever blocked the bot is forgotten; what became of each line is counted, and no more than that.
3. Where Telegram does not answer nobody's line is lost; a network that breaks off loses one. A wait that Telegram
   asks for, and others that tick at once, double nothing. A wait into the quiet hours sends nothing more that day.
4. The running program sends at its ticks, writes its sums after a daily tick, and `aitbar tick` does it too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter, TelegramError

from bot import nature
from bot import reminders as sending
from bot.app import House
from bot.chat.codec import decode
from bot.chat.outbound import Outbound
from bot.chat.pace import Pace
from bot.core.cadence import DAY
from bot.core.events import WantedNoMore
from bot.core.reminders import EVENING, MORNING
from bot.files.phrases import Phrases
from bot.reminders import Reminders
from bot.settings import Settings
from bot.store import Contact, Store
from tests.chat.test_updates import TOKEN
from tests.store.sample import START, kept, open_wave, rows, tick_at
from tests.told import CHATS, LANGUAGE, Telegram

PHRASES = Phrases.load()
MORNING_OF_DAY_2 = START.replace(hour=9) + 2 * DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        yield one


@pytest.fixture
def wave(store: Store) -> str:
    """A wave of which three people want to be reminded in the morning."""
    wave = open_wave(store, survey="reminding")
    with store.transaction() as tx:
        wished = [(wave, Contact(chat, language, False, MORNING)) for chat, language in LANGUAGE.items()]
        tx.contacts.keep(wished)
    return wave


async def _forget(_moment: float) -> None:
    return None


def send(store: Store, telegram: Telegram, moment: datetime = MORNING_OF_DAY_2, times: int = 1) -> Counter[str]:
    """So many programs tick at once; returns what they counted."""
    counted: Counter[str] = Counter()

    def one() -> Awaitable[bool]:
        pace, bot = Pace(_forget), cast(Bot, telegram)

        def count(_wave: str, state: str) -> None:
            counted[state] += 1

        out = Outbound(bot, pace)
        return Reminders(store, bot, lambda: PHRASES, pace, out, UTC, count, lambda _chat, _id: None).send_due(
            moment
        )

    async def story() -> None:
        await asyncio.gather(*(one() for _ in range(times)))

    asyncio.run(story())
    return counted


def left(store: Store) -> int:
    """How many rows are left."""
    return len(rows(store, "SELECT * FROM contact"))


def test_everybody_gets_the_same_line_once_in_the_own_language(store: Store, wave: str) -> None:
    telegram = Telegram()
    assert [send(store, telegram) for _ in range(2)] == [{"delivered": 3}, {}]
    wanted = [(chat, PHRASES.say(language, "reminder-line")) for chat, language in LANGUAGE.items()]
    assert sorted(telegram.said) == sorted(wanted)
    assert {decode(data) for data in telegram.data} == {WantedNoMore(language) for language in LANGUAGE.values()}
    assert left(store) == 3, "they stay for the next one"


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_line_says_nothing_of_a_survey(language: str) -> None:
    line = PHRASES.say(language, "reminder-line")
    assert not any(
        word in line.lower() for word in ("survey", "answer", "سروے", "سروې", "جواب", "اعتبار", "بھروس")
    )


def test_who_blocked_the_bot_is_forgotten_and_counted_and_the_others_hear(store: Store, wave: str) -> None:
    telegram = Telegram()
    telegram.refuse = lambda chat: Forbidden("bot was blocked by the user") if chat == CHATS[1] else None
    assert send(store, telegram) == {"delivered": 2, "blocked": 1}
    assert sorted(chat for chat, _ in telegram.said) == [CHATS[0], CHATS[2]]
    assert left(store) == 2


def test_while_telegram_does_not_answer_no_line_is_lost(store: Store, wave: str) -> None:
    telegram = Telegram()
    telegram.reachable = False
    assert send(store, telegram) == {}
    telegram.reachable = True
    assert send(store, telegram) == {"delivered": 3}


def test_a_network_that_breaks_off_loses_one_line(store: Store, wave: str) -> None:
    telegram = Telegram()
    telegram.refuse = lambda _chat: NetworkError("broken off")
    assert send(store, telegram) == {"failed": 1}
    telegram.refuse = lambda _chat: None
    assert send(store, telegram) == {"delivered": 2}
    assert left(store) == 3


def test_several_that_tick_at_once_send_one_line_each(store: Store, wave: str) -> None:
    telegram = Telegram()
    assert send(store, telegram, times=3) == {"delivered": 3}
    assert sorted(chat for chat, _ in telegram.said) == sorted(CHATS)


def test_a_line_that_telegram_asks_to_wait_with_is_sent_once_and_not_lost(store: Store, wave: str) -> None:
    telegram = Telegram()
    waits = iter([True])
    telegram.refuse = lambda _chat: RetryAfter(timedelta(seconds=0)) if next(waits, False) else None
    assert send(store, telegram) == {"delivered": 3}
    assert sorted(chat for chat, _ in telegram.said) == sorted(CHATS)


def test_when_the_hour_is_over_nothing_more_leaves_that_day(
    store: Store, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram, clock = Telegram(), [START]
    monkeypatch.setattr(nature, "now", lambda: clock[0])

    def sleepy(_chat: int) -> TelegramError | None:
        clock[0] += timedelta(hours=2)  # Telegram took so long with this one
        return None

    telegram.refuse = sleepy
    assert send(store, telegram) == {"delivered": 2}, "at nine, at eleven, and at one it is no morning"
    clock[0], telegram.refuse = START, lambda _chat: None
    assert send(store, telegram, MORNING_OF_DAY_2 + DAY) == {"delivered": 1}, "the third one the next morning"


def test_many_are_written_to_in_parts_so_that_other_things_need_not_wait(
    store: Store, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    telegram = Telegram()
    assert [send(store, telegram) for _ in range(2)] == [{"delivered": 2}, {"delivered": 1}]


# -- 4: the program ----------------------------------------------------------------------------------------


def test_the_program_sends_at_its_ticks_and_writes_its_sums_after_a_daily_one(
    store: Store, wave: str, tmp_path: Path
) -> None:
    telegram = Telegram()

    async def told() -> None:
        settings = Settings(_env_file=None, telegram_token=SecretStr(TOKEN), keys_dir=tmp_path / "keys")  # type: ignore[call-arg]
        house = House(settings, store, cast(Bot, telegram), 0.0, lambda: START)
        await house.tick(START + timedelta(minutes=1))
        house.wishes.wish(wave, Contact(99, "ur", False, EVENING))
        house.ends.add(wave, "refused")
        morning = START.replace(hour=5) + 2 * DAY  # ten in Karachi; a daily tick too
        await house.tick(morning)
        assert (len(telegram.said), left(store)) == (3, 4)
        assert dict(rows(store, "SELECT state, n FROM outcome")) == {"agreed": 1, "refused": 1}
        await house.tick(morning + timedelta(hours=8))  # the evening
        assert telegram.said[3:] == [(99, PHRASES.say("ur", "reminder-line"))]
        await house.tick(morning + DAY)
        assert dict(rows(store, "SELECT state, n FROM outcome")) == {"agreed": 1, "refused": 1, "delivered": 4}
        assert house.handler._memory._strays, "the line goes with the next wipe"

    asyncio.run(told())
