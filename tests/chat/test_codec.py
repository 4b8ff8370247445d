"""What buttons carry.

Promises:
1. Every event a button can do comes back as it was, and takes at most 64 bytes, with questions and options up
   to 999 and steps up to 9,999.
2. Whatever else arrives is None or a value; nothing raises.
3. Without the secret of an interview no button of an interview is made; what no button carries is refused.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.codec import LIMIT, decode, encode
from bot.core.events import (
    Agreed,
    Asked,
    AskedForHelp,
    AskedForLanguages,
    AskedLanguageAgain,
    AskedToSend,
    ChangedLanguage,
    Chose,
    Confirmed,
    Continued,
    Event,
    Finished,
    Hid,
    HidBefore,
    Joined,
    Kept,
    Listened,
    Opened,
    PickedLanguage,
    PickedWave,
    ReadOn,
    Refused,
    Reviewed,
    Revised,
    Sent,
    Skipped,
    StartedOver,
    Stopped,
    Threshold,
    Toggled,
    Typed,
    WantedNoMore,
    WantedToRead,
    WentBack,
)
from bot.core.survey import LANGUAGES
from bot.turn import Grip, Held

NUMBER = st.integers(0, 999)
STEP = st.integers(1, 9_999)
MARK = st.integers(0, 2**31 - 1)
LANGUAGE = st.sampled_from(LANGUAGES)
WAVE = st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=8, max_size=8)

INSIDE: st.SearchStrategy[Event] = st.one_of(
    st.builds(Chose, NUMBER, NUMBER, STEP),
    st.builds(Toggled, NUMBER, NUMBER, st.booleans(), STEP),
    st.builds(Finished, NUMBER, STEP),
    st.builds(Skipped, NUMBER, st.sampled_from(["dont_know", "prefer_not"]), STEP),
    st.builds(ReadOn, NUMBER, STEP),
    st.builds(WentBack, STEP),
    st.builds(Reviewed, STEP),
    st.builds(Revised, NUMBER, STEP),
    st.builds(Confirmed, STEP),
    st.builds(Kept, STEP),
    st.builds(Listened, STEP),
    st.builds(ChangedLanguage, LANGUAGE),
    st.builds(Sent, st.booleans(), STEP, st.booleans()),
    st.sampled_from([Hid(), Stopped(), Continued(), AskedForLanguages(), AskedForHelp(), AskedToSend()]),
)

DOOR: st.SearchStrategy[Threshold | WantedNoMore | WantedToRead] = st.one_of(
    st.builds(PickedWave, WAVE, MARK, st.none() | LANGUAGE),
    st.builds(PickedLanguage, WAVE, MARK, LANGUAGE),
    st.builds(AskedLanguageAgain, WAVE, MARK),
    st.builds(
        Agreed,
        WAVE,
        MARK,
        LANGUAGE,
        st.integers(1, 999_999),
        st.integers(0, 3),
        st.sampled_from([None, True, False]),
        st.none() | st.integers(0, 3),
    ),
    st.builds(WantedNoMore, LANGUAGE),
    st.builds(Refused, WAVE, MARK, LANGUAGE),
    st.builds(StartedOver, WAVE, MARK, LANGUAGE, st.booleans()),
    st.builds(Joined, WAVE, MARK, LANGUAGE),
    st.builds(HidBefore, st.lists(MARK, max_size=3).map(tuple)),
)

GRIPS = st.builds(Grip, st.binary(min_size=16, max_size=16), st.integers(0, 3))
VALUE = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=12)


@given(INSIDE, GRIPS)
def test_every_event_of_an_interview_comes_back_with_its_secret(event: Event, grip: Grip) -> None:
    data = encode(event, grip)
    assert len(data.encode()) <= LIMIT
    assert data.isascii()
    assert decode(data) == Held(grip, event)


@given(DOOR)
def test_every_event_before_and_after_comes_back_without_a_secret(
    event: Threshold | WantedNoMore | WantedToRead,
) -> None:
    data = encode(event, None)
    assert len(data.encode()) <= LIMIT
    assert decode(data) == event


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), st.lists(VALUE, max_size=3).map(tuple))
def test_every_button_of_the_desk_comes_back(what: str, values: tuple[str, ...]) -> None:
    asked = Asked(what, values)
    assert decode(encode(asked, None)) == asked


@given(st.text(max_size=80))
def test_a_random_string_is_nothing_or_something_but_never_raises(data: str) -> None:
    decode(data)


@given(
    st.from_regex(r"v1:[A-Za-z0-9_=-]{20,24}:\w{0,2}:\w{0,4}:[+-]?\w{0,4}:\w{0,7}", fullmatch=True)
    | st.from_regex(r"o:\w?:\w{0,18}:\w{0,3}:\w{0,18}(:\w{0,7}){0,4}", fullmatch=True)
    | st.from_regex(r"d:\w{0,13}(:[\w.-]{0,33}){0,6}", fullmatch=True)
)
def test_a_forgery_that_looks_nearly_right_never_raises(data: str) -> None:
    meant = decode(data)
    if isinstance(meant, Held):
        assert len(meant.grip.secret) == 16
        assert 0 <= meant.grip.slot <= 3


@given(INSIDE, GRIPS, st.data())
def test_a_button_with_one_letter_changed_is_never_an_error(event: Event, grip: Grip, data: st.DataObject) -> None:
    carried = encode(event, grip)
    place = data.draw(st.integers(0, len(carried) - 1))
    decode(carried[:place] + data.draw(st.characters()) + carried[place + 1 :])


@given(INSIDE)
def test_a_button_of_an_interview_needs_its_secret(event: Event) -> None:
    with pytest.raises(ValueError, match="needs the secret"):
        encode(event, None)


@pytest.mark.parametrize(
    "what", [Typed("words"), Opened("abcdefgh", 1, "en"), Asked("x" * 12, ("y" * 32, "z" * 32))]
)
def test_what_no_button_carries_is_refused(what: Typed | Opened | Asked) -> None:
    with pytest.raises(ValueError, match=r"no button carries|does not fit"):
        encode(what, Grip(bytes(16), 0))
