"""Real processes of the bot that start at once: one that has loaded everything forks whenever it is asked.

A thousand kills are a thousand processes, each with its own file handles, locks and memory; only loading the
same modules again is spared.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path


class Child:
    """A process of the nursery, with as much of Popen's manners as the rig needs."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._handle = os.pidfd_open(pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it lives."""
        return self.wait(0) if select.select([self._handle], [], [], 0)[0] else None

    def wait(self, seconds: float) -> int:
        """The exit code, once it has ended; minus the signal that killed it."""
        if self._code is None:
            if not select.select([self._handle], [], [], seconds)[0]:
                raise subprocess.TimeoutExpired("aitbar", seconds)
            self._code = self._nursery.code(self.pid)
            os.close(self._handle)
        return self._code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


class Nursery:
    """Starts `aitbar ...` in a folder, with an environment, writing to a log."""

    def __init__(self, environment: dict[str, str], folder: Path, log: Path) -> None:
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", str(log)],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *words: str) -> Child:
        """A new process of `aitbar` with these words."""
        return Child(self, int(self._ask(f"start {' '.join(words)}")))

    def code(self, pid: int) -> int:
        """How a process that has ended, ended."""
        return int(self._ask(f"code {pid}"))

    def close(self) -> None:
        """End the nursery; its children are ended by whoever started them."""
        assert self._mother.stdin is not None and self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.wait(10)
        self._mother.stdout.close()

    def _ask(self, line: str) -> str:
        assert self._mother.stdin is not None and self._mother.stdout is not None
        self._mother.stdin.write(line + "\n")
        self._mother.stdin.flush()
        return self._mother.stdout.readline()


def _serve(log: Path) -> None:
    """Fork at each `start`; say the pid, later the exit code."""
    import bot.app
    import bot.cli  # noqa: F401 - loaded here, so that the children need not

    for line in sys.stdin:
        what, *words = line.split()
        if what == "code":
            print(os.waitstatus_to_exitcode(os.waitpid(int(words[0]), 0)[1]), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            _become(words, log)
        print(pid, flush=True)


def _become(words: list[str], log: Path) -> None:
    """The child: `aitbar` with these words, as its console script does."""
    from bot.cli import main

    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["aitbar", *words]
    main()
    os._exit(0)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
