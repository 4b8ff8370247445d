"""What the desk answers with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.screen import Screen
from bot.core.survey import LANGUAGES


@dataclass(frozen=True)
class Said:
    """A screen, and perhaps a picture, a file or a summary to follow. With `tell` other coordinators have
    something to hear, too.

    `voice` is a recording to play (the hash of its bytes); `part` what of the summary is wanted.
    """

    screen: Screen | None
    picture: bytes | None = None
    caption: str = ""
    digest_of: str | None = None
    part: str = "digest"
    language: str = LANGUAGES[0]
    tell: bool = False
    file: bytes | None = None
    file_name: str = ""
    voice: str = ""
