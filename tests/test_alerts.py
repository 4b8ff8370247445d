"""Coordinators are told that a group is behind.

Promises:
1. Whoever may open waves is told in the own language, after a release and with a button to the whole screen; a
   viewer is not, nor anybody before something could be shown, nor where chance explains what is seen.
2. At most once a week for each wave, and not for figures of which they know; also over a restart, where several
   tick at once, and where Telegram asks to wait. What a network lost is told a week later.
3. Once the wave is closing nobody is told, and nothing of it is kept when it has ended.
4. The text follows from the figures that are published, the terms and the survey: who waits and who takes answers
   back changes no letter of it, nor whether it comes.
5. The program tells at its ticks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.alerts import Alerts
from bot.app import House
from bot.chat.codec import decode
from bot.chat.desk.inclusion import Inclusion
from bot.chat.outbound import Outbound
from bot.chat.pace import Pace
from bot.core import roles
from bot.core.cadence import DAY
from bot.core.events import Asked
from bot.core.survey import Answer
from bot.files.phrases import Phrases
from bot.settings import Settings
from bot.store import Store
from tests.chat.test_updates import TOKEN
from tests.languages import speaks
from tests.store.sample import START, kept, open_wave, rows, send, tick_at
from tests.told import CHATS, LANGUAGE, Telegram

PHRASES = Phrases.load()
VIEWER = 7_000_000_009
MAN: dict[str, Answer] = {"district": "swat", "gender": "man", "met": "yes", "age": "b18_29"}
WOMAN: dict[str, Answer] = {**MAN, "gender": "woman"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        tick_at(one, 0)
        with one.transaction() as tx:
            for chat, language in LANGUAGE.items():
                tx.desk.admit(chat, roles.COORDINATOR, language, START)
            tx.desk.admit(VIEWER, roles.VIEWER, "en", START)
        yield one


def opened(store: Store, **terms: Any) -> str:
    """A wave that aims at half women."""
    return open_wave(store, survey="aimed", **{"leave_behind": 0, "targets": {"women": 50}, **terms})


def answer(store: Store, wave: str, first: int, men: int, women: int = 0) -> list[str]:
    """So many send; returns their receipts."""
    people = [MAN] * men + [WOMAN] * women
    with store.transaction() as tx:
        return [send(tx, wave, first + n, given) for n, given in enumerate(people)]


def pass_days(store: Store, first: int, last: int) -> None:
    for day in range(first, last + 1):
        tick_at(store, day)


async def _forget(_moment: float) -> None:
    return None


def tell(store: Store, telegram: Telegram, day: float, times: int = 1) -> list[tuple[int, str]]:
    """So many programs tick at once; returns who was told what."""
    before = len(telegram.said)

    async def one() -> None:
        pace, bot = Pace(_forget), cast(Bot, telegram)
        inclusion = Inclusion(lambda: PHRASES, lambda: ())
        alerts = Alerts(store, bot, lambda: PHRASES, pace, Outbound(bot, pace), inclusion)
        await alerts.send_due(START + day * DAY)

    async def story() -> None:
        await asyncio.gather(*(one() for _ in range(times)))

    asyncio.run(story())
    return telegram.said[before:]


def chats(said: list[tuple[int, str]]) -> list[int]:
    return sorted(chat for chat, _ in said)


# -- 1: who is told, and what -------------------------------------------------------------------------------


def test_whoever_may_open_waves_is_told_in_the_own_language(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 6)
    assert tell(store, telegram, 6) == [], "nothing is released yet"
    tick_at(store, 7)
    said = dict(tell(store, telegram, 7))

    assert sorted(said) == CHATS
    for chat, language in LANGUAGE.items():
        assert PHRASES.say(language, "digest-reach-aim", number=50) in said[chat]
        assert PHRASES.say(language, "reached-under-aim") in said[chat]
        assert PHRASES.say(language, "reached-way-share") in said[chat]
        assert wave in said[chat]
    assert "Women: at most 1 in 10" in said[CHATS[2]]
    assert "Youth" not in said[CHATS[2]], "of them there are more than their share"
    assert {decode(data) for data in telegram.data} == {Asked("reached", (wave,))}


def test_a_release_that_shows_nothing_tells_nobody(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=4)
    pass_days(store, 1, 7)

    assert tell(store, telegram, 7) == []


def test_where_chance_explains_it_nobody_is_told(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=12, women=10)
    pass_days(store, 1, 7)

    assert tell(store, telegram, 7) == []


def test_who_was_removed_or_made_a_viewer_is_not_told(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)
    with store.transaction() as tx:
        tx.desk.remove(CHATS[0])
        tx.desk.admit(CHATS[1], roles.VIEWER, "ps", START)

    assert chats(tell(store, telegram, 7)) == [CHATS[2]]


def test_who_is_removed_leaves_nothing_of_what_they_were_told(store: Store) -> None:
    wave = opened(store)
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)
    tell(store, Telegram(), 7)
    with store.transaction() as tx:
        tx.desk.remove(CHATS[0])

    assert [chat for (chat,) in rows(store, "SELECT chat FROM alert ORDER BY chat")] == CHATS[1:]


# -- 2: how often -------------------------------------------------------------------------------------------


def test_at_most_once_a_week_and_only_when_the_figures_changed(store: Store) -> None:
    wave, told = opened(store, schedule="daily"), []
    answer(store, wave, 0, men=40)
    for day in range(1, 30):
        tick_at(store, day)
        if day == 4:
            answer(store, wave, 100, men=20)
        if said := tell(store, Telegram(), day):
            told.append((day, len(said)))

    assert told == [(2, 3), (9, 3)], "then nothing is new, however many releases there are"


def test_a_group_that_caught_up_is_told_of_again_when_it_falls_back(store: Store) -> None:
    wave, told = opened(store), []
    answer(store, wave, 0, men=20)
    for day in range(1, 36):
        tick_at(store, day)
        if day == 8:
            answer(store, wave, 100, men=0, women=20)
        if day == 15:
            answer(store, wave, 200, men=60)
        if tell(store, Telegram(), day):
            told.append(day)

    assert told == [7, 21]


def test_each_wave_has_a_week_of_its_own(store: Store) -> None:
    telegram = Telegram()
    for first in (0, 100):
        answer(store, opened(store), first, men=20)
    pass_days(store, 1, 7)

    assert chats(tell(store, telegram, 7)) == sorted([*CHATS, *CHATS])


def test_several_that_tick_at_once_and_a_restart_tell_once(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)

    assert chats(tell(store, telegram, 7, times=3)) == CHATS
    assert tell(store, telegram, 7.1) == []


def test_a_message_that_telegram_asks_to_wait_with_is_sent_once(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)
    waits = iter([True])
    telegram.refuse = lambda _chat: RetryAfter(timedelta(seconds=0)) if next(waits, False) else None

    assert chats(tell(store, telegram, 7)) == CHATS


def test_while_telegram_does_not_answer_nothing_is_lost(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)
    telegram.reachable = False
    assert tell(store, telegram, 7) == []
    telegram.reachable = True

    assert chats(tell(store, telegram, 7.1)) == CHATS


def test_what_a_network_lost_is_told_a_week_later_and_a_blocked_bot_keeps_nobody_else(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)
    errors = {CHATS[0]: NetworkError("broken off"), CHATS[1]: Forbidden("bot was blocked by the user")}
    telegram.refuse = errors.get
    assert chats(tell(store, telegram, 7)) == [CHATS[2]]
    telegram.refuse = lambda _chat: None

    assert tell(store, telegram, 13.9) == [], "it may have arrived, so the week counts"
    assert chats(tell(store, telegram, 14)) == [CHATS[0]]


# -- 3: the end ---------------------------------------------------------------------------------------------


def test_once_a_wave_is_closing_nobody_is_told_and_nothing_stays(store: Store) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 7)
    tell(store, Telegram(), 7)
    answer(store, wave, 100, men=40)
    with store.transaction() as tx:
        tx.waves.close(wave)
    pass_days(store, 8, 16)

    assert tell(store, telegram, 16) == []
    assert rows(store, "SELECT count(*) FROM alert") == [(0,)]


# -- 4: nothing finer than a summary ------------------------------------------------------------------------


def test_who_waits_and_who_takes_answers_back_moves_no_letter(store: Store, tmp_path: Path) -> None:
    said = []
    for name, more, back in (("plain", 0, 0), ("more", 4, 0), ("back", 4, 20)):
        with kept(tmp_path / name) as other:
            tick_at(other, 0)
            with other.transaction() as tx:
                tx.desk.admit(CHATS[2], roles.OWNER, "en", START)
            wave = opened(other)
            receipts = answer(other, wave, 0, men=40)
            pass_days(other, 1, 7)
            first = tell(other, Telegram(), 7)
            answer(other, wave, 200, men=0, women=more)
            for receipt in receipts[:back]:
                with other.transaction() as tx:
                    assert tx.vault.withdraw(receipt)
            pass_days(other, 8, 14)
            said.append([(text.replace(wave, "-"), chat) for chat, text in first + tell(other, Telegram(), 14)])

    assert len(said[0]) == 1
    assert said[0] == said[1] == said[2]


# -- 5: the program -----------------------------------------------------------------------------------------


def test_the_program_tells_at_its_ticks(store: Store, tmp_path: Path) -> None:
    wave, telegram = opened(store), Telegram()
    answer(store, wave, 0, men=40)
    pass_days(store, 1, 6)

    async def told() -> None:
        settings = Settings(_env_file=None, telegram_token=SecretStr(TOKEN), keys_dir=tmp_path / "keys")  # type: ignore[call-arg]
        house = House(settings, store, cast(Bot, telegram), 0.0, lambda: START)
        await house.tick(START + 7 * DAY)
        assert chats(telegram.said) == CHATS
        await house.tick(START + 8 * DAY)
        assert len(telegram.said) == 3

    asyncio.run(told())
    for chat, text in telegram.said:
        assert speaks(text) >= {LANGUAGE[chat]}
