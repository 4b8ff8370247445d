"""The results side in one call: figures in, a message in one language out."""

from __future__ import annotations

from bot.core.blocks import Publishable
from bot.core.survey import Survey
from bot.digest.channels import CHANNELS, Channel, Message
from bot.digest.picture import alt_text, pdf, png
from bot.digest.write import About, Digest, write
from bot.files.phrases import Phrases


def compose(publishable: Publishable, survey: Survey, phrases: Phrases, language: str, about: About) -> Message:
    """The message that carries a wave's figures; drawing takes a while: call it in a thread."""
    digest = write(publishable, survey, phrases, language, about)
    return Message(digest.text, png(digest), alt_text(digest))


__all__ = [
    "CHANNELS",
    "About",
    "Channel",
    "Digest",
    "Message",
    "Publishable",
    "alt_text",
    "compose",
    "pdf",
    "png",
    "write",
]
