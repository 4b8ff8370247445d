"""How often an invitation was used stands nowhere: whoever knew it could watch a group, and at the end a person.

1. Every screen of the desk, with all that hangs on it, is the same however often a link was used, until it is
   full.
2. So is what members see behind the link, what a backup holds, and every file of figures.
3. The number is read in one file, to say open or full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot import export
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked, Opened, PickedLanguage
from bot.core.threshold import joined
from bot.store import Store
from bot.store import tables as t
from bot.store.backup import back_up
from tests.blackbox.crawl import CHANGING
from tests.chat.test_desk import WORDS, admit, do
from tests.rig import ROOT
from tests.store.sample import TODAY, kept, open_wave, send_many, tick_at
from tests.test_invited import does

CAP = 37
DRAWN_BY_CHANCE = frozenset({"go", "closesure", "longersure"})
"""Buttons that carry a number of their own each time they are shown."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A wave that counts kinds, with released answers and an invitation of each kind."""
    with kept(tmp_path) as one:
        tick_at(one, 0)
        wave = open_wave(one, invited=True, cohorts=True, leave_behind=0)
        admit(one, roles.OWNER)
        for number, kind in enumerate(("school", "event"), start=1):
            do(one, "invite", wave, kind, str(CAP), "30", str(number))
        send_many(one, wave, range(12))
        for day in range(1, 8):
            tick_at(one, day)
        yield one


def used(store: Store, left: int) -> None:
    """Every link of the store has so many uses left."""
    with store.transaction() as tx:
        tx.connection.execute(update(t.invite).values(left=left))


def told(said: Said) -> tuple[list[Any], list[Asked]]:
    """All that one answer of the desk shows, hands over or writes, and where its buttons lead."""
    values = {field.name: getattr(said, field.name) for field in fields(said)}
    screen, draw = values.pop("screen"), values.pop("draw")
    values["make"] = values["make"] is not None  # a rehearsal: it is given no store
    buttons = [button for row in ([] if screen is None else screen.rows) for button in row]
    asked = [button.does for button in buttons if isinstance(button.does, Asked)]
    kept_same = [one.what if one.what in DRAWN_BY_CHANCE else repr(one) for one in asked]
    seen = [] if screen is None else [repr(screen.lines), *(repr(button.label) for button in buttons)]
    return [*seen, *kept_same, repr(values), None if draw is None else draw()], asked


def crawled(store: Store) -> dict[Asked, list[Any]]:
    """Every screen of the desk that a tap leads to and that changes nothing."""
    found: dict[Asked, list[Any]] = {}
    ahead = [Asked("home")]
    while ahead:
        asked = ahead.pop()
        if asked in found or asked.what in CHANGING:
            continue
        found[asked], more = told(do(store, asked.what, *asked.values))
        ahead += more
    return found


def test_every_screen_of_the_desk_is_the_same_however_often_a_link_was_used(store: Store) -> None:
    used(store, CAP)
    before = crawled(store)
    assert {"groups", "group", "grpsize", "grpdays", "wave", "log", "review"} <= {one.what for one in before}
    for left in (CAP - 1, 13, 1):
        used(store, left)
        assert crawled(store) == before, left
    used(store, 0)
    assert crawled(store) != before, "full is told"


def test_a_picture_and_a_poster_of_an_invitation_are_the_same(store: Store) -> None:
    with store.transaction() as tx:
        (wave,) = tx.waves.all()
    code, last = "a" * 12, TODAY.isoformat()
    seen = []
    for left in (CAP, 1):
        used(store, left)
        screens = [do(store, "poster", wave.id, code, last), do(store, "paper", wave.id, code, last, "en", "a5")]
        seen.append([told(said)[0] for said in screens])
    assert seen[0] == seen[1]


def test_members_and_files_tell_nothing_of_it(store: Store, tmp_path: Path) -> None:
    with store.transaction() as tx:
        (wave,) = tx.waves.all()
        link = joined(wave.id, tx.invites.make(wave, "reading room", CAP, 30, TODAY))
    seen = []
    for number, left in enumerate((CAP, 13, 1)):
        used(store, left)
        screens = [repr(does(store, did, 99)) for did in (Opened(link, 1, "en"), PickedLanguage(link, 1, "en"))]
        folder = tmp_path / f"backup{number}"
        with store.reading() as source:
            back_up(source, folder, TODAY, "test")
        backup = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        with store.transaction() as tx:
            shown, survey = tx.waves.published(wave.id), tx.waves.known(wave.id).survey
        figures = [export.figures.files(shown, survey, WORDS, format) for format in ("csv", "json-stat")]
        seen.append((screens, backup, figures))
    assert seen[0] == seen[1] == seen[2]
    assert b"reading room" not in b"".join(seen[0][1].values())


def test_the_number_is_read_in_one_file() -> None:
    sources = {path.name: path.read_text() for path in (ROOT / "bot").rglob("*.py")}
    readers = [name for name, text in sources.items() if re.search(r"(invite\.c|row)\.left\b", text)]
    assert readers == ["invites.py"]
    assert "log." not in sources["invites.py"], "and nothing is logged there"
