"""The truth of a scripted crowd, as `drive` writes it: who said what, when, and with which code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Soul:
    """One person. `marker`: an answer that nobody else gave, in digits. Moments are seconds since 1970."""

    number: int
    id: int
    first_name: str
    username: str
    marker: int
    words: str = ""
    """What was written as an open answer; empty where the survey has none."""
    slot: int = 0
    state: str = "new"  # new, open, sent, withdrawn
    started: float = 0.0
    sent: float = 0.0
    receipt: str = ""
    secrets: list[str] = field(default_factory=list)
    """The secrets that stood in the buttons of the chat, as the buttons carried them."""
    contact: bool = False
    """Wants to hear of the result."""

    @property
    def moments(self) -> list[float]:
        """When this person did something."""
        return [moment for moment in (self.started, self.sent) if moment]


@dataclass
class Truth:
    """The truth of one installation."""

    seed: int
    wave: str = ""
    k: int = 5
    souls: list[Soul] = field(default_factory=list)
    open_questions: list[str] = field(default_factory=lambda: ["words"])
    """The questions that are answered in own words."""
    coordinators: list[int] = field(default_factory=list)
    """Accounts that are known on purpose."""
    invitations: list[str] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)

    def sent(self) -> list[Soul]:
        """Who sent answers, in the order in which they arrived; those taken back left out."""
        return sorted((soul for soul in self.souls if soul.state == "sent"), key=lambda soul: soul.sent)

    def in_state(self, *states: str) -> list[Soul]:
        """Who is in one of these states."""
        return [soul for soul in self.souls if soul.state in states]

    def moments(self) -> Iterable[float]:
        """Every moment at which somebody acted."""
        return (moment for soul in self.souls for moment in soul.moments)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Truth:
        """What `write` wrote."""
        raw = json.loads(path.read_text())
        return cls(**{**raw, "souls": [Soul(**soul) for soul in raw["souls"]]})
