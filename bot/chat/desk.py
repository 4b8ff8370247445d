"""The coordinators' desk in the chat: claim, open a wave, share its link, choose when summaries come.

Laws:
1. Every act asks `roles.may` first; nobody's role may do nothing.
2. Each button carries all that its tap needs; the desk remembers nothing between two taps.
3. What cannot be undone says what will happen, and happens at the second tap only.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import segno

from bot.core import roles
from bot.core.blocks import SmallPopulation, partition
from bot.core.cadence import CADENCES, Cadence
from bot.core.events import Asked
from bot.core.flow import LANGUAGE_NAMES
from bot.core.screen import Button, Code, Line, Say, Screen, Text
from bot.core.survey import LANGUAGES, Survey, worded
from bot.files.phrases import Phrases, day, weekday
from bot.store import Coordinator, Terms, Transaction, Wave

PEOPLE = (60, 150, 300, 1000, 5000)
"""How many could be asked, offered as buttons; the last means so many or more."""

HOURS = (7, 9, 12, 15, 18, 20)
USUAL = Cadence("weekly", 0, 9)
"""Monday at nine: what a wave's opener gets until something else is chosen."""


@dataclass(frozen=True)
class Shelf:
    """The surveys that may be opened: id -> (survey, the document to pin)."""

    surveys: Mapping[str, tuple[Survey, dict[str, Any]]]


@dataclass(frozen=True)
class Said:
    """What the desk answers with: a screen, and perhaps a picture or a summary to follow."""

    screen: Screen | None
    picture: bytes | None = None
    caption: str = ""
    digest_of: str | None = None
    language: str = LANGUAGES[0]


