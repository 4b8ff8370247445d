"""`aitbar run` in which every interview draws the same seed, so that a talk can be written down: the order of
sections and options, and the arm, are the same whenever it is played. All other chance is the system's."""

from __future__ import annotations

import secrets
import sys

from bot import nature
from bot.cli import main
from bot.turn import SEED_BYTES

SEED = 3
COMMAND = (sys.executable, "-m", "tests.conversations.seeded", "run")


class _Chance(secrets.SystemRandom):
    """The system's chance, but for seeds."""

    def randbytes(self, n: int) -> bytes:
        return SEED.to_bytes(n) if n == SEED_BYTES else super().randbytes(n)


class _Nature(nature.Nature):
    chance = _Chance()


if __name__ == "__main__":
    with nature.replaced(_Nature()):
        main()
