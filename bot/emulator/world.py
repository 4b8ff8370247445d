"""What exists: people, bots, their private chats and the messages in them, as plain objects in memory."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.clock import Clock
from bot.emulator.faults import Faults
from bot.emulator.files import File, Upload, keep
from bot.emulator.keyboards import NOTHING, Keyboard
from bot.emulator.log import Log
from bot.emulator.queue import Queue, Update

Json = dict[str, Any]

ACTION_LASTS = 5.0  # seconds a chat action is shown (Bot API documentation, sendChatAction)


@dataclass(eq=False)
class User:
    """A person with a phone."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    deleted: bool = False

    def shape(self) -> Json:
        """A `User`; fields without a value are left out (Bot API documentation, User)."""
        return {"id": self.id, "is_bot": False, **self._names(), **_given(language_code=self.language_code)}

    def chat_shape(self) -> Json:
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> Json:
        return {"first_name": self.first_name, **_given(last_name=self.last_name, username=self.username)}


def _given(**fields: str) -> Json:
    return {name: value for name, value in fields.items() if value}


@dataclass(eq=False)
class Message:
    """One message. `content` holds the Bot API's own fields for a text, a photo or a document."""

    id: int
    from_bot: bool
    date: int
    content: Json
    keyboard: Keyboard = NOTHING
    reply_to: int | None = None
    protected: bool = False
    silent: bool = False
    edit_date: int = 0
    edits: int = 0
    on_phone: bool = True  # False once the person cleared the chat on their side only

    @property
    def words(self) -> str:
        return str(self.content.get("text") or self.content.get("caption") or "")


@dataclass(eq=False)
class Tap:
    """A pressed button that waits for its answer."""

    id: str
    message_id: int
    data: str
    pressed_at: float
    answer: Json | None = None


@dataclass(eq=False)
class Chat:
    """The private chat of one person with one bot, as both sides see it."""

    bot: "Bot"
    user: User
    log: Log
    clock: Clock
    changed: Callable[[], None]  # tells the pages
    messages: dict[int, Message] = field(default_factory=dict)
    started: bool = False
    blocked: bool = False
    deleted_ids: list[int] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    toasts: list[Json] = field(default_factory=list)
    taps: dict[str, Tap] = field(default_factory=dict)
    pending: set[int] = field(default_factory=set)  # updates from here that are not confirmed
    reply_keyboard: Json | None = None
    menu_button: Json | None = None
    action: tuple[str, float] | None = None
    seq: int = 0  # the last change
    bot_seq: int = 0  # the last change that the bot made

    def __post_init__(self) -> None:
        self.bell = self.clock.bell()

    def touch(self, *, by_bot: bool = False) -> None:
        """Number a change and wake whoever watches this phone."""
        self.seq = self.log.tick()
        if by_bot:
            self.bot_seq = self.seq
        self.bell.ring()
        self.changed()

    def show_action(self, name: str) -> None:
        self.action = (name, self.clock.now() + ACTION_LASTS)
        self.touch()

    def put(self, kind: str, payload: Json) -> Update | None:
        """Hand an update of this person to the bot."""
        update = self.bot.queue.put(kind, payload, self.user.id, self._update_gone)
        if update:
            self.pending.add(update.id)
        return update

    def _update_gone(self, update: Update) -> None:
        self.pending.discard(update.id)
        self.bell.ring()

    def shape_of(self, message: Message, *, with_reply: bool = True) -> Json:
        """A `Message` as the bot sees it (Bot API documentation, Message)."""
        shape: Json = {
            "message_id": message.id,
            "from": self.bot.user_shape() if message.from_bot else self.user.shape(),
            "chat": self.user.chat_shape(),
            "date": message.date,
        }
        if message.edit_date:
            shape["edit_date"] = message.edit_date
        replied = self.messages.get(message.reply_to or 0)
        if with_reply and replied:
            shape["reply_to_message"] = self.shape_of(replied, with_reply=False)
        shape |= message.content
        if message.protected:
            shape["has_protected_content"] = True
        if message.keyboard.inline:
            shape["reply_markup"] = message.keyboard.shape()
        return shape

    def remove(self, message_id: int) -> None:
        """Take a message away on both sides."""
        del self.messages[message_id]
        self.deleted_ids.append(message_id)


@dataclass(eq=False)
class Bot:
    """A bot, made by the first call with its token."""

    token: str
    queue: Queue
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # scope, language
    menu_button: Json = field(default_factory=lambda: {"type": "default"})
    chats: dict[int, Chat] = field(default_factory=dict)
    tapped: dict[str, Chat] = field(default_factory=dict)  # where each tap that may be answered was made
    last_message_id: int = 0

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    @property
    def username(self) -> str:
        return f"local_{self.id}_bot"

    @property
    def name(self) -> str:
        return self.names.get("", "Local bot")

    def user_shape(self) -> Json:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def next_message_id(self) -> int:
        """One counter for all private chats: ids inside one chat have gaps."""
        self.last_message_id += 1
        return self.last_message_id


class World:
    """Everything, and the only place that makes bots, chats and files."""

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        self.clock = clock
        self.log = Log(clock)
        self.faults = Faults()
        self.changed = clock.bell()
        self.users: dict[int, User] = {}
        self.bots: dict[int, Bot] = {}
        self.files: dict[str, File] = {}
        self.notice: Any = ""
        self.closing = False
        self.chance = random.Random(seed)  # noqa: S311 - ids of a toy world, to be repeated from a seed

    def bot(self, token: str) -> Bot:
        bot_id = int(token.partition(":")[0])
        bot = self.bots.get(bot_id)
        if bot is None or bot.token != token:
            bot = Bot(token, Queue(self.clock, self.log, bot_id, self.chance))
            self.bots[bot_id] = bot
            self.changed.ring()
        return bot

    def chat(self, bot: Bot, user: User) -> Chat:
        chat = bot.chats.get(user.id)
        if chat is None:
            chat = Chat(bot, user, self.log, self.clock, self.changed.ring)
            bot.chats[user.id] = chat
        return chat

    def chats(self) -> Iterator[Chat]:
        for bot in self.bots.values():
            yield from bot.chats.values()

    def keep_file(self, kind: str, upload: Upload) -> File:
        file = keep(kind, upload, len(self.files), self.chance)
        self.files[file.id] = file
        return file

    def reset(self, seed: int | None, *, bots_too: bool) -> None:
        """Empty the world. Bots keep their profile and go on counting updates: their programs still run."""
        if seed is not None:
            self.chance.seed(seed)
        self.users.clear()
        self.files.clear()
        self.faults.clear()
        self.log.clear()
        self.notice = ""
        for bot in self.bots.values():
            bot.queue.forget()
            bot.chats.clear()
            bot.tapped.clear()
            bot.commands = {key: kept for key, kept in bot.commands.items() if not key[0].startswith("chat:")}
        if bots_too:
            self.bots.clear()
        self.clock.wake()
