"""What coordinators are told of a restore.

Promises:
1. Everybody who was a coordinator at the restore is told once, in the own language, also over a restart.
2. The message names each wave that ended, the new link of each that goes on, and what to do about answers that
   were taken back, where nobody knows which.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core import roles
from bot.files.phrases import Phrases
from bot.notices import tell_of_restore
from bot.store import Store
from bot.store.restore import RESTORED
from tests.languages import speaks
from tests.store.sample import START, kept, open_wave

PHRASES = Phrases.load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        with one.transaction() as tx:
            for chat, language in ((42, "en"), (43, "ps"), (44, "ur")):
                tx.desk.admit(chat, roles.OWNER, language, START)
        yield one


def note(store: Store, *, unsure: bool) -> tuple[str, str]:
    """A restore after which one wave is closed and one goes on; returns both."""
    closed, new = open_wave(store), open_wave(store)
    notice = {"day": "2026-11-20", "closed": [closed], "continued": [new], "unsure": unsure, "chats": [42, 43]}
    with store.transaction() as tx:
        tx.desk.write_mark(RESTORED, json.dumps(notice))
    return closed, new


def told(store: Store) -> dict[int, str]:
    """Who is told what, if the bot ticks now."""
    said: dict[int, str] = {}

    async def send(chat: int, text: str) -> None:
        assert chat not in said
        said[chat] = text

    asyncio.run(tell_of_restore(store, PHRASES, lambda wave: f"https://t.me/a_bot?start={wave}", send))
    return said


def test_nobody_is_told_anything_without_a_restore(store: Store) -> None:
    assert told(store) == {}


def test_each_is_told_once_in_the_own_language(store: Store) -> None:
    closed, new = note(store, unsure=True)
    said = told(store)
    assert set(said) == {42, 43}, "who came after the restore was not there"
    assert told(store) == {}
    for text in said.values():
        assert closed in text
        assert f"https://t.me/a_bot?start={new}" in text
        assert "/withdraw" in text
    assert "20 November 2026" in said[42]
    assert "۲۰" in said[43]
    assert "ps" in speaks(said[43])


def test_where_nothing_was_taken_back_nothing_is_said_of_it(store: Store) -> None:
    note(store, unsure=False)
    assert not any("/withdraw" in text for text in told(store).values())
