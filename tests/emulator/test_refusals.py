"""Each refusal of the emulator, with Telegram's exact code and words (Bot API server, TDLib)."""

from typing import Any

import pytest

from bot.emulator.files import Upload
from bot.emulator.methods import NAMES
from bot.emulator.table import METHODS
from tests.emulator.conftest import GUL, PICTURE, REPORT, TOKEN, World, png

pytestmark = pytest.mark.asyncio

STRANGER = 5_000_099
BUTTON = {"text": "Yes", "callback_data": "y"}


def inline(*rows: list[Any]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


SENDING: list[tuple[str, dict[str, Any], str]] = [
    ("no chat", {"text": "a"}, "chat_id is empty"),
    ("an unknown chat", {"chat_id": 7, "text": "a"}, "chat not found"),
    ("a chat that is no number", {"chat_id": "@group", "text": "a"}, "chat not found"),
    ("no text", {"chat_id": GUL}, "message text is empty"),
    ("only spaces", {"chat_id": GUL, "text": " \n "}, "text must be non-empty"),
    ("only invisible letters", {"chat_id": GUL, "text": "\u200f\u2067\u2069\u3164"}, "text must be non-empty"),
    ("a raw text over 32,768 bytes", {"chat_id": GUL, "text": "ا" * 16_385}, "text is too long"),
    ("a text over 4,096", {"chat_id": GUL, "text": "ا" * 4_097}, "message is too long"),
    ("another parse mode", {"chat_id": GUL, "text": "a", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    (
        "an unknown tag",
        {"chat_id": GUL, "text": "اa <x>b</x>", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "x" at byte offset 4',
    ),
    (
        "a tag without end",
        {"chat_id": GUL, "text": "<b>a", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        "crossed tags",
        {"chat_id": GUL, "text": "<b><i>ab</b></i>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 8, expected "</i>", found "</b>"',
    ),
    (
        "a button without words",
        {"chat_id": GUL, "text": "a", "reply_markup": inline([{"callback_data": "y"}])},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        "a button without an action",
        {"chat_id": GUL, "text": "a", "reply_markup": inline([{"text": "Yes"}])},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        "button data over 64 bytes",
        {"chat_id": GUL, "text": "a", "reply_markup": inline([{"text": "Yes", "callback_data": "ا" * 33}])},
        "BUTTON_DATA_INVALID",
    ),
    (
        "a keyboard too large in all",
        {"chat_id": GUL, "text": "a", "reply_markup": inline(*[[{"text": "Y" * 64, "callback_data": "y"}]] * 160)},
        "reply markup is too long",
    ),
    (
        "a reply to nothing",
        {"chat_id": GUL, "text": "a", "reply_parameters": {"message_id": 999}},
        "message to be replied not found",
    ),
]


@pytest.mark.parametrize(("params", "words"), [each[1:] for each in SENDING], ids=[each[0] for each in SENDING])
async def test_a_message_is_refused(world: World, params: dict[str, Any], words: str) -> None:
    assert await world.refusal("sendMessage", **params) == (400, f"Bad Request: {words}")


async def test_what_lies_on_the_edge_is_sent(world: World) -> None:
    markup = inline([{"text": "Yes", "callback_data": "ا" * 32}])
    sent = await world.call("sendMessage", chat_id=GUL, text="ا" * 4_096, reply_markup=markup)

    assert len(sent["text"]) == 4_096


async def test_the_first_failure_answers(world: World) -> None:
    """Text before markup, markup before chat, chat before length."""
    bad_markup = inline([{}])
    long = "a" * 4_097
    assert (await world.refusal("sendMessage", reply_markup=bad_markup))[1].endswith("message text is empty")
    assert "inline keyboard button" in (await world.refusal("sendMessage", text=long, reply_markup=bad_markup))[1]
    assert (await world.refusal("sendMessage", text=long))[1].endswith("chat_id is empty")


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto", "sendDocument", "sendChatAction"])
async def test_a_person_who_cannot_be_reached_is_not_written_to(world: World, method: str) -> None:
    world.phones.add("Stranger", STRANGER)
    files = {"photo": PICTURE} if method == "sendPhoto" else {"document": REPORT}
    rest: dict[str, Any] = {"text": "a", "action": "typing"}

    refusal = await world.refusal(method, files, chat_id=STRANGER, **rest)
    assert refusal == (403, "Forbidden: bot can't initiate conversation with a user")

    world.phones.block(GUL)
    assert await world.refusal(method, files, chat_id=GUL, **rest) == (
        403,
        "Forbidden: bot was blocked by the user",
    )

    world.phones.unblock(GUL)
    world.phones.delete_account(GUL)
    assert await world.refusal(method, files, chat_id=GUL, **rest) == (403, "Forbidden: user is deactivated")


PHOTOS: list[tuple[str, bytes, str]] = [
    ("an empty file", b"", "file must be non-empty"),
    ("no picture", b"words", "IMAGE_PROCESS_FAILED"),
    ("a picture too large", png(9_000, 1_001), "PHOTO_INVALID_DIMENSIONS"),
    ("a picture too slim", png(2_100, 100), "PHOTO_INVALID_DIMENSIONS"),
    (
        "a picture too heavy",
        png() + bytes(10 * 2**20),
        f"file of size {len(png()) + 10 * 2**20} bytes is too big for a photo; the maximum size is 10485760 bytes",
    ),
]


@pytest.mark.parametrize(("data", "words"), [each[1:] for each in PHOTOS], ids=[each[0] for each in PHOTOS])
async def test_a_photo_is_refused(world: World, data: bytes, words: str) -> None:
    files = {"photo": Upload("a.png", "image/png", data)}

    assert await world.refusal("sendPhoto", files, chat_id=GUL) == (400, f"Bad Request: {words}")


async def test_a_file_over_50_mb_is_refused_with_413(world: World) -> None:
    files = {"document": Upload("a.bin", "", bytes(50 * 2**20 + 1))}

    assert await world.refusal("sendDocument", files, chat_id=GUL) == (413, "Request Entity Too Large")


async def test_files_that_are_not_there_are_refused(world: World) -> None:
    assert await world.refusal("sendPhoto", chat_id=GUL) == (400, "Bad Request: there is no photo in the request")
    assert await world.refusal("sendDocument", chat_id=GUL, document="nonsense") == (
        400,
        "Bad Request: wrong remote file identifier specified: can't unserialize it",
    )
    assert await world.refusal("getFile", file_id="nonsense") == (
        400,
        "Bad Request: wrong file_id or the file is temporarily unavailable",
    )
    sent = await world.call("sendPhoto", {"photo": PICTURE}, chat_id=GUL)
    photo = sent["photo"][0]["file_id"]
    assert await world.refusal("sendDocument", chat_id=GUL, document=photo) == (
        400,
        "Bad Request: can't use file of type Photo as Document",
    )


async def test_a_file_over_20_mb_cannot_be_fetched(world: World) -> None:
    files = {"document": Upload("a.bin", "", bytes(20 * 2**20 + 1))}
    sent = await world.call("sendDocument", files, chat_id=GUL)

    refusal = await world.refusal("getFile", file_id=sent["document"]["file_id"])

    assert refusal == (400, "Bad Request: file is too big")


async def test_a_caption_over_1024_is_refused(world: World) -> None:
    refusal = await world.refusal("sendPhoto", {"photo": PICTURE}, chat_id=GUL, caption="ا" * 1_025)

    assert refusal == (400, "Bad Request: message caption is too long")


async def test_the_same_edit_again_is_refused_after_cleaning(world: World) -> None:
    markup = inline([BUTTON])
    sent = await world.call("sendMessage", chat_id=GUL, text="a b", reply_markup=markup)
    place = {"chat_id": GUL, "message_id": sent["message_id"]}
    not_modified = (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message",
    )

    assert await world.refusal("editMessageText", text=" a\tb\r ", reply_markup=markup, **place) == not_modified
    assert await world.refusal("editMessageReplyMarkup", reply_markup=markup, **place) == not_modified
    assert "reply_markup" not in await world.call("editMessageText", text="a b", **place)
    assert await world.refusal("editMessageText", text="a b", **place) == not_modified


async def test_what_cannot_be_edited_says_why(world: World) -> None:
    text = (await world.call("sendMessage", chat_id=GUL, text="a"))["message_id"]
    photo = (await world.call("sendPhoto", {"photo": PICTURE}, chat_id=GUL))["message_id"]
    markup = {"keyboard": [["Yes"]]}
    locked = (await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=markup))["message_id"]
    persons_own = world.screen()["messages"][0]["id"]

    async def words(method: str, message_id: int, **params: Any) -> str:
        code, description = await world.refusal(method, chat_id=GUL, message_id=message_id, **params)
        assert code == 400
        return description.removeprefix("Bad Request: ")

    assert await words("editMessageText", 999, text="b") == "message to edit not found"
    assert await words("editMessageText", 0, text="b") == "message identifier is not specified"
    assert await words("editMessageText", persons_own, text="b") == "message can't be edited"
    assert await words("editMessageText", locked, text="b") == "message can't be edited"
    assert await words("editMessageText", photo, text="b") == "there is no text in the message to edit"
    assert await words("editMessageCaption", text, caption="b") == "there is no caption in the message to edit"
    assert await words("editMessageText", text, text="b", reply_markup=markup) == "inline keyboard expected"
    assert await words("editMessageText", text, text="b" * 4_097) == "MESSAGE_TOO_LONG"


async def test_a_message_can_be_deleted_for_48_hours(world: World) -> None:
    first = (await world.call("sendMessage", chat_id=GUL, text="a"))["message_id"]
    second = (await world.call("sendMessage", chat_id=GUL, text="b"))["message_id"]

    world.telegram.clock.advance(172_800)
    assert await world.call("deleteMessage", chat_id=GUL, message_id=first) is True

    world.telegram.clock.advance(1)
    assert await world.refusal("deleteMessage", chat_id=GUL, message_id=second) == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )
    assert await world.refusal("deleteMessage", chat_id=GUL, message_id=first) == (
        400,
        "Bad Request: message to delete not found",
    )


async def test_one_message_too_old_refuses_the_whole_deletion(world: World) -> None:
    old = (await world.call("sendMessage", chat_id=GUL, text="a"))["message_id"]
    world.telegram.clock.advance(172_801)
    new = (await world.call("sendMessage", chat_id=GUL, text="b"))["message_id"]

    refusal = await world.refusal("deleteMessages", chat_id=GUL, message_ids=[new, old])
    assert refusal == (400, "Bad Request: message can't be deleted for everyone")
    assert await world.call("deleteMessages", chat_id=GUL, message_ids=[new, 999]) is True
    assert world.screen()["deleted_ids"] == [new]
    assert await world.refusal("deleteMessages", chat_id=GUL, message_ids=list(range(1, 102))) == (
        400,
        "Bad Request: too many message identifiers specified",
    )


async def test_a_late_or_unknown_tap_cannot_be_answered(world: World) -> None:
    too_old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=inline([BUTTON]))
    done, _ = world.phones.tap(GUL, {"text": "Yes"})

    refusal = await world.refusal("answerCallbackQuery", callback_query_id=done["tap"], text="a" * 201)
    assert refusal == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await world.refusal("answerCallbackQuery", callback_query_id="1") == too_old
    assert await world.call("answerCallbackQuery", callback_query_id=done["tap"]) is True
    world.telegram.clock.advance(16)
    assert await world.refusal("answerCallbackQuery", callback_query_id=done["tap"]) == too_old


COMMANDS: list[tuple[dict[str, str], str]] = [
    ({"command": "Start", "description": "a"}, "BOT_COMMAND_INVALID"),
    ({"command": "شروع", "description": "a"}, "BOT_COMMAND_INVALID"),
    ({"command": "", "description": "a"}, "command must be non-empty"),
    ({"command": "a" * 33, "description": "a"}, "command length must not exceed 32"),
    ({"command": "a", "description": "b" * 257}, "command description length must not exceed 256"),
]


@pytest.mark.parametrize(("command", "words"), COMMANDS)
async def test_a_command_is_refused(world: World, command: dict[str, str], words: str) -> None:
    assert await world.refusal("setMyCommands", commands=[command]) == (400, f"Bad Request: {words}")


@pytest.mark.parametrize("code", ["urd", "UR", "u1", "en-GB"])
@pytest.mark.parametrize("method", ["setMyCommands", "setMyName", "getMyDescription"])
async def test_a_language_code_has_two_lowercase_letters(world: World, method: str, code: str) -> None:
    refusal = await world.refusal(method, commands=[], language_code=code)

    assert refusal == (400, "Bad Request: invalid language code specified")


async def test_a_chat_action_has_to_be_a_known_one(world: World) -> None:
    refusal = await world.refusal("sendChatAction", chat_id=GUL, action="dancing")

    assert refusal == (400, "Bad Request: wrong parameter action in request")


async def test_every_known_method_works_or_says_that_it_is_not_emulated(world: World) -> None:
    assert set(METHODS) <= NAMES
    for name in sorted(NAMES - set(METHODS)):
        assert await world.refusal(name) == (501, f"Not Implemented in emulator: {name}")
    assert await world.refusal("sendNothing") == (404, "Not Found: method not found")


async def test_legacy_markdown_is_said_to_be_missing_rather_than_guessed_at(world: World) -> None:
    refusal = await world.refusal("sendMessage", chat_id=GUL, text="a", parse_mode="Markdown")

    assert refusal == (501, "Not Implemented in emulator: parse_mode Markdown")


@pytest.mark.parametrize("token", ["", "42", "042:secret", "42:" + "a" * 80, "x:y", "42:a b"])
async def test_a_malformed_token_is_refused(world: World, token: str) -> None:
    body, _ = await world.telegram.call(token, "getMe", {})

    assert body == {"ok": False, "error_code": 401, "description": "Unauthorized: invalid token specified"}


async def test_only_the_admitted_token_enters(world: World) -> None:
    body, _ = await world.telegram.call("43:other", "getMe", {})
    assert body == {"ok": False, "error_code": 401, "description": "Unauthorized"}

    body, _ = await world.telegram.call(TOKEN, "GETME", {})
    assert body["ok"]


@pytest.mark.parametrize("value", [[], {}, 7, "x", True, [{}], {"type": 1}])
async def test_a_value_of_a_wrong_type_never_breaks_the_server(world: World, value: Any) -> None:
    """Whatever comes is answered with a result or a refusal."""
    for name, (_, known) in METHODS.items():
        if name == "getUpdates":
            continue
        for parameter in known.split():
            params = {"chat_id": GUL, "text": "a", "message_id": 1, parameter: value}
            body = await world.reply(name, None, **params)

            assert body["ok"] or body["error_code"] in (400, 403, 501)
