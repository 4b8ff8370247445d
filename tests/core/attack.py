"""How the tests attack published figures: exact linear algebra over histories, and bounds on two-way tables."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from fractions import Fraction

Weights = frozenset[tuple[int, int]]
"""What one published figure sums: each person and how often."""


def plain(people: Iterable[int]) -> Weights:
    """A figure that sums each of these people once."""
    return frozenset((person, 1) for person in people)


def isolated(figures: Iterable[Weights]) -> int:
    """How many people's own entries some linear combination of the figures gives exactly.

    A person is isolated when the unit vector of that person lies in the row space (leverage one); people who
    stand in the same figures equally often share a column and can never be told apart, so only columns of one
    person can be isolated. Arithmetic is exact.
    """
    rows = [dict(figure) for figure in set(figures) if figure]
    columns: dict[tuple[int, ...], list[int]] = {}
    for person in sorted({person for row in rows for person in row}):
        columns.setdefault(tuple(row.get(person, 0) for row in rows), []).append(person)
    atoms = list(columns)
    alone = {place for place, pattern in enumerate(atoms) if len(columns[pattern]) == 1}
    matrix = [[Fraction(pattern[n]) for pattern in atoms] for n in range(len(rows))]
    units = {row[0] for row in map(_places, _reduced(matrix)) if len(row) == 1}
    return len(units & alone)


def close_pairs(figures: Iterable[Weights], k: int) -> int:
    """How many pairs of figures differ by some people, but by fewer than k."""
    sets = list(set(figures) | {frozenset()})
    return sum(0 < _differ(one, other) < k for place, one in enumerate(sets) for other in sets[:place])


def _differ(one: Weights, other: Weights) -> int:
    return len({person for person, _ in one ^ other})


def bounds(inner: Sequence[Sequence[int]], hidden: set[tuple[int, int]], cell: tuple[int, int]) -> tuple[int, int]:
    """The least and the most a hidden cell of a two-way table can be, when all totals and the rest are known.

    The hidden cells are a network from rows to columns; what can be pushed round through the others is the
    room this cell has (whole numbers, as the bounds of a transport problem are).
    """
    row, column = cell
    value = inner[row][column]
    more = _pushed(inner, hidden - {cell}, start=("row", row), end=("column", column), most=None)
    less = _pushed(inner, hidden - {cell}, start=("column", column), end=("row", row), most=value)
    return value - less, value + more


def _places(row: Sequence[Fraction]) -> list[int]:
    return [place for place, value in enumerate(row) if value]


def _reduced(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """The reduced row echelon form, without its empty rows."""
    done: list[list[Fraction]] = []
    for row in matrix:
        for pivot_row in done:
            factor = row[_places(pivot_row)[0]]
            if factor:
                row = [a - factor * b for a, b in zip(row, pivot_row, strict=True)]
        places = _places(row)
        if not places:
            continue
        lead = row[places[0]]
        row = [a / lead for a in row]
        done = [
            [a - other[places[0]] * b for a, b in zip(other, row, strict=True)] if other[places[0]] else other
            for other in done
        ]
        done.append(row)
    return done


Point = tuple[str, int]


def _pushed(
    inner: Sequence[Sequence[int]],
    hidden: set[tuple[int, int]],
    start: Point,
    end: Point,
    most: int | None,
) -> int:
    """The largest flow from start to end: taking from a cell goes from its row to its column, adding back."""
    endless = sum(map(sum, inner))
    room: dict[tuple[Point, Point], int] = {}
    for row, column in hidden:
        room[("row", row), ("column", column)] = inner[row][column]
        room[("column", column), ("row", row)] = endless
    total = 0
    while most is None or total < most:
        path = _path(room, start, end)
        if path is None:
            break
        step = min(room[edge] for edge in path)
        step = step if most is None else min(step, most - total)
        for one, other in path:
            room[one, other] -= step
            room[other, one] += step
        total += step
    return total


def _path(room: dict[tuple[Point, Point], int], start: Point, end: Point) -> list[tuple[Point, Point]] | None:
    came: dict[Point, Point] = {start: start}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for one, other in sorted(room):
            if one == here and other not in came and room[one, other]:
                came[other] = here
                waiting.append(other)
    if end not in came:
        return None
    path, here = [], end
    while here != start:
        path.append((came[here], here))
        here = came[here]
    return path
