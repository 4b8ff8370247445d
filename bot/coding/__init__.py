"""Coding answers in own words on the steward's own computer; nothing here knows the bot or a network."""

from bot.coding.desk import serve
from bot.coding.work import CodingTrouble, Work, begin

__all__ = ["CodingTrouble", "Work", "begin", "serve"]
