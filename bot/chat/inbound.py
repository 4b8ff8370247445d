"""A Telegram update as what somebody did: Update -> Came. Names, usernames and raw updates go no further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot, Message, Update
from telegram.constants import ChatType

from bot.chat.codec import decode
from bot.core.events import Asked, Threshold, WantedNoMore, WantedToRead
from bot.core.survey import LANGUAGES
from bot.store.desk import GROUP
from bot.turn import Held


@dataclass(frozen=True)
class Command:
    """A line that begins with a slash: its name, and the rest."""

    name: str
    rest: str


@dataclass(frozen=True)
class Words:
    """Typed words, and what the buttons of the desk's message ask for to which they reply."""

    text: str
    about: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Stranger:
    """Something that is never taken in: a picture, a forwarded voice, a place, a contact; or words in a group."""

    group: bool


@dataclass(frozen=True)
class Brought:
    """The bot was brought into a group by a link with this code: summaries are to come there."""

    code: str


@dataclass(frozen=True)
class Spoken:
    """A voice note: where its bytes are fetched, how large and long it says to be, and what the buttons of the
    desk's message ask for to which it replies; nothing where it replies to no such message."""

    file_id: str
    size: int
    seconds: float
    about: tuple[Asked, ...]


Did = Held | Threshold | Asked | WantedNoMore | WantedToRead | Command | Words | Spoken | Brought | Stranger | None


@dataclass(frozen=True)
class Came:
    """One update: in which chat, by which account, at which message, and what was done.

    `tap` is the id of a tapped button, to be answered; `sent` is when the message was first sent; `late` is
    true for what waited through an outage, `waited` how many seconds, as far as it is known.
    """

    chat: int
    user: int
    message: int
    did: Did
    language: str
    tap: str | None = None
    sent: datetime | None = None
    late: bool = False
    waited: float = 0.0


def read(raw: dict[str, Any], bot: Bot) -> Came | None:
    """What an update means to us; None for kinds we do not ask for. Raises for a malformed one."""
    update = Update.de_json(raw, bot)
    if update.callback_query is not None:
        return _tap(update)
    if update.message is not None and update.message.from_user is not None:
        return _message(update.message)
    return None  # edited messages never change an answer; membership is Telegram's to keep


def _tap(update: Update) -> Came | None:
    query = update.callback_query
    if query is None or query.message is None:
        return None
    private = query.message.chat.type == ChatType.PRIVATE
    sent = query.message.date if isinstance(query.message, Message) else None
    return Came(
        chat=query.message.chat.id,
        user=query.from_user.id,
        message=query.message.message_id,
        did=decode(query.data or "") if private else Stranger(group=True),
        language=app_language(query.from_user.language_code),
        tap=query.id,
        sent=sent,
    )


def _message(message: Message) -> Came:
    assert message.from_user is not None
    return Came(
        chat=message.chat.id,
        user=message.from_user.id,
        message=message.message_id,
        did=_did(message),
        language=app_language(message.from_user.language_code),
        sent=message.date,
    )


def _did(message: Message) -> Did:
    if message.chat.type != ChatType.PRIVATE:
        return _in_a_group(message.text or "")
    if message.voice is not None:
        return _voice(message)
    if message.text is None:
        return Stranger(group=False)
    if message.text.startswith("/"):
        name, _, rest = message.text[1:].partition(" ")
        return Command(name.partition("@")[0].lower(), rest.strip())
    return Words(message.text, _replied_to(message))


def _in_a_group(text: str) -> Brought | Stranger:
    """Of all that is written in a group only the link is read that brought the bot there."""
    name, _, rest = text.partition(" ")
    if name.partition("@")[0] == "/start" and rest.startswith(f"{GROUP}-"):
        return Brought(rest.removeprefix(f"{GROUP}-"))
    return Stranger(group=True)


def _voice(message: Message) -> Did:
    """A voice note, in reply to the desk or not; one that was passed on speaks for somebody else."""
    voice = message.voice
    asked = _replied_to(message)
    if voice is None or (message.forward_origin is not None and not asked):
        return Stranger(group=False)
    seconds = voice.duration
    long = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
    return Spoken(voice.file_id, voice.file_size or 0, long, asked)


def _replied_to(message: Message) -> tuple[Asked, ...]:
    """What the buttons of the desk's message ask for to which this one replies."""
    replied = message.reply_to_message
    if replied is None or replied.reply_markup is None:
        return ()
    buttons = (button for row in replied.reply_markup.inline_keyboard for button in row)
    about = (decode(str(button.callback_data)) for button in buttons if button.callback_data)
    return tuple(one for one in about if isinstance(one, Asked))


def app_language(code: str | None) -> str:
    """The app's language when we speak it, else the first of ours; it only orders what is offered."""
    short = (code or "").partition("-")[0].lower()
    return short if short in LANGUAGES else LANGUAGES[0]
