"""Until when Telegram asked us to wait, kept so that a restart and every other command wait too.

Laws:
1. Of chats only those of coordinators are kept, who are known anyway; that somebody who answers was held is
   never written.
2. What is over is forgotten when the next moment is kept, or looked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from bot import nature
from bot.chat.pace import Pace
from bot.store import Desk, Store, Transaction

EVERYBODY = "not before"
AT_MOST = "not before, seconds"
COORDINATORS = "not before, by coordinator"


class Holds:
    """The moments, in seconds since 1970, beside the rest of the installation's marks."""

    def __init__(self, store: Store, wall: Callable[[], float] = nature.wall) -> None:
        self._store = store
        self._wall = wall

    async def everybody(self) -> float:
        """Until when nobody may send; 0 when anybody may."""
        return await self._store.write(lambda tx: self._everybody(tx.desk))

    async def keep(self, moment: float) -> None:
        """Nobody may send before `moment`."""

        def work(tx: Transaction) -> None:
            tx.desk.write_mark(EVERYBODY, str(moment))
            tx.desk.write_mark(AT_MOST, str(moment - self._wall()))

        await self._store.write(work)

    async def keep_chat(self, chat: int, moment: float) -> None:
        """Nobody may send into this chat before `moment`; kept only where it is a coordinator's."""

        def work(tx: Transaction) -> None:
            if tx.desk.coordinator(chat) is not None:
                self._write(tx.desk, {**self._read(tx.desk), chat: moment})

        await self._store.write(work)

    async def recall(self, pace: Pace) -> None:
        """Wait for what another command, or this one before its restart, was told."""

        def work(tx: Transaction) -> tuple[float, dict[int, float]]:
            kept = self._read(tx.desk)
            chats = {chat: moment for chat, moment in kept.items() if tx.desk.coordinator(chat) is not None}
            if chats != kept or any(moment <= self._wall() for moment in chats.values()):
                self._write(tx.desk, chats)
            return self._everybody(tx.desk), chats

        everybody, chats = await self._store.write(work)
        pace.hold_until(everybody)
        for chat, moment in chats.items():
            pace.hold_until(moment, chat)

    def _everybody(self, desk: Desk) -> float:
        """0 for a moment further away than Telegram ever said: somebody set the clock back, which must not
        silence the bot."""
        moment = float(desk.read_mark(EVERYBODY) or 0)
        longest = float(desk.read_mark(AT_MOST) or "inf")
        return moment if moment - self._wall() <= longest else 0.0

    def _read(self, desk: Desk) -> dict[int, float]:
        kept = json.loads(desk.read_mark(COORDINATORS) or "{}")
        return {int(chat): float(moment) for chat, moment in kept.items()}

    def _write(self, desk: Desk, chats: dict[int, float]) -> None:
        open_ = {str(chat): moment for chat, moment in chats.items() if moment > self._wall()}
        desk.write_mark(COORDINATORS, json.dumps(open_))
