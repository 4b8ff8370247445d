"""Sends recordings and pictures of ours: uploaded once, then named by what Telegram calls them.

Laws:
1. No caption and no telling file name: a notification says "voice message" or "photo", and it makes no sound.
2. What Telegram no longer knows is uploaded again, once; whoever refuses voice notes gets the same sound as music.
3. What cannot be sent is left out: a question is never held up by its recording. Whether one arrived whose answer
   was lost nobody knows, so that it is not sent twice: the first could not be taken off the phone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from telegram import Bot, Message
from telegram.error import BadRequest, TimedOut

from bot.files import recordings
from bot.store import Store, StoreTrouble, Transaction

VOICE = "voice"
AUDIO = "audio"
PHOTO = "photo"

NAMES = {VOICE: "voice.ogg", AUDIO: "audio.ogg", PHOTO: "picture"}
"""What an upload is called: Telegram shows the name of a sound that is sent as music."""

UNKNOWN_FILE = (
    "wrong file_id or the file is temporarily unavailable",
    "wrong file identifier/http url specified",
    "wrong remote file identifier specified",
)
"""The three refusals after which a file is uploaded again (`files.py` of the emulator; TDLib)."""

NO_VOICES = "voice_messages_forbidden"

T = TypeVar("T")

log = structlog.get_logger()


class Media:
    """What can be heard and seen. `files` gives where each recording and picture lies, by its hash."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        files: Callable[[], Mapping[str, Path]],
        allowed: Callable[[], Awaitable[None]],
        waiting: Callable[[str], Path | None] = lambda _hash: None,
    ) -> None:
        """`waiting` finds a recording that no survey has yet."""
        self._waiting = waiting
        self._bot = bot
        self._store = store
        self._files = files
        self._allowed = allowed

    def has(self, hash: str) -> bool:
        """True where it lies in our folders."""
        return hash in self._files()

    async def send(self, chat: int, hash: str, kind: str) -> int | None:
        """Send a recording or a picture; returns its message, None where it cannot be sent."""
        try:
            return await self._sent(chat, hash, kind)
        except TimedOut:
            return None
        except BadRequest as refusal:
            if kind == VOICE and NO_VOICES in refusal.message.lower():
                await self._allowed()
                return await self.send(chat, hash, AUDIO)
            log.warning("a recording or picture was refused", sent_as=kind)
            return None

    async def _sent(self, chat: int, hash: str, kind: str) -> int | None:
        known = await self._kept(lambda tx: tx.uploads.known(self._bot.id, hash, kind))
        if known is not None:
            try:
                return (await self._call(chat, kind, known)).message_id
            except BadRequest as refusal:
                if not any(words in refusal.message.lower() for words in UNKNOWN_FILE):
                    raise
            await self._kept(lambda tx: tx.uploads.forget(self._bot.id, hash, kind))
            await self._allowed()
        path = self._files().get(hash) or self._waiting(hash)
        content = None if path is None else recordings.by_hash({hash: path}, hash)
        if content is None:
            log.warning("a recording or picture is gone", sent_as=kind)
            return None
        message = await self._call(chat, kind, content)
        file_id = id_of(message)
        if file_id:
            await self._kept(lambda tx: tx.uploads.remember(self._bot.id, hash, kind, file_id))
        return message.message_id

    async def _kept(self, work: Callable[[Transaction], T]) -> T | None:
        """What is kept of uploads spares a second one; where nothing can be saved that goes on without."""
        try:
            return await self._store.write(work)
        except StoreTrouble:
            return None

    async def _call(self, chat: int, kind: str, what: str | bytes) -> Message:
        quiet: dict[str, Any] = {"disable_notification": True, "protect_content": True}
        if isinstance(what, bytes):
            quiet["filename"] = NAMES[kind]
        send: Mapping[str, Callable[..., Awaitable[Message]]] = {
            VOICE: partial(self._bot.send_voice, voice=what),
            AUDIO: partial(self._bot.send_audio, audio=what),
            PHOTO: partial(self._bot.send_photo, photo=what),
        }
        return await send[kind](chat_id=chat, **quiet)


def id_of(message: Message) -> str:
    """What Telegram calls the file of a message; of a picture its largest size."""
    file: Any = message.effective_attachment
    if isinstance(file, tuple | list):
        file = file[-1]
    return str(getattr(file, "file_id", "") or "")
