"""The way back at the desk: what was heard, typed by one coordinator and approved by another.

1. A draft begins with the clearest released figures; words are typed in reply, by language, and bounded.
2. What a second one approved is what that one read; it is public, and never changes.
3. Whoever has the button reads it in the own language, or in one that there is; before, nobody reads anything.
   Where nothing was approved in two weeks, released figures are read, or that too few answered.
4. Lines are paused and go on at a tap, and cancelled at the second; the log says each once.
5. What was done since is one entry after another, and stands on the poster of the same programme's next wave.
6. What was typed stands in no log.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot import poster
from bot.chat.acts import Shelf
from bot.chat.desk import Desk
from bot.chat.desk.heard import MOST_LETTERS
from bot.chat.handler import Handler
from bot.chat.inbound import Came, Words
from bot.chat.outbound import AnswerTap, Show
from bot.chat.privacy import Kept
from bot.chat.said import Said
from bot.chat.wishes import Wishes
from bot.chat.words import text
from bot.core import roles
from bot.core.cadence import DAY
from bot.core.events import Asked, HidBefore, WantedToRead
from bot.core.letters import clean
from bot.core.reading import read_in
from bot.core.screen import Say, Screen
from bot.digest.heard import clearest
from bot.files.phrases import Phrases
from bot.store import Contact, Store, Terms
from tests.digest.village import shipped, waves
from tests.store.sample import START, TRUST, kept, open_wave, rows, send_many, tick_at

FIRST, SECOND, READER = 41, 42, 43
ACT = "abcdefgh"
ROAD = "سڑک اگلے مہینے بنے گی۔"
PHRASES = Phrases.load()
NOW = START.replace(hour=10) + 4 * DAY
LATER = NOW + 14 * DAY
UTC = ZoneInfo("UTC")


class Room:
    """A desk, two coordinators, and a wave that has ended."""

    def __init__(self, store: Store, answered: int = 12) -> None:
        self.store = store
        shelf = Shelf({"trust": (TRUST, {"survey": "trust"})})
        self.desk = Desk(
            lambda: PHRASES, lambda: shelf, lambda wave: f"https://t.me/b?start={wave}", Terms(k=5), UTC
        )
        self.handler = Handler(lambda: PHRASES, self.desk, _no_digests, Wishes(store), Kept(12, 5))
        self.wave = open_wave(store, organisation="Aman", programme="Roads")
        self.admit(FIRST, SECOND)
        tick_at(store, 0)
        send_many(store, self.wave, range(answered), {"district": "swat", "gender": "woman", "met": "yes"})
        tick_at(store, 1)
        tick_at(store, 2)
        with store.transaction() as tx:
            tx.contacts.keep([(self.wave, Contact(READER, "ur"))])
            tx.waves.close(self.wave)
        tick_at(store, 3)
        tick_at(store, 4)

    def admit(self, *chats: int, role: str = roles.COORDINATOR) -> None:
        with self.store.transaction() as tx:
            for chat in chats:
                tx.desk.admit(chat, role, "en", START, "Aman")

    def tap(self, chat: int, what: str, *values: str) -> Said:
        with self.store.transaction() as tx:
            return self.desk.take(tx, chat, Asked(what, values), "en", NOW)

    def reply(self, words: str, *values: str, chat: int = FIRST) -> list[str]:
        """What the chat shows after words were typed in reply to the desk's question for them."""
        asked = Asked("heardsay", values)
        came = Came(chat, chat, 7, Words(words, (asked,)), "en")
        with self.store.transaction() as tx:
            return [out.text for out in self.handler.handle(tx, came, NOW) if isinstance(out, Show)]

    def read(self, language: str, now: datetime = NOW) -> str | None:
        """What anybody reads behind the button."""
        with self.store.transaction() as tx:
            screen = self.desk.heard.read(tx, self.wave, language, now)
        return None if screen is None else clean(text(PHRASES, screen))

    def approve(self, words: str = ROAD, language: str = "ur", no: str = "0", act: str = ACT) -> None:
        """Typed by one, approved by the other."""
        self.reply(words, self.wave, no, language)
        self.tap(FIRST, "heardgo", self.wave, no, act)
        self.tap(SECOND, "yes", act)


