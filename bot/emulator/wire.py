"""An answer as it leaves: a status, headers and bytes, or nothing at all when a fault cut the line."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Mishap:
    """What a planted fault does to a reply."""

    reply: int = 0  # answered with this HTTP status; the call was not carried out
    hang_up: bool = False  # carried out, and the connection closed without a word
    truncate: bool = False  # carried out, and the reply ends in the middle
    refused: bool = False  # the connection was refused: not carried out
    html: bool = False  # the status comes with a page for people instead of JSON


@dataclass(frozen=True)
class Reply:
    """What a client reads from the line."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Lost(ConnectionError):
    """No reply reached the client. `carried_out` says whether the call took effect."""

    def __init__(self, *, carried_out: bool) -> None:
        super().__init__("the reply was lost" if carried_out else "the connection was refused")
        self.carried_out = carried_out


def on_the_wire(body: Json, mishap: Mishap) -> Reply:
    """The bytes of an answer; raises Lost where a fault leaves none."""
    if mishap.hang_up or mishap.refused:
        raise Lost(carried_out=not mishap.refused)
    status = 200 if body["ok"] else int(body["error_code"])
    retry_after = body.get("parameters", {}).get("retry_after")
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if mishap.html:
        page = f"<html><body><h1>{status} {phrase(status)}</h1></body></html>"
        return Reply(status, page.encode(), {**headers, "Content-Type": "text/html; charset=utf-8"})
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if mishap.truncate:
        raw = raw[: len(raw) // 2]
    return Reply(status, raw, {**headers, "Content-Type": "application/json"})


def phrase(status: int) -> str:
    """The usual words for an HTTP status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
