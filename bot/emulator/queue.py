"""The updates that wait for one bot: how long they live, in which order they go, when they count as received.

Laws of this file:
- an update stays until it is confirmed or its life is over; nothing else takes it away but the bot's own wish;
- `id` is what the bot sees and only grows; `key` names the update for the people's side and never changes;
- planted faults change an update while it is made or the order of its going, and each strike is in the log.
"""

import copy
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.clock import Clock
from bot.emulator.faults import Faults
from bot.emulator.log import Log

DAY = 86_400.0
# How long an update waits for its bot (Bot API server, Client.cpp); all others wait a day.
LIFE = {"callback_query": 150.0}
# Not handed over unless asked for (Bot API documentation, getUpdates).
ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# A webhook gets one update at a time from each of these queues (Bot API server, Client.cpp).
_BY_USER = {"callback_query": 3 << 33}
_BY_CHAT = {"my_chat_member": 5 << 33, "chat_member": 6 << 33, "message_reaction": 8 << 33}
# A field of the wrong type, which the malformed-update fault plants unless it names another.
_MALFORMED = {"callback_query": "from"}
HOLD = 1.0  # seconds a reordered update waits for others to overtake it


@dataclass(eq=False)
class Update:
    """One update and its fate: waiting, delivered, confirmed, expired or forgotten."""

    id: int
    key: int
    kind: str
    payload: dict[str, Any]
    user_id: int
    chat_id: int
    expires: float
    gone: Callable[["Update"], None]
    fate: str = "waiting"
    # For a webhook: how often it failed, how long the next wait is, and until when it waits.
    failures: int = 0
    delay: int = 1
    not_before: float = 0.0
    marks: dict[str, Any] = field(default_factory=dict)

    @property
    def queue_id(self) -> int:
        if self.kind in _BY_USER:
            return self.user_id + _BY_USER[self.kind]
        return self.chat_id + _BY_CHAT.get(self.kind, 0)

    def shape(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.payload}


@dataclass(eq=False)
class Poll:
    """A getUpdates that waits; whoever ends it says in which words."""

    ended_by: str = ""


