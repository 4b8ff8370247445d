"""The record of reports: which files were made of which figures, to tell a changed one from a true one.

Laws:
1. Kept are hashes and names of waves: no figure, no file, no person; who made one is console or coordinator.
2. A file stands under the hash of its bytes: the same report made again is the same file, with its first day.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.store import tables as t
from bot.store.waves import PERIOD


@dataclass(frozen=True)
class Report:
    """One report that was made: the SHA-256 of its file and of the figures in it, and what it is of.

    `day` is an ISO date, `version` the survey's, `k` the smallest group of the wave; `who` is console or
    coordinator.
    """

    file: str
    figures: str
    kind: str
    wave: str
    language: str
    format: str
    day: str
    version: int
    k: int
    who: str


@dataclass(frozen=True)
class Pinned:
    """What a report says of a wave beside its figures.

    `definition` is the SHA-256 of the survey as it was pinned, `until` the day of the last release (of the opening
    where there was none yet).
    """

    definition: str
    until: date


class Reports:
    """The record over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def note(self, report: Report) -> None:
        """Keep that this file was made."""
        self._db.execute(upsert(t.report).values(**asdict(report)).on_conflict_do_nothing())

    def of_file(self, sha256: str) -> Report | None:
        """The report with exactly these bytes."""
        row = self._db.execute(select(t.report).where(t.report.c.file == sha256)).one_or_none()
        return None if row is None else _report(row)

    def with_figures(self, sha256: str) -> list[Report]:
        """The reports made of exactly these figures."""
        return self._all(select(t.report).where(t.report.c.figures == sha256))

    def of_wave(self, wave: str = "") -> list[Report]:
        """The reports of a wave, or of every wave, by wave and day."""
        query = select(t.report)
        return self._all(query.where(t.report.c.wave == wave) if wave else query)

    def pinned(self, wave: str, zone: tzinfo) -> Pinned:
        """What a report says of a wave that is known; `zone` is where its days begin."""
        row = self._db.execute(select(t.wave).where(t.wave.c.wave == wave)).one()
        return Pinned(row.definition, _until(row, zone))

    def _all(self, query: Select[Any]) -> list[Report]:
        rows = self._db.execute(query.order_by(t.report.c.wave, t.report.c.day, t.report.c.file))
        return [_report(row) for row in rows]


def _report(row: Row[Any]) -> Report:
    return Report(**row._mapping)


def _until(row: Row[Any], zone: tzinfo) -> date:
    if row.ended is not None:
        return date.fromisoformat(row.ended)
    opened, following = datetime.fromisoformat(row.opened), datetime.fromisoformat(row.next_release)
    # A wave keeps no moment of its last release: the next one is due a period after it, or after the opening.
    return max(opened, following - PERIOD[row.schedule]).astimezone(zone).date()
