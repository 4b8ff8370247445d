"""A bot with python-telegram-bot that tries a little of everything and notes what is refused."""

from typing import Any

from telegram import (
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x02"
YES = InlineKeyboardMarkup([[InlineKeyboardButton("هو", callback_data="yes")]])
Context = ContextTypes.DEFAULT_TYPE


def make(url: str, token: str) -> Application[Any, Any, Any, Any, Any, Any]:
    """The program, neither started nor fed."""
    application = (
        Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").updater(None)
    )
    program = application.build()
    program.bot_data["refused"] = []
    program.add_handler(CommandHandler("start", _start))
    program.add_handler(CallbackQueryHandler(_tap))
    program.add_handler(MessageHandler(filters.TEXT, _text))
    program.add_error_handler(_note)
    return program


async def introduce(program: Application[Any, Any, Any, Any, Any, Any]) -> None:
    await program.bot.set_my_commands([BotCommand("start", "Begin")])
    await program.bot.set_my_description("Who asks, and what for.")


async def _start(update: Update, context: Context) -> None:
    message = _message(update)
    await message.reply_text(f"Welcome {' '.join(context.args or [])}", reply_markup=YES)
    await message.reply_text("Or type", reply_markup=ReplyKeyboardMarkup([[KeyboardButton("No")]]))


async def _tap(update: Update, context: Context) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Kept")
    await query.edit_message_text("You pressed it", reply_markup=YES)
    try:
        await query.edit_message_text("You pressed it", reply_markup=YES)
    except BadRequest as refused:
        context.bot_data["refused"].append(refused.message)
    await query.edit_message_reply_markup(None)


async def _text(update: Update, context: Context) -> None:
    message = _message(update)
    await message.reply_chat_action("typing")
    await message.reply_photo(PNG, caption="<b>Week 1</b>", parse_mode="HTML")
    document = await message.reply_document(b"%PDF-1.7", filename="digest.pdf")
    await message.reply_voice(b"OggS")
    await document.delete()
    last = await message.reply_text("Why?", reply_markup=ForceReply())
    await message.get_bot().send_message(message.chat_id, "Done", reply_to_message_id=last.message_id)


async def _note(_: object, context: Context) -> None:
    context.bot_data["refused"].append(str(context.error))


def _message(update: Update) -> Message:
    assert update.message is not None
    return update.message
