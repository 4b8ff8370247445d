"""A talk as a teacher reads it, and how it is played: one person, one phone, the whole program in between.

    # survey: example-choice            lines of the head: what is played, and what must be true at the end
    # expects: rows=1 bots=1

    > /start {wave}                     what the person does: follows the link, types words, presses a [button]
    < Choose your language.             what the bot then shows, with its buttons in the order of reading
      [English]
    * the bot is killed and started again

What the bot shows is rewritten by `pytest --rewrite`; the head and what the person does never are.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.emulator.person import Message, Person, Screen
from tests.rig import Rig

FOLDER = Path(__file__).parent
NAMES = {"اردو": "ur", "پښتو": "ps", "English": "en"}
RIGHT_TO_LEFT = ("ur", "ps")
UNSEEN = dict.fromkeys([*range(0x2066, 0x206A), 0x200E, 0x200F], None)

PATIENCE = 8.0
"""Seconds a reply may take on a busy computer."""

REST = 0.4
LONG_REST = 1.3
"""Seconds without change that end a reply while rewriting; a multiple choice is redrawn once a second."""

_LONG = re.compile(r"[0-9]{4,}")  # the two halves of a receipt code; nothing else is so long


@dataclass(frozen=True)
class Turn:
    """What the person (or the world) does, and what the bot then shows."""

    act: str
    reply: str


@dataclass(frozen=True)
class Talk:
    """One file: its head as it stands, the wishes in it, the turns."""

    path: Path
    head: str
    turns: tuple[Turn, ...]

    def wish(self, name: str, otherwise: str = "") -> str:
        """The value of a line of the head."""
        found = re.search(rf"^# {name}: *(.*)$", self.head, re.MULTILINE)
        return found[1].strip() if found else otherwise

    def with_replies(self, replies: list[str]) -> str:
        """The file with other replies: the same head, the same acts."""
        turns = (f"{turn.act}\n{reply}" for turn, reply in zip(self.turns, replies, strict=True))
        return self.head.rstrip() + "\n\n" + "\n".join(part.rstrip() for part in turns) + "\n"


@dataclass
class Played:
    """All that was seen while a talk was played, for whoever judges it."""

    wave: str
    replies: list[str] = field(default_factory=list)
    spoken: list[tuple[str, Message]] = field(default_factory=list)  # the language chosen then, the message
    passing: list[tuple[str, str]] = field(default_factory=list)  # the same for words in passing
    codes: list[str] = field(default_factory=list)
    codes_kept: int = 0  # codes whose hash lay in the pool when they were shown
    most_edits: int = 0
    sent_by_bot: set[int] = field(default_factory=set)
    language: str = ""
    end: Screen | None = None


def read(path: Path) -> Talk:
    """A talk from its file."""
    head: list[str] = []
    turns: list[tuple[str, list[str]]] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(("> ", "* ")):
            turns.append((line.rstrip(), []))
        elif turns:
            turns[-1][1].append(line.rstrip())
        else:
            head.append(line.rstrip())
    return Talk(path, "\n".join(head), tuple(Turn(act, "\n".join(reply).rstrip()) for act, reply in turns))


class Player:
    """Plays talks on one rig; days that pass go on from talk to talk."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self._moment = datetime.now(UTC)
        self._people = 0

    async def play(self, talk: Talk, wave: str, *, listen: bool) -> Played:
        """Play a talk. With `listen` wait for rest after each act, else only until the reply is as written."""
        self._people += 1
        played = Played(wave)
        app = talk.wish("app") or None
        number = 1000 + self._people
        async with Person(self.rig.url, 7_040_000_000 + number, "Person", language_code=app, idle=0.02) as person:
            seen = await person.screen()
            for turn in talk.turns:
                await self._act(person, seen, turn.act, played)
                before, seen = seen, await self._reply(person, seen, turn, played, listen)
                self._note(before, seen, played)
            played.end = await person.wait_quiet(0.3)
            assert shown(seen, played.end) == "", f"the bot said more than the talk holds:\n{played.end.words()}"
        return played

    async def _act(self, person: Person, screen: Screen, act: str, played: Played) -> None:
        if act.startswith("* "):
            await self._happens(act[2:], played)
            return
        words = act[2:].replace("{wave}", played.wave).replace("{code}", "".join(played.codes[-1:]))
        if words == f"/start {played.wave}":
            await person.start(played.wave)
        elif found := re.fullmatch(r"\[(.+)\]( twice)?", words):
            message, data = _button(screen, found[1])
            played.language = NAMES.get(found[1], played.language)
            if found[2]:
                await person.press_data(data, message_id=message, wait=False)
            await person.press_data(data, message_id=message)
        else:
            await person.say(words)

    async def _happens(self, what: str, played: Played) -> None:
        if what == "the bot is killed and started again":
            await asyncio.to_thread(self.rig.kill_bot)
            await asyncio.to_thread(self.rig.start_bot)
        elif found := re.fullmatch(r"(a day passes|(\d+) days pass)", what):
            for _ in range(int(found[2] or 1)):
                self._moment += timedelta(days=1)
                await asyncio.to_thread(self.rig.tick, self._moment)
        elif what == "the survey is closed":
            await asyncio.to_thread(self.rig.console, "wave", "close", played.wave, "--yes")
        else:
            raise ValueError(f"nobody knows how to play: * {what}")

    async def _reply(self, person: Person, before: Screen, turn: Turn, played: Played, listen: bool) -> Screen:
        """The screen once the reply is there."""
        if listen:
            screen = await person.wait_quiet(LONG_REST if re.match("> .[☐☑]", turn.act) else REST)
        else:
            until = asyncio.get_running_loop().time() + PATIENCE
            screen = await person.screen()
            while shown(before, screen) != turn.reply and asyncio.get_running_loop().time() < until:
                await asyncio.sleep(0.03)
                screen = await person.screen()
            assert shown(before, screen) == turn.reply, f"after {turn.act}"
        played.replies.append(shown(before, screen))
        return screen

    def _note(self, before: Screen, after: Screen, played: Played) -> None:
        for message in _changed(before, after):
            played.spoken.append((played.language, message))
            played.sent_by_bot.add(message.id)
            played.most_edits = max(played.most_edits, message.edits)
            if len(halves := _LONG.findall(message.text)) == 2:
                played.codes.append("".join(halves))
                hash = hashlib.sha256(played.codes[-1].encode()).digest()
                played.codes_kept += any(row["rhash"] == hash for row in self.rig.rows("pool"))
        played.passing += [(played.language, toast) for toast in _toasts(before, after)]


