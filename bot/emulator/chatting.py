"""Methods about a chat: what it is, who is in it, what is pinned, the bot's reaction to a message."""

from typing import Any

from bot.emulator.reactions import REACTIONS
from bot.emulator.refusals import bad
from bot.emulator.request import Request
from bot.emulator.world import Bot, Group, Json, Message, PrivateChat, User

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
# What members of a new group may do (Bot API documentation, ChatPermissions).
_PERMISSIONS = """
    can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info
    can_invite_users can_pin_messages can_manage_topics
"""
# Bot API documentation, ChatMemberAdministrator.
_RIGHTS = """
    can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members
    can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories can_pin_messages
"""


def get_chat(request: Request) -> Json:
    """A `ChatFullInfo` with the fields it always has, and those that are set (Bot API documentation)."""
    chat = request.chat()
    if isinstance(chat, PrivateChat) and not chat.started:
        raise bad("chat not found")
    info: Json = {
        **chat.shape(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, isinstance(chat, PrivateChat)),
    }
    if isinstance(chat, Group):
        info["permissions"] = dict.fromkeys(_PERMISSIONS.split(), True)
    if isinstance(chat, PrivateChat) and chat.user.forbids_voice:
        info["has_restricted_voice_and_video_messages"] = True
    if chat.auto_delete:
        info["message_auto_delete_time"] = chat.auto_delete
    if chat.pinned:
        info["pinned_message"] = chat.shape_of(chat.messages[chat.pinned[-1]], with_reply=False)
    return info


def get_chat_member(request: Request) -> Json:
    """A `ChatMember`: the bot itself, or somebody known."""
    chat = request.chat()
    user_id = request.integer("user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    if user_id == request.bot.id:
        standing = chat.standing if isinstance(chat, Group) else "member"
        return bot_member(request.bot, standing)
    user = request.world.users.get(user_id)
    if user is None:
        raise bad("user not found")
    if isinstance(chat, Group):
        return person_member(chat, user)
    if user_id != chat.id:
        raise bad("member not found")
    return {"user": user.shape(), "status": "member"}


def bot_member(bot: Bot, standing: str) -> Json:
    """The bot as a `ChatMember` of a group it stands in so."""
    member: Json = {"user": bot.user_shape(), "status": standing}
    if standing == "kicked":
        member["until_date"] = 0
    if standing == "administrator":
        rights = dict.fromkeys(_RIGHTS.split(), True)
        member |= {**rights, "can_be_edited": False, "is_anonymous": False, "can_send_welcome_messages": False}
    return member


def person_member(group: Group, user: User) -> Json:
    if user is group.owner:
        return {"user": user.shape(), "status": "creator", "is_anonymous": False}
    return {"user": user.shape(), "status": "member" if user.id in group.members else "left"}


def leave_chat(request: Request) -> bool:
    """The bot goes; the update about it comes as for any other change of its standing."""
    chat = request.chat()
    if not isinstance(chat, Group):
        raise bad("chat member status can't be changed in private chats")
    chat_left(chat, "left", request.bot.user_shape())
    return True


def chat_left(group: Group, standing: str, by: Json) -> None:
    """Put the bot in another standing and tell it (`my_chat_member`)."""
    old, group.standing = group.standing, standing
    group.touch()
    group.put(
        "my_chat_member",
        {
            "chat": group.shape(),
            "from": by,
            "date": int(group.clock.now()),
            "old_chat_member": bot_member(group.bot, old),
            "new_chat_member": bot_member(group.bot, standing),
        },
    )


def pin_chat_message(request: Request) -> bool:
    """Pin a message for both sides; the chat tells of it in a message of its own."""
    chat = request.chat()
    if isinstance(chat, Group):
        chat.refuse_unless_administrator("manage pinned messages in the chat")
    message = _named(request, "pin")
    chat.refuse_unreachable()
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    chat.add(None, {"pinned_message": chat.shape_of(message, with_reply=False)})
    chat.touch(by_bot=True)
    return True


def unpin_chat_message(request: Request) -> bool:
    """Take the pin off a message, or off the newest pinned one."""
    chat = request.chat()
    if isinstance(chat, Group):
        chat.refuse_unless_administrator("manage pinned messages in the chat")
    if request.text("message_id"):
        message_id = _named(request, "unpin").id
    elif chat.pinned:
        message_id = chat.pinned[-1]
    else:
        raise bad("message to unpin not found")
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
        chat.touch(by_bot=True)
    return True


def set_message_reaction(request: Request) -> bool:
    """Show the bot's one reaction to a message, or take it away."""
    chosen = _read_reactions(request.structure("reaction", "reaction types"))
    chat = request.chat()
    message = _named(request, "react")
    chat.refuse_unreachable()
    if message.is_service or any(emoji not in REACTIONS for emoji in chosen):
        raise bad("REACTION_INVALID")
    if len(chosen) > 1:
        raise bad("REACTIONS_TOO_MANY")
    message.reaction = "".join(chosen)
    chat.touch(by_bot=True)
    return True


def _named(request: Request, what: str) -> Message:
    message = request.chat().messages.get(request.integer("message_id"))
    if message is None:
        raise bad(f"message to {what} not found")
    return message


def _read_reactions(reactions: Any) -> list[str]:
    """The emoji of an array of `ReactionType` (Bot API documentation, ReactionType)."""
    problem = "can't parse ReactionType: "
    if not isinstance(reactions or [], list):
        raise bad("expected an Array of ReactionType")
    emoji = []
    for each in reactions or []:
        if not isinstance(each, dict):
            raise bad(problem + "expected an Object")
        if "type" not in each:
            raise bad(problem + 'Can\'t find field "type"')
        if each["type"] not in ("emoji", "custom_emoji"):
            raise bad(problem + "invalid reaction type specified")
        if "emoji" not in each and each["type"] == "emoji":
            raise bad(problem + 'Can\'t find field "emoji"')
        emoji.append(str(each.get("emoji", "")))
    return emoji
