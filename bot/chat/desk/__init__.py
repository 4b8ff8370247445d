"""The coordinators' desk in the chat: claim, open a wave, invite, agree to another's act, choose summaries.

Laws:
1. Every act asks `roles.may` first, and every wave `Transaction.reaches`; nobody's role may do nothing.
2. Each button carries all that its tap needs; the desk remembers nothing between two taps.
3. What cannot be undone says what will happen, and happens at the second tap only: a second person's, where
   there is one (`bot/chat/acts.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.acts import Acts, Shelf
from bot.chat.desk.around import HOME, Around, Table, seen
from bot.chat.desk.cohorts import Cohorts
from bot.chat.desk.deciding import Deciding
from bot.chat.desk.heard import Heard
from bot.chat.desk.inclusion import Inclusion
from bot.chat.desk.inviting import Inviting
from bot.chat.desk.logbook import Logbook
from bot.chat.desk.meaning import Meaning, sizes
from bot.chat.desk.opening import Opening
from bot.chat.desk.parts import Parts
from bot.chat.desk.people import People
from bot.chat.desk.preview import Preview
from bot.chat.desk.programmes import Programmes
from bot.chat.desk.receiving import Receiving
from bot.chat.desk.rehearsal import Rehearsal
from bot.chat.desk.spans import Spans
from bot.chat.desk.stewards import Stewards
from bot.chat.desk.typed import Typed
from bot.chat.desk.waves import WaveScreens
from bot.chat.inbound import Words
from bot.chat.recording import Recording
from bot.chat.said import Said
from bot.chat.studio import Studio
from bot.core import roles
from bot.core.events import Asked
from bot.core.flow import LANGUAGE_NAMES
from bot.core.screen import Button, Code, Line, Say, Screen, Text
from bot.core.survey import LANGUAGES, worded
from bot.files.phrases import Phrases
from bot.store import Colleague, Coordinator, Proposal, Terms, Transaction, Wave

__all__ = ["Desk", "sizes"]


class Desk:
    """The desk. `phrases` and `shelf` give what is in use at the moment; `link` makes the address that opens a
    wave; `terms` has k and what stays behind."""

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
        at = Around(phrases, shelf, link, terms, zone)
        self.acts = Acts(shelf, terms, studio, zone)
        self.recording = Recording(shelf, studio, lambda: HOME)
        self.inclusion = Inclusion(phrases, lambda: HOME)
        self.heard = Heard(at, self.acts, self._stands)
        spans = Spans(at, self.acts, self._wave_screen, self._stands)
        preview, rehearsal, cohorts = Preview(at), Rehearsal(at, self.acts), Cohorts(at)
        self._own = Parts(self.recording, preview, rehearsal, spans, cohorts, self.inclusion, self.heard)
        means = Meaning(at, self.acts, self._own)
        self._waves = WaveScreens(at, self._own)
        self._deciding = Deciding(self.acts, means, self._waves)
        self._people, self._programmes = People(at), Programmes(at)
        self._receiving, self._stewards = Receiving(at, self._waves), Stewards(at)
        self.typed = Typed({**self.heard.typed(), **self._programmes.typed(), **self._people.typed()})
        self._parts = (
            self._waves,
            Opening(at, self.acts, means, self._deciding, self._own),
            Inviting(at),
            *(cohorts, self.inclusion, self.heard, preview, rehearsal, spans, self.recording),
            *(self._deciding, self._receiving, self._people, self._programmes, Logbook(at), self._stewards),
        )

    def _stands(self, tx: Transaction, who: Coordinator, one: Proposal, now: datetime) -> Said:
        return self._deciding.answered(tx, who, one, now)

    def _wave_screen(self, tx: Transaction, who: Coordinator, wave: Wave, *before: Line) -> Screen:
        return self._waves.screen(tx, who, wave, *before)

    def claim(self, tx: Transaction, chat: int, code: str, language: str, now: datetime) -> Said:
        """Make the first owner of whoever holds the console's code."""
        if not code:
            return Said(Screen(language, (Say("claim-how", {"command": Code("/claim")}),)))
        organisation = tx.desk.claim(code, now)
        if organisation is None:
            return Said(Screen(language, (Say("claim-wrong"),)))
        tx.organisations.ensure(organisation, now)
        tx.desk.admit(chat, roles.OWNER, language, now, organisation)
        tx.desk.note(f"coordinator {chat}", "claim", "owner", now)
        return Said(Screen(language, (Say("claim-done", {"command": Code("/desk")}),), HOME))

    def arrive(self, tx: Transaction, chat: int, code: str, language: str) -> Said:
        """Somebody opened a link that lets colleagues in."""
        return self._people.arrive(tx, chat, code, language)

    def join_group(self, tx: Transaction, group: int, code: str, now: datetime) -> Screen | None:
        """The bot was brought into a group with a code: what is said there; None where the code is not good."""
        return self._receiving.join_group(tx, group, code, now)

    def help(self, tx: Transaction, chat: int) -> Screen | None:
        """What this coordinator may do; None for everybody else."""
        who = tx.desk.coordinator(chat)
        if who is None:
            return None
        return Screen(who.language, (Say(f"help-{who.role}", {"command": Code("/desk")}),), HOME)

    def take(self, tx: Transaction, chat: int, asked: Asked, language: str, now: datetime) -> Said:
        """Do what a coordinator asked for, if the role allows it."""
        if asked.what == "accept":  # whoever takes an invitation has no role yet
            return self._people.accept(tx, chat, asked.values, language, now)
        who = tx.desk.coordinator(chat)
        act, serve = self.table().get(asked.what, ("", None))
        if who is None or serve is None or not roles.may(who.role, act):
            spoken = language if who is None else who.language
            return Said(Screen(spoken, (Say("only-coordinators"),)))
        try:
            return serve(tx, who, asked.values, now)
        except (KeyError, ValueError, IndexError):  # a forged or outdated button
            return self._outdated(tx, who, now)

    def typed_to(self, tx: Transaction, chat: int, words: Words, now: datetime) -> Said | None:
        """Take what a coordinator typed in reply to the desk; None where nothing was asked for, or not of them."""
        who = tx.desk.coordinator(chat)
        asked = self.typed.wanted(who, words)
        if who is None or asked is None:
            return None
        try:
            return self.typed.take(tx, who, asked, words.text, now)
        except (KeyError, ValueError, IndexError):  # of a message that is out of date
            return self._outdated(tx, who, now)

    def table(self) -> Table:
        """All that buttons ask for."""
        own: Table = {
            "home": (roles.ENTER, self._home),
            "lang": (roles.ENTER, self._languages),
            "speak": (roles.ENTER, self._speak),
        }
        return {**own, **{what: row for part in self._parts for what, row in part.table().items()}}

    def untold(self, tx: Transaction, now: datetime) -> list[tuple[Proposal, Coordinator, Screen]]:
        """How acts of two stand, for every coordinator who ought to hear it and has not."""
        return self._deciding.untold(tx, now)

    def unheard(self, tx: Transaction, now: datetime) -> list[tuple[Colleague, int, Screen]]:
        """What stands to be heard of invitations of colleagues, and in which chat."""
        return self._people.untold(tx, now)

    def stands(self, tx: Transaction, who: Coordinator, id: str, now: datetime) -> Screen | None:
        """How an act stands, as this coordinator sees it; None where it is long over."""
        return self._deciding.stands(tx, who, id, now)

    def _home(self, tx: Transaction, who: Coordinator, _values: tuple[str, ...], now: datetime) -> Said:
        if not roles.may(who.role, roles.LOOK):
            return Said(self._own_home(tx, who))
        waves = seen(tx, who)
        lines: tuple[Line, ...] = (Say("desk-title"), Say("desk-waves" if waves else "desk-no-waves"))
        rows = [
            (Button(Text(f"{worded(w.survey.title, who.language)} ({w.id})"), Asked("wave", (w.id,))),)
            for w in waves
        ]
        if roles.may(who.role, roles.APPROVE):
            rows = [
                (Button(Say(f"button-act-{one.act}"), Asked("act", (one.id,))),)
                for one in tx.proposals.waiting(now)
                if self.acts.concerns(tx, who, one)
            ] + rows
        if roles.may(who.role, roles.OPEN):
            rows.append((Button(Say("button-desk-open"), Asked("open")),))
        rows += self.recording.buttons(who)
        if tx.organisations.programmes(who.organisation) or roles.may(who.role, roles.MANAGE):
            rows += self._programmes.buttons(who)
        rows += self._people.buttons(who)
        if roles.may(who.role, roles.AUDIT):
            rows.append((Button(Say("button-desk-log"), Asked("log")),))
        rows.append((Button(Say("button-desk-language"), Asked("lang")),))
        return Said(Screen(who.language, lines, tuple(rows)))

    def _own_home(self, tx: Transaction, who: Coordinator) -> Screen:
        """What stewards and authors find, who see no wave."""
        if roles.may(who.role, roles.READ):
            return self._stewards.home(tx, who)
        rows = (*self._own.preview.buttons(who), *self.recording.buttons(who))
        language = (Button(Say("button-desk-language"), Asked("lang")),)
        return Screen(who.language, (Say("desk-title"),), (*rows, language))

    def _outdated(self, tx: Transaction, who: Coordinator, now: datetime) -> Said:
        """The desk anew, for a button that leads nowhere any more."""
        home = self._home(tx, who, (), now).screen
        assert home is not None
        return Said(home._replace(lines=(Say("desk-outdated"), *home.lines)))

    def _languages(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        rows = tuple((Button(Text(LANGUAGE_NAMES[code]), Asked("speak", (code,))),) for code in LANGUAGES)
        return Said(Screen(who.language, (Say("choose-language"),), (*rows, *HOME)))

    def _speak(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        language = values[0]
        if language not in LANGUAGES:
            raise ValueError(language)
        tx.desk.speak(who.chat, language)
        return Said(Screen(language, (Say("desk-language-kept"),), HOME))
