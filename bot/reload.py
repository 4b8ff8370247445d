"""Watches surveys and catalogues, and takes a changed set whole or not at all, while the bot goes on.

Laws:
1. What changed is read and checked aside. It is taken in one assignment on the writer thread, so that every
   update of a batch, and every reply to it, speaks from one snapshot.
2. While anything in it is refused the old set serves on, whole. At a start there is no old set: what is sound
   is served.
3. A survey that an open wave asks changes only with its version. The wave itself keeps what it was opened with.
4. A set that is still being written waits for the next look.
5. One log line and one message to each owner for each failing state, however often it is looked at.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from bot.chat.acts import Shelf
from bot.core import roles
from bot.files.phrases import Phrases, latin
from bot.files.problems import Problem
from bot.files.snapshot import Look, Snapshot, fingerprint, leave_out, look, unraised
from bot.notices import Send, tell
from bot.store import Store, Transaction

SETTLE_SECONDS = 1.0
"""Files that changed are read when they have been the same for so long."""

TOLD = "files refused"
"""The mark that says which owners were told of which failing state."""

SHOWN = 3
"""So many problems are told in the chat; the console shows all."""

MOST_LETTERS = 400
"""A problem is told in so many characters at most: a message holds 4,096."""

log = structlog.get_logger()


class FilesTrouble(Exception):
    """The bot has no words to begin with; the text says where."""


class Reload:
    """The snapshot in use, and the watch over the files behind it."""

    def __init__(self, store: Store, surveys: Path, catalogues: Path, recorded: Path | None = None) -> None:
        """Read what is there and serve what is sound. Raises FilesTrouble without English words."""
        self._recorded = recorded
        self._store = store
        self._folders = (surveys, catalogues)
        self._seen = self._changed()
        found = look(*self._folders, recorded=recorded)
        if found.snapshot is None:
            raise FilesTrouble("\n".join(str(problem) for problem in found.errors[:SHOWN]))
        with store.transaction() as tx:
            held_back = unraised(found.snapshot, tx.waves.asked())
        self._current = leave_out(found.snapshot, held_back)
        self._refused = (*found.errors, *held_back)
        self._pending = found if self._refused else None
        self._means = "files-left-out"
        self._logged = ""
        self._turn = asyncio.Lock()

    # -- what is in use -------------------------------------------------------------------------------

    @property
    def current(self) -> Snapshot:
        """The snapshot in use. Whoever needs two things of it takes both from one reading."""
        return self._current

    def phrases(self) -> Phrases:
        """The bot's own words, as in use."""
        return self._current.phrases

    def shelf(self) -> Shelf:
        """The surveys that may be opened, as in use."""
        return Shelf(self._current.surveys)

    def media(self) -> Mapping[str, Path]:
        """What can be heard and seen, as in use."""
        return self._current.media

    # -- looking --------------------------------------------------------------------------------------

    async def look(self, send: Send) -> bool:
        """Look once; True when a changed set was taken. `send` tells an owner what was refused."""
        async with self._turn:
            taken = await self._look()
            await self._tell(send)
            return taken

    async def _look(self) -> bool:
        found = await asyncio.to_thread(self._changed)
        if found != self._seen:
            await asyncio.sleep(SETTLE_SECONDS)
            looked = await asyncio.to_thread(look, *self._folders, self._current.phrases, self._recorded)
            if await asyncio.to_thread(self._changed) != found:
                return False
            self._seen, self._pending, self._means = found, looked, "files-refused"
        if self._pending is None:
            return False
        pending = self._pending
        self._refused = await self._store.write(lambda tx: self._take(tx, pending))
        if self._refused:
            return False
        self._pending = None
        log.info("the changed files are in use", surveys=len(self._current.surveys))
        return True

    def _changed(self) -> str:
        return fingerprint(*self._folders, self._recorded)

    def _take(self, tx: Transaction, looked: Look) -> tuple[Problem, ...]:
        """Use what was found, unless something in it is refused. Runs between two batches of updates."""
        if looked.snapshot is None:
            return looked.errors
        problems = (*looked.errors, *unraised(looked.snapshot, tx.waves.asked()))
        if not problems:
            self._current = looked.snapshot
        return problems

    # -- telling --------------------------------------------------------------------------------------

    async def _tell(self, send: Send) -> None:
        state = _state(self._means, self._refused)
        if state and state != self._logged:
            log.error(_LOGGED[self._means], problems=len(self._refused), first=str(self._refused[0]))
        self._logged = state
        await tell(self._store, TOLD, state, lambda who: who.role == roles.OWNER, self._words, send)

    def _words(self, language: str) -> str:
        said = self._current.phrases.say(
            language, self._means, n=len(self._refused), command=latin("aitbar check")
        )
        return "\n\n".join([said, *(self._short(problem) for problem in self._refused[:SHOWN])])

    def _short(self, problem: Problem) -> str:
        """A problem with its file as seen from the folders: where they lie is nobody's business in a chat."""
        path = Path(problem.file)
        for folder in self._folders:
            if path.is_relative_to(folder):
                path = folder.name / path.relative_to(folder)
        return str(replace(problem, file=str(path)))[:MOST_LETTERS]


_LOGGED = {
    "files-refused": "changed files were refused and the old ones are in use",
    "files-left-out": "files were refused and the bot works without them",
}


def _state(means: str, problems: Sequence[Problem]) -> str:
    """Names a failing state; empty where nothing fails."""
    return hashlib.sha256("\n".join([means, *map(str, problems)]).encode()).hexdigest() if problems else ""
