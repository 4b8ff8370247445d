"""Sealed words at rest: apart from all else once they are released, and found again by their code only.

Promises:
1. A wave that asks for own words is not opened without a steward's key; one that does not, keeps none.
2. Before the release the words lie sealed in the pool; at release they part from the answers: no value of a
   response stands in their row, and no response tells whether its person wrote, skipped, or what.
3. Whoever takes answers back takes the words too, before the release and after it, and through a restore.
4. The steward's file holds what k or more people wrote, tells no block, no name of a row and no order, and is the
   same for the same answers.
5. The length of what lies sealed does not depend on what was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.core.cadence import DAY
from bot.core.flow import REVIEW, Place
from bot.core.survey import Answer, Survey
from bot.store import Store, WaveTrouble, dump_body, seal_apart, tick, write_node
from bot.store.backup import back_up
from bot.store.opentext import read_bundle, thash
from bot.store.restore import restore
from bot.store.sealing import SealTrouble, public_of
from bot.store.vault import load_texts
from tests.core.sample import text
from tests.store.sample import START, TRUST, WOMAN_OF_SWAT, address, begin, kept, open_wave, rows, tag_of

STEWARD = X25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = public_of(STEWARD)
OPEN = replace(
    TRUST, id="open", questions=(*TRUST.questions, text("more", 100), text("wish", 1000)), open_text="sealed"
)


def survey(body: str) -> Survey:
    """The survey that a pinned document names."""
    return {"open": OPEN, "trust": TRUST}[json.loads(body)["survey"]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path / "one", survey) as one:
        yield one


def opened(store: Store, **terms: Any) -> str:
    """A wave that asks for own words, with blocks of five and nobody left behind."""
    return open_wave(store, survey="open", **{"steward_key": KEY, "leave_behind": 0, "schedule": "daily", **terms})


def write(store: Store, wave: str, person: int, words: str | None, wish: str | None = None) -> str:
    """Somebody answers and sends; None skips. Returns the code."""
    answers: dict[str, Answer] = {**WOMAN_OF_SWAT, "more": words or "prefer_not", "wish": wish or "prefer_not"}
    with store.transaction() as tx:
        found = tx.waves.get(wave)
        assert found is not None
        secret = begin(tx, wave, person, Place("en", REVIEW, answers=answers))
        receipt = tx.vault.receipt(secret)
        given, sealed = seal_apart(OPEN, wave, found.terms.steward_key, receipt, answers)
        cell = write_node(found.partition.cell(given))
        assert tx.vault.submit(secret, wave, tag_of(person), cell, dump_body(given, "en", sealed), True)
    return receipt


def days(store: Store, first: int, last: int) -> None:
    """Daily ticks."""
    for day in range(first, last + 1):
        with store.transaction() as tx:
            tick(tx.waves, tx.desk, START + day * DAY, UTC)


def bundle(store: Store, wave: str) -> bytes | None:
    """The steward's file."""
    with store.transaction() as tx:
        return tx.waves.open_answers(wave)


def read(content: bytes | None) -> dict[str, list[str]]:
    """Each question with what the steward reads."""
    return {} if content is None else {one.ask["en"]: list(one.words) for one in read_bundle(content, STEWARD)}


# -- promise 1 --------------------------------------------------------------------------------------------


def test_no_wave_of_own_words_without_a_stewards_key(store: Store) -> None:
    with pytest.raises(WaveTrouble, match="aitbar steward keygen"):
        opened(store, steward_key=None)
    assert rows(store, "SELECT * FROM wave") == []
    opened(store)
    open_wave(store, steward_key=KEY)
    assert sorted(rows(store, "SELECT survey, steward_key FROM wave")) == [("open", KEY), ("trust", None)]


# -- promise 2 --------------------------------------------------------------------------------------------


def test_before_the_release_the_words_lie_sealed_beside_the_answers(store: Store) -> None:
    wave = opened(store)
    write(store, wave, 1, "a story of mine")
    ((body,),) = rows(store, "SELECT body FROM pool")
    assert "story" not in body
    assert json.loads(body)["answers"]["more"] == "given"
    assert set(load_texts(body)) == {"more"}
    assert rows(store, "SELECT * FROM opentext") == []
    days(store, 1, 1)
    assert bundle(store, wave) is None, "nothing before its block has closed"


def test_after_the_release_nothing_joins_an_answer_and_the_words_of_its_person(store: Store) -> None:
    wave = opened(store)
    for person in range(10):
        write(store, wave, person, f"story {person}" if person < 8 else None, "a school" if person % 2 else None)
    days(store, 1, 3)
    responses = rows(store, "SELECT * FROM response")
    words = rows(store, "SELECT * FROM opentext")
    assert (len(responses), len(words)) == (10, 8 + 5)
    free = {wave, 1}  # the wave's name, and the block of ten or more people
    assert not (_values(responses) - free) & _values(words)
    assert {body for row in responses for body in row if isinstance(body, str) and body.startswith("{")} == {
        dump_body(WOMAN_OF_SWAT, "en")
    }, "who wrote and who skipped look alike"
    counts = dict(rows(store, "SELECT code, n FROM block_count WHERE question = 'more'"))
    assert counts == {"valid": 8, "prefer_not": 2}


