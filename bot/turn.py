"""One turn: what somebody did, in; what is kept and what is shown, out.

Laws:
1. Everything here happens inside one transaction that is handed in; nothing is sent and nothing awaited.
2. Nobody's id comes this far: `Who` turns a wave's key into a tag, and that is all it can do.
3. Before consent nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import flow, threshold
from bot.core.events import (
    Agreed,
    AskedLanguageAgain,
    Continued,
    Event,
    HidBefore,
    Joined,
    Opened,
    PickedLanguage,
    PickedWave,
    Refused,
    Sent,
    StartedOver,
    Threshold,
)
from bot.core.screen import Button, Code, Say, Screen
from bot.core.survey import LANGUAGES
from bot.store import Transaction, Wave, dump_body, write_node


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
    words; 0 for a tap."""

    grip: Grip
    event: Event
    typed: int = 0


@dataclass(frozen=True)
class Reply:
    """What to show. Without a screen nothing on the phone changes but the `hint` said in passing.

    `apart`: in a message of its own, because the one that was tapped may hold the secret of an interview.
    `moved`: the interview began, went on or ended; what moves nothing is limited (`bot/chat/limits.py`).
    """

    screen: Screen | None
    grip: Grip | None = None
    hint: Say | None = None
    wipe: tuple[int, ...] = ()
    finished: bool = False
    apart: bool = False
    moved: bool = False


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
            tx.vault.seal(secret, wave.id, wave.survey.version, tag, kept, now.date())
        return Reply(step.screen, grip=did.grip, hint=step.hint, moved=step.place != place)
    if step.keep is not None:
        return _submit(tx, who, wave, tag, did, step.keep, place)
    tx.vault.drop(secret)
    if step.end == "screened_out":
        tx.vault.unmark(wave.id, tag)
    return Reply(step.screen, wipe=place.marks, moved=True)


def _submit(
    tx: Transaction, who: Who, wave: Wave, tag: bytes, did: Held, keep: flow.Keep, place: flow.Place
) -> Reply:
    others = (who.tag(tx.keys.wave(wave.id), slot) for slot in range(wave.terms.slots) if slot != did.grip.slot)
    first = not any(tx.vault.mark(wave.id, other) == 1 for other in others)
    cell = write_node(wave.partition.cell(keep.answers))
    body = dump_body(keep.answers, keep.language)
    if not tx.vault.submit(did.grip.secret, wave.id, tag, cell, body, first):
        tx.vault.drop(did.grip.secret)  # begun twice, and the other one was sent
        return Reply(Screen(keep.language, (Say("already-answered"),)), wipe=place.marks, moved=True)
    code = tx.vault.receipt(did.grip.secret) if keep.code else None
    return Reply(_last_words(keep.language, code, place.marks), finished=True, moved=True)


def _after_the_end(tx: Transaction, did: Held, fallback: str) -> Reply:
    """The box is gone: the answers were sent, or the interview expired or was hidden."""
    language = tx.vault.received(did.grip.secret)
    if language is None:
        return Reply(Screen(fallback, (Say("question-closed"),)))
    wants_code = isinstance(did.event, Sent) and did.event.code
    return Reply(_last_words(language, tx.vault.receipt(did.grip.secret) if wants_code else None, ()))


def _last_words(language: str, code: str | None, marks: tuple[int, ...]) -> Screen:
    thanks = flow.thanks(language)
    lines = thanks.lines
    if code is not None:
        half = len(code) // 2
        lines += (Say("your-code", {"first": Code(code[:half]), "second": Code(code[half:])}),)
    return replace(thanks, lines=lines, rows=((Button(Say("button-wipe"), HidBefore(marks)),),))


# -- outside an interview -------------------------------------------------------------------------------


def _threshold(tx: Transaction, who: Who, did: Threshold, now: datetime, fallback: str) -> Reply:
    match did:
        case Opened() | PickedWave():
            return _opened(tx, who, did, now, did.language or fallback)
        case HidBefore():
            return Reply(flow.hidden(fallback), wipe=did.marks)
        case Refused():
            return Reply(threshold.refused(did.language))
        case _:
            return _at_the_door(tx, who, did, now, fallback)


