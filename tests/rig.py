"""The whole program as people meet it: real processes, a local Bot API, phones; nothing of ours imported."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from bot.emulator.person import Person
from tests import leaks, nursery
from tests.nursery import Process

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"  # shaped like a token; opens nothing
AITBAR = [sys.executable, "-m", "bot"]


class Rig:
    """One installation in a folder of its own: emulator, bot, console."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")},
            "PYTHONPATH": str(ROOT),
            "AITBAR_TELEGRAM_TOKEN": TOKEN,
            "AITBAR_TELEGRAM_API_URL": self.url,
            "AITBAR_SURVEYS_DIR": str(ROOT / "surveys"),
            "AITBAR_LOG_LEVEL": "DEBUG",
            **settings,
        }
        self.log = folder / "logs" / "bot.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._emulator: Process | None = None
        self._bot: Process | None = None
        self._heard = 0
        self._said: list[str] = []

    # -- processes ------------------------------------------------------------------------------------

    def start_emulator(self) -> None:
        """The local Bot API, until the rig is closed."""
        with Path(os.devnull).open("wb") as nothing:
            words = ["emulator", "--port", str(self.port)]
            self._emulator = nursery.start(words, self.env, self.folder, nothing, nothing)
        wait_for(lambda: self._answers("/sim/health"))

    def start_bot(self, *command: str) -> None:
        """`aitbar run`, or another program in its place; returns when it has introduced itself."""
        self.called()
        self._bot = self._launch(command)
        wait_for(lambda: "getme" in self.called() or self.bot_died())
        assert not self.bot_died(), self.log.read_text()[-2000:]

    def _launch(self, command: tuple[str, ...]) -> Process:
        if not command:
            return self.start("run")
        with self.log.open("ab") as log:
            return subprocess.Popen(list(command), env=self.env, cwd=self.folder, stdout=log, stderr=log)

    def start(self, *words: str) -> Process:
        """A process of `aitbar` beside everything else; it says in the bot's log what it says."""
        with self.log.open("ab") as log:
            return nursery.start(words, self.env, self.folder, log, log)

    def kill_bot(self) -> None:
        """kill -9: no word of farewell."""
        self._end(signal.SIGKILL)

    def stop_bot(self) -> int:
        """SIGTERM; returns the exit code."""
        return self._end(signal.SIGTERM)

    def close(self) -> None:
        """End every process by its id; what leaked into a log is remembered and fails the run."""
        if self._bot is not None:
            self._end(signal.SIGKILL)
        leaks.FOUND.extend(f"{leak} in {self.folder}" for leak in self.leaks())
        if self._emulator is not None:
            self._emulator.send_signal(signal.SIGTERM)
            self._emulator.wait(10)
        nursery.let_go(self.env)

    def leaks(self) -> list[str]:
        """What of anybody stands in the logs of the bot and the console."""
        people = self.sim("/sim/users") if self._answers("/sim/health") else []
        log = "\n".join([self.log.read_text(errors="replace") if self.log.exists() else "", *self._said])
        known = [(person["id"], person["first_name"]) for person in people]
        return leaks.in_log(log, known, leaks.TYPED.get(self.url, ()))

    def look_now(self) -> None:
        """SIGHUP: the bot looks at its files without waiting for its next tick."""
        assert self._bot is not None
        self._bot.send_signal(signal.SIGHUP)

    def _end(self, how: signal.Signals) -> int:
        assert self._bot is not None
        bot, self._bot = self._bot, None
        if bot.poll() is None:
            bot.send_signal(how)
        return bot.wait(20)

    def bot_died(self) -> bool:
        """True when the bot has ended by itself."""
        return self._bot is None or self._bot.poll() is not None

    # -- the console ----------------------------------------------------------------------------------

    def console(self, *words: str, code: int = 0) -> str:
        """Run `aitbar ...` and return what it printed; the exit code must be `code`."""
        done = nursery.run(words, self.env, self.folder)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        self._said.append(done.stderr)
        return done.stdout if code == 0 else done.stderr

    def open_wave(self, survey: str, *more: str) -> str:
        """Open a wave on the console; returns its id."""
        lines = self.console("wave", "open", survey, "--yes", *more).splitlines()
        return next(line.split()[1] for line in lines if line.startswith("wave "))

    def tick(self, moment: datetime) -> str:
        """`aitbar tick --at`."""
        return self.console("tick", "--at", moment.isoformat())

    def days(self, number: int, start: datetime | None = None) -> datetime:
        """Let days pass, one tick each; returns the last moment."""
        moment = start or datetime.now(UTC)
        for _ in range(number):
            moment += timedelta(days=1)
            self.tick(moment)
        return moment

    def digest(self, wave: str) -> dict[str, Any]:
        """The released figures, as the console prints them."""
        figures: dict[str, Any] = json.loads(self.console("digest", wave, "--format", "json"))
        return figures

    # -- people ---------------------------------------------------------------------------------------

    def person(self, number: int, language: str | None = None) -> Person:
        """Somebody with a phone. Ids are large and telling, so that a scan can find them."""
        return self.at(id_of(number), language, f"Person {number}")

    def at(self, id: int, language: str | None = None, name: str = "Person") -> Person:
        """The phone of an account that is named by its id."""
        return Person(self.url, id, name, language_code=language)

    # -- looking --------------------------------------------------------------------------------------

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table, read from the database as a stranger would."""
        if (url := self.env.get("AITBAR_DATABASE_URL", "")).startswith("postgresql"):
            with psycopg.connect(url.replace("+psycopg", ""), row_factory=dict_row) as server:
                return server.execute(f"SELECT * FROM {table}".encode()).fetchall()  # noqa: S608
        with sqlite3.connect(f"file:{self.folder}/data/aitbar.db?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f"SELECT * FROM {table}")]  # noqa: S608

    def sim(self, path: str, body: Any = None) -> Any:
        """Call the emulator's control side."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - our own emulator on loopback
            f"{self.url}{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return json.load(answer)

    def _answers(self, path: str) -> bool:
        try:
            self.sim(path)
        except OSError:
            return False
        return True

    def called(self) -> set[str]:
        """The methods that bots have called since this was asked last."""
        news = self.sim(f"/sim/log?since={self._heard}&kind=call")
        self._heard = max((entry["seq"] for entry in news), default=self._heard)
        return {entry["method"].lower() for entry in news}


@contextmanager
def installed(folder: Path, **settings: str) -> Iterator[Rig]:
    """A rig with its emulator started; everything is ended afterwards."""
    rig = Rig(folder, **settings)
    try:
        rig.start_emulator()
        yield rig
    finally:
        rig.close()


def id_of(number: int) -> int:
    """The account id of a person of these tests."""
    return 7_040_000_000 + 1_000_003 * number


def free_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(true: Any, seconds: float = 30.0) -> None:
    """Wait until `true()` is; fail when it never is."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
