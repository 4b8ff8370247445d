"""A small bot for these tests: it answers every text with two buttons and edits when one is pressed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp


class Echo:
    """Polls, and answers each update in order. Confirms before it answers, as careful bots do."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self._session, self._token = session, token
        self.silent = False

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        async with self._session.post(f"/bot{self._token}/{method}", json=params) as reply:
            body: dict[str, Any] = await reply.json()
            return body

    async def run(self) -> None:
        offset = 0
        while True:
            for update in (await self.call("getUpdates", offset=offset, timeout=20))["result"]:
                offset = update["update_id"] + 1
                if not self.silent:
                    await self._answer(update)

    async def _answer(self, update: dict[str, Any]) -> None:
        if "message" in update:
            message = update["message"]
            row = [{"text": word, "callback_data": word.lower()} for word in ("Yes", "No")]
            markup = {"inline_keyboard": [row]}
            chat = message["chat"]["id"]
            await self.call("sendMessage", chat_id=chat, text=f"You said {message['text']}", reply_markup=markup)
        if "callback_query" in update:
            tap = update["callback_query"]
            place = {"chat_id": tap["message"]["chat"]["id"], "message_id": tap["message"]["message_id"]}
            await self.call("editMessageText", text=f"You pressed {tap['data']}", **place)
            await self.call("answerCallbackQuery", callback_query_id=tap["id"], text="Kept")


@contextlib.asynccontextmanager
async def running(session: aiohttp.ClientSession, token: str) -> AsyncIterator[Echo]:
    echo = Echo(session, token)
    task = asyncio.create_task(echo.run())
    try:
        yield echo
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
