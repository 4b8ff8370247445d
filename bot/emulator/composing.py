"""Texts and captions of a call: read, parsed, measured and refused in the server's order."""

from bot.emulator import letters
from bot.emulator.entities import read_entities, with_found_entities
from bot.emulator.letters import Written
from bot.emulator.markup import parse
from bot.emulator.refusals import bad
from bot.emulator.request import Request
from bot.emulator.world import Json, World


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
    return read_entities(raw, entities) if entities and not mode else parse(raw, mode)


def text_content(request: Request, written: Written, *, too_long: str) -> Json:
    """The fields of a text message: cleaned, measured, with all entities."""
    kept = letters.clean(written)
    if letters.is_invisible(kept.text):
        raise bad("text must be non-empty")
    if len(kept.text) > letters.MAX_TEXT:
        raise bad(too_long)
    content = _fields(request.world, "text", "entities", kept)
    has_link = any(each["type"] in ("url", "text_link") for each in content.get("entities", ()))
    if has_link and _hides_preview(request):
        content["link_preview_options"] = {"is_disabled": True}
    return content


def caption_content(request: Request, written: Written) -> Json:
    """The fields of a caption; none if nothing of it is seen."""
    kept = letters.clean(written)
    if len(kept.text) > letters.MAX_CAPTION:
        raise bad("message caption is too long")
    if letters.is_invisible(kept.text):
        return {}
    above = {"show_caption_above_media": True} if request.flag("show_caption_above_media") else {}
    return _fields(request.world, "caption", "caption_entities", kept) | above


def _fields(world: World, name: str, entities_name: str, written: Written) -> Json:
    entities = _with_people(world, with_found_entities(written).entities())
    return {name: written.text, entities_name: entities} if entities else {name: written.text}


def _with_people(world: World, entities: list[Json]) -> list[Json]:
    """A mention of somebody carries the whole `User`; of nobody it is no mention."""
    whole = []
    for entity in entities:
        if entity["type"] == "text_mention":
            user = world.users.get(int(entity["user"]["id"]))
            if user:
                whole.append({**entity, "user": user.shape()})
        else:
            whole.append(entity)
    return whole


def _hides_preview(request: Request) -> bool:
    options = request.structure("link_preview_options", "link preview options")
    if isinstance(options, dict):
        return options.get("is_disabled") is True
    return request.flag("disable_web_page_preview")
