"""Updates by webhook, under a clock that stands still until it is moved, and without a network.

1. What gets no 2xx comes again: at once, after 2, 4, 8 s ..., as Retry-After says, until its life ends.
2. Inside a queue one update at a time, in order; queues go side by side, as many as the bot allows.
3. Polling and webhook exclude each other, in Telegram's words.
4. setWebhook checks what it is given, and no other computer is ever reached.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from bot.emulator.clock import Clock
from bot.emulator.files import Upload
from bot.emulator.phones import Phones
from bot.emulator.post import Answer, Unreachable, Webhook
from bot.emulator.telegram import Telegram
from tests.emulator.conftest import GUL, TOKEN, World

pytestmark = pytest.mark.asyncio

HOUR = 3_600
SANA = GUL + 1
URL = "http://127.0.0.1:1/hook"
OK = Answer(200)
BUTTONS = {"inline_keyboard": [[{"text": "هو", "callback_data": "y"}]]}


class Program:
    """A bot's program behind its webhook: notes each delivery and answers as the test says."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begin = clock.now()
        self.answer: Callable[[dict[str, Any]], Answer] = lambda _: OK
        self.open = asyncio.Event()  # closed, the program keeps every delivery waiting
        self.open.set()
        self.came: list[tuple[float, dict[str, Any]]] = []
        self.headers: list[Mapping[str, str]] = []
        self.inside = 0
        self.most_inside = 0

    async def __call__(self, _: Webhook, headers: Mapping[str, str], body: bytes) -> Answer:
        update = json.loads(body)
        self.came.append((self._clock.now() - self._begin, update))
        self.headers.append(headers)
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await self.open.wait()
            return self.answer(update)
        finally:
            self.inside -= 1

    def texts(self) -> list[str]:
        return [
            update.get("message", {}).get("text") or update["callback_query"]["data"] for _, update in self.came
        ]

    def times(self) -> list[float]:
        return [moment for moment, _ in self.came]


class Delivery(World):
    """The world of the other tests, with a program at the webhook."""

    def __init__(self) -> None:
        clock = Clock(lambda: 1_800_000_000.0)
        self.program = Program(clock)
        self.telegram = Telegram(clock, token=TOKEN, seed=1, post=self.program)
        self.phones = Phones(self.telegram.world)
        self.phones.add("Gul", GUL, language_code="ps")
        self.phones.add("Sana", SANA)

    async def passes(self, seconds: float) -> None:
        """Time passes once everything has happened that needs none, and again what it sets off."""
        await settle()
        self.telegram.clock.advance(seconds)
        await settle()

    async def info(self) -> dict[str, Any]:
        info: dict[str, Any] = await self.call("getWebhookInfo")
        return info

    def fates(self) -> list[str]:
        return [entry["fate"] for entry in self.telegram.world.log.since(0) if entry["kind"] == "update"]


