"""The page of phones in a real Chromium: what people see and press, in both directions of writing.

1. It asks no other host for anything. 2. A talk can be led by mouse and by keyboard alone.
3. Edits happen in place. 4. Urdu and Pashto stand right to left, message by message.
5. Each phone has its switches: airplane mode, a slow network, blocking; and saves its talk.
"""

import asyncio
import contextlib
import re
import shutil
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.emulator.server import opened
from tests.emulator.conftest import GUL, TOKEN
from tests.sounds import voice

pytestmark = pytest.mark.browser

SANA, ZARA = GUL + 1, GUL + 2
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

    def wait(self, true: Callable[[], bool]) -> None:
        """Until something is so that the page does not announce."""
        for _ in range(200):
            if true():
                return
            self.page.request.get(f"{self.url}/sim/health")
        raise AssertionError("waited in vain")

    def sent(self, person: int) -> list[str]:
        """What has left the phone of a person."""
        screen = self.page.request.get(f"{self.url}/sim/users/{person}/screen").json()
        return [message["text"] for message in screen["messages"] if not message["from_bot"]]

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


FIRST_LINE = """phone => {
  const newest = [...phone.querySelectorAll(".message:not(.own) .bubble")].at(-1);
  return newest.getBoundingClientRect().top - phone.querySelector(".talk").getBoundingClientRect().top;
}"""
"""How far the newest words begin below the upper edge of the talk, in pixels."""


@pytest.mark.parametrize("rows", range(7, 15))
def test_the_newest_message_is_read_from_its_first_line_however_many_buttons_hang_below(
    table: Table, rows: int
) -> None:
    table.page.goto(f"{table.url}/?phones={GUL}")
    table.start()
    keyboard = {"inline_keyboard": [[{"text": "ډېره اسماعیل خان", "callback_data": str(n)}] for n in range(rows)]}
    asked = "سوال ۱\n\nتاسو په کومه ضلع کښې اوسېږئ؟"
    table.call("sendMessage", chat_id=GUL, text=asked, reply_markup=keyboard)
    expect(table.phone().locator(".message")).to_have_count(2)
    assert table.phone().evaluate(FIRST_LINE) >= 0


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
    for _ in range(5):  # the page may draw the phone once more when it hears of its world
        start.focus()
        with contextlib.suppress(AssertionError):
            expect(start).to_be_focused(timeout=2_000)
            break
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


def test_three_phones_stand_side_by_side_each_in_the_language_of_its_app(table: Table) -> None:
    table.post("/sim/users", id=ZARA, first_name="زارا", language_code="ur")
    table.page.goto(f"{table.url}/?phones={GUL},{SANA},{ZARA}")
    expect(table.page.locator(".seat")).to_have_count(3)
    expect(table.phone(2).locator(".start")).to_have_text("شروع کریں")
    places = [table.phone(number).bounding_box() for number in range(3)]
    assert len({place["y"] for place in places}) == 1
    assert [table.phone(number).locator(".head").get_attribute("dir") for number in range(3)] == [
        "rtl",
        "ltr",
        "rtl",
    ]
    starts = ["شروع کړئ", "Start", "شروع کریں"]
    assert [table.phone(number).locator(".start").inner_text() for number in range(3)] == starts


