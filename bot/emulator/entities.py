"""The marks on a text: those a bot names itself, those Telegram finds, and how they lie beside each other.

Laws of this file:
- whole marks (links, commands, code) never cross or hold each other: the one that begins first stays;
- soft marks (bold, italic and so on) are cut where a whole mark begins or ends, and leave code out;
- marks stand in the order of their beginnings, longer ones first (TDLib, MessageEntity.cpp).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.emulator.letters import Span, Written, units
from bot.emulator.links import checked_link, person_of
from bot.emulator.refusals import bad

MAX_ENTITIES = 100
_FAR = 1_000_000  # an offset or length beyond is refused (TDLib)
_CODE = ("pre", "code")
_QUOTES = ("blockquote", "expandable_blockquote")
_SOFT = ("bold", "italic", "underline", "strikethrough", "spoiler")
_NAMED = ("text_link", "text_mention", "custom_emoji")
# Which of two marks on the same words comes first (TDLib, get_type_priority).
_PRIORITY = [*_QUOTES, *_CODE, "text_link", "text_mention", "bot_command", *_SOFT, "custom_emoji"]

_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?!\w)")
_LINK = re.compile(r"(?:https?://|(?<![\w./@])t\.me/)[^\s<>\u2066-\u2069]+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9-]+\.)+(?:org|com|net|pk|info|edu|gov)\b")
_HASHTAG = re.compile(r"(?<![\w#@/&])#\w*[^\W\d]\w*")
_FOUND = (
    ("url", _LINK),
    ("email", _EMAIL),
    ("bot_command", _COMMAND),
    ("mention", _MENTION),
    ("hashtag", _HASHTAG),
)


def with_found_entities(written: Written) -> Written:
    """Add links, commands, mentions, hashtags and addresses, which Telegram marks whoever writes them.

    Of bare addresses without `https://` only `t.me/...` is found here.
    """
    spans = list(written.spans)
    whole = [span for span in spans if not _is_loose(span)]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(written.text):
            end = match.end()
            if kind == "url":
                end -= len(match[0]) - len(match[0].rstrip(".,;:!?)،؛؟۔"))
            if not any(span.start < end and match.start() < span.end for span in whole):
                whole.append(Span(match.start(), end, kind))
    return Written(written.text, tuple(_in_order([*_fitted(spans, whole), *whole])))


def fitted(written: Written) -> Written:
    """The same text with its spans cut and ordered by the laws above."""
    whole = _without_crossings([span for span in written.spans if not _is_loose(span)])
    return Written(written.text, tuple(_in_order([*_fitted(written.spans, whole), *whole])))


def read_entities(text: str, entities: Any) -> Written:
    """A text with the entities the bot names itself, offsets in UTF-16 units; kinds Telegram finds are ignored."""
    if not isinstance(entities, list):
        raise bad("expected an Array of MessageEntity")
    spans = [span for each in entities[:MAX_ENTITIES] for span in _read_entity(text, each)]
    return fitted(Written(text, tuple(spans)))


def link(url: str) -> dict[str, Any]:
    """The kind and fields of a link by its address: to a page, to a person, or nothing at all."""
    if person_of(url):
        return {"kind": "text_mention", "more": {"user": {"id": person_of(url)}}}
    return {"kind": "text_link", "more": {"url": checked_link(url)}} if checked_link(url) else {}


def _read_entity(text: str, entity: Any) -> Iterator[Span]:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    for name in ("type", "offset", "length"):
        if name not in entity:
            raise bad(f"can't parse MessageEntity: Can't find field \"{name}\"")
    offset, length = int(entity["offset"]), int(entity["length"])
    if not 0 <= offset <= _FAR:
        raise bad(f"receive an entity with incorrect offset {offset}")
    if not 0 <= length <= _FAR:
        raise bad(f"receive an entity with incorrect length {length}")
    end = units(text)
    if length and offset + length > end:
        raise bad(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
        )
    mark = _mark(entity)
    if mark and length:
        yield Span(_point(text, offset), _point(text, offset + length), **mark)


def _mark(entity: dict[str, Any]) -> dict[str, Any]:
    """The kind and the fields that belong to it; empty for a kind bots cannot set."""
    kind = str(entity["type"])
    if kind in ("text_link", "text_mention"):
        user = entity.get("user")
        return link(f"tg://user?id={user['id']}" if isinstance(user, dict) else str(entity.get("url", "")))
    if kind == "pre" and isinstance(entity.get("language"), str):
        return {"kind": kind, "more": {"language": entity["language"]}}
    if kind == "custom_emoji":
        return {"kind": kind, "more": {"custom_emoji_id": str(entity.get("custom_emoji_id", ""))}}
    return {"kind": kind} if kind in _SOFT + _CODE + _QUOTES else {}


def _point(text: str, offset: int) -> int:
    """The code point at which a UTF-16 offset lies."""
    head = text.encode("utf-16-le", "surrogatepass")[: offset * 2]
    return len(head.decode("utf-16-le", "ignore"))


def _is_loose(span: Span) -> bool:
    return span.kind in _SOFT + _QUOTES


def _without_crossings(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=_rank):
        if not any(other.start < span.end and span.start < other.end for other in kept):
            kept.append(span)
    return kept


def _fitted(spans: Sequence[Span], whole: Sequence[Span]) -> Iterator[Span]:
    """Soft marks cut at the edges of whole ones, quotes as they are."""
    for span in spans:
        if span.kind in _QUOTES:
            yield span
        elif span.kind in _SOFT:
            edges = {edge for other in whole if _crosses(span, other) for edge in (other.start, other.end)}
            places = sorted({span.start, span.end, *(edge for edge in edges if span.start < edge < span.end)})
            for start, end in pairwise(places):
                part = replace(span, start=start, end=end)
                if not any(_holds(other, part) for other in whole if other.kind in _CODE):
                    yield part


def _crosses(soft: Span, whole: Span) -> bool:
    """Whether a soft mark has to be cut: it overlaps in part, or covers code."""
    if soft.end <= whole.start or whole.end <= soft.start:
        return False
    return whole.kind in _CODE or not (_holds(soft, whole) or _holds(whole, soft))


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _in_order(spans: Sequence[Span]) -> list[Span]:
    return sorted({(each.start, each.end, each.kind): each for each in spans}.values(), key=_rank)


def _rank(span: Span) -> tuple[int, int, int]:
    known = span.kind if span.kind in _PRIORITY else "bot_command"
    return span.start, -span.end, _PRIORITY.index(known)
