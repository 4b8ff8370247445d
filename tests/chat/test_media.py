"""Recordings and pictures on their way to a phone: the real calls, to the emulator.

1. A file is uploaded once and sent by its id from then on, also after a restart; another bot uploads its own.
2. What Telegram no longer knows is uploaded again; whoever refuses voice notes hears the same as music.
3. Nothing of it names anything: no caption, no telling file name, no sound of a notification, and it cannot be
   passed on.
4. What is gone, or is refused for good, is left out without an error; whoever blocked the bot raises it. One whose
   answer is lost is not sent again; one that cannot be noted is sent all the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, TimedOut

from bot.chat.http import AiohttpRequest
from bot.chat.media import AUDIO, PHOTO, UNKNOWN_FILE, VOICE, Media
from bot.emulator.person import Message, Person
from bot.emulator.server import opened
from bot.files.recordings import hash_of
from bot.store import Store
from tests.chat.test_updates import House, nothing_can_be_saved
from tests.sounds import picture, voice
from tests.store.sample import kept, rows

pytestmark = pytest.mark.asyncio

TOKEN = "42:secret"
GUL, SANA = 5_000_001, 5_000_002
SPOKEN = hash_of(voice())
SEEN = hash_of(picture())


@dataclass
class Phone:
    """A bot that sends, somebody's phone, and what the bot's folders hold."""

    bot: Bot
    media: Media
    gul: Person
    folder: Path
    store: Store

    async def messages(self) -> tuple[Message, ...]:
        return tuple(message for message in (await self.gul.screen()).messages if message.from_bot)


async def _at_once() -> None:
    return


@asynccontextmanager
async def phone(folder: Path, *, token: str = TOKEN, forbids: bool = False) -> AsyncIterator[Phone]:
    """A phone that was started."""
    files = {SPOKEN: folder / "a.ogg", SEEN: folder / "b.png"}
    files[SPOKEN].write_bytes(voice())
    files[SEEN].write_bytes(picture())
    async with opened(token=token) as emulator, Person(emulator.url, GUL, "Gul", timeout=5) as gul:
        if forbids:
            emulator.telegram.world.users[GUL].forbids_voice = True
        requests = [AiohttpRequest(1, None), AiohttpRequest(4, None)]
        bot = Bot(
            token, base_url=f"{emulator.url}/bot", get_updates_request=requests[0], request=requests[1],
            base_file_url=f"{emulator.url}/file/bot",
        )  # fmt: skip
        async with bot:
            await gul.start(wait=False)
            with kept(folder) as store:
                yield Phone(bot, Media(bot, store, lambda: files, _at_once), gul, folder, store)
                for request in requests:
                    await request.shutdown()


@pytest.mark.parametrize(("hash", "kind"), [(SPOKEN, VOICE), (SEEN, PHOTO)])
async def test_a_file_is_uploaded_once_and_names_nothing(tmp_path: Path, hash: str, kind: str) -> None:
    async with phone(tmp_path) as one:
        first = await one.media.send(GUL, hash, kind)
        path = one.folder / ("a.ogg" if kind == VOICE else "b.png")
        path.unlink()
        second = await one.media.send(GUL, hash, kind)
        said = await one.messages()
        assert [message.id for message in said] == [first, second]
        for message in said:
            assert message.text == ""
            assert message.protected
            assert (message.photo if kind == PHOTO else message.sound) is not None
            assert message.document is None
        shown = (await one.gul.screen()).notifications
        assert set(shown) == {"Photo" if kind == PHOTO else "Voice message"}
    with kept(tmp_path) as store:
        assert [row[1:3] for row in rows(store, "SELECT bot, sha256, kind FROM upload")] == [(hash, kind)]


async def test_what_telegram_no_longer_knows_is_uploaded_again(tmp_path: Path) -> None:
    async with phone(tmp_path) as one:
        await one.media.send(GUL, SPOKEN, VOICE)
    with kept(tmp_path) as store:
        before = rows(store, "SELECT file_id FROM upload")
    async with phone(tmp_path) as other:  # a new emulator knows nothing of the id
        assert await other.media.send(GUL, SPOKEN, VOICE) is not None
        assert [message.sound is not None for message in await other.messages()] == [True]
    with kept(tmp_path) as store:
        after = rows(store, "SELECT file_id FROM upload")
    assert len(before) == len(after) == 1
    assert before != after


async def test_another_bot_uploads_its_own(tmp_path: Path) -> None:
    for token in (TOKEN, "43:secret"):
        async with phone(tmp_path, token=token) as one:
            assert await one.media.send(GUL, SPOKEN, VOICE) is not None
    with kept(tmp_path) as store:
        assert {bot for (bot,) in rows(store, "SELECT bot FROM upload")} == {42, 43}


async def test_whoever_refuses_voice_notes_hears_the_same_as_music(tmp_path: Path) -> None:
    async with phone(tmp_path, forbids=True) as one:
        assert await one.media.send(GUL, SPOKEN, VOICE) is not None
        (message,) = await one.messages()
        assert message.sound is not None
        assert message.sound.name == "audio.ogg"
        assert await one.gul.fetch(message.sound) == voice()
    with kept(tmp_path) as store:
        assert [kind for (kind,) in rows(store, "SELECT kind FROM upload")] == [AUDIO]


async def test_what_is_gone_or_was_changed_is_left_out(tmp_path: Path) -> None:
    async with phone(tmp_path) as one:
        (one.folder / "a.ogg").write_bytes(voice(2.0))
        assert await one.media.send(GUL, SPOKEN, VOICE) is None
        assert await one.media.send(GUL, "0" * 64, VOICE) is None
        (one.folder / "b.png").unlink()
        assert await one.media.send(GUL, SEEN, PHOTO) is None
        assert await one.messages() == ()


async def test_who_blocked_the_bot_raises_it(tmp_path: Path) -> None:
    async with phone(tmp_path) as one:
        await one.gul.block(wait=False)
        with pytest.raises(Forbidden):
            await one.media.send(GUL, SPOKEN, VOICE)


async def test_what_cannot_be_noted_is_sent_all_the_same(tmp_path: Path) -> None:
    async with phone(tmp_path) as one:
        with nothing_can_be_saved(House(one.store)):
            assert await one.media.send(GUL, SPOKEN, VOICE) is not None
        assert len(await one.messages()) == 1


async def test_one_whose_answer_is_lost_is_not_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with phone(tmp_path) as one:
        monkeypatch.setattr(Bot, "send_voice", _lost)
        assert await one.media.send(GUL, SPOKEN, VOICE) is None


async def _lost(*_: object, **__: object) -> None:
    raise TimedOut


@pytest.mark.parametrize("refusal", UNKNOWN_FILE)
async def test_each_word_for_an_unknown_file_means_another_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    sent: list[object] = []
    send = Bot.send_voice

    async def refuse(bot: Bot, **asked: Any) -> object:
        sent.append(asked["voice"])
        if asked["voice"] == "old":
            raise BadRequest(refusal.capitalize())
        return await send(bot, **asked)

    async with phone(tmp_path) as one:
        with one.store.transaction() as tx:
            tx.uploads.remember(one.bot.id, SPOKEN, VOICE, "old")
        monkeypatch.setattr(Bot, "send_voice", refuse)
        assert await one.media.send(GUL, SPOKEN, VOICE) is not None
        assert sent == ["old", voice()]
        assert await one.media.send(GUL, SPOKEN, VOICE) is not None
        assert isinstance(sent[-1], str)
        assert sent[-1] != "old"
