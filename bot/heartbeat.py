"""The sign of life of a running bot: a small file that says how it is, and how somebody else judges it.

Laws:
1. It is written as long as the program lives, whatever Telegram or the database do: what it says decides, and
   how old it is tells only whether anybody still writes.
2. It is replaced whole, so a reader finds one or the other, never half of one.
3. It names nobody. When the last scrub was stands nowhere: a scrub follows a submission by seconds, so that
   moment would say when somebody sent their answers. It says only since when a scrub is overdue, to a quarter
   of an hour.
4. A moment that lies ahead counts as far away as one that lies back: a clock that was set must not make a dead
   poller look alive. It is right again with the next message from Telegram.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

FILE = "heartbeat"

BEAT_SECONDS = 10.0

SILENT_SECONDS = 60
"""Six beats missed: a busy disk may swallow one or two."""

UNHEARD_SECONDS = 120
"""A quiet fetch answers after 25 seconds, one that is lost is given up after 35, and another begins within a
minute at most: so two losses in a row are endured, and more are an outage."""

STUCK_SECONDS = 300
"""A reply is given up after four tries, two minutes and a quarter at the very most (10 s to connect and 20 s to
read each time, 14 s between); when Telegram asks to wait that is seldom more than a minute on top."""

TICK_SECONDS = 300
"""The clock ticks every thirty seconds; one tick that sends many summaries may hold up the next for minutes."""

TROUBLE_SECONDS = 30
"""The database waits five seconds for another program; what lasts longer than some tries is no such wait."""

SCRUB_SECONDS = 1800
"""A scrub is due within a minute and tried every few seconds; a reader that holds it up for a quarter of an hour
(since when is known to a quarter only) has forgotten to let go."""


@dataclass(frozen=True)
class Heartbeat:
    """How the bot is. `heard`: the last fetch that Telegram answered, or delivery that came. `oldest_unsent`:
    seconds that the oldest reply has waited. `..._since`: since when a trouble lasts; None without it."""

    written: datetime
    started: datetime
    version: str
    heard: datetime | None = None
    ticked: datetime | None = None
    next_digest: datetime | None = None
    waiting: int = 0
    oldest_unsent: float | None = None
    database_trouble_since: datetime | None = None
    scrub_overdue_since: datetime | None = None


_JSON = TypeAdapter(Heartbeat)


def write(folder: Path, beat: Heartbeat) -> None:
    """Replace the file, readable by its owner alone. Raises OSError when the disk does not take it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{FILE}-", dir=folder)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_JSON.dump_json(beat) + b"\n")
        Path(name).replace(folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(folder: Path) -> Heartbeat | None:
    """The last sign of life; None when there is none, or it is not one of this program's."""
    try:
        return _JSON.validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def remove(folder: Path) -> None:
    """The program ends by itself: there is no life to give a sign of."""
    (folder / FILE).unlink(missing_ok=True)


def wrongs(beat: Heartbeat | None, now: datetime) -> list[str]:
    """What is wrong, a sentence each; empty when the bot is well."""
    if beat is None:
        return ["The bot is not running."]
    silent = _age(beat.written, now)
    if silent > SILENT_SECONDS:
        return [
            f"The bot has given no sign of life for {silent} s: the process is gone or hangs, or its disk is full."
        ]
    found = [
        _unheard(beat, now),
        _lasting(beat.ticked or beat.started, now, TICK_SECONDS, "The clock has not ticked for {} s."),
        _lasting(beat.database_trouble_since, now, TROUBLE_SECONDS, "The database has refused writes for {} s."),
        _lasting(beat.scrub_overdue_since, now, SCRUB_SECONDS, "The scrub has been held up for {} s."),
    ]
    if beat.oldest_unsent is not None and beat.oldest_unsent > STUCK_SECONDS:
        found.append(f"Messages are stuck: the oldest has waited for {int(beat.oldest_unsent)} s.")
    return [sentence for sentence in found if sentence]


def _unheard(beat: Heartbeat, now: datetime) -> str:
    sentence = "Telegram has not been heard for {} s."
    return _lasting(beat.heard or beat.started, now, UNHEARD_SECONDS, sentence)


def _lasting(since: datetime | None, now: datetime, patience: int, sentence: str) -> str:
    if since is None or (age := _age(since, now)) <= patience:
        return ""
    return sentence.format(age)


def _age(moment: datetime, now: datetime) -> int:
    return abs(int((now - moment).total_seconds()))


def as_dict(beat: Heartbeat | None, now: datetime) -> dict[str, object]:
    """The report for programs: whether it is well, what is wrong, and the sign of life itself."""
    wrong = wrongs(beat, now)
    said = None if beat is None else _JSON.dump_python(beat, mode="json")
    return {"healthy": not wrong, "wrong": wrong, "heartbeat": said}
