"""Files that are sent: what kind Telegram makes of them, their ids, and where they can be fetched again."""

import mimetypes
import random
from dataclasses import dataclass, field, replace
from typing import Any

from bot.emulator.pictures import checked_size, smaller_sizes
from bot.emulator.refusals import Refused, bad
from bot.emulator.sounds import MAX_VOICE, opus_seconds, sound_type

# Bot API documentation, Sending files: 50 MB to send, 20 MB to download.
MAX_FILE, MAX_DOWNLOAD = 50 * 2**20, 20 * 2**20
KINDS = ("photo", "document", "audio", "voice")
# How TDLib calls them when one is used as another (FileType.cpp).
CALLED = {"photo": "Photo", "document": "Document", "audio": "Audio", "voice": "VoiceNote"}
_PREFIX = {
    "photo": "AgACAgQAAxkD",
    "document": "BQACAgQAAxkD",
    "audio": "CQACAgQAAxkD",
    "voice": "AwACAgQAAxkD",
}
_FOLDER = {"photo": "photos", "document": "documents", "audio": "music", "voice": "voice"}


@dataclass(frozen=True)
class Upload:
    """A file part of a request. `about` holds duration, performer and title if the sender named them."""

    name: str
    mime_type: str
    data: bytes
    about: dict[str, Any] = field(default_factory=dict)


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
    about: dict[str, Any] = field(default_factory=dict)
    smaller: tuple["File", ...] = ()  # the lesser sizes of a photo, smallest first
    whole: str = ""  # for a lesser size: the id of the photo

    def shape(self) -> dict[str, Any]:
        """A `File` (Bot API documentation, File)."""
        return {**self._ids(), "file_path": self.path}

    def content(self) -> dict[str, Any]:
        """The field a Message carries: `photo` as a list of `PhotoSize`, `document`, `audio` or `voice`."""
        if self.kind == "photo":
            return {"photo": [each._photo_size() for each in (*self.smaller, self)]}
        named = {} if self.kind == "voice" else {"file_name": self.name}
        return {self.kind: {**self.about, **named, "mime_type": self.mime_type, **self._ids()}}

    def _photo_size(self) -> dict[str, Any]:
        return {**self._ids(), "width": self.width, "height": self.height}

    def _ids(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


def keep(kind: str, upload: Upload, number: int, chance: random.Random) -> File:
    """Check an upload as Telegram does and make it a file, of another kind if it is no such thing."""
    size = len(upload.data)
    if not size:
        raise bad("file must be non-empty")
    if size > MAX_FILE:
        raise Refused(413, "Request Entity Too Large")
    width, height = checked_size(upload.data) if kind == "photo" else (0, 0)
    kind = _what_it_is(kind, upload.data)
    name = upload.name or "file"
    ending = name.rpartition(".")[2] if "." in name else "bin"
    file = File(
        id=_PREFIX[kind] + _letters(chance, 40),
        unique_id="AgAD" + _letters(chance, 12),
        kind=kind,
        name=name,
        mime_type=_mime_type(kind, upload, name),
        path=f"{_FOLDER[kind]}/file_{number}.{ending}",
        data=upload.data,
        width=width,
        height=height,
        about=_about(kind, upload),
    )
    return replace(file, smaller=_smaller(file, number, ending, chance)) if kind == "photo" else file


def _what_it_is(kind: str, data: bytes) -> str:
    """Other than Ogg/Opus, MP3 and M4A no file is a voice or a music file (Bot API documentation, sendVoice)."""
    if kind not in ("voice", "audio"):
        return kind
    sound = sound_type(data)
    too_long = kind == "voice" and sound == "audio/ogg" and len(data) > MAX_VOICE
    return kind if sound and not too_long else "document"


def _mime_type(kind: str, upload: Upload, name: str) -> str:
    known = sound_type(upload.data) if kind in ("voice", "audio") else ""
    return known or upload.mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _about(kind: str, upload: Upload) -> dict[str, Any]:
    if kind not in ("voice", "audio"):
        return {}
    seconds = upload.about.get("duration") or opus_seconds(upload.data)
    words = ("performer", "title") if kind == "audio" else ()
    return {"duration": seconds, **{name: upload.about[name] for name in words if upload.about.get(name)}}


def _smaller(file: File, number: int, ending: str, chance: random.Random) -> tuple[File, ...]:
    return tuple(
        replace(
            file,
            id=_PREFIX["photo"] + _letters(chance, 40),
            unique_id="AgAD" + _letters(chance, 12),
            path=f"photos/file_{number}_{letter}.{ending}",
            width=width,
            height=height,
            whole=file.id,
        )
        for letter, width, height in smaller_sizes(file.width, file.height)
    )


def _letters(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", k=count))
