"""From a YAML file to a coordinator's digest, with the whole program in between and nothing of it imported.

1. People answer in three languages over HTTP; nothing readable of an open interview lies on the disk.
2. Answers wait a day at least, are released in a block, and reach the coordinator once.
3. What the coordinator sees is what was answered, rounded as the block rule says.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.rig import ROOT, Rig

AGREE = {"ur": "جی ہاں، میں راضی ہوں", "ps": "هو، زه راضي یم", "en": "Yes, I agree"}
NAMES = {"ur": "اردو", "ps": "پښتو", "en": "English"}
SEND = {"ur": "جواب بھیجیں", "ps": "جوابونه ولېږئ", "en": "Send answers"}
WAYS = {
    "on_foot": {"ur": "پیدل", "ps": "پیاده", "en": "On foot"},
    "bus": {"ur": "بس یا ویگن میں", "ps": "په بس یا ګاډي کښې", "en": "By bus or van"},
}
OWNER = 900

pytestmark = pytest.mark.slow


@pytest.fixture
def rig(rig: Rig) -> Rig:
    """An installation with one small survey on its shelf."""
    shelf = rig.folder / "surveys"
    shelf.mkdir()
    shutil.copy(ROOT / "surveys" / "examples" / "choice.yaml", shelf)
    rig.env["AITBAR_SURVEYS_DIR"] = str(shelf)
    return rig


def test_answers_travel_from_three_languages_to_one_digest(rig: Rig) -> None:
    rig.start_bot()
    wave = asyncio.run(_claim_and_open(rig))
    asyncio.run(_all_answer(rig, wave))

    assert rig.rows("session") == []
    assert len(rig.rows("pool")) == 22
    assert [row["done"] for row in rig.rows("ledger")] == [1] * 22
    assert {json.loads(row["body"])["language"] for row in rig.rows("pool")} == {"ur", "ps", "en"}

    start = datetime.now(UTC)
    rig.days(2)
    assert rig.rows("block") == [], "a weekly wave releases after a week, not before"
    rig.tick(start + timedelta(days=8))
    rig.tick(start + timedelta(days=14))

    figures = rig.digest(wave)
    assert figures["n"] == 20
    assert figures["questions"]["way_to_town"]["counts"]["bus"] == 10
    assert figures["indicators"]["by_bus"]["share"] == 50
    assert rig.rows("block")[0]["n"] == 21, "one answer stays behind, drawn at random"
    assert len(rig.rows("response")) == 21
    assert len(rig.rows("pool")) == 1
    summaries = asyncio.run(_summaries(rig))
    assert len(summaries) == 2, "two Mondays, one summary each"
    assert "20" in summaries[-1]


def test_a_tick_is_done_once_and_a_digest_is_sent_once(rig: Rig) -> None:
    rig.start_bot()
    wave = asyncio.run(_claim_and_open(rig))
    moment = datetime.now(UTC) + timedelta(days=7)
    rig.tick(moment)
    assert [(row["wave"], row["state"]) for row in rig.rows("digest")] == [(wave, "sent")]
    assert "nothing to do" in rig.tick(moment)
    assert "nothing to do" in rig.tick(moment - timedelta(hours=1))
    assert rig.stop_bot() == 0
    rig.start_bot()
    assert len(asyncio.run(_summaries(rig))) == 1


def test_after_downtime_only_the_latest_period_is_sent_and_once(rig: Rig) -> None:
    rig.start_bot()
    asyncio.run(_claim_and_open(rig))
    rig.tick(datetime.now(UTC) + timedelta(days=30))
    assert len(rig.rows("digest")) == 1
    assert len(asyncio.run(_summaries(rig))) == 1


async def _claim_and_open(rig: Rig) -> str:
    """The owner claims with the console's code and opens a wave in the chat; returns the wave's id."""
    code = (await asyncio.to_thread(rig.console, "claim-code")).strip()
    async with rig.person(OWNER, "en") as owner:
        await owner.start()
        refused = await owner.say("/desk")
        assert "Only coordinators" in refused.last.text
        assert "not right" in (await owner.say("/claim WRONGCODE12")).last.text
        await owner.say(f"/claim {code}")
        await owner.press("Back to the desk")
        await owner.press("Open a survey")
        await owner.press("The way to town")
        await owner.press("5,000 or more")
        await owner.press("Once a week")
        screen = await owner.press("Open now")
        assert "https://t.me/" in screen.last.text
        wave = str(rig.rows("wave")[0]["wave"])
        screen = await owner.press("QR picture")
        assert screen.last.photo is not None
        await owner.press("When the summary comes")
        await owner.press("Every week")
        await owner.press("Monday")
        screen = await owner.press("09:00")
        shown = " ".join(m.text for m in screen.messages)
        assert "every week, Monday" in shown
    return wave


async def _all_answer(rig: Rig, wave: str) -> None:
    people = [(n, ("ur", "ps", "en")[n % 3], ("bus", "on_foot")[n % 2]) for n in range(22)]
    for batch in (people[:7], people[7:14], people[14:]):
        await asyncio.gather(*(_answer(rig, wave, *one) for one in batch))


async def _answer(rig: Rig, wave: str, number: int, language: str, way: str) -> None:
    async with rig.person(number) as person:
        await person.start(wave)
        await person.press(NAMES[language])
        await person.press(AGREE[language])
        await person.press(WAYS[way][language])
        screen = await person.press(SEND[language])
        assert len([m for m in screen.messages if m.from_bot]) == 1, "one message, edited in place"


async def _summaries(rig: Rig) -> list[str]:
    """The texts of the summaries on the owner's phone."""
    async with rig.person(OWNER, "en") as owner:
        screen = await owner.screen()
        return [m.text for m in screen.messages if any(b.text == "Details" for row in m.buttons for b in row)]
