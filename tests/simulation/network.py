"""The way between the program and Telegram: calls take their time, and may be lost before or after they act.

Laws:
1. The far end is the product's own stand-in for Telegram; only the way to it is made up here.
2. A call lost *before* was not carried out; one lost *after* was, and the program sees the same error.
3. Whoever was told to wait and calls too early is written down, and so is whoever sends two things at once to
   one chat, or anything to somebody who has blocked the bot and has refused a message since.
4. An update may come again, late and out of order, as often as the faults say.
5. Whatever took effect is told to `heard` at the moment it did: that is when a phone shows it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.emulator.files import Upload
from bot.emulator.telegram import Telegram

Json = dict[str, Any]

SENDS = ("sendmessage", "sendphoto", "editmessagetext")
"""What shows somebody something; of these one at a time goes to a chat."""

PACED = (*SENDS, "deletemessage", "deletemessages", "answercallbackquery")
"""What has to wait after "too many requests"."""

REMEMBERED = 60
"""Updates that may come again."""

COPIES_SECONDS = 100.0
"""How late a further copy of an update may come (`Faults.copies`)."""

STEP = re.compile(r"v1:([\w-]{22}):\d:\d+:[+-]?\w+:(\d+)")
"""The secret of an interview, and the step that a tap answers."""

CROWD, CROWD_SECONDS = 3, 6.0
"""So many calls into one chat within so long may be too many for it alone (Bot API FAQ: one message a second)."""

TAP_SECONDS = 140.0
"""After a little more Telegram forgets a tap by itself, and nobody acknowledges it."""

CALL_SECONDS = 5.0
"""How long a lost call takes to fail, at most, where the caller has more patience."""


@dataclass
class Faults:
    """How likely each mishap is on the way. `again` and `shuffled` are about updates, and so is `copies`: how
    many more times each one comes, at least and at most, at once or later, always behind itself."""

    before: float = 0.0
    after: float = 0.0
    too_many: float = 0.0
    server_error: float = 0.0
    truncated: float = 0.0
    again: float = 0.0
    shuffled: float = 0.0
    slowest: float = 0.3
    copies: tuple[int, int] = (0, 0)


@dataclass
class Seen:
    """What the way itself has noticed; the sums of a run."""

    calls: int = 0
    updates: int = 0
    again: int = 0
    shuffled: int = 0
    displaced: int = 0
    """Updates that came at another place among those that came with them."""
    old_steps: int = 0
    """Taps that came behind one of a later step of the same interview."""
    lost_before: int = 0
    lost_after: int = 0
    told_to_wait: int = 0
    early: int = 0
    at_once: int = 0
    to_the_blocked: int = 0
    trouble: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """Something that has arrived in a chat: when the call began and what it said."""

    chat: int
    method: str
    began: float
    words: str
    answered: bool


class Network:
    """The way. `program` names who calls; `note` writes the trace."""

    def __init__(
        self,
        telegram: Telegram,
        token: str,
        program: ContextVar[Any],
        chance: Random,
        note: Callable[[str], None],
    ) -> None:
        self._telegram = telegram
        self._token = token
        self._program = program
        self._chance = chance
        self._note = note
        self._past: deque[Json] = deque(maxlen=REMEMBERED)
        self._copies: list[tuple[float, Json]] = []
        """Further copies of updates, and when they may come."""
        self._newest: dict[str, int] = {}
        self._under_way: dict[int, int] = {}
        self.faults = Faults()
        self.seen = Seen()
        self.out_until = 0.0
        """The end of an outage, on the loop's clock."""
        self.wait_until = 0.0
        """The moment the program was told to wait for, on the loop's clock."""
        self.chat_waits_until: dict[int, float] = {}
        """The same for chats into which so much went that theirs alone may be meant."""
        self._recent: dict[int, deque[float]] = {}
        self._due: set[int] = set()
        self.refused: dict[int, float] = {}
        """Chats that have refused a message because the bot is blocked, and since when."""
        self.at: dict[int, bool] = {}
        """The n-th call is the program's last: True before it acts, False after."""
        self.planned = 0
        self.called: list[str] = []
        """The names of all calls so far, in their order."""
        self.shown: list[Shown] = []
        self.delivered: set[int] = set()
        """The ids of the messages that the program was handed."""
        self.heard: Callable[[str, Json], None] = lambda _name, _params: None

    def request(self) -> Wire:
        """One pool of connections, as the program asks for it."""
        return Wire(self)

    def restarted(self, wait_until: float) -> None:
        """A new program knows of a wait only what was written down."""
        self.wait_until = wait_until
        self.chat_waits_until.clear()

    async def carry(
        self, method: str, params: Json, files: dict[str, Upload], patience: float
    ) -> tuple[int, bytes]:
        """One call, there and back."""
        program = self._program.get()
        if program.dead:
            raise NetworkError("the program is dead")
        self.seen.calls += 1
        number, name = self.seen.calls, method.lower()
        self.called.append(name)
        chat = int(params.get("chat_id", 0) or 0)
        began = asyncio.get_running_loop().time()
        self._look(name, chat, began)
        self._under_way[chat] = self._under_way.get(chat, 0) + (name in SENDS)
        try:
            await self._crossing(program, number, name, patience)
            if name == "getupdates":
                self._acknowledged(program, int(params.get("offset", 0) or 0))
            code, body = await self._act(name, method, params, files)
            if self.at.get(number) is False:
                await self._die(program, f"after {name}")
            arrived = partial(self._arrived, name, chat, began, params, body)
            await self._back(name, patience, arrived)
            payload, whole = self._payload(body)
            arrived(answered=whole)
            if name == "getupdates" and body["ok"] and whole:
                self._hand(program, body["result"])
        finally:
            self._under_way[chat] -= name in SENDS
        self._note(f"call {name} {chat or ''} {code}")
        return code, payload

    # -- there ----------------------------------------------------------------------------------------

    def _look(self, name: str, chat: int, now: float) -> None:
        """What nobody should do."""
        allowed = max(self.wait_until, self.chat_waits_until.get(chat, 0.0))
        if name in PACED and now < allowed - 1e-6:
            self.seen.early += 1
            self.seen.trouble.append(f"{name} {allowed - now:.2f} s before it was allowed")
        if name in PACED:
            self._recent.setdefault(chat, deque(maxlen=CROWD)).append(now)
        if name in SENDS and self._under_way.get(chat, 0):
            self.seen.at_once += 1
            self.seen.trouble.append(f"{name} while another message to the same chat was under way")
        if name in SENDS and chat in self.refused:
            self.seen.to_the_blocked += 1

    async def _crossing(self, program: Any, number: int, name: str, patience: float) -> None:
        if self.at.get(number) is True:
            await self._die(program, f"before {name}")
        await asyncio.sleep(self._chance.uniform(0.01, self.faults.slowest))
        now = asyncio.get_running_loop().time()
        if now < self.out_until or self._chance.random() < self.faults.before:
            self.seen.lost_before += 1
            await self._lost(name, patience, "before")

    def _acknowledged(self, program: Any, offset: int) -> None:
        """What Telegram is told to forget must have been kept before."""
        fresh = asyncio.get_running_loop().time() - TAP_SECONDS
        for id in [id for id in program.handed if id < offset and id not in program.done]:
            program.done[id] = program.handed[id] > fresh
        done = sum(program.done.values())
        if program.kept < done:
            self.seen.trouble.append(f"{done} updates were acknowledged, and {program.kept} kept")

    async def _act(self, name: str, method: str, params: Json, files: dict[str, Upload]) -> tuple[int, Json]:
        if name != "getme" and self._chance.random() < self.faults.too_many:
            return 429, _too_many(self._chance.randint(1, 60))
        if self._chance.random() < self.faults.server_error:
            return 500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}
        body, _ = await self._telegram.call(self._token, method, params, files)
        if body["ok"]:
            self.heard(name, params)
        if name == "getupdates" and body["ok"]:
            body = {**body, "result": self._handed_over(body["result"])}
        return 200 if body["ok"] else int(body["error_code"]), body

    def _hand(self, program: Any, raws: list[Json]) -> None:
        """Remember what the program has to keep, and since when Telegram knows that it was asked for.

        A day may pass while the answer travels: Telegram then gives up a tap that nobody could keep in time.
        """
        for raw in raws:
            if _is_kept(raw) and raw["update_id"] in self._due:
                program.handed.setdefault(raw["update_id"], self._handed_at)

    def _handed_over(self, raws: list[Json]) -> list[Json]:
        self.seen.updates += len(raws)
        self._handed_at = asyncio.get_running_loop().time()
        batch = list(raws)
        self._due = {raw["update_id"] for raw in raws}
        if self._past and self.faults.again:
            for past in list(self._past):
                if self._chance.random() < self.faults.again / 4:
                    batch.insert(self._chance.randint(0, len(batch)), past)
                    self.seen.again += 1
        batch += self._copied(raws)
        if len(batch) > 1 and self._chance.random() < self.faults.shuffled:
            in_order = list(batch)
            self._chance.shuffle(batch)
            self.seen.shuffled += 1
            self.seen.displaced += sum(now is not before for now, before in zip(batch, in_order, strict=True))
        self._count_old(batch)
        self._past.extend(raws)
        for raw in raws:
            self._note(f"update {raw['update_id']}")
            if "message" in raw:
                self.delivered.add(raw["message"]["message_id"])
        return batch

    @property
    def quiet(self) -> bool:
        """True when no further copy of anything is to come."""
        return not self._copies

    def _copied(self, raws: list[Json]) -> list[Json]:
        """What comes once more this time: copies whose time has come, in any order, behind what they copy."""
        least, most = self.faults.copies
        now = asyncio.get_running_loop().time()
        if most:
            for raw in raws:
                for _ in range(self._chance.randint(least, most)):
                    late = self._chance.choice((0.0, self._chance.uniform(0.0, COPIES_SECONDS)))
                    self._copies.append((now + late, raw))
        due = [raw for when, raw in self._copies if when <= now]
        self._copies = [(when, raw) for when, raw in self._copies if when > now]
        self._chance.shuffle(due)
        self.seen.again += len(due)
        return due

    def _count_old(self, batch: list[Json]) -> None:
        for raw in batch:
            if match := STEP.fullmatch(raw.get("callback_query", {}).get("data", "")):
                step, newest = int(match[2]), self._newest.get(match[1], 0)
                self.seen.old_steps += step < newest
                self._newest[match[1]] = max(step, newest)

    # -- back -----------------------------------------------------------------------------------------

    async def _back(self, name: str, patience: float, arrived: Callable[..., None]) -> None:
        await asyncio.sleep(self._chance.uniform(0.01, self.faults.slowest))
        now = asyncio.get_running_loop().time()
        if now < self.out_until or self._chance.random() < self.faults.after:
            self.seen.lost_after += 1
            arrived(answered=False)
            await self._lost(name, patience, "after")

    def _arrived(self, name: str, chat: int, began: float, params: Json, body: Json, answered: bool) -> None:
        code = 200 if body["ok"] else int(body["error_code"])
        if answered and code == 429:
            self.seen.told_to_wait += 1
            if name in PACED:
                self._to_wait(chat, body["parameters"]["retry_after"])
        if name in SENDS and code == 403 and answered:
            self.refused.setdefault(chat, began)
        if name in SENDS and code == 200:
            words = str(params.get("text") or params.get("caption") or "")
            self.shown.append(Shown(chat, name, began, words, answered))

    def _to_wait(self, chat: int, seconds: float) -> None:
        """From here on the program knows: everybody waits, or the one chat into which a crowd of calls went."""
        now = asyncio.get_running_loop().time()
        recent = list(self._recent.get(chat, ()))
        if chat and len(recent) == CROWD and recent[0] > now - CROWD_SECONDS:
            self.chat_waits_until[chat] = max(self.chat_waits_until.get(chat, 0.0), now + seconds)
        else:
            self.wait_until = max(self.wait_until, now + seconds)

    async def _lost(self, name: str, patience: float, when: str) -> None:
        self._note(f"lost {when} {name}")
        if self._chance.random() < 0.5:
            await asyncio.sleep(min(patience, CALL_SECONDS))
            raise TimedOut
        raise NetworkError("no connection (ConnectionResetError)")

    async def _die(self, program: Any, where: str) -> None:
        self.planned += 1
        program.kill(where)
        await asyncio.get_running_loop().create_future()

    def _payload(self, body: Json) -> tuple[bytes, bool]:
        """The answer, and whether all of it came."""
        payload = json.dumps(body).encode()
        if self._chance.random() < self.faults.truncated:
            return payload[: len(payload) // 2], False
        return payload, True


class Wire(BaseRequest):
    """What python-telegram-bot calls through, in the place of sockets."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @property
    def read_timeout(self) -> float | None:
        return 20.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - the library's signature, here and below
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """One call: the last part of the address is the method's name."""
        params = dict(request_data.json_parameters) if request_data else {}
        files: dict[str, Upload] = {}
        if request_data and request_data.contains_files:
            parts = request_data.multipart_data or {}
            files = {name: Upload(part[0], part[2], bytes(part[1])) for name, part in parts.items()}  # type: ignore[arg-type]
        patience = float(read_timeout) if isinstance(read_timeout, (int, float)) else 20.0
        return await self._network.carry(url.rpartition("/")[2], params, files, patience)


def _is_kept(raw: Json) -> bool:
    """Whether something must follow from an update: edited words and blocking change nothing."""
    return "message" in raw or "callback_query" in raw


def _too_many(seconds: int) -> Json:
    return {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
