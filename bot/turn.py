"""One turn: what somebody did, in; what is kept and what is shown, out.

Laws:
1. Everything here happens inside one transaction that is handed in; nothing is sent and nothing awaited.
2. Nobody's id comes this far: `Who` turns a wave's key into a tag, and that is all it can do.
3. Before consent nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import nature
from bot.core import flow, threshold
from bot.core.events import (
    Agreed,
    AskedLanguageAgain,
    Continued,
    Event,
    Hid,
    HidBefore,
    Joined,
    Opened,
    PickedLanguage,
    PickedWave,
    Refused,
    Sent,
    StartedOver,
    Threshold,
    Typed,
)
from bot.core.order import needs_a_seed
from bot.core.questions import voice
from bot.core.referral import speaks_of_danger
from bot.core.reminders import NEVER
from bot.core.screen import Button, Code, Say, Screen
from bot.core.survey import LANGUAGES, worded
from bot.store import INVITATION_OPEN, Transaction, Wave, dump_body, seal_apart, spoken, write_node
from bot.store.outcomes import QUIT, REFUSED, SCREENED_OUT

SEED_BYTES = 8


@dataclass(frozen=True)
class Who:
    """Who acted, without saying who: `tag(key of a wave, slot)` is all that can be learnt."""

    tag: Callable[[bytes, int], bytes]


@dataclass(frozen=True)
class Grip:
    """What the buttons of an interview hold: the chat's secret, and which person of the phone it is."""

    secret: bytes
    slot: int


@dataclass(frozen=True)
class Held:
    """Something a person did inside the interview that `grip` opens. `typed` is the message that says it in
    words or by voice; 0 for a tap. `fetched` is what the voice notes that are sent with it say; None for one that
    could not be had."""

    grip: Grip
    event: Event
    typed: int = 0
    fetched: Mapping[voice.Note, bytes | None] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Wish:
    """This chat is to be written to, in this language: of the `result` of a wave, as a reminder in a `part` of
    the day, or both; or not any more (`holds` is false)."""

    wave: str
    language: str
    holds: bool
    result: bool = True
    part: int = NEVER


@dataclass(frozen=True)
class Ended:
    """An interview of this wave ended without answers, in this state. Of whom nobody learns."""

    wave: str
    state: str


@dataclass(frozen=True)
class Reply:
    """What to show. Without a screen nothing on the phone changes but the `hint` said in passing.

    `apart`: in a message of its own, because the one that was tapped may hold the secret of an interview.
    `moved`: the interview began, went on or ended; what moves nothing is limited (`bot/chat/limits.py`).
    `soiled`: what was written could be joined until a scrub: a new mark, and a use of an invitation.
    `wish`: what became of the wish to be written to; it goes another way than all that is kept here.
    `ended`: what is to be counted; it too goes another way.
    `referral`: the survey's words on help, because what was just written speaks of danger; kept nowhere.
    `fetch`: voice notes, and how many seconds each may play: what was done is to be done once more with these
    `fetched`; until then nothing has happened.
    """

    screen: Screen | None
    grip: Grip | None = None
    hint: Say | None = None
    wipe: tuple[int, ...] = ()
    finished: bool = False
    apart: bool = False
    moved: bool = False
    wish: Wish | None = None
    ended: Ended | None = None
    referral: str = ""
    soiled: bool = False
    fetch: Mapping[voice.Note, int] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Door:
    """The wave somebody stands before, and the invitation they came with, if it is one of this wave.

    `late`: nobody can begin now: the time is over, or not yet there, or the wave rests. Who began may go on.
    """

    wave: Wave
    code: str
    state: str | None
    """Of the invitation: open, full or expired; None where there is none."""
    late: bool = False
    early: bool = False
    rests: bool = False

    @property
    def address(self) -> str:
        """What the buttons carry."""
        return threshold.joined(self.wave.id, self.code)

    @property
    def shut(self) -> bool:
        """True where this link begins nothing."""
        return self.late or (self.wave.terms.invited and self.state != INVITATION_OPEN)

    def turned_away(self, language: str) -> Reply:
        """What somebody reads to whom it is shut."""
        if not self.late:
            return Reply(threshold.uninvited(language, self.state))
        if self.early and self.wave.terms.starts_from is not None:
            first = self.wave.terms.starts_from.date()  # local: a planned first day is kept with its zone
            return Reply(threshold.early(language, first))
        return Reply(threshold.resting(language) if self.rests else threshold.closed(language))


