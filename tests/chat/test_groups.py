"""Summaries in a group chat, through the whole program.

1. A link of a coordinator brings them into a group; nothing else that is said in a group does.
2. A group that became a supergroup goes on getting them, and no summary is lost on the way.
3. A group that put the bot out gets no more, and the coordinator hears of it.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.rig import ROOT, Rig, id_of, installed, wait_for

OWNER = 1


@pytest.mark.slow
def test_a_group_gets_summaries_follows_its_supergroup_and_ends_when_it_puts_the_bot_out(tmp_path: Path) -> None:
    survey = str(ROOT / "surveys" / "examples" / "yes_no.yaml")
    with installed(tmp_path, AITBAR_MIN_BLOCK="5", AITBAR_ORGANISATION="Roshan Kor") as rig:
        rig.start_bot()
        rig.open_wave(survey, "--population", "100")
        bot, code = asyncio.run(link(rig))
        group = rig.sim("/sim/chats", {"type": "group", "title": "Meeting", "members": [id_of(OWNER)]})["id"]
        write(rig, group, f"/start@{bot} sum-aaaaaaaaaaaaaaaa")
        wait_for(lambda: any("one person at a time" in text for text in texts(rig, group)))
        write(rig, group, f"/start@{bot} sum-{code}")
        wait_for(lambda: any("From now on" in text for text in texts(rig, group)))
        rig.stop_bot()
        day = datetime.now(UTC)
        day = rig.days(8, day)
        assert summaries(rig, group) == 1
        grown = rig.sim(f"/sim/chats/{group}/migrate", {})["id"]
        day = rig.days(7, day)
        assert (summaries(rig, group), summaries(rig, grown)) == (1, 1)
        assert [row["chat"] for row in rig.rows("subscription") if row["sponsor"]] == [grown]
        rig.sim(f"/sim/chats/{grown}/kick", {})
        rig.days(7, day)
        assert summaries(rig, grown) == 1
        assert [row for row in rig.rows("subscription") if row["sponsor"]] == []
        assert "takes the summaries of" in asyncio.run(read(rig))


def write(rig: Rig, group: int, words: str) -> None:
    """The owner writes into the group."""
    rig.sim(f"/sim/chats/{group}/send", {"user": id_of(OWNER), "text": words})


def texts(rig: Rig, group: int) -> list[str]:
    """What stands in the group."""
    messages: list[dict[str, Any]] = rig.sim(f"/sim/chats/{group}")["messages"]
    return [str(message.get("text", "")) for message in messages]


def summaries(rig: Rig, group: int) -> int:
    """How many summaries stand in the group."""
    return sum("Nothing can be shown yet" in text for text in texts(rig, group))


async def link(rig: Rig) -> tuple[str, str]:
    """The bot's name, and an owner's code that brings summaries into a group."""
    async with rig.person(OWNER, "en") as owner:
        code = await asyncio.to_thread(rig.console, "claim-code")
        await owner.say(f"/claim {code.strip()}")
        await owner.say("/desk")
        await owner.press_at(0, 0)
        await owner.press("When the summary comes")
        screen = await owner.press("Into a group chat")
        found = re.search(r"t\.me/(\w+)\?startgroup=sum-([a-z0-9]{16})", screen.last.text)
        assert found is not None
        return found[1], found[2]


async def read(rig: Rig) -> str:
    """What the owner's chat shows."""
    async with rig.person(OWNER, "en") as owner:
        return " ".join(message.text for message in (await owner.screen()).messages)
