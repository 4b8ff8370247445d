"""The front door, as an operator meets it: plain sentences, in a process of its own where that matters.

Promises:
1. Help and `check` are quick: they load neither the way to Telegram nor the database.
2. Whatever is wrong - settings, token, key, database, survey, arguments - is said in a clear sentence, with an
   exit code that is not 0 and never a traceback.
3. A second `run` is refused before it says a word to Telegram.
4. Nothing of what is in memory can reach the disk: no command can be dumped.
5. Invitations, rows and figures: what the console says of a cohort never tells how many came; rows leave by codes
   only, figures without.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pyreadstat
import pytest
from pypdf import PdfReader
from sqlalchemy import update
from typer.testing import CliRunner

from bot import nature
from bot.cli import app
from bot.files.shelf import pinned
from bot.store import Entry
from bot.store.heard import HEARD
from bot.store.tables import running_sum
from tests.powerless import powerless
from tests.store.sample import START, TODAY, kept, rows, send_many

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
HEAVY = ("telegram", "sqlalchemy", "aiohttp", "alembic", "pandas", "pyreadstat", "xlsxwriter")


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


def test_a_folder_nobody_may_write_to(aitbar: Aitbar, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    with powerless():
        refused(aitbar("wave", "list"), "aitbar.db cannot be used")


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/aitbar"])
def test_an_address_of_no_database(aitbar: Aitbar, url: str) -> None:
    refused(aitbar("wave", "list", DATABASE_URL=url), "sqlite:///data/aitbar.db")


def test_a_server_that_is_not_there(aitbar: Aitbar, tmp_path: Path) -> None:
    url = "postgresql://somebody:hunter2@localhost:1/aitbar"
    for words in (("wave", "list"), ("backup", str(tmp_path / "b")), ("doctor",)):
        done = aitbar(*words, DATABASE_URL=url)
        refused(done, "cannot be reached")
        assert "hunter2" not in done.stdout + done.stderr


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
        (("wave", "pause", "nosuch"), "There is no wave 'nosuch'"),
        (("wave", "resume", "nosuch"), "There is no wave 'nosuch'"),
        (("wave", "extend", "nosuch", "--until", "2027-01-01", "--yes"), "There is no wave 'nosuch'"),
        (("wave", "extend", "x", "--until", "later", "--yes"), "'later' is no moment"),
        (("rehearse", "nosuch", "--population", "100"), "There is no survey 'nosuch'"),
        (("rehearse", "x", "--population", "100", "--answers", "101"), "--answers is 1 to 100"),
        (("rehearse", "x", "--population", "100", "--lang", "xx"), "--lang ur, ps or en"),
        (("digest", "nosuch"), "There is no wave 'nosuch'"),
        (("digest", "x", "--lang", "xx"), "--lang is ur, ps or en"),
        (("digest", "x", "--format", "png", "--picture", "pie"), "--picture is bars"),
        (("digest", "x", "--picture", "bars"), "--picture is bars"),
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


def test_the_memory_of_no_command_reaches_the_disk(tmp_path: Path) -> None:
    looks = (
        "import ctypes, resource, runpy\n"
        "from bot import cli\n"
        "def app():\n"
        "    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
        "cli.app = app\n"
        "runpy.run_module('bot', run_name='__main__')\n"
    )
    done = python(tmp_path, "-c", looks)
    assert (done.returncode, done.stdout.strip()) == (0, "(0, 0) 0"), done.stderr


def test_a_started_command_finds_that_it_cannot_be_dumped(tmp_path: Path) -> None:
    done = process(tmp_path, "doctor", "--format", "json", TELEGRAM_API_URL="http://127.0.0.1:9")
    memory = [row["what"] for row in json.loads(done.stdout) if row["check"] == "memory"]
    assert memory
    assert not any("would write memory" in what for what in memory), memory


def test_a_second_run_is_refused_before_it_speaks_to_telegram(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"  # nobody answers there, and one would wait for a minute
    with kept(tmp_path) as store, store.only_one():
        done = process(tmp_path, "run", TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=nowhere)
    refused(done, "Another `aitbar run` already works with this database")
    assert "Telegram does not answer" not in done.stderr


# -- 4: invitations and rows ----------------------------------------------------------------------------


def test_invitations_from_the_console(aitbar: Aitbar) -> None:
    choice = ("wave", "open", "example-choice", "--population", "1000", "--yes")
    refused(aitbar(*choice, "--k", "9"), "--k is 10")
    wave = aitbar(*choice, "--invited", "--k", "12").stdout.split()[1]
    refused(aitbar("invite", wave, "--cohort", "School", "--cap", "23"), "24 people or more")
    made = aitbar("invite", wave, "--cohort", "School", "--cap", "24", "--days", "30")
    assert made.stdout.startswith(f"start {wave}-")
    assert aitbar("invite", "list", wave).stdout == "open     School (other)\n"
    refused(aitbar("invite", "list", "abcdefgh"), "There is no wave")


def test_a_kind_of_group_is_one_of_the_table_and_counting_them_needs_invitations(aitbar: Aitbar) -> None:
    choice = ("wave", "open", "example-choice", "--population", "1000", "--yes")
    refused(aitbar(*choice, "--cohorts"), "only where people come by an invitation: --invited")
    opened = aitbar(*choice, "--invited", "--cohorts")
    assert "The consent and the poster say so" in opened.stderr
    wave = opened.stdout.split()[1]
    invite = ("invite", wave, "--cohort", "Reading room", "--cap", "20")
    refused(aitbar(*invite, "--kind", "person"), "one of these kinds: event, school, women_group")
    assert aitbar(*invite, "--kind", "women_group").stdout.startswith(f"start {wave}-")
    assert aitbar("invite", "list", wave).stdout == "open     Reading room (women_group)\n"


def test_nothing_on_the_console_tells_how_often_a_link_was_used(aitbar: Aitbar, tmp_path: Path) -> None:
    choice = ("wave", "open", "example-choice", "--population", "1000", "--yes")
    wave = aitbar(*choice, "--invited", "--cohorts").stdout.split()[1]
    aitbar("invite", wave, "--cohort", "School", "--cap", "37", "--kind", "school")
    looks = (
        *(("wave", "list"), ("wave", "list", "--format", "json"), ("invite", "list", wave), ("member", "list")),
        *(("audit", "list"), ("audit", "list", "--format", "json"), ("audit", "verify")),
        *(("digest", wave, "--format", form) for form in ("text", "json")),
    )
    seen = []
    for left in (37, 20, 1):
        with closing(sqlite3.connect(tmp_path / "data" / "aitbar.db")) as database, database:
            database.execute("UPDATE invite SET left = ?", (left,))
        told = [aitbar(*look) for look in looks]
        assert [one.returncode for one in told] == [0] * len(told)
        seen.append([(one.stdout, one.stderr) for one in told])
    assert seen[0] == seen[1] == seen[2]
    assert ("open     School (school)\n", "") in seen[0]


def test_rows_leave_the_console_by_codes_only(aitbar: Aitbar, tmp_path: Path) -> None:
    with kept(tmp_path, pinned) as store:
        wave = aitbar("wave", "open", "example-choice", "--population", "1000", "--yes").stdout.split()[1]
        rows = ("export", wave, "--rows", "--format", "csv", "--out", "out")
        refused(aitbar("export", wave), "--out DIR", "--rows")
        refused(aitbar(*rows[:3], "--format", "json-stat"), "csv, xlsx, sav, dta")
        refused(aitbar("export", wave, "--format", "dta"), "csv, xlsx, json-stat")
        refused(aitbar("export", wave, "--approval", "CODE", "--out", "out"), "for --rows")
        refused(aitbar(*rows), "Nothing of the wave")
        send_many(store, wave, range(20), {"way_to_town": "bus"})
        with store.transaction() as tx:
            tx.waves.daily(TODAY)
            tx.waves.daily(TODAY)
            tx.waves.release_due(nature.now() + timedelta(days=8))
        refused(aitbar(*rows), "no coordinator")
        with store.transaction() as tx:
            tx.desk.admit(42, "owner", "en", START)
        assert "asked in the chat" in aitbar(*rows).stdout
        refused(aitbar(*rows, "--approval", "WRONGCODE2"), "A code is wrong")
        refused(aitbar(*rows, "--approval", "WRONGCODE2", "--check", "nothing_such"), "no question in the rows")
        refused(aitbar(*rows, "--approval", "WRONGCODE2", "--lang", "xx"), "--lang is one of")
        with store.transaction() as tx:
            code = tx.proposals.make_code(tx.proposals.waiting(nature.now())[0], 42)
        done = aitbar(*rows, "--approval", code)
        assert "this console counts as the second" in done.stdout
        assert "Nothing was withheld" in done.stdout
        assert len((tmp_path / "out" / "rows.csv").read_text().splitlines()) == 1 + 18
        refused(aitbar(*rows, "--approval", code), "Ask first")
        with store.transaction() as tx:
            assert tx.desk.broken() is None


def test_a_poster_is_written_for_a_wave(aitbar: Aitbar, tmp_path: Path) -> None:
    with kept(tmp_path, pinned):
        wave = aitbar("wave", "open", "example-choice", "--population", "1000", "--yes").stdout.split()[1]
        asked = ("poster", wave, "--bot", "@an_example_bot", "--out", "poster.pdf")
        aitbar(*asked, "--lang", "ps", "--lang", "ur", "--size", "a5", "--until", "2026-12-31")
        front, _behind = PdfReader(tmp_path / "poster.pdf").pages
        assert f"https://t.me/an_example_bot?start={wave}" in front.extract_text()
        assert round(front.mediabox.width / 72 * 25.4) == 148
        refused(aitbar(*asked, "--lang", "xx"), "--lang is one of")
        refused(aitbar(*asked, "--size", "a0"), "--size is a4 or a5")


def test_the_page_for_the_notice_board_is_written_once_its_words_were_approved(
    aitbar: Aitbar, tmp_path: Path
) -> None:
    with kept(tmp_path, pinned) as store:
        wave = aitbar("wave", "open", "example-choice", "--population", "1000", "--yes").stdout.split()[1]
        asked = ("heard", wave, "--lang", "en", "--out", "page.pdf")
        refused(aitbar(*asked), "Nothing was approved yet")
        assert not (tmp_path / "page.pdf").exists()
        with store.transaction() as tx:
            tx.heard.approve(Entry(wave, HEARD, (), {"en": "A road will be built."}), START.date())
        aitbar(*asked, "--size", "a5")
        (page,) = PdfReader(tmp_path / "page.pdf").pages
        assert "A road will be built." in page.extract_text()
        assert round(page.mediabox.width / 72 * 25.4) == 148
        aitbar("heard", wave, "--lang", "ur", "--out", "page.png")
        assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
        refused(aitbar("heard", wave, "--lang", "xx", "--out", "no.pdf"), "--lang is one of")


def test_the_log_of_acts_is_listed_and_says_whether_it_is_whole(aitbar: Aitbar, tmp_path: Path) -> None:
    with kept(tmp_path, pinned) as store:
        assert "0 lines" in aitbar("audit", "verify").stdout
        for wave in ("one", "two"):
            with store.transaction() as tx:
                tx.desk.note("console", "open", f"wave {wave}, alone", START)
        assert [line.split("  ")[-1] for line in aitbar("audit", "list").stdout.splitlines()] == [
            "console: open: wave one, alone",
            "console: open: wave two, alone",
        ]
        assert json.loads(aitbar("audit", "list", "--last", "1", "--format", "json").stdout)[0]["no"] == 2
        whole = aitbar("audit", "verify").stdout
        noted = re.search(r"2:[0-9a-f]{16}", whole)
        assert noted is not None
        assert "2 lines" in aitbar("audit", "verify", "--seen", noted[0]).stdout
        refused(aitbar("audit", "verify", "--seen", "2"), "--seen is what")
        with store.transaction() as tx:
            tx.connection.exec_driver_sql("DELETE FROM audit WHERE no = 2")
        assert "1 lines" in aitbar("audit", "verify").stdout
        refused(aitbar("audit", "verify", "--seen", noted[0]), "is not in the log")
        with store.transaction() as tx:
            tx.connection.exec_driver_sql("UPDATE audit SET what = 'wave three' WHERE no = 1")
        refused(aitbar("audit", "verify"), "Line 1 of the log was changed")


def test_figures_leave_the_console_without_codes_and_say_what_is_not_shown_yet(
    aitbar: Aitbar, tmp_path: Path
) -> None:
    with kept(tmp_path, pinned) as store:
        wave = aitbar("wave", "open", "example-choice", "--population", "1000", "--yes").stdout.split()[1]
        assert "No figure can be shown yet: each needs 10 people" in aitbar("export", wave, "--out", "none").stdout
        send_many(store, wave, range(20), {"way_to_town": "bus"})
        with store.transaction() as tx:
            tx.waves.daily(TODAY)
            tx.waves.daily(TODAY)
            tx.waves.release_due(nature.now() + timedelta(days=8))
    for format, name in (("csv", "figures.csv"), ("xlsx", "figures.xlsx"), ("json-stat", "figures.ps.json")):
        done = aitbar("export", wave, "--format", format, "--out", format)
        assert f"Written to {format}: figures." in done.stdout, done.stderr
        assert (tmp_path / format / name).stat().st_mode & 0o777 == 0o600
    assert '"question","way_to_town","bus","","15",">=90%",">=90%"' in (tmp_path / "csv/figures.csv").read_text()
    refused(aitbar("export", wave, "--out", "csv"), "csv is not empty")


def test_rows_for_spss_leave_with_what_was_withheld_said(aitbar: Aitbar, tmp_path: Path) -> None:
    with kept(tmp_path, pinned) as store:
        survey = str(ROOT / "surveys" / "community-trust.yaml")
        wave = aitbar("wave", "open", survey, "--population", "5000", "--yes").stdout.split()[1]
        for people, age in ((range(12), "b18_24"), (range(20, 23), "b25_29")):
            send_many(store, wave, people, {"district": "swat", "gender": "woman", "age_band": age})
        with store.transaction() as tx:
            tx.waves.daily(TODAY)
            tx.waves.daily(TODAY)
            tx.waves.release_due(nature.now() + timedelta(days=8))
            tx.desk.admit(42, "owner", "en", START)
        rows = ("export", wave, "--rows", "--format", "sav", "--lang", "ps", "--out", "out")
        assert "--format sav" in aitbar(*rows).stdout
        with store.transaction() as tx:
            code = tx.proposals.make_code(tx.proposals.waiting(nature.now())[0], 42)
        done = aitbar(*rows, "--check", "attended,spoke", "--approval", code)
    assert "Withheld, because fewer than 10 people" in done.stdout, done.stderr
    assert "age_band in about 10 rows" in done.stdout
    assert "By group and attended, spoke together nobody is one of fewer than 10" in done.stdout
    assert (tmp_path / "out" / "rows.sav").stat().st_mode & 0o777 == 0o600
    _, about = pyreadstat.read_sav(tmp_path / "out" / "rows.sav")
    assert about.variable_value_labels["gender"][1] == "زنانه"


def test_pictures_and_the_web_page_of_a_wave_are_written_or_it_is_said_why_not(
    aitbar: Aitbar, tmp_path: Path
) -> None:
    with kept(tmp_path, pinned) as store:
        survey = str(ROOT / "surveys" / "community-trust.yaml")
        wave = aitbar("wave", "open", survey, "--population", "5000", "--yes").stdout.split()[1]
        figures = ("digest", wave, "--lang", "ps", "--out", "out")
        refused(aitbar(*figures, "--format", "png", "--picture", "districts"), "لا هېڅ نه شي ښودلے")
        for people, gender in ((range(15), "woman"), (range(20, 35), "man")):
            said = {"district": "swat", "gender": gender, "age_band": "b18_24", "trust_police": "some"}
            send_many(store, wave, people, {**said})
        with store.transaction() as tx:
            tx.waves.daily(TODAY)
            tx.waves.daily(TODAY)
            tx.waves.release_due(nature.now() + timedelta(days=8))
        begins = {}
        for format, picture in (("png", "pairs"), ("pdf", "districts"), ("pdf", ""), ("png", ""), ("html", "")):
            chosen = ("--picture", picture) if picture else ()
            done = aitbar(*figures, "--format", format, *chosen)
            assert done.returncode == 0, done.stderr
            begins[format, picture] = (tmp_path / "out").read_bytes()
        refused(aitbar(*figures, "--format", "png", "--picture", "change"), "د مقابلې د پاره")
    assert begins["html", ""].startswith(b'<!DOCTYPE html>\n<html lang="ps" dir="rtl">')
    assert begins["png", "pairs"].startswith(b"\x89PNG") and begins["pdf", "districts"].startswith(b"%PDF")
    assert begins["png", "pairs"] != begins["png", ""] and begins["pdf", "districts"] != begins["pdf", ""]


def test_sums_that_are_wrong_are_mended_said_and_noted(aitbar: Aitbar, tmp_path: Path) -> None:
    with kept(tmp_path, pinned) as store:
        wave, other = (
            aitbar("wave", "open", "example-choice", "--population", "1000", "--yes").stdout.split()[1]
            for _ in range(2)
        )
        send_many(store, wave, range(20), {"way_to_town": "bus"})
        with store.transaction() as tx:
            tx.waves.daily(TODAY)
            tx.waves.daily(TODAY)
            tx.waves.release_due(nature.now() + timedelta(days=8))
        told = aitbar("digest", wave, "--format", "json").stdout
        assert aitbar("rebuild-counts").stdout == "waves: 2 looked at, mended: none\n"
        with store.transaction() as tx:
            tx.connection.execute(update(running_sum).values(shown=10))
        assert aitbar("digest", wave, "--format", "json").stdout != told
        assert aitbar("rebuild-counts", other).stdout == "waves: 1 looked at, mended: none\n"
        assert aitbar("rebuild-counts").stdout == f"waves: 2 looked at, mended: {wave}\n"
        assert aitbar("digest", wave, "--format", "json").stdout == told
        refused(aitbar("rebuild-counts", "nosuch"), "There is no wave 'nosuch'")
        noted = [what for act, what in rows(store, "SELECT act, what FROM audit ORDER BY no") if "rebuild" in act]
    assert noted == [f"waves {n} looked at, mended: {which}" for n, which in ((2, "none"), (1, "none"), (2, wave))]


def test_a_format_whose_library_is_missing_asks_nobody(
    aitbar: Aitbar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with kept(tmp_path, pinned) as store:
        wave = aitbar("wave", "open", "example-choice", "--population", "1000", "--yes").stdout.split()[1]
        refused(aitbar("export", wave, "--rows", "--format", "sav"), "pyreadstat is not installed", "[export]")
        with store.transaction() as tx:
            assert tx.proposals.waiting(nature.now()) == []


def test_the_console_prints_the_arithmetic_of_small_groups(aitbar: Aitbar) -> None:
    stated = ("--population-of", "district=swat:80", "--population-of", "district=swat/gender=woman:35")
    survey = str(ROOT / "surveys" / "community-trust.yaml")
    opened = aitbar("wave", "open", survey, "--population", "2000", *stated, "--yes")

    assert opened.returncode == 0, opened.stderr
    assert "Swat: about 80 people; a district needs 100 (10 x 10): not shown by itself." in opened.stderr
    assert (
        "Peshawar: about 274 people; a district needs 100 (10 x 10): not shown by itself either" in opened.stderr
    )
    assert "Kohat: about 274 people; a district needs 100 (10 x 10): shown by itself." in opened.stderr
    assert "Each gender: about 666 people; a gender needs 30 (3 x 10): shown by itself." in opened.stderr
    assert "(--leftovers wait)" in opened.stderr


def test_a_community_of_equal_districts_too_small_is_said_in_one_line(aitbar: Aitbar) -> None:
    survey = str(ROOT / "surveys" / "community-trust.yaml")
    opened = aitbar("wave", "open", survey, "--population", "300", "--yes")

    assert opened.stderr.count("a district needs") == 1
    assert "Each district: about 37 people; a district needs 100 (10 x 10): not shown by itself." in opened.stderr
    assert "Too small to show by: district." in opened.stderr


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("swat:80", "should be a group and its people"),
        ("district=swat", "should be a group and its people"),
        ("district=nowhere:80", "is no group whose people can be stated"),
        ("district=swat:2001", "2001 people together, but there are 2000 in all"),
    ],
)
def test_people_of_a_group_that_cannot_be_are_refused(aitbar: Aitbar, stated: str, words: str) -> None:
    survey = str(ROOT / "surveys" / "community-trust.yaml")
    done = aitbar("wave", "open", survey, "--population", "2000", "--population-of", stated, "--yes")

    assert done.returncode != 0
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_a_wave_is_paused_goes_on_and_is_extended_from_the_console(aitbar: Aitbar) -> None:
    until = f"{nature.now() + timedelta(days=10):%Y-%m-%dT12:00}"
    later = f"{nature.now() + timedelta(days=20):%Y-%m-%dT12:00}"
    opening = ("wave", "open", "pulse", "--population", "1000", "--starts-until", until, "--yes")
    wave = aitbar(*opening, TELEGRAM_TOKEN=TOKEN).stdout.split()[1]

    def does(*words: str) -> str:
        done = aitbar("wave", *words, TELEGRAM_TOKEN=TOKEN)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def listed() -> dict[str, object]:
        (one,) = json.loads(does("list", "--format", "json"))
        assert isinstance(one, dict)
        return one

    usual = {"wave": wave, "survey": "pulse", "state": "open", "start": wave, "until": f"{until}+0500"}
    assert listed() == usual
    assert does("pause", wave) == f"paused {wave}"
    assert does("pause", wave) == f"{wave} is paused already"
    assert listed() == {**usual, "paused": True}
    assert "paused" in does("list")
    assert does("resume", wave) == f"{wave} goes on"
    assert does("resume", wave) == f"{wave} is not paused"
    assert f"begin until {later.replace('T', ' ')}" in does("extend", wave, "--until", later, "--yes")
    assert listed() == {**usual, "until": f"{later}+0500"}
    refused(
        aitbar("wave", "extend", wave, "--until", until, "--yes", TELEGRAM_TOKEN=TOKEN),
        f"aitbar wave close {wave}",
    )
    does("close", wave, "--yes")
    for act in (("pause", wave), ("resume", wave), ("extend", wave, "--until", later, "--yes")):
        refused(aitbar("wave", *act, TELEGRAM_TOKEN=TOKEN), f"The wave '{wave}' is not open")
    log = aitbar("audit", "list", TELEGRAM_TOKEN=TOKEN).stdout
    assert re.findall(r"console: (\w+):", log) == ["open", "pause", "resume", "extend", "close"], log


def test_a_rehearsal_from_the_console_says_the_same_twice_and_keeps_nothing(
    aitbar: Aitbar, tmp_path: Path
) -> None:
    words = ("rehearse", "pulse", "--population", "300", "--answers", "60", "--out", "picture.png")
    first, again = (aitbar(*words) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    assert first.stdout.count("REHEARSAL, invented answers") == 2
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"], "no database, no key"
    refused(aitbar("rehearse", "pulse", "--population", "29"), "30 are needed")


def test_aims_stated_for_a_wave_are_said_and_kept(aitbar: Aitbar, tmp_path: Path) -> None:
    survey = str(ROOT / "surveys" / "community-trust.yaml")
    said = (
        "--target",
        "women=50",
        "--target",
        "youth=40",
        "--target",
        "district=swat:30",
        "--target",
        "language=ps:60",
    )
    opened = aitbar("wave", "open", survey, "--population", "2000", *said, "--yes")

    assert opened.returncode == 0, opened.stderr
    assert (
        "Aims: women 50 %, youth 40 %, district=swat 30 %, language=ps 60 % of those who answer." in opened.stderr
    )
    with kept(tmp_path, pinned) as store, store.transaction() as tx:
        targets = tx.waves.known(opened.stdout.split()[1]).survey.targets
    assert targets == {"women": 50, "youth": 40, "district=swat": 30, "language=ps": 60}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("women",), "is no aim. Write women=50"),
        (("women=101",), "The aim for 'women' is 101 %."),
        (("district=nowhere:30",), "has no 'district=nowhere'. It has:"),
        (("district=swat:60", "district=kohat:60"), "The aims for every district come to 120 % together."),
        (("language=en:50", "language=ps:30", "language=ur:30"), "The aims for every language come to 110 %"),
        (("women=50", "women=40"), "'women' is stated twice"),
        (tuple(f"district=d{n}:1" for n in range(41)), "41 aims are too many"),
    ],
)
def test_an_aim_that_cannot_be_opens_nothing(aitbar: Aitbar, said: tuple[str, ...], words: str) -> None:
    survey = str(ROOT / "surveys" / "community-trust.yaml")
    options = [part for one in said for part in ("--target", one)]
    done = aitbar("wave", "open", survey, "--population", "2000", *options, "--yes")

    assert done.returncode != 0
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert aitbar("wave", "list", "--format", "json").stdout.strip() == "[]"
