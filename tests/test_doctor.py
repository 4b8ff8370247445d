"""The doctor sees each illness, calls health health, and never makes anything worse.

Promises:
1. Each check is `ok` on a sound installation, and names each thing that can be wrong with what to do.
2. With half of it broken all else is looked at; nothing raises, no secret is printed; exit 1 for what is bad.
3. Nothing is made or changed.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import doctor, heartbeat, nature
from bot.doctor import CHECKS, Finding, Patient
from bot.files.shelf import pinned
from bot.heartbeat import Heartbeat
from bot.store import Contact, Store
from bot.store.engine import PRAGMAS
from tests.postgres import PROGRAM, server
from tests.rig import AITBAR, ROOT, TOKEN, Rig, free_port
from tests.store.sample import kept, open_wave

Spoil = Callable[[Path], None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sound installation with an open wave, no network asked for, and this process in its folder."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AITBAR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AITBAR_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("AITBAR_SURVEYS_DIR", str(_sound_surveys(tmp_path / "sound")))
    old = os.umask(0o077)
    with kept(tmp_path) as store:
        open_wave(store)
        with store.transaction() as tx:
            for act in ("open", "close", "open"):
                tx.desk.note("console", act, "a wave", nature.now())
    yield tmp_path
    os.umask(old)


def _sound_surveys(folder: Path) -> Path:
    """The examples but the one whose second question is left unrecorded on purpose."""
    return shutil.copytree(ROOT / "surveys" / "examples", folder, ignore=shutil.ignore_patterns("listen.yaml"))


def seen(check: str, patient: Patient | None = None) -> list[Finding]:
    """What one check finds."""
    patient = patient or Patient()
    found = doctor._findings(CHECKS[check], patient)
    patient.close()
    return found


def red(check: str, words: str, level: str = "bad", patient: Patient | None = None) -> None:
    """The check finds this, and says what to do."""
    found = [finding for finding in seen(check, patient) if words in finding.what]
    assert [finding.level for finding in found] == [level], seen(check)
    assert found[0].todo


QUIET = (
    "settings",
    ".env",
    "token",
    "time zone",
    "keys",
    "folders",
    "database",
    "log of acts",
    "retention",
    "surveys",
    "fonts",
)


@pytest.mark.parametrize("check", QUIET)
def test_a_sound_installation_is_well(home: Path, check: str) -> None:
    assert [finding.level for finding in seen(check)] == ["ok"], seen(check)


@pytest.mark.parametrize("check", [name for name in CHECKS if name not in ("way to Telegram", "memory")])
def test_an_empty_folder_breaks_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AITBAR_")]:
        monkeypatch.delenv(name)
    found = seen(check)
    assert found
    assert not [finding for finding in found if "itself failed" in finding.what]
    assert list(tmp_path.iterdir()) == [], "nothing was made"


def test_a_look_that_breaks_is_said_and_what_it_found_before_stays() -> None:
    def breaks(_patient: Patient) -> Iterator[Finding]:
        yield doctor.bad("something", "do it")
        raise ZeroDivisionError

    assert [finding.what for finding in doctor._findings(breaks, Patient())] == [
        "something",
        "this look itself failed (ZeroDivisionError)",
    ]


# -- settings and the process ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "check", "words"),
    [
        ("MIN_BLOCK", "3", "settings", "AITBAR_MIN_BLOCK is not right"),
        ("TOKN", "x", "settings", "AITBAR_TOKN is no setting"),
        ("TIMEZONE", "Karachi", "settings", "AITBAR_TIMEZONE is not right"),
        ("TELEGRAM_TOKEN", "x", "token", "no token"),
        ("TELEGRAM_TOKEN", "", "token", "no token"),
    ],
)
def test_wrong_settings(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, check: str, words: str
) -> None:
    monkeypatch.setenv(f"AITBAR_{name}", value)
    red(check, words)


def test_settings_that_others_can_read(home: Path) -> None:
    (home / ".env").write_text("AITBAR_MIN_BLOCK=10\n")
    assert seen(".env")[0].level == "ok"
    (home / ".env").chmod(0o644)
    red(".env", "can be read by others")


def test_root_is_warned_and_an_ordinary_user_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    red("user", "runs as root", "warning")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert seen("user")[0].level == "ok"


def test_memory_that_a_crash_would_write_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(prctl=lambda _: 0))
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, 0))
    assert not [finding for finding in seen("memory") if finding.level == "bad"]
    monkeypatch.setattr(resource, "getrlimit", lambda _: (-1, -1))
    red("memory", "would write memory")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, 0))
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(prctl=lambda _: 1))
    red("memory", "would write memory")


# -- what is kept ---------------------------------------------------------------------------------------


def _page_of_rubbish(home: Path) -> None:
    with (home / "data" / "aitbar.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)


def _another_act(home: Path) -> None:
    with sqlite3.connect(home / "data" / "aitbar.db") as database:
        database.execute("UPDATE audit SET act='nothing' WHERE no=2")


def _a_line_less(home: Path) -> None:
    with sqlite3.connect(home / "data" / "aitbar.db") as database:
        database.execute("DELETE FROM audit WHERE no=2")


def _older(home: Path) -> None:
    with sqlite3.connect(home / "data" / "aitbar.db") as database:
        database.execute("UPDATE alembic_version SET version_num='0000'")


def _a_contact(home: Path) -> None:
    """Somebody asked to hear of a result."""
    with kept(home) as store, store.transaction() as tx:
        tx.contacts.keep([(tx.waves.all()[0].id, Contact(5, "ur"))])


def _contact_key_lost(home: Path) -> None:
    _a_contact(home)
    (home / "keys" / "contact.key").unlink()


def _contact_key_open(home: Path) -> None:
    _a_contact(home)
    (home / "keys" / "contact.key").chmod(0o640)


def _old_answers(home: Path) -> None:
    with sqlite3.connect(home / "data" / "aitbar.db") as database:
        database.execute("UPDATE wave SET state='closed', ended='2001-01-01'")
        database.execute(
            "INSERT INTO response (rid, wave, block, body, rhash) SELECT x'01', wave, 1, '{}', x'02' FROM wave"
        )


def _one_wave_key(home: Path) -> Path:
    return next((home / "keys").glob("wave-*.key"))


@pytest.mark.parametrize(
    ("spoil", "check", "words", "level"),
    [
        (lambda home: (home / "keys").chmod(0o755), "keys", "is open to others", "bad"),
        (lambda home: (home / "keys" / "server.key").chmod(0o644), "keys", "a key cannot be used", "bad"),
        (lambda home: (home / "keys" / "server.key").unlink(), "keys", "no server.key", "bad"),
        (lambda home: shutil.rmtree(home / "keys"), "keys", "no server.key", "bad"),
        (lambda home: _one_wave_key(home).unlink(), "keys", "a key cannot be used", "bad"),
        (lambda home: _one_wave_key(home).write_bytes(b"short"), "keys", "a key cannot be used", "bad"),
        (lambda home: (home / "data").chmod(0o755), "folders", "is open to others", "bad"),
        (lambda home: (home / "data" / "aitbar.db").chmod(0o644), "folders", "is open to others", "bad"),
        (
            lambda home: (home / "data" / "aitbar.db").write_text("notes\n" * 500),
            "database",
            "cannot be used",
            "bad",
        ),
        (_contact_key_lost, "keys", "no contact.key", "bad"),
        (_contact_key_open, "keys", "a key cannot be used", "bad"),
        (_old_answers, "retention", "longer than 24 months", "bad"),
        (_page_of_rubbish, "database", "", "bad"),
        (_older, "database", "its version is 0000", "warning"),
        (_another_act, "log of acts", "was changed or taken out", "bad"),
        (_a_line_less, "log of acts", "was changed or taken out", "bad"),
    ],
)
def test_what_is_kept_and_is_not_as_it_should_be(
    home: Path, spoil: Spoil, check: str, words: str, level: str
) -> None:
    spoil(home)
    red(check, words, level)


def test_a_journal_that_keeps_lines_for_ever_and_one_that_does_not(home: Path) -> None:
    folder = home / "systemd"
    assert [finding.level for finding in seen("journal", Patient(journal=folder))] == ["ok"], "there is none"
    (folder / "journald.conf.d").mkdir(parents=True)
    (folder / "journald.conf").write_text("[Journal]\n#MaxRetentionSec=7day\n")
    red("journal", "as long as it has room", "warning", Patient(journal=folder))
    (folder / "journald.conf.d" / "aitbar.conf").write_text("[Journal]\nMaxRetentionSec=7day\n")
    assert [finding.level for finding in seen("journal", Patient(journal=folder))] == ["ok"]


def test_a_disk_that_is_nearly_full(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((doctor.LEAST_SPACE - 1, "bad"), (doctor.LITTLE_SPACE - 1, "warning")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        red("folders", "are free on the disk", level)


def test_a_log_of_the_database_that_nothing_empties(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "data" / "aitbar.db-wal").write_bytes(b"x" * 100)
    (home / "data" / "aitbar.db-wal").chmod(0o600)
    monkeypatch.setattr(doctor, "LARGE_WAL", 99)
    red("folders", "has grown to", "warning")


def test_pragmas_that_are_not_as_they_must_be(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRAGMAS, "cell_size_check", "ON")
    monkeypatch.setattr("bot.store.engine.PRAGMAS", {k: v for k, v in PRAGMAS.items() if k != "cell_size_check"})
    red("database", "these pragmas are not as they must be: cell_size_check")


# -- what is read ---------------------------------------------------------------------------------------


def test_a_survey_with_mistakes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "mine").mkdir()
    (home / "mine" / "one.yaml").write_text("survey: [")
    monkeypatch.setenv("AITBAR_SURVEYS_DIR", "mine")
    red("surveys", "mistakes in mine")


def test_words_with_mistakes_and_words_that_are_drafts(home: Path) -> None:
    assert {finding.level for finding in seen("words")} <= {"ok", "warning"}
    shutil.copytree(ROOT / "locales", home / "locales")
    (home / "locales" / "ur" / "LC_MESSAGES" / "bot.po").write_text('msgid "x\n')
    assert "bad" in {finding.level for finding in seen("words", Patient(catalogues=home / "locales"))}


def test_fonts_that_are_missing_or_others(home: Path) -> None:
    shutil.copytree(ROOT / "bot" / "assets" / "fonts", home / "fonts")
    patient = Patient(fonts=home / "fonts")
    assert [finding.level for finding in seen("fonts", patient)] == ["ok"]
    with (home / "fonts" / "NotoSans-Bold.ttf").open("ab") as file:
        file.write(b"x")
    (home / "fonts" / "NotoSans-Regular.ttf").unlink()
    red("fonts", "NotoSans-Bold.ttf is not the one", patient=patient)
    red("fonts", "NotoSans-Regular.ttf is missing", patient=patient)


def test_a_bot_that_does_not_run_that_runs_well_and_that_is_ill(home: Path) -> None:
    now = nature.now()
    well = Heartbeat(written=now, started=now, version="1", heard=now, ticked=now)
    heartbeat.write(home / "data", well)
    red("bot", "is not running", "warning")
    with kept(home) as store, store.only_one():
        assert seen("bot")[0].what.startswith("it runs")
        heartbeat.write(home / "data", replace(well, heard=now - timedelta(hours=1)))
        red("bot", "Telegram has not been heard")
        heartbeat.remove(home / "data")
        assert seen("bot")[0].what == "it is just starting"


# -- Telegram -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TELEGRAM_API_URL", "https://no-such-name.invalid", "is not known here (DNS)"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:{closed}", "no connection to Telegram at 127.0.0.1"),
        ("TELEGRAM_API_URL", "https://127.0.0.1:{open}", "no safe connection to Telegram"),
        ("TELEGRAM_PROXY", "socks5://me:hush@127.0.0.1:{closed}", "no connection to the proxy at 127.0.0.1"),
        ("TELEGRAM_PROXY", "http://no-such-name.invalid:8080", "of the proxy is not known"),
    ],
)
def test_each_step_of_the_way_has_its_own_sentence(
    home: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"AITBAR_{name}", value.format(closed=free_port(), open=rig.port))
    red("way to Telegram", words)
    assert "hush" not in str(seen("way to Telegram"))


def at(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the rig's Telegram."""
    monkeypatch.setenv("AITBAR_TELEGRAM_API_URL", rig.url)


