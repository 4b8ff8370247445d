"""The real program, run, stopped and killed like a process: what it was doing is gone, its files lie as they lay.

Laws:
1. What runs is `bot.app.house` and `bot.app.serve`. Replaced are the sockets, the timer that calls the clock,
   the drawing of pictures, and the reading of the words, which is done once for all runs.
2. A killed program does nothing more: the files are copied at that moment, and what it still tries while it is
   taken apart meets a dead disk and a dead network.
"""

from __future__ import annotations

import asyncio
import shutil
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

from pydantic import SecretStr
from sqlalchemy import create_engine

import bot.app
import bot.clock
import bot.digest
import bot.reload
import bot.store.engine
from bot.app import house, serve
from bot.files.snapshot import fingerprint, look
from bot.settings import Settings
from bot.stopping import Asked, Stop

TOKEN = "4242424242:simulated-token-of-a-bot-that-never-was"

PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII5s", 13, b"IHDR", 360, 600, b"\x08\x02\x00\x00\x00")

RUNNING: ContextVar[Program | None] = ContextVar("running", default=None)
"""The program that the running task belongs to; None outside of it: people, the console, Telegram."""

KEPT = ("data/aitbar.db", "data/aitbar.db-wal")


class Program:
    """One process: from its start on the files in `folder` to its end."""

    def __init__(self, folder: Path, note: Callable[[str], None]) -> None:
        self.folder = folder
        self.dead = False
        self.began = 0
        self.kept = 0
        self.handed: dict[int, float] = {}
        """The updates it was given and has to keep, by their ids, and when they first came."""
        self.done: dict[int, bool] = {}
        """Those it has acknowledged; False for taps that Telegram had forgotten by then."""
        self.killed_at = ""
        self.next_folder = folder
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.over = asyncio.Event()
        self._note = note
        self._asked = asyncio.Event()
        self._main: asyncio.Task[None] | None = None
        self.failure: BaseException | None = None

    def start(self, settings: Settings) -> None:
        """Run as `aitbar run` does, but for signals."""
        context = copy_context()
        context.run(RUNNING.set, self)
        self._main = asyncio.get_running_loop().create_task(self._run(settings), context=context)
        self._main.add_done_callback(self._ended)

    async def _run(self, settings: Settings) -> None:
        stop = Stop()
        self._asked = stop.asked
        with suppress(Asked):
            async with house(settings, alone=True, stop=stop) as place:
                await serve(place, stop.asked)

    def stop(self) -> None:
        """Ask it to stop, as SIGTERM does."""
        self._asked.set()

    def kill(self, where: str) -> None:
        """kill -9: keep the files as they lie, and let nothing more happen."""
        if self.dead or self.over.is_set():
            return
        self.dead, self.killed_at = True, where
        self.next_folder = _copied(self.folder)
        self._note(f"killed {where}")
        self.over.set()

    async def bury(self) -> None:
        """Take apart what is left of it, and hear how it ended."""
        while left := [task for task in self.tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=1.0)
        for task in self.tasks:
            if not task.cancelled() and task.exception() is not None and task is self._main and not self.dead:
                self.failure = task.exception()
        self.tasks.clear()

    def _ended(self, _task: object) -> None:
        self.over.set()


def enrol(task: asyncio.Task[Any], context: Context | None) -> None:
    """Count a new task as the running program's, so that it dies with it."""
    program = RUNNING.get() if context is None else context.get(RUNNING)
    if program is not None:
        program.tasks[task] = None
        if len(program.tasks) > 500:
            for done in [one for one in program.tasks if one.done() and one is not program._main]:
                if not done.cancelled():
                    done.exception()
                del program.tasks[done]


def settings_of(folder: Path, surveys: Path) -> Settings:
    """The settings of the simulated installation: the smallest blocks, one survey."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        telegram_token=SecretStr(TOKEN),
        database_url=f"sqlite:///{folder}/data/aitbar.db",
        keys_dir=folder / "keys",
        surveys_dir=surveys,
        min_block=5,
        leave_behind=1,
    )


def _copied(folder: Path) -> Path:
    """The files as they lie, in a new folder: a killed process leaves no more than these."""
    stem, _, number = folder.name.rpartition("-")
    copy = folder.with_name(f"{stem}-{int(number) + 1}")
    (copy / "data").mkdir(parents=True, mode=0o700)
    for name in KEPT:
        if (folder / name).exists():
            shutil.copyfile(folder / name, copy / name)
    shutil.copytree(folder / "keys", copy / "keys")
    return copy


class _Timer:
    """Calls the tick as the clock would, on the loop's own time. `seconds` can be changed while it runs."""

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: Callable[[], float]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(tick, seconds))

    async def _run(self, tick: Callable[[], Awaitable[None]], seconds: Callable[[], float]) -> None:
        while True:
            await asyncio.sleep(seconds())
            await tick()

    async def stop(self) -> None:
        self._task.cancel()


@contextmanager
def without_the_machine(request: Callable[[], Any], seconds: Callable[[], float]) -> Iterator[None]:
    """Put the simulated network and timer in the place of the real ones, and stand-ins for what is slow."""
    with ExitStack() as stack:
        for target, name, stand_in in (
            (bot.app, "AiohttpRequest", lambda *_arguments: request()),
            (bot.clock, "Clock", lambda tick: _Timer(tick, seconds)),
            (bot.digest, "png", lambda *_digest_and_kind: PICTURE),
            (bot.app, "version", lambda _name: "simulated"),
            (bot.reload, "look", _look),
            (bot.store.engine, "create_engine", _engine),
        ):
            stack.enter_context(mock.patch.object(target, name, stand_in))
        yield


_really_look = look


def _look(surveys: Path, catalogues: Path, spoken: Any = None, recorded: Any = None) -> Any:
    """Read once what has not changed; words in use only decide what may replace them; nothing is recorded here."""
    return _looked_at(surveys, catalogues, fingerprint(surveys, catalogues))


@lru_cache(maxsize=16)
def _looked_at(surveys: Path, catalogues: Path, _fingerprint: str) -> Any:
    return _really_look(surveys, catalogues)


_really_create_engine = create_engine
_compiled: Any = None


def _engine(*arguments: Any, **named: Any) -> Any:
    """Programs of one process share the statements they have compiled: text, and nothing of any database."""
    global _compiled
    engine = _really_create_engine(*arguments, **named)
    _compiled = _compiled or engine._compiled_cache
    engine._compiled_cache = _compiled
    return engine
