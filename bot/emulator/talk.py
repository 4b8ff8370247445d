"""A talk on one phone as words that a teacher can read: what the person did, and what the bot then showed.

    > /start {wave}                     follows a link, types words, presses a [button]
    < Choose your language.             new or changed messages, with their buttons in the order of reading
      [English]
    < (in passing) Saved                a toast or an alert
    * a day passes                      what happened to the world meanwhile

Laws:
1. A talk begins when the chat was last empty. Between two acts only the outcome is told, not the way to it;
   an act with nothing under it was followed by the next before anything was shown.
2. A number of four digits or more in the bot's words stands as `#`: it may be a secret, and another time
   it is another. Two such numbers in one message are the halves of a code: typed again they stand as `{code}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

from bot.emulator.person import Button, Message, Photo, Screen, Sound, Toast

UNSEEN = dict.fromkeys([*range(0x2066, 0x206A), 0x200E, 0x200F], None)
"""Letters that steer direction and are not seen."""

DAY = 86_400
_LONG = re.compile(r"[0-9]{4,}")


# -- what is written ----------------------------------------------------------------------------------------


def plain(words: str) -> str:
    """Words without what no eye sees."""
    return words.translate(UNSEEN)


def shown(before: Screen, after: Screen) -> str:
    """What changed on the phone by the bot's hand, as it stands in a talk."""
    lines: list[str] = []
    for message in changed(before, after):
        words = _LONG.sub(lambda found: "#" * len(found[0]), plain(message.text) or thing(message))
        lines += [("< " if number == 0 else "  ") + line for number, line in enumerate(words.split("\n"))]
        lines += _rows(message)
    lines += [f"< (in passing) {plain(toast)}" for toast in toasts(before, after)]
    gone = set(after.deleted) - set(before.deleted)
    known = {message.id: message for message in before.messages}
    if any(id not in known for id in gone):
        lines.append("  (the words just typed are taken off the phone)")
    if taken := [known[id] for id in sorted(gone) if id in known]:
        lines.append(f"  (taken off the phone: {', '.join(_first_word(message) for message in taken)})")
    return "\n".join(line.rstrip() for line in lines)


def written(head: str, turns: Sequence[tuple[str, str]]) -> str:
    """The file: its head, then what was done and what was shown, turn by turn."""
    parts = (f"{act}\n{reply}".rstrip() for act, reply in turns)
    return head.rstrip() + "\n\n" + "\n".join(parts) + "\n"


def changed(before: Screen, after: Screen) -> list[Message]:
    """The bot's messages that are new or not as they were."""
    old = {message.id: (message.text, message.buttons, message.edits) for message in before.messages}
    return [
        message
        for message in after.messages
        if message.from_bot and old.get(message.id) != (message.text, message.buttons, message.edits)
    ]


def toasts(before: Screen, after: Screen) -> list[str]:
    """What was said in passing."""
    newest = max((toast.seq for toast in before.toasts), default=0)
    return [toast.text for toast in after.toasts if toast.seq > newest and toast.text]


def thing(message: Message) -> str:
    """What a message is that has no words."""
    return "(a picture)" if message.photo else "(a voice)" if message.sound else ""


def turned_round(message: Message) -> bool:
    """True for a message of a language that is read from the right."""
    return bool(re.match(r"[\W\d_]*[\u0600-\u06ff]", message.text))


def halves(message: Message) -> tuple[str, ...]:
    """The halves of the code that a message shows; empty when it shows none."""
    found = tuple(_LONG.findall(message.text))
    return found if len(found) == 2 else ()


def _rows(message: Message) -> Iterator[str]:
    """The buttons in the order of reading: Telegram shows the first of a row at the left in every language."""
    turned = turned_round(message)
    for row in message.buttons:
        labels = [plain(button.text) for button in row]
        yield "  " + " ".join(f"[{label}]" for label in (labels[::-1] if turned else labels))


def _first_word(message: Message) -> str:
    if message.from_bot:
        return thing(message).strip("()") or "words of the bot"
    return f"“{(plain(message.text).split() or ['a file'])[0]}”"


# -- what is noted while people talk --------------------------------------------------------------------------


class _Kept(Protocol):
    """A message as the world keeps it; what it holds is exchanged by an edit, never changed in itself."""

    id: int
    from_bot: bool
    content: dict[str, Any]
    edits: int
    on_phone: bool

    @property
    def keyboard(self) -> Any: ...


