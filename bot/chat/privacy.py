"""What is held about whoever asks, and what it takes to be forgotten: two messages, the same for everybody.

Laws:
1. The words are the same whether or not somebody took part or wished anything: nobody learns it from them.
2. Every number is the one this installation goes by.
3. The first line says nothing of a survey: it may be read on a locked screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.events import HidBefore
from bot.core.screen import Button, Code, Line, Say, Screen
from bot.store.backup import BACKUP_DAYS
from bot.store.contacts import UNSENT_DAYS
from bot.store.vault import USUAL_CLOCKS

FORGET, WITHDRAW = Code("/forget"), Code("/withdraw")


@dataclass(frozen=True)
class Kept:
    """What an installation sets: answers stay `months` after their wave, sums are of `least` people or more,
    unfinished answers go `idle` days after the last tap."""

    months: int = 24
    least: int = 10
    idle: int = USUAL_CLOCKS.idle_days


def privacy(language: str, kept: Kept, *, coordinator: bool) -> Screen:
    """What is held, until when, who sees it, how to end it; coordinators, who are known, read of themselves."""
    lines: list[Line] = [
        Say("privacy-first"),
        Say("privacy-open", {"days": kept.idle}),
        Say("privacy-after", {"least": kept.least, "months": kept.months, "days": BACKUP_DAYS}),
        Say("privacy-wish", {"days": UNSENT_DAYS}),
        Say("privacy-telegram"),
        Say("privacy-how", {"withdraw": WITHDRAW, "forget": FORGET}),
    ]
    if coordinator:
        lines.append(Say("privacy-coordinator"))
    return Screen(language, tuple(lines))  # beside an interview: a button to wipe would promise too much


def forgotten(language: str) -> Screen:
    """What is gone, what stays and why, what only the code can do."""
    wipe = ((Button(Say("button-wipe"), HidBefore(())),),)
    return Screen(language, (Say("forgotten"), Say("forgotten-stays", {"withdraw": WITHDRAW})), wipe)
