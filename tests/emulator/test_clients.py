"""A client that is not ours reads every reply: python-telegram-bot over HTTP, strictly."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import telegram
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup

from bot.emulator.phones import Phones
from bot.emulator.server import Opened
from tests.emulator.conftest import GUL, PICTURE, REPORT, TOKEN
from tests.emulator.strict import inside

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def bot(emulator: Opened) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, base_url=f"{emulator.url}/bot", base_file_url=f"{emulator.url}/file/bot")
    async with bot:
        yield bot


@pytest.fixture
def phones(emulator: Opened) -> Phones:
    phones = Phones(emulator.telegram.world)
    phones.add("Gul", GUL, last_name="Khan", username="gul_khan", language_code="ps")
    phones.start(GUL)
    return phones


def assert_known(value: Any) -> None:
    """Nothing in the reply is unknown to the library, at any depth."""
    found = list(inside(value))
    assert found
    assert [(type(each).__name__, each.api_kwargs) for each in found if each.api_kwargs] == []


KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("هو", callback_data="y", style="primary")]])


async def test_the_library_knows_every_reply(bot: Bot, phones: Phones) -> None:
    assert_known(await bot.get_me())
    assert_known(await bot.get_webhook_info())
    assert_known(await bot.get_chat(GUL))
    text = await bot.send_message(
        GUL, "<b>سلام</b>", parse_mode="HTML", reply_markup=KEYBOARD, protect_content=True
    )
    assert_known(text)
    assert_known(await text.edit_text("One", reply_markup=KEYBOARD))
    assert_known(await text.edit_reply_markup(None))
    photo = await bot.send_photo(GUL, PICTURE.data, caption="Week 1", reply_to_message_id=text.message_id)
    assert_known(photo)
    assert_known(await photo.edit_caption("Week 2"))
    document = await bot.send_document(GUL, REPORT.data, filename="digest.pdf")
    assert_known(document)
    assert_known(await document.edit_media(telegram.InputMediaPhoto(PICTURE.data)))
    assert_known(await bot.get_my_name())
    assert_known(await bot.get_my_description())
    assert_known(await bot.get_my_short_description())
    assert_known(await bot.get_chat_menu_button())
    await bot.set_my_commands([BotCommand("help", "مرسته")], telegram.BotCommandScopeChat(GUL), "ps")
    assert_known(await bot.get_my_commands(telegram.BotCommandScopeChat(GUL), "ps"))
    await bot.set_chat_menu_button(GUL, telegram.MenuButtonCommands())
    assert_known(await bot.get_chat_menu_button(GUL))
    assert await bot.send_chat_action(GUL, "typing")
    assert await bot.delete_messages(GUL, [text.message_id, photo.message_id])
    assert await bot.log_out()
    assert await bot.close()


async def test_the_library_knows_every_update(bot: Bot, phones: Phones) -> None:
    await bot.send_message(GUL, "One", reply_markup=KEYBOARD)
    answered = phones.send(GUL, "See https://a.pk /help")["message_id"]
    phones.send(GUL, "Two", reply_to=answered)
    phones.edit(GUL, answered, "Three")
    phones.tap(GUL, {"text": "هو"})
    phones.tap(GUL, {"data": "forged"}, 999)
    phones.block(GUL)
    phones.unblock(GUL)
    updates = await bot.get_updates()

    assert_known(updates)
    assert len(updates) == 8
    taps = [update.callback_query for update in updates if update.callback_query]
    assert [bool(tap.message and tap.message.is_accessible) for tap in taps] == [True, False]


async def test_the_library_fetches_a_file(bot: Bot, phones: Phones) -> None:
    document = await bot.send_document(GUL, REPORT.data, filename="digest.pdf")
    file = await document.document.get_file()  # type: ignore[union-attr]

    assert_known(file)
    assert bytes(await file.download_as_bytearray()) == REPORT.data


async def test_the_library_understands_the_refusals(bot: Bot, phones: Phones) -> None:
    text = await bot.send_message(GUL, "One")
    with pytest.raises(telegram.error.BadRequest, match="Message is not modified"):
        await text.edit_text("One")
    with pytest.raises(telegram.error.NetworkError, match="Not Implemented in emulator: sendPoll") as missing:
        await bot.send_poll(GUL, "One?", ["a", "b"])
    assert not isinstance(missing.value, telegram.error.InvalidToken)
    phones.block(GUL)
    with pytest.raises(telegram.error.Forbidden, match="bot was blocked by the user"):
        await bot.send_message(GUL, "Two")
