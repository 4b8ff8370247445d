"""The running sums of a wave as they are kept: read for every digest, added to when a release closes blocks.

Laws:
1. They change in the transaction that closes the blocks, and with nothing else: a withdrawal touches none (R6).
2. They are made of `block`, `block_count` and `block_sum` alone, so they can be made again, and are the same.
3. Where a wave has blocks and no sums (an older database, a backup that came back) they are made at the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, select

from bot.core.cells import Node
from bot.core.running import Block, Own, Running, Sums, View
from bot.core.survey import Survey
from bot.store import tables as t
from bot.store.nodes import read_node, write_node


class _Node(NamedTuple):
    """A row of `running_node`, without its wave."""

    node: str
    n: int
    burst: int
    earlier: int
    earlier_burst: int


class _Sum(NamedTuple):
    """A row of `running_sum`, without its wave."""

    view: str
    question: str
    code: str
    shown: int
    held: int
    earlier: int


@dataclass(frozen=True)
class _Rows:
    """All that the two tables hold of a wave."""

    nodes: frozenset[_Node]
    sums: frozenset[_Sum]


def shown(db: Connection, wave: str) -> Sums:
    """What may be shown of all blocks of a wave."""
    nodes, sums = t.running_node.c, t.running_sum.c
    return Sums(_nodes(db, wave, nodes.n, nodes.burst), _views(db, wave, sums.shown))


def earlier(db: Connection, wave: str) -> Sums:
    """What could be shown of it before the latest release that closed a block."""
    nodes, sums = t.running_node.c, t.running_sum.c
    return Sums(_nodes(db, wave, nodes.earlier, nodes.earlier_burst), _views(db, wave, sums.earlier))


def add(db: Connection, wave: str, survey: Survey, k: int, blocks: Iterable[Block]) -> None:
    """Add the blocks that one release has just closed."""
    running = Running(survey, k, shown(db, wave), held=_views(db, wave, t.running_sum.c.held))
    for block in blocks:
        running.add(block)
    _write(db, wave, _rows(running))


@dataclass(frozen=True)
class Made:
    """The sums of a wave as its blocks make them, up to the one with the number `last` (0: there is none)."""

    rows: _Rows
    last: int


def make(survey: Survey, k: int, blocks: Sequence[Block]) -> Made:
    """Make the sums of a wave anew; of many blocks that takes seconds, in which nobody need wait."""
    running = Running(survey, k)
    for block in blocks:
        running.add(block)
    return Made(_rows(running), blocks[-1].no if blocks else 0)


def put(db: Connection, wave: str, made: Made) -> bool | None:
    """Put them in place; True where they were not so before, None where blocks were closed in the meantime."""
    last = db.execute(select(func.coalesce(func.max(t.block.c.no), 0)).where(t.block.c.wave == wave)).scalar()
    if last != made.last:
        return None
    if made.rows == _kept(db, wave):
        return False
    _write(db, wave, made.rows)
    return True


def missing(db: Connection) -> list[str]:
    """The waves that have blocks and no sums."""
    made = select(t.running_node.c.wave)
    return list(db.execute(select(t.block.c.wave).distinct().where(t.block.c.wave.not_in(made))).scalars())


Number = ColumnElement[int]


def _nodes(db: Connection, wave: str, people: Number, burst: Number) -> dict[Node, Own]:
    nodes = t.running_node.c
    query = select(nodes.node, people, burst).where(nodes.wave == wave, people > 0)
    return {read_node(node): Own(n, bool(many)) for node, n, many in db.execute(query)}


def _views(db: Connection, wave: str, value: Number) -> dict[Node, View]:
    sums = t.running_sum.c
    found: dict[str, View] = {}
    query = select(sums.view, sums.question, sums.code, value).where(sums.wave == wave, value != 0)
    for view, question, code, total in db.execute(query):
        found.setdefault(view, View())[question, code] = total
    return {read_node(view): counts for view, counts in found.items()}


def _kept(db: Connection, wave: str) -> _Rows:
    def rows(table: Table, names: Sequence[str]) -> Iterator[Row[Any]]:
        yield from db.execute(select(*(table.c[name] for name in names)).where(table.c.wave == wave))

    return _Rows(
        frozenset(_Node._make(row) for row in rows(t.running_node, _Node._fields)),
        frozenset(_Sum._make(row) for row in rows(t.running_sum, _Sum._fields)),
    )


def _rows(running: Running) -> _Rows:
    """As they stand in the tables, where no row is all zeros."""
    now, before = running.shown, running.earlier
    nodes = set()
    for node, own in now.nodes.items():
        was = before.nodes.get(node, Own())
        nodes.add(_Node(write_node(node), own.n, int(own.burst), was.n, int(was.burst)))
    sums = set()
    for view in {*now.views, *running.held}:
        counts, held, were = now.view(*view), running.held.get(view, View()), before.view(*view)
        for entry in {*counts, *held}:
            values = (counts[entry], held[entry], were[entry])
            if any(values):
                sums.add(_Sum(write_node(view), *entry, *values))
    return _Rows(frozenset(nodes), frozenset(sums))


def _write(db: Connection, wave: str, rows: _Rows) -> None:
    for table, some in ((t.running_node, sorted(rows.nodes)), (t.running_sum, sorted(rows.sums))):
        db.execute(delete(table).where(table.c.wave == wave))
        if some:
            db.execute(insert(table), [{"wave": wave, **row._asdict()} for row in some])
