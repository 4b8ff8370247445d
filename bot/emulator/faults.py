"""Planted faults: what should go wrong, for which calls, and how often."""

import itertools
from dataclasses import dataclass
from typing import Any

KINDS = ("reply", "drop_reply", "delay_s", "truncate", "duplicate")


@dataclass
class Fault:
    """`method` and `chat_id` say which calls; the `nth` of them and the following `count` are hit (0: all)."""

    id: int
    what: dict[str, Any]
    method: str = ""
    chat_id: int | None = None
    nth: int = 1
    count: int = 1
    seen: int = 0
    hit: int = 0

    def shape(self) -> dict[str, Any]:
        match: dict[str, Any] = {"nth": self.nth, "count": self.count}
        if self.method:
            match["method"] = self.method
        if self.chat_id is not None:
            match["chat_id"] = self.chat_id
        return {"id": self.id, "match": match, "fault": self.what, "seen": self.seen, "hit": self.hit}

    def strikes(self, method: str, chat_id: str) -> bool:
        """Count this call if it fits; True if it is to go wrong."""
        if self.method and self.method != method.lower():
            return False
        if self.chat_id is not None and str(self.chat_id) != chat_id:
            return False
        self.seen += 1
        if self.seen < self.nth or (self.count and self.hit >= self.count):
            return False
        self.hit += 1
        return True


class Faults:
    """All planted faults. A call meets the first that fits, a confirmation the first `duplicate`."""

    def __init__(self) -> None:
        self._planted: dict[int, Fault] = {}
        self._ids = itertools.count(1)

    def plant(self, match: dict[str, Any], what: dict[str, Any]) -> Fault:
        if not any(kind in what for kind in KINDS):
            raise ValueError(f"a fault needs one of {', '.join(KINDS)}")
        chat_id = match.get("chat_id")
        fault = Fault(
            next(self._ids),
            what,
            str(match.get("method", "")).lower(),
            None if chat_id is None else int(chat_id),
            int(match.get("nth", 1)),
            int(match.get("count", what.get("duplicate", 1))),
        )
        self._planted[fault.id] = fault
        return fault

    def pull(self, fault_id: int) -> bool:
        return self._planted.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._planted.clear()

    def all(self) -> list[Fault]:
        return list(self._planted.values())

    def for_call(self, method: str, chat_id: str) -> dict[str, Any]:
        """What is to go wrong with this call; empty if nothing."""
        return self._first(method, chat_id, duplicate=False)

    def for_confirmation(self) -> bool:
        """Whether this confirmation of updates is to be ignored."""
        return bool(self._first("getUpdates", "", duplicate=True))

    def _first(self, method: str, chat_id: str, *, duplicate: bool) -> dict[str, Any]:
        for fault in self._planted.values():
            if ("duplicate" in fault.what) is duplicate and fault.strikes(method, chat_id):
                return fault.what
        return {}
