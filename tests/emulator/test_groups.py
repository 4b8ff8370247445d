"""Groups: what the bot hears there, how it comes and goes, and how a group becomes another chat.

1. A bot hears commands, its name and answers to itself; an administrator hears all.
2. Kicked, gone, grown: each in Telegram's words, with `my_chat_member` for what changed the bot's standing.
3. Commands resolve by member, administrators, chat, all administrators, all groups, default.
"""

from typing import Any

import aiohttp
import pytest

from bot.emulator.groups import Groups
from bot.emulator.phones import Mistake
from tests.emulator.conftest import GUL, World

pytestmark = pytest.mark.asyncio

ZAR = GUL + 1


@pytest.fixture
def groups(world: World) -> Groups:
    world.phones.add("Zar", ZAR)
    return Groups(world.telegram.world, world.phones)


async def heard(world: World) -> list[dict[str, Any]]:
    """What the bot got since it last looked."""
    world.telegram.clock.advance(5)
    updates: list[dict[str, Any]] = await world.call("getUpdates")
    if updates:
        await world.call("getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


async def test_a_new_group_tells_the_bot_of_itself(world: World, groups: Groups) -> None:
    await heard(world)
    group = groups.add("group", "Village", [GUL, ZAR])
    member, created = await heard(world)

    assert member["my_chat_member"]["chat"] == {"id": group.id, "type": "group", "title": "Village"}
    assert member["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert member["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert created["message"]["group_chat_created"] is True
    assert group.id < 0


async def test_the_bot_hears_only_what_is_meant_for_it(world: World, groups: Groups) -> None:
    group = groups.add("group", "Village", [GUL, ZAR])
    own = (await world.call("sendMessage", chat_id=group.id, text="Hello"))["message_id"]
    await heard(world)
    groups.send(group.id, ZAR, "Salaam")
    groups.send(group.id, ZAR, "/help@other_bot")
    for words in ("/help", "/help@local_42_bot", "hey @local_42_bot"):
        groups.send(group.id, ZAR, words)
    groups.send(group.id, ZAR, "Yes", reply_to=own)

    texts = [update["message"]["text"] for update in await heard(world)]
    assert texts == ["/help", "/help@local_42_bot", "hey @local_42_bot", "Yes"]


async def test_an_administrator_hears_everything(world: World, groups: Groups) -> None:
    group = groups.add("supergroup", "Town", [GUL, ZAR], administrator=True)
    await heard(world)
    said = groups.send(group.id, ZAR, "Salaam")

    [update] = await heard(world)
    assert update["message"]["from"]["id"] == ZAR
    assert await world.call("deleteMessage", chat_id=group.id, message_id=said["message_id"]) is True


async def test_a_button_in_a_group_is_pressed_by_a_member(world: World, groups: Groups) -> None:
    group = groups.add("group", "Village", [GUL, ZAR])
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await world.call("sendMessage", chat_id=group.id, text="One", reply_markup=markup)
    await heard(world)
    tap = groups.tap(group.id, ZAR, sent["message_id"], "y")

    [update] = await heard(world)
    query = update["callback_query"]
    assert (query["from"]["id"], query["message"]["chat"]["id"], query["data"]) == (ZAR, group.id, "y")
    assert await world.call("answerCallbackQuery", callback_query_id=tap["tap"], text="Kept") is True
    assert groups.shape(group)["toasts"][0]["text"] == "Kept"


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_kicked_bot_is_told_and_refused(world: World, groups: Groups, kind: str) -> None:
    group = groups.add(kind, "Village", [GUL])
    await heard(world)
    groups.kick(group.id)
    [update] = await heard(world)

    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    refusal = await world.refusal("sendMessage", chat_id=group.id, text="a")
    assert refusal == (403, f"Forbidden: bot was kicked from the {kind} chat")
    with pytest.raises(Mistake):
        groups.kick(group.id)


async def test_a_bot_that_left_is_not_a_member(world: World, groups: Groups) -> None:
    group = groups.add("group", "Village", [GUL])
    assert await world.call("leaveChat", chat_id=group.id) is True

    refusal = await world.refusal("sendMessage", chat_id=group.id, text="a")
    assert refusal == (403, "Forbidden: bot is not a member of the group chat")
    assert "update_id" not in groups.send(group.id, GUL, "/help")


async def test_a_group_that_grew_names_its_new_id(world: World, groups: Groups) -> None:
    group = groups.add("group", "Village", [GUL, ZAR])
    await heard(world)
    grown = groups.migrate(group.id)
    old, new = await heard(world)

    assert (old["message"]["chat"]["id"], old["message"]["migrate_to_chat_id"]) == (group.id, grown.id)
    assert (new["message"]["chat"]["id"], new["message"]["migrate_from_chat_id"]) == (grown.id, group.id)
    assert await world.reply("sendMessage", chat_id=group.id, text="a") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": grown.id},
    }
    assert (await world.call("sendMessage", chat_id=grown.id, text="a"))["message_id"] == 2
    assert grown.id < -1_000_000_000_000
    with pytest.raises(Mistake):
        groups.send(group.id, ZAR, "Salaam")


async def test_the_first_list_of_commands_that_is_set_is_shown(world: World, groups: Groups) -> None:
    group = groups.add("group", "Village", [GUL, ZAR])
    here = {"chat_id": group.id}
    order: list[dict[str, Any]] = [
        {"type": "default"},
        {"type": "all_group_chats"},
        {"type": "all_chat_administrators"},
        {"type": "chat", **here},
        {"type": "chat_administrators", **here},
        {"type": "chat_member", **here, "user_id": GUL},
    ]
    shown = []
    for number, scope in enumerate(order):
        await world.call("setMyCommands", commands=[{"command": f"c{number}", "description": "a"}], scope=scope)
        commands = groups.shape(group)["commands"]
        shown.append((commands[str(GUL)][0]["command"], commands[str(ZAR)][0]["command"]))

    assert shown == [("c0", "c0"), ("c1", "c1"), ("c2", "c1"), ("c3", "c3"), ("c4", "c3"), ("c5", "c3")]


async def test_a_scope_of_members_is_not_for_private_chats(world: World) -> None:
    refusal = await world.refusal("getMyCommands", scope={"type": "chat_administrators", "chat_id": GUL})

    assert refusal == (400, "Bad Request: can't use specified scope in private chats")


async def test_groups_are_made_and_changed_from_outside(http: aiohttp.ClientSession) -> None:
    async def post(path: str, **body: Any) -> tuple[int, Any]:
        async with http.post(path, json=body) as reply:
            return reply.status, await reply.json()

    await post("/sim/users", id=ZAR, first_name="Zar")
    _, group = await post("/sim/chats", type="group", title="Village", members=[ZAR])
    path = f"/sim/chats/{group['id']}"
    assert (await post(f"{path}/send", user=ZAR, text="/help"))[1]["update_id"]
    _, grown = await post(f"{path}/migrate")
    assert (await post(f"/sim/chats/{grown['id']}/kick"))[0] == 200
    async with http.get("/sim/chats") as reply:
        assert [chat["type"] for chat in await reply.json()] == ["group", "supergroup"]
    assert (await post("/sim/chats", type="channel"))[0] == 400
    assert (await post("/sim/chats/-1/kick"))[0] == 404