class Desk:
    """The desk. `phrases` and `shelf` give what is in use at the moment; `link` makes the address that opens a
    wave; `rule` gives k and what stays behind."""

    def __init__(
        self,
        phrases: Callable[[], Phrases],
        shelf: Callable[[], Shelf],
        link: Callable[[str], str],
        terms: Terms,
        zone: ZoneInfo,
    ) -> None:
        self._in_use = phrases
        self._shelf = shelf
        self._link = link
        self._terms = terms
        self._zone = zone

    @property
    def _phrases(self) -> Phrases:
        return self._in_use()

    def claim(self, tx: Transaction, chat: int, code: str, language: str, now: datetime) -> Said:
        """Make the first owner of whoever holds the console's code."""
        if not code:
            return Said(Screen(language, (Say("claim-how", {"command": Code("/claim")}),)))
        if not tx.desk.claim(code, now):
            return Said(Screen(language, (Say("claim-wrong"),)))
        tx.desk.admit(chat, roles.OWNER, language, now)
        tx.desk.note(f"coordinator {chat}", "claim", "owner", now)
        return Said(Screen(language, (Say("claim-done", {"command": Code("/desk")}),), self._home_row()))

    def take(self, tx: Transaction, chat: int, asked: Asked, language: str, now: datetime) -> Said:
        """Do what a coordinator asked for, if the role allows it."""
        who = tx.desk.coordinator(chat)
        act, serve = self._table().get(asked.what, ("", None))
        if who is None or serve is None or not roles.may(who.role, act):
            spoken = language if who is None else who.language
            return Said(Screen(spoken, (Say("only-coordinators"),)))
        try:
            return serve(tx, who, asked.values, now)
        except (KeyError, ValueError, IndexError):  # a forged or outdated button
            return self._home(tx, who, (), now)

    def _table(self) -> Mapping[str, tuple[str, Callable[..., Said]]]:
        return {
            "home": (roles.LOOK, self._home),
            "wave": (roles.LOOK, self._wave),
            "digest": (roles.LOOK, self._digest),
            "lang": (roles.LOOK, self._languages),
            "speak": (roles.LOOK, self._speak),
            "open": (roles.OPEN, self._pick_survey),
            "people": (roles.OPEN, self._people),
            "sched": (roles.OPEN, self._schedule),
            "review": (roles.OPEN, self._review),
            "go": (roles.OPEN, self._go),
            "qr": (roles.OPEN, self._qr),
            "close": (roles.OPEN, self._close),
            "closesure": (roles.OPEN, self._close_sure),
            "cad": (roles.SUBSCRIBE, self._cadence),
            "every": (roles.SUBSCRIBE, self._weekday),
            "day": (roles.SUBSCRIBE, self._hour),
            "hour": (roles.SUBSCRIBE, self._subscribe),
        }

    # -- looking --------------------------------------------------------------------------------------

    def _home(self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        waves = tx.waves.all()
        lines: tuple[Line, ...] = (Say("desk-title"), Say("desk-waves" if waves else "desk-no-waves"))
        rows = [
            (Button(Text(f"{worded(w.survey.title, who.language)} ({w.id})"), Asked("wave", (w.id,))),)
            for w in waves
        ]
        if roles.may(who.role, roles.OPEN):
            rows.append((Button(Say("button-desk-open"), Asked("open")),))
        rows.append((Button(Say("button-desk-language"), Asked("lang")),))
        return Said(Screen(who.language, lines, tuple(rows)))

    def _wave(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _found(tx, values[0])
        return Said(self._wave_screen(tx, who, wave))

    def _wave_screen(self, tx: Transaction, who: Coordinator, wave: Wave, *before: Line) -> Screen:
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
            lines.append(Say("desk-link", {"link": Code(self._link(wave.id))}))
            release = day(who.language, wave.next_release.astimezone(self._zone).date())
            lines.append(Say("desk-next-release", {"day": release}))
        lines.append(
            Say("desk-finished", {"n": wave.finished_shown})
            if wave.finished_shown
            else Say("desk-finished-none", {"k": wave.terms.k})
        )
        lines.append(self._when(tx, who, wave))
        return Screen(who.language, tuple(lines), self._wave_rows(who, wave))

    def _when(self, tx: Transaction, who: Coordinator, wave: Wave) -> Say:
        for subscription in tx.desk.subscriptions():
            if (subscription.chat, subscription.wave) == (who.chat, wave.id):
                cadence = subscription.cadence
                return Say(
                    "desk-digest-when",
                    {
                        "cadence": Say(f"desk-every-{cadence.every}"),
                        "weekday": weekday(who.language, cadence.weekday),
                        "hour": f"{cadence.hour:02d}:00",
                    },
                )
        return Say("desk-digest-none")

    def _wave_rows(self, who: Coordinator, wave: Wave) -> tuple[tuple[Button, ...], ...]:
        rows = [
            (Button(Say("button-desk-digest"), Asked("digest", (wave.id,))),),
            (Button(Say("button-desk-cadence"), Asked("cad", (wave.id,))),),
        ]
        if wave.state == "open" and roles.may(who.role, roles.OPEN):
            rows.insert(0, (Button(Say("button-desk-qr"), Asked("qr", (wave.id,))),))
            rows.append((Button(Say("button-desk-close"), Asked("close", (wave.id,))),))
        return (*rows, *self._home_row())

    def _digest(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        return Said(None, digest_of=_found(tx, values[0]).id, language=who.language)

    def _languages(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        rows = tuple((Button(Text(LANGUAGE_NAMES[code]), Asked("speak", (code,))),) for code in LANGUAGES)
        return Said(Screen(who.language, (Say("choose-language"),), (*rows, *self._home_row())))

    def _speak(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        language = values[0]
        if language not in LANGUAGES:
            raise ValueError(language)
        tx.desk.speak(who.chat, language)
        return Said(Screen(language, (Say("desk-language-kept"),), self._home_row()))

    # -- opening --------------------------------------------------------------------------------------

    def _pick_survey(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        surveys = self._shelf().surveys
        if not surveys:
            say = Say("desk-no-surveys", {"command": Code("aitbar check")})
            return Said(Screen(who.language, (say,), self._home_row()))
        rows = tuple(
            (Button(Text(worded(survey.title, who.language)), Asked("people", (id,))),)
            for id, (survey, _document) in surveys.items()
        )
        return Said(Screen(who.language, (Say("desk-choose-survey"),), (*rows, *self._home_row())))

    def _people(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._shelf().surveys[values[0]]
        rows = tuple(
            (
                Button(
                    Say("desk-more-than" if n == PEOPLE[-1] else "desk-people", {"n": n}),
                    Asked("sched", (survey.id, str(n))),
                ),
            )
            for n in PEOPLE
        )
        say = Say("desk-population", {"survey": worded(survey.title, who.language)})
        return Said(Screen(who.language, (say,), (*rows, *self._home_row())))

    def _schedule(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._shelf().surveys[values[0]]
        rows = tuple(
            (Button(Say(f"button-{schedule}-release"), Asked("review", (survey.id, values[1], schedule))),)
            for schedule in ("weekly", "daily")
        )
        say = Say("desk-schedule", {"k": self._terms.k})
        return Said(Screen(who.language, (say,), (*rows, *self._home_row())))

    def _review(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._shelf().surveys[values[0]]
        people, schedule = int(values[1]), _one_of(values[2], ("weekly", "daily"))
        try:
            cells, _dropped = partition(survey, people, self._terms.k)
        except SmallPopulation:
            say = Say("desk-population-small", {"n": people, "least": 3 * self._terms.k})
            return Said(Screen(who.language, (say,), self._home_row()))
        groups = [Say(f"desk-group-{part.name}") for part in cells.parts]
        shown = (
            Say("desk-groups-shown", {"groups": self._list(who, groups)}) if groups else Say("desk-groups-none")
        )
        # The button knows how many waves there were: a second delivery finds one more, and opens nothing.
        go = (survey.id, str(people), schedule, str(len(tx.waves.all())))
        lines: tuple[Line, ...] = (
            Say(
                "desk-open-review",
                {
                    "survey": worded(survey.title, who.language),
                    "people": people,
                    "schedule": Say(f"desk-schedule-{schedule}"),
                    "k": self._terms.k,
                },
            ),
            shown,
            Say("desk-one-server"),
            Say("desk-fixed"),
            Say("desk-alone"),
        )
        rows = ((Button(Say("button-desk-open-now"), Asked("go", go)),),)
        return Said(Screen(who.language, lines, (*rows, *self._home_row())))

    def _list(self, who: Coordinator, parts: list[Say]) -> str:
        joiner = "، " if who.language in ("ur", "ps") else ", "
        return joiner.join(self._phrases.say(who.language, part.id) for part in parts)

    def _go(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        survey, document = self._shelf().surveys[values[0]]
        waves = tx.waves.all()
        if len(waves) != int(values[3]):
            opened = [wave for wave in waves[:1] if wave.survey.id == survey.id]
            return Said(self._wave_screen(tx, who, opened[0])) if opened else self._home(tx, who, (), now)
        terms = Terms(
            organisation=self._terms.organisation,
            population=int(values[1]),
            k=self._terms.k,
            leave_behind=self._terms.leave_behind,
            schedule=_one_of(values[2], ("weekly", "daily")),
            alone=True,
        )
        id = tx.waves.open(document, terms, now)
        tx.desk.subscribe(who.chat, id, USUAL, now)
        tx.desk.note(f"coordinator {who.chat}", "open", f"wave {id}, alone", now)
        return Said(self._wave_screen(tx, who, _found(tx, id)))

    def _qr(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _found(tx, values[0])
        link = self._link(wave.id)
        caption = self._phrases.say(
            who.language, "desk-qr-caption", survey=worded(wave.survey.title, who.language), link=link
        )
        return Said(None, picture=qr(link), caption=caption)

    def _close(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _found(tx, values[0])
        rows = ((Button(Say("button-desk-close-sure"), Asked("closesure", (wave.id,))),),)
        say = Say("desk-close-means", {"k": wave.terms.k})
        return Said(Screen(who.language, (say,), (*rows, *self._home_row())))

    def _close_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _found(tx, values[0])
        if wave.state == "open":
            tx.waves.close(wave.id)
            tx.desk.note(f"coordinator {who.chat}", "close", f"wave {wave.id}", now)
        return Said(self._wave_screen(tx, who, _found(tx, wave.id), Say("desk-closing")))

    # -- summaries ------------------------------------------------------------------------------------

    def _cadence(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        labels = dict(
            zip(CADENCES, ("button-every-week", "button-every-two-weeks", "button-every-month"), strict=True)
        )
        rows = tuple((Button(Say(label), Asked("every", (values[0], every))),) for every, label in labels.items())
        return Said(Screen(who.language, (Say("desk-choose-cadence"),), (*rows, *self._home_row())))

    def _weekday(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, every = values
        rows = tuple(
            (Button(Text(weekday(who.language, n)), Asked("day", (wave, every, str(n)))),) for n in range(7)
        )
        return Said(Screen(who.language, (Say("desk-choose-weekday"),), (*rows, *self._home_row())))

    def _hour(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, every, on = values
        buttons = [
            Button(Say("desk-hour", {"hour": f"{hour:02d}:00"}), Asked("hour", (wave, every, on, str(hour))))
            for hour in HOURS
        ]
        rows = (tuple(buttons[:3]), tuple(buttons[3:]))
        return Said(Screen(who.language, (Say("desk-choose-hour"),), (*rows, *self._home_row())))

    def _subscribe(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _found(tx, values[0])
        on, hour = int(values[2]), int(values[3])
        if not (0 <= on <= 6 and 0 <= hour <= 23):
            raise ValueError(values)
        tx.desk.subscribe(who.chat, wave.id, Cadence(_one_of(values[1], CADENCES), on, hour), now)
        return Said(self._wave_screen(tx, who, wave))

    def _home_row(self) -> tuple[tuple[Button, ...], ...]:
        return ((Button(Say("button-desk-home"), Asked("home")),),)


def qr(link: str) -> bytes:
    """The link as a QR picture (PNG), with the most error correction: paper gets dirty."""
    out = io.BytesIO()
    segno.make(link, error="h").save(out, kind="png", scale=12, border=4)
    return out.getvalue()


def _found(tx: Transaction, id: str) -> Wave:
    wave = tx.waves.get(id)
    if wave is None:
        raise KeyError(id)
    return wave


def _one_of(word: str, allowed: tuple[str, ...]) -> str:
    if word not in allowed:
        raise ValueError(word)
    return word
