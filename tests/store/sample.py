"""A store in a folder of its own, a survey with cells, and people who answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import inspect

from bot.core.cadence import DAY
from bot.core.flow import REVIEW, Place
from bot.core.survey import Answer, CellPart, Clocks, Index, Reach, Reminding, Survey
from bot.store import SECRET_BYTES, Store, Terms, Transaction, dump_body, tick, write_node
from bot.store.engine import is_postgres
from tests.core.sample import choice, scale, survey, words, yes_no

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = START.date()

TRUST = replace(
    survey(
        "trust",
        choice("district", "swat", "dir"),
        choice("gender", "woman", "man"),
        yes_no("met"),
    ),
    cells=(
        CellPart("district", "district", {"swat": "swat", "dir": "dir"}),
        CellPart("gender", "gender", {"woman": "woman", "man": "man"}),
    ),
)

WOMAN_OF_SWAT: dict[str, Answer] = {"district": "swat", "gender": "woman", "met": "yes"}

TELLING = replace(TRUST, id="telling", tell_result=True)
"""Asks, before its first question, whether one line shall come when there is a result."""

SCORED = replace(
    TRUST,
    id="scored",
    questions=(*TRUST.questions, *(scale(id, "none", "some", "much") for id in ("police", "courts", "council"))),
    indexes=(Index("offices", words("offices"), ("police", "courts", "council"), (), "higher"),),
)
"""Has an index over three questions."""

REMINDING = replace(TRUST, id="reminding", clocks=Clocks(7, 3, 5), reminders=Reminding(2, 2))
"""Limits its days, and writes to those who agree on the second and fourth day after the opening."""

HURTING = replace(TRUST, id="hurting", questions=(*TRUST.questions, replace(yes_no("harmed"), sensitive=True)))
"""Asks what may hurt."""

AIMED = replace(
    survey("aimed", *TRUST.questions, choice("age", "b18_29", "b30")),
    languages=("ur", "ps", "en"),
    cells=TRUST.cells,
    reach=Reach("KP", ("gender", ("woman",)), ("age", ("b18_29",))),
    targets={"women": 50, "youth": 40},
)
"""Has aims for women and youth, and says who they are."""

SURVEYS = {one.id: one for one in (TRUST, TELLING, SCORED, REMINDING, HURTING, AIMED)}


def read(body: str) -> Survey:
    """The survey that a pinned document names."""
    named: dict[str, str] = json.loads(body)
    return SURVEYS[named["survey"]]


def address(folder: Path) -> str:
    """Where the database of a folder lies; the fixture `database` puts a server in its place."""
    return f"sqlite:///{folder}/data/aitbar.db"


@contextmanager
def kept(folder: Path, surveys: Callable[[str], Survey] = read) -> Iterator[Store]:
    """A prepared store, closed afterwards."""
    store = Store(address(folder), folder / "keys", surveys)
    store.prepare()
    try:
        yield store
    finally:
        store.close()


def open_wave(store: Store, now: datetime = START, survey: str = "trust", **terms: Any) -> str:
    """Open a wave with blocks of five."""
    with store.transaction() as tx:
        return tx.waves.open({"survey": survey}, Terms(**{"k": 5, "leave_behind": 1, **terms}), now)


def tag_of(person: int, slot: int = 0) -> bytes:
    """The mark of a person of these tests."""
    return b"tag" + person.to_bytes(12, "big") + bytes([slot])


def begin(tx: Transaction, wave: str, person: int, place: Place | None = None, today: date = TODAY) -> bytes:
    """Begin an interview; returns its secret."""
    secret = tx.vault.begin(wave, tag_of(person))
    assert len(secret) == SECRET_BYTES
    tx.vault.seal(secret, wave, 1, tag_of(person), place or Place("en", REVIEW, answers=WOMAN_OF_SWAT), today)
    return secret


def send(
    tx: Transaction,
    wave: str,
    person: int,
    answers: dict[str, Answer] | None = None,
    first: bool = True,
    cohort: str = "",
) -> str:
    """Begin and send; returns the receipt."""
    secret = begin(tx, wave, person)
    found = tx.waves.get(wave)
    assert found is not None
    given = WOMAN_OF_SWAT if answers is None else answers
    cell = write_node(found.partition.cell(given))
    assert tx.vault.submit(secret, wave, tag_of(person), cell, dump_body(given, "en", None, cohort), first)
    return tx.vault.receipt(secret)


def send_many(store: Store, wave: str, people: range, answers: dict[str, Answer] | None = None) -> list[str]:
    """Many people send, one transaction each as in life; returns their receipts."""
    receipts = []
    for person in people:
        with store.transaction() as tx:
            receipts.append(send(tx, wave, person, answers))
    return receipts


def rows(store: Store, query: str) -> list[Any]:
    """What a stranger reads in the database."""
    if is_postgres(store._url):
        with psycopg.connect(store._url.replace("+psycopg", "")) as server:
            return server.execute(query.encode()).fetchall()
    assert store.folder is not None
    with closing(sqlite3.connect(store.folder / "aitbar.db")) as database:
        return database.execute(query).fetchall()


def column_names(store: Store, table: str) -> list[str]:
    """The columns of a table, as a stranger finds them."""
    return [column["name"] for column in inspect(store._engine).get_columns(table)]


def tick_at(store: Store, day: float) -> None:
    """One tick, so many days after the start."""
    with store.transaction() as tx:
        tick(tx.waves, tx.desk, START + day * DAY, UTC)
