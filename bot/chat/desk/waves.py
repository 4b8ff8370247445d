"""The screen of one wave, and what of its last summary is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.chat.desk.around import HOME, Around, Rows, Table, found
from bot.chat.desk.parts import Parts
from bot.chat.said import Said
from bot.core import roles
from bot.core.cadence import AT_CLOSE
from bot.core.events import Asked
from bot.core.parts import PARTS
from bot.core.screen import Button, Code, Line, Say, Screen
from bot.core.survey import worded
from bot.files.phrases import day, weekday
from bot.store import Coordinator, Transaction, Wave


class WaveScreens:
    """The screens; `parts` have lines and buttons of their own."""

    def __init__(self, at: Around, parts: Parts) -> None:
        self._at = at
        self._parts = parts

    def table(self) -> Table:
        """What buttons ask for here."""
        return {"wave": (roles.LOOK, self._wave), **{part: (roles.LOOK, self._digest(part)) for part in PARTS}}

    def _wave(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0])
        return Said(self.screen(tx, who, wave))

    def screen(self, tx: Transaction, who: Coordinator, wave: Wave, *before: Line) -> Screen:
        lines: list[Line] = [
            *before,
            Say(
                "desk-wave",
                {
                    "survey": worded(wave.survey.title, who.language),
                    "wave": Code(wave.id),
                    "state": Say(f"desk-state-{wave.state}"),
                },
            ),
        ]
        if wave.state == "open":
            link = Say("desk-link", {"link": Code(self._at.link(wave.id))})
            lines += [
                Say("desk-invited") if wave.terms.invited else link,
                *self._parts.cohorts.counted(wave.terms),
            ]
            release = day(who.language, wave.next_release.astimezone(self._at.zone).date())
            lines.append(Say("desk-next-release", {"day": release}))
            lines += self._parts.spans.lines(wave)
        lines.append(
            Say("desk-finished", {"n": wave.finished_shown})
            if wave.finished_shown
            else Say("desk-finished-none", {"k": wave.terms.k})
        )
        lines += [Say(f"desk-end-{state}", {"n": n}) for state, n in tx.outcomes.shown(wave.id).items()]
        lines.append(self._when(tx, who, wave))
        return Screen(who.language, tuple(lines), self._rows(who, wave))

    def _when(self, tx: Transaction, who: Coordinator, wave: Wave) -> Say:
        for subscription in tx.desk.subscriptions():
            if (subscription.chat, subscription.wave) == (who.chat, wave.id):
                cadence = subscription.cadence
                if cadence.every == AT_CLOSE:
                    return Say("desk-digest-at-close")
                return Say(
                    "desk-digest-when",
                    {
                        "cadence": Say(f"desk-every-{cadence.every}"),
                        "weekday": weekday(who.language, cadence.weekday),
                        "hour": f"{cadence.hour:02d}:00",
                    },
                )
        return Say("desk-digest-none")

    def _rows(self, who: Coordinator, wave: Wave) -> Rows:
        rows: list[tuple[Button, ...]] = [(Button(Say("button-desk-digest"), Asked("digest", (wave.id,))),)]
        rows.append(self._parts.inclusion.button(wave))
        if wave.state != "closed":
            rows.append((Button(Say("button-desk-cadence"), Asked("cad", (wave.id,))),))
        if wave.state == "open" and roles.may(who.role, roles.OPEN):
            share = ("button-desk-cohorts", "groups") if wave.terms.invited else ("button-desk-qr", "qr")
            rows.insert(0, (Button(Say(share[0]), Asked(share[1], (wave.id,))),))
            if not wave.terms.invited:
                rows.insert(1, (Button(Say("button-desk-poster"), Asked("poster", (wave.id,))),))
            rows += [
                *self._parts.spans.buttons(wave),
                (Button(Say("button-desk-close"), Asked("close", (wave.id,))),),
            ]
        return (*rows, *self._parts.heard.rows(who, wave), *HOME)

    def _digest(self, part: str) -> Callable[..., Said]:
        """Answers with so much of the last summary."""

        def serve(tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
            return Said(None, digest_of=found(tx, who, values[0]).id, language=who.language, part=part)

        return serve
