"""People who keep answering while the bot dies and comes back, and who notice what it forgot."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from bot.emulator.person import Message, NoReaction, Person, Screen
from tests.rig import id_of

GREETINGS = ("As-salamu alaykum",)
"""What a new message says before its words are there."""

QUESTIONS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
LABELS = "ABCD"
BEGINS = ("Yes, I agree", "Yes, start over")
MOVED_ON = "earlier step"
PATIENCE = 2.5
"""Seconds after which somebody taps again; a bot that came back has answered long before."""


def marker(number: int) -> dict[str, str]:
    """Six answers that name a person: the number in base four. A lost or doubled one shows in any sum."""
    return {f"q{i + 1}": "abcd"[number // 4**i % 4] for i in range(len(QUESTIONS))}


class Alive(asyncio.Event):
    """Set while the bot lives. `deaths` counts how often it died, so that people know what they cannot know."""

    deaths = 0

    def clear(self) -> None:
        """The bot is about to die."""
        self.deaths += 1
        super().clear()


@dataclass
class Respondent:
    """One person, and what went wrong for them.

    `forgotten`: questions asked again although the next one of the same interview had been seen, so a confirmed
    answer was lost; and interviews that began without a tap that begins one.
    `lost`: taps that had no effect at all, though the bot had told Telegram that they were done.
    `confirmed`: answers whose next question was seen, and the sending that was thanked for.
    """

    url: str
    wave: str
    number: int
    alive: Alive
    forgotten: int = 0
    lost: int = 0
    tapped_again: int = 0
    confirmed: int = 0
    done: bool = False
    _best: dict[str, int] = field(default_factory=dict)
    _began: int = 0

    async def answer(self) -> None:
        """Answer everything and send, however often the bot dies."""
        name = f"Person {self.number}"
        async with Person(self.url, id_of(self.number), name, language_code="en", timeout=PATIENCE) as phone:
            screen = await phone.start(self.wave, wait=False)
            while not self.done:
                screen = await self._next(phone, screen)

    async def _next(self, phone: Person, screen: Screen) -> Screen:
        said = _said(screen)
        if not said:
            return await self._first_words(phone, screen)
        text, labels, secret = said[-1].text, said[-1].labels, _secret(said[-1])
        if "Thank you" in text or "already answered" in text:
            self.done = True
            self.confirmed += 1
            return screen
        return await self._tap(phone, screen, self._choice(text, labels, secret))

    def _choice(self, text: str, labels: tuple[str, ...], secret: str) -> str:
        for index, word in enumerate(QUESTIONS):
            if f"{word} question" in text and "Send answers" not in labels:
                self._saw(secret, index)
                return LABELS["abcd".index(marker(self.number)[f"q{index + 1}"])]
        if "Send answers" in labels:
            self._saw(secret, len(QUESTIONS))
        for label in ("English", "Yes, I agree", "Send answers", "Start over", "Yes, start over"):
            if label in labels:
                self._began += label in BEGINS
                return label
        raise AssertionError(f"nothing to tap: {text} {labels}")

    def _saw(self, secret: str, answered: int) -> None:
        """The screen says that so many answers of this interview are kept."""
        best = self._best.get(secret, 0)
        if answered < best or (secret not in self._best and len(self._best) >= self._began):
            self.forgotten += 1
        self.confirmed += max(0, answered - best)
        self._best[secret] = max(best, answered)

    async def _tap(self, phone: Person, screen: Screen, label: str) -> Screen:
        """Tap, and tap again when nothing comes; say whether the first tap was lost or only its reply.

        A second tap that had to move the interview on was needed: the first is lost. One that came too late
        says so in passing, unless the bot died before it could.
        """
        seen, toasts = _shown(screen), len(screen.toasts)
        await self._press(phone, screen, label)
        tapped = screen
        screen = await self._changed(phone, seen)
        if _shown(screen) != seen:
            return screen
        self.tapped_again += 1
        deaths = self.alive.deaths
        await self._press(phone, tapped, label)
        screen = await self._changed(phone, seen, answered=True)
        too_late = any(MOVED_ON in toast.text for toast in screen.toasts[toasts:])
        if label in LABELS and not too_late and self.alive.deaths == deaths and _shown(screen) != seen:
            self.lost += 1
        return screen

    async def _press(self, phone: Person, screen: Screen, label: str) -> None:
        """Tap the button that was seen: what has taken its place meanwhile may have the same words."""
        shown = _said(screen)[-1]
        data = next(b.data for row in shown.buttons for b in row if b.text == label)
        assert data is not None
        await phone.press_data(data, message_id=shown.id, wait=False)

    async def _changed(self, phone: Person, seen: tuple[object, ...], answered: bool = False) -> Screen:
        """The screen once it shows something else, and with `answered` once no tap waits for its answer.

        After some patience, counted only while nothing of theirs waits for a bot that is alive, it is shown
        as it is.
        """
        screen = await phone.screen()
        waited = 0.0
        while (_shown(screen) == seen or (answered and screen.spinning)) and waited < PATIENCE:
            await self.alive.wait()
            with contextlib.suppress(NoReaction):
                await phone.wait_news(screen.seq, idle=0.01, timeout=0.5)
            screen = await phone.screen()
            waited += 0.0 if screen.pending_updates else 0.5
        return screen

    async def _first_words(self, phone: Person, screen: Screen) -> Screen:
        """The bot's first message; somebody who hears nothing for a while opens the link again."""
        for _ in range(int(PATIENCE)):
            screen = await self._news(phone, screen)
            if _said(screen):
                return screen
        self.tapped_again += 1
        return await phone.start(self.wave, wait=False)

    async def _news(self, phone: Person, screen: Screen) -> Screen:
        await self.alive.wait()
        with contextlib.suppress(NoReaction):
            return await phone.wait_news(screen.seq, idle=0.01, timeout=1.0)
        return await phone.screen()


def _secret(message: Message) -> str:
    """What the buttons of an interview's message hold; empty outside of one."""
    data = (b.data or "" for row in message.buttons for b in row)
    return next((each.split(":")[1] for each in data if each.startswith("v1:")), "")


def _said(screen: Screen) -> list[Message]:
    """What the bot said; a bare greeting is a new message whose words are still on their way."""
    return [m for m in screen.messages if m.from_bot and (m.labels or m.text not in GREETINGS)]


def _shown(screen: Screen) -> tuple[object, ...]:
    said = _said(screen)
    return (len(said), said[-1].text if said else "")
