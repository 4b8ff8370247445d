"""Media named inside a parameter: one `InputMedia` of an edit, or an array of them for an album."""

from typing import Any

from bot.emulator.files import KINDS
from bot.emulator.refusals import Refused, bad
from bot.emulator.request import Request

MAX_ALBUM = 10  # Bot API documentation, sendMediaGroup
# Kinds the Bot API has and the emulator has not (Bot API documentation, InputMedia).
_ABROAD = ("animation", "video", "live_photo", "sticker", "location", "venue")
# Of which kinds an album may be made; the others only among themselves (TDLib).
_ALONE = ("document", "audio")


def read_media(request: Request, media: Any) -> tuple[str, Request]:
    """The kind of an `InputMedia`, and a request whose parameters are its fields: caption, media and so on."""
    if not isinstance(media, dict):
        raise bad("can't parse InputMedia: expected an Object")
    kind = str(media.get("type", ""))
    if "type" not in media:
        raise bad("can't parse InputMedia: Can't find field \"type\"")
    if kind in _ABROAD:
        raise Refused(501, f"Not Implemented in emulator: InputMedia of type {kind}")
    if kind not in KINDS or kind == "voice":
        raise bad(f'can\'t parse InputMedia: type "{kind}" is invalid')
    if not media.get("media"):
        raise bad("can't parse InputMedia: media not found")
    return kind, Request(request.world, request.bot, media, request.files, request.warnings)


def read_album(request: Request) -> list[tuple[str, Request]]:
    """The parts of an album (Bot API documentation, sendMediaGroup)."""
    media: Any = request.structure("media", "media")
    if media is None:
        raise bad('parameter "media" is required')
    if not isinstance(media, list):
        raise bad("expected an Array of InputMedia")
    if not media:
        raise bad("there are no messages to send")
    parts = [read_media(request, each) for each in media]
    if len(parts) > MAX_ALBUM:
        raise bad("too many messages to send as an album")
    kinds = {kind for kind, _ in parts}
    for kind in _ALONE:
        if kind in kinds and len(kinds) > 1:
            raise bad(f"{kind} can't be mixed with other media types")
    return parts