def take(tx: Transaction, who: Who, did: Held | Threshold, now: datetime, fallback: str = LANGUAGES[0]) -> Reply:
    """Do what follows from `did`. `fallback` is the language where none was chosen yet."""
    if isinstance(did, Held):
        return _interview(tx, who, did, now, fallback)
    return _threshold(tx, who, did, now, fallback)


# -- inside an interview --------------------------------------------------------------------------------


def _interview(tx: Transaction, who: Who, did: Held, now: datetime, fallback: str) -> Reply:
    secret = did.grip.secret
    id = tx.vault.wave_of(secret)
    wave = None if id is None else tx.waves.get(id)
    if wave is None:
        return _after_the_end(tx, did, fallback)
    tag = who.tag(tx.keys.wave(wave.id), did.grip.slot)
    place = tx.vault.open(secret, wave.id, wave.survey.version, tag)
    if place is None:
        return Reply(None, hint=Say("hint-moved-on"))
    if wave.state != "open":
        return Reply(threshold.closed(place.language), wipe=place.marks)
    # Words that came already were meant for an earlier question, whether or not they were taken as an answer.
    again = 0 < did.typed <= place.typed
    step = flow.step(wave.survey, place, Continued() if again else did.event)
    if step.place is not None:
        kept = replace(step.place, typed=max(did.typed, place.typed))
        if kept != place:
            _seal(tx, secret, wave, tag, kept, now)
        danger = step.danger or (again and _speaks_of_danger(wave, did.event))
        referral = worded(wave.survey.referral, place.language) if danger else ""
        return Reply(step.screen, did.grip, step.hint, moved=step.place != place, referral=referral)
    if step.keep is not None:
        notes = spoken(wave.survey, step.keep.answers)
        if any(did.fetched.get(note) is None for note in notes.values()):
            return _not_yet(tx, wave, tag, did, place, notes, now)
        return _submit(tx, who, wave, tag, did, step.keep, place)
    tx.vault.drop(secret)
    ended = Ended(wave.id, step.end or QUIT)
    if step.end != SCREENED_OUT:
        return Reply(step.screen, wipe=place.marks, moved=True, ended=ended)
    tx.vault.unmark(wave.id, tag)
    screen, wish = threshold.hideable(step.screen), _nothing_kept(tx, who, wave, place.language)
    return Reply(screen, wipe=place.marks, moved=True, wish=wish, ended=ended)


def _seal(tx: Transaction, secret: bytes, wave: Wave, tag: bytes, place: flow.Place, now: datetime) -> None:
    tx.vault.seal(secret, wave.id, wave.survey.version, tag, place, now.date(), wave.survey.clocks)


def _not_yet(
    tx: Transaction,
    wave: Wave,
    tag: bytes,
    did: Held,
    place: flow.Place,
    notes: Mapping[str, voice.Note],
    now: datetime,
) -> Reply:
    """Nothing is sent before every voice note is here; one that cannot be had is to be given anew."""
    lost = [id for id, note in notes.items() if note in did.fetched and did.fetched[note] is None]
    if lost:
        step = flow.without(wave.survey, place, lost)
        assert step.place is not None
        _seal(tx, did.grip.secret, wave, tag, step.place, now)
        return Reply(step.screen, did.grip, moved=True)
    fetch = {note: voice.most_seconds(wave.survey.question(id)) for id, note in notes.items()}
    return Reply(flow.fetching(place), did.grip, fetch=fetch)


def _speaks_of_danger(wave: Wave, event: Event) -> bool:
    return isinstance(event, Typed) and speaks_of_danger(wave.survey, event.words)


def _nothing_kept(tx: Transaction, who: Who, wave: Wave, language: str) -> Wish | None:
    """Whom the survey does not ask hears that nothing was kept: so no wish is, unless others of this phone
    take part."""
    alone = all(mark is None for mark in _marks(tx, who, wave))
    asked = wave.survey.tell_result or wave.survey.reminders is not None
    return Wish(wave.id, language, holds=False) if asked and alone else None


