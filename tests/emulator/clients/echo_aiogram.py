"""An echo bot with aiogram: python echo_aiogram.py URL TOKEN, or URL TOKEN SECRET to serve a webhook."""

import asyncio
import sys

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import BotCommand, BufferedInputFile, CallbackQuery, Message
from aiogram.types import InlineKeyboardButton as Button
from aiogram.types import InlineKeyboardMarkup as Keyboard
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02"
dispatcher = Dispatcher()


@dispatcher.message(CommandStart())
async def start(message: Message, command: CommandObject) -> None:
    keyboard = Keyboard(inline_keyboard=[[Button(text="Yes", callback_data="yes")]])
    await message.answer(f"Welcome {command.args or 'you'}", reply_markup=keyboard)


@dispatcher.message(Command("picture"))
async def picture(message: Message) -> None:
    await message.answer_photo(BufferedInputFile(PNG, "chart.png"), caption="A picture")


@dispatcher.message(Command("forget"))
async def forget(message: Message) -> None:
    await message.delete()


@dispatcher.message(F.photo)
async def photo(message: Message) -> None:
    assert message.photo
    await message.answer_photo(message.photo[-1].file_id, caption="Yours")


@dispatcher.message()
async def echo(message: Message) -> SendMessage:
    return message.answer(f"You said {message.text}")  # by webhook this call travels in the reply


@dispatcher.edited_message()
async def edited(message: Message) -> None:
    await message.reply(f"You changed it to {message.text}")


@dispatcher.callback_query()
async def tap(query: CallbackQuery) -> None:
    assert isinstance(query.message, Message)
    await query.message.edit_text(f"You pressed {query.data}")
    await query.answer("Kept")


async def main(url: str, token: str, secret: str = "") -> None:
    async with Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url))) as bot:
        await bot.set_my_commands([BotCommand(command="picture", description="Show a picture")])
        if not secret:
            await dispatcher.start_polling(bot)
            return
        app = web.Application()
        SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=secret).register(
            app, "/hook"
        )
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token=secret)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
