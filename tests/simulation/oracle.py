"""What must hold, found out without the program: by what people saw, what the file holds, what the way carried.

Laws:
1. What a person saw confirmed is kept, once, word for word; what nobody sent is not kept.
2. Every finished answer stands in the pool or among the responses; who took it back stands in neither.
3. A period's summary is one row for each coordinator who asked for it; it arrived once, or says that it may
   have come before; nobody gets one after they were removed.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bot.chat.identity import who
from bot.core.cadence import Cadence
from bot.store import derive
from tests.simulation.network import Shown
from tests.simulation.people import SLIPS, Answers, Person, Wrong, as_kept

AGAIN = "may have reached you before"
LEAST_BLOCK = 5


@dataclass
class Asked:
    """A coordinator's wish for summaries, and when it ended."""

    chat: int
    wave: str
    cadence: Cadence
    since: datetime
    removed: float | None = None
    blocked: bool = False


@dataclass
class Digests:
    """How the summaries fared."""

    due: int = 0
    sent: int = 0
    resent: int = 0
    rows: int = 0


@dataclass
class Kept:
    """What stands in the file, read as a stranger would."""

    pool: list[Answers] = field(default_factory=list)
    responses: list[Answers] = field(default_factory=list)
    done: int = 0
    open_interviews: int = 0
    blocks: list[int] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    digests: list[tuple[int, str, str]] = field(default_factory=list)
    waves: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> Kept:
    """All that the checks need."""
    with closing(sqlite3.connect(folder / "data" / "aitbar.db")) as file:

        def rows(query: str) -> list[Any]:
            return file.execute(query).fetchall()

        kept = Kept(
            pool=[_answers(body) for (body,) in rows("SELECT body FROM pool")],
            responses=[_answers(body) for (body,) in rows("SELECT body FROM response")],
            done=rows("SELECT count(*) FROM ledger WHERE done = 1")[0][0],
            open_interviews=rows("SELECT count(*) FROM session")[0][0],
            blocks=[n for (n,) in rows("SELECT n FROM block")],
            digests=rows("SELECT chat, period, state FROM digest"),
            waves=dict(rows("SELECT wave, state FROM wave")),
            marks=dict(rows("SELECT name, value FROM mark")),
        )
        for question, code, n in rows("SELECT question, code, sum(n) FROM block_count GROUP BY question, code"):
            kept.counts[question, code] = n
        return kept


def _answers(body: str) -> Answers:
    return as_kept(json.loads(body)["answers"])


def owner(answers: Answers) -> int:
    """Whose answers these are, by the number they typed; -1 for a number nobody would type."""
    number = int(str(answers["third"]))
    if number >= SLIPS:
        return (number - SLIPS) // 100
    return number.bit_length() - 1 if number and number & (number - 1) == 0 else -1


# -- answers ----------------------------------------------------------------------------------------------


def check_answers(kept: Kept, people: Sequence[Person], planted: dict[int, Answers], *, ended: bool) -> None:
    """Nothing lost, nothing double, nothing that nobody sent. `ended`: the last release was."""
    found: dict[int, list[Answers]] = {}
    for answers in (*kept.pool, *kept.responses):
        found.setdefault(owner(answers), []).append(answers)
    missing = 0
    for number, answers in planted.items():
        missing += _missing(f"planted {number}", found.pop(number, []), [answers], must=True)
    for person in people:
        rows = found.pop(person.number, [])
        if person.withdrawn and rows:
            raise Wrong(f"person {person.number} took the answers back, and they are still there")
        must = person.done and not person.withdrawing
        missing += _missing(f"person {person.number}", rows, person.sent, must=must)
    # Too few for a block of their own when the wave ends are kept by nobody: that is promised, too.
    if missing >= (LEAST_BLOCK if ended else 1):
        raise Wrong(f"{missing} people were thanked, and their answers are lost")
    if found:
        raise Wrong(f"answers of nobody: {found}")
    if not ended:
        _check_ledger(kept, people)
    _check_blocks(kept, people)


def _missing(who: str, rows: list[Answers], sent: list[Answers], *, must: bool) -> bool:
    """True where answers are not there that must be; raises Wrong for what is there and must not."""
    if len(rows) > 1:
        raise Wrong(f"{who} is counted {len(rows)} times")
    if rows and rows[0] not in sent:
        raise Wrong(f"{who} sent {sent}, and kept is {rows[0]}")
    return must and not rows


def _check_ledger(kept: Kept, people: Sequence[Person]) -> None:
    rows, back = len(kept.pool) + len(kept.responses), sum(person.withdrawing for person in people)
    if not rows <= kept.done <= rows + back:
        raise Wrong(f"{kept.done} people have sent, {rows} answers are there, {back} were taken back")


def _check_blocks(kept: Kept, people: Sequence[Person]) -> None:
    back = sum(person.withdrawing for person in people)
    if not len(kept.responses) <= sum(kept.blocks) <= len(kept.responses) + back:
        raise Wrong(f"blocks of {kept.blocks} people hold {len(kept.responses)} answers, {back} were taken back")
    if any(n < LEAST_BLOCK for n in kept.blocks):
        raise Wrong(f"a block is too small: {kept.blocks}")
    if back:
        return
    again = Counter(code for answers in kept.responses for code in _codes(answers))
    counted = {code: n for code, n in kept.counts.items() if code in again or code[1] in "abcdwxyz"}
    if counted != dict(again):
        raise Wrong(f"counted {counted}, and the answers say {dict(again)}")


