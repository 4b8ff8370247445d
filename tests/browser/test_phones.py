"""The page with two phones, in a real Chromium: what a new user sees, clicks and reads.

1. A whole interview is answered in Pashto on the respondent's phone, in one message that changes in place.
2. Where the language runs right to left, so do bubbles and buttons.
3. The coordinator's phone shows the picture of the digest. Nothing is fetched from another host.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

from bot.core.survey import Survey
from bot.demo.model import villagers
from bot.demo.people import answer_all
from bot.files.phrases import Phrases
from bot.files.surveys import load
from tests.languages import speaks
from tests.rig import ROOT, Rig

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt install chromium"),
]

ARTEFACTS = ROOT / "artefacts"
RESPONDENT, COORDINATOR = 7_600_000_001, 7_600_000_002
PEOPLE = 14


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without a sandbox only where the tests run as root."""
    with sync_playwright() as playwright:
        options = ["--disable-background-networking", "--disable-gpu"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def survey() -> Survey:
    """The survey that is asked."""
    loaded = load(ROOT / "surveys" / "community-trust.yaml")
    assert loaded.survey is not None
    return loaded.survey


@pytest.fixture
def wave(rig: Rig, survey: Survey) -> str:
    """An open wave that some people have answered. (Made before the browser, which brings a loop of its own.)"""
    rig.start_bot()
    opened = asyncio.run(_claim_and_open(rig))
    people = villagers(survey, PEOPLE, 3)
    asyncio.run(answer_all(rig.url, opened, survey, Phrases.load(), people, lambda _done: None))
    return opened


def test_an_interview_in_pashto_and_the_digest_it_leads_to(
    rig: Rig, wave: str, browser: Browser, survey: Survey
) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.goto(f"{rig.url}/?phones={RESPONDENT},{COORDINATOR}&start={wave}")

    asked = _answer_in_pashto(page, survey)
    assert asked >= 15
    assert len(rig.rows("pool")) == PEOPLE + 1

    start = datetime.now(UTC)
    for days in (1, 2, 8, 15):
        rig.tick(start + timedelta(days=days))
    picture = _phone(page, COORDINATOR).locator(".photo img").last
    expect(picture).to_be_visible(timeout=20_000)
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1080
    picture.scroll_into_view_if_needed()
    _keep(page, "coordinator-digest")
    assert hosts == {"127.0.0.1"}
    page.close()


def _answer_in_pashto(page: Page, survey: Survey) -> int:
    """Click through the whole interview; returns how many questions were seen."""
    phone, words = _phone(page, RESPONDENT), Phrases.load().say
    phone.locator(".start").click()
    _press(phone, "پښتو")
    _press(phone, words("ps", "button-agree"))
    seen: set[str] = set()
    expect(_bubble(phone)).to_contain_text(survey.questions[0].ask["ps"].strip(), timeout=15_000)
    while not _keys(phone, words("ps", "button-send")).count():
        text = _bubble(phone).inner_text()
        question = max(
            (q for q in survey.questions if q.ask["ps"].strip() in text), key=lambda q: len(q.ask["ps"])
        )
        seen.add(question.id)
        _read_from_the_first_line(phone)
        if len(seen) == 3:
            _right_to_left(phone)
            _keep(page, "respondent-question")
        if question.type == "note":
            _press(phone, words("ps", "button-next"))
        elif question.type == "number":
            phone.locator(".line-words").fill("۳")
            phone.locator(".line-words").press("Enter")
        else:
            code = "b25_29" if question.id == "age_band" else question.options[0].code
            label = question.option(code).label["ps"]
            _press(phone, label)
            if question.type == "choices":
                _press(phone, words("ps", "button-done"))
        expect(_bubble(phone)).not_to_have_text(text, use_inner_text=True, timeout=15_000)
        expect(phone.locator(".message.own")).to_have_count(1, timeout=15_000)  # what was typed is taken off
    _read_from_the_first_line(phone)
    _keep(page, "respondent-review")
    _press(phone, words("ps", "button-send"))
    expect(_bubble(phone)).to_contain_text(words("ps", "thanks")[:12], timeout=15_000)
    assert "ps" in speaks(_bubble(phone).inner_text())
    assert phone.locator(".message:not(.own)").count() == 1, "one message, edited in place"
    _keep(page, "respondent-end")
    return len(seen)


def _right_to_left(phone: Locator) -> None:
    assert _bubble(phone).evaluate("bubble => getComputedStyle(bubble).direction") == "rtl"
    assert _bubble(phone).evaluate("bubble => bubble.scrollWidth <= bubble.clientWidth + 1"), "nothing sticks out"


def _read_from_the_first_line(phone: Locator) -> None:
    """However many buttons hang under it, the question itself is on the screen."""
    talk, bubble = _at_rest(phone.locator(".talk")), _at_rest(_bubble(phone))
    assert talk["y"] <= bubble["y"] + 1
    assert bubble["y"] + min(bubble["height"], 60) <= talk["y"] + talk["height"]


def _at_rest(what: Locator) -> FloatRect:
    """Where it stands once it moves no more: the page scrolls after a message has changed."""
    before = None
    for _ in range(50):
        now = what.bounding_box()
        if now is not None and now == before:
            return now
        before = now
        what.page.wait_for_timeout(100)
    raise AssertionError("it never came to rest")


def _phone(page: Page, person: int) -> Locator:
    """One of the two phones: the respondent's is the first."""
    return page.locator(".seat").nth((RESPONDENT, COORDINATOR).index(person))


def _bubble(phone: Locator) -> Locator:
    """The words of the bot's last message."""
    return phone.locator(".message:not(.own) .bubble-words").last


def _keys(phone: Locator, label: str) -> Locator:
    """The buttons that say this, and no more than this."""
    return phone.locator(".key").filter(has_text=re.compile(rf"^[\u200f\u2068 ☐☑●]*{re.escape(label)}[\u2069 ]*$"))


def _press(phone: Locator, label: str) -> None:
    _keys(phone, label).first.click(timeout=15_000)


def _keep(page: Page, name: str) -> None:
    """A screenshot for people to look at; git does not keep it."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.wait_for_timeout(400)
    page.screenshot(path=ARTEFACTS / f"{name}.png")


async def _claim_and_open(rig: Rig) -> str:
    """The owner claims, opens a wave and wants its summary every Monday; the respondent has a phone."""
    code = (await asyncio.to_thread(rig.console, "claim-code")).strip()
    async with rig.at(RESPONDENT, "ps"), rig.at(COORDINATOR, "ps") as owner:
        words = Phrases.load().say
        await owner.say(f"/claim {code}")
        await owner.press(words("ps", "button-desk-home"))
        await owner.press(words("ps", "button-desk-open"))
        await owner.press("زما په علاقه کښې اعتبار")
        await owner.press(words("ps", "desk-more-than", n=5000))
        await owner.press(words("ps", "button-weekly-release"))
        await owner.press(words("ps", "button-desk-open-now"))
    return str(rig.rows("wave")[0]["wave"])
