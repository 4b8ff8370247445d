"""The updates that wait for one bot: how long they live, and when they count as received."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.emulator.clock import Clock
from bot.emulator.log import Log

DAY = 86_400.0
# How long an update waits for its bot (Bot API server, Client.cpp).
LIFE = {"message": DAY, "edited_message": DAY, "my_chat_member": DAY, "callback_query": 150.0}
# Not handed over unless asked for (Bot API documentation, getUpdates).
ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(eq=False)
class Update:
    """One update and its fate: waiting, delivered, confirmed, expired or forgotten."""

    id: int
    kind: str
    payload: dict[str, Any]
    user_id: int
    expires: float
    gone: Callable[["Update"], None]
    fate: str = "waiting"

    def shape(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.payload}


class Queue:
    """Oldest first. An update stays until it is confirmed or its life is over."""

    def __init__(self, clock: Clock, log: Log, bot_id: int, chance: random.Random) -> None:
        self._clock = clock
        self._log = log
        self._bot_id = bot_id
        self._next = chance.randrange(100_000_000, 900_000_000)  # a random start, then one by one
        self._waiting: list[Update] = []
        self.allowed: frozenset[str] | None = None
        self.bell = clock.bell()
        # The last poll, as the server remembers it; and the poll that waits now.
        self.polled_offset = -1
        self.polled_at = 0.0
        self.next_conflict = 0.0
        self.poller: object | None = None

    def put(
        self, kind: str, payload: dict[str, Any], user_id: int, gone: Callable[[Update], None]
    ) -> Update | None:
        """Add an update; None when the bot did not ask for this kind."""
        if not self._wanted(kind):
            return None
        update = Update(self._next, kind, payload, user_id, self._clock.now() + LIFE[kind], gone)
        self._next += 1
        self._waiting.append(update)
        self._note(update, "created", content=update.shape())
        self.bell.ring()
        return update

    def oldest(self, limit: int) -> list[Update]:
        self.expire()
        return self._waiting[:limit]

    def hand_over(self, updates: list[Update]) -> list[dict[str, Any]]:
        for update in updates:
            update.fate = "delivered"
            self._note(update, "delivered")
        return [update.shape() for update in updates]

    def confirm(self, offset: int) -> None:
        """Everything below the offset has been received (Bot API documentation, getUpdates)."""
        self.expire()
        self._drop(lambda update: update.id < offset, "confirmed")

    def would_confirm(self, offset: int) -> bool:
        return any(update.id < offset for update in self._waiting)

    def keep_last(self, count: int) -> None:
        """A negative offset forgets all but the last so many."""
        self.expire()
        kept = {update.id for update in self._waiting[-count:]}
        self._drop(lambda update: update.id not in kept, "forgotten")

    def forget(self) -> None:
        self._drop(lambda _: True, "forgotten")

    def expire(self) -> None:
        now = self._clock.now()
        self._drop(lambda update: update.expires <= now, "expired")

    def __len__(self) -> int:
        self.expire()
        return len(self._waiting)

    def _wanted(self, kind: str) -> bool:
        return kind not in ASKED_FOR if self.allowed is None else kind in self.allowed

    def _drop(self, which: Callable[[Update], bool], fate: str) -> None:
        dropped = [update for update in self._waiting if which(update)]
        if not dropped:
            return
        self._waiting = [update for update in self._waiting if not which(update)]
        for update in dropped:
            update.fate = fate
            self._note(update, fate)
            update.gone(update)

    def _note(self, update: Update, fate: str, **more: Any) -> None:
        self._log.add(
            "update",
            bot=self._bot_id,
            update_id=update.id,
            type=update.kind,
            user=update.user_id,
            fate=fate,
            **more,
        )
