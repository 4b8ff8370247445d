"""The shim in a test's hand: compiled where there is a compiler, set and read through shared memory."""

from __future__ import annotations

import errno
import mmap
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import pytest


class What(IntEnum):
    """What a line of the shim's log tells of, as shim.c numbers them."""

    CREATE = 1
    WRITE = 2
    CUT = 3
    SYNC = 4
    SYNC_FOLDER = 5
    UNLINK = 6
    RENAME = 7
    SAY = 8


FAIL, COUNTDOWN, HOW, WALL, NO_NAMES, CHANGES = range(6)
"""The numbers in the shared memory, in their order."""

NUMBER = struct.Struct("=q")
HEAD = struct.Struct("=IIQQ")
KILL = -1
SOURCE = Path(__file__).with_name("shim.c")

ABSENT = "not run: this machine has no C compiler (cc) for the shim that stands between a program and its disk"


@cache
def library() -> Path | None:
    """The compiled shim; None where nothing can compile it."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    made = Path(tempfile.mkdtemp(prefix="shim")) / "shim.so"
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


@dataclass(frozen=True)
class Record:
    """One line of the log. `file` is an inode, or a socket's number for a word to the network."""

    what: What
    file: int
    offset: int
    data: bytes


class Shim:
    """Everything is well until the test says otherwise; it may do so at any moment."""

    def __init__(self, folder: Path, *watched: Path, log: bool = False) -> None:
        made = library()
        assert made is not None, ABSENT
        folder.mkdir(parents=True, exist_ok=True)
        control = folder / "shim.control"
        control.write_bytes(bytes(NUMBER.size * (CHANGES + 1)))
        self.log = folder / "shim.log"
        with control.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 0)
        self.env = {
            "LD_PRELOAD": str(made),
            "SHIM_CONTROL": str(control),
            "SHIM_FOLDERS": ":".join(str(one.resolve()) for one in watched),
            **({"SHIM_LOG": str(self.log)} if log else {}),
        }

    def fail(self, error: int) -> None:
        """Let every change fail: ENOSPC, EROFS, EIO."""
        self._set(FAIL, error)

    def fail_at(self, number: int, error: int = errno.EIO) -> None:
        """Let one change fail, the so-manieth from now."""
        self._set(COUNTDOWN, 0)
        self._set(HOW, error)
        self._set(COUNTDOWN, number)

    def kill_at(self, number: int) -> None:
        """Kill the process in the place of the so-manieth change from now."""
        self.fail_at(number, KILL)

    @property
    def pending(self) -> bool:
        """True until the failure asked for has happened."""
        return self._get(COUNTDOWN) > 0

    def wall(self, seconds: float) -> None:
        """Let the wall clock be wrong by so much."""
        self._set(WALL, int(seconds * 1e9))

    def names(self, known: bool) -> None:
        """Let names be resolved, or not."""
        self._set(NO_NAMES, int(not known))

    def well(self) -> None:
        """End every fault; the clock stays as it is."""
        for what in (FAIL, COUNTDOWN, NO_NAMES):
            self._set(what, 0)

    @property
    def changes(self) -> int:
        """How many changes of watched files there were."""
        return self._get(CHANGES)

    def records(self) -> Iterator[Record]:
        """The log so far, in order."""
        content = self.log.read_bytes()
        at = 0
        while at + HEAD.size <= len(content):
            what, size, file, offset = HEAD.unpack_from(content, at)
            at += HEAD.size
            yield Record(What(what), file, offset, content[at : at + size])
            at += size

    def _set(self, which: int, value: int) -> None:
        NUMBER.pack_into(self._shared, which * NUMBER.size, value)

    def _get(self, which: int) -> int:
        number: int = NUMBER.unpack_from(self._shared, which * NUMBER.size)[0]
        return number


needs_a_compiler = pytest.mark.skipif(library() is None, reason=ABSENT)
