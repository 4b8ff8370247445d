"""The page of phones in a real Chromium: what people see and press, in both directions of writing.

1. It asks no other host for anything. 2. A talk can be led by mouse and by keyboard alone.
3. Edits happen in place. 4. Urdu and Pashto stand right to left, message by message.
"""

import asyncio
import re
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.emulator.server import opened
from tests.emulator.conftest import GUL, TOKEN

pytestmark = pytest.mark.browser

SANA = GUL + 1
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this computer")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def url() -> Iterator[str]:
    """An emulator in a thread of its own, since the browser's driver holds this one."""
    found: list[str] = []
    loop = asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()

    async def run() -> None:
        async with opened(token=TOKEN) as emulator:
            found.append(emulator.url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    ready.wait(10)
    yield found[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(10)
    loop.close()


class Table:
    """The page with Gul's and Sana's phones, and the bot's side of the talk."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.strangers: list[str] = []
        self.problems: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)

    def _note(self, address: str) -> None:
        if not address.startswith((self.url, "data:")):
            self.strangers.append(address)

    def post(self, path: str, **body: Any) -> Any:
        reply = self.page.request.post(self.url + path, data=body)
        assert reply.ok, reply.text()
        return reply.json()

    def call(self, method: str, **params: Any) -> Any:
        return self.post(f"/bot{TOKEN}/{method}", **params)["result"]

    def start(self, number: int = 0) -> None:
        self.phone(number).locator(".start").click()
        expect(self.phone(number).locator(".message.own")).to_have_count(1)

    def tap(self) -> dict[str, Any]:
        """The last tap, once it has reached the bot."""
        for _ in range(200):
            newest = self.call("getUpdates", offset=-1)
            if newest and "callback_query" in newest[0]:
                found: dict[str, Any] = newest[0]["callback_query"]
                return found
            self.page.wait_for_timeout(20)
        raise AssertionError("no tap came")

    def phone(self, number: int = 0) -> Any:
        return self.page.locator(".seat").nth(number)


@pytest.fixture
def table(browser: Browser, url: str) -> Iterator[Table]:
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    table = Table(context.new_page(), url)
    table.post("/sim/users", id=GUL, first_name="گل بانو", language_code="ps")
    table.post("/sim/users", id=SANA, first_name="Sana", language_code="en")
    yield table
    context.close()

    assert (table.strangers, table.problems) == ([], [])


def buttons(*labels: str) -> dict[str, Any]:
    return {
        "inline_keyboard": [
            [{"text": label, "callback_data": f"d{number}"}] for number, label in enumerate(labels)
        ]
    }


def picture(width: int = 60, height: int = 40) -> bytes:
    """A real PNG, all in one green."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x0b\x7a\x6b" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_an_empty_chat_shows_the_description_and_starts_with_the_payload_of_the_address(table: Table) -> None:
    table.call("setMyDescription", description="د اعتبار پوښتنې", language_code="ps")
    table.page.goto(f"{table.url}/?phones={GUL},{SANA}&start=weekly-1")
    expect(table.phone().locator(".about")).to_contain_text("د اعتبار پوښتنې")

    table.phone().locator(".start").click()
    expect(table.phone().locator(".message.own")).to_contain_text("/start weekly-1")
    expect(table.phone().locator(".start")).to_be_hidden()
    expect(table.phone(1).locator(".start")).to_have_text("Start")


def test_a_tap_spins_until_it_is_answered_and_the_message_changes_in_place(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={GUL}")
    table.start()
    sent = table.call("sendMessage", chat_id=GUL, text="پوښتنه ۱", reply_markup=buttons("هو", "نه"))
    key = table.phone().get_by_role("button", name="هو")
    key.click()
    expect(key).to_have_attribute("aria-busy", "true")

    tap = table.tap()
    table.call("editMessageText", chat_id=GUL, message_id=sent["message_id"], text="پوښتنه ۲")
    table.call("answerCallbackQuery", callback_query_id=tap["id"], text="وساتل شو")

    assert tap["data"] == "d0"
    expect(table.phone().locator(".message")).to_have_count(2)
    expect(table.phone().locator(f"[data-message='{sent['message_id']}']")).to_contain_text("پوښتنه ۲")
    expect(table.phone().locator(".toast")).to_have_text("وساتل شو")
    expect(table.phone().locator(".lock-words")).to_contain_text("پوښتنه ۱")
    table.call("deleteMessage", chat_id=GUL, message_id=sent["message_id"])
    expect(table.phone().locator(".message")).to_have_count(1)


def test_an_alert_stands_until_it_is_closed_by_key(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    table.call("sendMessage", chat_id=SANA, text="One?", reply_markup=buttons("Yes"))
    table.phone().get_by_role("button", name="Yes").click()
    tap = table.tap()
    table.call("answerCallbackQuery", callback_query_id=tap["id"], text="Too late", show_alert=True)

    expect(table.phone().get_by_role("alertdialog")).to_contain_text("Too late")
    expect(table.phone().get_by_role("button", name="OK")).to_be_focused()
    table.page.keyboard.press("Enter")
    expect(table.phone().locator(".alert")).to_be_hidden()


def test_words_stand_in_their_own_direction_message_by_message(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={GUL}")
    table.start()
    table.call("sendMessage", chat_id=GUL, text="۱ / ۲\nآیا تاسو ګډون وکړ؟", reply_markup=buttons("هو", "Yes"))
    table.call("sendMessage", chat_id=GUL, text="In English")
    words = table.phone().locator(".message:not(.own) .bubble-words")
    expect(words).to_have_count(2)

    direction = "element => getComputedStyle(element).direction"
    assert [each.evaluate(direction) for each in words.all()] == ["rtl", "ltr"]
    assert [each.evaluate(direction) for each in table.phone().locator(".key").all()] == ["rtl", "ltr"]
    assert table.phone().locator(".head").evaluate(direction) == "rtl"


def test_a_keyboard_is_as_wide_as_its_bubble_and_cuts_long_labels(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    table.call("sendMessage", chat_id=SANA, text="A question?", reply_markup=buttons("A long answer " * 9))
    message = table.phone().locator(".message:not(.own)")
    key = message.locator(".key")
    expect(key).to_be_visible()
    widths = [
        message.locator(part).evaluate("e => Math.round(e.getBoundingClientRect().width)")
        for part in (".bubble", ".key")
    ]

    assert widths[0] == widths[1]
    assert key.evaluate("e => e.scrollWidth > e.clientWidth && getComputedStyle(e).textOverflow") == "ellipsis"
    assert table.phone().locator(".talk").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_photo_is_seen_and_opens_large_and_a_document_is_saved(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    expect(table.phone().locator(".message")).to_have_count(1)
    for kind, name, data in (("photo", "chart.png", picture()), ("document", "digest.pdf", b"%PDF-1.7")):
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        form: Any = {"chat_id": str(SANA), "caption": "Week 1", kind: file}
        method = f"send{kind.capitalize()}"
        assert table.page.request.post(f"{table.url}/bot{TOKEN}/{method}", multipart=form).ok

    shown = table.phone().locator(".photo img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 60)
    table.phone().get_by_role("button", name="Photo").click()
    expect(table.page.locator("#large-picture")).to_be_visible()
    table.page.keyboard.press("Escape")
    expect(table.page.locator("#large")).to_be_hidden()
    with table.page.expect_download() as download:
        table.phone().locator(".file").click()
    assert download.value.suggested_filename == "digest.pdf"


def test_a_talk_can_be_led_by_keyboard_alone(table: Table) -> None:
    table.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    table.page.goto(f"{table.url}/?phones={SANA}")
    start = table.phone().locator(".start")
    start.focus()
    expect(start).to_be_focused()
    table.page.keyboard.press("Enter")
    expect(table.phone().locator(".message.own")).to_have_count(1, timeout=15_000)
    sent = table.call("sendMessage", chat_id=SANA, text="One?", reply_markup=buttons("Yes", "No"))
    table.phone().get_by_role("button", name="Yes").press("Space")
    place = {"chat_id": SANA, "message_id": sent["message_id"]}
    table.call("editMessageText", text="Two?", reply_markup=buttons("Often", "Never"), **place)

    expect(table.phone().get_by_role("button", name="Often")).to_be_focused()
    table.phone().get_by_role("textbox", name="Message").fill("Salaam")
    table.page.keyboard.press("Enter")
    expect(table.phone().locator(".message.own").last).to_contain_text("Salaam")
    table.phone().get_by_role("button", name="Commands").press("Enter")
    expect(table.phone().get_by_role("button", name="Help")).to_be_focused()
    table.page.keyboard.press("Enter")
    expect(table.phone().locator(".message.own").last).to_contain_text("/help")


def test_a_start_link_in_a_message_opens_on_the_phone_one_chooses(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={GUL},{SANA}")
    table.start(1)
    table.call("sendMessage", chat_id=SANA, text="Share https://t.me/local_42_bot?start=weekly-2 now")
    table.phone(1).get_by_role("link").click()
    table.page.get_by_role("button", name=re.compile("Phone 1")).click()

    expect(table.phone(0).locator(".message.own")).to_contain_text("/start weekly-2")


def test_the_switches_block_clear_and_change_the_language(table: Table) -> None:
    table.page.goto(f"{table.url}/phone/{SANA}")
    phone = table.phone()
    table.start()
    phone.get_by_label("Block the bot").check()
    expect(phone.locator(".start")).to_have_text("Unblock the bot")
    phone.locator(".start").click()
    expect(phone.get_by_label("Block the bot")).not_to_be_checked()
    phone.locator(".owner-language").select_option("ur")
    expect(phone.locator(".head")).to_have_attribute("dir", "rtl")
    phone.get_by_role("button", name="Clear chat").click()
    expect(phone.locator(".message")).to_have_count(0)
    expect(phone.locator(".start")).to_have_text("شروع کریں")

    kinds = [set(update) - {"update_id"} for update in table.call("getUpdates")]
    assert kinds == [{"message"}, {"my_chat_member"}, {"my_chat_member"}]


def test_the_next_day_comes_at_a_press(table: Table) -> None:
    table.page.goto(table.url)
    before = table.page.request.get(f"{table.url}/sim/clock").json()
    table.page.get_by_role("button", name="Next day").click()
    day = "element => element.dateTime.slice(0, 10)"
    table.page.wait_for_function(
        "old => document.getElementById('today').dateTime.slice(0, 10) > old", arg=before["iso"][:10]
    )
    after = table.page.request.get(f"{table.url}/sim/clock").json()

    assert after["now"] - before["now"] >= 86_400
    assert table.page.locator("#today").evaluate(day) == after["iso"][:10]


def test_the_table_begins_with_the_first_two_people_and_another_can_be_added(table: Table) -> None:
    table.page.goto(table.url)
    expect(table.page.locator(".seat")).to_have_count(2)
    table.page.get_by_role("button", name="Add a person").click()
    table.page.get_by_label("First name").fill("عائشہ")
    table.page.locator("#person-form select").select_option("ur")
    table.page.get_by_role("button", name="Add", exact=True).click()

    expect(table.page.locator(".seat")).to_have_count(3)
    expect(table.phone(2).locator(".owner-name")).to_have_text("عائشہ")


def test_a_notice_stands_over_the_phones(table: Table) -> None:
    table.page.goto(table.url)
    table.post("/sim/notice", text={"en": "A rehearsal", "ur": "مشق"})
    expect(table.page.locator("#notice")).to_have_text("A rehearsal")

    table.post("/sim/notice", text="")
    expect(table.page.locator("#notice")).to_be_hidden()
