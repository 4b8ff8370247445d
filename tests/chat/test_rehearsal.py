"""A rehearsal at the desk.

1. From the review of an opening two taps bring the summary of invented answers, as a picture and in words, after
   what could be seen week by week; the same choice brings the same.
2. Picture and words say in each language that nobody said this.
3. The store is the same afterwards, byte for byte; nothing is reckoned before the tap is answered.
4. The whole program, through Telegram's words: a coordinator gets both, and may open the wave afterwards.
5. A survey that vanished, or more people than there are, is answered plainly.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.chat.acts import Shelf
from bot.chat.desk.rehearsal import rehearsed
from bot.chat.outbound import Outgoing, Show, ShowPicture
from bot.chat.said import made
from bot.core import roles
from bot.core.blocks import Rule
from bot.core.rehearsal import Plan
from bot.core.survey import Survey
from bot.digest import html
from bot.digest.picture import _inputs
from bot.files.surveys import load
from bot.store import Store
from tests.chat.test_acts import FIRST, WORDS, Room, ids, reads
from tests.chat.test_preview import contents
from tests.rig import ROOT, Rig, installed
from tests.store.sample import kept

MARKS = {"en": "REHEARSAL, invented answers", "ur": "آزمائش، فرضی جواب", "ps": "ازمېښت، فرضي جوابونه"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def pulse() -> Survey:
    """A short survey that ships."""
    found = load(ROOT / "surveys" / "pulse.yaml").survey
    assert found is not None
    return found


def rehearsing(store: Store, language: str = "en") -> Room:
    """A coordinator beside a shelf with this survey."""
    room = Room(store, FIRST)
    survey, document = pulse(), {"survey": "pulse"}
    room.shelf = lambda: Shelf({"pulse": (survey, document)})
    with store.transaction() as tx:
        tx.desk.speak(FIRST, language)
        assert roles.may(roles.COORDINATOR, roles.OPEN)
    return room


def rehearse(room: Room) -> tuple[Outgoing, ...]:
    """From the review to what is sent."""
    review = room.tap(FIRST, "review", "pulse", "300", "w5").screen
    asked = room.press(FIRST, review, "rehearse").screen
    assert asked is not None
    everybody, some = (asked.rows[row][0].does for row in (0, 1))
    said = room.tap(FIRST, "invent", *everybody.values)  # type: ignore[union-attr]
    assert some.values[-1] == "100"  # type: ignore[union-attr]
    assert ids(said.screen) == {"desk-rehearsing"}
    assert said.make is not None
    return asyncio.run(made(said.make))


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_two_taps_bring_a_marked_picture_and_marked_words(store: Store, language: str) -> None:
    picture, words = rehearse(rehearsing(store, language))
    assert isinstance(picture, ShowPicture)
    assert isinstance(words, Show)
    assert picture.picture.startswith(b"\x89PNG")
    assert MARKS[language] in picture.caption
    weeks, summary = words.text.split("\n\n", 1)
    assert MARKS[language] in weeks
    assert len(weeks.splitlines()) == 6
    assert MARKS[language] in summary.splitlines()[0]
    assert WORDS.say(language, "rehearsal-note") in summary
    assert len(words.text) < 4096


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_every_form_of_the_summary_is_marked(language: str) -> None:
    plan = Plan(300, 40, "weekly", Rule(10, 2))
    _, digest = rehearsed(pulse(), plan, WORDS, language, date(2026, 11, 30))
    mark = MARKS[language]
    assert mark in digest.title
    for kind in ("bars", "change", "page"):
        assert mark in _inputs(digest, kind, "phone")["data"], f"nothing says it on {kind}"
    assert mark in html(digest).decode()
    assert mark in digest.text
    assert mark in digest.brief
    assert mark in digest.alt


def test_where_nothing_can_be_shown_words_alone_say_so_and_are_marked() -> None:
    _, digest = rehearsed(pulse(), Plan(300, 6, "weekly", Rule(10, 2)), WORDS, "en", date(2026, 11, 30))
    assert not digest.shows
    assert MARKS["en"] in digest.brief
    assert WORDS.say("en", "rehearsal-note") in digest.text


def test_the_same_choice_brings_the_same_and_the_store_stays_as_it_is(store: Store) -> None:
    room = rehearsing(store)
    assert store.folder is not None
    before = contents(store.folder)
    first = rehearse(room)
    assert rehearse(room) == first
    assert contents(store.folder) == before


def test_nothing_is_reckoned_in_the_thread_that_answers_taps() -> None:
    where: list[int] = []

    def make() -> tuple[Outgoing, ...]:
        where.append(threading.get_ident())
        return ()

    assert asyncio.run(made(make)) == ()
    assert where != [threading.get_ident()]


def test_what_is_no_choice_of_ours_is_answered_plainly(store: Store) -> None:
    room = rehearsing(store)
    for forged in ("0", "301", "-5", "many"):
        said = room.tap(FIRST, "invent", "pulse", "300", "w5", forged)
        assert said.make is None
        assert "desk-outdated" in ids(said.screen)
    room.shelf = lambda: Shelf({})
    for asks in (("rehearse", "pulse", "300", "w5"), ("invent", "pulse", "300", "w5", "300")):
        assert "desk-outdated" in ids(room.tap(FIRST, *asks).screen)


@pytest.mark.slow
def test_through_the_whole_program_picture_and_words_arrive(tmp_path: Path) -> None:
    with installed(tmp_path) as rig:
        rig.start_bot()
        asyncio.run(_rehearse_and_open(rig))
        assert len(rig.rows("wave")) == 1
        assert [row["act"] for row in rig.rows("audit")] == ["claim-code", "claim", "open"]
        assert rig.rows("pool") == rig.rows("ledger") == []


async def _rehearse_and_open(rig: Rig) -> None:
    async with rig.person(1, "en") as one:
        code = await asyncio.to_thread(rig.console, "claim-code")
        await one.say(f"/claim {code.strip()}")
        await one.say("/desk")
        for label in ("Open a survey", "Trust in my area", "300 people", "Once a week"):
            await one.press(label)
        await one.press("Rehearse: invented people")
        await one.press("100 people")
        await reads(one, "Day 30")
        (picture,) = [message for message in (await one.screen()).messages if message.photo is not None]
        assert MARKS["en"] in picture.text
        assert rig.rows("wave") == []
        await one.press("Back")
        assert "The link to share" in (await one.press("Open now")).words()
