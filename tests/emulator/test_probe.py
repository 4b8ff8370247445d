"""A probe with python-telegram-bot: every kind of call, by polling and by webhook, and one refusal it expects."""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from telegram import Update
from telegram.ext import Application

from bot.emulator.person import Person
from bot.emulator.server import Opened
from tests.emulator.clients.probe_ptb import introduce, make
from tests.emulator.conftest import GUL, TOKEN

pytestmark = pytest.mark.asyncio

SECRET = "s3cret_-"
TRIED = {
    *("setMyCommands", "setMyDescription", "sendMessage", "answerCallbackQuery", "editMessageText"),
    *("sendPhoto", "sendDocument", "sendVoice", "deleteMessage"),
}
Program = Application[Any, Any, Any, Any, Any, Any]


@contextlib.asynccontextmanager
async def polling(program: Program) -> AsyncIterator[None]:
    async def poll() -> None:
        offset = 0
        while True:
            for update in await program.bot.get_updates(offset, timeout=10):
                offset = update.update_id + 1
                await program.process_update(update)

    task = asyncio.create_task(poll())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def by_webhook(program: Program) -> AsyncIterator[None]:
    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given, SECRET):
            return web.Response(status=401)
        update = Update.de_json(await request.json(), program.bot)
        assert update.api_kwargs == {}
        await program.process_update(update)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await program.bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token=SECRET)
    try:
        yield
    finally:
        await program.bot.delete_webhook()
        await runner.cleanup()


@pytest.mark.parametrize("way", [polling, by_webhook])
async def test_a_probe_meets_one_refusal_and_it_is_the_one_it_provokes(
    emulator: Opened, way: Callable[[Program], contextlib.AbstractAsyncContextManager[None]]
) -> None:
    program = make(emulator.url, TOKEN)
    async with program:
        await introduce(program)
        async with way(program), Person(emulator.url, GUL, "Gul") as gul:
            assert (await gul.screen()).description == "Who asks, and what for."
            screen = await gul.start("weekly-1")
            assert [message.text for message in screen.messages[1:]] == ["Welcome weekly-1", "Or type"]
            screen = await gul.press("هو")
            assert (screen.messages[1].text, screen.messages[1].labels) == ("You pressed it", ())
            screen = await gul.say("No")
            assert [message.text for message in screen.messages[-4:]] == ["Week 1", "", "Why?", "Done"]
            assert screen.commands == (("start", "Begin"),)

    assert len(program.bot_data["refused"]) == 1
    assert program.bot_data["refused"][0].startswith("Message is not modified")
    log = emulator.telegram.world.log.since(0)
    calls = [entry for entry in log if entry["kind"] == "call" and entry["method"] != "getUpdates"]
    refused = [entry["method"] for entry in calls if not entry["reply"]["ok"]]
    assert refused == ["editMessageText"]
    assert len(calls) >= 15
    assert {entry["method"] for entry in calls} >= TRIED
    assert [entry["warnings"] for entry in log if "warnings" in entry] == []
