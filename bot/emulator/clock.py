"""The emulator's time: real time plus an offset that can be moved, and bells that wake whoever waits."""

import asyncio
import time
from collections.abc import Callable
from weakref import WeakSet


class Bell:
    """Wakes everybody who waits at this moment; a ring that nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Return at the next ring, or after so many seconds of the event loop's time."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait({waiting}, timeout=seconds)
        finally:
            self._waiting.discard(waiting)


class Clock:
    """Virtual time in seconds since 1970: `base()` plus an offset. Moving it rings every bell it made."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._bells: WeakSet[Bell] = WeakSet()
        self._offset = 0.0
        self.jumps = 0
        self.jumped_to = 0.0  # the virtual moment the last move arrived at
        self.moved = self.bell()

    def now(self) -> float:
        return self._base() + self._offset

    def bell(self) -> Bell:
        bell = Bell()
        self._bells.add(bell)
        return bell

    def advance(self, seconds: float) -> None:
        self._offset += seconds
        self.jumps += 1
        self.jumped_to = self.now()
        self.wake()

    def set(self, moment: float) -> None:
        self.advance(moment - self.now())

    def wake(self) -> None:
        """Ring every bell, so that whoever waits looks again at what it waits for."""
        for bell in list(self._bells):
            bell.ring()

    async def until(self, ready: Callable[[], bool], deadline: float, bell: Bell) -> bool:
        """Wait for `ready()`, looking at every ring; False when virtual time has passed the deadline."""
        while not ready():
            left = deadline - self.now()
            if left <= 0:
                return False
            await bell.wait(left)
        return True
