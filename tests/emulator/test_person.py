"""A person says, presses and sees; each act ends when the bot has reacted."""

import asyncio

import aiohttp
import pytest

from bot.emulator.person import NoReaction, NoSuchButton, Person
from bot.emulator.server import Opened, opened
from tests.emulator import echo
from tests.emulator.conftest import GUL, PICTURE, REPORT, TOKEN

pytestmark = pytest.mark.asyncio


async def test_a_start_with_a_payload_is_answered(emulator: Opened, http: aiohttp.ClientSession) -> None:
    async with echo.running(http, TOKEN), Person(emulator.url, GUL, "Gul") as gul:
        screen = await gul.start("weekly")

    assert screen.words() == "> /start weekly\n< You said /start weekly\n    [Yes]  [No]"


async def test_a_press_edits_in_place_and_raises_no_notification(
    emulator: Opened, http: aiohttp.ClientSession
) -> None:
    async with echo.running(http, TOKEN), Person(emulator.url, GUL, "Gul") as gul:
        await gul.say("Salaam")
        screen = await gul.press("Yes")

    assert screen.last.text == "You pressed yes"
    assert (screen.last.edits, screen.last.labels) == (1, ())
    assert screen.notifications == ("You said Salaam",)
    assert [toast.text for toast in screen.toasts] == ["Kept"]


async def test_a_button_that_is_not_there_shows_the_screen(emulator: Opened, http: aiohttp.ClientSession) -> None:
    async with echo.running(http, TOKEN), Person(emulator.url, GUL, "Gul") as gul:
        await gul.say("Salaam")
        with pytest.raises(NoSuchButton, match="You said Salaam"):
            await gul.press("Perhaps")


async def test_a_forged_tap_reaches_the_bot(emulator: Opened, http: aiohttp.ClientSession) -> None:
    async with echo.running(http, TOKEN), Person(emulator.url, GUL, "Gul") as gul:
        await gul.say("Salaam")
        screen = await gul.press_data("forged")

    assert screen.last.text == "You pressed forged"


async def test_a_bot_that_confirms_and_says_nothing_has_reacted(
    emulator: Opened, http: aiohttp.ClientSession
) -> None:
    async with echo.running(http, TOKEN) as bot, Person(emulator.url, GUL, "Gul", grace=0.05) as gul:
        bot.silent = True
        screen = await gul.say("Salaam")

    assert screen.words() == "> Salaam"


async def test_a_bot_that_is_away_has_not_reacted(emulator: Opened) -> None:
    async with Person(emulator.url, GUL, "Gul", timeout=0.1) as gul:
        with pytest.raises(NoReaction, match="> Salaam"):
            await gul.say("Salaam")
        screen = await gul.screen()

    assert screen.pending_updates == 1


async def test_news_come_without_an_act_and_carry_files(emulator: Opened, http: aiohttp.ClientSession) -> None:
    async with Person(emulator.url, GUL, "Gul") as gul:
        before = await gul.start(wait=False)
        await emulator.telegram.call(TOKEN, "sendPhoto", {"chat_id": GUL, "caption": "Week 2"}, {"photo": PICTURE})
        await emulator.telegram.call(TOKEN, "sendDocument", {"chat_id": GUL}, {"document": REPORT})
        screen = await gul.wait_news(before.seq, idle=0.01)
        photo, document = screen.messages[-2].photo, screen.messages[-1].document
        assert photo is not None
        assert document is not None

        assert await gul.fetch(photo) == PICTURE.data
        assert await gul.fetch(document) == REPORT.data

    assert screen.notifications == ("Week 2", "digest.pdf")


async def test_a_blocked_bot_is_heard_of_and_a_cleared_chat_is_empty(
    emulator: Opened, http: aiohttp.ClientSession
) -> None:
    async with echo.running(http, TOKEN), Person(emulator.url, GUL, "Gul", grace=0.05) as gul:
        await gul.start()
        screen = await gul.block()
        assert screen.blocked

        screen = await gul.unblock()
        assert not screen.blocked

        screen = await gul.clear_chat()
        assert screen.messages == ()


async def test_a_person_waits_for_a_bot_that_has_not_called_yet() -> None:
    async with (
        opened() as emulator,
        aiohttp.ClientSession(emulator.url) as session,
        Person(emulator.url, GUL, "Gul") as gul,
    ):
        assert (await gul.screen()).messages == ()
        start = asyncio.create_task(gul.start())
        async with echo.running(session, TOKEN):
            screen = await start

    assert screen.last.text == "You said /start"