class Queue:
    """Oldest first."""

    def __init__(self, clock: Clock, log: Log, bot_id: int, chance: random.Random, faults: Faults) -> None:
        self._clock = clock
        self._log = log
        self._bot_id = bot_id
        self._faults = faults
        self._next = chance.randrange(100_000_000, 900_000_000)  # a random start, then one by one
        self._waiting: list[Update] = []
        self._held: list[Update] = []
        self._held_until = 0.0
        self._shuffles = 0
        self.allowed: frozenset[str] | None = None
        self.bell = clock.bell()
        # The last poll, as the server remembers it; the poll that waits now; when a webhook may be set again.
        self.polled_offset = -1
        self.polled_at = 0.0
        self.next_conflict = 0.0
        self.poller: Poll | None = None
        self.next_set_webhook = 0.0

    def put(
        self, kind: str, payload: dict[str, Any], user_id: int, gone: Callable[[Update], None]
    ) -> Update | None:
        """Add an update; None when the bot did not ask for this kind."""
        if not self._wanted(kind):
            return None
        chat_id = _chat_id(payload, user_id)
        payload = self._spoilt(kind, payload, chat_id)
        number = self._number()
        expires = self._clock.now() + LIFE.get(kind, DAY)
        update = Update(number, number, kind, payload, user_id, chat_id, expires, gone)
        self._note(update, "created", content=update.shape())
        reorder = self._faults.for_update("reorder", kind, chat_id)
        if reorder:
            self._hold(update, dict(reorder["reorder"]))
        else:
            self._waiting.append(update)
        self.bell.ring()
        return update

    def oldest(self, limit: int) -> list[Update]:
        self._settle()
        return self._waiting[:limit]

    def ready(self) -> bool:
        """Whether something may be handed over now."""
        self._settle()
        return bool(self._waiting)

    def due(self, busy: Collection[int]) -> Update | None:
        """The next update for a webhook: the first of its queue, which is not busy and has no wait left."""
        self._settle()
        passed = set(busy)
        for update in self._waiting:
            if update.queue_id not in passed and update.not_before <= self._clock.now():
                return update
            passed.add(update.queue_id)
        return None

    def next_moment(self) -> float | None:
        """When time alone will change what may be handed over; None if it will not."""
        self._settle()
        now = self._clock.now()
        moments = [update.not_before for update in self._waiting if update.not_before > now]
        if self._held:
            moments.append(self._held_until)
        return min(moments, default=None)

    def hand_over(self, updates: list[Update]) -> list[dict[str, Any]]:
        for update in updates:
            update.fate = "delivered"
            self._note(update, "delivered")
        return [update.shape() for update in updates]

    def confirm(self, offset: int) -> None:
        """Everything below the offset has been received (Bot API documentation, getUpdates)."""
        self._settle()
        below = [update for update in self._waiting if update.id < offset]
        if below and not self.receipt_lost(below):
            self._drop(below, "confirmed")

    def receipt_lost(self, received: list[Update]) -> bool:
        """Whether a planted fault swallows the bot's word that it has these."""
        return self._faults.for_receipt([(update.kind, update.chat_id) for update in received])

    def received(self, update: Update) -> None:
        """A webhook took this one."""
        self._drop([update], "confirmed")

    def give_up(self, update: Update) -> None:
        """The next try would come after the end of its life."""
        self._drop([update], "expired")

    def keep_last(self, count: int) -> None:
        """A negative offset forgets all but the last so many."""
        self._settle()
        self._drop(self._waiting[:-count], "forgotten")

    def forget(self) -> None:
        self._drop([*self._waiting, *self._held], "forgotten")

    def end_poll(self, words: str) -> None:
        """Refuse the poll that waits now, if there is one."""
        if self.poller is not None:
            self.poller.ended_by = words
            self.poller = None
            self.bell.ring()

    def __len__(self) -> int:
        self._settle()
        return len(self._waiting) + len(self._held)

    def _wanted(self, kind: str) -> bool:
        return kind not in ASKED_FOR if self.allowed is None else kind in self.allowed

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _settle(self) -> None:
        """Do what time has brought: lives end, held updates go."""
        now = self._clock.now()
        self._drop([update for update in (*self._waiting, *self._held) if update.expires <= now], "expired")
        if self._held and now >= self._held_until:
            self._release()

    def _spoilt(self, kind: str, payload: dict[str, Any], chat_id: int) -> dict[str, Any]:
        if "message" in payload and self._faults.for_update("inaccessible", kind, chat_id):
            bare = {name: payload["message"][name] for name in ("chat", "message_id")}
            payload = {**payload, "message": {**bare, "date": 0}}
        malformed = self._faults.for_update("malformed", kind, chat_id)
        if malformed:
            payload = _malformed(payload, malformed["malformed"], _MALFORMED.get(kind, "date"))
        return payload

    def _hold(self, update: Update, how: dict[str, Any]) -> None:
        """Keep it until the window is full or its time is over."""
        if not self._held:
            self._held_until = self._clock.now() + float(how.get("hold_s", HOLD))
        update.marks = how
        self._held.append(update)
        if len(self._held) >= int(how.get("window", 2)):
            self._release()

    def _release(self) -> None:
        """Let the held updates go in another order, under new ids, since a bot's offset only grows."""
        how, held = self._held[0].marks, self._held
        order = list(held)
        random.Random(f"{how.get('seed', 0)} {self._shuffles}").shuffle(order)  # noqa: S311 - to be repeated
        self._shuffles += 1
        if not how.get("within_queue"):
            order = _kept_in_queues(order, held)
        for update in order:
            before, update.id = update.id, self._number()
            self._note(update, "released", was=before)
        self._held = []
        self._waiting.extend(order)
        self.bell.ring()

    def _drop(self, dropped: list[Update], fate: str) -> None:
        kept_out = {update.key for update in dropped}
        known = [update for update in (*self._waiting, *self._held) if update.key in kept_out]
        self._waiting = [update for update in self._waiting if update.key not in kept_out]
        self._held = [update for update in self._held if update.key not in kept_out]
        for update in known:
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


def _chat_id(payload: dict[str, Any], user_id: int) -> int:
    """Where an update happened: its own chat, or that of the message a button belongs to."""
    chat = payload.get("chat") or payload.get("message", {}).get("chat", {})
    return int(chat.get("id", user_id))


def _kept_in_queues(order: list[Update], made: list[Update]) -> list[Update]:
    """The same places for each queue, but inside a queue the order in which the updates were made."""
    queues = {number: iter([each for each in made if each.queue_id == number]) for number in _queue_ids(made)}
    return [next(queues[each.queue_id]) for each in order]


def _queue_ids(updates: list[Update]) -> dict[int, None]:
    return dict.fromkeys(update.queue_id for update in updates)


def _malformed(payload: dict[str, Any], how: Any, usual: str) -> dict[str, Any]:
    """A copy with one field of a wrong type: `true` for the usual one, or a path such as `message.chat.id`."""
    spoilt = copy.deepcopy(payload)
    *way, last = (how if isinstance(how, str) else usual).split(".")
    place: Any = spoilt
    for step in way:
        place = place.setdefault(step, {}) if isinstance(place, dict) else {}
    if isinstance(place, dict):
        place[last] = ["of", "a", "wrong", "type"]
    return spoilt
