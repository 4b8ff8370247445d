"""Sealed to a steward: only the private key opens a box, and its length tells next to nothing.

Promises:
1. What was sealed comes out as it went in, also a hundred kilobytes; another key, another binding, a changed
   byte open nothing.
2. Boxes of one kind are of one length, whatever is in them; no two are alike.
3. A key file is for its owner's eyes; a passphrase must be right; a public key that was copied wrongly is refused.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core import steward_key
from bot.store.sealing import SealTrouble, has_passphrase, make_key, public_of, read_key, seal, unseal

STEWARD = X25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = public_of(STEWARD)


@given(st.binary(max_size=3000), st.binary(max_size=40))
def test_what_was_sealed_comes_out_as_it_went_in(plain: bytes, bound: bytes) -> None:
    assert unseal(STEWARD, seal(KEY, plain, bound), bound) == plain


def test_a_hundred_kilobytes_can_be_sealed() -> None:
    plain = os.urandom(100_000)
    box = seal(KEY, plain, b"voice")
    assert unseal(STEWARD, box, b"voice") == plain
    assert len(box) == len(seal(KEY, b"short", b"voice", least=100_004)), "a kind of answer has one length"


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_opens_nothing(place: int, change: int) -> None:
    box = bytearray(seal(KEY, b"words", b"wave"))
    box[place % len(box)] ^= change
    # The last bit of an X25519 key is ignored by the curve, but HPKE binds all of it (RFC 9180, 4.1).
    with pytest.raises(SealTrouble):
        unseal(STEWARD, bytes(box), b"wave")


def test_another_key_and_another_binding_open_nothing() -> None:
    box = seal(KEY, b"words", b"wave|question")
    with pytest.raises(SealTrouble):
        unseal(X25519PrivateKey.generate(), box, b"wave|question")
    with pytest.raises(SealTrouble):
        unseal(STEWARD, box, b"wave|other")
    with pytest.raises(SealTrouble):
        unseal(STEWARD, b"too short", b"wave|question")


@given(st.integers(0, 1020), st.integers(0, 1020))
def test_boxes_of_one_kind_are_of_one_length_and_never_alike(one: int, other: int) -> None:
    boxes = [seal(KEY, b"a" * length, b"") for length in (one, other)]
    assert len(boxes[0]) == len(boxes[1])
    assert boxes[0] != boxes[1]
    assert b"aaaaaaaa" not in boxes[0]


@pytest.mark.parametrize("passphrase", ["", "چابی and more"])
def test_a_key_file_is_for_its_owners_eyes_and_opens_what_its_public_half_sealed(
    tmp_path: Path, passphrase: str
) -> None:
    path = tmp_path / "steward.pem"
    public = make_key(path, passphrase)
    assert path.stat().st_mode & 0o777 == 0o600
    assert has_passphrase(path) is bool(passphrase)
    assert unseal(read_key(path, passphrase), seal(public, b"words", b""), b"") == b"words"
    with pytest.raises(SealTrouble, match="passphrase"):
        read_key(path, "another")
    with pytest.raises(SealTrouble, match="already"):
        make_key(path)
    path.chmod(0o644)
    with pytest.raises(SealTrouble, match="chmod 600"):
        read_key(path, passphrase)


def test_what_is_no_key_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "steward.pem"
    path.write_bytes(b"not a key")
    path.chmod(0o600)
    with pytest.raises(SealTrouble, match="no steward's key"):
        read_key(path)
    with pytest.raises(SealTrouble, match="cannot be read"):
        read_key(tmp_path / "none")
    with pytest.raises(SealTrouble, match="cannot be written"):
        make_key(tmp_path / "no folder" / "key")


@given(st.binary(min_size=32, max_size=32))
def test_a_public_key_survives_being_copied(key: bytes) -> None:
    line = steward_key.written(key)
    assert steward_key.read(line) == key
    assert steward_key.read(f"  {line.upper()[8:]}\n") == key


@given(st.integers(0, 57), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_letter_copied_wrongly_is_noticed(place: int, letter: str) -> None:
    line = steward_key.written(KEY)
    place += len(steward_key.PREFIX)
    assume(line[place] != letter)
    wrong = line[:place] + letter + line[place + 1 :]
    with pytest.raises(ValueError, match="steward"):
        steward_key.read(wrong)


@pytest.mark.parametrize(
    "line", ["", "steward-", "steward-abc", "steward-" + "é" * 58, "steward-" + "a" * 58, "0" * 58]
)
def test_what_is_no_public_key_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="copy all of it"):
        steward_key.read(line)
