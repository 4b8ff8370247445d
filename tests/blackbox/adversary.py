"""The adversary of the game: holds the files and two ids, knows one answer, and must say which of the two gave it.

Blind: it reads bytes, knows the documents of the program, and imports nothing of it. It tries everything that a
file could betray; each way is a strategy that says how much more one id fits than the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from tests.blackbox.dump import Dump, Haystack, Table, Value, as_bytes, database_in
from tests.blackbox.dumpscan import OF_ANSWERS, OF_COORDINATORS, read_keys
from tests.blackbox.forms import hkdf, made_of, plain_forms

SINGLE = (b"", b"key", b"tag", b"id", b"contact", b"loc")
RECEIPT_DIGITS = 20
WAL_HEADER, FRAME_HEADER = 32, 24
BESIDE_A_MARK = 12
"""Bytes before a tag in its record: the wave's name, and whether it is done."""


class Taken:
    """What was taken: the folder with data, keys and logs."""

    def __init__(self, folder: Path) -> None:
        self.dump = Dump(database_in(folder / "data"))
        self.haystack = Haystack([folder])
        self.keys = read_keys(folder / "keys")

    @cached_property
    def tried(self) -> dict[str, bytes]:
        """The keys that are tried: each file, and what is derived from it."""
        derived = {
            f"HKDF({name}, {label.decode()})": hkdf(key, label)
            for name, key in self.keys.items()
            for label in SINGLE
        }
        return {**self.keys, **derived}

    @cached_property
    def opened(self) -> list[tuple[str, int, bytes]]:
        """What each box begins with under each key: nearly all of it is noise, but not a contact's."""
        return [
            (table.name, place, _beginning(box, key))
            for table in self.core
            for place, box in enumerate(table.column("box"))
            for key in self.tried.values()
            if isinstance(box, bytes)
        ]

    @cached_property
    def core(self) -> list[Table]:
        """The tables that are not about coordinators."""
        return [table for name, table in self.dump.tables.items() if name not in OF_COORDINATORS]


@dataclass(frozen=True)
class Trace:
    """Everything about one id, or about the answer, that can be found in what was taken."""

    needles: tuple[bytes, ...]
    """What was found somewhere."""
    rows: Mapping[str, tuple[int, ...]]
    """Table -> the places of the rows that hold one of the needles, in the order of SELECT."""


def trace_of(id: int, taken: Taken) -> Trace:
    """What of an id can be found: in any form, and in what its keys open."""
    forms = [*plain_forms(id).values(), *(needle for _name, needle in made_of(id, taken.tried))]
    found = _trace(tuple(needle for needle in forms if taken.haystack.where(needle)), taken)
    rows = {name: set(places) for name, places in found.rows.items()}
    for name, place, plain in taken.opened:
        if id.to_bytes(8, "big") in plain:
            rows.setdefault(name, set()).add(place)
    return Trace(found.needles, {name: tuple(sorted(places)) for name, places in rows.items()})


def trace_of_answer(marker: int, taken: Taken) -> Trace:
    """Where the answer lies."""
    return _trace((str(marker).encode(),), taken)


def _trace(needles: tuple[bytes, ...], taken: Taken) -> Trace:
    rows = {
        table.name: tuple(place for place, row in enumerate(table.rows) if _holds(row, needles))
        for table in taken.core
    }
    return Trace(needles, {name: places for name, places in rows.items() if places})


def _holds(row: tuple[Value, ...], needles: tuple[bytes, ...]) -> bool:
    cells = [as_bytes(value) for value in row]
    return any(needle in cell for needle in needles for cell in cells)


Strategy = Callable[[Taken, int, Trace, Trace], float]
"""How well an id (with its trace) fits the trace of the answer: the larger the better."""


