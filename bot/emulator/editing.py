"""Methods by which a bot changes what it said: edits, deletions, answers to taps."""

from typing import Any

from bot.emulator.composing import caption_content, read_caption, read_text, text_content
from bot.emulator.keyboards import Keyboard
from bot.emulator.letters import clean_text
from bot.emulator.media import read_media
from bot.emulator.refusals import NOT_MODIFIED, QUERY_TOO_OLD, bad
from bot.emulator.request import Request
from bot.emulator.sending import CAPTION_FIELDS, file_content
from bot.emulator.world import Chat, Group, Json, Message

# In a private chat both sides' messages can be deleted for 48 h (Bot API documentation, deleteMessage).
DELETABLE_FOR = 172_800
MAX_DELETED = 100
MAX_ANSWER = 200  # characters (Bot API documentation, answerCallbackQuery)
# Telegram publishes no deadline for the answer to a tap; users report about this much.
ANSWER_WITHIN = 15.0


def edit_message_text(request: Request) -> Json:
    written = read_text(request)
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    content = text_content(request, written, too_long="MESSAGE_TOO_LONG")
    return _edit(request, chat, message, content, keyboard)


def edit_message_caption(request: Request) -> Json:
    written = read_caption(request)
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    if "text" in message.content:
        raise bad("there is no caption in the message to edit")
    content = {name: value for name, value in message.content.items() if name not in CAPTION_FIELDS}
    return _edit(request, chat, message, content | caption_content(request, written), keyboard)


def edit_message_reply_markup(request: Request) -> Json:
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    return _edit(request, chat, message, message.content, keyboard)


def edit_message_media(request: Request) -> Json:
    """Text may become a photo, a document or music, never the way back; an album keeps its kind."""
    media: Any = request.structure("media", "input media")
    if not media:
        raise bad("media is not specified")
    kind, part = read_media(request, media)
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    content = file_content(part, part.file(kind, "media"), read_caption(part))
    if "voice" in message.content:
        raise bad("message can't be edited")
    if "media_group_id" in message.content:
        if kind not in message.content:
            raise bad("can't change media type of the message in an album")
        content["media_group_id"] = message.content["media_group_id"]
    return _edit(request, chat, message, content, keyboard)


def _editable(request: Request, keyboard: Keyboard) -> tuple[Chat, Message]:
    """The message, if the bot may change it at all."""
    if request.text("inline_message_id"):
        raise bad("invalid inline message identifier specified")
    chat = request.chat()
    message = request.message(chat, "edit")
    if not message.from_bot or message.keyboard.other or message.is_service:
        raise bad("message can't be edited")
    if keyboard.other:
        raise bad("inline keyboard expected")
    return chat, message


def _edit(request: Request, chat: Chat, message: Message, content: Json, keyboard: Keyboard) -> Json:
    """Put the new content in place; `date` stays, no notification is raised."""
    if keyboard.late:
        raise keyboard.late
    if content == message.content and keyboard == message.keyboard:
        raise bad(NOT_MODIFIED)
    request.world.limits.spend_edit(request.bot.id, chat.id, message.id)
    message.content = content
    message.keyboard = keyboard
    message.edit_date = int(chat.clock.now())
    message.edits += 1
    chat.touch(by_bot=True)
    return chat.shape_of(message)


def delete_message(request: Request) -> bool:
    chat = request.chat()
    message = request.message(chat, "delete")
    _refuse_if_lasting(chat, message)
    chat.remove(message.id)
    chat.touch(by_bot=True)
    return True


def delete_messages(request: Request) -> bool:
    """Unknown ids are skipped; one message that is too old refuses the whole call (TDLib)."""
    ids: Any = request.structure("message_ids", "message identifiers")
    chat = request.chat()
    if not isinstance(ids, list) or not ids:
        raise bad("message identifiers are not specified")
    if len(ids) > MAX_DELETED:
        raise bad("too many message identifiers specified")
    found = [chat.messages[int(each)] for each in ids if int(each) in chat.messages]
    for message in found:
        _refuse_if_lasting(chat, message)
    for message in found:
        if message.id in chat.messages:
            chat.remove(message.id)
    if found:
        chat.touch(by_bot=True)
    return True


def _refuse_if_lasting(chat: Chat, message: Message) -> None:
    """Too old; or somebody else's in a group where the bot is no administrator."""
    if isinstance(chat, Group) and not message.from_bot and chat.standing != "administrator":
        raise bad("message can't be deleted")
    if int(chat.clock.now()) - message.date > DELETABLE_FOR:
        raise bad("message can't be deleted for everyone")


def answer_callback_query(request: Request) -> bool:
    """Ends the spinning of a tapped button, with a toast or an alert if there is a text."""
    tap_id = request.text("callback_query_id").strip()
    text = clean_text(request.text("text"))
    chat = request.bot.tapped.get(tap_id)
    tap = chat.taps.get(tap_id) if chat else None
    if chat is None or tap is None or not _in_time(request, chat.clock.now() - tap.pressed_at):
        raise bad(QUERY_TOO_OLD)
    if len(text) > MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    if tap.answer is not None:
        request.warnings.append("this tap had been answered before")
    tap.answer = {"text": text, "alert": request.flag("show_alert")}
    chat.touch(by_bot=True)
    if text:
        chat.toasts.append({"seq": chat.seq, "tap": tap_id, "message_id": tap.message_id, **tap.answer})
    return True


def _in_time(request: Request, age: float) -> bool:
    """Whether a tap of this age may still be answered; a planted fault sets another deadline."""
    deadline = request.fault.get("answer_deadline_s")
    return age <= ANSWER_WITHIN if deadline is None else age < float(deadline)
