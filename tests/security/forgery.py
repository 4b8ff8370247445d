"""Forged taps: whatever a client sends, without the right secret, slot and step nothing changes."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from bot.chat.codec import decode, encode
from bot.chat.outbound import AnswerTap, Show
from bot.core.events import Chose, Event, Finished, ReadOn, Reviewed, Sent, Skipped, Toggled, WentBack
from bot.turn import Grip, Held
from tests.chat.test_updates import AMINA, BILAL, House, agree, data_of, say, tap
from tests.store.sample import kept, open_wave, rows

TABLES = ("ledger", "session", "pool", "response", "wave", "coordinator", "subscription", "audit", "claim_code")
OUR_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-+._"
TOGETHER = 10
PAUSE_SECONDS = 30.0
"""Between the batches, so that it is not the limit on how often one may write that refuses them."""
DESK = ("go", "close", "sure", "open", "review", "every", "home", "digest", "remove", "make")


def forged_taps(first: int, number: int) -> dict[str, int]:
    """Send so many forged taps into an installation with an open interview; counts what changed."""
    with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as store:
        house = House(store)
        wave = open_wave(store)
        shown = next(one for one in house.take(agree(wave)) if isinstance(one, Show))
        held = decode(data_of(shown)[0])
        assert isinstance(held, Held)
        before = _state(house)
        counts = {"forged_taps": 0, "changed": 0, "raised": 0}
        for start in range(first, first + number, TOGETHER):
            forgeries = [
                forged(Random(seed), held.grip, wave)
                for seed in range(start, min(start + TOGETHER, first + number))
            ]
            counts["forged_taps"] += len(forgeries)
            house.clock.now += PAUSE_SECONDS
            out = house.take(*(tap(data, who) for data, who in forgeries))
            counts["raised"] += sum(
                isinstance(one, AnswerTap) and one.hint == say("hint-not-saved") for one in out
            )
            counts["changed"] += _state(house) != before
        return counts


def forged(chance: Random, grip: Grip, wave: str) -> tuple[str, int]:
    """One tap nobody was offered: the data, and whose account sends it."""
    step = chance.randint(2, 9_999)
    stranger = BILAL + chance.randrange(1_000)
    stale: list[Event] = [
        Chose(chance.randrange(4), chance.randrange(4), step),
        Toggled(chance.randrange(4), chance.randrange(4), chance.random() < 0.5, step),
        Finished(chance.randrange(4), step),
        Skipped(chance.randrange(4), "dont_know", step),
        ReadOn(chance.randrange(4), step),
        WentBack(step),
        Reviewed(step),
        Sent(chance.random() < 0.5, step),
    ]
    match chance.randrange(6):
        case 0:  # the person's own secret, a step that is not the present one
            return encode(chance.choice(stale), grip), AMINA
        case 1:  # somebody else's secret, at the right step
            return encode(Chose(0, 0, 1), grip), stranger
        case 2:  # another person of the phone
            return encode(Chose(0, 0, 1), Grip(grip.secret, chance.randint(1, 3))), AMINA
        case 3:  # a secret with one bit turned
            return encode(Chose(0, 0, 1), Grip(_turned(chance, grip.secret), grip.slot)), AMINA
        case 4:  # the desk, by somebody who has none
            values = [
                chance.choice(("trust", wave, "5000", "weekly", "900", "owner"))
                for _ in range(chance.randrange(4))
            ]
            return ":".join(("d", chance.choice(DESK), *values)), stranger
        case _:  # anything at all
            letters = "".join(chance.choice(OUR_LETTERS) for _ in range(chance.randint(0, 56)))
            secret = base64.urlsafe_b64encode(chance.randbytes(16)).rstrip(b"=").decode()
            return chance.choice(("", "v1:", f"v1:{secret}:0:", "d:", "x")) + letters[:20], stranger


def _turned(chance: Random, secret: bytes) -> bytes:
    place = chance.randrange(len(secret) * 8)
    return bytes(byte ^ ((1 << place % 8) if number == place // 8 else 0) for number, byte in enumerate(secret))


def _state(house: House) -> list[Any]:
    return [sorted(map(repr, rows(house.store, f"SELECT * FROM {table}"))) for table in TABLES]  # noqa: S608
