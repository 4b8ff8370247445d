"""The table of refusals, row by row, with Telegram's exact code and words (Bot API server, TDLib).

A word in capitals stands for an id of the prepared world: people, groups, messages in states that are refused.
"""

import json
from typing import Any

import pytest

from bot.emulator.files import Upload
from bot.emulator.groups import Groups
from tests.emulator.conftest import GUL, PICTURE, TOKEN, World, png

pytestmark = pytest.mark.asyncio

DATA = {"text": "Yes", "callback_data": "y"}
REPLY_KEYBOARD = {"keyboard": [["Yes"]]}
VOICE = Upload("voice.ogg", "audio/ogg", b"OggS" + bytes(24) + b"OpusHead" + bytes(40))
HUGE = Upload("a.bin", "", bytes(20 * 2**20 + 1))
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
UNREADABLE = "wrong remote file identifier specified: can't unserialize it"


def html(text: str) -> dict[str, Any]:
    return {"chat_id": "GUL", "text": text, "parse_mode": "HTML"}


def markdown(text: str) -> dict[str, Any]:
    return {"chat_id": "GUL", "text": text, "parse_mode": "MarkdownV2"}


def buttons(*row: Any, rows: int = 1) -> dict[str, Any]:
    return {"chat_id": "GUL", "text": "a", "reply_markup": {"inline_keyboard": [list(row)] * rows}}


def edit(message: str, **params: Any) -> dict[str, Any]:
    return {"chat_id": "GUL", "message_id": message, **params}


def command(name: str, description: str = "a") -> dict[str, Any]:
    return {"commands": [{"command": name, "description": description}]}


BAD_BUTTON = "can't parse inline keyboard button: "
BAD_TEXT = "can't parse entities: "
RESERVED = r"Character '.' is reserved and must be escaped with the preceding '\'"

