"""What Telegram shows before the first word: name, description and commands, in each language."""

from __future__ import annotations

import hashlib

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.core.survey import LANGUAGES
from bot.files.phrases import Phrases

COMMANDS = ("start", "help", "language", "stop", "hide", "withdraw", "desk")

EVERYONE_ELSE = "en"
"""Whoever's app speaks none of our languages sees English: Telegram's list without a language code."""

log = structlog.get_logger()


def fingerprint(phrases: Phrases) -> str:
    """Changes when any of these words does, so that they are sent to Telegram only then."""
    words = [phrases.say(code, id) for code in LANGUAGES for id in _ids()]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


async def publish(bot: Bot, phrases: Phrases) -> bool:
    """Tell Telegram all of it; False when it refused something, to be tried again at the next start."""
    try:
        for code in LANGUAGES:
            await _one(bot, phrases, code, code)
        await _one(bot, phrases, EVERYONE_ELSE, None)
    except TelegramError as error:
        log.warning("the description could not be set", kind=type(error).__name__)
        return False
    return True


async def _one(bot: Bot, phrases: Phrases, language: str, code: str | None) -> None:
    await bot.set_my_name(phrases.say(language, "profile-name"), language_code=code)
    await bot.set_my_short_description(phrases.say(language, "profile-short-description"), language_code=code)
    await bot.set_my_description(phrases.say(language, "profile-description"), language_code=code)
    commands = [BotCommand(name, phrases.say(language, f"command-{name}")) for name in COMMANDS]
    await bot.set_my_commands(commands, language_code=code)


def _ids() -> tuple[str, ...]:
    profile = ("profile-name", "profile-short-description", "profile-description")
    return (*profile, *(f"command-{name}" for name in COMMANDS))
