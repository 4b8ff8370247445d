"""The user side over HTTP: everything under /sim/, as one table of calls that the OpenAPI page is made from."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.emulator.methods import VERSION
from bot.emulator.phones import Mistake, Phones
from bot.emulator.telegram import Telegram
from bot.emulator.world import Json

LONGEST_WAIT = 60.0  # seconds a long poll may last
TAP_ANSWER_WAIT = 5.0
GATHER = 0.03  # seconds in which changes for the pages are gathered into one
STILL_THERE = 15.0  # seconds after which a silent stream says a word

Body = dict[str, Any]
Endpoint = Callable[["Control", Request, Body], Awaitable[Any]]


@dataclass(frozen=True)
class Call:
    """One line of the table: what OpenAPI says about a call, and who answers it."""

    verb: str
    path: str
    does: str
    endpoint: Endpoint
    body: str = ""  # "name: type" pairs; an optional name ends in "?"
    query: str = ""


class Control:
    """The world's handles, shared by all calls."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.world = telegram.world
        self.phones = Phones(telegram.world)

    def routes(self) -> list[Route]:
        return [Route(call.path, self._answerer(call), methods=[call.verb]) for call in CALLS]

    def _answerer(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                result = await call.endpoint(self, request, await _body(request))
            except Mistake as mistake:
                return JSONResponse({"error": str(mistake)}, mistake.status)
            except (KeyError, TypeError, ValueError) as problem:
                return JSONResponse({"error": f"cannot read this: {problem}"}, 400)
            return result if isinstance(result, Response) else JSONResponse(result)

        return answer

    def clock_shape(self) -> Json:
        now = self.world.clock.now()
        moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        return {"now": now, "iso": moment, "jumps": self.world.clock.jumps}

    def world_shape(self) -> Json:
        """What every phone on the page shares. The moving time stays out: pages count it on themselves."""
        bots = [{"id": bot.id, "username": bot.username, "name": bot.name} for bot in self.world.bots.values()]
        return {"users": [user.shape() for user in self.phones.users()], "notice": self.world.notice, "bots": bots}

    def tell(self) -> None:
        """Number a change of the world itself and wake the pages."""
        self.world.log.tick()
        self.world.changed.ring()


async def _body(request: Request) -> Body:
    raw = await request.body()
    body = json.loads(raw) if raw.strip() else {}
    if not isinstance(body, dict):
        raise ValueError("the body is to be a JSON object")
    return body


def _user(request: Request) -> int:
    return int(request.path_params["user"])


def _seconds(request: Request, name: str, default: float) -> float:
    """A length of time, as `5`, `0.2` or `200ms`."""
    value = request.query_params.get(name, "")
    if value.endswith("ms"):
        return float(value[:-2]) / 1000
    return min(float(value.removesuffix("s") or default), LONGEST_WAIT)


# The world


async def health(control: Control, _: Request, __: Body) -> Json:
    return {"ok": True, "bot_api": VERSION, "bots": len(control.world.bots), "limits": "off"}


async def openapi(_: Control, __: Request, ___: Body) -> Json:
    return describe()


async def reset(control: Control, _: Request, body: Body) -> Json:
    seed = body.get("seed")
    control.telegram.reset(None if seed is None else int(seed), bots_too=bool(body.get("bots")))
    control.tell()
    return {"ok": True}


async def read_clock(control: Control, request: Request, _: Body) -> Json:
    clock = control.world.clock
    if request.query_params.get("wait") == "change":
        since = float(request.query_params.get("since", clock.now()))
        jumps = int(request.query_params.get("jumps", -1))

        def moved() -> bool:
            return control.world.closing or clock.jumped_to > since or (jumps >= 0 and clock.jumps != jumps)

        deadline = _now() + _seconds(request, "timeout", 30.0)
        while not moved() and _now() < deadline:
            await clock.moved.wait(deadline - _now())
    return control.clock_shape()


async def move_clock(control: Control, _: Request, body: Body) -> Json:
    if "advance_s" in body:
        control.world.clock.advance(float(body["advance_s"]))
    elif "set" in body:
        control.world.clock.set(_moment(body["set"]))
    else:
        raise Mistake(400, "give advance_s or set")
    control.world.log.add("clock", now=control.world.clock.now())
    control.world.clock.wake()
    return control.clock_shape()


def _moment(value: Any) -> float:
    """Seconds since 1970, or a date and time in ISO 8601 (UTC unless it says otherwise)."""
    if isinstance(value, int | float):
        return float(value)
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


async def read_notice(control: Control, _: Request, __: Body) -> Json:
    return {"text": control.world.notice}


async def write_notice(control: Control, _: Request, body: Body) -> Json:
    """A banner over the phones: one text, or one a language."""
    text = body.get("text", "")
    if not isinstance(text, str | dict):
        raise Mistake(400, "text is a string, or an object of language codes and strings")
    control.world.notice = text
    control.tell()
    return {"text": text}


async def read_log(control: Control, request: Request, _: Body) -> list[Json]:
    entries = control.world.log.since(int(request.query_params.get("since", 0)))
    kind = request.query_params.get("kind")
    return [entry for entry in entries if not kind or entry["kind"] == kind]


async def plant_fault(control: Control, _: Request, body: Body) -> Json:
    fault = control.world.faults.plant(dict(body.get("match") or {}), dict(body["fault"]))
    return fault.shape()


async def list_faults(control: Control, _: Request, __: Body) -> list[Json]:
    return [fault.shape() for fault in control.world.faults.all()]


async def pull_fault(control: Control, request: Request, _: Body) -> Json:
    if not control.world.faults.pull(int(request.path_params["fault"])):
        raise Mistake(404, "no such fault")
    return {"ok": True}


async def read_file(control: Control, request: Request, _: Body) -> Response:
    name = request.path_params["file"]
    file = next((file for file in control.world.files.values() if file.unique_id == name), None)
    if file is None:
        raise Mistake(404, "no such file")
    # Never run as a page of this address: a picture is shown, all else is saved.
    how = "inline" if file.kind == "photo" else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(file.data, media_type=file.mime_type, headers=headers)


# The people


async def add_user(control: Control, _: Request, body: Body) -> Json:
    user_id = body.get("id")
    user = control.phones.add(
        str(body["first_name"]),
        None if user_id is None else int(user_id),
        last_name=str(body.get("last_name") or ""),
        username=str(body.get("username") or ""),
        language_code=str(body.get("language_code") or ""),
    )
    control.tell()
    return user.shape()


async def list_users(control: Control, _: Request, __: Body) -> list[Json]:
    return [user.shape() for user in control.phones.users()]


async def send(control: Control, request: Request, body: Body) -> Json:
    user = _user(request)
    if "deep_link" in body:
        return await _seen(control, user, control.phones.start(user, str(body["deep_link"] or "")), body)
    if "command" in body:
        command = str(body["command"]).removeprefix("/")
        return control.phones.start(user) if command == "start" else control.phones.send(user, f"/{command}")
    if "text" not in body:
        raise Mistake(400, "give text, command or deep_link")
    reply_to = body.get("reply_to")
    done = control.phones.send(user, str(body["text"]), None if reply_to is None else int(reply_to))
    return await _seen(control, user, done, body)


async def tap(control: Control, request: Request, body: Body) -> Json:
    user = _user(request)
    message_id = body.get("message_id")
    done, pressed = control.phones.tap(user, dict(body["button"]), None if message_id is None else int(message_id))
    if body.get("wait_answer") and pressed is not None:
        answer = await control.phones.answered(user, pressed, float(body.get("timeout", TAP_ANSWER_WAIT)))
        done = {**done, "answered": answer is not None, **(answer or {})}
    return await _seen(control, user, done, body)


async def _seen(control: Control, user: int, done: Json, body: Body) -> Json:
    """What was done; with `look` also the screen once the bot has reacted, in one call instead of two."""
    look = body.get("look")
    if look is None or "update_id" not in done:
        return done
    patience, idle, grace = (float(look[name]) for name in ("timeout", "idle", "grace"))
    quiet = await control.phones.wait_for_reaction(
        user, int(done["update_id"]), int(done["seq"]), min(patience, LONGEST_WAIT), idle, grace
    )
    return {**done, "screen": {**control.phones.screen(user), "quiet": quiet}}


async def block(control: Control, request: Request, _: Body) -> Json:
    return control.phones.block(_user(request))


async def unblock(control: Control, request: Request, _: Body) -> Json:
    return control.phones.unblock(_user(request))


async def delete_account(control: Control, request: Request, _: Body) -> Json:
    return control.phones.delete_account(_user(request))


async def language(control: Control, request: Request, body: Body) -> Json:
    done = control.phones.set_language(_user(request), str(body.get("language_code") or ""))
    control.tell()
    return done


async def edit(control: Control, request: Request, body: Body) -> Json:
    return control.phones.edit(_user(request), int(body["message_id"]), str(body["text"]))


async def delete(control: Control, request: Request, body: Body) -> Json:
    return control.phones.delete(_user(request), int(body["message_id"]))


async def clear_chat(control: Control, request: Request, body: Body) -> Json:
    return control.phones.clear_chat(_user(request), both_sides=bool(body.get("both_sides")))


async def screen(control: Control, request: Request, _: Body) -> Json:
    user, query, phones = _user(request), request.query_params, control.phones
    timeout, idle = _seconds(request, "timeout", 5.0), _seconds(request, "idle", 0.15)
    since, quiet = int(query.get("since", 0)), True
    if query.get("wait") == "new":
        quiet = await phones.wait_for_news(user, since, timeout, idle)
    elif query.get("wait") == "quiet":
        quiet = await phones.wait_for_quiet(user, timeout, idle)
    elif query.get("wait") == "reaction":
        grace = _seconds(request, "grace", 1.0)
        quiet = await phones.wait_for_reaction(user, int(query["update"]), since, timeout, idle, grace)
    return {**phones.screen(user), "quiet": quiet}


async def events(control: Control, request: Request, _: Body) -> Response:
    """Server-sent events: `world` for what all share, `screen` for each phone that changed."""
    if "user" in request.path_params:
        users = [_user(request)]
    else:
        users = [int(each) for each in request.query_params.get("phones", "").split(",") if each.strip()]
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_stream(control, users), media_type="text/event-stream", headers=headers)


