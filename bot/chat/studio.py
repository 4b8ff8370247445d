"""Recordings that coordinators make in the chat, as files: put aside, then kept for a question and a language.

    <folder>/.aside/<hash>.ogg       waits until a second coordinator has agreed
    <folder>/<survey>/<hash>.ogg     kept; index.json says what each reads out

Laws:
1. A file is whole or not there: it is written aside and moved.
2. What an open wave may still play is never overwritten: files bear the hash of their bytes.
3. The survey's own file is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.core import media
from bot.files import attached, recordings
from bot.store import disk

ASIDE = ".aside"


class Studio:
    """The recordings in a folder; without one, none can be made."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def open(self) -> bool:
        """True where recordings can be kept."""
        return self._folder is not None

    def find(self, hash: str) -> Path | None:
        """Where a recording lies, whether it waits or is kept."""
        if self._folder is None or not media.is_hash(hash):
            return None
        kept = next(iter(sorted(self._folder.glob(f"*/{hash}.ogg"))), None)
        return self.aside(hash) or kept

    def aside(self, hash: str) -> Path | None:
        """Where a recording waits; None when it does not."""
        path = None if self._folder is None else self._folder / ASIDE / f"{hash}.ogg"
        return path if path is not None and path.is_file() else None

    def put_aside(self, content: bytes, waiting: Collection[str]) -> str:
        """Keep a recording until it is decided; returns its hash. What waits no longer is taken away."""
        hash, folder = recordings.hash_of(content), self._home() / ASIDE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.glob("*"):
            if path.stem not in waiting:
                path.unlink(missing_ok=True)
        _write(folder / f"{hash}.ogg", content)
        return hash

    def keep(self, survey: str, question: str, language: str, hash: str, words: str) -> None:
        """The recording that waits reads this question out from now on. OSError when the disk refuses."""
        waits, folder = self.aside(hash), self._home() / survey
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = None if waits is None else recordings.content_of(waits)
        if content is not None:
            _write(folder / f"{hash}.ogg", content)
        index = {
            f"{asked}.{spoken}": {"recording": kept, "words": read}
            for (asked, spoken), (kept, read) in recordings.recorded(self._folder, survey).items()
        }
        index[f"{question}.{language}"] = {"recording": hash, "words": words}
        _write(folder / recordings.INDEX, json.dumps(index, indent=1, sort_keys=True).encode())
        if waits is not None:
            waits.unlink(missing_ok=True)

    def drop(self, hash: str) -> None:
        """Nobody wants it."""
        waits = self.aside(hash)
        if waits is not None:
            waits.unlink(missing_ok=True)

    def _home(self) -> Path:
        if self._folder is None:
            raise OSError("there is no folder for recordings")
        return self._folder


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        beside.unlink()
    disk.write(beside, content)
    disk.place(beside, path)


def words_of(document: Mapping[str, Any], question: str, language: str) -> str:
    """Names what a recording of this question reads out. KeyError where there is no such question or language."""
    for one in document["questions"]:
        if one["id"] == question:
            return attached.read_out(document, one, language)
    raise KeyError(question)
