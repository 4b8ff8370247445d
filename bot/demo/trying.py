"""An author tries a survey file: a phone for each language, and a new interview of what was saved last.

Laws:
1. What is tried lives in a folder of its own; the data and the keys of a real installation are never touched.
2. Every interview has a wave of its own, opened before it is needed: so each can be begun anew, by anybody.
3. A file with mistakes changes nothing: its problems are shown, and the version before it stays.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
import tempfile
import webbrowser
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from bot.core.flow import LANGUAGE_NAMES
from bot.core.survey import Survey
from bot.demo.stage import Stage, StageTrouble, act
from bot.files.check import check
from bot.files.recordings import lend
from bot.files.surveys import load

FIRST_PHONE = 7_200_000_001
ORGANISATION = "Your organisation"
LOOK_EVERY = 0.5  # seconds between two looks at the file and at who is on the page
IDLE = "200ms"

NOTICE = {
    "ready": "Trying {file}. Answer it on any phone. Save the file, then press “Start anew” for the new version.",
    "again": "{file} was saved at {time}. Press “Start anew” on a phone for an interview of the new version.",
    "wrong": "{file} was saved with mistakes, so the version before it stays:\n{problems}",
}


def try_out(path: Path, port: int, languages: list[str], browser: bool) -> None:
    """Let an author answer the survey in a file until stopped; everything that was made is then removed.

    `languages` are those of the phones; none stands for each language of the survey. The file must be sound.
    """
    survey = load(path).survey
    if survey is None:
        raise StageTrouble(f"{path} has mistakes. See: aitbar check {path}")
    with tempfile.TemporaryDirectory(prefix="aitbar-shelf-") as shelf:
        # Not the author's folder: what is saved there under one version would be refused, and said, by the bot.
        shutil.copy(path, shelf)
        lend(path, Path(shelf))
        _on_stage(path, Path(shelf), port, languages or list(survey.languages), browser)


def _on_stage(path: Path, shelf: Path, port: int, languages: list[str], browser: bool) -> None:
    with Stage.open("try", port, shelf, ORGANISATION) as stage:
        act(Trying(stage, path).perform(languages, browser))


class Trying:
    """What happens on the stage of an author."""

    def __init__(self, stage: Stage, path: Path) -> None:
        self._stage = stage
        self._path = path
        self._version = 0  # counts what was saved soundly
        self._good = path
        self._survey = self._take(load(path).survey)
        self._stamp = _stamp(path)
        self._now: dict[int, str] = {}  # the wave of the interview on each phone
        self._asked: dict[str, str] = {}  # the survey of each wave
        self._edited: dict[str, bool] = {}  # whether a message changed in place in the interview of a wave

    async def perform(self, languages: list[str], browser: bool) -> None:
        """Open the page, then follow the file, the phones and the page's own days."""
        await self._stage.opened()
        phones = [FIRST_PHONE + number for number in range(len(languages))]
        for phone, language in zip(phones, languages, strict=True):
            person = {"id": phone, "first_name": LANGUAGE_NAMES[language], "language_code": language}
            await self._stage.post("/sim/users", person)
        await asyncio.gather(*(self._hand_link(phone) for phone in phones))
        await self._notice("ready")
        address = f"{self._stage.url}/?phones={','.join(map(str, phones))}"
        typer.echo(f"The phones are at {address}\nSave the file to try its new version. Stop with Ctrl-C.")
        if browser:
            webbrowser.open(address)
        await asyncio.gather(self._stage.follow_days(), self._follow_file(), self._follow_people())

    # -- the file -------------------------------------------------------------------------------------

    async def _follow_file(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._stage.check()
            stamp = _stamp(self._path)
            if stamp is not None and stamp != self._stamp:
                self._stamp = stamp
                await self._saved()

    async def _saved(self) -> None:
        """The author has saved: new interviews are of this version, unless it has mistakes."""
        report = check([self._path])
        survey = load(self._path).survey
        if survey is None or report.errors:
            problems = "\n".join(str(problem) for problem in report.problems if problem.level == "error")
            typer.echo(problems)
            await self._notice("wrong", problems=problems)
            return
        self._survey = self._take(survey)
        users = await self._stage.get("/sim/users")
        await asyncio.gather(*(self._hand_link(user["id"]) for user in users))
        typer.echo(f"{self._path} was read again.")
        await self._notice("again", time=datetime.now().astimezone().strftime("%H:%M:%S"))

    def _take(self, survey: Survey | None) -> Survey:
        """Keep a copy of the sound file: links are needed even while it is being changed."""
        assert survey is not None
        self._version += 1
        self._good = self._stage.folder / "tried" / str(self._version) / self._path.name
        self._good.parent.mkdir(parents=True)
        shutil.copyfile(self._path, self._good)
        lend(self._path, self._good.parent)
        return survey

    # -- the phones -----------------------------------------------------------------------------------

    async def _follow_people(self) -> None:
        """Whoever is added on the page gets a link too."""
        followed: dict[int, asyncio.Task[None]] = {}
        while True:
            for user in await self._stage.get("/sim/users"):
                if user["id"] not in followed:
                    followed[user["id"]] = asyncio.create_task(self._follow(user["id"]))
            for task in followed.values():
                if task.done():
                    task.result()
            await asyncio.sleep(LOOK_EVERY)

    async def _follow(self, phone: int) -> None:
        """Say after every change what is true at the end of the talk; hand out a link when one was used."""
        seen = 0
        await self._stage.post(f"/sim/users/{phone}/talk", {"true_at": seen})  # a talk waits for its head
        while True:
            path = f"/sim/users/{phone}/screen?wait=new&since={seen}&idle={IDLE}&timeout=20"
            screen = await self._stage.get(path)
            link = screen.get("link", {})
            if link.get("followed"):
                self._now[phone] = link["payload"]
            await self._say_head(phone, screen)
            seen = screen["seq"]
            if link.get("followed", True):
                await self._hand_link(phone)

    async def _hand_link(self, phone: int) -> None:
        """A link to a new wave of the present version, and with it a new interview."""
        version = 0
        while version != self._version:  # saved meanwhile: once more
            version, asked = self._version, self._survey.id
            said = await self._stage.console("wave", "open", str(self._good), "--org", ORGANISATION, "--yes")
            wave = re.findall(r"^start (\w+)$", said, re.MULTILINE)[0]
            self._asked[wave] = asked
        await self._stage.post(f"/sim/users/{phone}/link", {"payload": wave})

    async def _say_head(self, phone: int, screen: dict[str, Any]) -> None:
        wave = self._now.get(phone)
        if wave is None:
            return
        bots = [message for message in screen["messages"] if message["from_bot"]]
        self._edited[wave] = self._edited.get(wave, False) or any(message["edits"] for message in bots)
        talk = await self._stage.get(f"/sim/users/{phone}/talk?now=true")
        if not isinstance(talk, str):  # nothing was said yet
            return
        head = [
            f"# A talk saved while {self._path.name} was tried.",
            f"# survey: {self._asked[wave]}",
            f"# organisation: {ORGANISATION}",
            *what_is_true(self._stage.folder / "data" / "aitbar.db", wave, talk, screen, self._edited[wave]),
        ]
        await self._stage.post(
            f"/sim/users/{phone}/talk",
            {"head": "\n".join(head), "names": {wave: "wave"}, "true_at": screen["seq"]},
        )

    async def _notice(self, id: str, **values: str) -> None:
        words = NOTICE[id].format(file=self._path.name, **values)
        await self._stage.post("/sim/notice", {"text": words})


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is saved; None for the moment in which an editor exchanges it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def what_is_true(database: Path, wave: str, talk: str, screen: dict[str, Any], edited: bool) -> list[str]:
    """The lines of a talk's head that say what lies in the database and on the phone at its end."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as file:
        pool = [json.loads(body) for (body,) in file.execute("SELECT body FROM pool WHERE wave = ?", (wave,))]
        ledger = [done for (done,) in file.execute("SELECT done FROM ledger WHERE wave = ?", (wave,))]
        (sessions,) = file.execute("SELECT count(*) FROM session WHERE wave = ?", (wave,)).fetchone()
    names = {name: language for language, name in LANGUAGE_NAMES.items()}
    pressed = [names[label] for label in re.findall(r"^> \[(.+)\]$", talk, re.MULTILINE) if label in names]
    language = pool[0]["language"] if pool else [screen["user"].get("language_code") or "en", *pressed][-1]
    from_bot = sum(message["from_bot"] for message in screen["messages"])
    wishes = {
        "rows": len(pool),
        "ledger": len(ledger),
        "done": sum(ledger),
        "open": sessions,
        "codes": sum(len(re.findall("#{4,}", line)) == 2 for line in talk.splitlines()),
        "bots": from_bot,
        "mine": len(screen["messages"]) - from_bot,
    }
    lines = [
        f"# language: {language}",
        "# expects: " + " ".join(f"{name}={count}" for name, count in wishes.items()) + f" edits>={int(edited)}",
    ]
    if pool:
        answers = pool[0]["answers"]
        lines.append("# answers: " + " ".join(f"{id}={_as_words(answer)}" for id, answer in answers.items()))
    return lines


def _as_words(answer: Any) -> str:
    return ",".join(answer) if isinstance(answer, list) else str(answer)
