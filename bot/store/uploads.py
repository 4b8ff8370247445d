"""What our own recordings and pictures are called at Telegram, so that each is uploaded once.

A file id is of one bot and of one file of ours; who was sent it stands nowhere.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.store import tables as t


class Uploads:
    """The known uploads over one open transaction. `kind` is how a file was sent: voice, audio, photo."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known(self, bot: int, hash: str, kind: str) -> str | None:
        """The file id of these bytes; None where they were not uploaded, or it no longer works."""
        query = select(t.upload.c.file_id).where(*_this(bot, hash, kind))
        found: str | None = self._db.execute(query).scalar()
        return found

    def remember(self, bot: int, hash: str, kind: str, file_id: str) -> None:
        """These bytes are there now under this id."""
        row = upsert(t.upload).values(bot=bot, sha256=hash, kind=kind, file_id=file_id)
        self._db.execute(
            row.on_conflict_do_update(index_elements=["bot", "sha256", "kind"], set_={"file_id": file_id})
        )

    def forget(self, bot: int, hash: str, kind: str) -> None:
        """Telegram no longer knows the id."""
        self._db.execute(delete(t.upload).where(*_this(bot, hash, kind)))


def _this(bot: int, hash: str, kind: str) -> tuple[ColumnElement[bool], ...]:
    return (t.upload.c.bot == bot, t.upload.c.sha256 == hash, t.upload.c.kind == kind)