# when | method | parameters | code and words ("Bad Request: " and "Forbidden: " belong to 400 and 403)
TABLE: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("no chat_id", "sendMessage", {"text": "a"}, 400, "chat_id is empty"),
    ("unknown chat", "sendMessage", {"chat_id": 7, "text": "a"}, 400, "chat not found"),
    ("no text", "sendMessage", {"chat_id": "GUL"}, 400, "message text is empty"),
    ("only spaces", "sendMessage", {"chat_id": "GUL", "text": " \n"}, 400, "text must be non-empty"),
    ("only invisible", "sendMessage", {"chat_id": "GUL", "text": "\u200f\u2067"}, 400, "text must be non-empty"),
    ("raw text too long", "sendMessage", {"chat_id": "GUL", "text": "ا" * 16_385}, 400, "text is too long"),
    ("sent text too long", "sendMessage", {"chat_id": "GUL", "text": "a" * 4_097}, 400, "message is too long"),
    ("caption", "sendPhoto", {"chat_id": "GUL", "caption": "a" * 1_025}, 400, "message caption is too long"),
    ("edited text too long", "editMessageText", edit("TEXT", text="a" * 4_097), 400, "MESSAGE_TOO_LONG"),
    (
        "tap answer too long",
        "answerCallbackQuery",
        {"callback_query_id": "TAP", "text": "a" * 201},
        400,
        "MESSAGE_TOO_LONG",
    ),
    ("unknown tag", "sendMessage", html("aaa<x>"), 400, BAD_TEXT + 'Unsupported start tag "x" at byte offset 3'),
    (
        "unclosed tag",
        "sendMessage",
        html("<b>a"),
        400,
        BAD_TEXT + 'Can\'t find end tag corresponding to start tag "b"',
    ),
    (
        "crossed tags",
        "sendMessage",
        html("<b>aaaaaa</i>"),
        400,
        BAD_TEXT + 'Unmatched end tag at byte offset 9, expected "</b>", found "</i>"',
    ),
    ("reserved sign", "sendMessage", markdown("a."), 400, BAD_TEXT + RESERVED),
    ("open bold", "sendMessage", markdown("*a"), 400, BAD_TEXT + "Can't find end of Bold entity at byte offset 0"),
    ("in a caption too", "sendPhoto", {**markdown("a"), "caption": "a."}, 400, BAD_TEXT + RESERVED),
    ("other mode", "sendMessage", {**html("a"), "parse_mode": "BBCode"}, 400, "unsupported parse_mode"),
    ("no label", "sendMessage", buttons({"callback_data": "y"}), 400, BAD_BUTTON + 'Can\'t find field "text"'),
    (
        "no action",
        "sendMessage",
        buttons({"text": "Yes"}),
        400,
        BAD_BUTTON + "Text buttons are unallowed in the inline keyboard",
    ),
    ("data over 64", "sendMessage", buttons({**DATA, "callback_data": "ا" * 33}), 400, "BUTTON_DATA_INVALID"),
    (
        "in an edit",
        "editMessageReplyMarkup",
        edit("TEXT", **buttons({**DATA, "callback_data": "a" * 65})),
        400,
        "BUTTON_DATA_INVALID",
    ),
    (
        "keyboard too large",
        "sendMessage",
        buttons({**DATA, "text": "Y" * 64}, rows=160),
        400,
        "reply markup is too long",
    ),
    ("same edit", "editMessageText", edit("TEXT", text=" a\r\n"), 400, NOT_MODIFIED),
    ("same markup", "editMessageReplyMarkup", edit("TEXT"), 400, NOT_MODIFIED),
    ("unknown message", "editMessageText", edit("999", text="b"), 400, "message to edit not found"),
    ("another's message", "editMessageText", edit("OWN", text="b"), 400, "message can't be edited"),
    ("under a reply keyboard", "editMessageText", edit("KEYED", text="b"), 400, "message can't be edited"),
    ("under force_reply", "editMessageText", edit("FORCED", text="b"), 400, "message can't be edited"),
    ("under remove_keyboard", "editMessageText", edit("FREED", text="b"), 400, "message can't be edited"),
    ("text on media", "editMessageText", edit("PHOTO", text="b"), 400, "there is no text in the message to edit"),
    (
        "caption on text",
        "editMessageCaption",
        edit("TEXT", caption="b"),
        400,
        "there is no caption in the message to edit",
    ),
    (
        "edit with a reply keyboard",
        "editMessageText",
        edit("TEXT", text="b", reply_markup=REPLY_KEYBOARD),
        400,
        "inline keyboard expected",
    ),
    ("delete unknown", "deleteMessage", edit("999"), 400, "message to delete not found"),
    ("delete late", "deleteMessage", edit("OLD"), 400, "message can't be deleted for everyone"),
    (
        "one too old of several",
        "deleteMessages",
        {"chat_id": "GUL", "message_ids": ["OLD", "TEXT"]},
        400,
        "message can't be deleted for everyone",
    ),
    (
        "over 100 ids",
        "deleteMessages",
        {"chat_id": "GUL", "message_ids": list(range(1, 102))},
        400,
        "too many message identifiers specified",
    ),
    ("unknown tap", "answerCallbackQuery", {"callback_query_id": "1"}, 400, TOO_OLD),
    ("late tap", "answerCallbackQuery", {"callback_query_id": "OLD_TAP"}, 400, TOO_OLD),
    ("blocked", "sendMessage", {"chat_id": "BLOCKED", "text": "a"}, 403, "bot was blocked by the user"),
    ("account deleted", "sendMessage", {"chat_id": "GONE", "text": "a"}, 403, "user is deactivated"),
    (
        "never started",
        "sendMessage",
        {"chat_id": "STRANGER", "text": "a"},
        403,
        "bot can't initiate conversation with a user",
    ),
    ("voice forbidden", "sendVoice", {"chat_id": "MUTE"}, 400, "VOICE_MESSAGES_FORBIDDEN"),
    ("kicked", "sendMessage", {"chat_id": "KICKED", "text": "a"}, 403, "bot was kicked from the group chat"),
    (
        "grown",
        "sendMessage",
        {"chat_id": "GROWN", "text": "a"},
        400,
        "group chat was upgraded to a supergroup chat",
    ),
    ("command in capitals", "setMyCommands", command("Start"), 400, "BOT_COMMAND_INVALID"),
    ("command in Urdu", "setMyCommands", command("شروع"), 400, "BOT_COMMAND_INVALID"),
    ("empty command", "setMyCommands", command(""), 400, "command must be non-empty"),
    ("long command", "setMyCommands", command("a" * 33), 400, "command length must not exceed 32"),
    (
        "long description",
        "setMyCommands",
        command("a", "b" * 257),
        400,
        "command description length must not exceed 256",
    ),
    ("language", "setMyName", {"name": "a", "language_code": "urd"}, 400, "invalid language code specified"),
    (
        "long secret",
        "setWebhook",
        {"url": "http://a.pk", "secret_token": "a" * 257},
        400,
        "secret token is too long",
    ),
    (
        "secret of other signs",
        "setWebhook",
        {"url": "http://a.pk", "secret_token": "a b"},
        400,
        "secret token contains unallowed characters",
    ),
    ("unknown file, sent", "sendDocument", {"chat_id": "GUL", "document": "none"}, 400, UNREADABLE),
    (
        "unknown file, fetched",
        "getFile",
        {"file_id": "none"},
        400,
        "wrong file_id or the file is temporarily unavailable",
    ),
    ("over 20 MB", "getFile", {"file_id": "HUGE"}, 400, "file is too big"),
    (
        "a photo as a voice",
        "sendVoice",
        {"chat_id": "GUL", "voice": "PHOTO_ID"},
        400,
        "can't use file of type Photo as VoiceNote",
    ),
    ("no album", "sendMediaGroup", {"chat_id": "GUL", "media": []}, 400, "there are no messages to send"),
    (
        "too large an album",
        "sendMediaGroup",
        {"chat_id": "GUL", "media": [{"type": "photo", "media": "PHOTO_ID"}] * 11},
        400,
        "too many messages to send as an album",
    ),
    (
        "a mixed album",
        "sendMediaGroup",
        {"chat_id": "GUL", "media": [{"type": "photo", "media": "a"}, {"type": "document", "media": "b"}]},
        400,
        "document can't be mixed with other media types",
    ),
    (
        "copy of nothing",
        "copyMessage",
        {"chat_id": "GUL", "from_chat_id": "GUL", "message_id": 999},
        400,
        "message to copy not found",
    ),
    ("pin of nothing", "pinChatMessage", edit("999"), 400, "message to pin not found"),
    ("reaction to nothing", "setMessageReaction", edit("999"), 400, "message to react not found"),
    (
        "no such reaction",
        "setMessageReaction",
        edit("TEXT", reaction=[{"type": "emoji", "emoji": "x"}]),
        400,
        "REACTION_INVALID",
    ),
    ("unknown member", "getChatMember", {"chat_id": "GUL", "user_id": 7}, 400, "user not found"),
    (
        "reply to nothing",
        "sendMessage",
        {**html("a"), "reply_to_message_id": 999},
        400,
        "message to be replied not found",
    ),
]
PREFIX = {400: "Bad Request: ", 403: "Forbidden: "}


