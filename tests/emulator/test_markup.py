"""HTML and MarkdownV2 as Telegram reads them: what becomes a mark, and its own words for each mistake.

1. Each mark of both styles is understood, also inside another. 2. Places in refusals are bytes.
3. A text whose reserved signs are escaped comes out as it was. 4. Marks lie beside each other as TDLib lays them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator.entities import read_entities, with_found_entities
from bot.emulator.letters import Span, Written
from bot.emulator.markup import parse
from bot.emulator.refusals import Refused

RESERVED = "_*[]()~`>#+-=|{}.!"


def marks(text: str, mode: str) -> tuple[str, list[tuple[str, str]]]:
    """The plain text, and each mark with the words it covers."""
    written = parse(text, mode)
    return written.text, [(span.kind, written.text[span.start : span.end]) for span in written.spans]


@pytest.mark.parametrize(
    ("text", "plain", "found"),
    [
        ("*b* _i_ __u__ ~s~ ||p||", "b i u s p", "bold b,italic i,underline u,strikethrough s,spoiler p"),
        (
            "*b _bi ~bis~ b*".replace("b*", "b_*"),
            "b bi bis b",
            "bold b bi bis b,italic bi bis b,strikethrough bis",
        ),
        ("_i __u___", "i u", "italic i u,underline u"),
        ("`a.b!`", "a.b!", "code a.b!"),
        ("```py\na=1```", "a=1", "pre a=1"),
        ("[a](https://b.pk/c)", "a", "text_link a"),
        ("[a](nowhere)", "a", ""),
        (r"1\.5 \*", "1.5 *", ""),
        (">a\n>b\nc", "a\nb\nc", "blockquote a\nb\n"),
        (">a\n>b||", "a\nb", "expandable_blockquote a\nb"),
        (">*a*", "a", "blockquote a,bold a"),
        ("**", "", ""),
        ("![x](tg://emoji?id=25)", "x", "custom_emoji x"),
        ("*a `b` c*", "a b c", "bold a ,code b,bold  c"),
    ],
)
def test_markdown_becomes_marks(text: str, plain: str, found: str) -> None:
    wanted = [(kind, words) for kind, _, words in (each.partition(" ") for each in found.split(",") if found)]

    assert marks(text, "MarkdownV2") == (plain, wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(
            (sign, rf"Character '{sign}' is reserved and must be escaped with the preceding '\'")
            for sign in "])#+-=|{}.!("
        ),
        ("ا>", r"Character '>' is reserved and must be escaped with the preceding '\'"),
        ("ا*b", "Can't find end of Bold entity at byte offset 2"),
        ("ا_b", "Can't find end of Italic entity at byte offset 2"),
        ("__b_", "Can't find end of Italic entity at byte offset 3"),
        ("_b__", "Can't find end of Underline entity at byte offset 2"),
        ("~b", "Can't find end of Strikethrough entity at byte offset 0"),
        ("||b", "Can't find end of Spoiler entity at byte offset 0"),
        ("`b", "Can't find end of Code entity at byte offset 0"),
        ("```b", "Can't find end of Pre entity at byte offset 0"),
        ("```b c", "Can't find end of PreCode entity at byte offset 0"),
        ("[b](c", "Can't find end of a URL at byte offset 4"),
        ("![b]", "Custom emoji entity must contain a tg://emoji URL"),
        (">*a\nb*", "Can't find end of Bold entity at byte offset 1"),
    ],
)
def test_markdown_that_does_not_parse_says_why(text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, "MarkdownV2")

    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


@given(st.text(st.characters(codec="utf-8")))
def test_an_escaped_text_comes_out_as_it_was(text: str) -> None:
    escaped = "".join(f"\\{sign}" if sign in RESERVED + "\\" else sign for sign in text)

    assert parse(escaped, "MarkdownV2") == Written(text)


@given(st.text("ab*_~|`[]()>!\n\\\r<&;/", max_size=30), st.sampled_from(["MarkdownV2", "HTML"]))
def test_any_text_is_parsed_or_refused_and_its_marks_lie_inside(text: str, mode: str) -> None:
    try:
        written = parse(text, mode)
    except Refused as refused:
        assert refused.description.startswith("Bad Request: can't parse entities: ")
        return
    assert all(0 <= span.start < span.end <= len(written.text) for span in written.spans)


@pytest.mark.parametrize(
    ("text", "plain", "found"),
    [
        ("<b>a <i>b</i></b>", "a b", "bold a b,italic b"),
        (
            "<STRONG>a</STRONG><em>b</em><ins>c</ins><del>d</del>",
            "abcd",
            "bold a,italic b,underline c,strikethrough d",
        ),
        ('<span class="tg-spoiler">a</span>', "a", "spoiler a"),
        ("<blockquote expandable>a</blockquote>", "a", "expandable_blockquote a"),
        ('<pre><code class="language-py">a</code></pre>', "a", "pre a"),
        ('<a href="https://a.pk/?x=1&amp;y=2">a</a>', "a", "text_link a"),
        ("<a href='tg://user?id=5'>a</a>", "a", "text_mention a"),
        ("&lt;&amp;&#1575;&nbsp;", "<&ا&nbsp;", ""),
        ("<b></b>", "", ""),
    ],
)
def test_html_becomes_marks(text: str, plain: str, found: str) -> None:
    wanted = [(kind, words) for kind, _, words in (each.partition(" ") for each in found.split(",") if found)]

    assert marks(text, "HTML") == (plain, wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("اa <x>b</x>", 'Unsupported start tag "x" at byte offset 4'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>a</b>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<a href>b</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=b/c>d</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_html_that_does_not_parse_says_why(text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, "HTML")

    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_a_command_in_bold_is_both() -> None:
    found = with_found_entities(Written("try /help now", (Span(0, 13, "bold"),)))

    assert [(span.kind, span.start, span.end) for span in found.spans] == [("bold", 0, 13), ("bot_command", 4, 9)]


def test_a_mark_across_the_edge_of_a_command_is_cut() -> None:
    found = with_found_entities(Written("Tap /start now", (Span(9, 12, "italic"),)))

    assert [(span.kind, span.start, span.end) for span in found.spans] == [
        ("bot_command", 4, 10),
        ("italic", 9, 10),
        ("italic", 10, 12),
    ]


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"offset": 0, "length": 1}, "can't parse MessageEntity: Can't find field \"type\""),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        (
            {"type": "bold", "offset": 1, "length": 4},
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3",
        ),
    ],
)
def test_an_entity_that_cannot_be_says_why(entity: dict[str, object], words: str) -> None:
    with pytest.raises(Refused) as refused:
        read_entities("abc", [entity])

    assert refused.value.description == f"Bad Request: {words}"
