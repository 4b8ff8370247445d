"""The emulator's time: a base clock plus an offset that can be moved, and bells that wake whoever waits.

Laws of this file:
- nothing waits but on a bell of the clock, so that moving the clock ends every wait that has become due;
- who waits is woken in the order of waiting: the same acts give the same log.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from weakref import WeakValueDictionary


class Bell:
    """Wakes everybody who waits at this moment; a ring that nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], None] = {}  # a set would wake in the order of addresses

    def ring(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Return at the next ring, or after so many seconds of the event loop's time."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[waiting] = None
        try:
            await asyncio.wait({waiting}, timeout=seconds)
        finally:
            del self._waiting[waiting]


class Clock:
    """Virtual time in seconds since 1970: `base()` plus an offset. Moving it rings every bell it made.

    `base` must run as fast as the event loop's own time, or stand still: a simulation gives both at once.
    """

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._bells: WeakValueDictionary[int, Bell] = WeakValueDictionary()
        self._numbers = itertools.count()
        self._offset = 0.0
        self._stopped_at: float | None = None
        self.jumps = 0
        self.jumped_to = 0.0  # the virtual moment the last move arrived at
        self.moved = self.bell()

    def now(self) -> float:
        return self._base() + self._offset if self._stopped_at is None else self._stopped_at

    @property
    def frozen(self) -> bool:
        return self._stopped_at is not None

    def freeze(self) -> None:
        """Stop: time passes only by `advance` and `set`."""
        self._stopped_at = self.now()
        self.wake()

    def thaw(self) -> None:
        """Run on from where it stands."""
        if self._stopped_at is not None:
            self._offset = self._stopped_at - self._base()
            self._stopped_at = None
            self.wake()

    def bell(self) -> Bell:
        bell = Bell()
        self._bells[next(self._numbers)] = bell
        return bell

    def advance(self, seconds: float) -> None:
        if self._stopped_at is None:
            self._offset += seconds
        else:
            self._stopped_at += seconds
        self.jumps += 1
        self.jumped_to = self.now()
        self.wake()

    def set(self, moment: float) -> None:
        self.advance(moment - self.now())

    def wake(self) -> None:
        """Ring every bell, so that whoever waits looks again at what it waits for."""
        for bell in list(self._bells.values()):
            bell.ring()

    async def until(self, ready: Callable[[], bool], deadline: float, bell: Bell) -> bool:
        """Wait for `ready()`, looking at every ring; False when virtual time has passed the deadline."""
        while not ready():
            left = deadline - self.now()
            if left <= 0:
                return False
            await bell.wait(None if self.frozen else left)
        return True
