"""Which summaries a coordinator has sent: how often, on which day, at which hour."""

from __future__ import annotations

from datetime import datetime

from bot.chat.acts import USUAL
from bot.chat.desk.around import HOME, Around, Table, found, one_of
from bot.chat.desk.waves import WaveScreens
from bot.chat.said import Said
from bot.core import roles
from bot.core.cadence import AT_CLOSE, CADENCES, Cadence
from bot.core.events import Asked
from bot.core.screen import Button, Code, Say, Screen, Text, Value
from bot.core.survey import worded
from bot.files.phrases import weekday
from bot.store import Coordinator, Transaction
from bot.store.desk import GROUP

HOURS = (7, 9, 12, 15, 18, 20)


class Receiving:
    """The screens; `waves` shows the wave again, once it is chosen."""

    def __init__(self, at: Around, waves: WaveScreens) -> None:
        self._at = at
        self._waves = waves

    def table(self) -> Table:
        """What buttons ask for here."""
        return {
            "cad": (roles.SUBSCRIBE, self._cadence),
            "every": (roles.SUBSCRIBE, self._weekday),
            "day": (roles.SUBSCRIBE, self._hour),
            "hour": (roles.SUBSCRIBE, self._subscribe),
            "atclose": (roles.SUBSCRIBE, self._at_close),
            "ingroup": (roles.SUBSCRIBE, self._into_group),
            "nogroup": (roles.SUBSCRIBE, self._no_group),
        }

    def _cadence(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = found(tx, who, values[0]).id
        labels = dict(
            zip(CADENCES, ("button-every-week", "button-every-two-weeks", "button-every-month"), strict=True)
        )
        rows = tuple((Button(Say(label), Asked("every", (wave, every))),) for every, label in labels.items())
        once = (Button(Say("button-at-close"), Asked("atclose", (wave,))),)
        into = (Button(Say("button-desk-group-chat"), Asked("ingroup", (wave,))),)
        rows = (*rows, once, into)
        return Said(Screen(who.language, (Say("desk-choose-cadence"),), (*rows, *HOME)))

    def _weekday(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, every = found(tx, who, values[0]).id, values[1]
        rows = tuple(
            (Button(Text(weekday(who.language, n)), Asked("day", (wave, every, str(n)))),) for n in range(7)
        )
        return Said(Screen(who.language, (Say("desk-choose-weekday"),), (*rows, *HOME)))

    def _hour(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, every, on = found(tx, who, values[0]).id, *values[1:3]
        buttons = [
            Button(Say("desk-hour", {"hour": f"{hour:02d}:00"}), Asked("hour", (wave, every, on, str(hour))))
            for hour in HOURS
        ]
        rows = (tuple(buttons[:3]), tuple(buttons[3:]))
        return Said(Screen(who.language, (Say("desk-choose-hour"),), (*rows, *HOME)))

    def _at_close(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        tx.desk.subscribe(who.chat, wave.id, Cadence(AT_CLOSE, 0, 0), now)
        return Said(self._waves.screen(tx, who, wave))

    def _subscribe(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        on, hour = int(values[2]), int(values[3])
        if not (0 <= on <= 6 and 0 <= hour <= 23):
            raise ValueError(values)
        tx.desk.subscribe(who.chat, wave.id, Cadence(one_of(values[1], CADENCES), on, hour), now)
        return Said(self._waves.screen(tx, who, wave))

    # -- groups ---------------------------------------------------------------------------------------

    def _into_group(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        """A link that brings the bot into a group, and the summaries of this wave with it."""
        wave = found(tx, who, values[0])
        link = self._at.link(f"{GROUP}-{tx.desk.make_group_code(wave.id, who.chat, now)}")
        into = Code(link.replace("?start=", "?startgroup="))
        named: dict[str, Value] = {"survey": worded(wave.survey.title, who.language), "link": into}
        lines = [Say("group-chat-link", named)]
        rows = [] if not (n := tx.desk.groups(wave.id, who.chat)) else [(_end(wave.id),)]
        if n:
            lines.append(Say("group-chat-count", {"n": n}))
        return Said(Screen(who.language, tuple(lines), (*rows, *HOME)))

    def _no_group(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = found(tx, who, values[0])
        if tx.desk.leave_groups(wave.id, who.chat):
            tx.desk.note(f"coordinator {who.chat}", "group chat ended", f"wave {wave.id}", now)
        return Said(self._waves.screen(tx, who, wave))

    def join_group(self, tx: Transaction, group: int, code: str, now: datetime) -> Screen | None:
        """The bot was brought into a group with a code: what is said there; None where the code is not good."""
        wave_id, sponsor = tx.desk.group_code(code, now) or ("", 0)
        who, wave = tx.desk.coordinator(sponsor), tx.waves.get(wave_id)
        if who is None or wave is None or not (roles.may(who.role, roles.SUBSCRIBE) and tx.reaches(who, wave)):
            return None
        own = [one.cadence for one in tx.desk.subscriptions() if (one.chat, one.wave) == (who.chat, wave.id)]
        tx.desk.lead_into(group, wave.id, who.chat, own[0] if own else USUAL, now)
        tx.desk.note(f"coordinator {who.chat}", "group chat", f"wave {wave.id}", now)
        said = Say("group-chat-begins", {"survey": worded(wave.survey.title, who.language)})
        return Screen(who.language, (said,))


def _end(wave: str) -> Button:
    return Button(Say("button-desk-group-chat-end"), Asked("nogroup", (wave,)))