def _opened(tx: Transaction, who: Who, did: Opened | PickedWave, now: datetime, language: str) -> Reply:
    if did.wave is None:
        waves = [wave for wave in tx.waves.all() if wave.takes(now)]
        begun = [wave for wave in waves if 0 in _marks(tx, who, wave)]
        if len(waves) != 1 and not begun:
            return Reply(threshold.offer([(w.id, w.survey) for w in waves], language, did.mark))
        wave: Wave | None = (begun or waves)[0]
    else:
        wave = tx.waves.get(did.wave)
    if wave is None or not wave.takes(now):
        return Reply(threshold.closed(language))
    return _been_here(wave, language, did.mark, _marks(tx, who, wave))


def _at_the_door(
    tx: Transaction,
    who: Who,
    did: PickedLanguage | AskedLanguageAgain | Agreed | StartedOver | Joined,
    now: datetime,
    fallback: str,
) -> Reply:
    wave = tx.waves.get(did.wave)
    language = fallback if isinstance(did, AskedLanguageAgain) else did.language
    if wave is None or not wave.takes(now):
        return Reply(threshold.closed(language))
    match did:
        case AskedLanguageAgain() | Joined():
            return Reply(threshold.languages(wave.id, wave.survey, language, did.mark))
        case PickedLanguage():
            return _consent(wave, language, did.mark, _free(_marks(tx, who, wave)))
        case StartedOver(sure=False):
            return Reply(threshold.start_over(wave.id, language, did.mark))
        case StartedOver():
            return _start_over(tx, who, wave, did, now)
        case Agreed():
            return _agreed(tx, who, wave, did, now)


def _consent(wave: Wave, language: str, mark: int, slot: int) -> Reply:
    spoken = wave.survey.spoken(language)
    return Reply(threshold.consent(wave.id, wave.survey, wave.terms.organisation, spoken, mark, slot))


def _agreed(tx: Transaction, who: Who, wave: Wave, did: Agreed, now: datetime) -> Reply:
    """Begin, unless this person of the phone has begun before: then a second yes changes nothing."""
    if did.version != wave.survey.version:
        return _consent(wave, did.language, did.mark, did.slot)
    marks = _marks(tx, who, wave)
    if did.slot >= len(marks) or marks[did.slot] is not None:
        return replace(_been_here(wave, did.language, did.mark, marks), apart=True)
    return _begin(tx, who, wave, did.language, did.mark, now, did.slot)


def _start_over(tx: Transaction, who: Who, wave: Wave, did: StartedOver, now: datetime) -> Reply:
    marks = _marks(tx, who, wave)
    if 0 not in marks:
        return _been_here(wave, did.language, did.mark, marks)
    return _begin(tx, who, wave, did.language, did.mark, now, marks.index(0))


def _begin(tx: Transaction, who: Who, wave: Wave, language: str, mark: int, now: datetime, slot: int) -> Reply:
    """Begin with a new secret."""
    tag = who.tag(tx.keys.wave(wave.id), slot)
    secret = tx.vault.begin(wave.id, tag)
    step = flow.begin(wave.survey, wave.survey.spoken(language), (mark,) if mark else ())
    if step.place is None:
        raise ValueError("an interview begins at a place")
    tx.vault.seal(secret, wave.id, wave.survey.version, tag, step.place, now.date())
    return Reply(step.screen, grip=Grip(secret, slot), moved=True)


def _been_here(wave: Wave, language: str, mark: int, marks: list[int | None]) -> Reply:
    """An interview was begun here, or all were answered, or none yet."""
    another = None in marks
    if 0 in marks:
        return Reply(threshold.begun(wave.id, language, mark, another=another))
    if 1 in marks:
        return Reply(threshold.answered(wave.id, language, mark, another=another))
    return Reply(threshold.languages(wave.id, wave.survey, language, mark))


def _free(marks: list[int | None]) -> int:
    """The first person of the phone who has not begun; the first one where all have."""
    return marks.index(None) if None in marks else 0


def _marks(tx: Transaction, who: Who, wave: Wave) -> list[int | None]:
    """What the ledger knows of each person of this phone."""
    key = tx.keys.wave(wave.id)
    return [tx.vault.mark(wave.id, who.tag(key, slot)) for slot in range(wave.terms.slots)]
