"""Fetches the voice notes of an interview at the moment its answers are sent.

Laws:
1. The sound lies in memory only, from its arrival to the transaction that seals it; it and its name at Telegram
   are written to no log.
2. Its size is known before it is fetched, and its bytes are looked at before they are handed on.
3. What Telegram no longer has, or what is no voice note, is said to be lost; a bad network is not its fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.chat.outbound import Outgoing
from bot.core.questions.voice import MOST_BYTES, Note
from bot.files import recordings
from bot.files.recordings import Unfit
from bot.store import Store, StoreTrouble, Transaction

WAITS = (0.5, 1.0)
"""Seconds before it is tried again where the network fails."""

Fetched = Mapping[Note, bytes | None]
Send = Callable[[Transaction, Fetched, datetime], list[Outgoing]]

log = structlog.get_logger()


class Voices:
    """Where voice answers arrive."""

    def __init__(self, bot: Bot, store: Store, now: Callable[[], datetime]) -> None:
        self._bot = bot
        self._store = store
        self._now = now

    async def fetch(
        self, wanted: Mapping[Note, int], send: Send, failed: Callable[[], tuple[Outgoing, ...]]
    ) -> tuple[Outgoing, ...]:
        """Fetch these notes, each of so many seconds at most, and `send` what they are part of, in one
        transaction; `failed` says what follows where neither could be done now."""
        try:
            fetched = {note: await self._patiently(note, most) for note, most in wanted.items()}
            return tuple(await self._store.write(lambda tx: send(tx, fetched, self._now())))
        except RetryAfter:
            raise  # whoever sends waits, and begins anew
        except (NetworkError, StoreTrouble) as error:
            log.warning("answers with a voice could not be sent yet", kind=type(error).__name__)
            return failed()

    async def _patiently(self, note: Note, most: int) -> bytes | None:
        for wait in WAITS:
            try:
                return await self._sound(note, most)
            except NetworkError:
                await asyncio.sleep(wait)
        return await self._sound(note, most)

    async def _sound(self, note: Note, most: int) -> bytes | None:
        """The bytes of a note; None where it is gone, too large, too long, or no voice note."""
        try:
            file = await self._bot.get_file(note.file)
            if (file.file_size or 0) > MOST_BYTES:
                raise Unfit("recording-large")
            content = bytes(await file.download_as_bytearray())
            recordings.check_sound(content, MOST_BYTES, most)
        except (BadRequest, Forbidden, Unfit):
            log.info("a voice answer could not be taken")
            return None
        return content
