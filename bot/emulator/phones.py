"""The people's side: what a person does with a phone, and what the phone then shows."""

import asyncio
import itertools
import re
from collections.abc import Mapping
from typing import Any

from bot.emulator import letters
from bot.emulator.chats import SERVICE
from bot.emulator.commands import commands_for
from bot.emulator.editing import ANSWER_WITHIN
from bot.emulator.entities import with_found_entities
from bot.emulator.files import Upload
from bot.emulator.letters import Written
from bot.emulator.profile import in_language
from bot.emulator.queue import LIFE, Update
from bot.emulator.refusals import Refused
from bot.emulator.world import Bot, Chat, Json, Message, PrivateChat, Tap, User, World

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")  # Bot API documentation, Deep linking
# Letters that steer direction and are not seen: a label is found with or without them.
_UNSEEN = str.maketrans("", "", "\u200e\u200f\u2066\u2067\u2068\u2069")
FIRST_USER_ID = 5_000_001


class Mistake(Exception):
    """The person asked for what a phone cannot do; `status` is the HTTP status for it."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Phones:
    """Every person of a world, each with one phone and a private chat with the bot."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._user_ids = itertools.count(FIRST_USER_ID)

    # Who there is

    def bot(self) -> Bot:
        """The bot people talk to: the first that came."""
        for bot in self._world.bots.values():
            return bot
        raise Mistake(409, "no bot yet: none has called")

    def add(
        self,
        first_name: str,
        user_id: int | None = None,
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "",
        forbids_voice: bool = False,
    ) -> User:
        """A person who has not started the bot. A known id gets the new names and keeps the chat."""
        while user_id is None or (user_id <= 0):
            candidate = next(self._user_ids)
            user_id = candidate if candidate not in self._world.users else None
        user = self._world.users.setdefault(user_id, User(user_id, first_name))
        user.first_name, user.last_name, user.username = first_name, last_name, username
        user.language_code, user.forbids_voice = language_code, forbids_voice
        self._world.changed.ring()
        return user

    def users(self) -> list[User]:
        return list(self._world.users.values())

    def chat(self, user_id: int) -> PrivateChat:
        return self._world.chat(self.bot(), self._user(user_id))

    def _user(self, user_id: int) -> User:
        user = self._world.users.get(user_id)
        if user is None:
            raise Mistake(404, f"no person {user_id}")
        return user

    def give_link(self, user_id: int, payload: str) -> Json:
        """Hand somebody a start link of the bot; following it is left to them."""
        user = self._user(user_id)
        user.link, user.followed = _payload(payload), False
        return {"payload": payload}

    # What they do

    def send(self, user_id: int, words: str, reply_to: int | None = None) -> Json:
        """Write a text. A long one leaves as several messages, as the apps do it."""
        chat = self._writable(user_id)
        text = letters.clean_text(words)
        if letters.is_invisible(text):
            raise Mistake(400, "nothing to send")
        if reply_to is not None and reply_to not in chat.messages:
            raise Mistake(404, f"no message {reply_to} to reply to")
        chat.talk.said(chat, text)
        sent: Json = {}
        for start in range(0, len(text), letters.MAX_TEXT):
            sent = self._send_one(chat, _text_content(text[start : start + letters.MAX_TEXT]), reply_to)
        return sent

    def share_contact(self, user_id: int, phone_number: str) -> Json:
        """Share the own telephone number, as a button of a reply keyboard asks."""
        chat = self._writable(user_id)
        names = {"first_name": chat.user.first_name, "last_name": chat.user.last_name}
        known = {name: value for name, value in names.items() if value}
        chat.talk.happens(chat, "the person shares their number")
        return self._send_one(chat, {"contact": {"phone_number": phone_number, **known, "user_id": user_id}})

    def send_file(
        self, user_id: int, kind: str, upload: Upload, caption: str = "", reply_to: int | None = None
    ) -> Json:
        """Send a `photo` or a `voice` message."""
        chat = self._writable(user_id)
        try:
            content = self._world.keep_file(kind, upload).content()
        except Refused as refused:
            raise Mistake(400, f"this cannot be sent: {refused}") from None
        text = letters.clean_text(caption)
        chat.talk.happens(chat, f"the person sends a {kind}")
        return self._send_one(chat, content | ({"caption": text} if text else {}), reply_to)

    def start(self, user_id: int, payload: str = "") -> Json:
        """Press Start, perhaps from a link with a payload; a blocked bot is unblocked by it."""
        if payload:
            _payload(payload)
        chat = self.chat(user_id)
        if chat.blocked:
            self.unblock(user_id)
        if payload and payload == chat.user.link:
            chat.user.followed = True
        return self.send(user_id, f"/start {payload}".strip())

    def tap(self, user_id: int, button: Json, message_id: int | None = None) -> tuple[Json, Tap | None]:
        """Press a button: by `text`, by `row` and `col`, or with forged `data`. A link gives its URL."""
        chat = self._writable(user_id)
        if "data" in button:
            return self._tap_data(chat, int(message_id or 0), str(button["data"]))
        message, pressed = _button(chat, button, message_id)
        if "callback_data" not in pressed:
            return {"seq": chat.seq, **{name: pressed[name] for name in pressed if name != "style"}}, None
        data = str(pressed["callback_data"])
        chat.talk.tapped(chat, message.id, data, str(pressed["text"]))
        return self._tap(chat, message.id, data)

    def _tap_data(self, chat: PrivateChat, message_id: int, data: str) -> tuple[Json, Tap]:
        """A tap with any data. Only one that a button on the screen has is a word of the talk."""
        for message in _visible(chat):
            for button in (button for row in message.keyboard.inline for button in row):
                if message.id == message_id and button.get("callback_data") == data:
                    chat.talk.tapped(chat, message_id, data, str(button["text"]))
                    return self._tap(chat, message_id, data)
        chat.talk.happens(chat, "a forged tap")
        return self._tap(chat, message_id, data)

    def block(self, user_id: int) -> Json:
        chat = self._writable(user_id)
        chat.talk.happens(chat, "the bot is blocked")
        return self._member(chat, blocked=True)

    def unblock(self, user_id: int) -> Json:
        chat = self.chat(user_id)
        if not chat.blocked:
            raise Mistake(409, "the bot is not blocked")
        chat.talk.happens(chat, "the bot is unblocked")
        return self._member(chat, blocked=False)

    def delete_account(self, user_id: int) -> Json:
        """The person leaves Telegram. The bot is told nothing; its next message is refused."""
        chat = self.chat(user_id)
        chat.user.deleted = True
        chat.touch()
        return {"seq": chat.seq}

    def set_language(self, user_id: int, language_code: str) -> Json:
        """Change the language of the app; none leaves `language_code` out."""
        chat = self.chat(user_id)
        chat.user.language_code = language_code
        chat.touch()
        return {"seq": chat.seq}

    def edit(self, user_id: int, message_id: int, words: str) -> Json:
        """Change an own text; the bot gets `edited_message`."""
        chat = self._writable(user_id)
        message = _own(chat, message_id)
        chat.talk.happens(chat, "the person changes own words")
        message.content = _text_content(letters.clean_text(words))
        message.edit_date = int(chat.clock.now())
        message.edits += 1
        chat.touch()
        return _done(chat, chat.put("edited_message", chat.shape_of(message)))

    def delete(self, user_id: int, message_id: int) -> Json:
        """Delete a message on both sides; the bot is not told."""
        chat = self.chat(user_id)
        if message_id not in chat.messages:
            raise Mistake(404, f"no message {message_id}")
        chat.talk.happens(chat, "the person deletes a message")
        chat.remove(message_id)
        chat.touch()
        return {"seq": chat.seq}

    def clear_chat(self, user_id: int, *, both_sides: bool = False) -> Json:
        """Empty the phone. The bot still has its messages unless both sides are cleared."""
        chat = self.chat(user_id)
        for message in list(chat.messages.values()):
            message.on_phone = False
            if both_sides:
                chat.remove(message.id)
        chat.talk.clear()
        chat.touch()
        return {"seq": chat.seq}

    def auto_delete(self, user_id: int, seconds: int) -> Json:
        """Set the timer after which new messages vanish on both sides; 0 ends it. The bot is told."""
        chat = self._writable(user_id)
        if seconds < 0:
            raise Mistake(400, "a timer is 0 or more seconds")
        chat.talk.happens(chat, f"messages now vanish after {seconds} s" if seconds else "messages now stay")
        chat.auto_delete = seconds
        return self._send_one(chat, {"message_auto_delete_timer_changed": {"message_auto_delete_time": seconds}})

    def _writable(self, user_id: int) -> PrivateChat:
        chat = self.chat(user_id)
        if chat.user.deleted:
            raise Mistake(409, "the account is deleted")
        if chat.blocked:
            raise Mistake(409, "the bot is blocked: unblock it first")
        return chat

    def _send_one(self, chat: PrivateChat, content: Json, reply_to: int | None = None) -> Json:
        message = chat.add(chat.user, content, reply_to=reply_to)
        chat.started = True
        if _is_used_up(chat.reply_keyboard):
            chat.reply_keyboard = None
        chat.touch()
        return {"message_id": message.id, **_done(chat, chat.put("message", chat.shape_of(message)))}

    def _tap(self, chat: PrivateChat, message_id: int, data: str) -> tuple[Json, Tap]:
        world = self._world
        now = chat.clock.now()
        tap = Tap(str(world.chance.randrange(10**17, 10**18)), message_id, data, now)
        _forget_old_taps(chat, now)
        chat.taps[tap.id] = tap
        chat.bot.tapped[tap.id] = chat
        message = chat.messages.get(message_id)
        inaccessible = {"chat": chat.user.chat_shape(), "message_id": message_id, "date": 0}
        payload = {
            "id": tap.id,
            "from": chat.user.shape(),
            "message": chat.shape_of(message) if message else inaccessible,
            "chat_instance": str(chat.user.id * 1_000_003 + chat.bot.id),
            "data": data,
        }
        chat.touch()
        return {"tap": tap.id, **_done(chat, chat.put("callback_query", payload))}, tap

    def _member(self, chat: PrivateChat, *, blocked: bool) -> Json:
        """`my_chat_member`: in private chats it tells of blocking only (Bot API documentation, Update)."""
        bot = chat.bot.user_shape()
        member = {"user": bot, "status": "member"}
        kicked = {"user": bot, "status": "kicked", "until_date": 0}
        chat.blocked = blocked
        chat.touch()
        payload = {
            "chat": chat.user.chat_shape(),
            "from": chat.user.shape(),
            "date": int(chat.clock.now()),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }
        return _done(chat, chat.put("my_chat_member", payload))

    # What they see

    def screen(self, user_id: int) -> Json:
        """Everything the phone shows; what is not there is left out."""
        user = self._user(user_id)
        empty: Json = {"seq": 0, "now": self._world.clock.now(), "user": user.shape(), "messages": []}
        if user.link:
            empty["link"] = {"payload": user.link, "followed": user.followed}
        if not self._world.bots:
            return empty
        return empty | _screen(self.chat(user_id))

    # What can be told of it

    def time_passes(self, seconds: float) -> None:
        """Days are about to pass: every talk tells of them."""
        for chat in self._world.chats():
            chat.talk.passes(chat, seconds)

    def describe_talk(self, user_id: int, head: str, names: Mapping[str, str], true_at: int | None) -> Json:
        """Set what stands over a talk, and which words stand as `{name}` in it.

        A head with `true_at` is true of the screen with that `seq`; for a later one another must be set.
        """
        talk = self.chat(user_id).talk
        talk.head, talk.names, talk.true_at = head, dict(names), true_at
        self.chat(user_id).bell.ring()
        return {"ok": True}

    def talk(self, user_id: int) -> str:
        """What was said on a phone since its chat was last empty, as a file for tests and teachers."""
        chat = self.chat(user_id)
        if not chat.talk.begun:
            raise Mistake(409, "nothing was said yet")
        return chat.talk.as_text(chat, chat.user.language_code)

    async def wait_for_head(self, user_id: int, patience: float) -> None:
        """Wait until what stands over the talk is true of the phone as it is now."""
        chat = self.chat(user_id)
        await self._watch(chat, lambda: chat.talk.true_at is None or chat.talk.true_at >= chat.seq, patience)

    async def answered(self, user_id: int, tap: Tap, patience: float) -> Json | None:
        """The bot's answer to a tap, or None when none came in time (real seconds)."""
        chat = self.chat(user_id)
        await self._watch(chat, lambda: tap.answer is not None, patience)
        return tap.answer

    async def wait_for_news(self, user_id: int, since: int, patience: float, idle: float) -> bool:
        """Wait until something changed after `since` and then nothing for `idle` seconds; False if not."""
        deadline = _now() + patience
        chat = self.chat(user_id)
        await self._watch(chat, lambda: chat.seq > since, patience)
        return chat.seq > since and await self._rest(chat, deadline - _now(), idle, handled=False)

    async def wait_for_reaction(
        self, user_id: int, update_id: int, since: int, patience: float, idle: float, grace: float
    ) -> bool:
        """Wait until the bot has done something about an update, and then for quiet.

        It has when the screen changed by its hand after `since`. A bot that confirms the update and
        shows nothing within `grace` seconds is taken at its word: it had nothing to say.
        """
        deadline = _now() + patience
        chat = self.chat(user_id)

        def reacted() -> bool:
            return chat.bot_seq > since

        await self._watch(chat, lambda: reacted() or update_id not in chat.pending, patience)
        if not reacted() and update_id not in chat.pending:
            await self._watch(chat, reacted, min(grace, deadline - _now()))
        if not reacted() and update_id in chat.pending:
            return False
        return await self.wait_for_quiet(user_id, deadline - _now(), idle)

    async def wait_for_quiet(self, user_id: int, patience: float, idle: float) -> bool:
        """Wait until no update of this person is pending and nothing changed for `idle` seconds."""
        return await self._rest(self.chat(user_id), patience, idle, handled=True)

    async def _rest(self, chat: Chat, patience: float, idle: float, *, handled: bool) -> bool:
        deadline = _now() + patience
        while not self._world.closing:
            seen = chat.seq
            left = deadline - _now()
            if left <= 0:
                return False
            if handled and chat.pending:
                await self._watch(chat, lambda: not chat.pending, left)
            elif not await self._watch(chat, lambda seen=seen: chat.seq != seen, min(idle, left)):
                return idle <= left
        return False

    async def _watch(self, chat: Chat, ready: Any, patience: float) -> bool:
        """Look at `ready()` at every change of a chat, for so many real seconds."""
        deadline = _now() + patience
        while not ready():
            left = deadline - _now()
            if left <= 0 or self._world.closing:
                return False
            await chat.bell.wait(left)
        return True


