"""When updates are acknowledged, and what of them is done; with a database in a file and a bot that sends nothing.

Promises:
1. A malformed update stops no other, and is passed.
2. One that cannot be handled is rolled back alone; the person is told that it was not saved.
3. A commit that fails acknowledges nothing and shows nothing; the same updates are taken again, as if for
   the first time. Who tapped hears once that it was not saved.
4. Edited messages and groups change nothing; in a group one neutral line is said.
5. A second yes on the same message shows where one is, and never takes the secret from the chat;
   a second tap on "Open now" opens no second wave.
6. A typed word to hide changes the interview's own message; without a secret it speaks of no survey.
7. Secrets wait in memory for half an hour, messages beside for two days, tries for an hour; then they are gone.
8. Whatever a button carries, and whatever is typed, nothing raises.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from telegram import Bot
from telegram.error import NetworkError

from bot.chat import memory
from bot.chat.acts import Shelf
from bot.chat.desk import Desk
from bot.chat.handler import Handler
from bot.chat.inbound import Came
from bot.chat.memory import GRIP_SECONDS, STRAY_SECONDS
from bot.chat.outbound import AnswerTap, Delete, Later, Outbound, Outgoing, Show
from bot.chat.pace import Pace
from bot.chat.privacy import Kept
from bot.chat.updates import Updates, Waits, following
from bot.chat.wishes import Wishes
from bot.files.phrases import Phrases
from bot.store import Store, StoreTrouble, Terms, Transaction
from tests.store.sample import START, TRUST, kept, open_wave, rows

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
AMINA, BILAL = 7_000_000_001, 7_000_000_002
CONSENT = 20  # the message that shows consent, and then the interview
PHRASES = Phrases.load()


class Telegram(Bot):
    """Gives what was queued until it is acknowledged, as Telegram does; stops the loop when nothing is left."""

    def __init__(self, raws: list[Any]) -> None:
        super().__init__(TOKEN)
        with self._unfrozen():
            self.raws = raws
            self.offsets: list[int | None] = []
            self.stop: Callable[[], None] = lambda: None

    async def do_api_request(  # type: ignore[override] # the one call these tests know
        self, endpoint: str, api_kwargs: Any = None, **_more: Any
    ) -> Any:
        assert endpoint == "getUpdates"
        offset = api_kwargs.get("offset")
        self.offsets.append(offset)
        self.raws[:] = [raw for raw in self.raws if offset is None or raw["update_id"] >= offset]
        if not self.raws:
            self.stop()
            await asyncio.sleep(0)
        return list(self.raws)


SILENT = Telegram([])
"""One bot for all that only reads: making one takes long."""


class Sent:
    """Notes what would have been sent."""

    def __init__(self) -> None:
        self.out: list[Outgoing] = []

    def send(self, out: Outgoing) -> None:
        self.out.append(out)
        if isinstance(out, Show) and out.edit is not None and out.shown is not None:
            out.shown(out.edit)

    @property
    def shown(self) -> list[Show]:
        return [out for out in self.out if isinstance(out, Show)]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 5_000.0

    def __call__(self) -> float:
        return self.now


class House:
    """A handler over a store, fed with updates."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.sent = Sent()
        shelf = Shelf({"trust": (TRUST, {"survey": "trust"})})
        desk = Desk(lambda: PHRASES, lambda: shelf, lambda wave: wave, Terms(), ZoneInfo("Asia/Karachi"))
        self.wishes = Wishes(store)
        self.handler = Handler(lambda: PHRASES, desk, _no_digests, self.wishes, Kept(), clock=self.clock)

    def take(self, *raws: Any) -> list[Outgoing]:
        """One batch; returns what followed."""
        before = len(self.sent.out)
        asyncio.run(self._take(list(raws)))
        return self.sent.out[before:]

    def loop(self, *raws: Any) -> list[int | None]:
        """The loop itself, until everything is acknowledged; returns the offsets it asked with."""
        return asyncio.run(self._loop(list(raws)))

    async def _take(self, raws: list[Any]) -> None:
        await self._updates(SILENT).take(raws)

    async def _loop(self, raws: list[Any]) -> list[int | None]:
        telegram = Telegram(raws)
        updates = self._updates(telegram)
        with telegram._unfrozen():
            telegram.stop = updates.stop
        await asyncio.wait_for(updates.run(), 20)
        return telegram.offsets

    def _updates(self, bot: Bot) -> Updates:
        pace = Pace(_forget)
        return Updates(bot, self.store, self.handler, cast(Outbound, self.sent), pace, lambda: START)


