"""How a digest travels: everything arrives, or the caller learns what to do about it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.digest.channels import CHANNELS, Message
from bot.digest.channels.message import Gone, Later, Moved, Undelivered

MESSAGE = Message("words", b"picture", "the picture in words")


def send(failure: Exception | None = None) -> list[object]:
    """What one chat received, in order."""
    received: list[object] = []

    async def text(words: str) -> None:
        received.append(words)

    async def photo(picture: bytes, words: str) -> None:
        if failure is not None:
            raise failure
        received.append((picture, words))

    asyncio.run(CHANNELS["telegram"](text, photo).send(MESSAGE))
    return received


def test_the_picture_arrives_with_its_words_and_then_the_text() -> None:
    assert send() == [(b"picture", "the picture in words"), "words"]


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Gone),
        (Forbidden("Forbidden: user is deactivated"), Gone),
        (BadRequest("Chat not found"), Gone),
        (TimedOut(), Later),
        (NetworkError("Bad Gateway"), Later),
        (TelegramError("Internal Server Error"), Later),
        (ChatMigrated(-1007), Moved),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_failure_says_whether_the_reader_is_gone_or_it_may_be_tried_again(
    failure: Exception, meaning: type[Undelivered]
) -> None:
    with pytest.raises(meaning):
        send(failure)


def test_telegram_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns of its own next version
    with pytest.raises(Later) as told:
        send(RetryAfter(timedelta(seconds=7)))

    assert told.value.after == 7


def test_a_group_that_moved_says_where_to() -> None:
    with pytest.raises(Moved) as told:
        send(ChatMigrated(-1007))

    assert told.value.to == -1007


def test_a_mistake_of_our_own_is_neither_waiting_nor_farewell() -> None:
    with pytest.raises(BadRequest):
        send(BadRequest("Message caption is too long"))
