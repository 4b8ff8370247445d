"""How fast a bot may speak, on the emulator's own clock.

1. Off, nothing is counted. 2. A chat takes three at once and one a second, a group 20 a minute, all 30 a second.
3. The sixth edit of a message within five seconds costs half a minute. 4. What is refused is not counted.
5. After the wait that the refusal names the same call passes.
"""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.emulator.groups import Groups
from tests.emulator.conftest import GUL, TOKEN, World

pytestmark = pytest.mark.asyncio


@pytest.fixture
def world() -> World:
    """A world with limits as on the real server, and Gul, who has started the bot."""
    world = World()
    world.telegram.world.limits.set("real")
    world.phones.start(GUL)
    return world


async def sent(world: World, chat: int = GUL) -> int:
    """0 if the message was taken, else the seconds to wait."""
    body = await world.reply("sendMessage", chat_id=chat, text="a")
    if body["ok"]:
        return 0
    wait = int(body["parameters"]["retry_after"])
    assert body == {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {wait}",
        "parameters": {"retry_after": wait},
    }
    return wait


async def test_without_limits_nothing_is_counted(world: World) -> None:
    world.telegram.world.limits.set("off")

    assert [await sent(world) for _ in range(50)] == [0] * 50


async def test_a_chat_takes_a_burst_of_three_and_then_one_a_second(world: World) -> None:
    assert [await sent(world) for _ in range(5)] == [0, 0, 0, 1, 1]
    world.telegram.clock.advance(1)
    assert [await sent(world) for _ in range(2)] == [0, 1]
    world.telegram.clock.advance(60)
    assert [await sent(world) for _ in range(4)] == [0, 0, 0, 1]


async def test_a_group_takes_twenty_a_minute_edits_included(world: World) -> None:
    group = Groups(world.telegram.world, world.phones).add("group", "Village", [GUL])
    for _ in range(19):
        assert await sent(world, group.id) == 0
        world.telegram.clock.advance(1)
    last = max(group.messages)
    await world.call("editMessageText", chat_id=group.id, message_id=last, text="b")

    wait = await sent(world, group.id)
    assert wait == 41  # the first of the twenty is 19 s old
    world.telegram.clock.advance(wait)
    assert await sent(world, group.id) == 0


async def test_all_chats_together_take_thirty_a_second(world: World) -> None:
    people = range(GUL + 1, GUL + 32)
    for person in people:
        world.phones.add("Zar", person)
        world.phones.start(person)

    assert [await sent(world, person) for person in people] == [0] * 30 + [1]


async def test_an_album_counts_as_each_of_its_parts(world: World) -> None:
    world.telegram.world.limits.set("custom", chat_burst=2)
    photo = {"type": "photo", "media": "nothing"}

    body = await world.reply("sendMediaGroup", chat_id=GUL, media=[photo] * 3)
    assert body["error_code"] == 400  # a wrong file is found first
    assert [await sent(world) for _ in range(3)] == [0, 0, 1]


async def test_too_many_edits_of_one_message_cost_half_a_minute(world: World) -> None:
    message = (await world.call("sendMessage", chat_id=GUL, text="a"))["message_id"]

    async def edited(text: str) -> dict[str, Any]:
        return await world.reply("editMessageText", chat_id=GUL, message_id=message, text=text)

    assert [(await edited(str(number)))["ok"] for number in range(5)] == [True] * 5
    assert (await edited("six"))["parameters"] == {"retry_after": 30}
    world.telegram.clock.advance(10)
    assert (await edited("seven"))["parameters"] == {"retry_after": 20}
    world.telegram.clock.advance(20)
    assert (await edited("eight"))["ok"]


async def test_the_figures_can_be_set_from_outside(http: aiohttp.ClientSession) -> None:
    async def limits(**body: Any) -> tuple[int, Any]:
        async with http.post("/sim/limits", json=body) as reply:
            return reply.status, await reply.json()

    assert (await limits(mode="custom", chat_burst=1))[1]["chat_burst"] == 1
    await asyncio.gather(http.post("/sim/users", json={"id": GUL, "first_name": "Gul"}))
    await http.post(f"/sim/users/{GUL}/send", json={"deep_link": ""})
    for status in (200, 429):
        async with http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": GUL, "text": "a"}) as reply:
            assert reply.status == status
            assert reply.headers.get("Retry-After") == ("1" if status == 429 else None)
    async with http.get("/sim/health") as reply:
        assert (await reply.json())["limits"] == "custom"
    assert (await limits(mode="slow"))[0] == (await limits(mode="custom", burst=1))[0] == 400
    assert (await limits(mode="off"))[1] == {"mode": "off"}
