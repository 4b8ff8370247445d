"""An event loop whose time jumps to the next thing to do, and whose order is decided by a seed.

Laws:
1. Nothing here reads a clock of the machine; time passes when nobody can run, and not otherwise.
2. Whatever could run at once runs in an order drawn from the seed.
3. Work for threads runs on this loop at a drawn later moment: never beside anything else, the jobs of one
   executor in their order.
"""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from random import Random
from typing import Any

LONGEST_JOB = 0.02
"""Seconds until a job for a thread begins, and until its result is known, at most."""

TURNS_WITHOUT_TIME = 200_000
"""So many turns of the loop in one moment are a program that runs in circles."""


class Stuck(AssertionError):
    """Everybody waits for somebody else, or somebody runs in circles."""


class _Leaping(selectors.SelectSelector):
    """Instead of waiting it moves the loop's time."""

    loop: SimulatedLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("everybody waits for somebody else")
        if timeout > 0:
            self.loop.now += timeout
            self.loop.turns = 0
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """The loop. `enrol` is told of each new task and its context; `allowed` says whether a job may still run."""

    def __init__(self, seed: str) -> None:
        self.now = 0.0
        self.turns = 0
        self.chance = Random(f"loop {seed}")
        self.signals: dict[int, Callable[[], Any]] = {}
        self._jobs: dict[int, deque[Callable[[], None]]] = {}
        selector = _Leaping()
        selector.loop = self
        super().__init__(selector)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.now

    def leap(self, seconds: float) -> None:
        """Let time pass in one go, as on a computer that slept: whatever was due meanwhile is late."""
        self.now += seconds

    def _run_once(self) -> None:
        ready: deque[Any] = self._ready  # type: ignore[attr-defined]
        if len(ready) > 1:
            shuffled = list(ready)
            self.chance.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        self.turns += 1
        if self.turns > TURNS_WITHOUT_TIME:
            raise Stuck("somebody runs in circles")
        super()._run_once()  # type: ignore[misc]

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run `func` later on this loop. What it raises, however grave, is the awaiting task's to hear."""
        future = self.create_future()
        jobs = self._jobs.setdefault(0 if executor is None else id(executor), deque())
        jobs.append(partial(self._carry_out, executor, future, partial(func, *args)))
        self.call_later(self.chance.uniform(0, LONGEST_JOB), lambda: jobs.popleft()())
        return future

    def _carry_out(self, executor: Any, future: asyncio.Future[Any], job: Callable[[], Any]) -> None:
        if getattr(executor, "_shutdown", False):
            future.cancel()
        if future.cancelled():
            return
        try:
            tell = partial(future.set_result, job())
        except BaseException as error:  # as a thread does: the error belongs to who waits
            tell = partial(future.set_exception, error)
        self.call_later(self.chance.uniform(0, LONGEST_JOB), lambda: None if future.done() else tell())

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., Any], *args: Any
    ) -> None:
        """Keep the handler: whoever plays the operating system calls it."""
        self.signals[sig] = partial(callback, *args)

    def remove_signal_handler(self, sig: int) -> bool:
        return self.signals.pop(sig, None) is not None


Enrol = Callable[["asyncio.Task[Any]", Context | None], None]


def with_tasks_told(loop: SimulatedLoop, enrol: Enrol) -> None:
    """Let `enrol` hear of each task that is made on the loop, and of the context it was given, if any."""

    def make(_loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        enrol(task, more.get("context"))
        return task

    loop.set_task_factory(make)  # type: ignore[arg-type]