def nearest(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """What lies nearest to the answer, in any file, freed pages and logs included."""
    best = float("-inf")
    for content in taken.haystack.contents.values():
        there = [place for needle in answer.needles for place in _all(content, needle)]
        here = [place for needle in person.needles for place in _all(content, needle)]
        best = max([best, *(-abs(one - other) for one in here for other in there)])
    return best


def by_select(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """The same rank among the people and among the answers, in the order of SELECT (and of row numbers)."""
    return _alike(_row_ranks(taken, person), _row_ranks(taken, answer))


def by_select_backwards(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """The mirrored rank: pages are filled from their end."""
    return _alike([1 - rank for rank in _row_ranks(taken, person)], _row_ranks(taken, answer))


def by_bytes(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """The same rank by where the bytes lie in the file."""
    return _alike(
        _byte_ranks(taken.dump.raw, person, _everybody(taken)), _byte_ranks(taken.dump.raw, answer, _bodies(taken))
    )


def by_log(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """The same rank by first appearance in the database's log."""
    log = taken.dump.log
    return _alike(_byte_ranks(log, person, _everybody(taken)), _byte_ranks(log, answer, _bodies(taken)))


def by_transaction(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """The transaction of the log that first wrote the answer: did it also change what stands at the mark?"""
    seen: set[bytes] = set()
    for pages in _transactions(taken.dump.log):
        here = {
            pages[max(0, place - BESIDE_A_MARK) : place]
            for needle in person.needles
            for place in _all(pages, needle)
        }
        if any(needle in pages for needle in answer.needles):
            return float(bool(here - seen))
        seen |= here
    return 0.0


def _transactions(log: bytes) -> Iterator[bytes]:
    """The pages that each transaction of a log wrote (SQLite file format, section 4)."""
    if len(log) <= WAL_HEADER:
        return
    size = int.from_bytes(log[8:12], "big") + FRAME_HEADER
    pages = b""
    for start in range(WAL_HEADER, len(log) - size + 1, size):
        pages += log[start + FRAME_HEADER : start + size]
        if int.from_bytes(log[start + 4 : start + 8], "big"):  # the last page of its transaction
            yield pages
            pages = b""


def by_likeness(taken: Taken, id: int, _person: Trace, answer: Trace) -> float:
    """The most leading bits that anything made of the id shares with a value in the row of the answer."""
    values = [value for value in _row_values(taken, answer) if isinstance(value, bytes) and len(value) >= 8]
    heads = [int.from_bytes(value[:8], "big") for value in values]
    made = {needle[:8] for _name, needle in made_of(id, taken.keys)}
    return max(
        (64 - (int.from_bytes(one, "big") ^ head).bit_length() for one in made for head in heads), default=0
    )


def by_receipt(taken: Taken, id: int, _person: Trace, answer: Trace) -> float:
    """A code made of the id in place of a secret: does its hash stand in the row?"""
    values = {bytes(value) for value in _row_values(taken, answer) if isinstance(value, bytes)}
    for _name, guess in made_of(id, taken.keys):
        for key in taken.keys.values():
            number = int.from_bytes(hkdf(key + guess[:16], b"receipt"), "big")
            code = str(number % 10**RECEIPT_DIGITS).zfill(RECEIPT_DIGITS)
            if hashlib.sha256(code.encode()).digest() in values:
                return 1.0
    return 0.0


def by_marks(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """Several marks on one account: then a row that says it is no first one is rather theirs."""
    ledger = taken.dump.tables["ledger"]
    done = [value for place, value in enumerate(ledger.column("done")) if place in person.rows.get("ledger", ())]
    if not done or 1 not in done:
        return -1.0
    first = [row.get("first") for row in _rows_of(taken, answer)]
    return float(len(done)) if 0 in first else -float(len(done)) if 1 in first else 0.0


def by_logs(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """How far down in a log the id stands, and how far down its table the answer does."""
    ranks = []
    for path, content in taken.haystack.contents.items():
        if path.suffix == ".log":
            ranks += [place / len(content) for needle in person.needles for place in _all(content, needle)]
    return _alike(ranks, _row_ranks(taken, answer))


def by_files(taken: Taken, _id: int, person: Trace, answer: Trace) -> float:
    """Files of a person's own: their names, and when they were written."""
    said = [taken.haystack.written[path] for needle in answer.needles for path in taken.haystack.where(needle)]
    met = [taken.haystack.written[path] for needle in person.needles for path in taken.haystack.where(needle)]
    return max((-abs(one - other) for one in met for other in said), default=float("-inf"))


STRATEGIES: Mapping[str, Strategy] = {
    "nearest bytes": nearest,
    "order of SELECT": by_select,
    "order of SELECT, backwards": by_select_backwards,
    "order of bytes": by_bytes,
    "order in the log": by_log,
    "transactions in the log": by_transaction,
    "likeness of names": by_likeness,
    "a code made of the id": by_receipt,
    "several marks": by_marks,
    "place in the logs": by_logs,
    "files and their times": by_files,
}


def guesses(taken: Taken, one: int, other: int, marker: int) -> dict[str, float]:
    """For each strategy: above 0 when it says that `one` gave the answer, below 0 for `other`, 0 for no idea."""
    answer = trace_of_answer(marker, taken)
    traces = [(id, trace_of(id, taken)) for id in (one, other)]
    said = {}
    for name, strategy in STRATEGIES.items():
        mine, theirs = (strategy(taken, id, trace, answer) for id, trace in traces)
        said[name] = 0.0 if mine == theirs else 1.0 if mine > theirs else -1.0
    return said


def _beginning(box: bytes, key: bytes) -> bytes:
    """What a box of ChaCha20-Poly1305 begins with (RFC 8439), whatever it is bound to."""
    cipher = Cipher(algorithms.ChaCha20(key, (1).to_bytes(4, "little") + box[:12]), mode=None).decryptor()
    return cipher.update(box[12:44])


# -- small looks ------------------------------------------------------------------------------------------


def _all(content: bytes, needle: bytes) -> list[int]:
    places, place = [], content.find(needle)
    while place >= 0:
        places.append(place)
        place = content.find(needle, place + 1)
    return places


def _alike(some: list[float], others: list[float]) -> float:
    return max((-abs(one - other) for one in some for other in others), default=float("-inf"))


def _row_ranks(taken: Taken, trace: Trace) -> list[float]:
    return [
        place / max(1, len(taken.dump.tables[name].rows) - 1)
        for name, places in trace.rows.items()
        for place in places
    ]


def _rows_of(taken: Taken, trace: Trace) -> list[dict[str, Value]]:
    return [taken.dump.tables[name].dicts()[place] for name, places in trace.rows.items() for place in places]


def _row_values(taken: Taken, trace: Trace) -> list[Value]:
    return [value for row in _rows_of(taken, trace) for value in row.values()]


def _everybody(taken: Taken) -> list[bytes]:
    return [as_bytes(tag) for tag in taken.dump.tables["ledger"].column("tag")]


def _bodies(taken: Taken) -> list[bytes]:
    tables = [taken.dump.tables[name] for name in OF_ANSWERS if name in taken.dump.tables]
    return [as_bytes(body) for table in tables for body in table.column("body")]


def _byte_ranks(content: bytes, trace: Trace, all: list[bytes]) -> list[float]:
    """Where the first of the needles stands among all things of its kind."""
    places = sorted(place for place in (content.find(one) for one in all) if place >= 0)
    mine = [content.find(one) for one in all if any(needle in one for needle in trace.needles)]
    return [places.index(place) / max(1, len(places) - 1) for place in mine if place >= 0]
