"""The emulator over HTTP on this computer only: the bots' side, the people's side and the page."""

import asyncio
import contextlib
import ipaddress
import json
import signal
import socket
import struct
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.emulator.clock import Clock
from bot.emulator.control import Control
from bot.emulator.files import MAX_FILE, Upload
from bot.emulator.refusals import Refused, bad
from bot.emulator.telegram import Telegram
from bot.emulator.wire import Lost, Mishap, on_the_wire
from bot.emulator.world import Json

PAGE = Path(__file__).parent / "page"
FONTS = Path(__file__).parents[1] / "assets" / "fonts"
"""Many computers have no letters of Urdu and Pashto, or not all of them."""

SHOWN = ("phone.css", "phone.js")
MAX_BODY = MAX_FILE + 2**20
_RAW_SEND = "emulator.send"  # the server's own send, kept so that a connection can be cut
# The page asks nobody but this server.
_POLICY = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'"


def make_app(telegram: Telegram) -> ASGIApp:
    """The whole emulator as one ASGI application."""
    control = Control(telegram)
    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/phone/{user:int}", _page),
            Route("/page/{name}", _page_file),
            Route("/bot{token}/{method}", _bot_side(telegram), methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", _file(telegram), methods=["GET"]),
            *control.routes(),
        ],
        exception_handlers={HTTPException: _not_found},
    )
    return Doorkeeper(app)


class Doorkeeper:
    """Lets in only who asks for this computer by name, and no other web page's scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
            if not _is_here(f"//{headers.get('host', '')}") or not _is_here(headers.get("origin", "//localhost")):
                await JSONResponse({"error": "only for this computer"}, 403)(scope, receive, send)
                return
            scope[_RAW_SEND] = send
        await self._app(scope, receive, send)


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host == "localhost" or is_loopback(host)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# The bots' side


def _bot_side(telegram: Telegram) -> Any:
    async def answer(request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        try:
            params, files = await _read(request)
        except Refused as refused:
            return _as_response(refused.body(), Mishap())
        call = telegram.call(token, method, params, files)
        if method.lower() != "getupdates":
            return _as_response(*await call)
        answered = await _unless_gone(request, call)
        return _as_response(*answered) if answered else HangUp()

    return answer


async def _unless_gone(
    request: Request, call: Coroutine[Any, Any, tuple[Json, Mishap]]
) -> tuple[Json, Mishap] | None:
    """Await a long poll, but end it when its bot has gone away."""
    poll = asyncio.ensure_future(call)
    gone = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({poll, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not poll.done():
            poll.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await poll
            return None
        return poll.result()
    finally:
        poll.cancel()
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone


async def _read(request: Request) -> tuple[Json, dict[str, Upload]]:
    """Parameters from the query, then from the body, in whichever of the three forms it has."""
    params: Json = dict(request.query_params)
    files: dict[str, Upload] = {}
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise Refused(413, "Request Entity Too Large")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        params |= _read_json(await request.body())
    elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        try:
            async with request.form(max_part_size=MAX_BODY) as form:
                for name, value in form.multi_items():
                    if isinstance(value, UploadFile):
                        files[name] = Upload(value.filename or "", value.content_type or "", await value.read())
                    else:
                        params[name] = value
        except HTTPException:
            raise bad("can't parse the request") from None
    else:
        await request.body()
    return params, files


def _read_json(raw: bytes) -> Json:
    try:
        body = json.loads(raw, parse_constant=_no_number) if raw.strip() else {}
    except (RecursionError, ValueError):
        raise bad("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad("expected a JSON object")
    return {name: value for name, value in body.items() if value is not None}


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _as_response(body: Json, mishap: Mishap) -> Response:
    try:
        reply = on_the_wire(body, mishap)
    except Lost as lost:
        return HangUp(reset=not lost.carried_out)
    return Response(reply.body, reply.status, reply.headers)


class HangUp(Response):
    """Cuts the connection without a byte of reply, as a lost network does; reset, as a shut door does."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, _: Send) -> None:
        cycle = getattr(scope[_RAW_SEND], "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is None:
            raise ConnectionError("the reply was dropped")  # in process there is no connection to cut
        if self._reset:
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


def _file(telegram: Telegram) -> Any:
    async def answer(request: Request) -> Response:
        try:
            telegram.bot(request.path_params["token"])
        except Refused as refused:
            return _as_response(refused.body(), Mishap())
        path = request.path_params["path"]
        file = next((file for file in telegram.world.files.values() if file.path == path), None)
        if file is None:
            return await _not_found(request, HTTPException(404))
        return Response(file.data, media_type="application/octet-stream")

    return answer


async def _not_found(_: Request, problem: Exception) -> Response:
    code = problem.status_code if isinstance(problem, HTTPException) else 500
    words = "Not Found" if code == 404 else "Method Not Allowed"
    return JSONResponse({"ok": False, "error_code": code, "description": words}, code)


# The page


async def _page(_: Request) -> Response:
    return _shown("index.html")


async def _page_file(request: Request) -> Response:
    name = request.path_params["name"]
    fonts = {path.name: path for path in FONTS.glob("*.ttf")}
    if name not in SHOWN and name not in fonts:
        return await _not_found(request, HTTPException(404))
    return _shown(name, fonts.get(name))


def _shown(name: str, path: Path | None = None) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return FileResponse(path or PAGE / name, headers=headers)


# Opening and closing


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and ends all waits before it closes its connections."""

    def __init__(self, telegram: Telegram) -> None:
        config = uvicorn.Config(
            make_app(telegram),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self._telegram = telegram

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._telegram.close()
        await super().shutdown(sockets)
        await self._telegram.aclose()


@dataclass(frozen=True)
class Opened:
    """A running emulator: its address, and the world behind it for tests in the same process."""

    url: str
    telegram: Telegram


@contextlib.asynccontextmanager
async def opened(
    host: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    *,
    clock: Clock | None = None,
    seed: int | None = None,
    limits: str = "off",
) -> AsyncIterator[Opened]:
    """An emulator in the running event loop, on a free port unless one is given."""
    telegram = Telegram(clock, token=token, seed=seed, limits=limits)
    async with _running(_listen(host, port), telegram) as emulator:
        yield emulator


@contextlib.asynccontextmanager
async def _running(listener: socket.socket, telegram: Telegram) -> AsyncIterator[Opened]:
    server = _Server(telegram)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(0.005)
        yield Opened(_address(listener), telegram)
    finally:
        server.should_exit = True
        await running


def serve(host: str = "127.0.0.1", port: int = 8081, token: str | None = None, limits: str = "off") -> None:
    """Run until SIGTERM or SIGINT. `token` admits only that bot; `limits` is real or off.

    Raises ValueError for an address that other computers could reach, OSError if the port is taken.
    """
    telegram = Telegram(token=token, limits=limits)
    asyncio.run(_serve(_listen(host, port), telegram))


async def _serve(listener: socket.socket, telegram: Telegram) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with _running(listener, telegram) as emulator:
        sys.stdout.write(f"The local Bot API and its phones: {emulator.url}/\n")
        sys.stdout.flush()
        await stop.wait()


def _listen(host: str, port: int) -> socket.socket:
    if host != "localhost" and not is_loopback(host):
        raise ValueError(f"{host} can be reached by other computers; the emulator is for this one only")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, asyncio sends at once (TCP_NODELAY); unnamed, each reply would wait some 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