class _Phone(Protocol):
    """The parts of a chat that a talk tells of."""

    messages: dict[int, Any]
    deleted_ids: list[int]
    toasts: list[dict[str, Any]]


@dataclass(frozen=True)
class _Glance:
    """A phone at one moment, cheap to take: names of what was there, not copies."""

    messages: tuple[tuple[int, bool, dict[str, Any], Any, int], ...]
    deleted: tuple[int, ...]
    toasts: tuple[dict[str, Any], ...]

    def screen(self) -> Screen:
        """The same as a person sees it."""
        messages = tuple(
            Message(id, from_bot, _words(content), 0, edits, _buttons(keyboard), *_things(content))
            for id, from_bot, content, keyboard, edits in self.messages
        )
        said = (Toast(each["text"], each["alert"], each["message_id"], each["seq"]) for each in self.toasts)
        return Screen(seq=0, now=0.0, messages=messages, deleted=self.deleted, toasts=tuple(said))


def _things(content: dict[str, Any]) -> tuple[Photo | None, None, Sound | None]:
    photo = Photo("", 0, 0, 0) if "photo" in content else None
    return photo, None, Sound("", 0, 0) if "voice" in content or "audio" in content else None


def _words(content: dict[str, Any]) -> str:
    return str(content.get("text") or content.get("caption") or "")


def _buttons(keyboard: Any) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(each["text"], each.get("callback_data")) for each in row) for row in keyboard.inline)


def _glance(phone: _Phone) -> _Glance:
    seen: list[_Kept] = [message for message in phone.messages.values() if message.on_phone]
    return _Glance(
        tuple((each.id, each.from_bot, each.content, each.keyboard, each.edits) for each in seen),
        tuple(phone.deleted_ids),
        tuple(phone.toasts),
    )


@dataclass
class Talk:
    """What was done on one phone since its chat was last empty, each with the phone as it was before.

    `head` are lines set over the talk by whoever knows what it is about, `names` words that stand as `{name}`
    in it. The head is true of the phone as it was at `true_at`; None when it is true at any time.
    """

    head: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    true_at: int | None = None
    _done: list[tuple[str, _Glance]] = field(default_factory=list)
    _tapped: tuple[int, str] | None = None

    @property
    def begun(self) -> bool:
        return bool(self._done)

    def said(self, phone: _Phone, words: str) -> None:
        """Somebody is about to write."""
        self._note(phone, "> " + " ".join(plain(words).split()))

    def tapped(self, phone: _Phone, message_id: int, data: str, label: str) -> None:
        """Somebody is about to press a button; pressed again before anything changed, it was pressed twice."""
        again = self._tapped == (message_id, data) and self._done and self._done[-1][1] == _glance(phone)
        if again:
            act, seen = self._done[-1]
            self._done[-1] = (act.removesuffix(" twice") + " twice", seen)
            return
        self._note(phone, f"> [{plain(label)}]")
        self._tapped = (message_id, data)

    def happens(self, phone: _Phone, what: str) -> None:
        """Something else is about to happen. Before anybody has said a word it is no part of the talk."""
        if self.begun:
            self._note(phone, f"* {what}")

    def passes(self, phone: _Phone, seconds: float) -> None:
        """Time is about to pass; talks count it in days."""
        days = round(seconds / DAY)
        if days > 0:
            self.happens(phone, "a day passes" if days == 1 else f"{days} days pass")

    def clear(self) -> None:
        """The chat is empty: the next word begins another talk."""
        self._done.clear()
        self._tapped = None

    def _note(self, phone: _Phone, act: str) -> None:
        self._done.append((act, _glance(phone)))
        self._tapped = None

    def as_text(self, phone: _Phone, language: str) -> str:
        """The talk as a file; `language` is that of the app."""
        head = [self.head.rstrip() or "# A talk saved from a phone."]
        if language:
            head.append(f"# app: {language}")
        screens = [glance.screen() for _, glance in self._done] + [_glance(phone).screen()]
        code: tuple[str, ...] = ()
        turns = []
        for (act, _), (before, after) in zip(self._done, pairwise(screens), strict=True):
            turns.append((self._named(act, code), shown(before, after)))
            for message in changed(before, after):
                code = halves(message) or code
        return written("\n".join(head), turns)

    def _named(self, act: str, code: tuple[str, ...]) -> str:
        for words, name in self.names.items():
            act = re.sub(rf"(?<!\S){re.escape(words)}(?!\S)", f"{{{name}}}", act)
        return re.sub(r"\s?".join(code), "{code}", act) if code else act
