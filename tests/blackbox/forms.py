"""Every form in which somebody's id, or what the key files could make of it, may lie in a file.

Written from the documents alone and imports nothing of the program: RFC 5869 for HKDF, RFC 8439 for the cipher.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import pickle
import struct
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

LABELS = (
    b"",
    b"key",
    b"loc",
    b"receipt",
    b"tag",
    b"id",
    b"contact",
    b"box",
    b"invite",
    b"text",
    b"wave",
    b"session",
)
"""What somebody with the key files would try as the purpose of a derived key."""

SLOTS = {
    "alone": b"",
    **{f"and byte {slot}": bytes([slot]) for slot in range(4)},
    **{f"and digit {slot}": str(slot).encode() for slot in range(4)},
}
"""How the place on a phone may stand behind an id."""

KEY_BYTES = 32
NO_NONCE = bytes(12)


def plain_forms(id: int) -> dict[str, bytes]:
    """An id as it stands, as text, packed, encoded, pickled and hashed."""
    text = str(id).encode()
    forms = {
        "decimal": text,
        "hex": f"{id:x}".encode(),
        "HEX": f"{id:X}".encode(),
        "utf-16": str(id).encode("utf-16-le"),
        "utf-16 be": str(id).encode("utf-16-be"),
        "base64 of text": base64.b64encode(text).rstrip(b"="),
        "pickle": pickle.dumps(id)[2:-1],
    }
    for size, order in product((5, 6, 8), ("little", "big")):
        packed = id.to_bytes(size, order)  # type: ignore[arg-type]
        forms[f"{size} bytes {order}"] = packed
        forms[f"base64 of {size} bytes {order}"] = base64.b64encode(packed).rstrip(b"=")
    for name, material in _materials(id).items():
        for digest in ("md5", "sha1", "sha256"):
            raw = hashlib.new(digest, material, usedforsecurity=False).digest()
            forms[f"{digest} of {name}"] = raw[:16]
            forms[f"{digest} of {name}, hex"] = raw.hex()[:32].encode()
    return forms


def named_forms(what: str, words: str) -> dict[str, bytes]:
    """Words (a name, an answer, a code) as text and in UTF-16."""
    return {what: words.encode(), f"{what}, utf-16": words.encode("utf-16-le")}


def keyed_forms(id: int, keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the key files themselves could make of an id: HMAC under each, with each slot."""
    return {" ".join(name): needle for name, needle in _hmacs(id, keys)}


def derived_keys(keys: Mapping[str, bytes], more: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """All keys that somebody with these files would try: each as it is, and HKDF of each and of each pair.

    `more` are public values (a wave's name, a place in a table) that may stand beside a key.
    """
    tried = dict(keys)
    pairs = [((one, a), (two, b)) for (one, a), (two, b) in product(keys.items(), keys.items())]
    pairs += [
        pair for key in keys.items() for value in (more or {}).items() for pair in ((key, value), (value, key))
    ]
    materials = {**keys, **{f"{one}+{two}": a + b for (one, a), (two, b) in pairs}}
    for (name, material), label in product(materials.items(), LABELS):
        tried[f"HKDF({name}, {label.decode()!r})"] = hkdf(material, label)
    for (one, a), (two, b) in pairs:
        tried[f"HMAC({one}, {two})"] = hmac.digest(a, b, "sha256")
    return tried


Made = tuple[tuple[str, ...], bytes]
"""The words of a name, put together only when they are needed, and what was made."""


def made_of(id: int, keys: Mapping[str, bytes]) -> Iterator[Made]:
    """What these keys can make of an id: HMAC with each slot, salted hashes, the cipher without a nonce.

    `keys` are those of `derived_keys`; what may be written as text comes in hex and in base64 too.
    """
    yield from _hmacs(id, keys)
    for (key_name, key), (form, material) in product(keys.items(), _materials(id).items()):
        for way, mixed in (("after", key + material), ("before", material + key)):
            digest = hashlib.sha256(mixed).digest()[:16]
            yield ("sha256 of", form, way, key_name), digest
            yield ("sha256 of", form, way, key_name, "hex"), digest.hex().encode()
        if len(key) == KEY_BYTES:
            sealed = ChaCha20Poly1305(key).encrypt(NO_NONCE, material, None)
            yield (form, "sealed under", key_name), sealed[: max(8, len(material))]


def _hmacs(id: int, keys: Mapping[str, bytes]) -> Iterator[Made]:
    for (key_name, key), (form, material), (slot, letters) in product(
        keys.items(), _materials(id).items(), SLOTS.items()
    ):
        tag = hmac.digest(key, material + letters, "sha256")[:16]
        yield ("hmac of", form, slot, "under", key_name), tag
        yield ("hmac of", form, slot, "under", key_name, "hex"), tag.hex().encode()
        yield ("hmac of", form, slot, "under", key_name, "base64"), base64.b64encode(tag)[:21]


def _materials(id: int) -> dict[str, bytes]:
    return {"text": str(id).encode(), "8 bytes": struct.pack(">q", id), "8 bytes le": struct.pack("<q", id)}


def hkdf(material: bytes, label: bytes, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256 without salt (RFC 5869)."""
    pseudorandom = hmac.digest(bytes(32), material, "sha256")
    out, block = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(pseudorandom, block + label + bytes([counter]), "sha256")
        out += block
    return out[:length]


def secrets_of(callbacks: Iterable[str]) -> set[str]:
    """The secrets that stand in the data of buttons (`v1:<22 letters>:...`)."""
    return {data.split(":")[1] for data in callbacks if data.startswith("v1:")}


def secret_bytes(letters: str) -> bytes:
    """The sixteen bytes of a secret as a button carries it."""
    return base64.urlsafe_b64decode(letters + "==")
