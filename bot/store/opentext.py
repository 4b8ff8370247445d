"""Answers in people's own words: sealed when they are sent, torn from the others when they are released.

Laws:
1. Nothing here is readable on the server: what comes in is sealed before it is written anywhere.
2. In the pool a sealed answer lies beside the others of its person. At release they part: the words get names of
   their own and lie in random order; the response keeps no trace, not even whether there were any.
3. Only the code of their person finds them again (thash), and only to delete them.
4. What a steward gets tells no block, no group and no order, and nothing of a question that fewer than k answered.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, delete, insert, select

from bot import nature
from bot.core.questions import TYPES, text
from bot.core.steward_key import written
from bot.core.survey import NOT_REACHED, Answer, Survey
from bot.store import tables as t
from bot.store.sealing import SealTrouble, public_of, seal, unseal

FORMAT = "aitbar open answers 1"
"""The first thing that the file for a steward says."""


@dataclass(frozen=True)
class Sealed:
    """One sealed answer, and the hash by which the code of its person finds it."""

    box: bytes
    thash: bytes


def own_words(survey: Survey) -> tuple[str, ...]:
    """The questions of a survey that are answered in own words."""
    return tuple(question.id for question in survey.questions if TYPES[question.type].own_words)


def seal_apart(
    survey: Survey, wave: str, key: bytes | None, receipt: str, answers: Mapping[str, Answer]
) -> tuple[dict[str, Answer], dict[str, Sealed]]:
    """The answers with a mark in the place of own words, and those words sealed to the wave's steward."""
    kept, sealed = dict(answers), {}
    for id in own_words(survey):
        question, words = survey.question(id), answers.get(id)
        if words is None or words in (*question.specials, NOT_REACHED):
            continue
        if key is None:
            raise SealTrouble(f"The wave {wave} has no steward's key.")
        room = text.BYTES_A_LETTER * text.longest(question)
        box = seal(key, str(words).encode(), _bound(wave, id), room + 4)
        sealed[id] = Sealed(box, thash(receipt, id))
        kept[id] = text.GIVEN
    return kept, sealed


def without_own_words(survey: Survey, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers without a trace of own words, not even whether they were given or skipped.

    If it were kept, the one response of a block that says so would belong to the one text of that block.
    """
    apart = own_words(survey)
    return {id: answer for id, answer in answers.items() if id not in apart}


def thash(receipt: str, question: str) -> bytes:
    """The hash by which a code finds the words that its holder gave to a question."""
    return hashlib.sha256((receipt + question).encode()).digest()


def dump_sealed(sealed: Mapping[str, Sealed]) -> dict[str, list[str]]:
    """Sealed answers as JSON can hold them."""
    return {id: [_letters(one.box), _letters(one.thash)] for id, one in sealed.items()}


def load_sealed(raw: Mapping[str, Any]) -> dict[str, Sealed]:
    """What `dump_sealed` wrote."""
    return {id: Sealed(base64.b64decode(box), base64.b64decode(hash)) for id, (box, hash) in raw.items()}


# -- in the database --------------------------------------------------------------------------------------


def release(db: Connection, wave: str, block: int, people: Iterable[Mapping[str, Sealed]]) -> None:
    """Write the sealed answers of a block's people under names of their own, in random order."""
    rows = [
        {
            "tid": nature.token(16),
            "wave": wave,
            "block": block,
            "question": question,
            "sealed": one.box,
            "thash": one.thash,
        }
        for person in people
        for question, one in person.items()
    ]
    nature.shuffle(rows)
    if rows:
        db.execute(insert(t.opentext), rows)


def withdraw(db: Connection, receipt: str) -> list[str]:
    """Delete the released words of whoever holds this code; returns the wave of each."""
    questions = list(db.execute(select(t.opentext.c.question).distinct()).scalars())
    hashes = [thash(receipt, question) for question in questions]
    gone = delete(t.opentext).where(t.opentext.c.thash.in_(hashes)).returning(t.opentext.c.wave)
    return list(db.execute(gone).scalars())


def bundle(db: Connection, survey: Survey, wave: str, key: bytes | None, k: int) -> bytes | None:
    """The file for a steward: the released sealed answers of a wave; None where nothing may be told yet.

    They stand in the order of their boxes, which begin with chance: the same answers make the same file.
    """
    questions = []
    for id in own_words(survey):
        query = select(t.opentext.c.sealed).where(t.opentext.c.wave == wave, t.opentext.c.question == id)
        boxes = sorted(db.execute(query).scalars())
        if len(boxes) >= k:
            ask = dict(survey.question(id).ask)
            questions.append({"question": id, "ask": ask, "sealed": [_letters(box) for box in boxes]})
    if key is None or not questions:
        return None
    said = {"format": FORMAT, "wave": wave, "survey": survey.id, "key": written(key), "questions": questions}
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


# -- on the steward's computer ----------------------------------------------------------------------------


def read_bundle(content: bytes, private: X25519PrivateKey) -> list[tuple[Mapping[str, str], list[str]]]:
    """Each question of a steward's file with its answers. SealTrouble when it is none, or not for this key."""
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        meant, wave = said["key"], said["wave"]
        listed = [
            (one["question"], one["ask"], [base64.b64decode(box) for box in one["sealed"]])
            for one in said["questions"]
        ]
    except (ValueError, KeyError, TypeError):
        raise SealTrouble("This is no file of open answers, or it is damaged.") from None
    if meant != written(public_of(private)):
        raise SealTrouble(f"This file was sealed to another key: {meant}")
    return [(ask, [unseal(private, box, _bound(wave, id)).decode() for box in boxes]) for id, ask, boxes in listed]


def _bound(wave: str, question: str) -> bytes:
    return f"aitbar open answer|{wave}|{question}".encode()


def _letters(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