async def settle() -> None:
    """Let every task go as far as it can without time: nothing here waits for a network."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[Delivery]:
    world = Delivery()
    yield world
    world.program.open.set()
    await world.telegram.aclose()


async def hooked(world: Delivery, **params: Any) -> None:
    assert await world.call("setWebhook", url=URL, **params) is True


# What is delivered


async def test_an_update_is_posted_with_the_secret_and_a_2xx_confirms_it(world: Delivery) -> None:
    await hooked(world, secret_token="s3cret_-")
    world.phones.start(GUL)
    await settle()

    [(_, update)] = world.program.came
    assert update["message"]["text"] == "/start"
    assert world.program.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret_-"
    assert world.fates() == ["created", "delivered", "confirmed"]
    assert (await world.info())["pending_update_count"] == 0
    assert "s3cret" not in json.dumps(world.telegram.world.log.since(0))


async def test_what_waited_before_the_webhook_was_set_is_delivered(world: Delivery) -> None:
    world.phones.start(GUL)
    await hooked(world)
    await settle()

    assert world.program.texts() == ["/start"]


async def test_without_a_secret_there_is_no_header(world: Delivery) -> None:
    await hooked(world)
    world.phones.start(GUL)
    await settle()

    assert "X-Telegram-Bot-Api-Secret-Token" not in world.program.headers[0]


async def test_the_tries_come_at_once_and_then_after_2_4_8_seconds(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(500, "Internal Server Error")
    await hooked(world)
    world.phones.start(GUL)
    await settle()
    assert world.program.times() == [0, 0]
    for second in range(1, 15):
        await world.passes(1)
        assert world.program.times() == [0, 0] + [moment for moment in (2, 6, 14) if moment <= second]


async def test_a_wait_between_tries_is_never_longer_than_two_minutes(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(500)
    await hooked(world)
    world.phones.start(GUL)
    for _ in range(600):
        await world.passes(1)
    times = world.program.times()
    waits = [after - before for before, after in pairwise(times)]

    assert waits[:6] == [0, 2, 4, 8, 16, 32]
    assert all(60 <= wait <= 120 for wait in waits[6:])
    assert len(waits) >= 10


async def test_retry_after_is_honoured_up_to_an_hour(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(503, "Service Unavailable", {"retry-after": "9999"})
    await hooked(world)
    world.phones.start(GUL)
    await world.passes(HOUR - 1)
    assert world.program.times() == [0]
    world.program.answer = lambda _: OK
    await world.passes(1)

    assert world.program.times() == [0, HOUR]
    assert world.fates()[-1] == "confirmed"


async def test_a_message_is_tried_until_its_24_hours_are_over(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(500)
    await hooked(world)
    world.phones.start(GUL)
    await world.passes(23 * HOUR + 59 * 60)
    assert (await world.info())["pending_update_count"] == 1
    await world.passes(60)

    assert (await world.info())["pending_update_count"] == 0
    assert world.fates()[-1] == "expired"


async def test_a_tap_is_not_tried_again_after_150_seconds(world: Delivery) -> None:
    world.phones.start(GUL)
    await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)
    await hooked(world, drop_pending_updates=True)
    world.program.answer = lambda _: Answer(500)
    world.phones.tap(GUL, {"text": "هو"})
    for _ in range(149):
        await world.passes(1)
    tries = len(world.program.came)
    await world.passes(HOUR)

    assert world.fates()[-1] == "expired"
    assert len(world.program.came) == tries >= 7


async def test_a_reply_that_does_not_come_within_a_minute_is_a_failure(world: Delivery) -> None:
    world.program.open.clear()
    await hooked(world)
    world.phones.start(GUL)
    await world.passes(59)
    assert len(world.program.came) == 1
    await world.passes(1)

    assert len(world.program.came) == 2
    assert (await world.info())["last_error_message"] == "Read timeout expired"
    assert world.program.inside == 1


async def test_the_last_failure_is_told(world: Delivery) -> None:
    def refuse(_: dict[str, Any]) -> Answer:
        raise Unreachable("Connection refused")

    await hooked(world, max_connections=7, allowed_updates=["message"])
    world.program.answer = refuse
    world.phones.start(GUL)
    await settle()
    assert await world.info() == {
        "url": URL,
        "has_custom_certificate": False,
        "pending_update_count": 1,
        "max_connections": 7,
        "last_error_date": 1_800_000_000,
        "last_error_message": "Connection refused",
        "allowed_updates": ["message"],
    }
    world.program.answer = lambda _: Answer(500, "Internal Server Error")
    await world.passes(2)
    assert (await world.info())["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_23_hours_of_410_remove_the_webhook_and_keep_the_updates(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(410, "Gone")
    await hooked(world)
    world.phones.start(GUL)
    await world.passes(23 * HOUR)
    assert (await world.info())["url"] == URL
    await world.passes(121)

    assert (await world.info())["url"] == ""
    assert len(await world.call("getUpdates")) == 1


async def test_a_single_other_answer_ends_a_row_of_410(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(410, "Gone")
    await hooked(world)
    world.phones.start(GUL)
    await world.passes(22 * HOUR)
    world.program.answer = lambda _: Answer(500)
    await world.passes(121)
    world.program.answer = lambda _: Answer(410, "Gone")
    await world.passes(121)
    world.phones.send(GUL, "Two")
    await world.passes(90 * 60)

    assert (await world.info())["url"] == URL


# In which order


async def test_in_one_queue_the_next_waits_for_the_first_whatever_the_number_of_connections(
    world: Delivery,
) -> None:
    await hooked(world, max_connections=40)
    failures = iter([True, True, True])
    world.program.answer = lambda _: Answer(500) if next(failures, False) else OK
    for number in range(10):
        world.phones.send(GUL, f"{number}")
    for _ in range(20):
        await world.passes(1)

    assert world.program.texts() == ["0", "0", "0", *map(str, range(10))]
    assert world.program.most_inside == 1


async def test_queues_go_side_by_side(world: Delivery) -> None:
    """Two people's texts, and a tap beside the texts of the same person."""
    world.phones.start(GUL)
    await world.call("sendMessage", chat_id=GUL, text="One", reply_markup=BUTTONS)
    await hooked(world, drop_pending_updates=True)
    world.program.open.clear()
    world.phones.send(GUL, "text")
    world.phones.send(GUL, "text after")
    world.phones.tap(GUL, {"text": "هو"})
    world.phones.send(SANA, "hers")
    await settle()

    assert world.program.texts() == ["text", "y", "hers"]


async def test_no_more_connections_than_the_bot_allows(world: Delivery) -> None:
    await hooked(world, max_connections=3)
    world.program.open.clear()
    for number in range(8):
        world.phones.add("P", GUL + 10 + number)
        world.phones.send(GUL + 10 + number, f"{number}")
    await settle()
    assert world.program.inside == 3
    world.program.open.set()
    await settle()

    assert world.program.most_inside == 3
    assert sorted(world.program.texts()) == [f"{number}" for number in range(8)]