async def prepared(world: World) -> dict[str, Any]:
    """Everything the table names, and what it is called there."""
    phones, call = world.phones, world.call
    ids: dict[str, Any] = {"GUL": GUL, "OWN": world.screen()["messages"][0]["id"]}
    yes = {"inline_keyboard": [[DATA]]}

    async def sent(**params: Any) -> int:
        number: int = (await call("sendMessage", chat_id=GUL, **params))["message_id"]
        return number

    ids["OLD"] = await sent(text="old", reply_markup=yes)
    ids["OLD_TAP"] = phones.tap(GUL, {"text": "Yes"})[0]["tap"]
    world.telegram.clock.advance(172_801)
    ids["TAP"] = phones.tap(GUL, {"text": "Yes"})[0]["tap"]
    ids["TEXT"] = await sent(text="a")
    ids["KEYED"] = await sent(text="a", reply_markup=REPLY_KEYBOARD)
    ids["FORCED"] = await sent(text="a", reply_markup={"force_reply": True})
    ids["FREED"] = await sent(text="a", reply_markup={"remove_keyboard": True})
    photo = await call("sendPhoto", {"photo": PICTURE}, chat_id=GUL)
    ids |= {"PHOTO": photo["message_id"], "PHOTO_ID": photo["photo"][0]["file_id"]}
    ids["HUGE"] = world.telegram.world.keep_file("document", HUGE).id
    for number, name in enumerate(("BLOCKED", "GONE", "STRANGER", "MUTE"), GUL + 1):
        ids[name] = number
        phones.add(name, number, forbids_voice=name == "MUTE")
        if name != "STRANGER":
            phones.start(number)
    phones.block(ids["BLOCKED"])
    phones.delete_account(ids["GONE"])
    groups = Groups(world.telegram.world, phones)
    ids |= {name: groups.add("group", name, [GUL]).id for name in ("KICKED", "GROWN")}
    groups.kick(ids["KICKED"])
    groups.migrate(ids["GROWN"])
    return ids


