"""What Telegram does to a text before it keeps it, and the entities it finds."""

import pytest

from bot.emulator.entities import with_found_entities
from bot.emulator.letters import Span, Written, clean, clean_text, units
from bot.emulator.markup import parse


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  a\n", "a"),
        ("a\r\nb", "a\nb"),
        ("a\tb\x07c", "a b c"),
        ("a\u202ab\u202cc\u2028d", "abcd"),
        ("\u2067کور\u2069", "\u2067کور\u2069"),
        ("ب\u200fپ", "ب\u200fپ"),
        ("ب\u200f\u200e\u200fپ", "ب\u200c\u200c\u200fپ"),
    ],
)
def test_a_text_is_cleaned(written: str, kept: str) -> None:
    """Embeddings vanish, isolates stay, all but the last of a run of marks become ZWNJ."""
    assert clean_text(written) == kept


def test_entities_move_along_when_a_text_is_cleaned() -> None:
    kept = clean(Written("  \u202aab", (Span(3, 5, "bold"),)))

    assert kept == Written("ab", (Span(0, 2, "bold"),))


def test_entities_are_counted_in_utf_16() -> None:
    [entity] = with_found_entities(Written("🙂 /help")).entities()

    assert entity == {"type": "bot_command", "offset": 3, "length": 5}
    assert units("🙂") == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start@my_bot now", [("bot_command", "/start@my_bot")]),
        ("see https://t.me/a?start=b.", [("url", "https://t.me/a?start=b")]),
        ("t.me/a?start=b", [("url", "t.me/a?start=b")]),
        ("ask @someone", [("mention", "@someone")]),
        ("and/or 1/2 a@b.c", []),
    ],
)
def test_commands_links_and_mentions_are_found(text: str, found: list[tuple[str, str]]) -> None:
    spans = with_found_entities(Written(text)).spans

    assert [(span.kind, text[span.start : span.end]) for span in spans] == found


def test_html_becomes_spans() -> None:
    written = parse('<b>One</b> &lt;<a href="https://a.pk/?x=1&amp;y=2">two</a>&#1575;', "html")

    assert written == Written(
        "One <twoا", (Span(0, 3, "bold"), Span(5, 8, "text_link", {"url": "https://a.pk/?x=1&y=2"}))
    )
