"""What the block rule costs: the share of answers that are ever shown, for everybody, for women, for youth.

The model (docs/security.md): four districts, a quarter women, age groups of equal size, twelve releases of about
six answers each (74 in the mean), about three in a hundred withdrawn before their release. Blocks close by the
rule of the program itself. Answers in a block that was put together across genders are shown in the total, but
never as women's or men's: the last column says how many are.

    python -m bench.shown
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.core.blocks import Rule, Waiting, closings
from bot.core.cells import GENDER, Node, Partition
from bot.core.survey import CellPart

RUNS = 400
RELEASES = 12
FEWEST, MOST = 64, 84
"""Answers a wave."""

WOMEN = 0.25
WITHDRAWN = 0.01
"""Of those who wait, at each release: about 3 % of all."""

DISTRICTS = tuple("abcd")
GROUPS = ("all", "women", "youth")
HEAD = (
    "| age groups | k | p | leftovers | shown before close: all / women / youth "
    "| shown in the end: all / women / youth | in the end by gender: all / women |"
)


@dataclass
class Price:
    """How many kept their answers in; of those, who was shown before close, in the end, and by gender."""

    finished: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    by_gender: Counter[str] = field(default_factory=Counter)

    def shares(self, shown: Counter[str]) -> dict[str, float]:
        """The share shown of all, of women and of youth."""
        return {group: shown[group] / self.finished[group] for group in GROUPS}


def price(k: int, leave: int, bands: int, *, wait: bool, runs: int = RUNS) -> Price:
    """What is shown in so many waves; `wait` as in `--leftovers wait`."""
    found = Price()
    for run in range(runs):
        chance = random.Random(f"{run}/{k}/{leave}/{bands}")
        _one_wave(chance, Rule(k, leave, wait=wait), cells(bands), found)
    return found


def cells(bands: int) -> Partition:
    """Four districts, two genders and so many age groups."""
    codes = {"district": DISTRICTS, GENDER: ("woman", "man"), "age": tuple(f"age{n}" for n in range(bands))}
    return Partition(tuple(CellPart(name, name, {code: code for code in some}) for name, some in codes.items()))


def _one_wave(chance: random.Random, rule: Rule, partition: Partition, found: Price) -> None:
    people: dict[bytes, Node] = {}
    waiting: list[bytes] = []
    shown: dict[bytes, Node] = {}
    arrivals = Counter(chance.randrange(RELEASES) for _ in range(chance.randint(FEWEST, MOST)))
    for release in range(RELEASES + 1):
        final = release == RELEASES
        if final:
            found.before.update(_counted(people[one] for one in shown))
        for _ in range(arrivals[release]):
            person = chance.randbytes(16)
            people[person] = _someone(chance, partition)
            waiting.append(person)
        for person in [one for one in waiting if chance.random() < WITHDRAWN]:
            waiting.remove(person)
            del people[person]
        rows = [Waiting(one, people[one], first=True) for one in waiting]
        merging = (release + 1) % 3 == 0
        for block in closings(partition, rows, rule, merging=merging, final=final, draw=chance.sample):
            shown.update(dict.fromkeys(block.rids, block.node))
        waiting = [one for one in waiting if one not in shown]
    found.finished.update(_counted(people.values()))
    found.after.update(_counted(people[one] for one in shown))
    found.by_gender.update(_counted(people[one] for one, node in shown.items() if GENDER in dict(node)))


def _someone(chance: random.Random, partition: Partition) -> Node:
    gender = "woman" if chance.random() < WOMEN else "man"
    picked = {part.name: chance.choice(part.codes[:-1]) for part in partition.parts}
    return partition.cell({**picked, GENDER: gender})


def _counted(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        yield "all"
        if (GENDER, "woman") in node:
            yield "women"
        if ("age", "age0") in node:
            yield "youth"


def main() -> None:
    """Print the table of docs/security.md."""
    print(HEAD)
    print("|---" * 7 + "|")
    for bands in (3, 2):
        for k in (5, 10):
            for leave in (0, 2):
                for wait in (True, False):
                    found = price(k, leave, bands, wait=wait)
                    before, after, named = (
                        [f"{share:.2f}".removeprefix("0") for share in found.shares(shown).values()]
                        for shown in (found.before, found.after, found.by_gender)
                    )
                    cells = (bands, k, leave, "wait" if wait else "show")
                    shares = (" / ".join(before), " / ".join(after), " / ".join(named[:2]))
                    print("| " + " | ".join(map(str, (*cells, *shares))) + " |")


if __name__ == "__main__":
    main()
