"""Surveys and words change under a running bot: taken whole, or not at all.

Promises:
1. A changed set in which nothing is refused is in use after the next look; one assignment changes words and shelf.
2. While one file is refused nothing of the new set is used; mended, all of it is.
3. Each failing state is logged once and told once to every owner, in the owner's language, over a restart too;
   whom it did not reach is told later.
4. A survey that an open wave asks changes only with its version, and as soon as the wave is closed.
5. What is written in two steps is never taken half.
6. At a start what is sound is served; without English words the bot says so and does not start.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram.error import Forbidden, NetworkError

from bot import reload
from bot.core import roles
from bot.files.shelf import pinned
from bot.files.snapshot import fingerprint, look
from bot.logs import set_up
from bot.reload import FilesTrouble, Reload
from bot.store import Store, Terms
from tests.files.sample import SOUND, beside
from tests.rig import ROOT
from tests.store.sample import START, kept

OWNER, PASHTUN, HELPER = 42, 43, 44


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "SETTLE_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _logged() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with kept(tmp_path, pinned) as one:
        with one.transaction() as tx:
            tx.desk.admit(OWNER, roles.OWNER, "en", START)
            tx.desk.admit(PASHTUN, roles.OWNER, "ps", START)
            tx.desk.admit(HELPER, roles.COORDINATOR, "ur", START)
        yield one


class Files:
    """Two surveys and the bot's words in a folder, and somebody who watches them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.surveys, self.words = folder / "surveys", folder / "locales"
        if not self.surveys.exists():
            self.surveys.mkdir()
            shutil.copytree(ROOT / "locales", self.words)
            for id in ("sample", "second"):
                beside(self.surveys, id)
            self.write("sample", SOUND)
            self.write("second", SOUND.replace("survey: sample", "survey: second"))
        self.told: list[tuple[int, str]] = []
        self.failure: Exception | None = None
        self.begin()

    def begin(self) -> None:
        """Start, or start again."""
        self.watch = Reload(self.store, self.surveys, self.words)

    def write(self, name: str, text: str) -> None:
        """Write a survey file."""
        (self.surveys / f"{name}.yaml").write_text(text)

    def reword(self, language: str, old: str, new: str) -> None:
        """Change a catalogue."""
        path = self.words / language / "LC_MESSAGES" / "bot.po"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def look(self) -> bool:
        """One look."""
        return asyncio.run(self.watch.look(self._send))

    async def _send(self, chat: int, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.told.append((chat, text))

    @property
    def titles(self) -> dict[str, str]:
        """What may be opened: id and English title."""
        return {id: survey.title["en"] for id, (survey, _) in self.watch.current.surveys.items()}


@pytest.fixture
def files(store: Store, tmp_path: Path) -> Files:
    return Files(store, tmp_path)


RENAMED = SOUND.replace("en: Sample", "en: Renamed")
BROKEN = SOUND.replace("licence: adapted", "license: adapted")


# -- 1, 2 -------------------------------------------------------------------------------------------------


def test_a_changed_set_is_in_use_after_the_next_look(files: Files) -> None:
    assert not files.look()
    before = files.watch.current
    files.write("sample", RENAMED)
    files.reword("en", "Only coordinators", "Nobody but coordinators")
    assert files.look()
    assert files.titles == {"sample": "Renamed", "second": "Sample"}
    assert files.watch.phrases().say("en", "only-coordinators").startswith("Nobody but")
    assert before.phrases.say("en", "only-coordinators").startswith("Only"), "a turn that holds it ends with it"
    assert not files.look()


def test_nothing_of_a_set_is_used_while_one_file_is_refused(files: Files) -> None:
    files.write("sample", RENAMED)
    files.reword("en", "Only coordinators", "Nobody but coordinators")
    files.write("second", BROKEN)
    assert not files.look()
    assert files.titles == {"sample": "Sample", "second": "Sample"}
    assert files.watch.phrases().say("en", "only-coordinators").startswith("Only")
    files.write("second", SOUND.replace("survey: sample", "survey: second"))
    assert files.look()
    assert files.titles == {"sample": "Renamed", "second": "Sample"}


def test_a_broken_catalogue_holds_a_sound_survey_back(files: Files) -> None:
    files.write("sample", RENAMED)
    files.reword("ps", "{number}", "{nummer}")
    assert not files.look()
    assert files.titles["sample"] == "Sample"
    files.reword("ps", "{nummer}", "{number}")
    assert files.look()


def test_a_deleted_survey_is_no_longer_offered_and_an_empty_folder_changes_nothing(files: Files) -> None:
    (files.surveys / "second.yaml").unlink()
    assert files.look()
    assert set(files.titles) == {"sample"}
    (files.surveys / "sample.yaml").unlink()
    assert not files.look()
    assert set(files.titles) == {"sample"}


def test_the_assignment_waits_for_the_batch_on_the_writer_thread(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write("sample", RENAMED)
    seen: list[str] = []
    looked: list[str] = []
    inside, read, done = threading.Event(), threading.Event(), threading.Event()

    def seen_twice(*folders: Path) -> str:
        looked.append(fingerprint(*folders))
        if len(looked) == 2:
            read.set()
        return looked[-1]

    def batch(_tx: object) -> None:
        seen.append(files.titles["sample"])
        inside.set()
        assert read.wait(60)
        done.wait(0.3)  # all is read and checked: the look has every chance to come between
        seen.append(files.titles["sample"])

    async def both() -> None:
        working = asyncio.create_task(files.store.write(batch))
        await asyncio.to_thread(inside.wait)
        assert await files.watch.look(files._send)
        done.set()
        await working

    monkeypatch.setattr(reload, "fingerprint", seen_twice)
    asyncio.run(both())
    assert seen == ["Sample", "Sample"]
    assert files.titles["sample"] == "Renamed"


# -- 3 ----------------------------------------------------------------------------------------------------


def test_every_owner_is_told_once_in_the_own_language(files: Files, capfd: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    files.write("sample", BROKEN)
    for _ in range(3):
        files.look()
    assert [chat for chat, _ in files.told] == [OWNER, PASHTUN]
    english, pashto = (text for _, text in files.told)
    assert "mistakes: 2" in english
    assert "surveys/sample.yaml:5 - 'license' is not known" in english
    assert str(files.surveys) not in english
    assert "فائلونه" in pashto
    assert capfd.readouterr().err.count("changed files were refused") == 1

    files.begin()
    files.look()
    assert len(files.told) == 4, "after a start it is another state: they are left out"
    files.begin()
    files.look()
    assert len(files.told) == 4


def test_another_mistake_is_told_and_a_mended_one_is_told_when_it_comes_back(files: Files) -> None:
    for text in (BROKEN, BROKEN.replace("version: 3", "version: x"), SOUND, BROKEN):
        files.write("sample", text)
        files.look()
    assert len(files.told) == 6


def test_an_owner_without_a_network_is_told_later_and_one_who_blocked_the_bot_is_not(files: Files) -> None:
    files.write("sample", BROKEN)
    files.failure = NetworkError("no way")
    files.look()
    files.failure = None
    files.look()
    assert len(files.told) == 2
    files.write("sample", BROKEN.replace("version: 3", "version: x"))
    files.failure = Forbidden("blocked")
    files.look()
    files.failure = None
    files.look()
    assert len(files.told) == 2


# -- 4 ----------------------------------------------------------------------------------------------------


def test_the_survey_of_an_open_wave_changes_only_with_its_version(files: Files) -> None:
    with files.store.transaction() as tx:
        wave = tx.waves.open(files.watch.current.surveys["sample"][1], Terms(k=5, steward_key=bytes(32)), START)
    files.write("sample", RENAMED)
    assert not files.look()
    assert "its version is still 3" in files.told[0][1]
    assert files.titles["sample"] == "Sample"
    files.write("sample", RENAMED.replace("version: 3", "version: 4"))
    assert files.look()
    assert files.titles["sample"] == "Renamed"
    with files.store.transaction() as tx:
        found = tx.waves.get(wave)
        assert found is not None
        assert (found.survey.version, found.survey.title["en"]) == (3, "Sample")


def test_what_an_open_wave_held_back_is_in_use_once_the_wave_is_closed(files: Files) -> None:
    with files.store.transaction() as tx:
        wave = tx.waves.open(files.watch.current.surveys["sample"][1], Terms(k=5, steward_key=bytes(32)), START)
    files.write("sample", RENAMED)
    assert not files.look()
    files.begin()
    assert set(files.titles) == {"second"}, "at a start only that survey is refused"
    files.look()
    assert "without those surveys" in files.told[-2][1]
    files.write("sample", RENAMED + "# touched\n")
    assert not files.look()
    with files.store.transaction() as tx:
        tx.waves.close(wave)
    assert files.look()
    assert files.titles["sample"] == "Renamed"


# -- 5 ----------------------------------------------------------------------------------------------------


def test_a_file_that_is_written_in_two_steps_is_never_taken_half(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = SOUND.replace("en: Sample", "en: Renamed")
    half = whole[: whole.index("indicators:")]
    files.write("sample", half)

    def slow(*folders: Path) -> object:
        found = look(*folders)  # type: ignore[arg-type]
        assert found.errors == (), "the half by itself is sound: only waiting tells"
        files.write("sample", whole)
        return found

    monkeypatch.setattr(reload, "look", slow)
    assert not files.look()
    assert files.titles["sample"] == "Sample"
    monkeypatch.setattr(reload, "look", look)
    assert files.look()
    survey, _ = files.watch.current.surveys["sample"]
    assert (survey.title["en"], len(survey.indicators)) == ("Renamed", 3)


# -- 6 ----------------------------------------------------------------------------------------------------


def test_at_a_start_only_the_broken_survey_is_refused_and_the_owners_are_told(files: Files) -> None:
    files.write("sample", BROKEN)
    files.begin()
    assert set(files.titles) == {"second"}
    files.look()
    assert [chat for chat, _ in files.told] == [OWNER, PASHTUN]
    assert "started without" in files.told[0][1]
    files.write("sample", SOUND)
    assert files.look()
    assert set(files.titles) == {"sample", "second"}


def test_without_english_words_the_bot_does_not_start_and_a_running_one_goes_on(files: Files) -> None:
    path = files.words / "en" / "LC_MESSAGES" / "bot.po"
    path.write_text("nonsense")
    assert not files.look()
    assert files.watch.phrases().say("en", "only-coordinators")
    with pytest.raises(FilesTrouble, match=r"bot\.po:1 - "):
        files.begin()
