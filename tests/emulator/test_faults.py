"""Faults on demand: each one reaches the bot, and each strike stands in the log.

1. A fault strikes the calls or updates it is meant for, as often as it says; its chance comes from its seed.
2. What strikes before a call leaves no effect; what strikes after it leaves only the reply lost.
3. Nothing gets lost by a fault of updates: what is delivered twice or in another order is all delivered.
"""

import asyncio
import json
from typing import Any

import pytest

from bot.emulator.wire import Lost
from tests.emulator.conftest import GUL, TOKEN, World

pytestmark = pytest.mark.asyncio

SANA = GUL + 1
BUTTONS = {"inline_keyboard": [[{"text": "هو", "callback_data": "y"}]]}


def plant(world: World, what: dict[str, Any], **match: Any) -> None:
    world.telegram.world.faults.plant(match, what)


def strikes(world: World) -> list[dict[str, Any]]:
    return [
        entry for entry in world.telegram.world.log.since(0) if entry["kind"] == "fault" and "planted" not in entry
    ]


async def say(world: World, chat_id: int = GUL, text: str = "One") -> int:
    """Send a message; the status that the client reads, 0 for a lost reply."""
    try:
        reply = await world.telegram.exchange(TOKEN, "sendMessage", {"chat_id": chat_id, "text": text})
    except Lost:
        return 0
    return reply.status


def said(world: World) -> list[str]:
    return [message["text"] for message in world.screen()["messages"] if message["from_bot"]]


# Which calls


async def test_a_fault_strikes_the_nth_call_that_fits_and_as_many_as_it_says(world: World) -> None:
    plant(world, {"reply": 500}, method="sendMessage", nth=2, count=2)
    statuses = [await say(world) for _ in range(5)]

    assert statuses == [200, 500, 500, 200, 200]
    assert len(strikes(world)) == 2


async def test_a_fault_for_a_chat_leaves_the_others_alone(world: World) -> None:
    world.phones.add("Sana", SANA)
    world.phones.start(SANA)
    plant(world, {"reply": 429, "retry_after": 3}, chat_id=SANA)

    assert [await say(world), await say(world, SANA)] == [200, 429]


async def test_a_fault_for_a_chat_strikes_the_answer_to_its_tap(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)
    done, _ = world.phones.tap(GUL, {"text": "هو"})
    plant(world, {"reply": 429}, chat_id=GUL, method="answerCallbackQuery")

    assert (await world.refusal("answerCallbackQuery", callback_query_id=done["tap"]))[0] == 429


async def test_chance_comes_from_the_seed(world: World) -> None:
    async def struck(seed: int) -> list[int]:
        plant(world, {"reply": 500}, probability=0.5, seed=seed)
        statuses = [await say(world) for _ in range(20)]
        world.telegram.world.faults.clear()
        return statuses

    first, again, other = await struck(1), await struck(1), await struck(2)

    assert first == again != other
    assert 0 < first.count(500) < 20


@pytest.mark.parametrize(
    ("match", "what"),
    [
        ({}, {}),
        ({}, {"explode": True}),
        ({"methods": "sendMessage"}, {"reply": 500}),
        ({}, {"reply": "many"}),
        ({}, {"delay_s": -1}),
        ({}, {"duplicate": 1, "malformed": True}),
        ({}, {"reorder": {"window": 1}}),
    ],
)
async def test_a_fault_that_could_never_strike_is_not_planted(
    world: World, match: dict[str, Any], what: dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        world.telegram.world.faults.plant(match, what)
    assert world.telegram.world.faults.all() == []


# What a client reads


async def test_a_429_names_its_wait_and_leaves_no_effect(world: World) -> None:
    plant(world, {"reply": 429, "retry_after": 7})
    reply = await world.telegram.exchange(TOKEN, "sendMessage", {"chat_id": GUL, "text": "One"})

    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert json.loads(reply.body)["parameters"] == {"retry_after": 7}
    assert said(world) == []


@pytest.mark.parametrize(
    ("what", "status", "kind"),
    [
        ({"reply": 500}, 500, "application/json"),
        ({"reply": 500, "html": True}, 500, "text/html; charset=utf-8"),
        ({"reply": 502}, 502, "text/html; charset=utf-8"),
        ({"reply": 503, "html": False}, 503, "application/json"),
    ],
)
async def test_a_broken_server_answers_in_json_or_with_a_page(
    world: World, what: dict[str, Any], status: int, kind: str
) -> None:
    plant(world, what)
    reply = await world.telegram.exchange(TOKEN, "sendMessage", {"chat_id": GUL, "text": "One"})

    assert (reply.status, reply.headers["Content-Type"]) == (status, kind)
    assert said(world) == []


async def test_a_cut_reply_is_no_json_though_the_call_was_carried_out(world: World) -> None:
    plant(world, {"truncate": True})
    reply = await world.telegram.exchange(TOKEN, "sendMessage", {"chat_id": GUL, "text": "One"})

    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)
    assert said(world) == ["One"]


