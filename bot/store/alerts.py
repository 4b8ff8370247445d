"""What each coordinator was told of the groups that are behind: which figures, of which release, and when.

Laws:
1. Nothing stands here that a summary would not show: a release's number, and a hash of released figures.
2. The rows of a wave go when it ends, those of a coordinator with the coordinator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.store import tables as t


@dataclass(frozen=True)
class Known:
    """What a coordinator knows of one wave: `release` is the last one looked at, `state` names the figures that
    were behind (empty: none), `told` is when a message left last."""

    release: int = 0
    state: str = ""
    told: datetime | None = None


class Alerts:
    """What coordinators know, over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known(self, wave: str, chat: int) -> Known:
        """What this coordinator knows of a wave."""
        row = self._db.execute(select(t.alert).where(t.alert.c.wave == wave, t.alert.c.chat == chat)).one_or_none()
        if row is None:
            return Known()
        return Known(row.release, row.state, None if row.told is None else datetime.fromisoformat(row.told))

    def note(self, wave: str, chat: int, known: Known) -> None:
        """Keep what this coordinator knows now."""
        told = None if known.told is None else known.told.isoformat()
        values = {"release": known.release, "state": known.state, "told": told}
        row = upsert(t.alert).values(wave=wave, chat=chat, **values)
        self._db.execute(row.on_conflict_do_update(index_elements=["wave", "chat"], set_=values))
