"""Echo bots of other people's libraries, unchanged against the emulator: by polling and by webhook with secret.

Each is a process of its own and meets a person who starts, taps, writes, edits, deletes and sends a photo.
"""

import asyncio
import base64
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.emulator.person import Person
from bot.emulator.server import Opened, opened
from tests.emulator.conftest import GUL, TOKEN, png

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

CLIENTS = Path(__file__).parent / "clients"
SECRET = "s3cret_-"
GRAMMY_IS_HERE = shutil.which("node") is not None and (CLIENTS / "node_modules" / "grammy").is_dir()
PROGRAMS = [
    pytest.param([sys.executable, "echo_aiogram.py"], id="aiogram"),
    pytest.param(
        ["node", "echo_grammy.mjs"],
        id="grammY",
        marks=pytest.mark.skipif(
            not GRAMMY_IS_HERE, reason="grammY is not installed: `make test-setup` with npm does it"
        ),
    ),
]


@contextlib.asynccontextmanager
async def running(program: list[str], emulator: Opened, *more: str) -> AsyncIterator[None]:
    """A bot in a process of its own, from its first poll or its webhook on; ended by its process."""
    process = await asyncio.create_subprocess_exec(*program, emulator.url, TOKEN, *more, cwd=CLIENTS)
    bot = emulator.telegram.bot(TOKEN)
    try:
        async with asyncio.timeout(120):  # aiogram takes many seconds to be imported on a busy computer
            while process.returncode is None and not (bot.queue.poller or bot.webhook):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert process.returncode is None
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def refusals(emulator: Opened) -> list[tuple[str, Any]]:
    calls = [entry for entry in emulator.telegram.world.log.since(0) if entry["kind"] == "call"]
    return [(entry["method"], entry["reply"]) for entry in calls if not entry["reply"]["ok"]]


def warnings(emulator: Opened) -> list[Any]:
    return [entry["warnings"] for entry in emulator.telegram.world.log.since(0) if "warnings" in entry]


@pytest.mark.parametrize("way", [(), (SECRET,)], ids=["polling", "webhook"])
@pytest.mark.parametrize("program", PROGRAMS)
async def test_an_echo_bot_talks_with_a_person(program: list[str], way: tuple[str, ...]) -> None:
    async with (
        opened(token=TOKEN) as emulator,
        running(program, emulator, *way),
        Person(emulator.url, GUL, "Gul", language_code="ps") as gul,
    ):
        screen = await gul.start("weekly")
        assert screen.last.text == "Welcome weekly"
        assert screen.commands == (("picture", "Show a picture"),)

        screen = await gul.press("Yes")
        assert (screen.last.text, screen.last.edits) == ("You pressed yes", 1)
        assert (screen.toasts[-1].text, screen.spinning) == ("Kept", 0)

        screen = await gul.say("سلام 👋")
        assert screen.last.text == "You said سلام 👋"

        words = screen.messages[-2].id
        screen = await gul.edit(words, "سلامونه")
        assert (screen.last.text, screen.last.reply_to) == ("You changed it to سلامونه", words)

        screen = await gul.say("/picture")
        assert screen.last.photo is not None
        assert (screen.last.text, screen.last.photo.width) == ("A picture", 2)

        before = len(screen.messages)
        screen = await gul.say("/forget")
        assert len(screen.messages) == before

        await send_photo(emulator, png(3, 2))
        screen = await gul.wait_quiet()
        assert screen.last.photo is not None
        assert (screen.last.text, screen.last.photo.width) == ("Yours", 3)

        assert refusals(emulator) == []
        assert warnings(emulator) == []
        if way:
            await turned_away(emulator)


async def send_photo(emulator: Opened, picture: bytes) -> None:
    body = {"photo": base64.b64encode(picture).decode()}
    async with (
        aiohttp.ClientSession(emulator.url) as http,
        http.post(f"/sim/users/{GUL}/send", json=body) as reply,
    ):
        assert reply.status == 200, await reply.text()


async def turned_away(emulator: Opened) -> None:
    """Without the secret the bot lets nobody in: it was the emulator's header that opened the door."""
    webhook = emulator.telegram.bot(TOKEN).webhook
    assert webhook is not None
    async with aiohttp.ClientSession() as http, http.post(webhook.url, json={"update_id": 1}) as reply:
        assert reply.status == 401
