"""Files: what Telegram makes of them, in which sizes, and where they are fetched again.

1. A large picture comes in several sizes, each with an id of its own; any of them sends the whole again.
2. Only Ogg/Opus up to 1 MB, MP3 and M4A are voices; what is no sound is a document.
3. An album shares one id; a single file is no album. A copy keeps the content and leaves the keyboard.
4. A voice does not reach somebody who forbids voices, whichever way it is sent; the same file as music does.
"""

import struct
from typing import Any

import aiohttp
import pytest

from bot.emulator.files import Upload
from tests.emulator.acceptance import LARGE, MUSIC, VOICE
from tests.emulator.conftest import GUL, PICTURE, REPORT, TOKEN, World

pytestmark = pytest.mark.asyncio


def opus(seconds: int, size: int = 100) -> Upload:
    """The head of an Ogg/Opus file, padding, and a last page that says how long it plays."""
    page = b"OggS\x00\x04" + struct.pack("<q", seconds * 48_000) + bytes(20)
    return Upload("voice.ogg", "", b"OggS" + bytes(24) + b"OpusHead" + bytes(size) + page)


async def test_a_large_picture_comes_in_several_sizes(world: World) -> None:
    sizes = (await world.call("sendPhoto", {"photo": LARGE}, chat_id=GUL))["photo"]

    assert [(size["width"], size["height"]) for size in sizes] == [
        (100, 56),
        (320, 180),
        (800, 450),
        (1280, 720),
        (1600, 900),
    ]
    assert len({size["file_id"] for size in sizes} | {size["file_unique_id"] for size in sizes}) == 10
    for size in sizes:
        assert (await world.call("sendPhoto", chat_id=GUL, photo=size["file_id"]))["photo"] == sizes
    paths = {(await world.call("getFile", file_id=size["file_id"]))["file_path"] for size in sizes}
    assert len(paths) == 5


@pytest.mark.parametrize(
    ("method", "upload", "kind", "mime_type"),
    [
        ("sendVoice", opus(3), "voice", "audio/ogg"),
        ("sendVoice", MUSIC, "voice", "audio/mpeg"),
        ("sendVoice", Upload("a.m4a", "", b"\x00\x00\x00\x20ftypM4A "), "voice", "audio/mp4"),
        ("sendVoice", opus(3, 2**20), "document", "audio/ogg"),
        ("sendVoice", REPORT, "document", "application/pdf"),
        ("sendAudio", MUSIC, "audio", "audio/mpeg"),
        ("sendAudio", opus(3), "audio", "audio/ogg"),
        ("sendAudio", REPORT, "document", "application/pdf"),
    ],
)
async def test_a_sound_is_what_its_bytes_say(
    world: World, method: str, upload: Upload, kind: str, mime_type: str
) -> None:
    name = method.removeprefix("send").lower()
    sent = await world.call(method, {name: upload}, chat_id=GUL)

    assert {"voice", "audio", "document"} & set(sent) == {kind}
    assert (sent[kind]["mime_type"], sent[kind]["file_size"]) == (mime_type, len(upload.data))


async def test_a_voice_plays_as_long_as_its_file_or_its_sender_says(world: World) -> None:
    assert (await world.call("sendVoice", {"voice": opus(3)}, chat_id=GUL))["voice"]["duration"] == 3
    assert (await world.call("sendVoice", {"voice": opus(3)}, chat_id=GUL, duration=7))["voice"]["duration"] == 7


async def test_music_carries_its_names(world: World) -> None:
    sent = await world.call("sendAudio", {"audio": MUSIC}, chat_id=GUL, performer="Zar", title="Song")

    assert (sent["audio"]["performer"], sent["audio"]["title"], sent["audio"]["duration"]) == ("Zar", "Song", 0)


async def test_an_album_shares_one_id(world: World) -> None:
    media: list[dict[str, Any]] = [{"type": "photo", "media": f"attach://{name}"} for name in "ab"]
    album = await world.call("sendMediaGroup", {"a": PICTURE, "b": LARGE}, chat_id=GUL, media=media)

    assert len({message["media_group_id"] for message in album}) == 1
    assert [len(message["photo"]) for message in album] == [1, 5]
    [single] = await world.call("sendMediaGroup", {"a": PICTURE}, chat_id=GUL, media=media[:1])
    assert "media_group_id" not in single


async def test_a_copy_keeps_the_content_and_leaves_the_keyboard(world: World) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await world.call("sendPhoto", {"photo": PICTURE}, chat_id=GUL, caption="One", reply_markup=markup)
    copy = await world.call("copyMessage", chat_id=GUL, from_chat_id=GUL, message_id=sent["message_id"])
    other = await world.call(
        "copyMessage", chat_id=GUL, from_chat_id=GUL, message_id=sent["message_id"], caption="Two"
    )

    assert set(copy) == {"message_id"}
    *_, first, second = world.screen()["messages"]
    assert (first["id"], first["text"], first["buttons"]) == (copy["message_id"], "One", [])
    assert (second["id"], second["text"]) == (other["message_id"], "Two")
    assert first["photo"] == second["photo"]


async def test_somebody_who_forbids_voices_gets_none(world: World) -> None:
    zar = world.phones.add("Zar", GUL + 1, forbids_voice=True).id
    world.phones.start(zar)
    forbidden = (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")
    voice = await world.call("sendVoice", {"voice": VOICE}, chat_id=GUL)

    assert await world.refusal("sendVoice", chat_id=zar, voice=voice["voice"]["file_id"]) == forbidden
    copy = {"from_chat_id": GUL, "message_id": voice["message_id"]}
    assert await world.refusal("copyMessage", chat_id=zar, **copy) == forbidden
    assert "audio" in await world.call("sendAudio", {"audio": VOICE}, chat_id=zar)


async def test_a_message_vanishes_with_its_timer_and_nobody_says_so(world: World) -> None:
    before = (await world.call("sendMessage", chat_id=GUL, text="before"))["message_id"]
    world.phones.auto_delete(GUL, 60)
    after = (await world.call("sendMessage", chat_id=GUL, text="after"))["message_id"]
    world.telegram.clock.advance(60)

    refusal = await world.refusal("editMessageText", chat_id=GUL, message_id=after, text="b")
    assert refusal == (400, "Bad Request: message to edit not found")
    assert (await world.call("editMessageText", chat_id=GUL, message_id=before, text="b"))["text"] == "b"
    assert after in world.screen()["deleted_ids"]


async def test_a_file_is_fetched_by_its_path(http: aiohttp.ClientSession) -> None:
    await http.post("/sim/users", json={"id": GUL, "first_name": "Gul"})
    await http.post(f"/sim/users/{GUL}/send", json={"deep_link": ""})
    form = aiohttp.FormData({"chat_id": str(GUL)})
    form.add_field("voice", VOICE.data, filename="voice.ogg")
    async with http.post(f"/bot{TOKEN}/sendVoice", data=form) as reply:
        voice = (await reply.json())["result"]["voice"]
    async with http.get(f"/bot{TOKEN}/getFile", params={"file_id": voice["file_id"]}) as reply:
        path = (await reply.json())["result"]["file_path"]

    async with http.get(f"/file/bot{TOKEN}/{path}") as reply:
        assert await reply.read() == VOICE.data
