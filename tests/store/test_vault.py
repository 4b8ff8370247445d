"""The vault: interviews in progress and finished answers.

Promises:
1. A sealed place opens for its own account, slot, wave and version, with its own secret, and for nothing else.
2. A place comes back as it was sealed; its box is as long as one of three sizes, whatever was answered.
3. No nonce is ever used twice.
4. Answers are sent exactly once, however many try at the same moment.
5. The receipt can be derived again after sending, and only with the secret; it takes the answers back, once.
6. Nothing in the pool stands in ledger or session, but for the wave's name.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.flow import REVIEW, Place
from bot.store import Store
from bot.store.vault import NONCE_BYTES, PADDED, dump_body, dump_place, load_body, load_place
from tests.store.sample import TODAY, WOMAN_OF_SWAT, begin, kept, open_wave, rows, send, send_many, tag_of

CODES = st.text("abcdefghij_", min_size=1, max_size=12)
ANSWERS = st.dictionaries(
    CODES, CODES | st.integers(0, 10**8) | st.lists(CODES, min_size=1).map(tuple), max_size=30
)
PLACES = st.builds(
    Place,
    language=st.sampled_from(["ur", "ps", "en"]),
    at=CODES | st.just(REVIEW),
    step=st.integers(1, 9_999),
    answers=ANSWERS,
    picked=st.lists(CODES, max_size=5).map(tuple),
    pending=st.none() | CODES | st.integers(0, 99) | st.lists(CODES, min_size=1, max_size=3).map(tuple),
    marks=st.lists(st.integers(1, 2**31), max_size=3).map(tuple),
)
TAG_BYTES = len(tag_of(0))
AEAD_BYTES = 16


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


@pytest.fixture
def wave(store: Store) -> str:
    return open_wave(store)


# -- sealed places --------------------------------------------------------------------------------------


def test_a_place_opens_for_nobody_else(store: Store, wave: str) -> None:
    other_wave = open_wave(store)
    with store.transaction() as tx:
        secret = begin(tx, wave, 1)
        assert tx.vault.open(secret, wave, 1, tag_of(1)) == Place("en", REVIEW, answers=WOMAN_OF_SWAT)
        assert tx.vault.open(secret, wave, 1, tag_of(2)) is None, "another account"
        assert tx.vault.open(secret, wave, 1, tag_of(1, slot=1)) is None, "another person of the phone"
        assert tx.vault.open(secret, other_wave, 1, tag_of(1)) is None, "another wave"
        assert tx.vault.open(secret, wave, 2, tag_of(1)) is None, "another version"
        assert tx.vault.open(bytes(16), wave, 1, tag_of(1)) is None, "another secret"


def test_a_box_put_in_the_place_of_another_does_not_open(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        mine, yours = begin(tx, wave, 1), begin(tx, wave, 2)
        tx.connection.exec_driver_sql("CREATE TEMP TABLE two AS SELECT loc, box FROM session")
        tx.connection.exec_driver_sql(
            "UPDATE session SET box = (SELECT box FROM two WHERE two.loc != session.loc LIMIT 1)"
        )
        assert tx.vault.open(mine, wave, 1, tag_of(1)) is None
        assert tx.vault.open(yours, wave, 1, tag_of(2)) is None


def test_without_the_server_key_nothing_opens(store: Store, wave: str, tmp_path: Path) -> None:
    with store.transaction() as tx:
        secret = begin(tx, wave, 1)
    (tmp_path / "keys" / "server.key").write_bytes(bytes(32))
    with kept(tmp_path) as other, other.transaction() as tx:
        assert tx.vault.open(secret, wave, 1, tag_of(1)) is None


@given(PLACES)
def test_a_place_comes_back_as_it_was(place: Place) -> None:
    assert load_place(dump_place(place)) == place


@given(PLACES)
def test_a_place_is_as_long_as_one_of_three_sizes(place: Place) -> None:
    assert len(dump_place(place)) in PADDED


def test_a_box_is_as_long_at_the_first_question_as_at_the_last(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        begin(tx, wave, 1, Place("en", "district"))
        begin(tx, wave, 2)
    sizes = {len(box) for (box,) in rows(store, "SELECT box FROM session")}
    assert sizes == {NONCE_BYTES + PADDED[0] + AEAD_BYTES}


def test_a_place_longer_than_its_box_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 8192"):
        dump_place(Place("en", "q", answers={f"q{n}": "x" * 32 for n in range(300)}))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # long, and the same on both
def test_no_nonce_is_used_twice_in_two_thousand_writes(store: Store, wave: str) -> None:
    nonces = set()
    with store.transaction() as tx:
        secret = begin(tx, wave, 1)
        place = Place("en", REVIEW, answers=WOMAN_OF_SWAT)
        for _ in range(2_000):
            tx.vault.seal(secret, wave, 1, tag_of(1), place, TODAY)
            nonces.add(tx.connection.exec_driver_sql("SELECT substr(box, 1, 12) FROM session").scalar())
    assert len(nonces) == 2_000


# -- sending --------------------------------------------------------------------------------------------


def test_twenty_who_send_at_once_are_counted_once(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        secrets = [begin(tx, wave, 1) for _ in range(20)]
    won: list[bool] = []
    ready = threading.Barrier(20)

    def race(secret: bytes) -> None:
        ready.wait()
        with store.transaction() as tx:
            won.append(tx.vault.submit(secret, wave, tag_of(1), "", dump_body(WOMAN_OF_SWAT, "en"), True))

    threads = [threading.Thread(target=race, args=(secret,)) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 19 + [True]
    assert rows(store, "SELECT count(*) FROM pool") == [(1,)]
    assert rows(store, "SELECT done FROM ledger") == [(1,)]


def test_who_never_began_cannot_send(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        assert not tx.vault.submit(bytes(16), wave, tag_of(1), "", "{}", True)
    assert rows(store, "SELECT count(*) FROM pool") == [(0,)]


def test_sending_leaves_no_open_interview_and_a_mark_that_is_done(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        send(tx, wave, 1)
        assert tx.vault.mark(wave, tag_of(1)) == 1
        tx.vault.begin(wave, tag_of(1))
        assert tx.vault.mark(wave, tag_of(1)) == 1, "beginning again does not open what was sent"
    assert rows(store, "SELECT count(*) FROM session") == [(0,)]


def test_only_a_mark_that_is_not_done_is_taken_away(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        send(tx, wave, 1)
        begin(tx, wave, 2)
        for person in (1, 2):
            tx.vault.unmark(wave, tag_of(person))
        assert [tx.vault.mark(wave, tag_of(person)) for person in (1, 2)] == [1, None]


def test_nothing_in_the_pool_stands_in_ledger_or_session(store: Store, wave: str) -> None:
    send_many(store, wave, range(5))
    with store.transaction() as tx:
        begin(tx, wave, 9)
    known = {
        value
        for table in ("ledger", "session")
        for row in rows(store, f"SELECT * FROM {table}")  # noqa: S608 - our own tables
        for value in row
    }
    pooled = {value for row in rows(store, "SELECT rid, wave, body, rhash FROM pool") for value in row}
    assert known & pooled == {wave}
    prefixes = {value[:8] for value in known if isinstance(value, bytes)}
    assert not any(isinstance(value, bytes) and value[:8] in prefixes for value in pooled)


# -- the receipt ----------------------------------------------------------------------------------------


def test_the_receipt_is_derived_again_after_sending(store: Store, wave: str) -> None:
    with store.transaction() as tx:
        secret = begin(tx, wave, 1)
        before = tx.vault.receipt(secret)
        assert tx.vault.received(secret) is None
        assert tx.vault.submit(secret, wave, tag_of(1), "", dump_body(WOMAN_OF_SWAT, "ps"), True)
    with store.transaction() as tx:
        assert tx.vault.receipt(secret) == before
        assert tx.vault.received(secret) == "ps"
        assert tx.vault.received(bytes(16)) is None
    assert len(before) == 20
    assert before.isdecimal()


def test_the_receipt_takes_the_answers_back_once(store: Store, wave: str) -> None:
    first, second = send_many(store, wave, range(2))
    with store.transaction() as tx:
        assert tx.vault.withdraw(first)
        assert not tx.vault.withdraw(first)
        assert not tx.vault.withdraw("0" * 20)
        assert tx.vault.mark(wave, tag_of(0)) == 1, "no second answer in this wave"
    assert rows(store, "SELECT count(*) FROM pool") == [(1,)]
    with store.transaction() as tx:
        assert tx.vault.withdraw(second)


@given(ANSWERS, st.sampled_from(["ur", "ps", "en"]))
def test_finished_answers_are_read_as_they_were_written(
    answers: dict[str, str | int | tuple[str, ...]], language: str
) -> None:
    assert load_body(dump_body(answers, language)) == (answers, language)
