"""What a phone shows when a message must be replaced.

1. A message too old to be changed is replaced by a new one and deleted; a second tap on the old one changes the
   new one: no copy of a question stays behind on the phone.
2. What was replaced in one chat says nothing of another.
3. What is done beside a chat holds up none of its messages, and follows it in their order.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from telegram import Bot

from bot.chat.outbound import Later, Outbound, Outgoing, Show
from bot.chat.pace import Pace

OLD = 7


class Telegram:
    """Chats and the messages in them, numbered from 100."""

    def __init__(self) -> None:
        self.chats: dict[int, dict[int, str]] = {1: {OLD: "old"}, 2: {OLD: "old"}}
        self.newest = 99

    async def send_message(self, chat: int, text: str, **_more: Any) -> Any:
        self.newest += 1
        self.chats[chat][self.newest] = text
        return SimpleNamespace(message_id=self.newest)

    async def edit_message_text(self, text: str, chat_id: int, message_id: int, **_more: Any) -> None:
        self.chats[chat_id][message_id] = text

    async def delete_messages(self, chat: int, messages: list[int]) -> None:
        for message in messages:
            self.chats[chat].pop(message, None)


async def _after(*shows: Show) -> Telegram:
    telegram, pace = Telegram(), Pace(_forget)
    out = Outbound(cast(Bot, telegram), pace)
    for show in shows:
        out.send(show)
    await pace.flush(10)
    return telegram


async def _forget(_moment: float) -> None:
    return


def _again(chat: int, text: str, shown: list[int] | None = None) -> Show:
    return Show(chat, text, None, instead=OLD, shown=None if shown is None else shown.append)


def test_a_second_tap_on_an_old_message_leaves_no_second_copy() -> None:
    shown: list[int] = []
    telegram = asyncio.run(_after(_again(1, "second question", shown), _again(1, "here you are", shown)))
    assert telegram.chats[1] == {100: "here you are"}
    assert shown == [100, 100]


def test_what_was_replaced_in_one_chat_says_nothing_of_another() -> None:
    telegram = asyncio.run(_after(_again(1, "mine"), _again(2, "theirs")))
    assert sorted(telegram.chats[1].values()) + sorted(telegram.chats[2].values()) == ["mine", "theirs"]


def test_what_is_done_beside_a_chat_holds_up_none_of_its_messages() -> None:
    telegram = asyncio.run(_hidden_meanwhile())
    assert telegram.chats[1] == {OLD: "hidden", 100: "done"}


async def _hidden_meanwhile() -> Telegram:
    telegram, pace = Telegram(), Pace(_forget)
    out, hidden = Outbound(cast(Bot, telegram), pace), asyncio.Event()

    async def fetch() -> tuple[Outgoing, ...]:
        await hidden.wait()
        return (Show(1, "done", None),)

    out.send(Later(1, fetch, beside=True))
    out.send(Show(1, "hidden", None, edit=OLD, shown=lambda _id: hidden.set()))
    async with asyncio.timeout(10):
        while 100 not in telegram.chats[1]:  # noqa: ASYNC110 - another lane's work is awaited
            await asyncio.sleep(0)
    return telegram
