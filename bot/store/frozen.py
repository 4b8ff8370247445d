"""What a block keeps when it closes: counts of answers and sums of indexes, written once and never changed.

Laws:
1. Both are made of the block's people alone, in the transaction that releases them.
2. Nothing is ever added or taken away: somebody who takes answers back changes no count and no sum (R6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from bot.core.blocks import Entry, count
from bot.core.indexes import sums
from bot.core.survey import Answer, Survey
from bot.store import tables as t


def freeze(
    db: Connection, wave: str, no: int, survey: Survey, people: Sequence[tuple[Mapping[str, Answer], str]]
) -> None:
    """Count the answers and languages of a block's people, and sum their scores where the survey has indexes."""
    counted = count(survey, people)
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


def counts(db: Connection, wave: str) -> dict[int, dict[Entry, int]]:
    """The counts of a wave, by the number of the block."""
    found: dict[int, dict[Entry, int]] = {}
    for row in db.execute(select(t.block_count).where(t.block_count.c.wave == wave)):
        found.setdefault(row.no, {})[row.question, row.code] = row.n
    return found


def index_sums(db: Connection, wave: str) -> dict[int, dict[str, int]]:
    """The sums of indexes of a wave, by the number of the block."""
    found: dict[int, dict[str, int]] = {}
    for row in db.execute(select(t.block_sum).where(t.block_sum.c.wave == wave)):
        found.setdefault(row.no, {})[row.name] = row.value
    return found
