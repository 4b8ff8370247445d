"""Coordinators record questions in the chat.

1. A voice note is taken only from whoever may record, in reply to a question of the desk, of a bearable size; of
   every other one nothing is kept.
2. A recording is heard once two agreed: the second one has listened before. Whoever is alone decides alone.
3. It holds for the words that were read: when they change meanwhile, the act lapses.
4. Nothing that an open wave may play is overwritten; what is refused leaves no file.
5. The same note makes one act, however often it is delivered.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.chat.acts import Shelf
from bot.chat.codec import encode
from bot.chat.desk import Desk
from bot.chat.inbound import Spoken, Stranger, read
from bot.chat.said import Said
from bot.chat.studio import Studio, words_of
from bot.core import roles
from bot.core.events import Asked, Continued
from bot.core.screen import Say, Screen
from bot.emulator.person import Person
from bot.files import recordings
from bot.files.phrases import Phrases
from bot.files.recordings import hash_of
from bot.files.surveys import load
from bot.store import Store, Terms
from bot.store.proposals import DONE, LAPSED, RECORD, REFUSED, WAITING
from bot.turn import Grip
from tests.chat.test_updates import SILENT, person
from tests.rig import ROOT, Rig, installed, wait_for
from tests.sounds import voice
from tests.store.sample import START, kept, rows

FIRST, SECOND = 41, 42
ACT = "abcdefgh"
WORDS = Phrases.load()
EXAMPLE = load(ROOT / "surveys" / "examples" / "listen.yaml")


class Room:
    """A desk with a studio; one survey, of which road_used is not recorded yet."""

    def __init__(self, store: Store, folder: Path) -> None:
        assert EXAMPLE.survey is not None
        self.store = store
        self.folder = folder
        self.document = dict(EXAMPLE.document)
        self.studio = Studio(folder)
        shelf = Shelf({"example-listen": (EXAMPLE.survey, self.document)})
        self.desk = Desk(lambda: WORDS, lambda: shelf, str, Terms(k=5), ZoneInfo("UTC"), self.studio)

    def admit(self, *chats: int, role: str = roles.COORDINATOR) -> None:
        with self.store.transaction() as tx:
            for chat in chats:
                tx.desk.admit(chat, role, "en", START)

    def tap(self, chat: int, what: str, *values: str) -> Said:
        with self.store.transaction() as tx:
            return self.desk.take(tx, chat, Asked(what, values), "en", START)

    def record(self, content: bytes, act: str = ACT, chat: int = FIRST) -> str:
        """What the booth does once the bytes are there; returns how the act stands."""
        hash = self.studio.put_aside(content, [])
        words = words_of(self.document, "road_used", "ps")
        what = {"survey": "example-listen", "question": "road_used", "language": "ps"}
        with self.store.transaction() as tx:
            who = tx.desk.coordinator(chat)
            assert who is not None
            made = {**what, "recording": hash, "words": words, "heard": []}
            return self.desk.acts.want(tx, who, RECORD, made, act, START).state

    def state(self, act: str = ACT) -> str:
        with self.store.transaction() as tx:
            one = tx.proposals.get(act)
            assert one is not None
            return one.state

    def heard(self) -> dict[tuple[str, str], str]:
        found = recordings.recorded(self.folder, "example-listen")
        return {place: hash for place, (hash, _words) in found.items()}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with kept(tmp_path) as store:
        yield Room(store, tmp_path / "recordings")


def buttons(screen: Screen | None) -> set[str]:
    """What the buttons of a screen ask for."""
    assert screen is not None
    return {button.does.what for row in screen.rows for button in row if isinstance(button.does, Asked)}


def ids(screen: Screen | None) -> set[str]:
    """The phrases on a screen."""
    assert screen is not None
    return {line.id for line in screen.lines if isinstance(line, Say)}


# -- two agree (promise 2) --------------------------------------------------------------------------------


def test_a_second_coordinator_listens_and_then_agrees(room: Room) -> None:
    room.admit(FIRST, SECOND)
    assert room.record(voice()) == WAITING
    with room.store.transaction() as tx:
        ((_, who, screen),) = room.desk.untold(tx, START)
    assert who.chat == SECOND
    assert buttons(screen) >= {"recplay", "no"}
    assert "yes" not in buttons(screen)
    room.tap(SECOND, "yes", ACT)
    assert room.state() == WAITING, "not before it was heard"
    room.tap(FIRST, "recplay", ACT)
    room.tap(FIRST, "yes", ACT)
    assert room.state() == WAITING, "one's own ears do not count"
    said = room.tap(SECOND, "recplay", ACT)
    assert said.voice == hash_of(voice())
    assert "yes" in buttons(said.screen)
    assert room.heard() == {}
    room.tap(SECOND, "yes", ACT)
    assert room.state() == DONE
    assert room.heard() == {("road_used", "ps"): hash_of(voice())}
    survey = load(ROOT / "surveys" / "examples" / "listen.yaml", room.folder).survey
    assert survey is not None
    assert survey.question("road_used").audio == {"ps": hash_of(voice())}
    (logged,) = [what for act, what in rows(room.store, "SELECT act, what FROM audit") if act == RECORD]
    assert logged == f"survey example-listen, road_used, ps, confirmed by coordinator {SECOND}"


def test_whoever_is_alone_decides_alone(room: Room) -> None:
    room.admit(FIRST)
    assert room.record(voice()) == DONE
    assert room.heard() == {("road_used", "ps"): hash_of(voice())}


# -- words and files (promises 3 and 4) -------------------------------------------------------------------


def test_a_recording_of_words_that_changed_meanwhile_lapses(room: Room) -> None:
    room.admit(FIRST, SECOND)
    room.record(voice())
    room.tap(SECOND, "recplay", ACT)
    changed = [dict(one) for one in room.document["questions"]]
    changed[1]["ask"] = {**changed[1]["ask"], "ps": "بل سوال؟"}
    room.document["questions"] = changed
    room.tap(SECOND, "yes", ACT)
    assert room.state() == LAPSED
    assert room.heard() == {}


def test_a_refused_recording_leaves_no_file(room: Room) -> None:
    room.admit(FIRST, SECOND)
    room.record(voice())
    room.tap(SECOND, "no", ACT)
    assert room.state() == REFUSED
    assert [path for path in room.folder.rglob("*") if path.is_file()] == []


def test_another_recording_of_the_question_leaves_the_first_one_for_open_waves(room: Room) -> None:
    room.admit(FIRST)
    room.record(voice(1.0), "abcdefgh")
    room.record(voice(2.0), "bcdefghj")
    assert room.heard() == {("road_used", "ps"): hash_of(voice(2.0))}
    assert room.studio.find(hash_of(voice(1.0))) is not None
    names = sorted(path.name for path in room.folder.rglob("*") if path.is_file())
    wanted = [*(f"{hash_of(voice(seconds))}.ogg" for seconds in (1.0, 2.0)), recordings.INDEX]
    assert names == sorted(wanted), "nothing is left aside"


def test_what_waits_no_longer_is_taken_away_with_the_next_recording(room: Room) -> None:
    for seconds in (1.0, 2.0, 3.0):
        room.studio.put_aside(voice(seconds), [hash_of(voice(1.0))])
    kept_ = [room.studio.aside(hash_of(voice(seconds))) is not None for seconds in (1.0, 2.0, 3.0)]
    assert kept_ == [True, False, True]


@pytest.mark.parametrize("name", ["../../etc", "*", "a" * 63, ""])
def test_a_forged_name_finds_nothing(room: Room, name: str) -> None:
    room.studio.put_aside(voice(), [])
    assert room.studio.find(name) is None


# -- what is offered (promise 1) --------------------------------------------------------------------------


def test_only_what_is_missing_is_offered(room: Room) -> None:
    room.admit(FIRST)
    listed = room.tap(FIRST, "reclist", "example-listen", "ps").screen
    assert listed is not None
    asked = [row[0].does for row in listed.rows[:-1]]
    assert asked == [Asked("recask", ("example-listen", "ps", "1"))]
    screen = room.tap(FIRST, "recask", "example-listen", "ps", "1").screen
    assert "desk-record-ask" in ids(screen)
    note = Spoken("file", 100, 2, (Asked("reclist", ("example-listen", "ps", "1")),))
    with room.store.transaction() as tx:
        wanted = room.desk.recording.wanted(tx.desk.coordinator(FIRST), note)
    assert wanted is not None
    assert (wanted.survey, wanted.question, wanted.language) == ("example-listen", "road_used", "ps")


@pytest.mark.parametrize(
    "values", [(), ("example-listen", "ps"), ("example-listen", "de", "1"), ("none", "ps", "1"), ("x", "ps", "x")]
)
def test_a_reply_to_something_else_is_wanted_nowhere(room: Room, values: tuple[str, ...]) -> None:
    room.admit(FIRST)
    room.admit(SECOND, role=roles.VIEWER)
    with room.store.transaction() as tx:
        note = Spoken("file", 100, 2, (Asked("reclist", values),))
        assert room.desk.recording.wanted(tx.desk.coordinator(FIRST), note) is None
        right = Spoken("file", 100, 2, (Asked("reclist", ("example-listen", "ps", "1")),))
        assert room.desk.recording.wanted(tx.desk.coordinator(SECOND), right) is None
        assert room.desk.recording.wanted(None, right) is None


def spoken(data: str | None) -> dict[str, Any]:
    """A voice note, in reply to a message whose button carries this."""
    chat = {"id": FIRST, "type": "private"}
    message: dict[str, Any] = {"message_id": 9, "date": 1, "chat": chat, "from": person(FIRST)}
    message["voice"] = {"file_id": "f", "file_unique_id": "u", "duration": 3, "file_size": 500}
    if data is not None:
        markup = {"inline_keyboard": [[{"text": "b", "callback_data": data}]]}
        message["reply_to_message"] = {
            "message_id": 8,
            "date": 1,
            "chat": chat,
            "text": "t",
            "reply_markup": markup,
        }
    return {"update_id": 1, "message": message}


def test_a_voice_reads_out_a_question_only_in_reply_to_the_desk() -> None:
    to_desk = read(spoken("d:reclist:a:ps:1"), SILENT)
    assert to_desk is not None
    assert to_desk.did == Spoken("f", 500, 3, (Asked("reclist", ("a", "ps", "1")),))
    for data in (None, encode(Continued(), Grip(bytes(16), 0)), "nonsense"):
        came = read(spoken(data), SILENT)
        assert came is not None
        assert came.did == Spoken("f", 500, 3, ()), "an answer, where one is asked for"


def test_a_voice_that_was_passed_on_is_nobodys_answer() -> None:
    passed_on = spoken(None)
    passed_on["message"]["forward_origin"] = {"type": "hidden_user", "date": 1, "sender_user_name": "x"}
    came = read(passed_on, SILENT)
    assert came is not None
    assert came.did == Stranger(group=False)


# -- the whole program ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_coordinators_record_a_question_in_the_chat(tmp_path: Path) -> None:
    shelf = tmp_path / "surveys"
    shelf.mkdir()
    shutil.copy(ROOT / "surveys" / "examples" / "yes_no.yaml", shelf)
    with installed(tmp_path, AITBAR_MIN_BLOCK="5", AITBAR_SURVEYS_DIR=str(shelf)) as rig:
        rig.start_bot()
        asyncio.run(_record(rig))
        wave = rig.open_wave(str(shelf / "yes_no.yaml"), "--population", "100")
        asyncio.run(_listen(rig, wave))


async def _record(rig: Rig) -> None:
    async with rig.person(1, "en") as first, rig.person(2, "en") as second:
        for one in (first, second):
            code = await asyncio.to_thread(rig.console, "claim-code")
            await one.say(f"/claim {code.strip()}")
        await first.say("/desk")
        await first.press("Record questions")
        await first.press_at(0, 0)
        await first.press("English")
        screen = await first.press_at(0, 0)
        assert "in reply to this message" in screen.last.text
        asked = screen.last.id
        for content in (voice(21.0), voice(2.0)[:-1]):
            refused = await first.speak(content, reply_to=asked)
            assert "cannot be used" in refused.last.text
        stray = await first.speak(voice())
        assert "Nothing was kept" in stray.last.text
        await first.speak(voice(2.0), reply_to=asked)
        await said(first, "waits for another coordinator")
        await said(second, "Listen first")
        await second.press("🔊 Listen")
        screen = await second.wait_quiet()
        sound = next(message.sound for message in reversed(screen.messages) if message.sound)
        assert await second.fetch(sound) == voice(2.0)
        await second.press("Confirm")
        await said(second, "This was done.")
        await said(first, "This was done.")
    folder = rig.folder / "data" / "recordings"
    assert len(list(folder.rglob("*.ogg"))) == 1
    rig.look_now()


async def _listen(rig: Rig, wave: str) -> None:
    async with rig.person(3, "en") as somebody:
        await somebody.start(wave)
        await somebody.press("English")
        screen = await somebody.press("Yes, I agree")
        assert "1. Yes" in screen.last.labels
        await asyncio.to_thread(wait_for, lambda: "in use" in rig.log.read_text())
        await somebody.say("help")
        await somebody.press("Continue")
        await somebody.press("🔊 Listen")
        screen = await somebody.wait_quiet()
        sound = next(message.sound for message in reversed(screen.messages) if message.sound)
        assert await somebody.fetch(sound) == voice(2.0)
        await somebody.press("1. Yes")
        screen = await somebody.wait_quiet()
        assert all(message.sound is None for message in screen.messages)


async def said(one: Person, words: str) -> None:
    """Wait until some message says this."""
    async with asyncio.timeout(20):
        while not any(words in message.text for message in (await one.screen()).messages):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
