"""Texts in HTML style, parsed as the Bot API does it, with its own words for each mistake.

`parse_mode` MarkdownV2 and Markdown are not emulated: they are answered with 501, never guessed at.
"""

import html
import re

from bot.emulator.letters import Span, Written
from bot.emulator.refusals import Refused, bad

# Tag -> entity type (Bot API documentation, HTML style).
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_TAG = re.compile(r"<(/?)([A-Za-z0-9-]*)([^>]*)(>?)", re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# The only named references Telegram knows; numbered ones all work.
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#[xX][0-9A-Fa-f]+);")


def parse(text: str, mode: str) -> Written:
    """The text without its marks, and the spans they meant."""
    known = mode.lower()
    if not known:
        return Written(text)
    if known == "html":
        return _parse_html(text)
    if known in ("markdown", "markdownv2"):
        raise Refused(501, f"Not Implemented in emulator: parse_mode {mode}")
    raise bad("unsupported parse_mode")


def _parse_html(text: str) -> Written:
    out = ""
    spans: list[Span] = []
    opened: list[tuple[str, int, dict[str, str]]] = []  # tag, where its text starts, attributes
    place = 0
    for tag in _TAG.finditer(text):
        out += _plain(text[place : tag.start()])
        place = tag.end()
        at = len(text[: tag.start()].encode())
        name = tag[2].lower()
        if not tag[4]:
            raise _cannot(f"Unclosed start tag at byte offset {at}")
        if not tag[1]:
            if name not in _TAGS:
                raise _cannot(f'Unsupported start tag "{name}" at byte offset {at}')
            opened.append((name, len(out), _attributes(name, tag[3])))
            continue
        spans.extend(_closed(opened, name, at, out))
    out += _plain(text[place:])
    if opened:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return Written(out, tuple(sorted(spans, key=lambda span: (span.start, -span.end))))


def _closed(opened: list[tuple[str, int, dict[str, str]]], name: str, at: int, out: str) -> list[Span]:
    """Take the innermost open tag off; its span, if it holds any text."""
    if not opened:
        raise _cannot(f"Unexpected end tag at byte offset {at}")
    tag, start, more = opened.pop()
    if name and name != tag:
        raise _cannot(f'Unmatched end tag at byte offset {at}, expected "</{tag}>", found "</{name}>"')
    if start == len(out) or (tag == "a" and not more):
        return []
    return [Span(start, len(out), _TAGS[tag], more)]


def _attributes(name: str, rest: str) -> dict[str, str]:
    found = _HREF.search(rest) if name == "a" else None
    return {"url": html.unescape(found[1] or found[2] or found[3] or "")} if found else {}


def _plain(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text)


def _cannot(why: str) -> Refused:
    return bad(f"can't parse entities: {why}")