def test_a_phone_is_put_away_and_taken_out_again(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={GUL},{SANA}")
    table.phone(0).get_by_role("button", name="Put away").click()
    expect(table.page.locator(".seat")).to_have_count(1)
    expect(table.phone(0).locator(".owner-name")).to_have_text("Sana")
    table.page.get_by_role("button", name="Add a person").click()
    table.page.locator("#known").select_option("گل بانو")
    table.page.get_by_role("button", name="Show the phone").click()
    expect(table.page.locator(".seat")).to_have_count(2)
    expect(table.phone(1).locator(".owner-name")).to_have_text("گل بانو")


def test_in_airplane_mode_nothing_arrives_and_what_is_done_waits(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA},{GUL}")
    table.start()
    table.start(1)
    phone = table.phone()
    phone.get_by_label("Airplane mode").check()
    expect(phone.locator(".head-state")).to_have_text("waiting for the network …")
    for person in (SANA, GUL):
        table.call("sendMessage", chat_id=person, text="Salaam")
    phone.get_by_role("textbox", name="Message").fill("Later")
    phone.get_by_role("textbox", name="Message").press("Enter")
    expect(phone.locator(".message.waiting")).to_contain_text("Later")
    expect(table.phone(1).locator(".message:not(.own)")).to_contain_text("Salaam")
    expect(phone.locator(".message:not(.own)")).to_have_count(0)
    expect(phone.locator(".lock-words")).to_have_text("No new messages")
    assert table.sent(SANA) == ["/start"]

    phone.get_by_label("Airplane mode").uncheck()
    expect(phone.locator(".message:not(.own)")).to_contain_text("Salaam")
    expect(phone.locator(".message.own").last).to_contain_text("Later")
    expect(phone.locator(".message.waiting")).to_have_count(0)
    expect(phone.locator(".lock-words")).to_contain_text("Salaam")
    assert table.call("getUpdates", offset=-1)[0]["message"]["text"] == "Later"


def test_a_slow_network_is_late_both_ways(table: Table) -> None:
    table.page.clock.install()
    table.page.goto(f"{table.url}/?phones={SANA},{GUL}")
    table.start()
    table.start(1)
    table.page.clock.pause_at(table.page.evaluate("Date.now() / 1000 + 60"))
    table.phone().get_by_label("Slow network").check()
    table.phone().get_by_role("textbox", name="Message").fill("Salaam")
    table.phone().get_by_role("textbox", name="Message").press("Enter")
    table.phone(1).get_by_role("textbox").fill("سلام")
    table.phone(1).get_by_role("textbox").press("Enter")
    expect(table.phone(1).locator(".message.own")).to_have_count(2)
    assert table.sent(SANA) == ["/start"]

    table.page.clock.run_for(3000)  # it leaves
    table.wait(lambda: "Salaam" in table.sent(SANA))
    expect(table.phone().locator(".message.own")).to_have_count(1)

    def shown() -> bool:
        table.page.clock.run_for(3000)  # it arrives
        return bool(table.phone().locator(".message.own").count() == 2)

    table.wait(shown)


def test_an_account_is_deleted_after_a_question(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    table.phone().locator("summary").click()
    table.phone().get_by_role("button", name="Delete the account").click()
    table.page.get_by_role("button", name="Cancel").click()
    expect(table.phone().locator(".line")).to_be_visible()
    table.phone().get_by_role("button", name="Delete the account").click()
    table.page.get_by_role("button", name="Delete", exact=True).click()

    expect(table.phone().locator(".start")).to_have_text("This account was deleted.")
    expect(table.phone().locator(".start")).to_be_disabled()
    reply = table.page.request.post(f"{table.url}/bot{TOKEN}/sendMessage", data={"chat_id": SANA, "text": "?"})
    assert (reply.status, reply.json()["description"]) == (403, "Forbidden: user is deactivated")


def test_a_voice_message_plays(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    file = {"name": "question.ogg", "mimeType": "audio/ogg", "buffer": voice(2)}
    form: Any = {"chat_id": str(SANA), "voice": file}
    sent = table.page.request.post(f"{table.url}/bot{TOKEN}/sendVoice", multipart=form)
    assert sent.ok, sent.text()
    player = table.phone().locator("audio")
    expect(player).to_have_attribute("aria-label", "Voice message")
    player.evaluate("audio => audio.play()")
    table.page.wait_for_function("() => document.querySelector('audio').ended")
    assert 1.9 < player.evaluate("audio => audio.duration") < 2.1


def test_a_reply_keyboard_sends_its_words_once(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={GUL}")
    table.start()
    long = "یو ډېر اوږد ځواب " * 6
    keyboard = {"keyboard": [["هو", "نه"], [long]], "one_time_keyboard": True, "input_field_placeholder": "ځواب؟"}
    inline = buttons(long)
    table.call("sendMessage", chat_id=GUL, text="یوه", reply_markup=inline)
    table.call("sendMessage", chat_id=GUL, text="پوښتنه", reply_markup=keyboard)
    keys = table.phone().locator(".keys button")
    expect(keys).to_have_count(3)
    style = "e => [getComputedStyle(e).fontSize, getComputedStyle(e).direction, e.scrollWidth > e.clientWidth]"
    assert keys.nth(2).evaluate(style) == ["16px", "rtl", True]
    assert table.phone().locator(".key").evaluate(style) == ["15px", "rtl", True]
    expect(table.phone().locator(".line-words")).to_have_attribute("placeholder", "ځواب؟")

    keys.nth(1).click()
    expect(table.phone().locator(".message.own").last).to_contain_text("نه")
    expect(table.phone().locator(".keys")).to_be_hidden()
    assert table.call("getUpdates", offset=-1)[0]["message"]["text"] == "نه"


def test_a_forced_reply_is_a_reply_unless_it_is_cancelled(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    for text, cancelled in (("Your age?", False), ("Your village?", True)):
        asked = table.call("sendMessage", chat_id=SANA, text=text, reply_markup={"force_reply": True})
        bar = table.phone().locator(".answering")
        expect(bar).to_contain_text(text)
        expect(table.phone().locator(".line-words")).to_be_focused()
        if cancelled:
            bar.get_by_role("button", name="Cancel the reply").press("Enter")
            expect(bar).to_be_hidden()
        table.phone().locator(".line-words").fill("30")
        table.page.keyboard.press("Enter")
        expect(table.phone().locator(".message.own").last).to_contain_text("30")
        expect(bar).to_be_hidden()
        table.page.wait_for_function(
            "n => document.querySelectorAll('.message.own').length === n", arg=3 if cancelled else 2
        )
        answered = table.call("getUpdates", offset=-1)[0]["message"].get("reply_to_message", {})
        assert answered.get("message_id") == (None if cancelled else asked["message_id"])


def test_the_head_says_what_the_bot_is_doing(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={GUL}")
    table.start()
    table.call("sendChatAction", chat_id=GUL, action="typing")
    expect(table.phone().locator(".head-state")).to_have_text("لیکي …")
    table.call("sendMessage", chat_id=GUL, text="سلام")
    expect(table.phone().locator(".head-state")).to_have_text("بوټ")


def test_the_lock_screen_shows_the_first_line_of_what_is_new_and_no_edit(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    table.start()
    sent = table.call("sendMessage", chat_id=SANA, text="First line\nSecond line")
    lock = table.phone().locator(".lock-words")
    expect(lock).to_have_text("Local bot: First line")
    table.call("editMessageText", chat_id=SANA, message_id=sent["message_id"], text="Changed")
    expect(table.phone().locator(".message:not(.own)")).to_contain_text("Changed")
    expect(lock).to_have_text("Local bot: First line")


def test_a_talk_is_saved_as_it_is_told(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    expect(table.phone().get_by_role("button", name="Save this talk")).to_be_disabled()
    table.start()
    table.call("sendMessage", chat_id=SANA, text="One?", reply_markup=buttons("Yes"))
    expect(table.phone().locator(".key")).to_be_visible()
    with table.page.expect_download() as download:
        table.phone().get_by_role("button", name="Save this talk").click()
    assert download.value.suggested_filename == "talk.txt"
    saved = Path(str(download.value.path())).read_text("utf-8")
    assert saved == "# A talk saved from a phone.\n# app: en\n\n> /start\n< One?\n  [Yes]\n"
    assert table.page.request.get(f"{table.url}/sim/users/{SANA}/talk").text() == saved


def test_start_follows_the_link_that_is_held_and_a_new_link_starts_anew(table: Table) -> None:
    table.page.goto(f"{table.url}/?phones={SANA}")
    expect(table.phone().locator(".owner-anew")).to_be_hidden()
    table.post(f"/sim/users/{SANA}/link", payload="weekly-1")
    anew = table.phone().get_by_role("button", name="Start anew")
    expect(anew).to_be_enabled()
    table.start()
    expect(table.phone().locator(".message.own")).to_contain_text("/start weekly-1")
    expect(anew).to_be_disabled()
    table.post(f"/sim/users/{SANA}/link", payload="weekly-2")
    anew.click()
    expect(table.phone().locator(".message")).to_have_count(1)
    expect(table.phone().locator(".message")).to_contain_text("/start weekly-2")


def test_everything_that_can_be_worked_has_a_name_and_is_reached_by_tab(table: Table) -> None:
    table.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    table.page.goto(f"{table.url}/?phones={GUL},{SANA}")
    table.start(1)
    table.call("sendMessage", chat_id=SANA, text="One?", reply_markup=buttons("Yes", "No"))
    expect(table.phone(1).locator(".key")).to_have_count(2)
    tree = table.page.locator("body").aria_snapshot()
    assert not re.findall(r"- (?:button|textbox|combobox|checkbox|link)(?! \")(?!:).*", tree), tree
    for name in ("Airplane mode", "Slow network", "Block the bot"):
        assert tree.count(f'checkbox "{name}"') == 2

    table.page.get_by_role("button", name="Next day").focus()
    worked, reached = "button, input, select, summary", set()
    for _ in range(120):
        table.page.keyboard.press("Tab")
        reached.add(table.page.evaluate("document.activeElement.className + document.activeElement.textContent"))
    seen = table.page.locator(f".seat :is({worked}):visible:enabled, .bar button:visible")
    wanted = {each.evaluate("e => e.className + e.textContent") for each in seen.all()}
    assert wanted <= reached
