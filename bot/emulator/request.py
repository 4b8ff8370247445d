"""One call of a bot: its parameters read as the server reads them, whichever way they came."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from bot.emulator import keyboards
from bot.emulator.files import CALLED, File, Upload
from bot.emulator.keyboards import Keyboard
from bot.emulator.refusals import bad
from bot.emulator.world import Bot, Chat, Json, Message, World

MAX_SECONDS = 86_400 * 365  # a duration beyond is nonsense and counts as this


@dataclass
class Request:
    """Values may be strings (query, form) or JSON values (JSON body); both mean the same."""

    world: World
    bot: Bot
    params: Json
    files: dict[str, Upload]
    warnings: list[str] = field(default_factory=list)
    fault: Json = field(default_factory=dict)  # what goes wrong with this call

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
            read = json.loads(value, parse_constant=_no_number)
        except (RecursionError, ValueError):
            raise bad(f"can't parse {what} JSON object") from None
        refuse_ill_encoded(read)
        return read

    def keyboard(self) -> Keyboard:
        keyboard = keyboards.read(self.structure("reply_markup", "reply keyboard markup"))
        self.warnings.extend(keyboard.warnings)
        return keyboard

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat. Whether a person can be reached is asked last: `Chat.refuse_unreachable`."""
        if self.text("business_connection_id"):
            raise bad("business connection not found")
        value = self.text(name).strip()
        if not value:
            raise bad(f"{name} is empty")
        chat = self._find_chat(int(value)) if value.lstrip("-").isdecimal() else None
        if chat is None:
            raise bad("chat not found")
        chat.refuse_outsider()
        chat.expire()
        return chat

    def _find_chat(self, chat_id: int) -> Chat | None:
        user = self.world.users.get(chat_id)
        return self.world.chat(self.bot, user) if user else self.bot.groups.get(chat_id)

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
            return self.world.keep_file(kind, replace(upload, about=self._about()))
        if not value or value.startswith("attach://"):
            raise bad(f"there is no {kind} in the request")
        return self.known_file(kind, value)

    def _about(self) -> Json:
        return {
            "duration": self.between("duration", 0, 0, MAX_SECONDS),
            "performer": self.text("performer"),
            "title": self.text("title"),
        }

    def known_file(self, kind: str, value: str) -> File:
        if value.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")  # the emulator fetches nothing
        file = self.world.files.get(value)
        if file is None:
            raise bad("wrong remote file identifier specified: can't unserialize it")
        if file.kind != kind:
            raise bad(f"can't use file of type {CALLED[file.kind]} as {CALLED[kind]}")
        return self.world.files[file.whole] if file.whole else file


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def refuse_ill_encoded(value: Any) -> None:
    """Refuse half characters, which JSON can spell and UTF-8 cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
