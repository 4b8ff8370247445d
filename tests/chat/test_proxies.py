"""The way to Telegram through a proxy: both pools, over real proxies on loopback, to the local Bot API.

Promises:
1. Calls and fetches go through an HTTP proxy and through a SOCKS5 one, with name and password where it wants them.
2. An encrypted address is asked for by CONNECT; behind SOCKS5 names are looked up by the proxy, never here.
3. A proxy that refuses, or is not there, is said in one sentence that names neither it nor a password.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import NetworkError

from bot.chat.http import AiohttpRequest, ProxyTrouble
from tests.rig import TOKEN, free_port, installed

NAME, PASSWORD = "aitbar", "geheim-7f3a"
HIDDEN_HOST = "telegram.invalid"
"""A name that no name server knows: only the proxy can tell where it is."""

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Proxy:
    """What a proxy was asked for; it leads every name to one place."""

    def __init__(self, port: int, open_to_all: bool = False) -> None:
        self.place = ("127.0.0.1", port)
        self.open_to_all = open_to_all
        self.asked: list[str] = []

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """CONNECT, or a request in absolute form (RFC 9112, section 3.2)."""
        head = await reader.readuntil(b"\r\n\r\n")
        line, _, rest = head.partition(b"\r\n")
        word = base64.b64encode(f"{NAME}:{PASSWORD}".encode())
        if not self.open_to_all and b"basic " + word not in rest.replace(b"Basic", b"basic"):
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        method, target, version = line.split(b" ")
        self.asked.append(f"{method.decode()} {target.decode().split('/bot')[0]}")
        there, back = await asyncio.open_connection(*self.place)
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            path = b"/" + target.split(b"/", 3)[3]
            back.write(b" ".join((method, path, version)) + b"\r\n" + rest)
        await _join(reader, writer, there, back)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """SOCKS5 with a name and a password (RFC 1928, RFC 1929)."""
        _version, number = await reader.readexactly(2)
        methods = await reader.readexactly(number)
        if not self.open_to_all:
            if 2 not in methods:
                writer.write(b"\x05\xff")
                return
            writer.write(b"\x05\x02")
            _version, length = await reader.readexactly(2)
            name = await reader.readexactly(length)
            password = await reader.readexactly((await reader.readexactly(1))[0])
            right = (name, password) == (NAME.encode(), PASSWORD.encode())
            writer.write(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return
        else:
            writer.write(b"\x05\x00")
        _version, _command, _rest, kind = await reader.readexactly(4)
        length = (await reader.readexactly(1))[0] if kind == 3 else 4
        host = await reader.readexactly(length)
        await reader.readexactly(2)
        self.asked.append(f"name {host.decode()}" if kind == 3 else "address")
        there, back = await asyncio.open_connection(*self.place)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await _join(reader, writer, there, back)


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there: asyncio.StreamReader,
    back: asyncio.StreamWriter,
) -> None:
    async def pour(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            to.write(data)
            await to.drain()
        to.close()

    await asyncio.gather(pour(reader, back), pour(there, writer), return_exceptions=True)


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """A proxy on loopback; gives its port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def api() -> AsyncIterator[int]:
    """A Bot API that knows two calls; gives its port."""

    async def answer(request: web.Request) -> web.Response:
        method = request.path.rpartition("/")[2].lower()
        me = {"id": 1, "is_bot": True, "first_name": "x", "username": "x_bot"}
        return web.json_response({"ok": True, "result": me if method == "getme" else []})

    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield port
    finally:
        await runner.cleanup()


async def called(url: str, proxy: str) -> None:
    """Ask who the bot is and fetch, each through its own pool."""
    pools = [AiohttpRequest(1, proxy), AiohttpRequest(4, proxy)]
    bot = Bot(TOKEN, base_url=f"{url}/bot", get_updates_request=pools[0], request=pools[1])
    try:
        await bot.get_me()
        assert await bot.get_updates() == ()
    finally:
        for pool in pools:
            await pool.shutdown()


def asked(kind: str, credentials: str = "", host: str = HIDDEN_HOST, open_to_all: bool = False) -> list[str]:
    """What a proxy of this kind was asked for."""

    async def story() -> list[str]:
        async with api() as port:
            proxy = Proxy(port, open_to_all)
            async with serving(proxy.http if kind == "http" else proxy.socks) as at:
                await called(f"http://{host}", f"{kind}://{credentials}127.0.0.1:{at}")
            return proxy.asked

    return asyncio.run(story())


def test_both_pools_go_through_an_http_proxy() -> None:
    way = f"POST http://{HIDDEN_HOST}"
    assert asked("http", f"{NAME}:{PASSWORD}@") == [way, way]
    assert asked("http", open_to_all=True) == [way, way]


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_both_pools_go_through_a_socks_proxy_which_looks_up_the_name(scheme: str) -> None:
    assert asked(scheme, f"{NAME}:{PASSWORD}@") == [f"name {HIDDEN_HOST}"] * 2
    assert asked(scheme, open_to_all=True) == [f"name {HIDDEN_HOST}"] * 2


def test_an_encrypted_address_is_asked_for_by_connect() -> None:
    async def story() -> list[str]:
        async with api() as port:
            proxy = Proxy(port, open_to_all=True)
            async with serving(proxy.http) as at:
                with pytest.raises(NetworkError):  # what answers there speaks no TLS
                    await called(f"https://{HIDDEN_HOST}", f"http://127.0.0.1:{at}")
            return proxy.asked

    assert asyncio.run(story()) == [f"CONNECT {HIDDEN_HOST}:443"]


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("credentials", ["", f"{NAME}:wrong-word@"])
def test_a_proxy_that_refuses_is_said_without_its_name_or_password(kind: str, credentials: str) -> None:
    with pytest.raises(ProxyTrouble) as trouble:
        asked(kind, credentials)
    assert "127.0.0.1" not in repr(trouble.value)
    assert "wrong-word" not in repr(trouble.value) + str(trouble.value.__cause__)


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_proxy_that_is_not_there_is_said_so(kind: str) -> None:
    with pytest.raises(ProxyTrouble):
        asyncio.run(called(f"http://{HIDDEN_HOST}", f"{kind}://{NAME}:{PASSWORD}@127.0.0.1:{free_port()}"))


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")

    async def story() -> None:
        async with api() as port, aiohttp.ClientSession():
            await called(f"http://127.0.0.1:{port}", "")

    asyncio.run(story())


@pytest.mark.slow
def test_the_whole_program_starts_through_a_proxy_and_says_nothing_of_it(tmp_path: Path) -> None:
    with installed(tmp_path) as rig:

        async def story() -> list[str]:
            proxy = Proxy(rig.port)
            async with serving(proxy.socks) as at:
                rig.env["AITBAR_TELEGRAM_PROXY"] = f"socks5://{NAME}:{PASSWORD}@127.0.0.1:{at}"
                await asyncio.to_thread(rig.start_bot)
                assert await asyncio.to_thread(rig.stop_bot) == 0
            return proxy.asked

        assert set(asyncio.run(story())) == {"address"}
        assert PASSWORD not in rig.log.read_text()
