"""The results side in one call: figures in, a message in one language out."""

from __future__ import annotations

from bot.core.blocks import Publishable
from bot.digest.channels import CHANNELS, Channel, Message
from bot.digest.moved import Compared
from bot.digest.picture import NotDrawn, alt_text, pdf, png
from bot.digest.write import About, Digest, write


def compose(digest: Digest) -> Message:
    """The message that carries a digest's first screen; drawing takes a while: call it in a thread.

    Where the picture cannot be drawn the words go alone: a summary that is late helps nobody.
    """
    try:
        picture = png(digest)
    except (NotDrawn, RuntimeError):
        picture = b""
    return Message(digest.brief, picture, alt_text(digest))


__all__ = [
    "CHANNELS",
    "About",
    "Channel",
    "Compared",
    "Digest",
    "Message",
    "NotDrawn",
    "Publishable",
    "alt_text",
    "compose",
    "pdf",
    "png",
    "write",
]
