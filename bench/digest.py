"""How long a digest takes when a thousand people have answered, and when a million have: `python -m bench.digest`.

Blocks of `surveys/community-trust.yaml` are written as 52 weekly releases would close them, in every cell; no
answer is written. Then it is measured how long the figures and the words of the digest take (a picture takes as
long for few people as for many), made of the running sums, and beside it by reading every block, as it was done
before there were sums.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, insert

from bot import nature
from bot.core.blocks import Block, Publishable, count, publish
from bot.core.cells import Node
from bot.core.indexes import sums
from bot.core.survey import Survey
from bot.demo.model import villagers
from bot.digest import About, write
from bot.files.phrases import Phrases
from bot.files.shelf import pinned, surveys_folder
from bot.files.surveys import load
from bot.store import Store, Terms, Wave, write_node
from bot.store import tables as t

SURVEY = surveys_folder() / "community-trust.yaml"
SIZES = (1_000, 1_000_000)
RELEASES, K = 52, 10
BAR_MS = 200
TRIES = 20
KINDS = 50
"""So many different blocks are made up, and each is written many times."""


def main() -> None:
    """Print the figures of each size."""
    for people in SIZES:
        with tempfile.TemporaryDirectory(prefix="aitbar-bench-") as folder:
            _measure(Path(folder), people)
    print(f"bar: {BAR_MS} ms")


def _measure(folder: Path, people: int) -> None:
    store = Store(f"sqlite:///{folder}/aitbar.db", folder / "keys", pinned)
    store.prepare()
    document = load(SURVEY).document
    now = nature.now()
    with store.transaction() as tx:
        wave = tx.waves.known(tx.waves.open(document, Terms(k=K), now))
    with store.transaction() as tx:
        for block in _blocks(wave, people):
            _keep(tx.connection, wave.id, block)
    rebuilt = _took(lambda: store.rebuild_counts(wave.id))
    phrases, about = Phrases.load(), About(now.date())

    def words(figures: Publishable) -> None:
        write(figures, wave.survey, phrases, "en", about)

    with store.transaction() as tx:
        blocks = tx.waves._blocks(wave.id)
        told = tx.waves.published(wave.id)
        by_sums = _median(lambda: words(tx.waves.published(wave.id)))
        by_blocks = _median(lambda: words(_of_all(wave, tx.waves._blocks(wave.id))))
        assert told == _of_all(wave, blocks)
    print(
        f"{sum(block.n for block in blocks):,} people in {len(blocks):,} blocks: a digest from sums takes "
        f"{by_sums} (median of {TRIES}), from all blocks {by_blocks}; "
        f"the sums are made anew in {rebuilt}"
    )
    store.close()


def _of_all(wave: Wave, blocks: list[Block]) -> Publishable:
    return publish(wave.survey, wave.id, wave.partition, wave.rule, blocks)


def _blocks(wave: Wave, people: int) -> Iterator[Block]:
    """Blocks of k people or a multiple of it, one in every cell at every release, until all are in one."""
    cells = wave.partition.nodes()
    factor = max(1, round(people / (RELEASES * len(cells) * K)))
    kinds = list(_kinds(wave.survey))
    chance = random.Random(people)
    for no in range(1, people // (factor * K) + 1):
        release, cell = divmod(no - 1, len(cells))
        yield _block(no, cells[cell], release + 1, factor, chance.choice(kinds))


Kind = tuple[Mapping[tuple[str, str], int], Mapping[str, int]]


def _kinds(survey: Survey) -> Iterator[Kind]:
    """The counts and sums of k people each."""
    for seed in range(KINDS):
        some = villagers(survey, K, seed)
        yield (
            count(survey, [(one.answers, one.language) for one in some]),
            sums(survey, (one.answers for one in some)),
        )


def _block(no: int, node: Node, release: int, factor: int, kind: Kind) -> Block:
    counts, scored = kind
    counts = {entry: factor * n for entry, n in counts.items()}
    scored = {name: factor * value for name, value in scored.items()}
    return Block(no, node, factor * K, False, counts, scored, release)


def _keep(db: Connection, wave: str, block: Block) -> None:
    """Write a block as a release does."""
    key = {"wave": wave, "no": block.no}
    own = {"node": write_node(block.node), "n": block.n, "burst": 0, "release": block.release}
    db.execute(insert(t.block).values(**key, **own))
    counts = [{**key, "question": id, "code": code, "n": n} for (id, code), n in block.counts.items()]
    scored = [{**key, "name": name, "value": value} for name, value in block.sums.items()]
    _insert(db, t.block_count, counts)
    _insert(db, t.block_sum, scored)


def _insert(db: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        db.execute(insert(table), rows)


@dataclass(frozen=True, order=True)
class Took:
    """Seconds of the processor, which a busy machine does not lengthen much, and by the clock."""

    processor: float
    clock: float

    def __str__(self) -> str:
        return f"{1000 * self.processor:,.0f} ms of the processor, {1000 * self.clock:,.0f} by the clock"


def _took(work: Callable[[], object]) -> Took:
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return Took(time.process_time() - processor, time.perf_counter() - clock)


def _median(work: Callable[[], object]) -> Took:
    tries = [_took(work) for _ in range(TRIES)]
    return Took(statistics.median(one.processor for one in tries), statistics.median(one.clock for one in tries))


if __name__ == "__main__":
    main()
