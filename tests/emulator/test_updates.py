"""Updates: delivered until confirmed, in order, for as long as Telegram keeps them.

1. What is not confirmed is delivered again. 2. A message waits 24 h, a tap 150 s.
3. A second poller ends the first with 409. 4. A command carries its entity; absent fields are left out.
"""

import asyncio
from typing import Any

import pytest

from tests.emulator.conftest import GUL, World

pytestmark = pytest.mark.asyncio

HOUR = 3_600
BUTTONS = {"inline_keyboard": [[{"text": "هو", "callback_data": "y"}, {"text": "Site", "url": "https://a.pk"}]]}


async def ids(world: World, **params: Any) -> list[int]:
    return [update["update_id"] for update in await world.call("getUpdates", **params)]


async def test_updates_come_again_until_an_offset_confirms_them(world: World) -> None:
    world.phones.send(GUL, "one")
    world.phones.send(GUL, "two")
    first = await ids(world)

    assert first == [first[0], first[0] + 1, first[0] + 2]
    world.telegram.clock.advance(1)
    assert await ids(world) == first
    assert await ids(world, offset=first[1]) == first[1:]
    assert await ids(world, offset=first[2], limit=1) == first[2:]


async def test_a_negative_offset_forgets_all_but_the_last(world: World) -> None:
    world.phones.send(GUL, "one")
    world.phones.send(GUL, "two")

    assert len(await ids(world, offset=-1)) == 1
    world.telegram.clock.advance(1)
    assert len(await ids(world)) == 1


async def test_the_same_question_at_once_gets_one_update(world: World) -> None:
    world.phones.send(GUL, "one")

    assert len(await ids(world)) == 2
    assert len(await ids(world)) == 1


async def test_a_message_lives_for_24_hours(world: World) -> None:
    world.telegram.clock.advance(24 * HOUR - 60)
    assert len(await ids(world)) == 1

    world.telegram.clock.advance(60)
    assert await ids(world, timeout=0, offset=1) == []
    fates = [entry["fate"] for entry in world.telegram.world.log.since(0) if entry["kind"] == "update"]
    assert fates == ["created", "delivered", "expired"]


async def test_a_tap_lives_for_150_seconds(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=BUTTONS)
    [start] = await ids(world)
    world.phones.tap(GUL, {"text": "هو"})

    world.telegram.clock.advance(149)
    assert len(await ids(world, offset=start + 1)) == 1
    world.telegram.clock.advance(1)
    assert await ids(world, offset=start + 2) == []


async def test_a_poll_waits_for_news(world: World) -> None:
    [start] = await ids(world)
    poll = asyncio.create_task(ids(world, offset=start + 1, timeout=30))
    await asyncio.sleep(0)
    world.phones.send(GUL, "one")

    assert await poll == [start + 1]


async def test_a_poll_ends_when_its_time_is_over(world: World) -> None:
    [start] = await ids(world)
    poll = asyncio.create_task(ids(world, offset=start + 1, timeout=500))
    await asyncio.sleep(0)
    world.telegram.clock.advance(51)

    assert await poll == []


async def test_a_second_poller_ends_the_first(world: World) -> None:
    [start] = await ids(world)
    first = asyncio.create_task(world.refusal("getUpdates", offset=start + 1, timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(ids(world, offset=start + 1, timeout=30))

    assert await first == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    world.phones.send(GUL, "one")
    assert await second == [start + 1]


async def test_a_further_conflict_is_held_back(world: World) -> None:
    [start] = await ids(world)
    polls = [asyncio.create_task(world.reply("getUpdates", offset=start + 1, timeout=30)) for _ in range(3)]
    done, _ = await asyncio.wait(polls, timeout=0.05)
    assert len(done) == 1

    world.telegram.clock.advance(3)
    replies = [poll.result() for poll in polls[:2] if poll.done() or await poll]
    assert [reply["error_code"] for reply in replies] == [409, 409]
    polls[2].cancel()


async def test_only_wanted_kinds_come_and_the_wish_is_remembered(world: World) -> None:
    [start] = await ids(world, allowed_updates=["my_chat_member"])
    world.phones.send(GUL, "one")
    world.phones.block(GUL)

    [update] = await world.call("getUpdates", offset=start + 1)
    assert set(update) == {"update_id", "my_chat_member"}
    info = await world.call("getWebhookInfo")
    assert (info["pending_update_count"], info["allowed_updates"]) == (1, ["my_chat_member"])


async def test_a_start_with_a_payload_carries_its_command_entity(world: World) -> None:
    world.phones.start(GUL, "weekly-1")
    _, update = await world.call("getUpdates")
    message = update["message"]

    assert message["text"] == "/start weekly-1"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {"id": GUL, "is_bot": False, "first_name": "Gul", "language_code": "ps"}
    assert message["chat"] == {"id": GUL, "type": "private", "first_name": "Gul"}


async def test_a_tap_carries_the_whole_message(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=BUTTONS)
    world.phones.tap(GUL, {"row": 0, "col": 0})
    tap = (await world.call("getUpdates"))[-1]["callback_query"]

    assert tap["message"] == sent
    assert (tap["data"], tap["from"]["id"]) == ("y", GUL)
    assert isinstance(tap["id"], str)
    assert isinstance(tap["chat_instance"], str)


async def test_a_tap_on_a_message_that_is_gone_names_it_without_a_date(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=BUTTONS)
    await world.call("deleteMessage", chat_id=GUL, message_id=sent["message_id"])
    world.phones.tap(GUL, {"data": "y"}, sent["message_id"])
    tap = (await world.call("getUpdates"))[-1]["callback_query"]

    assert (tap["message"]["message_id"], tap["message"]["date"]) == (sent["message_id"], 0)
    assert "text" not in tap["message"]


async def test_a_link_button_makes_no_update(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="a", reply_markup=BUTTONS)
    done, tap = world.phones.tap(GUL, {"text": "Site"})

    assert (done["url"], tap) == ("https://a.pk", None)
    assert len(await ids(world)) == 1


async def test_an_edited_text_comes_as_an_edited_message(world: World) -> None:
    message_id = world.phones.send(GUL, "one")["message_id"]
    world.phones.edit(GUL, message_id, "two")
    update = (await world.call("getUpdates"))[-1]

    assert update["edited_message"]["text"] == "two"
    assert update["edited_message"]["edit_date"] >= update["edited_message"]["date"]


async def test_blocking_tells_the_bot_and_starting_again_unblocks(world: World) -> None:
    world.phones.block(GUL)
    world.phones.start(GUL)
    _, blocked, back, start = await world.call("getUpdates")

    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert back["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start"


async def test_dropping_pending_updates_forgets_them(world: World) -> None:
    await world.call("deleteWebhook", drop_pending_updates=True)

    assert (await world.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_reset_goes_on_counting_updates_so_that_a_running_bot_loses_none(world: World) -> None:
    [before] = await ids(world)
    world.telegram.reset()
    world.phones.add("Sana", GUL)
    world.phones.start(GUL)

    assert await ids(world, offset=before + 1) == [before + 1]