def _submit(
    tx: Transaction, who: Who, wave: Wave, tag: bytes, did: Held, keep: flow.Keep, place: flow.Place
) -> Reply:
    others = (who.tag(tx.keys.wave(wave.id), slot) for slot in range(wave.terms.slots) if slot != did.grip.slot)
    first = not any(tx.vault.mark(wave.id, other) == 1 for other in others)
    cell = write_node(wave.partition.cell(keep.answers))
    receipt = tx.vault.receipt(did.grip.secret)
    notes = spoken(wave.survey, keep.answers).items()
    sounds = {id: sound for id, note in notes if (sound := did.fetched.get(note)) is not None}
    answers, texts = seal_apart(wave.survey, wave.id, wave.terms.steward_key, receipt, keep.answers, sounds)
    body = dump_body(answers, keep.language, texts, place.cohort)
    if not tx.vault.submit(did.grip.secret, wave.id, tag, cell, body, first):
        tx.vault.drop(did.grip.secret)  # begun twice, and the other one was sent
        screen = threshold.hideable(Screen(keep.language, (Say("already-answered"),)))
        return Reply(screen, wipe=place.marks, moved=True)
    code = receipt if keep.code else None
    return Reply(_last_words(keep.language, code, place.marks), finished=True, moved=True)


def _after_the_end(tx: Transaction, did: Held, fallback: str) -> Reply:
    """The box is gone: the answers were sent, or the interview expired or was hidden."""
    language = tx.vault.received(did.grip.secret)
    if language is None:
        return Reply(threshold.hideable(Screen(fallback, (Say("question-closed"),))))
    if isinstance(did.event, Hid):  # somebody may look on, whatever was sent a moment ago
        return Reply(flow.hidden(language))
    wants_code = isinstance(did.event, Sent) and did.event.code
    return Reply(_last_words(language, tx.vault.receipt(did.grip.secret) if wants_code else None, ()))


def _last_words(language: str, code: str | None, marks: tuple[int, ...]) -> Screen:
    thanks = flow.thanks(language)
    lines = thanks.lines
    if code is not None:
        half = len(code) // 2
        lines += (Say("your-code", {"first": Code(code[:half]), "second": Code(code[half:])}),)
    return thanks._replace(lines=lines, rows=((Button(Say("button-wipe"), HidBefore(marks)),),))


# -- outside an interview -------------------------------------------------------------------------------


def _threshold(tx: Transaction, who: Who, did: Threshold, now: datetime, fallback: str) -> Reply:
    match did:
        case Opened() | PickedWave():
            return _opened(tx, who, did, now, did.language or fallback)
        case HidBefore():
            return Reply(flow.hidden(fallback), wipe=did.marks)
        case Refused():
            return Reply(threshold.refused(did.language, did.mark), ended=_refused(tx, did, now))
        case _:
            return _at_the_door(tx, who, did, now, fallback)


def _opened(tx: Transaction, who: Who, did: Opened | PickedWave, now: datetime, language: str) -> Reply:
    if did.wave is None:
        waves = [wave for wave in tx.waves.all() if wave.state == "open"]
        begun = [wave for wave in waves if 0 in _marks(tx, who, wave)]
        offered = [wave for wave in waves if wave.takes(now) and not wave.terms.invited]
        if len(offered) != 1 and not begun:
            return Reply(threshold.offer([(w.id, w.survey) for w in offered], language, did.mark))
        address = (begun or offered)[0].id
    else:
        address = did.wave
    door = _door(tx, address, now)
    if door is None:
        return Reply(threshold.closed(language))
    return _been_here(door, language, did.mark, _marks(tx, who, door.wave))


def _door(tx: Transaction, address: str, now: datetime) -> Door | None:
    """Where this link leads now; None where nobody may begin or go on."""
    id, code = threshold.split(address)
    wave = tx.waves.get(id)
    if wave is None or wave.state != "open":
        return None
    state = tx.invites.state(id, code, now.date()) if wave.terms.invited else None
    early, late = wave.early(now), not wave.takes(now)
    rests = wave.paused and replace(wave, paused=False).takes(now)
    return Door(wave, code if state is not None else "", state, late, early, rests)


def _refused(tx: Transaction, did: Refused, now: datetime) -> Ended | None:
    """A no counts for the wave whose consent was read, while that can be agreed to."""
    door = _door(tx, did.wave, now)
    return None if door is None or door.late else Ended(door.wave.id, REFUSED)


def _at_the_door(
    tx: Transaction,
    who: Who,
    did: PickedLanguage | AskedLanguageAgain | Agreed | StartedOver | Joined,
    now: datetime,
    fallback: str,
) -> Reply:
    door = _door(tx, did.wave, now)
    language = fallback if isinstance(did, AskedLanguageAgain) else did.language
    if door is None:
        return Reply(threshold.closed(language))
    match did:
        case StartedOver(sure=False):
            return Reply(threshold.start_over(door.address, language, did.mark))
        case StartedOver():
            return _start_over(tx, who, door, did, now)
        case Agreed():
            return _agreed(tx, who, door, did, now)
    if door.shut:
        return door.turned_away(language)
    if isinstance(did, PickedLanguage):
        return _consent(door, language, did.mark, _free(_marks(tx, who, door.wave)))
    return Reply(threshold.languages(door.address, door.wave.survey, language, did.mark))


