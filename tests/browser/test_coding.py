"""The steward's page in a real Chromium: a whole file is coded with the keyboard, stopped, resumed and given back.

1. Keys 1 to 9, 0, N, X, U, Enter and the arrows do what stands beside them; typing a title is no command.
2. What was decided is there again after the page and the program were closed.
3. Urdu stands from right to left; markup in an answer or a title is shown as it was typed, and does nothing.
4. Nothing is asked of another host, and nothing is wrong in the console.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.coding.desk import Desk, opened
from bot.core import codes
from tests.browser.test_phones import CHROMIUM, browser
from tests.coding.sample import Village, box

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt install chromium"),
]
__all__ = ["browser"]

MARKUP = "<img src=x onerror=\"document.title='taken'\"> and <b>bold</b>"
URDU = "پانی دور سے لانا پڑتا ہے۔"


@contextmanager
def desk(village: Village) -> Iterator[str]:
    """The page of a village's file, served from another thread."""
    told: list[str] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with opened(Desk(village.work(), village.folder / "out.json")) as url:
            told.append(url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20)
        yield told[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@contextmanager
def page_of(browser: Browser, url: str) -> Iterator[Page]:
    """A page that asks nobody else and has nothing to complain of."""
    page = browser.new_page(viewport={"width": 900, "height": 1000})
    hosts: set[str | None] = set()
    wrong: list[str] = []
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(url)
    expect(page.locator("#state")).not_to_be_empty()
    yield page
    assert hosts <= {"127.0.0.1", None}
    assert wrong == []
    page.close()


def test_a_file_is_coded_with_the_keyboard_stopped_resumed_and_given_back(
    tmp_path: Path, browser: Browser
) -> None:
    village = Village(tmp_path)
    village.answer(5)
    village._boxes += [box(MARKUP.encode()), box(URDU.encode())]
    with desk(village) as url, page_of(browser, url) as page:
        state, progress = page.locator("#state"), page.locator("#progress")
        expect(progress).to_have_text("Answer 1 of 7; 7 without a decision")
        page.keyboard.press("n")
        page.keyboard.type("N1x0 water", delay=1)  # letters of a title are no commands
        page.keyboard.press("Enter")
        expect(page.locator('[data-theme="t01"]')).to_have_attribute("aria-pressed", "true")
        expect(state).to_have_text("Decided.")
        page.keyboard.press("n")
        page.locator("#title").fill(MARKUP[:40])
        page.locator("#language").select_option("en")
        page.get_by_role("button", name="Add").click()
        expect(page.locator('[data-theme="t02"] bdi')).to_have_text(f" {MARKUP[:40]}")
        page.keyboard.press("2")
        expect(page.locator('[data-theme="t02"]')).to_have_attribute("aria-pressed", "false")
        page.keyboard.press("ArrowRight")
        expect(progress).to_contain_text("Answer 2 of 7")
        page.keyboard.press("0")
        expect(page.locator("#none")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("u")
        expect(state).to_have_text("No decision yet.")
        page.keyboard.press("x")
        expect(state).to_have_text("This answer will be removed, and is not counted.")

    with desk(village) as url, page_of(browser, url) as page:
        progress, state = page.locator("#progress"), page.locator("#state")
        expect(progress).to_have_text("Answer 3 of 7; 5 without a decision")
        seen = {}
        for left in range(4, -1, -1):
            words = page.locator("#words")
            seen[words.inner_text()] = (
                words.evaluate("one => getComputedStyle(one).direction"),
                words.inner_html(),
            )
            page.keyboard.press("1")
            expect(progress).to_contain_text(f"{left} without a decision")
            page.keyboard.press("Enter")
        expect(page.locator("#said")).to_have_text("Every answer to this question has a decision.")
        page.keyboard.press("ArrowLeft")
        for place in (0, 1):
            while not page.locator("#progress").inner_text().startswith(f"Answer {place + 1} "):
                before = page.locator("#progress").inner_text()
                page.get_by_role("button", name="Back").click()
                expect(page.locator("#progress")).not_to_have_text(before)
                expect(state).not_to_have_text("")
            seen[page.locator("#words").inner_text()] = (
                page.locator("#words").evaluate("one => getComputedStyle(one).direction"),
                page.locator("#words").inner_html(),
            )
            if place == 0:
                page.keyboard.press("ArrowRight")
                expect(progress).to_contain_text("Answer 2 of 7")
                expect(state).to_have_text("This answer will be removed, and is not counted.")
        assert page.title() == "Coding answers"
        assert seen[URDU][0] == "rtl"
        assert seen[MARKUP][0] == "ltr"
        assert "<img" not in seen[MARKUP][1]
        page.get_by_role("button", name="Finish …").click()
        expect(page.locator("#sure-words")).to_contain_text("this release is counted once")
        page.get_by_role("button", name="Write the file").click()
        expect(page.locator("#result")).to_contain_text("6 answers coded.")
    given = codes.read((tmp_path / "out.json").read_bytes())
    assert given.questions["more"].counted.themes == {"t01": 6, "t02": 0}
    assert len(given.remove["more"]) == 1
