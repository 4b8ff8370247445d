"""A steward's public key as one short line that people copy: `steward-` and 58 letters with a check in them."""

from __future__ import annotations

import base64
import hashlib

BYTES = 32  # X25519 (RFC 7748)
PREFIX = "steward-"

_CHECK_BYTES = 4
_LETTERS = 58  # base32 (RFC 4648) of key and check, without its padding


def written(key: bytes) -> str:
    """The line for a public key."""
    return PREFIX + base64.b32encode(key + _check(key)).decode().rstrip("=").lower()


def read(line: str) -> bytes:
    """The public key of a line. ValueError when it is none, or was copied wrongly."""
    letters = "".join(line.split()).lower().removeprefix(PREFIX)
    try:
        raw = base64.b32decode(letters.upper() + "=" * (-len(letters) % 8))
    except ValueError:
        raw = b""
    key = raw[:BYTES]
    if len(key) != BYTES or written(key) != PREFIX + letters:
        raise ValueError(
            f"this is no steward's key: it is one line that begins with {PREFIX} and has {_LETTERS} letters "
            "and digits more; copy all of it"
        )
    return key


def _check(key: bytes) -> bytes:
    return hashlib.sha256(b"aitbar steward key" + key).digest()[:_CHECK_BYTES]
