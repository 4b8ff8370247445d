"""Acts that need two people.

1. Where two or more may approve, an act happens if and only if two different people who may both agreed in time;
   and once. One who is alone acts alone, and the row and the log say so.
2. Whatever is tapped or delivered twice changes nothing more.
3. The others are asked in the chat, with what will happen; whoever proposed hears what became of it.
4. A proposal to open a survey that was changed since lapses; so does one to close what is closed.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import Forbidden, NetworkError

from bot.chat.acts import Shelf
from bot.chat.codec import LIMIT, decode, encode
from bot.chat.desk import Desk
from bot.chat.outbound import Show
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Say, Screen
from bot.emulator.person import Person
from bot.files.phrases import Phrases
from bot.notices import tell_of_acts
from bot.store import Store, Terms
from bot.store.proposals import PATIENCE
from tests.rig import Rig, installed
from tests.store.sample import START, TRUST, kept, open_wave, rows

FIRST, SECOND, THIRD = 41, 42, 43
WORDS = Phrases.load()


class Room:
    """A desk over a store, with coordinators at it and a clock that one sets."""

    def __init__(self, store: Store, *chats: int) -> None:
        self.store = store
        self.now = START
        self.document = {"survey": "trust"}
        self.shelf: Callable[[], Shelf] = lambda: Shelf({"trust": (TRUST, dict(self.document))})
        self.desk = Desk(
            lambda: WORDS,
            lambda: self.shelf(),
            lambda wave: f"https://t.me/a_bot?start={wave}",
            Terms(k=5, leave_behind=1),
            ZoneInfo("Asia/Karachi"),
        )
        with store.transaction() as tx:
            for chat in chats:
                tx.desk.admit(chat, roles.COORDINATOR, "en", START)

    def tap(self, chat: int, what: str, *values: str) -> Said:
        """One tap."""
        with self.store.transaction() as tx:
            return self.desk.take(tx, chat, Asked(what, values), "en", self.now)

    def press(self, chat: int, screen: Screen | None, what: str) -> Said:
        """Tap the button of a screen that asks for this, as often as it is there: once."""
        (asked,) = [does for does in buttons(screen) if does.what == what]
        return self.tap(chat, asked.what, *asked.values)

    def news(self) -> dict[int, Screen]:
        """What coordinators are told now; each hears it once."""
        with self.store.transaction() as tx:
            untold = self.desk.untold(tx, self.now)
            for one, who, _screen in untold:
                tx.proposals.note_told(one, who.chat)
            return {who.chat: screen for _one, who, screen in untold}

    def waves(self) -> list[tuple[str, bool]]:
        """The waves: their state, and whether one person alone opened them."""
        with self.store.transaction() as tx:
            return [(wave.state, wave.terms.alone) for wave in tx.waves.all()]

    def log(self) -> list[tuple[str, str, str]]:
        """The log of acts."""
        return [
            (who, act, what) for who, act, what in rows(self.store, "SELECT who, act, what FROM audit ORDER BY no")
        ]


def buttons(screen: Screen | None) -> list[Asked]:
    """What the buttons of a screen ask for."""
    assert screen is not None
    return [button.does for row in screen.rows for button in row if isinstance(button.does, Asked)]


def ids(screen: Screen | None) -> set[str]:
    """The phrases on a screen."""
    assert screen is not None
    return {line.id for line in screen.lines if isinstance(line, Say)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path) as one:
        yield one


def proposed(room: Room) -> Screen:
    """The first one wants to open a wave; returns what the second one reads."""
    review = room.tap(FIRST, "review", "trust", "1000", "w5")
    assert "desk-second" in ids(review.screen)
    said = room.press(FIRST, review.screen, "go")
    assert said.tell
    assert "act-waiting" in ids(said.screen)
    return room.news()[SECOND]


def test_one_who_is_alone_acts_alone_and_row_and_log_say_so(store: Store) -> None:
    room = Room(store, FIRST)
    review = room.tap(FIRST, "review", "trust", "1000", "w5")
    opened = room.press(FIRST, review.screen, "go")
    assert room.waves() == [("open", True)]
    room.press(FIRST, review.screen, "go")
    assert room.waves() == [("open", True)], "a second delivery opens no second wave"
    close = room.press(FIRST, opened.screen, "close")
    room.press(FIRST, close.screen, "closesure")
    assert room.waves() == [("closing", True)]
    assert [(act, what.split(", ")[1]) for _who, act, what in room.log()] == [
        ("open", "alone"),
        ("close", "alone"),
    ]
    assert room.news() == {}


def test_a_viewer_is_no_second(store: Store) -> None:
    room = Room(store, FIRST)
    with store.transaction() as tx:
        tx.desk.admit(SECOND, roles.VIEWER, "en", START)
    review = room.tap(FIRST, "review", "trust", "1000", "w5")
    room.press(FIRST, review.screen, "go")
    assert room.waves() == [("open", True)]


def test_the_second_reads_what_will_happen_and_makes_it_happen_once(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    asked = proposed(room)
    assert room.waves() == []
    assert {"act-wanted", "desk-open-review", "desk-groups-shown", "desk-fixed"} <= ids(asked)
    assert room.news() == {}, "told once"
    opened = room.press(SECOND, asked, "yes")
    assert {"act-agreed", "desk-wave", "desk-link"} <= ids(opened.screen)
    room.press(SECOND, asked, "yes")
    room.press(SECOND, asked, "no")
    assert room.waves() == [("open", False)]
    assert set(room.news()) == {FIRST}
    (_propose, opening) = room.log()
    assert opening[0] == f"coordinator {FIRST}"
    assert opening[2].endswith(f"confirmed by coordinator {SECOND}")


def test_nobody_confirms_what_they_proposed(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    asked = proposed(room)
    said = room.press(FIRST, asked, "yes")
    assert "act-waiting" in ids(said.screen)
    assert room.waves() == []


def test_what_was_refused_or_came_too_late_never_happens(store: Store) -> None:
    room = Room(store, FIRST, SECOND, THIRD)
    asked = proposed(room)
    assert ids(room.press(THIRD, asked, "no").screen) == {"act-refused"}
    assert ids(room.press(SECOND, asked, "yes").screen) == {"act-refused"}
    assert ids(room.news()[FIRST]) == {"act-refused"}
    asked = proposed(room)
    room.now += PATIENCE
    assert "desk-wave" not in ids(room.press(SECOND, asked, "yes").screen)
    assert ids(room.news()[FIRST]) == {"act-lapsed"}
    assert room.waves() == []


@pytest.mark.parametrize("becomes", ["a viewer", "nobody"])
def test_nothing_happens_when_whoever_proposed_it_may_not_any_more(store: Store, becomes: str) -> None:
    room = Room(store, FIRST, SECOND)
    asked = proposed(room)
    with store.transaction() as tx:
        if becomes == "nobody":
            tx.desk.remove(FIRST)
        else:
            tx.desk.admit(FIRST, roles.VIEWER, "en", START)
    assert ids(room.press(SECOND, asked, "yes").screen) == {"act-lapsed"}
    assert room.waves() == []


def test_a_survey_that_was_changed_since_is_not_opened(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    asked = proposed(room)
    room.document["title"] = "another"
    assert ids(room.press(SECOND, asked, "yes").screen) == {"act-lapsed"}
    assert room.waves() == []


def test_closing_early_needs_a_second_too(store: Store) -> None:
    wave = open_wave(store)
    room = Room(store, FIRST, SECOND)
    close = room.tap(FIRST, "close", wave)
    room.press(FIRST, close.screen, "closesure")
    assert room.waves() == [("open", False)]
    asked = room.news()[SECOND]
    assert {"act-wanted", "act-close", "desk-close-means"} <= ids(asked)
    room.press(SECOND, asked, "yes")
    assert room.waves() == [("closing", False)]


def test_what_is_closed_by_then_is_not_closed_again(store: Store) -> None:
    wave = open_wave(store)
    room = Room(store, FIRST, SECOND)
    room.press(FIRST, room.tap(FIRST, "close", wave).screen, "closesure")
    asked = room.news()[SECOND]
    with store.transaction() as tx:
        tx.waves.close(wave)
    assert ids(room.press(SECOND, asked, "yes").screen) == {"act-lapsed"}


def test_the_desk_shows_what_waits_to_those_who_may_decide_it(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    proposed(room)
    assert buttons(room.tap(SECOND, "home").screen)[0].what == "act"
    with store.transaction() as tx:
        tx.desk.admit(SECOND, roles.VIEWER, "en", START)
    assert "act" not in [does.what for does in buttons(room.tap(SECOND, "home").screen)]


def test_larger_groups_and_invitations_are_chosen_before_opening_and_kept(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    review = room.tap(FIRST, "review", "trust", "1000", "w10i")
    room.press(FIRST, review.screen, "go")
    asked = room.news()[SECOND]
    assert "desk-invited" in ids(asked)
    room.press(SECOND, asked, "yes")
    with store.transaction() as tx:
        (wave,) = tx.waves.all()
    assert (wave.terms.k, wave.terms.invited) == (10, True)


@pytest.mark.parametrize("options", ["w4", "w0", "5", "x5", "w5z", "w-5", ""])
def test_no_button_opens_a_wave_with_smaller_groups_than_the_installation_has(store: Store, options: str) -> None:
    room = Room(store, FIRST)
    room.tap(FIRST, "go", "trust", "1000", options, "abcdefgh")
    assert room.waves() == []


def test_every_button_of_an_act_fits_into_a_tap(store: Store) -> None:
    longest = Asked("go", ("s" * 32, "5000", "w100i", "abcdefgh"))
    assert len(encode(longest, None)) <= LIMIT
    assert decode(encode(longest, None)) == longest


def told(room: Room, refuses: Exception | None = None) -> list[int]:
    """Whom the bot writes to when it tells of acts; it is refused with this error."""
    reached: list[int] = []

    async def show(what: Show) -> None:
        if refuses is not None:
            raise refuses
        assert what.keyboard is not None
        reached.append(what.chat)

    asyncio.run(tell_of_acts(room.store, room.desk, WORDS, show, room.now))
    return reached


def test_whom_the_network_kept_from_hearing_is_asked_again_and_whoever_blocked_us_is_not(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    review = room.tap(FIRST, "review", "trust", "1000", "w5")
    room.press(FIRST, review.screen, "go")
    assert told(room, NetworkError("away")) == []
    assert told(room) == [SECOND]
    assert told(room) == []
    with store.transaction() as tx:
        tx.desk.admit(THIRD, roles.OWNER, "ps", START)
    assert told(room, Forbidden("blocked")) == []
    assert told(room) == []


def test_nobody_hears_of_an_act_who_may_not_decide_it(store: Store) -> None:
    room = Room(store, FIRST, SECOND)
    with store.transaction() as tx:
        tx.desk.admit(THIRD, roles.VIEWER, "en", START)
    review = room.tap(FIRST, "review", "trust", "1000", "w5")
    room.press(FIRST, review.screen, "go")
    assert told(room) == [SECOND]


@pytest.mark.slow
def test_two_coordinators_open_a_wave_in_the_chat(tmp_path: Path) -> None:
    """The whole program: one proposes, the other one reads it on the own phone and confirms."""
    with installed(tmp_path, AITBAR_MIN_BLOCK="5") as rig:
        rig.start_bot()
        asyncio.run(_two_open_a_wave(rig))
        (wave,) = rig.rows("wave")
        assert (wave["state"], wave["alone"]) == ("open", 0)


async def _two_open_a_wave(rig: Rig) -> None:
    async with rig.person(1, "en") as first, rig.person(2, "en") as second:
        for person in (first, second):
            code = await asyncio.to_thread(rig.console, "claim-code")
            await person.say(f"/claim {code.strip()}")
        await first.say("/desk")
        for label in ("Open a survey", "Trust in my area", "5,000 or more", "Once a week"):
            await first.press(label)
        waits = await first.press("Ask a second coordinator")
        assert "Nothing has happened yet" in waits.last.text
        await reads(second, "needs your confirmation")
        opened = await second.press("Confirm")
        assert "Two coordinators agreed" in opened.last.text
        await reads(first, "Two coordinators agreed")


async def reads(person: Person, words: str) -> None:
    """Wait until the newest message says this."""
    async with asyncio.timeout(20):
        while words not in (await person.screen()).last.text:  # noqa: ASYNC110 - it is the page that is asked
            await asyncio.sleep(0.05)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("want", "yes", "no", "remove", "admit", "wait")),
        st.sampled_from((FIRST, SECOND, THIRD)),
        st.integers(0, 3),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_an_act_happens_if_and_only_if_two_who_may_agreed_in_time_and_once(
    steps: list[tuple[str, int, int]],
) -> None:
    """Four acts, three people, in any order: compared with the rule in a few plain lines."""
    with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as store:
        room = Room(store, FIRST, SECOND, THIRD)
        acts = [room.desk.acts.opening_id("trust") for _ in range(4)]
        may = {FIRST, SECOND, THIRD}
        wanted: dict[str, tuple[int, int]] = {}  # by whom, at what hour
        over: set[str] = set()
        happened: dict[str, tuple[bool, int]] = {}
        hour = 0
        for step, chat, number in steps:
            act = acts[number]
            fresh = act in wanted and act not in over and hour - wanted[act][1] < 24
            if step == "want":
                room.tap(chat, "go", "trust", "1000", "w5", act)
                if chat in may and act not in wanted:
                    wanted[act] = chat, hour
                    if may == {chat}:
                        happened[act], over = (True, chat), over | {act}
            elif step == "yes":
                room.tap(chat, "yes", act)
                if chat in may and fresh and wanted[act][0] != chat:
                    over.add(act)
                    if wanted[act][0] in may:
                        happened[act] = False, chat
            elif step == "no":
                room.tap(chat, "no", act)
                over |= {act} if chat in may and fresh else set()
            elif step == "remove":
                may.discard(chat)
                with store.transaction() as tx:
                    if number % 2:
                        tx.desk.remove(chat)
                    else:
                        tx.desk.admit(chat, roles.VIEWER, "en", START)
            elif step == "admit":
                may.add(chat)
                with store.transaction() as tx:
                    tx.desk.admit(chat, roles.COORDINATOR, "en", START)
            else:
                hour += 9
                room.now = START + timedelta(hours=hour)
        assert sorted(alone for _state, alone in room.waves()) == sorted(alone for alone, _ in happened.values())
        assert sum(act == "open" for _who, act, _what in room.log()) == len(happened)
