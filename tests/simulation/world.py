"""One world: a seed, a program, a Telegram, a disk, people; acts upon it, and moments of quiet to look around.

Laws:
1. Everything that can differ between two runs is drawn from the seed; the trace holds all that happened, and
   its hash is equal for equal seeds.
2. Memory is swept between two worlds only: when a sweep comes must decide nothing, so what a program has to let
   go of (a statement that failed, a file) it lets go of itself.
3. First everything may break (`faults`), then nothing does (`quiet`): what must hold is looked at in both, and
   what must come about, in the second, within ten simulated minutes.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog

from bot import nature
from bot.chat.identity import who
from bot.core.cadence import CADENCES, Cadence
from bot.core.roles import COORDINATOR, VIEWER
from bot.emulator.clock import Clock
from bot.emulator.phones import Phones
from bot.emulator.telegram import Telegram
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.stopping import PATIENCE_SECONDS
from bot.store import Store, StoreTrouble, Terms, Transaction, dump_body, write_node
from tests.simulation import oracle
from tests.simulation.disk import Door, Mishap, watched
from tests.simulation.loop import SimulatedLoop, with_tasks_told
from tests.simulation.network import Faults, Network
from tests.simulation.oracle import Asked, Digests, Kept
from tests.simulation.people import Answers, Person, Wrong, account, marker
from tests.simulation.program import RUNNING, TOKEN, Program, enrol, settings_of, without_the_machine

T = TypeVar("T")

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""A Monday at noon in Karachi; the run begins at a drawn moment of the week after it."""

ZONE = ZoneInfo("Asia/Karachi")
SURVEY = Path(__file__).parent / "survey.yaml"
PLANTED = 4
"""So many answers were finished before the run begins: with the people's a block can close."""

QUIET_SECONDS = 600.0
LOOK_SECONDS = 2.5
COORDINATORS = 8_050_000_000


class Ordained(nature.Nature):
    """Time and chance as the world decides. `jumped` is how far somebody has set the wall clock."""

    def __init__(self, loop: SimulatedLoop, start: datetime, chance: Random) -> None:
        self.chance = chance
        self.jumped = 0.0
        self._loop = loop
        self._start = start.timestamp()
        self._latest = 0.0

    def telegram(self) -> float:
        """Telegram's own clock, which nobody sets."""
        return self._start + self._loop.now

    def wall(self) -> float:
        return self.telegram() + self.jumped

    def monotonic(self) -> float:
        return self._loop.now

    def set(self, jumped: float) -> None:
        """Set the wall clock so far from Telegram's."""
        self._latest = self.latest()
        self.jumped = jumped

    def latest(self) -> float:
        """The latest moment that the wall clock ever showed."""
        return max(self._latest, self.wall())


