"""Words typed in reply to the desk.

1. They reach what the button of that message asks for, from whoever may, and nobody else's do.
2. A keyword does what it says, and words in reply to anything else go on as before.
3. What a message no longer fits is answered with the desk, and breaks nothing.
4. Signs that nobody sees are taken out; too much is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot.chat.acts import Shelf
from bot.chat.codec import encode
from bot.chat.desk import Desk
from bot.chat.desk.typed import TooLong, Typed, cleaned
from bot.chat.handler import Handler
from bot.chat.inbound import Came, Words, read
from bot.chat.outbound import Show
from bot.chat.privacy import Kept
from bot.chat.said import Said
from bot.chat.wishes import Wishes
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Screen, Text
from bot.files.phrases import Phrases
from bot.store import Coordinator, Store, Terms, Transaction
from tests.store.sample import START, kept

CHAT = 42
PHRASES = Phrases.load()
NAME = Asked("name", ("p1",))


class Room:
    """A desk at which a name may be typed; what was typed is kept."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.typed: list[tuple[tuple[str, ...], str]] = []
        self.desk = Desk(lambda: PHRASES, lambda: Shelf({}), str, Terms(k=5), ZoneInfo("UTC"))
        self.desk.typed = Typed({"name": (roles.OPEN, self._name), "gone": (roles.OPEN, self._gone)})
        self.handler = Handler(lambda: PHRASES, self.desk, _no_digests, Wishes(store), Kept(12, 5))

    def _name(
        self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], words: str, _now: datetime
    ) -> Said:
        self.typed.append((values, cleaned(words, 20)))
        return Said(Screen(who.language, (Text("thanks"),)))

    def _gone(self, *_told: object) -> Said:
        raise KeyError("gone")

    def admit(self, role: str) -> None:
        with self.store.transaction() as tx:
            tx.desk.admit(CHAT, role, "en", START)

    def say(self, words: str, *about: Asked) -> list[str]:
        """What the chat shows after these words were typed in reply to a message with such buttons."""
        came = Came(CHAT, CHAT, 7, Words(words, about), "en")
        with self.store.transaction() as tx:
            return [out.text for out in self.handler.handle(tx, came, START) if isinstance(out, Show)]


async def _no_digests(*_asked: object) -> tuple[()]:
    return ()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with kept(tmp_path) as store:
        yield Room(store)


def test_words_in_reply_reach_what_the_button_asks_for(room: Room) -> None:
    room.admit(roles.COORDINATOR)
    assert room.say("Clean  water", Asked("home"), NAME) == ["thanks"]
    assert room.typed == [(("p1",), "Clean water")]


@pytest.mark.parametrize("role", [None, roles.VIEWER, roles.STEWARD])
def test_nobody_else_s_words_are_taken(room: Room, role: str | None) -> None:
    if role is not None:
        room.admit(role)
    assert room.say("Clean water", NAME) == room.say("Clean water")
    assert room.typed == []


def test_words_in_reply_to_anything_else_go_on_as_before(room: Room) -> None:
    room.admit(roles.OWNER)
    assert room.say("Clean water", Asked("home"), Asked("wave", ("abc",))) == room.say("Clean water")
    assert room.typed == []


@pytest.mark.parametrize("word", ["hide", "stop", "چھپائیں", "help"])
def test_a_keyword_does_what_it_says_everywhere(room: Room, word: str) -> None:
    room.admit(roles.OWNER)
    assert room.say(word, NAME) == room.say(word)
    assert room.typed == []


def test_what_a_message_no_longer_fits_is_answered_with_the_desk(room: Room) -> None:
    room.admit(roles.OWNER)
    (shown,) = room.say("Clean water", Asked("gone"))
    assert shown.startswith(PHRASES.say("en", "desk-outdated"))
    (too_long,) = room.say("w" * 21, NAME)
    assert too_long.startswith(PHRASES.say("en", "desk-outdated"))
    assert room.typed == []


def test_an_update_says_to_which_buttons_it_replies() -> None:
    bot = Bot("123:" + "A" * 35)
    button = {"text": "x", "callback_data": encode(NAME, None)}
    of_the_desk = {**_message("?"), "reply_markup": {"inline_keyboard": [[button]]}}
    for replied, about in ((of_the_desk, (NAME,)), (_message("?"), ()), (None, ())):
        message = _message("Clean water") | ({} if replied is None else {"reply_to_message": replied})
        came = read({"update_id": 1, "message": message}, bot)
        assert came is not None
        assert came.did == Words("Clean water", about)


def _message(words: str) -> dict[str, Any]:
    who = {"id": CHAT, "is_bot": False, "first_name": "A"}
    chat = {"id": CHAT, "type": "private", "first_name": "A"}
    return {"message_id": 7, "date": 1, "chat": chat, "from": who, "text": words}


@given(words=st.text(max_size=60), most=st.integers(1, 40))
def test_what_is_kept_is_one_line_that_fits(words: str, most: int) -> None:
    try:
        line = cleaned(words, most)
    except TooLong:
        return
    assert 0 < len(line) <= most and "\n" not in line
    assert cleaned(line, most) == line


def test_no_letter_is_cut_off() -> None:
    assert cleaned("a" * 40, 40) == "a" * 40
    with pytest.raises(TooLong):
        cleaned("a" * 41, 40)
