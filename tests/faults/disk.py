"""A disk as a power cut leaves it: what was synced stands, of the rest each write may be there, torn, or not.

The rules are the harsh reading of POSIX: a file's bytes are safe after its own fsync, its name after an fsync
of the file (as journalling file systems do) or of its folder, a removal or a new name after that of the folder.
Until then writes may be missing one by one, in any order; names change in order.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.shim import Record, What

SECTOR = 512
"""Bytes a disk writes as a whole."""


@dataclass(eq=False)
class File:
    """The bytes that are safe, and what has been written since."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[Record] = field(default_factory=list)

    def sync(self) -> None:
        """All that was written is safe."""
        for record in self.pending:
            _write(self.safe, record)
        self.pending.clear()

    def after_a_cut(self, chance: random.Random | None) -> bytes:
        """With `chance` any of the pending writes may have reached the disk; without it none has."""
        content = bytearray(self.safe)
        if chance is not None:
            for record in self.pending:
                luck = chance.random()
                if luck < 0.6:
                    _write(content, record if luck < 0.5 else _torn(record, chance))
        return bytes(content)


@dataclass(frozen=True)
class Renaming:
    """A change of names that is not yet safe: from nothing it is a new file, to nothing a removal."""

    old: str
    new: str
    file: File | None

    def do(self, names: dict[str, File]) -> None:
        """Change the names."""
        if self.old:
            names.pop(self.old, None)
        if self.new and self.file is not None:
            names[self.new] = self.file


class Disk:
    """Follows the log of the shim, from the first file on or from what lies in `folders`."""

    def __init__(self, *folders: Path) -> None:
        self._open: dict[int, File] = {}
        self._safe: dict[str, File] = {}
        self._pending: list[Renaming] = []
        for path in (path for folder in folders for path in folder.iterdir()):
            self._safe[str(path)] = self._open[path.stat().st_ino] = File(bytearray(path.read_bytes()))
        self._now = dict(self._safe)

    def follow(self, record: Record) -> None:
        """Take one record in."""
        match record.what:
            case What.CREATE:  # the kernel gives the number of a removed file away again
                self._open[record.file] = File()
                self._rename(Renaming("", record.data.decode(), self._open[record.file]))
            case What.WRITE | What.CUT:
                self._open[record.file].pending.append(record)
            case What.SYNC:
                path = record.data.decode()
                self._open[record.file].sync()
                self._settle(lambda change: path in (change.old, change.new))
            case What.SYNC_FOLDER:
                folder = record.data.decode()
                self._settle(lambda change: str(Path(change.new or change.old).parent) == folder)
            case What.UNLINK:
                self._rename(Renaming(record.data.decode(), "", None))
            case What.RENAME:
                old, new = record.data.decode().split("\0")
                self._rename(Renaming(old, new, self._now[old]))

    def after_a_cut(self, chance: random.Random | None) -> dict[str, bytes]:
        """Every file the disk now holds, by its path; `chance` decides about what was not synced."""
        names = dict(self._safe)
        for change in self._pending[: 0 if chance is None else chance.randint(0, len(self._pending))]:
            change.do(names)
        return {path: file.after_a_cut(chance) for path, file in names.items()}

    def _rename(self, change: Renaming) -> None:
        change.do(self._now)
        self._pending.append(change)

    def _settle(self, which: Callable[[Renaming], bool]) -> None:
        for change in [one for one in self._pending if which(one)]:
            change.do(self._safe)
            self._pending.remove(change)


def _write(content: bytearray, record: Record) -> None:
    end = record.offset + len(record.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if record.what == What.CUT:
        del content[end:]
    else:
        content[record.offset : end] = record.data


def _torn(record: Record, chance: random.Random) -> Record:
    """The first sectors of a write."""
    if record.what == What.CUT:
        return record
    sectors = chance.randint(0, len(record.data) // SECTOR)
    return Record(record.what, record.file, record.offset, record.data[: sectors * SECTOR])
