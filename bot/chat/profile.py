"""What Telegram shows before the first word: name, description and commands, in each language."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from telegram import Bot, BotCommand
from telegram.error import RetryAfter, TelegramError

from bot.chat.pace import seconds_of
from bot.core.survey import LANGUAGES
from bot.files.phrases import Phrases

COMMANDS = ("start", "help", "language", "stop", "hide", "withdraw", "forget", "privacy", "desk")

_TEXTS = ("profile-name", "profile-short-description", "profile-description")

EVERYONE_ELSE = "en"
"""Whoever's app speaks none of our languages sees English: Telegram's list without a language code."""

log = structlog.get_logger()


def fingerprint(phrases: Phrases) -> str:
    """Changes when any of these words does, so that they are sent to Telegram only then."""
    words = [phrases.say(code, id) for code in LANGUAGES for id in _ids()]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


LONGEST_SHARED = 60.0
"""Names may be changed so seldom that Telegram asks to wait for hours: nobody else has to wait for that."""


class NotNow(TelegramError):
    """Telegram takes no change of the description for so many seconds; messages are not meant."""

    def __init__(self, seconds: float) -> None:
        super().__init__("not now")
        self.seconds = seconds


Quietly = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
"""How a call is made: in its turn, and not before Telegram allows."""


async def publish(bot: Bot, phrases: Phrases, quietly: Quietly) -> bool:
    """Tell Telegram all of it; False when it refused something, to be tried again at the next start.

    Raises NotNow when Telegram asks to wait for long.
    """
    try:
        for code, language in (*((code, code) for code in LANGUAGES), (None, EVERYONE_ELSE)):
            for call in _calls(bot, phrases, language, code):
                await quietly(partial(_made, call))
    except NotNow:
        raise
    except TelegramError as error:
        log.warning("the description could not be set", kind=type(error).__name__)
        return False
    return True


async def _made(call: Callable[[], Awaitable[bool]]) -> None:
    try:
        await call()
    except RetryAfter as error:
        if (seconds := seconds_of(error)) > LONGEST_SHARED:
            raise NotNow(seconds) from None
        raise


def _calls(
    bot: Bot, phrases: Phrases, language: str, code: str | None
) -> tuple[Callable[[], Awaitable[bool]], ...]:
    name, short, long = (phrases.say(language, id) for id in _TEXTS)
    commands = [BotCommand(name, phrases.say(language, f"command-{name}")) for name in COMMANDS]
    return (
        partial(bot.set_my_name, name, language_code=code),
        partial(bot.set_my_short_description, short, language_code=code),
        partial(bot.set_my_description, long, language_code=code),
        partial(bot.set_my_commands, commands, language_code=code),
    )


def _ids() -> tuple[str, ...]:
    return (*_TEXTS, *(f"command-{name}" for name in COMMANDS))
