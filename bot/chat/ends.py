"""How many interviews ended without answers, and how reminders fared: in memory until the next daily tick.

Laws:
1. Only sums wait here, by wave and state: no chat, no moment, no order.
2. They are written at the daily tick; a crash loses them, never an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bot.store import Store, Transaction


class Ends:
    """The sums of one running bot."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: Counter[tuple[str, str]] = Counter()

    def add(self, wave: str, state: str) -> Callable[[], None]:
        """One more. Returns how to take it back."""
        self._counted[wave, state] += 1

        def take_back() -> None:
            self._counted[wave, state] -= 1

        return take_back

    async def keep(self) -> None:
        """Write what was counted. Raises StoreTrouble; then all of it goes on waiting."""
        if not +self._counted:
            return
        taken: Counter[tuple[str, str]] = Counter()

        def write(tx: Transaction) -> None:
            taken.update(+self._counted)
            self._counted.subtract(taken)
            tx.outcomes.add(taken)

        try:
            await self._store.write(write)
        except BaseException:
            self._counted.update(taken)
            raise
