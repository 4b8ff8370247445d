"""Power cuts: what stands on the disk afterwards, against what people had been shown by then.

`power_cuts(folder, number, seed)` lets people answer once, with every write and every word to Telegram logged,
and then cuts the power at `number` moments of that log. `real_power_cuts` kills the bot in the place of a
write, gives it the disk such a cut leaves behind, and people go on. Parts are summed with `+`.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

from bot.chat.codec import decode
from bot.chat.identity import who
from bot.chat.words import text
from bot.core.events import Continued, Sent
from bot.core.screen import Screen
from bot.files.phrases import Phrases
from bot.files.shelf import pinned
from bot.store import KeyTrouble, Store, StoreTrouble, Transaction
from bot.turn import Grip, Held, take
from tests.faults.crowd import QUESTIONS, Alive, Respondent, marker
from tests.faults.disk import Disk
from tests.faults.fire import Counts, counted, open_kill_wave, people, quick, until
from tests.faults.shim import Record, Shim, What
from tests.rig import Rig, id_of, wait_for

SENT = len(QUESTIONS) + 1
"""What a person has answered who was thanked."""

PEOPLE = 30
"""How many answer before the power is cut in all the ways asked for."""

MOST_CHANGES = 60
"""A real cut comes within so many changes of the disk: some five answers."""


@dataclass(frozen=True)
class Promise:
    """What one person was shown: so many answers are kept, and here is the secret that opens them."""

    chat: int
    answered: int
    grip: Grip | None


def power_cuts(folder: Path, number: int, seed: int) -> Counts:
    """Cut the power at `number` moments of one evening of answers; each disk is opened and asked."""
    begun = time.monotonic()
    counts = cuts_of(evening(folder), folder, number, seed)
    return counts + Counts(people=PEOPLE, seconds=time.monotonic() - begun)


def cuts_of(records: list[Record], folder: Path, number: int, seed: int) -> Counts:
    """The same for an evening that is over; after a quarter of the cuts nothing that was not synced is left."""
    chance = random.Random(seed)
    moments = sorted(chance.randrange(len(records)) for _ in range(number))
    disk, promised, counts, done = Disk(), _Promised(), Counts(), 0
    for moment in moments:
        for record in records[done:moment]:
            disk.follow(record)
            promised.follow(record)
        done = moment
        left = disk.after_a_cut(chance if chance.random() < 0.75 else None)
        counts += _asked(folder, left, promised)
    return counts


def real_power_cuts(folder: Path, number: int, seed: int) -> Counts:
    """Kill the bot in the place of a write `number` times; each time it finds what a power cut leaves."""
    begun = time.monotonic()
    with quick(folder) as rig:
        wave = open_kill_wave(rig)
        shim = Shim(folder / "shim", *_watched(rig), log=True)
        rig.env.update(shim.env)
        crowd = asyncio.run(_under_cuts(rig, wave, shim, number, random.Random(seed)))
        return counted(rig, crowd, number, time.monotonic() - begun)


# -- cuts in a log ------------------------------------------------------------------------------------------


def evening(folder: Path) -> list[Record]:
    """Everything that was written and said while people answered, a kill and a clean stop among it."""
    with quick(folder) as rig:
        shim = Shim(folder / "shim", *_watched(rig), log=True)
        rig.env.update(shim.env)
        wave = open_kill_wave(rig)
        asyncio.run(_answer(rig, wave))
        assert rig.stop_bot() == 0
        return list(shim.records())


async def _answer(rig: Rig, wave: str) -> None:
    alive = Alive()
    await asyncio.to_thread(rig.start_bot)
    async with people(rig, wave, alive, most=PEOPLE) as crowd:
        alive.set()
        await until(lambda: len(crowd) >= PEOPLE // 2)
        alive.clear()
        await asyncio.to_thread(rig.kill_bot)
        await asyncio.to_thread(rig.start_bot)
        alive.set()
        await until(lambda: len(crowd) >= PEOPLE)


class _Promised:
    """Reads what the bot said to Telegram; `latest` is what each person had been shown last."""

    def __init__(self) -> None:
        self.latest: dict[int, Promise] = {}
        self.confirmed = 0
        self._said: dict[int, bytes] = {}

    def follow(self, record: Record) -> None:
        """Take one record in."""
        if record.what != What.SAY:
            return
        said = record.data if record.data.startswith(b"POST ") else self._said.get(record.file, b"") + record.data
        self._said[record.file] = said
        promise = _promise(said)
        if promise is not None:
            before = self.latest.get(promise.chat)
            self.confirmed += max(0, promise.answered - (before.answered if before else 0))
            self.latest[promise.chat] = promise


def _promise(said: bytes) -> Promise | None:
    """The promise in a call to Telegram; None when there is none, or when it is not all said yet."""
    head, _, body = said.partition(b"\r\n\r\n")
    if b"/editMessageText " not in head and b"/sendMessage " not in head:
        return None
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if "text" not in fields or f"content-length: {len(body)}" not in head.decode().lower():
        return None
    rows = json.loads(fields.get("reply_markup", "{}")).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    held = [did for b in buttons if isinstance(did := decode(b.get("callback_data", "")), Held)]
    answered = _answered(fields["text"], [button["text"] for button in buttons])
    return None if answered is None else Promise(int(fields["chat_id"]), answered, held[0].grip if held else None)


def _answered(shown: str, labels: Iterable[str] = ()) -> int | None:
    """How many answers a screen says are kept; None when it says nothing of them."""
    if "Thank you" in shown:
        return SENT
    if "Send answers" in labels:
        return len(QUESTIONS)
    return next((i for i, word in enumerate(QUESTIONS) if f"{word} question" in shown), None)


# -- a disk, asked ------------------------------------------------------------------------------------------


def _asked(folder: Path, left: Mapping[str, bytes], promised: _Promised) -> Counts:
    """Start from this disk, and compare what it knows with what was promised."""
    place = folder / "after"
    shutil.rmtree(place, ignore_errors=True)
    _lay(left, folder, place)
    store = Store(f"sqlite:///{place}/data/aitbar.db", place / "keys", pinned)
    try:
        store.prepare()
        with store.transaction() as tx:
            if tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok":
                return _compared(tx, promised)
    except (StoreTrouble, KeyTrouble) as trouble:
        print(trouble)
    finally:
        store.close()
    return Counts(faults=1, unsound=1)


def _compared(tx: Transaction, promised: _Promised) -> Counts:
    rows = tx.connection.exec_driver_sql("SELECT body FROM pool").scalars()
    kept = Counter(tuple(sorted(json.loads(body)["answers"].items())) for body in rows)
    marks = tx.connection.exec_driver_sql("SELECT count(*) FROM ledger WHERE done = 1").scalar()
    assert marks == sum(kept.values()), "who is marked as done has answers, and nobody else"
    forgotten = missing = 0
    for promise in promised.latest.values():
        if promise.answered == SENT:
            missing += _of(promise.chat) not in kept
        elif promise.grip is not None:
            now = _kept(
                take(tx, who(promise.chat), Held(promise.grip, Continued()), datetime.now(UTC), "en").screen
            )
            forgotten += now is None or now < promise.answered
    everybody = {_of(id_of(number)) for number in range(PEOPLE)}
    return Counts(
        faults=1,
        confirmed=promised.confirmed,
        forgotten=forgotten,
        missing=missing,
        doubled=sum(times - 1 for times in kept.values()),
        wrong=len(set(kept) - everybody),
    )


def _kept(screen: Screen | None) -> int | None:
    """How many answers the program itself now says are kept."""
    if screen is None:
        return None
    if any(isinstance(button.does, Sent) for row in screen.rows for button in row):
        return len(QUESTIONS)
    return _answered(text(Phrases.load(), screen))


def _of(chat: int) -> tuple[tuple[str, str], ...]:
    """The answers that name this person."""
    number = next(n for n in range(4 ** len(QUESTIONS)) if id_of(n) == chat)
    return tuple(sorted(marker(number).items()))


# -- real cuts ----------------------------------------------------------------------------------------------


async def _under_cuts(rig: Rig, wave: str, shim: Shim, number: int, chance: random.Random) -> list[Respondent]:
    alive = Alive()
    disk = Disk(*_watched(rig))
    await asyncio.to_thread(rig.start_bot)
    async with people(rig, wave, alive) as crowd:
        for _ in range(number):
            alive.set()
            shim.kill_at(chance.randint(1, MOST_CHANGES))
            await asyncio.to_thread(wait_for, rig.bot_died)
            alive.clear()
            for record in shim.records():
                disk.follow(record)
            for folder in _watched(rig):
                shutil.rmtree(folder)
            _lay(disk.after_a_cut(chance), rig.folder, rig.folder)
            shim.log.write_bytes(b"")
            disk = Disk(*_watched(rig))
            await asyncio.to_thread(rig.start_bot)
        alive.set()
    return crowd


def _watched(rig: Rig) -> tuple[Path, Path]:
    folders = rig.folder / "data", rig.folder / "keys"
    for folder in folders:
        folder.mkdir(mode=0o700, exist_ok=True)
    return folders


def _lay(left: Mapping[str, bytes], folder: Path, place: Path) -> None:
    """Put what is left of `folder` into `place`."""
    for name in ("data", "keys"):
        (place / name).mkdir(mode=0o700, parents=True)
    for path, content in left.items():
        file = place / Path(path).relative_to(folder.resolve())
        file.touch(mode=0o600)
        file.write_bytes(content)
