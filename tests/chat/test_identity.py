"""How a person is known to the rest of the house.

Promises:
1. The same account, slot and wave give the same mark; another account, slot or wave another one.
2. A mark is a keyed hash (HMAC-SHA256, RFC 2104), so that nobody without the wave's key can test an id.
3. What leaves the room shows no id, neither printed nor among its values.
4. Every id that Telegram may give has a mark.
"""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.identity import who

IDS = st.integers(-(2**63), 2**63 - 1)
KEYS = st.binary(min_size=32, max_size=32)
SLOTS = st.integers(0, 3)


@given(IDS, IDS, KEYS, KEYS, SLOTS, SLOTS)
def test_a_mark_is_one_for_each_account_slot_and_wave(
    one: int, other: int, key: bytes, other_key: bytes, slot: int, other_slot: int
) -> None:
    same = (one, key, slot) == (other, other_key, other_slot)
    assert (who(one).tag(key, slot) == who(other).tag(other_key, other_slot)) is same


@given(IDS, KEYS, SLOTS)
def test_a_mark_is_a_keyed_hash_of_sixteen_bytes(id: int, key: bytes, slot: int) -> None:
    made = who(id).tag(key, slot)
    material = id.to_bytes(8, "big", signed=True) + bytes([slot])
    assert made == hmac.new(key, material, hashlib.sha256).digest()[:16]
    assert made != hashlib.sha256(material).digest()[:16]


@given(st.integers(10**6, 2**52))
def test_what_leaves_shows_no_id(id: int) -> None:
    person = who(id)
    assert str(id) not in repr(person)
    assert id not in vars(person).values()
