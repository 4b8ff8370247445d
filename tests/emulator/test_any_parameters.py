"""Whatever a client sends, it gets a result or a refusal, never a broken server and never a null.

1. Every method of the Bot API has real semantics or answers 501; names count in any case.
2. Any junk in any parameter of any method: no 500 over HTTP, no null in a reply at any depth.
"""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.emulator.methods import NAMES
from bot.emulator.table import METHODS
from tests.emulator.conftest import GUL, PICTURE, TOKEN, World
from tests.emulator.strict import assert_no_null, check_reply

WORDS = st.sampled_from(
    ["", "a", "<b>", "*", "HTML", "MarkdownV2", "attach://x", "-1", "null", "[]", "{}", "\ud800"]
)
NUMBERS = st.one_of(
    st.sampled_from([GUL, 1, 2, 3, 0, -1]), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
FIELDS = """
    type text media url inline_keyboard keyboard callback_data web_app chat_id message_id user_id command
    description offset length user id emoji language caption style is_disabled force_reply copy_text quote
"""
KEYS = st.sampled_from(FIELDS.split())
KINDS = st.sampled_from(
    ["photo", "document", "emoji", "chat", "chat_member", "default", "bold", "text_mention", "pre"]
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, KINDS, st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)
# These wait, or would end the talk; their parameters are junk in tests of their own.
WAITING = ("getUpdates", "setWebhook")


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A method, with some of its parameters right and some not."""
    method = draw(st.sampled_from(sorted(set(METHODS) - set(WAITING))))
    names = METHODS[method][1].split()
    right = {"chat_id": GUL, "text": "a", "message_id": draw(st.sampled_from([2, 3]))}
    junk = draw(st.dictionaries(st.sampled_from(names), JUNK, max_size=4)) if names else {}
    return method, {**{name: value for name, value in right.items() if name in names}, **junk}


async def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    world = World()
    world.phones.start(GUL)
    await world.call("sendMessage", chat_id=GUL, text="a")
    await world.call("sendPhoto", {"photo": PICTURE}, chat_id=GUL)
    return await world.reply(method, {"x": PICTURE}, **params)


@settings(max_examples=1_500, suppress_health_check=[HealthCheck.too_slow])
@given(calls())
def test_junk_is_answered_without_a_broken_server_or_a_null(call: tuple[str, dict[str, Any]]) -> None:
    method, params = call
    body = asyncio.run(answer(method, params))

    assert_no_null(body)
    json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    if body["ok"]:
        check_reply(method, body["result"])
    else:
        assert body["error_code"] in (400, 403, 413, 501), body


@pytest.mark.asyncio
async def test_what_a_client_invents_inside_a_button_is_not_shown_back(world: World) -> None:
    app = {"url": "https://a.pk", "x": None, "y": 1}
    row = [
        {"text": "App", "web_app": app, "z": None},
        {"text": "Find", "switch_inline_query_chosen_chat": {"query": None}},
    ]
    sent = await world.call("sendMessage", chat_id=GUL, text="a", reply_markup={"inline_keyboard": [row]})
    button = {"type": "web_app", "text": "App", "web_app": app}
    await world.call("setChatMenuButton", menu_button=button)

    check_reply("sendMessage", sent)
    assert sent["reply_markup"]["inline_keyboard"][0][0] == {"text": "App", "web_app": {"url": "https://a.pk"}}
    assert await world.call("getChatMenuButton") == {**button, "web_app": {"url": "https://a.pk"}}


@pytest.mark.asyncio
async def test_every_method_has_real_semantics_or_says_that_it_has_none(world: World) -> None:
    assert set(METHODS) <= NAMES
    for name in sorted(NAMES - set(METHODS)):
        for spelling in (name, name.upper(), name.lower()):
            refusal = await world.refusal(spelling, None, chat_id=GUL)
            assert refusal == (501, f"Not Implemented in emulator: {name}")


BODIES = [b"", b"{", b"null", b"[]", b'"a"', b'{"chat_id": NaN}', b"[" * 2_000, b'{"a":' * 2_000, b"\xff\xfe"]


@pytest.mark.asyncio
@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:16]))
async def test_any_body_is_answered(http: aiohttp.ClientSession, body: bytes) -> None:
    for kind in (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "x/y",
    ):
        async with http.post(f"/bot{TOKEN}/sendMessage", data=body, headers={"Content-Type": kind}) as reply:
            assert reply.status in (400, 401, 413)
            assert (await reply.json())["ok"] is False
    async with http.get("/sim/log") as reply:
        assert reply.status == 200
