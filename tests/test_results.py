"""One line to whoever asked to hear of a result, and nobody twice.

Promises:
1. Once a wave has ended with its last release, and what was heard was approved or two weeks have passed, everybody
   who wished hears one neutral line in the own language, with a button to read; the rows are gone then. Before
   that nobody hears anything, and at night nobody does.
2. Whoever blocked the bot is forgotten. Where Telegram does not answer, nobody is; the next tick goes on.
3. Two who tick at once, and a wait that Telegram asks for, send one line. What is killed while it sends loses
   the lines that were on their way at most. Paused, nothing leaves; cancelled, nothing ever does.
4. The bot writes what people wished after a daily tick, whoever did it; `aitbar tick` tells, and writes nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot import results
from bot.app import House
from bot.chat.codec import decode
from bot.chat.desk.heard import hold
from bot.chat.outbound import Outbound
from bot.chat.pace import Pace
from bot.core.cadence import DAY
from bot.core.events import WantedToRead
from bot.files.phrases import Phrases
from bot.results import Results
from bot.settings import Settings
from bot.store import Contact, Entry, Store
from bot.store.heard import HEARD
from tests.chat.test_updates import TOKEN
from tests.store.sample import START, kept, open_wave, rows, send_many, tick_at
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


TWO_DAYS_ON = START.replace(hour=10) + 2 * DAY
"""When the lines may leave: by day, after the last release."""


def end(store: Store, wave: str, *, approved: bool = True) -> None:
    """The wave is closed, its last release made, and the coordinators' words approved."""
    with store.transaction() as tx:
        tx.waves.close(wave)
    tick_at(store, 1)
    tick_at(store, 2)
    if approved:
        approve(store, wave)


def approve(store: Store, wave: str) -> None:
    """Two coordinators have agreed to these words."""
    with store.transaction() as tx:
        assert tx.heard.approve(Entry(wave, HEARD, (), {"ur": "سڑک بنے گی۔"}), TWO_DAYS_ON.date())


def tell(store: Store, telegram: Telegram, times: int = 1, moment: datetime = TWO_DAYS_ON) -> Counter[str]:
    """So many tick at once; returns what they counted."""
    counted: Counter[str] = Counter()

    async def story() -> None:
        await asyncio.gather(*(one(store, telegram, counted)(moment) for _ in range(times)))

    asyncio.run(story())
    return counted


def one(
    store: Store, telegram: Telegram, counted: Counter[str] | None = None
) -> Callable[[datetime], Awaitable[bool]]:
    """What one program does at a tick."""
    pace = Pace(_forget)
    bot = cast(Bot, telegram)
    sums: Counter[str] = Counter() if counted is None else counted

    def count(_wave: str, state: str) -> None:
        sums[state] += 1

    return Results(store, bot, lambda: PHRASES, pace, Outbound(bot, pace), UTC, count).tell


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
    assert (telegram.said, left(store)) == ([], 3), "the coordinators' words are waited for"
    approve(store, wave)
    assert tell(store, telegram) == {"told": 3}
    assert (len(telegram.said), left(store)) == (3, 0)


def test_without_words_the_plain_line_goes_two_weeks_after_the_end(store: Store, wave: str) -> None:
    end(store, wave, approved=False)
    telegram = Telegram()
    tell(store, telegram, moment=TWO_DAYS_ON + 13 * DAY)
    assert telegram.said == []
    tell(store, telegram, moment=TWO_DAYS_ON + 14 * DAY)
    assert (len(telegram.said), left(store)) == (3, 0)


@pytest.mark.parametrize("hour", [21, 23, 0, 7])
def test_nothing_leaves_at_night(store: Store, wave: str, hour: int) -> None:
    end(store, wave)
    telegram = Telegram()
    tell(store, telegram, moment=TWO_DAYS_ON.replace(hour=hour) + DAY)
    assert (telegram.said, left(store)) == ([], 3)


def test_under_the_line_is_a_button_to_read_and_the_line_says_nothing_of_the_words(
    store: Store, wave: str
) -> None:
    end(store, wave)
    telegram = Telegram()
    tell(store, telegram)
    assert {decode(data) for data in telegram.data} == {WantedToRead(wave, code) for code in LANGUAGE.values()}
    assert not any("سڑک" in line for _, line in telegram.said)


