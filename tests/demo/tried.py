"""`aitbar try` as a running process, for tests that answer on its phones."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.emulator.person import Person
from tests import nursery
from tests.nursery import Process
from tests.rig import ROOT, free_port, wait_for

PATIENCE = 120


@dataclass
class Tried:
    """A running try: its process, its page, what it printed, and where its folder lies meanwhile."""

    process: Process
    url: str
    log: Path
    home: Path

    @property
    def page(self) -> str:
        """The address that the author opens."""
        return str(re.findall(r"http://\S+", self.log.read_text("utf-8"))[-1])

    @property
    def phones(self) -> list[int]:
        return [int(id) for id in self.page.partition("phones=")[2].split(",")]

    @property
    def folders(self) -> list[Path]:
        return list(self.home.glob("aitbar-*"))

    def talk(self, phone: int) -> str:
        """The talk of a phone, as its page saves it."""
        with urllib.request.urlopen(f"{self.url}/sim/users/{phone}/talk", timeout=30) as reply:  # noqa: S310
            return str(reply.read().decode("utf-8"))

    async def begin(self, person: Person) -> None:
        """Press Start: the link that the phone holds is followed."""
        await person.start((await link(self.url, person.id))["payload"])

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)


async def link(url: str, phone: int) -> dict[str, str]:
    """The link of a phone and whether it was followed."""

    def read() -> dict[str, str]:
        with urllib.request.urlopen(f"{url}/sim/users/{phone}/screen", timeout=30) as reply:  # noqa: S310
            found: dict[str, str] = json.load(reply)["link"]
            return found

    return await asyncio.to_thread(read)


@contextmanager
def tried(survey: Path, home: Path, *more: str) -> Iterator[Tried]:
    """A try of a survey file, until the block ends; `home` holds all that it makes."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
    env |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(home)}
    log = home / "log"
    words = ["try", str(survey), "--port", str(port), "--no-browser", *more]
    with log.open("wb") as out:
        process = nursery.start(words, env, home, out, out)
    running = Tried(process, f"http://127.0.0.1:{port}", log, home)
    try:
        wait_for(lambda: "The phones are" in log.read_text("utf-8") or process.poll() is not None, PATIENCE)
        assert process.poll() is None, log.read_text("utf-8")[-3000:]
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(120)
