"""What bots send and change, as the bot gets it back and as the phone shows it."""

import random
from typing import Any

import pytest

from tests.emulator.conftest import GUL, PICTURE, REPORT, World

pytestmark = pytest.mark.asyncio


def inline(*labels: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label}] for label in labels]}


async def test_a_sent_text_comes_back_whole_and_without_nulls(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=str(GUL), text=" Salaam ", reply_markup=inline("Yes"))

    assert sent == {
        "message_id": 2,
        "from": {"id": 42, "is_bot": True, "first_name": "Local bot", "username": "local_42_bot"},
        "chat": {"id": GUL, "type": "private", "first_name": "Gul"},
        "date": 1_800_000_000,
        "text": "Salaam",
        "reply_markup": inline("Yes"),
    }


async def test_an_edit_keeps_the_date_and_counts_on_the_phone(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=inline("Yes"))
    world.telegram.clock.advance(60)
    edited = await world.call("editMessageText", chat_id=GUL, message_id=sent["message_id"], text="Two")

    assert (edited["date"], edited["edit_date"]) == (sent["date"], sent["date"] + 60)
    assert "reply_markup" not in edited
    shown = world.screen()["messages"][-1]
    assert (shown["text"], shown["edits"], shown["buttons"]) == ("Two", 1, [])


async def test_only_a_new_message_raises_a_notification_of_its_first_line(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="One\nTwo", disable_notification=True)
    await world.call("editMessageText", chat_id=GUL, message_id=sent["message_id"], text="Three")

    assert world.screen()["notifications"] == [{"message_id": sent["message_id"], "text": "One", "silent": True}]


async def test_a_deleted_message_is_gone_on_both_sides_and_remembered(world: World) -> None:
    own = world.screen()["messages"][0]["id"]
    sent = await world.call("sendMessage", chat_id=GUL, text="One")
    await world.call("deleteMessage", chat_id=GUL, message_id=own)
    await world.call("deleteMessages", chat_id=GUL, message_ids=[sent["message_id"]])

    assert world.screen()["messages"] == []
    assert world.screen()["deleted_ids"] == [own, sent["message_id"]]


async def test_a_photo_and_a_document_can_be_sent_again_by_file_id(world: World) -> None:
    photo = await world.call("sendPhoto", {"photo": PICTURE}, chat_id=GUL, caption="Week 1")
    document = await world.call("sendDocument", {"up": REPORT}, chat_id=GUL, document="attach://up")
    again = await world.call("sendDocument", chat_id=GUL, document=document["document"]["file_id"])

    assert (photo["photo"][0]["width"], photo["photo"][0]["height"]) == (2, 1)
    assert photo["caption"] == "Week 1"
    assert again["document"] == document["document"]
    file = await world.call("getFile", file_id=photo["photo"][0]["file_id"])
    assert file["file_path"] == "photos/file_0.png"


async def test_a_text_becomes_a_photo_and_never_a_text_again(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="One")
    place = {"chat_id": GUL, "message_id": sent["message_id"]}
    media = {"type": "photo", "media": "attach://p", "caption": "Week 1"}
    edited = await world.call("editMessageMedia", {"p": PICTURE}, media=media, **place)

    assert (edited["caption"], "text" in edited) == ("Week 1", False)
    assert (await world.call("editMessageCaption", caption="Week 2", **place))["caption"] == "Week 2"
    refusal = await world.refusal("editMessageText", text="Two", **place)
    assert refusal[1].endswith("there is no text in the message to edit")


async def test_empty_labels_are_skipped_and_long_rows_cut_with_a_warning(world: World) -> None:
    row = [{"text": label, "callback_data": "y"} for label in ["", *"abcdefghijklm"]]
    sent = await world.call("sendMessage", chat_id=GUL, text="a", reply_markup={"inline_keyboard": [row]})

    assert [button["text"] for button in sent["reply_markup"]["inline_keyboard"][0]] == list("abcdefghijkl")
    entry = world.telegram.world.log.since(0)[-1]
    assert entry["warnings"] == ["a button without words was left out", "13 buttons in one row, more than 8"]


async def test_a_reply_keyboard_shows_on_the_phone_and_not_in_the_reply(world: World) -> None:
    markup = {"keyboard": [["Yes", {"text": "No"}]], "resize_keyboard": True}
    sent = await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=markup)

    assert "reply_markup" not in sent
    assert world.screen()["reply_keyboard"]["keyboard"] == [[{"text": "Yes"}, {"text": "No"}]]
    await world.call("sendMessage", chat_id=GUL, text="b", reply_markup={"remove_keyboard": True})
    assert "reply_keyboard" not in world.screen()


