"""The front door, as an operator meets it: plain sentences, in a process of its own where that matters.

Promises:
1. Help and `check` are quick: they load neither the way to Telegram nor the database.
2. Whatever is wrong - settings, token, key, database, survey, arguments - is said in a clear sentence, with an
   exit code that is not 0 and never a traceback.
3. A second `run` is refused before it says a word to Telegram.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.store.sample import kept

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
HEAVY = ("telegram", "sqlalchemy", "aiohttp", "alembic")


Aitbar = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def aitbar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aitbar]:
    """`aitbar ...` inside this process: much quicker, and the same words."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(tmp_path)
        for name in [name for name in os.environ if name.startswith("AITBAR_")]:
            monkeypatch.delenv(name)
        for name, value in settings.items():
            monkeypatch.setenv(f"AITBAR_{name}", value)
        done = CliRunner().invoke(app, list(words))
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def process(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`aitbar ...` in a process of its own."""
    return python(folder, "-m", "bot", *words, **settings)


def python(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run Python there, with these settings and no others."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("AITBAR_")}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **{f"AITBAR_{k}": v for k, v in settings.items()}}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def refused(done: subprocess.CompletedProcess[str], *expected: str) -> None:
    """It said these words, as a sentence, and failed."""
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said
    assert "should not" not in said, f"an error nobody foresaw: {said}"
    for words in expected:
        assert words in said


# -- 1: quick -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--help",), ("check", str(ROOT / "surveys" / "examples" / "choice.yaml"))])
def test_help_and_check_load_no_heavy_library(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = python(tmp_path, "-X", "importtime", "-m", "bot", *words)
    assert done.returncode == 0, done.stderr[-500:]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in loaded, "the list was read"
    assert not loaded & set(HEAVY)


# -- 2: sentences ---------------------------------------------------------------------------------------


def test_an_unknown_setting(tmp_path: Path) -> None:
    refused(process(tmp_path, "run", TELEGRAM_TOKN=TOKEN), "Did you mean AITBAR_TELEGRAM_TOKEN?")


@pytest.mark.parametrize("token", ["", "not-a-token", "12345"])
def test_a_token_that_is_none(aitbar: Aitbar, token: str) -> None:
    refused(aitbar("run", TELEGRAM_TOKEN=token), "AITBAR_TELEGRAM_TOKEN is", "@BotFather")


def test_a_key_that_others_can_read(aitbar: Aitbar, tmp_path: Path) -> None:
    with kept(tmp_path):
        (tmp_path / "keys" / "server.key").chmod(0o644)
    refused(aitbar("wave", "list"), "can be read by others. Run: chmod 600")


def test_a_key_that_is_missing_beside_open_interviews(aitbar: Aitbar, tmp_path: Path) -> None:
    from tests.store.sample import begin, open_wave

    with kept(tmp_path) as store:
        wave = open_wave(store)
        with store.transaction() as tx:
            begin(tx, wave, 1)
        (tmp_path / "keys" / "server.key").unlink()
    refused(aitbar("wave", "list"), "server.key is missing", "Put it back")


def _text(path: Path) -> None:
    path.write_text("these are notes\n" * 300)


def _folder(path: Path) -> None:
    path.mkdir()


def _cut(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(200))


@pytest.mark.parametrize("spoil", [_text, _folder, _cut])
def test_a_database_that_is_none(aitbar: Aitbar, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    (tmp_path / "data").mkdir()
    spoil(tmp_path / "data" / "aitbar.db")
    for words in (("wave", "list"), ("claim-code",), ("tick",)):
        refused(aitbar(*words, TELEGRAM_TOKEN=TOKEN), "aitbar.db")


def test_a_folder_that_is_a_file(aitbar: Aitbar, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    refused(aitbar("wave", "list"), "cannot be made")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_nobody_may_write_to(aitbar: Aitbar, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    refused(aitbar("wave", "list"), "aitbar.db cannot be used")


@pytest.mark.parametrize("url", ["nonsense", "postgresql://localhost/aitbar"])
def test_an_address_of_no_database(aitbar: Aitbar, url: str) -> None:
    refused(aitbar("wave", "list", DATABASE_URL=url), "sqlite:///data/aitbar.db")


@pytest.mark.parametrize(
    "content", ["survey: [unclosed", "a: 1\na: 2\n", "\x00\x01", "!!python/object:os.system x", ""]
)
def test_a_broken_survey(aitbar: Aitbar, tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    refused(aitbar("check", str(path)), "mine.yaml")
    refused(aitbar("wave", "open", str(path), "--yes"), "mine.yaml")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("wave", "open", "nosuch", "--yes"), "There is no survey 'nosuch'"),
        (("wave", "close", "nosuch", "--yes"), "The wave 'nosuch' is not open"),
        (("digest", "nosuch"), "There is no wave 'nosuch'"),
        (("digest", "x", "--lang", "xx"), "--lang is ur, ps or en"),
        (("wave", "open", "x", "--release", "hourly", "--yes"), "--release is weekly or daily"),
        (("tick", "--at", "yesterday"), "'yesterday' is no moment"),
        (("member", "remove", "5", "--yes"), "There is no coordinator 5"),
        (("health",), "The bot is not running"),
        (("nosuch",), "nosuch"),
        (("check", "nosuch.yaml"), "nosuch.yaml"),
        (("restore", "nosuch"), "nosuch is no backup of Aitbar"),
        (("backup", "/dev/null"), "/dev/null is not empty"),
    ],
)
def test_what_does_not_exist_is_said(aitbar: Aitbar, words: tuple[str, ...], expected: str) -> None:
    refused(aitbar(*words, TELEGRAM_TOKEN=TOKEN), expected)


# -- 3: one run at a time -------------------------------------------------------------------------------


def test_a_second_run_is_refused_before_it_speaks_to_telegram(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"  # nobody answers there, and one would wait for a minute
    with kept(tmp_path) as store, store.only_one():
        done = process(tmp_path, "run", TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=nowhere)
    refused(done, "Another `aitbar run` already works with this database")
    assert "Telegram does not answer" not in done.stderr
