"""Fetches a voice note that reads out a question, and lays it before the coordinators.

Laws:
1. Its size is known before it is fetched, and its bytes are looked at before they are kept.
2. Nothing here runs on the writer thread but one short transaction, after the bytes are there.
3. The same note makes the same act, however often it is delivered; one that is lost on the way is sent again by
   whoever heard nothing of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import structlog
from telegram import Bot
from telegram.error import BadRequest

from bot.chat.desk import Desk
from bot.chat.inbound import Spoken
from bot.chat.media import VOICE, Media
from bot.chat.outbound import Later, Outgoing, Show
from bot.chat.recording import Wanted
from bot.chat.studio import Studio
from bot.chat.words import keyboard, text
from bot.core import roles
from bot.core.screen import Say, Screen
from bot.files import recordings
from bot.files.phrases import Phrases
from bot.files.recordings import Unfit
from bot.store import Store, Transaction
from bot.store.proposals import ID_LENGTH, ID_LETTERS, RECORD

log = structlog.get_logger()


class Booth:
    """Where recordings arrive. `tell` says that other coordinators have something to hear."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        studio: Studio,
        desk: Desk,
        media: Media,
        phrases: Callable[[], Phrases],
        tell: Callable[[], object],
    ) -> None:
        self._bot = bot
        self._store = store
        self._studio = studio
        self._desk = desk
        self._media = media
        self._phrases = phrases
        self._tell = tell

    async def play(self, chat: int, hash: str) -> tuple[Outgoing, ...]:
        """Play a recording to a coordinator."""
        await self._media.send(chat, hash, VOICE)
        return ()

    async def take(
        self, chat: int, message: int, wanted: Wanted, note: Spoken, language: str, now: datetime
    ) -> tuple[Outgoing, ...]:
        """Fetch and propose a recording; what its speaker is then shown, and the recording as it was kept."""
        content = await self._fetched(note)
        screen = None
        if content is not None:
            id = _id(message, chat, recordings.hash_of(content))
            screen = await self._store.write(lambda tx: self._proposed(tx, chat, id, wanted, content, now))
        if content is None or screen is None:
            said = Say("desk-record-refused", {"seconds": recordings.MOST_SECONDS})
            return (self._show(chat, Screen(language, (said,))),)
        self._tell()
        hash = recordings.hash_of(content)
        return (self._show(chat, screen), Later(chat, lambda: self.play(chat, hash)))

    def _show(self, chat: int, screen: Screen) -> Show:
        phrases = self._phrases()
        return Show(chat, text(phrases, screen), keyboard(phrases, screen, None))

    async def _fetched(self, note: Spoken) -> bytes | None:
        if note.size > recordings.MOST_BYTES or note.seconds > recordings.MOST_SECONDS:
            return None
        try:
            file = await self._bot.get_file(note.file_id)
            if (file.file_size or 0) > recordings.MOST_BYTES:
                return None
            content = bytes(await file.download_as_bytearray())
            recordings.check_sound(content)
        except (BadRequest, Unfit):
            log.info("a recording could not be used")
            return None
        return content

    def _proposed(
        self, tx: Transaction, chat: int, id: str, wanted: Wanted, content: bytes, now: datetime
    ) -> Screen | None:
        who = tx.desk.coordinator(chat)
        if who is None or not roles.may(who.role, roles.RECORD):
            return None
        try:
            words = self._desk.recording.words(wanted)
        except KeyError:
            return None
        if tx.proposals.get(id) is not None:
            return self._desk.stands(tx, who, id, now)
        waiting = {str(one.what.get("recording")) for one in tx.proposals.waiting(now)}
        hash = self._studio.put_aside(content, waiting)
        what = {
            "survey": wanted.survey,
            "question": wanted.question,
            "language": wanted.language,
            "recording": hash,
            "words": words,
            "heard": [],
        }
        self._desk.acts.want(tx, who, RECORD, what, id, now)
        return self._desk.stands(tx, who, id, now)


def _id(message: int, chat: int, hash: str) -> str:
    """The same note gives the same act, however often it is delivered."""
    drawn = hashlib.sha256(f"{message} {chat} {hash}".encode()).digest()
    return "".join(ID_LETTERS[byte % len(ID_LETTERS)] for byte in drawn[:ID_LENGTH])
