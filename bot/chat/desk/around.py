"""What every part of the desk works with, and the small screens' pieces that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.chat.acts import Shelf
from bot.chat.said import Said
from bot.core.events import Asked
from bot.core.screen import Button, Say
from bot.files.phrases import Phrases
from bot.store import Coordinator, Proposal, Terms, Transaction, Wave

Rows = tuple[tuple[Button, ...], ...]

HOME: Rows = ((Button(Say("button-desk-home"), Asked("home")),),)
"""The row that leads back to the desk."""

NONE = "-"
"""In a button, where there is no value in this place."""


class Serve(Protocol):
    """Answers a tap of a coordinator whose role was asked for. Raises KeyError, ValueError or IndexError where the
    button is forged or out of date."""

    def __call__(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime, /) -> Said: ...


Stands = Callable[[Transaction, Coordinator, Proposal, datetime], Said]
"""Shows how an act of two stands."""

Table = Mapping[str, tuple[str, Serve]]
"""What buttons ask for -> the act that the role must allow, and who answers."""


@dataclass(frozen=True)
class Around:
    """`phrases` and `shelf` give what is in use at the moment; `link` makes the address that opens a wave;
    `terms` has what a new wave gets from the settings."""

    phrases: Callable[[], Phrases]
    shelf: Callable[[], Shelf]
    link: Callable[[str], str]
    terms: Terms
    zone: ZoneInfo

    @property
    def words(self) -> Phrases:
        """The words in use."""
        return self.phrases()


def found(tx: Transaction, who: Coordinator, id: str) -> Wave:
    """The wave with this id. KeyError where there is none, or it is none of this coordinator's."""
    wave = tx.waves.get(id)
    if wave is None or not tx.reaches(who, wave):
        raise KeyError(id)
    return wave


def seen(tx: Transaction, who: Coordinator) -> list[Wave]:
    """The waves that are this coordinator's to see, the newest first."""
    return [wave for wave in tx.waves.all() if tx.reaches(who, wave)]


def one_of(word: str, allowed: tuple[str, ...]) -> str:
    """The word, if it is allowed; else ValueError."""
    if word not in allowed:
        raise ValueError(word)
    return word
