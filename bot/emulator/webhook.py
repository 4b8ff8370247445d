"""Updates by webhook: setting it, and carrying each update to it until it is taken or its life is over.

Laws of this file (Bot API server, WebhookActor.cpp):
- inside a queue one update at a time, and the next only after a 2xx; queues go side by side;
- after a failure: again at once, then after 2, 4, 8 ... s up to a chance length of 60 to 120 s, or as
  `Retry-After` says, up to an hour; never beyond the life of the update;
- nothing is ever sent to another computer.
"""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Callable, Coroutine
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.emulator.files import Upload
from bot.emulator.polling import remember_allowed
from bot.emulator.post import SECRET_HEADER, Answer, Post, Unreachable, Webhook, is_here, is_url
from bot.emulator.queue import Update
from bot.emulator.refusals import SET_WEBHOOK, bad, too_many
from bot.emulator.request import Request
from bot.emulator.world import Bot, Json, World

MAX_SECRET = 256
MAX_CONNECTIONS = 100
USUAL_CONNECTIONS = 40
REPLY_WITHIN = 60.0  # seconds until a silent connection is closed
LONGEST_WAIT = 60  # seconds between tries, to twice as many by chance
MAX_RETRY_AFTER = 3_600
GONE_FOR = 23 * 3_600.0  # seconds of 410 after which the webhook is removed
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
# What a webhook may not call by its reply (Bot API server, WebhookActor.cpp).
_NOT_BY_REPLY = ("deletewebhook", "setwebhook", "close", "logout")

Call = Callable[[str, str, Json, dict[str, Upload]], Coroutine[Any, Any, Any]]


# The methods


def set_webhook(request: Request) -> bool:
    """Checks in the server's order; the same wish again changes nothing but the kinds of updates."""
    url = request.text("url").strip()
    if not url:
        return delete_webhook(request)
    queue, now = request.bot.queue, request.world.clock.now()
    if now < queue.next_set_webhook:
        raise too_many(1)
    queue.next_set_webhook = now + 1
    wanted = _wanted(request, url)
    if request.bot.webhook is None or not request.bot.webhook.asks_the_same(wanted):
        _check(wanted)
        queue.end_poll(SET_WEBHOOK)
        request.bot.webhook = wanted
    if request.flag("drop_pending_updates"):
        queue.forget()
    remember_allowed(request)
    return True


def _wanted(request: Request, url: str) -> Webhook:
    certificate = request.files.get("certificate")
    return Webhook(
        url if "://" in url else f"https://{url}",
        request.text("secret_token"),
        request.between("max_connections", USUAL_CONNECTIONS, 1, MAX_CONNECTIONS),
        request.text("ip_address").strip(),
        certificate.data if certificate else None,
    )


def _check(wanted: Webhook) -> None:
    if len(wanted.secret_token) > MAX_SECRET:
        raise bad("secret token is too long")
    if not _SECRET.fullmatch(wanted.secret_token):
        raise bad("secret token contains unallowed characters")
    if not is_url(wanted.url):
        raise bad("invalid webhook URL specified")
    # The one deviation: Telegram would go there, a tool for one's own computer must not.
    if not is_here(urlsplit(wanted.url).hostname or "") or not is_here(wanted.ip_address or "localhost"):
        raise bad("bad webhook: the emulator delivers to this computer only")


def delete_webhook(request: Request) -> bool:
    request.bot.webhook = None
    if request.flag("drop_pending_updates"):
        request.bot.queue.forget()
    return True


def get_webhook_info(request: Request) -> Json:
    queue, webhook = request.bot.queue, request.bot.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": bool(webhook and webhook.certificate),
        "pending_update_count": len(queue),
    }
    if webhook:
        info["max_connections"] = webhook.max_connections
        if webhook.ip_address:
            info["ip_address"] = webhook.ip_address
        if webhook.last_error_date:
            info["last_error_date"] = webhook.last_error_date
            info["last_error_message"] = webhook.last_error_message
    if queue.allowed is not None:
        info["allowed_updates"] = sorted(queue.allowed)
    return info


# The delivery


