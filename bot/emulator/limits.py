"""How fast a bot may speak, and how long it has to wait when it was faster.

Telegram publishes three inexact figures: one message a second in a chat, 20 a minute in a group, 30 a
second in all; short bursts pass. How large a burst, and how often one message may be edited, it does not
say: those two figures are ours, and all five can be set.

Laws of this file:
- what is refused is not counted, and nothing of it was carried out;
- an edit counts in a group as a message does, and in a private chat only against its own message;
- time is the emulator's virtual time.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.emulator.clock import Clock
from bot.emulator.refusals import too_many

MODES = ("real", "off", "custom")


@dataclass(frozen=True)
class Figures:
    """Messages for spans of time in seconds, and what too many edits of one message cost."""

    chat_burst: int = 3
    chat_every: float = 1.0  # seconds until a chat has room for one more
    group_per_minute: int = 20
    all_per_second: int = 30
    edits: int = 5
    edits_within: float = 5.0
    edits_wait: float = 30.0


class _Window:
    """At most so many events in any stretch of so many seconds."""

    def __init__(self) -> None:
        self.events: deque[float] = deque()

    def wait(self, now: float, most: int, seconds: float, more: int = 1) -> float:
        """Seconds until there is room for `more` events; 0 if there is."""
        while self.events and self.events[0] <= now - seconds:
            self.events.popleft()
        over = len(self.events) + more - most
        if over <= 0 or not self.events:
            return 0.0
        return self.events[min(over, len(self.events)) - 1] + seconds - now


class _Bucket:
    """A burst, then one event each time a second (or another span) has passed."""

    def __init__(self) -> None:
        self.full_at = 0.0

    def wait(self, now: float, burst: int, every: float, more: int = 1) -> float:
        return max(0.0, max(self.full_at - now, 0.0) + min(more, burst) * every - burst * every)

    def take(self, now: float, every: float, more: int) -> None:
        self.full_at = max(self.full_at, now) + more * every


class Limits:
    """The counts of all bots. `mode` is real, off or custom."""

    def __init__(self, clock: Clock, mode: str = "off") -> None:
        self._clock = clock
        self.clear()
        self.set(mode)

    def set(self, mode: str, **figures: float) -> None:
        """Choose a mode; `figures` are those of `Figures` that custom changes. Raises ValueError."""
        if mode not in MODES:
            raise ValueError(f"limits are one of {', '.join(MODES)}")
        if figures and mode != "custom":
            raise ValueError("figures belong to limits=custom")
        if any(value <= 0 for value in figures.values()):
            raise ValueError("a figure is above 0")
        try:
            self.figures = replace(Figures(), **figures)  # type: ignore[arg-type]
        except TypeError as unknown:
            raise ValueError(f"figures are {', '.join(asdict(Figures()))}") from unknown
        self.mode = mode

    def clear(self) -> None:
        """Forget what was counted."""
        self._everywhere: dict[int, _Window] = {}
        self._groups: dict[tuple[int, int], _Window] = {}
        self._chats: dict[tuple[int, int], _Bucket] = {}
        self._edits: dict[tuple[int, int, int], _Window] = {}
        self._punished: dict[tuple[int, int, int], float] = {}

    def shape(self) -> dict[str, Any]:
        return {"mode": self.mode, **({} if self.mode == "off" else asdict(self.figures))}

    def spend_message(self, bot_id: int, chat_id: int, count: int = 1) -> None:
        """Count messages to a chat (an album counts as each of its parts), or refuse with 429."""
        if self.mode == "off":
            return
        now, figures = self._clock.now(), self.figures
        everywhere = self._everywhere.setdefault(bot_id, _Window())
        chat = self._chats.setdefault((bot_id, chat_id), _Bucket())
        group = self._groups.setdefault((bot_id, chat_id), _Window())
        waits = [
            everywhere.wait(now, figures.all_per_second, 1.0, count),
            chat.wait(now, figures.chat_burst, figures.chat_every, count),
        ]
        if chat_id < 0:
            waits.append(group.wait(now, figures.group_per_minute, 60.0, count))
        _refuse(waits)
        chat.take(now, figures.chat_every, count)
        everywhere.events.extend([now] * count)
        if chat_id < 0:
            group.events.extend([now] * count)

    def spend_edit(self, bot_id: int, chat_id: int, message_id: int) -> None:
        """Count an edit of a message, or refuse with 429."""
        if self.mode == "off":
            return
        now, figures, key = self._clock.now(), self.figures, (bot_id, chat_id, message_id)
        group = self._groups.setdefault((bot_id, chat_id), _Window())
        edits = self._edits.setdefault(key, _Window())
        waits = [self._punished.get(key, now) - now]
        if chat_id < 0:
            waits.append(group.wait(now, figures.group_per_minute, 60.0))
        _refuse(waits)
        if edits.wait(now, figures.edits, figures.edits_within) > 0:
            self._punished[key] = now + figures.edits_wait
            raise too_many(math.ceil(figures.edits_wait))
        edits.events.append(now)
        if chat_id < 0:
            group.events.append(now)


def _refuse(waits: Iterable[float]) -> None:
    longest = max(waits)
    if longest > 0:
        raise too_many(max(1, math.ceil(longest)))
