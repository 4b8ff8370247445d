"""A stage for the ordinary program: the local Bot API with its phones, the bot, a folder removed afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import aiohttp

from bot import nature
from bot.core import steward_key

TOKEN = "100000001:demo-demo-demo-demo-demo-demo-demo1"  # noqa: S105 - shaped like a token, opens nothing
PATIENCE = 60.0

CHOSEN = ("AITBAR_MIN_BLOCK", "AITBAR_LEAVE_BEHIND")
"""Settings of the block rule that may be tried on a stage."""

AITBAR = [sys.executable, "-m", "bot"]
ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class StageTrouble(Exception):
    """The stage cannot be set; the text says what to do."""


def act(performance: Coroutine[Any, Any, None]) -> None:
    """Run until it ends or is stopped (Ctrl-C, SIGTERM, a closed terminal)."""
    with suppress(KeyboardInterrupt):
        asyncio.run(performance)


class Stage:
    """The ordinary program with another API address, in a folder of its own."""

    def __init__(self, folder: Path, port: int, surveys: Path, organisation: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
        chosen = {name: os.environ[name] for name in CHOSEN if name in os.environ}
        self._env = {
            **kept,
            **chosen,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "AITBAR_TELEGRAM_TOKEN": TOKEN,
            "AITBAR_TELEGRAM_API_URL": self.url,
            "AITBAR_SURVEYS_DIR": str(surveys.resolve()),
            "AITBAR_ORGANISATION": organisation,
            "AITBAR_LOG_LEVEL": "WARNING",
            "AITBAR_STEWARD_KEY": steward_key.written(nature.token(steward_key.BYTES)),  # nobody can open
        }
        self.k = int(chosen.get("AITBAR_MIN_BLOCK", 10))
        self._watched: list[subprocess.Popen[bytes]] = []
        self.ticked = asyncio.Event()

    @classmethod
    @contextmanager
    def open(cls, name: str, port: int, surveys: Path, organisation: str) -> Iterator[Self]:
        """A stage with its processes; at the end they are ended by their ids and the folder is removed.

        Raises StageTrouble when the port is taken.
        """
        _refuse_taken(port)
        for ending in ENDINGS:
            signal.signal(ending, lambda *_: sys.exit(0))
        with tempfile.TemporaryDirectory(prefix=f"aitbar-{name}-") as folder:
            stage = cls(Path(folder), port, surveys, organisation)
            try:
                stage._start("emulator", "--port", str(port))
                stage._start("run")
                yield stage
            finally:
                stage._end()

    # -- processes ------------------------------------------------------------------------------------

    def _start(self, *words: str) -> None:
        self._watched.append(
            subprocess.Popen([*AITBAR, *words], env=self._env, cwd=self.folder, stdout=subprocess.DEVNULL)
        )

    def _end(self) -> None:
        for process in reversed(self._watched):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def check(self) -> None:
        """Raise StageTrouble when a part of the stage has stopped by itself."""
        for process in self._watched:
            if process.poll() is not None:
                raise StageTrouble("A part of the program stopped by itself; its last words stand above.")

    async def console(self, *words: str) -> str:
        """Run `aitbar ...` on the stage's installation; what it printed."""
        process = await asyncio.create_subprocess_exec(
            *AITBAR,
            *words,
            env=self._env,
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, said = await process.communicate()
        finally:
            if process.returncode is None:  # stopped meanwhile: nothing may write into a folder that goes
                process.kill()
                await process.wait()
        if process.returncode:
            raise StageTrouble(said.decode(errors="replace").strip())
        return out.decode()

    # -- the page ---------------------------------------------------------------------------------------

    async def opened(self) -> None:
        """Wait until the page answers and the bot has called."""
        for _ in range(int(PATIENCE * 10)):
            with suppress(OSError, aiohttp.ClientError):
                if (await self.get("/sim/health"))["bots"]:
                    return
            self.check()
            await asyncio.sleep(0.1)
        raise StageTrouble(f"The page at {self.url} does not answer.")

    async def follow_days(self) -> None:
        """Tick the bot whenever somebody moves the page's clock."""
        seen = await self.get("/sim/clock")
        while True:
            clock = await self.get(f"/sim/clock?wait=change&jumps={seen['jumps']}&timeout=20")
            self.check()
            if clock["jumps"] != seen["jumps"]:
                await self.console("tick", "--at", datetime.fromtimestamp(clock["now"], UTC).isoformat())
                self.ticked.set()
            seen = clock

    async def get(self, path: str) -> Any:
        """Ask the local Bot API's control side."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as reply:
            return (
                await reply.json(content_type=None) if reply.content_type.endswith("json") else await reply.text()
            )

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Tell the local Bot API's control side."""
        async with aiohttp.ClientSession() as session, session.post(self.url + path, json=body) as reply:
            reply.raise_for_status()
            return await reply.json()


def _refuse_taken(port: int) -> None:
    """Without this the stage of somebody else on the same port would be taken for one's own."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StageTrouble(f"Port {port} is in use. Name another one with --port.") from None