def _now() -> float:
    return asyncio.get_running_loop().time()


def _done(chat: Chat, update: Update | None) -> Json:
    return {"seq": chat.seq, **({"update_id": update.key} if update else {})}


def _payload(words: str) -> str:
    if not _PAYLOAD.fullmatch(words):
        raise Mistake(400, "a payload is 1 to 64 of A-Z a-z 0-9 _ -")
    return words


def _is_used_up(keyboard: Json | None) -> bool:
    """Whether a reply keyboard goes away once the person has written."""
    return bool(keyboard and (keyboard.get("force_reply") or keyboard.get("one_time_keyboard")))


def _text_content(text: str) -> Json:
    entities = with_found_entities(Written(text)).entities()
    return {"text": text, "entities": entities} if entities else {"text": text}


def _own(chat: Chat, message_id: int) -> Message:
    message = chat.messages.get(message_id)
    if message is None or message.from_bot:
        raise Mistake(404, f"no own message {message_id}")
    return message


def _button(chat: Chat, button: Json, message_id: int | None) -> tuple[Message, Json]:
    """The newest visible button that fits, in one message if its id is given."""
    for message in reversed(_visible(chat)):
        if message_id is not None and message.id != message_id:
            continue
        for row_number, row in enumerate(message.keyboard.inline):
            for col_number, each in enumerate(row):
                if "text" in button:
                    found = _seen(each["text"]) == _seen(str(button["text"]))
                else:
                    found = (row_number, col_number) == (button.get("row"), button.get("col"))
                if found:
                    return message, each
    raise Mistake(404, "no such button on the screen")


