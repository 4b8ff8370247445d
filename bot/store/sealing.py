"""Sealing to a steward: whoever has the public key can close a box, only the steward's computer can open it.

Laws:
1. HPKE in base mode (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305, as the library `cryptography` does
   it; none of our own. A fresh key of one use for every box.
2. Every box is as long as a power of two and what HPKE adds: its length tells nothing within that step. Whoever
   gives the same `least` for all answers of a question makes them all alike.
3. A box opens only under what it was bound to (HPKE's `info`): another wave or question opens nothing.
The private key lies in a file on the steward's computer, never on the server.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

LEAST = 1024
"""Bytes of the smallest box's inside."""

_LENGTH_BYTES = 4
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealTrouble(Exception):
    """A steward's key or a box cannot be used; the text says why and what to do."""


def seal(key: bytes, plain: bytes, bound: bytes, least: int = LEAST) -> bytes:
    """Close a box to a public key. `least` is the most that such a box is expected to hold, in bytes."""
    padded = len(plain).to_bytes(_LENGTH_BYTES, "big") + plain
    size = 1 << (max(len(padded), least, LEAST) - 1).bit_length()
    return _SUITE.encrypt(padded.ljust(size, b"\0"), X25519PublicKey.from_public_bytes(key), bound)


def unseal(private: X25519PrivateKey, box: bytes, bound: bytes) -> bytes:
    """What lies in a box. SealTrouble when it was closed to another key, bound elsewhere, or damaged."""
    try:
        padded = _SUITE.decrypt(box, private, bound)
    except (InvalidTag, ValueError):
        raise SealTrouble("This was sealed to another key, or is damaged.") from None
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def public_of(private: X25519PrivateKey) -> bytes:
    """The public key that belongs to a private one."""
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def make_key(path: Path, passphrase: str = "") -> bytes:
    """Draw a key, write its private half into a new file for this user's eyes only; returns the public half."""
    private = X25519PrivateKey.generate()
    kept = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise SealTrouble(f"There is a file {path} already. Name another; a key is never written over.") from None
    except OSError as error:
        raise SealTrouble(f"The file {path} cannot be written ({error.strerror}).") from None
    return public_of(private)


def read_key(path: Path, passphrase: str = "") -> X25519PrivateKey:
    """The private key in a file. SealTrouble when others can read it, it is none, or the passphrase is wrong."""
    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise SealTrouble(f"The key file {path} cannot be read ({error.strerror}).") from None
    if mode & 0o077:
        raise SealTrouble(f"The key file {path} can be read by others. Run: chmod 600 {path}")
    try:
        private = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError:  # one of the two has no passphrase
        raise SealTrouble(f"The key file {path} and the passphrase do not go together.") from None
    except ValueError:
        raise SealTrouble(f"The passphrase is wrong, or {path} is no steward's key.") from None
    if not isinstance(private, X25519PrivateKey):
        raise SealTrouble(f"{path} is no steward's key. One is made with: aitbar steward keygen --out FILE")
    return private


def has_passphrase(path: Path) -> bool:
    """True when the key in this file waits for a passphrase."""
    try:
        return b"ENCRYPTED" in path.read_bytes()[:64]
    except OSError:
        return False
