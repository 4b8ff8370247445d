"""Screens as Telegram shows them: text in a language, and an inline keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.codec import encode
from bot.core.screen import Button, Calendar, Code, Line, Say, Screen, Text, Value
from bot.files.phrases import Phrases, calendar, day, directed, direction, fill, latin
from bot.turn import Grip

TEXT_LIMIT = 4096
"""Characters of a message (Bot API, sendMessage)."""


def text(phrases: Phrases, screen: Screen) -> str:
    """The words of a screen, a blank line between its lines unless it is tight."""
    joiner = "\n" if screen.tight else "\n\n"
    return joiner.join(_stood(phrases, screen.language, part) for part in screen.lines)[:TEXT_LIMIT]


def _stood(phrases: Phrases, language: str, part: Line) -> str:
    """A line that stands by itself begins in its own direction, whatever sign comes first."""
    words = line(phrases, language, part)
    return directed(language, words) if isinstance(part, Text) else words


def line(phrases: Phrases, language: str, part: Line) -> str:
    """One line in words."""
    if isinstance(part, Text):
        return fill(language, part.words, _values(phrases, language, part.values))
    spoken = part.language or language
    return phrases.say(spoken, part.id, **_values(phrases, spoken, part.values))


def keyboard(phrases: Phrases, screen: Screen, grip: Grip | None) -> InlineKeyboardMarkup | None:
    """The buttons of a screen. Rows of several are turned round where the language runs right to left,
    because the first button of a row stands at the left in every language."""
    if not screen.rows:
        return None
    turned = direction(screen.language) == "rtl"
    rows = [row[::-1] if turned else row for row in screen.rows]
    return InlineKeyboardMarkup([[_button(phrases, screen.language, b, grip) for b in row] for row in rows])


def _button(phrases: Phrases, language: str, button: Button, grip: Grip | None) -> InlineKeyboardButton:
    words = _stood(phrases, language, button.label)
    return InlineKeyboardButton(words, callback_data=encode(button.does, grip))


def _values(phrases: Phrases, language: str, values: Mapping[str, Value]) -> dict[str, object]:
    return {name: _value(phrases, language, value) for name, value in values.items()}


def _value(phrases: Phrases, language: str, value: Value) -> object:
    match value:
        case Say() | Text():
            return line(phrases, language, value)
        case Code():
            return latin(value.letters)
        case date():
            return day(language, value)
        case Calendar():
            return calendar(language, value.written)
    return value