def _seen(label: str) -> str:
    return " ".join(label.translate(_UNSEEN).split())


def _forget_old_taps(chat: Chat, now: float) -> None:
    for tap_id in [tap.id for tap in chat.taps.values() if now - tap.pressed_at > LIFE["callback_query"]]:
        del chat.taps[tap_id]
        chat.bot.tapped.pop(tap_id, None)


def _visible(chat: Chat) -> list[Message]:
    return [message for message in chat.messages.values() if message.on_phone]


def _screen(chat: PrivateChat) -> Json:
    bot, language, now = chat.bot, chat.user.language_code[:2], chat.clock.now()
    messages = [_shown(message, chat) for message in _visible(chat)]
    screen: Json = {
        "seq": chat.seq,
        "now": now,
        "user": chat.user.shape(),
        "bot": {
            "id": bot.id,
            "username": bot.username,
            "name": bot.names.get(language) or bot.name,
            "short_description": in_language(bot.short_descriptions, language),
        },
        "started": chat.started,
        "blocked": chat.blocked,
        "account_deleted": chat.user.deleted,
        "pending_updates": len(chat.pending),
        "talk_begun": chat.talk.begun,
        "messages": messages,
        "deleted_ids": chat.deleted_ids,
        "notifications": chat.notifications,
        "toasts": chat.toasts,
        "spinning": [
            {"tap": tap.id, "message_id": tap.message_id, "data": tap.data}
            for tap in chat.taps.values()
            if tap.answer is None and now - tap.pressed_at <= ANSWER_WITHIN
        ],
        "commands": commands_for(bot, chat.user),
        "menu_button": chat.menu_button or bot.menu_button,
    }
    if not messages:
        screen["description"] = in_language(bot.descriptions, language)
    if chat.action and now < chat.action[1]:
        screen["action"] = chat.action[0]
    if chat.reply_keyboard:
        screen["reply_keyboard"] = chat.reply_keyboard
        asked = [message.id for message in _visible(chat) if message.keyboard.other is chat.reply_keyboard]
        if chat.reply_keyboard.get("force_reply") and asked:
            screen["reply_keyboard"] = {**chat.reply_keyboard, "message_id": asked[-1]}
    return screen


