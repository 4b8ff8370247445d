"""Hostile texts in every place where a person of the house can write, and a digest that must arrive all the same.

The texts go through the survey's title, questions, options and indicator titles, the organisation and the
programme; the digest is written in every language, sent to a local Bot API, and read as the phone shows it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from random import Random

from bot.core.blocks import Publishable
from bot.core.survey import LANGUAGES, Survey
from bot.digest import About, Digest, png, write
from bot.emulator.files import Upload
from bot.emulator.phones import Phones
from bot.emulator.telegram import Telegram
from bot.files.phrases import Phrases
from tests.digest.sample import ABOUT, BLOCKS, SURVEY, shown

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
READER = 7_000_000_077
MARKUP = (
    *("<b>", "</b>", "<script>alert(1)</script>", "&amp;", "&#x202e;", "<a href='tg://user?id=1'>"),
    *("*bold*", "_under_", "[a](tg://user?id=1)", "`code`", "```", "~", "|", "\\", "\\*"),
    *("{n}", "{title}", "{0}", "%s", "%(n)s", "${n}", "{{", "}}"),
    *('#import "@preview/x:1.0.0": *', "#eval(", "$x^2$", "#sys.inputs", "//", "/*", "<label>", "@ref", "= Title"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'; DROP TABLE pool; --", '"', "\x00", "\x1b[31m"),
    *("/start", "@channel", "https://example.org/?q=1", "#tag", "+92 300 1234567"),
)
MARKS = (
    *("\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c", "\ufeff"),
    *("\u200b", "\u200c", "\u200d", "\u2028", "\u2029", "\u00ad", "\u034f", "\u0301" * 12, "\U000e0041"),
)
WORDS = (
    "پولیس",
    "اعتبار",
    "بھروسہ",
    "خلق",
    "trust",
    "village",
    "۱۲",
    "34",
    "é",
    "ß",
    "中文",
    "🙂",
    "\U0001f1f5\U0001f1f0",
)


def text(chance: Random) -> str:
    """One hostile text: words, markup and marks in any order, sometimes very long."""
    parts = [chance.choice((MARKUP, MARKS, WORDS)[chance.randrange(3)]) for _ in range(chance.randint(1, 12))]
    joined = chance.choice(("", " ", "\n")).join(parts)
    return joined * chance.choice((1, 1, 1, 1, 1, 1, 1, 40)) + chance.choice(WORDS)


def survey(chance: Random) -> Survey:
    """The sample survey with a hostile text in every place."""

    def spoiled() -> dict[str, str]:
        return {language: text(chance) for language in LANGUAGES}

    return replace(
        SURVEY,
        title=spoiled(),
        questions=tuple(
            replace(q, ask=spoiled(), options=tuple(replace(o, label=spoiled()) for o in q.options))
            for q in SURVEY.questions
        ),
        indicators=tuple(replace(i, title=spoiled()) for i in SURVEY.indicators),
    )


def about(chance: Random) -> About:
    """What a coordinator or an operator may have written."""
    return replace(ABOUT, org=text(chance), programme=text(chance))


def digests(seed: int, phrases: Phrases, figures: Publishable) -> list[Digest]:
    """The digest of one hostile survey, in every language."""
    chance = Random(seed)
    asked, written = survey(chance), about(chance)
    return [write(figures, asked, phrases, language, written) for language in LANGUAGES]


async def delivered(telegram: Telegram, words: str, *, caption: bool = False) -> str | None:
    """What a phone shows of these words; None when Telegram refused them."""
    if caption:
        photo = {"chat_id": READER, "photo": "attach://p", "caption": words}
        answer, _ = await telegram.call(TOKEN, "sendPhoto", photo, {"p": Upload("p.png", "image/png", PIXEL)})
        return answer["result"].get("caption") if answer["ok"] else None
    answer, _ = await telegram.call(TOKEN, "sendMessage", {"chat_id": READER, "text": words})
    return answer["result"]["text"] if answer["ok"] else None


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c636460f85f0f0002870180eb47ba920000000049454e44ae426082"
)


def visible(words: str) -> str:
    """What a reader can see: without direction marks, joiners, control characters and runs of space."""
    return re.sub(r"\s+", " ", "".join(c for c in words if c.isprintable() or c in "\n ")).strip()


def hostile_texts(first: int, number: int, pictures: bool = True) -> dict[str, int]:
    """Write, draw and send the digests of so many hostile surveys; counts what arrived and what did not."""
    return asyncio.run(_hostile_texts(first, number, pictures))


async def _hostile_texts(first: int, number: int, pictures: bool) -> dict[str, int]:
    telegram = Telegram()
    _meet(telegram)
    phrases, figures = Phrases.load(), shown(*BLOCKS)
    counts = {"texts": 0, "refused": 0, "changed": 0, "pictures": 0, "undrawn": 0}
    for seed in range(first, first + number):
        for digest in digests(seed, phrases, figures):
            for words, caption in ((digest.text, False), (digest.alt, True)):
                counts["texts"] += 1
                arrived = await delivered(telegram, words, caption=caption)
                counts["refused"] += arrived is None
                counts["changed"] += arrived is not None and visible(arrived) != visible(words)
        if pictures:
            counts["pictures"] += 1
            counts["undrawn"] += not png(digest).startswith(b"\x89PNG")
    return counts


def _meet(telegram: Telegram) -> None:
    telegram.bot(TOKEN)
    phones = Phones(telegram.world)
    phones.add("Reader", READER)
    phones.start(READER)
