"""What stands beside a question on a phone.

1. Whatever is tapped and however late things arrive: at most one recording and one picture stand there, the
   picture is that of the words shown, and after hiding nothing does.
2. A round that was rolled back gives back what stood there.
3. What is remembered is forgotten with the time in which Telegram deletes.
4. Listening moves nothing; it may be done several times, and not without end. An old button plays nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.codec import encode
from bot.chat.outbound import AnswerTap, Delete, Later, Outgoing, Show
from bot.chat.prompts import KEEP_SECONDS, PHOTO, VOICE, Prompts
from bot.core.events import Chose, Hid, Listened
from bot.core.screen import Screen, Sound
from bot.turn import Grip
from tests.chat.test_updates import PHRASES, House, agree, tap
from tests.store import sample
from tests.store.sample import TRUST, kept, open_wave, rows

A, B, P, Q = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
CHAT = 7


class Phone:
    """Sends what it is told to, when it is let; and knows what then stands on the phone."""

    def __init__(self) -> None:
        self.there: dict[int, tuple[str, str]] = {}
        self.newest = 100
        self.waiting: list[Later] = []

    def has(self, hash: str, /) -> bool:
        return bool(hash)

    async def send(self, _chat: int, hash: str, kind: str, /) -> int | None:
        self.newest += 1
        self.there[self.newest] = (kind, hash)
        return self.newest

    def take(self, out: list[Outgoing]) -> None:
        """What is deleted goes at once; what is sent waits."""
        for one in out:
            if isinstance(one, Delete):
                for message in one.messages:
                    self.there.pop(message, None)
            elif isinstance(one, Later):
                self.waiting.append(one)

    def arrive(self) -> None:
        """Everything that waits has its turn."""
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            self.take(list(asyncio.run(one.make())))  # type: ignore[arg-type]

    def kinds(self) -> list[str]:
        return sorted(kind for kind, _ in self.there.values())


SCREENS = st.builds(
    lambda recording, picture: Screen(
        "en", (), sound=Sound(recording, Listened(1)) if recording else None, picture=picture
    ),
    st.sampled_from(["", A, B]),
    st.sampled_from(["", P, Q]),
)
ACTS = st.lists(st.tuples(SCREENS, st.sampled_from(["listen", "move", "arrive", "hide"])), max_size=12)


@given(ACTS)
@settings(max_examples=60, deadline=None)
def test_nothing_stands_beside_a_question_that_does_not_belong_there(acts: list[tuple[Screen, str]]) -> None:
    phone = Phone()
    prompts = Prompts(phone)
    shown = Screen("en", ())
    for screen, act in acts:
        if act == "move":
            shown = screen
            phone.take(prompts.follow(CHAT, screen, listens=False, moved=True, undo=[]))
        elif act == "listen":
            phone.take(prompts.follow(CHAT, shown, listens=True, moved=False, undo=[]))
        elif act == "hide":
            shown = Screen("en", ())
            phone.take([Delete(CHAT, prompts.pop(CHAT, []))])
        else:
            phone.arrive()
            assert phone.kinds().count(VOICE) <= 1
            assert [hash for kind, hash in phone.there.values() if kind == PHOTO] == (
                [shown.picture] if shown.picture else []
            )
            heard = [hash for kind, hash in phone.there.values() if kind == VOICE]
            assert heard in ([], [shown.sound.recording] if shown.sound else [])
    phone.take([Delete(CHAT, prompts.pop(CHAT, []))])
    phone.arrive()
    assert phone.there == {}


def test_a_round_that_was_rolled_back_gives_back_what_stood_there() -> None:
    phone = Phone()
    prompts = Prompts(phone)
    heard = Screen("en", (), sound=Sound(A, Listened(1)), picture=P)
    phone.take(prompts.follow(CHAT, heard, listens=True, moved=True, undo=[]))
    phone.arrive()
    undo: list[object] = []
    prompts.follow(CHAT, Screen("en", (), picture=Q), listens=False, moved=True, undo=undo)  # type: ignore[arg-type]
    for give_back in reversed(undo):
        give_back()  # type: ignore[operator]
    assert sorted(prompts.pop(CHAT, [])) == sorted(phone.there)


def test_what_telegram_keeps_anyway_is_forgotten() -> None:
    phone, now = Phone(), [0.0]
    prompts = Prompts(phone, lambda: now[0])
    phone.take(prompts.follow(CHAT, Screen("en", (), picture=P), listens=False, moved=True, undo=[]))
    phone.arrive()
    prompts.sweep()
    now[0] = KEEP_SECONDS + 1
    prompts.sweep()
    assert prompts.pop(CHAT, []) == ()


# -- in the interview (promise 4) -------------------------------------------------------------------------


def button(out: list[Outgoing], label: str) -> str:
    """What the button with these words carries."""
    shown = [one for one in out if isinstance(one, Show) and one.keyboard is not None][-1]
    assert shown.keyboard is not None
    buttons = [button for row in shown.keyboard.inline_keyboard for button in row]
    return next(str(button.callback_data) for button in buttons if label in button.text)


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def house(tmp_path: Path, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A wave whose first question can be heard in English."""
    first, *others = TRUST.questions
    heard = replace(TRUST, questions=(replace(first, audio={"en": A}), *others))
    monkeypatch.setitem(sample.SURVEYS, "trust", heard)
    with kept(tmp_path) as store:
        one = House(store)
        one.handler._prompts = Prompts(phone, one.clock)
        yield one


def test_somebody_may_listen_several_times_and_not_without_end(house: House, phone: Phone) -> None:
    out = house.take(agree(open_wave(house.store)))
    listen = button(out, PHRASES.say("en", "button-listen"))
    for _ in range(5):
        phone.take(house.take(tap(listen)))
        phone.arrive()
        assert phone.kinds() == [VOICE]
    assert phone.newest == 105
    phone.take(house.take(tap(listen)))
    phone.arrive()
    assert phone.newest == 105, "five in a breath are enough"
    house.clock.now += 10
    phone.take(house.take(tap(listen)))
    phone.arrive()
    assert phone.newest == 106
    assert len(rows(house.store, "SELECT box FROM session")) == 1

    out = house.take(tap(button(out, "1. swat")))
    phone.take(out)
    assert phone.there == {}, "the interview moved on"
    said = house.take(tap(listen))
    assert not any(isinstance(one, Later) for one in said), "an old button"
    assert [one.hint for one in said if isinstance(one, AnswerTap)] == [PHRASES.say("en", "hint-moved-on")]


def test_a_recording_that_is_on_its_way_when_somebody_hides_is_taken_off(house: House, phone: Phone) -> None:
    out = house.take(agree(open_wave(house.store)))
    asked = house.take(tap(button(out, PHRASES.say("en", "button-listen"))))
    phone.take(asked)
    phone.take(house.take(tap(button(out, PHRASES.say("en", "button-hide")))))
    phone.arrive()
    assert phone.there == {}


def test_every_button_to_listen_fits() -> None:
    grip = Grip(bytes(16), 3)
    assert len(encode(Listened(999_999), grip)) <= 64
    assert encode(Listened(7), grip) != encode(Chose(0, 0, 7), grip) != encode(Hid(), grip)


def test_without_a_recording_at_hand_there_is_no_button() -> None:
    screen = Screen("en", (), sound=Sound(A, Listened(1)))
    assert Prompts().dressed(screen).rows == ()
    assert len(Prompts(Phone()).dressed(screen).rows) == 1
