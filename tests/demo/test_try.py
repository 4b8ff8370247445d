"""An author tries a survey: `aitbar try FILE`, phones to answer it on, the file saved again and again.

1. Mistakes are printed as `aitbar check` prints them, and nothing is opened.
2. There is a phone for each language; each interview can be begun anew, and is of what was saved last.
3. A file saved with mistakes changes nothing: the page says them.
4. Ctrl-C ends every process and removes every file; a real installation beside it is not touched.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.person import Person, Screen
from tests import nursery
from tests.demo.tried import Tried, link, tried
from tests.rig import ROOT, wait_for

pytestmark = pytest.mark.slow

SURVEY = ROOT / "surveys" / "examples" / "yes_no.yaml"
ASKED = "Is there a school for girls in your area?"
IN_ORDER = ["ur", "ps", "en"]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`aitbar ...` to its end."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return nursery.run(words, env, folder)


def test_mistakes_are_printed_as_check_prints_them(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SURVEY.read_text("utf-8").replace("questions:", "questionz:"), "utf-8")
    checked, tried_out = (run(tmp_path, word, "mine.yaml") for word in ("check", "try"))
    assert tried_out.returncode == checked.returncode == 1
    assert tried_out.stdout == checked.stdout
    assert "questionz" in tried_out.stdout
    assert [each.name for each in tmp_path.iterdir()] == ["mine.yaml"]


@pytest.mark.parametrize("what", ["missing.yaml", "."])
def test_what_is_no_survey_file_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "mine.yaml").write_text(SURVEY.read_text("utf-8"), "utf-8")
    assert run(tmp_path, "try", what).returncode in (1, 2)


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path, running: Tried) -> None:
    port = running.url.rpartition(":")[2]
    done = run(tmp_path, "try", str(SURVEY), "--port", port)
    assert (done.returncode, done.stderr) == (1, f"Port {port} is in use. Name another one with --port.\n")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """A try of a small survey, in a folder where a real installation lies."""
    home = tmp_path_factory.mktemp("try")
    shutil.copy(SURVEY, home / "mine.yaml")
    for folder in ("data", "keys"):
        (home / folder).mkdir()
    (home / ".env").write_text("AITBAR_DATABASE_URL=sqlite:///data/real.db\nAITBAR_ORGANISATION=Real\n")
    with tried(Path("mine.yaml"), home) as one:
        yield one


@pytest.mark.asyncio
async def test_there_is_a_phone_for_each_language_and_it_is_answered_at_once(running: Tried) -> None:
    assert len(running.phones) == 3
    said = {"ur": "یہ سوال", "ps": "دا سوالونه", "en": "asks."}
    for phone, language in zip(running.phones, IN_ORDER, strict=True):
        screen = await begun(running, phone, language)
        assert said[language] in screen.last.text
        assert "Your organisation" in screen.last.text


@pytest.mark.asyncio
async def test_the_file_saved_again_is_asked_anew_and_one_with_mistakes_is_not(running: Tried) -> None:
    phone, file = running.phones[2], running.home / "mine.yaml"
    words = file.read_text("utf-8")

    before = (await link(running.url, phone))["payload"]
    file.write_text(words.replace("questions:", "questionz:"), "utf-8")
    wait_for(lambda: "saved with mistakes" in notice(running))
    assert "mine.yaml:" in notice(running)
    assert "questionz" in notice(running)
    assert ASKED in (await question(running, phone)).last.text

    file.write_text(words.replace(ASKED, "Is there a school for boys?"), "utf-8")
    wait_for(lambda: "new version" in notice(running))
    assert (await link(running.url, phone))["payload"] != before
    assert "Is there a school for boys?" in (await question(running, phone)).last.text
    file.write_text(words, "utf-8")
    wait_for(lambda: running.log.read_text("utf-8").count("was read again") == 2)


@pytest.mark.asyncio
async def test_whoever_is_added_on_the_page_can_answer_too(running: Tried) -> None:
    async with person(running, 9001, "en"):
        await asyncio.to_thread(wait_for, lambda: "link" in read(running, "/sim/users/9001/screen"))
    assert ASKED in (await question(running, 9001)).last.text


def test_stopping_leaves_nothing_behind_and_a_real_installation_as_it_was(running: Tried) -> None:
    children = _children(running.process.pid)
    assert len(children) >= 2, "the emulator and the bot"
    assert len(running.folders) == 2, "an installation, and a shelf for its bot"
    assert running.stop() == 0
    assert running.folders == []
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert not [*(running.home / "data").iterdir(), *(running.home / "keys").iterdir()]
    with pytest.raises(urllib.error.URLError, match="refused"):
        notice(running)


def test_one_phone_is_enough_for_one_language(tmp_path: Path) -> None:
    with tried(SURVEY, tmp_path, "--lang", "ps") as one:
        assert len(one.phones) == 1


async def begun(running: Tried, phone: int, language: str) -> Screen:
    """The consent on a phone, in the language of its app."""
    names = {"ur": "اردو", "ps": "پښتو", "en": "English"}
    async with person(running, phone, language) as somebody:
        await somebody.clear_chat(both_sides=True)
        await running.begin(somebody)
        return await somebody.press(names[language])


async def question(running: Tried, phone: int) -> Screen:
    """The first question on a phone of somebody who begins anew in English."""
    await asyncio.to_thread(wait_for, lambda: not read(running, f"/sim/users/{phone}/screen")["link"]["followed"])
    await begun(running, phone, "en")
    async with person(running, phone, "en") as somebody:
        return await somebody.press("Yes, I agree")


def person(running: Tried, phone: int, language: str) -> Person:
    return Person(running.url, phone, "Person", language_code=language, idle=0.05)


def notice(running: Tried) -> str:
    """The banner over the phones."""
    return str(read(running, "/sim/notice")["text"])


def read(running: Tried, path: str) -> Any:
    with urllib.request.urlopen(running.url + path, timeout=30) as reply:  # noqa: S310 - our own emulator
        return json.load(reply)


def _children(process: int) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for path in listed for child in path.read_text().split()]
