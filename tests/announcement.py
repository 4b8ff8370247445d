"""News for many through the emulator with Telegram's real limits, while others are in an interview.

The wave has ended eight days ago by the store's own clock, and its words are approved; the bot is the real one.
"""

from __future__ import annotations

import asyncio
import json
import time
from bisect import bisect_left
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.chat.pace import BROADCASTS_A_SECOND
from bot.emulator.person import Person
from bot.files.phrases import Phrases
from bot.files.shelf import pinned
from bot.files.surveys import load
from bot.store import Contact, Entry, Store, Terms, tick
from bot.store.heard import HEARD
from tests.rig import ROOT, TOKEN, Rig, id_of, installed

DAY = timedelta(days=1)
LATENCY = 0.2
"""Seconds that the answer to a message takes, as from Pakistan to Telegram and back."""

PATIENCE = 1.0
"""Seconds after which a reply in an interview counts as late."""

LEAST = 0.95
"""The part of the pace that must be reached."""

TELEGRAM = 30
"""Messages of any second (Bot API FAQ)."""

TALKING = 2
REST = 1.3
LINES = {Phrases.load().say(language, "result-is-there") for language in ("ur", "ps", "en")}


@dataclass
class Counts:
    """What was counted; `slow` is 1 where the pace was not reached."""

    people: int = 0
    missing: int = 0
    doubled: int = 0
    refused: int = 0
    crowded_seconds: int = 0
    slow: int = 0
    late_replies: int = 0
    replies: int = 0
    pace: float = field(default=0.0)
    slowest: float = field(default=0.0)


def announced(folder: Path, people: int, first: int = 0) -> Counts:
    """Tell so many people; the first of them has this number."""
    with installed(folder, AITBAR_TIMEZONE=noon(), AITBAR_LOG_LEVEL="INFO") as rig:
        chats = [id_of(10_000 + first + number) for number in range(people)]
        _make_phones(rig, chats)
        _end_a_wave(rig, chats)
        rig.sim("/sim/limits", {"mode": "real"})
        slow = {"match": {"method": "sendMessage", "count": 0}, "fault": {"delay_s": LATENCY}}
        rig.sim("/sim/faults", slow)
        wave = rig.open_wave("community-trust")
        return asyncio.run(_watched(rig, chats, wave))


def noon() -> str:
    """A time zone in which it is midday now: nothing leaves at night. (In POSIX's names west is positive.)"""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _make_phones(rig: Rig, chats: list[int]) -> None:
    """Everybody has started the bot long ago; what they wrote then is answered."""
    rig.sim(f"/bot{TOKEN}/getMe", {})
    for chat in chats:
        rig.sim("/sim/users", {"id": chat, "first_name": "Person"})
        rig.sim(f"/sim/users/{chat}/send", {"deep_link": ""})
    rig.sim(f"/bot{TOKEN}/deleteWebhook", {"drop_pending_updates": True})


def _end_a_wave(rig: Rig, chats: list[int]) -> None:
    """A wave that all of them want to hear of, ended and with its words approved."""
    example = load(ROOT / "surveys" / "examples" / "tell_result.yaml")
    store = Store(f"sqlite:///{rig.folder}/data/aitbar.db", rig.folder / "keys", pinned)
    begun = datetime.now(UTC) - 10 * DAY
    with closing(store):
        store.prepare()
        with store.transaction() as tx:
            wave = tx.waves.open(example.document, Terms(), begun)
            tx.waves.close(wave)
            languages = ("ur", "ps", "en")
            tx.contacts.keep([(wave, Contact(chat, languages[chat % 3])) for chat in chats])
        for day in (0, 1, 2):
            with store.transaction() as tx:
                tick(tx.waves, tx.desk, begun + day * DAY, UTC)
        with store.transaction() as tx:
            tx.waves.destroy_spent_keys()
            tx.heard.approve(Entry(wave, HEARD, (), {"en": "A lamp will be put up."}), begun.date())


