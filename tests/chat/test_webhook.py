"""Updates that Telegram brings, over real connections on loopback, into a database in a file.

Promises:
1. Whoever does not know path and secret gets 403, whatever they post, and nothing changes.
2. A post gets its 200 after the commit; when the commit fails, 503 and when to come again.
3. Posts that queue meanwhile are one transaction.
4. Too large a post gets 413, another kind 415; what is no update is passed, so that it holds up nobody.
5. While we stop, and while too many wait, posts are asked to come again; what was taken is finished.
6. Telegram is told where we listen, and told anew only when something is not as it should be.
7. Another program that takes the webhook away again and again ends this one with a sentence.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from telegram import WebhookInfo
from telegram.error import InvalidToken, NetworkError

from bot.chat import webhook
from bot.chat.updates import ALLOWED, PollTrouble
from bot.chat.webhook import AGAIN_SECONDS, CONNECTIONS, LARGEST, MOST_WAITING, SECRET_HEADER, Door, Webhook
from bot.store import StoreTrouble
from tests.chat.test_updates import BILAL, House, Telegram, agree, house, tap, wave, words
from tests.rig import free_port
from tests.store.sample import rows

__all__ = ["house", "wave"]  # fixtures

KEY = bytes(range(32))
ADDRESS = "https://bot.example.org/aitbar"


class Api(Telegram):
    """Keeps the webhook it was told, as Telegram does."""

    def __init__(self) -> None:
        super().__init__([])
        with self._unfrozen():
            self.info: dict[str, Any] = {"url": ""}
            self.told: list[dict[str, Any]] = []
            self.looks: list[None] = []
            self.failures: list[Exception] = []

    async def get_webhook_info(self, *_args: Any, **_more: Any) -> WebhookInfo:
        self.looks.append(None)
        if self.failures:
            raise self.failures.pop(0)
        return WebhookInfo.de_json({"has_custom_certificate": False, "pending_update_count": 0, **self.info}, self)

    async def set_webhook(self, url: str, *_args: Any, **more: Any) -> bool:
        self.told.append({"url": url, **more})
        self.info.clear()
        self.info.update(url=url, max_connections=more["max_connections"], allowed_updates=more["allowed_updates"])
        return True


class Line:
    """A way to a webhook that listens."""

    def __init__(self, client: aiohttp.ClientSession, way: Webhook, door: Door, port: int) -> None:
        self.client, self.way, self.door = client, way, door
        self.url = f"http://127.0.0.1:{port}"
        self.path = door.url.removeprefix("https://bot.example.org")

    async def post(self, raw: Any, **more: Any) -> int:
        async with self.sent(json.dumps(raw).encode(), **more) as answer:
            status: int = answer.status
            return status

    def sent(self, body: bytes, path: str | None = None, kind: str = "application/json", **headers: str) -> Any:
        known = {SECRET_HEADER: self.door.secret, "Content-Type": kind}
        return self.client.post(
            self.url + (self.path if path is None else path), data=body, headers={**known, **headers}
        )


@asynccontextmanager
async def listening(house: House, api: Api | None = None) -> AsyncIterator[Line]:
    """A webhook at work, until the end of the block."""
    bot = api or Api()
    port = free_port()
    door = Door(ADDRESS, KEY)
    updates = house._updates(bot)
    way = Webhook(bot, updates, updates._pace, door, ("127.0.0.1", port))
    running = asyncio.create_task(way.run())
    async with aiohttp.ClientSession() as client:
        line = Line(client, way, door, port)
        await until(lambda: bool(bot.told) or running.done())
        try:
            yield line
        finally:
            way.stop()
            await running


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)


# -- 1: who is heard ------------------------------------------------------------------------------------


def test_a_thousand_forged_posts_are_refused_and_change_nothing(house: House, wave: str) -> None:
    chance = random.Random(7)

    def forged(line: Line) -> tuple[str, dict[str, str]]:
        secret, path = line.door.secret, line.path
        ways: list[tuple[str, dict[str, str]]] = [
            (path, {SECRET_HEADER: ""}),
            (path, {SECRET_HEADER: secret[:-1]}),
            (path, {SECRET_HEADER: secret + "x"}),
            (path, {SECRET_HEADER: secret.swapcase()}),
            (path, {SECRET_HEADER: chance.randbytes(24).hex()}),
            (path, {SECRET_HEADER: "\u00e9\u0627"}),
            (path[:-1], {}),
            ("/", {}),
            (path + "/", {}),
            (path.replace("aitbar/", "aitbar/0"), {}),
        ]
        return chance.choice(ways)

    async def story() -> None:
        async with listening(house) as line:
            for _ in range(1_000):
                path, headers = forged(line)
                async with line.sent(json.dumps(agree(wave)).encode(), path, **headers) as answer:
                    assert (answer.status, await answer.read()) == (403, b"")
                    assert "Server" not in answer.headers
            assert house.sent.out == []
            assert await line.post(agree(wave)) == 200, "the harness knocks at the right door"

    before = rows(house.store, "SELECT * FROM session")
    asyncio.run(story())
    assert before == []
    assert len(rows(house.store, "SELECT * FROM session")) == 1


def test_a_forged_post_is_refused_before_its_body_came(house: House, wave: str) -> None:
    async def story() -> bytes:
        async with listening(house) as line:
            port = int(line.url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST {line.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: 2000\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.readline(), 10)
            writer.close()
            return answer

    assert b" 403 " in asyncio.run(story())


def test_other_methods_are_refused_too(house: House, wave: str) -> None:
    async def story() -> int:
        async with listening(house) as line:
            headers = {SECRET_HEADER: line.door.secret}
            async with line.client.get(line.url + line.path, headers=headers) as answer:
                return answer.status

    assert asyncio.run(story()) == 403


def test_a_proxy_may_take_the_first_parts_of_the_path_away(house: House, wave: str) -> None:
    async def story() -> list[int]:
        async with listening(house) as line:
            last = line.path.rpartition("/")[2]
            return [
                await line.post(agree(wave, id), path=path) for id, path in ((5, f"/{last}"), (6, f"/x/{last}"))
            ]

    assert asyncio.run(story()) == [200, 200]


def test_path_and_secret_come_from_the_key_and_are_what_telegram_takes() -> None:
    one, same, other = Door(ADDRESS, KEY), Door(f"{ADDRESS}/", KEY), Door(ADDRESS, bytes(32))
    assert (one.url, one.secret) == (same.url, same.secret)
    assert one.url != other.url
    assert one.secret != other.secret
    assert one.secret.replace("-", "").replace("_", "").isalnum()
    assert 32 <= len(one.secret) <= 256


# -- 2 and 3: committed, then told ----------------------------------------------------------------------


def test_a_post_is_told_200_after_its_commit(house: House, wave: str) -> None:
    seen: list[int] = []

    async def story() -> None:
        async with listening(house) as line:
            posting = asyncio.create_task(line.post(agree(wave)))
            posting.add_done_callback(lambda _: seen.append(len(rows(house.store, "SELECT * FROM session"))))
            assert await posting == 200

    asyncio.run(story())
    assert seen == [1]
    assert len(house.sent.shown) == 1


def test_when_the_commit_fails_the_post_is_asked_for_again_and_nobody_is_thanked(house: House, wave: str) -> None:
    failures = iter([True])

    def fail(_connection: Any) -> None:
        if next(failures, False):
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    async def story() -> None:
        async with listening(house) as line:
            event.listen(house.store._engine, "commit", fail)
            raw = agree(wave)
            async with line.sent(json.dumps(raw).encode()) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, str(AGAIN_SECONDS))
            assert house.sent.shown == []
            assert await line.post(raw) == 200

    asyncio.run(story())
    assert len(house.sent.shown) == len(rows(house.store, "SELECT * FROM session")) == 1


def test_what_queues_while_a_transaction_is_on_its_way_is_one_transaction(house: House, wave: str) -> None:
    batches: list[int] = []

    async def story() -> None:
        async with listening(house) as line:
            honest, go_on = line.way._updates.take, asyncio.Event()

            async def slow(raws: Any) -> None:
                batches.append(len(raws))
                await go_on.wait()
                await honest(raws)

            line.way._updates.take = slow  # type: ignore[method-assign]
            posts = [asyncio.create_task(line.post(agree(wave, 10)))]
            await until(lambda: len(batches) == 1)
            posts += [asyncio.create_task(line.post(agree(wave, id))) for id in range(11, 31)]
            await until(lambda: len(line.way._waiting) == 20)
            assert not any(post.done() for post in posts)
            go_on.set()
            assert await asyncio.gather(*posts) == [200] * 21

    asyncio.run(story())
    assert batches == [1, 20]
    assert len(rows(house.store, "SELECT * FROM session")) == 21


def test_the_same_update_twice_changes_nothing_the_second_time(house: House, wave: str) -> None:
    async def story() -> list[int]:
        async with listening(house) as line:
            raw = agree(wave)
            return [await line.post(raw) for _ in range(3)]

    assert asyncio.run(story()) == [200] * 3
    assert len(rows(house.store, "SELECT * FROM session")) == 1


# -- 4: shapes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [LARGEST, LARGEST + 1])
@pytest.mark.parametrize("said", [True, False])
def test_a_post_of_more_than_256_kib_is_refused(house: House, wave: str, size: int, said: bool) -> None:
    raw = agree(wave)
    body = json.dumps(raw).encode()
    body += b" " * (size - len(body))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, size, 50_000):
            yield body[start : start + 50_000]

    async def story() -> int:
        async with listening(house) as line:
            data: Any = body if said else pieces()
            async with line.sent(data) as answer:
                status: int = answer.status
                return status

    assert asyncio.run(story()) == (200 if size == LARGEST else 413)


def test_another_kind_of_post_is_refused(house: House, wave: str) -> None:
    async def story() -> list[int]:
        async with listening(house) as line:
            kinds = ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8")
            return [await line.post(agree(wave), kind=kind) for kind in kinds]

    assert asyncio.run(story()) == [415, 415, 200]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"[" * 100_000, b"\xff", b'{"update_id": 1}'])
def test_what_is_no_update_is_passed_and_holds_up_nobody(house: House, wave: str, body: bytes) -> None:
    async def story() -> list[int]:
        async with listening(house) as line, line.sent(body) as answer:
            return [answer.status, await line.post(agree(wave))]

    assert asyncio.run(story()) == [200, 200]
    assert len(rows(house.store, "SELECT * FROM session")) == 1


# -- 5: stopping ----------------------------------------------------------------------------------------


def test_while_we_stop_what_was_taken_is_finished_and_what_comes_is_asked_for_again(
    house: House, wave: str
) -> None:
    async def story() -> None:
        async with listening(house) as line:
            honest, go_on, begun = line.way._updates.take, asyncio.Event(), asyncio.Event()

            async def slow(raws: Any) -> None:
                begun.set()
                await go_on.wait()
                await honest(raws)

            line.way._updates.take = slow  # type: ignore[method-assign]
            first = asyncio.create_task(line.post(agree(wave)))
            await begun.wait()
            behind = asyncio.create_task(line.post(agree(wave, BILAL)))
            await until(lambda: len(line.way._waiting) == 1)
            line.way.stop()
            async with line.sent(json.dumps(tap("o:h")).encode()) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, str(AGAIN_SECONDS))
            go_on.set()
            assert list(await asyncio.gather(first, behind)) == [200, 200]

    asyncio.run(story())
    assert len(rows(house.store, "SELECT * FROM session")) == 2


def test_only_so_many_posts_wait(house: House, wave: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_WAITING", 3)
    assert MOST_WAITING >= 2 * CONNECTIONS, "Telegram alone never fills it"

    async def story() -> None:
        async with listening(house) as line:
            honest, go_on, begun = line.way._updates.take, asyncio.Event(), asyncio.Event()

            async def slow(raws: Any) -> None:
                begun.set()
                await go_on.wait()
                await honest(raws)

            line.way._updates.take = slow  # type: ignore[method-assign]
            posts = [asyncio.create_task(line.post(words("hello", 50)))]
            await begun.wait()
            posts += [asyncio.create_task(line.post(words("hello", id))) for id in (51, 52, 53)]
            await until(lambda: len(line.way._waiting) == 3)
            assert await line.post(words("hello", 54)) == 503
            go_on.set()
            assert await asyncio.gather(*posts) == [200] * 4

    asyncio.run(story())


# -- 6 and 7: what Telegram knows -----------------------------------------------------------------------


def looked(house: House, api: Api, until_: Callable[[], bool]) -> None:
    """The webhook at work until something is true; it looks all the time."""

    async def story() -> None:
        port = free_port()
        updates = house._updates(api)
        way = Webhook(api, updates, updates._pace, Door(ADDRESS, KEY), ("127.0.0.1", port))
        running = asyncio.create_task(way.run())
        await until(lambda: until_() or running.done())
        way.stop()
        await running

    asyncio.run(story())


def test_telegram_is_told_address_secret_and_kinds_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LOOK_SECONDS", 0.01)
    api, door = Api(), Door(ADDRESS, KEY)
    looked(house, api, lambda: len(api.looks) >= 5)
    (told,) = api.told
    assert told == {
        "url": door.url,
        "secret_token": door.secret,
        "allowed_updates": ALLOWED,
        "max_connections": CONNECTIONS,
    }
    again = Api()
    again.info.update(api.info)
    looked(house, again, lambda: len(again.looks) >= 3)
    assert again.told == [], "a restart that changes nothing tells nothing"


@pytest.mark.parametrize(
    "change", [{"url": "https://elsewhere.org"}, {"max_connections": 7}, {"allowed_updates": []}]
)
def test_what_is_not_as_it_should_be_is_told_anew(house: House, change: dict[str, Any]) -> None:
    api = Api()
    wanted = {"url": Door(ADDRESS, KEY).url, "max_connections": CONNECTIONS, "allowed_updates": ALLOWED}
    api.info.update(wanted | change)
    looked(house, api, lambda: bool(api.told))
    assert len(api.told) == 1


def test_a_network_that_fails_is_asked_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.chat.updates.LONGEST_BACK_OFF", 0.01)
    api = Api()
    api.failures[:] = [NetworkError("x"), NetworkError("x")]
    looked(house, api, lambda: bool(api.told))
    assert len(api.told) == 1


def test_a_wrong_token_ends_it_with_a_sentence(house: House) -> None:
    api = Api()
    api.failures[:] = [InvalidToken()]
    with pytest.raises(PollTrouble, match="AITBAR_TELEGRAM_TOKEN"):
        looked(house, api, lambda: False)


def test_a_program_that_takes_it_away_again_and_again_ends_this_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "LOOK_SECONDS", 0.01)

    class Taken(Api):
        async def set_webhook(self, url: str, *_args: Any, **more: Any) -> bool:
            await super().set_webhook(url, **more)
            self.info["url"] = "https://elsewhere.org"
            return True

    api = Taken()
    with pytest.raises(PollTrouble, match="Another program sets or removes this bot's webhook"):
        looked(house, api, lambda: False)
    assert len(api.told) == webhook.TAKEN_TIMES


def test_a_place_that_is_taken_is_said(house: House) -> None:
    async def story() -> None:
        async with listening(house) as line:
            port = int(line.url.rpartition(":")[2])
            updates = house._updates(Api())
            second = Webhook(Api(), updates, updates._pace, line.door, ("127.0.0.1", port))
            await second.run()

    with pytest.raises(PollTrouble, match="AITBAR_WEBHOOK_LISTEN cannot be listened on"):
        asyncio.run(story())


def test_a_failing_database_is_no_end(house: House, wave: str) -> None:
    async def story() -> list[int]:
        async with listening(house) as line:
            honest = line.way._updates.take

            async def broken(_raws: Any) -> None:
                raise StoreTrouble("disk full")

            line.way._updates.take = broken  # type: ignore[method-assign,assignment]
            first = await line.post(agree(wave))
            line.way._updates.take = honest  # type: ignore[method-assign]
            return [first, await line.post(agree(wave))]

    assert asyncio.run(story()) == [503, 200]