def _shown(message: Message, chat: PrivateChat) -> Json:
    content = message.content
    shown: Json = {
        "id": message.id,
        "from_bot": message.from_bot,
        "date": message.date,
        "text": message.words,
        "edits": message.edits,
        "buttons": [[dict(button) for button in row] for row in message.keyboard.inline],
    }
    entities = content.get("entities") or content.get("caption_entities")
    if entities:
        shown["entities"] = entities
    if message.edit_date:
        shown["edit_date"] = message.edit_date
    if message.reply_to in chat.messages:
        shown["reply_to"] = message.reply_to
    if message.protected:
        shown["protected"] = True
    if message.is_service:
        shown["service"] = sorted(SERVICE & set(content))[0]
    if "photo" in content:
        size = content["photo"][-1]
        shown["photo"] = {
            "url": f"/sim/files/{size['file_unique_id']}",
            "width": size["width"],
            "height": size["height"],
            "size": size["file_size"],
        }
    if "document" in content:
        file = content["document"]
        shown["document"] = {
            "url": f"/sim/files/{file['file_unique_id']}",
            "name": file.get("file_name", ""),
            "mime_type": file["mime_type"],
            "size": file["file_size"],
        }
    for kind in ("voice", "audio"):
        if kind in content:
            file = content[kind]
            shown[kind] = {
                "url": f"/sim/files/{file['file_unique_id']}",
                "mime_type": file.get("mime_type", "audio/ogg"),
                "duration": file["duration"],
                "size": file["file_size"],
                **({"name": file["file_name"]} if "file_name" in file else {}),
            }
    if "contact" in content:
        shown["contact"] = content["contact"]
    if message.reaction:
        shown["reaction"] = message.reaction
    if message.id in chat.pinned:
        shown["pinned"] = True
    return shown
