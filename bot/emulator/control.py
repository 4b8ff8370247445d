"""The user side over HTTP: everything under /sim/, as one table of calls that the OpenAPI page is made from."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.emulator.faults import OF_CALLS, OF_UPDATES
from bot.emulator.files import Upload
from bot.emulator.groups import Groups
from bot.emulator.methods import VERSION
from bot.emulator.openapi import ANY, EVENTS, JSON, TEXT, describe
from bot.emulator.phones import Mistake, Phones
from bot.emulator.telegram import Telegram
from bot.emulator.world import Json

LONGEST_WAIT = 60.0  # seconds a long poll may last
TAP_ANSWER_WAIT = 5.0
HEAD_WAIT = 10.0  # seconds for whoever describes a talk
SOME_NUMBER = "+920000000000"
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
    body: str = ""  # "name: kind" pairs, as `openapi.Call` explains them
    query: str = ""
    gives: str = JSON


class Control:
    """The world's handles, shared by all calls."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.world = telegram.world
        self.phones = Phones(telegram.world)
        self.groups = Groups(telegram.world, self.phones)

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
        clock = self.world.clock
        return {"now": now, "iso": moment, "jumps": clock.jumps, "frozen": clock.frozen}

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
    return {"ok": True, "bot_api": VERSION, "bots": len(control.world.bots), "limits": control.world.limits.mode}


async def openapi(_: Control, __: Request, ___: Body) -> Json:
    return describe(CALLS)


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
    clock = control.world.clock
    if not {"advance_s", "set", "frozen"} & set(body):
        raise Mistake(400, "give advance_s, set or frozen")
    if "frozen" in body:
        (clock.freeze if body["frozen"] else clock.thaw)()
    if "advance_s" in body:
        control.phones.time_passes(float(body["advance_s"]))
        clock.advance(float(body["advance_s"]))
    elif "set" in body:
        clock.set(_moment(body["set"]))
    control.world.log.add("clock", now=clock.now(), frozen=clock.frozen)
    clock.wake()
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


async def read_limits(control: Control, _: Request, __: Body) -> Json:
    return control.world.limits.shape()


async def set_limits(control: Control, _: Request, body: Body) -> Json:
    figures = {name: value for name, value in body.items() if name != "mode"}
    control.world.limits.set(str(body.get("mode", "custom" if figures else "")), **figures)
    return control.world.limits.shape()


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
        forbids_voice=bool(body.get("forbids_voice")),
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
    if "contact" in body:
        number = body["contact"] if isinstance(body["contact"], str) else SOME_NUMBER
        return await _seen(control, user, control.phones.share_contact(user, number), body)
    for kind in ("voice", "photo"):
        if kind in body:
            upload, caption = _upload(kind, body[kind]), str(body.get("caption") or "")
            reply_to = None if body.get("reply_to") is None else int(body["reply_to"])
            done = control.phones.send_file(user, kind, upload, caption, reply_to)
            return await _seen(control, user, done, body)
    if "text" not in body:
        raise Mistake(400, "give text, command, deep_link, contact, voice or photo")
    reply_to = body.get("reply_to")
    done = control.phones.send(user, str(body["text"]), None if reply_to is None else int(reply_to))
    return await _seen(control, user, done, body)


def _upload(kind: str, given: Any) -> Upload:
    """A file as Base64, alone or in an object with `name`, `duration` and `data`."""
    fields = given if isinstance(given, dict) else {"data": given}
    about = {"duration": int(fields["duration"])} if fields.get("duration") else {}
    name = str(fields.get("name") or ("voice.ogg" if kind == "voice" else "photo.jpg"))
    return Upload(name, "", base64.b64decode(str(fields["data"]), validate=True), about)


async def give_link(control: Control, request: Request, body: Body) -> Json:
    done = control.phones.give_link(_user(request), str(body["payload"]))
    control.tell()
    return done


async def describe_talk(control: Control, request: Request, body: Body) -> Json:
    names = {str(words): str(name) for words, name in (body.get("names") or {}).items()}
    true_at = None if body.get("true_at") is None else int(body["true_at"])
    return control.phones.describe_talk(_user(request), str(body.get("head") or ""), names, true_at)


async def read_talk(control: Control, request: Request, _: Body) -> Response:
    """A text file, given once the head is true of the phone as it is; with `now` at once."""
    user = _user(request)
    if not request.query_params.get("now"):
        await control.phones.wait_for_head(user, HEAD_WAIT)
    headers = {"Content-Disposition": 'attachment; filename="talk.txt"', "Cache-Control": "no-store"}
    return PlainTextResponse(control.phones.talk(user), headers=headers)


async def auto_delete(control: Control, request: Request, body: Body) -> Json:
    return control.phones.auto_delete(_user(request), int(body["seconds"]))


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


# The groups


def _group(request: Request) -> int:
    return int(request.path_params["chat"])


async def add_chat(control: Control, _: Request, body: Body) -> Json:
    group = control.groups.add(
        str(body["type"]),
        str(body.get("title") or "Group"),
        [int(each) for each in body.get("members") or []],
        administrator=bool(body.get("administrator")),
    )
    control.tell()
    return control.groups.shape(group)


async def list_chats(control: Control, _: Request, __: Body) -> list[Json]:
    return [group.shape() for group in control.groups.all()]


async def read_chat(control: Control, request: Request, _: Body) -> Json:
    return control.groups.shape(control.groups.find(_group(request)))


async def migrate(control: Control, request: Request, _: Body) -> Json:
    return control.groups.shape(control.groups.migrate(_group(request)))


async def kick(control: Control, request: Request, _: Body) -> Json:
    return control.groups.kick(_group(request))


