"""On a phone that others hold.

1. Whatever somebody taps, types or sends, every screen they can see has a button that hides it, or says nothing
   of a survey.
2. Hiding at any message turns it into a greeting at once, takes all that stands beside off the phone with it, the
   interview's own message too, and drops the answers; also where Telegram deletes the message no more.
3. What Telegram keeps is said in one neutral line, with the number and what to do; what was gone already is not.
4. A new message never shows words of a survey in its notification.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import BadRequest

from bot.chat.outbound import Delete, Outbound, Show
from bot.chat.pace import Pace
from bot.core.survey import LANGUAGES
from tests.chat.test_prompts import A, P, Phone
from tests.chat.test_prompts import button as button_of
from tests.chat.test_updates import AMINA, BILAL, CONSENT, PHRASES, House, agree, say, shows, tap, words
from tests.core.sample import note
from tests.store import sample
from tests.store.sample import START, TRUST, kept, open_wave, rows

GREETINGS = {PHRASES.say(language, "hidden") for language in LANGUAGES}
HIDES = {PHRASES.say(language, id) for language in LANGUAGES for id in ("button-hide", "button-wipe")}
NEUTRAL = {PHRASES.say(language, "not-deleted", n=n).split(":")[0] for language in LANGUAGES for n in (1, 2)}
TYPED = (
    "help",
    "stop",
    "language",
    "back",
    "1",
    "x",
    "hide",
    "forget me",
    "/start",
    "/privacy",
    "/withdraw",
    "/x",
)


def labels(show: Show) -> list[tuple[str, str]]:
    """The buttons: their words, and what they carry."""
    rows_ = [] if show.keyboard is None else show.keyboard.inline_keyboard
    return [(button.text.strip("\u200f"), str(button.callback_data)) for row in rows_ for button in row]


# -- every screen (promise 1) -----------------------------------------------------------------------------


REACHED = (
    *("do-you-agree", "refused", "choose-language", "help", "stopped", "review-title", "thanks", "go-on-above"),
    *("start-over-means", "already-answered", "nothing-to-do", "question-closed", "use-the-buttons"),
)
"""Phrases that the walks must have come by, or they have not seen enough."""

LAST = re.compile(r"o:h|v1:.*:[hsS]:|o:n:")
"""Buttons that end what one walks through: hide, send, refuse."""


def kind(data: str) -> str:
    """What a button does, whatever interview and step it is of."""
    return re.sub(r"^v1:[^:]+|:\d+$", "", data)


def walk(house: House, wave: str) -> list[Show]:
    """Everything that is shown to somebody who taps every button there is, those that end it last, and types."""
    seen = shows(house.take(words(f"/start {wave}")))
    tapped: set[str] = set()
    typed = list(TYPED)
    for _ in range(150):
        house.clock.now += 9
        waiting = [data for show in seen[::-1] for _, data in labels(show) if kind(data) not in tapped]
        calm = [data for data in waiting if not LAST.match(data)]
        if typed and (not calm or len(tapped) % 3 == 0):
            seen += shows(house.take(words(typed.pop(0))))
        if waiting:
            data = (calm or waiting)[0]
            tapped.add(kind(data))
            seen += shows(house.take(tap(data)))
        if not (waiting or typed):
            break
    return seen


def test_every_screen_that_anybody_can_see_can_be_hidden(tmp_path: Path) -> None:
    seen: list[Show] = []
    with kept(tmp_path) as store:
        for survey in ("trust", "telling"):
            house, wave = House(store), open_wave(store, survey=survey)
            seen += walk(house, wave)
            again = shows(house.take(tap(f"o:u:{wave}:en:11:1:0", BILAL)))
            seen += shows(house.take(words(f"/start {wave}", BILAL), tap(f"o:s:{wave}:en:11", BILAL, 31)))
            for label in ("swat (en)", "woman (en)", "yes (en)", say("button-send")):
                again += shows(house.take(tap(button_of(list(again), label), BILAL)))
            seen += again + shows(house.take(words(f"/start {wave}", BILAL), words("/start none", BILAL)))
            seen += shows(house.take(tap(f"o:n:{wave}:en:11", BILAL, 30), words("what", BILAL)))
    for show in seen:
        hides = any(label in HIDES for label, _ in labels(show))
        harmless = show.text.strip("\u200f") in GREETINGS or show.text.split(":")[0] in NEUTRAL
        assert hides or harmless, show.text
    said = "\n".join(show.text for show in seen)
    assert [id for id in REACHED if not any(_head(id, language) in said for language in LANGUAGES)] == []


def _head(id: str, language: str) -> str:
    return PHRASES.say(language, id, **dict.fromkeys(PHRASES.values(id), 14)).split("\n")[0][:24]


# -- hiding (promise 2) -----------------------------------------------------------------------------------


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def house(tmp_path: Path, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A wave that begins with a picture that can be heard."""
    first = replace(note("seen"), audio={"en": A}, picture=P)
    monkeypatch.setitem(sample.SURVEYS, "trust", replace(TRUST, questions=(first, *TRUST.questions)))
    with kept(tmp_path) as store:
        one = House(store)
        one.handler._prompts._sender = phone
        yield one


