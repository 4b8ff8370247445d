"""A backup: what has been released and what coordinators did, in a fresh database; nothing else leaves.

Laws:
1. No row of ledger, session, pool or cell, no code, no mark and no key is in a backup: nobody can learn from it
   who took part, what waits, or what is being answered.
2. The same content gives the same bytes. So two backups differ by whole blocks, and by answers taken back.
3. It is read in one look that holds up nobody, written aside, and gets its name when it is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Table, func, insert, select, table, text

from bot.store import disk
from bot.store import tables as t
from bot.store.engine import NEWEST, migrate, open_engine

KEPT: tuple[Table, ...] = (
    t.definition,
    t.wave,
    t.block,
    t.block_count,
    t.block_sum,
    t.response,
    t.opentext,
    t.theme,
    t.theme_count,
    t.theme_text,
    t.organisation,
    t.programme,
    t.coordinator,
    t.subscription,
    t.digest,
    t.audit,
    t.report,
    t.heard,
)
"""In this order, since a wave names its definition."""

LEFT_OUT: Mapping[Table, str] = {
    t.ledger: "who took part",
    t.session: "interviews in progress; without them a stolen server key opens nothing",
    t.pool: "answers that wait: released in blocks or never seen",
    t.cell: "how many answers wait, as far as it can be told",
    t.running_node: "sums of what is kept, made again from it",
    t.running_sum: "sums of what is kept, made again from it",
    t.contact: "who agreed to be written to",
    t.invite: "which codes open a wave",
    t.outcome: "numbers that move from day to day, not only in blocks",
    t.reminder: "how far reminders have come",
    t.colleague: "invitations of colleagues that wait",
    t.group_code: "codes that lead summaries into a group",
    t.alert: "who was told of groups behind: of open waves, and a restore leaves none open",
    t.announcement: "whether lines of news may leave; a restore has none to send",
    t.claim_code: "a code that makes owners",
    t.proposal: "acts that wait for a second person",
    t.approval: "codes that let rows out",
    t.upload: "what recordings are called at Telegram; they are uploaded anew",
    t.mark: "facts of a moment: ticks, pauses",
}
"""The tables that no backup holds, and what stands in them. Each table is here or above."""

BACKUP_DAYS = 30
"""An older backup should be gone: it holds answers that people took back since."""

DATABASE = "aitbar.db"
MANIFEST = "manifest.json"
AT_ONCE = 1_000
"""Rows in memory at a time."""


class BackupTrouble(Exception):
    """A backup cannot be written or used; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: the program and the tables' version, the day, the file's hash, the rows."""

    program: str
    schema: str
    day: str
    sha256: str
    rows: dict[str, int]

    def as_json(self) -> str:
        """As it lies beside the database."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"


_MANIFEST = TypeAdapter(Manifest)


def back_up(source: Connection, folder: Path, day: date, program: str) -> Manifest:
    """Write a backup into a folder that is new or empty. `source` is one consistent look at the database.

    Raises BackupTrouble when the folder holds anything.
    """
    aside = disk.aside(folder, BackupTrouble)
    database = aside / DATABASE
    disk.write(database, b"")
    engine = open_engine(f"sqlite:///{database}")
    rows = _fill(source, engine)
    settle(engine)
    disk.sync(database)
    manifest = Manifest(program, NEWEST, day.isoformat(), disk.sha256(database), rows)
    disk.write(aside / MANIFEST, manifest.as_json().encode())
    disk.sync(aside)
    disk.place(aside, folder)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupTrouble when it is none, or a newer one."""
    try:
        manifest = _MANIFEST.validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise BackupTrouble(f"{folder} is no backup of Aitbar: its {MANIFEST} is missing or damaged.") from None
    if manifest.schema > NEWEST:
        raise BackupTrouble(
            f"This backup was written by a newer version of Aitbar ({manifest.program}). Install that one, "
            f"then restore."
        )
    return manifest


def old_backups(folder: Path, today: date) -> list[Path]:
    """The backups in a folder that should be gone by now, by the day their manifests name."""
    last = today - timedelta(days=BACKUP_DAYS)
    old = []
    for path in sorted(folder.glob(f"*/{MANIFEST}")):
        try:
            manifest = _MANIFEST.validate_json(path.read_bytes())
            if date.fromisoformat(manifest.day) < last:
                old.append(path.parent)
        except (OSError, ValueError):
            continue  # somebody else's folder
    return old


def count_rows(connection: Connection, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each of these tables has."""
    counts = {name: select(func.count()).select_from(table(name)) for name in tables}
    return {name: connection.execute(query).scalar() or 0 for name, query in counts.items()}


def copy_rows(source: Connection, target: Connection, tables: Iterable[Table]) -> None:
    """Copy all rows of these tables, in the order of their keys."""
    for one in tables:
        found = source.execute(select(one).order_by(*one.primary_key.columns))
        for part in found.mappings().partitions(AT_ONCE):
            target.execute(insert(one), [dict(row) for row in part])


def settle(engine: Engine) -> None:
    """Leave one file that stands by itself, without a log beside it, and let go of it."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is not None:
            raw.execute("VACUUM")
            raw.execute("PRAGMA journal_mode=DELETE")
    engine.dispose()


def _fill(source: Connection, engine: Engine) -> dict[str, int]:
    migrate(engine)
    with engine.begin() as target:
        copy_rows(source, target, KEPT)
        # How many days a closing wave has left and whether one rests are facts of the moment; restored, both are
        # closed.
        target.execute(text("UPDATE wave SET ticks_left = NULL, paused = 0"))
        return count_rows(target, (one.name for one in KEPT))
