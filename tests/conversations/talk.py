"""A talk as a teacher reads it, and how it is played: one person, one phone, the whole program in between.

    # survey: example-choice            lines of the head: what is played, and what must be true at the end
    # role: coordinator                 only where the person is one
    # expects: rows=1 bots=1

    > /start {wave}                     what the person does: follows the link, types words, presses a [button]
    > (a voice of 3 seconds)            or speaks
    < Choose your language.             what the bot then shows, with its buttons in the order of reading
      [English]
    * the bot is killed and started again

What the bot shows is rewritten by `pytest --rewrite`; the head and what the person does never are. How it is
written says `bot/emulator/talk.py`, with which a page saves the talk of a phone: saved here, it is a test.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.emulator.person import Message, Person, Screen
from bot.emulator.talk import changed, halves, plain, shown, toasts, written
from tests.conversations import seeded
from tests.rig import Rig, id_of, wait_for
from tests.sounds import voice

FOLDER = Path(__file__).parent
NAMES = {"اردو": "ur", "پښتو": "ps", "English": "en"}
RIGHT_TO_LEFT = ("ur", "ps")
ONLY_SEEN = "only what is seen"
"""The wish of a talk that was saved where nobody could tell which answers in the database were its own."""

PATIENCE = 8.0
"""Seconds a reply may take on a busy computer."""

SOME_SECONDS = 3.0
"""As a person takes between taps that move nothing: of these the bot lets five through, then one a second."""

REST = 0.4
LONG_REST = 1.3
"""Seconds without change that end a reply while rewriting; a multiple choice is redrawn once a second."""


INVITATION = {
    "the invitation is full": "UPDATE invite SET left = 0 WHERE wave = ?",
    "the invitation expires": "UPDATE invite SET expiry_day = '2020-01-01' WHERE wave = ?",
}
"""What happens to an invitation while a talk is played."""

OWN_TIME = {
    "the time to begin is over": timedelta(minutes=1),
    "the time of the survey is over": timedelta(days=30),
}
"""How long ago the last moment to begin of a wave becomes while a talk is played."""

RESTING = {"the survey is paused": "pause", "the survey goes on": "resume"}
"""What a coordinator does to a wave while a talk is played, and what the console calls it."""

OWNER = 900
"""Whose account has the desk, alone."""

WILL_BE_DONE = "په راتلونکې میاشت کښې به لارې ته رڼا ولګي۔"
"""What the coordinator writes, in Pashto."""

KARACHI = ZoneInfo("Asia/Karachi")
WISHES_SECONDS = 60
"""The bot looks twice a minute whether a day has passed."""


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
        return written(self.head, [(turn.act, reply) for turn, reply in zip(self.turns, replies, strict=True)])


@dataclass
class Played:
    """All that was seen while a talk was played, for whoever judges it."""

    wave: str
    link: str = ""  # what an invitation's link carries, where the wave wants one
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

    async def play(self, talk: Talk, wave: str, *, listen: bool, link: str = "") -> Played:
        """Play a talk. With `listen` wait for rest after each act, else only until the reply is as written."""
        self._people += 1
        played = Played(wave, link)
        app = talk.wish("app") or None
        number = 1000 + self._people
        async with Person(self.rig.url, 7_040_000_000 + number, "Person", language_code=app, idle=0.02) as person:
            if talk.wish("role"):
                await self._admitted(person, talk.wish("survey"))
            seen = await person.screen()
            for turn in talk.turns:
                await self._act(person, seen, turn.act, played)
                before, seen = seen, await self._reply(person, seen, turn, played, listen)
                self._note(before, seen, played)
            played.end = await person.wait_quiet(0.3)
            if talk.wish("role"):  # so that whoever opens the next wave is alone again
                await asyncio.to_thread(self.rig.console, "member", "remove", str(person.id), "--yes")
            assert shown(seen, played.end) == "", f"the bot said more than the talk holds:\n{played.end.words()}"
        return played

    async def _admitted(self, person: Person, survey: str) -> None:
        """Make the person a coordinator who has just picked this survey: the desk before it names every wave."""
        code = (await asyncio.to_thread(self.rig.console, "claim-code")).strip()
        await person.start()
        await person.say(f"/claim {code}")
        desk = await person.say("/desk")
        await person.press_data(f"d:people:{survey}", message_id=desk.last.id)
        await person.wait_quiet(REST)

    async def _act(self, person: Person, screen: Screen, act: str, played: Played) -> None:
        if act.startswith("* "):
            await self._happens(person, act[2:], played)
            return
        words = act[2:].replace("{wave}", played.wave).replace("{link}", played.link)
        words = words.replace("{code}", "".join(played.codes[-1:]))
        if words in (f"/start {played.wave}", f"/start {played.link}"):
            await person.start(words.removeprefix("/start "))
        elif found := re.fullmatch(r"\[(.+)\]( twice)?", words):
            message, data = _button(screen, found[1])
            played.language = NAMES.get(found[1], played.language)
            if found[2]:
                await person.press_data(data, message_id=message, wait=False)
            await person.press_data(data, message_id=message)
        elif found := re.fullmatch(r"\(a voice of (\d+) seconds\)", words):
            await person.speak(voice(float(found[1])))
        else:
            await person.say(words)

    async def _happens(self, person: Person, what: str, played: Played) -> None:
        if what == "the bot is killed and started again":
            await asyncio.to_thread(self.rig.kill_bot)
            await asyncio.to_thread(self.rig.start_bot, *seeded.COMMAND)
        elif found := re.fullmatch(r"(a day passes|(\d+) days pass)", what):
            for _ in range(int(found[2] or 1)):
                self._moment += timedelta(days=1)
                await asyncio.to_thread(self.rig.tick, self._moment)
        elif what == "a morning comes":
            local = self._moment.astimezone(KARACHI) + timedelta(days=1)
            self._moment = local.replace(hour=9, minute=30)
            await asyncio.to_thread(self.rig.tick, self._moment)
        elif what == "some seconds pass":
            await asyncio.sleep(SOME_SECONDS)
        elif what == "the wishes of the day are written":
            written = partial(self._wished, played.wave)
            await asyncio.to_thread(wait_for, written, seconds=WISHES_SECONDS)
        elif what in OWN_TIME:
            self._write(
                "UPDATE wave SET starts_until = ? WHERE wave = ?",
                (datetime.now(UTC) - OWN_TIME[what]).isoformat(),
                played.wave,
            )
            if "survey" in what:
                self._moment += timedelta(minutes=1)
                await asyncio.to_thread(self.rig.tick, self._moment)
        elif what == "the coordinator writes what will be done, and approves it":
            await self._answer_for_it(played.wave)
        elif what == "the bot is blocked":
            await person.block()
        elif what == "the bot is unblocked":
            await person.unblock()
        elif what == "the survey is closed":
            await asyncio.to_thread(self.rig.console, "wave", "close", played.wave, "--yes")
        elif what in RESTING:
            await asyncio.to_thread(self.rig.console, "wave", RESTING[what], played.wave)
        elif what == "the last day is moved later":
            until = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"
            await asyncio.to_thread(self.rig.console, "wave", "extend", played.wave, "--until", until, "--yes")
        elif what in INVITATION:
            self._write(INVITATION[what], played.wave)
        else:
            raise ValueError(f"nobody knows how to play: * {what}")

    async def _answer_for_it(self, wave: str) -> None:
        """At the desk, as a coordinator does: the words are a reply to the message that asks for them."""
        async with Person(self.rig.url, id_of(OWNER), "Owner", language_code="en", idle=0.1) as owner:
            desk = await owner.say("/desk")
            (label,) = [label for label in desk.last.labels if f"({wave})" in plain(label)]
            for press in (label, "What we heard", "Words: Pashto"):
                asked = await owner.press(press)
            await owner.say(WILL_BE_DONE, reply_to=asked.last.id)
            for press in ("Have it approved", "Yes, approve it"):
                await owner.press(press)

    def _write(self, statement: str, *values: str) -> None:
        with closing(sqlite3.connect(self.rig.folder / "data" / "aitbar.db")) as database, database:
            database.execute(statement, values)

    def _wished(self, wave: str) -> bool:
        return any(row["wave"] == wave for row in self.rig.rows("contact"))

    async def _reply(self, person: Person, before: Screen, turn: Turn, played: Played, listen: bool) -> Screen:
        """The screen once the reply is there; where none is written the next one is waited for."""
        if not listen and not turn.reply:
            played.replies.append("")
            return before
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
        for message in changed(before, after):
            played.spoken.append((played.language, message))
            played.sent_by_bot.add(message.id)
            played.most_edits = max(played.most_edits, message.edits)
            if code := halves(message):
                played.codes.append("".join(code))
                hash = hashlib.sha256(played.codes[-1].encode()).digest()
                played.codes_kept += any(row["rhash"] == hash for row in self.rig.rows("pool"))
        played.passing += [(played.language, toast) for toast in toasts(before, after)]


def _button(screen: Screen, label: str) -> tuple[int, str]:
    """The message and the data of a button by its words, the newest message first."""
    for message in reversed(screen.messages):
        for row in message.buttons:
            for button in row:
                if plain(button.text) == label and button.data is not None:
                    return message.id, button.data
    raise AssertionError(f"no button [{label}] on the phone:\n{screen.words()}")