def _codes(answers: Answers) -> Iterable[tuple[str, str]]:
    for name in ("first", "fifth"):
        if name in answers:
            yield name, str(answers[name])
    for code in answers["second"]:  # type: ignore[union-attr]
        yield "second", code


def check_steps(folder: Path, wave: str, people: Iterable[Person]) -> None:
    """Whatever step somebody was shown is kept at this moment: the box holds it or a later one, or is gone."""
    server = (folder / "keys" / "server.key").read_bytes()
    key_file = folder / "keys" / f"wave-{wave}.key"
    key = key_file.read_bytes() if key_file.exists() else b""
    with closing(sqlite3.connect(folder / "data" / "aitbar.db")) as file:
        for person in people:
            for secret, interview in person.interviews.items():
                box = box_of(file, secret)
                if box is not None and interview.step:
                    place = opened(box, server, raw(secret), wave, who(person.id).tag(key, 0))
                    if place is not None and place["step"] < interview.step:
                        raise Wrong(
                            f"person {person.number} was shown step {interview.step}, and kept is {place['step']}"
                        )


def raw(secret: str) -> bytes:
    """A secret as a button holds it, in bytes."""
    return base64.urlsafe_b64decode(secret + "==")


def box_of(file: sqlite3.Connection, secret: str) -> bytes | None:
    """The sealed box that this secret opens; None where there is none."""
    row = file.execute("SELECT box FROM session WHERE loc = ?", (derive(raw(secret), "loc", 16),)).fetchone()
    return None if row is None else row[0]


def opened(box: bytes, server: bytes, secret: bytes, wave: str, tag: bytes) -> dict[str, Any] | None:
    """The place in a sealed box; None for a box that is somebody else's (forged secrets)."""
    cipher = ChaCha20Poly1305(derive(server + secret, "key"))
    try:
        plain = cipher.decrypt(box[:12], box[12:], b"|".join((wave.encode(), b"1", tag)))
    except InvalidTag:
        return None
    place: dict[str, Any] = json.loads(plain)
    return place


# -- summaries --------------------------------------------------------------------------------------------


AT_THE_END = "close"
"""The name of the last summary of a wave."""


def dues(cadence: Cadence, since: datetime, now: datetime, zone: Any) -> list[str]:
    """Every moment at which a summary was due, as the day and hour there: reckoned day by day."""
    found: list[str] = []
    local = since.astimezone(zone).replace(hour=cadence.hour, minute=0, second=0, microsecond=0)
    fortnight = 0
    while local <= now.astimezone(zone):
        if local.weekday() == cadence.weekday and local >= since.astimezone(zone):
            first_of_month = local.day <= 7
            if (
                cadence.every == "weekly"
                or (cadence.every == "fortnightly" and fortnight % 2 == 0)
                or (cadence.every == "monthly" and first_of_month)
            ):
                found.append(local.strftime("%Y-%m-%dT%H"))
            fortnight += 1
        local += timedelta(days=1)
    return found


def check_digests(
    kept: Kept,
    asked: Sequence[Asked],
    shown: Sequence[Shown],
    now: datetime,
    latest: datetime,
    zone: Any,
    *,
    ended: bool,
    calm: bool,
) -> Digests:
    """Exactly one row a period; nothing unmarked twice; with `calm`, nothing that is due is missing.

    What was due by the `latest` moment that the clock ever showed may have been sent before it was set back. Once
    the wave has ended, the last summary alone is due, under a name of its own.
    """
    sums = Digests(rows=len(kept.digests))
    for one in asked:
        due = [AT_THE_END] if ended else dues(one.cadence, one.since, now, zone)
        sums.due += bool(due)
        rows = [(period, state) for chat, period, state in kept.digests if chat == one.chat]
        ever = [*dues(one.cadence, one.since, latest, zone), *([AT_THE_END] if ended else [])]
        if strange := [period for period, _ in rows if period not in ever]:
            raise Wrong(f"summaries that were never due: {strange}, due were {ever}")
        arrived = [each for each in shown if each.chat == one.chat and each.method == "sendmessage"]
        marked = [each for each in arrived if AGAIN in each.words]
        if len(arrived) - len(marked) > len(rows):
            raise Wrong(
                f"{len(arrived)} summaries for {len(rows)} periods, and {len(marked)} say that they are second"
            )
        sent = sum(state == "sent" for _, state in rows)
        if sent > len(arrived):
            raise Wrong(f"{sent} summaries are kept as sent, and {len(arrived)} arrived")
        sums.sent += len(arrived)
        sums.resent += len(marked)
        if one.removed is not None and any(each.began > one.removed + 1.0 for each in arrived):
            raise Wrong("a summary was sent to somebody who had been removed")
        if calm and due and one.removed is None and not one.blocked and (due[-1], "sent") not in rows:
            raise Wrong(f"the summary of {due[-1]} is missing: {rows}")
    return sums