@pytest.mark.slow
def test_a_telegram_that_is_well(home: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    at(rig, monkeypatch)
    for check in ("way to Telegram", "Telegram", "webhook", "clock"):
        assert [finding.level for finding in seen(check)] == ["ok"], seen(check)


@pytest.mark.slow
def test_a_token_that_telegram_does_not_know(home: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    at(rig, monkeypatch)
    rig.sim("/sim/faults", {"match": {"method": "getMe", "count": 0}, "fault": {"reply": 401}})
    red("Telegram", "does not know this token")
    red("webhook", "not looked at", "warning")


@pytest.mark.slow
def test_a_telegram_that_breaks_off(home: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    at(rig, monkeypatch)
    rig.sim("/sim/faults", {"match": {"method": "getMe", "count": 0}, "fault": {"drop_reply": True}})
    red("Telegram", "does not answer")


@pytest.mark.slow
def test_a_webhook_that_is_set_while_the_bot_fetches(
    home: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(rig, monkeypatch)
    with urllib.request.urlopen(  # noqa: S310 - our own emulator on loopback
        f"{rig.url}/bot{TOKEN}/setWebhook?url=http://127.0.0.1:9/x"
    ) as reply:
        assert reply.status == 200
    red("webhook", "so nothing can be fetched")
    monkeypatch.setenv("AITBAR_WEBHOOK_URL", "https://elsewhere.example.org")
    red("webhook", "elsewhere, or nowhere", "warning")


@pytest.mark.slow
@pytest.mark.parametrize(("off", "level"), [(60, "warning"), (-60, "warning"), (400, "bad"), (-90_000, "bad")])
def test_a_clock_that_is_wrong(
    home: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch, off: int, level: str
) -> None:
    at(rig, monkeypatch)
    red("clock", "off Telegram's", level, Patient(now=lambda: _later(off)))


def _later(seconds: int) -> datetime:
    return nature.now() + timedelta(seconds=seconds)


# -- the command ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_says_it_all_without_a_secret_and_changes_nothing(rig: Rig) -> None:
    rig.open_wave("community-trust")
    before = _everything(rig.folder)
    done = subprocess.run(
        [*AITBAR, "doctor", "--format", "json"],
        env=rig.env,
        cwd=rig.folder,
        capture_output=True,
        text=True,
        timeout=90,
    )
    found = json.loads(done.stdout)
    assert {row["check"] for row in found} == set(CHECKS)
    assert done.returncode == 0, [row for row in found if row["level"] == "bad"]
    assert TOKEN.partition(":")[2] not in done.stdout + done.stderr
    assert _everything(rig.folder) == before


def _everything(folder: Path) -> dict[str, bytes]:
    kept_files = (path for part in ("data", "keys") for path in sorted((folder / part).rglob("*")))
    return {path.name: path.read_bytes() for path in kept_files if path.suffix in (".db", ".key")}


@pytest.mark.slow
def test_the_command_goes_on_when_half_of_it_is_broken(rig: Rig) -> None:
    rig.open_wave("community-trust")
    (rig.folder / "data" / "aitbar.db").write_text("notes")
    shutil.rmtree(rig.folder / "keys")
    rig.env["AITBAR_TELEGRAM_API_URL"] = f"http://127.0.0.1:{free_port()}"
    done = subprocess.run(
        [*AITBAR, "doctor"], env=rig.env, cwd=rig.folder, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "itself failed" not in done.stdout
    for words in ("bad      database", "bad      keys", "bad      way to Telegram", "ok       fonts"):
        assert words in done.stdout


# -- a server of PostgreSQL -----------------------------------------------------------------------------


@pytest.fixture
def on_a_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The same installation with its database on a server, and a bot that is not running."""
    url = server().url(home / "on a server")
    monkeypatch.setenv("AITBAR_DATABASE_URL", url)
    (home / "data").chmod(0o700)
    store = Store(url, home / "keys", pinned)
    store.prepare()
    return store


def test_a_database_on_a_server_is_well(on_a_server: Store) -> None:
    with closing(on_a_server):
        for check in ("database", "log of acts", "keys", "folders"):
            assert [finding.level for finding in seen(check)] == ["ok"], seen(check)
        red("bot", "not running", "warning")
        with on_a_server.only_one():
            assert "not running" not in seen("bot")[0].what


def test_a_server_that_keeps_more_than_it_should_is_seen(on_a_server: Store) -> None:
    with closing(on_a_server):
        name = on_a_server._url.partition("@/")[2].partition("?")[0]
        server().do(f"ALTER DATABASE {name} SET log_statement = 'all'")
        red("database", "log_statement is all", "warning")


def test_a_server_that_does_not_answer_is_seen_and_not_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AITBAR_DATABASE_URL", "postgresql://somebody:hunter2@localhost:1/base")
    red("database", "cannot be used")
    for check in ("database", "log of acts", "keys", "folders", "bot"):
        said = " ".join(f"{finding.what} {finding.todo}" for finding in seen(check))
        assert not [word for word in ("somebody", "hunter2", "localhost") if word in said]


def test_an_empty_database_on_a_server_is_none_yet(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = server()
    one.do("DROP DATABASE IF EXISTS empty", f"CREATE DATABASE empty OWNER {PROGRAM}")
    monkeypatch.setenv("AITBAR_DATABASE_URL", f"postgresql://{PROGRAM}@/empty?host={one.home}")
    red("database", "not looked at", "warning")
