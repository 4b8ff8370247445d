"""The ways a digest travels: one file each, and one table that names them all.

To add a way: a file beside these with a class that has `send`, and one line in `CHANNELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.digest.channels.message import Message
from bot.digest.channels.telegram import Telegram


class Channel(Protocol):
    """One way to one reader; raises Gone, Moved or Later (see `message.py`)."""

    async def send(self, message: Message) -> None:
        """Brings the whole message, or says why not."""


CHANNELS: Mapping[str, Callable[..., Channel]] = {"telegram": Telegram}

__all__ = ["CHANNELS", "Channel", "Message"]
