"""Files that bots send: their ids, their size in pixels, and where they can be fetched again."""

import mimetypes
import random
import struct
from dataclasses import dataclass
from typing import Any

from bot.emulator.refusals import Refused, bad

# Bot API documentation, Sending files: 10 MB for photos, 50 MB for others, 20 MB to download.
MAX_PHOTO, MAX_FILE, MAX_DOWNLOAD = 10 * 2**20, 50 * 2**20, 20 * 2**20
_PREFIX = {"photo": "AgACAgQAAxkD", "document": "BQACAgQAAxkD"}
_FOLDER = {"photo": "photos", "document": "documents"}


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart request."""

    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class File:
    """A kept file. `id` names it to its bot, `unique_id` on the phones."""

    id: str
    unique_id: str
    kind: str
    name: str
    mime_type: str
    path: str
    data: bytes
    width: int = 0
    height: int = 0

    def shape(self) -> dict[str, Any]:
        """A `File` (Bot API documentation, File)."""
        return {**self._ids(), "file_path": self.path}

    def content(self) -> dict[str, Any]:
        """The field a Message carries: `photo` as a list of `PhotoSize`, or `document`."""
        if self.kind == "photo":
            return {"photo": [{**self._ids(), "width": self.width, "height": self.height}]}
        return {"document": {**self._ids(), "file_name": self.name, "mime_type": self.mime_type}}

    def _ids(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


def keep(kind: str, upload: Upload, number: int, chance: random.Random) -> File:
    """Check an upload as Telegram does and make it a file."""
    size = len(upload.data)
    if not size:
        raise bad("file must be non-empty")
    if size > MAX_FILE:
        raise Refused(413, "Request Entity Too Large")
    width, height = _checked_picture(upload.data) if kind == "photo" else (0, 0)
    name = upload.name or "file"
    ending = name.rpartition(".")[2] if "." in name else "bin"
    return File(
        id=_PREFIX[kind] + _letters(chance, 40),
        unique_id="AgAD" + _letters(chance, 12),
        kind=kind,
        name=name,
        mime_type=upload.mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
        path=f"{_FOLDER[kind]}/file_{number}.{ending}",
        data=upload.data,
        width=width,
        height=height,
    )


def _checked_picture(data: bytes) -> tuple[int, int]:
    if len(data) > MAX_PHOTO:
        raise bad(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    size = picture_size(data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = size
    # Bot API documentation, sendPhoto: width and height at most 10,000 together, ratio at most 20.
    if width + height > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


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


def _letters(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", k=count))
