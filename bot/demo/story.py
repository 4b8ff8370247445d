"""The demo: the coordinator's first day, simulated people who answer, days that pass until a summary is seen."""

from __future__ import annotations

import asyncio
import re
import webbrowser
from datetime import UTC, datetime, timedelta

import typer

from bot.demo.model import villagers
from bot.demo.people import answer_all
from bot.demo.stage import PATIENCE, Stage, act
from bot.emulator.person import Person
from bot.files.phrases import Phrases, weekday
from bot.files.shelf import shelf, surveys_folder

SURVEY = "community-trust"
RESPONDENT, COORDINATOR = 7_000_000_001, 7_000_000_002
ORGANISATION = "Demo organisation"

NOTICE = {
    "answering": "{done} of {people} simulated people have answered. Your own phone is on the left.",
    "waiting": "All {people} simulated people have answered. Answers wait at least a day, so days now pass …",
    "ready": (
        "This is a demo on your own computer; nothing leaves it. Answers are released once a week in groups "
        "of {k} or more and summaries keep their schedule, so here days pass when you press “Next day”."
    ),
}

HEAD = f"""# A talk saved from a phone of the demo.
# survey: {SURVEY}
# organisation: {ORGANISATION}
# expects: only what is seen"""


def play(port: int, people: int, seed: int, browser: bool) -> None:
    """Run the demo until it is stopped; everything it made is then removed."""
    with Stage.open("demo", port, surveys_folder(), ORGANISATION) as stage:
        act(Demo(stage).perform(people, seed, browser))


class Demo:
    """What happens on the demo's stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._surveys = surveys_folder().resolve()
        self.wave = ""

    async def perform(self, people: int, seed: int, browser: bool) -> None:
        """Open the page, let people answer, let days pass, then follow the page's own days."""
        url = self._stage.url
        await self._stage.opened()
        await self._open_wave()
        await self._stage.post(f"/sim/users/{RESPONDENT}/talk", {"head": HEAD, "names": {self.wave: "wave"}})
        address = f"{url}/?phones={RESPONDENT},{COORDINATOR}&start={self.wave}"
        typer.echo(f"The phones are at {address}\nStop with Ctrl-C.")
        if browser:
            webbrowser.open(address)
        following = asyncio.create_task(self._stage.follow_days())
        await self._people(people, seed)
        if people:
            await self._first_week()
        await self._notice("ready", k=self._stage.k)
        typer.echo("Ready. Press “Next day” on the page to let a day pass.")
        await following

    # -- the coordinator's first day ------------------------------------------------------------------

    async def _open_wave(self) -> None:
        """The coordinator claims the bot with the console's code and opens a wave, all in the chat."""
        words = Phrases.load().say
        title = shelf(self._surveys)[SURVEY][0].title["en"]
        code = (await self._stage.console("claim-code")).strip()
        url = self._stage.url
        async with Person(url, RESPONDENT, "You", language_code="ps"):
            pass
        async with Person(
            self._stage.url, COORDINATOR, "Coordinator", language_code="en", timeout=PATIENCE
        ) as phone:
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
            answer_all(self._stage.url, self.wave, survey, Phrases.load(), villagers(survey, people, seed), told)
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
            await self._stage.post("/sim/clock", {"advance_s": days * 86_400})
            await self._stage.ticked.wait()
            self._stage.ticked.clear()

    async def _notice(self, id: str, **values: int) -> None:
        await self._stage.post("/sim/notice", {"text": NOTICE[id].format(**values)})
