"""Updates that Telegram brings: each post waits until what followed from it was committed, then gets its 200.

    posts that queue -> ONE transaction for all of them -> 200 to each, while the replies travel

Laws:
1. Nobody is heard who does not know the path and the secret; both are compared before the body is read.
2. A post is told 200 after its commit and not before; whatever was not committed comes again.
3. What is no update is passed, as a malformed one is when we fetch: it must not hold up those behind it.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from bot.chat.pace import Pace
from bot.chat.updates import ALLOWED, FLUSH_SECONDS, PollTrouble, Updates, Waits, unless
from bot.store import derive

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name (Bot API, setWebhook)

LARGEST = 256 * 1024
"""Bytes of a post; an update is far smaller."""

MOST_WAITING = 200
"""Posts that may wait for a commit: five times what Telegram has under way at once."""

TOGETHER = 100
"""Posts in one transaction, as many as one fetch brings."""

CONNECTIONS = 40
AGAIN_SECONDS = 2
"""What we ask Telegram to wait (Retry-After) after a commit that failed, or while we stop."""

LOOK_SECONDS = 25.0
"""How often Telegram is asked whether the webhook is still ours: a sign of life, as fetching gives by itself."""

TAKEN_TIMES = 3

log = structlog.get_logger()


class Door:
    """The path and the secret that Telegram alone is told; both come from one key file."""

    def __init__(self, address: str, key: bytes) -> None:
        path = derive(key, "webhook path", 16).hex()
        self.secret = base64.urlsafe_b64encode(derive(key, "webhook secret")).rstrip(b"=").decode()
        self.url = f"{address.rstrip('/')}/{path}"
        self._path = path.encode()

    def opens_to(self, request: web.Request) -> bool:
        """True for who knows both. A proxy may have taken the first parts of the path away."""
        last = request.path.rpartition("/")[2].encode("utf-8", "surrogateescape")
        said = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        knows_path = hmac.compare_digest(last, self._path)
        return hmac.compare_digest(said, self.secret.encode()) and knows_path


@dataclass(eq=False)
class Post:
    """An update on its way into a transaction; `saved` says whether it was committed."""

    raw: dict[str, Any]
    saved: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Webhook:
    """Listens for Telegram's posts. `updates` takes them in; `listen` is host and port."""

    def __init__(
        self,
        bot: Bot,
        updates: Updates,
        pace: Pace,
        door: Door,
        listen: tuple[str, int],
        stopping: asyncio.Event | None = None,
    ) -> None:
        self._bot = bot
        self._updates = updates
        self._pace = pace
        self._door = door
        self._listen = listen
        self._stopping = stopping or asyncio.Event()
        self._waiting: deque[Post] = deque()
        self._came = asyncio.Event()
        self._was_ours = False
        self._taken = 0
        self._last_error: datetime | None = None

    def stop(self) -> None:
        """Take nothing more; what was taken is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Listen, tell Telegram where, and answer until stopped. Raises PollTrouble for what no waiting mends."""
        application = web.Application(client_max_size=LARGEST)
        application.router.add_route("*", "/{anything:.*}", self._post)
        application.on_response_prepare.append(_unnamed)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=FLUSH_SECONDS)
        await runner.setup()
        try:
            await self._open(runner)
            working = asyncio.create_task(self._work())
            try:
                await self._watch()
            finally:
                self.stop()
                await working
                await self._pace.flush(FLUSH_SECONDS)
        finally:
            await runner.cleanup()

    async def _open(self, runner: web.AppRunner) -> None:
        host, port = self._listen
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise PollTrouble(
                f"The address {host}:{port} of AITBAR_WEBHOOK_LISTEN cannot be listened on ({error.strerror}). "
                "Choose another, or end the program that uses it."
            ) from None

    # -- what comes -----------------------------------------------------------------------------------

    async def _post(self, request: web.Request) -> web.Response:
        if not self._door.opens_to(request) or request.method != "POST":
            return web.Response(status=403)
        if self._stopping.is_set() or len(self._waiting) >= MOST_WAITING:
            return _later()
        if request.content_type != "application/json":
            return web.Response(status=415)
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        raw = _update(await request.read())  # answers 413 by itself when more comes than was said
        if raw is None:
            log.warning("a post could not be read")
            return web.Response()
        post = Post(raw)
        self._waiting.append(post)
        self._came.set()
        return web.Response() if await post.saved else _later()

    async def _work(self) -> None:
        while True:
            await unless(self._stopping, self._came.wait())
            self._came.clear()
            while self._waiting:
                await unless(self._stopping, self._pace.room())
                posts = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
                saved = await self._take(posts)
                for post in posts:
                    if not post.saved.done():  # else whoever posted it is gone
                        post.saved.set_result(saved)
            if self._stopping.is_set():
                return

    async def _take(self, posts: list[Post]) -> bool:
        try:
            await self._updates.take([post.raw for post in posts])
        except Exception as error:  # whatever it is, nothing was committed: Telegram brings them again
            log.error("what came could not be saved and is asked for again", kind=type(error).__name__)
            return False
        self._updates.heard()
        return True

    # -- what Telegram knows of us --------------------------------------------------------------------

    async def _watch(self) -> None:
        waits = Waits()
        while not self._stopping.is_set():
            try:
                await unless(self._stopping, self._look())
                wait = LOOK_SECONDS
                waits.reset()
            except TelegramError as error:
                wait = waits.after(error)
            await unless(self._stopping, asyncio.sleep(wait))

    async def _look(self) -> None:
        """Ask where Telegram posts to, and tell it anew if that is not here."""
        info = await self._bot.get_webhook_info()
        self._updates.heard()
        if self._is_right(info):
            self._say_what_failed(info)
        else:
            if self._was_ours and info.url != self._door.url:
                self._taken += 1
                log.warning("somebody else set or removed the webhook of this bot", times=self._taken)
                if self._taken >= TAKEN_TIMES:
                    raise PollTrouble(TAKEN)
            await self._bot.set_webhook(
                self._door.url,
                max_connections=CONNECTIONS,
                allowed_updates=ALLOWED,
                secret_token=self._door.secret,
            )
        self._was_ours = True

    def _is_right(self, info: WebhookInfo) -> bool:
        wanted = (self._door.url, CONNECTIONS, set(ALLOWED))
        return (info.url, info.max_connections, set(info.allowed_updates or ())) == wanted

    def _say_what_failed(self, info: WebhookInfo) -> None:
        if info.last_error_date is not None and info.last_error_date != self._last_error:
            self._last_error = info.last_error_date
            log.warning("Telegram could not bring an update", said=info.last_error_message)


TAKEN = (
    "Another program sets or removes this bot's webhook again and again. Stop the other one; "
    "one bot may run once only."
)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return raw if isinstance(raw, dict) else None


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(AGAIN_SECONDS)})


async def _unnamed(_request: web.Request, response: web.StreamResponse) -> None:
    """Strangers need not know which program listens."""
    response.headers.pop("Server", None)
