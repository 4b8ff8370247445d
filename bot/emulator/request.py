"""One call of a bot: its parameters read as the server reads them, whichever way they came."""

import json
from dataclasses import dataclass, field
from typing import Any

from bot.emulator import keyboards
from bot.emulator.files import File, Upload
from bot.emulator.keyboards import Keyboard
from bot.emulator.refusals import bad, forbidden
from bot.emulator.world import Bot, Chat, Json, Message, World


@dataclass
class Request:
    """Values may be strings (query, form) or JSON values (JSON body); both mean the same."""

    world: World
    bot: Bot
    params: Json
    files: dict[str, Upload]
    warnings: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A number; what is none counts as 0, as on the server."""
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            return 0

    def between(self, name: str, default: int, low: int, high: int) -> int:
        return min(max(self.integer(name, default), low), high)

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def structure(self, name: str, what: str) -> Any:
        """An object or array, given as JSON text or, in a JSON body, as it is; None if absent."""
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None

    def keyboard(self) -> Keyboard:
        keyboard = keyboards.read(self.structure("reply_markup", "reply keyboard markup"))
        self.warnings.extend(keyboard.warnings)
        return keyboard

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat, started or not: `refuse_if_unreachable` asks that last, as the server does."""
        value = self.text(name).strip()
        if not value:
            raise bad(f"{name} is empty")
        user = self.world.users.get(int(value)) if value.lstrip("-").isdecimal() else None
        if user is None:
            raise bad("chat not found")
        return self.world.chat(self.bot, user)

    def message(self, chat: Chat, what: str) -> Message:
        """The message named by `message_id`, for an edit or a deletion."""
        message_id = self.integer("message_id")
        if message_id <= 0:
            raise bad("message identifier is not specified")
        message = chat.messages.get(message_id)
        if message is None:
            raise bad(f"message to {what} not found")
        return message

    def file(self, kind: str, name: str) -> File:
        """A file: a part of this request (by its own name or `attach://`), or one sent before."""
        upload = self.files.get(name)
        value = self.text(name).strip()
        if upload is None and value.startswith("attach://"):
            upload = self.files.get(value.removeprefix("attach://"))
        if upload is not None:
            return self.world.keep_file(kind, upload)
        if not value or value.startswith("attach://"):
            raise bad(f"there is no {kind} in the request")
        return self.known_file(kind, value)

    def known_file(self, kind: str, value: str) -> File:
        if value.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")  # the emulator fetches nothing
        file = self.world.files.get(value)
        if file is None:
            raise bad("wrong remote file identifier specified: can't unserialize it")
        if file.kind != kind:
            raise bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
        return file


def refuse_if_unreachable(chat: Chat) -> None:
    """A person who left, blocked the bot or never started it cannot be written to."""
    if chat.user.deleted:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