async def _no_digests(*_asked: object) -> tuple[()]:
    return ()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with kept(tmp_path) as store:
        yield Room(store)


def ids(screen: Screen | None) -> list[str]:
    """The phrases on a screen."""
    assert screen is not None
    return [line.id for line in screen.lines if isinstance(line, Say)]


def buttons(screen: Screen | None) -> set[str]:
    """What the buttons of a screen ask for."""
    assert screen is not None
    return {button.does.what for row in screen.rows for button in row if isinstance(button.does, Asked)}


# -- a draft (promise 1) ----------------------------------------------------------------------------------


def test_words_are_typed_in_reply_and_stand_in_the_draft(room: Room) -> None:
    assert {"heard", "deeds", "news"} <= buttons(room.tap(FIRST, "wave", room.wave).screen)
    assert "heardsure" not in buttons(room.tap(FIRST, "heard", room.wave, "0").screen), (
        "without words nothing goes"
    )
    asked = room.tap(FIRST, "heardask", room.wave, "0", "ur")
    assert "heardsay" in buttons(asked.screen), "its button says what a reply is"
    (shown,) = room.reply(ROAD, room.wave, "0", "ur")
    assert ROAD in clean(shown)
    entry = room.tap(FIRST, "heard", room.wave, "0").screen
    assert ids(entry).count("heard-words-in") == 1 and "heard-words-missing" in ids(entry)
    room.tap(FIRST, "heardsay", room.wave, "0", "ur")
    assert "heard-words-in" not in ids(room.tap(FIRST, "heard", room.wave, "0").screen), "left empty again"


def test_too_much_is_refused_and_what_was_there_stays(room: Room) -> None:
    room.reply(ROAD, room.wave, "0", "ur")
    (shown,) = room.reply("x" * (MOST_LETTERS + 1), room.wave, "0", "ur")
    assert PHRASES.say("en", "heard-too-long", n=MOST_LETTERS) in shown
    room.reply("Call 0300 1234567.", room.wave, "0", "en")
    with room.store.transaction() as tx:
        entry = tx.heard.get(room.wave)
    assert entry is not None
    assert entry.words == {"ur": ROAD, "en": "Call 0300 1234567."}


def test_a_forged_language_or_number_keeps_nothing(room: Room) -> None:
    for values in ((room.wave, "0", "de"), (room.wave, "7", "ur"), (room.wave, "x", "ur"), ("nowave", "0", "ur")):
        room.reply(ROAD, *values)
    assert rows(room.store, "SELECT * FROM heard") == []


def test_nothing_is_drafted_of_a_wave_that_has_not_ended(room: Room) -> None:
    other = open_wave(room.store)
    assert not {"heard", "deeds", "news"} & buttons(room.tap(FIRST, "wave", other).screen)
    room.reply(ROAD, other, "0", "ur")
    room.tap(FIRST, "newsend", other)
    assert rows(room.store, "SELECT * FROM heard") == rows(room.store, "SELECT * FROM announcement") == []


def test_a_draft_begins_with_the_figures_farthest_from_one_half() -> None:
    survey, compared = shipped("institutional-trust"), waves("institutional-trust", 500)
    shown = compared.now
    chosen = clearest(shown, survey, 3)
    far = {name: max(one.low - 50, 50 - one.high) for name, one in shown.indicators.items()}
    assert len(chosen) == 3
    assert min(far[name] for name in chosen) >= max(far[name] for name in far if name not in chosen)
    assert list(chosen) == [one.id for one in survey.indicators if one.id in chosen], "in the survey's order"


