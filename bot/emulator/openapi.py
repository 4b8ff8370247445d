"""The table of the people's side as OpenAPI 3.1, for whoever drives the emulator from another language."""

import re
from collections.abc import Iterable
from typing import Any, Protocol

from bot.emulator.faults import OF_CALLS, OF_UPDATES
from bot.emulator.methods import VERSION

Json = dict[str, Any]

JSON, EVENTS, TEXT, ANY = "application/json", "text/event-stream", "text/plain", "*/*"
_TYPES = {"integer", "number", "string", "boolean", "object", "array"}
_DURATION = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s)?$", "description": "Such as 5, 0.2 or 200ms."}
_IDS = {"type": "string", "pattern": "^[0-9]*(,[0-9]+)*$", "description": "Ids with commas between them."}
_PATH_NAME = re.compile(r"\{([a-z]+)(:int)?\}")
_NUMBERS = {"user", "fault", "chat"}


def _object(required: tuple[str, ...] = (), **properties: Json) -> Json:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


_INTEGER, _NUMBER, _STRING, _BOOLEAN = ({"type": name} for name in ("integer", "number", "string", "boolean"))
_REORDER = _object(window={**_INTEGER, "minimum": 2}, seed=_INTEGER, within_queue=_BOOLEAN, hold_s=_NUMBER)
# What is used by name in the table.
_SCHEMAS: dict[str, Json] = {
    "Error": _object(("error",), error=_STRING),
    "Match": _object(
        method={**_STRING, "description": "Of a call."},
        type={**_STRING, "description": "Of an update, such as callback_query."},
        chat_id=_INTEGER,
        nth={**_INTEGER, "minimum": 1, "description": "The first one that is struck."},
        count={**_INTEGER, "minimum": 0, "description": "How many are struck; 0 for all."},
        probability={**_NUMBER, "minimum": 0, "maximum": 1},
        seed=_INTEGER,
    ),
    "Fault": {
        **_object(
            reply={**_INTEGER, "description": "Answer with this status; the call is not carried out."},
            retry_after=_INTEGER,
            html={**_BOOLEAN, "description": "Answer with a page; usual from 502 on."},
            description=_STRING,
            refuse={**_BOOLEAN, "description": "Refuse the connection; the call is not carried out."},
            drop_reply={**_BOOLEAN, "description": "Carry the call out and close without a reply."},
            truncate={**_BOOLEAN, "description": "Carry the call out and send half of the reply."},
            delay_s={**_NUMBER, "minimum": 0, "description": "Carry the call out and reply this much later."},
            answer_deadline_s={**_NUMBER, "minimum": 0, "description": "How long a tap may be answered."},
            duplicate={**_INTEGER, "description": "So many confirmations or webhook replies are lost."},
            reorder=_REORDER,
            malformed={
                "type": ["boolean", "string"],
                "description": "A field of an update, as a path such as chat.id, has a wrong type.",
            },
            inaccessible={**_BOOLEAN, "description": "A tap comes without its message."},
        ),
        "anyOf": [{"required": [kind]} for kind in (*OF_CALLS, *OF_UPDATES)],
    },
    "Button": {
        **_object(text=_STRING, row=_INTEGER, col=_INTEGER, data={**_STRING, "description": "A forged tap."}),
        "anyOf": [{"required": ["text"]}, {"required": ["row", "col"]}, {"required": ["data"]}],
    },
    "Look": {
        **_object(("timeout", "idle", "grace"), timeout=_NUMBER, idle=_NUMBER, grace=_NUMBER),
        "description": "Seconds; the answer then holds the screen after the reaction.",
    },
}


class Call(Protocol):
    """One line of the table. `body` and `query` are pairs of `name: kind`; an optional name ends in `?`.

    A kind is a JSON type, several with `|` between them, words that may be given, `s` for a duration, `ids`,
    or a name with a capital that is explained above.
    """

    @property
    def verb(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def does(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def gives(self) -> str: ...


def describe(calls: Iterable[Call]) -> Json:
    """The whole document. Raises ValueError for a kind that nobody knows."""
    paths: dict[str, Json] = {}
    for call in calls:
        path = _PATH_NAME.sub(r"{\1}", call.path)
        paths.setdefault(path, {})[call.verb.lower()] = _operation(call, path)
    info = {
        "title": "People, time and faults of the local Bot API",
        "version": VERSION,
        "description": "The version is that of the Bot API emulated under /bot<token>/.",
    }
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": _SCHEMAS}}


def _operation(call: Call, path: str) -> Json:
    operation: Json = {
        "operationId": "_".join([call.verb.lower(), *re.findall(r"[a-z]+", path.removeprefix("/sim/"))]),
        "summary": call.does,
        "responses": {
            "200": {"description": "Done.", "content": {call.gives: {"schema": {}}}},
            "default": {
                "description": "What could not be read, found or done.",
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _INTEGER if name in _NUMBERS else _STRING}
        for name, _ in _PATH_NAME.findall(call.path)
    ]
    in_query = [
        {"name": name, "in": "query", "required": required, "schema": _schema(kind)}
        for name, required, kind in _fields(call.query)
    ]
    if in_path or in_query:
        operation["parameters"] = in_path + in_query
    if call.body:
        fields = _fields(call.body)
        needed = tuple(name for name, required, _ in fields if required)
        schema = _object(needed, **{name: _schema(kind) for name, _, kind in fields})
        operation["requestBody"] = {"required": bool(needed), "content": {JSON: {"schema": schema}}}
    return operation


def _fields(described: str) -> list[tuple[str, bool, str]]:
    fields = []
    for pair in filter(None, described.split(", ")):
        name, _, kind = pair.partition(": ")
        fields.append((name.removesuffix("?"), not name.endswith("?"), kind))
    return fields


def _schema(kind: str) -> Json:
    if kind in _SCHEMAS:
        return {"$ref": f"#/components/schemas/{kind}"}
    if kind in ("s", "ids"):
        return _DURATION if kind == "s" else _IDS
    kinds = kind.split("|")
    if _TYPES.issuperset(kinds):
        return {"type": kinds if len(kinds) > 1 else kind}
    if _TYPES.isdisjoint(kinds) and all(re.fullmatch("[a-z_]+", each) for each in kinds):
        return {"enum": kinds}
    raise ValueError(f"no kind of value: {kind}")
