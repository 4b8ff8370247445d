"""What the desk answers with, and files that take a while to draw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot import counts
from bot.chat.outbound import Outgoing, Show, ShowFile
from bot.core.screen import Screen
from bot.core.survey import LANGUAGES
from bot.digest import NotDrawn

log = structlog.get_logger()


@dataclass(frozen=True)
class Said:
    """A screen, and perhaps a picture, a file or a summary to follow. With `tell` other coordinators have
    something to hear, too.

    `voice` is a recording to play (the hash of its bytes); `part` what of the summary is wanted; `draw` makes the
    file and `make` whole messages, which takes a while: they are called in a thread, after the answer was kept.
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
    draw: Callable[[], bytes] | None = None
    voice: str = ""
    make: Callable[[], tuple[Outgoing, ...]] | None = None


async def made(make: Callable[[], tuple[Outgoing, ...]]) -> tuple[Outgoing, ...]:
    """The messages."""
    return await asyncio.to_thread(make)


async def drawn(chat: int, said: Said, draw: Callable[[], bytes]) -> tuple[Outgoing, ...]:
    """The file; where it cannot be drawn, the words that would stand below it."""
    try:
        content = await asyncio.to_thread(draw)
    except (NotDrawn, RuntimeError) as error:
        counts.failed(error)
        log.error("a file could not be drawn; its words go alone", kind=type(error).__name__)
        return (Show(chat, said.caption, None),)
    return (ShowFile(chat, content, said.file_name, said.caption),)
