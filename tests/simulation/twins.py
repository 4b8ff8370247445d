"""Two worlds of one seed, one of them with every update many times over: both must end in the same state.

Laws:
1. People act on what their phone shows and on nothing else, so that twins act alike.
2. What is compared holds nothing that chance decides by design (secrets, nonces, names of rows, codes) and no
   numbers of messages; all else of the ledger, the places, the pool and the phones.
3. A place is opened as the program opens it: with the secret that only the person's chat holds.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from bot.chat.identity import who
from bot.core.flow import Place
from bot.store import SECRET_BYTES
from tests.simulation import oracle
from tests.simulation.network import Faults
from tests.simulation.people import SLIPS, Person, View, Wrong
from tests.simulation.run import Failed
from tests.simulation.world import PLANTED, World, made

COPIES = (1, 19)
"""Every update comes 2 to 20 times."""

PEOPLE = 4
LOOKS = 150
"""So many times everybody looks at the phone, at most, until all are where they want to be."""

ALL_OF_IT = 10_000


@dataclass
class Counts:
    """What was run. `different` is 0: pairs of worlds that did not end alike."""

    pairs: int = 0
    updates: int = 0
    duplicates: int = 0
    old_steps: int = 0
    places: int = 0
    finished: int = 0
    withdrawn: int = 0
    different: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


class Twin(Person):
    """Somebody whose every act follows from the screen. They stop at the step `goal`."""

    def __init__(self, world: World, number: int) -> None:
        plan = Random(f"plan {world.seed} {number}")
        super().__init__(world.phones, number, world.wave, plan)
        self._seed = f"{world.seed} {number}"
        self._slips = True
        self.goal = plan.choice((3, 5, 6, 8, ALL_OF_IT, ALL_OF_IT, ALL_OF_IT, ALL_OF_IT))
        self.withdraws = plan.random() < 0.4

    @property
    def there(self) -> bool:
        """True when nothing is left to do."""
        at = self._where(self.look())
        return self._said_done or (at is not None and at.grip is not None and at.grip[1] >= self.goal)

    def step(self, *, careful: bool = False) -> None:
        """Do what this screen leads to: the same whenever it is seen."""
        if self.there:
            return
        at = self._where(self.look())
        screen = (at.grip and at.grip[1], [button.label for button in at.buttons]) if at else None
        self.chance = Random(f"{self._seed} {screen}")
        super().step(careful=careful)

    def _tick(self, view: View, slip: bool) -> None:  # noqa: ARG002 - see below
        """Tick what is wanted: a tick that is taken back, and then comes late, is set again, and shown."""
        super()._tick(view, slip=False)

    def _type(self, view: View, name: str, slip: bool) -> None:  # noqa: ARG002 - as above
        """Type the number, and again where nothing came of it: among so many copies it may have been too fast."""
        number = SLIPS + 100 * self.number + 7 if slip else int(str(self.want[name]))
        for one in self.interviews.values():
            for each in ("third", "fourth"):
                one.possible[each].add(number)
        self.say(str(number))

    @property
    def last_screen(self) -> list[Any]:
        """The words and buttons of the message that matters, with what chance decided taken out."""
        views = self.look()
        thanked = [view for view in views if "Thank you for your answers" in view.text]
        at = max(thanked, key=lambda view: view.id) if thanked else self._where(views)
        if at is None:
            return []
        words = re.sub(r"Your code: [\d ]+", "Your code: ...", at.text)
        return [words, [[button.label, _without_secret(button.data)] for button in at.buttons]]


def twins(seed: int) -> Counts:
    """Run a pair. Raises Failed where they end differently, or where somebody saw what must not be."""
    counts = Counts(pairs=1)
    alone = _state(seed, Faults(), Counts())
    again = _state(seed, Faults(copies=COPIES), counts)
    if _hash(alone) != _hash(again):
        parts = [part for part in alone if alone[part] != again[part]]
        shown = "\n".join(f"{part}\n  once: {alone[part]}\n  many: {again[part]}" for part in parts)
        raise Failed(
            f"twins {seed} ended differently\n{shown}\nRun it again: tests.simulation.twins.twins({seed})"
        )
    return counts


def many(seeds: range) -> Counts:
    """The sums of these pairs; a different one is counted and printed."""
    sums = Counts()
    for seed in seeds:
        try:
            sums += twins(seed)
        except Failed as failed:
            print(failed, flush=True)
            sums += Counts(pairs=1, different=1)
    return sums


def _hash(state: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def _state(seed: int, faults: Faults, counts: Counts) -> dict[str, Any]:
    """Let people answer in a world with these faults, and say how it ended."""
    with made(f"twins {seed}") as world:
        try:
            return world.run(_lived(world, faults, counts))  # type: ignore[no-any-return]
        except Wrong as wrong:
            raise Failed(f"twins {seed}: {wrong}") from wrong


async def _lived(world: World, faults: Faults, counts: Counts) -> dict[str, Any]:
    world.settle_in(people=0, coordinators=0)
    people = [Twin(world, number) for number in range(PLANTED, PLANTED + PEOPLE)]
    world.people.extend(people)
    world.network.faults = faults
    await asyncio.sleep(2 * world.tick_seconds)  # a daily tick is over: nobody's answers come on both sides of it
    for _ in range(LOOKS):
        for person in people:
            person.step()
        await asyncio.sleep(2.0)
        world.check()
        if all(person.there for person in people):
            break
    await _calm(world)
    before = _kept(world, people)
    for person in people:
        if person.withdraws:
            person.withdraw()
    await _calm(world)
    counts.updates += world.network.seen.updates
    counts.duplicates += world.network.seen.again
    counts.old_steps += world.network.seen.old_steps
    counts.finished += sum(person.done for person in people)
    counts.withdrawn += sum(person.withdrawn for person in people)
    counts.places += sum(len(places) for places in before["places"])
    withdrawn = _kept(world, people)["pool"]
    await world.days(1)
    return {**before, "after withdrawals": withdrawn, "a day later": _kept(world, people)}


async def _calm(world: World) -> None:
    """Wait until the last copy has come and been answered."""
    await asyncio.sleep(5.0)
    while not world.network.quiet:  # noqa: ASYNC110 - time is what is awaited
        await asyncio.sleep(5.0)
    await asyncio.sleep(5.0)
    world.look()
    world.check()


def _kept(world: World, people: list[Twin]) -> dict[str, Any]:
    server = (world.folder / "keys" / "server.key").read_bytes()
    key = (world.folder / "keys" / f"wave-{world.wave}.key").read_bytes()
    with closing(sqlite3.connect(world.folder / "data" / "aitbar.db")) as file:

        def rows(query: str, *values: Any) -> list[Any]:
            return file.execute(query, values).fetchall()

        def done(person: Twin) -> Any:
            tag = who(person.id).tag(key, 0)
            return rows("SELECT done FROM ledger WHERE wave = ? AND tag = ?", world.wave, tag)

        def places(person: Twin) -> list[Any]:
            boxes = [(secret, oracle.box_of(file, secret)) for secret in person.interviews]
            opened = [
                oracle.opened(box, server, oracle.raw(secret), world.wave, who(person.id).tag(key, 0))
                for secret, box in boxes
                if box is not None and len(oracle.raw(secret)) == SECRET_BYTES
            ]
            return [_without_messages(plain) for plain in opened]

        def receipt(person: Twin) -> Any:
            """The answers that the code on the phone belongs to."""
            code = hashlib.sha256(person.code.encode()).digest()
            return rows("SELECT body FROM pool WHERE rhash = ?", code) if person.code else "no code asked"

        return {
            "ledger": [rows("SELECT done, count(*) FROM ledger GROUP BY done"), [done(one) for one in people]],
            "places": [places(one) for one in people],
            "boxes": rows("SELECT count(*) FROM session"),
            "pool": sorted(rows("SELECT cell, dwell, first, body FROM pool")),
            "receipts": [receipt(one) for one in people],
            "released": rows("SELECT count(*) FROM response") + rows("SELECT count(*) FROM block"),
            "coordinators": rows("SELECT count(*) FROM coordinator") + rows("SELECT count(*) FROM digest"),
            "phones": [one.last_screen for one in people],
        }


MESSAGES = {"typed", "marks"}
"""What of a place are numbers of messages: a copy of /start is answered, and the next number is another."""


SELDOM = {"cohort"}
"""What stands in a place only where a wave counts it."""


def _without_messages(plain: dict[str, Any] | None) -> dict[str, Any]:
    if plain is None:
        raise Wrong("the chat's secret does not open the place")
    assert set(plain) | SELDOM >= {one.name for one in fields(Place)}
    return {name: value for name, value in plain.items() if name not in MESSAGES}


def _without_secret(data: str) -> str:
    return re.sub(r"^v1:[\w-]{22}:|^o:h:.*", "...:", data)
