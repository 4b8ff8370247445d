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
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, delete, func, insert, select

from bot import nature
from bot.core import codes
from bot.core.questions import TYPES, text, voice
from bot.core.steward_key import written
from bot.core.survey import NOT_REACHED, Answer, Survey
from bot.store import tables as t
from bot.store import themes
from bot.store.sealing import SealTrouble, public_of, seal, unseal

FORMAT = "aitbar open answers 1"
"""The first thing that the file for a steward says."""


_ID = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Sealed:
    """One sealed answer, and the hash by which the code of its person finds it."""

    box: bytes
    thash: bytes


def own_words(survey: Survey) -> tuple[str, ...]:
    """The questions of a survey that are answered in own words."""
    return tuple(question.id for question in survey.questions if TYPES[question.type].own_words)


def spoken(survey: Survey, answers: Mapping[str, Answer]) -> dict[str, voice.Note]:
    """The voice notes among the answers, by their questions."""
    asked = (question for question in survey.questions if TYPES[question.type].spoken and question.id in answers)
    return {q.id: voice.note(answers[q.id]) for q in asked if answers[q.id] not in (*q.specials, NOT_REACHED)}


def seal_apart(
    survey: Survey,
    wave: str,
    key: bytes | None,
    receipt: str,
    answers: Mapping[str, Answer],
    sounds: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[dict[str, Answer], dict[str, Sealed]]:
    """The answers with a mark in the place of own words, and those words sealed to the wave's steward.

    `sounds` are what the voice notes among the answers say, by their questions: KeyError where one is missing.
    """
    kept, sealed = dict(answers), {}
    for id in own_words(survey):
        question, words = survey.question(id), answers.get(id)
        if words is None or words in (*question.specials, NOT_REACHED):
            continue
        if key is None:
            raise SealTrouble(f"The wave {wave} has no steward's key.")
        if TYPES[question.type].spoken:
            box = seal(key, sounds[id], _bound(wave, id), voice.LEAST_ROOM)
        else:
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


def size(db: Connection, wave: str) -> int:
    """How many bytes the released sealed answers of a wave take."""
    taken = select(func.sum(func.length(t.opentext.c.sealed))).where(t.opentext.c.wave == wave)
    return int(db.execute(taken).scalar() or 0)


def bundle(db: Connection, survey: Survey, wave: str, key: bytes | None, k: int) -> bytes | None:
    """The file for a steward: the released sealed answers of a wave; None where nothing may be told yet.

    They stand in the order of their boxes, which begin with chance: the same answers make the same file. Beside
    them stand the latest release that closed a block, and the names of the texts whose themes are counted.
    """
    questions = []
    for id in own_words(survey):
        query = select(t.opentext.c.sealed).where(t.opentext.c.wave == wave, t.opentext.c.question == id)
        boxes = sorted(db.execute(query).scalars())
        if len(boxes) >= k:
            asked = survey.question(id)
            kind = {"spoken": True} if TYPES[asked.type].spoken else {}
            sealed = [_letters(box) for box in boxes]
            here = set(map(codes.name, boxes))
            done = [one for one in themes.texts(db, wave, id) if one in here]
            questions.append({"question": id, "ask": dict(asked.ask), **kind, "counted": done, "sealed": sealed})
    if key is None or not questions:
        return None
    said = {
        "format": FORMAT,
        "wave": wave,
        "survey": survey.id,
        "key": written(key),
        "k": k,
        "release": themes.latest_release(db, wave),
        "questions": questions,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


# -- on the steward's computer ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A question of a steward's file with its answers: `words`, or `sounds` (OGG/Opus) where they were spoken.

    `names` has what each is called, in the same order; `counted` those whose themes are counted already.
    """

    id: str
    ask: Mapping[str, str]
    words: tuple[str, ...] = ()
    sounds: tuple[bytes, ...] = ()
    names: tuple[str, ...] = ()
    counted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Bundle:
    """A steward's file as a whole; `k` and `release` are 0 where an older bot wrote it."""

    wave: str
    k: int
    release: int
    opened: tuple[Opened, ...]


def read_bundle(content: bytes, private: X25519PrivateKey) -> list[Opened]:
    """What a steward's file holds. SealTrouble when it is none, or not for this key."""
    return list(open_bundle(content, private).opened)


def open_bundle(content: bytes, private: X25519PrivateKey) -> Bundle:
    """The same, with what the file says of itself."""
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        meant, wave = said["key"], str(said["wave"])
        k, release = int(said.get("k", 0)), int(said.get("release", 0))
        listed = [
            (
                _named(one["question"]),
                one["ask"],
                bool(one.get("spoken")),
                list(map(base64.b64decode, one["sealed"])),
                frozenset(map(str, one.get("counted", ()))),
            )
            for one in said["questions"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealTrouble("This is no file of open answers, or it is damaged.") from None
    if meant != written(public_of(private)):
        raise SealTrouble(f"This file was sealed to another key: {meant}")
    opened = []
    for id, ask, is_spoken, boxes, counted in listed:
        answers = tuple(unseal(private, box, _bound(wave, id)) for box in boxes)
        words = () if is_spoken else tuple(answer.decode() for answer in answers)
        names = tuple(map(codes.name, boxes))
        opened.append(Opened(id, ask, words, answers if is_spoken else (), names, counted))
    return Bundle(wave, k, release, tuple(opened))


def write_sounds(opened: Iterable[Opened], folder: Path) -> dict[str, list[Path]]:
    """Write the spoken answers into a new folder for this user's eyes only; by question, the files they are in."""
    spoken = [one for one in opened if one.sounds]
    if not spoken:
        return {}
    try:
        folder.mkdir(mode=0o700)
        written: dict[str, list[Path]] = {}
        for one in spoken:
            for number, sound in enumerate(one.sounds, start=1):
                path = folder / f"{one.id}-{number:03d}.ogg"
                path.write_bytes(sound)
                written.setdefault(one.id, []).append(path)
    except OSError as error:
        raise SealTrouble(f"The folder {folder} cannot be written ({error.strerror}). Name a new one.") from None
    return written


def _named(question: Any) -> str:
    """The id of a question: files are named by it, so it leads to no other folder."""
    if not isinstance(question, str) or not _ID.fullmatch(question):
        raise ValueError(question)
    return question


def _bound(wave: str, question: str) -> bytes:
    return f"aitbar open answer|{wave}|{question}".encode()


def _letters(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
