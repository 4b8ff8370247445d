"""What coordinators hear of the bot's own accord, and where it leads: talks of the folder `desk`, played as they
stand through the whole program. `pytest --rewrite` writes what the bot says.

1. The bot says what stands in the talk, no more and no less.
2. A wave's name, a day and a code are another each time: they stand as {wave}, {day} and {claim}.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.survey import Answer
from bot.emulator.person import Person
from bot.files.shelf import pinned
from bot.store import Store, Transaction
from tests.conversations.talk import FOLDER, Played, Player, Talk, read
from tests.rig import Rig, installed
from tests.store.sample import send

TALKS = sorted((FOLDER / "desk").glob("*.txt"))
DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]+ ####")
PERSON: dict[str, Answer] = {"district": "swat", "gender": "man", "age_band": "b18_24", "trust_people": "some"}


class Desk(Player):
    """Plays talks of coordinators: people answer meanwhile, in a store beside the bot's."""

    def __init__(self, rig: Rig, talk: Talk) -> None:
        super().__init__(rig)
        self._talk = talk

    async def _happens(self, person: Person, what: str, played: Played) -> None:
        if what == "people have answered":
            await asyncio.to_thread(self._answer, played.wave)
        else:
            await super()._happens(person, what, played)

    def _answer(self, wave: str) -> None:
        all, women = map(int, re.findall(r"\d+", self._talk.wish("answers")))
        store = Store(f"sqlite:///{self.rig.folder}/data/aitbar.db", self.rig.folder / "keys", pinned)
        try:
            with store.transaction() as tx:
                for number in range(all):
                    _send(tx, wave, number, "woman" if number < women else "man")
        finally:
            store.close()


def _send(tx: Transaction, wave: str, number: int, gender: str) -> None:
    send(tx, wave, number, {**PERSON, "gender": gender})


@pytest.mark.slow
@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_the_bot_says_to_coordinators_what_stands_in_the_talk(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    talk = read(path)
    with installed(tmp_path, AITBAR_ORGANISATION="امن") as rig:
        rig.start_bot()
        aims = [word for aim in talk.wish("aims").split() for word in ("--target", aim)]
        wave = rig.open_wave(talk.wish("survey"), "--population", "5000", *aims)
        claim = rig.console("claim-code").strip()
        played = asyncio.run(Desk(rig, talk).play(_with(talk, claim), wave, listen=True))
    replies = [DAY.sub("{day}", reply.replace(wave, "{wave}")) for reply in played.replies]
    if request.config.getoption("--rewrite"):
        path.write_text(talk.with_replies(replies), "utf-8")
    assert replies == [turn.reply for turn in talk.turns] or request.config.getoption("--rewrite")


def _with(talk: Talk, claim: str) -> Talk:
    """The talk with the code that the console gave."""
    return replace(talk, turns=tuple(replace(turn, act=turn.act.replace("{claim}", claim)) for turn in talk.turns))
