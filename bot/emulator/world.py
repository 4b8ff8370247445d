"""What exists: people, bots, their chats and files, as plain objects in memory."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.chats import Chat, Group, Message, PrivateChat, Tap
from bot.emulator.clock import Clock
from bot.emulator.faults import Faults
from bot.emulator.files import File, Upload, keep
from bot.emulator.limits import Limits
from bot.emulator.log import Log
from bot.emulator.post import Webhook
from bot.emulator.queue import Queue
from bot.emulator.users import Json, User

__all__ = ["Bot", "Chat", "Group", "Json", "Message", "PrivateChat", "Tap", "User", "World"]


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
    chats: dict[int, PrivateChat] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    tapped: dict[str, Chat] = field(default_factory=dict)  # where each tap that may be answered was made
    last_message_id: int = 0
    webhook: Webhook | None = None

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
        """One counter for all private chats and groups: ids inside one chat have gaps."""
        self.last_message_id += 1
        return self.last_message_id


class World:
    """Everything, and the only place that makes bots, chats and files."""

    def __init__(self, clock: Clock, seed: int | None = None, limits: str = "off") -> None:
        self.clock = clock
        self.log = Log(clock)
        self.faults = Faults(self.log)
        self.limits = Limits(clock, limits)
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
            bot = Bot(token, Queue(self.clock, self.log, bot_id, self.chance, self.faults))
            self.bots[bot_id] = bot
            self.changed.ring()
        return bot

    def chat(self, bot: Bot, user: User) -> PrivateChat:
        """The private chat of a person with a bot."""
        chat = bot.chats.get(user.id)
        if chat is None:
            chat = PrivateChat(user.id, bot, self.log, self.clock, self.changed.ring, user=user)
            bot.chats[user.id] = chat
        chat.expire()
        return chat

    def add_group(self, bot: Bot, group_id: int, title: str, kind: str, owner: User) -> Group:
        """A group with its owner alone; the bot is not in it yet."""
        group = Group(group_id, bot, self.log, self.clock, self.changed.ring, title=title, kind=kind, owner=owner)
        group.members[owner.id] = owner
        bot.groups[group_id] = group
        return group

    def chats(self) -> Iterator[PrivateChat]:
        for bot in self.bots.values():
            yield from bot.chats.values()

    def keep_file(self, kind: str, upload: Upload) -> File:
        file = keep(kind, upload, len(self.files), self.chance)
        self.files |= {each.id: each for each in (file, *file.smaller)}
        return file

    def reset(self, seed: int | None, *, bots_too: bool) -> None:
        """Empty the world. Bots keep their profile and go on counting updates: their programs still run."""
        if seed is not None:
            self.chance.seed(seed)
        self.users.clear()
        self.files.clear()
        self.faults.clear()
        self.limits.clear()
        self.log.clear()
        self.notice = ""
        for bot in self.bots.values():
            bot.queue.forget()
            bot.chats.clear()
            bot.groups.clear()
            bot.tapped.clear()
            bot.commands = {key: kept for key, kept in bot.commands.items() if ":" not in key[0]}
        if bots_too:
            self.bots.clear()
        self.clock.wake()
