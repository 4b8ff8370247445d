"""Methods by which a bot speaks: messages, files, albums, copies, chat actions."""

from typing import Any

from bot.emulator.composing import caption_content, read_caption, read_text, text_content
from bot.emulator.files import File
from bot.emulator.keyboards import NOTHING, Keyboard
from bot.emulator.letters import Written
from bot.emulator.media import read_album
from bot.emulator.refusals import Refused, bad
from bot.emulator.request import Request
from bot.emulator.world import Chat, Json, Message, PrivateChat

# Bot API documentation, sendChatAction.
_ALL_ACTIONS = """
    typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
    find_location record_video_note upload_video_note
"""
ACTIONS = frozenset(_ALL_ACTIONS.split())
CAPTION_FIELDS = ("caption", "caption_entities", "show_caption_above_media")


def send_message(request: Request) -> Json:
    written = read_text(request)
    keyboard = request.keyboard()
    chat = request.chat()
    return _send(request, chat, text_content(request, written, too_long="message is too long"), keyboard)


def send_photo(request: Request) -> Json:
    return _send_file(request, "photo")


def send_document(request: Request) -> Json:
    return _send_file(request, "document")


def send_audio(request: Request) -> Json:
    return _send_file(request, "audio")


def send_voice(request: Request) -> Json:
    return _send_file(request, "voice")


def _send_file(request: Request, kind: str) -> Json:
    caption = read_caption(request)
    keyboard = request.keyboard()
    chat = request.chat()
    file = request.file(kind, kind)
    return _send(request, chat, file_content(request, file, caption), keyboard)


def file_content(request: Request, file: File, caption: Written) -> Json:
    """The fields of a message that carries a file."""
    content = file.content() | caption_content(request, caption)
    if file.kind == "photo" and request.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def send_media_group(request: Request) -> list[Json]:
    """Two to ten files as an album; a single one is sent as any other message (TDLib)."""
    parts = read_album(request)
    chat = request.chat()
    contents = [file_content(part, part.file(kind, "media"), read_caption(part)) for kind, part in parts]
    reply_to = _replied(request, chat)
    _refuse(request, chat, contents, NOTHING)
    if len(contents) > 1:
        album = str(request.world.chance.randrange(10**16, 10**17))
        contents = [content | {"media_group_id": album} for content in contents]
    return [_deliver(request, chat, content, NOTHING, reply_to) for content in contents]


def copy_message(request: Request) -> Json:
    """The same content as a new message, with another caption if one is given; the keyboard is not copied."""
    caption = read_caption(request)
    keyboard = request.keyboard()
    chat, source = request.chat(), request.chat("from_chat_id")
    message = request.message(source, "copy")
    if message.is_service or message.protected:
        raise bad("message can't be copied")
    content = {name: value for name, value in message.content.items() if name != "media_group_id"}
    if "caption" in request.params and "text" not in content:
        content = {name: value for name, value in content.items() if name not in CAPTION_FIELDS}
        content |= caption_content(request, caption)
    return {"message_id": _send(request, chat, content, keyboard)["message_id"]}


def _send(request: Request, chat: Chat, content: Json, keyboard: Keyboard) -> Json:
    """What every sending of one message shares."""
    reply_to = _replied(request, chat)
    _refuse(request, chat, [content], keyboard)
    return _deliver(request, chat, content, keyboard, reply_to)


def _refuse(request: Request, chat: Chat, contents: list[Json], keyboard: Keyboard) -> None:
    """What the real server looks at last: the person, the buttons, the pace."""
    chat.refuse_unreachable()
    if isinstance(chat, PrivateChat) and chat.user.forbids_voice and any("voice" in each for each in contents):
        raise bad("VOICE_MESSAGES_FORBIDDEN")
    if keyboard.late:
        raise keyboard.late
    request.world.limits.spend_message(request.bot.id, chat.id, len(contents))


def _deliver(request: Request, chat: Chat, content: Json, keyboard: Keyboard, reply_to: int | None) -> Json:
    """The new message, on the phone with a notification, and in the reply."""
    message = chat.add(
        None,
        content,
        keyboard=keyboard,
        reply_to=reply_to,
        protected=request.flag("protect_content"),
        silent=request.flag("disable_notification"),
    )
    chat.action = None
    if keyboard.other:
        chat.reply_keyboard = None if keyboard.other.get("remove_keyboard") else keyboard.other
    chat.notifications.append({"message_id": message.id, "text": _first_line(message), "silent": message.silent})
    chat.touch(by_bot=True)
    return chat.shape_of(message)


def _replied(request: Request, chat: Chat) -> int | None:
    parameters: Any = request.structure("reply_parameters", "reply parameters") or {}
    if not isinstance(parameters, dict):
        raise bad("object expected as reply parameters")
    for name in ("quote", "poll_option_id", "checklist_task_id"):
        if parameters.get(name):
            raise Refused(501, f"Not Implemented in emulator: ReplyParameters.{name}")
    if str(parameters.get("chat_id") or chat.id) != str(chat.id):
        raise Refused(501, "Not Implemented in emulator: ReplyParameters.chat_id of another chat")
    message_id = int(parameters.get("message_id") or 0) or request.integer("reply_to_message_id")
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
    if "voice" in message.content:
        return "Voice message"
    file: Json = message.content.get("document") or message.content.get("audio") or {}
    return str(file.get("file_name", ""))


def send_chat_action(request: Request) -> bool:
    chat = request.chat()
    action = request.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.refuse_unreachable()
    chat.show_action(action)
    return True
