"""What only a real line shows: lost connections over HTTP, posts to a real webhook, and time that stands still."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.emulator.post import Answer, HttpPost, Unreachable, Webhook
from bot.emulator.server import Opened
from tests.emulator.conftest import GUL, TOKEN, until

pytestmark = pytest.mark.asyncio

USER = f"/sim/users/{GUL}"


async def post(http: aiohttp.ClientSession, path: str, **body: Any) -> Any:
    async with http.post(path, json=body) as reply:
        return await reply.json()


@contextlib.asynccontextmanager
async def served(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A web server of this test; its address."""
    app = web.Application()
    app.router.add_post("/hook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def posting() -> AsyncIterator[Callable[[str], Awaitable[Answer]]]:
    poster = HttpPost()
    try:
        yield lambda url: poster(Webhook(url), {"Content-Type": "application/json"}, b"{}")
    finally:
        await poster.close()


# Faults over HTTP


async def test_a_refused_connection_is_reset_and_nothing_was_done(http: aiohttp.ClientSession) -> None:
    await post(http, "/sim/users", id=GUL, first_name="Gul")
    await post(http, f"/bot{TOKEN}/getMe")
    await post(http, f"{USER}/send", deep_link="")
    await post(http, "/sim/faults", match={"method": "sendMessage"}, fault={"refuse": True})
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await post(http, f"/bot{TOKEN}/sendMessage", chat_id=GUL, text="One")

    async with http.get(f"{USER}/screen") as reply:
        assert [message["from_bot"] for message in (await reply.json())["messages"]] == [False]


async def test_a_delayed_reply_does_not_hold_up_the_end(emulator: Opened, http: aiohttp.ClientSession) -> None:
    await post(http, "/sim/faults", fault={"delay_s": 10_000})
    call = asyncio.create_task(post(http, f"/bot{TOKEN}/getMe"))
    await until(lambda: bool(emulator.telegram.world.faults.all()[0].hit))
    emulator.telegram.close()

    assert (await call)["ok"]


async def test_frozen_time_stands_still_until_it_is_moved(emulator: Opened, http: aiohttp.ClientSession) -> None:
    before = await post(http, "/sim/clock", frozen=True)
    poll = asyncio.create_task(post(http, f"/bot{TOKEN}/getUpdates", timeout=50))
    await until(lambda: emulator.telegram.bot(TOKEN).queue.poller is not None)
    after = await post(http, "/sim/clock", advance_s=49)
    assert (after["frozen"], after["now"] - before["now"]) == (True, 49)
    assert not poll.done()
    moved = await post(http, "/sim/clock", advance_s=1)
    assert (await poll)["result"] == []

    thawed = await post(http, "/sim/clock", frozen=False)
    assert not thawed["frozen"]
    assert moved["now"] <= thawed["now"] < moved["now"] + 60


# Posts to a real webhook


async def test_a_reply_in_pieces_is_read_to_its_end() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(5):
            await response.write(b"x" * 1_000)
            await asyncio.sleep(0)
        return response

    async with served(answer) as url, posting() as send:
        assert (await send(url)).body == b"x" * 5_000


async def test_a_redirection_is_an_answer_and_is_not_followed() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "http://192.0.2.1/"})

    async with served(answer) as url, posting() as send:
        assert (await send(url)).status == 307
    assert asked == ["/hook"]


async def test_nobody_there_is_a_refused_connection() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response()

    async with served(answer) as url:
        pass
    async with posting() as send:
        with pytest.raises(Unreachable, match="Connection refused"):
            await send(url)


async def test_a_program_that_hangs_up_is_a_closed_connection() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with served(answer) as url, posting() as send:
        with pytest.raises(Unreachable, match="Webhook connection closed"):
            await send(url)


async def test_an_update_reaches_a_real_program_over_http(emulator: Opened, http: aiohttp.ClientSession) -> None:
    came: list[tuple[str, Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        came.append((request.headers["X-Telegram-Bot-Api-Secret-Token"], await request.json()))
        return web.json_response({"method": "sendMessage", "chat_id": GUL, "text": "by reply"})

    async with served(answer) as url:
        await post(http, f"/bot{TOKEN}/setWebhook", url=url, secret_token="s3cret_-")
        await post(http, "/sim/users", id=GUL, first_name="Gul")
        await post(http, f"{USER}/send", deep_link="")
        chat = emulator.telegram.bot(TOKEN).chats[GUL]
        await until(lambda: len(chat.messages) == 2)

    [(secret, update)] = came
    assert (secret, update["message"]["text"]) == ("s3cret_-", "/start")
