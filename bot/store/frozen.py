"""What a block keeps when it closes: counts of answers and sums of indexes, written once and never changed.

Laws:
1. Both are made of the block's people alone, in the transaction that releases them.
2. Nothing is ever added or taken away: somebody who takes answers back changes no count and no sum (R6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, insert, select

from bot.core import cohorts
from bot.core.blocks import Block, Entry, count
from bot.core.indexes import sums
from bot.core.survey import Answer, Survey
from bot.store import tables as t
from bot.store.nodes import read_node


def freeze(
    db: Connection,
    wave: str,
    no: int,
    survey: Survey,
    people: Sequence[tuple[Mapping[str, Answer], str]],
    kinds: Iterable[str] = (),
) -> None:
    """Count the answers and languages of a block's people, and sum their scores where the survey has indexes.

    `kinds` are the kinds of groups they were invited by, where the wave counts them.
    """
    counted = {**count(survey, people), **cohorts.counted(kinds)}
    summed = sums(survey, (answers for answers, _ in people))
    db.execute(
        insert(t.block_count),
        [{"wave": wave, "no": no, "question": id, "code": code, "n": n} for (id, code), n in counted.items()],
    )
    if summed:
        db.execute(
            insert(t.block_sum),
            [{"wave": wave, "no": no, "name": name, "value": value} for name, value in summed.items()],
        )


def blocks(db: Connection, wave: str, since: int = 1) -> list[Block]:
    """The closed blocks of a wave in the order of their numbers, from this number on."""
    counts, sums = _counts(db, wave, since), _index_sums(db, wave, since)
    rows = db.execute(select(t.block).where(t.block.c.wave == wave, t.block.c.no >= since).order_by(t.block.c.no))
    return [
        Block(
            row.no,
            read_node(row.node),
            row.n,
            bool(row.burst),
            counts.get(row.no, {}),
            sums.get(row.no, {}),
            row.release,
        )
        for row in rows
    ]


def _counts(db: Connection, wave: str, since: int) -> dict[int, dict[Entry, int]]:
    found: dict[int, dict[Entry, int]] = {}
    kept = t.block_count.c
    query = select(kept.no, kept.question, kept.code, kept.n).where(kept.wave == wave, kept.no >= since)
    for no, question, code, n in db.execute(query):
        found.setdefault(no, {})[question, code] = n
    return found


def _index_sums(db: Connection, wave: str, since: int) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    kept = t.block_sum.c
    for no, name, value in db.execute(
        select(kept.no, kept.name, kept.value).where(kept.wave == wave, kept.no >= since)
    ):
        found.setdefault(no, {})[name] = value
    return found
