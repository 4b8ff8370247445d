"""Voice notes for tests: Opus in Ogg, of silence (RFC 3533, RFC 7845, RFC 6716)."""

from __future__ import annotations

import struct
import zlib

SILENCE = b"\xf8\xff\xfe"
"""Twenty milliseconds of nothing, mono."""

FRAMES_A_SECOND = 50
GRANULES_A_FRAME = 960
MOST_PARTS = 255


def voice(seconds: float = 1.0, said: str = "") -> bytes:
    """A voice note of so many seconds; `said` makes it another file."""
    frames = round(seconds * FRAMES_A_SECOND)
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    words = said.encode()
    tags = b"OpusTags" + struct.pack("<I", len(words)) + words + struct.pack("<I", 0)
    pages = [_page(2, 0, 0, [head]), _page(0, 0, 1, [tags])]
    for first in range(0, frames, MOST_PARTS):
        parts = min(MOST_PARTS, frames - first)
        last = first + parts == frames
        pages.append(_page(4 if last else 0, (first + parts) * GRANULES_A_FRAME, len(pages), [SILENCE] * parts))
    return b"".join(pages)


def picture(width: int = 8, height: int = 6, shade: int = 200) -> bytes:
    """A grey picture (PNG)."""
    rows = b"".join(b"\0" + bytes([shade]) * width for _ in range(height))
    parts = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(rows)),
        _chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _page(kind: int, granule: int, number: int, parts: list[bytes]) -> bytes:
    raw = b"OggS" + struct.pack("<BBqIII", 0, kind, granule, 7, number, 0)
    raw += bytes([len(parts)]) + bytes(map(len, parts)) + b"".join(parts)
    return raw[:22] + struct.pack("<I", _sum(raw)) + raw[26:]


def _sum(raw: bytes) -> int:
    total = 0
    for byte in raw:
        total ^= byte << 24
        for _ in range(8):
            total = (total << 1 ^ (0x04C11DB7 if total & 0x80000000 else 0)) & 0xFFFFFFFF
    return total
