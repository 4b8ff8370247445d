"""Texts and captions of a call: read, parsed, measured and refused in the server's order."""

from bot.emulator import letters
from bot.emulator.letters import Written
from bot.emulator.markup import parse
from bot.emulator.refusals import bad
from bot.emulator.request import Request
from bot.emulator.world import Json


def read_text(request: Request) -> Written:
    """`text` with its entities, not yet cleaned (Bot API documentation, sendMessage)."""
    if not request.text("text"):
        raise bad("message text is empty")
    return _read(request, "text", "entities")


def read_caption(request: Request) -> Written:
    """`caption` with its entities; often empty."""
    return _read(request, "caption", "caption_entities")


def _read(request: Request, name: str, entities_name: str) -> Written:
    raw = request.text(name)
    if len(raw.encode("utf-8", "surrogatepass")) > letters.MAX_RAW_BYTES:
        raise bad("text is too long")
    mode = request.text("parse_mode")
    entities = request.structure(entities_name, "entities")
    if not mode and entities:
        return letters.read_entities(raw, entities)
    return parse(raw, mode)


def text_content(written: Written, *, too_long: str) -> Json:
    """The fields of a text message: cleaned, measured, with all entities."""
    kept = letters.clean(written)
    if letters.is_invisible(kept.text):
        raise bad("text must be non-empty")
    if len(kept.text) > letters.MAX_TEXT:
        raise bad(too_long)
    return _fields("text", "entities", kept)


def caption_content(written: Written) -> Json:
    kept = letters.clean(written)
    if len(kept.text) > letters.MAX_CAPTION:
        raise bad("message caption is too long")
    return {} if letters.is_invisible(kept.text) else _fields("caption", "caption_entities", kept)


def _fields(name: str, entities_name: str, written: Written) -> Json:
    entities = letters.with_found_entities(written).entities()
    return {name: written.text, entities_name: entities} if entities else {name: written.text}
