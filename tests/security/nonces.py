"""No nonce is used twice: a nonce that came twice under one key would open both boxes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.core.flow import REVIEW, Place
from bot.store.vault import NONCE_BYTES
from tests.store.sample import TODAY, WOMAN_OF_SWAT, begin, kept, open_wave, tag_of


def nonces(first: int, number: int) -> dict[str, int]:
    """Seal one place so many times; counts nonces that came twice among these writes."""
    seen: set[bytes] = set()
    with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as store:
        wave = open_wave(store)
        with store.transaction() as tx:
            secret = begin(tx, wave, first + 1)
            place = Place("en", REVIEW, answers=WOMAN_OF_SWAT)
            for _ in range(number):
                tx.vault.seal(secret, wave, 1, tag_of(first + 1), place, TODAY)
                box = tx.connection.exec_driver_sql("SELECT box FROM session").scalar()
                assert isinstance(box, bytes)
                seen.add(box[:NONCE_BYTES])
    return {"writes": number, "used_twice": number - len(seen)}