def test_hiding_at_a_message_beside_hides_the_interview_with_all_that_stands_there(
    house: House, phone: Phone
) -> None:
    out = house.take(agree(open_wave(house.store)))
    phone.take(out)
    phone.take(house.take(tap(button_of(out, say("button-listen")))))
    phone.arrive()
    assert phone.kinds() == ["photo", "voice"]
    (beside,) = shows(house.take(words("/privacy")))
    assert beside.shown is not None
    beside.shown(77)
    assert len(rows(house.store, "SELECT * FROM session")) == 1
    hidden = house.take(tap("o:h", message=77))
    phone.take(hidden)
    assert phone.there == {}
    assert [(show.edit, show.text) for show in shows(hidden)] == [(77, say("hidden"))]
    gone = {id for one in hidden if isinstance(one, Delete) for id in one.messages}
    assert CONSENT in gone, "the interview's own message"
    assert rows(house.store, "SELECT * FROM session") == []


def test_a_message_that_telegram_deletes_no_more_is_changed_all_the_same(house: House) -> None:
    out = house.take(agree(open_wave(house.store)))
    old = tap(button_of(out, say("button-hide")))
    old["callback_query"]["message"]["date"] = int(START.timestamp()) - 60 * 3600
    (show,) = shows(house.take(old))
    assert (show.edit, show.instead, show.text) == (CONSENT, None, say("hidden"))


# -- what stays (promise 3) and notifications (promise 4) -------------------------------------------------


class Telegram:
    """Keeps messages 1 to 9 for being too old, knows nothing of those above 90, and notes what was sent."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []
        self.texts: dict[int, str] = {}
        self.refuse_once: Exception | None = None

    async def delete_messages(self, _chat: int, messages: list[int]) -> None:
        if any(id < 10 for id in messages):
            raise BadRequest("message can't be deleted for everyone")

    async def delete_message(self, _chat: int, message: int) -> None:
        if message < 10:
            raise BadRequest("message can't be deleted for everyone")
        if message > 90:
            raise BadRequest("message to delete not found")

    async def send_message(self, _chat: int, text: str, **more: Any) -> Any:
        self.said.append((text, bool(more.get("disable_notification"))))
        self.texts[50 + len(self.said)] = text
        return type("Sent", (), {"message_id": 50 + len(self.said)})()

    async def edit_message_text(self, text: str, *, message_id: int, **_more: Any) -> None:
        if self.refuse_once is not None:
            refusal, self.refuse_once = self.refuse_once, None
            raise refusal
        self.texts[message_id] = text


@asynccontextmanager
async def sending(telegram: Telegram) -> AsyncIterator[Outbound]:
    async def forget(_moment: float) -> None:
        return

    pace = Pace(forget)
    yield Outbound(cast(Bot, telegram), pace)
    await pace.flush(20)


@given(st.sets(st.integers(1, 99), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
def test_what_telegram_keeps_is_said_once_with_its_number(messages: set[int]) -> None:
    async def delete() -> Telegram:
        telegram = Telegram()
        async with sending(telegram) as out:
            out.send(
                Delete(AMINA, tuple(messages), left=lambda left: (Show(AMINA, f"{left} stay", None, quiet=True),))
            )
        return telegram

    stay = sum(id < 10 for id in messages)
    assert asyncio.run(delete()).said == ([(f"{stay} stay", True)] if stay else [])


def test_hiding_says_what_stays_in_the_language_of_the_screen(house: House) -> None:
    out = house.take(agree(open_wave(house.store)))
    hidden = house.take(tap(button_of(out, say("button-hide"))))
    (delete,) = [one for one in hidden if isinstance(one, Delete) and one.left is not None]
    assert delete.left is not None
    (line,) = delete.left(2)
    assert isinstance(line, Show)
    assert (line.text, line.quiet, line.keyboard) == (say("not-deleted", n=2), True, None)


@pytest.mark.parametrize("refused", [False, True])
def test_a_new_message_says_its_words_only_after_its_notification(refused: bool) -> None:
    async def show() -> Telegram:
        telegram = Telegram()
        telegram.refuse_once = BadRequest("Bad gateway") if refused else None
        async with sending(telegram) as out:
            out.send(Show(AMINA, "Do you trust the police?", None, instead=3, veil="Greetings"))
        return telegram

    telegram = asyncio.run(show())
    assert telegram.said == [("Greetings", False)]
    if not refused:
        assert telegram.texts[51] == "Do you trust the police?"
        assert telegram.texts[3] == "Greetings", "what could not be deleted is harmless"


def test_whatever_speaks_of_a_survey_is_veiled(house: House) -> None:
    wave = open_wave(house.store)
    seen = shows(house.take(words(f"/start {wave}"), tap(f"o:l:{wave}:en:11"), agree(wave)))
    assert [show.veil for show in seen] == ["", say("hidden"), say("hidden")]
