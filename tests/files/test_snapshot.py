"""Surveys and catalogues read together: sound parts, and every problem of the rest.

Promises:
1. Nothing that lies in the folders makes `look` raise; what is sound is handed out.
2. A broken translation is left out and English spoken; without English words there is no snapshot.
3. The words in use bind the next ones: no phrase goes, and none asks for a value that nobody gives.
4. An open wave's survey changes only with its version; other changes harm no wave.
5. The fingerprint changes with every byte, with a new file and with a lost one, and with nothing else.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.files.snapshot import Snapshot, fingerprint, leave_out, look, unraised
from tests.files.sample import SOUND, beside
from tests.rig import ROOT


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    """A folder with two sound surveys."""
    folder = tmp_path / "surveys"
    folder.mkdir()
    for id in ("sample", "second"):
        beside(folder, id)
    (folder / "sample.yaml").write_text(SOUND)
    (folder / "second.yaml").write_text(SOUND.replace("survey: sample", "survey: second"))
    return folder


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    """A copy of the bot's own words."""
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    return tmp_path / "locales"


def po(catalogues: Path, language: str) -> Path:
    """The catalogue of a language."""
    return catalogues / language / "LC_MESSAGES" / "bot.po"


def edit(path: Path, old: str, new: str) -> None:
    """Replace a piece that is there."""
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new, 1))


def sound(surveys: Path, catalogues: Path) -> Snapshot:
    """The snapshot of folders in which nothing is wrong."""
    found = look(surveys, catalogues)
    assert found.errors == ()
    assert found.snapshot is not None
    return found.snapshot


def ids(surveys: Path, catalogues: Path, **more: Snapshot) -> set[str]:
    """Which errors are found."""
    spoken = more["spoken"].phrases if more else None
    return {problem.id for problem in look(surveys, catalogues, spoken).errors}


# -- 1 ----------------------------------------------------------------------------------------------------


def test_what_is_sound_is_handed_out_beside_the_problems_of_the_rest(surveys: Path, catalogues: Path) -> None:
    assert set(sound(surveys, catalogues).surveys) == {"sample", "second"}
    (surveys / "second.yaml").write_text("survey: [")
    found = look(surveys, catalogues)
    assert found.snapshot is not None
    assert set(found.snapshot.surveys) == {"sample"}
    assert {problem.file for problem in found.errors} == {str(surveys / "second.yaml")}


def test_two_files_of_one_survey_are_said_and_the_first_is_served(surveys: Path, catalogues: Path) -> None:
    edit(surveys / "second.yaml", "survey: second\nversion: 3", "survey: sample\nversion: 9")
    found = look(surveys, catalogues)
    assert [problem.id for problem in found.errors] == ["survey-twice"]
    assert found.snapshot is not None
    assert found.snapshot.surveys["sample"][0].version == 3


def test_an_empty_folder_and_no_folder_are_a_problem(tmp_path: Path, catalogues: Path) -> None:
    assert ids(tmp_path / "nowhere", catalogues) == {"nothing-to-check"}


def test_a_folder_a_link_to_nowhere_and_bytes_in_place_of_files(surveys: Path, catalogues: Path) -> None:
    (surveys / "a.yaml").mkdir()
    (surveys / "b.yaml").symlink_to(surveys / "nowhere")
    (surveys / "c.yaml").write_bytes(bytes(range(256)))
    po(catalogues, "ps").unlink()
    po(catalogues, "ps").mkdir()
    assert ids(surveys, catalogues) == {"not-a-file", "no-such-file", "not-utf-8"}
    assert len(fingerprint(surveys, catalogues)) == 64


