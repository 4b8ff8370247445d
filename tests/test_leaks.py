"""The look for leaks in logs can see.

1. A token, an id in each of its forms, a name and typed words are found in the log of a process; so is a line that
   only the filter saved.
2. What the program logs inside a test is found by the same measure, whichever way it was logged.
3. A leak fails the run, also when a worker of several found it.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from tests import leaks
from tests.blackbox.dumpscan import plain_forms
from tests.rig import ROOT, TOKEN, Rig, id_of

HARMLESS = "2026-11-23 09:00:00 INFO ready bot=local_[number]_bot surveys=1\n"


def test_a_clean_log_is_clean() -> None:
    assert leaks.in_log(HARMLESS, [(id_of(1), "Gulalai")], {"my village", "/claim"}) == []


def test_an_id_is_found_in_each_form_that_text_can_carry() -> None:
    texts = {}
    for name, form in plain_forms(id_of(1)).items():
        try:
            texts[name] = form.decode()
        except UnicodeDecodeError:
            continue  # raw bytes; the scan of the disk looks for those
    assert len(texts) > 12
    for name, text in texts.items():
        assert any(name in found for found in leaks.in_log(HARMLESS + text, [(id_of(1), "x")], ())), name


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (f"GET /bot{TOKEN}/getMe", "a token"),
        ("hello Gulalai", "a name"),
        ("text=my village", "typed words"),
        ("chat=[number]", "the filter had to take out [number]"),
    ],
)
def test_a_token_a_name_typed_words_and_what_only_the_filter_saved_are_found(planted: str, found: str) -> None:
    assert found in leaks.in_log(HARMLESS + planted, [(id_of(1), "Gulalai")], {"my village"})


@pytest.mark.slow
def test_a_rig_knows_who_has_an_account_and_what_they_typed(rig: Rig) -> None:
    async def story() -> None:
        async with rig.at(id_of(8), name="Zarghuna") as one:
            await one.say("our village well", wait=False)

    rig.start_bot()
    asyncio.run(story())
    rig.kill_bot()
    assert rig.leaks() == []
    for planted in ("Zarghuna", "our village well", str(id_of(8))):
        rig.log.write_text(planted)
        assert rig.leaks() != [], planted
    rig.log.write_text("")


@pytest.mark.parametrize("said", [f"chat {id_of(3)}", f"https://host/bot{TOKEN}/getMe"])
def test_what_the_program_says_inside_a_test_is_found(said: str) -> None:
    for speak in (
        lambda: logging.getLogger("bot.chat").debug(said),
        lambda: logging.getLogger("bot").info("%s", said),
        lambda: structlog.get_logger("bot.app").debug(said),
        lambda: structlog.get_logger("bot.app").debug("an event", field=said),
    ):
        with leaks.watched() as watch:
            speak()
        assert len(watch.found) == 1
    with leaks.watched() as watch:
        logging.getLogger("somelibrary").warning(said)  # the filter takes it out
    assert watch.found == []


PLANTING = """
from tests import leaks

def test_it():
    leaks.FOUND.append("planted")
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_leak_fails_the_run(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTING)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.leaks", "-p", "no:cacheprovider", "-q", *workers,
         "--rootdir", str(tmp_path), str(tmp_path)],
        env={"PYTHONPATH": str(ROOT), "PATH": ""}, cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "LEAK in a log: planted" in done.stdout
    assert done.returncode == 1
