"""A steward's key and a file of sealed answers, as the bot makes it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bot.coding.work import Mark, Work, begin
from bot.core import codes, steward_key
from bot.store.opentext import FORMAT, Bundle, open_bundle
from bot.store.sealing import public_of, seal

STEWARD = X25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = public_of(STEWARD)
K = 5
MARKER = "zebrastory"
"""Stands in every text, and may stand in no file."""


def told(number: int) -> str:
    """What one person wrote."""
    return f"{MARKER} number {number}"


def box(words: bytes, question: str = "more", wave: str = "abcd2345") -> bytes:
    """An answer, sealed."""
    return seal(KEY, words, f"aitbar open answer|{wave}|{question}".encode())


class Village:
    """Answers that come release by release, and the files made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.release = 0
        self.counted: list[str] = []
        self._boxes: list[bytes] = []
        self._sounds: list[bytes] = []

    def answer(self, people: int, sounds: tuple[bytes, ...] = ()) -> None:
        """A release of so many new texts, and of these sounds."""
        self._boxes += [box(told(len(self._boxes) + number).encode()) for number in range(people)]
        self._sounds += [box(sound, "said") for sound in sounds]
        self.release += 1

    def file(self) -> Path:
        """What the bot sends the steward now."""
        question = {
            "question": "more",
            "ask": {"en": "What else?", "ur": "اور کیا؟"},
            "counted": self.counted,
            "sealed": [base64.b64encode(one).decode() for one in sorted(self._boxes)],
        }
        spoken = {
            "question": "said",
            "ask": {"en": "Say it"},
            "spoken": True,
            "counted": [],
            "sealed": [base64.b64encode(one).decode() for one in sorted(self._sounds)],
        }
        said = {
            "format": FORMAT,
            "wave": "abcd2345",
            "survey": "open",
            "key": steward_key.written(KEY),
            "k": K,
            "release": self.release,
            "questions": [question, *([spoken] if self._sounds else [])],
        }
        path = self.folder / "answers.json"
        path.write_text(json.dumps(said))
        return path

    def bundle(self) -> Bundle:
        """The same, opened."""
        return open_bundle(self.file().read_bytes(), STEWARD)

    def work(self, second: bool = False) -> Work:
        """The work on that file, begun or gone on with."""
        path = self.file()
        return begin(self.bundle(), path, self.folder / "coding-abcd2345.json" if second else None)

    def count(self, given: codes.Codes) -> None:
        """The bot takes the codes in."""
        self.counted = sorted({*self.counted, *given.questions["more"].texts})


def code(work: Work, texts: int, *themes: str) -> list[str]:
    """Give so many undecided texts these themes; returns which."""
    names = [name for name in work.names("more") if work.mark("more", name) is None][:texts]
    for name in names:
        work.put("more", name, Mark(frozenset(themes)))
    return names
