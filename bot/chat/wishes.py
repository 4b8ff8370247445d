"""Wishes to hear of a result: in memory until the next daily tick, then sealed rows; and their end.

Laws:
1. A wish lies in memory from the tap until the next daily tick, and is written then with all others, in random
   order and in a transaction of its own. A crash before loses wishes, never an answer.
2. Who forgets is believed at once: nothing of that chat is written or sent any more, and what was written is
   deleted before it is said to be.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.store import Contact, Store, Transaction

EVERY_WAVE = None
"""In the place of a wave: whatever this chat ever wished."""


class Wishes:
    """The wishes of one running bot. Handed to its store, they are changed on the writer's thread only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[tuple[str, int], Contact] = {}
        self._leaving: set[tuple[int, str | None]] = set()

    @property
    def leaving(self) -> bool:
        """True while somebody was promised to be forgotten and a row may still be there."""
        return bool(self._leaving)

    def wish(self, wave: str, contact: Contact) -> Callable[[], None]:
        """This chat is to hear of the result of a wave. Returns how to take it back."""
        self._waiting[wave, contact.chat] = contact

        def take_back() -> None:
            self._drop(wave, contact)

        return take_back

    def forget(self, chat: int, wave: str | None = EVERY_WAVE) -> None:
        """Take back the wishes of a chat; rows of it go at the next `settle`, or before the next are written."""
        for of, whose in list(self._waiting):
            if whose == chat and wave in (EVERY_WAVE, of):
                self._waiting.pop((of, whose), None)
        self._leaving.add((chat, wave))

    async def settle(self) -> None:
        """Delete the rows of whoever is to be forgotten. Raises StoreTrouble; then they are deleted later."""
        if self._leaving:
            await self._alone(lambda _tx: [])

    async def keep(self) -> bool:
        """Write what waits; False when nothing does. Raises StoreTrouble; then all of it goes on waiting."""
        if not self._waiting:
            return False
        for wave, contact in await self._alone(self._write):
            self._drop(wave, contact)
        return True

    async def _alone(self, work: Callable[[Transaction], list[tuple[str, Contact]]]) -> list[tuple[str, Contact]]:
        """In a transaction of its own. What it took out of `_leaving` comes back when it fails."""
        taken: set[tuple[int, str | None]] = set()

        def within(tx: Transaction) -> list[tuple[str, Contact]]:
            taken.update(self._leaving)
            self._leaving -= taken
            for chat, wave in taken:
                tx.contacts.forget(chat, wave)
            return work(tx)

        try:
            return await self._store.write(within)
        except BaseException:
            self._leaving |= taken
            raise

    def _write(self, tx: Transaction) -> list[tuple[str, Contact]]:
        waiting = [(wave, contact) for (wave, _), contact in list(self._waiting.items())]
        tx.contacts.keep(waiting)
        return waiting

    def _drop(self, wave: str, contact: Contact) -> None:
        """Forget this very wish; one made again meanwhile stays."""
        if self._waiting.get((wave, contact.chat)) is contact:
            self._waiting.pop((wave, contact.chat), None)