def plain(words: str) -> str:
    """Words without what no eye sees."""
    return words.translate(UNSEEN)


def shown(before: Screen, after: Screen) -> str:
    """What changed on the phone by the bot's hand, as it stands in a talk."""
    lines: list[str] = []
    for message in _changed(before, after):
        words = _LONG.sub(lambda found: "#" * len(found[0]), plain(message.text))
        lines += [("< " if number == 0 else "  ") + line for number, line in enumerate(words.split("\n"))]
        lines += _rows(message)
    lines += [f"< (in passing) {plain(toast)}" for toast in _toasts(before, after)]
    gone = set(after.deleted) - set(before.deleted)
    known = {message.id: message for message in before.messages}
    if any(id not in known for id in gone):
        lines.append("  (the words just typed are taken off the phone)")
    if taken := [known[id] for id in sorted(gone) if id in known]:
        lines.append(f"  (taken off the phone: {', '.join(_first_line(message) for message in taken)})")
    return "\n".join(line.rstrip() for line in lines)


def _rows(message: Message) -> Iterator[str]:
    """The buttons in the order of reading: Telegram shows the first of a row at the left in every language."""
    turned = turned_round(message)
    for row in message.buttons:
        labels = [plain(button.text) for button in row]
        yield "  " + " ".join(f"[{label}]" for label in (labels[::-1] if turned else labels))


def turned_round(message: Message) -> bool:
    """True for a message of a language that is read from the right."""
    return bool(re.match(r"[\W\d_]*[\u0600-\u06ff]", message.text))


def _first_line(message: Message) -> str:
    return f"“{plain(message.text).splitlines()[0].split(' ')[0]}”" if not message.from_bot else "words of the bot"


def _changed(before: Screen, after: Screen) -> list[Message]:
    old = {message.id: (message.text, message.buttons, message.edits) for message in before.messages}
    return [
        message
        for message in after.messages
        if message.from_bot and old.get(message.id) != (message.text, message.buttons, message.edits)
    ]


def _toasts(before: Screen, after: Screen) -> list[str]:
    newest = max((toast.seq for toast in before.toasts), default=0)
    return [toast.text for toast in after.toasts if toast.seq > newest and toast.text]


def _button(screen: Screen, label: str) -> tuple[int, str]:
    """The message and the data of a button by its words, the newest message first."""
    for message in reversed(screen.messages):
        for row in message.buttons:
            for button in row:
                if plain(button.text) == label and button.data is not None:
                    return message.id, button.data
    raise AssertionError(f"no button [{label}] on the phone:\n{screen.words()}")
