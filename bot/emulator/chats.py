"""Chats of a bot and the messages in them: private ones, groups and supergroups.

Laws of this file:
- a group refuses a bot that is not in it before anything else is looked at (Bot API server, Client.cpp);
- a person refuses last: blocked, deleted and never started are found out when all else was right;
- ids of messages come from one counter, except in a supergroup, which counts for itself.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.emulator.clock import Clock
from bot.emulator.keyboards import NOTHING, Keyboard
from bot.emulator.log import Log
from bot.emulator.queue import Update
from bot.emulator.refusals import Refused, bad, forbidden
from bot.emulator.talk import Talk
from bot.emulator.users import Json, User

if TYPE_CHECKING:
    from bot.emulator.world import Bot

ACTION_LASTS = 5.0  # seconds a chat action is shown (Bot API documentation, sendChatAction)
_ALL_SERVICE = """
    pinned_message message_auto_delete_timer_changed new_chat_members left_chat_member group_chat_created
    supergroup_chat_created migrate_to_chat_id migrate_from_chat_id
"""
SERVICE = frozenset(_ALL_SERVICE.split())


@dataclass(eq=False)
class Message:
    """One message. `content` holds the Bot API's own fields for a text, a photo, a voice and so on."""

    id: int
    sender: User | None  # None is the bot
    date: int
    content: Json
    keyboard: Keyboard = NOTHING
    reply_to: int | None = None
    protected: bool = False
    silent: bool = False
    edit_date: int = 0
    edits: int = 0
    on_phone: bool = True  # False once the person cleared the chat on their side only
    reaction: str = ""  # the bot's
    vanishes_at: float | None = None  # the auto-delete timer of the chat

    @property
    def from_bot(self) -> bool:
        return self.sender is None

    @property
    def words(self) -> str:
        return str(self.content.get("text") or self.content.get("caption") or "")

    @property
    def is_service(self) -> bool:
        """Whether it only tells of something that happened in the chat."""
        return not SERVICE.isdisjoint(self.content)


@dataclass(eq=False)
class Tap:
    """A pressed button that waits for its answer."""

    id: str
    message_id: int
    data: str
    pressed_at: float
    answer: Json | None = None


@dataclass(eq=False)
class Chat(ABC):
    """What private chats and groups have in common."""

    id: int
    bot: "Bot"
    log: Log
    clock: Clock
    changed: Callable[[], None]  # tells the pages
    messages: dict[int, Message] = field(default_factory=dict)
    deleted_ids: list[int] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    toasts: list[Json] = field(default_factory=list)
    taps: dict[str, Tap] = field(default_factory=dict)
    pending: set[int] = field(default_factory=set)  # updates from here that are not confirmed
    pinned: list[int] = field(default_factory=list)  # message ids, the newest pin last
    auto_delete: int = 0  # seconds a new message lives; 0 for ever
    reply_keyboard: Json | None = None
    menu_button: Json | None = None
    action: tuple[str, float] | None = None
    seq: int = 0  # the last change
    bot_seq: int = 0  # the last change that the bot made

    def __post_init__(self) -> None:
        self.bell = self.clock.bell()

    @abstractmethod
    def shape(self) -> Json:
        """A `Chat` (Bot API documentation, Chat)."""

    def refuse_outsider(self) -> None:
        """Refuse a bot that is not in this chat; asked before anything else. Whoever has a chat is in it."""
        return

    def refuse_unreachable(self) -> None:
        """Refuse what the other side refuses; asked last. A group refuses nothing."""
        return

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

    def put(self, kind: str, payload: Json, origin: int | None = None) -> Update | None:
        """Hand an update of this chat to the bot; `origin` is whose it is, if not the chat's."""
        update = self.bot.queue.put(kind, payload, origin or self.id, self._update_gone)
        if update:
            self.pending.add(update.key)
        return update

    def _update_gone(self, update: Update) -> None:
        self.pending.discard(update.key)
        self.bell.ring()

    def next_message_id(self) -> int:
        return self.bot.next_message_id()

    def add(self, sender: User | None, content: Json, **more: object) -> Message:
        """A new message at this moment; `more` are other fields of `Message`."""
        now = self.clock.now()
        message = Message(self.next_message_id(), sender, int(now), content, **more)  # type: ignore[arg-type]
        if self.auto_delete:
            message.vanishes_at = now + self.auto_delete
        self.messages[message.id] = message
        return message

    def shape_of(self, message: Message, *, with_reply: bool = True) -> Json:
        """A `Message` as the bot sees it (Bot API documentation, Message)."""
        shape: Json = {
            "message_id": message.id,
            "from": message.sender.shape() if message.sender else self.bot.user_shape(),
            "chat": self.shape(),
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
        if message_id in self.pinned:
            self.pinned.remove(message_id)

    def expire(self) -> None:
        """Take away what the auto-delete timer has ended; the bot is not told."""
        now = self.clock.now()
        over = [each.id for each in self.messages.values() if each.vanishes_at and each.vanishes_at <= now]
        for message_id in over:
            self.remove(message_id)


@dataclass(eq=False, kw_only=True)
class PrivateChat(Chat):
    """The chat of one person with one bot, as both sides see it."""

    user: User
    started: bool = False
    blocked: bool = False
    talk: Talk = field(default_factory=Talk)

    def shape(self) -> Json:
        return self.user.chat_shape()

    def refuse_unreachable(self) -> None:
        """A person who left, blocked the bot or never started it cannot be written to."""
        if self.user.deleted:
            raise forbidden("user is deactivated")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if not self.started:
            raise forbidden("bot can't initiate conversation with a user")


@dataclass(eq=False, kw_only=True)
class Group(Chat):
    """A group or supergroup. `standing` is the bot's: member, administrator, left or kicked."""

    title: str
    kind: str = "group"
    owner: User
    members: dict[int, User] = field(default_factory=dict)
    standing: str = "left"
    migrated_to: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._own_ids = itertools.count(1)

    @property
    def is_super(self) -> bool:
        return self.kind == "supergroup"

    def shape(self) -> Json:
        return {"id": self.id, "type": self.kind, "title": self.title}

    def next_message_id(self) -> int:
        return next(self._own_ids) if self.is_super else super().next_message_id()

    def refuse_outsider(self) -> None:
        if self.migrated_to:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated_to,
            )
        name = f"{self.kind} chat"
        if self.standing == "kicked":
            raise forbidden(f"bot was kicked from the {name}")
        if self.standing == "left":
            raise forbidden(f"bot is not a member of the {name}")

    def refuse_unless_administrator(self, what: str) -> None:
        """`what` only an administrator may do."""
        if self.standing != "administrator":
            raise bad(f"not enough rights to {what}")