async def _stream(control: Control, users: list[int]) -> AsyncIterator[str]:
    shown: dict[str, str] = {}
    while not control.world.closing:
        mark = control.world.log.last
        for key, event, content in _views(control, users):
            now_shown = json.dumps({name: value for name, value in content.items() if name != "now"})
            if shown.get(key) != now_shown:
                shown[key] = now_shown
                yield f"event: {event}\ndata: {json.dumps(content)}\n\n"
        if control.world.log.last == mark:
            await control.world.changed.wait(STILL_THERE)
            await asyncio.sleep(GATHER)
            yield ": still here\n\n"


def _views(control: Control, users: list[int]) -> list[tuple[str, str, Json]]:
    # A jump of the clock changes `jumps`; the pages let the time run on by themselves.
    shared = {**control.world_shape(), "jumps": control.world.clock.jumps, "now": control.world.clock.now()}
    known = {user.id for user in control.phones.users()}
    screens = [(str(user), "screen", control.phones.screen(user)) for user in users if user in known]
    return [("world", "world", shared), *screens]


def _now() -> float:
    return asyncio.get_running_loop().time()


_USER = "/sim/users/{user:int}"
_WAITING = "wait?: new|quiet|reaction, since?: integer, update?: integer, timeout?: s, idle?: s, grace?: s"
_LOOK = "look?: object"  # {timeout, idle, grace}: the answer then holds the screen after the reaction