def test_paused_nothing_leaves_and_going_on_sends_the_rest(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    with store.transaction() as tx:
        tx.heard.pause(wave)
    tell(store, telegram)
    assert (telegram.said, left(store)) == ([], 3)
    with store.transaction() as tx:
        tx.heard.go_on(wave)
    tell(store, telegram)
    assert (len(telegram.said), left(store)) == (3, 0)


@pytest.mark.parametrize("afterwards", ["pause", "go on", "approve"])
def test_cancelled_nobody_is_written_to_whatever_follows(store: Store, wave: str, afterwards: str) -> None:
    end(store, wave, approved=False)
    telegram = Telegram()
    with store.transaction() as tx:
        assert hold(tx, wave, "cancel")
    assert left(store) == 0
    with store.transaction() as tx:  # a wish that lay in memory meanwhile
        tx.contacts.keep([(wave, Contact(chat, language)) for chat, language in LANGUAGE.items()])
        if afterwards == "approve":
            tx.heard.approve(Entry(wave, HEARD, (), {"en": "A road."}), TWO_DAYS_ON.date())
        else:
            assert not hold(tx, wave, afterwards)
    tell(store, telegram, moment=TWO_DAYS_ON + 20 * DAY)
    assert telegram.said == []
    with store.transaction() as tx:
        tx.contacts.expire(TWO_DAYS_ON.date())
    assert left(store) == 0


def test_what_is_cancelled_while_lines_are_on_their_way_stops_the_others(store: Store, wave: str) -> None:
    end(store, wave)
    many(store, wave, 60)
    telegram = Telegram()

    def cancel_at_once(_chat: int) -> None:
        if len(telegram.said) == 20:
            with store.transaction() as tx:
                hold(tx, wave, "cancel")

    telegram.refuse = cancel_at_once
    tell(store, telegram)
    assert 20 <= len(telegram.said) <= 20 + results.AT_A_TIME
    assert left(store) == 0


def test_who_answered_decides_nothing_of_who_is_written_to(store: Store, wave: str) -> None:
    """Two waves alike in their wishes; in one of them people answered, in the other nobody did."""
    other = open_wave(store, survey="telling")
    with store.transaction() as tx:
        tx.contacts.keep([(other, Contact(chat, language)) for chat, language in LANGUAGE.items()])
    send_many(store, other, range(12), {"district": "swat", "gender": "woman"})
    told: list[list[int]] = []
    for one in (wave, other):
        with store.transaction() as tx:
            tx.waves.close(one)
    tick_at(store, 1)
    tick_at(store, 2)
    for one in (wave, other):
        telegram = Telegram()
        approve(store, one)
        tell(store, telegram)
        told.append(sorted(chat for chat, _ in telegram.said))
    assert told == [sorted(CHATS), sorted(CHATS)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["tick", "kill", "pause", "go on", "deaf"]), max_size=8), st.integers(1, 14))
def test_whatever_ticks_and_is_killed_nobody_hears_twice(
    tmp_path_factory: pytest.TempPathFactory, story: list[str], people: int
) -> None:
    with kept(tmp_path_factory.mktemp("story")) as store:
        tick_at(store, 0)
        wave = open_wave(store, survey="telling")
        end(store, wave)
        many(store, wave, people)
        telegram, killed = Telegram(), 0
        for step in (*story, "go on", "tick"):
            if step in ("pause", "go on"):
                with store.transaction() as tx:
                    hold(tx, wave, step)
            elif step == "kill":
                killed += 1
                asyncio.run(_killed(store, telegram, people // 2))
            else:
                telegram.reachable = step != "deaf"
                tell(store, telegram, times=2)
        heard = [chat for chat, _ in telegram.said]
        assert len(heard) == len(set(heard))
        assert people - killed * results.AT_A_TIME <= len(heard) <= people
        assert left(store) == 0


async def _killed(store: Store, telegram: Telegram, after: int) -> None:
    """A program that is killed as its line number `after` of these is on its way: the others with it are lost."""
    stop = asyncio.Event()
    so_far = len(telegram.said)
    telegram.refuse = lambda _chat: stop.set() if len(telegram.said) >= so_far + after else None
    telling = asyncio.create_task(cast(Coroutine[Any, Any, bool], one(store, telegram)(TWO_DAYS_ON)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({telling, stopping}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    stopping.cancel()
    await asyncio.gather(telling, stopping, return_exceptions=True)
    telegram.refuse = lambda _chat: None


def many(store: Store, wave: str, people: int) -> None:
    """So many people wish to hear of the wave, and nobody else."""
    with store.transaction() as tx:
        tx.contacts.drop(wave)
        tx.contacts.keep([(wave, Contact(9_000_000_000 + number, "ur")) for number in range(people)])


def test_what_became_of_lines_is_shown_rounded_down_and_from_day_to_day(store: Store, wave: str) -> None:
    end(store, wave)
    with store.transaction() as tx:
        k = tx.waves.known(wave).terms.k
        tx.outcomes.add({(wave, "told"): 2 * k + 1, (wave, "told_blocked"): k - 1, (wave, "quit"): 5 * k})
        assert tx.outcomes.announced(wave) == {}
        tx.outcomes.freeze_announced()
        assert tx.outcomes.announced(wave) == {"told": 2 * k}
        assert "quit" not in tx.outcomes.shown(wave)


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


def test_a_network_that_breaks_off_loses_what_was_on_its_way(store: Store, wave: str) -> None:
    end(store, wave)
    telegram = Telegram()
    telegram.refuse = lambda _chat: NetworkError("broken off")
    tell(store, telegram)
    assert telegram.said == []
    assert left(store) == 0, "three lines were on their way together"


def test_a_network_that_breaks_off_loses_no_more_than_was_on_its_way(store: Store, wave: str) -> None:
    end(store, wave)
    many(store, wave, 60)
    telegram = Telegram()
    telegram.refuse = lambda _chat: NetworkError("broken off") if len(telegram.said) >= 20 else None
    counted = tell(store, telegram)
    assert len(telegram.said) == 20
    assert 60 - 20 - results.AT_A_TIME <= left(store) < 40
    assert counted["told_failed"] + left(store) == 40


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
        assert telegram.said == []
        approve(store, wave)
        morning = START.replace(hour=6) + 3 * DAY  # it is later in the land of the settings
        assert await house.tick(morning)

    story_of(store, telegram, tmp_path, story)
    assert (len(telegram.said), left(store)) == (3, 0)
    assert rows(store, "SELECT * FROM claim_code") == []
    assert rows(store, "SELECT ended FROM wave") == [((START + 2 * DAY).date().isoformat(),)]
