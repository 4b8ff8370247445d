"""The emulator over HTTP: all forms of a call, the people's side, planted faults, and the door."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from typing import Any

import aiohttp
import pytest

from bot.emulator.control import CALLS
from bot.emulator.server import Opened, serve
from tests.emulator import echo
from tests.emulator.conftest import GUL, PICTURE, TOKEN, until

pytestmark = pytest.mark.asyncio

USER = f"/sim/users/{GUL}"
TRUETYPE = b"\x00\x01\x00\x00"
"""How a font of outlines begins (OpenType specification, table directory)."""


async def post(http: aiohttp.ClientSession, path: str, **body: Any) -> tuple[int, Any]:
    async with http.post(path, json=body) as reply:
        return reply.status, await reply.json()


async def get(http: aiohttp.ClientSession, path: str, **query: Any) -> Any:
    async with http.get(path, params=query) as reply:
        assert reply.status == 200, await reply.text()
        return await reply.json()


async def started(http: aiohttp.ClientSession) -> None:
    await post(http, "/sim/users", id=GUL, first_name="Gul")
    await post(http, f"{USER}/send", deep_link="")


# The bots' side


async def test_a_call_may_come_in_every_form(http: aiohttp.ClientSession) -> None:
    """Query, urlencoded, multipart and JSON; nested values as JSON text or as they are; names in any case."""
    await started(http)
    path = f"/bot{TOKEN}/sendmessage"
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    fields = {"chat_id": str(GUL), "text": "سلام", "reply_markup": json.dumps(markup)}
    replies = [
        http.get(path, params=fields),
        http.post(path, data=fields),
        http.post(path, data=aiohttp.FormData(fields, default_to_multipart=True)),
        http.post(path, json={"chat_id": GUL, "text": "سلام", "reply_markup": markup}),
    ]
    for request in replies:
        async with request as reply:
            result = (await reply.json())["result"]
            assert (result["text"], result["reply_markup"]) == ("سلام", markup)


async def test_a_file_is_uploaded_and_fetched_again(http: aiohttp.ClientSession) -> None:
    await started(http)
    form = aiohttp.FormData({"chat_id": str(GUL)})
    form.add_field("photo", PICTURE.data, filename="chart.png", content_type="image/png")
    async with http.post(f"/bot{TOKEN}/sendPhoto", data=form) as reply:
        file_id = (await reply.json())["result"]["photo"][0]["file_id"]
    path = (await get(http, f"/bot{TOKEN}/getFile", file_id=file_id))["result"]["file_path"]

    async with http.get(f"/file/bot{TOKEN}/{path}") as reply:
        assert await reply.read() == PICTURE.data
    async with http.get(f"/file/bot{TOKEN}/photos/other.png") as reply:
        assert (reply.status, (await reply.json())["description"]) == (404, "Not Found")
    async with http.get(f"/file/bot43:other/{path}") as reply:
        assert reply.status == 401


async def test_the_http_status_is_the_code_of_the_refusal(http: aiohttp.ClientSession) -> None:
    async with http.get("/bot43:other/getMe") as reply:
        assert (reply.status, await reply.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )
    for path, code in ((f"/bot{TOKEN}/sendPoll", 501), (f"/bot{TOKEN}/nothing", 404), ("/nothing", 404)):
        async with http.get(path) as reply:
            assert (reply.status, (await reply.json())["error_code"]) == (code, code)


async def test_a_body_that_is_no_json_is_refused(http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(f"/bot{TOKEN}/getMe", data=b"{", headers=headers) as reply:
        assert (reply.status, (await reply.json())["description"]) == (400, "Bad Request: can't parse JSON object")


async def test_a_poll_whose_bot_has_gone_leaves_no_conflict(http: aiohttp.ClientSession, emulator: Opened) -> None:
    queue = emulator.telegram.bot(TOKEN).queue
    poll = asyncio.create_task(get(http, f"/bot{TOKEN}/getUpdates", timeout=30))
    await until(lambda: queue.poller is not None)
    poll.cancel()
    await until(lambda: queue.poller is None)


# Planted faults


async def test_a_429_says_how_long_to_wait_and_does_nothing(http: aiohttp.ClientSession) -> None:
    await started(http)
    fault = {"match": {"method": "sendMessage", "nth": 2}, "fault": {"reply": 429, "retry_after": 7}}
    await post(http, "/sim/faults", **fault)
    path = f"/bot{TOKEN}/sendMessage"

    assert (await post(http, path, chat_id=GUL, text="One"))[0] == 200
    async with http.post(path, json={"chat_id": GUL, "text": "Two"}) as reply:
        assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
        assert await reply.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }
    assert (await post(http, path, chat_id=GUL, text="Three"))[0] == 200
    texts = [message["text"] for message in (await get(http, f"{USER}/screen"))["messages"]]
    assert texts == ["/start", "One", "Three"]


async def test_a_dropped_reply_was_carried_out(http: aiohttp.ClientSession) -> None:
    await started(http)
    await post(http, "/sim/faults", match={"method": "sendMessage"}, fault={"drop_reply": True})

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(http, f"/bot{TOKEN}/sendMessage", chat_id=GUL, text="One")

    assert (await get(http, f"{USER}/screen"))["messages"][-1]["text"] == "One"


async def test_a_delayed_reply_was_carried_out_before_it_came(http: aiohttp.ClientSession) -> None:
    await started(http)
    await post(http, "/sim/faults", match={"chat_id": GUL}, fault={"delay_s": 0.3})
    call = asyncio.create_task(post(http, f"/bot{TOKEN}/sendMessage", chat_id=GUL, text="One"))
    screen = await get(http, f"{USER}/screen", wait="new", since=(await get(http, f"{USER}/screen"))["seq"])

    assert screen["messages"][-1]["text"] == "One"
    assert (await call)[0] == 200


async def test_servers_break_in_three_ways(http: aiohttp.ClientSession) -> None:
    """500 in JSON, 502 in HTML, a reply cut in the middle."""
    path = f"/bot{TOKEN}/getMe"
    for fault in ({"reply": 500}, {"reply": 502}, {"truncate": True}):
        await post(http, "/sim/faults", match={"method": "getMe"}, fault=fault)
    async with http.get(path) as reply:
        assert (reply.status, (await reply.json())["description"]) == (500, "Internal Server Error")
    async with http.get(path) as reply:
        assert (reply.status, reply.content_type) == (502, "text/html")
    async with http.get(path) as reply:
        assert (reply.status, (await reply.text()).startswith('{"ok": true')) == (200, True)
        with pytest.raises(json.JSONDecodeError):
            json.loads(await reply.text())


async def test_an_ignored_confirmation_delivers_again(http: aiohttp.ClientSession) -> None:
    await started(http)
    await post(http, f"{USER}/send", text="One")
    await post(http, "/sim/faults", fault={"duplicate": 1})
    path = f"/bot{TOKEN}/getUpdates"
    first = (await get(http, path))["result"]
    offset = first[-1]["update_id"] + 1

    assert (await get(http, path, offset=offset))["result"] == first
    assert (await get(http, path, offset=offset + 1))["result"] == []


async def test_a_fault_can_be_taken_away(http: aiohttp.ClientSession) -> None:
    _, fault = await post(http, "/sim/faults", match={"method": "getMe", "count": 0}, fault={"reply": 500})
    async with http.delete(f"/sim/faults/{fault['id']}") as reply:
        assert reply.status == 200

    assert await get(http, "/sim/faults") == []
    assert (await get(http, f"/bot{TOKEN}/getMe"))["ok"]
    assert (await post(http, "/sim/faults", fault={"explode": True}))[0] == 400


# The people's side


async def test_moving_the_clock_wakes_who_waits_for_it(http: aiohttp.ClientSession) -> None:
    before = await get(http, "/sim/clock")
    waiting = asyncio.create_task(get(http, "/sim/clock", wait="change", since=before["now"], timeout=20))
    _, moved = await post(http, "/sim/clock", advance_s=86_400)
    after = await waiting

    assert after["jumps"] == moved["jumps"] == before["jumps"] + 1
    assert after["now"] - before["now"] >= 86_400
    _, moved = await post(http, "/sim/clock", set="2027-03-01T09:00:00+05:00")
    assert moved["iso"] == "2027-03-01T04:00:00+00:00"


async def test_a_wait_for_the_clock_ends_without_a_move(http: aiohttp.ClientSession) -> None:
    before = await get(http, "/sim/clock")
    after = await get(http, "/sim/clock", wait="change", since=before["now"], timeout="10ms")

    assert after["jumps"] == before["jumps"]


async def test_a_tap_can_wait_for_its_answer(http: aiohttp.ClientSession) -> None:
    await started(http)
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await post(http, f"/bot{TOKEN}/sendMessage", chat_id=GUL, text="One", reply_markup=markup)
    [start] = (await get(http, f"/bot{TOKEN}/getUpdates"))["result"]
    tap = asyncio.create_task(post(http, f"{USER}/tap", button={"text": "Yes"}, wait_answer=True))
    poll = await get(http, f"/bot{TOKEN}/getUpdates", offset=start["update_id"] + 1, timeout=20)
    tap_id = poll["result"][-1]["callback_query"]["id"]
    await post(http, f"/bot{TOKEN}/answerCallbackQuery", callback_query_id=tap_id, text="Kept")
    _, done = await tap

    assert (done["answered"], done["text"], done["alert"]) == (True, "Kept", False)
    _, done = await post(http, f"{USER}/tap", button={"text": "Yes"}, wait_answer=True, timeout=0.01)
    assert done["answered"] is False


async def test_an_act_can_bring_the_screen_after_the_reaction(http: aiohttp.ClientSession) -> None:
    await post(http, "/sim/users", id=GUL, first_name="Gul")
    look = {"timeout": 5, "idle": 0.02, "grace": 1}
    async with echo.running(http, TOKEN):
        await until_a_bot_calls(http)
        _, started = await post(http, f"{USER}/send", deep_link="", look=look)
        assert [message["text"] for message in started["screen"]["messages"]] == ["/start", "You said /start"]
        assert started["screen"]["quiet"]
        _, tapped = await post(http, f"{USER}/tap", button={"text": "Yes"}, look=look)
        assert tapped["screen"]["messages"][-1]["edits"] == 1


async def until_a_bot_calls(http: aiohttp.ClientSession) -> None:
    while not (await get(http, "/sim/health"))["bots"]:  # noqa: ASYNC110 - there is no event to wait for
        await asyncio.sleep(0.01)


async def test_what_a_phone_cannot_do_is_said(http: aiohttp.ClientSession) -> None:
    await started(http)
    assert await post(http, f"{USER}/tap", button={"text": "No"}) == (
        404,
        {"error": "no such button on the screen"},
    )
    assert (await post(http, f"{USER}/send", deep_link="no spaces"))[0] == 400
    assert (await post(http, f"{USER}/send"))[0] == 400
    assert (await post(http, "/sim/users/1/send", text="a"))[0] == 404
    await post(http, f"{USER}/block")
    assert (await post(http, f"{USER}/send", text="a"))[0] == 409


async def test_a_stream_tells_of_changes(http: aiohttp.ClientSession) -> None:
    await started(http)
    await post(http, "/sim/notice", text={"en": "A rehearsal", "ur": "مشق"})
    async with http.get("/sim/events", params={"phones": str(GUL)}) as reply:
        seen: list[str] = []
        sent = False
        async for line in reply.content:
            seen.append(line.decode())
            if "event: screen" in seen[-1] and not sent:
                sent = True
                await post(http, f"{USER}/send", text="One more")
            if "One more" in seen[-1]:
                break

    assert any("A rehearsal" in line for line in seen)


async def test_a_reset_empties_the_world(http: aiohttp.ClientSession) -> None:
    await started(http)
    await post(http, f"/bot{TOKEN}/setMyName", name="Trust")
    await post(http, "/sim/reset", seed=1)

    assert await get(http, "/sim/users") == []
    assert await get(http, "/sim/log", kind="call") == []
    assert (await get(http, f"/bot{TOKEN}/getMyName"))["result"] == {"name": "Trust"}


async def test_every_call_of_the_people_is_described(http: aiohttp.ClientSession) -> None:
    described = (await get(http, "/sim/openapi.json"))["paths"]

    assert len(CALLS) == sum(len(verbs) for verbs in described.values())
    assert described["/sim/users/{user}/tap"]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "required"
    ] == ["button"]


# The door


async def test_only_this_computer_is_let_in(http: aiohttp.ClientSession) -> None:
    """A page of another site cannot reach in, neither by a name that points here nor by its scripts."""
    for headers in ({"Host": "elsewhere.example"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        async with http.post("/sim/reset", headers=headers) as reply:
            assert reply.status == 403


async def test_an_address_that_others_can_reach_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.0\.0\.0 can be reached by other computers"):
        serve("0.0.0.0")  # noqa: S104 - it is refused


@pytest.mark.slow
async def test_the_program_ends_cleanly_on_a_signal_while_a_bot_polls() -> None:
    program = "from bot.emulator.server import serve; serve(port=0)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1].rstrip("/")
    async with aiohttp.ClientSession(url) as session:
        poll = asyncio.create_task(get(session, f"/bot{TOKEN}/getUpdates", timeout=30))
        while not (await get(session, "/sim/health"))["bots"]:
            continue
        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0
        assert await poll == {"ok": True, "result": []}


async def test_the_page_brings_the_letters_that_it_names(http: aiohttp.ClientSession) -> None:
    """Many computers lack letters of Urdu and Pashto; whatever else lies beside the fonts stays there."""
    async with http.get("/page/phone.css") as reply:
        named = re.findall(r'url\("(/page/[^"]+)"\)', await reply.text())

    assert len(named) == 4
    for path in named:
        async with http.get(path) as reply:
            assert reply.status == 200
            assert (await reply.read())[
                :4
            ] == b"\x00\x01\x00\x00"  # TrueType (OpenType specification, table directory)
    async with http.get("/page/OFL.txt") as reply:
        assert reply.status == 404