CALLS: tuple[Call, ...] = (
    Call("GET", "/sim/health", "Ready, and the Bot API version emulated.", health),
    Call("GET", "/sim/openapi.json", "This description.", openapi),
    Call(
        "POST", "/sim/reset", "Empty the world; bots keep their profile.", reset, "seed?: integer, bots?: boolean"
    ),
    Call(
        "GET",
        "/sim/clock",
        "Virtual time; with wait=change it answers when the clock has been moved after `since`.",
        read_clock,
        query="wait?: change, since?: number, jumps?: integer, timeout?: s",
    ),
    Call("POST", "/sim/clock", "Move virtual time.", move_clock, "advance_s?: number, set?: number|string"),
    Call("GET", "/sim/notice", "The banner over the phones.", read_notice),
    Call("POST", "/sim/notice", "Set the banner: a text, or one a language.", write_notice, "text: string|object"),
    Call(
        "GET",
        "/sim/log",
        "Every call of a bot and the fate of every update.",
        read_log,
        query="since?: integer, kind?: call|update|clock",
    ),
    Call(
        "POST",
        "/sim/faults",
        "Plant a fault: reply, retry_after, drop_reply, delay_s, truncate or duplicate.",
        plant_fault,
        "match?: object, fault: object",
    ),
    Call("GET", "/sim/faults", "All planted faults.", list_faults),
    Call("DELETE", "/sim/faults/{fault:int}", "Take a fault away.", pull_fault),
    Call("GET", "/sim/files/{file}", "A file as the phones see it.", read_file),
    Call("GET", "/sim/events", "Server-sent events of several phones.", events, query="phones: ids"),
    Call("GET", "/sim/users", "All people.", list_users),
    Call(
        "POST",
        "/sim/users",
        "Add a person, who has not started the bot; a known id gets the new names.",
        add_user,
        "first_name: string, id?: integer, last_name?: string, username?: string, language_code?: string",
    ),
    Call(
        "POST",
        f"{_USER}/send",
        "Write a text or a command, or press Start with a payload (deep_link, may be empty).",
        send,
        f"text?: string, command?: string, deep_link?: string, reply_to?: integer, {_LOOK}",
    ),
    Call(
        "POST",
        f"{_USER}/tap",
        "Press a button: {text}, {row, col}, or {data} for a forged tap.",
        tap,
        f"button: object, message_id?: integer, wait_answer?: boolean, timeout?: number, {_LOOK}",
    ),
    Call("POST", f"{_USER}/edit", "Change an own text.", edit, "message_id: integer, text: string"),
    Call("POST", f"{_USER}/delete", "Delete a message on both sides.", delete, "message_id: integer"),
    Call("POST", f"{_USER}/clear_chat", "Empty the phone, or both sides.", clear_chat, "both_sides?: boolean"),
    Call("POST", f"{_USER}/block", "Block the bot.", block),
    Call("POST", f"{_USER}/unblock", "Unblock the bot.", unblock),
    Call("POST", f"{_USER}/delete_account", "Leave Telegram.", delete_account),
    Call("POST", f"{_USER}/language", "Change the language of the app.", language, "language_code?: string"),
    Call("GET", f"{_USER}/screen", "What the phone shows, at once or after a wait.", screen, query=_WAITING),
    Call("GET", f"{_USER}/events", "Server-sent events of one phone.", events),
)