@pytest.mark.parametrize(("what", "texts"), [({"drop_reply": True}, ["One"]), ({"refuse": True}, [])])
async def test_a_lost_reply_says_whether_the_call_took_effect(
    world: World, what: dict[str, Any], texts: list[str]
) -> None:
    plant(world, what)
    with pytest.raises(Lost) as lost:
        await world.telegram.exchange(TOKEN, "sendMessage", {"chat_id": GUL, "text": "One"})

    assert lost.value.carried_out is bool(texts)
    assert said(world) == texts


async def test_a_delay_passes_on_the_virtual_clock(world: World) -> None:
    plant(world, {"delay_s": 3_600})
    call = asyncio.create_task(say(world))
    await asyncio.sleep(0)
    assert (said(world), call.done()) == (["One"], False)
    world.telegram.clock.advance(3_600)

    assert await call == 200


async def test_the_answer_to_a_tap_has_a_deadline_that_can_be_set(world: World) -> None:
    await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)

    async def answer_after(seconds: float) -> Any:
        done, _ = world.phones.tap(GUL, {"text": "هو"})
        world.telegram.clock.advance(seconds)
        return (await world.reply("answerCallbackQuery", callback_query_id=done["tap"]))["ok"]

    assert [await answer_after(15), await answer_after(16)] == [True, False]
    plant(world, {"answer_deadline_s": 5})
    assert [await answer_after(4), await answer_after(5)] == [True, False]
    world.telegram.world.faults.clear()
    plant(world, {"answer_deadline_s": 60})
    assert [await answer_after(59), await answer_after(60)] == [True, False]


# What happens to updates


async def ids_and_words(world: World, offset: int = 0) -> list[tuple[int, str]]:
    world.telegram.clock.advance(4)  # the same question within 3 s would wait
    updates = await world.call("getUpdates", offset=offset)
    return [(each["update_id"], _word(each)) for each in updates]


def _word(update: dict[str, Any]) -> str:
    return str(update.get("message", {}).get("text") or update["callback_query"]["data"])


async def test_an_ignored_confirmation_delivers_again(world: World) -> None:
    plant(world, {"duplicate": 2})
    [(start, _)] = await ids_and_words(world)
    again = [len(await ids_and_words(world, start + 1)) for _ in range(3)]

    assert again == [1, 1, 0]


async def test_an_ignored_confirmation_may_be_meant_for_one_chat(world: World) -> None:
    world.phones.add("Sana", SANA)
    plant(world, {"duplicate": 1}, chat_id=SANA)
    [(start, _)] = await ids_and_words(world)
    assert await ids_and_words(world, start + 1) == []
    world.phones.start(SANA)
    [(hers, _)] = await ids_and_words(world, start + 1)

    assert [len(await ids_and_words(world, hers + 1)) for _ in range(2)] == [1, 0]


async def test_a_malformed_update_stands_among_good_ones(world: World) -> None:
    plant(world, {"malformed": True}, type="message", nth=2)
    for word in ("One", "Two", "Three"):
        world.phones.send(GUL, word)
    updates = await world.call("getUpdates")

    assert [type(update["message"]["date"]) for update in updates] == [int, int, list, int]
    assert all("text" in update["message"] for update in updates)
    assert "Two" in [message["text"] for message in world.screen()["messages"]]  # the phone knows nothing of it


