"""The methods that have real semantics here: who carries each out, and which parameters it has."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.emulator import chatting, commands, editing, polling, profile, sending, webhook
from bot.emulator.request import Request

Handler = Callable[[Request], Any | Awaitable[Any]]

_PLACE = """
    chat_id business_connection_id message_thread_id direct_messages_topic_id disable_notification
    protect_content allow_paid_broadcast message_effect_id reply_parameters reply_to_message_id
    allow_sending_without_reply
"""
_SEND = f"{_PLACE} suggested_post_parameters reply_markup"
_CAPTION = "caption caption_entities parse_mode show_caption_above_media"
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"
_LINKS = "link_preview_options disable_web_page_preview"

# Method -> what it does and the parameters it has (Bot API documentation). A new method is a line here.
METHODS: dict[str, tuple[Handler, str]] = {
    "getMe": (profile.get_me, ""),
    "logOut": (profile.log_out, ""),
    "close": (profile.close, ""),
    "getUpdates": (polling.get_updates, "offset limit timeout allowed_updates"),
    "setWebhook": (
        webhook.set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    ),
    "deleteWebhook": (webhook.delete_webhook, "drop_pending_updates"),
    "getWebhookInfo": (webhook.get_webhook_info, ""),
    "sendMessage": (sending.send_message, f"text parse_mode entities {_LINKS} {_SEND}"),
    "sendPhoto": (sending.send_photo, f"photo has_spoiler {_CAPTION} {_SEND}"),
    "sendDocument": (
        sending.send_document,
        f"document thumbnail disable_content_type_detection {_CAPTION} {_SEND}",
    ),
    "sendAudio": (sending.send_audio, f"audio duration performer title thumbnail {_CAPTION} {_SEND}"),
    "sendVoice": (sending.send_voice, f"voice duration {_CAPTION} {_SEND}"),
    "sendMediaGroup": (sending.send_media_group, f"media {_PLACE}"),
    "copyMessage": (
        sending.copy_message,
        f"from_chat_id message_id video_start_timestamp {_CAPTION} {_SEND}",
    ),
    "sendChatAction": (
        sending.send_chat_action,
        "business_connection_id chat_id message_thread_id action",
    ),
    "editMessageText": (editing.edit_message_text, f"text parse_mode entities {_LINKS} {_EDIT}"),
    "editMessageCaption": (editing.edit_message_caption, f"{_CAPTION} {_EDIT}"),
    "editMessageMedia": (editing.edit_message_media, f"media {_EDIT}"),
    "editMessageReplyMarkup": (editing.edit_message_reply_markup, _EDIT),
    "deleteMessage": (editing.delete_message, "chat_id message_id"),
    "deleteMessages": (editing.delete_messages, "chat_id message_ids"),
    "answerCallbackQuery": (
        editing.answer_callback_query,
        "callback_query_id text show_alert url cache_time",
    ),
    "setMyCommands": (commands.set_my_commands, "commands scope language_code"),
    "getMyCommands": (commands.get_my_commands, "scope language_code"),
    "deleteMyCommands": (commands.delete_my_commands, "scope language_code"),
    "setMyName": (profile.set_my_name, "name language_code"),
    "getMyName": (profile.get_my_name, "language_code"),
    "setMyDescription": (profile.set_my_description, "description language_code"),
    "getMyDescription": (profile.get_my_description, "language_code"),
    "setMyShortDescription": (profile.set_my_short_description, "short_description language_code"),
    "getMyShortDescription": (profile.get_my_short_description, "language_code"),
    "setChatMenuButton": (profile.set_chat_menu_button, "chat_id menu_button"),
    "getChatMenuButton": (profile.get_chat_menu_button, "chat_id"),
    "getChat": (chatting.get_chat, "chat_id"),
    "getChatMember": (chatting.get_chat_member, "chat_id user_id"),
    "leaveChat": (chatting.leave_chat, "chat_id"),
    "pinChatMessage": (
        chatting.pin_chat_message,
        "business_connection_id chat_id message_id disable_notification",
    ),
    "unpinChatMessage": (chatting.unpin_chat_message, "business_connection_id chat_id message_id"),
    "setMessageReaction": (chatting.set_message_reaction, "chat_id message_id reaction is_big"),
    "getFile": (profile.get_file, "file_id"),
}
