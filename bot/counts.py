"""What the running program counts about itself, always on and cheap; whoever watches over it reads the sums.

Laws:
1. No count tells of a person, a wave or an answer: nothing counts interviews, submissions or withdrawals.
2. Counts that people move by writing are shown in whole hundreds: one interview takes some thirty updates, so
   whoever looks every second cannot see that somebody is answering, nor when they were done.
3. A mark is one of a small fixed set (a kind of update, a name of an exception in the code), never what came in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STEP = 100
"""The counts that people move go up by so many at once."""

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds: a commit on a disk takes milliseconds, and nobody waits longer than the database's own five."""


@dataclass
class Count:
    """How often something happened, perhaps by `mark`; `people` move it, so it is shown in whole steps."""

    name: str
    what: str
    mark: str | None = None
    people: bool = False
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, mark: str = "", by: float = 1) -> None:
        """One more, or so many more."""
        self.sums[mark] += by  # type: ignore[assignment] # seconds are counted too

    def shown(self) -> Mapping[str, float]:
        """The sums as somebody else may see them."""
        sums: Mapping[str, float] = dict(self.sums) or ({} if self.mark else {"": 0})
        return {mark: _step(value) if self.people else value for mark, value in sorted(sums.items())}


@dataclass
class Times:
    """How long something took; shown in whole steps."""

    name: str
    what: str
    within: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """It took so long."""
        self.within[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

    def shown(self) -> tuple[list[int], float]:
        """How many took at most as long as each bucket, the last one all of them; and the seconds of those."""
        running, upto = 0, []
        for number in self.within:
            running += number
            upto.append(_step(running))
        return upto, self.seconds * upto[-1] / running if running else 0.0


@dataclass
class Last:
    """What something was the last time."""

    name: str
    what: str
    value: float = 0.0

    def set(self, value: float) -> None:
        """It is so now."""
        self.value = value


def _step(value: float) -> int:
    return int(value) // STEP * STEP


UPDATES = Count("updates", "updates that came from Telegram, by kind", "kind", people=True)
TURNS = Count("turns", "updates that were handled and committed", people=True)
REPLIES = Count("replies", "calls to Telegram that succeeded, by what they did", "act", people=True)
REFUSALS = Count("refusals", "calls that Telegram refused, by code; `none` when it did not answer", "code")
TOLD_TO_WAIT = Count("told_to_wait_seconds", "seconds that Telegram asked to wait (429)")
FAILURES = Count("failures", "what failed and was passed or tried again, by the exception's type", "type")
DATABASE_ERRORS = Count("database_errors", "transactions that the database refused")
TICKS = Count("ticks", "ticks of the clock that were done")
DIGESTS = Count("digests", "summaries to coordinators, by what became of them", "state")
TRANSACTIONS = Times("transaction_seconds", "how long transactions took")
SCRUB = Last("scrub_seconds", "how long the last scrub by the calendar took")

ALL: tuple[Count | Times | Last, ...] = (
    UPDATES,
    TURNS,
    REPLIES,
    REFUSALS,
    TOLD_TO_WAIT,
    FAILURES,
    DATABASE_ERRORS,
    TICKS,
    DIGESTS,
    TRANSACTIONS,
    SCRUB,
)

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")

ACTS = {
    "sendmessage": "sent",
    "sendphoto": "sent",
    "senddocument": "sent",
    "sendvoice": "sent",
    "editmessagetext": "edited",
    "editmessagemedia": "edited",
    "editmessagecaption": "edited",
    "editmessagereplymarkup": "edited",
    "answercallbackquery": "tap answered",
    "deletemessage": "deleted",
    "deletemessages": "deleted",
}
"""What a method of the Bot API does to a chat; fetching and the bot's own profile are no replies."""


def came(updates: Iterable[object]) -> None:
    """Raw updates have come."""
    for update in updates:
        kind = next((kind for kind in KINDS if isinstance(update, dict) and kind in update), "other")
        UPDATES.add(kind)


def called(method: str, code: int | None) -> None:
    """A call was answered with this HTTP code, or not at all."""
    if code == 200:
        if act := ACTS.get(method.lower()):
            REPLIES.add(act)
    else:
        REFUSALS.add("none" if code is None else str(code))


def failed(error: BaseException) -> None:
    """Something raised; only the type is kept."""
    FAILURES.add(type(error).__name__)
