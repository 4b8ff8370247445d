"""The steward's desk: a page on this computer only, behind an address that nobody can guess.

Laws:
1. It listens on loopback, answers to that name alone, and only below a secret drawn at each start.
2. The page asks nobody but this server, and no page of another site is let in.
3. Texts go to the page and nowhere else: nothing of them is logged, cached or written.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import nature
from bot.coding.work import CodingTrouble, Mark, Work, agreements
from bot.core.codes import Codes
from bot.core.themes import Agreement
from bot.store.opentext import Opened

PAGE = Path(__file__).parent / "page"
FONTS = Path(__file__).parents[1] / "assets" / "fonts"
"""Many computers have no letters of Urdu and Pashto, or not all of them."""

FILES = ("desk.css", "desk.js")
LOOPBACK = "127.0.0.1"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; media-src 'self'; "
        "connect-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MOST_BYTES = 10_000
"""Of what the page sends: a decision of one text, or a title."""


class Desk:
    """The page over one piece of work. `out` is where codes go; `first` the coding that a second one follows."""

    def __init__(self, work: Work, out: Path, first: Path | None = None) -> None:
        self._work = work
        self._out = out
        self._first = first

    def app(self, secret: str) -> ASGIApp:
        """Everything below the secret."""
        return Doorkeeper(
            Starlette(
                routes=[
                    Route(f"/{secret}/", self._page),
                    Route(f"/{secret}/page/{{name}}", self._file),
                    Route(f"/{secret}/state", self._state),
                    Route(f"/{secret}/text/{{question}}/{{place:int}}", self._text),
                    Route(f"/{secret}/sound/{{question}}/{{place:int}}", self._sound),
                    Route(f"/{secret}/code", self._done(self._code), methods=["POST"]),
                    Route(f"/{secret}/theme", self._done(self._theme), methods=["POST"]),
                    Route(f"/{secret}/finish", self._done(self._finish), methods=["POST"]),
                ]
            ),
            secret,
        )

    # -- what is shown ------------------------------------------------------------------------------------

    async def _page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        fonts = {path.name: path for path in FONTS.glob("*.ttf")}
        if name not in FILES and name not in fonts:
            return Response(status_code=404)
        return FileResponse(fonts.get(name, PAGE / name))

    async def _state(self, _: Request) -> Response:
        return JSONResponse(self._as_json())

    async def _text(self, request: Request) -> Response:
        found = self._found(request)
        if found is None:
            return Response(status_code=404)
        question, name = found
        content, mark = self._work.content(question.id, name), self._work.mark(question.id, name)
        return JSONResponse(
            {
                "words": content if isinstance(content, str) else "",
                "coded": mark is not None,
                "themes": [] if mark is None else sorted(mark.themes),
                "remove": mark is not None and mark.remove,
                "given": self._work.is_given(question.id, name),
            }
        )

    async def _sound(self, request: Request) -> Response:
        found = self._found(request)
        content = None if found is None else self._work.content(found[0].id, found[1])
        if not isinstance(content, bytes):
            return Response(status_code=404)
        return Response(content, media_type="audio/ogg")

    def _found(self, request: Request) -> tuple[Opened, str] | None:
        """The question and the text that a request names."""
        for one in self._work.questions():
            names = self._work.names(one.id)
            if one.id == request.path_params["question"] and request.path_params["place"] < len(names):
                return one, names[request.path_params["place"]]
        return None

    def _as_json(self) -> dict[str, object]:
        return {
            "wave": self._work.bundle.wave,
            "k": self._work.bundle.k,
            "second": self._work.is_second,
            "out": self._out.name,
            "questions": [self._question(one) for one in self._work.questions()],
        }

    def _question(self, one: Opened) -> dict[str, object]:
        names = self._work.names(one.id)
        return {
            "id": one.id,
            "ask": dict(one.ask),
            "spoken": bool(one.sounds),
            "themes": [{"id": id, "title": dict(title)} for id, title in self._work.titles(one.id).items()],
            "coded": [self._work.mark(one.id, name) is not None for name in names],
            "given": [self._work.is_given(one.id, name) for name in names],
        }

    # -- what is decided ----------------------------------------------------------------------------------

    def _done(self, act: Callable[[dict[str, Any]], dict[str, object]]) -> Callable[[Request], Any]:
        """An act that answers with what came of it, or with the sentence why not."""

        async def answer(request: Request) -> Response:
            if request.headers.get("content-type", "") != "application/json":
                return Response(status_code=415)
            body = await request.body()
            try:
                if len(body) > MOST_BYTES:
                    raise ValueError(len(body))
                return JSONResponse({**act(json.loads(body)), "state": self._as_json()})
            except CodingTrouble as trouble:
                return JSONResponse({"trouble": str(trouble)}, 409)
            except (ValueError, KeyError, TypeError, IndexError, RecursionError):
                return Response(status_code=400)

        return answer

    def _code(self, said: dict[str, Any]) -> dict[str, object]:
        question = str(said["question"])
        place = int(said["place"])
        if place < 0:
            raise IndexError(place)
        name = self._work.names(question)[place]
        if said.get("undo") is True:
            self._work.undo(question, name)
        else:
            self._work.put(question, name, Mark(frozenset(map(str, said["themes"])), said["remove"] is True))
        return {}

    def _theme(self, said: dict[str, Any]) -> dict[str, object]:
        question, language, title = str(said["question"]), str(said["language"]), str(said["title"])
        if "theme" not in said:
            return {"theme": self._work.add_theme(question, language, title)}
        self._work.rename(question, str(said["theme"]), language, title)
        return {"theme": said["theme"]}

    def _finish(self, _: dict[str, Any]) -> dict[str, object]:
        if self._first is not None:
            return {"agreement": {id: _agreed(one) for id, one in agreements(self._work, self._first).items()}}
        return {"given": _given(self._work.give(self._out)), "file": self._out.name}


def _given(codes: Codes) -> dict[str, object]:
    return {
        id: {
            "coded": one.counted.n,
            "themes": dict(one.counted.themes),
            "agreement": _agreed(one.counted.agreement),
        }
        for id, one in codes.questions.items()
    }


def _agreed(one: Agreement | None) -> dict[str, object] | None:
    return None if one is None else {"n": one.n, "kappa": one.kappa, "themes": dict(one.themes)}


class Doorkeeper:
    """Lets in only who knows the secret, asks for this computer by name, and is no other site's page."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get("host", "")
        origin = headers.get("origin", f"http://{host}")
        told = str(scope["path"]).split("/")[1].encode()
        if (
            not _is_here(host)
            or origin != f"http://{host}"
            or not hmac.compare_digest(told, self._secret.encode())
        ):
            await Response(status_code=404)(scope, receive, send)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                sent = [(k, v) for k, v in message["headers"] if k.decode().title() not in HEADERS]
                own = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
                message = {**message, "headers": [*sent, *own]}
            await send(message)

        await self._app(scope, receive, guarded)


def _is_here(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in (LOOPBACK, "localhost")
    except ValueError:
        return False


# -- opening and closing ----------------------------------------------------------------------------------


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def opened(desk: Desk, port: int = 0) -> AsyncIterator[str]:
    """The page in the running event loop, on a free port unless one is given; gives its address."""
    secret = nature.token(16).hex()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(16)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise CodingTrouble(f"Port {port} cannot be used ({error.strerror}). Name another with --port.") from None
    config = uvicorn.Config(
        desk.app(secret),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="critical",  # what went wrong with a text is not printed
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(0.005)
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}/{secret}/"
    finally:
        server.should_exit = True
        await running


def serve(work: Work, out: Path, port: int, say: Callable[[str], None], first: Path | None = None) -> None:
    """Show the page until SIGINT or SIGTERM; `say` is told its address."""

    async def run() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with opened(Desk(work, out, first), port) as url:
            say(url)
            await stop.wait()

    asyncio.run(run())