def describe() -> Json:
    """The table as OpenAPI 3.1."""
    paths: dict[str, Json] = {}
    for call in CALLS:
        path = call.path.replace(":int}", "}")
        operation: Json = {"summary": call.does, "responses": {"200": {"description": "Done."}}}
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in ("user", "fault", "file")
            if f"{{{name}" in call.path
        ] + [
            {"name": name, "in": "query", "required": required, "description": kind, "schema": {}}
            for name, required, kind in _fields(call.query)
        ]
        if parameters:
            operation["parameters"] = parameters
        if call.body:
            operation["requestBody"] = {"content": {"application/json": {"schema": _schema(call.body)}}}
        paths.setdefault(path, {})[call.verb.lower()] = operation
    info = {"title": "People and time of the local Bot API", "version": VERSION}
    return {"openapi": "3.1.0", "info": info, "paths": paths}


def _fields(described: str) -> list[tuple[str, bool, str]]:
    fields = []
    for pair in filter(None, described.split(", ")):
        name, _, kind = pair.partition(": ")
        fields.append((name.removesuffix("?"), not name.endswith("?"), kind))
    return fields


def _schema(described: str) -> Json:
    fields = _fields(described)
    properties = {name: {"type": kind.split("|") if "|" in kind else kind} for name, _, kind in fields}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, required, _ in fields if required],
    }
