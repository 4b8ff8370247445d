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
from bot.core.survey import LANGUAGES, Survey
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
    """Something a person did inside the interview that `grip` opens."""

    grip: Grip
    event: Event


@dataclass(frozen=True)
class Reply:
    """What to show. Without a screen nothing on the phone changes but the `hint` said in passing."""

    screen: Screen | None
    grip: Grip | None = None
    hint: Say | None = None
    wipe: tuple[int, ...] = ()
    finished: bool = False


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
    step = flow.step(wave.survey, place, did.event)
    if step.place is not None:
        if step.place != place:
            tx.vault.seal(secret, wave.id, wave.survey.version, tag, step.place, now.date())
        return Reply(step.screen, grip=did.grip, hint=step.hint)
    if step.keep is not None:
        return _submit(tx, who, wave, tag, did, step.keep, place)
    tx.vault.drop(secret)
    if step.end == "screened_out":
        tx.vault.unmark(wave.id, tag)
    return Reply(step.screen, wipe=place.marks)


def _submit(
    tx: Transaction, who: Who, wave: Wave, tag: bytes, did: Held, keep: flow.Keep, place: flow.Place
) -> Reply:
    others = (who.tag(tx.keys.wave(wave.id), slot) for slot in range(wave.terms.slots) if slot != did.grip.slot)
    first = not any(tx.vault.mark(wave.id, other) == 1 for other in others)
    cell = write_node(wave.partition.cell(keep.answers))
    body = dump_body(keep.answers, keep.language)
    if not tx.vault.submit(did.grip.secret, wave.id, tag, cell, body, first):
        return Reply(Screen(keep.language, (Say("already-answered"),)), wipe=place.marks)
    code = tx.vault.receipt(did.grip.secret) if keep.code else None
    return Reply(_last_words(keep.language, code, place.marks), finished=True)


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
    marks = _marks(tx, who, wave)
    another = None in marks
    if 0 in marks:
        return Reply(threshold.begun(wave.id, language, did.mark, another=another))
    if 1 in marks:
        return Reply(threshold.answered(wave.id, language, did.mark, another=another))
    return Reply(threshold.languages(wave.id, wave.survey, language, did.mark))


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
            return _consent(wave, _spoken(wave.survey, language), did.mark)
        case StartedOver(sure=False):
            return Reply(threshold.start_over(wave.id, language, did.mark))
        case StartedOver():
            return _begin(tx, who, wave, _spoken(wave.survey, language), did.mark, now, among=0)
        case Agreed():
            if did.version != wave.survey.version:
                return _consent(wave, _spoken(wave.survey, language), did.mark)
            return _begin(tx, who, wave, _spoken(wave.survey, language), did.mark, now, among=None)


def _consent(wave: Wave, language: str, mark: int) -> Reply:
    return Reply(threshold.consent(wave.id, wave.survey, wave.terms.organisation, language, mark))


def _begin(
    tx: Transaction, who: Who, wave: Wave, language: str, mark: int, now: datetime, among: int | None
) -> Reply:
    """Begin with a new secret in the first slot that is free (None) or, starting over, begun (0)."""
    marks = _marks(tx, who, wave)
    if among not in marks:
        if 0 in marks:
            return Reply(threshold.begun(wave.id, language, mark, another=None in marks))
        return Reply(threshold.answered(wave.id, language, mark, another=None in marks))
    slot = marks.index(among)
    tag = who.tag(tx.keys.wave(wave.id), slot)
    secret = tx.vault.begin(wave.id, tag)
    step = flow.begin(wave.survey, language, (mark,) if mark else ())
    if step.place is None:
        raise ValueError("an interview begins at a place")
    tx.vault.seal(secret, wave.id, wave.survey.version, tag, step.place, now.date())
    return Reply(step.screen, grip=Grip(secret, slot))


def _marks(tx: Transaction, who: Who, wave: Wave) -> list[int | None]:
    """What the ledger knows of each person of this phone."""
    key = tx.keys.wave(wave.id)
    return [tx.vault.mark(wave.id, who.tag(key, slot)) for slot in range(wave.terms.slots)]


def _spoken(survey: Survey, language: str) -> str:
    return language if language in survey.languages else survey.languages[0]
