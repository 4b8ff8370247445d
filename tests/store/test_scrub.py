"""The scrub: what a stranger reads from the file after it.

Promises:
1. After the scrub the order in which twenty people of one cell answered is nowhere: concordant pairs near half.
2. A deleted text is nowhere in the database or its log.
3. A reader who is in the way is reported, not passed over; the scrub works once it is gone.
4. The scan can see: without the scrub the order is found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest

from bot.core.survey import Answer
from bot.store import Store
from tests.store.sample import kept, open_wave, rows, send_many

PEOPLE = 20
ROUNDS = 10
DEVIATION = 0.16 / ROUNDS**0.5  # of the share of concordant pairs of one shuffled twenty: sqrt((2n+5)/(18 n(n-1)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def marked(number: int) -> dict[str, Answer]:
    """The same cell for all, and a word of one's own."""
    return {"district": "swat", "gender": "woman", "met": f"marker{number:04}x"}


def offsets(path: Path, numbers: range) -> list[int]:
    """Where each person's word stands in a file."""
    content = path.read_bytes()
    return [content.rindex(f"marker{number:04}x".encode()) for number in numbers]


def concordant(places: list[int]) -> float:
    """The share of pairs that stand in the order in which they came."""
    pairs = list(combinations(places, 2))
    return sum(a < b for a, b in pairs) / len(pairs)


def test_the_order_of_arrival_is_erased(tmp_path: Path) -> None:
    shares, selected = [], []
    for turn in range(ROUNDS):  # a file each: among few rows the harm is plainest
        with kept(tmp_path / str(turn)) as store:
            wave = open_wave(store)
            for number in range(PEOPLE):
                send_many(store, wave, range(number, number + 1), marked(number))
            assert store.scrub_now()
            path = tmp_path / str(turn) / "data" / "aitbar.db"
            shares.append(concordant(offsets(path, range(PEOPLE))))
            order = [body for (body,) in rows(store, "SELECT body FROM pool")]
            selected.append(
                concordant([next(i for i, b in enumerate(order) if f"{n:04}x" in b) for n in range(PEOPLE)])
            )
    for found in (shares, selected):
        assert abs(sum(found) / ROUNDS - 0.5) < 4 * DEVIATION


def test_without_the_scrub_the_order_is_found(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store)
    assert store.scrub_now()
    for number in range(PEOPLE):
        send_many(store, wave, range(number, number + 1), marked(number))
    log = (tmp_path / "data" / "aitbar.db-wal").read_bytes()
    first = [log.index(f"marker{number:04}x".encode()) for number in range(PEOPLE)]
    assert concordant(first) == 1.0


def test_a_deleted_text_is_nowhere_after_the_scrub(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store)
    (receipt,) = send_many(store, wave, range(1), {**marked(7), "met": "unheard-of words"})
    send_many(store, wave, range(1, 4))
    with store.transaction() as tx:
        tx.vault.withdraw(receipt)
    assert store.scrub_now()
    for path in (tmp_path / "data").iterdir():
        assert b"unheard-of words" not in path.read_bytes(), path.name
    assert (tmp_path / "data" / "aitbar.db-wal").stat().st_size == 0


def test_a_reader_in_the_way_is_reported_and_the_scrub_works_after_it(store: Store, tmp_path: Path) -> None:
    wave = open_wave(store)
    send_many(store, wave, range(3))
    with closing(sqlite3.connect(tmp_path / "data" / "aitbar.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM pool").fetchone()
        send_many(store, wave, range(3, 6))
        assert not store.scrub_now()
        reader.execute("ROLLBACK")
    assert store.scrub_now()


def test_a_writer_in_the_way_is_reported_too_and_not_raised(store: Store, tmp_path: Path) -> None:
    send_many(store, open_wave(store), range(3))
    with closing(sqlite3.connect(tmp_path / "data" / "aitbar.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert not store.scrub_now()
        writer.execute("ROLLBACK")
    assert store.scrub_now()