async def test_a_call_in_the_reply_is_carried_out(world: Delivery) -> None:
    call = {"method": "sendMessage", "chat_id": GUL, "text": "by reply"}
    kind = {"content-type": "application/json; charset=utf-8"}
    world.program.answer = lambda _: Answer(200, headers=kind, body=json.dumps(call).encode())
    await hooked(world)
    world.phones.start(GUL)
    await settle()
    assert world.screen()["messages"][-1]["text"] == "by reply"

    world.program.answer = lambda _: Answer(200, headers=kind, body=b'{"method": "deleteWebhook"}')
    world.phones.send(GUL, "One")
    await settle()
    assert (await world.info())["url"] == URL


# Webhook or polling


async def test_polling_is_refused_while_a_webhook_is_set(world: Delivery) -> None:
    await hooked(world)
    assert await world.refusal("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    )

    assert await world.call("deleteWebhook") is True
    assert await world.call("getUpdates") == []


async def test_setting_a_webhook_ends_a_waiting_poll(world: Delivery) -> None:
    poll = asyncio.create_task(world.refusal("getUpdates", timeout=30))
    await settle()
    await hooked(world)

    assert await asyncio.wait_for(poll, 10) == (409, "Conflict: terminated by setWebhook request")


async def test_deleting_the_webhook_gives_its_updates_to_polling(world: Delivery) -> None:
    world.program.open.clear()
    await hooked(world)
    world.phones.start(GUL)
    await settle()
    await world.call("deleteWebhook")
    world.program.open.set()
    await settle()

    assert len(await world.call("getUpdates")) == 1
    world.phones.send(GUL, "One")
    await settle()
    assert world.program.texts() == ["/start"]


async def test_an_empty_url_deletes_the_webhook(world: Delivery) -> None:
    await hooked(world)
    assert await world.call("setWebhook", url="") is True
    assert (await world.info())["url"] == ""


async def test_pending_updates_can_be_dropped_with_the_webhook(world: Delivery) -> None:
    world.phones.start(GUL)
    await hooked(world, drop_pending_updates=True)
    await settle()

    assert world.program.came == []


async def test_another_webhook_takes_over(world: Delivery) -> None:
    world.program.answer = lambda _: Answer(500)
    await hooked(world)
    world.phones.start(GUL)
    await settle()
    await world.passes(1)
    world.program.answer = lambda _: OK
    await world.call("setWebhook", url=f"{URL}/2", secret_token="b")
    await world.passes(1)

    assert world.program.headers[-1]["X-Telegram-Bot-Api-Secret-Token"] == "b"
    assert world.fates()[-1] == "confirmed"


# What setWebhook refuses


async def test_a_second_webhook_within_a_second_is_too_many(world: Delivery) -> None:
    await hooked(world)
    reply = await world.reply("setWebhook", url=URL)
    assert (reply["error_code"], reply["description"]) == (429, "Too Many Requests: retry after 1")
    assert reply["parameters"] == {"retry_after": 1}
    await world.passes(1)
    await hooked(world)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"secret_token": "a" * 257}, "secret token is too long"),
        ({"secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"secret_token": "راز"}, "secret token contains unallowed characters"),
        ({"url": "ftp://127.0.0.1/"}, "invalid webhook URL specified"),
        ({"url": "http://"}, "invalid webhook URL specified"),
        ({"url": "http://127.0.0.1:99999/"}, "invalid webhook URL specified"),
        ({"url": "https://bot.example/"}, "bad webhook: the emulator delivers to this computer only"),
        ({"url": "bot.example"}, "bad webhook: the emulator delivers to this computer only"),
        ({"url": "http://192.0.2.1/"}, "bad webhook: the emulator delivers to this computer only"),
        ({"ip_address": "192.0.2.1"}, "bad webhook: the emulator delivers to this computer only"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(world: Delivery, params: dict[str, Any], words: str) -> None:
    assert await world.refusal("setWebhook", **{"url": URL, **params}) == (400, f"Bad Request: {words}")
    assert (await world.info())["url"] == ""


async def test_a_longest_secret_and_a_certificate_are_accepted(world: Delivery) -> None:
    certificate = {"certificate": Upload("c.pem", "", b"-----BEGIN CERTIFICATE-----")}
    asked = {"url": "https://localhost:8443/", "secret_token": "a" * 256, "ip_address": "127.0.0.1"}
    assert await world.call("setWebhook", certificate, **asked) is True
    info = await world.info()

    assert (info["has_custom_certificate"], info["ip_address"], info["max_connections"]) == (True, "127.0.0.1", 40)


async def test_after_a_reset_of_the_bots_nothing_is_delivered(world: Delivery) -> None:
    await hooked(world)
    world.telegram.reset(bots_too=True)
    world.phones.add("Gul", GUL)
    world.phones.start(GUL)
    await settle()

    assert world.program.came == []