async def _watched(rig: Rig, chats: list[int], wave: str) -> Counts:
    """Let the bot tell them, and two people answer beside it."""
    await asyncio.to_thread(rig.start_bot)
    watch, over = _Watch(rig), asyncio.Event()
    talks = [asyncio.create_task(_talk(rig, number, wave, over)) for number in range(TALKING)]
    await asyncio.to_thread(watch.until_told, len(chats))
    over.set()
    waits = [wait for waits in await asyncio.gather(*talks) for wait in waits]
    return watch.counts(chats, waits)


async def _talk(rig: Rig, number: int, wave: str, over: asyncio.Event) -> list[float]:
    """One who answers and goes back, answers and goes back; returns how long each reply took."""
    waits: list[float] = []
    async with Person(rig.url, id_of(1 + number), "Person", language_code="en", idle=0.02) as person:
        await person.start(wave)
        for label in ("English", "Yes, I agree"):
            await _tap(person, label)
            await asyncio.sleep(REST)
        while not over.is_set():
            first = (await person.screen()).last.buttons[0][0].text
            for label in (first, "Back"):
                waits.append(await _tap(person, label))
                await asyncio.sleep(REST)  # as a person does between two taps
    return waits


async def _tap(person: Person, label: str) -> float:
    """Press a button; returns the seconds until other words stand there."""
    before, begun = (await person.screen()).last.text, time.monotonic()
    await person.press(label, wait=False)
    while (await person.screen()).last.text == before:
        assert time.monotonic() < begun + 20, f"nothing followed {label}"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


class _Watch:
    """Reads the emulator's log as it grows: it forgets the oldest."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._seen = 0
        self._lines: list[tuple[float, int]] = []
        self._messages: list[float] = []
        self._replies: list[float] = []
        self._refused = 0

    def until_told(self, people: int) -> None:
        """Until so many lines have left, or nothing leaves any more."""
        before, quiet = -1, time.monotonic()
        while len(self._lines) < people and time.monotonic() < quiet + 45:
            self._look()
            if len(self._lines) != before:
                before, quiet = len(self._lines), time.monotonic()
            time.sleep(0.5)
        self._look()

    def _look(self) -> None:
        news = self._rig.sim(f"/sim/log?since={self._seen}&kind=call")
        self._seen = max((one["seq"] for one in news), default=self._seen)
        for one in news:
            self._note(one["time"], one["method"].lower(), one["params"], one["reply"])

    def _note(self, moment: float, method: str, params: dict[str, Any], reply: Any) -> None:
        answer = json.loads(reply) if isinstance(reply, str) else reply
        if answer.get("error_code") == 429:
            self._refused += 1
        elif method == "sendmessage":
            self._messages.append(moment)
            if params["text"] in LINES:
                self._lines.append((moment, int(params["chat_id"])))
            else:
                self._replies.append(moment)
        elif method in ("editmessagetext", "answercallbackquery", "deletemessages"):
            self._replies.append(moment)

    def counts(self, chats: list[int], waits: list[float]) -> Counts:
        """What is to be said of it all."""
        told = Counter(chat for _, chat in self._lines)
        moments = sorted(moment for moment, _ in self._lines)
        took = moments[-1] - moments[0]
        beside = sum(moments[0] <= moment <= moments[-1] for moment in self._replies)
        pace = (len(moments) - 1) / (took * BROADCASTS_A_SECOND - beside)
        return Counts(
            people=len(told),
            missing=len(set(chats) - set(told)),
            doubled=sum(n > 1 for n in told.values()),
            refused=self._refused,
            crowded_seconds=crowded(sorted(self._messages)),
            slow=int(pace < LEAST),
            late_replies=sum(wait > PATIENCE for wait in waits),
            replies=len(waits),
            pace=round(pace, 3),
            slowest=round(max(waits), 3),
        )


def crowded(moments: list[float]) -> int:
    """How many seconds, each beginning with one of these, hold more than Telegram takes."""
    return sum(bisect_left(moments, moment + 1.0) - place > TELEGRAM for place, moment in enumerate(moments))


def counted(folder: Path, number: int, first: int) -> dict[str, int]:
    """As the soak counts: whole numbers, and what there is to see beside them printed."""
    counts = asdict(announced(folder, number, first))
    print(
        f"pace {counts.pop('pace')} of 28 a second less replies, slowest reply {counts.pop('slowest')} s",
        flush=True,
    )
    return counts
