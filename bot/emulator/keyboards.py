"""What stands under a message: inline keyboards, reply keyboards, forced replies, and their refusals."""

from dataclasses import dataclass, field
from typing import Any

from bot.emulator.letters import clean_text
from bot.emulator.links import checked_link
from bot.emulator.refusals import Refused, bad

MAX_DATA_BYTES = 64  # Bot API documentation, InlineKeyboardButton
MAX_ROW, MAX_BUTTONS = 12, 300  # TDLib cuts there in silence
ADVISED_ROW, ADVISED_BUTTONS = 8, 100  # the documented guide figures
# Telegram publishes no figure for REPLY_MARKUP_TOO_LONG; about 10 kB of labels and data were seen to fail.
MAX_KEYBOARD_BYTES = 10_240

# Action -> the fields of its object that are shown back; a plain string if there are none.
_ACTIONS: dict[str, dict[str, type]] = {
    "callback_data": {},
    "url": {},
    "web_app": {"url": str},
    "login_url": {"url": str, "forward_text": str, "bot_username": str, "request_write_access": bool},
    "switch_inline_query": {},
    "switch_inline_query_current_chat": {},
    "switch_inline_query_chosen_chat": {
        "query": str,
        "allow_user_chats": bool,
        "allow_bot_chats": bool,
        "allow_group_chats": bool,
        "allow_channel_chats": bool,
    },
    "copy_text": {"text": str},
}
_STYLES = ("danger", "success", "primary")


@dataclass(frozen=True)
class Keyboard:
    """A read `reply_markup`. Only an inline keyboard is shown back to the bot (`Message.reply_markup`)."""

    inline: tuple[tuple[dict[str, Any], ...], ...] = ()
    other: dict[str, Any] | None = None  # reply keyboard, force_reply or remove_keyboard as sent
    late: Refused | None = None  # what the real server finds last
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def shape(self) -> dict[str, Any]:
        return {"inline_keyboard": [[dict(button) for button in row] for row in self.inline]}


NOTHING = Keyboard()


def read(value: Any) -> Keyboard:
    """Read a `reply_markup` object, or refuse it in the server's words."""
    if value in (None, "", {}):
        return NOTHING
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in value:
        return _read_inline(value["inline_keyboard"])
    for name in ("keyboard", "remove_keyboard", "force_reply"):
        if value.get(name):
            return Keyboard(other=_read_other(value))
    return NOTHING


def _read_inline(rows: Any) -> Keyboard:
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" must be of type Array')
    read_rows: list[tuple[dict[str, Any], ...]] = []
    warnings: list[str] = []
    left = MAX_BUTTONS
    for row in rows:
        if not isinstance(row, list):
            raise bad('field "inline_keyboard" must be an Array of Arrays')
        buttons = [button for button in map(_read_button, row) if button["text"]]
        if len(buttons) < len(row):
            warnings.append("a button without words was left out")
        if len(buttons) > ADVISED_ROW:
            warnings.append(f"{len(buttons)} buttons in one row, more than {ADVISED_ROW}")
        buttons = buttons[: min(MAX_ROW, left)]
        left -= len(buttons)
        if buttons:
            read_rows.append(tuple(buttons))
    if MAX_BUTTONS - left > ADVISED_BUTTONS:
        warnings.append(f"{MAX_BUTTONS - left} buttons, more than {ADVISED_BUTTONS}")
    return Keyboard(tuple(read_rows), late=_late(read_rows), warnings=tuple(warnings))


def _read_button(button: Any) -> dict[str, Any]:
    problem = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad(problem + "InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad(problem + 'Can\'t find field "text"')
    for name in ("callback_game", "pay"):
        if button.get(name):
            raise Refused(501, f"Not Implemented in emulator: InlineKeyboardButton.{name}")
    action = next((name for name in _ACTIONS if button.get(name) is not None), None)
    if action is None:
        raise bad(problem + "Text buttons are unallowed in the inline keyboard")
    style = {"style": button["style"]} if button.get("style") in _STYLES else {}
    return {"text": clean_text(_words(button["text"])), action: _action(action, button[action]), **style}


def _action(name: str, value: Any) -> Any:
    """What a button does, as it is shown back: a string, or an object of the fields that are known."""
    known = _ACTIONS[name]
    if not known:
        return _words(value)
    if not isinstance(value, dict):
        raise bad(f'can\'t parse inline keyboard button: field "{name}" must be of type Object')
    required = next(iter(known))
    if name != "switch_inline_query_chosen_chat" and not isinstance(value.get(required), str):
        raise bad(f"can't parse inline keyboard button: Can't find field \"{required}\"")
    return {field: value[field] for field, kind in known.items() if isinstance(value.get(field), kind)}


def _words(value: Any) -> str:
    """A field of type String; numbers count as their digits (Bot API server)."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise bad("can't parse inline keyboard button: Field must be of type String")


def _late(rows: list[tuple[dict[str, Any], ...]]) -> Refused | None:
    size = 0
    for button in (button for row in rows for button in row):
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
            return bad("BUTTON_DATA_INVALID")
        url = button.get("url")
        if url is not None and not checked_link(url):
            return bad("BUTTON_URL_INVALID")
        size += len(button["text"].encode()) + len((data or url or "").encode())
    return bad("reply markup is too long") if size > MAX_KEYBOARD_BYTES else None


def _read_other(value: dict[str, Any]) -> dict[str, Any]:
    """A reply keyboard with plain strings made into buttons; anything else as it came."""
    if not value.get("keyboard"):
        return dict(value)
    rows = value["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "keyboard" must be an Array of Arrays')
    return {**value, "keyboard": [[_read_plain(button) for button in row] for row in rows]}


def _read_plain(button: Any) -> dict[str, Any]:
    problem = "can't parse keyboard button: "
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise bad(problem + "KeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad(problem + 'Can\'t find field "text"')
    return dict(button)
