"""What each update leads to: who may do what with which part of the house. Runs inside the transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from bot import nature
from bot.chat.booth import Booth
from bot.chat.desk import Desk
from bot.chat.identity import who
from bot.chat.inbound import Brought, Came, Command, Spoken, Stranger, Words
from bot.chat.limits import Limits, TooFast
from bot.chat.memory import Bound, Memory, Undo
from bot.chat.outbound import AnswerTap, Delete, Later, Outgoing, Show, ShowFile, ShowPicture
from bot.chat.privacy import Kept, forgotten, privacy
from bot.chat.prompts import Prompts
from bot.chat.said import Said, drawn, made
from bot.chat.voices import Fetched, Voices
from bot.chat.wishes import Wishes
from bot.chat.words import keyboard, line, text
from bot.core.events import (
    Asked,
    AskedForHelp,
    AskedForLanguages,
    AskedLanguageAgain,
    Continued,
    Event,
    Hid,
    HidBefore,
    Joined,
    Listened,
    Opened,
    PickedLanguage,
    PickedWave,
    Refused,
    Sent,
    Spoke,
    StartedOver,
    Stopped,
    Threshold,
    Toggled,
    Typed,
    WantedNoMore,
    WantedToRead,
    WentBack,
)
from bot.core.referral import Helpline, beside
from bot.core.reminders import NEVER
from bot.core.screen import Button, Code, Say, Screen, Text
from bot.core.threshold import hideable, no_more
from bot.files.phrases import Phrases, keyword
from bot.store import COLLEAGUE, Contact, StoreTrouble, Transaction
from bot.store.outcomes import WITHDRAWN
from bot.turn import Held, Reply, Wish, take

FRESH_AFTER = timedelta(hours=24)
"""A message older than this is replaced, so that it can still be wiped (Telegram: 48 hours)."""

KEYWORDS: dict[str, Event] = {
    "back": WentBack(step=None),
    "stop": Stopped(),
    "help": AskedForHelp(),
    "language": AskedForLanguages(),
    "continue": Continued(),
    "hide": Hid(),
    "delete": Hid(),
}

BEFORE_AN_INTERVIEW = (PickedLanguage, AskedLanguageAgain, PickedWave, Joined, Refused, StartedOver)
"""Taps that led to an interview: a second one that comes late must not draw over the only copy of its secret."""

GO_ON = ((Button(Say("button-continue"), Continued()),), (Button(Say("button-hide"), Hid()),))

HIDDEN = Say("hidden")
"""A message that shows this says nothing else."""

Digests = Callable[[int, str, str, str], Awaitable[tuple[Outgoing, ...]]]
"""Draws the released summary of a wave for a chat, in a language."""


Helplines = Callable[[date], Sequence[Helpline]]
"""Whom to call, as far as it is known on a day."""

Count = Callable[[str, str], Callable[[], object]]
"""Counts that something ended so in a wave; returns how to take it back."""


class Handler:
    """One update at a time; what it remembers lives in memory only, and is forgotten by `sweep`."""

    def __init__(
        self,
        phrases: Callable[[], Phrases],
        desk: Desk,
        digests: Digests,
        wishes: Wishes,
        kept: Kept,
        tell: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = nature.monotonic,
        helplines: Helplines = lambda _today: (),
        count: Count = lambda _wave, _state: lambda: None,
        prompts: Prompts | None = None,
        booth: Booth | None = None,
        voices: Voices | None = None,
    ) -> None:
        self._count = count
        self._voices = voices
        self._booth = booth
        self._prompts = Prompts() if prompts is None else prompts
        self._helplines = helplines
        self._in_use = phrases
        self._tell = tell
        self._desk = desk
        self._digests = digests
        self._wishes = wishes
        self._kept = kept
        self._clock = clock
        self._limits = Limits(clock)
        self._undo: Undo = []
        self._memory = Memory(clock, self._undo)
        self.dirty_since: float | None = None
        """When the first answers came or went that no scrub has followed; None when all is clean."""
        self.last_handled = 0.0

    @property
    def _phrases(self) -> Phrases:
        return self._in_use()

    def handle(self, tx: Transaction, came: Came, now: datetime) -> list[Outgoing]:
        """Everything that follows from one update."""
        self.last_handled = self._clock()
        try:
            self._undo.append(self._limits.arrive(came.user, came.waited))
            return self._handled(tx, came, now)
        except TooFast as fast:
            return self._slowed(came, fast.tell)

    def _handled(self, tx: Transaction, came: Came, now: datetime) -> list[Outgoing]:
        match came.did:
            case Brought():
                screen = self._desk.join_group(tx, came.chat, came.did.code, now)
                return self._in_a_group(came) if screen is None else self._said(came, Said(screen))
            case Stranger(group=True):
                return self._in_a_group(came)
            case Stranger():
                return self._say(came, "nothing-was-kept-of-that", delete=True)
            case Spoken(about=()):
                return self._spoke(tx, came, came.did, now)
            case Spoken():
                return self._recorded(tx, came, came.did, now)
            case Asked():
                return self._at_desk(tx, came, came.did, now)
            case Command():
                return self._command(tx, came, came.did, now)
            case Words():
                return self._to_desk(tx, came, came.did, now) or self._words(tx, came, came.did.text, now)
            case WantedNoMore():
                return self._no_more(came, came.did.language)
            case WantedToRead():
                return self._read(tx, came, came.did, now)
            case None:
                self._charge(came)
                return self._hint(came, Say("hint-moved-on"))
            case _:
                return self._turn(tx, came, came.did, now)

    def begin(self) -> None:
        """A round begins: what it takes from memory is kept until the next one."""
        self._undo.clear()

    def undo(self) -> None:
        """The round was rolled back and comes again: give back what memory lost to it."""
        for give_back in reversed(self._undo):
            give_back()
        self._undo.clear()

    def failed(self, came: Came) -> list[Outgoing]:
        """What a person hears whose update could not be handled: it was not saved."""
        if came.tap is not None:
            return self._hint(came, Say("hint-not-saved"))
        try:
            return self._say(came, "something-went-wrong")
        except TooFast as fast:
            return self._slowed(came, fast.tell)

    # -- how fast -------------------------------------------------------------------------------------

    def _charge(self, came: Came) -> None:
        """This update moved nothing: that is limited. Raises TooFast."""
        self._undo.append(self._limits.charge(came.user, came.waited))

    def _slowed(self, came: Came, tell: bool) -> list[Outgoing]:
        """What was too fast: said once, in passing where there is a button; then only spinners are stopped."""
        said = Say("too-fast") if tell and came.did != Stranger(group=True) else None
        if came.tap is not None:
            return self._hint(came, said, self._spoken(came))
        if came.did == Stranger(group=True):
            return []
        self._memory.stray(came.chat, came.message)
        return [] if said is None else [self._beside(came, Screen(self._spoken(came), (said,)))]

    def _in_a_group(self, came: Came) -> list[Outgoing]:
        if came.tap is not None:
            return self._hint(came, None)
        if not self._limits.group(came.chat):
            return []
        return [Show(came.chat, self._phrases.say(came.language, "group-line"), None)]

    def sweep(self) -> None:
        """Forget what has waited long enough: above all the secrets of chats that never wrote again."""
        self._memory.sweep()
        self._limits.sweep()
        self._prompts.sweep()

    # -- turns ----------------------------------------------------------------------------------------

    def _turn(self, tx: Transaction, came: Came, did: Held | Threshold, now: datetime) -> list[Outgoing]:
        did = self._at_its_message(tx, came, did)
        bound = self._memory.bound(came)
        if bound is not None and isinstance(did, BEFORE_AN_INTERVIEW):
            self._charge(came)
            return self._hint(came, Say("hint-moved-on"), self._spoken(came))
        if bound is not None and bound.ended:
            did = _once_more(did, bound)
        hiding = _hides(did)
        rest = self._the_rest(tx, came, bound) if isinstance(did, HidBefore) else ()
        reply = _with_the_same_buttons(take(tx, who(came.user), did, now, came.language), bound)
        spoken = None if reply.screen is None else reply.screen.language
        if not (reply.moved or hiding or self._shows_something_new(came, reply)):
            self._charge(came)
        if reply.finished or reply.soiled:
            self.soil()
        if reply.wish is not None:
            self._wish(came.chat, reply.wish)
        if reply.ended is not None:
            self._undo.append(self._count(reply.ended.wave, reply.ended.state))
        out: list[Outgoing] = []
        if reply.screen is not None and reply.referral:
            called = self._helplines(now.date())
            reply = replace(reply, screen=beside(reply.screen, reply.referral, called, now.date()))
        if reply.screen is not None:
            out.append(self._show(came, did, reply, now))
        if came.tap is not None:
            out += self._hint(came, reply.hint, spoken)
        if reply.screen is not None and (reply.moved or reply.grip is not None):
            listens = isinstance(getattr(did, "event", did), Listened) and reply.hint is None
            out += self._prompts.follow(
                came.chat, reply.screen, listens=listens, moved=reply.moved, undo=self._undo
            )
        if reply.wipe or hiding:
            wiped = reply.wipe + self._pop_strays(came.chat) + (rest if hiding else ())
            if wiped:
                out.append(self._wiped(came.chat, wiped, came.language if spoken is None else spoken))
        if reply.fetch and isinstance(did, Held):
            out += self._fetch(came, did, reply)
        return out

    def _fetch(self, came: Came, did: Held, reply: Reply) -> list[Outgoing]:
        """Voice notes are fetched beside everything else; then the same is done once more, with them."""
        voices = self._voices
        if voices is None:
            return []
        taken: Undo = []
        send, failed = partial(self._fetched, came, did, taken), partial(self._not_fetched, came, did, taken)
        return [Later(came.chat, lambda: voices.fetch(reply.fetch, send, failed), beside=True)]

    def _fetched(
        self, came: Came, did: Held, taken: Undo, tx: Transaction, fetched: Fetched, now: datetime
    ) -> list[Outgoing]:
        """Send what waited for its voice notes. Of an interview that is over by now nothing is said: it was
        hidden, or sent by a tap before this one. This is no round: what it takes from memory stands in `taken`."""
        if tx.vault.wave_of(did.grip.secret) is None:
            return []
        message, before = self._memory.message_of(came.chat, did.grip) or came.message, len(self._undo)
        try:
            out = self._turn(tx, replace(came, message=message, sent=now), replace(did, fetched=fetched), now)
        except TooFast:
            return []
        taken[:], self._undo[before:] = self._undo[before:], []
        return [one for one in out if not isinstance(one, AnswerTap)]  # that was answered already

    def _not_fetched(self, came: Came, did: Held, taken: Undo) -> tuple[Outgoing, ...]:
        """Nothing was sent, nothing is lost: it can be sent again. Whoever hid meanwhile sees nothing of it."""
        for give_back in reversed(taken):
            give_back()
        if self._memory.grip(came.chat) != did.grip:
            return ()
        screen = Screen(self._spoken(came), (Say("something-went-wrong"),), GO_ON)
        message = self._memory.message_of(came.chat, did.grip) or came.message
        return (
            Show(came.chat, text(self._phrases, screen), keyboard(self._phrases, screen, did.grip), edit=message),
        )

    def _the_rest(self, tx: Transaction, came: Came, bound: Bound | None) -> tuple[int, ...]:
        """Whoever hides at a message beside the interview wants that gone, too, and its answers dropped."""
        awaiting = self._memory.awaiting(came.chat)
        if awaiting is None or awaiting.message in (None, came.message) or (bound is not None and bound.ended):
            return ()
        tx.vault.drop(awaiting.grip.secret)
        return () if awaiting.message is None else (awaiting.message,)

    def _wiped(self, chat: int, messages: tuple[int, ...], language: str) -> Delete:
        """Messages that go; where Telegram keeps some, one neutral line says how to clear them."""
        return Delete(chat, messages, left=lambda left: (self._left(chat, left, language),))

    def _left(self, chat: int, left: int, language: str) -> Show:
        words = text(self._phrases, Screen(language, (Say("not-deleted", {"n": left}),)))
        return Show(chat, words, None, shown=lambda id: self._memory.stray(chat, id), quiet=True)

    def _shows_something_new(self, came: Came, reply: Reply) -> bool:
        """True for a step that is in order though it moves nothing: the languages, help, what was wrong."""
        before = self._memory.awaiting(came.chat)
        if before is None or reply.grip != before.grip or reply.hint is not None:
            return False
        return reply.screen != before.screen

    def _at_its_message(self, tx: Transaction, came: Came, did: Held | Threshold) -> Held | Threshold:
        """A tap on what a message showed before its interview began (a second yes) shows where one is.

        Drawing anything else there would take the only copy of the secret from the chat.
        """
        if came.tap is None or isinstance(did, (Held, HidBefore)):
            return did
        awaiting = self._memory.awaiting(came.chat)
        if awaiting is None or awaiting.message != came.message or tx.vault.wave_of(awaiting.grip.secret) is None:
            return did
        return Held(awaiting.grip, Continued())

    def _show(self, came: Came, did: Held | Threshold, reply: Reply, now: datetime) -> Show:
        screen = reply.screen
        assert screen is not None
        if reply.apart:
            return self._beside(came, screen)
        grip = did.grip if isinstance(did, Held) else None
        edit = came.message if came.tap is not None else self._memory.message_of(came.chat, grip)
        old = came.tap is not None and (came.sent is None or now - came.sent > FRESH_AFTER)
        old = old and not _hides(did)  # Telegram may not let it be deleted: it must not stay as it is
        if isinstance(did, StartedOver):
            self._memory.leave_behind(came)
        shown = self._memory.remember(came, did, reply, None if old else edit, screen.language)
        return Show(
            came.chat,
            self._words_of(came, screen),
            keyboard(self._phrases, self._prompts.dressed(screen), reply.grip),
            edit=None if old else edit,
            instead=edit if old else None,
            slow=isinstance(did, Held) and isinstance(did.event, Toggled),
            shown=shown,
            veil=text(self._phrases, Screen(screen.language, (HIDDEN,))) if _speaks_of_it(screen) else "",
        )

    def _beside(self, came: Came, screen: Screen) -> Show:
        """A message of its own, which goes with the next wipe, and can be hidden."""
        screen = screen if screen.rows else hideable(screen)
        words, keys = self._words_of(came, screen), keyboard(self._phrases, screen, None)
        return Show(came.chat, words, keys, shown=lambda id: self._memory.stray(came.chat, id))

    def _words_of(self, came: Came, screen: Screen) -> str:
        """The words of a screen; before them, once, that we were away, to whoever wrote meanwhile."""
        if came.late and HIDDEN not in screen.lines and self._memory.tell_of_absence(came.chat):
            screen = screen._replace(lines=(Say("we-were-away"), *screen.lines))
        return text(self._phrases, screen)

    # -- typed words ----------------------------------------------------------------------------------

    def _command(self, tx: Transaction, came: Came, command: Command, now: datetime) -> list[Outgoing]:
        match command.name:
            case "start" if command.rest.startswith(f"{COLLEAGUE}-"):
                code = command.rest.removeprefix(f"{COLLEAGUE}-")
                self._charge_strangers(tx, came)
                return self._said(came, self._desk.arrive(tx, came.chat, code, came.language))
            case "start":
                wave = command.rest.lower() or None
                return self._turn(tx, came, Opened(wave, came.message, came.language), now)
            case "desk":
                return self._at_desk(tx, came, Asked("home"), now)
            case "claim":
                said = self._desk.claim(tx, came.chat, command.rest, came.language, now)
                self._charge_strangers(tx, came)
                return [*self._said(came, said), Delete(came.chat, (came.message,))]
            case "withdraw":
                return self._withdraw(tx, came, command.rest)
            case "forget":
                return self._forget(tx, came, now)
            case "privacy":
                return self._privacy(tx, came)
        return self._words(tx, came, command.name, now)

    def _words(self, tx: Transaction, came: Came, words: str, now: datetime) -> list[Outgoing]:
        meant = keyword(words)
        if meant == "forget":
            return self._forget(tx, came, now)
        if meant == "stop":  # whatever else it stops: under each reminder it is said that this ends them
            self._wishes.forget(came.chat, reminders_only=True)
        grip = self._memory.grip(came.chat)
        if grip is None:
            return self._without_a_grip(tx, came, meant, now)
        event = KEYWORDS.get(meant or "", Typed(words, meant))
        if isinstance(event, Typed) and not self._memory.was_seen(came):
            event = Continued()  # written before this question was seen
        return [*self._turn(tx, came, Held(grip, event, came.message), now), Delete(came.chat, (came.message,))]

    def _without_a_grip(self, tx: Transaction, came: Came, meant: str | None, now: datetime) -> list[Outgoing]:
        """Words where none are awaited, or whose secret is no longer in memory."""
        if meant == "help":
            at_desk = self._desk.help(tx, came.chat)
            return self._say(came, "help") if at_desk is None else self._said(came, Said(at_desk))
        if meant in ("hide", "delete", "stop"):  # somebody may look on: nothing here may speak of a survey
            return self._turn(tx, came, HidBefore((came.message,)), now)
        if meant in ("start", "language"):
            return self._turn(tx, came, Opened(None, came.message, came.language), now)
        return self._go_on_above(tx, came, now) or self._say(came, "nothing-to-do")

    def _go_on_above(self, tx: Transaction, came: Came, now: datetime) -> list[Outgoing]:
        """The way back to an interview whose secret is no longer in memory; nothing where none was begun."""
        reply = take(tx, who(came.user), Opened(None, came.message, came.language), now, came.language)
        if reply.screen is None or not any(
            isinstance(part, Say) and part.id == "go-on-above" for part in reply.screen.lines
        ):
            return []
        # The words may be an answer: they and this line must not outlive the interview on the phone.
        self._charge(came)
        return [self._beside(came, reply.screen), Delete(came.chat, (came.message,))]

    def _spoke(self, tx: Transaction, came: Came, note: Spoken, now: datetime) -> list[Outgoing]:
        """A voice note answers the question that asks for one. Nothing of it is fetched before it is sent, and
        anywhere else nothing of it is kept."""
        grip = self._memory.grip(came.chat)
        if grip is None:
            return self._go_on_above(tx, came, now) or self._say(came, "nothing-was-kept-of-that", delete=True)
        seen = self._memory.was_seen(came)
        event = Spoke(note.file_id, note.seconds, note.size) if seen else Continued()
        return [*self._turn(tx, came, Held(grip, event, came.message), now), Delete(came.chat, (came.message,))]

    def _withdraw(self, tx: Transaction, came: Came, rest: str) -> list[Outgoing]:
        code = "".join(c for c in rest if c.isdecimal())
        if not code:
            return self._say(came, "withdraw-how", {"command": Code("/withdraw")})
        if not self._memory.may_withdraw(came.chat):
            return self._say(came, "withdraw-later", delete=True)
        ascii_code = "".join(str(int(c)) for c in code)
        wave = tx.vault.withdraw(ascii_code)
        if wave is None:
            return self._say(came, "withdraw-unknown", delete=True)
        self._undo.append(self._count(wave, WITHDRAWN))
        self.soil()
        return self._say(came, "withdraw-done", delete=True, free=True)

    # -- what is held of somebody -----------------------------------------------------------------------

    def _wish(self, chat: int, wish: Wish) -> None:
        if not wish.holds:
            self._wishes.forget(chat, wish.wave)
            return
        wished = [Contact(chat, wish.language)] if wish.result else []
        if wish.part != NEVER:
            wished.append(Contact(chat, wish.language, result=False, part=wish.part))
        self._undo += [self._wishes.wish(wish.wave, contact) for contact in wished]

    def _no_more(self, came: Came, language: str) -> list[Outgoing]:
        """No reminder comes any more: it is said where the last one stood, once it is so."""
        self._charge(came)
        self._wishes.forget(came.chat, reminders_only=True)
        done = Later(came.chat, lambda: self._settled(came.chat, no_more(language), came.message))
        return [*self._hint(came, None), done]

    def _read(self, tx: Transaction, came: Came, did: WantedToRead, now: datetime) -> list[Outgoing]:
        """What was heard, in the place of the line that there is news; it goes with the next wipe."""
        self._charge(came)
        screen = self._desk.heard.read(tx, did.wave, did.language, now)
        if screen is None:
            return self._hint(came, Say("hint-moved-on"), did.language)
        shown = hideable(screen)
        veil = text(self._phrases, Screen(did.language, (HIDDEN,)))
        show = Show(
            came.chat,
            text(self._phrases, shown),
            keyboard(self._phrases, shown, None),
            edit=came.message,
            shown=lambda id: self._memory.stray(came.chat, id),
            veil=veil,
        )
        return [show, *self._hint(came, None)]

    def _forget(self, tx: Transaction, came: Came, now: datetime) -> list[Outgoing]:
        """Forget this chat: its wishes, its interview if the secret is at hand, what memory holds of its messages.

        What is said is the same for everybody, and only after it was done. What limits somebody's tries stays.
        """
        self._charge(came)
        language, grip = self._spoken(came), self._memory.grip(came.chat)
        self._wishes.forget(came.chat)
        out: list[Outgoing] = []
        if grip is not None:
            out += self._turn(tx, came, Held(grip, Hid(), came.message), now)
            tx.vault.drop(grip.secret)  # also in a wave that takes no answers any more
        out.append(self._wiped(came.chat, (came.message, *self._pop_strays(came.chat)), language))
        return [*out, Later(came.chat, lambda: self._settled(came.chat, forgotten(language)))]

    async def _settled(self, chat: int, screen: Screen, edit: int | None = None) -> tuple[Outgoing, ...]:
        """Say that it is done, after it was; a button that did not work stays."""
        try:
            await self._wishes.settle()
            self.soil()
        except StoreTrouble:
            screen, edit = Screen(screen.language, (Say("something-went-wrong"),)), None
        words, keys = text(self._phrases, screen), keyboard(self._phrases, screen, None)
        return (Show(chat, words, keys, edit=edit, shown=lambda id: self._memory.stray(chat, id)),)

    def _privacy(self, tx: Transaction, came: Came) -> list[Outgoing]:
        self._charge(came)
        known = tx.desk.coordinator(came.chat)
        least = min([self._kept.least, *(wave.terms.k for wave in tx.waves.all())])
        language = self._spoken(came) if known is None else known.language
        idle = max([self._kept.idle, *(wave.survey.clocks.idle_days for wave in tx.waves.all())])
        kept = replace(self._kept, least=least, idle=idle)
        self._memory.stray(came.chat, came.message)  # the question goes with the answer
        return [self._beside(came, privacy(language, kept, coordinator=known is not None))]

    # -- the desk -------------------------------------------------------------------------------------

    def _at_desk(self, tx: Transaction, came: Came, asked: Asked, now: datetime) -> list[Outgoing]:
        self._charge_strangers(tx, came)
        return self._said(came, self._desk.take(tx, came.chat, asked, came.language, now))

    def _recorded(self, tx: Transaction, came: Came, note: Spoken, now: datetime) -> list[Outgoing]:
        """A voice note is a recording of whoever may record; of everybody else nothing is kept."""
        booth, who = self._booth, tx.desk.coordinator(came.chat)
        wanted = self._desk.recording.wanted(who, note)
        if booth is None or who is None or wanted is None:
            return self._say(came, "nothing-was-kept-of-that", delete=True)
        language = who.language
        return [Later(came.chat, lambda: booth.take(came.chat, came.message, wanted, note, language, now))]

    def _to_desk(self, tx: Transaction, came: Came, words: Words, now: datetime) -> list[Outgoing]:
        """What a coordinator typed in reply to the desk; nothing where the words are for somebody else."""
        if not words.about or keyword(words.text) is not None:
            return []
        said = self._desk.typed_to(tx, came.chat, words, now)
        return [] if said is None else self._said(came, said)

    def _charge_strangers(self, tx: Transaction, came: Came) -> None:
        """Coordinators are known, and answer for what they do; the ceiling is enough for them."""
        if tx.desk.coordinator(came.chat) is None:
            self._charge(came)

    def _said(self, came: Came, said: Said) -> list[Outgoing]:
        out: list[Outgoing] = []
        if said.screen is not None:
            edit = came.message if came.tap is not None else None
            words, keys = self._words_of(came, said.screen), keyboard(self._phrases, said.screen, None)
            out.append(Show(came.chat, words, keys, edit=edit))
        if said.picture is not None:
            out.append(ShowPicture(came.chat, said.picture, said.caption))
        if said.file is not None:
            out.append(ShowFile(came.chat, said.file, said.file_name, said.caption))
        if said.draw is not None:
            out.append(Later(came.chat, partial(drawn, came.chat, said, said.draw)))
        if said.make is not None:
            out.append(Later(came.chat, partial(made, said.make)))
        booth = self._booth
        if said.voice and booth is not None:
            out.append(Later(came.chat, lambda: booth.play(came.chat, said.voice)))
        if said.digest_of is not None:
            wave, language, part = said.digest_of, said.language, said.part
            out.append(Later(came.chat, lambda: self._digests(came.chat, wave, language, part)))
        if said.tell:
            out.append(Later(came.chat, self._told_others))
        return [*out, *(self._hint(came, None) if came.tap is not None else ())]

    async def _told_others(self) -> tuple[Outgoing, ...]:
        """By now it is kept: other coordinators may hear of it."""
        self._tell()
        return ()

    def soil(self) -> None:
        """Answers came or went: a scrub is due."""
        if self.dirty_since is None:
            self.dirty_since = self._clock()

    # -- small words ----------------------------------------------------------------------------------

    def _say(
        self, came: Came, id: str, values: dict[str, Code] | None = None, delete: bool = False, free: bool = False
    ) -> list[Outgoing]:
        if not free:
            self._charge(came)
        out: list[Outgoing] = [self._beside(came, Screen(self._spoken(came), (Say(id, dict(values or {})),)))]
        if delete:
            out.append(Delete(came.chat, (came.message,)))
        return out

    def _spoken(self, came: Came) -> str:
        awaiting = self._memory.awaiting(came.chat)
        return came.language if awaiting is None else awaiting.language

    def beside(self, chat: int, message: int) -> None:
        """A message that nobody asked for just now; it goes with the next wipe too."""
        self._memory.stray(chat, message)

    def _pop_strays(self, chat: int) -> tuple[int, ...]:
        """Messages beside the interview, recordings and pictures among them: those that go with a wipe."""
        return (*self._memory.pop_strays(chat), *self._prompts.pop(chat, self._undo))

    def _hint(self, came: Came, hint: Say | None, language: str | None = None) -> list[Outgoing]:
        if came.tap is None:
            return []
        said = None if hint is None else line(self._phrases, language or came.language, hint)
        return [AnswerTap(came.chat, came.tap, said)]


def _once_more(did: Held | Threshold, bound: Bound) -> Held | Threshold:
    """What is tapped where the last words stand asks for them as they were: with the code, if they show it."""
    if not isinstance(did, Held):
        return did
    if isinstance(did.event, Hid):  # tapped while the answers were still on their way
        wipes = (button.does for row in bound.rows for button in row if isinstance(button.does, HidBefore))
        return next(wipes, did)
    wants = isinstance(did.event, Sent) and did.event.code
    return replace(did, event=Sent(step=0, code=bound.code or wants))


def _hides(did: Held | Threshold) -> bool:
    return isinstance(getattr(did, "event", did), (Hid, HidBefore))


def _speaks_of_it(screen: Screen) -> bool:
    """True where words of a survey stand: no notification may show them."""
    values = [value for line in screen.lines if isinstance(line, Say) for value in line.values.values()]
    return any(isinstance(part, Text) for part in (*screen.lines, *values))


def _with_the_same_buttons(reply: Reply, bound: Bound | None) -> Reply:
    """Last words that are shown again keep the button that knows what is to be wiped."""
    if bound is None or not bound.ended or reply.screen is None or reply.grip is not None or not reply.screen.rows:
        return reply
    return replace(reply, screen=reply.screen._replace(rows=bound.rows))