async def test_an_unknown_parameter_is_passed_over_and_noted(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="a", replymarkup={})

    assert world.telegram.world.log.since(0)[-1]["warnings"] == ["unknown parameter: replymarkup"]


async def test_the_log_never_holds_a_token(world: World) -> None:
    await world.call("getMe")

    assert "secret" not in str(world.telegram.world.log.since(0))


async def test_an_answered_tap_shows_its_words(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=inline("Yes"))
    done, _ = world.phones.tap(GUL, {"text": "Yes"})
    assert [tap["tap"] for tap in world.screen()["spinning"]] == [done["tap"]]

    await world.call("answerCallbackQuery", callback_query_id=done["tap"], text="Kept", show_alert=True)
    assert world.screen()["spinning"] == []
    assert [(toast["text"], toast["alert"]) for toast in world.screen()["toasts"]] == [("Kept", True)]


async def test_a_label_is_found_with_or_without_direction_marks(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=inline("\u2067هو\u2069 1"))
    _, tap = world.phones.tap(GUL, {"text": "هو 1"})

    assert tap is not None


async def test_a_chat_action_lasts_five_seconds_or_until_a_message(world: World) -> None:
    await world.call("sendChatAction", chat_id=GUL, action="typing")
    assert world.screen()["action"] == "typing"

    world.telegram.clock.advance(5)
    assert "action" not in world.screen()
    await world.call("sendChatAction", chat_id=GUL, action="typing")
    await world.call("sendMessage", chat_id=GUL, text="a")
    assert "action" not in world.screen()


async def test_the_first_list_of_commands_that_is_set_is_shown(world: World) -> None:
    """Chat before all private chats before default, and within each the language before everyone."""
    scopes: list[tuple[str, dict[str, Any]]] = [
        ("default", {}),
        ("default_ps", {"language_code": "ps"}),
        ("private", {"scope": {"type": "all_private_chats"}}),
        ("chat", {"scope": {"type": "chat", "chat_id": GUL}}),
    ]
    for name, params in scopes:
        await world.call("setMyCommands", commands=[{"command": name, "description": "a"}], **params)
        assert [command["command"] for command in world.screen()["commands"]] == [name]
    for _, params in reversed(scopes):
        await world.call("deleteMyCommands", **params)
    assert world.screen()["commands"] == []


async def test_names_and_descriptions_are_shown_in_the_language_of_the_app(world: World) -> None:
    await world.call("setMyName", name="Trust")
    await world.call("setMyName", name="اعتبار", language_code="ps")
    await world.call("setMyDescription", description="Who asks")
    world.phones.clear_chat(GUL)

    assert world.screen()["bot"]["name"] == "اعتبار"
    assert world.screen()["description"] == "Who asks"
    assert await world.call("getMyName") == {"name": "Trust"}
    assert await world.call("getMyDescription", language_code="ur") == {"description": "Who asks"}
    assert (await world.call("getMe"))["first_name"] == "Trust"


async def test_a_chat_cleared_on_one_side_can_still_be_edited_unseen(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="One")
    world.phones.clear_chat(GUL)
    await world.call("editMessageText", chat_id=GUL, message_id=sent["message_id"], text="Two")
    assert world.screen()["messages"] == []

    world.phones.clear_chat(GUL, both_sides=True)
    refusal = await world.refusal("editMessageText", chat_id=GUL, message_id=sent["message_id"], text="Three")
    assert refusal[1].endswith("message to edit not found")


async def test_message_ids_come_from_one_counter_for_all_chats(world: World) -> None:
    world.phones.add("Zar", GUL + 1)
    first = world.phones.start(GUL + 1)["message_id"]
    second = world.phones.send(GUL, "a")["message_id"]

    assert (first, second) == (2, 3)


async def test_a_long_text_of_a_person_leaves_in_parts(world: World) -> None:
    world.phones.send(GUL, "a" * 5_000)

    assert [len(message["text"]) for message in world.screen()["messages"]] == [6, 4_096, 904]


async def test_the_same_seed_gives_the_same_log() -> None:
    logs = []
    for _ in range(2):
        world = World()
        chance = random.Random(3)
        world.phones.start(GUL)
        for _ in range(20):
            await world.call("sendMessage", chat_id=GUL, text=str(chance.random()), reply_markup=inline("Yes"))
            world.phones.tap(GUL, {"text": "Yes"})
        await world.call("sendPhoto", {"photo": PICTURE}, chat_id=GUL)
        logs.append(world.telegram.world.log.since(0))

    assert logs[0] == logs[1]
