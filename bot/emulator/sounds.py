"""Sounds as Telegram tells them apart: what may be a voice note, and how long an Ogg file plays."""

import struct

OPUS_RATE = 48_000  # granules a second in every Opus stream (RFC 7845, section 4)
MAX_VOICE = 2**20  # bytes; a longer Ogg file arrives as a document (Bot API documentation, Sending files)


def sound_type(data: bytes) -> str:
    """The media type of an Ogg/Opus, MP3 or M4A file by its first bytes; empty for anything else."""
    if data[:4] == b"OggS" and b"OpusHead" in data[:64]:
        return "audio/ogg"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 in (0xE2, 0xE4, 0xE6)):
        return "audio/mpeg"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    return ""


def opus_seconds(data: bytes) -> int:
    """How long an Ogg/Opus file plays: the granule position of its last page (RFC 3533, section 6)."""
    place = data.rfind(b"OggS")
    if place < 0 or place + 14 > len(data):
        return 0
    position: int = struct.unpack("<q", data[place + 6 : place + 14])[0]
    return max(0, position) // OPUS_RATE
