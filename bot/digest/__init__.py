"""The results side in one call: figures in, a message in one language out."""

from __future__ import annotations

from bot.core.blocks import Publishable
from bot.digest.channels import CHANNELS, Channel, Message
from bot.digest.charts import BARS, CHANGE, KINDS
from bot.digest.moved import Compared
from bot.digest.page import html
from bot.digest.picture import PAGE, NotDrawn, alt_text, nothing, pdf, png
from bot.digest.write import About, Digest, write


def compose(digest: Digest) -> Message:
    """The message that carries a digest's first screen; drawing takes a while: call it in a thread.

    The picture shows what changed where something clearly did, else the figures as they are.
    Where the picture cannot be drawn the words go alone: a summary that is late helps nobody.
    """
    kind = CHANGE if any(one.clear for one in digest.moved) else BARS
    try:
        picture = png(digest, kind)
    except (NotDrawn, RuntimeError):
        picture = b""
    return Message(digest.brief, picture, alt_text(digest, kind))


__all__ = [
    "BARS",
    "CHANNELS",
    "KINDS",
    "PAGE",
    "About",
    "Channel",
    "Compared",
    "Digest",
    "Message",
    "NotDrawn",
    "Publishable",
    "alt_text",
    "compose",
    "html",
    "nothing",
    "pdf",
    "png",
    "write",
]
