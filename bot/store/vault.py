"""Interviews in progress and finished answers: sealed while open, cut loose when sent.

Laws:
1. The vault knows tags, never ids: who hands it a tag has already forgotten whose it is.
2. An interview opens only with the secret that lies in the person's chat; a box under another account, slot,
   wave or version does not open.
3. Sending is one transaction: the mark goes to done exactly once, the answers enter the pool, the box is gone.
4. `submit` takes no identity: nothing in the pool joins a mark.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot import nature
from bot.core.clocks import expiry_day
from bot.core.flow import PLACE_SIZES, Place, write_place
from bot.core.survey import Answer, Clocks
from bot.store import opentext
from bot.store import tables as t
from bot.store.keys import SECRET_BYTES, Keys, derive
from bot.store.opentext import Sealed

PADDED = PLACE_SIZES

NONCE_BYTES = 12

USUAL_CLOCKS = Clocks()
"""When an interview expires, unless its survey says otherwise."""

RECEIPT_DIGITS = 20
"""66 bits: two numbers of ten, which look like phone numbers on somebody else's glance."""


class Vault:
    """The vault over one open transaction. `key_of` names the key of the organisation whose wave it is; empty:
    the server's."""

    def __init__(
        self, connection: Connection, keys: Keys, key_of: Callable[[str], str] = lambda _wave: ""
    ) -> None:
        self._db = connection
        self._keys = keys
        self._key_of = key_of

    # -- the ledger: who took part, under the wave's key ---------------------------------------------

    def mark(self, wave: str, tag: bytes) -> int | None:
        """None for somebody new, 0 for begun, 1 for sent."""
        query = select(t.ledger.c.done).where(t.ledger.c.wave == wave, t.ledger.c.tag == tag)
        done: int | None = self._db.execute(query).scalar()
        return done

    def unmark(self, wave: str, tag: bytes) -> None:
        """Take the mark of somebody whom this survey does not ask."""
        self._db.execute(
            delete(t.ledger).where(t.ledger.c.wave == wave, t.ledger.c.tag == tag, t.ledger.c.done == 0)
        )

    # -- the sealed place -----------------------------------------------------------------------------

    def begin(self, wave: str, tag: bytes) -> bytes:
        """Mark the beginning and draw the secret that only the chat will hold."""
        row = upsert(t.ledger).values(wave=wave, tag=tag, done=0)
        self._db.execute(row.on_conflict_do_nothing())
        return nature.token(SECRET_BYTES)

    def wave_of(self, secret: bytes) -> str | None:
        """The wave of the interview that this secret opens; None when there is none (any more)."""
        query = select(t.session.c.wave).where(t.session.c.loc == _loc(secret))
        wave: str | None = self._db.execute(query).scalar()
        return wave

    def open(self, secret: bytes, wave: str, version: int, tag: bytes) -> Place | None:
        """The place of this person; None when the box is not theirs, or not of this wave and version."""
        query = select(t.session.c.box).where(t.session.c.loc == _loc(secret))
        box: bytes | None = self._db.execute(query).scalar()
        if box is None:
            return None
        try:
            plain = self._cipher(secret, wave).decrypt(
                box[:NONCE_BYTES], box[NONCE_BYTES:], _bound(wave, version, tag)
            )
        except InvalidTag:
            return None
        return load_place(plain)

    def seal(
        self,
        secret: bytes,
        wave: str,
        version: int,
        tag: bytes,
        place: Place,
        today: date,
        clocks: Clocks = USUAL_CLOCKS,
    ) -> None:
        """Keep the place under a fresh nonce."""
        nonce = nature.token(NONCE_BYTES)
        sealed = self._cipher(secret, wave).encrypt(nonce, dump_place(place), _bound(wave, version, tag))
        values = {
            "wave": wave,
            "box": nonce + sealed,
            "expiry_day": expiry_day(clocks, today).isoformat(),
        }
        row = upsert(t.session).values(loc=_loc(secret), **values)
        self._db.execute(row.on_conflict_do_update(index_elements=["loc"], set_=values))

    def drop(self, secret: bytes) -> None:
        """Delete an unfinished interview."""
        self._db.execute(delete(t.session).where(t.session.c.loc == _loc(secret)))

    # -- finished answers -----------------------------------------------------------------------------

    def submit(self, secret: bytes, wave: str, tag: bytes, cell: str, body: str, first: bool) -> bool:
        """Send the answers to the pool; False when this person's answers were there already."""
        done = self._db.execute(
            update(t.ledger)
            .where(t.ledger.c.wave == wave, t.ledger.c.tag == tag, t.ledger.c.done == 0)
            .values(done=1)
        )
        if done.rowcount != 1:
            return False
        self._db.execute(
            insert(t.pool).values(
                rid=nature.token(16),
                wave=wave,
                cell=cell,
                dwell=0,
                first=int(first),
                body=body,
                rhash=_receipt_hash(self.receipt(secret)),
            )
        )
        self.drop(secret)
        return True

    def receipt(self, secret: bytes) -> str:
        """The receipt code: derived, so that it can be shown again after a crash and is stored nowhere."""
        number = int.from_bytes(derive(self._keys.server() + secret, "receipt"), "big")
        return str(number % 10**RECEIPT_DIGITS).zfill(RECEIPT_DIGITS)

    def received(self, secret: bytes) -> str | None:
        """The language of the answers sent with this secret, pending or released; None when there are none."""
        rhash = _receipt_hash(self.receipt(secret))
        for table in (t.pool, t.response):
            body = self._db.execute(select(table.c.body).where(table.c.rhash == rhash)).scalar()
            if body is not None:
                return load_body(body)[1]
        return None

    def withdraw(self, receipt: str) -> str | None:
        """Delete the raw answers of this receipt, pending or released; released counts stay as they are.

        Returns the wave they were of; None where there were none.
        """
        rhash, waves = _receipt_hash(receipt), opentext.withdraw(self._db, receipt)
        for table in (t.pool, t.response):
            gone = delete(table).where(table.c.rhash == rhash).returning(table.c.wave)
            waves += self._db.execute(gone).scalars()
        return next(iter(waves), None)

    def _cipher(self, secret: bytes, wave: str) -> ChaCha20Poly1305:
        own = self._key_of(wave)
        key = self._keys.organisation(own) if own else self._keys.server()
        return ChaCha20Poly1305(derive(key + secret, "key"))


