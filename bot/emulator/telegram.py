"""The Bot API in memory, free of HTTP: a token, a method and parameters in, a result or a refusal out.

Laws of this file:
- the checks come in the server's order: token, method, then the method's own; the first failure answers;
- a known method that is not emulated is refused with 501, an unknown one with 404, never with a friendly true;
- parameters nobody knows are ignored, as Telegram does, and noted as warnings in the log.
"""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.emulator import editing, polling, profile, sending
from bot.emulator.clock import Clock
from bot.emulator.files import Upload
from bot.emulator.methods import BY_LOWER
from bot.emulator.refusals import Refused, bad, too_many
from bot.emulator.request import Request
from bot.emulator.world import Bot, Json, World

_TOKEN = re.compile(r"[1-9][0-9]{0,19}:[A-Za-z0-9_-]+")
MAX_TOKEN = 80

Handler = Callable[[Request], Any | Awaitable[Any]]

_SEND = """
    chat_id business_connection_id message_thread_id direct_messages_topic_id disable_notification
    protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters
    reply_markup reply_to_message_id allow_sending_without_reply
"""
_CAPTION = "caption caption_entities parse_mode show_caption_above_media"
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"
_LINKS = "link_preview_options disable_web_page_preview"

# Method -> what it does and the parameters it has (Bot API documentation). A new method is a line here.
METHODS: dict[str, tuple[Handler, str]] = {
    "getMe": (profile.get_me, ""),
    "logOut": (profile.log_out, ""),
    "close": (profile.close, ""),
    "getUpdates": (polling.get_updates, "offset limit timeout allowed_updates"),
    "deleteWebhook": (polling.delete_webhook, "drop_pending_updates"),
    "getWebhookInfo": (polling.get_webhook_info, ""),
    "sendMessage": (sending.send_message, f"text parse_mode entities {_LINKS} {_SEND}"),
    "sendPhoto": (sending.send_photo, f"photo has_spoiler {_CAPTION} {_SEND}"),
    "sendDocument": (
        sending.send_document,
        f"document thumbnail disable_content_type_detection {_CAPTION} {_SEND}",
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
    "setMyCommands": (profile.set_my_commands, "commands scope language_code"),
    "getMyCommands": (profile.get_my_commands, "scope language_code"),
    "deleteMyCommands": (profile.delete_my_commands, "scope language_code"),
    "setMyName": (profile.set_my_name, "name language_code"),
    "getMyName": (profile.get_my_name, "language_code"),
    "setMyDescription": (profile.set_my_description, "description language_code"),
    "getMyDescription": (profile.get_my_description, "language_code"),
    "setMyShortDescription": (profile.set_my_short_description, "short_description language_code"),
    "getMyShortDescription": (profile.get_my_short_description, "language_code"),
    "setChatMenuButton": (profile.set_chat_menu_button, "chat_id menu_button"),
    "getChatMenuButton": (profile.get_chat_menu_button, "chat_id"),
    "getChat": (profile.get_chat, "chat_id"),
    "getFile": (profile.get_file, "file_id"),
}


@dataclass(frozen=True)
class Mishap:
    """What a planted fault does to a reply after the call was carried out."""

    reply: int = 0  # answer with this HTTP status instead; the call was not carried out
    hang_up: bool = False
    truncate: bool = False


class Telegram:
    """All bots of one world. `token` admits only that bot; without it the first call makes a bot."""

    def __init__(self, clock: Clock | None = None, *, token: str | None = None, seed: int | None = None) -> None:
        self.clock = clock or Clock()
        self.world = World(self.clock, seed)
        self._admitted = token
        if token is not None:
            if not is_token(token):
                raise ValueError("a token is digits, a colon and letters, as in 1:abc")
            self.world.bot(token)

    def close(self) -> None:
        """End every wait, so that a server can stop at once."""
        self.world.closing = True
        self.clock.wake()

    def reset(self, seed: int | None = None, *, bots_too: bool = False) -> None:
        self.world.reset(seed, bots_too=bots_too)
        if self._admitted is not None:
            self.world.bot(self._admitted)

    def bot(self, token: str) -> Bot:
        """The bot of a token, or 401."""
        if not is_token(token):
            raise Refused(401, "Unauthorized: invalid token specified")
        if self._admitted is not None and token != self._admitted:
            raise Refused(401, "Unauthorized")
        return self.world.bot(token)

    async def call(
        self, token: str, method: str, params: Json, files: dict[str, Upload] | None = None
    ) -> tuple[Json, Mishap]:
        """The whole answer, `ok` and all, and what a planted fault does to it on the way."""
        files = files or {}
        name = BY_LOWER.get(method.lower(), method)
        warnings: list[str] = []
        fault: Json = {}
        try:
            bot = self.bot(token)
            fault = self.world.faults.for_call(name, str(params.get("chat_id", "")))
            _refuse_by_fault(fault)
            body: Json = {"ok": True, "result": await self._result(bot, name, params, files, warnings)}
        except Refused as refused:
            body = refused.body()
        except (AttributeError, KeyError, TypeError, ValueError):
            # A value of a wrong type that no reader named: still a refusal, never a broken server.
            body = bad("can't parse parameters").body()
        self._note(token, name, params, files, warnings, fault, body)
        if fault.get("delay_s"):
            await asyncio.sleep(float(fault["delay_s"]))
        return body, Mishap(
            reply=int(fault.get("reply", 0)),
            hang_up=bool(fault.get("drop_reply")),
            truncate=bool(fault.get("truncate")),
        )

    async def _result(
        self, bot: Bot, name: str, params: Json, files: dict[str, Upload], warnings: list[str]
    ) -> Any:
        if name not in METHODS:
            if name in BY_LOWER.values():
                raise Refused(501, f"Not Implemented in emulator: {name}")
            raise Refused(404, "Not Found: method not found")
        handler, known = METHODS[name]
        attached = {key for key in files if any(f"attach://{key}" in str(value) for value in params.values())}
        warnings.extend(
            f"unknown parameter: {key}"
            for key in [*params, *files]
            if key not in known.split() and key not in attached
        )
        request = Request(self.world, bot, params, files, warnings)
        result = handler(request)
        return await result if inspect.isawaitable(result) else result

    def _note(
        self,
        token: str,
        name: str,
        params: Json,
        files: dict[str, Upload],
        warnings: list[str],
        fault: Json,
        body: Json,
    ) -> None:
        """Into the log goes the bot's number, never its token."""
        sizes = {key: f"{upload.name}, {len(upload.data)} bytes" for key, upload in files.items()}
        more: Json = {"warnings": warnings} if warnings else {}
        if fault:
            more["fault"] = fault
        number = token.partition(":")[0][:20]
        self.world.log.add("call", bot=number, method=name, params={**params, **sizes}, reply=body, **more)
        self.world.changed.ring()


def is_token(token: str) -> bool:
    return len(token) <= MAX_TOKEN and _TOKEN.fullmatch(token) is not None


def _refuse_by_fault(fault: Json) -> None:
    code = int(fault.get("reply", 0))
    if code == 429:
        raise too_many(int(fault.get("retry_after", 1)))
    if code:
        raise Refused(
            code, str(fault.get("description", "Internal Server Error" if code == 500 else "Bad Gateway"))
        )
