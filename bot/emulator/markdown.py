"""MarkdownV2 as the Bot API reads it, with its own words for each mistake (TDLib, MessageEntity.cpp).

Laws of this file:
- it is read from left to right, once; an open mark is closed by the first sign that can close it;
- sixteen signs are reserved outside of code, and a backslash before any ASCII sign makes it a letter;
- in code only the backtick and the backslash mean something;
- places in refusals are bytes of UTF-8 from the beginning.
"""

from dataclasses import dataclass, field
from typing import NoReturn

from bot.emulator.entities import fitted, link
from bot.emulator.letters import Span, Written
from bot.emulator.refusals import bad

_RESERVED = "_*[]()~`>#+-=|{}.!\n"
_KINDS = {  # the Bot API's word for each of TDLib's
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "BlockQuote": "blockquote",
    "TextUrl": "text_link",
    "CustomEmoji": "custom_emoji",
}
_CLOSED_BY = {
    "Bold": "*",
    "Underline": "__",
    "Strikethrough": "~",
    "Spoiler": "||",
    "Code": "`",
    "Pre": "```",
    "PreCode": "```",
    "TextUrl": "]",
    "CustomEmoji": "]",
}


@dataclass
class _Open:
    """A mark that waits for its end: where its text starts, and the byte it began at."""

    kind: str
    start: int
    byte: int
    language: str = ""


