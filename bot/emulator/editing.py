"""Methods by which a bot changes what it said: edits, deletions, answers to taps."""

from typing import Any

from bot.emulator.composing import caption_content, read_caption, read_text, text_content
from bot.emulator.keyboards import Keyboard
from bot.emulator.letters import clean_text, read_entities
from bot.emulator.markup import parse
from bot.emulator.refusals import NOT_MODIFIED, QUERY_TOO_OLD, bad
from bot.emulator.request import Request
from bot.emulator.world import Chat, Json, Message

# In a private chat both sides' messages can be deleted for 48 h (Bot API documentation, deleteMessage).
DELETABLE_FOR = 172_800
MAX_DELETED = 100
MAX_ANSWER = 200  # characters (Bot API documentation, answerCallbackQuery)
# Telegram publishes no deadline for the answer to a tap; users report about this much.
ANSWER_WITHIN = 15.0
_CAPTION_FIELDS = ("caption", "caption_entities")


def edit_message_text(request: Request) -> Json:
    written = read_text(request)
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return _edit(chat, message, text_content(written, too_long="MESSAGE_TOO_LONG"), keyboard)


def edit_message_caption(request: Request) -> Json:
    written = read_caption(request)
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    if "text" in message.content:
        raise bad("there is no caption in the message to edit")
    content = {name: value for name, value in message.content.items() if name not in _CAPTION_FIELDS}
    return _edit(chat, message, content | caption_content(written), keyboard)


def edit_message_reply_markup(request: Request) -> Json:
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    return _edit(chat, message, message.content, keyboard)


def edit_message_media(request: Request) -> Json:
    """Text may become a photo or a document, never the way back. Other kinds of media are not emulated."""
    media: Any = request.structure("media", "input media")
    if not isinstance(media, dict):
        raise bad("object expected as media" if media else "media is not specified")
    keyboard = request.keyboard()
    chat, message = _editable(request, keyboard)
    kind = str(media.get("type", ""))
    if kind not in ("photo", "document"):
        raise bad("unsupported media type")
    inner = Request(request.world, request.bot, {kind: media.get("media", "")}, request.files)
    caption = str(media.get("caption", ""))
    entities = media.get("caption_entities")
    written = read_entities(caption, entities) if entities else parse(caption, str(media.get("parse_mode", "")))
    return _edit(chat, message, inner.file(kind, kind).content() | caption_content(written), keyboard)


def _editable(request: Request, keyboard: Keyboard) -> tuple[Chat, Message]:
    """The message, if the bot may change it at all."""
    chat = request.chat()
    message = request.message(chat, "edit")
    if not message.from_bot or message.keyboard.other:
        raise bad("message can't be edited")
    if keyboard.other:
        raise bad("inline keyboard expected")
    return chat, message


def _edit(chat: Chat, message: Message, content: Json, keyboard: Keyboard) -> Json:
    """Put the new content in place; `date` stays, no notification is raised."""
    if keyboard.late:
        raise keyboard.late
    if content == message.content and keyboard == message.keyboard:
        raise bad(NOT_MODIFIED)
    message.content = content
    message.keyboard = keyboard
    message.edit_date = int(chat.clock.now())
    message.edits += 1
    chat.touch(by_bot=True)
    return chat.shape_of(message)


def delete_message(request: Request) -> bool:
    chat = request.chat()
    message = request.message(chat, "delete")
    _refuse_if_old(chat, message)
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
        _refuse_if_old(chat, message)
    for message in found:
        if message.id in chat.messages:
            chat.remove(message.id)
    if found:
        chat.touch(by_bot=True)
    return True


def _refuse_if_old(chat: Chat, message: Message) -> None:
    if int(chat.clock.now()) - message.date > DELETABLE_FOR:
        raise bad("message can't be deleted for everyone")


def answer_callback_query(request: Request) -> bool:
    """Ends the spinning of a tapped button, with a toast or an alert if there is a text."""
    tap_id = request.text("callback_query_id").strip()
    text = clean_text(request.text("text"))
    chat = request.bot.tapped.get(tap_id)
    tap = chat.taps.get(tap_id) if chat else None
    if chat is None or tap is None or chat.clock.now() - tap.pressed_at > ANSWER_WITHIN:
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
