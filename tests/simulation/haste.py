"""People in haste, and one who floods: how long everybody waits, in simulated time.

Laws:
1. A wait begins when somebody taps or writes and ends when what follows takes effect at Telegram: the phone
   shows it. The way there and back is the simulated one, and handling an update takes time as well.
2. Taps come twice, twenty times within a second, and in the middle of a commit; each one's spinner must stop, and
   all together change one thing.
3. Whoever floods is handled five times and once a second, by the bucket; without it 20 times a second, by the
   ceiling. What was held back is counted, so that a flood that nothing holds back is seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from bot.chat import limits
from bot.chat.handler import Handler
from bot.chat.inbound import Came
from bot.chat.outbound import Outgoing
from tests.simulation import oracle
from tests.simulation.network import SENDS
from tests.simulation.people import LETTERS, Button, Person, Wrong, _view
from tests.simulation.run import Failed
from tests.simulation.world import PLANTED, World, made

UPDATE_SECONDS, COMMIT_SECONDS = 0.002, 0.005
"""What an update and a commit take of the writer, on a small machine."""

ANSWER_SECONDS, OTHERS_SECONDS = 1.0, 2.0
"""Within which 95 of 100 spinners stop, and within which 95 of 100 others see what follows during a flood."""

BURST, BURST_SECONDS = 20, 1.0
FLOOD = 100
"""Messages a second from one person."""

THINKING = (10.0, 30.0)
"""Seconds between two acts of one of the crowd."""

FIRST_ID = 7_100_000_000


@dataclass
class Counts:
    """What was waited for. `unanswered`, `extra_rows`, `worlds_too_slow` and what is `over_` a limit are 0."""

    worlds: int = 0
    people: int = 0
    finished: int = 0
    bursts: int = 0
    taps: int = 0
    in_commits: int = 0
    flooded: int = 0
    held_back: int = 0
    over_bucket: int = 0
    over_ceiling: int = 0
    told_too_fast: int = 0
    waits: int = 0
    waits_too_long: int = 0
    unanswered: int = 0
    extra_rows: int = 0
    worlds_too_slow: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


class Watch:
    """Measures: the wait for each spinner, and for each change of a chat's screen; of everybody `but` one."""

    def __init__(self, world: World, but: int = 0) -> None:
        self._loop = world.loop
        self._tapped: dict[str, float] = {}
        self._acted: dict[int, float] = {}
        self.spinners: list[float] = []
        self.changes: list[float] = []
        self.hints: list[str] = []
        self.taps = 0
        tap, send = world.phones.tap, world.phones.send

        def tapped(id: int, *what: Any) -> Any:
            done = tap(id, *what)
            assert done[1] is not None
            self.taps += 1
            self._tapped[done[1].id] = self._loop.now
            self._acted.setdefault(id, self._loop.now)
            return done

        def sent(id: int, *what: Any, **more: Any) -> Any:
            if id != but:
                self._acted.setdefault(id, self._loop.now)
            return send(id, *what, **more)

        world.phones.tap = tapped  # type: ignore[method-assign, assignment]
        world.phones.send = sent  # type: ignore[method-assign, assignment]
        world.network.heard = self._heard

    @property
    def unanswered(self) -> int:
        """Spinners that still turn."""
        return len(self._tapped)

    @property
    def left(self) -> list[float]:
        """How long those have waited by now to whom nothing came."""
        return [self._loop.now - since for since in (*self._tapped.values(), *self._acted.values())]

    def _heard(self, name: str, params: dict[str, Any]) -> None:
        if name == "answercallbackquery":
            if (since := self._tapped.pop(str(params["callback_query_id"]), None)) is not None:
                self.spinners.append(self._loop.now - since)
            self.hints.append(str(params.get("text") or ""))
        elif name in SENDS and (since := self._acted.pop(int(params["chat_id"]), None)) is not None:
            self.changes.append(self._loop.now - since)


