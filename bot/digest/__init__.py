"""The results side in one call: figures in, a message in one language out."""

from __future__ import annotations

from bot.core.blocks import Publishable
from bot.core.survey import Survey
from bot.digest.channels import CHANNELS, Channel, Message
from bot.digest.picture import NotDrawn, alt_text, pdf, png
from bot.digest.write import About, Digest, write
from bot.files.phrases import Phrases


def compose(publishable: Publishable, survey: Survey, phrases: Phrases, language: str, about: About) -> Message:
    """The message that carries a wave's figures; drawing takes a while: call it in a thread.

    Where the picture cannot be drawn the words go alone: a summary that is late helps nobody.
    """
    digest = write(publishable, survey, phrases, language, about)
    try:
        picture = png(digest)
    except (NotDrawn, RuntimeError):
        picture = b""
    return Message(digest.text, picture, alt_text(digest))


__all__ = [
    "CHANNELS",
    "About",
    "Channel",
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
