"""Our handlers behind the stock loop, which acknowledges before they have run: the yardstick that loses."""

from __future__ import annotations

import asyncio

from telegram import Update
from telegram.ext import Updater

from bot.app import house
from bot.chat.updates import Updates
from bot.settings import read


async def main() -> None:
    """Fetch as python-telegram-bot does, handle as we do."""
    async with house(read()) as place:
        updates = Updates(place.bot, place.store, place.handler, place.outbound, place.pace, place.now)
        queue: asyncio.Queue[object] = asyncio.Queue()
        updater = Updater(place.bot, queue)
        await updater.initialize()
        await updater.start_polling(poll_interval=0.0, timeout=25)
        while True:
            update = await queue.get()
            assert isinstance(update, Update)
            await updates.take([update.to_dict()])


asyncio.run(main())
