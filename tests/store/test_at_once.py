"""What happens once, however many do it at the same moment, on SQLite and on PostgreSQL.

Promises:
1. A summary is claimed by one of those who tick, a proposal is decided by one of those who tap, and a code for
   ten people lets in ten.
2. What is written twice stands there once, with what was written last.
3. Chats have numbers of up to 52 bits.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.core import roles
from bot.core.cadence import Cadence
from bot.store import Contact, Store, Transaction
from bot.store.proposals import DONE, OPEN_WAVE, REFUSED, draw_id
from tests.store.sample import START, TODAY, kept, open_wave, rows

CHAT = 2**52 - 1
THREADS = 12


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def at_once(store: Store, work: Callable[[Transaction, int], object]) -> Counter[object]:
    """What came of it when many did the same at the same moment, each in a transaction of their own."""
    results: list[object] = []
    ready = threading.Barrier(THREADS)

    def one(number: int) -> None:
        ready.wait()
        with store.transaction() as tx:
            results.append(work(tx, number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(results)


def test_a_summary_is_claimed_by_one_of_those_who_tick(store: Store) -> None:
    wave = open_wave(store)
    for period in ("W48", "W49", "W50"):
        won = at_once(store, lambda tx, _, period=period: tx.desk.claim_digest(wave, CHAT, period, START))  # type: ignore[misc]
        assert won == {1: 1, None: THREADS - 1}
    assert [row[0] for row in rows(store, "SELECT chat FROM digest")] == [CHAT] * 3


def test_a_proposal_is_made_once_and_decided_once(store: Store) -> None:
    id = draw_id()
    made = at_once(store, lambda tx, n: tx.proposals.make(id, OPEN_WAVE, {"n": n}, str(CHAT), START))
    assert made == {True: 1, False: THREADS - 1}
    decided = at_once(store, lambda tx, n: tx.proposals.decide(id, DONE if n % 2 else REFUSED, START))
    assert decided == {True: 1, False: THREADS - 1}


def test_a_code_for_ten_lets_in_ten(store: Store) -> None:
    wave = open_wave(store, invited=True)
    with store.transaction() as tx:
        found = tx.waves.get(wave)
        assert found is not None
        code = tx.invites.make(found, "Girls' school", 10, 5, TODAY)
    assert at_once(store, lambda tx, _: tx.invites.take(wave, code, TODAY)) == {True: 10, False: THREADS - 10}
    with store.transaction() as tx:
        assert tx.invites.state(wave, code, TODAY) == "full"


def test_what_is_written_again_stands_there_once_as_it_was_written_last(store: Store) -> None:
    wave = open_wave(store)
    for role, every in ((roles.VIEWER, "daily"), (roles.OWNER, "weekly")):
        with store.transaction() as tx:
            tx.desk.admit(CHAT, role, "ps", START)
            tx.desk.subscribe(CHAT, wave, Cadence(every, 0, 9), START)
            tx.desk.write_mark("one", every)
            tx.contacts.keep([(wave, Contact(CHAT, "ur"))])
    with store.transaction() as tx:
        found = [(who.chat, who.role, who.language) for who in tx.desk.coordinators()]
        assert found == [(CHAT, roles.OWNER, "ps")]
        assert [one.cadence.every for one in tx.desk.subscriptions()] == ["weekly"]
        assert tx.desk.read_mark("one") == "weekly"
        assert tx.contacts.forget(CHAT) == 1
        assert tx.desk.remove(CHAT)
    assert rows(store, "SELECT count(*) FROM subscription") == [(0,)]


def test_acts_are_chained_on_both(store: Store) -> None:
    at_once(store, lambda tx, n: tx.desk.note("console", "open", f"wave {n}", START))
    with store.transaction() as tx:
        assert tx.desk.broken() is None
        tx.connection.exec_driver_sql("UPDATE audit SET what = 'nothing' WHERE no = 2")
        assert tx.desk.broken() is not None
