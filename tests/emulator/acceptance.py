"""A talk that calls every method of the emulator at least once, as any bot might, and what came of it.

Nothing is asserted here: `strict.py` looks at what was heard. Only a refusal that was not expected ends it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.clock import Clock
from bot.emulator.files import Upload
from bot.emulator.groups import Groups
from bot.emulator.phones import Phones
from bot.emulator.post import Answer, Webhook
from bot.emulator.telegram import Telegram
from tests.emulator.conftest import GUL, PICTURE, REPORT, TOKEN, png

ZAR = GUL + 1
MUSIC = Upload("song.mp3", "audio/mpeg", b"ID3\x04" + bytes(200))
VOICE = Upload("voice.ogg", "audio/ogg", b"OggS" + bytes(24) + b"OpusHead" + bytes(40))
LARGE = Upload("map.png", "image/png", png(1_600, 900))
BUTTONS = {
    "inline_keyboard": [
        [{"text": "هو", "callback_data": "y", "style": "primary"}, {"text": "Site", "url": "https://a.pk"}],
        [{"text": "App", "web_app": {"url": "https://a.pk/app"}}, {"text": "Copy", "copy_text": {"text": "a"}}],
    ]
}
REPLY_KEYBOARD = {
    "keyboard": [[{"text": "Yes"}, {"text": "My number", "request_contact": True}]],
    "resize_keyboard": True,
}
HTML = '<b>One</b> <a href="https://a.pk">two</a> <tg-spoiler>three</tg-spoiler> /help <code>four</code>'
MARKDOWN = "*One* _two_ [three](https://a.pk) `four`\n>five\n>six"
MENTION = [
    {"type": "text_mention", "offset": 0, "length": 3, "user": {"id": GUL, "is_bot": False, "first_name": "Gul"}}
]


@dataclass(frozen=True)
class Heard:
    """One call and its result."""

    method: str
    params: dict[str, Any]
    result: Any


@dataclass
class Talk:
    """The bot of the talk, its people, and everything it heard."""

    telegram: Telegram
    phones: Phones
    heard: list[Heard] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    posts: list[tuple[Mapping[str, str], dict[str, Any]]] = field(default_factory=list)
    waited: bool = False
    came_again: bool = False

    async def call(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> Any:
        body, _ = await self.telegram.call(TOKEN, method, params, files)
        assert body["ok"], (method, params, body)
        self.heard.append(Heard(method, params, body["result"]))
        return body["result"]

    async def post(self, _: Webhook, headers: Mapping[str, str], body: bytes) -> Answer:
        """The bot's own end of the webhook."""
        self.posts.append((headers, json.loads(body)))
        return Answer(200)


async def held() -> Talk:
    """The whole talk."""
    talk: Talk
    telegram = Telegram(
        Clock(lambda: 1_800_000_000.0), token=TOKEN, seed=1, post=lambda *posted: talk.post(*posted)
    )
    talk = Talk(telegram, Phones(telegram.world))
    talk.phones.add("Gul", GUL, last_name="Khan", username="gul_khan", language_code="ps")
    talk.phones.add("Zar", ZAR)
    talk.phones.start(GUL, "weekly")
    for part in (_introduction, _words, _files, _changes, _groups, _updates, _by_webhook, _end):
        await part(talk)
    await telegram.aclose()
    return talk


async def _introduction(talk: Talk) -> None:
    call = talk.call
    await call("getMe")
    await call("setMyCommands", commands=[{"command": "help", "description": "مرسته"}])
    scope = {"type": "chat", "chat_id": GUL}
    await call(
        "setMyCommands", commands=[{"command": "stop", "description": "بس"}], scope=scope, language_code="ps"
    )
    await call("getMyCommands")
    await call("getMyCommands", scope=scope, language_code="ps")
    await call("deleteMyCommands", scope=scope, language_code="ps")
    for what, words in (
        ("Name", "name"),
        ("Description", "description"),
        ("ShortDescription", "short_description"),
    ):
        await call(f"setMy{what}", None, **{words: "Trust"})
        await call(f"setMy{what}", None, **{words: "باور"}, language_code="ps")
        await call(f"getMy{what}", language_code="ps")
    await call("getChatMenuButton")
    await call("setChatMenuButton", chat_id=GUL, menu_button={"type": "commands"})
    await call("getChatMenuButton", chat_id=GUL)
    app = {"type": "web_app", "text": "App", "web_app": {"url": "https://a.pk"}}
    await call("setChatMenuButton", menu_button=app)
    await call("getChatMenuButton")


async def _words(talk: Talk) -> None:
    call = talk.call
    await call("sendChatAction", chat_id=GUL, action="typing")
    first = await call("sendMessage", chat_id=GUL, text="سلام", reply_markup=BUTTONS, protect_content=True)
    await call("sendMessage", chat_id=GUL, text=HTML, parse_mode="HTML", disable_web_page_preview=True)
    await call("sendMessage", chat_id=GUL, text=MARKDOWN, parse_mode="MarkdownV2")
    await call("sendMessage", chat_id=GUL, text="Gul and https://a.pk #tag", entities=MENTION)
    reply = {"message_id": first["message_id"]}
    await call("sendMessage", chat_id=GUL, text="Number?", reply_markup=REPLY_KEYBOARD, reply_parameters=reply)
    talk.phones.share_contact(GUL, "+923000000000")
    await call("sendMessage", chat_id=GUL, text="Thanks", reply_markup={"remove_keyboard": True})
    await call("sendMessage", chat_id=GUL, text="Why?", reply_markup={"force_reply": True})
    await call("setMessageReaction", chat_id=GUL, **reply, reaction=[{"type": "emoji", "emoji": "👍"}])
    await call("pinChatMessage", chat_id=GUL, **reply)
    await call("getChat", chat_id=GUL)
    await call("unpinChatMessage", chat_id=GUL)
    await call("getChatMember", chat_id=GUL, user_id=GUL)
    await call("getChatMember", chat_id=GUL, user_id=42)


