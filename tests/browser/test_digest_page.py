"""A digest as a web page in a real Chromium, on a small telephone.

1. It is read from its side, nothing sticks out, and its text can be selected.
2. It asks no server for anything, and its own policy breaks nothing of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.digest import html
from tests.browser.test_phones import ARTEFACTS, CHROMIUM, browser
from tests.digest.village import village

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt install chromium"),
]
__all__ = ["browser"]


@pytest.mark.parametrize("language", ["ur", "ps", "en"])
def test_the_page_fits_a_telephone_and_is_read_from_its_side(
    language: str, browser: Browser, tmp_path: Path
) -> None:
    found = village("participation-voice", language)
    file = tmp_path / "digest.html"
    file.write_bytes(html(found))
    page = browser.new_page(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"digest-page-{language}.png")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("body").evaluate("e => getComputedStyle(e).direction") == found.direction
    bar = page.locator(".bar").first
    box, fill = bar.bounding_box(), bar.locator(".fill").bounding_box()
    assert box is not None and fill is not None
    begins = box["x"] if found.direction == "ltr" else box["x"] + box["width"]
    from_side = fill["x"] if found.direction == "ltr" else fill["x"] + fill["width"]
    assert abs(begins - from_side) < 1, "a bar grows from the side where reading begins"
    assert abs(fill["width"] / box["width"] - found.reach[0].share / 100) < 0.02
    page.keyboard.press("Control+A")
    assert found.says[0].title in page.evaluate("String(getSelection())")
    drawn = page.evaluate("[...document.fonts].map(font => font.status)")
    assert drawn == ([] if language == "en" else ["loaded", "loaded"])
    assert [one for one in asked if not one.startswith("data:")] == [file.as_uri()]
    assert complaints == []
    page.close()
