"""What lies in folders and in an SQLite file, read as somebody reads it who has the bytes and nothing else."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Value = bytes | str | int | float | None

LEAST = 5
"""The shortest needle that is looked for: shorter ones stand anywhere by chance."""

WINDOW = 8


@dataclass(frozen=True)
class Table:
    """One table: how it was made, its columns, its rows in the order of a plain SELECT."""

    name: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    row_numbers: bool
    """True when SQLite keeps a hidden row number: the order of arrival."""

    def column(self, name: str) -> list[Value]:
        """All values of a column; none where the table has no such column."""
        if name not in self.columns:
            return []
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def dicts(self) -> list[dict[str, Value]]:
        """The rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Dump:
    """An SQLite database with the log beside it. It is copied first: reading leaves no trace on the original."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw = path.read_bytes()
        log = path.with_name(path.name + "-wal")
        self.log = log.read_bytes() if log.exists() else b""

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every table by its name, as the file and its log give it."""
        with tempfile.TemporaryDirectory(prefix="dump-") as folder:
            copy = Path(folder) / self.path.name
            copy.write_bytes(self.raw)
            if self.log:
                copy.with_name(copy.name + "-wal").write_bytes(self.log)
            with sqlite3.connect(copy) as database:
                found = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
                tables = {name: _read(database, name, sql or "") for name, sql in found.fetchall()}
            database.close()
        return tables

    def rows(self, name: str) -> list[dict[str, Value]]:
        """The rows of a table; none where there is no such table."""
        table = self.tables.get(name)
        return [] if table is None else table.dicts()


def _read(database: sqlite3.Connection, name: str, sql: str) -> Table:
    found = database.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a name from the schema itself
    columns = tuple(column[0] for column in found.description)
    rows = tuple(tuple(row) for row in found)
    try:
        database.execute(f'SELECT rowid FROM "{name}" LIMIT 1')  # noqa: S608
    except sqlite3.OperationalError:
        return Table(name, sql, columns, rows, row_numbers=False)
    return Table(name, sql, columns, rows, row_numbers=True)


def as_bytes(value: Value) -> bytes:
    """A value as one would search in it."""
    return value if isinstance(value, bytes) else str(value).encode()


def database_in(folder: Path) -> Path:
    """The database of a data folder."""
    return folder / "aitbar.db"


def files(folders: Iterable[Path]) -> Iterator[Path]:
    """Every file in these folders, write-ahead logs and all."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


class Haystack:
    """All bytes of all files of some folders, with the files' names; says quickly what is not there."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.contents = {path: path.read_bytes() for path in files(folders)}
        self.written = {path: path.stat().st_mtime_ns for path in self.contents}
        self.names = "\n".join(path.name for path in self.contents).encode()

    @cached_property
    def _short(self) -> set[bytes]:
        return self._windows(LEAST)

    @cached_property
    def _long(self) -> set[bytes]:
        return self._windows(WINDOW)

    def _windows(self, size: int) -> set[bytes]:
        found: set[bytes] = set()
        for content in (*self.contents.values(), self.names):
            found.update(content[start : start + size] for start in range(len(content) - size + 1))
        return found

    def may_hold(self, needle: bytes) -> bool:
        """False when the needle is in none of the files, nor in a file's name."""
        if len(needle) < LEAST:
            raise ValueError("so short a needle is found anywhere")
        if len(needle) < WINDOW:
            return needle[:LEAST] in self._short
        return needle[:WINDOW] in self._long

    def where(self, needle: bytes) -> list[Path]:
        """The files that hold the needle, or whose name does."""
        if not self.may_hold(needle):
            return []
        return [
            path for path, content in self.contents.items() if needle in content or needle in path.name.encode()
        ]
