"""Chats that may be written to, because the person asked for it: sealed, and apart from everything else.

Laws:
1. A box opens with the contact key alone, for its own row and wave alone; all boxes are equally long, so a row
   tells nothing of its chat, language or wish.
2. Whoever writes or deletes here does so in a transaction that writes no ledger, session or pool: nothing joins
   a contact to an answer.
3. Rows come in random order under random names; a chat is found only by opening the boxes one by one.
4. A row is deleted before its line is sent: a line may be lost, no trace outlives it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import Connection, delete, insert, select

from bot import nature
from bot.store import tables as t
from bot.store.keys import Keys

NONCE_BYTES = 12

FORM = struct.Struct(">Bq3sB19x")
"""Version, chat, language, wishes as bits, and room to spare (hours chosen for reminders will need four bytes)."""

VERSION = 1
RESULT = 1
"""The bit of the wish to be told when the result is out."""

UNSENT_DAYS = 30
"""So many days after a wave's end a contact goes, whether or not its line could be sent."""


@dataclass(frozen=True)
class Contact:
    """Where somebody may be written to, in which language, and what for."""

    chat: int
    language: str
    result: bool = True


@dataclass(frozen=True)
class Due:
    """A row whose wave has ended. `contact` is None where its box does not open any more."""

    cid: bytes
    contact: Contact | None


class Contacts:
    """The contacts over one open transaction."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._db = connection
        self._keys = keys

    def keep(self, wished: Iterable[tuple[str, Contact]]) -> None:
        """Write the contacts of waves, in random order; a chat that is there for a wave is not written twice."""
        new = list(wished)
        there = {(wave, one.chat) for _, wave, one in self._opened() if one is not None}
        nature.shuffle(new)
        for wave, contact in new:
            if (wave, contact.chat) in there:
                continue
            there.add((wave, contact.chat))
            cid = nature.token(16)
            self._db.execute(insert(t.contact).values(cid=cid, wave=wave, box=self._seal(cid, wave, contact)))

    def forget(self, chat: int, wave: str | None = None) -> int:
        """Delete the contacts of a chat, of one wave or of all; returns how many there were."""
        found = [
            cid for cid, of, one in self._opened() if one is not None and one.chat == chat and wave in (None, of)
        ]
        for cid in found:
            self.take(cid)
        return len(found)

    def due(self, most: int) -> list[Due]:
        """Contacts whose wave has ended with its last release, at most so many, in an order that means nothing."""
        ended = select(t.wave.c.wave).where(t.wave.c.state == "closed")
        query = select(t.contact).where(t.contact.c.wave.in_(ended)).order_by(t.contact.c.cid).limit(most)
        return [Due(row.cid, self._open(row.cid, row.wave, row.box)) for row in self._db.execute(query)]

    def take(self, cid: bytes) -> bool:
        """Delete one; True for the one caller whose it was to delete."""
        return bool(self._db.execute(delete(t.contact).where(t.contact.c.cid == cid)).rowcount)

    def expire(self, today: date) -> None:
        """Delete what could not be sent for a month after the wave's end, and what belongs to no wave."""
        last = (today - timedelta(days=UNSENT_DAYS)).isoformat()
        over = select(t.wave.c.wave).where(t.wave.c.state == "closed", t.wave.c.ended < last)
        known = select(t.wave.c.wave)
        self._db.execute(delete(t.contact).where(t.contact.c.wave.in_(over) | t.contact.c.wave.not_in(known)))

    def _opened(self) -> list[tuple[bytes, str, Contact | None]]:
        rows = self._db.execute(select(t.contact)).all()
        return [(row.cid, row.wave, self._open(row.cid, row.wave, row.box)) for row in rows]

    def _seal(self, cid: bytes, wave: str, contact: Contact) -> bytes:
        wishes = RESULT if contact.result else 0
        plain = FORM.pack(VERSION, contact.chat, contact.language.encode().ljust(3), wishes)
        nonce = nature.token(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, _bound(cid, wave))

    def _open(self, cid: bytes, wave: str, box: bytes) -> Contact | None:
        """None where the key is another one, or the row was tampered with."""
        try:
            plain = self._cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _bound(cid, wave))
        except InvalidTag:
            return None
        _, chat, language, wishes = FORM.unpack(plain)
        return Contact(chat, language.decode().strip(), bool(wishes & RESULT))

    @cached_property
    def _cipher(self) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(self._keys.contact())


def _bound(cid: bytes, wave: str) -> bytes:
    return cid + b"|" + wave.encode()
