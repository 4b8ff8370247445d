"""Wishes to be written to, of a result or as a reminder: in memory until a daily tick, then rows; and their end.

Laws:
1. A wish lies in memory from the tap until the next daily tick, and is written then with all others, in random
   order and in a transaction of its own. A crash before loses wishes, never an answer.
2. Who forgets is believed at once: nothing of that chat is written or sent any more, and what was written is
   deleted before it is said to be.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.core.reminders import NEVER
from bot.store import Contact, Store, Transaction
from bot.store.outcomes import AGREED

EVERY_WAVE = None
"""In the place of a wave: whatever this chat ever wished."""


class Wishes:
    """The wishes of one running bot. Handed to its store, they are changed on the writer's thread only."""

    def __init__(self, store: Store, count: Callable[[str, str], object] = lambda _wave, _state: None) -> None:
        self._store = store
        self._count = count
        self._waiting: dict[tuple[str, int, bool], Contact] = {}
        self._leaving: set[tuple[int, str | None, bool]] = set()

    @property
    def leaving(self) -> bool:
        """True while somebody was promised to be forgotten and a row may still be there."""
        return bool(self._leaving)

    def wish(self, wave: str, contact: Contact) -> Callable[[], None]:
        """This chat is to be written to. Returns how to take it back."""
        self._waiting[wave, contact.chat, contact.result] = contact

        def take_back() -> None:
            self._drop(wave, contact)

        return take_back

    def forget(self, chat: int, wave: str | None = EVERY_WAVE, *, reminders_only: bool = False) -> None:
        """Take back the wishes of a chat; rows of it go at the next `settle`, or before the next are written."""
        for of, whose, result in list(self._waiting):
            if whose == chat and wave in (EVERY_WAVE, of) and not (reminders_only and result):
                self._waiting.pop((of, whose, result), None)
        self._leaving.add((chat, wave, reminders_only))

    async def settle(self) -> None:
        """Delete the rows of whoever is to be forgotten. Raises StoreTrouble; then they are deleted later."""
        if self._leaving:
            await self._alone(lambda _tx: [])

    async def keep(self) -> bool:
        """Write what waits; False when nothing does. Raises StoreTrouble; then all of it goes on waiting."""
        if not self._waiting:
            return False
        new: list[tuple[str, Contact]] = []
        for wave, contact in await self._alone(lambda tx: self._write(tx, new)):
            self._drop(wave, contact)
        for wave, contact in new:
            if contact.part != NEVER:
                self._count(wave, AGREED)
        return True

    async def _alone(self, work: Callable[[Transaction], list[tuple[str, Contact]]]) -> list[tuple[str, Contact]]:
        """In a transaction of its own. What it took out of `_leaving` comes back when it fails."""
        taken: set[tuple[int, str | None, bool]] = set()

        def within(tx: Transaction) -> list[tuple[str, Contact]]:
            taken.update(self._leaving)
            self._leaving -= taken
            for chat, wave, reminders_only in taken:
                tx.contacts.forget(chat, wave, reminders_only=reminders_only)
            return work(tx)

        try:
            return await self._store.write(within)
        except BaseException:
            self._leaving |= taken
            raise

    def _write(self, tx: Transaction, new: list[tuple[str, Contact]]) -> list[tuple[str, Contact]]:
        waiting = [(wave, contact) for (wave, _, _), contact in list(self._waiting.items())]
        new += tx.contacts.keep(waiting)
        return waiting

    def _drop(self, wave: str, contact: Contact) -> None:
        """Forget this very wish; one made again meanwhile stays."""
        if self._waiting.get((wave, contact.chat, contact.result)) is contact:
            self._waiting.pop((wave, contact.chat, contact.result), None)
