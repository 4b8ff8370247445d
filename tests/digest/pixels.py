"""What a PNG shows, and how far two of them are apart."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

TILE = 20
"""Pixels of the side of a square that is compared by itself: a bar that grew is lost in a whole picture's mean."""

Grey = NDArray[np.float64]


def grey(png: bytes) -> Grey:
    """The brightness of every pixel, 0 to 255; the picture is of 8 bits a channel and not interlaced."""
    header, data, at = b"", b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        header, data = (body, data) if kind == b"IHDR" else (header, data + body if kind == b"IDAT" else data)
        at += length + 12
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    channels = {0: 1, 2: 3, 6: 4}[colour]
    assert (depth, interlaced) == (8, 0)
    pixels = _unfiltered(zlib.decompress(data), width, height, channels)
    return np.asarray(pixels[..., :3].mean(axis=2), dtype=np.float64)


def apart(one: bytes, other: bytes) -> float:
    """The mean absolute difference of brightness in the square where it is largest; 255 for another size."""
    if one == other:
        return 0.0
    first, second = grey(one), grey(other)
    if first.shape != second.shape:
        return 255.0
    difference = np.abs(first - second)
    rows, columns = (range(0, size, TILE) for size in difference.shape)
    return float(max(difference[y : y + TILE, x : x + TILE].mean() for y in rows for x in columns))


def _unfiltered(lines: bytes, width: int, height: int, channels: int) -> NDArray[np.uint8]:
    """The channels of every pixel, from lines that say how they differ from what is before and above."""
    stride = width * channels
    above = bytes(stride)
    whole = bytearray()
    for start in range(0, height * (stride + 1), stride + 1):
        above = _line(lines[start], lines[start + 1 : start + 1 + stride], above, channels)
        whole += above
    return np.frombuffer(bytes(whole), dtype=np.uint8).reshape(height, width, channels)


def _line(filter: int, line: bytes, above: bytes, channels: int) -> bytes:
    """One line (Portable Network Graphics, section 9); what needs no look to the left goes in one step."""
    told, over = np.frombuffer(line, dtype=np.uint8), np.frombuffer(above, dtype=np.uint8)
    if filter == 0:
        return line
    if filter == 1:
        return told.reshape(-1, channels).cumsum(axis=0, dtype=np.uint8).tobytes()
    if filter == 2:
        return (told + over).tobytes()
    found = bytearray(channels) + line
    corners = bytes(channels) + above
    for n in range(len(line)):
        left = found[n]
        guess = (left + above[n]) // 2 if filter == 3 else _paeth(left, above[n], corners[n])
        found[n + channels] = (line[n] + guess) & 255
    return bytes(found[channels:])


def _paeth(left: int, above: int, corner: int) -> int:
    """Whichever of the three is nearest to left + above - corner."""
    to_left, to_above, to_corner = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
    if to_left <= to_above and to_left <= to_corner:
        return left
    return above if to_above <= to_corner else corner
