"""One seed of one profile, from an empty folder to the end of its wave; and the figures that can be summed."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache

from tests.simulation.disk import Mishap
from tests.simulation.network import Faults
from tests.simulation.oracle import read
from tests.simulation.people import MISCHIEF
from tests.simulation.world import World, chosen, made

BASES = 20
"""So many seeds for each point at which something is planned."""


class Failed(AssertionError):
    """A seed found something; the text holds the one command that shows it again."""


@dataclass
class Counts:
    """Figures of one or many seeds. `lost`, `doubled`, `missing` and `early` are 0 in a run that ends."""

    seeds: int = 0
    people: int = 0
    updates: int = 0
    calls: int = 0
    statements: int = 0
    duplicates: int = 0
    reordered: int = 0
    displaced: int = 0
    old_steps: int = 0
    races: int = 0
    stale_taps: int = 0
    kills: int = 0
    restarts: int = 0
    points_hit: int = 0
    disk_errors: int = 0
    lost_before: int = 0
    lost_after: int = 0
    told_to_wait: int = 0
    confirmed: int = 0
    finished: int = 0
    withdrawn: int = 0
    released: int = 0
    lost: int = 0
    doubled: int = 0
    digests_due: int = 0
    digests_sent: int = 0
    digests_resent: int = 0
    digests_missing: int = 0
    early_calls: int = 0
    to_the_blocked: int = 0
    messages_in_outages: int = 0
    simulated_hours: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __str__(self) -> str:
        return ", ".join(f"{one.name.replace('_', ' ')} {getattr(self, one.name):,}" for one in fields(self))


Part = Callable[[World, "Counts"], Awaitable[None]]


@dataclass(frozen=True)
class Profile:
    """A mix of faults. `rounds` acts a person; `events` that may follow an act; `days` until the wave closes."""

    what: str
    people: tuple[int, int] = (2, 4)
    coordinators: tuple[int, int] = (0, 2)
    rounds: int = 12
    pause: float = 2.0
    mischief: float = 0.2
    kinds: tuple[str, ...] = MISCHIEF
    events: dict[str, float] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    mishaps: dict[str, float] = field(default_factory=dict)
    days: tuple[int, int] = (0, 3)
    closes: float = 0.3
    part: str = "chaos"
    planned: str = ""


PROFILES: dict[str, Profile] = {
    "mixed": Profile(
        "everything at once, a little of each",
        people=(1, 4), rounds=9, days=(0, 2),
        events={
            "kill": 2, "stop": 1, "leap": 1, "clock": 0.5, "outage": 0.7, "full": 0.7, "coordinator": 1,
            "removal": 0.7, "": 70,
        },
        faults=Faults(0.02, 0.02, 0.01, 0.01, 0.004, 0.1, 0.1),
        mishaps={"crash": 0.0005, "io": 0.0005, "locked": 0.0005, "full": 0.0003},
    ),
    "crash points": Profile(
        "the n-th statement or the n-th call is the last one", people=(2, 2), coordinators=(1, 1), rounds=9,
        mischief=0.1, days=(1, 1), closes=1.0, planned="crash",
    ),
    "disk": Profile(
        "the n-th statement fails", people=(2, 2), coordinators=(1, 1), rounds=9, mischief=0.1, days=(1, 1),
        closes=1.0, planned="error",
    ),
    "outage": Profile("a day without Telegram", coordinators=(1, 2), part="outage", mischief=0.1),
    "storm": Profile(
        "too many requests, everywhere", people=(3, 6), coordinators=(1, 3), rounds=8, days=(1, 3),
        faults=Faults(too_many=0.25), events={"stop": 1, "": 40}, closes=0.0,
    ),
    "restarts": Profile(
        "stopped and killed whenever summaries are due",
        people=(1, 1), coordinators=(2, 3), rounds=4, part="restarts",
        faults=Faults(before=0.02, after=0.02), mishaps={"crash": 0.002},
    ),
    "duplicates": Profile(
        "everything comes twice, late, out of order; buttons are tapped again and again",
        people=(2, 4), rounds=16, mischief=0.5, kinds=("often", "race", "stale", "stale", "again"),
        faults=Faults(again=1.0, shuffled=0.5), events={"kill": 1, "": 60}, days=(0, 0), closes=0.0,
    ),
}  # fmt: skip


def run_seed(seed: int, profile: str = "mixed", tell: Callable[[str], None] | None = None) -> Counts:
    """Run one seed. Raises Failed, with the command that runs it again, for whatever must not be."""
    return trace_of(seed, profile, tell)[1]


def trace_of(seed: int, profile: str = "mixed", tell: Callable[[str], None] | None = None) -> tuple[str, Counts]:
    """The hash of all that happened, and the figures."""
    of, base, plan = _planned(seed, profile)
    counts = Counts(seeds=1)
    with made(f"{profile} {base}", tell) as world:
        try:
            people = world.chance.randint(*of.people)
            world.settle_in(people, world.chance.randint(*of.coordinators))
            plan(world)
            world.run(PARTS[of.part](world, of, counts))
            _add_up(world, counts)
        except Exception as wrong:
            world.note(f"WRONG {wrong}")
            raise Failed(
                f"{wrong}\nSEED={seed} COMMIT={_commit()} .venv/bin/python -m tests.simulation "
                f"--profile '{profile}' --seed {seed} --trace"
            ) from wrong
        return world.trace, counts


# -- points at which something is planned -----------------------------------------------------------------

POINTS = (("statement", True), ("statement", False), ("call", True), ("call", False))
ERRORS = (("io", True), ("io", False), ("full", True), ("locked", True))


def _planned(seed: int, profile: str) -> tuple[Profile, int, Callable[[World], None]]:
    """Which world a seed means, and what is planned in it: four kinds of point, 20 worlds, the n-th place."""
    of = PROFILES[profile]
    if not of.planned:
        return of, seed, lambda _world: None
    kind, base, turn = seed % 4, seed // 4 % BASES, seed // (4 * BASES)
    statements, calls = _places(base, profile)

    def plan(world: World) -> None:
        if of.planned == "error":
            world.door.at[statements[turn % len(statements)]] = Mishap(*ERRORS[kind])
            return
        what, before = POINTS[kind]
        if what == "call":
            world.network.at[calls[turn % len(calls)]] = before
        else:
            world.door.at[statements[turn % len(statements)]] = Mishap("crash", before)

    return of, base, plan


def points(profile: str) -> int:
    """How many seeds of a planned profile there are, so that each of its places is met in each of its worlds."""
    return 4 * BASES * max(len(places) for base in range(BASES) for places in _places(base, profile))


@cache
def _places(base: int, profile: str) -> tuple[Sequence[int], Sequence[int]]:
    """The statements and the calls of a world by their numbers: one of every sort first, then all the others.

    What the program does at a statement hangs on its words and on what it did before, so that is its sort: the
    first hundred places are all there is to a world, and not its first minute.
    """
    of = replace(PROFILES[profile], planned="")
    with made(f"{profile} {base}") as world:
        world.settle_in(world.chance.randint(*of.people), world.chance.randint(*of.coordinators))
        world.run(PARTS[of.part](world, of, Counts()))
        return _by_sort(world.door.passed), _by_sort(world.network.called)


def _by_sort(names: Sequence[str]) -> Sequence[int]:
    """The places of these names, counted from 1: the first of every pair of neighbours before all others."""
    firsts: dict[tuple[str, str], int] = {}
    for number, pair in enumerate(zip(("", *names), names, strict=False), start=1):
        firsts.setdefault(pair, number)
    known = set(firsts.values())
    return (*firsts.values(), *(number for number in range(1, len(names) + 1) if number not in known))


# -- what happens -----------------------------------------------------------------------------------------


async def _chaos(world: World, of: Profile, counts: Counts) -> None:
    """People answer while things break; then quiet; then days pass, and the wave may close."""
    world.network.faults = replace(of.faults)
    world.mishaps.update(of.mishaps)
    world.downtime = (0.0, 3.0) if of.planned else world.chance.choice(((0.0, 3.0), (0.0, 60.0)))
    for number in range(of.rounds * len(world.people)):
        _act(world, of, counts)
        await _event(world, of)
        await asyncio.sleep(world.chance.uniform(0.0, of.pause))
        if number % 3 == 0:
            world.look()
            world.check()
    await world.quiet()
    world.network.faults = replace(of.faults)
    world.mishaps.update(of.mishaps)
    for _ in range(2 * len(world.people)):  # who has finished, still taps old buttons now and then
        _act(world, of, counts)
        await asyncio.sleep(world.chance.uniform(0.0, of.pause))
    await _to_the_end(world, of)
    await world.quiet()


async def _to_the_end(world: World, of: Profile) -> None:
    """Days pass, some take their answers back, the wave may close."""
    await world.days(world.chance.randint(*of.days))
    for person in world.people:
        if world.chance.random() < 0.3:
            person.withdraw()
    if world.chance.random() < of.closes:
        world.close_wave()
        await world.days(2)


def _act(world: World, of: Profile, counts: Counts) -> None:
    person = world.chance.choice(world.people)
    if world.chance.random() < of.mischief:
        kind = world.chance.choice(of.kinds)
        counts.races += kind in ("often", "race")
        counts.stale_taps += kind == "stale"
        world.note(f"person {person.number} {kind}")
        person.mischief(kind)
    else:
        person.step()


async def _event(world: World, of: Profile) -> None:
    if not of.events:
        return
    match chosen(world.chance, list(of.events.items())):
        case "kill":
            world.kill()
        case "stop":
            await world.stop()
        case "leap":
            world.pass_time(world.chance.choice((60, 1900, 3600 * 5, 86_400, 86_400 * 3)))
        case "outage":
            world.network.out_until = world.loop.now + world.chance.choice((5, 60, 600))
        case "full":
            world.door.state = "" if world.door.state else world.chance.choice(("full", "locked", "io"))
        case "coordinator":
            if len(world.asked) < 4:
                world.add_coordinator()
        case "removal":
            world.remove_coordinator()
        case "clock":
            world.jump(world.chance.choice((3600, -3600, 86_400, -86_400)))


async def _outage(world: World, of: Profile, counts: Counts) -> None:
    """A day without Telegram: what people write meanwhile is all there afterwards."""
    for _ in range(4 * len(world.people)):
        _act(world, of, counts)
        await asyncio.sleep(world.chance.uniform(0.0, of.pause))
    await asyncio.sleep(5)
    world.network.out_until = world.loop.now + 86_400 - 120
    sent: set[int] = set()
    for _ in range(23):
        person = world.chance.choice(world.people)
        sent.add(person.write())
        person.mischief("often")
        await asyncio.sleep(world.chance.uniform(20, 200))
        world.pass_time(3600)
    world.network.out_until = world.loop.now
    await world.quiet()
    missing = sent - world.network.delivered
    counts.messages_in_outages += len(sent)
    if missing:
        raise AssertionError(f"{len(missing)} messages of the outage were lost")


async def _restarts(world: World, of: Profile, counts: Counts) -> None:
    """Summaries fall due while the program is stopped, killed and started again."""
    for _ in range(of.rounds * len(world.people)):
        _act(world, of, counts)
        await asyncio.sleep(world.chance.uniform(0.0, of.pause))
    for _ in range(10):
        world.network.faults = replace(of.faults)
        world.mishaps.update(of.mishaps)
        world.downtime = world.chance.choice(((0.0, 3.0), (0.0, 3600.0)))
        world.pass_time(world.chance.choice((86_400, 86_400 * 3, 86_400 * 8, 86_400 * 30)))
        for _ in range(world.chance.randint(1, 4)):
            await asyncio.sleep(world.chance.uniform(0.0, 45.0))
            if world.chance.random() < 0.7:
                world.kill()
            else:
                await world.stop()
        await world.quiet()


PARTS: dict[str, Callable[[World, Profile, Counts], Awaitable[None]]] = {
    "chaos": _chaos,
    "outage": _outage,
    "restarts": _restarts,
}


# -- figures ----------------------------------------------------------------------------------------------


def _add_up(world: World, counts: Counts) -> None:
    kept, digests = world.check(calm=True)
    seen = world.network.seen
    counts.people += len(world.people)
    counts.updates += seen.updates
    counts.calls += seen.calls
    counts.statements += world.door.count
    counts.duplicates += seen.again
    counts.reordered += seen.shuffled
    counts.displaced += seen.displaced
    counts.old_steps += seen.old_steps
    counts.kills += len(world.kills)
    counts.restarts += world.restarts
    counts.points_hit += world.planned_hit
    counts.disk_errors += world.door.struck - sum(1 for where in world.kills if where.startswith("crash"))
    counts.lost_before += seen.lost_before
    counts.lost_after += seen.lost_after
    counts.told_to_wait += seen.told_to_wait
    counts.confirmed += sum(person.confirmed for person in world.people)
    counts.finished += sum(person.done for person in world.people)
    counts.withdrawn += sum(person.withdrawn for person in world.people)
    counts.released += len(kept.responses)
    counts.digests_due += digests.due
    counts.digests_sent += digests.sent
    counts.digests_resent += digests.resent
    counts.early_calls += seen.early
    counts.to_the_blocked += seen.to_the_blocked
    counts.simulated_hours += int(world.loop.now // 3600)


@cache
def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


__all__ = ["PROFILES", "Counts", "Failed", "points", "read", "run_seed", "trace_of"]