async def _no_digests(_chat: int, _wave: str, _language: str, _part: str) -> tuple[Outgoing, ...]:
    return ()


async def _forget(_moment: float) -> None:
    return None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with kept(tmp_path) as store:
        yield House(store)


@pytest.fixture
def wave(house: House) -> str:
    return open_wave(house.store)


NUMBERS = itertools.count(1)


def person(id: int) -> dict[str, Any]:
    """An account, as Telegram shows it."""
    return {"id": id, "is_bot": False, "first_name": "Somebody", "language_code": "en"}


def shows(out: list[Outgoing]) -> list[Show]:
    """What is shown at once, and what is shown when all that takes its time was done."""
    found: list[Show] = []
    for one in out:
        if isinstance(one, Later):
            found += shows(list(asyncio.run(one.make())))  # type: ignore[arg-type]
        elif isinstance(one, Show):
            found.append(one)
    return found


def words(text: str, id: int = AMINA, kind: str = "message", chat: str = "private") -> dict[str, Any]:
    """Typed words."""
    number = next(NUMBERS)
    place = {"id": id if chat == "private" else -5, "type": chat}
    message = {
        "message_id": 1_000 + number,
        "date": int(START.timestamp()) - 1,
        "chat": place,
        "from": person(id),
        "text": text,
    }
    return {"update_id": number, kind: message}


def tap(data: str, id: int = AMINA, message: int = CONSENT) -> dict[str, Any]:
    """A tapped button."""
    shown = {
        "message_id": message,
        "date": int(START.timestamp()) - 60,
        "chat": {"id": id, "type": "private"},
        "text": "shown",
    }
    query = {"id": "1", "from": person(id), "chat_instance": "1", "data": data, "message": shown}
    return {"update_id": next(NUMBERS), "callback_query": query}


def agree(wave: str, id: int = AMINA) -> dict[str, Any]:
    """The yes under the consent."""
    return tap(f"o:y:{wave}:en:{11}:1:0", id)


def data_of(show: Show) -> list[str]:
    """What the buttons carry."""
    assert show.keyboard is not None
    return [str(button.callback_data) for row in show.keyboard.inline_keyboard for button in row]


def say(id: str, **values: object) -> str:
    """A phrase in English."""
    return PHRASES.say("en", id, **values)


# -- 1: malformed ---------------------------------------------------------------------------------------


MALFORMED: list[Any] = [
    {"update_id": 1},
    {"update_id": 1, "message": "words"},
    {"update_id": 1, "message": {"message_id": "x"}},
    {"update_id": 1, "callback_query": {"id": 3}},
    {"message": None},
    None,
    [],
    {"update_id": 1, "callback_query": {"id": "1", "from": person(2**80), "chat_instance": "1", "data": "o:h"}},
]


@pytest.mark.parametrize("raw", MALFORMED, ids=str)
def test_a_malformed_update_stops_no_other(house: House, wave: str, raw: Any) -> None:
    out = house.take(raw, agree(wave), raw)
    assert len([o for o in out if isinstance(o, Show)]) == 1
    assert len(rows(house.store, "SELECT * FROM session")) == 1


def test_what_is_acknowledged_lies_behind_all_that_came() -> None:
    assert following([{"update_id": 4}, {}, {"update_id": 9}, {"update_id": "x"}], None) == 10
    assert following([{}], 7) == 7


# -- 2: one that cannot be handled ----------------------------------------------------------------------


