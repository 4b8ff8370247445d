"""A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket, ended by its process id.

There is one a process, started by the first test that asks; where no server is installed those tests are skipped.
PostgreSQL refuses to run as root, so root starts it as the user that Debian's package makes.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from bot.store.engine import migrate, open_engine

PLACES = (
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    Path("/usr/local/bin"),
    Path("/usr/bin"),
)

OWNER, PROGRAM = "postgres", "aitbar"
"""Roles: the server's owner, and the one that the program gets, which may do nothing with the server."""

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "log_min_messages": "fatal",
}


class Server:
    """A running server; its databases are named after folders, so that one is found again."""

    def __init__(self, binaries: Path, **settings: str) -> None:
        self.binaries = binaries
        self.home = Path(tempfile.mkdtemp(prefix="aitbar-pg-"))  # short: a socket's path has 107 bytes
        self.data = self.home / "data"
        self._settings = {**SETTINGS, "unix_socket_directories": str(self.home), **settings}
        self._user: str | None = None
        if os.geteuid() == 0:
            self._user = OWNER if _exists(OWNER) else "nobody"
            shutil.chown(self.home, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._known: set[str] = set()
        self._template = "template1"
        self._run(
            "initdb", "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync", "--locale", "C.UTF-8", "-D", self.data
        )
        self.start()
        self.do(f"CREATE ROLE {PROGRAM} LOGIN")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *words],
                user=self._user,
                cwd=self.home,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        for _ in range(600):
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self._conninfo(OWNER, "postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the server does not start: {(self.home / 'log').read_text()[-500:]}")

    def stop(self) -> None:
        """Stop it at once, as a restart does: who is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast" (pg_ctl(1))
            self._process.wait(60)
            self._process = None

    def close(self) -> None:
        """Stop it and take its folder away."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def do(self, *statements: str, database: str = "postgres") -> None:
        """Statements of the server's owner, each by itself."""
        with psycopg.connect(self._conninfo(OWNER, database), autocommit=True) as connection:
            for one in statements:
                connection.execute(one.encode())

    def url(self, folder: Path) -> str:
        """The address of the database that belongs to a folder, made when it is first asked for."""
        name = "t" + hashlib.sha256(str(folder).encode()).hexdigest()[:20]
        if name not in self._known:
            self._known.add(name)
            self.do(f"CREATE DATABASE {name} OWNER {PROGRAM} TEMPLATE {self._template}")
        return f"postgresql+psycopg://{PROGRAM}@/{name}?host={self.home}"

    def begin_with(self, fill: Callable[[str], object]) -> None:
        """Databases made from now on begin as `fill` leaves the one whose address it is handed."""
        url = self.url(self.home)
        fill(url)
        self._template = url.partition("@/")[2].partition("?")[0]

    def owner(self, url: str) -> psycopg.Connection[tuple[object, ...]]:
        """The database of this address as the server's owner sees it, who may see all."""
        return psycopg.connect(self._conninfo(OWNER, url.partition("@/")[2].partition("?")[0]), autocommit=True)

    def _conninfo(self, user: str, database: str) -> str:
        return f"host={self.home} user={user} dbname={database}"

    def _run(self, name: str, *words: str | Path) -> None:
        subprocess.run(
            [self.binaries / name, *words], user=self._user, cwd=self.home, check=True, capture_output=True
        )


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def binaries() -> Path | None:
    """Where the server's programs lie; None when there are none."""
    return next(
        (place for place in PLACES if all((place / name).exists() for name in ("initdb", "postgres"))), None
    )


@functools.cache
def server() -> Server:
    """The server of this process. Skips the test where none is installed."""
    place = binaries()
    if place is None:
        pytest.skip("PostgreSQL's server is not installed (apt-get install postgresql); its tests are left out")
    one = Server(place)
    atexit.register(one.close)
    one.begin_with(_tables)
    return one


def _tables(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
