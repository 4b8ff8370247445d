"""The talk of a phone as a file: what a teacher reads, and what can be played again.

1. Each act is followed by what the bot then showed: new and changed messages, words in passing, what is gone.
2. Links, codes and days stand so that the talk can be played another day; a secret stands nowhere.
3. A talk begins when the chat was last empty; its head is waited for.
"""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.emulator.phones import Mistake
from bot.emulator.server import Opened
from tests.emulator.conftest import GUL, World

pytestmark = pytest.mark.asyncio


def buttons(*labels: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


async def test_acts_and_what_followed_stand_below_each_other(world: World) -> None:
    world.phones.clear_chat(GUL, both_sides=True)
    world.phones.start(GUL, "weekly")
    sent = await world.call(
        "sendMessage", chat_id=GUL, text="Often?\nHow often?", reply_markup=buttons("Yes", "No")
    )
    done, _ = world.phones.tap(GUL, {"text": "Yes"})
    place = {"chat_id": GUL, "message_id": sent["message_id"]}
    await world.call("editMessageText", text="Thanks", **place)
    await world.call("answerCallbackQuery", callback_query_id=done["tap"], text="Saved")
    typed = world.phones.send(GUL, "and\nmore")
    await world.call("deleteMessage", chat_id=GUL, message_id=typed["message_id"])
    await world.call("deleteMessage", **place)

    world.phones.describe_talk(GUL, "# A head.", {"weekly": "wave"}, None)
    assert world.phones.talk(GUL) == (
        "# A head.\n# app: ps\n\n"
        "> /start {wave}\n< Often?\n  How often?\n  [Yes] [No]\n"
        "> [Yes]\n< Thanks\n< (in passing) Saved\n"
        "> and more\n  (the words just typed are taken off the phone)\n"
        "  (taken off the phone: words of the bot)\n"
    )


async def test_buttons_stand_in_the_order_of_reading(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="۱. پوښتنه", reply_markup=buttons("ژبه", "شا ته"))
    assert "  [شا ته] [ژبه]\n" in world.phones.talk(GUL)


async def test_a_code_stands_nowhere_and_is_known_when_it_is_typed(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="Your code: 12345 67890.")
    world.phones.send(GUL, "/withdraw 12345 67890")
    talk = world.phones.talk(GUL)
    assert "< Your code: ##### #####." in talk
    assert "> /withdraw {code}\n" in talk
    assert "12345" not in talk


async def test_a_button_pressed_again_before_anything_changed_was_pressed_twice(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="One?", reply_markup=buttons("Yes"))
    for _ in range(2):
        world.phones.tap(GUL, {"text": "Yes"})
    assert world.phones.talk(GUL).endswith("> [Yes] twice\n")
    await world.call("sendMessage", chat_id=GUL, text="Two?")
    world.phones.tap(GUL, {"text": "Yes"})
    assert world.phones.talk(GUL).endswith("> [Yes] twice\n< Two?\n> [Yes]\n")


async def test_days_that_pass_are_told_once_the_talk_has_begun(world: World) -> None:
    world.phones.clear_chat(GUL)
    world.phones.time_passes(86_400)
    world.phones.send(GUL, "Salaam")
    for seconds in (86_400, 3 * 86_400, 60):
        world.phones.time_passes(seconds)
    world.phones.block(GUL)
    assert world.phones.talk(GUL).split("\n\n")[1] == (
        "> Salaam\n* a day passes\n* 3 days pass\n* the bot is blocked\n"
    )


async def test_an_emptied_chat_begins_a_new_talk(world: World) -> None:
    world.phones.clear_chat(GUL)
    with pytest.raises(Mistake, match="nothing was said"):
        world.phones.talk(GUL)


async def test_a_tap_that_no_button_has_is_no_word_of_the_person(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="One?", reply_markup=buttons("Yes"))
    world.phones.tap(GUL, {"data": "Yes"}, sent["message_id"])
    world.phones.tap(GUL, {"data": "forged"}, sent["message_id"])
    assert world.phones.talk(GUL).endswith("> [Yes]\n* a forged tap\n")


async def test_a_talk_is_given_once_its_head_is_true(emulator: Opened, http: aiohttp.ClientSession) -> None:
    path = f"/sim/users/{GUL}"
    await http.post("/sim/users", json={"id": GUL, "first_name": "Gul"})
    await http.post(f"{path}/talk", json={"head": "# old", "true_at": 0})
    async with http.post(f"{path}/send", json={"text": "Salaam"}) as reply:
        seq = (await reply.json())["seq"]
    asked = asyncio.create_task(http.get(f"{path}/talk"))
    async with http.get(f"{path}/talk?now=true") as reply:
        assert (await reply.text()).startswith("# old")
    assert not asked.done()
    await http.post(f"{path}/talk", json={"head": "# new", "true_at": seq})
    reply = await asked
    assert reply.headers["Content-Disposition"] == 'attachment; filename="talk.txt"'
    assert await reply.text() == "# new\n\n> Salaam\n"


async def test_a_link_that_is_held_shows_whether_it_was_followed(world: World) -> None:
    world.phones.give_link(GUL, "weekly-2")
    assert world.screen()["link"] == {"payload": "weekly-2", "followed": False}
    world.phones.start(GUL, "another")
    assert not world.screen()["link"]["followed"]
    world.phones.start(GUL, "weekly-2")
    assert world.screen()["link"]["followed"]
    with pytest.raises(Mistake, match="payload"):
        world.phones.give_link(GUL, "no link!")
