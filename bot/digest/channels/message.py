"""What travels on every channel, and the three ways in which it may not arrive.

Undelivered
├── Gone     this reader will never be reached here: stop sending to it
├── Moved    the group has another number now: keep it, send there
└── Later    something passing: try again, at the earliest after so many seconds
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One digest ready to go: its words, its picture (empty if none could be drawn), the picture in words."""

    text: str
    png: bytes
    alt: str


class Undelivered(Exception):
    """The message did not arrive."""


class Gone(Undelivered):
    """It never will: the reader left, blocked the bot, or does not exist."""


class Moved(Undelivered):
    """The group became another one; `to` is its new number."""

    def __init__(self, reason: str, to: int) -> None:
        super().__init__(reason)
        self.to = to


class Later(Undelivered):
    """It may yet; `after` is the number of seconds to wait at least."""

    def __init__(self, reason: str, after: float) -> None:
        super().__init__(reason)
        self.after = after