async def test_a_malformed_update_may_be_broken_in_a_named_field(world: World) -> None:
    plant(world, {"malformed": "chat.id"})
    world.phones.send(GUL, "One")

    assert isinstance((await world.call("getUpdates"))[-1]["message"]["chat"]["id"], list)


async def test_a_tap_may_come_with_a_message_that_cannot_be_read_any_more(world: World) -> None:
    sent = await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)
    plant(world, {"inaccessible": True})
    world.phones.tap(GUL, {"text": "هو"})
    tap = (await world.call("getUpdates"))[-1]["callback_query"]

    assert tap["message"] == {"chat": sent["chat"], "message_id": sent["message_id"], "date": 0}
    assert [strike["type"] for strike in strikes(world)] == ["callback_query"]


async def texts_against_taps(world: World, seed: int, *, within_queue: bool) -> list[str]:
    """Four texts and four taps in turn, in the order in which the bot gets them."""
    await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)
    message = world.screen()["messages"][-1]["id"]
    [(start, _)] = await ids_and_words(world)
    plant(world, {"reorder": {"window": 8, "seed": seed, "within_queue": within_queue}})
    for number in range(4):
        world.phones.send(GUL, f"text {number}")
        world.phones.tap(GUL, {"data": f"tap {number}"}, message)
    came = await ids_and_words(world, start + 1)

    assert [each for each, _ in came] == sorted(each for each, _ in came)
    return [word for _, word in came]


async def test_texts_and_taps_overtake_each_other_but_not_their_own_kind(world: World) -> None:
    made = [f"{kind} {number}" for number in range(4) for kind in ("text", "tap")]
    came = await texts_against_taps(world, 1, within_queue=False)

    assert sorted(came) == sorted(made)
    assert came != made
    for kind in ("text", "tap"):
        assert [word for word in came if word.startswith(kind)] == [f"{kind} {number}" for number in range(4)]


async def test_harsher_than_telegram_they_overtake_their_own_kind_too(world: World) -> None:
    came = await texts_against_taps(world, 1, within_queue=True)

    assert [word for word in came if word.startswith("text")] != [f"text {number}" for number in range(4)]


async def test_a_window_that_does_not_fill_is_opened_by_time(world: World) -> None:
    [(start, _)] = await ids_and_words(world)
    plant(world, {"reorder": {"window": 50, "hold_s": 2}})
    done = world.phones.send(GUL, "One")
    poll = asyncio.create_task(world.call("getUpdates", offset=start + 1, timeout=30))
    await asyncio.sleep(0)
    world.telegram.clock.advance(1.9)
    await asyncio.sleep(0)
    assert not poll.done()
    world.telegram.clock.advance(0.1)
    [update] = await poll

    assert update["message"]["text"] == "One"
    assert world.screen()["pending_updates"] == 1
    await world.call("getUpdates", offset=update["update_id"] + 1)
    assert world.screen()["pending_updates"] == 0
    assert done["update_id"] not in world.phones.chat(GUL).pending


async def test_held_updates_expire_and_are_forgotten_like_others(world: World) -> None:
    plant(world, {"reorder": {"window": 50, "hold_s": 10**6}})
    world.phones.send(GUL, "One")
    assert (await world.call("getWebhookInfo"))["pending_update_count"] == 2
    world.telegram.clock.advance(86_400)

    assert (await world.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_every_strike_stands_in_the_log_beside_what_it_did(world: World) -> None:
    plant(world, {"reply": 502}, method="getMe")
    await world.reply("getMe")
    planted, strike, call = world.telegram.world.log.since(0)[-3:]

    assert planted["planted"]
    assert (strike["kind"], strike["fault"], strike["method"]) == ("fault", planted["fault"], "getMe")
    assert (call["kind"], call["fault"], call["reply"]["error_code"]) == ("call", {"reply": 502}, 502)
