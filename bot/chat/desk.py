"""The coordinators' desk in the chat: claim, open a wave, invite, agree to another's act, choose summaries.

Laws:
1. Every act asks `roles.may` first; nobody's role may do nothing.
2. Each button carries all that its tap needs; the desk remembers nothing between two taps.
3. What cannot be undone says what will happen, and happens at the second tap only: a second person's, where
   there is one (`bot/chat/acts.py`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import segno

from bot import poster
from bot.chat.acts import Acts, Opening, Shelf, as_opening, as_what
from bot.chat.recording import Recording, has_heard, heard_lines, listened
from bot.chat.said import Said
from bot.chat.studio import Studio
from bot.core import roles
from bot.core.cadence import AT_CLOSE, CADENCES, Cadence
from bot.core.cells import Layout, SmallPopulation, label, layout
from bot.core.events import Asked
from bot.core.flow import LANGUAGE_NAMES
from bot.core.parts import PARTS
from bot.core.screen import Button, Code, Line, Say, Screen, Text, Value
from bot.core.survey import LANGUAGES, Survey, worded
from bot.core.threshold import joined
from bot.files.phrases import Phrases, day, latin, weekday
from bot.store import Act, Cohort, Coordinator, Proposal, Terms, Transaction, Wave, WaveTrouble, own_words
from bot.store.proposals import CLOSE_WAVE, DONE, EXPORT_ROWS, OPEN_WAVE, RECORD, WAITING, draw_id

PEOPLE = (60, 150, 300, 1000, 5000)
"""How many could be asked, offered as buttons; the last means so many or more."""

LARGEST_SEALED = 36_000_000
"""Bytes of sealed answers that fit, as letters, into a file that a bot may send (Bot API: 50 MB)."""

HOURS = (7, 9, 12, 15, 18, 20)
FACTORS = (2, 4, 10, 20)
"""For how many times k people an invitation may be."""

DAYS = (7, 14, 30, 90)
"""How many days an invitation may work."""

NONE = "-"
"""In a button, where a wave has no invitation or no last day."""

ALL_LANGUAGES = "all"
"""A poster in every language of its survey, side by side."""

ACTS_SHOWN = 10
"""So many lines of the log of acts stand on one screen."""

WAVE_NAMED = re.compile(r"\bwaves? ([a-z0-9]+)")
"""Where a line of the log names a wave."""


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
        studio: Studio | None = None,
    ) -> None:
        studio = Studio(None) if studio is None else studio
        self._in_use = phrases
        self._shelf = shelf
        self.acts = Acts(shelf, terms, studio)
        self.recording = Recording(shelf, studio, self._home_row)
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
            "home": (roles.ENTER, self._home),
            "wave": (roles.LOOK, self._wave),
            **{part: (roles.LOOK, self._digest(part)) for part in PARTS},
            "lang": (roles.ENTER, self._languages),
            "speak": (roles.ENTER, self._speak),
            "open": (roles.OPEN, self._pick_survey),
            "people": (roles.OPEN, self._people),
            "sched": (roles.OPEN, self._schedule),
            "review": (roles.OPEN, self._review),
            "go": (roles.OPEN, self._go),
            "words": (roles.READ, self._open_answers),
            "qr": (roles.OPEN, self._qr),
            "poster": (roles.OPEN, self._poster),
            "paper": (roles.OPEN, self._paper),
            "close": (roles.OPEN, self._close),
            "closesure": (roles.OPEN, self._close_sure),
            "groups": (roles.OPEN, self._cohorts),
            "group": (roles.OPEN, self._cohort_size),
            "grpdays": (roles.OPEN, self._cohort_days),
            "invite": (roles.OPEN, self._invite),
            "act": (roles.APPROVE, self._act),
            "yes": (roles.APPROVE, self._confirm),
            "no": (roles.APPROVE, self._refuse),
            "code": (roles.EXPORT, self._code),
            "log": (roles.AUDIT, self._log),
            "cad": (roles.SUBSCRIBE, self._cadence),
            "every": (roles.SUBSCRIBE, self._weekday),
            "day": (roles.SUBSCRIBE, self._hour),
            "hour": (roles.SUBSCRIBE, self._subscribe),
            "atclose": (roles.SUBSCRIBE, self._at_close),
            **self.recording.table(),
            "recplay": (roles.APPROVE, self._listen),
        }

    # -- looking --------------------------------------------------------------------------------------

    def _home(self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], now: datetime) -> Said:
        if not roles.may(who.role, roles.LOOK):
            return Said(self._steward_home(tx, who))
        waves = tx.waves.all()
        lines: tuple[Line, ...] = (Say("desk-title"), Say("desk-waves" if waves else "desk-no-waves"))
        rows = [
            (Button(Text(f"{worded(w.survey.title, who.language)} ({w.id})"), Asked("wave", (w.id,))),)
            for w in waves
        ]
        if roles.may(who.role, roles.APPROVE):
            rows = [
                (Button(Say(f"button-act-{one.act}"), Asked("act", (one.id,))),)
                for one in tx.proposals.waiting(now)
            ] + rows
        if roles.may(who.role, roles.OPEN):
            rows.append((Button(Say("button-desk-open"), Asked("open")),))
        rows += self.recording.buttons(who)
        if roles.may(who.role, roles.AUDIT):
            rows.append((Button(Say("button-desk-log"), Asked("log")),))
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
            link = Say("desk-link", {"link": Code(self._link(wave.id))})
            lines.append(Say("desk-invited") if wave.terms.invited else link)
            release = day(who.language, wave.next_release.astimezone(self._zone).date())
            lines.append(Say("desk-next-release", {"day": release}))
            if wave.terms.starts_until is not None and wave.closes is not None:
                moments = {"until": wave.terms.starts_until, "closes": wave.closes}
                days = {
                    name: day(who.language, moment.astimezone(self._zone).date())
                    for name, moment in moments.items()
                }
                lines.append(Say("desk-clocks", days))
        lines.append(
            Say("desk-finished", {"n": wave.finished_shown})
            if wave.finished_shown
            else Say("desk-finished-none", {"k": wave.terms.k})
        )
        lines += [Say(f"desk-end-{state}", {"n": n}) for state, n in tx.outcomes.shown(wave.id).items()]
        lines.append(self._when(tx, who, wave))
        return Screen(who.language, tuple(lines), self._wave_rows(who, wave))

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

    def _wave_rows(self, who: Coordinator, wave: Wave) -> tuple[tuple[Button, ...], ...]:
        rows = [(Button(Say("button-desk-digest"), Asked("digest", (wave.id,))),)]
        if wave.state != "closed":
            rows.append((Button(Say("button-desk-cadence"), Asked("cad", (wave.id,))),))
        if wave.state == "open" and roles.may(who.role, roles.OPEN):
            share = ("button-desk-cohorts", "groups") if wave.terms.invited else ("button-desk-qr", "qr")
            rows.insert(0, (Button(Say(share[0]), Asked(share[1], (wave.id,))),))
            if not wave.terms.invited:
                rows.insert(1, (Button(Say("button-desk-poster"), Asked("poster", (wave.id,))),))
            rows.append((Button(Say("button-desk-close"), Asked("close", (wave.id,))),))
        return (*rows, *self._home_row())

    def _digest(self, part: str) -> Callable[..., Said]:
        """Answers with so much of the last summary."""

        def serve(tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
            return Said(None, digest_of=_found(tx, values[0]).id, language=who.language, part=part)

        return serve

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
            (
                Button(
                    Say(f"button-{schedule}-release"),
                    Asked("review", (survey.id, values[1], f"{schedule[0]}{self._terms.k}")),
                ),
            )
            for schedule in ("weekly", "daily")
        )
        say = Say("desk-schedule", {"k": self._terms.k})
        return Said(Screen(who.language, (say,), (*rows, *self._home_row())))

    def _review(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        try:
            chosen = self.acts.opening(values)
        except SmallPopulation as small:
            say = Say("desk-population-small", {"n": int(values[1]), "least": small.least})
            return Said(Screen(who.language, (say,), self._home_row()))
        others = [
            (Button(Say("button-desk-blocks", {"k": k}), Asked("review", replace(chosen, k=k).carried)),)
            for k in sorted({self._terms.k, self._terms.k + 5, 2 * self._terms.k} - {chosen.k})
        ]
        turned = replace(chosen, invited=not chosen.invited)
        door = Say("button-desk-everybody" if chosen.invited else "button-desk-invited")
        if not self.acts.has_steward(chosen.survey):
            say = Say("desk-steward-missing", {"setting": Code("AITBAR_STEWARD_KEY")})
            return Said(Screen(who.language, (say,), self._home_row()))
        rows = (
            (Button(self._sure(tx, who, "button-desk-open-now"), Asked("go", (*chosen.carried, draw_id()))),),
            (Button(door, Asked("review", turned.carried)),),
            *others,
        )
        lines = (*self._opening_means(who, chosen), self._who_agrees(tx, who, "desk-alone"))
        return Said(Screen(who.language, lines, (*rows, *self._home_row())))

    def _opening_means(self, who: Coordinator, chosen: Opening) -> tuple[Line, ...]:
        """What a wave is and what of it can never be changed, as all who agree to it read it."""
        survey, _ = self._shelf().surveys[chosen.survey]
        plan = layout(survey, chosen.people, chosen.k)
        groups = [Say(f"desk-group-{part.name}") for part in plan.partition.parts]
        return (
            Say(
                "desk-open-review",
                {
                    "survey": worded(survey.title, who.language),
                    "people": chosen.people,
                    "schedule": Say(f"desk-schedule-{chosen.schedule}"),
                    "k": chosen.k,
                },
            ),
            *((Say("desk-invited"),) if chosen.invited else ()),
            *sizes(survey, plan, who.language),
            Say("desk-groups-shown", {"groups": self._list(who, groups)}) if groups else Say("desk-groups-none"),
            *((Say("desk-first-light"),) if groups else ()),
            *_own_clocks(survey),
            *heard_lines(survey),
            Say("desk-one-server"),
            Say("desk-fixed"),
        )

    def _who_agrees(self, tx: Transaction, who: Coordinator, alone: str) -> Say:
        return Say(alone if self.acts.is_alone(tx, who) else "desk-second")

    def _sure(self, tx: Transaction, who: Coordinator, alone: str) -> Say:
        """What the button of a grave act says: that it is done, or that another one is asked."""
        return Say(alone if self.acts.is_alone(tx, who) else "button-desk-ask-second")

    def _list(self, who: Coordinator, parts: list[Say]) -> str:
        joiner = "، " if who.language in ("ur", "ps") else ", "
        return joiner.join(self._phrases.say(who.language, part.id) for part in parts)

    def _go(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        *chosen, id = values
        what = as_what(self.acts.opening(chosen))
        return self._stands(tx, who, self.acts.want(tx, who, OPEN_WAVE, what, id, now), now)

    def _qr(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _found(tx, values[0])
        return Said(None, picture=qr(self._link(wave.id)), caption=self._caption(who, wave, self._link(wave.id)))

    def _poster(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """In which language, and how large; of an invitation with its code and its last day."""
        wave = _found(tx, values[0])
        of = (wave.id, *values[1:3]) if len(values) > 2 else (wave.id, NONE, NONE)
        languages = (ALL_LANGUAGES, *wave.survey.offered) if len(wave.survey.offered) > 1 else wave.survey.offered
        rows = tuple(
            tuple(_paper_button(one, size, (*of, one, size)) for size in poster.SIZES) for one in languages
        )
        return Said(Screen(who.language, (Say("desk-poster"),), (*rows, *self._home_row())))

    def _paper(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, code, last, language, size = _found(tx, values[0]), *values[1:5]
        languages = wave.survey.offered if language == ALL_LANGUAGES else (_one_of(language, wave.survey.offered),)
        until = poster.last_day(wave.terms, self._zone) if last == NONE else date.fromisoformat(last)
        address = poster.Address(self._link(joined(wave.id, "" if code == NONE else code)), until)
        columns = poster.columns(wave.survey, wave.terms, address, self._phrases, languages)
        organisation, paper = wave.terms.organisation, _one_of(size, poster.SIZES)
        return Said(
            None,
            draw=lambda: poster.pdf(columns, address, organisation, now.replace(microsecond=0), paper),
            file_name=f"aitbar-poster-{wave.id}-{paper}.pdf",
            caption=self._caption(who, wave, address.link),
        )

    def _caption(self, who: Coordinator, wave: Wave, link: str) -> str:
        title = worded(wave.survey.title, who.language)
        return self._phrases.say(who.language, "desk-qr-caption", survey=title, link=link)

    def _close(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _found(tx, values[0])
        sure = self._sure(tx, who, "button-desk-close-sure")
        rows = ((Button(sure, Asked("closesure", (wave.id, draw_id()))),),)
        lines = (Say("desk-close-means", {"k": wave.terms.k}), self._who_agrees(tx, who, "desk-alone-closing"))
        return Said(Screen(who.language, lines, (*rows, *self._home_row())))

    def _close_sure(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _found(tx, values[0])
        return self._stands(tx, who, self.acts.want(tx, who, CLOSE_WAVE, {"wave": wave.id}, values[1], now), now)

    # -- agreeing to another's act --------------------------------------------------------------------

    def _act(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one = tx.proposals.get(values[0])
        return self._home(tx, who, (), now) if one is None else self._stands(tx, who, one, now)

    def _confirm(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self._stands(tx, who, self.acts.confirm(tx, who, values[0], now), now)

    def _refuse(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        return self._stands(tx, who, self.acts.refuse(tx, who, values[0], now), now)

    def _code(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        one = tx.proposals.get(values[0])
        if one is None or one.act != EXPORT_ROWS or one.state != WAITING or one.until <= now:
            return self._act(tx, who, values, now)
        code = tx.proposals.make_code(one, who.chat)
        tx.desk.note(f"coordinator {who.chat}", "approve", f"rows of wave {one.what['wave']}", now)
        said = Say("act-code", {"code": Code(code), "wave": Code(one.what["wave"])})
        return Said(Screen(who.language, (said,), self._home_row()))

    def untold(self, tx: Transaction, now: datetime) -> list[tuple[Proposal, Coordinator, Screen]]:
        """How acts of two stand, for every coordinator who ought to hear it and has not."""
        return [(one, who, self._standing(tx, who, one, now)) for one, who in self.acts.untold(tx, now)]

    def _stands(self, tx: Transaction, who: Coordinator, one: Proposal, now: datetime) -> Said:
        return Said(self._standing(tx, who, one, now), tell=True)

    def _standing(self, tx: Transaction, who: Coordinator, one: Proposal, now: datetime) -> Screen:
        """How an act stands: to be decided by this coordinator, or by another one, or decided."""
        wave = tx.waves.get(one.what.get("wave", ""))
        if one.state == DONE and wave is not None and one.act != EXPORT_ROWS:
            said = [] if wave.terms.alone else [Say("act-agreed")]
            closing = [Say("desk-closing")] if one.act == CLOSE_WAVE else []
            return self._wave_screen(tx, who, wave, *said, *closing)
        if one.state != WAITING or one.until <= now:
            return Screen(who.language, (Say(f"act-{one.state}"),), self._home_row())
        refuse = (Button(Say("button-act-refuse"), Asked("no", (one.id,))),)
        if one.proposer == str(who.chat):
            rows: tuple[tuple[Button, ...], ...] = (refuse, *self._home_row())
            return Screen(who.language, (*self._act_means(tx, who, one), Say("act-waiting")), rows)
        if one.act == RECORD:
            return self._to_be_heard(who, one, refuse)
        agree = ("button-act-code", "code") if one.act == EXPORT_ROWS else ("button-act-confirm", "yes")
        rows = ((Button(Say(agree[0]), Asked(agree[1], (one.id,))),), refuse, *self._home_row())
        return Screen(who.language, (Say("act-wanted"), *self._act_means(tx, who, one)), rows)

    def _listen(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        recording = listened(tx, who, values[0])
        return Said(self.stands(tx, who, values[0], now), voice=recording)

    def stands(self, tx: Transaction, who: Coordinator, id: str, now: datetime) -> Screen | None:
        """How an act stands, as this coordinator sees it; None where it is long over."""
        one = tx.proposals.get(id)
        return None if one is None else self._standing(tx, who, one, now)

    def _to_be_heard(self, who: Coordinator, one: Proposal, refuse: tuple[Button, ...]) -> Screen:
        """A recording to decide on: whoever has listened to it may agree."""
        listen = (Button(Say("button-listen"), Asked("recplay", (one.id,))),)
        agree = ((Button(Say("button-act-confirm"), Asked("yes", (one.id,))),),) if has_heard(one, who) else ()
        first = Say("act-wanted") if agree else Say("act-listen")
        lines = (first, *self.recording.means(who, one.what))
        return Screen(who.language, lines, (listen, *agree, refuse, *self._home_row()))

    def _act_means(self, tx: Transaction, who: Coordinator, one: Proposal) -> tuple[Line, ...]:
        """What will happen, in full: a confirmation is worth what its reader knew."""
        if one.act == OPEN_WAVE:
            chosen = as_opening(one.what)
            return self._opening_means(who, chosen) if chosen.survey in self._shelf().surveys else ()
        if one.act == RECORD:
            return self.recording.means(who, one.what)
        wave = _found(tx, one.what["wave"])
        named: dict[str, str | Code] = {"survey": worded(wave.survey.title, who.language), "wave": Code(wave.id)}
        if one.act == EXPORT_ROWS:
            return (Say("act-rows", named),)
        return (Say("act-close", named), Say("desk-close-means", {"k": wave.terms.k}))

    # -- the log of acts ------------------------------------------------------------------------------

    def _log(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """The newest acts, or those before a line; whether the log is whole stands above the newest."""
        before = int(values[0]) if values else None
        acts = tx.desk.acts(before, ACTS_SHOWN)
        lines: list[Line] = [Say("log-title"), *([self._whole(tx)] if before is None else [])]
        lines += [self._logged(who, one) for one in acts]
        older = acts and acts[-1].no > 1
        rows = ((Button(Say("button-earlier"), Asked("log", (str(acts[-1].no),))),),) if older else ()
        return Said(Screen(who.language, tuple(lines), (*rows, *self._home_row())))

    def _whole(self, tx: Transaction) -> Say:
        broken = tx.desk.broken()
        return Say("log-whole") if broken is None else Say("log-broken", {"n": broken})

    def _logged(self, who: Coordinator, act: Act) -> Say:
        """One act in words: no number of another coordinator, and of what it was about the wave only."""
        moment = act.moment.astimezone(self._zone)
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
        return Say(id) if id in self._phrases.ids else Code(act)

    # -- invitations ----------------------------------------------------------------------------------

    def _cohorts(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _found(tx, values[0])
        cohorts = [
            Say("desk-cohort", {"cohort": _cohort(one), "state": Say(f"desk-cohort-{one.state}")})
            for one in tx.invites.cohorts(wave.id, now.date())
        ]
        new = (Button(Say("button-desk-invite"), Asked("group", (wave.id,))),)
        rows = ((new,) if wave.state == "open" else ()) + self._home_row()
        return Said(Screen(who.language, (Say("desk-cohorts"), *cohorts), rows))

    def _cohort_size(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave = _found(tx, values[0])
        caps = [factor * wave.terms.k for factor in FACTORS]
        rows = tuple(
            (Button(Say("desk-people", {"n": cap}), Asked("grpdays", (wave.id, str(cap)))),) for cap in caps
        )
        say = Say("desk-cohort-size", {"least": caps[0]})
        return Said(Screen(who.language, (say,), (*rows, *self._home_row())))

    def _cohort_days(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        wave, cap = _found(tx, values[0]), int(values[1])
        number = str(tx.invites.count(wave.id) + 1)  # so that a second delivery makes no second group
        rows = tuple(
            (Button(Say("desk-days", {"n": n}), Asked("invite", (wave.id, str(cap), str(n), number))),)
            for n in DAYS
        )
        return Said(Screen(who.language, (Say("desk-cohort-days"),), (*rows, *self._home_row())))

    def _invite(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave, cap, days, name = _found(tx, values[0]), int(values[1]), int(values[2]), str(int(values[3]))
        today = now.date()
        if any(one.name == name for one in tx.invites.cohorts(wave.id, today)):
            return self._cohorts(tx, who, values, now)
        try:
            code = tx.invites.make(wave, name, cap, days, today)
        except WaveTrouble:  # forged: no button of ours offers it
            return self._cohorts(tx, who, values, now)
        tx.desk.note(f"coordinator {who.chat}", "invite", f"wave {wave.id}, group {name}", now)
        link = self._link(joined(wave.id, code))
        last = day(who.language, today + timedelta(days=days))
        said = Say(
            "desk-invite-made",
            {"cohort": _cohort(Cohort(name, "")), "link": Code(link), "n": cap, "day": last},
        )
        back = (Button(Say("button-desk-cohorts"), Asked("groups", (wave.id,))),)
        last_day = (today + timedelta(days=days)).isoformat()
        print_it = (Button(Say("button-desk-poster"), Asked("poster", (wave.id, code, last_day))),)
        return Said(
            Screen(who.language, (said,), (print_it, back, *self._home_row())),
            picture=qr(link),
            caption=self._caption(who, wave, link),
        )

    # -- summaries ------------------------------------------------------------------------------------

    def _cadence(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        labels = dict(
            zip(CADENCES, ("button-every-week", "button-every-two-weeks", "button-every-month"), strict=True)
        )
        rows = tuple((Button(Say(label), Asked("every", (values[0], every))),) for every, label in labels.items())
        once = (Button(Say("button-at-close"), Asked("atclose", (values[0],))),)
        rows = (*rows, once)
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

    def _at_close(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _found(tx, values[0])
        tx.desk.subscribe(who.chat, wave.id, Cadence(AT_CLOSE, 0, 0), now)
        return Said(self._wave_screen(tx, who, wave))

    def _subscribe(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        wave = _found(tx, values[0])
        on, hour = int(values[2]), int(values[3])
        if not (0 <= on <= 6 and 0 <= hour <= 23):
            raise ValueError(values)
        tx.desk.subscribe(who.chat, wave.id, Cadence(_one_of(values[1], CADENCES), on, hour), now)
        return Said(self._wave_screen(tx, who, wave))

    # -- stewards -------------------------------------------------------------------------------------

    def _steward_home(self, tx: Transaction, who: Coordinator) -> Screen:
        """What a steward finds: the waves that ask for own words, and nothing of their figures."""
        rows = [
            (Button(Text(f"{worded(w.survey.title, who.language)} ({w.id})"), Asked("words", (w.id,))),)
            for w in tx.waves.all()
            if own_words(w.survey)
        ]
        language = (Button(Say("button-desk-language"), Asked("lang")),)
        return Screen(who.language, (Say("desk-steward"),), (*rows, language))

    def _open_answers(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        """The released own words of a wave as one sealed file."""
        wave = _found(tx, values[0])
        if tx.waves.open_answers_size(wave.id) > LARGEST_SEALED:
            return Said(Screen(who.language, (_too_large(wave, who.language),), self._home_row()))
        content = tx.waves.open_answers(wave.id)
        if content is None:
            say = Say("desk-open-answers-none", {"k": wave.terms.k})
            return Said(Screen(who.language, (say,), self._home_row()))
        tx.desk.note(f"coordinator {who.chat}", "open answers", f"wave {wave.id}", now)
        name = f"open-answers-{wave.id}.json"
        caption = self._phrases.say(
            who.language,
            "desk-open-answers-caption",
            survey=worded(wave.survey.title, who.language),
            wave=latin(wave.id),
            command=latin(f"aitbar steward read {name}"),
        )
        return Said(None, file=content, file_name=name, caption=caption)

    def _home_row(self) -> tuple[tuple[Button, ...], ...]:
        return ((Button(Say("button-desk-home"), Asked("home")),),)


def _too_large(wave: Wave, language: str) -> Say:
    """Own words and voices that no message can carry."""
    command = Code(f"aitbar opentext {wave.id} --out FILE")
    title = Text(worded(wave.survey.title, language))
    return Say("desk-open-answers-large", {"survey": title, "wave": Code(wave.id), "command": command})


def sizes(survey: Survey, plan: Layout, language: str) -> tuple[Say, ...]:
    """Which groups are large enough to be shown, with the numbers; groups all alike share a sentence."""
    lines = []
    for name in dict.fromkeys(size.node[0][0] for size in plan.sizes):
        groups = [size for size in plan.sizes if size.node[0][0] == name]
        alike = len({(size.people, size.fate) for size in groups}) == 1
        for size in groups[:1] if alike else groups:
            group = Say(f"desk-each-{name}") if alike else Text(label(survey, size.node, language))
            numbers = {"people": size.people, "least": size.least, "times": size.times, "k": size.k}
            lines.append(Say(f"desk-size-{size.fate}", {"group": group, **numbers}))
    return tuple(lines)


def _own_clocks(survey: Survey) -> tuple[Say, ...]:
    """When a wave of this survey closes by itself, where its author limits the days."""
    clocks = survey.clocks
    if clocks.start_days is None:
        return ()
    return (Say("desk-clocks-mean", {"start": clocks.start_days, "grace": clocks.grace_days}),)


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


def _actor(who: Coordinator, act: Act) -> str:
    """Who did it, as this coordinator sees it: you, another, the console or the clock."""
    if act.who == f"coordinator {who.chat}":
        return "you"
    return "another" if act.who.startswith("coordinator ") else act.who


def _cohort(one: Cohort) -> Say | str:
    """A cohort's name; the desk's own cohorts are numbered, so that no name is asked for."""
    return Say("desk-cohort-number", {"n": int(one.name)}) if one.name.isdecimal() else one.name


def _paper_button(language: str, size: str, carried: tuple[str, ...]) -> Button:
    return Button(
        Say("desk-paper", {"language": _spoken(language), "size": Code(size.upper())}), Asked("paper", carried)
    )


def _spoken(language: str) -> Say | Text:
    """What a poster's language is called in its own words, or that it has all of them."""
    return Say("desk-paper-all") if language == ALL_LANGUAGES else Text(LANGUAGE_NAMES[language])


def _one_of(word: str, allowed: tuple[str, ...]) -> str:
    if word not in allowed:
        raise ValueError(word)
    return word
