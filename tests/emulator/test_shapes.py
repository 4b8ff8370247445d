"""Everything a client reads is as Telegram gives it; and were it not, these tests would say so.

1. A talk calls every method there is; each reply and each update passes two libraries' models, with no null.
2. What our own bot asks passes aiogram's models of the methods.
3. Each mistake that breaks real clients, planted, turns at least one of these checks red.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.emulator import polling, profile, telegram, webhook
from bot.emulator.chats import Chat, Message
from bot.emulator.methods import BY_LOWER
from bot.emulator.queue import Queue
from bot.emulator.table import METHODS
from tests.emulator import acceptance, strict
from tests.emulator.conftest import GUL, TOKEN
from tests.rig import installed


async def prove() -> None:
    """The whole proof: every reply, every update, and how updates come."""
    talk = await acceptance.held()
    for heard in talk.heard:
        strict.check_reply(heard.method, heard.result)
    for update in talk.updates:
        strict.check_update(update)
    kinds = {kind for update in talk.updates for kind in update} - {"update_id"}
    assert kinds == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert talk.came_again
    assert talk.waited
    assert talk.posts
    for headers, posted in talk.posts:
        strict.check_update(posted)
        assert headers["X-Telegram-Bot-Api-Secret-Token"] == "hush"
    body, _ = await talk.telegram.call(TOKEN, "sendPoll", {"chat_id": GUL})
    assert body["error_code"] == 501


def test_every_reply_and_update_is_as_two_libraries_know_it() -> None:
    asyncio.run(prove())


def test_the_talk_calls_every_method_there_is() -> None:
    talk = asyncio.run(acceptance.held())

    assert {heard.method for heard in talk.heard} == set(METHODS)


def test_what_the_talk_asks_is_what_the_methods_take() -> None:
    talk = asyncio.run(acceptance.held())
    for heard in talk.heard:
        files = {name: "file" for name in ("photo", "document", "audio", "voice") if name not in heard.params}
        strict.check_request(heard.method, {**_only_fields(heard.method, files), **heard.params})


def _only_fields(method: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in strict.model_of(method).model_fields}


@pytest.mark.slow
def test_what_our_bot_asks_is_what_the_methods_take(tmp_path: Path) -> None:
    """From its introduction to the end of a first interview; without a single unknown parameter."""
    with installed(tmp_path) as rig:
        rig.start_bot()
        person = rig.person(1, "en")
        asyncio.run(_look_around(person))
        calls = rig.sim("/sim/log?since=0&kind=call")
        rig.stop_bot()

    assert len(calls) > 10
    assert [call["warnings"] for call in calls if call.get("warnings")] == []
    for call in calls:
        method = BY_LOWER[call["method"].lower()]
        strict.check_request(method, {name: _read(name, value) for name, value in call["params"].items()})


async def _look_around(person: Any) -> None:
    async with person:
        await person.start()
        await person.say("/help")


def _read(name: str, value: Any) -> Any:
    """Nested values travel as JSON text."""
    nested = isinstance(value, str) and value[:1] in ("{", "[") and name not in ("text", "caption")
    return json.loads(value) if nested else value


# The proof is proved


Plant = Callable[[pytest.MonkeyPatch], None]


def no_is_bot(patch: pytest.MonkeyPatch) -> None:
    def get_me(request: Any) -> Any:
        return {name: value for name, value in profile.get_me(request).items() if name != "is_bot"}

    patch.setitem(METHODS, "getMe", (get_me, ""))


def changed_messages(change: Callable[[dict[str, Any], Message], dict[str, Any]]) -> Plant:
    """Every Message goes out changed."""
    right = Chat.shape_of

    def wrong(chat: Chat, message: Message, *, with_reply: bool = True) -> dict[str, Any]:
        return change(right(chat, message, with_reply=with_reply), message)

    return lambda patch: patch.setattr(Chat, "shape_of", wrong)


def instead_of_a_message(value: Any) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        handler, known = METHODS["editMessageText"]

        def wrong(request: Any) -> Any:
            handler(request)
            return value

        patch.setitem(METHODS, "editMessageText", (wrong, known))

    return plant


def unknown_to_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(telegram, "BY_LOWER", {name.lower(): name for name in METHODS})


def gone_once_read(patch: pytest.MonkeyPatch) -> None:
    right = Queue.hand_over

    def wrong(queue: Queue, updates: Any) -> Any:
        shapes = right(queue, updates)
        queue.forget()
        return shapes

    patch.setattr(Queue, "hand_over", wrong)


def no_long_poll(patch: pytest.MonkeyPatch) -> None:
    async def at_once(*_: Any) -> None:
        return None

    patch.setattr(polling, "_wait", at_once)


def no_secret(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(webhook, "SECRET_HEADER", "X-Nothing")


# How the checks and the two libraries complain; a ValidationError of pydantic is a ValueError.
FOUND = (AssertionError, AttributeError, KeyError, OverflowError, TypeError, ValueError)

MISTAKES: dict[str, Plant] = {
    "getMe without is_bot": no_is_bot,
    "dates in milliseconds": changed_messages(lambda shape, _: {**shape, "date": shape["date"] * 1000}),
    "a reply keyboard echoed": changed_messages(
        lambda shape, message: {
            **shape,
            **({"reply_markup": message.keyboard.other} if message.keyboard.other else {}),
        }
    ),
    "true where a Message is due": instead_of_a_message(True),
    "null where a Message is due": instead_of_a_message(None),
    "an explicit null": changed_messages(lambda shape, _: {**shape, "edit_date": None}),
    "a flat chat_id": changed_messages(lambda shape, _: {**shape, "chat_id": shape["chat"]["id"]}),
    "a known method answered 404": unknown_to_it,
    "updates gone once read": gone_once_read,
    "no long poll": no_long_poll,
    "no secret header": no_secret,
}


@pytest.mark.parametrize("plant", MISTAKES.values(), ids=MISTAKES)
def test_a_planted_mistake_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)

    with pytest.raises(FOUND):
        asyncio.run(prove())
