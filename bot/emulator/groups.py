"""Groups as people have them: making one, adding the bot, writing in it, growing into a supergroup, kicking.

Laws of this file:
- a bot in a group hears commands, answers to its own words and its name, unless it is an administrator
  (Bot API documentation, Privacy mode); whatever changes its own standing it always hears;
- a group that became a supergroup is another chat with another id; the old id only says so.
"""

import re

from bot.emulator.chatting import chat_left
from bot.emulator.commands import commands_for
from bot.emulator.entities import with_found_entities
from bot.emulator.letters import Written, clean_text, is_invisible
from bot.emulator.phones import Mistake, Phones
from bot.emulator.world import Group, Json, Message, Tap, User, World

KINDS = ("group", "supergroup")
FIRST_GROUP_ID, FIRST_SUPERGROUP_ID = -4_000_001, -1_001_000_000_001
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]+)?")


class Groups:
    """Every group of a world."""

    def __init__(self, world: World, phones: Phones) -> None:
        self._world = world
        self._phones = phones

    def add(self, kind: str, title: str, members: list[int], *, administrator: bool = False) -> Group:
        """A group whose first member owns it and brings the bot in; without members somebody is made for it."""
        if kind not in KINDS:
            raise Mistake(400, f"a chat is one of {', '.join(KINDS)}")
        bot = self._phones.bot()
        people = [self._person(each) for each in members] or [self._phones.add("Owner")]
        group = self._world.add_group(bot, self._free_id(kind), title, kind, people[0])
        group.members |= {person.id: person for person in people}
        chat_left(group, "administrator" if administrator else "member", people[0].shape())
        self._tell(group, people[0], {f"{kind}_chat_created": True})
        return group

    def all(self) -> list[Group]:
        return [group for bot in self._world.bots.values() for group in bot.groups.values()]

    def find(self, group_id: int) -> Group:
        for group in self.all():
            if group.id == group_id:
                group.expire()
                return group
        raise Mistake(404, f"no group {group_id}")

    def migrate(self, group_id: int) -> Group:
        """The group becomes a supergroup with another id; both chats tell of it (Bot API documentation)."""
        old = self._alive(group_id)
        if old.is_super:
            raise Mistake(409, "it is a supergroup already")
        new = self._world.add_group(old.bot, self._free_id("supergroup"), old.title, "supergroup", old.owner)
        new.members |= old.members
        new.standing = old.standing
        self._tell(old, old.owner, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        self._tell(new, old.owner, {"migrate_from_chat_id": old.id})
        return new

    def kick(self, group_id: int) -> Json:
        """The owner removes the bot."""
        group = self._alive(group_id)
        if group.standing in ("left", "kicked"):
            raise Mistake(409, "the bot is not in this group")
        chat_left(group, "kicked", group.owner.shape())
        return {"seq": group.seq}

    def send(self, group_id: int, user_id: int, words: str, reply_to: int | None = None) -> Json:
        """A member writes; `update_id` only if the bot hears it."""
        group, user = self._member(group_id, user_id)
        text = clean_text(words)
        if is_invisible(text):
            raise Mistake(400, "nothing to send")
        if reply_to is not None and reply_to not in group.messages:
            raise Mistake(404, f"no message {reply_to} to reply to")
        entities = with_found_entities(Written(text)).entities()
        content: Json = {"text": text, **({"entities": entities} if entities else {})}
        return self._tell(group, user, content, reply_to)

    def tap(self, group_id: int, user_id: int, message_id: int, data: str) -> Json:
        """A member presses a button by its data."""
        group, user = self._member(group_id, user_id)
        message = group.messages.get(message_id)
        buttons = [each for row in message.keyboard.inline for each in row] if message else []
        if message is None or data not in [each.get("callback_data") for each in buttons]:
            raise Mistake(404, "no such button in this group")
        tap = Tap(str(self._world.chance.randrange(10**17, 10**18)), message_id, data, group.clock.now())
        group.taps[tap.id] = tap
        group.bot.tapped[tap.id] = group
        payload = {
            "id": tap.id,
            "from": user.shape(),
            "message": group.shape_of(message),
            "chat_instance": str(abs(group.id) * 1_000_003 + group.bot.id),
            "data": data,
        }
        group.touch()
        update = group.put("callback_query", payload, user.id)
        return {"tap": tap.id, "seq": group.seq, **({"update_id": update.key} if update else {})}

    def shape(self, group: Group) -> Json:
        """What a member sees: the chat, its messages, the bot's standing, and the commands of each member."""
        shape: Json = {
            **group.shape(),
            "seq": group.seq,
            "bot": group.standing,
            "members": [member.shape() for member in group.members.values()],
            "messages": [group.shape_of(message) for message in group.messages.values()],
            "deleted_ids": group.deleted_ids,
            "toasts": group.toasts,
            "commands": {
                str(member.id): commands_for(group.bot, member, group) for member in group.members.values()
            },
        }
        if group.migrated_to:
            shape["migrated_to"] = group.migrated_to
        return shape

    def _tell(self, group: Group, user: User, content: Json, reply_to: int | None = None) -> Json:
        message = group.add(user, content, reply_to=reply_to)
        group.touch()
        update = group.put("message", group.shape_of(message)) if _is_heard(group, message) else None
        done = {"message_id": message.id, "seq": group.seq}
        return {**done, **({"update_id": update.key} if update else {})}

    def _person(self, user_id: int) -> User:
        user = self._world.users.get(user_id)
        if user is None:
            raise Mistake(404, f"no person {user_id}")
        return user

    def _member(self, group_id: int, user_id: int) -> tuple[Group, User]:
        group, user = self._alive(group_id), self._person(user_id)
        if user_id not in group.members:
            raise Mistake(409, "not a member of this group")
        return group, user

    def _alive(self, group_id: int) -> Group:
        group = self.find(group_id)
        if group.migrated_to:
            raise Mistake(409, f"the group became {group.migrated_to}")
        return group

    def _free_id(self, kind: str) -> int:
        """The next id of this kind: supergroups have theirs below -10^12 (Bot API documentation, Chat)."""
        first = FIRST_SUPERGROUP_ID if kind == "supergroup" else FIRST_GROUP_ID
        return first - sum(1 for group in self.all() if group.kind == kind)


def _is_heard(group: Group, message: Message) -> bool:
    if group.standing in ("left", "kicked"):
        return False
    if group.standing == "administrator" or message.is_service:
        return True
    replied = group.messages.get(message.reply_to or 0)
    if replied and replied.from_bot:
        return True
    own = f"@{group.bot.username}"
    command = _COMMAND.match(message.words)
    if command:
        return command[1] is None or command[1].lower() == own.lower()
    return own.lower() in message.words.lower()
