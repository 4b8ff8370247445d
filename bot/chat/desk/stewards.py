"""What a steward finds at the desk: sealed files of own words, and nothing beside them."""

from __future__ import annotations

from datetime import datetime

from bot.chat.desk.around import HOME, Around, Table, found, seen
from bot.chat.said import Said
from bot.core import roles
from bot.core.events import Asked
from bot.core.screen import Button, Code, Say, Screen, Text
from bot.core.survey import worded
from bot.files.phrases import latin
from bot.store import Coordinator, Transaction, Wave, own_words

LARGEST_SEALED = 36_000_000
"""Bytes of sealed answers that fit, as letters, into a file that a bot may send (Bot API: 50 MB)."""


class Stewards:
    """The screens and files."""

    def __init__(self, at: Around) -> None:
        self._at = at

    def table(self) -> Table:
        """What buttons ask for here."""
        return {"words": (roles.READ, self._open_answers)}

    def home(self, tx: Transaction, who: Coordinator) -> Screen:
        """What a steward finds: the waves that ask for own words, and nothing of their figures."""
        rows = [
            (Button(Text(f"{worded(w.survey.title, who.language)} ({w.id})"), Asked("words", (w.id,))),)
            for w in seen(tx, who)
            if own_words(w.survey)
        ]
        language = (Button(Say("button-desk-language"), Asked("lang")),)
        return Screen(who.language, (Say("desk-steward"),), (*rows, language))

    def _open_answers(self, tx: Transaction, who: Coordinator, values: tuple[str, ...], now: datetime) -> Said:
        """The released own words of a wave as one sealed file."""
        wave = found(tx, who, values[0])
        if tx.waves.open_answers_size(wave.id) > LARGEST_SEALED:
            return Said(Screen(who.language, (_too_large(wave, who.language),), HOME))
        content = tx.waves.open_answers(wave.id)
        if content is None:
            say = Say("desk-open-answers-none", {"k": wave.terms.k})
            return Said(Screen(who.language, (say,), HOME))
        tx.desk.note(f"coordinator {who.chat}", "open answers", f"wave {wave.id}", now)
        name = f"open-answers-{wave.id}.json"
        caption = self._at.words.say(
            who.language,
            "desk-open-answers-caption",
            survey=worded(wave.survey.title, who.language),
            wave=latin(wave.id),
            command=latin(f"aitbar steward read {name}"),
        )
        return Said(None, file=content, file_name=name, caption=caption)


def _too_large(wave: Wave, language: str) -> Say:
    """Own words and voices that no message can carry."""
    command = Code(f"aitbar opentext {wave.id} --out FILE")
    title = Text(worded(wave.survey.title, language))
    return Say("desk-open-answers-large", {"survey": title, "wave": Code(wave.id), "command": command})
