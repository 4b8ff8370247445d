"""Simulated people answer on their phones: they read the screen and press buttons, and know nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.core.flow import LANGUAGE_NAMES
from bot.core.questions import TYPES
from bot.core.survey import SPECIALS, Question, Survey
from bot.demo.model import Villager
from bot.emulator.person import Message, NoSuchButton, Person, Screen
from bot.files.phrases import Phrases, directed

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
        while words("button-send") not in screen.last.labels:
            question = _shown(survey, screen.last, language)
            if question is not None:
                screen = await _give(person, question, villager, words)
            while question is _shown(survey, screen.last, language):  # the next one is still on its way
                screen = await person.wait_news(screen.seq)
        await _press(person, words("button-send"))


async def _press(person: Person, label: str) -> Screen:
    """Press a button as soon as it is there: the bot's answer may still be on its way."""
    patience = PATIENCE
    while True:
        try:
            return await person.press(label)
        except NoSuchButton:
            patience -= 1
            if patience == 0:
                raise
            await asyncio.sleep(0.1)


def _shown(survey: Survey, message: Message, language: str) -> Question | None:
    """The question on the screen: the longest whose words stand there; None where there is no question."""
    shown = [q for q in survey.questions if q.ask[language].strip() in message.text]
    return max(shown, key=lambda q: len(q.ask[language]), default=None)


async def _give(person: Person, question: Question, villager: Villager, words: Callable[[str], str]) -> Screen:
    answer = villager.answers[question.id]
    if question.type == "note":
        return await _press(person, words("button-next"))
    if answer in SPECIALS:
        return await _press(person, words(f"button-{str(answer).replace('_', '-')}"))
    if isinstance(answer, tuple):
        for code in answer:
            await _press(
                person, directed(villager.language, f"☐ {question.option(code).label[villager.language]}")
            )
        return await _press(person, words("button-done"))
    if TYPES[question.type].typed:
        return await person.say(str(answer))
    return await _press(person, directed(villager.language, question.option(str(answer)).label[villager.language]))
