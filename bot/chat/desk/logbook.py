"""The log of acts, read at the desk."""

from __future__ import annotations

from datetime import datetime

from bot.chat.desk.around import HOME, Around, Table
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Button, Code, Line, Say, Screen, Value
from bot.files.phrases import day
from bot.store import Act, Coordinator, Transaction
from bot.store.desk import WAVE_NAMED

ACTS_SHOWN = 10
"""So many lines of the log stand on one screen."""


class Logbook:
    """The screens."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {"log": (roles.AUDIT, self._log)}

    def _log(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """The newest acts, or those before a line; whether the log is whole stands above the newest."""
        before = int(values[0]) if values else None
        acts = tx.desk.acts(before, ACTS_SHOWN, who.organisation)
        lines: list[Line] = [Say("log-title"), *([self._whole(tx)] if before is None else [])]
        lines += [self._logged(who, one) for one in acts]
        older = len(acts) == ACTS_SHOWN and acts[-1].no > 1
        rows = ((Button(Say("button-earlier"), Asked("log", (str(acts[-1].no),))),),) if older else ()
        return Said(Screen(who.language, tuple(lines), (*rows, *HOME)))

    def _whole(self, tx: Transaction) -> Say:
        broken = tx.desk.broken()
        return Say("log-whole") if broken is None else Say("log-broken", {"n": broken})

    def _logged(self, who: Coordinator, act: Act) -> Say:
        """One act in words: no number of another coordinator, and of what it was about the wave only."""
        moment = act.moment.astimezone(self._at.zone)
        values: dict[str, Value] = {
            "day": day(who.language, moment.date()),
            "time": f"{moment:%H:%M}",
            "who": Say(f"log-{_actor(who, act)}"),
            "act": self._called(act.act),
        }
        wave = WAVE_NAMED.search(act.what)
        return Say("log-line", values) if wave is None else Say("log-line-wave", {**values, "wave": Code(wave[1])})

    def _called(self, act: str) -> Say | Code:
        """An act in words; as it was noted where an older program called it otherwise."""
        id = f"log-{act.replace(' ', '-')}"
        return Say(id) if id in self._at.words.ids else Code(act)


def _actor(who: Coordinator, act: Act) -> str:
    """Who did it, as this coordinator sees it: you, another, the console or the clock."""
    if act.who == f"coordinator {who.chat}":
        return "you"
    return "another" if act.who.startswith("coordinator ") else act.who
