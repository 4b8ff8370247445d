"""The same world driven by Hypothesis, which looks for the shortest way to break what must hold.

1. After every act: nothing shown is unkept, nothing kept is double, nobody sees anything go back.
2. At the end, with nothing broken any more, everybody can finish and what is due is out.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.simulation.network import Faults
from tests.simulation.world import World, made

PEOPLE = st.integers(0, 1)
SECONDS = st.sampled_from((0.0, 0.1, 0.5, 2.0, 5.0))


class Life(RuleBasedStateMachine):
    """People, breakdowns and time, in any order."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()

    @initialize(seed=st.integers(0, 20))
    def begin(self, seed: int) -> None:
        self.world = self._stack.enter_context(made(f"machine {seed}"))
        self.world.settle_in(people=2, coordinators=1)
        self._wait(3.0)

    def _wait(self, seconds: float) -> None:
        self.world.run(asyncio.sleep(seconds))

    @rule(person=PEOPLE, seconds=SECONDS)
    def go_on(self, person: int, seconds: float) -> None:
        self.world.people[person].step()
        self._wait(seconds)

    @rule(
        person=PEOPLE,
        kind=st.sampled_from(("often", "race", "stale", "forged", "again", "hide", "words", "edited", "block")),
        seconds=SECONDS,
    )
    def mischief(self, person: int, kind: str, seconds: float) -> None:
        self.world.people[person].mischief(kind)
        self._wait(seconds)

    @rule(again=st.booleans(), shuffled=st.booleans(), lost=st.booleans())
    def network(self, again: bool, shuffled: bool, lost: bool) -> None:
        self.world.network.faults = Faults(
            before=0.1 * lost, after=0.1 * lost, again=0.3 * again, shuffled=0.5 * shuffled
        )

    @rule(kind=st.sampled_from(("", "full", "io", "locked")), seconds=SECONDS)
    def disk(self, kind: str, seconds: float) -> None:
        self.world.door.state = kind
        self._wait(seconds)

    @rule()
    def kill(self) -> None:
        self.world.kill()
        self._wait(1.0)

    @rule()
    def stop(self) -> None:
        self.world.run(self.world.stop())

    @rule(seconds=st.sampled_from((60, 1900, 86_400, 7 * 86_400)))
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)
        self._wait(40.0)

    @precondition(lambda self: len(self.world.asked) < 3)
    @rule()
    def coordinator_comes(self) -> None:
        self.world.add_coordinator()

    @rule()
    def coordinator_goes(self) -> None:
        self.world.remove_coordinator()

    @rule(person=PEOPLE)
    def withdraw(self, person: int) -> None:
        self.world.people[person].withdraw()
        self._wait(2.0)

    @rule()
    def close(self) -> None:
        self.world.close_wave()

    @invariant()
    def nothing_is_lost_or_double(self) -> None:
        if hasattr(self, "world"):
            self.world.look()
            self.world.check()

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.world.run(self.world.quiet())
        finally:
            self._stack.close()


Life.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestLife: Any = Life.TestCase
