"""The only file that sees a member's Telegram id; what leaves it is a way to make tags, nothing else."""

from __future__ import annotations

from bot.store import tag
from bot.turn import Who

ID_BYTES = 8


def who(user_id: int) -> Who:
    """A person as the rest of the house knows them: HMAC under a wave's key, one tag for each slot."""
    packed = user_id.to_bytes(ID_BYTES, "big", signed=True)

    def make(wave_key: bytes, slot: int) -> bytes:
        return tag(wave_key, packed + bytes([slot]))

    return Who(make)
