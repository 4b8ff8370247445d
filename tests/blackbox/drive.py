"""A scripted crowd against the whole program: real processes, known people, answers that nobody else gives.

    python -m tests.blackbox.drive --people 200 --seed 7 --out truth.json

plays in the folder it is started in: there `data`, `keys`, `logs` and `tmp` lie afterwards, for `dumpscan`. As
many people stop at the fifth question; some take their answers back, before and after the release. Time moves by
`aitbar tick --at`; nothing of the program is called in this process.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import shutil
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.emulator.person import Person, Screen
from tests import nursery
from tests.blackbox.crawl import crawl
from tests.blackbox.crowd import souls
from tests.blackbox.dump import database_in
from tests.blackbox.forms import secrets_of
from tests.blackbox.truth import Soul, Truth
from tests.rig import AITBAR, Rig, installed, wait_for

SURVEY = Path(__file__).parent / "crowd.yaml"
OWNER = 905
STOP_AT = "Fifth question"
ANSWERS = {"First": "Woman", "Fourth": "Alpha", "Fifth": "Beta", "Sixth": "Gamma"}
DOORS = ("English", "Yes, I agree", "Send and show my code")
WISH = "When there is a result"
CODE = re.compile(r"(?<!\d)(\d{10})\D{1,4}(\d{10})(?!\d)")
IDLE, GRACE = 0.01, 0.3
AT_ONCE = 20
SETTINGS = {"AITBAR_MIN_BLOCK": "5", "AITBAR_LEAVE_BEHIND": "2"}
EVERY_WISH = 3
"""One in so many wants to hear of the result."""

COHORT = "school"
SPARE = 3
"""People who come later: one between two backups, one who is watched for, one after the release."""


@contextmanager
def driven(folder: Path) -> Iterator[Rig]:
    """An installation at debug level with its emulator started; everything is ended afterwards."""
    with installed(folder, AITBAR_LOG_LEVEL="DEBUG", **SETTINGS) as rig:
        yield rig


class Drive:
    """One installation, its people, and the truth about them."""

    def __init__(self, rig: Rig, people: int, stopping: int, seed: int) -> None:
        self.rig = rig
        self.truth = Truth(seed, k=int(SETTINGS["AITBAR_MIN_BLOCK"]), souls=souls(seed, people + stopping + SPARE))
        crowd = self.truth.souls
        for soul in crowd[::EVERY_WISH]:
            soul.contact = True
        self.answering, self.stopping, self.later = (
            crowd[:people],
            crowd[people : people + stopping],
            crowd[people + stopping :],
        )
        self.seen: list[str] = []
        """Every text that a coordinator saw, and every figure printed."""
        self._chance = random.Random(f"drive {seed}")
        self._opened = datetime.now(UTC)
        self._link = ""
        self._wished = 0
        self.rig.env["TMPDIR"] = str(self.folder("tmp"))
        self.log = self.folder("console") / "console.log"
        self.log.touch()

    def folder(self, name: str) -> Path:
        """A folder of the installation."""
        path = self.rig.folder / name
        path.mkdir(exist_ok=True)
        return path

    def console(self, *words: str) -> str:
        """`aitbar ...` beside the bot; returns all that it said, which is its log as well."""
        before = self.log.stat().st_size
        with self.log.open("ab") as log:
            code = nursery.start(words, self.rig.env, self.rig.folder, log, log).wait(120)
        said = self.log.read_bytes()[before:].decode()
        assert code == 0, (words, code, said)
        return said

    # -- stages ---------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the bot, make somebody its owner, open the wave."""
        shutil.copy(SURVEY, self.rig.folder / "crowd.yaml")
        self.rig.start_bot()
        asyncio.run(self._claim(self.console("claim-code").split()[-1]))
        steward = self.console(
            "steward", "keygen", "--out", str(self.folder("steward") / "key"), "--no-passphrase"
        )
        said = self.console(
            *("wave", "open", "crowd.yaml", "--yes", "--population", "5000", "--invited"),
            *("--steward-key", next(word for word in steward.split() if word.startswith("steward-"))),
        )
        self.truth.wave = _said_after("wave", said)
        said = self.console("invite", self.truth.wave, "--cohort", COHORT, "--cap", "1000")
        self._link = _said_after("start", said)
        self.truth.invitations.append(self._link.partition("-")[2])
        self._opened = datetime.now(UTC)

    async def _claim(self, code: str) -> None:
        self.truth.coordinators.append(OWNER)
        async with self._owner() as owner:
            await owner.start()
            await owner.say(f"/claim {code}")

    def answer(self, some: Iterable[Soul]) -> None:
        """These people answer and send, many at a time."""
        asyncio.run(self._all(some, self._answers))

    def stop_in_the_middle(self, some: Iterable[Soul]) -> None:
        """These people come to the fifth question and leave it there."""
        asyncio.run(self._all(some, self._stops))

    def withdraw(self, soul: Soul) -> None:
        """Somebody takes the answers back with the code, from another phone."""
        asyncio.run(self._withdraw(soul))

    def clean(self) -> None:
        """Answers just came or went: wait until the running bot has scrubbed. The log is empty then."""
        log = database_in(self.folder("data")).with_name("aitbar.db-wal")
        wait_for(lambda: not log.exists() or log.stat().st_size == 0, seconds=90)

    def hear(self) -> None:
        """Wait until the running bot has written who wants to hear of the result, at the tick after a day's."""
        wait_for(lambda: len(self.rig.rows("contact")) >= self._wished, seconds=90)

    def days(self, *days: int) -> None:
        """Let it be these days after the wave was opened, one tick each."""
        for day in days:
            self._wished = sum(soul.contact for soul in self.truth.in_state("open", "sent", "withdrawn"))
            moment = self._opened + timedelta(days=day)
            self.truth.ticks.append(moment.timestamp())
            self.console("tick", "--at", moment.isoformat())

    def look_at_figures(self) -> list[str]:
        """All that a coordinator can see now: the desk, the wave, its digest in words and in figures."""
        shown = asyncio.run(self._desk())
        for form in ("text", "json"):
            shown.append(self.console("digest", self.truth.wave, "--format", form))
        shown.append(self.console("wave", "list"))
        self.seen += [*shown, asyncio.run(self._log())]
        return shown

    def start_traced(self, written: Path) -> bool:
        """Start the bot with every file that it opens noted; False where strace cannot do that."""
        strace = shutil.which("strace")
        if strace is None:
            self.rig.start_bot()
            return False
        command = [strace, "-D", "-f", "-qq", "-o", str(written), "-e", "trace=open,openat,creat", *AITBAR, "run"]
        self.rig.start_bot(*command)
        return written.exists() and written.stat().st_size > 0

    # -- people ---------------------------------------------------------------------------------------

    def _owner(self) -> Person:
        return Person(self.rig.url, OWNER, "Owner", language_code="en", timeout=60.0)

    async def _all(self, some: Iterable[Soul], does: Callable[[Soul], Awaitable[None]]) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(soul: Soul) -> None:
            async with room:
                await does(soul)

        await asyncio.gather(*(one(soul) for soul in some))

    def _phone(self, soul: Soul) -> Person:
        return Person(
            self.rig.url,
            soul.id,
            soul.first_name,
            username=soul.username,
            language_code="en",
            idle=IDLE,
            grace=GRACE,
            timeout=60.0,
        )

    async def _answers(self, soul: Soul) -> None:
        async with self._phone(soul) as phone:
            soul.started = time.time()
            screen = await phone.start(self._link)
            while "Thank you" not in _text(screen):
                screen = await self._next(phone, soul, screen)
            soul.state, soul.sent = "sent", time.time()
            found = CODE.search(_text(screen))
            assert found is not None, "somebody asked for a code and got none"
            soul.receipt = found[1] + found[2]

    async def _stops(self, soul: Soul) -> None:
        async with self._phone(soul) as phone:
            soul.state, soul.started = "open", time.time()
            screen = await phone.start(self._link)
            while STOP_AT not in _text(screen):
                screen = await self._next(phone, soul, screen)
            self._note_secrets(soul, screen)

    async def _next(self, phone: Person, soul: Soul, screen: Screen) -> Screen:
        """Do what the screen asks for."""
        self._note_secrets(soul, screen)
        text, labels = _text(screen), _labels(screen)
        if "Second question" in text and DOORS[-1] not in labels:
            return await phone.say(str(soul.marker))
        if "Third question" in text and DOORS[-1] not in labels:
            return await phone.say(soul.words)
        if WISH in text:
            return await phone.press("Yes" if soul.contact else "No")
        for word, answer in ANSWERS.items():
            if f"{word} question" in text and answer in labels:
                return await phone.press(answer)
        for label in DOORS:
            if label in labels:
                return await phone.press(label)
        raise AssertionError(f"nothing to do here: {text} {labels}")

    def _note_secrets(self, soul: Soul, screen: Screen) -> None:
        data = [b.data for m in screen.messages for row in m.buttons for b in row if b.data]
        soul.secrets += sorted(secrets_of(data) - set(soul.secrets))

    async def _withdraw(self, soul: Soul) -> None:
        async with Person(self.rig.url, OWNER + 1, "Somebody", language_code="en") as phone:
            screen = await phone.say(f"/withdraw {soul.receipt}")
            assert soul.receipt[:10] not in screen.words(), "the code does not stay on the screen"
        soul.state = "withdrawn"

    async def _log(self) -> str:
        """The log of acts, at the desk."""
        async with self._owner() as owner:
            return _text(await owner.press_data("d:log"))

    async def _desk(self) -> list[str]:
        """The desk, and every screen and file of the wave, of people, programmes and the log."""
        async with self._owner() as owner:
            shown = [_text(await owner.say("/desk"))]
            screen = await owner.press(f"A scripted crowd ({self.truth.wave})")
            shown.append(_text(screen))
            newest = screen.last.id
            screen = await owner.press("Last released summary")
            while screen.last.id <= newest:  # it is drawn beside, and comes when it is done
                screen = await owner.wait_news(screen.seq)
            screen = await owner.wait_quiet(idle=1.0)
            shown += [message.text for message in screen.messages if message.from_bot and message.id > newest]
            shown += await crawl(owner, f"d:wave:{self.truth.wave}", "d:staff", "d:progs")
        return shown


