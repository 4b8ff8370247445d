"""What follows for the phones: calls to Telegram, their refusals taken as what they mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.chat.pace import Job, Pace

log = structlog.get_logger()

ALREADY_SO = "message is not modified"
TAP_TOO_LATE = ("query is too old", "query id is invalid")
TOO_OLD = "can't be deleted"
"""Telegram deletes for a bot what is younger than 48 hours; other refusals mean that it is gone already."""

GONE = ("message to edit not found", "message can't be edited", "there is no text in the message to edit")

DELETE_AT_ONCE = 100

REPLACED = 1_000
"""Messages remembered to have been replaced by newer ones: what was tapped twice comes within seconds."""


@dataclass(frozen=True)
class Show:
    """Show words and buttons: in the message `edit`, or in a new one (None). `instead` is deleted then.

    `slow` holds redraws to one a second; `shown` is told the id of the message that shows it now. `veil`: words
    that a new message says first, for its notification, before it is changed, and an old one that cannot be
    deleted says from then on; `quiet`: the phone makes no sound.
    """

    chat: int
    text: str
    keyboard: InlineKeyboardMarkup | None
    edit: int | None = None
    instead: int | None = None
    slow: bool = False
    shown: Callable[[int], None] | None = None
    veil: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class ShowPicture:
    """Send a picture with words under it."""

    chat: int
    picture: bytes
    caption: str


@dataclass(frozen=True)
class ShowFile:
    """Send a file with words under it."""

    chat: int
    content: bytes
    name: str
    caption: str


@dataclass(frozen=True)
class AnswerTap:
    """Stop the spinner of a tapped button, perhaps with a word in passing."""

    chat: int
    tap: str
    hint: str | None


@dataclass(frozen=True)
class Delete:
    """Delete messages, on both sides, as far as Telegram still allows; `left` says what follows when so many had
    to stay."""

    chat: int
    messages: tuple[int, ...]
    left: Callable[[int], tuple[Outgoing, ...]] | None = None


@dataclass(frozen=True)
class Later:
    """Something that takes its time (a picture is drawn first); runs beside the replies of other chats, and with
    `beside` beside those of its own, so that whoever hides does not wait for it."""

    chat: int
    make: Callable[[], Awaitable[tuple[Outgoing, ...]]]
    beside: bool = False


Outgoing = Show | ShowPicture | ShowFile | AnswerTap | Delete | Later


class Outbound:
    """Sends what turns and the desk answer with."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace
        self._instead: dict[tuple[int, int], int] = {}
        """Which message took the place of which, so that a second tap on the old one makes no second copy."""

    def send(self, out: Outgoing) -> None:
        """Queue one reply; nothing waits for it."""
        match out:
            case AnswerTap():
                # Beside the edit, never before it: the edit is what the person waits for.
                self._pace.reply(out.tap, Job(lambda: self._answer(out)))
            case Show():
                made: list[int] = []
                self._pace.reply(out.chat, Job(lambda: self._show(out, made), key=out.edit, slow=out.slow))
            case ShowPicture():
                self._pace.reply(out.chat, Job(lambda: self.send_picture(out.chat, out.picture, out.caption)))
            case ShowFile():
                self._pace.reply(out.chat, Job(lambda: self._send_file(out)))
            case Delete():
                self._pace.reply(out.chat, Job(lambda: self._delete(out)))
            case Later():
                lane = f"beside {out.chat}" if out.beside else out.chat
                self._pace.reply(lane, Job(lambda: self._make(out)))

    async def show(self, show: Show) -> None:
        """Show words and buttons now; raises what Telegram refused."""
        await self._show(show, [])

    async def send_text(self, chat: int, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Send a message of its own."""
        await self._bot.send_message(chat, text, reply_markup=keyboard)

    async def send_picture(self, chat: int, picture: bytes, caption: str) -> None:
        """Send a picture; it can be looked at, not passed on by a slip of the finger."""
        await self._bot.send_photo(chat, picture, caption=caption[:1024], filename="aitbar.png")

    async def _send_file(self, out: ShowFile) -> None:
        await self._bot.send_document(out.chat, out.content, filename=out.name, caption=out.caption[:1024])

    async def _make(self, later: Later) -> None:
        for out in await later.make():
            self.send(out)

    async def _show(self, show: Show, made: list[int]) -> None:
        """`made` is the new message, if a try before this one had come so far."""
        edit = show.edit if show.instead is None else self._instead.get((show.chat, show.instead))
        if edit is not None and await self._edit(show, edit):
            if show.shown is not None:
                show.shown(edit)
            return
        if not made:
            await self._pace.allowed()
            made.append(await self._new(show))
        if show.veil:
            await self._pace.allowed()
            await self._edit(show, made[0])
        if show.shown is not None:
            show.shown(made[0])
        if show.instead is not None:
            self._replaced(show, show.instead, made[0])

    async def _new(self, show: Show) -> int:
        """A new message: with its words, or only with those that its notification may show."""
        words, keys = (show.veil, None) if show.veil else (show.text, show.keyboard)
        quiet: dict[str, bool] = {"disable_notification": True} if show.quiet else {}
        message = await self._bot.send_message(show.chat, words, reply_markup=keys, **quiet)  # type: ignore[arg-type]
        return message.message_id

    def _replaced(self, show: Show, old: int, new: int) -> None:
        self._instead[show.chat, old] = new
        while len(self._instead) > REPLACED:
            self._instead.pop(next(iter(self._instead)), None)
        veiled = Show(show.chat, show.veil, None, edit=old)
        stays = (lambda _left: (veiled,)) if show.veil else None
        # By itself, so that its refusal never sends the message again.
        self.send(Delete(show.chat, (old,), left=stays))

    async def _edit(self, show: Show, message: int) -> bool:
        try:
            await self._bot.edit_message_text(
                show.text, chat_id=show.chat, message_id=message, reply_markup=show.keyboard
            )
        except BadRequest as refusal:
            said = refusal.message.lower()
            if ALREADY_SO in said:
                return True
            if any(reason in said for reason in GONE):
                return False
            raise
        return True

    async def _answer(self, answer: AnswerTap) -> None:
        try:
            await self._bot.answer_callback_query(answer.tap, text=answer.hint)
        except BadRequest as refusal:
            if not any(reason in refusal.message.lower() for reason in TAP_TOO_LATE):
                raise

    async def _delete(self, delete: Delete) -> None:
        messages = list(dict.fromkeys(delete.messages))[:DELETE_AT_ONCE]
        if not messages:
            return
        try:
            await self._bot.delete_messages(delete.chat, messages)
        except BadRequest:
            # One message that is too old refuses the whole call: then each for itself, one after another, so
            # that none leaves after Telegram asked to wait.
            left = sum([await self._stays(delete.chat, message) for message in messages])
            for out in delete.left(left) if left and delete.left is not None else ():
                self.send(out)

    async def _stays(self, chat: int, message: int) -> bool:
        """Delete one message; True where Telegram keeps it."""
        await self._pace.allowed()
        try:
            await self._bot.delete_message(chat, message)
        except BadRequest as refusal:
            log.info("a message could not be deleted any more")
            return TOO_OLD in refusal.message.lower()
        except Forbidden:
            log.info("a message could not be deleted any more")
        return False


def is_final(error: TelegramError) -> bool:
    """True for a refusal that no second try will change."""
    return isinstance(error, (Forbidden, BadRequest))
