"""Methods about the bot itself: who it is, its names and descriptions, its menu button, its files."""

import re
from typing import Any

from bot.emulator.files import MAX_DOWNLOAD
from bot.emulator.refusals import bad
from bot.emulator.request import Request
from bot.emulator.world import Json

# Characters (Bot API documentation, setMyName, setMyDescription, setMyShortDescription).
MAX_NAME, MAX_DESCRIPTION, MAX_SHORT = 64, 512, 120


def get_me(request: Request) -> Json:
    return {
        **request.bot.user_shape(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def log_out(_: Request) -> bool:
    return True


def close(_: Request) -> bool:
    return True


def get_file(request: Request) -> Json:
    file = request.world.files.get(request.text("file_id").strip())
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return file.shape()


def set_my_name(request: Request) -> bool:
    return _set_words(request, request.bot.names, "name", MAX_NAME, "BOT_TITLE_INVALID")


def get_my_name(request: Request) -> Json:
    names = request.bot.names
    return {"name": names.get(language_of(request)) or request.bot.name}


def set_my_description(request: Request) -> bool:
    return _set_words(request, request.bot.descriptions, "description", MAX_DESCRIPTION, "DESCRIPTION_TOO_LONG")


def get_my_description(request: Request) -> Json:
    return {"description": in_language(request.bot.descriptions, language_of(request))}


def set_my_short_description(request: Request) -> bool:
    words = request.bot.short_descriptions
    return _set_words(request, words, "short_description", MAX_SHORT, "DESCRIPTION_TOO_LONG")


def get_my_short_description(request: Request) -> Json:
    return {"short_description": in_language(request.bot.short_descriptions, language_of(request))}


def in_language(words: dict[str, str], language: str) -> str:
    """The words for a language, or those for everyone else."""
    return words.get(language) or words.get("", "")


def _set_words(request: Request, words: dict[str, str], name: str, longest: int, too_long: str) -> bool:
    language = language_of(request)
    text = request.text(name).strip()
    if len(text) > longest:
        raise bad(too_long)
    words[language] = text
    if not text:
        del words[language]
    tell_phones(request)
    return True


def language_of(request: Request) -> str:
    """Two lowercase letters, or none for everyone else (Bot API documentation, setMyCommands)."""
    language = request.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    return language


def set_chat_menu_button(request: Request) -> bool:
    """The button beside the text field, of one private chat or of all that have none of their own."""
    button = _read_button(request.structure("menu_button", "menu button"))
    if request.text("chat_id"):
        chat = request.chat()
        chat.menu_button = button
        chat.touch()
    else:
        request.bot.menu_button = button
        tell_phones(request)
    return True


def _read_button(button: Any) -> Json:
    """A `MenuButton` with the fields it has (Bot API documentation, MenuButton)."""
    problem = "can't parse menu button: "
    if button is None:
        return {"type": "default"}
    if not isinstance(button, dict):
        raise bad(problem + "MenuButton must be an Object")
    kind = button.get("type")
    if kind in ("default", "commands"):
        return {"type": kind}
    if kind != "web_app":
        raise bad(problem + "unsupported type specified")
    app = button.get("web_app")
    if not isinstance(button.get("text"), str) or not isinstance(app, dict) or not isinstance(app.get("url"), str):
        raise bad(problem + 'Can\'t find field "web_app"')
    return {"type": kind, "text": button["text"], "web_app": {"url": app["url"]}}


def get_chat_menu_button(request: Request) -> Json:
    chosen = request.chat().menu_button if request.text("chat_id") else None
    return chosen or request.bot.menu_button


def tell_phones(request: Request) -> None:
    """What all chats show has changed."""
    for chat in request.bot.chats.values():
        chat.touch()
    request.world.changed.ring()
