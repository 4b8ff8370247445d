"""A digest as two messages in a Telegram chat: the picture with its words, then the text.

What a failure means is decided here; how a call is made and paced is handed in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.digest.channels.message import Gone, Later, Message, Moved

SOON = 60.0
"""Seconds to wait after a failure that does not say how long."""

PERMANENT = ("chat not found", "user not found", "peer_id_invalid", "have no rights to send", "need administrator")
"""Telegram's own sentences for a chat that takes nothing more; every Forbidden means the same."""

SendText = Callable[[str], Awaitable[object]]
SendPhoto = Callable[[bytes, str], Awaitable[object]]


class Telegram:
    """The way to one chat. The picture goes first, so that what is read last is the whole in words."""

    def __init__(self, send_text: SendText, send_photo: SendPhoto) -> None:
        self._send_text = send_text
        self._send_photo = send_photo

    async def send(self, message: Message) -> None:
        """Sends picture, if there is one, and text; raises Gone, Moved or Later."""
        with _explained():
            if message.png:
                await self._send_photo(message.png, message.alt)
            await self._send_text(message.text)


@contextmanager
def _explained() -> Iterator[None]:
    """Turns Telegram's failures into the three that the caller acts on."""
    try:
        yield
    except Forbidden as error:
        raise Gone(str(error)) from error
    except ChatMigrated as error:
        raise Moved(str(error), error.new_chat_id) from error
    except RetryAfter as error:
        wait = error.retry_after
        raise Later(str(error), wait.total_seconds() if isinstance(wait, timedelta) else wait) from error
    except BadRequest as error:
        if any(sentence in str(error).lower() for sentence in PERMANENT):
            raise Gone(str(error)) from error
        raise  # our own mistake: neither waiting nor giving up the reader would mend it
    except TelegramError as error:
        raise Later(str(error), SOON) from error