# -- two agree (promise 2) --------------------------------------------------------------------------------


def test_what_the_second_one_read_is_what_is_public_and_never_changes(room: Room) -> None:
    room.reply(ROAD, room.wave, "0", "ur")
    room.tap(FIRST, "heardgo", room.wave, "0", ACT)
    room.reply("Something else.", room.wave, "0", "ur")
    assert room.read("ur") is None, "nobody reads it before"
    decided = text(PHRASES, room.tap(SECOND, "act", ACT).screen or Screen("en", ()))
    assert ROAD in clean(decided)
    room.tap(FIRST, "yes", ACT)
    assert room.read("ur") is None, "one's own yes does not count"
    room.tap(SECOND, "yes", ACT)
    read = room.read("ur")
    assert read is not None and ROAD in read and "Something else" not in read
    room.reply("Something else.", room.wave, "0", "ur")
    room.tap(FIRST, "heardsay", room.wave, "0", "ur")
    room.tap(FIRST, "heardgo", room.wave, "0", "bcdefghj")
    room.tap(SECOND, "yes", "bcdefghj")
    assert room.read("ur") == read
    logged = [what for act, what in rows(room.store, "SELECT act, what FROM audit") if act == "heard"]
    assert logged == [f"wave {room.wave}, confirmed by coordinator {SECOND}"]


def test_whoever_is_alone_approves_alone_and_the_log_says_so(room: Room) -> None:
    with room.store.transaction() as tx:
        tx.desk.remove(SECOND)
    room.reply(ROAD, room.wave, "0", "ur")
    assert "heard-alone" in ids(room.tap(FIRST, "heardsure", room.wave, "0").screen)
    room.tap(FIRST, "heardgo", room.wave, "0", ACT)
    assert room.read("ur") is not None
    logged = [what for act, what in rows(room.store, "SELECT act, what FROM audit") if act == "heard"]
    assert logged == [f"wave {room.wave}, alone"]


def test_of_two_who_are_asked_at_once_the_first_stands(room: Room) -> None:
    for words, act in ((ROAD, ACT), ("Another road.", "bcdefghj")):
        room.reply(words, room.wave, "0", "ur")
        room.tap(FIRST, "heardgo", room.wave, "0", act)
    for act in (ACT, "bcdefghj"):
        room.tap(SECOND, "yes", act)
    read = room.read("ur")
    assert read is not None and ROAD in read


# -- reading (promise 3) ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_everybody_reads_the_own_language_and_else_the_one_there_is(room: Room, language: str) -> None:
    room.approve()
    read = room.read(language)
    assert read is not None
    assert ROAD in read and PHRASES.say(language, "digest-self-chosen") in read


def test_after_two_weeks_without_words_released_figures_are_read(room: Room) -> None:
    assert room.read("en") is None
    read = room.read("en", LATER)
    assert read is not None
    assert "The answers of about" in read and "What will be done" not in read


def test_where_too_few_answered_that_is_read(tmp_path: Path) -> None:
    with kept(tmp_path) as store:
        room = Room(store, answered=3)
        read = room.read("en", LATER)
    assert read is not None and "Fewer than 5 people answered" in read and "•" not in read


def test_the_button_reads_in_place_and_can_be_hidden(room: Room) -> None:
    tapped = Came(READER, READER, 9, WantedToRead(room.wave, "ur"), "ur", tap="t")
    with room.store.transaction() as tx:
        assert [type(out) for out in room.handler.handle(tx, tapped, NOW)] == [AnswerTap], "not yet"
    room.approve()
    with room.store.transaction() as tx:
        shown, _ = room.handler.handle(tx, tapped, NOW)
        assert isinstance(shown, Show) and shown.edit == 9 and ROAD in clean(shown.text)
        assert shown.keyboard is not None
        hide = Came(READER, READER, 9, HidBefore(()), "ur", tap="t")
        hidden = next(out for out in room.handler.handle(tx, hide, NOW) if isinstance(out, Show))
    assert (hidden.edit, clean(hidden.text)) == (9, PHRASES.say("ur", "hidden"))


