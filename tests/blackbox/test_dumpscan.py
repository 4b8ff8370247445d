"""The scanner sees: whatever is planted is found, by the check that should, and chance alone is not.

1. The scanner imports nothing of the program.
2. Each encoding of a moment, each form of an id, a shared value and its hash, an open box: each is found.
3. Six leaks planted in small installations are each caught, and none of the checks cries without them.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import struct
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.blackbox import dumpscan, planted
from tests.blackbox.dump import Dump, Haystack, Table, Value
from tests.blackbox.dumpscan import CHECKS, Look
from tests.blackbox.forms import derived_keys, hkdf, made_of, named_forms, plain_forms
from tests.blackbox.moments import Moments
from tests.blackbox.order import Pairs, concordant, concordant_by, first_seen
from tests.blackbox.truth import Soul, Truth
from tests.rig import ROOT

SCANNERS = ("dumpscan", "dump", "forms", "moments", "order", "truth", "crowd", "adversary", "backups", "screens")
NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC).timestamp()
SOUL = Soul(
    7,
    7_040_000_777,
    "Namebcdfghjklm",
    "user_nbvcxzlkjh",
    123_456_789,
    "words qwrtpsdfgh",
    receipt="1234567890" * 2,
)


def test_the_scanner_imports_nothing_of_the_program() -> None:
    modules = ", ".join(f"tests.blackbox.{name}" for name in SCANNERS)
    code = f"import sys, {modules}; print([m for m in sys.modules if m == 'bot' or m.startswith('bot.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- moments ----------------------------------------------------------------------------------------------


def _uuid(version: int) -> bytes:
    """A UUID of this moment (RFC 9562)."""
    ticks = int((NOW + 12_219_292_800) * 1e7)
    if version == 1:
        fields = (ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 | 0x1000, 0x80, 0, 1)
        return uuid.UUID(fields=fields).bytes
    if version == 6:
        return (ticks >> 12).to_bytes(6, "big") + (ticks & 0xFFF | 0x6000).to_bytes(2, "big") + b"\x80" * 8
    return int(NOW * 1e3).to_bytes(6, "big") + b"\x7f" + b"\x80" * 9


def _ulid() -> str:
    number, letters = int(NOW * 1e3), "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(letters[number >> 5 * (9 - n) & 31] for n in range(10)) + "Z" * 16


ENCODED: dict[str, Value] = {
    "whole seconds": int(NOW),
    "seconds": NOW + 0.5,
    "milliseconds": int(NOW * 1e3),
    "microseconds": int(NOW * 1e6),
    "nanoseconds": int(NOW * 1e9),
    "julian day": NOW / 86400 + 2440587.5,
    "julian day as text": str(NOW / 86400 + 2440587.5),
    "days since 1970": int(NOW // 86400),
    "ISO": "2026-11-23T07:30:00+00:00",
    "ISO with a space, a day before": "2026-11-22 08:00:00.123",
    "a day": "2026-11-23",
    "compact": "20261123T073000",
    "inside words": '{"given":"2026-11-23 07:30"}',
    "seconds as text": str(int(NOW)),
    "milliseconds as text": f"x{int(NOW * 1e3)}y",
    "8 bytes of milliseconds": struct.pack(">q", int(NOW * 1e3)),
    "8 bytes of microseconds among others": b"abc" + struct.pack("<q", int(NOW * 1e6)) + b"xyz",
    "a double": struct.pack(">d", NOW),
    "UUID version 1": _uuid(1),
    "UUID version 6": _uuid(6),
    "UUID version 7": _uuid(7),
    "UUID version 1 as text": str(uuid.UUID(bytes=_uuid(1))),
    "ULID": _ulid(),
}


@pytest.mark.parametrize("value", ENCODED.values(), ids=ENCODED.keys())
def test_a_moment_is_seen_in_each_encoding(value: Value) -> None:
    assert Moments([NOW]).told_by(value)
    assert not Moments([NOW + 40 * 86400]).told_by(value)


@pytest.mark.parametrize("form", [">Q", "<d"])
def test_a_moment_in_long_boxes_is_seen_where_rows_agree_and_not_by_chance(form: str) -> None:
    chance, scale = random.Random(2), 1e6 if form == ">Q" else 1.0

    def box(*moment: float) -> tuple[bytes]:
        told = b"".join(struct.pack(form, int(one * scale) if form == ">Q" else one) for one in moment)
        return (told + chance.randbytes(4096 - len(told)),)

    one, three = [box(NOW), *(box() for _ in range(9))], [box(NOW + number) for number in range(3)]
    assert Moments([NOW]).told_in(Table("session", "", ("box",), tuple(one), False)) == []
    assert len(Moments([NOW]).told_in(Table("session", "", ("box",), tuple(three), False))) == 1


def test_seconds_in_four_bytes_are_seen_where_rows_agree_and_random_names_tell_nothing() -> None:
    chance = random.Random(1)
    random_rows = tuple((chance.randbytes(16), chance.randbytes(32)) for _ in range(500))
    telling = tuple(
        (chance.randbytes(4) + struct.pack(">I", int(NOW) + n) + chance.randbytes(8), b"") for n in range(5)
    )
    assert Moments([NOW]).told_in(Table("pool", "", ("rid", "rhash"), random_rows, False)) == []
    told = Moments([NOW]).told_in(Table("pool", "", ("rid", "rhash"), telling, False))
    assert told == ["pool.rid as epoch s, 4 bytes big at 4 in 5 rows"]


# -- order ------------------------------------------------------------------------------------------------


def test_the_same_order_is_1_the_mirrored_one_0_and_chance_one_half() -> None:
    came, chance = list(range(20)), random.Random(2)
    assert concordant(came, came).share == 1
    assert concordant(came, came[::-1]).share == 0
    assert concordant_by(dict.fromkeys(came, 1.0), came).share == 0.5, "equal places tell nothing"
    sums = sum((concordant(came, chance.sample(came, 20)) for _ in range(40)), Pairs())
    assert (sums.all, round(sums.deviation, 3)) == (7600, 0.013), "as measured when the bar was set"
    assert sums.within(0.04)
    assert not concordant(came, came).within(0.04)
    assert not Pairs().within(0.5), "nothing compared is nothing shown"


def test_the_first_place_in_the_bytes_counts_and_what_is_not_there_is_left_out() -> None:
    assert first_seen(b"..b..a..b", {"a": b"a", "b": b"b", "c": b"c"}) == {"a": 5.0, "b": 2.0}


# -- what lies there --------------------------------------------------------------------------------------


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """A small installation made by hand, clean."""
    for name in ("data", "keys", "logs"):
        (tmp_path / name).mkdir()
    (tmp_path / "keys" / "server.key").write_bytes(bytes(range(32)))
    (tmp_path / "logs" / "bot.log").write_text("ready\n")
    truth = Truth(1, wave="wavewave", souls=[SOUL])
    look = Look(tmp_path / "data", tmp_path / "keys", tmp_path / "logs", truth)
    _run(
        look,
        "CREATE TABLE ledger (wave TEXT, tag BLOB, done INTEGER, PRIMARY KEY (wave, tag)) WITHOUT ROWID",
        "CREATE TABLE session (loc BLOB PRIMARY KEY, wave TEXT, box BLOB, expiry_day TEXT) WITHOUT ROWID",
        "CREATE TABLE pool (rid BLOB PRIMARY KEY, wave TEXT, body TEXT, rhash BLOB) WITHOUT ROWID",
    )
    return look


def _run(look: Look, *statements: str, values: tuple[Value, ...] = ()) -> None:
    with sqlite3.connect(look.data / "aitbar.db") as database:
        for statement in statements:
            database.execute(statement, values)
    database.close()
    for name in ("dump", "haystack"):
        vars(look).pop(name, None)


def test_a_clean_installation_gives_no_hit(look: Look) -> None:
    assert [hit for name, check in CHECKS.items() for hit in check(look).hits] == []


FORMS = {**plain_forms(SOUL.id), **named_forms("name", SOUL.first_name), **named_forms("user", SOUL.username)}


@pytest.mark.parametrize("place", ["data/left.tmp", "data/aitbar.db-wal", "keys/note", "logs/bot.log"])
def test_an_id_in_any_form_and_a_name_is_found_in_any_file(look: Look, tmp_path: Path, place: str) -> None:
    for needle in FORMS.values():
        (tmp_path / place).write_bytes(b"before" + needle + b"after")
        vars(look).pop("haystack", None)
        assert CHECKS["ids"](look).hits, needle
    (tmp_path / place).unlink()


def test_what_a_pair_of_keys_makes_of_an_id_is_found(look: Look) -> None:
    (look.keys / "contact.key").write_bytes(bytes(range(32, 64)))
    keys = derived_keys(dumpscan.read_keys(look.keys))
    made = dict(made_of(SOUL.id, {"pair": keys["HKDF(server.key+contact.key, 'tag')"]}))
    for needle in made.values():
        (look.data / "left").write_bytes(b"before" + needle + b"after")
        vars(look).pop("haystack", None)
        assert CHECKS["ids"](look).hits


def test_an_id_in_a_files_name_is_found(look: Look) -> None:
    (look.data / f"chat-{SOUL.id}.json").write_text("{}")
    assert CHECKS["ids"](look).hits


def test_a_tag_in_the_ledger_is_allowed_once_and_nowhere_else(look: Look) -> None:
    tag = next(
        needle for name, needle in made_of(SOUL.id, {"server.key": bytes(range(32))}) if name[2] == "and byte 0"
    )
    _run(look, "INSERT INTO ledger VALUES ('wavewave', ?, 0)", values=(tag,))
    assert CHECKS["ids"](look).hits == ()
    _run(look, "INSERT INTO session VALUES (?, 'wavewave', x'00', '2027-01-01')", values=(tag,))
    assert CHECKS["ids"](look).hits


SHARED: dict[str, Callable[[bytes], Value]] = {
    "as it is": lambda value: value,
    "its beginning": lambda value: value[:8] + b"12345678",
    "in hex": lambda value: value.hex(),
    "inside the answers": lambda value: '{"a": "' + value.hex() + '"}',
    "its hash": lambda value: hashlib.sha256(value).digest(),
    "derived under a key": lambda value: hkdf(bytes(range(32)) + value, b"")[:16],
}


@pytest.mark.parametrize("make", SHARED.values(), ids=SHARED.keys())
def test_a_value_that_joins_a_person_and_answers_is_found(look: Look, make: Callable[[bytes], Value]) -> None:
    tag = bytes(range(100, 116))
    _run(look, "INSERT INTO ledger VALUES ('wavewave', ?, 1)", values=(tag,))
    assert CHECKS["join"](look).hits == ()
    _run(look, "INSERT INTO pool VALUES (x'00', 'wavewave', ?, ?)", values=(make(tag), make(tag)))
    assert CHECKS["join"](look).hits


def test_an_open_interview_that_is_not_sealed_or_sealed_by_keys_that_lie_there_is_found(look: Look) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

    key = derived_keys(dumpscan.read_keys(look.keys))["HKDF(server.key, 'session')"]
    plain, nonce, bound = b'{"language": "en", "answers": {}}   ', bytes(range(12)), b"bound to somebody"
    boxes = {
        "plain": plain,
        "ChaCha20": nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, bound),
        "AES": nonce + AESGCM(key).encrypt(nonce, plain, bound),
    }
    for place, box in enumerate(boxes.values()):
        _run(look, "DELETE FROM session")
        _run(
            look, "INSERT INTO session VALUES (?, 'wavewave', ?, '2027-01-01')", values=(bytes([place]) * 16, box)
        )
        assert CHECKS["sealed"](look).hits


def test_a_control_that_fails_is_a_hit(look: Look) -> None:
    look.truth.souls = [Soul(1, 1, "", "", 123_456_789, state="open", secrets=["A" * 22])]
    assert any("control" in hit for hit in CHECKS["sealed"](look).hits)


def test_what_was_taken_back_and_its_code_are_found(look: Look) -> None:
    gone = Soul(**{**vars(SOUL), "state": "withdrawn"})
    look.truth.souls = [gone]
    for left in (
        b"123456789",
        b"words qwrtpsdfgh",
        SOUL.receipt[10:].encode(),
        hashlib.sha256(SOUL.receipt.encode()).digest(),
    ):
        (look.data / "aitbar.db-journal").write_bytes(b"...." + left + b"....")
        vars(look).pop("haystack", None)
        assert CHECKS["residue"](look).hits
        assert left == hashlib.sha256(SOUL.receipt.encode()).digest() or _said(look, left)


def _said(look: Look, words: bytes) -> bool:
    (look.logs / "bot.log").write_bytes(b"ready " + words + b"\n")
    return bool(CHECKS["said"](look).hits)


def test_a_schema_that_remembers_is_found(look: Look) -> None:
    for sql in (
        "CREATE TABLE more (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE later (id BLOB PRIMARY KEY, updatedAt TEXT) WITHOUT ROWID",
        "CREATE TABLE whose (id BLOB PRIMARY KEY, chat_id TEXT) WITHOUT ROWID",
    ):
        before = len(CHECKS["schema"](look).hits)
        _run(look, sql)
        assert len(CHECKS["schema"](look).hits) > before


def test_reading_a_database_leaves_nothing_beside_it(look: Look) -> None:
    before = sorted(look.data.iterdir())
    assert set(Dump(look.data / "aitbar.db").tables) == {"ledger", "session", "pool"}
    assert sorted(look.data.iterdir()) == before


def test_a_needle_too_short_to_mean_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        Haystack([tmp_path]).may_hold(b"1234")


# -- planted leaks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("leak", planted.CAUGHT_BY)
def test_a_planted_leak_is_caught_by_the_checks_that_should(leak: str) -> None:
    assert planted.missed(leak) == []
