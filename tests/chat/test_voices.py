"""A spoken answer from the phone to the pool.

Promises:
1. A voice note is fetched when the answers are sent, and at no other time; its message goes at once,
   wherever it came.
2. Sent twice, delivered twice, hidden meanwhile: the answers are sent once or not at all, and nothing is
   shown that was not asked for.
3. Between the fetching and the sending nothing is kept: after a crash it is sent again.
4. A note that is gone, too large, too long or no sound is said to be lost; the other answers stay.
5. In the pool lies the sealed sound, in one of few lengths, and neither the note's name nor its bytes stand in any
   file of the server or in its log.
6. Before the release and after it the code takes the sound back; the steward reads it, and nobody of whom fewer
   than k spoke.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from telegram import Bot
from telegram.error import BadRequest, TimedOut

from bot.chat import voices
from bot.chat.acts import Shelf
from bot.chat.desk import Desk, stewards
from bot.chat.handler import Handler
from bot.chat.identity import who
from bot.chat.outbound import AnswerTap, Delete, Later, Outgoing, Show
from bot.chat.privacy import Kept
from bot.chat.voices import Voices
from bot.chat.wishes import Wishes
from bot.core.cadence import DAY
from bot.core.events import Asked
from bot.core.flow import Place
from bot.core.questions.voice import MOST_BYTES
from bot.core.screen import Code, Say
from bot.core.survey import Survey
from bot.store import Store, StoreTrouble, Terms, Transaction, tick
from bot.store.opentext import Opened, read_bundle, write_sounds
from bot.store.sealing import SealTrouble, public_of
from tests.chat.test_updates import (
    AMINA,
    NUMBERS,
    PHRASES,
    Clock,
    House,
    Sent,
    agree,
    data_of,
    person,
    say,
    tap,
    words,
)
from tests.core import sample
from tests.core.sample import survey, yes_no
from tests.sounds import voice
from tests.store.sample import START, kept, open_wave, rows

STEWARD = X25519PrivateKey.from_private_bytes(bytes(range(32)))
TOLD = replace(survey("told", yes_no("met"), sample.voice("story", 10)), open_text="sealed")
FILE = "AwACAgQAAxkDzebravoice"
SOUND = voice(3.0, "zebrasound")


LONGER = replace(TOLD, id="longer", questions=(*TOLD.questions, yes_no("again")))


def read(body: str) -> Survey:
    """The survey that a pinned document names."""
    return {one.id: one for one in (TOLD, LONGER)}[json.loads(body)["survey"]]


@dataclass
class File:
    """A file at Telegram."""

    content: bytes
    file_size: int | None = None

    async def download_as_bytearray(self) -> bytearray:
        return bytearray(self.content)


@dataclass
class Telegram:
    """The files that Telegram still has; `asked` are those that were fetched, `fails` what goes wrong first."""

    files: dict[str, File] = field(default_factory=lambda: {FILE: File(SOUND, len(SOUND))})
    asked: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    async def get_file(self, id: str) -> File:
        self.asked.append(id)
        if self.fails:
            raise self.fails.pop(0)
        if id not in self.files:
            raise BadRequest("Wrong file_id or the file is temporarily unavailable")
        return self.files[id]


class Home(House):
    """A handler that can fetch voices."""

    def __init__(self, store: Store, telegram: Telegram) -> None:
        self.store = store
        self.clock = Clock()
        self.sent = Sent()
        self.telegram = telegram
        self.desk = Desk(lambda: PHRASES, lambda: Shelf({}), lambda wave: wave, Terms(), ZoneInfo("Asia/Karachi"))
        fetched = Voices(cast(Bot, telegram), store, lambda: START)
        self.handler = Handler(
            lambda: PHRASES, self.desk, _no_digests, Wishes(store), Kept(), clock=self.clock, voices=fetched
        )

    def then(self, out: list[Outgoing]) -> list[Outgoing]:
        """What follows from what takes its time, as if it was sent."""
        before = len(self.sent.out)
        for later in [one for one in out if isinstance(one, Later)]:
            followed: list[Outgoing] = list(asyncio.run(later.make()))  # type: ignore[arg-type]
            for one in followed:
                self.sent.send(one)
        return self.sent.out[before:]

    def at_the_question(self, wave: str) -> None:
        """Somebody agrees and comes to the question that asks for a voice."""
        self.press(self.take(agree(wave)), ":0:0:1")

    def press(self, out: list[Outgoing], ending: str) -> list[Outgoing]:
        """Tap the button of the newest message whose data ends so."""
        return self.take(tap(self.button(ending, out)))

    def button(self, ending: str, out: list[Outgoing] | None = None) -> str:
        shows = [one for one in out or self.sent.out if isinstance(one, Show)]
        return next(data for data in data_of(shows[-1]) if data.endswith(ending))

    def send(self) -> str:
        """The data of the button that sends the answers, wherever it was last seen."""
        for show in reversed(self.sent.shown):
            found = [data for data in data_of(show) if ":0:s:" in data] if show.keyboard else []
            if found:
                return found[0]
        raise AssertionError("nothing to send")


async def _no_digests(_chat: int, _wave: str, _language: str, _part: str) -> tuple[Outgoing, ...]:
    return ()


def spoken(seconds: int = 3, size: int = len(SOUND), file: str = FILE) -> dict[str, Any]:
    """A voice note arrives."""
    raw = words("x")
    del raw["message"]["text"]
    raw["message"]["voice"] = {
        "file_id": file,
        "file_unique_id": "u",
        "duration": seconds,
        "file_size": size,
    }
    return raw


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setattr(voices, "WAITS", (0.0, 0.0))
    with kept(tmp_path, read) as store:
        yield Home(store, Telegram())


@pytest.fixture
def wave(home: Home) -> str:
    return opened(home.store)


def opened(store: Store, survey: str = "told") -> str:
    terms: dict[str, Any] = {"steward_key": public_of(STEWARD), "k": 5, "leave_behind": 0, "schedule": "daily"}
    return open_wave(store, survey=survey, **terms)


def texts(out: list[Outgoing]) -> list[str]:
    """What is shown."""
    return [one.text for one in out if isinstance(one, Show)]


def held(home: Home) -> dict[str, int]:
    """How many rows there are."""
    tables = ("session", "pool", "opentext", "response", "upload")
    return {name: len(rows(home.store, f"SELECT * FROM {name}")) for name in tables}  # noqa: S608


def place(home: Home, wave: str) -> Place:
    """Where Amina is, but for the number of her last message."""
    secret = secret_of(home.button(":h:0"))
    with home.store.transaction() as tx:
        found = tx.vault.open(secret, wave, 1, who(AMINA).tag(tx.keys.wave(wave), 0))
    assert found is not None
    return replace(found, typed=0)


def secret_of(data: str) -> bytes:
    """The secret that a button carries."""
    return base64.urlsafe_b64decode(data.split(":")[1] + "==")


OPEN = {"session": 1, "pool": 0, "opentext": 0, "response": 0, "upload": 0}
SENT = {**OPEN, "session": 0, "pool": 1}


# -- promise 1 --------------------------------------------------------------------------------------------


def test_a_note_is_fetched_when_the_answers_are_sent_and_goes_at_once(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    raw = spoken()
    out = home.take(raw)
    assert Delete(AMINA, (raw["message"]["message_id"],)) in out
    assert "3" in texts(out)[0]
    assert not any(isinstance(one, Later) for one in out)
    assert (home.telegram.asked, held(home)) == ([], OPEN)
    out = home.take(tap(home.send()))
    assert texts(out) == [say("voice-fetching")]
    assert home.button(":h:0").startswith("v1:"), "it can be hidden"
    assert (home.telegram.asked, held(home)) == ([], OPEN)
    out = home.then(out)
    assert home.telegram.asked == [FILE]
    assert say("thanks") in texts(out)[0]
    assert not any(isinstance(one, AnswerTap) for one in out), "a tap is answered once"
    assert held(home) == SENT
    assert home.handler.dirty_since is not None


def test_a_voice_that_is_not_asked_for_is_never_fetched(home: Home, wave: str) -> None:
    first = spoken()
    home.take(first)
    assert texts(home.sent.out) == [say("nothing-was-kept-of-that")]
    home.take(agree(wave))
    before = place(home, wave)
    again = spoken()
    out = home.take(again)
    assert say("nothing-was-kept-of-that") in texts(out)[0]
    assert Delete(AMINA, (again["message"]["message_id"],)) in out
    assert place(home, wave) == before, "0 bytes kept"
    assert not any(isinstance(one, Later) for one in home.sent.out)
    assert home.telegram.asked == []


def test_after_a_restart_a_voice_is_led_back_to_its_question(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    other = Home(home.store, home.telegram)
    raw = spoken()
    out = other.take(raw)
    assert say("go-on-above") in texts(out)[0]
    assert Delete(AMINA, (raw["message"]["message_id"],)) in out
    assert other.telegram.asked == []


@pytest.mark.parametrize("raw", [spoken(seconds=13), spoken(size=MOST_BYTES + 1)], ids=["long", "large"])
def test_what_is_too_long_or_too_large_is_refused_unread(home: Home, wave: str, raw: dict[str, Any]) -> None:
    home.at_the_question(wave)
    raw["message"]["message_id"] = 1_000 + next(NUMBERS)
    before = place(home, wave)
    assert say("voice-long", seconds=10) in texts(home.take(raw))[0]
    assert place(home, wave) == before
    assert home.telegram.asked == []


# -- promise 2 --------------------------------------------------------------------------------------------


def test_sent_twice_while_it_is_fetched_it_is_sent_once(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    send = home.send()
    first, second = home.take(tap(send)), home.take(tap(send))
    assert say("thanks") in texts(home.then(first))[0]
    assert home.then(second) == []
    assert held(home) == SENT
    assert rows(home.store, "SELECT done FROM ledger") == [(1,)]
    late = home.take(tap(send))
    assert say("thanks") in texts(late)[0]
    assert held(home) == SENT


def test_a_note_that_is_delivered_twice_answers_once(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    raw = spoken()
    home.take(raw)
    home.press(home.sent.out, ":1:q:3")
    before = rows(home.store, "SELECT box FROM session")
    home.take(raw)
    assert rows(home.store, "SELECT box FROM session") == before


def test_whoever_hides_while_it_is_fetched_sees_nothing_more_of_it(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    fetching = home.take(tap(home.send()))
    out = home.press(fetching, ":h:0")
    assert texts(out) == [say("hidden")]
    assert home.then(fetching) == []
    assert held(home) == {**SENT, "pool": 0}


def test_whoever_hides_sees_nothing_of_a_bad_network_either(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    home.telegram.fails = [TimedOut(), TimedOut(), TimedOut()]
    fetching = home.take(tap(home.send()))
    home.press(fetching, ":h:0")
    assert home.then(fetching) == []


def test_whoever_hides_just_after_it_was_sent_sees_a_greeting(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    fetching = home.take(tap(home.send()))
    hide = home.button(":h:0", fetching)
    home.then(fetching)
    out = home.take(tap(hide))
    assert texts(out) == [say("hidden")]
    assert any(isinstance(one, Delete) and 11 in one.messages for one in out), "and what came before goes too"
    restarted = Home(home.store, home.telegram)
    assert texts(restarted.take(tap(hide))) == [say("hidden")]


def test_another_recording_while_the_first_is_fetched_is_not_lost(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    fetching = home.take(tap(home.send()))
    home.press(home.press(fetching, ":c:0"), ":1:q:3")
    home.telegram.files["other"] = File(voice(4.0))
    home.take(spoken(file="other", seconds=4))
    home.then(fetching)
    assert held(home) == OPEN, "the old tap sends nothing"
    assert say("thanks") in texts(home.then(home.take(tap(home.send()))))[0]
    assert home.telegram.asked == [FILE, "other"]


def test_what_was_answered_so_far_is_sent_with_its_voice(home: Home) -> None:
    wave = opened(home.store, "longer")
    home.at_the_question(wave)
    home.take(spoken())
    stopped = home.take(words("stop"))
    out = home.take(tap(home.button(":w:3", home.press(stopped, ":g:0"))))
    assert texts(out) == [say("voice-fetching")]
    assert say("thanks") in texts(home.then(out))[0]
    ((body,),) = rows(home.store, "SELECT body FROM pool")
    assert json.loads(body)["answers"] == {"met": "yes", "story": "given", "again": "not_reached"}


# -- promise 3 --------------------------------------------------------------------------------------------


def test_after_a_crash_while_it_is_fetched_it_is_sent_again(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    send = home.send()
    home.take(tap(send))  # what takes its time never comes to be made
    other = Home(home.store, home.telegram)
    assert held(other) == OPEN
    assert say("thanks") in texts(other.then(other.take(tap(send))))[0]
    assert held(other) == SENT


def test_a_bad_network_loses_nothing(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    home.telegram.fails = [TimedOut(), TimedOut()]
    fetching = home.take(tap(home.send()))
    assert say("thanks") in texts(home.then(fetching))[0], "it is tried again"


def test_a_network_that_stays_bad_is_said_and_it_can_be_sent_again(home: Home, wave: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    home.telegram.fails = [TimedOut(), TimedOut(), TimedOut()]
    out = home.then(home.take(tap(home.send())))
    assert texts(out) == [say("something-went-wrong")]
    assert held(home) == OPEN
    home.press(out, ":c:0")
    assert say("thanks") in texts(home.then(home.take(tap(home.send()))))[0]


def test_a_database_that_fails_loses_nothing(home: Home, wave: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    fetching = home.take(tap(home.send()))

    async def fails(work: Callable[[Transaction], object]) -> None:
        with suppress(StoreTrouble), home.store.transaction() as tx:
            work(tx)
            raise StoreTrouble("no space for what was done")
        raise StoreTrouble("no space")

    with monkeypatch.context() as patched:
        patched.setattr(home.store, "write", fails)
        assert texts(home.then(fetching)) == [say("something-went-wrong")]
    assert held(home) == OPEN
    home.take(words("help"))
    assert home.button(":c:0").startswith("v1:"), "memory still knows the interview"
    assert say("thanks") in texts(home.then(home.take(tap(home.send()))))[0]


# -- promise 4 --------------------------------------------------------------------------------------------


LOST = {
    "gone": None,
    "said to be large": File(SOUND, MOST_BYTES + 1),
    "large": File(SOUND + bytes(MOST_BYTES)),
    "no sound": File(b"OggS no sound"),
    "long": File(voice(13.0)),
}


@pytest.mark.parametrize("what", LOST)
def test_a_note_that_cannot_be_had_is_said_to_be_lost_and_given_anew(home: Home, wave: str, what: str) -> None:
    home.at_the_question(wave)
    home.take(spoken())
    gone = LOST[what]
    home.telegram.files = {} if gone is None else {FILE: gone}
    send = home.send()
    out = home.then(home.take(tap(send)))
    assert texts(out)[0].startswith(say("voice-lost"))
    assert held(home) == OPEN
    home.telegram.files = {"other": File(SOUND)}
    stale = home.then(home.take(tap(send)))
    assert home.telegram.asked == [FILE], "the old button sends nothing"
    assert stale == []
    out = home.take(spoken(file="other"))
    assert "met" in texts(out)[0], "the other answers stayed"
    assert say("thanks") in texts(home.then(home.take(tap(home.send()))))[0]
    ((body,),) = rows(home.store, "SELECT body FROM pool")
    assert json.loads(body)["answers"] == {"met": "yes", "story": "given"}


# -- promises 5 and 6 -------------------------------------------------------------------------------------


def tell(home: Home, wave: str, account: int) -> None:
    """Another person answers and sends."""
    first = home.take(agree(wave, account))
    shows = [one for one in first if isinstance(one, Show)]
    home.take(tap(next(data for data in data_of(shows[-1]) if data.endswith(":0:0:1")), account))
    raw = spoken()
    raw["message"]["chat"]["id"], raw["message"]["from"] = account, person(account)
    home.take(raw)
    home.then(home.take(tap(home.send(), account)))


def bundle(home: Home, wave: str) -> list[Opened]:
    """What the steward reads."""
    with home.store.transaction() as tx:
        content = tx.waves.open_answers(wave)
    return [] if content is None else read_bundle(content, STEWARD)


def days(home: Home, last: int) -> None:
    """Daily ticks."""
    for day in range(1, last + 1):
        with home.store.transaction() as tx:
            tick(tx.waves, tx.desk, START + day * DAY, UTC)


def traces(folder: Path, log: str) -> list[str]:
    """Where the note's name, or some of its bytes, stand readable."""
    forms = [FILE.encode(), SOUND[20:60], b"zebrasound", b"OpusHead"]
    forms += [each.hex().encode() for each in forms]
    found = [path.name for path in folder.rglob("*") if path.is_file() for f in forms if f in path.read_bytes()]
    return found + ["log"] * (FILE in log or "zebra" in log)


