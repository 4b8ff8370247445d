"""How strictly replies and updates are read: by the models of two libraries that are not ours, and without nulls.

aiogram knows the return type of every method; python-telegram-bot keeps what it does not know in `api_kwargs`.
"""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import aiogram.methods
import aiogram.types
import telegram
from pydantic import BaseModel, TypeAdapter
from telegram.warnings import PTBDeprecationWarning

# What python-telegram-bot cannot know yet: fields younger than its Bot API.
YOUNGER_THAN_PTB = {"can_send_welcome_messages"}
# Methods with a Message or true, where true is for inline messages only, which nobody sends here.
MESSAGE_OR_TRUE = ("editMessageText", "editMessageCaption", "editMessageMedia", "editMessageReplyMarkup")


def model_of(method: str) -> Any:
    """The class of aiogram that stands for a method."""
    return getattr(aiogram.methods, method[0].upper() + method[1:])


def check_reply(method: str, result: Any) -> None:
    """A result is what the method returns, at every depth."""
    assert_no_null(result)
    expected = model_of(method).__returning__
    if method in MESSAGE_OR_TRUE:
        expected = aiogram.types.Message
    read = TypeAdapter(expected).validate_python(result)
    assert_nothing_extra(read)
    for name, value in named_objects(read, result):
        check_by_ptb(name, value)


def check_update(update: dict[str, Any]) -> None:
    """An update as both libraries read it."""
    assert_no_null(update)
    assert_nothing_extra(aiogram.types.Update.model_validate(update))
    check_by_ptb("Update", update)


def check_request(method: str, params: dict[str, Any]) -> None:
    """The parameters of a call are those of the method, each of its type."""
    assert_nothing_extra(model_of(method).model_validate(params))


def assert_no_null(value: Any) -> None:
    """No null at any depth."""
    assert value is not None
    if isinstance(value, Mapping):
        for each in value.values():
            assert_no_null(each)
    elif isinstance(value, list):
        for each in value:
            assert_no_null(each)


def assert_nothing_extra(value: Any) -> None:
    """No field that aiogram's model does not have, at any depth."""
    if isinstance(value, BaseModel):
        assert not value.model_extra, (type(value).__name__, value.model_extra)
        for name in type(value).model_fields:
            assert_nothing_extra(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            assert_nothing_extra(each)


def named_objects(read: Any, raw: Any) -> Iterator[tuple[str, Any]]:
    """The outermost objects with the name of their type."""
    if isinstance(read, list):
        for each, raw_each in zip(read, raw, strict=True):
            yield from named_objects(each, raw_each)
    elif isinstance(read, BaseModel):
        yield type(read).__name__, raw


def check_by_ptb(name: str, raw: dict[str, Any]) -> None:
    """python-telegram-bot reads an object and knows every field of it."""
    base = next(kind for kind in ("ChatMember", "MenuButton", name) if name.startswith(kind))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBDeprecationWarning)  # numbers that will be timedeltas one day
        for each in inside(getattr(telegram, base).de_json(raw, None)):
            assert not set(each.api_kwargs) - YOUNGER_THAN_PTB, (type(each).__name__, each.api_kwargs)


def inside(value: Any) -> Iterator[telegram.TelegramObject]:
    """An object of the library and all objects in it."""
    if isinstance(value, telegram.TelegramObject):
        yield value
        for kind in type(value).__mro__:
            for name in (each for each in getattr(kind, "__slots__", ()) if each[0] != "_"):
                yield from inside(getattr(value, name, None))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from inside(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from inside(each)
