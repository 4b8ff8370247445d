"""What happened, in order: every call of a bot, the fate of every update, every strike of a fault."""

import itertools
from collections import deque
from typing import Any

from bot.emulator.clock import Clock

KEPT = 20_000  # enough for a long talk of many people; older entries make room


class Log:
    """Entries carry `seq` from the one counter that screens use too, so both can be compared."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._counter = itertools.count(1)
        self.last = 0

    def tick(self) -> int:
        """The next number of the world's one counter."""
        self.last = next(self._counter)
        return self.last

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        entry = {"seq": self.tick(), "time": self._clock.now(), "kind": kind, **fields}
        self._entries.append(entry)
        return entry

    def since(self, seq: int) -> list[dict[str, Any]]:
        return [entry for entry in self._entries if entry["seq"] > seq]

    def clear(self) -> None:
        self._entries.clear()
