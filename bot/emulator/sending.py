"""Methods by which a bot speaks: messages, photos, documents, chat actions."""

from typing import Any

from bot.emulator.composing import caption_content, read_caption, read_text, text_content
from bot.emulator.keyboards import Keyboard
from bot.emulator.refusals import bad
from bot.emulator.request import Request, refuse_if_unreachable
from bot.emulator.world import Chat, Json, Message

# Bot API documentation, sendChatAction.
_ALL_ACTIONS = """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
    find_location record_video_note upload_video_note
"""
ACTIONS = frozenset(_ALL_ACTIONS.split())


def send_message(request: Request) -> Json:
    written = read_text(request)
    keyboard = request.keyboard()
    chat = request.chat()
    return _send(request, chat, text_content(written, too_long="message is too long"), keyboard)


def send_photo(request: Request) -> Json:
    return _send_file(request, "photo")


def send_document(request: Request) -> Json:
    return _send_file(request, "document")


def _send_file(request: Request, kind: str) -> Json:
    caption = read_caption(request)
    keyboard = request.keyboard()
    chat = request.chat()
    file = request.file(kind, kind)
    return _send(request, chat, file.content() | caption_content(caption), keyboard)


def _send(request: Request, chat: Chat, content: Json, keyboard: Keyboard) -> Json:
    """What every sending shares: the reply, the last checks, the new message, the notification."""
    reply_to = _replied(request, chat)
    refuse_if_unreachable(chat)
    if keyboard.late:
        raise keyboard.late
    message = Message(
        request.bot.next_message_id(),
        from_bot=True,
        date=int(chat.clock.now()),
        content=content,
        keyboard=keyboard,
        reply_to=reply_to,
        protected=request.flag("protect_content"),
        silent=request.flag("disable_notification"),
    )
    chat.messages[message.id] = message
    chat.action = None
    if keyboard.other:
        chat.reply_keyboard = None if keyboard.other.get("remove_keyboard") else keyboard.other
    chat.notifications.append({"message_id": message.id, "text": _first_line(message), "silent": message.silent})
    chat.touch(by_bot=True)
    return chat.shape_of(message)


def _replied(request: Request, chat: Chat) -> int | None:
    parameters: Any = request.structure("reply_parameters", "reply parameters") or {}
    message_id = int(parameters.get("message_id", 0)) or request.integer("reply_to_message_id")
    if not message_id:
        return None
    if message_id in chat.messages:
        return message_id
    if parameters.get("allow_sending_without_reply") or request.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _first_line(message: Message) -> str:
    """What a lock screen shows of a new message."""
    if message.words:
        return message.words.splitlines()[0]
    if "photo" in message.content:
        return "Photo"
    return str(message.content.get("document", {}).get("file_name", ""))


def send_chat_action(request: Request) -> bool:
    chat = request.chat()
    action = request.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    refuse_if_unreachable(chat)
    chat.show_action(action)
    return True
