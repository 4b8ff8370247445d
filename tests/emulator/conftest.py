"""A world in memory with one person, and the same world over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.emulator.clock import Clock
from bot.emulator.files import Upload
from bot.emulator.phones import Phones
from bot.emulator.server import Opened, opened
from bot.emulator.telegram import Telegram

TOKEN = "42:secret"
GUL = 5_000_001


class World:
    """An emulator without a network, whose time stands still until it is moved."""

    def __init__(self) -> None:
        self.telegram = Telegram(Clock(lambda: 1_800_000_000.0), token=TOKEN, seed=1)
        self.phones = Phones(self.telegram.world)
        self.phones.add("Gul", GUL, language_code="ps")

    async def reply(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> dict[str, Any]:
        """The whole answer to a call."""
        body, _ = await self.telegram.call(TOKEN, method, params, files)
        return body

    async def call(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> Any:
        """The result of a call that must not be refused."""
        body = await self.reply(method, files, **params)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> tuple[int, str]:
        body = await self.reply(method, files, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    def screen(self) -> dict[str, Any]:
        return self.phones.screen(GUL)


@pytest.fixture
def world() -> World:
    """One bot, and Gul, who has started it."""
    world = World()
    world.phones.start(GUL)
    return world


@pytest_asyncio.fixture
async def emulator() -> AsyncIterator[Opened]:
    async with opened(token=TOKEN) as emulator:
        yield emulator


@pytest_asyncio.fixture
async def http(emulator: Opened) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(emulator.url) as session:
        yield session


async def until(ready: Callable[[], bool]) -> None:
    """Wait for something that nobody announces; fail rather than hang."""
    async with asyncio.timeout(20):
        while not ready():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.005)


def png(width: int = 2, height: int = 1) -> bytes:
    """The head of a PNG: all that the emulator reads."""
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02"
    )


PICTURE = Upload("chart.png", "image/png", png())
REPORT = Upload("digest.pdf", "application/pdf", b"%PDF-1.7 words")