async def _files(talk: Talk) -> None:
    call = talk.call
    photo = await call("sendPhoto", {"photo": LARGE}, chat_id=GUL, caption="<b>Week</b> 1", parse_mode="HTML")
    file_id = photo["photo"][-1]["file_id"]
    await call("getFile", file_id=file_id)
    await call("getFile", file_id=photo["photo"][0]["file_id"])
    await call(
        "sendPhoto", chat_id=GUL, photo=file_id, has_spoiler=True, caption="a", show_caption_above_media=True
    )
    await call("sendDocument", {"document": REPORT}, chat_id=GUL)
    await call("sendAudio", {"audio": MUSIC}, chat_id=GUL, duration=3, performer="Zar", title="Song")
    voice = await call("sendVoice", {"voice": VOICE}, chat_id=GUL, duration=2)
    await call("sendVoice", {"voice": REPORT}, chat_id=GUL)
    media = [{"type": "photo", "media": "attach://a", "caption": "One"}, {"type": "photo", "media": file_id}]
    await call("sendMediaGroup", {"a": PICTURE}, chat_id=GUL, media=media)
    await call("copyMessage", chat_id=GUL, from_chat_id=GUL, message_id=voice["message_id"], caption="Again")
    talk.phones.send_file(GUL, "photo", LARGE, "Here")
    talk.phones.send_file(GUL, "voice", VOICE)


async def _changes(talk: Talk) -> None:
    call, phones = talk.call, talk.phones
    sent = await call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)
    place = {"chat_id": GUL, "message_id": sent["message_id"]}
    pressed, _ = phones.tap(GUL, {"text": "هو"})
    phones.tap(GUL, {"data": "forged"}, 9_999)
    await call("answerCallbackQuery", callback_query_id=pressed["tap"], text="Kept")
    await call("editMessageText", text="Two", reply_markup=BUTTONS, **place)
    await call("editMessageReplyMarkup", **place)
    media = {"type": "document", "media": "attach://d", "caption": "Three"}
    await call("editMessageMedia", {"d": REPORT}, media=media, **place)
    await call("editMessageCaption", caption="Four", **place)
    own = phones.send(GUL, "See https://a.pk /help", reply_to=sent["message_id"])["message_id"]
    phones.edit(GUL, own, "Five")
    phones.auto_delete(GUL, 60)
    await call("getChat", chat_id=GUL)
    phones.auto_delete(GUL, 0)
    await call("deleteMessage", **place)
    await call("deleteMessages", chat_id=GUL, message_ids=[own, 9_999])
    phones.block(GUL)
    phones.unblock(GUL)


async def _groups(talk: Talk) -> None:
    call, groups = talk.call, Groups(talk.telegram.world, talk.phones)
    group = groups.add("group", "Village", [GUL, ZAR], administrator=True)
    await call("getChat", chat_id=group.id)
    for user in (42, GUL, ZAR):
        await call("getChatMember", chat_id=group.id, user_id=user)
    groups.send(group.id, ZAR, "Salaam")
    sent = await call("sendMessage", chat_id=group.id, text="One", reply_markup=BUTTONS)
    groups.tap(group.id, ZAR, sent["message_id"], "y")
    await call("pinChatMessage", chat_id=group.id, message_id=sent["message_id"])
    grown = groups.migrate(group.id)
    await call("sendMessage", chat_id=grown.id, text="Two")
    await call("leaveChat", chat_id=grown.id)
    other = groups.add("supergroup", "Town", [ZAR])
    groups.kick(other.id)


async def _updates(talk: Talk) -> None:
    """By polling: nothing is confirmed by being read, and a poll waits."""
    advance = talk.telegram.clock.advance  # who asks the same at once would have to wait
    first = await talk.call("getUpdates", limit=1)
    advance(5)
    talk.updates = await talk.call("getUpdates")
    advance(5)
    again = await talk.call("getUpdates")
    talk.came_again = [each["update_id"] for each in again] == [each["update_id"] for each in talk.updates]
    end = (again or talk.updates or first)[-1]["update_id"] + 1
    poll = asyncio.create_task(talk.call("getUpdates", offset=end, timeout=30))
    for _ in range(5):
        await asyncio.sleep(0)
    talk.waited = not poll.done()
    talk.phones.send(GUL, "Are you there?")
    await poll


async def _by_webhook(talk: Talk) -> None:
    await talk.call("setWebhook", url="http://127.0.0.1:9/hook", secret_token="hush")
    talk.phones.send(GUL, "By post")
    for _ in range(50):
        await asyncio.sleep(0)
    await talk.call("getWebhookInfo")
    await talk.call("deleteWebhook")
    await talk.call("getWebhookInfo")


async def _end(talk: Talk) -> None:
    await talk.call("logOut")
    await talk.call("close")
