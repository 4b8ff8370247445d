"""Files put in place so that a power cut leaves the old ones or the new ones, never half of either."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """A new folder that nobody else may look into."""
    folder.mkdir(mode=0o700, parents=True)


def write(path: Path, content: bytes) -> None:
    """A new file that nobody else may read, down on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def copy(source: Path, target: Path) -> None:
    """A copy that nobody else may read, down on the disk."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as old, os.fdopen(descriptor, "wb") as new:
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def keep(source: Path, target: Path) -> None:
    """A second name for a file, so that it outlives its first; a copy where the file system has no such thing.

    A name needs no opening of the file: closing it would let go of the locks that SQLite holds on it.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        copy(source, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """What was written to this file, or changed in this folder, is down on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def place(source: Path, target: Path) -> None:
    """Give a file or folder its name, in one step; what bore the name is gone then."""
    source.replace(target)
    sync(target.parent)


def remove(path: Path) -> None:
    """Take a file away, if it is there."""
    with suppress(FileNotFoundError):
        path.unlink()
        sync(path.parent)


def clear(folder: Path) -> None:
    """Take away what an interrupted run left."""
    if folder.exists():
        shutil.rmtree(folder)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def aside(folder: Path, trouble: type[Exception]) -> Path:
    """A fresh folder beside `folder`, which is new or empty; `place` gives it its name when it is whole.

    Raises `trouble` when the folder holds anything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise trouble(f"{folder} is not empty. Name a folder that does not exist yet.")
    beside = folder.parent / f".{folder.name}.unfinished"
    clear(beside)
    make_folder(beside)
    return beside
