"""Texts in HTML style, parsed as the Bot API does it, with its own words for each mistake (TDLib).

`parse` chooses by `parse_mode`. The legacy Markdown style is not emulated: it is answered with 501.
"""

import html
import re
from dataclasses import dataclass, field

from bot.emulator import markdown
from bot.emulator.entities import fitted, link
from bot.emulator.letters import Span, Written
from bot.emulator.refusals import Refused, bad

# Tag -> entity type (Bot API documentation, HTML style). `span`, `a` and `tg-emoji` need their attribute too.
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
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_SPACE = " \t\n\r\v\f\0"
_BARE = re.compile(r"[A-Za-z0-9.-]*")
# The only named references Telegram knows; numbered ones all work. The semicolon may be missing.
_REFERENCE = re.compile(r"&(?:(?:lt|gt|amp|quot)\b|#[0-9]+|#[xX][0-9A-Fa-f]+);?")


def parse(text: str, mode: str) -> Written:
    """The text without its marks, and the spans they meant."""
    known = mode.lower()
    if not known:
        return Written(text)
    if known == "html":
        return _Reader(text).read()
    if known == "markdownv2":
        return markdown.parse(text)
    if known == "markdown":
        raise Refused(501, f"Not Implemented in emulator: parse_mode {mode}")
    raise bad("unsupported parse_mode")


@dataclass
class _Open:
    """A tag that waits for its end, where its text starts, and its one attribute that counts."""

    tag: str
    start: int
    argument: str


@dataclass
class _Reader:
    text: str
    place: int = 0
    out: str = ""
    spans: list[Span] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)

    def read(self) -> Written:
        while self.place < len(self.text):
            begin = self.text.find("<", self.place)
            end = len(self.text) if begin < 0 else begin
            self.out += _plain(self.text[self.place : end])
            self.place = end
            if begin >= 0:
                self._tag()
        if self.opened:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        return fitted(Written(self.out, tuple(_without_inner_code(self.spans))))

    def _tag(self) -> None:
        at = len(self.text[: self.place].encode("utf-8", "surrogatepass"))
        self.place += 1
        if self._here() == "/":
            self.place += 1
            self._end_tag(at)
        else:
            self._start_tag(at)

    def _here(self) -> str:
        return self.text[self.place : self.place + 1]

    def _until(self, stops: str) -> str:
        """What stands from here to one of these signs or the end; moves there."""
        begin = self.place
        while self._here() and self._here() not in stops:
            self.place += 1
        return self.text[begin : self.place]

    def _skip_space(self) -> None:
        while self._here() and self._here() in _SPACE:
            self.place += 1

    def _start_tag(self, at: int) -> None:
        tag = self._until(_SPACE + ">").lower()
        if not self._here():
            raise _cannot(f"Unclosed start tag at byte offset {at}")
        if tag not in _TAGS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {at}')
        argument = ""
        while True:
            self._skip_space()
            if self._here() == ">":
                break
            argument = self._attribute(tag, at) or argument
        self.place += 1
        if tag == "span" and argument != "spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        self.opened.append(_Open(tag, len(self.out), argument))

    def _attribute(self, tag: str, at: int) -> str:
        """Read one attribute; its value if it means something on this tag."""
        name = self._until(_SPACE + "=>")
        if not self._here():
            raise _cannot(f"Unclosed start tag at byte offset {at}")
        if not name:
            raise _cannot(f'Empty attribute name in the tag "{tag}" at byte offset {at}')
        self._skip_space()
        if self._here() != "=":
            if tag == "blockquote" and name == "expandable":
                return name
            raise _cannot(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {at}'
            )
        self.place += 1
        self._skip_space()
        if not self._here():
            raise _cannot(f'Unclosed start tag "{tag}" at byte offset {at}')
        value = self._value()
        if not self._here():
            raise _cannot(f"Unclosed start tag at byte offset {at}")
        return _meaning(tag, name, value)

    def _value(self) -> str:
        quote = self._here()
        if quote not in ("'", '"'):
            begin = self.place
            bare = _BARE.match(self.text, begin)
            self.place = bare.end() if bare else begin
            if self._here() and self._here() not in _SPACE + ">":
                place = len(self.text[:begin].encode("utf-8", "surrogatepass"))
                raise _cannot(f"Unexpected end of name token at byte offset {place}")
            return self.text[begin : self.place].lower()
        self.place += 1
        value = _plain(self._until(quote))
        self.place += 1
        return value

    def _end_tag(self, at: int) -> None:
        if not self.opened:
            raise _cannot(f"Unexpected end tag at byte offset {at}")
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._here() != ">":
            raise _cannot(f"Unclosed end tag at byte offset {at}")
        self.place += 1
        opened = self.opened.pop()
        if name and name != opened.tag:
            raise _cannot(f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{name}>"')
        if opened.start < len(self.out):
            self._add(opened)

    def _add(self, opened: _Open) -> None:
        kind, argument = _TAGS[opened.tag], opened.argument
        more: dict[str, object] = {}
        if opened.tag == "a":
            meant = link(argument or self.out[opened.start :])
            if not meant:
                return
            kind, more = meant["kind"], meant["more"]
        elif opened.tag == "code" and argument:
            more = {"language": argument}
        elif opened.tag == "tg-emoji":
            if not argument.isdecimal() or int(argument) == 0:
                raise _cannot("Invalid custom emoji identifier specified")
            more = {"custom_emoji_id": argument}
        elif argument == "expandable":
            kind = "expandable_blockquote"
        self.spans.append(Span(opened.start, len(self.out), kind, more))


def _meaning(tag: str, name: str, value: str) -> str:
    """The value of an attribute that counts (Bot API documentation, HTML style)."""
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return "expandable" if (tag, name) == ("blockquote", "expandable") else ""


def _without_inner_code(spans: list[Span]) -> list[Span]:
    """`pre` around the same words as `code` is one mark, with the language of the `code`."""
    kept: list[Span] = []
    places = {(span.start, span.end): span for span in spans if span.kind == "code" and span.more}
    pres = {(span.start, span.end) for span in spans if span.kind == "pre"}
    for span in spans:
        place = (span.start, span.end)
        if span.kind == "code":
            if place not in pres:
                kept.append(Span(*place, "code"))
        elif span.kind == "pre" and place in places:
            kept.append(Span(*place, "pre", places[place].more))
        else:
            kept.append(span)
    return kept


def _plain(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text)


def _cannot(why: str) -> Refused:
    return bad(f"can't parse entities: {why}")
