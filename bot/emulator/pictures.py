"""Pictures as Telegram checks them, and the sizes in which it offers them.

The emulator scales nothing: each smaller size has a file id of its own and holds the picture as it was sent.
"""

import struct
from collections.abc import Iterator

from bot.emulator.refusals import bad

MAX_PHOTO = 10 * 2**20  # bytes (Bot API documentation, sendPhoto; TDLib)
MAX_SIDES, MAX_RATIO = 10_000, 20  # width plus height; the longer by the shorter (the same)
# The long side of each size and the letter Telegram knows it by (Telegram API, Uploading and Downloading Files).
_SIZES = (("s", 100), ("m", 320), ("x", 800), ("y", 1280))


def checked_size(data: bytes) -> tuple[int, int]:
    """Width and height of a picture that may be sent as a photo, or a refusal."""
    if len(data) > MAX_PHOTO:
        raise bad(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    size = picture_size(data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > MAX_SIDES or max(size) > MAX_RATIO * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


def smaller_sizes(width: int, height: int) -> Iterator[tuple[str, int, int]]:
    """The sizes below the picture's own, smallest first: letter, width, height."""
    longest = max(width, height)
    for letter, side in _SIZES:
        if side < longest:
            yield letter, max(1, width * side // longest), max(1, height * side // longest)


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return (width, height) if width and height else None
    return _jpeg_size(data) if data[:2] == b"\xff\xd8" else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header (ITU T.81, B.2.2)."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return (width, height) if width and height else None
        place += 2 + int(struct.unpack(">H", data[place + 2 : place + 4])[0])
    return None
