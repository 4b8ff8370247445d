"""What is remembered of the messages of a chat: in memory only, forgotten when it has waited long enough.

Laws:
1. The secret of an interview waits half an hour for typed words; which message holds one is known for 48 hours,
   and holds no secret.
2. What a round took or changed here can be given back, when the round is rolled back and comes again.
3. At most 20,000 chats are remembered for one thing; beyond that the oldest is forgotten.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.chat.inbound import Came
from bot.core.events import Sent, Threshold
from bot.core.screen import Button, Screen
from bot.turn import Grip, Held, Reply

GRIP_SECONDS = 30 * 60
"""How long the secret of an interview waits in memory for typed words."""

STRAY_SECONDS = 48 * 3600
"""How long messages beside the interview are remembered: later Telegram deletes none."""

TOLD_SECONDS = 600.0
"""How long nobody is told twice that we were away."""

WITHDRAWALS_AN_HOUR = 5
HOUR = 3600.0

MOST_CHATS = 20_000
"""Chats remembered for their messages or their tries at once; beyond it the oldest are forgotten."""

T = TypeVar("T")
K = TypeVar("K")

Undo = list[Callable[[], object]]
"""How to give back what this round took, newest last."""


@dataclass
class Awaiting:
    """A chat whose typed words belong to an interview: its secret, its message, until when.

    `drawn` is false until the phone shows the present question: words from before are no answer to it, since
    words carry no step.
    """

    grip: Grip
    message: int | None
    language: str
    until: float
    drawn: bool = False
    screen: Screen | None = None


@dataclass
class Bound:
    """A message that holds an interview, or its last words: `ended` says which, `code` whether they show the
    receipt, `rows` are their buttons. What was tapped there before draws nothing over them."""

    until: float
    ended: bool = False
    code: bool = False
    rows: tuple[tuple[Button, ...], ...] = ()


@dataclass
class Strays:
    """Messages of a chat beside its interview, to go with the next wipe, until Telegram keeps them anyway."""

    messages: deque[int]
    until: float


class Memory:
    """What one running bot remembers; `undo` is the list of its present round."""

    def __init__(self, clock: Callable[[], float], undo: Undo) -> None:
        self._clock = clock
        self._undo = undo
        self._awaiting: dict[int, Awaiting] = {}
        self._strays: dict[int, Strays] = {}
        self._bound: dict[tuple[int, int], Bound] = {}
        self._withdrawals: dict[int, deque[float]] = {}
        self._told: dict[int, float] = {}

    def sweep(self) -> None:
        """Forget what has waited long enough: above all the secrets of chats that never wrote again."""
        moment = self._clock()
        for chat, awaiting in list(self._awaiting.items()):
            if awaiting.until < moment:
                self._awaiting.pop(chat, None)
        for chat, strays in list(self._strays.items()):
            if strays.until < moment:
                self._strays.pop(chat, None)
        for place, bound in list(self._bound.items()):
            if bound.until < moment:
                self._bound.pop(place, None)
        for chat, tries in list(self._withdrawals.items()):
            if not tries or tries[-1] + HOUR < moment:
                self._withdrawals.pop(chat, None)
        for chat, until in list(self._told.items()):
            if until < moment:
                self._told.pop(chat, None)

    # -- the interview of a chat ----------------------------------------------------------------------

    def awaiting(self, chat: int) -> Awaiting | None:
        """Whose typed words these would be, though their time may be over."""
        return self._awaiting.get(chat)

    def grip(self, chat: int) -> Grip | None:
        """The secret that typed words of this chat belong to, while it waits."""
        awaiting = self._awaiting.get(chat)
        if awaiting is None or awaiting.until < self._clock():
            self._awaiting.pop(chat, None)
            return None
        return awaiting.grip

    def was_seen(self, came: Came) -> bool:
        """True for words written below the present question, once the phone shows it."""
        awaiting = self._awaiting.get(came.chat)
        return awaiting is not None and awaiting.drawn and came.message > (awaiting.message or 0)

    def message_of(self, chat: int, grip: Grip | None) -> int | None:
        """The message that shows this interview."""
        awaiting = self._awaiting.get(chat)
        return awaiting.message if awaiting is not None and awaiting.grip == grip else None

    def bound(self, came: Came) -> Bound | None:
        """What the tapped message holds; None for typed words."""
        return self._bound.get((came.chat, came.message)) if came.tap is not None else None

    def remember(
        self, came: Came, did: Held | Threshold, reply: Reply, message: int | None, language: str
    ) -> Callable[[int], None] | None:
        """Keep what a reply shows, in this message if it is edited; returns what to do when a message shows it."""
        return self._bind(came.chat, did, reply, message, self._await(came, reply, message, language))

    def _await(self, came: Came, reply: Reply, message: int | None, language: str) -> Callable[[int], None] | None:
        """Keep the secret for typed words."""
        before = self._awaiting.pop(came.chat, None)
        if before is not None:
            self._undo.append(lambda: self._awaiting.__setitem__(came.chat, before))
        if reply.grip is None:
            return None
        same = before is not None and before.grip == reply.grip
        kept = Awaiting(
            reply.grip,
            message,
            language,
            self._clock() + GRIP_SECONDS,
            drawn=before is not None and same and before.drawn and not reply.moved,
            screen=reply.screen,
        )
        self._awaiting[came.chat] = kept

        def shown(id: int) -> None:
            kept.message, kept.drawn = id, True

        return shown

    def _bind(
        self,
        chat: int,
        did: Held | Threshold,
        reply: Reply,
        message: int | None,
        shown: Callable[[int], None] | None,
    ) -> Callable[[int], None] | None:
        """Remember which message holds the interview or its last words, from now and from when it is shown."""
        if reply.grip is None and not reply.finished:
            return shown
        until = self._clock() + STRAY_SECONDS
        sent = isinstance(did, Held) and isinstance(did.event, Sent) and did.event.code
        rows = reply.screen.rows if reply.finished and reply.screen is not None else ()
        bound = Bound(until, ended=reply.finished, code=reply.finished and sent, rows=rows)

        def bind(id: int) -> None:
            self._bound.pop((chat, id), None)
            self._bound[chat, id] = bound
            _keep_few(self._bound)
            if shown is not None:
                shown(id)

        if message is not None:
            before = self._bound.get((chat, message))
            self._bound[chat, message] = bound
            self._undo.append(lambda: self._put_back((chat, message), before))
        return bind

    def _put_back(self, place: tuple[int, int], bound: Bound | None) -> None:
        if bound is None:
            self._bound.pop(place, None)
        else:
            self._bound[place] = bound

    # -- messages beside it ---------------------------------------------------------------------------

    def stray(self, chat: int, message: int) -> None:
        """A message beside the interview, to go with the next wipe."""
        kept = self._strays.pop(chat, None) or Strays(deque(maxlen=20), 0.0)
        kept.messages.append(message)
        kept.until = self._clock() + STRAY_SECONDS
        self._strays[chat] = kept
        _keep_few(self._strays)

    def leave_behind(self, came: Came) -> None:
        """The message of the interview that is given up goes with the next wipe."""
        old = self._awaiting.get(came.chat)
        if old is not None and old.message is not None and old.message != came.message:
            self.stray(came.chat, old.message)

    def pop_strays(self, chat: int) -> tuple[int, ...]:
        """The messages that are wiped now."""
        kept = self._strays.pop(chat, None)
        if kept is None:
            return ()
        self._undo.append(lambda: self._strays.setdefault(chat, kept))
        return tuple(kept.messages)

    # -- tries and tellings ---------------------------------------------------------------------------

    def may_withdraw(self, chat: int) -> bool:
        """Count a try of a receipt code; False when there were five within the hour."""
        tries = self._withdrawals.setdefault(chat, deque(maxlen=WITHDRAWALS_AN_HOUR))
        _keep_few(self._withdrawals)
        moment = self._clock()
        if len(tries) == WITHDRAWALS_AN_HOUR and moment - tries[0] < HOUR:
            return False
        tries.append(moment)
        self._undo.append(tries.pop)
        return True

    def tell_of_absence(self, chat: int) -> bool:
        """True once: from now on this chat has been told that we were away."""
        if chat in self._told:
            return False
        self._told[chat] = self._clock() + TOLD_SECONDS
        _keep_few(self._told)
        self._undo.append(lambda: self._told.pop(chat, None))
        return True


def _keep_few(remembered: dict[K, T]) -> None:
    """Forget the chat that was remembered first, once there are too many."""
    while len(remembered) > MOST_CHATS:
        remembered.pop(next(iter(remembered)), None)
