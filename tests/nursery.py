"""Real processes of `aitbar` that start at once: one that has loaded everything forks whenever it is asked.

Each is a process with its own file handles, locks and memory, in the folder and with the environment it is
given; only loading the same modules again is spared, which would be half of what the tests cost. How the command
starts by itself is seen by the tests that start it by itself (`tests/test_cli.py`, `tests/test_doctor.py`).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

ROOT = str(Path(__file__).parent.parent)

PRELOADS = ("LD_PRELOAD", "SHIM_", "PYTHON")
"""What only works in the environment of a process that is started from nothing, as its children's mother is."""

MOST_BYTES = 1 << 16


class Process(Protocol):
    """What is asked of a process that was started."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, seconds: float, /) -> int: ...
    def send_signal(self, number: signal.Signals, /) -> None: ...


class Child:
    """A process of the nursery, with as much of Popen's manners as the tests need."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._handle = os.pidfd_open(pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it lives."""
        return self.wait(0) if self._code is not None or self._ended(0) else None

    def wait(self, seconds: float) -> int:
        """The exit code, once it has ended; minus the signal that killed it."""
        if self._code is None:
            if not self._ended(seconds):
                raise subprocess.TimeoutExpired("aitbar", seconds)
            self._code = self._nursery.code(self.pid)
            os.close(self._handle)
        return self._code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._code is None:
            os.kill(self.pid, number)

    def _ended(self, seconds: float) -> bool:
        return bool(select.select([self._handle], [], [], seconds)[0])


class Nursery:
    """Starts `aitbar ...` wherever it is asked to; the mother has `environment`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._one_at_a_time = threading.Lock()
        with theirs:
            self._mother = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def start(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path, out: IO[Any], error: IO[Any]
    ) -> Child:
        """A new process of `aitbar` with these words."""
        asked = {"words": list(words), "environment": dict(environment), "folder": str(folder)}
        return Child(self, self._ask(asked, out.fileno(), error.fileno()))

    def code(self, pid: int) -> int:
        """How a process that has ended, ended."""
        return self._ask({"code": pid})

    def close(self) -> None:
        """End the mother, and whatever of hers still runs."""
        self._line.close()
        self._mother.wait(30)

    def _ask(self, what: dict[str, Any], *files: int) -> int:
        with self._one_at_a_time:
            socket.send_fds(self._line, [json.dumps(what).encode()], files)
            return int(self._line.recv(MOST_BYTES))


def start(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, out: IO[Any], error: IO[Any]
) -> Process:
    """`aitbar` with these words, by the nursery of this process; started from nothing where it cannot be."""
    if not hasattr(os, "pidfd_open"):
        command = [sys.executable, "-m", "bot", *words]
        return subprocess.Popen(command, env=dict(environment), cwd=folder, stdout=out, stderr=error)
    return _nursery(_preloads(environment)).start(words, environment, folder, out, error)


def run(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float = 120.0
) -> subprocess.CompletedProcess[str]:
    """`aitbar` with these words to its end, and what it said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        code = start(words, environment, folder, out, error).wait(seconds)
        for file in (out, error):
            file.seek(0)
        return subprocess.CompletedProcess(list(words), code, out.read().decode(), error.read().decode())


def let_go(environment: Mapping[str, str]) -> None:
    """Nothing more is started in this environment: end a mother that was there for it alone."""
    preloads = _preloads(environment)
    if preloads in _mothers and preloads != _preloads({**os.environ, "PYTHONPATH": ROOT}):
        _mothers.pop(preloads).close()


Preloads = tuple[tuple[str, str], ...]

_mothers: dict[Preloads, Nursery] = {}


def _preloads(environment: Mapping[str, str]) -> Preloads:
    return tuple(sorted((name, value) for name, value in environment.items() if name.startswith(PRELOADS)))


def _nursery(preloads: Preloads) -> Nursery:
    with _one_at_a_time:
        if preloads not in _mothers:
            mine = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
            _mothers[preloads] = Nursery({**mine, **dict(preloads)})
        return _mothers[preloads]


_one_at_a_time = threading.Lock()


@atexit.register
def _close_all() -> None:
    for one in _mothers.values():
        one.close()


# -- the mother ---------------------------------------------------------------------------------------------


def _serve(line: socket.socket) -> None:
    """Fork at each order and say the pid; later the exit code. At the end, end whoever is left."""
    _load()
    living: set[int] = set()
    while True:
        message, files, _, _ = socket.recv_fds(line, MOST_BYTES, 2)
        if not message:
            break
        asked = json.loads(message)
        if "code" in asked:
            living.discard(asked["code"])
            line.send(str(os.waitstatus_to_exitcode(os.waitpid(asked["code"], 0)[1])).encode())
            continue
        pid = os.fork()
        if pid == 0:
            line.close()
            _become(asked, files)
        living.add(pid)
        for file in files:
            os.close(file)
        line.send(str(pid).encode())
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _load() -> None:
    """Everything a command may import; what lies in memory now is not looked through again in each child.

    A mother that is there for one test loads what every command needs. What PYTHONPATH names goes before the
    folder that she was started in: there may be another `bot` in it.
    """
    sys.path[:0] = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    import bot

    everything = (module.name for module in pkgutil.walk_packages(bot.__path__, "bot."))
    for name in ("bot.app", "bot.cli") if "LD_PRELOAD" in os.environ else everything:
        if name != "bot.__main__" and ".migrations." not in name:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _become(asked: dict[str, Any], files: Sequence[int]) -> None:
    """The child: `aitbar` with these words, as its console script does."""
    from bot.cli import main

    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    # Tests that run in the background of a script would hand down that Ctrl-C is not heard.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(asked["folder"])
    for place, file in enumerate(files, start=1):
        os.dup2(file, place)
        os.close(file)
    sys.argv = ["aitbar", *asked["words"]]
    main()
    os._exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