def p95(waits: list[float]) -> float:
    """The wait that 95 of 100 do not exceed; 0 where there was none."""
    return sorted(waits)[max(0, -(-len(waits) * 95 // 100) - 1)] if waits else 0.0


# -- haste ------------------------------------------------------------------------------------------------


def hasty(seed: int, people: int = 3) -> Counts:
    """Everybody answers everything, each tap many times. Raises Failed for more than one change, or a lost one."""
    with made(f"haste {seed}") as world:
        try:
            counts: Counts = world.run(_in_haste(world, people))
        except Wrong as wrong:
            raise Failed(f"haste {seed}: {wrong}") from wrong
        return counts


class _Hasty(Person):
    """Taps each button often, in one of the ways of `MANNERS`."""

    def __init__(self, world: World, number: int, counts: Counts) -> None:
        super().__init__(world.phones, number, world.wave, Random(f"hasty {world.seed} {number}"))
        self._slips = False
        self._world = world
        self._counts = counts

    def tap(self, button: Button) -> None:
        super().tap(button)
        self._counts.bursts += 1
        again: Callable[[], None] = lambda: super(_Hasty, self).tap(button)  # noqa: E731
        match self.chance.choice(MANNERS):
            case "twice":
                again()
            case "often":
                for number in range(1, BURST):
                    self._world.loop.call_later(number * BURST_SECONDS / BURST, again)
            case "in a commit":
                self._world.in_commit.append(again)  # type: ignore[attr-defined]


MANNERS = ("twice", "often", "in a commit")


async def _in_haste(world: World, number: int) -> Counts:
    counts = Counts(worlds=1, people=number)
    _with_costs(world, counts)
    world.settle_in(people=0, coordinators=0)
    watch = Watch(world)
    people = [_Hasty(world, one, counts) for one in range(PLANTED, PLANTED + number)]
    world.people.extend(people)
    await asyncio.sleep(5.0)
    while not all(person.done for person in people):
        for person in people:
            person.step()
        await asyncio.sleep(3.0)
        world.look()
        world.check()
        if world.loop.now > 3_600:
            raise Wrong("in an hour not everybody came to the end")
    await asyncio.sleep(10.0)
    world.look()
    kept = oracle.read(world.folder)
    world.check()
    counts.finished = sum(person.done for person in people)
    counts.extra_rows = abs(kept.done - PLANTED - number) + abs(len(kept.pool) - PLANTED - number)
    counts.extra_rows += kept.open_interviews
    return _weighed(counts, watch, watch.spinners, ANSWER_SECONDS)


def _with_costs(world: World, counts: Counts) -> None:
    """Let statements take their time, and let taps that wait for a commit come in the middle of one."""
    waiting: list[Callable[[], None]] = []
    world.in_commit = waiting  # type: ignore[attr-defined]

    def passing(words: str) -> None:
        if words.startswith("SAVEPOINT"):
            world.loop.leap(UPDATE_SECONDS)
        if words == "COMMIT":
            world.loop.leap(COMMIT_SECONDS / 2)
            counts.in_commits += len(waiting)
            while waiting:
                waiting.pop()()
            world.loop.leap(COMMIT_SECONDS / 2)

    world.door._draw = passing


def _weighed(counts: Counts, watch: Watch, waits: list[float], most: float) -> Counts:
    counts.taps, counts.unanswered = watch.taps, watch.unanswered
    counts.waits, counts.waits_too_long = len(waits), sum(wait > most for wait in waits)
    counts.told_too_fast = sum("slow" in hint.lower() or "fast" in hint.lower() for hint in watch.hints)
    counts.worlds_too_slow = int(p95(waits) > most)
    return counts


# -- a flood ----------------------------------------------------------------------------------------------


def flooded(seed: int, people: int = 1_000, seconds: float = 60.0) -> tuple[Counts, float]:
    """So many people at once, and one who sends 100 messages a second; the others' p95 in seconds beside."""
    held_back: list[Came] = []
    with made(f"flood {seed}") as world, _noted(held_back):
        try:
            found: tuple[Counts, float] = world.run(_in_a_flood(world, people, seconds, held_back))
        except Wrong as wrong:
            raise Failed(f"flood {seed}: {wrong}") from wrong
        return found


@contextmanager
def _noted(held_back: list[Came]) -> Iterator[None]:
    """Note whatever is not handled because it came too fast."""
    honest = Handler._slowed

    def slowed(self: Handler, came: Came, tell: bool) -> list[Outgoing]:
        held_back.append(came)
        return honest(self, came, tell)

    Handler._slowed = slowed  # type: ignore[method-assign]
    try:
        yield
    finally:
        Handler._slowed = honest  # type: ignore[method-assign]


async def _in_a_flood(world: World, number: int, seconds: float, held_back: list[Came]) -> tuple[Counts, float]:
    counts = Counts(worlds=1, people=number)
    _with_costs(world, counts)
    world.settle_in(people=0, coordinators=0)
    watch = Watch(world, but=FIRST_ID - 1)
    flooder, chance = FIRST_ID - 1, Random(f"crowd {world.seed}")
    world.phones.add("Flooder", flooder, language_code="en")
    await asyncio.sleep(5.0)
    until = world.loop.now + seconds
    world.phones.start(flooder, world.wave)
    crowd = [_one_of_many(world, FIRST_ID + one, Random(chance.random()), until) for one in range(number)]
    tasks = [asyncio.create_task(work) for work in crowd]
    began = world.loop.now
    while world.loop.now < until:
        while counts.flooded < (world.loop.now - began) * FLOOD:
            world.phones.send(flooder, "salaam")
            counts.flooded += 1
        await asyncio.sleep(1 / FLOOD)
    counts.finished = sum(await asyncio.gather(*tasks))
    await asyncio.sleep(30.0)
    counts.held_back = sum(came.user == flooder for came in held_back)
    handled, passed = counts.flooded - counts.held_back, until - began + 1.0
    counts.over_bucket = max(0, handled - int(limits.BURST + limits.A_SECOND * passed))
    counts.over_ceiling = max(0, handled - int(limits.CEILING + limits.CEILING * passed))
    waits = watch.spinners + watch.changes + watch.left
    return _weighed(counts, watch, waits, OTHERS_SECONDS), p95(waits)


async def _one_of_many(world: World, id: int, chance: Random, until: float) -> bool:
    """One of the crowd: opens the link, and does what leads on, thinking between. True for who came to the end."""
    phones = world.phones
    phones.add("One of many", id, language_code="en")
    await asyncio.sleep(chance.uniform(0.0, THINKING[1]))
    phones.start(id, world.wave)
    while world.loop.now < until:
        await asyncio.sleep(chance.uniform(*THINKING))
        views = [_view(m) for m in phones.chat(id).messages.values() if m.from_bot and m.on_phone]
        if any("Thank you" in view.text for view in views):
            return True
        at = max((view for view in views if view.buttons), key=lambda view: view.id, default=None)
        if at is None:
            continue
        labels = ("English", "Yes, I agree", *(one.upper() for one in LETTERS), "☐ W", "Done", "Send answers")
        button = next((found for label in labels if (found := at.button(label))), None)
        if button is None:
            phones.send(id, "7")
        else:
            phones.tap(id, {"data": button.data}, button.message)
    return False