def dump_body(
    answers: Mapping[str, Answer], language: str, texts: Mapping[str, Sealed] | None = None, cohort: str = ""
) -> str:
    """Finished answers as they lie in the pool: in the order of the file, nothing of how they were given.

    `texts` are the answers in own words, sealed, `cohort` the kind of group the person was invited by where that
    is counted; both are there only until the release.
    """
    said: dict[str, Any] = {"language": language, "answers": dict(answers)}
    if texts:
        said["texts"] = opentext.dump_sealed(texts)
    if cohort:
        said["cohort"] = cohort
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def load_body(body: str) -> tuple[dict[str, Answer], str]:
    """Answers and language, as `dump_body` wrote them."""
    plain = json.loads(body)
    return {id: _answer(value) for id, value in plain["answers"].items()}, plain["language"]


def load_texts(body: str) -> dict[str, Sealed]:
    """The sealed words beside the answers, as `dump_body` wrote them."""
    return opentext.load_sealed(json.loads(body).get("texts", {}))


def load_cohort(body: str) -> str:
    """The kind of group beside the answers, as `dump_body` wrote it; empty where there is none."""
    return str(json.loads(body).get("cohort", ""))


def dump_place(place: Place) -> bytes:
    """A place as padded bytes; trailing spaces mean nothing in JSON (RFC 8259)."""
    plain = write_place(place)
    for size in PADDED:
        if len(plain) <= size:
            return plain.ljust(size)
    raise ValueError(f"a place of {len(plain)} bytes is longer than {PADDED[-1]}")


def load_place(plain: bytes) -> Place:
    """The place that `dump_place` wrote."""
    raw: dict[str, Any] = json.loads(plain)
    pending = raw["pending"]
    return Place(
        language=raw["language"],
        at=raw["at"],
        step=raw["step"],
        answers={id: _answer(value) for id, value in raw["answers"].items()},
        picked=tuple(raw["picked"]),
        pending=None if pending is None else _answer(pending),
        marks=tuple(raw["marks"]),
        typed=raw.get("typed", 0),  # interviews sealed by an earlier version have none
        seed=raw.get("seed", 0),
        cohort=raw.get("cohort", ""),
    )


def _answer(value: str | int | float | list[str]) -> Answer:
    return tuple(value) if isinstance(value, list) else value


def _loc(secret: bytes) -> bytes:
    return derive(secret, "loc", 16)


def _bound(wave: str, version: int, tag: bytes) -> bytes:
    """What the box is bound to: it opens for no other wave, version or person."""
    return wave.encode() + b"|" + str(version).encode() + b"|" + tag


def _receipt_hash(receipt: str) -> bytes:
    return hashlib.sha256(receipt.encode()).digest()