class Courier:
    """Carries the updates of one bot to its webhook, for as long as the bot has this webhook."""

    def __init__(self, world: World, bot: Bot, webhook: Webhook, post: Post, call: Call) -> None:
        self.webhook = webhook
        self._world, self._bot, self._queue = world, bot, bot.queue
        self._post, self._call = post, call
        self._chance = random.Random(f"{bot.id} {world.chance.random()}")  # noqa: S311 - repeated from a seed
        self._under_way: dict[int, asyncio.Task[None]] = {}  # one a queue
        self._replies: dict[asyncio.Task[Any], None] = {}
        self._task = asyncio.get_running_loop().create_task(self._run())

    def retire(self) -> None:
        """End at once; what was under way counts as not delivered."""
        self._task.cancel()

    async def ended(self) -> None:
        """Wait until it is off duty and nothing is under way."""
        await asyncio.wait({self._task, *self._under_way.values(), *self._replies})

    def _on_duty(self) -> bool:
        world, bot = self._world, self._bot
        return bot.webhook is self.webhook and not world.closing and world.bots.get(bot.id) is bot

    async def _run(self) -> None:
        clock = self._world.clock
        try:
            while self._on_duty():
                self._send_due()
                moment = self._queue.next_moment()
                patience = None if moment is None or clock.frozen else max(moment - clock.now(), 0.0)
                await self._queue.bell.wait(patience)
        finally:
            for task in [*self._under_way.values(), *self._replies]:
                task.cancel()

    def _send_due(self) -> None:
        while len(self._under_way) < self.webhook.max_connections:
            update = self._queue.due(self._under_way)
            if update is None:
                return
            self._under_way[update.queue_id] = asyncio.get_running_loop().create_task(self._carry(update))

    async def _carry(self, update: Update) -> None:
        [shape] = self._queue.hand_over([update])
        try:
            answer = await self._posted(json.dumps(shape, ensure_ascii=False).encode("utf-8", "surrogatepass"))
            self._answered(update, answer)
        except Unreachable as unreachable:
            self._failed(update, str(unreachable))
        except OSError:
            self._failed(update, "Webhook connection closed")
        finally:
            del self._under_way[update.queue_id]
            self._queue.bell.ring()

    async def _posted(self, body: bytes) -> Answer:
        """The reply, or Unreachable when none came within a minute of virtual time."""
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret_token:
            headers[SECRET_HEADER] = self.webhook.secret_token
        clock = self._world.clock
        post = asyncio.ensure_future(self._post(self.webhook, headers, body))
        post.add_done_callback(lambda _: self._queue.bell.ring())
        try:
            if await clock.until(post.done, clock.now() + REPLY_WITHIN, self._queue.bell):
                return post.result()
        finally:
            post.cancel()
        raise Unreachable("Read timeout expired")

    def _answered(self, update: Update, answer: Answer) -> None:
        if answer.status != 410:
            self.webhook.gone_since = None
        if not 200 <= answer.status <= 299:
            words = f"Wrong response from the webhook: {answer.status} {answer.reason}".rstrip()
            self._failed(update, words, _retry_after(answer))
            self._remove_if_gone(answer.status)
        elif self._queue.receipt_lost([update]):
            self._failed(update, "Webhook connection closed")
        else:
            self._note(update, answer.status)
            self._queue.received(update)
            self._obey(answer)

    def _failed(self, update: Update, words: str, retry_after: int = 0) -> None:
        """Try again later, unless that would be after the end of its life."""
        now = self._world.clock.now()
        self.webhook.last_error_date, self.webhook.last_error_message = int(now), words
        wait = retry_after
        if not retry_after and update.failures:
            longest = self._chance.randint(LONGEST_WAIT, 2 * LONGEST_WAIT)
            wait = update.delay = min(longest, update.delay * 2)
        update.failures += 1
        update.not_before = now + wait
        self._note(update, words, wait=wait)
        if update.not_before > update.expires:
            self._queue.give_up(update)

    def _remove_if_gone(self, status: int) -> None:
        if status != 410:
            return
        now = self._world.clock.now()
        if self.webhook.gone_since is None:
            self.webhook.gone_since = now
        elif now > self.webhook.gone_since + GONE_FOR and self._on_duty():
            self._bot.webhook = None

    def _obey(self, answer: Answer) -> None:
        """A reply may hold a call, whose result nobody learns (Bot API documentation, Making requests)."""
        params, files = _call_in(answer)
        method = str(params.pop("method", "")).lower()
        if not method or method in _NOT_BY_REPLY or method.startswith("get"):
            return
        reply = asyncio.get_running_loop().create_task(self._call(self._bot.token, method, params, files))
        self._replies[reply] = None
        reply.add_done_callback(self._replies.pop)

    def _note(self, update: Update, reply: int | str, **more: Any) -> None:
        self._world.log.add("webhook", bot=self._bot.id, update_id=update.id, reply=reply, **more)


def _retry_after(answer: Answer) -> int:
    value = answer.headers.get("retry-after", "").strip()
    return min(int(value), MAX_RETRY_AFTER) if value.isdecimal() else 0


def _call_in(answer: Answer) -> tuple[Json, dict[str, Upload]]:
    """The parameters and files in a reply, in whichever of the three forms it has."""
    kind = answer.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _parts(kind, answer.body)
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(answer.body.decode("utf-8", "replace"))), {}
    found: Any = None
    if kind.startswith("application/json") and answer.body:
        with contextlib.suppress(ValueError):
            found = json.loads(answer.body)
    given = found if isinstance(found, dict) else {}
    return {name: value for name, value in given.items() if value is not None}, {}


def _parts(kind: str, body: bytes) -> tuple[Json, dict[str, Upload]]:
    params: Json = {}
    files: dict[str, Upload] = {}
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(value, bytes):
            continue
        filename = part.get_filename()
        if filename is None:
            params[name] = value.decode("utf-8", "replace")
        else:
            files[name] = Upload(filename, part.get_content_type(), value)
    return params, files