def test_a_forged_wave_reads_nothing(room: Room) -> None:
    with room.store.transaction() as tx:
        assert room.desk.heard.read(tx, "nowave", "ur", LATER) is None


@given(
    st.dictionaries(st.sampled_from(["ur", "ps", "en"]), st.text(min_size=1)), st.sampled_from(["ur", "ps", "en"])
)
def test_a_reader_gets_the_own_language_or_another_one(words: dict[str, str], language: str) -> None:
    read = read_in(words, language)
    assert read == words[language] if language in words else read in {*words.values(), ""}
    assert bool(read) == bool(words)


# -- pausing and cancelling (promise 4) -------------------------------------------------------------------


def test_lines_are_paused_at_a_tap_and_cancelled_at_the_second(room: Room) -> None:
    for _ in range(2):
        assert "news-paused" in ids(room.tap(FIRST, "newshold", room.wave).screen)
    assert "news-going" in ids(room.tap(SECOND, "newson", room.wave).screen)
    assert "news-stop-means" in ids(room.tap(FIRST, "newsstop", room.wave).screen)
    assert len(rows(room.store, "SELECT * FROM contact")) == 1, "the first tap does nothing"
    assert "news-cancelled" in ids(room.tap(FIRST, "newsend", room.wave).screen)
    assert rows(room.store, "SELECT * FROM contact") == []
    assert not {"newshold", "newson", "newsstop"} & buttons(room.tap(FIRST, "newson", room.wave).screen)
    acts = [act for (act,) in rows(room.store, "SELECT act FROM audit ORDER BY no") if act.startswith("news")]
    assert acts == ["news pause", "news go on", "news cancel"]
    assert all(f"log-{act.replace(' ', '-')}" in PHRASES.ids for act in acts)


# -- what was done since (promise 5) ----------------------------------------------------------------------


def test_what_was_done_stands_on_the_next_poster_of_the_programme_and_on_no_other(room: Room) -> None:
    for number, words in enumerate(("A well was dug.", "A road was built.", "A school has a door."), start=1):
        room.reply("The number after the next.", room.wave, str(number + 1), "en")
        room.approve(words, "en", str(number), f"{ACT[:-1]}{number + 1}")
    said = {}
    for programme in ("Roads", "Wells"):
        following = open_wave(room.store, organisation="Aman", programme=programme)
        made = room.tap(FIRST, "paper", following, "-", "-", "en", "a4")
        assert made.draw is not None
        said[programme] = " ".join(clean(PdfReader(io.BytesIO(made.draw())).pages[0].extract_text()).split())
    assert "A road was built." in said["Roads"] and "A school has a door." in said["Roads"]
    assert "A well was dug." not in said["Roads"], "the newest two"
    assert "after the next" not in said["Roads"]
    assert not any(words in said["Wells"] for words in ("road", "school", "You said"))


def test_a_draft_of_what_was_done_is_on_no_poster(room: Room) -> None:
    room.reply("A well was dug.", room.wave, "1", "en")
    with room.store.transaction() as tx:
        assert poster.since(tx, Terms(organisation="Aman", programme="Roads")) == ()


# -- the log (promise 6) ----------------------------------------------------------------------------------


def test_what_was_typed_stands_in_no_log(room: Room, capfd: pytest.CaptureFixture[str]) -> None:
    room.reply("x" * (MOST_LETTERS + 1), room.wave, "0", "ur")
    room.approve()
    room.approve("A well was dug.", "en", "1", "bcdefghj")
    acts = " ".join(what for (what,) in rows(room.store, "SELECT what FROM audit"))
    for log in (acts, *capfd.readouterr()):
        assert not any(words in log for words in (ROAD, "well", "xxx"))
