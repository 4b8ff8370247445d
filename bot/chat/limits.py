"""How much one person may ask of the bot; in memory only, forgotten as soon as they are calm again.

Laws:
1. What moves the interview, or shows something new of it, costs nothing: the step in each button bounds it.
2. Everything else (old or forged taps, words nobody waits for, commands) costs one of five, and one comes back
   each second.
3. Above all nobody has more than 20 updates a second handled; what one person does slows nobody else down.
4. Whoever is too fast is told so once, and then not again until they are calm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot import nature

BURST = 5.0
A_SECOND = 1.0
CEILING = 20.0

MOST_PEOPLE = 20_000
"""People remembered at once; beyond it whoever was seen first is forgotten, and may be a little faster."""

JUST_NOW = 2.0
"""Seconds; what was written longer ago waited: it is measured by when it was written, apart from the rest."""

GROUP_SECONDS = 60.0
MOST_GROUPS = 1_000


class TooFast(Exception):
    """This update is not answered; with `tell`, it is said that it was too fast."""

    def __init__(self, tell: bool) -> None:
        super().__init__("too fast")
        self.tell = tell


@dataclass
class _Person:
    """What somebody has left: of `BURST` for what moves nothing, of `CEILING` for anything at all."""

    seen: float
    left: float = BURST
    room: float = CEILING
    told: bool = False

    def rest(self, moment: float) -> None:
        passed = max(0.0, moment - self.seen)
        self.left = min(BURST, self.left + passed * A_SECOND)
        self.room = min(CEILING, self.room + passed * CEILING)
        self.seen = max(self.seen, moment)
        if self.calm:
            self.told = False

    @property
    def calm(self) -> bool:
        return self.left >= BURST and self.room >= CEILING

    def refuse(self) -> TooFast:
        tell, self.told = not self.told, True
        return TooFast(tell)


class Limits:
    """The buckets of everybody who is not calm."""

    def __init__(self, clock: Callable[[], float] = nature.monotonic) -> None:
        self._clock = clock
        self._people: dict[tuple[int, bool], _Person] = {}
        self._groups: dict[int, float] = {}

    def arrive(self, person: int, ago: float = 0.0) -> Callable[[], None]:
        """An update came, whatever it is, written so many seconds ago: what waited through an outage comes at
        once and was not fast. Raises TooFast above 20 a second. Returns how to give back."""
        one = self._of(person, ago)
        if one.room < 1.0:
            raise one.refuse()
        one.room -= 1.0

        def give_back() -> None:
            one.room += 1.0

        return give_back

    def charge(self, person: int, ago: float = 0.0) -> Callable[[], None]:
        """An update moved nothing. Raises TooFast when nothing is left to pay with. Returns how to give back."""
        one = self._of(person, ago)
        if one.left < 1.0:
            raise one.refuse()
        one.left -= 1.0

        def give_back() -> None:
            one.left += 1.0

        return give_back

    def group(self, chat: int) -> bool:
        """True when a group may hear the neutral line: once a minute."""
        moment = self._clock()
        if moment < self._groups.get(chat, moment):
            return False
        self._groups.pop(chat, None)
        self._groups[chat] = moment + GROUP_SECONDS
        while len(self._groups) > MOST_GROUPS:
            self._groups.pop(next(iter(self._groups)))
        return True

    def sweep(self) -> None:
        """Forget everybody who is calm, and groups that may hear the line again."""
        moment = self._clock()
        for person, one in list(self._people.items()):
            one.rest(moment)
            if one.calm:
                del self._people[person]
        for chat in [chat for chat, until in self._groups.items() if until <= moment]:
            del self._groups[chat]

    def __len__(self) -> int:
        return len(self._people) + len(self._groups)

    def _of(self, person: int, ago: float) -> _Person:
        moment = self._clock() - max(0.0, ago)
        one = self._people.setdefault((person, ago > JUST_NOW), _Person(moment))
        one.rest(moment)
        while len(self._people) > MOST_PEOPLE:
            self._people.pop(next(iter(self._people)))
        return one