def _said_after(word: str, said: str) -> str:
    return next(line.split()[1] for line in said.splitlines() if line.startswith(f"{word} "))


def _text(screen: Screen) -> str:
    said = [message for message in screen.messages if message.from_bot]
    return said[-1].text if said else ""


def _labels(screen: Screen) -> tuple[str, ...]:
    said = [message for message in screen.messages if message.from_bot]
    return said[-1].labels if said else ()


def main(words: list[str] | None = None) -> int:
    """Play the crowd to its release, and write the truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--stopping", type=int, help="who stop in the middle; as many as people, unless said")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("truth.json"))
    parser.add_argument("--folder", type=Path, default=Path(), help="where data, keys, logs and tmp are to lie")
    given = parser.parse_args(words)
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if database_in(folder / "data").exists():
        parser.error(f"there is an installation in {folder} already; name an empty folder with --folder")
    stopping = given.people if given.stopping is None else given.stopping
    with driven(folder) as rig:
        drive = Drive(rig, given.people, stopping, given.seed)
        drive.open()
        drive.answer(drive.answering)
        drive.stop_in_the_middle(drive.stopping)
        drive.withdraw(drive.answering[0])
        drive.days(1)
        drive.hear()
        drive.days(2, 7)
        drive.withdraw(drive.answering[-1])
        rig.stop_bot()
    drive.truth.write(given.out)
    print(f"{given.people} answered, {len(drive.stopping)} stopped in the middle; the truth is in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
