"""The whole program behind a webhook, against the local Bot API.

Promises:
1. A talk goes as it goes when messages are fetched.
2. Killed under load, it loses no confirmed answer.
3. Without the setting the webhook is taken down again, and what waited is fetched.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.talk import FOLDER, Player, read
from tests.faults.crowd import Alive, Respondent
from tests.faults.fire import counted, open_kill_wave, people, until_queued
from tests.rig import ROOT, TOKEN, Rig, free_port, installed, wait_for

pytestmark = pytest.mark.slow

KILLS = 3


def by_webhook(folder: Path, **more: str) -> Any:
    """A rig whose bot listens; the local Bot API brings updates over plain http on this computer."""
    port = free_port()
    settings = {
        "AITBAR_WEBHOOK_URL": f"http://127.0.0.1:{port}/aitbar",
        "AITBAR_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        "AITBAR_MIN_BLOCK": "5",
        "AITBAR_LEAVE_BEHIND": "1",
        **more,
    }
    return installed(folder, **settings)


def info(rig: Rig) -> dict[str, Any]:
    found: dict[str, Any] = rig.sim(f"/bot{TOKEN}/getWebhookInfo")["result"]
    return found


def test_a_talk_goes_as_when_messages_are_fetched(tmp_path: Path) -> None:
    talk = read(FOLDER / "choices.txt")
    with by_webhook(tmp_path, AITBAR_ORGANISATION="امن", AITBAR_MIN_BLOCK="10") as rig:
        rig.start_bot()
        wait_for(lambda: info(rig)["url"])
        wave = rig.open_wave("example-choices")
        played = asyncio.run(Player(rig).play(talk, wave, listen=False))
        assert played.replies == [turn.reply for turn in talk.turns]
        polls = [
            entry for entry in rig.sim("/sim/log?since=0&kind=call") if entry["method"].lower() == "getupdates"
        ]
        assert polls == []
        assert rig.stop_bot() == 0
        log = rig.log.read_text()
        assert info(rig)["url"] not in log
        assert info(rig)["url"].rpartition("/")[2] not in log


def test_kills_lose_no_confirmed_answer(tmp_path: Path) -> None:
    with by_webhook(tmp_path) as rig:
        found = counted(rig, asyncio.run(_killed(rig, open_kill_wave(rig))), KILLS)
    assert found.confirmed > 0
    assert found.harm == 0, found


async def _killed(rig: Rig, wave: str) -> list[Respondent]:
    """People answer while the bot is killed, always with an update under way."""
    alive = Alive()
    await asyncio.to_thread(rig.start_bot)
    async with people(rig, wave, alive) as crowd:
        for number in range(KILLS):
            alive.set()
            await asyncio.sleep(0.3 * (number + 1))
            await asyncio.to_thread(until_queued, rig)
            alive.clear()
            await asyncio.to_thread(rig.kill_bot)
            await asyncio.to_thread(rig.start_bot)
        alive.set()
    return crowd


def test_without_the_setting_messages_are_fetched_again_and_none_is_dropped(tmp_path: Path) -> None:
    with by_webhook(tmp_path) as rig:
        wave = rig.open_wave(str(ROOT / "surveys" / "examples" / "choices.yaml"))
        rig.start_bot()
        wait_for(lambda: info(rig)["url"])
        assert rig.stop_bot() == 0
        for name in ("AITBAR_WEBHOOK_URL", "AITBAR_WEBHOOK_LISTEN"):
            del rig.env[name]

        async def write() -> None:
            async with rig.person(1, "en") as person:
                await person.start(wave, wait=False)

        asyncio.run(write())
        rig.start_bot()
        wait_for(lambda: info(rig) == {**info(rig), "url": "", "pending_update_count": 0})
