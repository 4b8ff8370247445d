"""An author tries a survey in a real Chromium: three phones, one for each language, and a file saved meanwhile.

1. Each phone asks in its language; Urdu and Pashto run from the right, and nothing sticks out.
2. The talk is saved as a file; the file saved with mistakes shows them, saved soundly it is asked anew.
3. Nothing is fetched from another host.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Locator, expect

from bot.files.phrases import Phrases
from tests.browser.test_phones import ARTEFACTS, CHROMIUM, browser
from tests.demo.tried import Tried, tried
from tests.languages import speaks
from tests.rig import ROOT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt install chromium"),
]
__all__ = ["browser"]

SURVEY = ROOT / "surveys" / "community-trust.yaml"
NAMES = {"ur": "اردو", "ps": "پښتو", "en": "English"}
SOON = 60_000


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Tried]:
    """A try of the survey that ships. (Started before the browser, which brings a loop of its own.)"""
    shutil.copy(SURVEY, tmp_path / "mine.yaml")
    with tried(Path("mine.yaml"), tmp_path) as one:
        yield one


def test_an_author_answers_in_three_languages_saves_a_talk_and_a_new_version(
    running: Tried, browser: Browser
) -> None:
    words = Phrases.load().say
    page = browser.new_page(viewport={"width": 1340, "height": 1000})
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    page.goto(running.page)
    phones = {language: page.locator(".seat").nth(number) for number, language in enumerate(NAMES)}
    for language, phone in phones.items():
        phone.locator(".start").click(timeout=SOON)
        _press(phone, NAMES[language])
        _press(phone, words(language, "button-agree"))
    for language, phone in phones.items():
        bubble = phone.locator(".message:not(.own) .bubble-words").last
        expect(bubble).to_contain_text("؟" if language != "en" else "?", timeout=SOON)
        assert speaks(bubble.inner_text()) == {language}
        side = bubble.evaluate("e => getComputedStyle(e).direction")
        assert side == ("ltr" if language == "en" else "rtl")
        assert phone.locator(".talk").evaluate("e => e.scrollWidth <= e.clientWidth")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "try-three-phones.png", full_page=True)

    with page.expect_download() as download:
        phones["ps"].get_by_role("button", name="Save this talk").click()
    saved = Path(str(download.value.path())).read_text("utf-8")
    assert "# survey: community-trust\n" in saved
    assert "# language: ps\n" in saved
    assert "\n> /start {wave}\n" in saved
    assert f"\n> [{words('ps', 'button-agree')}]\n< " in saved

    file = running.home / "mine.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("questions:", "questionz:"), "utf-8")
    expect(page.locator("#notice")).to_contain_text("questionz", timeout=SOON)
    file.write_text(text.replace("Which district do you live in?", "Which district is yours?"), "utf-8")
    expect(page.locator("#notice")).to_contain_text("new version", timeout=SOON)
    phones["en"].get_by_role("button", name="Start anew").click()
    _press(phones["en"], "English")
    _press(phones["en"], words("en", "button-agree"))
    expect(phones["en"].locator(".bubble-words").last).to_contain_text("Which district is yours?", timeout=SOON)
    assert hosts == {"127.0.0.1"}
    page.close()


def _press(phone: Locator, label: str) -> None:
    phone.locator(".key").filter(has_text=label).first.click(timeout=SOON)
