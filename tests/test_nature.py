"""Time and chance come through one door.

1. No file of the program but `bot/nature.py` reads a clock or draws chance; the demo's model and the local Bot API
   have their own, since neither keeps an answer.
2. A simulation that replaces both decides every token, word, order and moment.
3. What nobody replaced is the system's own chance.
"""

from __future__ import annotations

import ast
import secrets
from pathlib import Path
from random import Random

import pytest

from bot import nature

BOT = Path(__file__).parent.parent / "bot"
OWN_CLOCKS = {"emulator", "demo"}
SOURCES = [
    path
    for path in sorted(BOT.rglob("*.py"))
    if path.relative_to(BOT).parts[0] not in OWN_CLOCKS and path != BOT / "nature.py"
]
FORBIDDEN_MODULES = {"random", "secrets", "uuid"}
FORBIDDEN_CALLS = {"now", "utcnow", "today", "urandom", "getrandom"}
CLOCKS = {"datetime", "date", "os"}
HARMLESS_OF_TIME = {"sleep"}


def asks_elsewhere(source: str) -> list[str]:
    """What a file asks of time and chance without the door."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module in FORBIDDEN_MODULES | {"time"}:
            found.append(str(node.module))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of_a_clock = node.attr in FORBIDDEN_CALLS and node.value.id in CLOCKS
            of_time = node.value.id == "time" and node.attr not in HARMLESS_OF_TIME
            if of_a_clock or of_time:
                found.append(f"{node.value.id}.{node.attr}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BOT)))
def test_nobody_else_reads_a_clock_or_draws_chance(path: Path) -> None:
    assert asks_elsewhere(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "time.time()",
        "from time import monotonic",
        "from secrets import token_bytes",
        "import random",
        "x = datetime.now(UTC)",
        "os.urandom(3)",
    ],
)
def test_the_look_sees_each_way_around_the_door(line: str) -> None:
    assert asks_elsewhere(line)


class Planned(nature.Nature):
    """A nature that a seed decides."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.moment = 1_800_000_000.0

    def wall(self) -> float:
        return self.moment

    def monotonic(self) -> float:
        return self.moment - 1_000_000


def drawn() -> tuple[object, ...]:
    order = list(range(20))
    nature.shuffle(order)
    return (
        nature.token(16),
        nature.word("abc", 8),
        order,
        nature.sample(range(100), 5),
        nature.between(0, 1),
        nature.now(),
        nature.monotonic(),
    )


def test_the_same_seed_draws_the_same_and_another_seed_does_not() -> None:
    seen = []
    for seed in (1, 1, 2):
        with nature.replaced(Planned(seed)):
            seen.append(drawn()[:5])
    assert seen[0] == seen[1] != seen[2]


def test_a_replaced_clock_is_the_only_clock() -> None:
    with nature.replaced(Planned(1)):
        assert nature.now().isoformat() == "2027-01-15T08:00:00+00:00"
    assert nature.wall() != 1_800_000_000.0


def test_unreplaced_chance_is_the_systems() -> None:
    assert isinstance(nature._nature.chance, secrets.SystemRandom)
    assert len({nature.token(16) for _ in range(100)}) == 100
