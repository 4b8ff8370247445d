"""Chats that may be written to, because the person asked for it: sealed, and apart from everything else.

Laws:
1. A box opens with the contact key, or the key of its organisation, alone, for its own row and wave alone; all
   boxes are equally long, so a row tells nothing of its chat, language or wish.
2. Whoever writes or deletes here does so in a transaction that writes no ledger, session or pool: nothing joins
   a contact to an answer.
3. Rows come in random order under random names; a chat is found only by opening the boxes one by one.
4. A row that is for one line is deleted before that is sent: a line may be lost, no trace outlives it. One for
   reminders stays for the next; how far they have come is kept of the wave (`reminders.py`), not of the row.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import Connection, delete, insert, select

from bot import nature
from bot.core.reminders import NEVER
from bot.store import tables as t
from bot.store.heard import CANCELLED
from bot.store.keys import Keys, derive

NONCE_BYTES = 12

FORM = struct.Struct(">Bq3sBB18x")
"""Version, chat, language, wishes as bits, the part of the day for reminders, and room to spare."""

VERSION = 1
RESULT = 1
"""The bit of the wish to be told when the result is out."""

UNSENT_DAYS = 30
"""So many days after a wave's end a contact goes, whether or not its line could be sent."""


@dataclass(frozen=True)
class Contact:
    """Where somebody may be written to, in which language, and what for: when the result is out, or as a
    reminder in this part of the day (`bot/core/reminders.py`). Each wish is a row of its own."""

    chat: int
    language: str
    result: bool = True
    part: int = NEVER


@dataclass(frozen=True)
class Due:
    """A row that comes next. `contact` is None where its box does not open any more."""

    cid: bytes
    contact: Contact | None
    wave: str


class Contacts:
    """The contacts over one open transaction. `key_of` names the key of the organisation whose wave it is; empty:
    the installation's."""

    def __init__(
        self, connection: Connection, keys: Keys, key_of: Callable[[str], str] = lambda _wave: ""
    ) -> None:
        self._db = connection
        self._keys = keys
        self._key_of = key_of
        self._ciphers: dict[str, ChaCha20Poly1305] = {}

    def keep(self, wished: Iterable[tuple[str, Contact]]) -> list[tuple[str, Contact]]:
        """Write the contacts of waves, in random order; a wish that is there is not written twice. Returns the
        new ones."""
        wishes, new = list(wished), []
        there = {(wave, one.chat, one.result) for _, wave, one in self._opened() if one is not None}
        nature.shuffle(wishes)
        for wave, contact in wishes:
            if (wave, contact.chat, contact.result) in there:
                continue
            there.add((wave, contact.chat, contact.result))
            cid = nature.token(16)
            self._db.execute(insert(t.contact).values(cid=cid, wave=wave, box=self._seal(cid, wave, contact)))
            new.append((wave, contact))
        return new

    def forget(self, chat: int, wave: str | None = None, *, reminders_only: bool = False) -> int:
        """Delete the contacts of a chat, of one wave or of all; returns how many there were."""
        found = [
            cid
            for cid, of, one in self._opened()
            if one is not None and one.chat == chat and wave in (None, of) and not (reminders_only and one.result)
        ]
        for cid in found:
            self.take(cid)
        return len(found)

    def due(self, waves: Sequence[str], most: int) -> list[Due]:
        """Contacts of these waves, whose lines may leave (`heard.py`), at most so many, in an order that means
        nothing."""
        query = select(t.contact).where(t.contact.c.wave.in_(waves)).order_by(t.contact.c.cid).limit(most)
        return [Due(row.cid, self._open(row.cid, row.wave, row.box), row.wave) for row in self._db.execute(query)]

    def next_to_remind(self, wave: str, part: int, behind: bytes | None) -> Due | None:
        """The first contact behind another one, in the random order of their names, who chose this part of the
        day; None where there is none."""
        query = select(t.contact).where(t.contact.c.wave == wave).order_by(t.contact.c.cid)
        for row in self._db.execute(query if behind is None else query.where(t.contact.c.cid > behind)):
            contact = self._open(row.cid, row.wave, row.box)
            if contact is not None and contact.part == part:
                return Due(row.cid, contact, row.wave)
        return None

    def take(self, cid: bytes) -> bool:
        """Delete one; True for the one caller whose it was to delete."""
        return bool(self._db.execute(delete(t.contact).where(t.contact.c.cid == cid)).rowcount)

    def drop(self, wave: str) -> None:
        """Delete all of a wave: nobody will be written to."""
        self._db.execute(delete(t.contact).where(t.contact.c.wave == wave))

    def expire(self, today: date) -> None:
        """Delete what could not be sent for a month after the wave's end, what belongs to no wave or to one whose
        lines were cancelled, and at the wave's end whoever did not ask for its result."""
        self._expire_reminders()
        last = (today - timedelta(days=UNSENT_DAYS)).isoformat()
        over = select(t.wave.c.wave).where(t.wave.c.state == "closed", t.wave.c.ended < last)
        known = select(t.wave.c.wave)
        cancelled = select(t.announcement.c.wave).where(t.announcement.c.state == CANCELLED)
        gone = t.contact.c.wave.in_(over) | t.contact.c.wave.not_in(known) | t.contact.c.wave.in_(cancelled)
        self._db.execute(delete(t.contact).where(gone))

    def _expire_reminders(self) -> None:
        ended = set(self._db.execute(select(t.wave.c.wave).where(t.wave.c.state == "closed")).scalars())
        for cid, wave, one in self._opened() if ended else ():
            if wave in ended and one is not None and not one.result:
                self.take(cid)

    def _opened(self) -> list[tuple[bytes, str, Contact | None]]:
        rows = self._db.execute(select(t.contact)).all()
        return [(row.cid, row.wave, self._open(row.cid, row.wave, row.box)) for row in rows]

    def _seal(self, cid: bytes, wave: str, contact: Contact) -> bytes:
        wishes = RESULT if contact.result else 0
        plain = FORM.pack(VERSION, contact.chat, contact.language.encode().ljust(3), wishes, contact.part)
        nonce = nature.token(NONCE_BYTES)
        return nonce + self._cipher(wave).encrypt(nonce, plain, _bound(cid, wave))

    def _open(self, cid: bytes, wave: str, box: bytes) -> Contact | None:
        """None where the key is another one, or the row was tampered with."""
        try:
            plain = self._cipher(wave).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _bound(cid, wave))
        except InvalidTag:
            return None
        _, chat, language, wishes, part = FORM.unpack(plain)
        return Contact(chat, language.decode().strip(), bool(wishes & RESULT), part)

    def _cipher(self, wave: str) -> ChaCha20Poly1305:
        own = self._key_of(wave)
        if own not in self._ciphers:
            key = derive(self._keys.organisation(own), "contact") if own else self._keys.contact()
            self._ciphers[own] = ChaCha20Poly1305(key)
        return self._ciphers[own]


def _bound(cid: bytes, wave: str) -> bytes:
    return cid + b"|" + wave.encode()
