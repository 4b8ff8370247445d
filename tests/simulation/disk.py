"""A real SQLite file behind a door that counts: every statement can fail, or be the last thing a program did.

Laws:
1. What stands in the file is what SQLite wrote; the door only raises, before or after a statement.
2. A dead program changes nothing any more: whatever it still tries is refused.
3. Nothing is undone by a refusal here: ROLLBACK and what a program only reads while dying stay open to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, event

T = TypeVar("T")

ERRORS = {
    "io": ("disk I/O error", sqlite3.SQLITE_IOERR),
    "full": ("database or disk is full", sqlite3.SQLITE_FULL),
    "locked": ("database is locked", sqlite3.SQLITE_BUSY),
}
"""What SQLite says, and its result code (sqlite.org/rescode.html)."""


class Crash(BaseException):
    """The process is gone; nothing catches this but what plays the operating system."""


def broken(kind: str) -> sqlite3.OperationalError:
    """The error that the driver raises for a fault of this kind."""
    words, code = ERRORS[kind]
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


@dataclass(frozen=True)
class Mishap:
    """What happens at a statement: `kind` is crash or one of ERRORS; `before` it takes effect, or after."""

    kind: str
    before: bool


class Owner(Protocol):
    """The program behind a connection. Each update has a savepoint: `began` in this transaction, `kept` in all."""

    dead: bool
    began: int
    kept: int

    def kill(self, where: str) -> None:
        """The process ends here."""


class Door:
    """Where statements pass. `chance` is asked at each for a mishap; `at` plans one at the n-th statement."""

    def __init__(self, note: Callable[[str], None], draw: Callable[[str], Mishap | None]) -> None:
        self._note = note
        self._draw = draw
        self.count = 0
        self.commits = 0
        self.at: dict[int, Mishap] = {}
        self.state = ""
        """A kind of ERRORS that lasts: nothing can be committed until it is empty again."""
        self.struck = 0
        self.planned = 0
        self.passed: list[str] = []
        """The words of every statement so far, in their order."""

    def let_pass(self, owner: Owner, words: str, do: Callable[[], T]) -> T:
        """Do it, unless something is to happen here."""
        if words == "ROLLBACK":
            owner.began = 0
            return do()
        if owner.dead:
            raise broken("io")
        self.count += 1
        self.passed.append(words)
        mishap = self._mishap(words)
        if mishap is not None and mishap.before:
            self._strike(owner, mishap, words)
        done = do()
        if words.startswith("SAVEPOINT"):
            owner.began += 1
        if words == "COMMIT":
            owner.kept += owner.began
            owner.began = 0
            self.commits += 1
            self._note("commit")
        if mishap is not None:
            self._strike(owner, mishap, words)
        return done

    def _mishap(self, words: str) -> Mishap | None:
        planned = self.at.pop(self.count, None)
        if planned is not None:
            self.planned += 1
            return planned
        if self.state and (
            words in ("COMMIT", "VACUUM") or (self.state == "locked" and words.startswith("BEGIN"))
        ):
            return Mishap(self.state, before=True)
        return self._draw(words)

    def _strike(self, owner: Owner, mishap: Mishap, words: str) -> None:
        self.struck += 1
        where = f"{mishap.kind} {'before' if mishap.before else 'after'} {' '.join(words.split())[:40]}"
        if mishap.kind == "crash":
            owner.kill(where)
            raise Crash(where)
        self._note(f"disk: {where}")
        raise broken(mishap.kind)


class _Cursor(sqlite3.Cursor):
    connection: Watched

    def execute(self, sql: str, parameters: Any = (), /) -> _Cursor:
        self.connection.pass_by(sql, lambda: super(_Cursor, self).execute(sql, parameters))
        return self

    def executemany(self, sql: str, parameters: Any, /) -> _Cursor:
        self.connection.pass_by(sql, lambda: super(_Cursor, self).executemany(sql, parameters))
        return self


class Watched(sqlite3.Connection):
    """A connection of the program, all of whose statements pass the door."""

    door: Door
    owner: Owner

    def pass_by(self, words: str, do: Callable[[], T]) -> T:
        return self.door.let_pass(self.owner, words, do)

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor().execute(sql, parameters)

    def commit(self) -> None:
        if self.in_transaction:
            self.pass_by("COMMIT", super().commit)

    def rollback(self) -> None:
        self.pass_by("ROLLBACK", super().rollback)


@contextmanager
def watched(door: Door, owner: Callable[[], Owner | None]) -> Iterator[list[Watched]]:
    """Every connection that a program opens passes the door; those that nobody owns are the console's."""
    opened: list[Watched] = []

    def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> sqlite3.Connection | None:
        program = owner()
        if program is None:
            return None
        connection: Watched = sqlite3.connect(*arguments, factory=Watched, **named)
        connection.door, connection.owner = door, program
        opened.append(connection)
        return connection

    event.listen(Engine, "do_connect", connect)
    try:
        yield opened
    finally:
        event.remove(Engine, "do_connect", connect)
        for connection in opened:
            connection.close()