def test_one_that_cannot_be_handled_is_rolled_back_alone_and_the_person_is_told(
    house: House, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = house.handler.handle

    def handle(tx: Transaction, came: Came, now: Any) -> list[Outgoing]:
        out = honest(tx, came, now)
        if came.user == BILAL:
            raise RuntimeError("after it was written")
        return out

    monkeypatch.setattr(house.handler, "handle", handle)
    out = house.take(agree(wave, BILAL), agree(wave, AMINA), words("/start", BILAL))
    assert len(rows(house.store, "SELECT * FROM ledger")) == 1
    assert [o.hint for o in out if isinstance(o, AnswerTap) and o.chat == BILAL] == [say("hint-not-saved")]
    assert [o.text for o in out if isinstance(o, Show) and o.chat == BILAL] == [say("something-went-wrong")]
    assert [o.chat for o in out if isinstance(o, Show)].count(AMINA) == 1


# -- 3: a commit that fails -----------------------------------------------------------------------------


def test_a_commit_that_fails_acknowledges_nothing_and_the_same_updates_come_again(house: House, wave: str) -> None:
    failures = iter([True, True])
    sent_before: list[int] = []

    def fail(_connection: Any) -> None:
        if next(failures, False):
            sent_before.append(len(house.sent.shown))
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    raws = [agree(wave)]
    number = raws[0]["update_id"]
    event.listen(house.store._engine, "commit", fail)
    offsets = house.loop(*raws)
    assert offsets[:3] == [None, None, None], "asked again without acknowledging"
    assert offsets[-1] == number + 1
    assert sent_before == [0, 0], "nobody is thanked for what was not kept"
    assert len(rows(house.store, "SELECT * FROM session")) == 1
    (shown,) = house.sent.shown
    assert any(data.startswith("v1:") for data in data_of(shown))


@contextmanager
def nothing_can_be_saved(house: House) -> Iterator[None]:
    """Every commit fails in here."""

    def fail(_connection: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(house.store._engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(house.store._engine, "commit", fail)


def test_while_nothing_can_be_saved_each_tap_is_told_so_once(house: House, wave: str) -> None:
    async def rounds() -> list[Outgoing]:
        updates = house._updates(Telegram([]))
        raws = [agree(wave), words("hello", BILAL)]
        with nothing_can_be_saved(house):
            for _ in range(3):
                with pytest.raises(StoreTrouble):
                    await updates.take(raws)
        told = list(house.sent.out)
        await updates.take(raws)
        return told

    told = asyncio.run(rounds())
    assert told == [AnswerTap(AMINA, "1", say("hint-not-saved"))], "words would be typed twice: they wait"
    assert any(data.startswith("v1:") for show in house.sent.shown if show.keyboard for data in data_of(show))


def test_a_round_that_is_rolled_back_takes_nothing_from_memory(house: House, wave: str) -> None:
    house.take(agree(wave))
    house.handler._memory.stray(AMINA, 77)

    async def rounds() -> None:
        updates = house._updates(Telegram([]))
        raws = [tap("o:h:11"), words("/withdraw 123", BILAL)]
        with nothing_can_be_saved(house):
            for _ in range(7):
                with pytest.raises(StoreTrouble):
                    await updates.take(raws)
        house.sent.out.clear()
        await updates.take(raws)

    asyncio.run(rounds())
    assert {m for o in house.sent.out if isinstance(o, Delete) and o.chat == AMINA for m in o.messages} == {11, 77}
    assert say("withdraw-unknown") in [show.text for show in house.sent.shown], "five tries, not five rounds"


def test_however_long_telegram_is_away_the_wait_stays_under_a_minute() -> None:
    waits = Waits()
    assert all(0 < waits.after(NetworkError("away")) <= 60 for _ in range(3_000))


def test_however_long_nothing_can_be_saved_it_is_tried_again_every_few_seconds() -> None:
    waits = Waits()
    assert all(0 < waits.after(StoreTrouble("full")) <= 4 for _ in range(3_000))


def test_all_that_came_is_acknowledged_after_one_commit(house: House, wave: str) -> None:
    commits: list[int] = []
    event.listen(house.store._engine, "commit", lambda _connection: commits.append(1))
    raws = [agree(wave, AMINA), agree(wave, BILAL), words("hello", 5)]
    numbers = [raw["update_id"] for raw in raws]
    assert house.loop(*raws)[1:] == [numbers[-1] + 1] * 2
    assert len(commits) == 1


# -- 4: edits and groups --------------------------------------------------------------------------------


def test_an_edited_message_changes_nothing(house: House, wave: str) -> None:
    house.take(agree(wave))
    before = rows(house.store, "SELECT * FROM session")
    assert house.take(words("hide", kind="edited_message"), words("3", kind="edited_message")) == []
    assert rows(house.store, "SELECT * FROM session") == before


@pytest.mark.parametrize("text", ["/start", "hello", "hide", "/withdraw 12345678901234567890", "/desk"])
def test_in_a_group_one_neutral_line_is_said_and_nothing_is_kept(house: House, wave: str, text: str) -> None:
    house.take(agree(wave))
    before = rows(house.store, "SELECT * FROM session")
    out = house.take(words(text, chat="supergroup"))
    assert [o.text for o in out if isinstance(o, Show)] == [say("group-line")]
    assert rows(house.store, "SELECT * FROM session") == before


# -- 5: a second yes ------------------------------------------------------------------------------------


def test_a_second_yes_on_the_same_message_shows_the_question_again(house: House, wave: str) -> None:
    first = house.take(agree(wave), agree(wave))
    later = house.take(agree(wave), tap(f"o:n:{wave}:en:11"))
    shows = [o for o in (*first, *later) if isinstance(o, Show)]
    assert len({data_of(show)[0] for show in shows}) == 1, "the same secret, the same question"
    assert all(show.edit == CONSENT for show in shows)
    assert len(rows(house.store, "SELECT * FROM session")) == 1


def test_a_late_tap_on_a_language_draws_nothing_over_the_interview(house: House, wave: str) -> None:
    house.take(agree(wave))
    house.take(words("/start"))  # memory lets go of the interview here
    out = house.take(tap(f"o:l:{wave}:en:{11}"))
    assert [o for o in out if isinstance(o, Show)] == []
    assert [o.hint for o in out if isinstance(o, AnswerTap)] == [say("hint-moved-on")]


def test_a_yes_from_before_a_restart_never_overwrites_the_interview(house: House, wave: str) -> None:
    house.take(agree(wave))
    again = House(house.store)
    (shown,) = [o for o in again.take(agree(wave)) if isinstance(o, Show)]
    assert shown.edit is None, "in a message of its own"
    assert shown.text == say("go-on-above")


def test_a_yes_whose_first_transaction_was_rolled_back_begins(house: House, wave: str) -> None:
    with pytest.raises(RuntimeError), house.store.transaction() as tx:
        house.handler.handle(tx, _came(house, agree(wave)), START)
        raise RuntimeError
    (shown,) = [o for o in house.take(agree(wave)) if isinstance(o, Show)]
    assert any(data.startswith("v1:") for data in data_of(shown))


def _came(house: House, raw: Any) -> Came:
    from bot.chat import inbound

    came = inbound.read(raw, Telegram([]))
    assert came is not None
    return came


def test_a_second_tap_on_open_now_opens_no_second_wave(house: House) -> None:
    with house.store.transaction() as tx:
        tx.desk.admit(BILAL, "owner", "en", START)
    (review,) = [o for o in house.take(tap("d:review:trust:5000:w10", BILAL)) if isinstance(o, Show)]
    go = next(data for data in data_of(review) if data.startswith("d:go"))
    shows = [o for o in house.take(tap(go, BILAL), tap(go, BILAL)) if isinstance(o, Show)]
    ((opened,),) = rows(house.store, "SELECT wave FROM wave")
    assert [opened in show.text for show in shows] == [True, True]


def test_words_older_than_the_message_of_a_question_are_no_answer_to_it(house: House, wave: str) -> None:
    first = asked_in(house.take(agree(wave)))
    older = words("1")
    older["message"]["message_id"] = CONSENT - 1
    assert asked_in(house.take(older)) == first
    assert asked_in(house.take(words("1"))) != first


def asked_in(out: list[Outgoing]) -> str:
    """The question that is shown."""
    (shown,) = [o.text for o in out if isinstance(o, Show)]
    return shown


# -- 6: hiding in words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["hide", "/hide", "delete", "چھپاؤ", "پټ کړه"])
def test_a_typed_word_to_hide_changes_the_message_of_the_interview(house: House, wave: str, word: str) -> None:
    house.take(agree(wave))
    typed = words(word)
    out = house.take(typed)
    (shown,) = [o for o in out if isinstance(o, Show)]
    if shown.text != say("hidden"):
        pytest.skip(f"{word} is no word of the bot's")
    assert (shown.edit, shown.keyboard) == (CONSENT, None)
    deleted = {message for o in out if isinstance(o, Delete) for message in o.messages}
    assert {typed["message"]["message_id"], 11} <= deleted
    assert rows(house.store, "SELECT * FROM session") == []


@pytest.mark.parametrize("word", ["hide", "/hide", "delete", "stop"])
def test_without_a_secret_a_word_to_hide_speaks_of_no_survey(house: House, wave: str, word: str) -> None:
    house.take(agree(wave))
    again = House(house.store)
    (shown,) = [o for o in again.take(words(word)) if isinstance(o, Show)]
    assert (shown.text, shown.keyboard) == (say("hidden"), None)


# -- 7: what is remembered ------------------------------------------------------------------------------


def test_a_secret_waits_half_an_hour_and_is_gone_without_anybody_writing(house: House, wave: str) -> None:
    house.take(agree(wave))
    house.clock.now += GRIP_SECONDS - 1
    house.handler.sweep()
    assert len(house.handler._memory._awaiting) == 1
    house.clock.now += 2
    house.handler.sweep()
    assert house.handler._memory._awaiting == {}
    (shown,) = [o for o in house.take(words("3")) if isinstance(o, Show)]
    assert shown.text == say("go-on-above")


def test_messages_beside_and_tries_are_forgotten_in_time(house: House) -> None:
    for show in [o for o in house.take(words("hello"), words("/withdraw 123")) if isinstance(o, Show)]:
        assert show.shown is not None
        show.shown(77)
    assert len(house.handler._memory._strays) == len(house.handler._memory._withdrawals) == 1
    house.clock.now += 3_601
    house.handler.sweep()
    assert house.handler._memory._withdrawals == {}
    house.clock.now += STRAY_SECONDS
    house.handler.sweep()
    assert house.handler._memory._strays == {}


def test_only_so_many_chats_are_remembered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_CHATS", 10)
    for chat in range(1, 30):
        house.handler._memory.stray(chat, 1)
    house.take(*(words("/withdraw 123", chat) for chat in range(1, 30)))
    assert sorted(house.handler._memory._strays) == list(range(20, 30))
    assert len(house.handler._memory._withdrawals) == 10


def test_five_tries_to_withdraw_an_hour(house: House) -> None:
    said = []
    for _ in range(7):
        said += [o.text for o in house.take(words("/withdraw 123")) if isinstance(o, Show)]
        house.clock.now += 1
    assert said == [say("withdraw-unknown")] * 5 + [say("withdraw-later")] * 2
    house.clock.now += 3_601
    (later,) = [o.text for o in house.take(words("/withdraw 123")) if isinstance(o, Show)]
    assert later == say("withdraw-unknown")


def test_messages_beside_the_interview_go_with_the_wipe(house: House, wave: str) -> None:
    house.take(agree(wave))
    house.handler._memory.stray(AMINA, 77)
    out = house.take(tap("o:h:11"))
    assert {m for o in out if isinstance(o, Delete) for m in o.messages} == {11, 77}


# -- 8: forgery -----------------------------------------------------------------------------------------


FORGED = st.one_of(
    st.text(max_size=70),
    st.from_regex(r"v1:[A-Za-z0-9_-]{22}:[0-3]:\d{1,3}:([+-]\d{1,3}|\d{1,3}|[a-zS])?:\d{1,6}", fullmatch=True),
    st.from_regex(r"o:[a-zA-Z]:([a-z0-9]{1,16}|-):(ur|ps|en|xx|-):\d{1,16}(:\d{1,6}:[0-3])?", fullmatch=True),
    st.from_regex(
        r"d:(home|wave|go|review|cad|hour|day|every|speak|close|sched)(:[A-Za-z0-9.-]{1,32}){0,4}", fullmatch=True
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(forged=FORGED, typed=st.text(max_size=30))
def test_whatever_a_button_carries_or_is_typed_nothing_raises(house: House, forged: str, typed: str) -> None:
    with house.store.transaction() as tx:
        tx.desk.admit(BILAL, "owner", "en", START)
    out = house.take(tap(forged), tap(forged, BILAL), words(typed), words(f"/start {typed}"))
    assert {o.chat for o in out} == {AMINA, BILAL}
    assert all(o.hint != say("hint-not-saved") for o in out if isinstance(o, AnswerTap) and o.chat == AMINA)
