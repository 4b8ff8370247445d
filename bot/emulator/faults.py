"""Planted faults: what should go wrong, for which calls and updates, and how often.

Laws of this file:
- a call meets the first fault that fits it, an update the first of each kind that fits it;
- every strike is written into the log, so that a test can tell a fault that struck from one that waits;
- chance comes from the fault's own seed: the same acts meet the same faults.
"""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.log import Log

# What strikes a bot's call, and what strikes an update on its way to the bot.
OF_CALLS = ("reply", "drop_reply", "refuse", "delay_s", "truncate", "answer_deadline_s")
OF_UPDATES = ("duplicate", "reorder", "malformed", "inaccessible")
KINDS = (*OF_CALLS, *OF_UPDATES)
# These say how things are from now on, so they stay until they are pulled or counted out.
LASTING = ("answer_deadline_s", "reorder")


@dataclass
class Fault:
    """It strikes a `method` or a `type` of update, in a chat; from the `nth` on, `count` times (0: always)."""

    id: int
    what: dict[str, Any]
    method: str = ""
    type: str = ""
    chat_id: int | None = None
    nth: int = 1
    count: int = 1
    probability: float = 1.0
    seed: int = 0
    seen: int = 0
    hit: int = 0
    chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - faults of a toy world, repeated from a seed

    def shape(self) -> dict[str, Any]:
        match: dict[str, Any] = {"nth": self.nth, "count": self.count}
        if self.method:
            match["method"] = self.method
        if self.type:
            match["type"] = self.type
        if self.chat_id is not None:
            match["chat_id"] = self.chat_id
        if self.probability < 1:
            match |= {"probability": self.probability, "seed": self.seed}
        return {"id": self.id, "match": match, "fault": self.what, "seen": self.seen, "hit": self.hit}

    def fits(self, type: str, chat_id: str, method: str = "") -> bool:
        """Whether this call or update is one of those meant; what is given must be so."""
        if (self.method and method and self.method != method.lower()) or (self.type and self.type != type):
            return False
        return self.chat_id is None or str(self.chat_id) == chat_id

    def strikes(self) -> bool:
        """Count one that fits; True if it is to go wrong."""
        self.seen += 1
        if self.seen < self.nth or (self.count and self.hit >= self.count):
            return False
        if self.probability < 1 and self.chance.random() >= self.probability:
            return False
        self.hit += 1
        return True


class Faults:
    """All planted faults."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._planted: dict[int, Fault] = {}
        self._ids = itertools.count(1)

    def plant(self, match: dict[str, Any], what: dict[str, Any]) -> Fault:
        """Raises ValueError or TypeError for a fault that could never strike as it is written."""
        kinds = [kind for kind in KINDS if kind in what]
        if not kinds:
            raise ValueError(f"a fault needs one of {', '.join(KINDS)}")
        if any(kind in OF_UPDATES for kind in kinds) and len(kinds) > 1:
            raise ValueError(f"{' and '.join(kinds)} cannot be one fault")
        unknown = set(match) - {"method", "type", "chat_id", "nth", "count", "probability", "seed"}
        if unknown:
            raise ValueError(f"unknown in match: {', '.join(sorted(unknown))}")
        _check(what)
        fault = self._made(match, what, kinds[0])
        self._planted[fault.id] = fault
        self._log.add("fault", fault=fault.id, what=what, planted=True)
        return fault

    def _made(self, match: dict[str, Any], what: dict[str, Any], kind: str) -> Fault:
        number = next(self._ids)
        chat_id = match.get("chat_id")
        usual = 0 if kind in LASTING or "probability" in match else 1
        if kind == "duplicate":
            usual = int(what["duplicate"])
        return Fault(
            number,
            what,
            str(match.get("method", "")).lower(),
            str(match.get("type", "")),
            None if chat_id is None else int(chat_id),
            int(match.get("nth", 1)),
            int(match.get("count", usual)),
            float(match.get("probability", 1.0)),
            int(match.get("seed", number)),
        )

    def pull(self, fault_id: int) -> bool:
        return self._planted.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._planted.clear()

    def all(self) -> list[Fault]:
        return list(self._planted.values())

    def for_call(self, method: str, chat_id: str) -> dict[str, Any]:
        """What is to go wrong with this call; empty if nothing."""
        for fault in self._planted.values():
            lapse = "answer_deadline_s" in fault.what and method != "answerCallbackQuery"
            if lapse or not any(kind in fault.what for kind in OF_CALLS):
                continue
            if fault.fits("", chat_id, method) and fault.strikes():
                return self._struck(fault, method=method)
        return {}

    def for_update(self, kind: str, type: str, chat_id: int) -> dict[str, Any]:
        """What the fault of this kind does to an update that is being made; empty if nothing."""
        for fault in self._planted.values():
            if kind in fault.what and fault.fits(type, str(chat_id)) and fault.strikes():
                return self._struck(fault, type=type)
        return {}

    def for_receipt(self, received: list[tuple[str, int]]) -> bool:
        """Whether a receipt (an offset, or a 200 of a webhook) for updates of these types and chats is lost."""
        for fault in self._planted.values():
            meant = any(fault.fits(type, str(chat_id)) for type, chat_id in received)
            if "duplicate" in fault.what and meant and fault.strikes():
                self._struck(fault, updates=len(received))
                return True
        return False

    def _struck(self, fault: Fault, **where: Any) -> dict[str, Any]:
        self._log.add("fault", fault=fault.id, what=fault.what, **where)
        return fault.what


def _check(what: dict[str, Any]) -> None:
    """The numbers of a fault are numbers: a mistake shows when it is planted, not when it should strike."""
    for name in ("reply", "retry_after", "duplicate"):
        if name in what:
            int(what[name])
    for name in ("delay_s", "answer_deadline_s"):
        if float(what.get(name, 0)) < 0:
            raise ValueError(f"{name} is negative")
    if "reorder" in what and int(dict(what["reorder"]).get("window", 2)) < 2:
        raise ValueError("a window of less than 2 changes no order")