async def send_in_chat(control: Control, request: Request, body: Body) -> Json:
    reply_to = None if body.get("reply_to") is None else int(body["reply_to"])
    return control.groups.send(_group(request), int(body["user"]), str(body["text"]), reply_to)


async def tap_in_chat(control: Control, request: Request, body: Body) -> Json:
    return control.groups.tap(_group(request), int(body["user"]), int(body["message_id"]), str(body["data"]))


# What is seen


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
_LOOK = "look?: Look"

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
    Call(
        "POST",
        "/sim/clock",
        "Move virtual time; frozen, it stands still between moves.",
        move_clock,
        "advance_s?: number, set?: number|string, frozen?: boolean",
    ),
    Call("GET", "/sim/notice", "The banner over the phones.", read_notice),
    Call("POST", "/sim/notice", "Set the banner: a text, or one a language.", write_notice, "text: string|object"),
    Call(
        "GET",
        "/sim/log",
        "Every call of a bot, the fate of every update, every strike of a fault.",
        read_log,
        query="since?: integer, kind?: call|update|webhook|fault|clock",
    ),
    Call(
        "POST",
        "/sim/faults",
        f"Plant a fault. Of calls: {', '.join(OF_CALLS)}. Of updates: {', '.join(OF_UPDATES)}.",
        plant_fault,
        "match?: Match, fault: Fault",
    ),
    Call("GET", "/sim/faults", "All planted faults.", list_faults),
    Call("DELETE", "/sim/faults/{fault:int}", "Take a fault away.", pull_fault),
    Call("GET", "/sim/limits", "How fast bots may speak.", read_limits),
    Call(
        "POST",
        "/sim/limits",
        "Set the pace: real, off, or custom with figures.",
        set_limits,
        "mode: real|off|custom, chat_burst?: integer, chat_every?: number, group_per_minute?: integer, "
        "all_per_second?: integer, edits?: integer, edits_within?: number, edits_wait?: number",
    ),
    Call("GET", "/sim/files/{file}", "A file as the phones see it.", read_file, gives=ANY),
    Call("GET", "/sim/events", "Server-sent events of several phones.", events, query="phones: ids", gives=EVENTS),
    Call("GET", "/sim/users", "All people.", list_users),
    Call(
        "POST",
        "/sim/users",
        "Add a person, who has not started the bot; a known id gets the new names.",
        add_user,
        "first_name: string, id?: integer, last_name?: string, username?: string, language_code?: string, "
        "forbids_voice?: boolean",
    ),
    Call(
        "POST",
        f"{_USER}/send",
        "Write a text or a command, press Start with a payload (deep_link, may be empty), share the number, "
        "or send a voice or a photo in Base64.",
        send,
        "text?: string, command?: string, deep_link?: string, reply_to?: integer, contact?: boolean|string, "
        f"voice?: string|object, photo?: string|object, caption?: string, {_LOOK}",
    ),
    Call(
        "POST",
        f"{_USER}/tap",
        "Press a button: {text}, {row, col}, or {data} for a forged tap.",
        tap,
        f"button: Button, message_id?: integer, wait_answer?: boolean, timeout?: number, {_LOOK}",
    ),
    Call("POST", f"{_USER}/edit", "Change an own text.", edit, "message_id: integer, text: string"),
    Call("POST", f"{_USER}/delete", "Delete a message on both sides.", delete, "message_id: integer"),
    Call("POST", f"{_USER}/clear_chat", "Empty the phone, or both sides.", clear_chat, "both_sides?: boolean"),
    Call(
        "POST",
        f"{_USER}/auto_delete",
        "Set the timer after which new messages vanish; 0 ends it.",
        auto_delete,
        "seconds: integer",
    ),
    Call("POST", f"{_USER}/block", "Block the bot.", block),
    Call("POST", f"{_USER}/unblock", "Unblock the bot.", unblock),
    Call("POST", f"{_USER}/delete_account", "Leave Telegram.", delete_account),
    Call("POST", f"{_USER}/language", "Change the language of the app.", language, "language_code?: string"),
    Call("POST", f"{_USER}/link", "Hand over a start link, to be followed or not.", give_link, "payload: string"),
    Call(
        "POST",
        f"{_USER}/talk",
        "Set the head of this person's talk, the words that stand as {name} in it, and the `seq` it is true at.",
        describe_talk,
        "head?: string, names?: object, true_at?: integer",
    ),
    Call(
        "GET",
        f"{_USER}/talk",
        "What was said since the chat was last empty, as a text file.",
        read_talk,
        query="now?: boolean",
        gives=TEXT,
    ),
    Call("GET", "/sim/chats", "All groups.", list_chats),
    Call(
        "POST",
        "/sim/chats",
        "Make a group with the bot in it; its first member owns it.",
        add_chat,
        "type: group|supergroup, title?: string, members?: array, administrator?: boolean",
    ),
    Call("GET", "/sim/chats/{chat}", "What the members see.", read_chat),
    Call("POST", "/sim/chats/{chat}/migrate", "Make it a supergroup, with another id.", migrate),
    Call("POST", "/sim/chats/{chat}/kick", "Remove the bot.", kick),
    Call(
        "POST",
        "/sim/chats/{chat}/send",
        "A member writes.",
        send_in_chat,
        "user: integer, text: string, reply_to?: integer",
    ),
    Call(
        "POST",
        "/sim/chats/{chat}/tap",
        "A member presses a button.",
        tap_in_chat,
        "user: integer, message_id: integer, data: string",
    ),
    Call("GET", f"{_USER}/screen", "What the phone shows, at once or after a wait.", screen, query=_WAITING),
    Call("GET", f"{_USER}/events", "Server-sent events of one phone.", events, gives=EVENTS),
)
