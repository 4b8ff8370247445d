"""A Telegram that notes what the bot tells people of its own accord, and three people of three languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telegram.error import NetworkError, TelegramError

LANGUAGE = {7_000_000_001: "ur", 7_000_000_002: "ps", 7_000_000_003: "en"}
CHATS = list(LANGUAGE)


class Message:
    """What Telegram gives back."""

    message_id = 77


class Telegram:
    """Notes what is said to whom, and what the button under it carries; `refuse` says how a chat answers, once
    each time it is asked."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []
        self.data: list[str] = []
        self.refuse: Callable[[int], TelegramError | None] = lambda _chat: None
        self.reachable = True
        self.username, self.id = "a_bot", 1

    async def get_me(self) -> None:
        if not self.reachable:
            raise NetworkError("no connection")

    async def send_message(self, chat: int, text: str, **more: Any) -> Message:
        if (error := self.refuse(chat)) is not None:
            raise error
        self.said.append((chat, text))
        if more.get("reply_markup") is not None:
            self.data += [button.callback_data for row in more["reply_markup"].inline_keyboard for button in row]
        return Message()
