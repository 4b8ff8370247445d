"""The Bot API in memory, free of HTTP: a token, a method and parameters in, a result or a refusal out.

Laws of this file:
- the checks come in the server's order: token, method, then the method's own; the first failure answers;
- a known method that is not emulated is refused with 501, an unknown one with 404, never with a friendly true;
- parameters nobody knows are ignored, as Telegram does, and noted as warnings in the log.
"""

import inspect
import re
from typing import Any

from bot.emulator.clock import Clock
from bot.emulator.files import Upload
from bot.emulator.methods import BY_LOWER
from bot.emulator.post import HttpPost, Post
from bot.emulator.refusals import Refused, bad, too_many
from bot.emulator.request import Request, refuse_ill_encoded
from bot.emulator.table import METHODS
from bot.emulator.webhook import Courier
from bot.emulator.wire import Mishap, Reply, on_the_wire, phrase
from bot.emulator.world import Bot, Json, World

_TOKEN = re.compile(r"[1-9][0-9]{0,19}:[A-Za-z0-9_-]+")
MAX_TOKEN = 80


class Telegram:
    """All bots of one world. `token` admits only that bot; without it the first call makes a bot.

    It needs no socket, thread or real time: with a clock whose base is the event loop's own time, the same
    seed and the same acts give the same log. `post` delivers to webhooks in the place of HTTP.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        token: str | None = None,
        seed: int | None = None,
        post: Post | None = None,
        limits: str = "off",
    ) -> None:
        self.clock = clock or Clock()
        self.world = World(self.clock, seed, limits)
        self._post: Post = post or HttpPost()
        self._couriers: dict[int, Courier] = {}
        self._pause = self.clock.bell()
        self._admitted = token
        if token is not None:
            if not is_token(token):
                raise ValueError("a token is digits, a colon and letters, as in 1:abc")
            self.world.bot(token)

    def close(self) -> None:
        """End every wait, so that a server can stop at once."""
        self.world.closing = True
        self.clock.wake()

    async def aclose(self) -> None:
        """The same, and wait for the end of all deliveries."""
        self.close()
        for courier in self._couriers.values():
            await courier.ended()
        if isinstance(self._post, HttpPost):
            await self._post.close()

    def reset(self, seed: int | None = None, *, bots_too: bool = False) -> None:
        self.world.reset(seed, bots_too=bots_too)
        if self._admitted is not None:
            self.world.bot(self._admitted)

    def bot(self, token: str) -> Bot:
        """The bot of a token, or 401."""
        if not is_token(token):
            raise Refused(401, "Unauthorized: invalid token specified")
        if self._admitted is not None and token != self._admitted:
            raise Refused(401, "Unauthorized")
        return self.world.bot(token)

    async def call(
        self, token: str, method: str, params: Json, files: dict[str, Upload] | None = None
    ) -> tuple[Json, Mishap]:
        """The whole answer, `ok` and all, and what a planted fault does to it on the way."""
        files = files or {}
        name = BY_LOWER.get(method.lower(), method)
        warnings: list[str] = []
        fault: Json = {}
        try:
            bot = self.bot(token)
            fault = self.world.faults.for_call(name, _chat_of(bot, params))
            _refuse_by_fault(fault)
            request = Request(self.world, bot, params, files, warnings, fault)
            body: Json = {"ok": True, "result": await self._result(name, request)}
            self._attend(bot)
        except Refused as refused:
            body = refused.body()
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            # A value of a wrong type that no reader named: still a refusal, never a broken server.
            body = bad("can't parse parameters").body()
        self._note(token, name, params, files, warnings, fault, body)
        if fault.get("delay_s"):
            end = self.clock.now() + float(fault["delay_s"])
            await self.clock.until(lambda: self.world.closing, end, self._pause)
        return body, _mishap(fault)

    async def exchange(
        self, token: str, method: str, params: Json, files: dict[str, Upload] | None = None
    ) -> Reply:
        """A call as a client on the line sees it: status and bytes. Raises Lost when a fault leaves no reply."""
        return on_the_wire(*await self.call(token, method, params, files))

    def _attend(self, bot: Bot) -> None:
        """Have a courier for the webhook that the bot has now, and none for one it had."""
        courier = self._couriers.get(bot.id)
        if courier and courier.webhook is not bot.webhook:
            self._couriers.pop(bot.id).retire()
        if bot.webhook is not None and bot.id not in self._couriers:
            self._couriers[bot.id] = Courier(self.world, bot, bot.webhook, self._post, self.call)

    async def _result(self, name: str, request: Request) -> Any:
        if name not in METHODS:
            if name in BY_LOWER.values():
                raise Refused(501, f"Not Implemented in emulator: {name}")
            raise Refused(404, "Not Found: method not found")
        handler, known = METHODS[name]
        params, files = request.params, request.files
        refuse_ill_encoded(params)
        attached = {key for key in files if any(f"attach://{key}" in str(value) for value in params.values())}
        request.warnings.extend(
            f"unknown parameter: {key}"
            for key in [*params, *files]
            if key not in known.split() and key not in attached
        )
        result = handler(request)
        return await result if inspect.isawaitable(result) else result

    def _note(
        self,
        token: str,
        name: str,
        params: Json,
        files: dict[str, Upload],
        warnings: list[str],
        fault: Json,
        body: Json,
    ) -> None:
        """Into the log goes the bot's number, never its token nor the secret of its webhook."""
        if _is_unreadable(params):
            params = {ascii(name): "(unreadable)" for name in params}
        if "secret_token" in params:
            params = {**params, "secret_token": "(given)"}
        sizes = {key: f"{upload.name}, {len(upload.data)} bytes" for key, upload in files.items()}
        more: Json = {"warnings": warnings} if warnings else {}
        if fault:
            more["fault"] = fault
        number = token.partition(":")[0][:20]
        self.world.log.add("call", bot=number, method=name, params={**params, **sizes}, reply=body, **more)
        self.world.changed.ring()


def _is_unreadable(params: Json) -> bool:
    """Whether the log could not be given out as JSON with these in it."""
    try:
        refuse_ill_encoded(params)
    except (RecursionError, Refused):
        return True
    return False


def is_token(token: str) -> bool:
    return len(token) <= MAX_TOKEN and _TOKEN.fullmatch(token) is not None


def _chat_of(bot: Bot, params: Json) -> str:
    """The chat a call is about: the one it names, or that of the tap it answers."""
    tapped = bot.tapped.get(str(params.get("callback_query_id", "")))
    return str(params.get("chat_id", tapped.id if tapped else ""))


def _refuse_by_fault(fault: Json) -> None:
    """What strikes before the call is carried out."""
    if fault.get("refuse"):
        raise Refused(503, "Service Unavailable")
    code = int(fault.get("reply", 0))
    if code == 429:
        raise too_many(int(fault.get("retry_after", 1)))
    if code:
        raise Refused(code, str(fault.get("description", phrase(code))))


def _mishap(fault: Json) -> Mishap:
    code = int(fault.get("reply", 0))
    return Mishap(
        reply=code,
        hang_up=bool(fault.get("drop_reply")),
        truncate=bool(fault.get("truncate")),
        refused=bool(fault.get("refuse")),
        html=bool(fault.get("html", code >= 502)),
    )