def resolved(value: Any, ids: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: resolved(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("method", "params", "code", "words"), [row[1:] for row in TABLE], ids=[f"{row[1]}: {row[0]}" for row in TABLE]
)
async def test_a_call_is_refused(world: World, method: str, params: dict[str, Any], code: int, words: str) -> None:
    params = resolved(params, await prepared(world))
    named = {"sendPhoto": {"photo": PICTURE}, "sendVoice": {"voice": VOICE}}
    files = {} if "voice" in params else named.get(method, {})

    assert await world.refusal(method, files, **params) == (code, PREFIX[code] + words)


async def test_a_refusal_is_the_same_whichever_way_the_parameters_came(world: World) -> None:
    """Nested values as JSON text mean what they mean as JSON."""
    ids = await prepared(world)
    for _, method, params, code, words in TABLE:
        if "voice" in words.lower() or method in ("sendPhoto", "sendVoice"):
            continue
        if method == "setWebhook":
            world.telegram.clock.advance(2)  # two in one second are refused for that
        plain = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in resolved(params, ids).items()
        }
        assert await world.refusal(method, None, **plain) == (code, PREFIX[code] + words)


async def test_the_person_and_the_buttons_are_looked_at_last(world: World) -> None:
    ids = await prepared(world)
    bad_data = {"inline_keyboard": [[{**DATA, "callback_data": "a" * 65}]]}

    long = await world.refusal("sendMessage", chat_id=ids["BLOCKED"], text="a" * 4_097, reply_markup=bad_data)
    assert long == (400, "Bad Request: message is too long")
    blocked = await world.refusal("sendMessage", chat_id=ids["BLOCKED"], text="a", reply_markup=bad_data)
    assert blocked == (403, "Forbidden: bot was blocked by the user")
    kicked = await world.refusal("sendMessage", chat_id=ids["KICKED"], text="a" * 4_097)
    assert kicked == (403, "Forbidden: bot was kicked from the group chat")


async def test_an_edit_still_passes_when_the_person_blocked_the_bot(world: World) -> None:
    ids = await prepared(world)
    world.phones.block(GUL)

    assert (await world.call("editMessageText", chat_id=GUL, message_id=ids["TEXT"], text="b"))["text"] == "b"


async def test_the_token_is_looked_at_first(world: World) -> None:
    body, _ = await world.telegram.call("43:other", "sendNothing", {})
    assert (body["error_code"], body["description"]) == (401, "Unauthorized")
    body, _ = await world.telegram.call(TOKEN, "sendNothing", {"chat_id": 1})
    assert (body["error_code"], body["description"]) == (404, "Not Found: method not found")


async def test_a_picture_on_the_edge_is_taken(world: World) -> None:
    files = {"photo": Upload("a.png", "image/png", png(9_000, 1_000))}

    assert (await world.call("sendPhoto", files, chat_id=GUL))["photo"][-1]["width"] == 9_000
