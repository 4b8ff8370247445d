"""Recordings and pictures beside a survey.

1. Only OGG/Opus of at most 20 seconds and 1 MB is a recording; only a PNG or JPEG of bearable size is a picture;
   whatever the bytes are, they are judged without an error.
2. A survey names both by the hash of their bytes: another file is another survey, and never answers for the first.
3. What was recorded in the chat counts as long as the words are those that were read out; the author's file comes
   first.
4. A change beside a survey is noticed, is no change of its words, and takes nothing from an open wave.
"""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import media
from bot.files import attached, recordings
from bot.files.recordings import Unfit, by_hash, check_picture, check_sound, hash_of
from bot.files.snapshot import fingerprint, look, unraised
from bot.files.surveys import from_document, load
from tests.files.sample import PICTURE, RECORDING, SOUND, beside
from tests.rig import ROOT
from tests.sounds import picture, voice

JPEG = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 30, 40) + bytes(8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the sample and what lies beside it."""
    (tmp_path / "sample.yaml").write_text(SOUND)
    beside(tmp_path)
    return tmp_path


# -- the bytes (promise 1) --------------------------------------------------------------------------------


@given(st.floats(0.02, 20.0))
@settings(max_examples=15, deadline=None)
def test_a_voice_note_plays_as_long_as_it_was_spoken(seconds: float) -> None:
    assert abs(check_sound(voice(seconds)) - seconds) < 0.02


@given(st.binary(max_size=200) | st.builds(lambda at: RECORDING[:at], st.integers(0, len(RECORDING) - 1)))
@settings(max_examples=60, deadline=None)
def test_other_bytes_and_pieces_are_no_recording(content: bytes) -> None:
    with pytest.raises(Unfit, match="recording-bad"):
        check_sound(content)


@given(st.binary(max_size=80), st.sampled_from([b"", PICTURE[:8], PICTURE[:16], JPEG[:3], JPEG[:9]]))
@settings(max_examples=60, deadline=None)
def test_whatever_bytes_a_picture_has_it_is_judged(content: bytes, head: bytes) -> None:
    try:
        width, height = check_picture(head + content)
    except Unfit as unfit:
        assert unfit.problem in ("picture-bad", "picture-large")
    else:
        assert 0 < width + height <= recordings.MOST_PIXELS


def test_pictures_have_the_size_that_stands_in_them() -> None:
    assert check_picture(picture(12, 7)) == (12, 7)
    assert check_picture(JPEG) == (40, 30)


def test_what_is_not_an_ordinary_file_is_not_read(tmp_path: Path) -> None:
    assert recordings.content_of(tmp_path) is None
    assert recordings.content_of(tmp_path / "none.ogg") is None


# -- by their content (promise 2) -------------------------------------------------------------------------


def test_a_changed_recording_never_answers_for_the_first(folder: Path) -> None:
    path = folder / "audio" / "sample" / "gender-ur.ogg"
    first = load(folder / "sample.yaml").survey
    files = attached.lying(folder, None)
    assert first is not None
    pinned = first.question("gender").audio["ur"]
    assert by_hash(files, pinned) == RECORDING
    path.write_bytes(voice(2.0, "said anew"))
    second = load(folder / "sample.yaml").survey
    assert second is not None
    assert second.question("gender").audio["ur"] != pinned
    assert by_hash(files, pinned) is None, "the file has other bytes by now"
    assert pinned not in attached.lying(folder, None)


def test_a_name_from_before_recordings_were_played_plays_nothing() -> None:
    survey = load(ROOT / "surveys" / "examples" / "listen.yaml").survey
    assert survey is not None
    question = replace(survey.questions[0], audio={"ur": "road.ur.ogg"})
    assert media.sound(question, "ur", 1) is None


def test_how_many_questions_can_be_heard_is_counted_by_language() -> None:
    survey = load(ROOT / "surveys" / "examples" / "listen.yaml").survey
    assert survey is not None
    assert media.heard(survey) == dict.fromkeys(("ur", "ps", "en"), (1, 2))


# -- recorded in the chat (promise 3) ---------------------------------------------------------------------


def recorded(folder: Path, question: str, language: str, words: str) -> str:
    """A recording made in the chat; returns its hash."""
    content = voice(1.0, question + language)
    kept = folder / "recordings" / "sample"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{hash_of(content)}.ogg").write_bytes(content)
    index = {f"{question}.{language}": {"recording": hash_of(content), "words": words}}
    (kept / recordings.INDEX).write_text(json.dumps(index))
    return hash_of(content)


def test_what_was_recorded_in_the_chat_counts_while_the_words_are_the_same(folder: Path) -> None:
    document = load(folder / "sample.yaml").document
    question = next(one for one in document["questions"] if one["id"] == "district")
    hash = recorded(folder, "district", "en", attached.read_out(document, question, "en"))
    found = load(folder / "sample.yaml", folder / "recordings")
    assert found.survey is not None
    assert found.survey.question("district").audio == {"en": hash}
    assert from_document(json.loads(json.dumps(found.document, sort_keys=True))) == found.survey
    assert hash in attached.lying(folder, folder / "recordings")

    text = (folder / "sample.yaml").read_text()
    (folder / "sample.yaml").write_text(text.replace("en: Mardan", "en: Mardan district"))
    again = load(folder / "sample.yaml", folder / "recordings").survey
    assert again is not None
    assert again.question("district").audio == {}


def test_the_file_of_the_author_comes_first(folder: Path) -> None:
    document = load(folder / "sample.yaml").document
    question = next(one for one in document["questions"] if one["id"] == "gender")
    recorded(folder, "gender", "ur", attached.read_out(document, question, "ur"))
    found = load(folder / "sample.yaml", folder / "recordings").survey
    assert found is not None
    assert found.question("gender").audio == {"ur": hash_of(RECORDING)}


@pytest.mark.parametrize("index", [b"", b"[]", b"{", b'{"district.en": 7}', b'{"district.en": {"recording": 1}}'])
def test_a_damaged_index_does_no_harm(folder: Path, index: bytes) -> None:
    (folder / "recordings" / "sample").mkdir(parents=True)
    (folder / "recordings" / "sample" / recordings.INDEX).write_bytes(index)
    assert load(folder / "sample.yaml", folder / "recordings").survey is not None


# -- while the bot runs (promise 4) -----------------------------------------------------------------------


def test_a_change_beside_a_survey_is_noticed_and_is_no_change_of_its_words(folder: Path) -> None:
    first = look(folder, ROOT / "locales").snapshot
    assert first is not None
    asked = first.surveys["sample"][0]
    before = fingerprint(folder, ROOT / "locales")
    (folder / "audio" / "sample" / "gender-ur.ogg").write_bytes(voice(3.0))
    assert fingerprint(folder, ROOT / "locales") != before
    second = look(folder, ROOT / "locales").snapshot
    assert second is not None
    assert second.surveys["sample"][0] != asked
    assert unraised(second, [asked]) == ()


def test_an_open_wave_finds_a_recording_that_no_survey_names_any_more(folder: Path) -> None:
    text = (folder / "sample.yaml").read_text().replace("    audio: {ur: gender-ur.ogg}\n", "")
    (folder / "sample.yaml").write_text(text)
    snapshot = look(folder, ROOT / "locales").snapshot
    assert snapshot is not None
    assert by_hash(snapshot.media, hash_of(RECORDING)) == RECORDING
