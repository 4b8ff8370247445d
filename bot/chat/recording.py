"""Recording questions at the desk: what is still to be read out, a voice note in reply, a second pair of ears.

Laws:
1. A voice note is taken only from whoever may record, and only in reply to a question that the desk shows.
2. It is heard in interviews once another coordinator has listened to it and agreed; whoever is alone decides
   alone, as in all acts of two (`acts.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.acts import Shelf
from bot.chat.inbound import Spoken
from bot.chat.said import Said
from bot.chat.studio import Studio, words_of
from bot.core import media, roles
from bot.core.events import Asked
from bot.core.screen import Button, Line, Say, Screen, Text, Value
from bot.core.survey import Survey, worded
from bot.files import attached, recordings
from bot.store import Coordinator, Proposal, Transaction
from bot.store.proposals import RECORD

OFFERED = 40
"""Questions offered at once to be recorded; the others follow when these are done."""

SHOWN_LETTERS = 40


@dataclass(frozen=True)
class Wanted:
    """A voice note that reads out a question of a survey, in a language."""

    survey: str
    question: str
    language: str


class Recording:
    """The screens. `home` is the row that leads back to the desk."""

    def __init__(
        self, shelf: Callable[[], Shelf], studio: Studio, home: Callable[[], tuple[tuple[Button, ...], ...]]
    ) -> None:
        self._shelf = shelf
        self._studio = studio
        self._home = home

    def table(self) -> Mapping[str, tuple[str, Callable[..., Said]]]:
        """What buttons ask for here."""
        return {
            "rec": (roles.RECORD, self._surveys),
            "recin": (roles.RECORD, self._languages),
            "reclist": (roles.RECORD, self._questions),
            "recask": (roles.RECORD, self._question),
        }

    def buttons(self, who: Coordinator) -> list[tuple[Button]]:
        """The way in, for whoever may."""
        if not (self._studio.open and roles.may(who.role, roles.RECORD)):
            return []
        return [(Button(Say("button-desk-record"), Asked("rec")),)]

    def wanted(self, who: Coordinator | None, note: Spoken) -> Wanted | None:
        """What a voice note reads out; None where nothing was asked for, or not of this one."""
        if who is None or not (self._studio.open and roles.may(who.role, roles.RECORD)):
            return None
        for asked in note.about:
            if asked.what == "reclist" and len(asked.values) == 3:
                survey, _document = self._shelf().surveys.get(asked.values[0], (None, None))
                number = int(asked.values[2]) if asked.values[2].isdecimal() else -1
                if survey and asked.values[1] in survey.offered and 0 <= number < len(survey.questions):
                    return Wanted(survey.id, survey.questions[number].id, asked.values[1])
        return None

    def words(self, wanted: Wanted) -> str:
        """Names the words that are read out now. KeyError where they are gone."""
        _, document = self._shelf().surveys[wanted.survey]
        return words_of(document, wanted.question, wanted.language)

    def means(self, who: Coordinator, what: Mapping[str, Any]) -> tuple[Line, ...]:
        """What a second coordinator decides on."""
        survey, _ = self._shelf().surveys.get(what["survey"], (None, None))
        if survey is None or all(question.id != what["question"] for question in survey.questions):
            return ()
        named: dict[str, Value] = {
            "survey": worded(survey.title, who.language),
            "language": Say(f"digest-language-{what['language']}"),
            "question": Text(worded(survey.question(what["question"]).ask, what["language"])),
        }
        return (Say("act-record", named),)

    # -- screens --------------------------------------------------------------------------------------

    def _surveys(self, _tx: Transaction, who: Coordinator, _values: tuple[str, ...], _now: datetime) -> Said:
        rows = tuple(
            (Button(Text(worded(survey.title, who.language)), Asked("recin", (id,))),)
            for id, (survey, _document) in self._shelf().surveys.items()
        )
        return Said(Screen(who.language, (Say("desk-record-survey"),), (*rows, *self._home())))

    def _languages(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, _ = self._shelf().surveys[values[0]]
        rows = tuple(
            (Button(Say(f"digest-language-{language}"), Asked("reclist", (survey.id, language))),)
            for language in survey.offered
        )
        return Said(Screen(who.language, heard_lines(survey), (*rows, *self._home())))

    def _questions(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        survey, language = self._survey(values)
        missing = [
            (number, question)
            for number, question in enumerate(survey.questions)
            if question.ask and not media.is_hash(question.audio.get(language, ""))
        ]
        rows = tuple(
            (
                Button(
                    Say("option-numbered", {"number": number + 1, "label": Text(_short(question.ask[language]))}),
                    Asked("recask", (survey.id, language, str(number))),
                ),
            )
            for number, question in missing[:OFFERED]
        )
        say = Say("desk-record-list", {"n": len(missing), "language": Say(f"digest-language-{language}")})
        return Said(Screen(who.language, (say,), (*rows, *self._home())))

    def _question(self, _tx: Transaction, who: Coordinator, values: tuple[str, ...], _now: datetime) -> Said:
        """What is to be read out; its button says of which question a reply is."""
        survey, language = self._survey(values)
        question = survey.questions[int(values[2])]
        _, document = self._shelf().surveys[survey.id]
        said = next(one for one in document["questions"] if one["id"] == question.id)
        ask, *options = attached.spoken(document, said, language)
        lines: list[Line] = [Say("desk-record-ask", {"seconds": recordings.MOST_SECONDS}), Text(ask)]
        lines += [
            Say("option-numbered", {"number": number, "label": Text(label)}, language=language)
            for number, label in enumerate(options, start=1)
        ]
        back = (Button(Say("button-desk-record-list"), Asked("reclist", (survey.id, language, values[2]))),)
        return Said(Screen(who.language, tuple(lines), (back, *self._home())))

    def _survey(self, values: tuple[str, ...]) -> tuple[Survey, str]:
        survey, _ = self._shelf().surveys[values[0]]
        if values[1] not in survey.offered:
            raise ValueError(values[1])
        return survey, values[1]


def listened(tx: Transaction, who: Coordinator, one: Proposal) -> str:
    """This coordinator listens to what waits, and may agree to it from now on; returns the recording.

    KeyError for another act.
    """
    if one.act != RECORD:
        raise KeyError(one.id)
    heard = sorted({*one.what["heard"], str(who.chat)})
    tx.proposals.remember(one.id, {**one.what, "heard": heard})
    return str(one.what["recording"])


def has_heard(one: Proposal, who: Coordinator) -> bool:
    """True for every act but a recording that this coordinator has not listened to."""
    return one.act != RECORD or str(who.chat) in one.what["heard"]


def heard_lines(survey: Survey) -> tuple[Line, ...]:
    """How many questions can be heard, a line for each language."""
    return tuple(
        Say("desk-heard", {"n": n, "total": total, "language": Say(f"digest-language-{language}")})
        for language, (n, total) in media.heard(survey).items()
    )


def _short(words: str) -> str:
    return words if len(words) <= SHOWN_LETTERS else f"{words[: SHOWN_LETTERS - 1]}…"