def _values(table: list[tuple[object, ...]]) -> set[object]:
    """Every value, and the first bytes of long ones."""
    values = {value for row in table for value in row}
    return values | {value[:8] for value in values if isinstance(value, bytes)}


def test_what_never_reaches_a_block_goes_with_its_words(store: Store) -> None:
    wave = opened(store)
    for person in range(3):
        write(store, wave, person, "too few")
    with store.transaction() as tx:
        tx.waves.close(wave)
    days(store, 1, 3)
    assert rows(store, "SELECT * FROM pool") == rows(store, "SELECT * FROM opentext") == []


# -- promise 3 --------------------------------------------------------------------------------------------


def test_a_code_takes_the_words_back_before_and_after_the_release(store: Store) -> None:
    wave = opened(store)
    codes = [write(store, wave, person, f"story {person}", f"wish {person}") for person in range(12)]
    with store.transaction() as tx:
        assert tx.vault.withdraw(codes[0])
    days(store, 1, 3)
    assert len(rows(store, "SELECT * FROM opentext")) == 22
    with store.transaction() as tx:
        assert tx.vault.withdraw(codes[5])
        assert not tx.vault.withdraw("0" * 20)
    left = read(bundle(store, wave))
    assert {len(answers) for answers in left.values()} == {10}
    assert not any(answer.endswith((" 0", " 5")) for answers in left.values() for answer in answers)
    assert {row[0] for row in rows(store, "SELECT thash FROM opentext")}.isdisjoint(
        {thash(codes[5], "more"), thash(codes[5], "wish")}
    )


def test_words_taken_back_since_a_backup_are_taken_back_again_at_its_restore(store: Store, tmp_path: Path) -> None:
    wave = opened(store)
    codes = [write(store, wave, person, f"story {person}") for person in range(8)]
    days(store, 1, 3)
    with store.reading() as source:
        back_up(source, tmp_path / "backup", START.date(), "0")
    with store.transaction() as tx:
        assert tx.vault.withdraw(codes[2])
    store.close()
    place = tmp_path / "one"
    done = restore(address(place), place / "keys", survey, tmp_path / "backup", START + 9 * DAY, replace=True)
    assert done.unsure == ()
    with kept(place, survey) as new:
        assert sorted(read(bundle(new, wave))["more (en)"]) == [f"story {n}" for n in range(8) if n != 2]


# -- promises 4 and 5 -------------------------------------------------------------------------------------


def test_the_file_holds_what_k_people_wrote_and_nothing_that_fewer_did(store: Store) -> None:
    wave = opened(store)
    for person in range(9):
        write(store, wave, person, f"story {person}", f"wish {person}" if person < 4 else None)
    days(store, 1, 3)
    content = bundle(store, wave)
    assert {ask: sorted(answers) for ask, answers in read(content).items()} == {
        "more (en)": [f"story {n}" for n in range(9)]
    }
    assert content == bundle(store, wave)
    said = json.loads(content or b"")
    assert set(said) == {"format", "wave", "survey", "key", "k", "release", "questions"}
    assert [set(one) for one in said["questions"]] == [{"question", "ask", "counted", "sealed"}]
    (boxes,) = [one["sealed"] for one in said["questions"]]
    assert len({len(box) for box in boxes}) == 1


def test_only_the_stewards_own_key_opens_the_file(store: Store) -> None:
    wave = opened(store)
    for person in range(5):
        write(store, wave, person, "words")
    days(store, 1, 3)
    content = bundle(store, wave) or b""
    with pytest.raises(SealTrouble, match="another key"):
        read_bundle(content, X25519PrivateKey.generate())
    for damaged in (b"", b"{}", content[:-9], content.replace(b"aitbar open", b"aitbar shut"), b"[1]"):
        with pytest.raises(SealTrouble):
            read_bundle(damaged, STEWARD)
    moved = content.replace(wave.encode(), b"otherwve")
    with pytest.raises(SealTrouble):
        read_bundle(moved, STEWARD)


def test_what_lies_sealed_has_one_length_whatever_was_written(store: Store) -> None:
    wave = opened(store)
    for person, letter in enumerate("aبx🙂?"):
        write(store, wave, person, letter * (1, 100, 100, 50, 3)[person], letter * (1, 1000, 1000, 500, 3)[person])
    bodies = [row[0] for row in rows(store, "SELECT body FROM pool")]
    assert len({len(body) for body in bodies}) == 1
    days(store, 1, 3)
    lengths = set(rows(store, "SELECT question, length(sealed) FROM opentext"))
    assert lengths == {("more", 1024 + 32 + 16), ("wish", 2048 + 32 + 16)}
