"""What a person can do: one frozen value each, in the past tense.

`question` and `option` are numbers of the pinned version, `step` the step of the place that the tapped
button answers. An event whose step is not the present one is old and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Chose:
    """Tapped one option of a question that takes one answer."""

    question: int
    option: int
    step: int


@dataclass(frozen=True)
class Toggled:
    """Set or unset one option of a multiple choice. It says which, so that a second delivery changes nothing."""

    question: int
    option: int
    on: bool
    step: int


@dataclass(frozen=True)
class Finished:
    """Tapped Done under a multiple choice."""

    question: int
    step: int


@dataclass(frozen=True)
class Skipped:
    """Gave a special answer: `special` is dont_know or prefer_not."""

    question: int
    special: str
    step: int


@dataclass(frozen=True)
class ReadOn:
    """Tapped Next under a note."""

    question: int
    step: int


@dataclass(frozen=True)
class Typed:
    """Wrote words; `meant` is yes or no where the bot knows them for that, in whatever language."""

    words: str
    meant: str | None = None


@dataclass(frozen=True)
class Spoke:
    """Sent a voice note: its name at Telegram, and how many seconds and bytes it is said to have (0: not said)."""

    file: str = field(repr=False)
    seconds: float
    size: int = 0


@dataclass(frozen=True)
class WentBack:
    """Asked for the question before this one; typed words (None) always mean the present step."""

    step: int | None


@dataclass(frozen=True)
class Reviewed:
    """Asked for the list of all answers."""

    step: int


@dataclass(frozen=True)
class Revised:
    """Wants to change the answer to this question, tapped in the list of answers."""

    question: int
    step: int


@dataclass(frozen=True)
class Confirmed:
    """Agreed that a changed answer takes later answers with it."""

    step: int


@dataclass(frozen=True)
class Kept:
    """Left the answer as it was, so that no later answer falls away."""

    step: int


@dataclass(frozen=True)
class AskedForLanguages:
    """Wants to see the languages."""


@dataclass(frozen=True)
class ChangedLanguage:
    """Picked another language in the middle of the interview."""

    language: str


@dataclass(frozen=True)
class AskedForHelp:
    """Asked what can be done here."""


@dataclass(frozen=True)
class Continued:
    """Wants to see the present question again."""


@dataclass(frozen=True)
class Listened:
    """Wants to hear the present question."""

    step: int


@dataclass(frozen=True)
class Stopped:
    """Wants to pause; answers so far stay sealed."""


@dataclass(frozen=True)
class Hid:
    """Needs the interview gone from the screen at once; unfinished answers are dropped."""


@dataclass(frozen=True)
class Sent:
    """Sent the answers; with `code`, wants to see the receipt; `partly`: as far as they were given."""

    code: bool
    step: int
    partly: bool = False


@dataclass(frozen=True)
class AskedToSend:
    """Wants to send what was answered so far, without going on."""


Event = (
    Chose
    | Toggled
    | Finished
    | Skipped
    | ReadOn
    | Typed
    | Spoke
    | WentBack
    | Reviewed
    | Revised
    | Confirmed
    | Kept
    | AskedForLanguages
    | ChangedLanguage
    | AskedForHelp
    | Continued
    | Listened
    | Stopped
    | Hid
    | Sent
    | AskedToSend
)
"""What a person can do inside an interview."""


@dataclass(frozen=True)
class Opened:
    """Came with /start; `wave` is the link's, `mark` the message to wipe later, `language` the app's."""

    wave: str | None
    mark: int
    language: str | None


@dataclass(frozen=True)
class PickedWave:
    """Picked one of the open waves."""

    wave: str
    mark: int
    language: str | None = None


@dataclass(frozen=True)
class PickedLanguage:
    """Picked a language before the consent is shown."""

    wave: str
    mark: int
    language: str


@dataclass(frozen=True)
class AskedLanguageAgain:
    """Wants another language while reading the consent."""

    wave: str
    mark: int


@dataclass(frozen=True)
class Agreed:
    """Agreed to take part: `version` of the survey whose consent was read, `slot` whose of the phone.

    `tell` answers whether this chat shall hear of the result; None before that was asked. `remind` is the part
    of the day in which it shall be reminded (`bot/core/reminders.py`), 0 for never; None before that was asked.
    """

    wave: str
    mark: int
    language: str
    version: int
    slot: int
    tell: bool | None = None
    remind: int | None = None


@dataclass(frozen=True)
class Refused:
    """Does not want to take part."""

    wave: str
    mark: int
    language: str


@dataclass(frozen=True)
class StartedOver:
    """Begins anew although an interview was begun; `sure` after reading what that means."""

    wave: str
    mark: int
    language: str
    sure: bool


@dataclass(frozen=True)
class Joined:
    """Another person on the same phone wants to answer."""

    wave: str
    mark: int
    language: str


@dataclass(frozen=True)
class HidBefore:
    """Needs the chat harmless before, or after, an interview."""

    marks: tuple[int, ...]


Threshold = (
    Opened | PickedWave | PickedLanguage | AskedLanguageAgain | Agreed | Refused | StartedOver | Joined | HidBefore
)
"""What a person can do outside an interview: before it began, or after it ended.

`wave` is what the link carried: a wave's id, and behind a hyphen the invitation, where there is one.
"""


@dataclass(frozen=True)
class Asked:
    """A coordinator tapped a button of the desk: what for, and the values it carries."""

    what: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class WantedNoMore:
    """Tapped, under a reminder, that no more of these shall come."""

    language: str


@dataclass(frozen=True)
class WantedToRead:
    """Tapped, under the line that there is news, to read what was heard in a wave; anybody may."""

    wave: str
    language: str
