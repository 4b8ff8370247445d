"""Sets the stage of the demo and keeps it: processes, the coordinator's first day, the passing of days."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import typer

from bot.demo.model import villagers
from bot.demo.people import answer_all
from bot.emulator.person import Person
from bot.files.phrases import Phrases, weekday
from bot.files.shelf import shelf, surveys_folder

TOKEN = "100000001:demo-demo-demo-demo-demo-demo-demo1"  # noqa: S105 - shaped like a token, opens nothing
SURVEY = "community-trust"
RESPONDENT, COORDINATOR = 7_000_000_001, 7_000_000_002
ORGANISATION = "Demo organisation"
PATIENCE = 60.0

NOTICE = {
    "answering": "{done} of {people} simulated people have answered. Your own phone is on the left.",
    "waiting": "All {people} simulated people have answered. Answers wait at least a day, so days now pass …",
    "ready": (
        "This is a demo on your own computer; nothing leaves it. Answers are released once a week in groups "
        "of {k} or more and summaries keep their schedule, so here days pass when you press “Next day”."
    ),
}

CHOSEN = ("AITBAR_MIN_BLOCK", "AITBAR_LEAVE_BEHIND")
"""Settings of the block rule that may be tried in the demo."""

AITBAR = [sys.executable, "-m", "bot"]


def play(port: int, people: int, seed: int, browser: bool) -> None:
    """Run the demo until it is stopped (Ctrl-C); everything it made is then removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="aitbar-demo-") as folder:
        stage = Stage(Path(folder), port)
        with suppress(KeyboardInterrupt), stage.processes():
            asyncio.run(stage.perform(people, seed, browser))


class Stage:
    """One demo: the ordinary program with another API address, in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self.url = f"http://127.0.0.1:{port}"
        self._surveys = (surveys_folder()).resolve()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
        chosen = {name: os.environ[name] for name in CHOSEN if name in os.environ}
        self._env = {
            **kept,
            **chosen,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "AITBAR_TELEGRAM_TOKEN": TOKEN,
            "AITBAR_TELEGRAM_API_URL": self.url,
            "AITBAR_SURVEYS_DIR": str(self._surveys),
            "AITBAR_ORGANISATION": ORGANISATION,
            "AITBAR_LOG_LEVEL": "WARNING",
        }
        self._k = int(chosen.get("AITBAR_MIN_BLOCK", 10))
        self.wave = ""

    @contextmanager
    def processes(self) -> Iterator[None]:
        """The emulator and the bot, ended by their process ids."""
        started: list[subprocess.Popen[bytes]] = []
        try:
            started.append(self._start("emulator", "--port", str(self._port)))
            started.append(self._start("run"))
            self._watched = started
            yield
        finally:
            for process in reversed(started):
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)

    async def perform(self, people: int, seed: int, browser: bool) -> None:
        """Open the page, let people answer, let days pass, then follow the page's own days."""
        await self._page_answers()
        await self._open_wave()
        address = f"{self.url}/?phones={RESPONDENT},{COORDINATOR}&start={self.wave}"
        typer.echo(f"The phones are at {address}\nStop with Ctrl-C.")
        if browser:
            webbrowser.open(address)
        following = asyncio.create_task(self._follow_days())
        await self._people(people, seed)
        if people:
            await self._first_week()
        await self._notice("ready", k=self._k)
        typer.echo("Ready. Press “Next day” on the page to let a day pass.")
        await following

    # -- the coordinator's first day ------------------------------------------------------------------

    async def _open_wave(self) -> None:
        """The coordinator claims the bot with the console's code and opens a wave, all in the chat."""
        words = Phrases.load().say
        title = shelf(self._surveys)[SURVEY][0].title["en"]
        code = (await self._console("claim-code")).strip()
        async with Person(self.url, RESPONDENT, "You", language_code="ps"):
            pass
        async with Person(self.url, COORDINATOR, "Coordinator", language_code="en", timeout=PATIENCE) as phone:
            await phone.say(f"/claim {code}")
            for label in ("button-desk-home", "button-desk-open"):
                await phone.press(words("en", label))
            await phone.press(title)
            await phone.press(words("en", "desk-more-than", n=5000))
            await phone.press(words("en", "button-weekly-release"))
            screen = await phone.press(words("en", "button-desk-open-now"))
            found = re.search(r"start=(\w+)", screen.last.text)
            if found is None:
                raise RuntimeError(f"no link on the coordinator's screen: {screen.last.text}")
            self.wave = found[1]
            await phone.press(words("en", "button-desk-cadence"))
            await phone.press(words("en", "button-every-week"))
            await phone.press(weekday("en", self._summary_day().weekday()))
            await phone.press(words("en", "desk-hour", hour="09:00"))

    def _summary_day(self) -> datetime:
        """The day after the first release, so that the first summary has something to say."""
        return datetime.now(UTC) + timedelta(days=8)

    # -- people and days ------------------------------------------------------------------------------

    async def _people(self, people: int, seed: int) -> None:
        survey = shelf(self._surveys)[SURVEY][0]
        done = 0

        def told(finished: int) -> None:
            nonlocal done
            done = finished

        answering = asyncio.create_task(
            answer_all(self.url, self.wave, survey, Phrases.load(), villagers(survey, people, seed), told)
        )
        with typer.progressbar(length=people, label="People answer") as bar:
            while not answering.done():
                await asyncio.wait({answering}, timeout=1.0)
                bar.update(done - bar.pos)
                await self._notice("answering", done=done, people=people)
        await answering
        await self._notice("waiting", people=people)

    async def _first_week(self) -> None:
        """Nine days in two steps: one for answers to wait, the rest until release and summary are due."""
        for days in (1, 8):
            await self._post("/sim/clock", {"advance_s": days * 86_400})
            await self._ticked.wait()
            self._ticked.clear()

    async def _follow_days(self) -> None:
        """Tick the bot whenever somebody moves the page's clock."""
        self._ticked = asyncio.Event()
        seen = await self._get("/sim/clock")
        while True:
            clock = await self._get(f"/sim/clock?wait=change&jumps={seen['jumps']}&timeout=20")
            self._bot_lives()
            if clock["jumps"] != seen["jumps"]:
                await self._console("tick", "--at", datetime.fromtimestamp(clock["now"], UTC).isoformat())
                self._ticked.set()
            seen = clock

    # -- small tools ----------------------------------------------------------------------------------

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*AITBAR, *words], env=self._env, cwd=self._folder, stdout=subprocess.DEVNULL)

    def _bot_lives(self) -> None:
        for process in self._watched:
            if process.poll() is not None:
                raise RuntimeError("a part of the demo stopped by itself")

    async def _console(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *AITBAR, *words, env=self._env, cwd=self._folder, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return out.decode()

    async def _page_answers(self) -> None:
        for _ in range(int(PATIENCE * 10)):
            with suppress(OSError, aiohttp.ClientError):
                await self._get("/sim/health")
                return
            self._bot_lives()
            await asyncio.sleep(0.1)
        raise RuntimeError(f"the page at {self.url} does not answer")

    async def _notice(self, id: str, **values: int) -> None:
        await self._post("/sim/notice", {"text": NOTICE[id].format(**values)})

    async def _get(self, path: str) -> dict[str, float]:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as reply:
            answer: dict[str, float] = await reply.json()
            return answer

    async def _post(self, path: str, body: dict[str, object]) -> None:
        async with aiohttp.ClientSession() as session, session.post(self.url + path, json=body) as reply:
            reply.raise_for_status()