def test_no_file_and_no_log_ever_holds_a_note_or_its_name(
    home: Home, wave: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    home.at_the_question(wave)
    home.take(spoken())
    assert traces(tmp_path, caplog.text) == []
    home.then(home.take(tap(home.send())))
    assert traces(tmp_path, caplog.text) == []
    for account in range(1, 5):
        tell(home, wave, 7_100_000_000 + account)
    ((least, most),) = rows(home.store, "SELECT min(length(body)), max(length(body)) FROM pool")
    assert (least, held(home)["pool"]) == (most, 5), "nothing is told by the length"
    days(home, 3)
    assert held(home) == {"session": 0, "pool": 0, "opentext": 5, "response": 5, "upload": 0}
    assert not any("story" in body for (body,) in rows(home.store, "SELECT body FROM response"))
    (one,) = bundle(home, wave)
    assert one.sounds == (SOUND,) * 5
    assert one.words == ()
    assert traces(tmp_path, caplog.text) == []


@pytest.mark.parametrize("released", [False, True])
def test_the_code_takes_the_sound_back(home: Home, wave: str, released: bool) -> None:
    for account in range(1, 6):
        tell(home, wave, 7_100_000_000 + account)
    if released:
        days(home, 3)
    with home.store.transaction() as tx:
        assert tx.vault.withdraw(tx.vault.receipt(secret_of(home.send()))) == wave
    assert held(home)["opentext" if released else "pool"] == 4
    days(home, 5)
    assert bundle(home, wave) == [], "fewer than k are nobody's to hear"


def test_sounds_are_written_for_the_steward_alone_and_never_over_others(tmp_path: Path) -> None:
    folder = tmp_path / "heard"
    opened = [Opened("more", {}, words=("a",)), Opened("story", {}, sounds=(SOUND, b"two"))]
    written = write_sounds(opened, folder)
    assert {id: [path.name for path in paths] for id, paths in written.items()} == {
        "story": ["story-001.ogg", "story-002.ogg"]
    }
    assert (folder / "story-001.ogg").read_bytes() == SOUND
    assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(SealTrouble, match="new one"):
        write_sounds(opened, folder)
    assert write_sounds(opened[:1], tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()


def test_a_file_that_no_message_carries_is_fetched_on_the_console(
    home: Home, wave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in range(1, 6):
        tell(home, wave, 7_100_000_000 + account)
    days(home, 3)
    with home.store.transaction() as tx:
        tx.desk.admit(AMINA, "steward", "en", START)
        assert home.desk.take(tx, AMINA, Asked("words", (wave,)), "en", START).file is not None
        monkeypatch.setattr(stewards, "LARGEST_SEALED", 5 * 64 * 1024)
        said = home.desk.take(tx, AMINA, Asked("words", (wave,)), "en", START)
    assert said.file is None
    assert said.screen is not None
    line = said.screen.lines[0]
    assert isinstance(line, Say)
    assert line.values["command"] == Code(f"aitbar opentext {wave} --out FILE")


def test_a_file_that_names_another_folder_is_refused() -> None:
    said = {"format": "aitbar open answers 1", "wave": "w", "survey": "s", "key": "k"}
    for name in ("../story", "/story", "a/b", "", 3):
        content = json.dumps({**said, "questions": [{"question": name, "ask": {}, "spoken": True, "sealed": []}]})
        with pytest.raises(SealTrouble, match="damaged"):
            read_bundle(content.encode(), STEWARD)