class World:
    """A world of its own. Use it within `made`."""

    def __init__(self, seed: str, folder: Path, tell: Callable[[str], None] | None) -> None:
        self.seed = seed
        self.chance = Random(f"world {seed}")
        self._hash = hashlib.sha256()
        self._tell = tell
        self.loop = SimulatedLoop(seed)
        with_tasks_told(self.loop, enrol)
        self.loop.set_exception_handler(self._unheard)
        start = START + timedelta(seconds=self.chance.randrange(7 * 86_400))
        self.nature = Ordained(self.loop, start, Random(f"nature {seed}"))
        self.telegram = Telegram(Clock(self.nature.telegram), token=TOKEN, seed=self.chance.randrange(2**32))
        self.phones = Phones(self.telegram.world)
        self.network = Network(self.telegram, TOKEN, RUNNING, Random(f"network {seed}"), self.note)
        self.door = Door(self.note, self._draw_mishap)
        self.mishaps: dict[str, float] = {}
        """How likely each kind of mishap is at a statement."""
        self.tick_seconds = 30.0
        self.downtime = (0.0, 5.0)
        self._first_folder = folder / "life-0"
        self.surveys = SURVEY.parent
        self.people: list[Person] = []
        self.asked: list[Asked] = []
        self.planted: dict[int, Answers] = {}
        self.wave = ""
        self.closed = False
        self.program: Program | None = None
        self.restarts = 0
        self.kills: list[str] = []
        self.failures: list[str] = []
        self._life: asyncio.Task[None] | None = None
        self._disk_chance = Random(f"disk {seed}")

    # -- beginning and end ----------------------------------------------------------------------------

    def settle_in(self, people: int, coordinators: int, schedule: str = "daily") -> None:
        """An installation with an open wave, some answers in it, people with phones, coordinators."""
        _unpack(self._first_folder)
        self.phones.add("Nobody", 1)
        terms = Terms(k=5, leave_behind=1, schedule=schedule)
        self.wave = self.console(lambda tx: self._opened(tx, terms))
        for number in range(PLANTED, PLANTED + people):
            self.people.append(Person(self.phones, number, self.wave, Random(f"person {self.seed} {number}")))
        for _ in range(coordinators):
            self.add_coordinator()
        self._life = self.loop.create_task(self._live())

    def _opened(self, tx: Transaction, terms: Terms) -> str:
        """A wave with some answers that were sent before."""
        id = tx.waves.open(_document(), terms, nature.now())
        wave = tx.waves.get(id)
        assert wave is not None
        for number in range(PLANTED):
            answers = marker(number)
            tag = who(account(number)).tag(tx.keys.wave(id), 0)
            secret = tx.vault.begin(id, tag)
            cell = write_node(wave.partition.cell(answers))
            assert tx.vault.submit(secret, id, tag, cell, dump_body(answers, "en"), first=True)
            self.planted[number] = answers
        return id

    def close(self) -> None:
        """The end of the world; nothing of it goes on."""
        if self._life is not None:
            self._life.cancel()
            self.run(self._end())
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def _end(self) -> None:
        assert self._life is not None
        await asyncio.gather(self._life, return_exceptions=True)
        if self.program is not None:
            self.program.dead = True
            await self.program.bury()

    def run(self, work: Any) -> Any:
        """Let the world go on until this is done."""
        return self.loop.run_until_complete(work)

    @property
    def folder(self) -> Path:
        """Where the files lie at this moment: with each kill they are others."""
        return self._first_folder if self.program is None else self.program.next_folder

    # -- the program's life ---------------------------------------------------------------------------

    async def _live(self) -> None:
        while True:
            self.program = Program(self.folder, self.note)
            self.note("start")
            self.program.start(settings_of(self.folder, self.surveys))
            await self.program.over.wait()
            await self.program.bury()
            self._noted_end(self.program)
            await asyncio.sleep(self.chance.uniform(*self.downtime))
            self.network.restarted(self._remembered_wait())

    def _noted_end(self, program: Program) -> None:
        self.restarts += 1
        if program.killed_at:
            self.kills.append(program.killed_at)
        if program.failure is not None:
            self.failures.append(type(program.failure).__name__)
            self.note(f"ended {program.failure!r}")
            if not isinstance(program.failure, (StoreTrouble, bot_trouble())):
                raise Wrong("the program ended by itself") from program.failure

    def _remembered_wait(self) -> float:
        """What the program can know of a wait after a restart: what it has written down."""
        marks = oracle.read(self.folder).marks
        seconds = float(marks.get("not before", 0)) - self.nature.wall()
        set_back = seconds > float(marks.get("not before, seconds", 0))
        return 0.0 if set_back else seconds + self.loop.now

    def kill(self) -> None:
        """kill -9 at this moment."""
        if self.program is not None:
            self.program.kill("at some moment")

    async def stop(self) -> None:
        """SIGTERM, and a start after it. What takes longer than its patience ends at once (`bot.stopping`)."""
        program = self.program
        if program is None or program.over.is_set():
            return
        self.note("stop")
        program.stop()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await program.over.wait()
        except TimeoutError:
            program.kill("while it stopped")

    # -- the console ----------------------------------------------------------------------------------

    def console(self, work: Callable[[Transaction], T]) -> T:
        """What a command beside the bot does, in one transaction."""
        store = Store(f"sqlite:///{self.folder}/data/aitbar.db", self.folder / "keys", pinned)
        try:
            store.prepare()
            with store.transaction() as tx:
                return work(tx)
        finally:
            store.close()

    def add_coordinator(self) -> None:
        """Somebody who wants summaries, and has talked with the bot before."""
        chat = COORDINATORS + len(self.asked)
        self.phones.add("Coordinator", chat, language_code="en")
        self.phones.chat(chat).started = True
        cadence = Cadence(self.chance.choice(CADENCES), self.chance.randrange(7), self.chance.choice((7, 9, 18)))
        role, now = self.chance.choice((COORDINATOR, VIEWER)), nature.now()

        def admit(tx: Transaction) -> None:
            tx.desk.admit(chat, role, "en", now)
            tx.desk.subscribe(chat, self.wave, cadence, now)

        self.console(admit)
        self.note(f"coordinator {chat} {cadence.every}")
        self.asked.append(Asked(chat, self.wave, cadence, now))

    def remove_coordinator(self) -> None:
        """One of them goes."""
        staying = [one for one in self.asked if one.removed is None]
        if staying:
            one = self.chance.choice(staying)
            self.console(lambda tx: tx.desk.remove(one.chat))
            one.removed = self.loop.now
            self.note(f"removed {one.chat}")

    def close_wave(self) -> None:
        """The console closes the wave."""
        if not self.closed:
            self.console(lambda tx: tx.waves.close(self.wave))
            self.closed = True
            self.note("close")

    # -- what happens ---------------------------------------------------------------------------------

    def jump(self, seconds: float) -> None:
        """Somebody sets the server's clock."""
        self.nature.set(self.nature.jumped + seconds)
        self.note(f"clock {seconds:+.0f}")

    def pass_time(self, seconds: float) -> None:
        """Hours go by in one go."""
        self.note(f"leap {seconds:.0f}")
        self.loop.leap(seconds)
        self.telegram.clock.wake()

    async def days(self, number: int) -> None:
        """So many days, each with some minutes in which the program can do what is due."""
        for _ in range(number):
            for _ in range(2):
                self.pass_time(12 * 3600 + 60)
                await asyncio.sleep(2.2 * self.tick_seconds)

    # -- quiet ----------------------------------------------------------------------------------------

    def calm(self) -> None:
        """From here on nothing breaks, but for the one thing that is planned."""
        self.network.faults = Faults()
        self.network.out_until = 0.0
        self.door.state = ""
        self.mishaps.clear()
        self.downtime = (0.0, 5.0)
        self.tick_seconds = 30.0
        self.nature.set(0.0)

    async def quiet(self) -> None:
        """Nothing breaks: within ten minutes everybody can finish, and what was due is out."""
        self.calm()
        self.note("quiet")
        while self.program is None or self.program.over.is_set():  # noqa: ASYNC110 - time is what is awaited
            await asyncio.sleep(1.0)
        await self._catch_up()
        until = self.loop.now + QUIET_SECONDS
        while not self._at_rest():
            if self.loop.now > until:
                raise Wrong(f"after ten quiet minutes: {self._unfinished()}")
            for person in self._waiting():
                person.step(careful=True)
            await asyncio.sleep(self.chance.uniform(LOOK_SECONDS, 2 * LOOK_SECONDS))
        self.look()
        self.check(calm=True)

    async def _catch_up(self) -> None:
        """A clock that was set back: a tick that is not later than the last one does nothing."""
        last = oracle.read(self.folder).marks.get("last tick")
        if last is not None:
            ahead = datetime.fromisoformat(last).timestamp() - self.nature.wall()
            if ahead > 0:
                self.pass_time(ahead + 60)

    def _waiting(self) -> list[Person]:
        return [] if self.closed else [person for person in self.people if not person._said_done]

    def _at_rest(self) -> bool:
        self.look()
        return not self._unfinished()

    def _unfinished(self) -> list[str]:
        unfinished = [f"person {person.number}" for person in self._waiting()]
        try:
            self.check(calm=True)
        except Wrong as wrong:
            unfinished.append(str(wrong))
        return unfinished

    def look(self) -> None:
        """Everybody looks at their phone; what they see must never go back."""
        for person in self.people:
            person.look()

    def check(self, *, calm: bool = False) -> tuple[Kept, Digests]:
        """Compare what is kept with what people saw."""
        kept = oracle.read(self.folder)
        oracle.check_steps(self.folder, self.wave, self.people)
        ended = kept.waves[self.wave] == "closed"
        oracle.check_answers(kept, self.people, self.planted, ended=ended)
        latest = datetime.fromtimestamp(self.nature.latest(), UTC)
        shown = self.network.shown
        digests = oracle.check_digests(kept, self.asked, shown, nature.now(), latest, ZONE, ended=ended, calm=calm)
        seen = self.network.seen
        if seen.trouble:
            raise Wrong(seen.trouble[0])
        return kept, digests

    # -- the trace ------------------------------------------------------------------------------------

    def note(self, what: str) -> None:
        """One line of the trace."""
        line = f"{self.loop.now:.6f} {what}"
        self._hash.update(line.encode())
        if self._tell is not None:
            self._tell(line)

    @property
    def planned_hit(self) -> int:
        """How many planned mishaps have happened."""
        return self.door.planned + self.network.planned

    @property
    def trace(self) -> str:
        """The hash of all that happened so far."""
        return self._hash.hexdigest()

    def _draw_mishap(self, _words: str) -> Mishap | None:
        for kind, probability in self.mishaps.items():
            if self._disk_chance.random() < probability:
                return Mishap(kind, self._disk_chance.random() < 0.5)
        return None

    def _unheard(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error nobody waited for, of a program that is being taken apart, or one that must be heard."""
        error = context.get("exception")
        if isinstance(error, Wrong):
            self.failures.append(str(error))
        self.note(f"unheard {type(error).__name__}")


def bot_trouble() -> type[Exception]:
    """What ends the program when Telegram cannot be reached for a minute at its start."""
    from bot.chat.updates import PollTrouble

    return PollTrouble


@contextmanager
def made(seed: str, tell: Callable[[str], None] | None = None) -> Iterator[World]:
    """A world, until the block ends."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None))
        stack.enter_context(_only_told(tell))
        stack.enter_context(warnings.catch_warnings())
        # The program asks for the same when it is loaded; a test runner has forgotten it by now.
        warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates' instead")
        world = World(seed, Path(folder), tell)
        stack.enter_context(nature.replaced(world.nature))
        stack.enter_context(watched(world.door, RUNNING.get))
        stack.enter_context(without_the_machine(world.network.request, lambda: world.tick_seconds))
        stack.enter_context(_unswept())
        stack.callback(world.close)
        yield world


@contextmanager
def _unswept() -> Iterator[None]:
    """No sweep of the memory until the block ends; what the world before left is swept first, once it is gone."""
    gc.collect(1)  # what is young: all that was made since the last sweep
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _only_told(tell: Callable[[str], None] | None) -> Iterator[None]:
    """The program's log lines go into the readable trace, or nowhere."""
    before = structlog.get_config()

    def hear(_logger: Any, method: str, event: Any) -> Any:
        if tell is not None:
            tell(f"    log {method}: {' '.join(f'{value}' for value in event.values())}")
        raise structlog.DropEvent

    structlog.configure(processors=[hear], cache_logger_on_first_use=False)
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        structlog.configure(**before)


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    return load(SURVEY).document


@lru_cache(maxsize=1)
def _empty_database() -> bytes:
    """A database that was just made: the same for every run, and nobody's chance is used up for it."""
    with tempfile.TemporaryDirectory() as folder, nature.replaced(nature.Nature()):
        store = Store(f"sqlite:///{folder}/aitbar.db", Path(folder) / "keys", pinned)
        store.prepare()
        store.close()
        return (Path(folder) / "aitbar.db").read_bytes()


def _unpack(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "aitbar.db").write_bytes(_empty_database())


def chosen(chance: Random, weighted: Sequence[tuple[str, float]]) -> str:
    """One of these names, the heavier the likelier."""
    return chance.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]
