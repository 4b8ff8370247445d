"""Surveys and words change while people answer: the real program, its files in a folder of their own.

1. An interview is finished on the version it began with, whatever is done to the files: edited, broken, mended,
   deleted, a catalogue spoilt; the figures and the words of its end are whole.
2. The owner hears of each failing state once, and new words are used as soon as all files are sound.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.emulator.person import Person
from tests.rig import ROOT, Rig, wait_for

pytestmark = pytest.mark.slow

OWNER = 901
SHELF = ROOT / "surveys" / "examples"
ANSWERS = ("B", "C", "D")


class Place:
    """The program's own folder, so that its words can be changed too."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        for name in ("bot", "locales"):
            shutil.copytree(ROOT / name, rig.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.survey = rig.folder / "surveys" / "plain.yaml"
        self.survey.parent.mkdir()
        shutil.copy(ROOT / "tests" / "faults" / "kill_survey.yaml", self.survey)
        shutil.copy(SHELF / "choice.yaml", self.survey.parent)
        rig.env |= {"PYTHONPATH": str(rig.folder), "AITBAR_SURVEYS_DIR": str(self.survey.parent)}

    def words(self, language: str) -> Path:
        """A catalogue."""
        return self.rig.folder / "locales" / language / "LC_MESSAGES" / "bot.po"

    def edit(self, path: Path, old: str, new: str) -> None:
        """Replace a piece that is there."""
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))

    async def looked(self, logged: str) -> None:
        """Have the bot look at its files; return when it has logged this once more."""
        before = self.rig.log.read_text().count(logged)
        self.rig.look_now()
        await asyncio.to_thread(wait_for, lambda: self.rig.log.read_text().count(logged) > before)


REFUSED, TAKEN = "changed files were refused", "the changed files are in use"


def test_an_interview_is_finished_on_its_version_whatever_happens_to_the_files(rig: Rig) -> None:
    place = Place(rig)
    rig.start_bot()
    asyncio.run(_while_files_change(place))
    assert [row["body"] for row in rig.rows("pool")] == [
        '{"language":"en","answers":{"q1":"b","q2":"c","q3":"d","q4":"a","q5":"b","q6":"c"}}'
    ]
    assert rig.rows("session") == []


async def _while_files_change(place: Place) -> None:
    rig = place.rig
    async with rig.person(OWNER, "en") as owner, rig.person(1, "en") as gul:
        code = (await asyncio.to_thread(rig.console, "claim-code")).strip()
        await owner.start()
        await owner.say(f"/claim {code}")
        wave = await asyncio.to_thread(rig.open_wave, str(place.survey), "--population", "5000")
        await gul.start(wave)
        for label in ("English", "Yes, I agree", "B"):
            await gul.press(label)

        place.edit(place.survey, "Second question", "Another question")
        await place.looked(REFUSED)
        assert "its version is still 1" in await _told(owner, 1)
        assert "Third question" in (await gul.press("C")).last.text

        place.edit(place.survey, "version: 1", "version: 2")
        place.edit(place.words("en"), '"Send answers"', '"Send all answers"')
        await place.looked(TAKEN)
        place.survey.write_text("survey: [")
        await place.looked(REFUSED)
        assert "surveys/plain.yaml:1" in await _told(owner, 2)
        assert "Fourth question" in (await gul.press("D")).last.text

        place.edit(place.words("ps"), "{number}", "{nummer}")
        await place.looked(REFUSED)
        assert "locales/ps/LC_MESSAGES/bot.po" in await _told(owner, 3)
        place.survey.unlink()
        place.edit(place.words("ps"), "{nummer}", "{number}")
        await place.looked(TAKEN)
        await gul.press("A")
        assert "Sixth question" in (await gul.press("B")).last.text
        screen = await gul.press("C")
        assert "Send all answers" in screen.last.labels, "its own words are the new ones"
        assert "Thank you" in (await gul.press("Send all answers")).last.text
        rig.look_now()
        assert "locales/ps" in await _told(owner, 3), "mended, nothing more is said"


async def _told(owner: Person, times: int) -> str:
    """The newest of so many messages about files on the owner's phone."""
    screen = await owner.screen()
    for _ in range(100):
        told = [message.text for message in screen.messages if "they have mistakes" in message.text]
        if len(told) >= times:
            break
        await asyncio.sleep(0.1)
        screen = await owner.screen()
    assert len(told) == times
    return told[-1]
