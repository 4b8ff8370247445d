"""The sign of life: what it says decides, not that somebody still writes it.

Promises:
1. What was written is read again; whoever else reads finds a whole file, of its owner alone; what is no sign of
   life is none.
2. Each kind of trouble has its sentence, and each is red only beyond its patience.
3. A clock that was set does not make a dead poller look alive.
4. It names nobody, and not the moment of the last scrub.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import heartbeat
from bot.heartbeat import Heartbeat, wrongs

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WELL = Heartbeat(written=NOW, started=NOW - timedelta(days=1), version="1", heard=NOW, ticked=NOW)


def ago(seconds: float) -> datetime:
    """So many seconds before now."""
    return NOW - timedelta(seconds=seconds)


def test_what_was_written_is_read_again_and_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    full = replace(WELL, next_digest=NOW + timedelta(days=3), waiting=4, oldest_unsent=1.5)
    heartbeat.write(tmp_path, WELL)
    heartbeat.write(tmp_path, full)

    assert heartbeat.read(tmp_path) == full
    assert [path.name for path in tmp_path.iterdir()] == ["heartbeat"]
    assert (tmp_path / "heartbeat").stat().st_mode & 0o777 == 0o600


def test_a_disk_that_takes_nothing_leaves_the_last_sign_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat.write(tmp_path, WELL)
    monkeypatch.setattr(Path, "replace", _full)
    with pytest.raises(OSError, match="No space"):
        heartbeat.write(tmp_path, replace(WELL, waiting=9))

    assert heartbeat.read(tmp_path) == WELL
    assert [path.name for path in tmp_path.iterdir()] == ["heartbeat"]


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[1]", b'{"written": "yesterday"}'])
def test_what_is_no_sign_of_life_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "heartbeat").write_bytes(content)
    assert heartbeat.read(tmp_path) is None
    heartbeat.remove(tmp_path)
    heartbeat.remove(tmp_path)
    assert heartbeat.read(tmp_path) is None


def test_a_bot_that_is_well_has_nothing_wrong() -> None:
    assert wrongs(WELL, NOW) == []
    assert wrongs(replace(WELL, heard=None, ticked=None, started=ago(60)), NOW) == [], "it has just begun"


def test_no_bot_at_all() -> None:
    assert wrongs(None, NOW) == ["The bot is not running."]


@pytest.mark.parametrize(
    ("beat", "sentence"),
    [
        (replace(WELL, written=ago(61)), "no sign of life for 61 s"),
        (replace(WELL, heard=ago(121)), "Telegram has not been heard for 121 s"),
        (replace(WELL, heard=None, started=ago(121)), "Telegram has not been heard for 121 s"),
        (replace(WELL, ticked=ago(301)), "The clock has not ticked for 301 s"),
        (replace(WELL, oldest_unsent=301.0), "the oldest has waited for 301 s"),
        (replace(WELL, database_trouble_since=ago(31)), "The database has refused writes for 31 s"),
        (replace(WELL, scrub_overdue_since=ago(1801)), "The scrub has been held up for 1801 s"),
    ],
)
def test_each_trouble_is_red_beyond_its_patience_and_has_its_sentence(beat: Heartbeat, sentence: str) -> None:
    (said,) = wrongs(beat, NOW)
    assert sentence in said
    assert heartbeat.as_dict(beat, NOW)["healthy"] is False


@pytest.mark.parametrize(
    "beat",
    [
        replace(WELL, written=ago(60)),
        replace(WELL, heard=ago(120)),
        replace(WELL, ticked=ago(300)),
        replace(WELL, oldest_unsent=300.0),
        replace(WELL, database_trouble_since=ago(30)),
        replace(WELL, scrub_overdue_since=ago(1800)),
    ],
)
def test_what_lasts_no_longer_than_the_patience_is_no_trouble(beat: Heartbeat) -> None:
    assert wrongs(beat, NOW) == []


def test_a_clock_set_back_by_a_day_does_not_make_a_dead_poller_look_alive() -> None:
    dead = replace(WELL, heard=NOW + timedelta(days=1))
    assert "Telegram has not been heard" in wrongs(dead, NOW)[0]


def test_it_names_nobody_and_no_moment_of_a_scrub() -> None:
    assert {field.name for field in fields(Heartbeat)} == {
        "written",
        "started",
        "version",
        "heard",
        "ticked",
        "next_digest",
        "waiting",
        "oldest_unsent",
        "database_trouble_since",
        "scrub_overdue_since",
    }