# -- 2 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "id"),
    [
        (lambda text: text.replace('msgstr "', "msgstr ", 1), "not-a-catalogue"),
        (lambda text: text.replace("plural=(n != 1)", "plural=n%0"), "not-a-catalogue"),
        (lambda text: text.replace("plural=(n != 1)", "plural=7"), "not-a-catalogue"),
        (lambda text: text[: len(text) // 2] + "\x00" + text[len(text) // 2 :] + '\n"', "not-a-catalogue"),
        (lambda _text: "x" * 300_000, "too-large"),
    ],
)
def test_a_translation_beyond_reading_is_left_out(surveys: Path, catalogues: Path, spoil: object, id: str) -> None:
    assert callable(spoil)
    path = po(catalogues, "ps")
    path.write_text(spoil(path.read_text()))
    found = look(surveys, catalogues)
    assert id in {problem.id for problem in found.errors}
    assert found.snapshot is not None
    phrases = found.snapshot.phrases
    assert phrases.say("ps", "group-line") == phrases.say("en", "group-line")
    assert phrases.say("ur", "group-line") != phrases.say("en", "group-line")


def test_a_phrase_with_a_foreign_value_or_without_words_is_said_in_english(
    surveys: Path, catalogues: Path
) -> None:
    edit(po(catalogues, "ps"), "{low} نه تر {high} پورې یو", "{lowest} نه تر {high} پورې یو")
    path = po(catalogues, "ur")
    before, _, after = path.read_text().partition('msgid "group-line"\nmsgstr "')
    path.write_text(f'{before}msgid "group-line"\nmsgstr "{after[after.index(chr(34)) :]}')
    found = look(surveys, catalogues)
    assert {problem.id for problem in found.errors} == {"phrase-placeholders", "phrase-missing"}
    assert found.snapshot is not None
    phrases = found.snapshot.phrases
    asked = phrases.say("ps", "type-a-number-between", low=1, high=9)
    assert asked == phrases.say("en", "type-a-number-between", low=1, high=9)
    assert phrases.say("ur", "group-line") == phrases.say("en", "group-line")


def test_without_english_words_there_is_no_snapshot(surveys: Path, catalogues: Path) -> None:
    po(catalogues, "en").write_text("nonsense")
    assert look(surveys, catalogues).snapshot is None
    po(catalogues, "en").unlink()
    found = look(surveys, catalogues)
    assert found.snapshot is None
    assert "english-missing" in {problem.id for problem in found.errors}


# -- 3 ----------------------------------------------------------------------------------------------------


def test_a_phrase_that_is_said_may_not_go_from_all_catalogues(surveys: Path, catalogues: Path) -> None:
    spoken = sound(surveys, catalogues)
    for language in ("en", "ur", "ps"):
        edit(po(catalogues, language), 'msgid "group-line"', 'msgid "group-lines"')
    found = look(surveys, catalogues)
    assert {problem.id for problem in found.errors} == {"phrase-gone"}
    assert found.snapshot is None, "at a start the template says what must be there"
    edit(catalogues / "bot.pot", 'msgid "group-line"', 'msgid "group-lines"')
    assert ids(surveys, catalogues) == set()
    assert ids(surveys, catalogues, spoken=spoken) == {"phrase-gone"}


def test_a_value_that_nobody_gives_is_refused_in_all_catalogues(surveys: Path, catalogues: Path) -> None:
    spoken = sound(surveys, catalogues)
    for language in ("en", "ur", "ps"):
        path = po(catalogues, language)
        path.write_text(path.read_text().replace("{total}", "{totals}"))
    assert ids(surveys, catalogues) == set()
    assert ids(surveys, catalogues, spoken=spoken) == {"phrase-value"}


# -- 4 ----------------------------------------------------------------------------------------------------


def test_a_changed_survey_of_an_open_wave_needs_a_new_version(surveys: Path, catalogues: Path) -> None:
    old = sound(surveys, catalogues).surveys["sample"][0]
    assert unraised(sound(surveys, catalogues), [old]) == ()
    edit(surveys / "sample.yaml", "Which district?", "Which is your district?")
    changed = sound(surveys, catalogues)
    (problem,) = unraised(changed, [old])
    assert (problem.id, problem.line) == ("version-not-raised", 2)
    assert set(leave_out(changed, [problem]).surveys) == {"second"}
    edit(surveys / "sample.yaml", "version: 3", "version: 4")
    assert unraised(sound(surveys, catalogues), [old]) == ()


def test_a_comment_another_survey_and_a_lost_file_harm_no_wave(surveys: Path, catalogues: Path) -> None:
    old = sound(surveys, catalogues).surveys["sample"][0]
    (surveys / "sample.yaml").write_text("# reviewed\n" + (surveys / "sample.yaml").read_text())
    edit(surveys / "second.yaml", "Which district?", "Which is your district?")
    assert unraised(sound(surveys, catalogues), [old, replace(old, id="gone")]) == ()
    (surveys / "sample.yaml").unlink()
    assert unraised(sound(surveys, catalogues), [old]) == ()


# -- 5 ----------------------------------------------------------------------------------------------------


def test_the_fingerprint_changes_with_what_is_read(surveys: Path, catalogues: Path) -> None:
    seen = [fingerprint(surveys, catalogues)]
    for change in (
        lambda: edit(surveys / "sample.yaml", "Swat", "Swaf"),
        lambda: edit(po(catalogues, "ur"), "msgid", "msgip"),
        lambda: (surveys / "third.yaml").write_text(""),
        lambda: (surveys / "third.yaml").unlink(),
        lambda: (surveys / "second.yaml").rename(surveys / "fourth.yaml"),
    ):
        change()
        seen.append(fingerprint(surveys, catalogues))
    assert seen[3] != seen[2] == seen[4]
    assert len(set(seen)) == 5


def test_the_fingerprint_passes_over_what_is_not_read(surveys: Path, catalogues: Path) -> None:
    before = fingerprint(surveys, catalogues)
    (surveys / "notes.txt").write_text("x")
    (surveys / "examples").mkdir()
    (surveys / "examples" / "one.yaml").write_text("x")
    (surveys / "sample.yaml").touch()
    assert fingerprint(surveys, catalogues) == before
