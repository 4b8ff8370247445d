"""The drill: a server is lost, and a backup brings back what was released; real commands, the real program.

1. `aitbar backup` works beside a running bot; no form of anybody's id, no key and no token is in what it writes.
2. `aitbar restore` gives the same digests, byte for byte; it is refused while the bot runs.
3. Coordinators are told once what became of their waves; with `--continue-waves` the new link works.
"""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.blackbox import dumpscan
from tests.rig import ROOT, Rig, id_of

pytestmark = pytest.mark.slow

OWNER = 902
PEOPLE = 9
LATE = 3
TOLD = "put back from a copy"


@pytest.fixture
def rig(rig: Rig) -> Rig:
    """An installation with one small survey."""
    shelf = rig.folder / "surveys"
    shelf.mkdir()
    shutil.copy(ROOT / "surveys" / "examples" / "choice.yaml", shelf)
    rig.env["AITBAR_SURVEYS_DIR"] = str(shelf)
    return rig


def test_a_lost_server_comes_back_with_all_that_was_released(rig: Rig) -> None:
    wave = rig.open_wave("example-choice", "--population", "5000")
    rig.start_bot()
    asyncio.run(_claim_and_answer(rig, wave))
    rig.tick(datetime.now(UTC) + timedelta(days=1))
    rig.tick(datetime.now(UTC) + timedelta(days=8))
    asyncio.run(_answer_all(rig, wave, range(PEOPLE, PEOPLE + LATE)))

    rig.console("backup", "copy")
    before = _digests(rig, wave)
    assert '"n": 5' in before
    keys = dumpscan.read_keys(rig.folder / "keys")
    for number in range(PEOPLE + LATE):
        id = id_of(number)
        forms = {**dumpscan.plain_forms(id), **dumpscan.keyed_forms(id, keys)}
        assert dumpscan.find(forms, [rig.folder / "copy"]) == []
    assert dumpscan.find(keys, [rig.folder / "copy"]) == []
    assert dumpscan.find_tokens([rig.folder / "copy"]) == []
    assert len(rig.rows("pool")) == LATE + 1
    bodies = {row["rhash"].hex(): row["rhash"] for row in rig.rows("pool")}
    assert dumpscan.find(bodies, [rig.folder / "copy"]) == []

    assert "is not empty" in rig.console("backup", "copy", code=1)
    assert "Another `aitbar run`" in rig.console("restore", "copy", "--yes", code=1)
    rig.kill_bot()
    shutil.rmtree(rig.folder / "data")
    shutil.rmtree(rig.folder / "keys")

    said = rig.console("restore", "copy")
    assert f"wave {wave} (example-choice) is closed" in said
    assert _digests(rig, wave) == before
    assert [row["state"] for row in rig.rows("wave")] == ["closed"]
    assert rig.rows("ledger") == rig.rows("pool") == rig.rows("session") == []
    assert [row["act"] for row in rig.rows("audit")][-1] == "restore"

    rig.start_bot()
    assert wave in asyncio.run(_told(rig))
    asyncio.run(_is_refused(rig, wave))
    assert rig.stop_bot() == 0
    rig.start_bot()
    rig.look_now()
    assert asyncio.run(_told(rig)), "once"
    assert _digests(rig, wave) == before


def test_an_open_wave_goes_on_with_a_new_link_beside_the_database_kept_aside(rig: Rig) -> None:
    wave = rig.open_wave("example-choice", "--population", "5000")
    rig.start_bot()
    asyncio.run(_claim_and_answer(rig, wave))
    rig.tick(datetime.now(UTC) + timedelta(days=1))
    rig.tick(datetime.now(UTC) + timedelta(days=8))
    rig.console("backup", "copy")
    before = _digests(rig, wave)
    assert rig.stop_bot() == 0

    assert "There is a database already" in rig.console("restore", "copy", code=1)
    assert _digests(rig, wave) == before
    said = rig.console("restore", "copy", "--continue-waves", "--yes")
    new = said.split("goes on as ")[1].split()[0]
    assert _digests(rig, wave) == before
    assert {row["wave"]: row["state"] for row in rig.rows("wave")} == {wave: "closed", new: "open"}
    assert sorted(path.name for path in (rig.folder / "keys").glob("*.key")) == ["server.key", f"wave-{new}.key"]
    (aside,) = (rig.folder / "data").glob("before-restore-*")
    assert (aside / "aitbar.db").exists()

    rig.start_bot()
    assert f"?start={new}" in asyncio.run(_told(rig))
    asyncio.run(_answer_all(rig, new, range(PEOPLE)))
    assert len(rig.rows("pool")) == PEOPLE


def _digests(rig: Rig, wave: str) -> str:
    """What the console shows of a wave."""
    return rig.console("digest", wave, "--format", "json")


async def _claim_and_answer(rig: Rig, wave: str) -> None:
    code = (await asyncio.to_thread(rig.console, "claim-code")).strip()
    async with rig.person(OWNER, "en") as owner:
        await owner.start()
        await owner.say(f"/claim {code}")
    await _answer_all(rig, wave, range(PEOPLE))


async def _answer_all(rig: Rig, wave: str, people: range) -> None:
    await asyncio.gather(*(_answer(rig, wave, number) for number in people))


async def _answer(rig: Rig, wave: str, number: int) -> None:
    async with rig.person(number, "en") as person:
        await person.start(wave)
        for label in ("English", "Yes, I agree", "By bus or van", "Send answers"):
            await person.press(label)


async def _is_refused(rig: Rig, wave: str) -> None:
    async with rig.person(500, "en") as person:
        assert "closed" in (await person.start(wave)).last.text


async def _told(rig: Rig) -> str:
    """What the owner was told of the restore, in one message."""
    async with rig.person(OWNER, "en") as owner:
        told: list[str] = []

        async def look() -> bool:
            told[:] = [m.text for m in (await owner.screen()).messages if m.from_bot and TOLD in m.text]
            return bool(told)

        for _ in range(100):
            if await look():
                break
            await asyncio.sleep(0.1)
    (text,) = told
    return text