@dataclass
class _Reader:
    text: str
    place: int = 0
    out: str = ""
    spans: list[Span] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)
    in_quote: bool = False
    line_begins: bool = True

    def read(self) -> Written:
        while self.place < len(self.text):
            self._step()
        if self.in_quote:
            self._end_quote()
        if self.opened:
            self._no_end(self.opened[-1])
        return fitted(Written(self.out, tuple(self.spans)))

    def _step(self) -> None:
        sign, inside = self.text[self.place], self.opened[-1].kind if self.opened else ""
        following = self.text[self.place + 1 : self.place + 2]
        if sign == "\\" and "\x00" < following <= "~":
            self._keep(following, 2)
        elif sign not in ("`" if inside in ("Code", "Pre", "PreCode") else _RESERVED):
            self._keep(sign, 1)
        elif self.in_quote and sign == "\n" and following != ">":
            self._end_quote()
        elif inside and self._closes(inside):
            self._close(self.opened.pop())
        else:
            self._begin(sign)

    def _keep(self, letter: str, length: int) -> None:
        self.out += letter
        self.place += length
        self.line_begins = letter == "\n" or (letter == "\r" and self.line_begins)

    def _at(self, signs: str) -> bool:
        return self.text.startswith(signs, self.place)

    def _closes(self, kind: str) -> bool:
        if kind == "Italic":
            return self._at("_") and not self._at("__")
        return kind in _CLOSED_BY and self._at(_CLOSED_BY[kind])

    def _begin(self, sign: str) -> None:
        """A reserved sign that closes nothing opens something, or is refused."""
        if sign == "\n":
            self._keep(sign, 1)
        elif sign == "`":
            self._begin_code()
        elif sign == ">" and self.line_begins:
            self._go_on_quoting()
        elif self._at("__"):
            self._open("Underline", 2)
        elif self._at("||"):
            self._open("Spoiler", 2)
        elif self._at("!["):
            self._open("CustomEmoji", 2)
        elif sign in "_*~[":
            self._open({"_": "Italic", "*": "Bold", "~": "Strikethrough", "[": "TextUrl"}[sign], 1)
        else:
            raise bad(
                f"can't parse entities: Character '{sign}' is reserved and must be escaped with the preceding '\\'"
            )

    def _open(self, kind: str, length: int, language: str = "") -> None:
        self.opened.append(_Open(kind, len(self.out), self._byte(self.place), language))
        self.place += length

    def _begin_code(self) -> None:
        if not self._at("```"):
            self._open("Code", 1)
            return
        after = self.text[self.place + 3 :]
        word = len(after)
        for number, letter in enumerate(after):
            if letter == "`" or letter in " \t\n\r\v\f\0":
                word = number
                break
        has_language = 0 < word < len(after) and after[word] != "`"
        length = word if has_language else 0
        lines = after[length : length + 2]
        if lines[:1] in ("\n", "\r"):
            length += 2 if lines in ("\n\r", "\r\n") else 1
        self._open("PreCode" if has_language else "Pre", 3 + length, after[:word] if has_language else "")

    def _go_on_quoting(self) -> None:
        """`>` at the beginning of a line begins a quote, or goes on with the one before."""
        if self.in_quote:
            self.place += 1
        else:
            self._open("BlockQuote", 1)
        self.in_quote = True
        self.line_begins = False

    def _end_quote(self) -> None:
        """A line that does not go on with `>` ends the quote; its line break belongs to it."""
        kind = "blockquote"
        if self._has_expander():
            self.opened.pop()
            kind = "expandable_blockquote"
        if self.opened[-1].kind != "BlockQuote":
            self._no_end(self.opened[-1])
        if self.place < len(self.text):
            self._keep("\n", 1)
        self.in_quote = False
        self._add(self.opened.pop(), kind)

    def _has_expander(self) -> bool:
        """`||` at the very end of a quote makes it expandable, and is no spoiler."""
        mark = self.opened[-1]
        return (
            mark.kind == "Spoiler"
            and not self.out[mark.start :].strip("\r")
            and self.opened[-2:-1] != []
            and self.opened[-2].kind == "BlockQuote"
        )

    def _close(self, mark: _Open) -> None:
        if mark.kind == "TextUrl":
            self._close_link(mark)
        elif mark.kind == "CustomEmoji":
            self._close_emoji(mark)
        else:
            self.place += len(_CLOSED_BY.get(mark.kind, "_"))
            self._add(mark, _KINDS[mark.kind], **({"language": mark.language} if mark.language else {}))

    def _close_link(self, mark: _Open) -> None:
        self.place += 1
        url = self._bracketed("a URL") if self._at("(") else self.out[mark.start :]
        meant = link(url)
        if meant:
            self._add(mark, meant["kind"], **meant["more"])

    def _close_emoji(self, mark: _Open) -> None:
        self.place += 1
        if not self._at("("):
            raise bad("can't parse entities: Custom emoji entity must contain a tg://emoji URL")
        self._add(mark, "custom_emoji", custom_emoji_id=_emoji_id(self._bracketed("a custom emoji URL")))

    def _bracketed(self, what: str) -> str:
        """What stands in round brackets here, its backslashes taken off."""
        begin = self.place = self.place + 1
        url = ""
        while self.place < len(self.text) and not self._at(")"):
            if self._at("\\") and "\x00" < self.text[self.place + 1 : self.place + 2] <= "~":
                self.place += 1
            url += self.text[self.place]
            self.place += 1
        if not self._at(")"):
            raise bad(f"can't parse entities: Can't find end of {what} at byte offset {self._byte(begin)}")
        self.place += 1
        return url

    def _add(self, mark: _Open, kind: str, **more: object) -> None:
        if mark.start < len(self.out):
            self.spans.append(Span(mark.start, len(self.out), kind, dict(more)))

    def _byte(self, place: int) -> int:
        return len(self.text[:place].encode("utf-8", "surrogatepass"))

    def _no_end(self, mark: _Open) -> NoReturn:
        raise bad(f"can't parse entities: Can't find end of {mark.kind} entity at byte offset {mark.byte}")


def parse(text: str) -> Written:
    """The text without its marks, and the spans they meant."""
    reader = _Reader(text)
    return reader.read()


def _emoji_id(url: str) -> str:
    """The number in `tg://emoji?id=...`; TDLib looks at scheme, host and number in this order."""
    scheme, _, rest = url.partition(":")
    if scheme.lower() != "tg":
        raise bad("can't parse entities: Custom emoji URL must have scheme tg")
    host, _, query = rest.removeprefix("//").partition("?")
    if host.strip("/").lower() != "emoji":
        raise bad('can\'t parse entities: Custom emoji URL must have host "emoji"')
    values = [pair.removeprefix("id=") for pair in query.partition("#")[0].split("&") if pair.startswith("id=")]
    if not values:
        raise bad("can't parse entities: Custom emoji URL must have an emoji identifier")
    if not values[0].isdecimal() or values[0].startswith("0"):
        raise bad("can't parse entities: Invalid custom emoji identifier specified")
    return values[0]
