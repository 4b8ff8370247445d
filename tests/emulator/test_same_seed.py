"""The emulator in process: the same seed and the same acts give the same log, without a socket or real time."""

import asyncio
import hashlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.emulator.clock import Clock
from bot.emulator.phones import Phones
from bot.emulator.post import Answer, Webhook
from bot.emulator.telegram import Telegram
from bot.emulator.wire import Lost
from tests.emulator.conftest import PICTURE, TOKEN

ROOT = Path(__file__).parent.parent.parent
PEOPLE = range(5_000_001, 5_000_006)
BUTTONS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]}


class _NoWaiting(selectors.SelectSelector):
    """Lets the loop's time jump where a real one would wait."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "everybody waits for somebody"
        self.loop.passed += timeout
        self.loop.turns += 1
        assert self.loop.turns < 100_000, "somebody does not let time pass"
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.turns = 0
        selector = _NoWaiting()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.passed


async def play(seed: int) -> list[dict[str, Any]]:
    """Five people and a bot that first polls and then has a webhook, and much that goes wrong."""
    loop = asyncio.get_running_loop()
    hook = _Hook(seed)
    telegram = hook.telegram = Telegram(Clock(lambda: 1_800_000_000.0 + loop.time()), seed=seed, post=hook)
    phones = Phones(telegram.world)
    faults = telegram.world.faults
    faults.plant({"method": "sendMessage", "probability": 0.2, "seed": seed}, {"drop_reply": True})
    faults.plant({"method": "sendMessage", "probability": 0.2, "seed": seed}, {"reply": 429, "retry_after": 2})
    faults.plant({"method": "editMessageText", "probability": 0.3}, {"delay_s": 4})
    faults.plant({}, {"duplicate": 3})
    faults.plant({"probability": 0.5}, {"reorder": {"window": 4, "seed": seed}})
    poller = asyncio.create_task(_poll(telegram))
    await asyncio.sleep(1)
    for person in PEOPLE:
        phones.add(f"Person {person}", person)
        phones.start(person)
    await _talk(phones)
    telegram.clock.advance(3_600)
    await telegram.call(TOKEN, "setWebhook", {"url": "http://127.0.0.1:1/", "max_connections": 2})
    await poller
    await _talk(phones)
    await asyncio.sleep(300)
    await telegram.aclose()
    return telegram.world.log.since(0)


async def _talk(phones: Phones) -> None:
    for number in range(15):
        person = PEOPLE[number % len(PEOPLE)]
        phones.send(person, f"Words {number}")
        await asyncio.sleep(0.7)
        buttons = [message for message in phones.screen(person)["messages"] if message["buttons"]]
        if buttons:
            phones.tap(person, {"row": 0, "col": number % 2})


class _Hook:
    """The program behind the webhook: every third delivery fails."""

    telegram: Telegram

    def __init__(self, seed: int) -> None:
        self._count = seed

    async def __call__(self, _: Webhook, __: Mapping[str, str], body: bytes) -> Answer:
        self._count += 1
        await asyncio.sleep(len(body) / 1_000)
        await _answer(self.telegram, json.loads(body))
        return Answer(500) if self._count % 3 == 0 else Answer(200)


async def _poll(telegram: Telegram) -> None:
    """Until a webhook ends it."""
    offset = 0
    while True:
        body, _ = await telegram.call(TOKEN, "getUpdates", {"offset": offset, "timeout": 30})
        if not body["ok"]:
            return
        for update in body["result"]:
            offset = update["update_id"] + 1
            await _answer(telegram, update)


async def _answer(telegram: Telegram, update: dict[str, Any]) -> None:
    try:
        if "message" in update:
            chat = update["message"]["chat"]["id"]
            await telegram.exchange(
                TOKEN,
                "sendMessage",
                {"chat_id": chat, "text": update["message"]["text"], "reply_markup": BUTTONS},
            )
            await telegram.exchange(TOKEN, "sendPhoto", {"chat_id": chat}, {"photo": PICTURE})
        elif "callback_query" in update:
            tap = update["callback_query"]
            place = {"chat_id": tap["from"]["id"], "message_id": tap["message"]["message_id"]}
            await telegram.exchange(TOKEN, "editMessageText", {**place, "text": tap["data"]})
            await telegram.exchange(TOKEN, "answerCallbackQuery", {"callback_query_id": tap["id"]})
    except Lost:
        return


def played(seed: int) -> list[dict[str, Any]]:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(play(seed))


def fingerprint(seed: int) -> str:
    return hashlib.sha256(json.dumps(played(seed)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_log() -> None:
    log = played(1)

    assert log == played(1)
    assert log != played(2)
    kinds = [entry["kind"] for entry in log]
    assert {"call", "update", "webhook", "fault"} == set(kinds)
    assert len(kinds) > 200


@pytest.mark.slow
def test_another_process_with_other_hashes_gives_it_too() -> None:
    program = "from tests.emulator.test_same_seed import fingerprint; print(fingerprint(3))"
    prints = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(prints) == 1
