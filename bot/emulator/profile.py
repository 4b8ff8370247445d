"""Methods about the bot itself and its chats: names, descriptions, commands, menu button, files."""

import re
from typing import Any

from bot.emulator.files import MAX_DOWNLOAD
from bot.emulator.refusals import bad
from bot.emulator.request import Request
from bot.emulator.world import Bot, Json, User

# Characters (Bot API documentation, setMyName, setMyDescription, setMyShortDescription, BotCommand).
MAX_NAME, MAX_DESCRIPTION, MAX_SHORT = 64, 512, 120
MAX_COMMANDS, MAX_COMMAND, MAX_COMMAND_DESCRIPTION = 100, 32, 256
_PRIVATE_SCOPES = ("default", "all_private_chats", "chat")
_GROUP_SCOPES = ("all_group_chats", "all_chat_administrators", "chat_administrators", "chat_member")


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


def get_chat(request: Request) -> Json:
    """A `ChatFullInfo` with the fields it always has (Bot API documentation, ChatFullInfo)."""
    chat = request.chat()
    if not chat.started:
        raise bad("chat not found")
    return {
        **chat.user.chat_shape(),
        "accent_color_id": chat.user.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }


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
    return {"name": names.get(_language(request)) or request.bot.name}


def set_my_description(request: Request) -> bool:
    return _set_words(request, request.bot.descriptions, "description", MAX_DESCRIPTION, "DESCRIPTION_TOO_LONG")


def get_my_description(request: Request) -> Json:
    return {"description": in_language(request.bot.descriptions, _language(request))}


def set_my_short_description(request: Request) -> bool:
    words = request.bot.short_descriptions
    return _set_words(request, words, "short_description", MAX_SHORT, "DESCRIPTION_TOO_LONG")


def get_my_short_description(request: Request) -> Json:
    return {"short_description": in_language(request.bot.short_descriptions, _language(request))}


def in_language(words: dict[str, str], language: str) -> str:
    """The words for a language, or those for everyone else."""
    return words.get(language) or words.get("", "")


def _set_words(request: Request, words: dict[str, str], name: str, longest: int, too_long: str) -> bool:
    language = _language(request)
    text = request.text(name).strip()
    if len(text) > longest:
        raise bad(too_long)
    words[language] = text
    if not text:
        del words[language]
    _tell_phones(request)
    return True


def _language(request: Request) -> str:
    """Two lowercase letters, or none for everyone else (Bot API documentation, setMyCommands)."""
    language = request.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    return language


def set_my_commands(request: Request) -> bool:
    commands = _read_commands(request.structure("commands", "commands"))
    key = (_scope(request), _language(request))
    request.bot.commands[key] = commands
    if not commands:
        del request.bot.commands[key]
    _tell_phones(request)
    return True


def get_my_commands(request: Request) -> list[Json]:
    return request.bot.commands.get((_scope(request), _language(request)), [])


def delete_my_commands(request: Request) -> bool:
    request.bot.commands.pop((_scope(request), _language(request)), None)
    _tell_phones(request)
    return True


def _read_commands(commands: Any) -> list[Json]:
    if not isinstance(commands, list):
        raise bad("commands must be an Array" if commands else "commands are not specified")
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    return [_read_command(command) for command in commands]


def _read_command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: BotCommand must be an Object")
    for field in ("command", "description"):
        if field not in command:
            raise bad(f"can't parse BotCommand: Can't find field \"{field}\"")
    name = str(command["command"]).removeprefix("/")
    description = str(command["description"]).strip()
    if not name:
        raise bad("command must be non-empty")
    if len(name) > MAX_COMMAND:
        raise bad("command length must not exceed 32")
    if not re.fullmatch("[a-z0-9_]+", name):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > MAX_COMMAND_DESCRIPTION:
        raise bad("command description length must not exceed 256")
    return {"command": name, "description": description}


def _scope(request: Request) -> str:
    scope: Any = request.structure("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad("BotCommandScope must be an Object")
    kind = str(scope.get("type", ""))
    if kind not in _PRIVATE_SCOPES + _GROUP_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    if kind != "chat":
        return kind
    inner = Request(request.world, request.bot, {"chat_id": scope.get("chat_id")}, {})
    return f"chat:{inner.chat().user.id}"


def commands_for(bot: Bot, user: User) -> list[Json]:
    """The first list that is set (Bot API documentation, Determining list of commands)."""
    language = user.language_code[:2]
    for scope in (f"chat:{user.id}", "all_private_chats", "default"):
        for code in (language, ""):
            if (scope, code) in bot.commands:
                return bot.commands[scope, code]
    return []


def set_chat_menu_button(request: Request) -> bool:
    button: Any = request.structure("menu_button", "menu button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse menu button: unsupported type specified")
    if request.text("chat_id"):
        chat = request.chat()
        chat.menu_button = button
        chat.touch()
    else:
        request.bot.menu_button = button
        _tell_phones(request)
    return True


def get_chat_menu_button(request: Request) -> Json:
    chosen = request.chat().menu_button if request.text("chat_id") else None
    return chosen or request.bot.menu_button


def _tell_phones(request: Request) -> None:
    for chat in request.bot.chats.values():
        chat.touch()
    request.world.changed.ring()