def _consent(door: Door, language: str, mark: int, slot: int) -> Reply:
    survey = door.wave.survey
    terms, spoken = door.wave.terms, survey.spoken(language)
    screen = threshold.consent(
        door.address, survey, terms.organisation, terms.k, spoken, mark, slot, by_kind=terms.cohorts
    )
    return Reply(screen)


def _agreed(tx: Transaction, who: Who, door: Door, did: Agreed, now: datetime) -> Reply:
    """Begin, unless this person of the phone has begun before: then a second yes changes nothing."""
    wave = door.wave
    if did.version != wave.survey.version:
        return _consent(door, did.language, did.mark, did.slot)
    marks = _marks(tx, who, wave)
    if did.slot >= len(marks) or marks[did.slot] is not None:
        return replace(_been_here(door, did.language, did.mark, marks), apart=True)
    if door.shut:
        return door.turned_away(did.language)
    if wave.survey.tell_result and did.tell is None:
        return Reply(threshold.tell_result(did))
    if wave.survey.reminders is not None and did.remind is None:
        return Reply(threshold.remind(did, wave.survey.reminders))
    invited = wave.terms.invited  # the mark will be new: whoever starts over has been counted
    if invited and not tx.invites.take(wave.id, door.code, now.date()):
        return Reply(threshold.uninvited(did.language, door.state))
    begun = replace(_begin(tx, who, door, did.language, did.mark, now, did.slot), soiled=invited)
    return replace(begun, wish=_wished(wave, did))


def _wished(wave: Wave, did: Agreed) -> Wish | None:
    """What somebody wished of that which this survey asks."""
    result = wave.survey.tell_result and bool(did.tell)
    part = (did.remind or NEVER) if wave.survey.reminders is not None else NEVER
    return Wish(wave.id, did.language, True, result, part) if result or part != NEVER else None


def _start_over(tx: Transaction, who: Who, door: Door, did: StartedOver, now: datetime) -> Reply:
    wave = door.wave
    marks = _marks(tx, who, wave)
    if 0 not in marks:
        return _been_here(door, did.language, did.mark, marks)
    return _begin(tx, who, door, did.language, did.mark, now, marks.index(0))


def _begin(tx: Transaction, who: Who, door: Door, language: str, mark: int, now: datetime, slot: int) -> Reply:
    """Begin with a new secret; of the invitation only the kind goes on, and only where that is counted."""
    wave = door.wave
    kind = tx.invites.kind(wave.id, door.code) if wave.terms.cohorts else ""
    tag = who.tag(tx.keys.wave(wave.id), slot)
    secret = tx.vault.begin(wave.id, tag)
    seed = int.from_bytes(nature.token(SEED_BYTES)) if needs_a_seed(wave.survey) else 0
    step = flow.begin(wave.survey, wave.survey.spoken(language), (mark,) if mark else (), seed)
    if step.place is None:
        raise ValueError("an interview begins at a place")
    _seal(tx, secret, wave, tag, replace(step.place, cohort=kind), now)
    return Reply(step.screen, grip=Grip(secret, slot), moved=True)


def _been_here(door: Door, language: str, mark: int, marks: list[int | None]) -> Reply:
    """An interview was begun here, or all were answered, or none yet."""
    another = None in marks and not door.shut
    if 0 in marks:
        return Reply(threshold.begun(door.address, language, mark, another=another))
    if 1 in marks:
        return Reply(threshold.answered(door.address, language, mark, another=another))
    if door.shut:
        return door.turned_away(language)
    return Reply(threshold.languages(door.address, door.wave.survey, language, mark))


def _free(marks: list[int | None]) -> int:
    """The first person of the phone who has not begun; the first one where all have."""
    return marks.index(None) if None in marks else 0


def _marks(tx: Transaction, who: Who, wave: Wave) -> list[int | None]:
    """What the ledger knows of each person of this phone."""
    key = tx.keys.wave(wave.id)
    return [tx.vault.mark(wave.id, who.tag(key, slot)) for slot in range(wave.terms.slots)]
