"""What buttons carry: events as at most 64 bytes of ASCII, and back.

    v1:<secret, 22 letters>:<slot>:<question>:<what>:<step>    inside an interview
    o:<what>:<wave>:<language>:<mark>[:<version>:<slot>[:<part of the day>]]   before and after it;
                                                               <wave> may be <wave>-<invitation>
    d:<what>:<values ...>                                      the coordinators' desk

Whatever arrives was written by a client and may be forged: what cannot be read is None, never an error.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from bot.core.events import (
    Agreed,
    Asked,
    AskedForHelp,
    AskedForLanguages,
    AskedLanguageAgain,
    AskedToSend,
    ChangedLanguage,
    Chose,
    Confirmed,
    Continued,
    Event,
    Finished,
    Hid,
    HidBefore,
    Joined,
    Kept,
    Listened,
    PickedLanguage,
    PickedWave,
    ReadOn,
    Refused,
    Reviewed,
    Revised,
    Sent,
    Skipped,
    StartedOver,
    Stopped,
    Threshold,
    Toggled,
    WantedNoMore,
    WantedToRead,
    WentBack,
)
from bot.core.survey import DONT_KNOW, LANGUAGES, PREFER_NOT, SKIPPED
from bot.store import SECRET_BYTES
from bot.turn import Grip, Held

LIMIT = 64
"""Bytes of callback_data (Bot API, InlineKeyboardButton)."""

NONE = "-"

_STEPPED: dict[str, Callable[[int, int], Event]] = {
    "d": Finished,
    "n": ReadOn,
    "q": Revised,
    "k": lambda question, step: Skipped(question, DONT_KNOW, step),
    "p": lambda question, step: Skipped(question, PREFER_NOT, step),
    "j": lambda question, step: Skipped(question, SKIPPED, step),
    "b": lambda _question, step: WentBack(step),
    "r": lambda _question, step: Reviewed(step),
    "y": lambda _question, step: Confirmed(step),
    "z": lambda _question, step: Kept(step),
    "a": lambda _question, step: Listened(step),
    "s": lambda _question, step: Sent(code=False, step=step),
    "S": lambda _question, step: Sent(code=True, step=step),
    "w": lambda _question, step: Sent(code=False, step=step, partly=True),
    "W": lambda _question, step: Sent(code=True, step=step, partly=True),
    "g": lambda _question, _step: AskedToSend(),
    "h": lambda _question, _step: Hid(),
    "x": lambda _question, _step: Stopped(),
    "c": lambda _question, _step: Continued(),
    "l": lambda _question, _step: AskedForLanguages(),
    "f": lambda _question, _step: AskedForHelp(),
}

_PLAIN: dict[type, str] = {
    WentBack: "b",
    Reviewed: "r",
    Confirmed: "y",
    Kept: "z",
    Listened: "a",
    Hid: "h",
    Stopped: "x",
    Continued: "c",
    AskedForLanguages: "l",
    AskedForHelp: "f",
    AskedToSend: "g",
}

_SPECIALS = {DONT_KNOW: "k", PREFER_NOT: "p", SKIPPED: "j"}

_AGREED = {None: "y", True: "t", False: "u"}
_TELLS = {letter: tell for tell, letter in _AGREED.items()}

_INTERVIEW = re.compile(r"v1:([A-Za-z0-9_-]{22}):([0-3]):(\d{1,3}):([+-]?\w{1,3}):(\d{1,6})", re.ASCII)
_DOOR = re.compile(
    r"o:([a-zA-Z]):([a-z0-9]{1,16}(?:-[a-z0-9]{1,16})?|-):([a-z]{2}|-):(\d{1,16})(?::(\d{1,6}):([0-3])(?::([0-3]))?)?",
    re.ASCII,
)
_WIPE = re.compile(r"o:h(?::(\d{1,16}))?(?::(\d{1,16}))?(?::(\d{1,16}))?", re.ASCII)
_DESK = re.compile(r"d:([a-z]{1,12})((?::[A-Za-z0-9_.-]{1,32}){0,5})", re.ASCII)


def encode(does: Event | Threshold | Asked | WantedNoMore | WantedToRead, grip: Grip | None) -> str:
    """The data of a button. ValueError for what no button can carry."""
    if isinstance(does, Asked):
        data = ":".join(("d", does.what, *does.values))
    elif (door := _door(does)) is not None:
        data = door
    elif grip is not None:
        secret = base64.urlsafe_b64encode(grip.secret).rstrip(b"=").decode()
        what, question, step = _inside(does)
        data = f"v1:{secret}:{grip.slot}:{question}:{what}:{step}"
    else:
        raise ValueError(f"{type(does).__name__} needs the secret of an interview")
    if len(data.encode()) > LIMIT:
        raise ValueError(f"{type(does).__name__} does not fit into {LIMIT} bytes")
    return data


def decode(data: str) -> Held | Threshold | Asked | WantedNoMore | WantedToRead | None:
    """What a tap meant; None for what nobody of ours wrote."""
    if match := _INTERVIEW.fullmatch(data):
        return _held(match)
    if match := _DESK.fullmatch(data):
        return Asked(match[1], tuple(match[2].split(":")[1:]))
    if match := _WIPE.fullmatch(data):
        return HidBefore(tuple(int(mark) for mark in match.groups() if mark))
    if match := _DOOR.fullmatch(data):
        return _threshold(match)
    return None


def _inside(does: Event | Threshold | WantedNoMore | WantedToRead) -> tuple[str, int, int]:
    """What an event is called inside an interview: its letters, its question, its step."""
    question = getattr(does, "question", 0)
    step = getattr(does, "step", 0) or 0
    match does:
        case Chose():
            return str(does.option), question, step
        case Toggled():
            return f"{'+' if does.on else '-'}{does.option}", question, step
        case Skipped():
            return _SPECIALS[does.special], question, step
        case Finished():
            return "d", question, step
        case ReadOn():
            return "n", question, step
        case Revised():
            return "q", question, step
        case Sent():
            plain, coded = ("w", "W") if does.partly else ("s", "S")
            return coded if does.code else plain, 0, step
        case ChangedLanguage():
            return does.language, 0, 0
    letter = _PLAIN.get(type(does))
    if letter is None:
        raise ValueError(f"no button carries {type(does).__name__}")
    return letter, 0, step


def _held(match: re.Match[str]) -> Held | None:
    try:
        secret = base64.urlsafe_b64decode(match[1] + "==")
    except binascii.Error:
        return None
    if len(secret) != SECRET_BYTES:
        return None
    event = _event(match[4], int(match[3]), int(match[5]))
    return None if event is None else Held(Grip(secret, int(match[2])), event)


def _event(what: str, question: int, step: int) -> Event | None:
    if what[0] in "+-":
        return Toggled(question, int(what[1:]), what[0] == "+", step) if what[1:].isdecimal() else None
    if what.isdecimal():
        return Chose(question, int(what), step)
    if what in LANGUAGES:
        return ChangedLanguage(what)
    make = _STEPPED.get(what)
    return None if make is None else make(question, step)


def _door(does: Event | Threshold | WantedNoMore | WantedToRead) -> str | None:
    match does:
        case PickedWave():
            return f"o:w:{does.wave}:{does.language or NONE}:{does.mark}"
        case PickedLanguage():
            return f"o:l:{does.wave}:{does.language}:{does.mark}"
        case AskedLanguageAgain():
            return f"o:a:{does.wave}:{NONE}:{does.mark}"
        case Agreed():
            part = "" if does.remind is None else f":{does.remind}"
            whose = f"{does.version}:{does.slot}{part}"
            return f"o:{_AGREED[does.tell]}:{does.wave}:{does.language}:{does.mark}:{whose}"
        case Refused():
            return f"o:n:{does.wave}:{does.language}:{does.mark}"
        case StartedOver():
            return f"o:{'S' if does.sure else 's'}:{does.wave}:{does.language}:{does.mark}"
        case Joined():
            return f"o:j:{does.wave}:{does.language}:{does.mark}"
        case WantedNoMore():
            return f"o:z:{NONE}:{does.language}:0"
        case WantedToRead():
            return f"o:r:{does.wave}:{does.language}:0"
        case HidBefore():
            return ":".join(("o:h", *(str(mark) for mark in does.marks[:3])))
    return None


def _threshold(match: re.Match[str]) -> Threshold | WantedNoMore | WantedToRead | None:
    what, wave, language, mark = match[1], match[2], match[3], int(match[4])
    if what == "w":
        return PickedWave(wave, mark, language if language in LANGUAGES else None)
    if what == "a":
        return AskedLanguageAgain(wave, mark)
    if language not in LANGUAGES:
        return None
    if what == "l":
        return PickedLanguage(wave, mark, language)
    if what in _TELLS:
        return _agreed(match) if match[5] else None
    if what == "z":
        return WantedNoMore(language)
    if what == "r":
        return WantedToRead(wave, language)
    if what == "n":
        return Refused(wave, mark, language)
    if what in "sS":
        return StartedOver(wave, mark, language, sure=what == "S")
    if what == "j":
        return Joined(wave, mark, language)
    return None


def _agreed(match: re.Match[str]) -> Agreed:
    part = None if match[7] is None else int(match[7])
    return Agreed(match[2], int(match[4]), match[3], int(match[5]), int(match[6]), _TELLS[match[1]], part)
