"""A bot's lists of commands: which is set for whom, and which one somebody sees."""

import re
from typing import Any

from bot.emulator.profile import language_of, tell_phones
from bot.emulator.refusals import bad
from bot.emulator.request import Request
from bot.emulator.world import Bot, Group, Json, PrivateChat, User

# Characters (Bot API documentation, BotCommand, setMyCommands).
MAX_COMMANDS, MAX_COMMAND, MAX_COMMAND_DESCRIPTION = 100, 32, 256
_OF_ALL = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_OF_ONE = ("chat", "chat_administrators", "chat_member")


def set_my_commands(request: Request) -> bool:
    commands = _read_commands(request.structure("commands", "commands"))
    key = (_scope(request), language_of(request))
    request.bot.commands[key] = commands
    if not commands:
        del request.bot.commands[key]
    tell_phones(request)
    return True


def get_my_commands(request: Request) -> list[Json]:
    return request.bot.commands.get((_scope(request), language_of(request)), [])


def delete_my_commands(request: Request) -> bool:
    request.bot.commands.pop((_scope(request), language_of(request)), None)
    tell_phones(request)
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
    """The scope as one word: its type, and the chat and the member it is for."""
    scope: Any = request.structure("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad("BotCommandScope must be an Object")
    kind = str(scope.get("type", ""))
    if kind in _OF_ALL:
        return kind
    if kind not in _OF_ONE:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    inner = Request(request.world, request.bot, scope, {})
    chat = inner.chat()
    if kind != "chat" and isinstance(chat, PrivateChat):
        raise bad("can't use specified scope in private chats")
    if kind != "chat_member":
        return f"{kind}:{chat.id}"
    member = inner.integer("user_id")
    if member <= 0:
        raise bad("invalid user_id specified")
    return f"{kind}:{chat.id}:{member}"


def commands_for(bot: Bot, user: User, group: Group | None = None) -> list[Json]:
    """The first list that is set (Bot API documentation, Determining list of commands)."""
    language = user.language_code[:2]
    for scope in _scopes_in(group, user) if group else (f"chat:{user.id}", "all_private_chats", "default"):
        for code in (language, ""):
            if (scope, code) in bot.commands:
                return bot.commands[scope, code]
    return []


def _scopes_in(group: Group, user: User) -> tuple[str, ...]:
    member, chat = f"chat_member:{group.id}:{user.id}", f"chat:{group.id}"
    if user is group.owner:
        own = f"chat_administrators:{group.id}"
        return (member, own, chat, "all_chat_administrators", "all_group_chats", "default")
    return (member, chat, "all_group_chats", "default")
