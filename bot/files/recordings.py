"""Files of sound and pictures beside a survey: held against what a phone plays and shows, known by their content.

    surveys/audio/<survey>/<name>.ogg       recordings that the survey file names
    surveys/pictures/<survey>/<name>.png    pictures that it names
    <data>/recordings/<survey>/             recordings that coordinators made in the chat, with their index

Laws:
1. What is named by the hash of its bytes is handed out only while it has that hash.
2. Nothing is read that is no ordinary file, or is larger than it may be.
3. A recording made in the chat stands for the words that were read out, and for no others.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MOST_BYTES = 2**20
"""A longer OGG file arrives as a document, not as a voice note (Bot API, sendVoice)."""

MOST_SECONDS = 20
"""A question that takes longer to say is not kept in mind."""

MOST_PICTURE_BYTES = 2 * 2**20
"""What a phone on a slow network waits for; Telegram takes 10 MB."""

MOST_PIXELS = 10_000
"""Width and height of a picture together (Bot API, sendPhoto)."""

MOST_NARROW = 20
"""How many times longer than wide a picture may be (Bot API, sendPhoto)."""

INDEX = "index.json"

KINDS = ("audio", "pictures")
"""The folders beside survey files."""

_GRANULES = 48_000
"""A second of Opus, whatever was recorded (RFC 7845, section 4)."""

_PAGE = struct.Struct("<4sBBqIIIB")


class Unfit(Exception):
    """These bytes are no such file; the text is the problem's id, `found` is what was found."""

    def __init__(self, problem: str, found: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.found = found


# -- sound ------------------------------------------------------------------------------------------------


def check_sound(content: bytes, most_bytes: int = MOST_BYTES, most_seconds: float = MOST_SECONDS) -> float:
    """How many seconds an OGG/Opus file plays. Raises Unfit for anything else, or what is too long."""
    if len(content) > most_bytes:
        raise Unfit("recording-large", f"{len(content) / 2**20:.1f} MB")
    pages = list(_pages(content))
    first = pages[0][1] if pages else b""
    if len(pages) < 2 or first[:8] != b"OpusHead" or len(first) < 19:
        raise Unfit("recording-bad")
    skipped: int = struct.unpack_from("<H", first, 10)[0]
    seconds = max(0, max(granule for granule, _ in pages) - skipped) / _GRANULES
    if not seconds:
        raise Unfit("recording-bad")
    if seconds > most_seconds:
        raise Unfit("recording-long", f"{seconds:.0f} s")
    return seconds


def _pages(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The pages of an OGG file from its first byte to its last (RFC 3533): where each ends in time, its bytes."""
    at = 0
    while at < len(content):
        try:
            mark, version, _kind, granule, _serial, _number, _sum, segments = _PAGE.unpack_from(content, at)
        except struct.error:
            raise Unfit("recording-bad") from None
        body = at + _PAGE.size + segments
        end = body + sum(content[at + _PAGE.size : body])
        if mark != b"OggS" or version or end > len(content):
            raise Unfit("recording-bad")
        yield granule, content[body:end]
        at = end


# -- pictures ---------------------------------------------------------------------------------------------


def check_picture(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG file. Raises Unfit for anything else, or what is too large."""
    if len(content) > MOST_PICTURE_BYTES:
        raise Unfit("picture-large", f"{len(content) / 2**20:.1f} MB")
    width, height = _png(content) or _jpeg(content) or (0, 0)
    if not width or not height:
        raise Unfit("picture-bad")
    if width + height > MOST_PIXELS or max(width, height) > MOST_NARROW * min(width, height):
        raise Unfit("picture-large", f"{width} x {height}")
    return width, height


def _png(content: bytes) -> tuple[int, int] | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """The size stands in the first "start of frame" (ITU-T T.81, annex B)."""
    if content[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + int(struct.unpack_from(">H", content, at + 2)[0])
    return None


# -- where they lie ---------------------------------------------------------------------------------------


def of_survey(file: Path, survey: str, kind: str) -> Path:
    """The folder of the recordings (`audio`) or pictures (`pictures`) of a survey file."""
    return file.parent / kind / survey


def files_beside(surveys: Path, recorded: Path | None) -> list[Path]:
    """Every file beside the surveys of a folder that may be heard or seen."""
    folders = [*(surveys / kind for kind in KINDS), *([] if recorded is None else [recorded])]
    return sorted(path for folder in folders for path in folder.glob("[!.]*/[!.]*"))


def lend(file: Path, to: Path) -> None:
    """Let a copy of a survey file that lies in `to` find what lies beside the file."""
    for kind in KINDS:
        if (file.parent / kind).is_dir():
            (to / kind).symlink_to((file.parent / kind).resolve())


def content_of(path: Path, most: int = MOST_PICTURE_BYTES) -> bytes | None:
    """The bytes of an ordinary file, one more than `most` at the most; None where there is none."""
    with suppress(OSError, ValueError):
        if path.is_file():
            with path.open("rb") as file:
                return file.read(most + 1)
    return None


def by_hash(files: Mapping[str, Path], name: str) -> bytes | None:
    """What has this hash, where it still does."""
    content = content_of(files[name]) if name in files else None
    return content if content is not None and hash_of(content) == name else None


def hash_of(content: bytes) -> str:
    """The name of these bytes."""
    return hashlib.sha256(content).hexdigest()


# -- what coordinators recorded ---------------------------------------------------------------------------


def words_hash(*words: str) -> str:
    """Names the words that a recording reads out."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def recorded(folder: Path | None, survey: str) -> Mapping[tuple[str, str], tuple[str, str]]:
    """The index of a survey's recordings made in the chat: (question, language) -> (recording, words read out)."""
    if folder is None:
        return {}
    content = content_of(folder / survey / INDEX)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    with suppress(ValueError, TypeError, AttributeError, KeyError):
        said: Any = json.loads(content or b"{}")
        for name, one in said.items():
            question, _, language = str(name).rpartition(".")
            found[question, language] = (str(one["recording"]), str(one["words"]))
    return found
