"""Simulated people answer on their phones: they read the screen and press buttons, and know nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

from bot.core.flow import LANGUAGE_NAMES, SPECIAL_PHRASES
from bot.core.questions import TYPES
from bot.core.survey import SPECIALS, Answer, Question, Survey
from bot.demo.model import Villager
from bot.emulator.person import Message, NoSuchButton, Person, Screen
from bot.files.phrases import Phrases, directed

PIPE = re.compile(r"\$\{[a-z][a-z0-9_]*\}")

_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069"))

FIRST_ID = 7_100_000_001
AT_ONCE = 30
"""Phones that are answered at the same time: most of an interview is waiting, for the bot or for each other."""

IDLE = 0.05
"""Seconds of rest that end a look at the screen: shorter ones look twice, and looking is what costs."""

PATIENCE = 100  # tenths of a second


async def answer_all(
    url: str,
    wave: str,
    survey: Survey,
    phrases: Phrases,
    people: Sequence[Villager],
    told: Callable[[int], None],
) -> None:
    """Everybody answers, AT_ONCE at a time; `told` hears how many have finished."""
    turn = asyncio.Semaphore(AT_ONCE)
    finished = 0

    async def one(villager: Villager) -> None:
        nonlocal finished
        async with turn:
            await answer(url, wave, survey, phrases, villager)
        finished += 1
        told(finished)

    await asyncio.gather(*(one(villager) for villager in people))


async def answer(url: str, wave: str, survey: Survey, phrases: Phrases, villager: Villager) -> None:
    """One person opens the link, agrees, answers every question shown, and sends."""
    language = villager.language

    def words(id: str) -> str:
        return phrases.say(language, id)

    person = Person(
        url, FIRST_ID + villager.number, f"Phone {villager.number + 1}", language_code=language, idle=IDLE
    )
    async with person:
        await person.start(wave)
        await _press(person, LANGUAGE_NAMES[language])
        screen = await _press(person, words("button-agree"))
        for _wanted in (wanted for wanted in (survey.tell_result, survey.reminders) if wanted):
            screen = await _press(person, words("button-tell-no"))
        while not _done(screen, words):
            question = _shown(survey, screen.last, language)
            if question is not None:
                screen = await _give(person, question, villager, words)
            while not _done(screen, words) and question is _shown(survey, screen.last, language):
                screen = await person.wait_news(screen.seq)  # the next one is still on its way
        await _press(person, words("button-send"))


def _done(screen: Screen, words: Callable[[str], str]) -> bool:
    """Whether the list of answers is there: it names every question."""
    return words("button-send") in screen.last.labels


async def _press(person: Person, label: str) -> Screen:
    """Press a button as soon as it is there: the bot's answer may still be on its way."""
    patience = PATIENCE
    while True:
        try:
            return await person.press(await _as_it_stands(person, label))
        except NoSuchButton:
            patience -= 1
            if patience == 0:
                raise
            await asyncio.sleep(0.1)


async def _as_it_stands(person: Person, label: str) -> str:
    """The label with its number in front, where a question can be heard and so its answers are numbered."""
    said = (await person.screen()).last
    numbered = re.compile(rf"\W*\d+\W+{re.escape(_bare(label))}")
    return next((shown for shown in said.labels if numbered.fullmatch(_bare(shown))), label)


def _bare(label: str) -> str:
    return label.translate(_MARKS)


def _shown(survey: Survey, message: Message, language: str) -> Question | None:
    """The question on the screen: the one with the most words of its own there; None where there is none."""
    shown = [
        q for q in survey.questions if (words := _words(q, language)) and all(w in message.text for w in words)
    ]
    return max(shown, key=lambda question: len("".join(_words(question, language))), default=None)


def _words(question: Question, language: str) -> list[str]:
    """The words of a question, without the earlier answers in them; none where nobody is asked."""
    said = (words[language] for words in (question.stem, question.ask) if words)
    return [part.strip() for words in said for part in PIPE.split(words) if part.strip()]


async def _give(person: Person, question: Question, villager: Villager, words: Callable[[str], str]) -> Screen:
    answer = villager.answers[question.id]
    kind = TYPES[question.type]
    if question.type == "note":
        return await _press(person, words("button-next"))
    if answer in SPECIALS:
        return await _press(person, words("button-skip" if kind.own_words else SPECIAL_PHRASES[str(answer)]))
    if kind.typed or question.type == "date":
        return await person.say(str(answer))
    labels = [question.option(code).label[villager.language] for code in _codes(question, answer)]
    for label in labels[:-1] if not kind.several else labels:
        await _press(person, directed(villager.language, f"☐ {label}" if kind.several else label))
    return await _press(person, words("button-done") if kind.several else directed(villager.language, labels[-1]))


def _codes(question: Question, answer: Answer) -> Sequence[str]:
    """The options to tap for an answer; the last one of a whole ranking follows by itself."""
    codes = answer if isinstance(answer, tuple) else (str(answer),)
    steps = TYPES[question.type].steps
    return codes if steps is None else [code for at, code in enumerate(codes) if steps.next(question, codes[:at])]
